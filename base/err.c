#include "base/err.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

const char *
status_text(enum status st)
{
	switch (st) {
	case OK:              return "success";
	case ERR_FORMAT:      return "malformed data";
	case ERR_UNSUPPORTED: return "unsupported version or kind";
	case ERR_LIMIT:       return "limit exceeded";
	case ERR_NOT_FOUND:   return "not found";
	case ERR_CONFLICT:    return "conflict";
	case ERR_ARGUMENT:    return "bad argument";
	case ERR_DAMAGED:     return "damaged data";
	case ERR_SYSTEM:      return "system error";
	case ERR_CRYPTO:      return "cryptographic library error";
	}
	return "unknown status"; /* no default: -Wswitch names a missing case */
}

enum status
err_set(struct err *err, enum status st, const char *fmt, ...)
{
	assert(st != OK);
	if (err == NULL || err->status != OK)
		return st;
	err->status = st;
	va_list ap;
	va_start(ap, fmt);
	(void)vsnprintf(err->text, sizeof(err->text), fmt, ap);
	va_end(ap);
	return st;
}

enum status
err_in(struct err *err, enum status st, const char *fmt, ...)
{
	char head[sizeof(err->text)], tail[sizeof(err->text)];
	if (err == NULL || st == OK)
		return st;
	va_list ap;
	va_start(ap, fmt);
	(void)vsnprintf(head, sizeof(head), fmt, ap);
	va_end(ap);
	if (err->status == OK) /* nobody wrote a sentence: say at least what kind of thing it was */
		(void)snprintf(err->text, sizeof(err->text), "%s", status_text(st));
	err->status = err->status == OK ? st : err->status;
	memcpy(tail, err->text, sizeof(tail));
	size_t n = strnlen(head, sizeof(head));
	int rest = snprintf(err->text, sizeof(err->text), "%s: ", head);
	if (rest > 0 && n + 2 < sizeof(err->text))
		(void)snprintf(err->text + n + 2, sizeof(err->text) - n - 2, "%s", tail);
	return st;
}
