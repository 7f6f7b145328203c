// sm2.mjs -- the check of an SM2 signature with SM3 (GB/T 32918.2, distinguishing id 1234567812345678), which Node's crypto has not.
import { createHash } from 'node:crypto';

const hex = s => BigInt('0x' + s);
export const number = b => hex(b.toString('hex') || '0');
export const SM2 = { p: hex('fffffffeffffffffffffffffffffffffffffffff00000000ffffffffffffffff'),
	a: hex('fffffffeffffffffffffffffffffffffffffffff00000000fffffffffffffffc'),
	b: hex('28e9fa9e9d9f5e344d5a9e4bcf6509a7f39789f515ab8f92ddbcbd414d940e93'),
	n: hex('fffffffeffffffffffffffffffffffff7203df6b21c6052b53bbf40939d54123'),
	g: [hex('32c4ae2c1f1981195f9904466a39c9948fe30bbff2660be1715a4589334c74c7'), hex('bc3736a2f4f6779c59bdcee36b692153d0a9877cc62a474002df32e52139f0a0')] };
const mod = (x, m = SM2.p) => { const r = x % m; return r < 0n ? r + m : r; };
const bytes32 = x => Buffer.from(x.toString(16).padStart(64, '0'), 'hex');

function inverse(x, m) {
	let [a, b, u, v] = [mod(x, m), m, 1n, 0n];
	while (a > 1n) { const q = b / a; [a, b, u, v] = [b - q * a, a, v - q * u, u]; }
	return mod(u, m);
}
function twice([x, y, z]) { // Jacobian coordinates, z = 0 is infinity, a = -3
	const zz = mod(z * z), m = mod(3n * (x - zz) * (x + zz)), yy = mod(y * y), s = mod(4n * x * yy), x3 = mod(m * m - 2n * s);
	return [x3, mod(m * (s - x3) - 8n * yy * yy), mod(2n * y * z)];
}
function add(p, q) {
	if (!p[2]) return q;
	if (!q[2]) return p;
	const zz1 = mod(p[2] * p[2]), zz2 = mod(q[2] * q[2]), u1 = mod(p[0] * zz2), u2 = mod(q[0] * zz1);
	const s1 = mod(p[1] * zz2 * q[2]), s2 = mod(q[1] * zz1 * p[2]), h = mod(u2 - u1), r = mod(s2 - s1);
	if (!h) return r ? [1n, 1n, 0n] : twice(p);
	const hh = mod(h * h), hhh = mod(hh * h), v = mod(u1 * hh), x3 = mod(r * r - hhh - 2n * v);
	return [x3, mod(r * (v - x3) - s1 * hhh), mod(h * p[2] * q[2])];
}
export function sm2Holds(point, message, r, s) {
	const z = createHash('sm3').update(Buffer.concat([Buffer.from([0, 128]), Buffer.from('1234567812345678'),
		...[SM2.a, SM2.b, ...SM2.g, ...point].map(bytes32)])).digest();
	const e = number(createHash('sm3').update(z).update(message).digest()), t = mod(r + s, SM2.n);
	if (t === 0n) return false;
	const g = [...SM2.g, 1n], q = [...point, 1n], both = add(g, q);
	let sum = [1n, 1n, 0n]; // s G + t Q
	for (let bit = 255n; bit >= 0n; bit--) {
		sum = twice(sum);
		const inS = s >> bit & 1n, inT = t >> bit & 1n;
		if (inS || inT) sum = add(sum, inS && inT ? both : inS ? g : q);
	}
	const zi = sum[2] ? inverse(sum[2], SM2.p) : 0n;
	return sum[2] !== 0n && mod(e + mod(sum[0] * zi * zi), SM2.n) === r;
}

export const isOnCurve = (x, y) => x < SM2.p && y < SM2.p && mod(x * x * x + SM2.a * x + SM2.b - y * y) === 0n;
