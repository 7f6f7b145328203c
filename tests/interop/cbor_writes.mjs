// cbor_writes.mjs DIR | cbor_writes.mjs --every N URI -- cbor-x encodes what a foreign office signs, a line each:
// name, typ, signer, where the kid stands, payload in hex.  The signing peers turn them into name and token.
import { Encoder } from 'cbor-x'
import { deflateSync } from 'node:zlib'
import { TYP, hex } from './bytes.mjs'
import { LIST, LISTS, TERM, TTL, credentials, everyIndex, trustClaims } from './world.mjs'

const options = { useRecords: false, mapsAsObjects: false, tagUint8Array: false, useTag259ForMaps: false, variableMapSize: true }
const cbor = new Encoder(options)
const wide = new Encoder({ ...options, variableMapSize: false }) // objects get 16-bit heads, whatever their size
const [mode, every, uri] = process.argv.slice(2)
const line = (name, typ, signer, kid, payload) => console.log(name, typ, signer, kid, hex(payload))

function packed({ bits, values }) { // least significant first
	const raw = new Uint8Array(Math.ceil(values.length * bits / 8))
	values.forEach((v, i) => { raw[Math.floor(i * bits / 8)] |= v << (i * bits % 8) })
	return new Uint8Array(deflateSync(raw, { level: 1 }))
}
function listPayload(list) {
	const inner = list.wide ? { aggregation_uri: 'https://p.test/all', bits: list.bits, lst: packed(list) }
		: new Map([['lst', packed(list)], ['bits', list.bits]])
	const pairs = [[2, list.uri], [4, TERM.exp], [6, TERM.iat], [LIST, inner], [TTL, TERM.ttl]]
		.filter(([claim]) => !list.absent?.includes(claim))
	if (list.unordered) pairs.reverse()
	return (list.wide ? wide : cbor).encode(new Map(pairs))
}

if (mode === '--every') {
	everyIndex(Number(every), uri).forEach((claims, i) => line(`I${i}`, TYP.credential, 'issuer', 'protected', cbor.encode(claims)))
} else {
	line('trust', TYP.trust, 'root', 'protected', cbor.encode(trustClaims(mode)))
	for (const list of LISTS.filter(l => l.by === 'cbor'))
		line(`list:${list.uri}`, TYP.status, 'status', list.kid ?? 'protected', listPayload(list))
	for (const c of credentials(mode)) line(c.name, TYP.credential, 'issuer', 'protected', cbor.encode(c.claims))
}
