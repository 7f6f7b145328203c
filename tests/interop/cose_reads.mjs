// cose_reads.mjs HOME ALG -- @auth0/cose verifies what yaopai signed with P-256 and Ed25519 keys.
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { ALG, TYP, certificate, check, exported, flipped, refuses, same } from './bytes.mjs'

// By require: its ES modules do not load in Debian's Node 18.
const { Algorithms, Headers, Sign1 } = createRequire(import.meta.url)('@auth0/cose')

const [home, alg] = process.argv.slice(2)
const TYP_LABEL = 16 // RFC 9596

function headerWrong(token, cert, typ) {
	const h = token.protectedHeaders
	if (h.size !== 3 || token.unprotectedHeaders.size !== 0) return 'more or fewer header labels than alg, kid, typ'
	if (h.get(Headers.Algorithm) !== ALG[alg]) return `alg ${h.get(Headers.Algorithm)}`
	if (!same(h.get(Headers.KeyID), cert.kid)) return 'kid is not that of the certificate'
	return h.get(TYP_LABEL) === typ ? undefined : `typ ${h.get(TYP_LABEL)}`
}
const allowed = { algorithms: [ALG[alg]] }
async function wrong(bytes, cert, typ) {
	const token = Sign1.decode(bytes)
	const reason = headerWrong(token, cert, typ)
	if (reason !== undefined) return reason
	if (!same(token.encode(), bytes)) return 'it encodes to other bytes'
	return token.verify(cert.key, allowed).then(() => undefined, error => error.message)
}

check('the peer numbers the algorithm as we do',
	ALG[alg] === (alg === 'es256' ? Algorithms.ES256 : Algorithms.EdDSA))
const issuer = certificate(`${home}/keys/issuer.cert.pem`)
const rows = exported(home)
const found = await Promise.all(rows.map(row => wrong(row.bytes, issuer, TYP.credential)))
check(`@auth0/cose verifies every credential (${rows.length})`, rows.length > 0 && found.every(f => f === undefined),
	found.find(f => f !== undefined))

for (const [what, file, signer, typ] of [
	['the status list', 'statuslists/0', 'status', TYP.status],
	['the trust list', 'trust', 'root', TYP.trust],
]) {
	const bytes = new Uint8Array(readFileSync(`${home}/published/${file}`))
	const reason = await wrong(bytes, certificate(`${home}/keys/${signer}.cert.pem`), typ)
	check(`@auth0/cose verifies ${what}`, reason === undefined, reason)
}

const { bytes } = rows[0]
await refuses('@auth0/cose refuses one flipped bit of a signature',
	() => Sign1.decode(flipped(bytes, -1)).verify(issuer.key, allowed))
await refuses('@auth0/cose refuses one flipped bit of the claims',
	() => Sign1.decode(flipped(bytes, -70)).verify(issuer.key, allowed))
await refuses('@auth0/cose refuses the status key for a credential',
	() => Sign1.decode(bytes).verify(certificate(`${home}/keys/status.cert.pem`).key, allowed))
