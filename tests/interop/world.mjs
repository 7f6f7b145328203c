// world.mjs -- an issuing office that runs no line of Yaopai: what its libraries are to sign, and how yaopai-verify must judge it.
// Plain data and no package: maps in the order of docs/formats.md, for each peer to encode with its own library.
import { randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { TYP, certificate, flipped } from './bytes.mjs'

const DAY = 86400
const WINDOW = 150 // of a presentation, s; the policy of the trust list
const EXP = 4
const now = Math.floor(Date.now() / 1000)
export const OURS = -65537, STATUS = 65535, LIST = 65533, TTL = 65534
const P = 'https://p.test/s/'

// ---- status lists: every width that the standard knows, made by two libraries in several legal encodings.
// unusable: the standard allows it, docs/formats.md 2 and 5 do not believe it.
const values = (size, ...cycle) => Array.from({ length: size }, (_, i) => cycle[i % cycle.length])
export const LISTS = [
	{ uri: `${P}1`, by: 'statuslist', bits: 1, values: values(1000, 0, 1, 1, 0, 0, 0, 1) },
	{ uri: `${P}2`, by: 'statuslist', bits: 2, values: values(4096, 0, 1, 2, 3, 0) },
	{ uri: `${P}4`, by: 'statuslist', bits: 4, values: values(512, 0, 1, 2, 3, 14, 15), aggregation: 'https://p.test/all' },
	{ uri: `${P}8`, by: 'statuslist', bits: 8, values: values(256, 0, 1, 2, 127, 128, 255) },
	{ uri: `${P}canonical`, by: 'cbor', bits: 2, values: values(64, 0, 1, 2) },
	{ uri: `${P}unordered`, by: 'cbor', bits: 2, values: values(64, 2, 1, 0), unordered: true, kid: 'unprotected' },
	{ uri: `${P}wide`, by: 'cbor', bits: 4, values: values(64, 1, 0, 2), unordered: true, wide: true },
	{ uri: `${P}no-ttl`, by: 'cbor', bits: 1, values: values(64, 0, 1), absent: [TTL] },
	{ uri: `${P}no-end`, by: 'cbor', bits: 2, values: values(64, 0, 2, 1), absent: [EXP, TTL], unusable: true },
	{ uri: `${P}no-kid`, by: 'cbor', bits: 2, values: values(64, 0, 2, 1), kid: 'absent', unusable: true },
]
const VERDICTS = ['VALID', 'VOID', 'SUSPENDED']
const verdictOf = (list, value) => list.unusable ? 'STATUS_UNKNOWN' : VERDICTS[value] ?? 'STATUS_UNKNOWN'
export const TERM = { iat: now, exp: now + 7 * DAY, ttl: 900 }

// ---- credentials: each kind, with all that may stand in one and with only what must
const status = (uri, idx) => [STATUS, new Map([['status_list', new Map([['idx', idx], ['uri', uri]])]])]
const claims = (number, uri, idx, ours, { nbf, cnf, live, exp = now + 900 * DAY } = {}) => new Map([
	[1, '37'], [2, number], [4, exp], ...(nbf ? [[5, nbf]] : []), [6, now], ...(cnf ? [[8, cnf]] : []),
	status(uri, idx), [OURS, new Map([[0, 1], ...ours, ...(live ? [[10, 1]] : [])])],
])
const USCC = '11370102MB00000013'
const BODY = [[3, '济南市历下区城市管理局'], [4, USCC]]
const PORTRAIT = new Uint8Array(16).fill(0xa5)
const SHAPES = [
	[[1, 1], [2, '张三'], ...BODY, [5, '四级主任科员'], [6, [1, 7, 24]], [7, 370102], [8, '山东省司法厅'], [9, PORTRAIT]],
	[[1, 2], [2, '𠮷川·阿卜杜热合曼'], ...BODY, [7, 3701]],
	[[1, 3], [2, 'Ólafur Þór'], ...BODY, [5, '主持人'], [7, 37]],
	[[1, 4], [2, '济南市历下区城市管理局'], [7, 370102]],
]
const cnfOf = jwk => { // RFC 8747, RFC 9053 7.1.1: the y coordinate by its sign alone
	const { x, y } = JSON.parse(readFileSync(jwk, 'utf8'))
	const bytes = coordinate => new Uint8Array(Buffer.from(coordinate, 'base64url'))
	return new Map([[1, new Map([[1, 2], [-1, 1], [-2, bytes(x)], [-3, (bytes(y)[31] & 1) === 1]])]])
}
const numberOf = (n, shape) => shape === 3 ? USCC : `P${1000 + n}`
export function credentials(dir) {
	const out = [], cnf = cnfOf(`${dir}/device.jwk`)
	const add = (uri, idx, expected, extra = {}) => {
		const shape = out.length % SHAPES.length, number = numberOf(out.length, shape)
		out.push({ name: extra.name ?? `credential:${out.length}`, number, expected, claims: claims(number, uri, idx, SHAPES[shape], extra) })
	}
	for (const list of LISTS) {
		for (const idx of [0, 1, 2, 3, 4, 5, list.values.length - 1]) add(list.uri, idx, verdictOf(list, list.values[idx]))
		add(list.uri, list.values.length * 8 + 64, 'STATUS_UNKNOWN') // beyond any byte of it
	}
	add(LISTS[0].uri, 0, 'VALID', { cnf, name: 'printed' })
	add(LISTS[0].uri, 0, 'POSSESSION_UNPROVEN', { cnf, live: true, name: 'live' })
	add(LISTS[0].uri, 1, 'VOID', { cnf, live: true, name: 'void' })
	add(LISTS[0].uri, 0, 'VALID', { name: 'deviceless' })
	add(`${P}none`, 0, 'STATUS_UNKNOWN')
	add(LISTS[0].uri, 0, 'VALID', { nbf: now + 200 })
	add(LISTS[0].uri, 0, 'NOT_YET_VALID', { nbf: now + DAY })
	add(LISTS[0].uri, 0, 'VALID', { exp: now + 2 * DAY }) // the last: judged again three days later
	return out
}

// ---- presentations by the holder's device (docs/formats.md 10)
const presentation = (credential, { aud, at = now, lasts = 200, nonce, extra = [] } = {}) => new Map([
	...(aud ? [[3, aud]] : []), [4, at + lasts], [6, at], [7, new Uint8Array(randomBytes(8))], ...(nonce ? [[10, nonce]] : []),
	...extra, [-65538, credential],
])
export function presentations(dir, signed) {
	const out = []
	const add = (expected, name, claims, { device = 'device', typ } = {}) => {
		const shown = credentials(dir).find(c => c.name === name)
		out.push({ expected, name, number: PROVEN.has(expected) ? shown.number : '', claims: presentation(signed(name), claims), device, typ })
	}
	add('VALID', 'live')
	add('VALID', 'printed')
	add('VALID', 'live', { lasts: 300, aud: 'a gate', nonce: new Uint8Array(randomBytes(16)) })
	add('VOID', 'void')
	add('POSSESSION_UNPROVEN', 'deviceless')
	add('PRESENTATION_FORGED', 'live', {}, { device: 'stranger' })
	add('PRESENTATION_STALE', 'live', { at: now - WINDOW - 100, lasts: 300 })
	add('CLOCK_SKEW', 'live', { at: now + WINDOW + 100 })
	add('UNREADABLE', 'live', { lasts: 301 })
	add('UNREADABLE', 'live', { lasts: 0 })
	add('UNSUPPORTED', 'live', { extra: [[-65537, 1]] })
	add('UNREADABLE', 'live', {}, { typ: TYP.trust }) // the header of a presentation, without kid, fits no other typ
	const forged = presentation(flipped(signed('live'), -1))
	out.push({ expected: 'FORGED', number: '', claims: forged, device: 'device' })
	return out
}
const PROVEN = new Set(['VALID', 'VOID', 'POSSESSION_UNPROVEN', 'PRESENTATION_FORGED', 'PRESENTATION_STALE', 'CLOCK_SKEW'])

// ---- a register's whole list, each index in turn
export const everyIndex = (n, uri) => Array.from({ length: n }, (_, idx) => claims(`I${idx}`, uri, idx, SHAPES[0]))

// ---- trust list
export function trustClaims(dir) {
	const der = role => certificate(`${dir}/${role}.cert.pem`).der
	const entry = (role, typs, scope) => new Map([[1, der(role)], [2, typs], [4, 1], [5, now - DAY], scope])
	return new Map([[1, '37'], [4, now + 400 * DAY], [6, now], [OURS, new Map([[0, 1], [1, 1], [2, [
		entry('issuer', [TYP.credential], [6, ['37']]),
		entry('status', [TYP.status], [7, [P]]),
	]], [3, new Map([[1, WINDOW]])]])]])
}
