#include "tools/shared/qrimage.h"

#include <png.h>
#include <stdlib.h>

enum { QUIET = 4 };

static bool
is_dark(const struct qrcode *q, long x, long y)
{
	bool inside = x >= 0 && y >= 0 && x < (long)q->width && y < (long)q->width;
	return inside && q->dark[(size_t)y * q->width + (size_t)x] != 0;
}

static void
png_out(png_structp png, png_bytep data, size_t len)
{
	textbuf_add_bytes(png_get_io_ptr(png), (struct bytes){ data, len });
}

static void
png_flushed(png_structp png)
{
	(void)png;
}

static void
fill_row(const struct qrcode *q, long y, unsigned scale, size_t row_len, uint8_t *row)
{
	memset(row, 0xff, row_len);
	for (size_t x = 0; x < (size_t)(q->width + 2 * QUIET) * scale; x++)
		if (is_dark(q, (long)(x / scale) - QUIET, y))
			row[x / 8] = (uint8_t)(row[x / 8] & ~(0x80u >> (x % 8)));
}

/* row is volatile's business: it is set before setjmp and only read after. */
static bool
png_write(const struct qrcode *q, unsigned scale, uint8_t *row, size_t row_len, struct textbuf *out)
{
	png_structp png = png_create_write_struct(PNG_LIBPNG_VER_STRING, NULL, NULL, NULL);
	png_infop info = png != NULL ? png_create_info_struct(png) : NULL;
	if (info == NULL || setjmp(png_jmpbuf(png)) != 0) {
		png_destroy_write_struct(&png, &info);
		return false;
	}
	uint32_t side = (q->width + 2 * QUIET) * scale;
	png_set_write_fn(png, out, png_out, png_flushed);
	png_set_IHDR(png, info, side, side, 1, PNG_COLOR_TYPE_GRAY, PNG_INTERLACE_NONE, PNG_COMPRESSION_TYPE_DEFAULT,
	    PNG_FILTER_TYPE_DEFAULT);
	png_write_info(png, info);
	for (uint32_t y = 0; y < side; y++) {
		fill_row(q, (long)(y / scale) - QUIET, scale, row_len, row);
		png_write_row(png, row);
	}
	png_write_end(png, info);
	png_destroy_write_struct(&png, &info);
	return !out->failed;
}

enum status
qrimage_png(const struct qrcode *q, unsigned pixels_per_module, struct textbuf *out, struct err *err)
{
	if (pixels_per_module < 1 || pixels_per_module > 64)
		return err_set(err, ERR_ARGUMENT, "1 to 64 pixels for each module were wanted");
	size_t row_len = ((q->width + 2 * QUIET) * pixels_per_module + 7) / 8;
	uint8_t *row = malloc(row_len);
	bool written = row != NULL && png_write(q, pixels_per_module, row, row_len, out);
	free(row);
	return written ? OK : err_set(err, ERR_SYSTEM, "the PNG picture could not be made");
}

void
qrimage_svg(const struct qrcode *q, struct textbuf *out)
{
	unsigned side = q->width + 2 * QUIET;
	textbuf_addf(out, "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %u %u\" shape-rendering=\"crispEdges\">"
	    "<path fill=\"#fff\" d=\"M0 0h%uv%uH0z\"/><path d=\"", side, side, side, side);
	for (unsigned y = 0; y < q->width; y++) {
		for (unsigned x = 0; x < q->width;) {
			unsigned run = 0;
			while (is_dark(q, x + run, y))
				run++;
			if (run > 0)
				textbuf_addf(out, "M%u %uh%uv1h-%uz", x + QUIET, y + QUIET, run, run);
			x += run + 1;
		}
	}
	textbuf_add(out, "\"/></svg>\n");
}

void
qrimage_terminal(const struct qrcode *q, bool has_colour, struct textbuf *out)
{
	long end = (long)q->width + QUIET;
	for (long y = -QUIET; y < end; y += 2) {
		if (has_colour)
			textbuf_add(out, "\x1b[38;5;16;48;5;231m"); /* black on white */
		for (long x = -QUIET; x < end; x++) {
			bool upper = is_dark(q, x, y), lower = is_dark(q, x, y + 1);
			if (!has_colour) { /* most terminals are light on dark: draw the light modules */
				upper = !upper;
				lower = !lower && y + 1 < end;
			}
			textbuf_add(out, upper ? (lower ? "█" : "▀") : (lower ? "▄" : " "));
		}
		textbuf_add(out, has_colour ? "\x1b[0m\n" : "\n");
	}
}
