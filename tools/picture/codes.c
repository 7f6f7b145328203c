#include "tools/picture/codes.h"

#include <errno.h>
#include <iconv.h>
#include <stdlib.h>

#include <zbar.h>

enum { DOUBLE_PIXELS_MAX = 2 << 20 };   /* beyond, a code that fits is large enough */
enum { SIDE_MIN = 21 };         /* modules of the smallest code; zbar reads past the end of pictures of a few pixels */

/* In place of the C library's for this program and the libraries it loads: bytes in, the same bytes out. */
#define INSTEAD_OF_LIBC __attribute__((visibility("default")))
static char copier;

INSTEAD_OF_LIBC iconv_t
iconv_open(const char *to, const char *from)
{
	(void)to;
	(void)from;
	return &copier;
}

INSTEAD_OF_LIBC size_t
iconv(iconv_t cd, char **restrict in, size_t *restrict in_left, char **restrict out, size_t *restrict out_left)
{
	(void)cd;
	if (in == NULL || *in == NULL)
		return 0;
	size_t n = *in_left < *out_left ? *in_left : *out_left;
	memcpy(*out, *in, n);
	*in += n, *out += n;
	*in_left -= n, *out_left -= n;
	errno = *in_left > 0 ? E2BIG : errno;
	return *in_left > 0 ? (size_t)-1 : 0;
}

INSTEAD_OF_LIBC int
iconv_close(iconv_t cd)
{
	(void)cd;
	return 0;
}

void
codes_free(struct codes *c)
{
	while (c->n > 0)
		free(c->code[--c->n].ptr);
}

static void
upper_left_of(const zbar_symbol_t *symbol, struct code *c)
{
	for (unsigned i = 0; i < zbar_symbol_get_loc_size(symbol); i++) {
		int x = zbar_symbol_get_loc_x(symbol, i), y = zbar_symbol_get_loc_y(symbol, i);
		c->left = i == 0 || x < c->left ? x : c->left;
		c->top = i == 0 || y < c->top ? y : c->top;
	}
}

static enum picture_exit
codes_add(struct codes *c, const zbar_symbol_t *symbol)
{
	if (zbar_symbol_get_type(symbol) != ZBAR_QRCODE)
		return PICTURE_READ;
	if (c->n == PICTURE_CODES_MAX)
		return PICTURE_TOO_MANY;
	struct code new = { .len = zbar_symbol_get_data_length(symbol) };
	new.ptr = malloc(new.len + 1);
	if (new.ptr == NULL)
		return PICTURE_NO_MEMORY;
	memcpy(new.ptr, zbar_symbol_get_data(symbol), new.len);
	upper_left_of(symbol, &new);
	size_t at = c->n++;
	for (; at > 0 && (new.top < c->code[at - 1].top || (new.top == c->code[at - 1].top && new.left < c->code[at - 1].left)); at--)
		c->code[at] = c->code[at - 1];
	c->code[at] = new;
	return PICTURE_READ;
}

static zbar_image_scanner_t *
scanner_open(void)
{
	zbar_image_scanner_t *s = zbar_image_scanner_create();
	if (s == NULL)
		return NULL;
	(void)zbar_image_scanner_set_config(s, ZBAR_NONE, ZBAR_CFG_ENABLE, 0);
	(void)zbar_image_scanner_set_config(s, ZBAR_QRCODE, ZBAR_CFG_ENABLE, 1);
	(void)zbar_image_scanner_set_config(s, ZBAR_QRCODE, ZBAR_CFG_BINARY, 1);
	return s;
}

enum picture_exit
codes_find(const struct grey *g, struct codes *c)
{
	if (g->width < SIDE_MIN || g->height < SIDE_MIN)
		return PICTURE_READ;
	zbar_image_scanner_t *scanner = scanner_open();
	zbar_image_t *image = scanner != NULL ? zbar_image_create() : NULL;
	enum picture_exit code = PICTURE_NO_MEMORY;
	if (image != NULL) {
		zbar_image_set_format(image, zbar_fourcc('Y', '8', '0', '0'));
		zbar_image_set_size(image, g->width, g->height);
		zbar_image_set_data(image, g->pixels, (unsigned long)g->width * g->height, NULL);
		code = zbar_scan_image(scanner, image) < 0 ? PICTURE_NO_MEMORY : PICTURE_READ;
		for (const zbar_symbol_t *s = zbar_image_first_symbol(image); s != NULL && code == PICTURE_READ; s = zbar_symbol_next(s))
			code = codes_add(c, s);
		zbar_image_destroy(image);
	}
	if (scanner != NULL)
		zbar_image_scanner_destroy(scanner);
	if (code != PICTURE_READ)
		codes_free(c);
	return code;
}

static enum picture_exit
find_resized(const struct grey *g, bool (*resize)(const struct grey *, struct grey *), struct codes *c)
{
	struct grey other = { 0 };
	enum picture_exit code = resize(g, &other) ? codes_find(&other, c) : PICTURE_NO_MEMORY;
	grey_free(&other);
	return code;
}

static enum picture_exit
find_at_any_size(const struct grey *g, struct codes *c)
{
	bool small = (size_t)g->width * g->height <= DOUBLE_PIXELS_MAX && 2 * g->width <= PICTURE_SIDE_MAX && 2 * g->height <= PICTURE_SIDE_MAX;
	enum picture_exit code = codes_find(g, c);
	if (code == PICTURE_READ && c->n == 0 && g->width / 2 >= SIDE_MIN && g->height / 2 >= SIDE_MIN)
		code = find_resized(g, grey_halve, c);
	if (code == PICTURE_READ && c->n == 0 && small)
		code = find_resized(g, grey_double, c);
	return code;
}

enum picture_exit
codes_search(struct grey *g, struct codes *c)
{
	enum picture_exit code = PICTURE_READ;
	for (unsigned inverted = 0; inverted < 2 && code == PICTURE_READ && c->n == 0; inverted++) {
		if (inverted)
			grey_invert(g);
		code = find_at_any_size(g, c);
	}
	return code;
}
