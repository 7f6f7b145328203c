// cose_presents.mjs DIR <claims >tokens -- @auth0/cose signs presentations with the WebCrypto keys DIR/<device>.jwk: no kid, always ES256.
import { webcrypto } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { hex, unhex } from './bytes.mjs'

// By require: its ES modules do not load in Debian's Node 18.
const { Algorithms, Headers, ProtectedHeaders, Sign1, UnprotectedHeaders } = createRequire(import.meta.url)('@auth0/cose')

const [dir] = process.argv.slice(2)
const TYP_LABEL = 16
const keyOf = device => webcrypto.subtle.importKey('jwk', JSON.parse(readFileSync(`${dir}/${device}.jwk`, 'utf8')),
	{ name: 'ECDSA', namedCurve: 'P-256' }, false, ['sign'])

for (const line of readFileSync(0, 'utf8').split('\n').filter(l => l !== '')) {
	const [name, typ, device, , payload] = line.split(' ')
	const header = new ProtectedHeaders([[Headers.Algorithm, Algorithms.ES256], [TYP_LABEL, typ]])
	const token = await Sign1.sign(header, new UnprotectedHeaders([]), unhex(payload), await keyOf(device))
	console.log(name, hex(token.encode()))
}
