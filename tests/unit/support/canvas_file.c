#include "tests/unit/support/canvas.h"

#include <png.h>
#include <stdio.h>
#include <stdlib.h>

#include <jpeglib.h>

const char *const png_kind_names[PNG_KINDS] = { "grey", "grey16", "grey1", "palette", "rgb", "rgb16", "rgba", "interlaced", "clear" };
const char *const jpeg_kind_names[JPEG_KINDS] = { "grey", "ycc", "progressive", "rgb", "cmyk", "ycck", "cmyk-progressive" };

static const struct { int depth, colour, interlace; unsigned channels; } png_shapes[PNG_KINDS] = {
	[PNG_GREY] = { 8, PNG_COLOR_TYPE_GRAY, PNG_INTERLACE_NONE, 1 }, [PNG_GREY16] = { 16, PNG_COLOR_TYPE_GRAY, PNG_INTERLACE_NONE, 1 },
	[PNG_GREY1] = { 1, PNG_COLOR_TYPE_GRAY, PNG_INTERLACE_NONE, 1 }, [PNG_PALETTE] = { 8, PNG_COLOR_TYPE_PALETTE, PNG_INTERLACE_NONE, 1 },
	[PNG_RGB] = { 8, PNG_COLOR_TYPE_RGB, PNG_INTERLACE_NONE, 3 }, [PNG_RGB16] = { 16, PNG_COLOR_TYPE_RGB, PNG_INTERLACE_NONE, 3 },
	[PNG_RGBA] = { 8, PNG_COLOR_TYPE_RGBA, PNG_INTERLACE_NONE, 4 }, [PNG_INTERLACED] = { 8, PNG_COLOR_TYPE_RGB, PNG_INTERLACE_ADAM7, 3 },
	[PNG_CLEAR] = { 8, PNG_COLOR_TYPE_GRAY_ALPHA, PNG_INTERLACE_NONE, 2 },
};

static void
png_append(png_structp png, png_bytep data, size_t len)
{
	struct buf *out = png_get_io_ptr(png);
	if (out->cap - out->len < len) {
		out->cap = 2 * (out->cap + len);
		out->ptr = realloc(out->ptr, out->cap);
		if (out->ptr == NULL)
			abort();
	}
	memcpy(out->ptr + out->len, data, len);
	out->len += len;
}

static void
png_flushed(png_structp png)
{
	(void)png;
}

/* A grey row in the wanted shape; samples of 16 bits repeat their byte. */
static void
png_row(const uint8_t *grey, unsigned w, enum png_kind kind, uint8_t *row)
{
	unsigned channels = png_shapes[kind].channels, bytes = png_shapes[kind].depth == 16 ? 2 : 1;
	if (kind == PNG_GREY1) {
		memset(row, 0, (w + 7) / 8);
		for (unsigned x = 0; x < w; x++)
			row[x / 8] = (uint8_t)(row[x / 8] | (grey[x] > 127 ? 0x80 >> (x % 8) : 0));
		return;
	}
	for (unsigned x = 0; x < w; x++, row += channels * bytes) {
		memset(row, grey[x], channels * bytes);
		if (kind == PNG_RGBA)
			row[3] = 0xff;
		if (kind == PNG_CLEAR) {        /* black of varying opacity: nothing but the alpha tells the code */
			row[0] = 0;
			row[1] = (uint8_t)~grey[x];
		}
	}
}

static void
png_start(png_structp png, png_infop info, unsigned w, unsigned h, enum png_kind kind)
{
	png_set_IHDR(png, info, w, h, png_shapes[kind].depth, png_shapes[kind].colour, png_shapes[kind].interlace,
	    PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
	if (kind == PNG_PALETTE) {
		png_color palette[256];
		for (unsigned i = 0; i < 256; i++)
			palette[i] = (png_color){ (png_byte)i, (png_byte)i, (png_byte)i };
		png_set_PLTE(png, info, palette, 256);
	}
	png_write_info(png, info);
}

/* c NULL: white rows without end. */
static struct buf
png_made(const struct canvas *c, unsigned w, unsigned h, enum png_kind kind)
{
	struct buf out = { 0 };
	uint8_t *row = malloc((size_t)w * 8);
	png_structp png = png_create_write_struct(PNG_LIBPNG_VER_STRING, NULL, NULL, NULL);
	png_infop info = png_create_info_struct(png);
	if (row == NULL || info == NULL)
		abort();
	memset(row, 0xff, (size_t)w * 8);
	png_set_write_fn(png, &out, png_append, png_flushed);
	png_set_user_limits(png, 0x7fffffff, 0x7fffffff);
	png_start(png, info, w, h, kind);
	int passes = png_set_interlace_handling(png);
	for (int pass = 0; pass < passes; pass++)
		for (unsigned y = 0; y < h; y++) {
			if (c != NULL)
				png_row(c->p + (size_t)y * w, w, kind, row);
			png_write_row(png, row);
		}
	png_write_end(png, info);
	png_destroy_write_struct(&png, &info);
	free(row);
	return out;
}

struct buf
canvas_png(const struct canvas *c, enum png_kind kind)
{
	return png_made(c, c->w, c->h, kind);
}

struct buf
canvas_png_plain(unsigned w, unsigned h)
{
	return png_made(NULL, w, h, PNG_GREY1);
}

static const struct { J_COLOR_SPACE in, file; int channels; } jpeg_shapes[JPEG_KINDS] = {
	[JPEG_GREY] = { JCS_GRAYSCALE, JCS_GRAYSCALE, 1 }, [JPEG_YCC] = { JCS_RGB, JCS_YCbCr, 3 },
	[JPEG_PROGRESSIVE] = { JCS_RGB, JCS_YCbCr, 3 }, [JPEG_RGB] = { JCS_RGB, JCS_RGB, 3 },
	[JPEG_CMYK] = { JCS_CMYK, JCS_CMYK, 4 }, [JPEG_YCCK] = { JCS_CMYK, JCS_YCCK, 4 },
	[JPEG_CMYK_PROGRESSIVE] = { JCS_CMYK, JCS_CMYK, 4 },
};

struct buf
canvas_jpeg(const struct canvas *c, enum jpeg_kind kind, int quality)
{
	struct jpeg_compress_struct j;
	struct jpeg_error_mgr errors;
	unsigned char *file = NULL;
	unsigned long len = 0;
	unsigned channels = (unsigned)jpeg_shapes[kind].channels;
	uint8_t *row = malloc((size_t)c->w * 4);
	if (row == NULL)
		abort();
	j.err = jpeg_std_error(&errors);
	jpeg_create_compress(&j);
	jpeg_mem_dest(&j, &file, &len);
	j.image_width = c->w;
	j.image_height = c->h;
	j.input_components = (int)channels;
	j.in_color_space = jpeg_shapes[kind].in;
	jpeg_set_defaults(&j);
	jpeg_set_colorspace(&j, jpeg_shapes[kind].file);
	jpeg_set_quality(&j, quality, TRUE);
	if (kind == JPEG_PROGRESSIVE || kind == JPEG_CMYK_PROGRESSIVE)
		jpeg_simple_progression(&j);
	jpeg_start_compress(&j, TRUE);
	for (unsigned y = 0; y < c->h; y++) {
		for (unsigned x = 0; x < c->w; x++) /* the black of CMYK alone would do; all four inks make it harder */
			memset(row + x * channels, c->p[(size_t)y * c->w + x], channels);
		(void)jpeg_write_scanlines(&j, &row, 1);
	}
	jpeg_finish_compress(&j);
	jpeg_destroy_compress(&j);
	free(row);
	return (struct buf){ file, len, len };
}
