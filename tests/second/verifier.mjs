// verifier.mjs -- a second verifier, written from docs/formats.md alone: section numbers below are its.
//
// take(bundle, roots) gives the trust lists of a bundle or throws Wrong('REFUSED');
// judge({text, trust, now, ask, memory}) gives {verdict, why}.  All bytes are Buffers, roots are DER.
import { createPublicKey, verify as nodeVerify } from 'node:crypto';
import { inflateSync } from 'node:zlib';
import { SM2, number, sm2Holds } from './sm2.mjs';
import { Wrong, certificate, certifiedBy, refused, sha256 } from './x509.mjs';

export { Wrong };
const malformed = why => { throw new Wrong('UNREADABLE', why); };
const unsupported = why => { throw new Wrong('UNSUPPORTED', why); };

// ---- 1. CBOR -------------------------------------------------------------------------------------------------------

const FORBIDDEN = /[\0-\x1f\x7f-\x9f\u200b\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\ue000-\uf8ff\ufdd0-\ufdef\u{f0000}-\u{10ffff}]/u;
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

class Reader { // strict: our profile, one encoding for one thing; relaxed: what others may write
	constructor(bytes, relaxed = false) { Object.assign(this, { bytes, relaxed, at: 0, after: [] }); }
	take(n) {
		if (n > this.bytes.length - this.at) malformed('a length runs past the end');
		return this.bytes.subarray(this.at, this.at += n);
	}
	end() { // after the last byte: nothing behind, and all values within their ranges
		if (this.at !== this.bytes.length) malformed('trailing bytes');
		for (const { good, what } of this.after) good || malformed(what);
	}
	within(n, lo, hi) { this.after.push({ good: n >= lo && n <= hi, what: `${n} is not ${lo} to ${hi}` }); }
	head() {
		const first = this.take(1)[0], major = first >> 5, info = first & 31;
		if (info < 24) return { major, info, n: info };
		if (info > 27) malformed('an indefinite or reserved length');
		const n = BigInt('0x' + this.take(1 << info - 24).toString('hex'));
		if (!this.relaxed && major !== 7 && n < [24n, 1n << 8n, 1n << 16n, 1n << 32n][info - 24]) malformed('a head that is not the shortest');
		return { major, info, n: n <= Number.MAX_SAFE_INTEGER ? Number(n) : n };
	}
	want(major) {
		const head = this.head();
		if (head.major !== major) malformed(`an item of type ${head.major} where ${major} is wanted`);
		return major >= 2 && major <= 5 && head.n > this.bytes.length - this.at ? malformed('a length runs past the end') : head.n;
	}
	utf8() {
		try { return utf8.decode(this.take(this.length)); } catch (e) { throw e instanceof Wrong ? e : new Wrong('UNREADABLE', 'text is not UTF-8'); }
	}
	textOf(n) {
		this.length = n;
		const text = this.utf8();
		if (!this.relaxed && (FORBIDDEN.test(text) || [...text].some(c => (c.codePointAt(0) & 0xfffe) === 0xfffe))) malformed('text is not clean');
		return text;
	}
	key() { // integers as they are written, text in quotes, bytes as h...
		if (this.bytes[this.at] >> 5 > 3) unsupported('a key that is no integer, text or bytes');
		const { major, n } = this.head();
		if (major <= 1) return String(major ? -1n - BigInt(n) : n);
		return major === 2 ? 'h' + this.take(n).toString('hex') : JSON.stringify(this.textOf(n));
	}
	map(listed, passOver = () => false) {
		const n = this.want(5), got = {}, seen = new Set();
		if (this.relaxed && n > 64) malformed('too many pairs');
		for (let i = 0, last = null; i < n; i++) {
			const start = this.at, key = this.key(), raw = this.bytes.subarray(start, this.at);
			if (this.relaxed ? seen.has(key) : last && Buffer.compare(last, raw) >= 0) malformed(`key ${key} is out of order or twice`);
			seen.add(key);
			last = raw;
			if (Object.hasOwn(listed, key)) got[key] = listed[key](this);
			else if (passOver(key)) this.skip();
			else unsupported(`key ${key}`);
		}
		return got;
	}
	skip(depth = 1) { // one item, whatever it is
		if (depth > 8) malformed('nested too deeply');
		const { major, info, n } = this.head();
		if (major === 2) this.take(n);
		if (major === 3) this.textOf(n);
		for (let i = 0; major === 4 && i < n; i++) this.skip(depth + 1);
		if (major === 6) this.skip(depth + 1);
		if (major === 7 && info === 24 && n < 32) malformed('a simple value that is not well formed');
		if (major === 5 && n > 64) malformed('too many pairs');
		for (let i = 0, seen = new Set(); major === 5 && i < n; i++) {
			const key = this.key();
			if (seen.has(key)) malformed('a key twice');
			seen.add(key);
			this.skip(depth + 1);
		}
	}
}

const uint = (lo, hi) => r => { const n = r.want(0); return n >= lo && n <= hi ? n : malformed(`${n} is not ${lo} to ${hi}`); };
const int = r => { const { major, n } = r.head(); return major === 0 ? n : major === 1 ? -1 - Number(n) : malformed('no integer'); };
const one = (...known) => r => { const n = r.want(0); return known.includes(n) ? n : unsupported(`value ${n}`); };
const only = wanted => r => { const n = int(r); return n === wanted ? n : unsupported(`value ${n}`); };
const bool = r => { const { major, info } = r.head(); return major === 7 && (info === 20 || info === 21) ? info === 21 : malformed('no boolean'); };
const bytes = (lo, hi) => r => {
	const n = r.want(2);
	r.within(n, lo, hi);
	return r.take(n);
};
const filled = (lo, hi) => r => { const got = bytes(lo, hi)(r); return got.length ? got : malformed('empty bytes'); };
const exactly = n => r => r.want(2) === n ? r.take(n) : malformed(`other than ${n} bytes`);
const text = (lo, hi, good = () => true) => r => {
	const n = r.want(3);
	if (lo && !n) malformed('an empty text');
	r.within(n, lo, hi);
	const value = r.textOf(n);
	r.after.push({ good: good(value), what: `text ${JSON.stringify(value)}` });
	return value;
};
const list = (item, lo, hi) => r => {
	const n = r.want(4);
	r.within(n, lo, hi);
	return Array.from({ length: n }, () => item(r));
};
const ascending = (items, rank = x => x) => r => {
	const got = items(r);
	r.after.push({ good: got.every((x, i) => i === 0 || rank(got[i - 1]) < rank(x)), what: 'a list out of order' });
	return got;
};
const map = (listed, passOver) => r => r.map(listed, passOver);
const need = (got, ...keys) => keys.every(k => Object.hasOwn(got ?? {}, k)) || malformed(`one of ${keys} is missing`);
const whole = listed => r => { const got = r.map(listed); need(got, ...Object.keys(listed)); return got; }; // all of them
const pairs = (n, listed) => r => { // so many pairs, or it means something newer
	const start = r.at;
	if (r.want(5) !== n) unsupported(`other than ${n} pairs`);
	r.at = start;
	return r.map(listed);
};
const instant = r => { const n = r.want(0); return n < 1n << 62n ? n : malformed(`instant ${n}`); }, soon = instant;
const anyLength = [0, Number.MAX_SAFE_INTEGER], filledText = [1, Number.MAX_SAFE_INTEGER];

// ---- 2. COSE_Sign1 -------------------------------------------------------------------------------------------------

const TYP = ['yp-cred+cwt', 'statuslist+cwt', 'yp-trust+cwt', 'yp-pres+cwt', 'yp-receipt+cwt', 'yp-receipt-root'].map(t => 'application/' + t);
const [CREDENTIAL, STATUS, TRUST, PRESENTATION, RECEIPT, RECEIPTS] = TYP;

function bstr(b) {
	const n = b.length;
	return Buffer.concat([Buffer.from(n < 24 ? [0x40 + n] : n < 256 ? [0x58, n] : n < 65536 ? [0x59, n >> 8, n & 255]
		: [0x5a, n >>> 24, n >> 16 & 255, n >> 8 & 255, n & 255]), b]);
}
const envelope = (header, head, payload, signature) => ({ ...header, payload, signature,
	signed: Buffer.concat([Buffer.from('\x84\x6aSignature1', 'latin1'), bstr(head), Buffer.from([0x40]), bstr(payload)]) });

function openArray(r) { // the beginning, up to the protected header's bytes
	if (r.want(6) !== 18) malformed('not tag 18');
	if (r.want(4) !== 4) malformed('not an array of 4');
	return bytes(...anyLength)(r);
}
function openOurs(data) {
	const r = new Reader(data), head = openArray(r), h = new Reader(head);
	const got = h.map({ 1: int, 4: bytes(8, 8), 16: text(...anyLength) });
	h.end();
	need(got, 1, 16);
	if ((got[4] === undefined) !== (got[16] === PRESENTATION)) malformed('a kid that is missing, or in a presentation');
	pairs(0, {})(r);
	const payload = bytes(...anyLength)(r), signature = bytes(64, 64)(r);
	r.end();
	return envelope({ alg: got[1], kid: got[4], typ: got[16] }, head, payload, signature);
}
function openStandard(data) {
	const r = new Reader(data, true), head = openArray(r), h = new Reader(head, true), others = () => true;
	const got = head.length ? h.map({ 1: int, 2: list(r => r.key(), 1, 64), 4: bytes(...anyLength), 16: text(...anyLength) }, others) : {};
	h.end();
	const loose = r.map({ 1: () => malformed('alg unprotected'), 2: () => malformed('crit unprotected'), 4: bytes(...anyLength),
		16: () => malformed('typ unprotected') }, others);
	const payload = bytes(...anyLength)(r), signature = bytes(...anyLength)(r);
	r.end();
	need(got, 1, 16);
	if (got[4] && loose[4]) malformed('two kids');
	if (got[2]?.some(k => !['1', '4', '16'].includes(k) || !Object.hasOwn(got, k))) malformed('a critical label');
	return envelope({ alg: got[1], kid: got[4] ?? loose[4], typ: got[16] }, head, payload, signature);
}

// ---- 2. Signatures: ES256 and Ed25519 by node, SM2 by sm2.mjs ----------------------------------------------------------

const P256_N = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;
const KEY_OF_ALG = { '-7': 'P-256', '-9': 'P-256', '-8': 'Ed25519', '-19': 'Ed25519', '-65537': 'SM2' };
function holds({ alg, signed, signature }, key) { // key: {type, key: KeyObject} or {type: 'SM2', point}
	if (!key || KEY_OF_ALG[alg] !== key.type || signature.length !== 64) return false;
	if (key.type === 'Ed25519') return nodeVerify(null, signed, key.key, signature);
	const n = key.type === 'SM2' ? SM2.n : P256_N, r = number(signature.subarray(0, 32)), s = number(signature.subarray(32));
	if (r < 1n || r >= n || s < 1n || s >= n) return false;
	return key.type === 'SM2' ? sm2Holds(key.point, signed, r, s) : nodeVerify('sha256', signed, { key: key.key, dsaEncoding: 'ieee-p1363' }, signature);
}

// ---- 3, 10. Tokens ---------------------------------------------------------------------------------------------------

const division = s => /^[1-9]\d(\d\d){0,2}$/.test(s) && (s.length === 2 || !s.endsWith('00'));
const place = r => { const n = String(r.want(0)); return division(n) ? n : malformed(`jurisdiction ${n}`); };
const CREDENTIAL_CLAIMS = {
	1: text(2, 6, division), 2: text(1, 32), 4: instant, 5: instant, 6: instant,
	8: pairs(1, { 1: whole({ 1: only(2), '-1': only(1), '-2': exactly(32), '-3': bool }) }),
	65535: pairs(1, { '"status_list"': whole({ '"idx"': uint(0, 2 ** 32 - 1), '"uri"': text(1, 26) }) }),
	'-65537': map({ 0: one(1), 1: one(1, 2, 3, 4), 2: text(1, 192), 3: text(1, 192), 4: text(18, 18), 5: text(1, 96),
		6: ascending(list(uint(1, 255), 1, 16)), 7: place, 8: text(1, 192), 9: exactly(16), 10: one(1) }),
};
function readCredential(sign1) {
	const r = new Reader(sign1.payload), c = r.map(CREDENTIAL_CLAIMS);
	r.end();
	need(c, 1, 2, 4, 6, 65535, -65537);
	const about = c[-65537], where = c[65535]['"status_list"'], device = c[8]?.[1];
	need(about, 0, 1, 2, 7);
	if (c[6] >= c[4]) malformed('iat is not before exp');
	if (c[5] === c[6]) malformed('nbf says what iat says');
	if (about[1] === 4 && (about[3] !== undefined || about[4] !== undefined)) malformed('a body of a body');
	if (about[10] && !device) unsupported('to be shown live without a key');
	return { ...sign1, iss: c[1], exp: c[4], nbf: c[5] ?? c[6], iat: c[6], idx: where['"idx"'], uri: where['"uri"'], kind: about[1],
		jurisdiction: about[7], live: about[10] === 1, device: device && Buffer.concat([Buffer.from([device[-3] ? 3 : 2]), device[-2]]) };
}
const PRESENTATION_CLAIMS = { 3: text(1, 64), 4: soon, 6: soon, 7: filled(8, 8), 10: filled(8, 64), '-65538': filled(1, 2048) };
function readPresentation(sign1) {
	const r = new Reader(sign1.payload), c = r.map(PRESENTATION_CLAIMS);
	r.end();
	need(c, 4, 6, 7, -65538);
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
	if (held) malformed('spare bits');
	return Buffer.from(out);
}
function readToken(input) {
	const data = scan(input);
	if (data.length > 2048) malformed('too long');
	const sign1 = openOurs(data);
	if (sign1.typ === CREDENTIAL) return readCredential(sign1);
	if (sign1.typ !== PRESENTATION) unsupported(`type ${sign1.typ}`);
	return readPresentation(sign1);
}

// ---- 5, 6, 7. Bundle -------------------------------------------------------------------------------------------------

const TRUST_CLAIMS = { 1: text(1, 6), 4: instant, 6: instant, '-65537': map({ 0: one(1), 1: uint(1, (1n << 62n) - 1n), 2: list(map({
	1: bytes(1, 4096), 2: ascending(list(text(1, 64, t => TYP.includes(t)), 1, 6), t => TYP.indexOf(t)), 3: ascending(list(uint(1, 4), 1, 4)), 4: one(1, 2, 3),
	5: instant, 6: list(text(...filledText), 1, 8), 7: list(text(...filledText), 1, 8) }), 1, 64), 3: map({ 1: uint(30, 300), 2: uint(1, (1n << 62n) - 1n) }) }) };
const ACTIVE = 1, COMPROMISED = 3;

function takeTrust(part, root) {
	const sign1 = openOurs(part), r = new Reader(sign1.payload), c = r.map(TRUST_CLAIMS), about = c[-65537], policy = about?.[3];
	r.end();
	need(c, 1, 4, 6, -65537);
	need(about, 0, 1, 2);
	if (!holds(sign1, root.key)) refused('a trust list that its root did not sign');
	if (c[6] >= c[4] || c[6] < root.from || c[4] > root.to) refused('a trust list outside its term');
	if (policy && (Object.keys(policy).length === 0 || policy[1] === 60)) refused('a policy that says the default');
	const entries = about[2].map(e => {
		need(e, 1, 2, 4, 5, ...e[2]?.includes(CREDENTIAL) ? [6] : [], ...e[2]?.includes(STATUS) ? [7] : []);
		const cert = certificate(e[1]);
		certifiedBy(cert, root);
		return { cert, kid: cert.kid, key: cert.key, typ: e[2], kinds: e[3], state: e[4], since: e[5], iss: e[6] ?? [], prefixes: e[7] ?? [] };
	});
	const lost = entries.filter(e => e.state === COMPROMISED);
	for (const e of entries) if (lost.some(l => l.cert.spki.equals(e.cert.spki))) e.state = COMPROMISED;
	return { root, iat: c[6], exp: c[4], issue: about[1], window: policy?.[1] ?? 60, age: policy?.[2], entries, statuses: [] };
}
const mayThen = (e, typ, iat, exp) => e.typ.includes(typ) && e.cert.from <= iat && iat <= e.cert.to && (exp === undefined || exp <= e.cert.to) &&
	(e.state === ACTIVE || e.state !== COMPROMISED && iat < e.since);

const STATUS_CLAIMS = { 2: text(1, Number.MAX_SAFE_INTEGER), 4: uint(1, (1n << 62n) - 1n), 6: uint(1, (1n << 62n) - 1n), 65534: uint(1, (1n << 62n) - 1n),
	65533: map({ '"bits"': one(1, 2, 4, 8), '"lst"': bytes(...anyLength), '"aggregation_uri"': text(...anyLength) }),
	'-65539': map({ 0: one(1), 1: uint(0, (1n << 62n) - 1n), 2: bytes(32, 32), 3: uint(0, (1n << 62n) - 1n) }) };
const GREATEST_LIST = 1 << 20;

function inflate(data) {
	try {
		const { buffer, engine } = inflateSync(data, { maxOutputLength: GREATEST_LIST, info: true });
		if (engine.bytesWritten === data.length) return buffer;
	} catch (e) { refused(`a status list does not inflate: ${e.message}`); }
	return refused('bytes behind the zlib stream');
}
function takeStatus(sign1, trusts) {
	const named = trusts.flatMap(trust => trust.entries.filter(e => sign1.kid?.equals(e.kid)).map(entry => ({ trust, entry })));
	if (!named.length) return;
	const signers = named.filter(s => holds(sign1, s.entry.key));
	if (!signers.length) refused('a status list that its key did not sign');
	const r = new Reader(sign1.payload, true), c = r.map(STATUS_CLAIMS, key => key[0] === '"' || key[0] !== 'h' && BigInt(key) > -65537n), about = c[65533], ours = c[-65539];
	r.end();
	need(c, 2, 6, 65533);
	need(about, '"bits"', '"lst"');
	if (ours) need(ours, 0, 1, 2, 3);
	if (c[4] <= c[6]) refused('a status list that ends before it begins');
	const status = { uri: c[2], iat: c[6], exp: c[4], bits: about['"bits"'], list: inflate(about['"lst"']) };
	for (const trust of trusts)
		if (signers.some(({ trust: t, entry: e }) => t === trust && mayThen(e, STATUS, c[6], c[4]) && e.prefixes.some(p => c[2].startsWith(p))) &&
			(ours?.[3] ?? 0) <= trust.issue) trust.statuses.push(status);
}
export function take(bundle, rootsDer) {
	try {
		const roots = rootsDer.map(certificate), r = new Reader(bundle), trusts = [];
		let statusLists = 0, count = 0;
		if (bundle.length > 256 << 20 || text(...anyLength)(r) !== 'yp-bundle-1') refused('no bundle');
		for (; r.at < bundle.length; count++) {
			const part = bytes(...anyLength)(r), sign1 = openStandard(part);
			if (sign1.typ === STATUS && ++statusLists <= 512) takeStatus(sign1, trusts);
			else if (sign1.typ !== TRUST || statusLists) refused(`a part of type ${sign1.typ}, or too many`);
			else for (const root of roots) if (sign1.kid?.equals(root.kid)) {
				if (trusts.some(t => t.root === root)) refused('two trust lists of one root');
				trusts.push(takeTrust(part, root));
			}
		}
		if (!trusts.length) refused('no trust list of a pinned root');
		return trusts;
	} catch (e) { throw e instanceof Wrong ? new Wrong('REFUSED', e.message) : e; }
}

// ---- 8. Verdict ------------------------------------------------------------------------------------------------------

const SLACK = 300;
const fail = (verdict, why = '') => { throw new Wrong(verdict, why); };

function findIssuer(c, trusts, now) { // rules 3 to 6
	const inForce = t => t.iat <= now + SLACK && now < t.exp, naming = trusts.filter(t => t.entries.some(e => e.kid.equals(c.kid)));
	const lists = (naming.length ? naming : trusts).filter(inForce), furthest = { step: 4 };
	if (!lists.length) fail('TRUST_EXPIRED');
	for (const trust of lists) for (const e of trust.entries) {
		if (!e.kid.equals(c.kid)) continue;
		const allowed = mayThen(e, CREDENTIAL, c.iat, c.exp) && (!e.kinds || e.kinds.includes(c.kind)) && e.iss.includes(c.iss) && c.jurisdiction.startsWith(c.iss);
		if (allowed && holds(c, e.key)) return trust;
		furthest.step = Math.max(furthest.step, allowed ? 6 : 5);
	}
	return fail({ 4: 'UNKNOWN_ISSUER', 5: 'ISSUER_NOT_ALLOWED', 6: 'FORGED' }[furthest.step]);
}
function statusOf(c, trust, now, age) { // rule 8
	const ages = [trust.age, age || undefined].filter(a => a !== undefined);
	const answers = s => s.uri === c.uri && s.iat <= now + SLACK && (s.exp === undefined || now < s.exp) && ages.every(a => now - Number(s.iat) <= a) &&
		(s.exp !== undefined || trust.age !== undefined) && c.idx < s.list.length * 8 / s.bits;
	const s = [...trust.statuses].sort((a, b) => Number(b.iat) - Number(a.iat)).find(answers) ?? fail('STATUS_UNKNOWN');
	const bit = c.idx * s.bits;
	return s.list[Math.floor(bit / 8)] >> bit % 8 & (1 << s.bits) - 1;
}
function deviceKey(point) {
	const prefix = Buffer.from('3039301306072a8648ce3d020106082a8648ce3d030107032200', 'hex'); // SubjectPublicKeyInfo of a compressed P-256 point
	try { return { type: 'P-256', key: createPublicKey({ key: Buffer.concat([prefix, point]), format: 'der', type: 'spki' }) }; } catch { return null; }
}
function shownLive(p, c, trust, now, ask, memory) { // rule 10
	if (!p) return c.live || ask.live || ask.nonce.length || ask.aud ? fail('POSSESSION_UNPROVEN') : undefined;
	if (!c.device) fail('POSSESSION_UNPROVEN', 'no cnf');
	if (!holds(p, deviceKey(c.device))) fail('PRESENTATION_FORGED');
	if (p.iat > now + trust.window) fail('CLOCK_SKEW');
	if (now > p.iat + trust.window || now >= p.exp) fail('PRESENTATION_STALE');
	if (ask.nonce.length && !(p.nonce && ask.nonce.equals(p.nonce)) || ask.aud && ask.aud !== p.aud) fail('CHALLENGE_FAILED');
	if (memory && !memory.add(sha256(c.device).toString('hex') + p.cti.toString('hex'), p.iat + 2 * trust.window, now)) fail('REPLAYED');
	return undefined;
}
export class Memory { // of live codes seen; room for so many
	constructor(room) { this.room = room; this.until = new Map(); }
	add(what, until, now) {
		for (const [k, u] of this.until) if (u < now) this.until.delete(k);
		if (this.until.has(what) || this.until.size >= this.room) return false;
		return !!this.until.set(what, until);
	}
}
export function judge({ text: input, trust: trusts, now, ask, memory }) {
	try {
		const token = readToken(input), c = token.credential ?? token, trust = findIssuer(c, trusts, now);
		if (now + SLACK < c.iat || now + SLACK < c.nbf) fail('NOT_YET_VALID');
		if (now >= c.exp) fail('EXPIRED');
		const status = statusOf(c, trust, now, ask.age);
		if (status) fail({ 1: 'VOID', 2: 'SUSPENDED' }[status] ?? 'STATUS_UNKNOWN');
		shownLive(token.credential && token, c, trust, now, ask, memory);
		return { verdict: 'VALID', why: '' };
	} catch (e) {
		if (e instanceof Wrong) return { verdict: e.verdict, why: e.message };
		throw e;
	}
}
