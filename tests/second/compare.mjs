// compare.mjs -- judges the JSON lines of `emit` (README.md) on standard input and tells where the second verifier disagrees with them.
import { createInterface } from 'node:readline';
import { Memory, Wrong, judge, take } from './verifier.mjs';

async function main() {
	const defined = new Map(), taken = new Map(), counts = {}, data = s => defined.get(s) ?? Buffer.from(s, 'hex');
	let differ = 0, total = 0;
	for await (const line of createInterface({ input: process.stdin })) {
		const o = JSON.parse(line);
		if (o.define) { defined.set(o.define, Buffer.from(o.hex, 'hex')); continue; }
		const takeIt = () => {
			try { return { trust: take(data(o.bundle), o.roots.map(data)) }; } catch (e) {
				if (e instanceof Wrong) return { verdict: e.verdict, why: e.message };
				throw e;
			}
		};
		const name = o.bundle + o.roots, bundle = taken.get(name) ?? takeIt();
		if (defined.has(o.bundle)) taken.set(name, bundle);
		const one = { text: data(o.text), trust: bundle.trust, now: o.now, ask: { ...o.ask, nonce: Buffer.from(o.ask.nonce, 'hex') },
			memory: o.replay === 'none' ? null : new Memory(o.replay === 'full' ? 0 : 1000) };
		if (bundle.trust && o.replay === 'second_use') judge(one);
		const got = bundle.trust ? judge(one) : bundle;
		total++;
		counts[got.verdict] = (counts[got.verdict] ?? 0) + 1;
		if (got.verdict !== o.wanted && ++differ) console.log(`  | ${o.id}: wanted ${o.wanted}, got ${got.verdict} (${got.why})`);
	}
	for (const v of Object.keys(counts).sort()) console.log(`  | ${String(counts[v]).padStart(6)} ${v}`);
	console.log(`${differ || !total ? 'not ok' : 'ok'} - a second verifier agrees about ${total - differ} of ${total} objects`);
	process.exitCode = differ || !total ? 1 : 0;
}
await main();
