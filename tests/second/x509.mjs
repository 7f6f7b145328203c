// x509.mjs -- certificates as docs/formats.md 6 and 7 want them: a little DER, since Node cannot check SM2's, and does not tell what is critical.
import { createHash, createPublicKey, X509Certificate } from 'node:crypto';
import { SM2, isOnCurve, number, sm2Holds } from './sm2.mjs';

export class Wrong extends Error {
	constructor(verdict, why) { super(why); this.verdict = verdict; }
}
export const refused = why => { throw new Wrong('REFUSED', why); };
export const sha256 = bytes => createHash('sha256').update(bytes).digest();
const kidOf = der => sha256(der).subarray(0, 8);

const OID = { ec: '2a8648ce3d0201', p256: '2a8648ce3d030107', sm2: '2a811ccf5501822d', ed25519: '2b6570', sm2sm3: '2a811ccf55018375',
	keyUsage: '551d0f', basicConstraints: '551d13' };
function der(data, at = 0) { // one element: its tag, body and whole
	let n = data[at + 1], body = at + 2;
	if (n > 0x80 && n <= 0x84) { const size = n - 0x80; n = data.readUIntBE(body, size); body += size; }
	if (!(n >= 0 && n !== 0x80 && body + n <= data.length)) refused('a certificate that is no DER');
	return { tag: data[at], body: data.subarray(body, body + n), whole: data.subarray(at, body + n), hex: data.toString('hex', body, body + n) };
}
function parts(element) {
	const out = [];
	for (let at = 0; at < element.body.length; at += out.at(-1).whole.length) out.push(der(element.body, at));
	return out;
}
function time({ tag, body }) {
	const s = body.toString('latin1'), m = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)Z$/.exec(tag === 0x17 ? (s < '5' ? '20' : '19') + s : s);
	return m ? Date.UTC(m[1], m[2] - 1, m[3], m[4], m[5], m[6]) / 1000 : refused('a time that is none');
}
function publicKey(spki) {
	const [alg, key] = parts(spki), [oid, curve] = parts(alg).map(p => p.hex);
	if (oid === OID.ed25519) return { type: 'Ed25519', key: createPublicKey({ key: spki.whole, format: 'der', type: 'spki' }) };
	if (oid !== OID.ec || key.body[1] !== 4 || key.body.length !== 66) refused('a key of another kind');
	if (curve === OID.p256) return { type: 'P-256', key: createPublicKey({ key: spki.whole, format: 'der', type: 'spki' }) };
	const [x, y] = [number(key.body.subarray(2, 34)), number(key.body.subarray(34))];
	if (curve !== OID.sm2 || !isOnCurve(x, y)) refused('a key of another kind');
	return { type: 'SM2', point: [x, y] };
}
export function certificate(data) {
	try {
		const whole = der(data), [tbs, alg, signature] = parts(whole);
		if (whole.whole.length !== data.length) refused('bytes behind a certificate');
		const fields = parts(tbs), v3 = fields[0].hex === '020102';
		const [, , issuer, term, subject, spki, ...rest] = fields.slice(fields[0].tag === 0xa0 ? 1 : 0);
		const [from, to] = parts(term).map(time), extensions = rest.find(f => f.tag === 0xa3);
		return { data, tbs: tbs.whole, alg, signature: signature.body.subarray(1), v3, issuer: issuer.whole, subject: subject.whole, from, to,
			spki: spki.whole, key: publicKey(spki), kid: kidOf(data), extensions: extensions ? parts(parts(extensions)[0]).map(e => {
				const p = parts(e), critical = p.length === 3 && p[1].body[0] === 0xff;
				return { oid: p[0].hex, critical, value: der(p.at(-1).body) };
			}) : [] };
	} catch (e) { throw e instanceof Wrong ? e : new Wrong('REFUSED', `a certificate: ${e.message}`); }
}
const x509 = data => { try { return new X509Certificate(data); } catch { return null; } };
export function certifiedBy(cert, root) { // signed by the root, and fit for an entry of a trust list
	const ext = oid => cert.extensions.find(e => e.oid === oid), usage = ext(OID.keyUsage), basic = ext(OID.basicConstraints);
	if (!cert.issuer.equals(root.subject)) refused('a certificate of another issuer');
	if (root.key.type === 'SM2') {
		const [r, s] = parts(der(cert.signature)).map(p => number(p.body));
		if (parts(cert.alg)[0].hex !== OID.sm2sm3 || r < 1n || r >= SM2.n || s < 1n || s >= SM2.n || !sm2Holds(root.key.point, cert.tbs, r, s))
			refused('a certificate that the root did not sign');
	} else if (!x509(cert.data)?.verify(root.key.key)) refused('a certificate that the root did not sign');
	if (!cert.v3 || !basic?.critical || parts(basic.value).some(p => p.tag === 1 && p.body[0])) refused('basicConstraints');
	if (!usage || !(usage.value.body[1] & 0x80) || usage.value.body[1] & 0x04) refused('keyUsage');
	if (cert.extensions.some(e => e.critical && e !== usage && e !== basic)) refused('a critical extension');
}
