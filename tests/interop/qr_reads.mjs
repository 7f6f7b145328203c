// qr_reads.mjs HOME PICTURES [DRAWING NUMBER] -- jsqr reads the pictures of `yaopai export qr`: PNG, and as drawn in a terminal.
import jsQR from 'jsqr'
import { PNG } from 'pngjs'
import { readFileSync } from 'node:fs'
import { check, checkAll, exported, lines } from './bytes.mjs'

const [home, pictures, drawing, drawn] = process.argv.slice(2)
const PREFIX = 'HTTPS://V.EXAMPLE.CN/V/'
const rows = exported(home)
const read = picture => (jsQR(picture.data, picture.width, picture.height) ?? {}).data
const png = row => PNG.sync.read(readFileSync(`${pictures}/${row.number.slice(-2)}/${row.number}.png`))

checkAll('jsqr reads the text of the PNG pictures', rows.filter((row, i) => i % 10 === 0), row => {
	const text = read(png(row))
	return text === PREFIX + row.token ? undefined : `${row.number}: ${text}`
})

// Two rows of modules in a line of text: the upper half block, the lower, both, none; light on dark.
const HALVES = { '█': [1, 1], '▀': [1, 0], '▄': [0, 1], ' ': [0, 0] }
const SCALE = 4
function picture(text) {
	const wide = Math.max(...text.map(line => [...line].length))
	const light = text.flatMap(line => [0, 1].map(half => [...line.padEnd(wide)].map(c => HALVES[c][half])))
	const width = wide * SCALE, height = light.length * SCALE
	const data = new Uint8ClampedArray(width * height * 4).fill(255)
	for (let y = 0; y < height; y++)
		for (let x = 0; x < width; x++)
			data.fill(light[Math.floor(y / SCALE)][Math.floor(x / SCALE)] * 255, (y * width + x) * 4, (y * width + x) * 4 + 3)
	return { data, width, height }
}
const text = read(picture(lines(drawing)))
check('jsqr reads the code drawn in a terminal', text === PREFIX + rows.find(row => row.number === drawn).token, text)
