#include "tools/picture/grey.h"

#include <stdlib.h>

enum picture_exit
grey_decode(struct bytes file, struct grey *out)
{
	*out = (struct grey){ 0 };
	if (file.len == 0)
		return PICTURE_EMPTY;
	if (file.len > PICTURE_FILE_LEN_MAX)
		return PICTURE_TOO_LONG;
	if (bytes_starts_with(file, BYTES_LIT("\x89PNG\r\n\x1a\n")))
		return grey_decode_png(file, out);
	if (bytes_starts_with(file, BYTES_LIT("\xff\xd8\xff")))
		return grey_decode_jpeg(file, out);
	return PICTURE_NOT_ONE;
}

enum picture_exit
grey_allocate(struct grey *g, uint32_t width, uint32_t height)
{
	g->width = width;
	g->height = height;
	if (width == 0 || height == 0)
		return PICTURE_DAMAGED;
	if (width > PICTURE_SIDE_MAX || height > PICTURE_SIDE_MAX || width > PICTURE_PIXELS_MAX / height)
		return PICTURE_TOO_LARGE;
	size_t len = (size_t)width * height;
	g->pixels = malloc(len);
	if (g->pixels == NULL)
		return PICTURE_NO_MEMORY;
	memset(g->pixels, 0xff, len);
	return PICTURE_READ;
}

void
grey_free(struct grey *g)
{
	free(g->pixels);
	g->pixels = NULL;
}

bool
grey_halve(const struct grey *g, struct grey *out)
{
	struct grey half = { 0 };
	if (grey_allocate(&half, g->width / 2, g->height / 2) != PICTURE_READ)
		return false;
	for (size_t y = 0; y < half.height; y++) {
		const uint8_t *upper = g->pixels + 2 * y * g->width, *lower = upper + g->width;
		uint8_t *row = half.pixels + y * half.width;
		for (size_t x = 0; x < half.width; x++)
			row[x] = (uint8_t)((upper[2 * x] + upper[2 * x + 1] + lower[2 * x] + lower[2 * x + 1] + 2) / 4);
	}
	*out = half;
	return true;
}

bool
grey_double(const struct grey *g, struct grey *out)
{
	struct grey twice = { 0 };
	if (g->width > PICTURE_SIDE_MAX || g->height > PICTURE_SIDE_MAX ||
	    grey_allocate(&twice, 2 * g->width, 2 * g->height) != PICTURE_READ)
		return false;
	for (size_t y = 0; y < twice.height; y++)
		for (size_t x = 0; x < twice.width; x++)
			twice.pixels[y * twice.width + x] = g->pixels[y / 2 * g->width + x / 2];
	*out = twice;
	return true;
}

void
grey_invert(struct grey *g)
{
	size_t len = (size_t)g->width * g->height;
	for (size_t i = 0; i < len; i++)
		g->pixels[i] = (uint8_t)~g->pixels[i];
}
