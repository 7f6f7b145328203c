// statuslist_writes.mjs DIR ALG -- @owf/token-status-list makes a foreign office's lists: whole tokens for ES256 and EdDSA, a line
// "name token"; for SM2, which it does not know, claims alone, in the lines of cbor_writes.mjs.
import { StatusList, StatusListCwt } from '@owf/token-status-list'
import { createPrivateKey, sign } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { ALG, TYP, certificate, hex } from './bytes.mjs'
import { LISTS, TERM } from './world.mjs'

const [dir, alg] = process.argv.slice(2)
const { kid } = certificate(`${dir}/status.cert.pem`)

for (const list of LISTS.filter(l => l.by === 'statuslist')) {
	const cwt = new StatusListCwt({
		payload: {
			statusList: new StatusList(list.values, list.bits, list.aggregation), subject: list.uri, timeToLive: TERM.ttl,
			issuedAt: new Date(TERM.iat * 1000), expirationTime: new Date(TERM.exp * 1000),
		},
		protectedHeaders: new Map([[1, ALG[alg]], [4, kid]]),
	})
	if (alg === 'sm2') {
		console.log(`list:${list.uri}`, TYP.status, 'status', 'protected', hex(cwt.payload.encode()))
		continue
	}
	const key = createPrivateKey(readFileSync(`${dir}/status.key.pem`))
	const hash = alg === 'es256' ? 'sha256' : null
	const token = await cwt.signAndEncode({ signingKey: {}, algorithm: ALG[alg] }, {
		sign: ({ toBeSigned }) => new Uint8Array(sign(hash, toBeSigned, { key, dsaEncoding: 'ieee-p1363' })),
	})
	console.log(`list:${list.uri}`, hex(token))
}
