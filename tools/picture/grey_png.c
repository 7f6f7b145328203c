#include "tools/picture/grey.h"

#include <png.h>

/* libpng's simplified reader: colour, depth, palette, interlacing and transparency become one grey byte, chunks that
 * do not matter are skipped unread, and no error jumps past us. */
enum picture_exit
grey_decode_png(struct bytes file, struct grey *out)
{
	static const png_color white = { 0xff, 0xff, 0xff };
	png_image image = { .version = PNG_IMAGE_VERSION };
	if (png_image_begin_read_from_memory(&image, file.ptr, file.len) == 0) {
		png_image_free(&image);
		return PICTURE_DAMAGED;
	}
	enum picture_exit code = grey_allocate(out, image.width, image.height);
	image.format = PNG_FORMAT_GRAY;
	if (code == PICTURE_READ && png_image_finish_read(&image, &white, out->pixels, (png_int_32)image.width, NULL) == 0)
		code = PICTURE_DAMAGED;
	png_image_free(&image);
	return code;
}
