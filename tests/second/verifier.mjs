// verifier.mjs -- a second verifier, written from docs/formats.md alone, whose sections the headings below name.
//
// take(bundle, roots) gives the trust lists of a bundle, or throws Wrong with the verdict REFUSED;
// judge({text, trust, now, ask, memory}) gives {verdict, why}.  Bytes are Buffers, roots are DER, now is in seconds.
import { createHash, createPublicKey, ECDH, verify as nodeVerify, X509Certificate } from 'node:crypto';
import { inflateSync } from 'node:zlib';

export class Wrong extends Error { constructor(verdict, why) { super(why); this.verdict = verdict; } }
const fail = (verdict, why = '') => { throw new Wrong(verdict, why); };
const malformed = why => fail('UNREADABLE', why), unsupported = why => fail('UNSUPPORTED', why), refused = why => fail('REFUSED', why);
const verdictOf = f => { try { return f(); } catch (e) { if (e instanceof Wrong) return { verdict: e.verdict, why: e.message }; throw e; } };
const hashOf = (name, ...parts) => parts.reduce((h, p) => h.update(p), createHash(name)).digest();

// ---- 1. CBOR profile -------------------------------------------------------------------------------------------------
const FORBIDDEN = /[\0-\x1f\x7f-\x9f\u200b\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\ue000-\uf8ff\ufdd0-\ufdef\u{f0000}-\u{10ffff}]/u;
const clean = s => !FORBIDDEN.test(s) && [...s].every(c => (c.codePointAt(0) & 0xfffe) !== 0xfffe);
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
const fromUtf8 = b => { try { return utf8.decode(b); } catch { return malformed('text that is not UTF-8'); } };

class Reader { // of an object of ours, or (relaxed) of one that others make too
	constructor(bytes, relaxed = false) { Object.assign(this, { bytes, relaxed, at: 0, after: [] }); }
	take(n) { return n > this.bytes.length - this.at ? malformed('a length runs past the end') : this.bytes.subarray(this.at, this.at += n); }
	head() { // n is a BigInt where a Number would not be exact
		const first = this.take(1)[0], major = first >> 5, info = first & 31;
		if (info < 24) return { major, info, n: info };
		if (info > 27) malformed('an indefinite or reserved length');
		const n = BigInt('0x' + this.take(1 << info - 24).toString('hex'));
		if (!this.relaxed && major < 7 && n < [24n, 1n << 8n, 1n << 16n, 1n << 32n][info - 24]) malformed('a head that is not the shortest');
		return { major, info, n: n <= Number.MAX_SAFE_INTEGER ? Number(n) : n };
	}
	want(major) { // the head of an item of this type; of a string, list or map with room for its contents
		const head = this.head(), each = [0, 0, 1, 1, 1, 2, 0][major];
		if (head.major !== major) malformed(`an item of type ${head.major} where ${major} is wanted`);
		return each && head.n > (this.bytes.length - this.at) / each ? malformed('a length runs past the end') : head.n;
	}
	text(n) { const s = fromUtf8(this.take(n)); return this.relaxed || clean(s) ? s : malformed('text that is not clean'); }
	key() { // an integer as it is written, a text in quotes, bytes as h...
		if (this.bytes[this.at] >> 5 > 3) unsupported('a key that is no integer, text or bytes');
		const { major, n } = this.head();
		if (major < 2) return String(major ? -1n - BigInt(n) : n);
		return major === 2 ? 'h' + this.take(n).toString('hex') : JSON.stringify(this.text(n));
	}
	map(listed, passOver = () => false, depth = 1) { // {key: value} by the readers listed
		const n = this.want(5), got = {}, seen = new Set();
		if (this.relaxed && n > 64) malformed('too many pairs');
		for (let i = 0, last = Buffer.alloc(0); i < n; i++) {
			const start = this.at, key = this.key(), raw = this.bytes.subarray(start, this.at);
			if (this.relaxed ? seen.size === seen.add(key).size : Buffer.compare(last, raw) >= 0) malformed(`key ${key} out of order or twice`);
			last = raw;
			if (Object.hasOwn(listed, key)) got[key] = listed[key](this);
			else if (passOver(key)) this.skip(depth);
			else unsupported(`key ${key}`);
		}
		return got;
	}
	skip(depth) { // an item that is passed over
		const start = this.at, { major, info, n } = this.head();
		if (major >= 4 && major <= 6 && depth > 8) malformed('nested too deeply');
		if (major === 7 && (info > 24 || info === 24 && n < 32)) malformed('a float, or a simple value of two bytes that has one');
		if (major === 2) this.take(n);
		if (major === 3) this.text(n);
		if (major === 6) this.skip(depth + 1);
		for (let i = 0; major === 4 && i < n; i++) this.skip(depth + 1);
		if (major === 5) { this.at = start; this.map({}, () => true, depth + 1); }
	}
	end() { // what is looked at after the last byte
		if (this.at !== this.bytes.length) malformed('trailing bytes');
		for (const { good, why } of this.after) if (!good) malformed(why);
	}
}
const need = (got, ...keys) => keys.every(k => Object.hasOwn(got ?? {}, k)) || malformed(`one of ${keys} is missing`);
function claims(payload, listed, compulsory, passOver) { // the map that is all of it; passOver makes it a standard object's
	const r = new Reader(payload, !!passOver), got = r.map(listed, passOver);
	r.end();
	need(got, ...compulsory);
	return got;
}

// Readers of values.  `now` holds a value against a rule where it stands, `late` after the last byte.
const now = (read, good, why) => r => { const v = read(r); return good(v) ? v : malformed(why); };
const late = (read, good, why) => r => { const v = read(r); r.after.push({ good: good(v), why }); return v; };
const number = r => r.want(0), string = r => r.text(r.want(3)), binary = r => r.take(r.want(2));
const size = v => typeof v === 'string' ? Buffer.byteLength(v) : v.length;
const uint = (lo, hi) => now(number, n => n >= lo && n <= hi, `a number that is not ${lo} to ${hi}`);
const sized = (read, lo, hi = lo) => late(read, v => size(v) >= lo && size(v) <= hi, `a length that is not ${lo} to ${hi}`);
const filled = read => now(read, v => v.length > 0, 'an empty text or byte string');
const text = (lo, hi) => sized(filled(string), lo, hi);
const bool = r => { const { major, info } = r.head(); return major === 7 && (info === 20 || info === 21) ? info === 21 : malformed('no boolean'); };
const integer = r => { const { major, n } = r.head(); return major > 1 ? malformed('no integer') : major ? -1n - BigInt(n) : BigInt(n); };
const int64 = now(integer, n => BigInt.asIntN(64, n) === n, 'an integer of more than 64 bits');
const known = (read, ...values) => r => { const v = read(r); return values.includes(v) ? v : unsupported(`value ${v}`); };
const list = (item, lo, hi) => r => { const n = r.want(4); return n >= lo && n <= hi ? Array.from({ length: n }, () => item(r)) : malformed(`a list of ${n}`); };
const rising = (read, rank = x => x) => late(read, v => v.every((x, i) => i === 0 || rank(v[i - 1]) < rank(x)), 'a list out of order');
const map = (listed, ...compulsory) => r => { const got = r.map(listed); need(got, ...compulsory); return got; };
const whole = listed => map(listed, ...Object.keys(listed));
const pairs = (n, listed) => r => { // another number of them means something newer
	const start = r.at;
	return r.want(5) === n ? ((r.at = start), r.map(listed)) : unsupported(`other than ${n} pairs`);
};
const TOP = (1n << 62n) - 1n, instant = uint(0, TOP), soon = uint(0, 2 ** 40);

// ---- 2. Signed object: COSE_Sign1 ------------------------------------------------------------------------------------
const TYP = ['yp-cred+cwt', 'statuslist+cwt', 'yp-trust+cwt', 'yp-pres+cwt', 'yp-receipt+cwt', 'yp-receipt-root'].map(t => 'application/' + t);
const [CREDENTIAL, STATUS, TRUST, PRESENTATION] = TYP;
function bstr(b) {
	const n = b.length, head = n < 24 ? [0x40 + n] : n < 256 ? [0x58, n] : n < 65536 ? [0x59, n >> 8, n] : [0x5a, n >> 24, n >> 16, n >> 8, n];
	return Buffer.concat([Buffer.from(head), b]); // Buffer.from keeps the low byte of each
}
function envelope(data, labels, readUnprotected, passOver) {
	const r = new Reader(data, !!passOver);
	if (r.want(6) !== 18 || r.want(4) !== 4) malformed('not tag 18 with a list of 4');
	const head = binary(r), header = claims(head, labels, [1, 16], passOver);
	if (!passOver && (header[4] === undefined) !== (header[16] === PRESENTATION)) malformed('no kid, or a kid in a presentation');
	const loose = readUnprotected(r), payload = binary(r), signature = sized(binary, 64)(r);
	r.end();
	const signed = Buffer.concat([Buffer.from('\x84\x6aSignature1', 'latin1'), bstr(head), bstr(Buffer.alloc(0)), bstr(payload)]);
	return { header, loose, alg: header[1], kid: header[4] ?? loose[4], typ: header[16], payload, signature, signed };
}
const openOurs = data => envelope(data, { 1: int64, 4: sized(binary, 8), 16: string }, pairs(0, {}));
function openStandard(data) {
	const others = () => true, no = () => malformed('alg, crit or typ unprotected'), crit = list(r => r.key(), 1, Infinity);
	const got = envelope(data, { 1: int64, 2: crit, 4: binary, 16: string }, r => r.map({ 1: no, 2: no, 4: binary, 16: no }, others), others);
	if (got.header[4] && got.loose[4]) malformed('two kids');
	if (got.header[2]?.some(k => !['1', '4', '16'].includes(k) || !Object.hasOwn(got.header, k))) malformed('a critical label');
	return got;
}

// ---- 2. Signatures: ES256 and Ed25519 are node's, SM2 (GB/T 32918.2) is here -------------------------------------------
const big = b => BigInt('0x' + b.toString('hex')), hex = s => BigInt('0x' + s);
const N = { SM2: hex('fffffffeffffffffffffffffffffffff7203df6b21c6052b53bbf40939d54123'),
	'P-256': hex('ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551') };
const P = hex('fffffffeffffffffffffffffffffffffffffffff00000000ffffffffffffffff'), A = P - 3n;
const B = hex('28e9fa9e9d9f5e344d5a9e4bcf6509a7f39789f515ab8f92ddbcbd414d940e93');
const G = [hex('32c4ae2c1f1981195f9904466a39c9948fe30bbff2660be1715a4589334c74c7'), hex('bc3736a2f4f6779c59bdcee36b692153d0a9877cc62a474002df32e52139f0a0'), 1n];
const NOWHERE = [1n, 1n, 0n]; // the point at infinity; a point is [X, Y, Z], the affine one (X/Z^2, Y/Z^3)
const mod = (x, m = P) => (x % m + m) % m;

function twice([x, y, z]) {
	const zz = mod(z * z), m = mod(3n * (x - zz) * (x + zz)), yy = mod(y * y), s = mod(4n * x * yy), x3 = mod(m * m - 2n * s);
	return [x3, mod(m * (s - x3) - 8n * yy * yy), mod(2n * y * z)];
}
function add(p, q) {
	if (!p[2] || !q[2]) return p[2] ? p : q;
	const zz1 = mod(p[2] * p[2]), zz2 = mod(q[2] * q[2]), u1 = mod(p[0] * zz2), u2 = mod(q[0] * zz1);
	const s1 = mod(p[1] * zz2 * q[2]), s2 = mod(q[1] * zz1 * p[2]), h = mod(u2 - u1), r = mod(s2 - s1);
	if (!h) return r ? NOWHERE : twice(p);
	const hh = mod(h * h), hhh = mod(hh * h), v = mod(u1 * hh), x3 = mod(r * r - hhh - 2n * v);
	return [x3, mod(r * (v - x3) - s1 * hhh), mod(h * p[2] * q[2])];
}
function sm2Holds([x, y], message, r, s) {
	const bytes = [A, B, G[0], G[1], x, y].map(n => Buffer.from(n.toString(16).padStart(64, '0'), 'hex'));
	const z = hashOf('sm3', Buffer.from([0, 128]), '1234567812345678', ...bytes), e = big(hashOf('sm3', z, message)), t = mod(r + s, N.SM2);
	const q = [x, y, 1n], both = add(G, q);
	let sum = NOWHERE; // s G + t Q
	for (let i = 255n; i >= 0n; i--) {
		const inS = s >> i & 1n, inT = t >> i & 1n;
		sum = add(twice(sum), inS && inT ? both : inS ? G : inT ? q : NOWHERE);
	}
	const wanted = mod(r - e, N.SM2); // of the point's x, modulo n
	return t !== 0n && sum[2] !== 0n && [wanted, wanted + N.SM2].some(x1 => x1 < P && mod(x1 * sum[2] * sum[2]) === sum[0]);
}
function keyOf(type, bytes) { // id is the same for the same key; an exception if it is none
	const jwk = (kty, x, y) => createPublicKey({ format: 'jwk', key: { kty, crv: type, x: x.toString('base64url'), y: y?.toString('base64url') } });
	if (type === 'Ed25519') return { type, id: bytes.toString('hex'), key: jwk('OKP', bytes) };
	const point = ECDH.convertKey(bytes, type === 'SM2' ? 'SM2' : 'prime256v1', undefined, undefined, 'uncompressed');
	const id = point.toString('hex'), x = point.subarray(1, 33), y = point.subarray(33);
	if (![2, 3, 4].includes(bytes[0])) refused('a point that is neither compressed nor uncompressed');
	return type === 'SM2' ? { type, id, point: [big(x), big(y)] } : { type, id, key: jwk('EC', x, y) };
}
const KEY_OF_ALG = { '-7': 'P-256', '-9': 'P-256', '-8': 'Ed25519', '-19': 'Ed25519', '-65537': 'SM2' };
function holds({ alg, signed, signature }, key) {
	if (KEY_OF_ALG[alg] !== key.type || signature.length !== 64) return false;
	if (key.type === 'Ed25519') return nodeVerify(null, signed, key.key, signature);
	const r = big(signature.subarray(0, 32)), s = big(signature.subarray(32)), n = N[key.type];
	if (r < 1n || r >= n || s < 1n || s >= n) return false;
	return key.type === 'SM2' ? sm2Holds(key.point, signed, r, s) : nodeVerify('sha256', signed, { key: key.key, dsaEncoding: 'ieee-p1363' }, signature);
}

// ---- 6, 7. Certificates ----------------------------------------------------------------------------------------------
const KEY_USAGE = '551d0f', BASIC = '551d13';
const KEY_ID = { '2a8648ce3d0201,2a8648ce3d030107': 'P-256', '2a8648ce3d0201,2a811ccf5501822d': 'SM2', '2b6570': 'Ed25519' };
const ALG_OF_ID = { '06082a8648ce3d040302': -7, '06032b6570': -8, '06082a811ccf55018375': -65537 }; // no parameters

function der(data, at = 0) { // the element there: its tag, contents and the whole
	const long = data[at + 1] > 0x80 ? data[at + 1] - 0x80 : 0, n = long ? data.readUIntBE(at + 2, long) : data[at + 1], body = at + 2 + long;
	if (data[at + 1] === 0x80 || long && (n < 0x80 || n < 256 ** (long - 1)) || !(body + n <= data.length)) refused('no DER');
	return { tag: data[at], body: data.subarray(body, body + n), whole: data.subarray(at, body + n), hex: data.toString('hex', body, body + n) };
}
function parts({ body }) {
	const out = [];
	for (let at = 0; at < body.length; at += out.at(-1).whole.length) out.push(der(body, at));
	return out;
}
function subjectKey(spki) {
	const [alg, { body }] = parts(spki), type = KEY_ID[parts(alg).map(p => p.hex).join()];
	return type && body[0] === 0 ? keyOf(type, body.subarray(1)) : refused('a key of another kind');
}
function rawSignature(bits, type) { // r || s, of ECDSA's and SM2's SEQUENCE of two INTEGERs
	const body = bits.subarray(1), all = type === 'Ed25519' ? null : der(body), numbers = all ? parts(all) : [];
	const two = numbers.map(p => p.tag === 2 && /^(?:00(?=[89a-f])|(?!00)(?=[0-7]))(.{1,64})$/.exec(p.hex)?.[1].padStart(64, '0'));
	if (bits[0] !== 0 || all && (all.tag !== 0x30 || all.whole.length !== body.length || two.length !== 2 || !two.every(Boolean))) refused('no signature');
	return all ? Buffer.from(two.join(''), 'hex') : body;
}
// Names are compared as RFC 5280 7.1 says: without regard to case and to how many spaces there are.
const nameOf = s => s.toLowerCase().replaceAll('\\ ', ' ').replace(/ +/g, ' ').replace(/ $|(?<==) /gm, '');
function certificate(data) {
	try {
		const x509 = new X509Certificate(data), [tbs, alg, signature] = parts(der(data)), fields = parts(tbs), v3 = fields[0].hex === '020102';
		const spki = fields[fields[0].tag === 0xa0 ? 6 : 5], all = fields.find(f => f.tag === 0xa3);
		const from = Date.parse(x509.validFrom) / 1000, to = Date.parse(x509.validTo) / 1000, key = subjectKey(spki);
		if (der(data).whole.length !== data.length || !(from <= to)) refused('bytes behind it, or no term');
		const extensions = (all ? parts(parts(all)[0]) : []).map(parts).map(p => (
			{ oid: p[0].hex, critical: p.length === 3 && p[1].body[0] !== 0, value: der(p.at(-1).body) }));
		return { data, from, to, key, v3, extensions, kid: hashOf('sha256', data).subarray(0, 8), issuer: nameOf(x509.issuer), subject: nameOf(x509.subject),
			signed: tbs.whole, alg: ALG_OF_ID[alg.hex], signature: rawSignature(signature.body, KEY_OF_ALG[ALG_OF_ID[alg.hex]]) };
	} catch (e) { return refused(`a certificate: ${e.message}`); }
}
function certifiedBy(cert, root) { // signed by the root, and fit for an entry of a trust list
	const find = oid => cert.extensions.filter(e => e.oid === oid), [basic] = find(BASIC), [usage] = find(KEY_USAGE);
	if (cert.issuer !== root.subject || !holds(cert, root.key)) refused('a certificate that is not the root\'s');
	if (!cert.v3 || new Set(cert.extensions.map(e => e.oid)).size !== cert.extensions.length) refused('not version 3, or an extension twice');
	if (!basic?.critical || basic.value.tag !== 0x30 || parts(basic.value).some(p => p.tag !== 2 && (p.tag !== 1 || p.body[0]))) refused('basicConstraints');
	if (usage?.value.tag !== 3 || (usage.value.body[1] & 0x84) !== 0x80) refused('keyUsage');
	if (cert.extensions.some(e => e.critical && e !== usage && e !== basic)) refused('a critical extension');
}

// ---- 3, 10. Credential and presentation ------------------------------------------------------------------------------
const division = s => /^[1-9]\d(\d\d){0,2}$/.test(s) && (s.length === 2 || !s.endsWith('00'));
const exactly = n => now(binary, b => b.length === n, `not ${n} bytes`);
const coseKey = whole({ 1: known(integer, 2n), '-1': known(integer, 1n), '-2': exactly(32), '-3': bool });
const statusList = whole({ '"idx"': uint(0, 2 ** 32 - 1), '"uri"': sized(string, 1, 26) });
const enforcement = map({ 0: known(number, 1), 1: known(number, 1, 2, 3, 4), 2: text(1, 192), 3: text(1, 192), 4: text(18, 18), 5: text(1, 96),
	6: rising(list(uint(1, 255), 1, 16)), 7: now(number, n => division(String(n)), 'a jurisdiction'), 8: text(1, 192),
	9: exactly(16), 10: known(number, 1) }, 0, 1, 2, 7);
const CREDENTIAL_CLAIMS = { 1: late(filled(string), division, 'an iss'), 2: text(1, 32), 4: instant, 5: instant, 6: instant,
	8: pairs(1, { 1: coseKey }), 65535: pairs(1, { '"status_list"': statusList }), '-65537': enforcement };

function readCredential(sign1) {
	const c = claims(sign1.payload, CREDENTIAL_CLAIMS, [1, 2, 4, 6, 65535, -65537]), about = c[-65537], status = c[65535]['"status_list"'], device = c[8]?.[1];
	if (c[6] >= c[4] || c[5] === c[6]) malformed('iat is not before exp, or nbf says what iat says');
	if (about[1] === 4 && (about[3] !== undefined || about[4] !== undefined)) malformed('a body of a body');
	if (about[10] && !device) unsupported('key 10 without cnf');
	return { ...sign1, iss: c[1], exp: c[4], nbf: c[5] ?? c[6], iat: c[6], idx: status['"idx"'], uri: status['"uri"'], kind: about[1],
		jurisdiction: String(about[7]), live: about[10] === 1, device: device && Buffer.concat([Buffer.from([device[-3] ? 3 : 2]), device[-2]]) };
}
const PRESENTATION_CLAIMS = { 3: text(1, 64), 4: soon, 6: soon, 7: sized(filled(binary), 8), 10: sized(filled(binary), 8, 64),
	'-65538': sized(filled(binary), 1, 2048) };
function readPresentation(sign1) {
	const c = claims(sign1.payload, PRESENTATION_CLAIMS, [4, 6, 7, -65538]);
	if (c[6] >= c[4] || c[4] > c[6] + 300) malformed('exp is not within 300 s after iat');
	const inner = openOurs(c[-65538]);
	if (inner.typ !== CREDENTIAL) unsupported(`type ${inner.typ} in a presentation`);
	return { ...sign1, aud: c[3], exp: c[4], iat: c[6], cti: c[7], nonce: c[10], credential: readCredential(inner) };
}

// ---- 4. QR text ------------------------------------------------------------------------------------------------------
function scan(input) {
	if (input[0] === 0xd2) return input;
	const base32 = input.toString('latin1').replace(/^[ \t\r\n]+|[ \t\r\n]+$/g, '').replace(/^.*\/V\//is, '').toUpperCase(), out = [];
	if (!/^[A-Z2-7]+$/.test(base32) || [1, 3, 6].includes(base32.length % 8)) malformed('not Base32');
	let held = 0, bits = 0;
	for (const c of base32) {
		held = held << 5 | 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(c);
		if ((bits += 5) >= 8) { out.push(held >> (bits -= 8)); held &= (1 << bits) - 1; }
	}
	return held ? malformed('spare bits') : Buffer.from(out);
}
function readToken(input) {
	const data = scan(input);
	if (data.length > 2048) malformed('too long');
	const sign1 = openOurs(data), read = { [CREDENTIAL]: readCredential, [PRESENTATION]: readPresentation }[sign1.typ];
	return read ? read(sign1) : unsupported(`type ${sign1.typ}`);
}

// ---- 5, 6, 7. Status list, trust list, bundle ------------------------------------------------------------------------
const ACTIVE = 1, COMPROMISED = 3;
const entry = map({ 1: sized(filled(binary), 1, 4096), 2: rising(list(known(string, ...TYP), 1, 6), t => TYP.indexOf(t)), 3: rising(list(uint(1, 4), 1, 4)),
	4: known(number, 1, 2, 3), 5: instant, 6: list(filled(string), 1, 8), 7: list(filled(string), 1, 8) }, 1, 2, 4, 5);
const TRUST_CLAIMS = { 1: text(1, 6), 4: instant, 6: instant, '-65537': map({ 0: known(number, 1), 1: uint(1, Infinity), 2: list(entry, 0, 64),
	3: now(map({ 1: now(uint(30, 300), w => w !== 60, 'the default'), 2: uint(1, TOP) }), p => Object.keys(p).length, 'an empty policy') }, 0, 1, 2) };

function takeTrust(part, root) {
	const sign1 = openOurs(part), c = claims(sign1.payload, TRUST_CLAIMS, [1, 4, 6, -65537]), about = c[-65537];
	if (!holds(sign1, root.key) || c[6] >= c[4] || c[6] < root.from || c[4] > root.to) refused('a trust list that its root did not sign, or outside its term');
	const entries = about[2].map(e => {
		need(e, ...e[2].includes(CREDENTIAL) ? [6] : [], ...e[2].includes(STATUS) ? [7] : []);
		const cert = certificate(e[1]);
		certifiedBy(cert, root);
		return { cert, kid: cert.kid, key: cert.key, typ: e[2], kinds: e[3], state: e[4], since: e[5], iss: e[6] ?? [], prefixes: e[7] ?? [] };
	});
	const lost = entries.filter(e => e.state === COMPROMISED).map(e => e.key.id);
	for (const e of entries) if (lost.includes(e.key.id)) e.state = COMPROMISED;
	return { root, iat: c[6], exp: c[4], issue: about[1], window: about[3]?.[1] ?? 60, age: about[3]?.[2], entries, statuses: [] };
}
const maySign = (e, typ, iat, exp) => e.typ.includes(typ) && e.cert.from <= iat && iat <= e.cert.to && !(exp > e.cert.to) &&
	(e.state === ACTIVE || e.state !== COMPROMISED && iat < e.since);

const textOrUndefined = r => r.bytes[r.at] === 0xf7 ? r.take(1) : string(r);
const STATUS_CLAIMS = { 2: filled(string), 4: uint(1, TOP), 6: uint(1, TOP), 65534: uint(1, TOP),
	65533: map({ '"bits"': known(number, 1, 2, 4, 8), '"lst"': binary, '"aggregation_uri"': textOrUndefined }, '"bits"', '"lst"'),
	'-65539': whole({ 0: known(number, 1), 1: number, 2: sized(binary, 32), 3: number }) };
const passedOver = key => key[0] === '"' || key[0] !== 'h' && BigInt(key) > -65537n && BigInt(key) < 1n << 63n;

function inflate(data, bits) { // at most 2^20 indices
	try {
		const { buffer, engine } = inflateSync(data, { maxOutputLength: (1 << 20) * bits / 8, info: true });
		return engine.bytesWritten === data.length ? buffer : refused('bytes behind it');
	} catch (e) { return refused(`a zlib stream: ${e.message}`); }
}
function takeStatus(part, sign1, trusts) {
	const named = trusts.flatMap(trust => trust.entries.filter(e => sign1.kid?.equals(e.kid)).map(entry => ({ trust, entry })));
	if (!named.length) return;
	const signers = named.filter(s => holds(sign1, s.entry.key)), c = claims(sign1.payload, STATUS_CLAIMS, [2, 6, 65533], passedOver);
	if (!signers.length || c[4] <= c[6]) refused('a status list that its key did not sign, or that ends before it begins');
	const status = { part, uri: c[2], iat: c[6], exp: c[4], bits: c[65533]['"bits"'], list: inflate(c[65533]['"lst"'], c[65533]['"bits"']) };
	const bearable = size(c[2]) <= 26 && clean(c[2]); // by a credential
	const counts = ({ trust, entry: e }) => maySign(e, STATUS, c[6], c[4]) && bearable && e.prefixes.some(p => c[2].startsWith(p)) && (c[-65539]?.[3] ?? 0) <= trust.issue;
	for (const trust of new Set(signers.filter(counts).map(s => s.trust))) trust.statuses.push(status);
}
function twoNewest(s, i, all) { // lists of one uri and instant that differ, and none is newer
	const rest = all.filter(o => o.uri === s.uri && o.iat >= s.iat);
	return rest.every(o => o.iat === s.iat) && rest.some(o => !o.part.equals(s.part));
}
export function take(bundle, rootsDer) {
	try {
		const roots = rootsDer.map(certificate), r = new Reader(bundle), trusts = [];
		if (bundle.length > 256 << 20 || string(r) !== 'yp-bundle-1') refused('no bundle');
		for (let statusLists = 0; r.at < bundle.length;) {
			const part = binary(r), sign1 = openStandard(part);
			if (sign1.typ === STATUS && ++statusLists <= 512) takeStatus(part, sign1, trusts);
			else if (sign1.typ !== TRUST || statusLists) refused(`a part of type ${sign1.typ}, or too many`);
			else for (const root of roots.filter(o => sign1.kid?.equals(o.kid)))
				trusts.push(trusts.some(t => t.root === root) ? refused('two trust lists of one root') : takeTrust(part, root));
		}
		if (!trusts.length) refused('no trust list of a pinned root');
		return trusts.some(t => t.statuses.some(twoNewest)) ? refused('two newest status lists of one instant') : trusts;
	} catch (e) { throw e instanceof Wrong ? new Wrong('REFUSED', e.message) : e; }
}

// ---- 8. Verdict ------------------------------------------------------------------------------------------------------
const SLACK = 300;

function findIssuer(c, trusts, now) { // rules 3 to 6
	const names = e => e.kid.equals(c.kid), naming = trusts.filter(t => t.entries.some(names));
	const lists = (naming.length ? naming : trusts).filter(t => t.iat <= now + SLACK && now < t.exp);
	let furthest = lists.length ? 4 : 3;
	for (const trust of lists) for (const e of trust.entries.filter(names)) {
		const allowed = maySign(e, CREDENTIAL, c.iat, c.exp) && (!e.kinds || e.kinds.includes(c.kind)) && e.iss.includes(c.iss) && c.jurisdiction.startsWith(c.iss);
		if (allowed && holds(c, e.key)) return trust;
		furthest = Math.max(furthest, allowed ? 6 : 5);
	}
	return fail({ 3: 'TRUST_EXPIRED', 4: 'UNKNOWN_ISSUER', 5: 'ISSUER_NOT_ALLOWED', 6: 'FORGED' }[furthest]);
}
function statusOf(c, trust, now, age) { // rule 8; age: the verifier's own limit, 0: none
	const fresh = s => [trust.age, age || undefined].every(a => a === undefined || now - Number(s.iat) <= a);
	const answers = s => s.uri === c.uri && s.iat <= now + SLACK && !(now >= s.exp) && fresh(s) && (s.exp ?? trust.age) !== undefined &&
		c.idx < s.list.length * 8 / s.bits;
	const s = [...trust.statuses].sort((a, b) => Number(b.iat) - Number(a.iat)).find(answers) ?? fail('STATUS_UNKNOWN'), bit = c.idx * s.bits;
	return s.list[bit >>> 3] >> bit % 8 & (1 << s.bits) - 1;
}
function deviceKey(point) { try { return keyOf('P-256', point); } catch { return {}; } }
function shownLive(p, c, trust, now, ask, memory) { // rule 10; p: the presentation, if it is one
	if (p ? !c.device : c.live || ask.live || ask.nonce.length || ask.aud) fail('POSSESSION_UNPROVEN');
	if (!p) return;
	if (!holds(p, deviceKey(c.device))) fail('PRESENTATION_FORGED');
	if (p.iat > now + trust.window) fail('CLOCK_SKEW');
	if (now > p.iat + trust.window || now >= p.exp) fail('PRESENTATION_STALE');
	if (ask.nonce.length && !p.nonce?.equals(ask.nonce) || ask.aud && p.aud !== ask.aud) fail('CHALLENGE_FAILED');
	if (memory && !memory.add(hashOf('sha256', c.device).toString('hex') + p.cti.toString('hex'), p.iat + 2 * trust.window, now)) fail('REPLAYED');
}
export class Memory { // of the live codes that passed
	constructor(room) { this.room = room; this.until = new Map(); }
	add(what, until, now) {
		for (const [w, u] of this.until) if (u < now) this.until.delete(w);
		return !this.until.has(what) && this.until.size < this.room && !!this.until.set(what, until);
	}
}
export function judge({ text: input, trust: trusts, now, ask, memory }) {
	return verdictOf(() => {
		const token = readToken(input), c = token.credential ?? token, trust = findIssuer(c, trusts, now);
		if (now + SLACK < c.iat || now + SLACK < c.nbf) fail('NOT_YET_VALID');
		if (now >= c.exp) fail('EXPIRED');
		const status = statusOf(c, trust, now, ask.age);
		if (status) fail({ 1: 'VOID', 2: 'SUSPENDED' }[status] ?? 'STATUS_UNKNOWN');
		shownLive(token.credential && token, c, trust, now, ask, memory);
		return { verdict: 'VALID', why: '' };
	});
}
