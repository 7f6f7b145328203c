// base32.mjs <hex >tokens -- each line of hex as the Base32 of docs/formats.md 4.
import { readFileSync } from 'node:fs'
import { base32, unhex } from './bytes.mjs'

for (const line of readFileSync(0, 'utf8').split('\n').filter(l => l !== '')) console.log(base32(unhex(line)))
