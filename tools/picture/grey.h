/* grey.h -- a picture as one byte of brightness for each pixel, decoded from PNG or JPEG in memory.
 *
 * The kind is told by the first bytes, never by a name.  Width and height are taken from the header and checked
 * against base/limits.h before anything is allocated for pixels.
 *
 *	PNG    by libpng: every colour type, 1 to 16 bits, palette, interlaced; transparent parts lie on white
 *	JPEG   by libjpeg-turbo: baseline and progressive, grey, YCbCr, RGB, CMYK and YCCK, 8 bits.  What EXIF says of
 *	       the way up is not heeded: codes are found at any angle.
 *
 * A picture that is cut short or damaged is decoded as far as it goes; what is missing is white (PNG) or grey (JPEG).
 * Only grey_png.c includes <png.h>, only grey_jpeg.c <jpeglib.h>.  Uses the heap; no files, no global state. */
#ifndef PICTURE_GREY_H
#define PICTURE_GREY_H

#include "tools/picture/answer.h"

struct grey { uint32_t width, height; uint8_t *pixels; };   /* pixels[y * width + x], 0 black; owned; NULL: none */

/* PICTURE_READ, or PICTURE_DAMAGED with pixels if at least the header was good; else no pixels, and the reason.
 * Width and height are set as soon as they are known, so that TOO_LARGE can be told. */
MUST_CHECK enum picture_exit grey_decode(struct bytes file, struct grey *out);
void grey_free(struct grey *g);

/* A picture of half the width and height (a last odd row or column is dropped), each pixel the mean of four.
 * False: no memory, or nothing would be left. */
MUST_CHECK bool grey_halve(const struct grey *g, struct grey *out);
/* Twice the width and height, each pixel four times.  False: no memory, or beyond the limits. */
MUST_CHECK bool grey_double(const struct grey *g, struct grey *out);
void grey_invert(struct grey *g);

/* The two decoders, and what they share: set the size if it is within limits, and allocate the pixels, white. */
MUST_CHECK enum picture_exit grey_decode_png(struct bytes file, struct grey *out);
MUST_CHECK enum picture_exit grey_decode_jpeg(struct bytes file, struct grey *out);
MUST_CHECK enum picture_exit grey_allocate(struct grey *g, uint32_t width, uint32_t height);

#endif
