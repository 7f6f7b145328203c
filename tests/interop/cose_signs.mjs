// cose_signs.mjs DIR ALG <claims >tokens -- @auth0/cose signs the lines of cbor_writes.mjs with the keys of DIR.
import { createPrivateKey } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { ALG, certificate, hex, unhex } from './bytes.mjs'

// By require: its ES modules do not load in Debian's Node 18.
const { Headers, ProtectedHeaders, Sign1, UnprotectedHeaders } = createRequire(import.meta.url)('@auth0/cose')

const [dir, alg] = process.argv.slice(2)
const TYP_LABEL = 16
const signers = {}
const signer = role => signers[role] ??= {
	kid: certificate(`${dir}/${role}.cert.pem`).kid, key: createPrivateKey(readFileSync(`${dir}/${role}.key.pem`)),
}

for (const line of readFileSync(0, 'utf8').split('\n').filter(l => l !== '')) {
	const [name, typ, role, kidIn, payload] = line.split(' ')
	const { kid, key } = signer(role)
	const kidPair = [[Headers.KeyID, kid]]
	const header = new ProtectedHeaders([[Headers.Algorithm, ALG[alg]], ...(kidIn === 'protected' ? kidPair : []), [TYP_LABEL, typ]])
	const open = new UnprotectedHeaders(kidIn === 'unprotected' ? kidPair : [])
	console.log(name, hex((await Sign1.sign(header, open, unhex(payload), key)).encode()))
}
