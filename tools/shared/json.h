/* json.h -- write JSON (RFC 8259) to a stream or into a growing buffer, one value after another.
 *
 *	struct json j = json_open(stdout);
 *	json_object_begin(&j);
 *	json_key(&j, "number");  json_text(&j, number);
 *	json_key(&j, "fields");  json_array_begin(&j);  json_int(&j, 1);  json_array_end(&j);
 *	json_object_end(&j);
 *	if (!json_close(&j)) ...
 *
 * Commas, quotes and escapes are written here; control characters are escaped, bytes that are not part of
 * well-formed UTF-8 become U+FFFD.  A value written at the top is followed by a new line, so a series of them is
 * JSON Lines.  Nesting to JSON_DEPTH_MAX (a bug beyond).  The first failure sticks.  Does not read JSON. */
#ifndef SHARED_JSON_H
#define SHARED_JSON_H

#include <stdio.h>

#include "base/bytes.h"
#include "tools/shared/textbuf.h"

#define JSON_DEPTH_MAX 16u

struct json {
	FILE *out;                     /* NULL: all stays in text */
	struct textbuf text;           /* owned; what was not yet written to out */
	unsigned depth;
	bool filled[JSON_DEPTH_MAX + 1]; /* something stands at this depth already */
	bool after_key, failed;
};

struct json json_open(FILE *out);      /* out NULL: read it with json_view */
bool json_flush(struct json *j);        /* what is complete so far goes to out; false as below.  Long texts are written on the way */
struct bytes json_view(const struct json *j); /* valid until the next call */
bool json_close(struct json *j);       /* writes what is left, frees; false: no memory or a write failed */

void json_object_begin(struct json *j);
void json_object_end(struct json *j);
void json_array_begin(struct json *j);
void json_array_end(struct json *j);
void json_key(struct json *j, const char *name);

void json_text(struct json *j, struct bytes text);    /* a string; not called json_string, which is jansson's */
void json_str(struct json *j, const char *text);      /* NUL-terminated; NULL is null */
void json_int(struct json *j, int64_t value);
void json_uint(struct json *j, uint64_t value);
void json_double(struct json *j, double value);       /* 6 significant places after the point at most; NaN, infinity: null */
void json_bool(struct json *j, bool value);

#endif
