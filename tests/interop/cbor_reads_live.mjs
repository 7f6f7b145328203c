// cbor_reads_live.mjs TOKENS WHOLE -- cbor-x opens presentations.  Each line of TOKENS: the presentation, the credential it must hold,
// and, if known, the nonce in hex and the audience it must name, each - for none.
// To WHOLE: presentation, x and sign of y of its device key, for cose_reads_live.mjs.
import { Encoder, Tag } from 'cbor-x'
import { writeFileSync } from 'node:fs'
import { TYP, checkAll, hex, lines, same, unbase32 } from './bytes.mjs'

const [tokens, whole] = process.argv.slice(2)
const cbor = new Encoder({ useRecords: false, mapsAsObjects: false, tagUint8Array: false, useTag259ForMaps: false })
const CNF = 8, CREDENTIAL = -65538
const claimsOf = token => cbor.decode(cbor.decode(token).value[2])

const shown = lines(tokens).map(line => line.split(' ')).map(([presentation, credential, nonce, audience]) =>
	({ presentation: unbase32(presentation), credential: unbase32(credential), nonce, audience }))
function wrong({ presentation, credential, nonce, audience }) {
	const object = cbor.decode(presentation)
	if (!(object instanceof Tag) || object.tag !== 18) return 'no tag 18'
	const header = cbor.decode(object.value[0]), claims = cbor.decode(object.value[2])
	if (header.size !== 2 || header.get(1) !== -7 || header.get(16) !== TYP.presentation) return 'the protected header is not alg and typ'
	const iat = claims.get(6), exp = claims.get(4)
	if (!(iat < exp && exp <= iat + 300)) return `iat ${iat}, exp ${exp}`
	if (claims.get(7).length !== 8) return 'cti is not 8 bytes'
	if (!same(claims.get(CREDENTIAL), credential)) return 'the credential in it is not the one that was issued'
	if (nonce !== undefined && nonce !== (claims.has(10) ? hex(claims.get(10)) : '-')) return 'not the nonce asked for'
	if (audience !== undefined && audience !== (claims.get(3) ?? '-')) return 'not the audience asked for'
	return same(cbor.encode(claims), object.value[2]) ? undefined : 'cbor-x encodes the claims to other bytes'
}
checkAll('cbor-x reads presentations, each with its credential exactly as issued', shown, wrong)
const ctis = shown.map(({ presentation }) => hex(claimsOf(presentation).get(7)))
checkAll('cbor-x finds another cti in each', ctis, (cti, i) => ctis.indexOf(cti) === i ? undefined : cti)

writeFileSync(whole, shown.map(({ presentation, credential }) => {
	const key = claimsOf(credential).get(CNF).get(1)
	return `${hex(presentation)} ${hex(key.get(-2))} ${key.get(-3) ? 1 : 0}\n`
}).join(''))
