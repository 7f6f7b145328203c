// cbor_bundles.mjs DIR TOKENS... -- cbor-x puts signed parts together: DIR/bundle, and lists of tokens, each with what
// yaopai-verify --brief must answer beside it: tokens, live (presentations; pairs: with their credentials), changed (single bytes of a good one changed).
// each-byte: a good credential and a good presentation, each of their bytes changed in turn.
import { Encoder } from 'cbor-x'
import { writeFileSync } from 'node:fs'
import { base32, check, flipped, lines, opened, unhex } from './bytes.mjs'
import { LISTS, credentials, presentations } from './world.mjs'

const [dir, ...files] = process.argv.slice(2)
const cbor = new Encoder({ useRecords: false, tagUint8Array: false })
const signed = new Map(files.flatMap(lines).map(line => line.split(' ')).map(([name, token]) => [name, unhex(token)]))
const wanted = credentials(dir)
const live = presentations(dir, name => signed.get(name))
const numbered = wanted.map(c => signed.get(c.name))
const shown = live.map((_, i) => signed.get(`presentation:${i}`))
const parts = ['trust', ...LISTS.map(l => `list:${l.uri}`)].map(name => signed.get(name))
check('a foreign office signed every part', [...parts, ...numbered, ...shown].every(part => part !== undefined), [...signed.keys()].join(' '))

const sequence = items => Buffer.concat(items.map(item => cbor.encode(item)))
writeFileSync(`${dir}/bundle`, sequence(['yp-bundle-1', ...parts]))
const write = (name, tokens, expected) => {
	writeFileSync(`${dir}/${name}`, tokens.map(base32).join('\n') + '\n')
	writeFileSync(`${dir}/${name}.expected`, expected.map(e => `${e.expected}\t${e.number ?? ''}`).join('\n') + '\n')
}
write('tokens', numbered, wanted)
write('live', shown, live)
const pair = ({ name }, i) => `${base32(shown[i])} ${base32(signed.get(name))}\n`
writeFileSync(`${dir}/pairs`, live.map((l, i) => l.expected === 'VALID' ? pair(l, i) : '').join(''))

// A good token changed: where, and what must be said of it.
const good = numbered[wanted.findIndex(c => c.expected === 'VALID')]
const { header, payload, signature } = opened(good)
const find = (part, text) => part.at + Buffer.from(part.bytes).indexOf(Buffer.from(text))
const CHANGES = [
	['FORGED', signature.at], ['FORGED', signature.at + 31], ['FORGED', signature.at + 32], ['FORGED', signature.next - 1],
	['FORGED', find(payload, 'P10') + 3], ['FORGED', find(payload, '张') + 2],
	['ISSUER_NOT_ALLOWED', find(payload, '37')], ['UNSUPPORTED', find(header, 'yp-cred')], ['UNREADABLE', 0],
	['UNKNOWN_ISSUER', find(header, 'application') - 3],
]
write('changed', CHANGES.map(([, at]) => flipped(good, at)), CHANGES.map(([expected]) => ({ expected })))
const eachByte = token => [...token.keys()].map(at => base32(flipped(token, at)))
writeFileSync(`${dir}/each-byte`, [...eachByte(good), ...eachByte(shown[0])].join('\n') + '\n')

// The bundle with one byte changed, of a part's signature.
const bytes = sequence(['yp-bundle-1', ...parts])
const endOf = part => sequence(['yp-bundle-1', ...parts.slice(0, part + 1)]).length
for (const [what, part] of [['trust', 0], ['list', 1]]) writeFileSync(`${dir}/bundle.${what}-changed`, flipped(bytes, endOf(part) - 1))
