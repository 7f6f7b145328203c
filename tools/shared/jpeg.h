/* jpeg.h -- what the headers of a JPEG picture say, without decoding it (ITU-T T.81 Annex B).
 *
 * Looks at the segments up to the frame header, at most PORTRAIT_SEGMENTS_MAX of them, and at the last two bytes; so a file that
 * was cut off or has something behind the picture is found, a picture damaged in its middle is not.  Reads nothing out of bounds
 * whatever the bytes are. */
#ifndef SHARED_JPEG_H
#define SHARED_JPEG_H

#include "base/bytes.h"
#include "base/err.h"

struct jpeg { unsigned width, height, components; bool progressive; };

/* ERR_FORMAT with what is wrong: no JPEG, cut off, a kind that browsers do not show (lossless, arithmetic, 12 bits, CMYK). */
MUST_CHECK enum status jpeg_read(struct bytes file, struct jpeg *out, struct err *err);

/* jpeg_read, and the limits that base/limits.h sets for a portrait: bytes and pixels. */
MUST_CHECK enum status portrait_check(struct bytes file, struct err *err);

#endif
