// sm2_signs.mjs DIR <claims >tokens -- sm-crypto signs the lines of cbor_writes.mjs with the SM2 keys of DIR.
import sm from 'sm-crypto'
import { readFileSync } from 'node:fs'
import { certificate, hex, pemBody, sigStructure, sign1, sm2Header, unhex } from './bytes.mjs'

const [dir] = process.argv.slice(2)
const ID = '1234567812345678'
function scalar(path) { // ECPrivateKey, RFC 5915: version 1, then the octets of the number
	const der = pemBody(readFileSync(path, 'utf8')), before = Buffer.from('0201010420', 'hex')
	const at = der.indexOf(before) + before.length
	return hex(der.subarray(at, at + 32))
}
const signers = {}
const signer = role => signers[role] ??= (({ kid, point }) => ({ kid, publicKey: hex(point), scalar: scalar(`${dir}/${role}.key.pem`) }))(
	certificate(`${dir}/${role}.cert.pem`))

for (const line of readFileSync(0, 'utf8').split('\n').filter(l => l !== '')) {
	const [name, typ, role, kidIn, payloadHex] = line.split(' ')
	const { kid, publicKey, scalar: d } = signer(role)
	const payload = unhex(payloadHex), header = sm2Header(kidIn === 'protected' ? kid : undefined, typ)
	const signature = sm.sm2.doSignature(sigStructure(header, payload), d, { publicKey, userId: ID })
	console.log(name, hex(sign1(header, payload, unhex(signature), kidIn === 'unprotected' ? kid : undefined)))
}
