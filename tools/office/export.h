/* export.h -- tokens, QR codes and portrait packs out of the register. */
#ifndef OFFICE_EXPORT_H
#define OFFICE_EXPORT_H

#include "tools/office/office.h"

enum format { FORMAT_PNG = 1, FORMAT_SVG, FORMAT_TEXT };

struct export {
	struct office *office;
	char **numbers; size_t numbers_n;
	bool all, as_json;
	const char *out, *prefix;              /* NULL: the defaults */
	enum format format;
	unsigned pixels;
	uint32_t division;                     /* of portraits; 0: all */
	bool incomplete;                       /* set when done: some pictures were missing */
};

MUST_CHECK enum status export_qr(struct export *x);
MUST_CHECK enum status export_tokens(struct export *x);
MUST_CHECK enum status export_portraits(struct export *x);

#endif
