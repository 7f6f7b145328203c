// cose_reads_live.mjs WHOLE -- @auth0/cose verifies presentations with the device key of their credential (lines of cbor_reads_live.mjs).
import { createRequire } from 'node:module'
import { ECDH, createPublicKey } from 'node:crypto'
import { check, flipped, lines, refuses, unhex } from './bytes.mjs'

// By require: its ES modules do not load in Debian's Node 18.
const { Sign1 } = createRequire(import.meta.url)('@auth0/cose')

function keyOf(x, sign) { // SEC1 2.3.4: from the compressed point
	const point = Buffer.from(ECDH.convertKey(`0${2 + Number(sign)}${x}`, 'prime256v1', 'hex', 'hex', 'uncompressed'), 'hex')
	const text = bytes => bytes.toString('base64url')
	return createPublicKey({ format: 'jwk', key: { kty: 'EC', crv: 'P-256', x: text(point.subarray(1, 33)), y: text(point.subarray(33)) } })
}
const shown = lines(process.argv[2]).map(line => line.split(' ')).map(([token, x, sign]) => ({ token: unhex(token), x, sign }))
const verified = await Promise.all(shown.map(({ token, x, sign }) => Sign1.decode(token).verify(keyOf(x, sign)).then(() => true, () => false)))
check(`@auth0/cose verifies presentations with the device key of the credential (${shown.length})`, shown.length > 0 && verified.every(v => v))

const { token, x, sign } = shown[0]
await refuses('@auth0/cose refuses a presentation with one flipped bit', () => Sign1.decode(flipped(token, -100)).verify(keyOf(x, sign)))
await refuses('@auth0/cose refuses it with the other point of the same x', () => Sign1.decode(token).verify(keyOf(x, 1 - sign)))
