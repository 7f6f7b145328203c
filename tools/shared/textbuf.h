/* textbuf.h -- a growing text, with the two escapers that stand between outside text and an answer.
 *
 * The first failure (no memory) sticks: textbuf_take then yields NULL.  UTF-8 is assumed; bytes that are not
 * part of well-formed UTF-8 become U+FFFD. */
#ifndef SHARED_TEXTBUF_H
#define SHARED_TEXTBUF_H

#include "base/bytes.h"

struct textbuf { uint8_t *ptr; size_t len, cap; bool failed; };   /* zeroed = empty */

void textbuf_add(struct textbuf *t, const char *text);
void textbuf_add_bytes(struct textbuf *t, struct bytes b);
void textbuf_addf(struct textbuf *t, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void textbuf_json(struct textbuf *t, struct bytes b);             /* a JSON string with its quotes (RFC 8259 7) */
void textbuf_html(struct textbuf *t, struct bytes b);             /* text or attribute content, escaped */
void textbuf_free(struct textbuf *t);

#endif
