/* scratch.h -- a directory of its own for a test, and what every stored record must hold. */
#ifndef TESTS_UNIT_SUPPORT_SCRATCH_H
#define TESTS_UNIT_SUPPORT_SCRATCH_H

#include "base/bytes.h"
#include "base/status.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

/* cmocka's setup and teardown: *state is the path of an empty directory, removed with all that is in it. */
int scratch_make(void **state);
int scratch_clear(void **state);

/* Decode enc; if that works, encode what was decoded into out.  Returns the status of the decoding; an encoder that refuses
 * what its decoder took must fail the test. */
typedef enum status (*recode)(struct bytes enc, struct buf out, struct bytes *again);

/* enc decodes and encodes to itself; every truncation and every extension is refused; every single-bit flip is refused
 * or is another record, which encodes to itself again. */
void record_is_canonical(recode f, struct bytes enc);
/* The version stands at byte `at`: with 2 there it is ERR_UNSUPPORTED. */
void record_of_version_2_is_unsupported(recode f, struct bytes enc, size_t at);
/* The same for any version, in place of the one that stands there. */
void record_of_version_is_unsupported(recode f, struct bytes enc, size_t at, uint8_t version);

/* The n-th occurrence of what in the file, from 0; -1 if there is none. */
long file_find(const char *path, struct bytes what, size_t n);
void file_patch(const char *path, long at, struct bytes what);

#endif
