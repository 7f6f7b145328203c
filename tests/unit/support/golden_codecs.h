/* golden_codecs.h -- every kind of golden object, decoded and encoded again. */
#ifndef TESTS_UNIT_SUPPORT_GOLDEN_CODECS_H
#define TESTS_UNIT_SUPPORT_GOLDEN_CODECS_H

#include "base/bytes.h"
#include "base/status.h"

enum { GOLDEN_LEN_MAX = 16384 };

/* again: *out is a view that lasts until the next call. */
struct golden_codec { const char *name; enum status (*again)(struct bytes in, struct bytes *out); };
extern const struct golden_codec golden_codecs[];
extern const size_t golden_codecs_n;

#endif
