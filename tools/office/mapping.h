/* mapping.h -- a file that says which column an office's own heading stands for.
 *
 * UTF-8, a line each: "odd heading = 姓名", "odd heading = -" to leave a column out, "* = -" to leave out every other column that is
 * not known; empty lines and lines that begin with # say nothing.  The right side is any heading that files of this kind may have.
 * It comes before the headings that the program knows.  At most MAPPING_LINES_MAX lines say something. */
#ifndef OFFICE_MAPPING_H
#define OFFICE_MAPPING_H

#include "base/bytes.h"
#include "base/err.h"
#include "base/limits.h"

#define HEADING_LEN_MAX 96u                 /* bytes of a heading that is compared; longer ones are none of ours */
#define MAPPING_IGNORE (-1)

struct heading_text { char text[HEADING_LEN_MAX + 1]; };
/* What makes two headings one: without spaces and invisible characters, full-width as ASCII, small letters, without * _ - and a
 * remark in brackets that it is compulsory.  Empty: too long, or nothing is left. */
void heading_plain(struct bytes heading, struct heading_text *out);

struct mapping {
	struct mapping_line { struct heading_text from; int column; } *lines; size_t n;
	bool ignores_rest;
};

/* The column of a heading of this kind of file (enum column), or MAPPING_IGNORE; says what is wrong in err. */
typedef int (*heading_finder)(const void *ctx, struct bytes heading, struct err *err);
MUST_CHECK enum status mapping_load(const char *path, heading_finder find, const void *ctx, struct mapping *out, struct err *err);
void mapping_free(struct mapping *m);       /* idempotent */
/* *column is set if the mapping speaks of this heading. */
bool mapping_find(const struct mapping *m, const struct heading_text *heading, int *column);

#endif
