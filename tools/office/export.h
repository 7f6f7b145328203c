/* export.h -- tokens and QR codes out of the register. */
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
};

MUST_CHECK enum status export_qr(struct export *x);
MUST_CHECK enum status export_tokens(struct export *x);

#endif
