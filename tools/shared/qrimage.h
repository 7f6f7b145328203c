/* qrimage.h -- a QR symbol as a picture: PNG, SVG, or half blocks for a terminal.  Always with the quiet zone of four
 * modules that the standard asks for, and black on white whatever the terminal's colours. */
#ifndef SHARED_QRIMAGE_H
#define SHARED_QRIMAGE_H

#include "tools/shared/qrcode.h"
#include "tools/shared/textbuf.h"

/* Each appends to out; deterministic bytes for equal input. */
MUST_CHECK enum status qrimage_png(const struct qrcode *q, unsigned pixels_per_module, struct textbuf *out, struct err *err);
void qrimage_svg(const struct qrcode *q, struct textbuf *out);
void qrimage_terminal(const struct qrcode *q, bool has_colour, struct textbuf *out);

#endif
