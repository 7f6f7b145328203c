// statuslist_reads.mjs HOME ALG VALUES -- @owf/token-status-list reads the published list; its values go to VALUES, one a line.
import { Sign1, cborDecode, cborEncode } from '@owf/cose'
import { StatusListCwt, StatusListCwtClaimKey, StatusListCwtPayload } from '@owf/token-status-list'
import { verify } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { certificate, check, refuses } from './bytes.mjs'

const [home, alg, values] = process.argv.slice(2)
const bytes = new Uint8Array(readFileSync(`${home}/published/statuslists/0`))

// The peer wants the optional aggregation_uri to be there (docs/testing.md, "Other implementations"): it is given it, unset.
await refuses('@owf/token-status-list still misses the optional aggregation_uri', () => StatusListCwt.fromToken(bytes))
const token = Sign1.decode(bytes)
const claims = cborDecode(token.payload)
claims.get(StatusListCwtClaimKey.StatusList).set('aggregation_uri', undefined)
const payload = StatusListCwtPayload.decode(cborEncode(claims))

check('@owf/token-status-list reads our list of 2 bits', payload.statusList.getBitsPerStatus() === 2)
check(`it reads the list's address`, payload.subject === 'https://v.example.cn/s/0', payload.subject)
check(`it reads the list's times`, payload.timeToLive === 900 && payload.expirationTime > payload.issuedAt,
	`ttl ${payload.timeToLive}, ${payload.issuedAt} to ${payload.expirationTime}`)
writeFileSync(values, payload.statusList.statusList.join('\n') + '\n')

if (alg !== 'sm2') {
	const { key } = certificate(`${home}/keys/status.cert.pem`)
	const hash = alg === 'es256' ? 'sha256' : null
	const holds = await token.verifySignature({ key }, {
		verify: ({ sign1 }) => verify(hash, sign1.toBeSigned, { key, dsaEncoding: 'ieee-p1363' }, sign1.signature),
	})
	check(`@owf/cose verifies the list's signature`, holds)
}
