// cbor_reads.mjs HOME ANSWERS USED -- cbor-x decodes what yaopai wrote and finds the claims that yaopai-verify tells.
// ANSWERS: yaopai-verify --json of HOME/tokens.csv, a line for each token.  To USED: each credential's status index and verdict.
import { Encoder, Tag } from 'cbor-x'
import { readFileSync, writeFileSync } from 'node:fs'
import { certificate, check, checkAll, exported, lines, same } from './bytes.mjs'

const [home, answers, usedFile] = process.argv.slice(2)
const cbor = new Encoder({ useRecords: false, mapsAsObjects: false, tagUint8Array: false, useTag259ForMaps: false })
const KINDS = [undefined, 'enforcement', 'supervision', 'moderator', 'body']
const OURS = -65537, STATUS = 65535, BINDING = -65539, LIST = 65533
const seconds = instant => Date.parse(instant) / 1000

function payloadOf(token) {
	const object = cbor.decode(token)
	if (!(object instanceof Tag) || object.tag !== 18) throw new Error('no tag 18')
	return object.value[2]
}
function tokenWrong(row, told) {
	const payload = payloadOf(row.bytes)
	const claims = cbor.decode(payload), ours = claims.get(OURS), c = told.certificate
	const pairs = {
		number: [claims.get(2), row.number, c.number], kind: [KINDS[ours.get(1)], row.kind, c.kind], name: [ours.get(2), c.name],
		iss: [claims.get(1), c.issuing_authority], exp: [claims.get(4), seconds(c.valid_until)], iat: [claims.get(6), seconds(c.issued_at)],
		body: [ours.get(3), c.body], uscc: [ours.get(4), c.body_uscc], post: [ours.get(5), c.post], version: [ours.get(0), 1],
		fields: [String(ours.get(6) ?? []), String(c.fields ?? [])], jurisdiction: [ours.get(7), c.jurisdiction], verdict: [told.verdict, row.expected],
		entrusting: [ours.get(8), c.entrusting_organ],
		uri: [claims.get(STATUS).get('status_list').get('uri'), 'https://v.example.cn/s/0'],
	}
	for (const [what, values] of Object.entries(pairs))
		if (!values.every(v => v === values[0])) return `${row.number}: ${what} ${values.join(', ')}`
	return same(cbor.encode(claims), payload) ? undefined : `${row.number}: cbor-x encodes the claims to other bytes`
}

const rows = exported(home)
const told = lines(answers).map(line => JSON.parse(line))
check('cbor-x: an answer for every credential', told.length === rows.length, `${told.length} for ${rows.length}`)
checkAll('cbor-x decodes every credential to the claims yaopai-verify tells, and encodes them to the same bytes',
	rows.map((row, i) => [row, told[i]]), ([row, answer]) => tokenWrong(row, answer))
const used = rows.map(row => cbor.decode(payloadOf(row.bytes)).get(STATUS).get('status_list').get('idx'))
check('cbor-x: no two credentials have one status index', new Set(used).size === rows.length)
writeFileSync(usedFile, used.map((idx, i) => `${idx} ${told[i].verdict}`).join('\n') + '\n')

const published = name => new Uint8Array(readFileSync(`${home}/published/${name}`))
const [title, ...parts] = cbor.decodeMultiple(published('bundle'))
check('cbor-x decodes the bundle: its title, the trust list, the status list', title === 'yp-bundle-1' && parts.length === 2 &&
	same(parts[0], published('trust')) && same(parts[1], published('statuslists/0')))

const trust = cbor.decode(payloadOf(published('trust')))
const entries = trust.get(OURS).get(2)
check('cbor-x: the trust list holds the certificates of issuer, status and receipt keys',
	['issuer', 'status', 'receipt'].every(role => entries.some(e => same(e.get(1), certificate(`${home}/keys/${role}.cert.pem`).der))))
check('cbor-x encodes the trust list to the same bytes', same(cbor.encode(trust), payloadOf(published('trust'))))

const list = cbor.decode(payloadOf(published('statuslists/0')))
check('cbor-x decodes the status list: its address, bits and what it binds', list.get(2) === 'https://v.example.cn/s/0' &&
	list.get(LIST).get('bits') === 2 && list.get(BINDING).get(2).length === 32 && list.get(BINDING).get(3) === trust.get(OURS).get(1))
