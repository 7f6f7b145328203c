// sm2_reads.mjs HOME -- sm-crypto verifies what yaopai signed with SM2 and SM3.
import sm from 'sm-crypto'
import { readFileSync } from 'node:fs'
import { TYP, certificate, check, checkAll, exported, flipped, hex, opened, same, sigStructure, sm2Header } from './bytes.mjs'

const [home] = process.argv.slice(2)
const ID = '1234567812345678' // GM/T 0009 7
const cert = role => certificate(`${home}/keys/${role}.cert.pem`)

function verifies(token, point, userId) {
	const { header, payload, signature } = opened(token)
	return sm.sm2.doVerifySignature(sigStructure(header.bytes, payload.bytes), hex(signature.bytes), hex(point), { userId })
}
function wrong(token, { kid, point }, typ) {
	const { header, signature } = opened(token)
	if (!same(header.bytes, sm2Header(kid, typ))) return 'the protected header is not alg, kid, typ'
	if (signature.bytes.length !== 64) return `a signature of ${signature.bytes.length} bytes`
	return verifies(token, point, ID) ? undefined : 'the signature does not hold'
}

const issuer = cert('issuer')
const rows = exported(home)
const wanted = rows.filter((row, i) => i % 4 === 0 || row.expected !== 'VALID') // 5 ms each
checkAll('sm-crypto verifies credentials', wanted, row => wrong(row.bytes, issuer, TYP.credential))
for (const [what, file, role, typ] of [
	['the status list', 'statuslists/0', 'status', TYP.status],
	['the trust list', 'trust', 'root', TYP.trust],
]) {
	const reason = wrong(new Uint8Array(readFileSync(`${home}/published/${file}`)), cert(role), typ)
	check(`sm-crypto verifies ${what}`, reason === undefined, reason)
}

const { bytes } = rows[0]
for (const [why, id] of [['the empty distinguishing id', ''], ['another distinguishing id', '1234567812345679'],
	['an id one character short', '123456781234567']])
	check(`with ${why} sm-crypto refuses our signature`, !verifies(bytes, issuer.point, id))
check('sm-crypto refuses one flipped bit of a signature', !verifies(flipped(bytes, -1), issuer.point, ID))
check('sm-crypto refuses the status key for a credential', !verifies(bytes, cert('status').point, ID))
