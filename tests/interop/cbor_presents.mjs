// cbor_presents.mjs DIR TOKENS -- cbor-x encodes what a holder's device signs: presentations of the credentials in TOKENS, in the
// lines of cbor_writes.mjs.
import { Encoder } from 'cbor-x'
import { TYP, hex, lines, unhex } from './bytes.mjs'
import { presentations } from './world.mjs'

const [dir, file] = process.argv.slice(2)
const cbor = new Encoder({ useRecords: false, mapsAsObjects: false, tagUint8Array: false, useTag259ForMaps: false, variableMapSize: true })
const signed = new Map(lines(file).map(line => line.split(' ')).map(([name, token]) => [name, unhex(token)]))

presentations(dir, name => signed.get(name)).forEach(({ claims, device, typ }, i) =>
	console.log(`presentation:${i}`, typ ?? TYP.presentation, device, 'absent', hex(cbor.encode(claims))))
