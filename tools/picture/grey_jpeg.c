#include "tools/picture/grey.h"

#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>

#include <jpeglib.h>
#include <jerror.h>

struct jpeg {
	struct jpeg_decompress_struct c;
	struct jpeg_error_mgr errors;
	struct jpeg_progress_mgr progress;
	jmp_buf failed;
	enum picture_exit code;
	struct grey *out;
	uint8_t *cmyk;              /* one row of it */
};

static struct jpeg *
jpeg_of(j_common_ptr c)
{
	return c->client_data;
}

static enum picture_exit
code_of_error(int message)
{
	switch (message) {
	case JERR_OUT_OF_MEMORY:
		return PICTURE_NO_MEMORY;
	case JERR_ARITH_NOTIMPL: case JERR_BAD_PRECISION: case JERR_COMPONENT_COUNT: case JERR_CONVERSION_NOTIMPL:
	case JERR_NOTIMPL: case JERR_NOT_COMPILED: case JERR_SOF_UNSUPPORTED: case JERR_WIDTH_OVERFLOW:
		return PICTURE_UNSUPPORTED;
	default:
		return PICTURE_DAMAGED;
	}
}

static void
on_error(j_common_ptr c)
{
	struct jpeg *j = jpeg_of(c);
	j->code = code_of_error(c->err->msg_code);
	longjmp(j->failed, 1);
}

/* Warnings that leave every pixel as it was meant: bytes between segments, a strange profile or version. */
static bool
is_harmless(int message)
{
	return message == JWRN_EXTRANEOUS_DATA || message == JWRN_ADOBE_XFORM || message == JWRN_BOGUS_ICC ||
	    message == JWRN_JFIF_MAJOR;
}

static void
on_message(j_common_ptr c, int level)
{
	if (level < 0 && !is_harmless(c->err->msg_code))
		jpeg_of(c)->code = PICTURE_DAMAGED;
}

static void
on_progress(j_common_ptr c)
{
	struct jpeg *j = jpeg_of(c);
	if (j->c.input_scan_number <= (int)PICTURE_JPEG_SCANS_MAX)
		return;
	j->code = PICTURE_UNSUPPORTED;
	longjmp(j->failed, 1);
}

static void
on_output(j_common_ptr c)
{
	(void)c;                    /* untrusted, and said by the exit code */
}

/* Adobe's writers store ink inverted: 255 is none. */
static void
grey_of_cmyk(const uint8_t *cmyk, size_t width, bool inverted, uint8_t *row)
{
	unsigned flip = inverted ? 0 : 0xff;
	for (size_t x = 0; x < width; x++, cmyk += 4) {
		unsigned ink = (77 * (cmyk[0] ^ flip) + 150 * (cmyk[1] ^ flip) + 29 * (cmyk[2] ^ flip)) >> 8;
		row[x] = (uint8_t)(ink * (cmyk[3] ^ flip) / 255);
	}
}

static void
read_rows(struct jpeg *j)
{
	while (j->c.output_scanline < j->c.output_height) {
		uint8_t *row = j->out->pixels + (size_t)j->c.output_scanline * j->out->width;
		JSAMPROW target = j->cmyk != NULL ? j->cmyk : row;
		(void)jpeg_read_scanlines(&j->c, &target, 1);
		if (j->cmyk != NULL)
			grey_of_cmyk(j->cmyk, j->out->width, j->c.saw_Adobe_marker, row);
	}
}

static void
jpeg_decode(struct jpeg *j, struct bytes file)
{
	jpeg_create_decompress(&j->c);
	jpeg_mem_src(&j->c, file.ptr, file.len);
	(void)jpeg_read_header(&j->c, TRUE);
	enum picture_exit code = grey_allocate(j->out, j->c.image_width, j->c.image_height);
	if (code != PICTURE_READ) {
		j->code = code;
		return;
	}
	bool is_cmyk = j->c.jpeg_color_space == JCS_CMYK || j->c.jpeg_color_space == JCS_YCCK;
	j->c.out_color_space = is_cmyk ? JCS_CMYK : JCS_GRAYSCALE;
	j->cmyk = is_cmyk ? malloc(4 * (size_t)j->out->width) : NULL;
	if (is_cmyk && j->cmyk == NULL) {
		j->code = PICTURE_NO_MEMORY;
		return;
	}
	j->c.progress = &j->progress;
	(void)jpeg_start_decompress(&j->c);
	read_rows(j);
}

enum picture_exit
grey_decode_jpeg(struct bytes file, struct grey *out)
{
	struct jpeg *j = calloc(1, sizeof(*j));
	if (j == NULL)
		return PICTURE_NO_MEMORY;
	j->c.err = jpeg_std_error(&j->errors);
	j->errors.error_exit = on_error;
	j->errors.emit_message = on_message;
	j->errors.output_message = on_output;
	j->progress.progress_monitor = on_progress;
	j->c.client_data = j;
	j->code = PICTURE_READ;
	j->out = out;
	if (setjmp(j->failed) == 0)
		jpeg_decode(j, file);
	jpeg_destroy_decompress(&j->c);
	enum picture_exit code = j->code;
	if (code != PICTURE_READ && code != PICTURE_DAMAGED)
		grey_free(out);
	free(j->cmyk);
	free(j);
	return code;
}
