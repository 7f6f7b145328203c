/* canvas.h -- pictures for tests: QR codes drawn, laid out, bent, blurred and lit like a photograph, and written as any
 * kind of PNG or JPEG.  Deterministic.  What cannot be done fails by abort(3), in tests and in make_picture alike. */
#ifndef TESTS_UNIT_SUPPORT_CANVAS_H
#define TESTS_UNIT_SUPPORT_CANVAS_H

#include "base/bytes.h"

struct canvas { unsigned w, h; uint8_t *p; };           /* p[y * w + x], 0 black; owned */

struct canvas canvas_blank(unsigned w, unsigned h, uint8_t grey);
void canvas_free(struct canvas *c);

/* A QR code of these bytes in 8-bit mode, level M, in its quiet zone, `scale` pixels for each module.  eci: the number of
 * a character set to declare, or 0. */
struct canvas canvas_code(struct bytes text, unsigned scale, unsigned eci);
void canvas_paste(struct canvas *onto, const struct canvas *what, unsigned x, unsigned y);
struct canvas canvas_beside(const struct canvas *left, const struct canvas *right);

/* Each replaces the picture by what became of it. */
void canvas_rotate(struct canvas *c, double degrees);              /* about its middle, on a canvas that holds it */
void canvas_lean(struct canvas *c, double strength);               /* perspective: the upper edge is so much shorter, 0..0.6 */
void canvas_blur(struct canvas *c, unsigned radius);               /* two passes of a box */
void canvas_noise(struct canvas *c, unsigned amount);              /* each pixel +-amount */
void canvas_shade(struct canvas *c, unsigned amount);              /* darker by so much towards the lower right */
void canvas_invert(struct canvas *c);
void canvas_frame(struct canvas *c, unsigned w, unsigned h);       /* in the middle of a larger white sheet */

enum png_kind { PNG_GREY, PNG_GREY16, PNG_GREY1, PNG_PALETTE, PNG_RGB, PNG_RGB16, PNG_RGBA, PNG_INTERLACED, PNG_CLEAR, PNG_KINDS };
enum jpeg_kind { JPEG_GREY, JPEG_YCC, JPEG_PROGRESSIVE, JPEG_RGB, JPEG_CMYK, JPEG_YCCK, JPEG_CMYK_PROGRESSIVE, JPEG_KINDS };
extern const char *const png_kind_names[PNG_KINDS], *const jpeg_kind_names[JPEG_KINDS];

struct buf canvas_png(const struct canvas *c, enum png_kind kind);    /* owned: free(ptr).  CLEAR: white is transparent */
struct buf canvas_jpeg(const struct canvas *c, enum jpeg_kind kind, int quality);

/* A PNG of one grey level (0 or 1 bit) and any size, written row by row: 20,000 x 20,000 takes 50 kB. */
struct buf canvas_png_plain(unsigned w, unsigned h);

#endif
