#include "tests/unit/support/canvas.h"

#include <math.h>
#include <qrencode.h>
#include <stdlib.h>

enum { QUIET = 4 };

static void
must(bool good)
{
	if (!good)
		abort();
}

struct canvas
canvas_blank(unsigned w, unsigned h, uint8_t grey)
{
	struct canvas c = { w, h, malloc((size_t)w * h) };
	must(c.p != NULL);
	memset(c.p, grey, (size_t)w * h);
	return c;
}

void
canvas_free(struct canvas *c)
{
	free(c->p);
	*c = (struct canvas){ 0 };
}

static void
canvas_become(struct canvas *c, struct canvas next)
{
	canvas_free(c);
	*c = next;
}

struct canvas
canvas_code(struct bytes text, unsigned scale, unsigned eci)
{
	QRinput *input = QRinput_new2(0, QR_ECLEVEL_M);
	must(input != NULL && (eci == 0 || QRinput_appendECIheader(input, eci) == 0));
	must(QRinput_append(input, QR_MODE_8, (int)text.len, text.ptr) == 0);
	QRcode *code = QRcode_encodeInput(input);
	must(code != NULL);
	unsigned modules = (unsigned)code->width, side = (modules + 2 * QUIET) * scale;
	struct canvas c = canvas_blank(side, side, 0xff);
	for (unsigned y = 0; y < modules * scale; y++)
		for (unsigned x = 0; x < modules * scale; x++)
			if (code->data[y / scale * modules + x / scale] & 1)
				c.p[(size_t)(y + QUIET * scale) * side + x + QUIET * scale] = 0;
	QRcode_free(code);
	QRinput_free(input);
	return c;
}

void
canvas_paste(struct canvas *onto, const struct canvas *what, unsigned x, unsigned y)
{
	must(x + what->w <= onto->w && y + what->h <= onto->h);
	for (unsigned row = 0; row < what->h; row++)
		memcpy(onto->p + (size_t)(y + row) * onto->w + x, what->p + (size_t)row * what->w, what->w);
}

struct canvas
canvas_beside(const struct canvas *left, const struct canvas *right)
{
	struct canvas c = canvas_blank(left->w + right->w, left->h > right->h ? left->h : right->h, 0xff);
	canvas_paste(&c, left, 0, 0);
	canvas_paste(&c, right, left->w, 0);
	return c;
}

void
canvas_frame(struct canvas *c, unsigned w, unsigned h)
{
	struct canvas sheet = canvas_blank(w, h, 0xff);
	canvas_paste(&sheet, c, (w - c->w) / 2, (h - c->h) / 2);
	canvas_become(c, sheet);
}

static double
pixel(const struct canvas *c, long x, long y)
{
	bool inside = x >= 0 && y >= 0 && x < (long)c->w && y < (long)c->h;
	return inside ? c->p[(size_t)y * c->w + (size_t)x] : 0xff;
}

/* Between the four pixels around; white outside. */
static uint8_t
sample(const struct canvas *c, double x, double y)
{
	long left = (long)floor(x), top = (long)floor(y);
	double right = x - (double)left, below = y - (double)top;
	double upper = pixel(c, left, top) * (1 - right) + pixel(c, left + 1, top) * right;
	double lower = pixel(c, left, top + 1) * (1 - right) + pixel(c, left + 1, top + 1) * right;
	return (uint8_t)lrint(upper * (1 - below) + lower * below);
}

void
canvas_rotate(struct canvas *c, double degrees)
{
	double angle = degrees * acos(-1) / 180, cosine = cos(angle), sine = sin(angle);
	unsigned w = (unsigned)(fabs(c->w * cosine) + fabs(c->h * sine)) + 2, h = (unsigned)(fabs(c->w * sine) + fabs(c->h * cosine)) + 2;
	struct canvas next = canvas_blank(w, h, 0xff);
	for (unsigned y = 0; y < h; y++)
		for (unsigned x = 0; x < w; x++) {
			double dx = x - w / 2.0, dy = y - h / 2.0;
			next.p[(size_t)y * w + x] = sample(c, dx * cosine + dy * sine + c->w / 2.0, dy * cosine - dx * sine + c->h / 2.0);
		}
	canvas_become(c, next);
}

/* A plane that leans away at its upper edge: there both width and height shrink by the same divisor. */
void
canvas_lean(struct canvas *c, double strength)
{
	struct canvas next = canvas_blank(c->w, c->h, 0xff);
	double far = 1 - strength;
	for (unsigned y = 0; y < c->h; y++)
		for (unsigned x = 0; x < c->w; x++) {
			double v = (y + 0.5) / c->h, width = far + (1 - far) * v;
			double source_v = v / width, source_u = 0.5 + ((x + 0.5) / c->w - 0.5) / width;
			next.p[(size_t)y * c->w + x] = sample(c, source_u * c->w - 0.5, source_v * c->h - 0.5);
		}
	canvas_become(c, next);
}

static void
blur_line(const uint8_t *from, uint8_t *to, size_t n, size_t step, unsigned radius)
{
	for (size_t i = 0; i < n; i++) {
		size_t first = i > radius ? i - radius : 0, last = i + radius < n ? i + radius : n - 1, sum = 0;
		for (size_t k = first; k <= last; k++)
			sum += from[k * step];
		to[i * step] = (uint8_t)(sum / (last - first + 1));
	}
}

void
canvas_blur(struct canvas *c, unsigned radius)
{
	struct canvas other = canvas_blank(c->w, c->h, 0xff);
	for (unsigned pass = 0; pass < 2; pass++) {
		for (unsigned y = 0; y < c->h; y++)
			blur_line(c->p + (size_t)y * c->w, other.p + (size_t)y * c->w, c->w, 1, radius);
		for (unsigned x = 0; x < c->w; x++)
			blur_line(other.p + x, c->p + x, c->h, c->w, radius);
	}
	canvas_free(&other);
}

static uint8_t
clamped(long v)
{
	return (uint8_t)(v < 0 ? 0 : v > 255 ? 255 : v);
}

void
canvas_noise(struct canvas *c, unsigned amount)
{
	uint64_t seed = 1;
	for (size_t i = 0; i < (size_t)c->w * c->h; i++) {
		seed = seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
		c->p[i] = clamped((long)c->p[i] + (long)((seed >> 33) % (2 * amount + 1)) - (long)amount);
	}
}

void
canvas_shade(struct canvas *c, unsigned amount)
{
	for (size_t y = 0; y < c->h; y++)
		for (size_t x = 0; x < c->w; x++) {
			uint8_t *p = &c->p[y * c->w + x];
			*p = clamped((long)*p - (long)(amount * (x * c->h + y * c->w) / (2 * (size_t)c->w * c->h)));
		}
}

void
canvas_invert(struct canvas *c)
{
	for (size_t i = 0; i < (size_t)c->w * c->h; i++)
		c->p[i] = (uint8_t)~c->p[i];
}
