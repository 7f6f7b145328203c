// device_makes.mjs NAME... -- a holder's device makes itself a P-256 key with WebCrypto: NAME.jwk, and NAME.key.pem (PKCS#8).
import { webcrypto } from 'node:crypto'
import { writeFileSync } from 'node:fs'

const { subtle } = webcrypto
for (const name of process.argv.slice(2)) {
	const { privateKey } = await subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, true, ['sign', 'verify'])
	const pkcs8 = Buffer.from(await subtle.exportKey('pkcs8', privateKey)).toString('base64').match(/.{1,64}/g)
	const save = (file, text) => writeFileSync(file, text, { mode: 0o600 })
	save(`${name}.jwk`, JSON.stringify(await subtle.exportKey('jwk', privateKey)))
	save(`${name}.key.pem`, ['-----BEGIN PRIVATE KEY-----', ...pkcs8, '-----END PRIVATE KEY-----', ''].join('\n'))
}
