// bytes.mjs -- what every peer needs and no package gives: Base32, certificates, the envelope's bytes, lines of results.
// Loads no package, so that each peer stands alone.
import { createHash, X509Certificate } from 'node:crypto'
import { readFileSync } from 'node:fs'

export const ALG = { es256: -7, ed25519: -8, sm2: -65537 }
export const TYP = {
	credential: 'application/yp-cred+cwt',
	status: 'application/statuslist+cwt',
	trust: 'application/yp-trust+cwt',
	presentation: 'application/yp-pres+cwt',
}

export const hex = bytes => Buffer.from(bytes).toString('hex')
export const unhex = text => new Uint8Array(Buffer.from(text, 'hex'))
export const same = (a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)) === 0
export const flipped = (bytes, at) => bytes.map((b, i) => i === (at + bytes.length) % bytes.length ? b ^ 1 : b) // at < 0: from the end
export const sha256 = bytes => new Uint8Array(createHash('sha256').update(bytes).digest())
export const lines = path => readFileSync(path, 'utf8').split(/\r?\n/).filter(line => line !== '')

let failed = 0
export function check(sentence, holds, found = '') {
	console.log(`${holds ? 'ok' : 'not ok'} - ${sentence}`)
	if (holds) return
	if (found !== '') console.log(`  | ${found}`)
	process.exitCode = ++failed > 0 ? 1 : 0
}
// The first of many that is wrong, told once.
export function checkAll(sentence, items, wrong) {
	const found = items.map(wrong).find(reason => reason !== undefined)
	check(`${sentence} (${items.length})`, items.length > 0 && found === undefined, found)
}
export async function refuses(sentence, attempt) {
	try {
		await attempt()
	} catch {
		return check(sentence, true)
	}
	check(sentence, false, 'it was accepted')
}

const BASE32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567' // RFC 4648 6
export function base32(bytes) {
	let text = '', bits = 0, held = 0
	for (const byte of bytes) {
		held = (held << 8 | byte) & 0xfff
		for (bits += 8; bits >= 5; bits -= 5) text += BASE32[held >> (bits - 5) & 31]
	}
	return bits > 0 ? text + BASE32[held << (5 - bits) & 31] : text
}
export function unbase32(text) {
	const out = []
	let bits = 0, held = 0
	for (const c of text) {
		held = (held << 5 | BASE32.indexOf(c)) & 0xfff
		bits += 5
		if (bits >= 8) out.push(held >> (bits -= 8) & 0xff)
	}
	return new Uint8Array(out)
}

// tokens.csv of `yaopai export tokens`
export const exported = home => lines(`${home}/tokens.csv`).slice(1).map(line => {
	const [number, kind, expected, token] = line.split(',')
	return { number, kind, expected, token, bytes: unbase32(token) }
})

// X.509: Node's own reader gives the key of P-256 and Ed25519; it knows no SM2, whose point is the end of the SPKI.
function derHead(der, at) {
	const short = der[at + 1]
	if (short < 0x80) return { from: at + 2, to: at + 2 + short }
	const n = short & 0x7f
	const len = der.subarray(at + 2, at + 2 + n).reduce((sum, b) => sum * 256 + b, 0)
	return { from: at + 2 + n, to: at + 2 + n + len }
}
function spkiOf(der) { // Certificate > tbsCertificate: [0] version, serial, algorithm, issuer, validity, subject, SPKI
	let at = derHead(der, derHead(der, 0).from).from
	for (let i = 0; i < 6; i++) at = derHead(der, at).to
	return der.subarray(at, derHead(der, at).to)
}
export const pemBody = pem => Buffer.from(pem.replace(/-----[A-Z ]+-----/g, ''), 'base64')
export function certificate(path) {
	const pem = readFileSync(path, 'utf8')
	const der = new Uint8Array(pemBody(pem))
	return {
		der, kid: sha256(der).subarray(0, 8),
		get key() { return new X509Certificate(pem).publicKey },
		get point() { return spkiOf(der).slice(-65) }, // 04 x y
	}
}

// The envelope by hand (RFC 9052 4.2, 4.4), for peers that know signatures but no CBOR.
function head(major, n) {
	if (n < 24) return [major << 5 | n]
	return n < 256 ? [major << 5 | 24, n] : [major << 5 | 25, n >> 8, n & 0xff]
}
const bstr = bytes => [...head(2, bytes.length), ...bytes]
const tstr = text => [...head(3, Buffer.byteLength(text)), ...Buffer.from(text)]
export const sigStructure = (header, payload) =>
	new Uint8Array([0x84, ...tstr('Signature1'), ...bstr(header), 0x40, ...bstr(payload)])
const kidPair = kid => kid === undefined ? [] : [0x04, ...bstr(kid)]
export const sign1 = (header, payload, signature, kid) => // kid: in the unprotected header
	new Uint8Array([0xd2, 0x84, ...bstr(header), kid === undefined ? 0xa0 : 0xa1, ...kidPair(kid), ...bstr(payload), ...bstr(signature)])
export const sm2Header = (kid, typ) =>
	new Uint8Array([kid === undefined ? 0xa2 : 0xa3, 0x01, 0x3a, 0x00, 0x01, 0x00, 0x00, ...kidPair(kid), 0x10, ...tstr(typ)])

function item(bytes, at) { // a byte string or an empty map at `at`
	const kind = bytes[at] & 0x1f
	const from = at + (kind < 24 ? 1 : kind - 22)
	const len = kind < 24 ? kind : bytes.subarray(at + 1, from).reduce((sum, b) => sum * 256 + b, 0)
	return { at: from, bytes: bytes.subarray(from, from + len), next: from + len }
}
export function opened(token) { // D2 84 bstr A0 bstr bstr, with where each begins
	const header = item(token, 2), payload = item(token, header.next + 1), signature = item(token, payload.next)
	return { header, payload, signature }
}
