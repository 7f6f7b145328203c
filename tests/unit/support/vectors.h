/* vectors.h -- test vectors made by others, in the folder that YAOPAI_VECTORS names.
 *
 * Without that folder the tests that need it are skipped, with one clear line. */
#ifndef TESTS_UNIT_SUPPORT_VECTORS_H
#define TESTS_UNIT_SUPPORT_VECTORS_H

#include <jansson.h>

#include "base/bytes.h"

bool vectors_are_there(const char *folder);
/* One line on stdout if this sub-folder is not there; for main. */
void vectors_announce(const char *folder);

/* Owned: json_decref.  A file that is missing or no JSON fails the test. */
json_t *vectors_json(const char *folder, const char *file);
/* The text of a file, NUL-terminated.  Owned: free. */
char *vectors_text(const char *folder, const char *file);
size_t vectors_count(const char *folder, const char *ending);

/* Appended to out; text that is not such digits fails the test.  Hex may be spread over lines. */
struct bytes vectors_hex(const char *text, struct buf *out);
struct bytes vectors_base64url(const char *text, struct buf *out);

#endif
