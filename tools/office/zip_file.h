/* zip_file.h -- a ZIP archive, read entry by entry; nothing is ever extracted to a file.
 *
 * The only door to libzip.  Entries are stored or deflated, not encrypted.  What an entry may unpack to is bounded by its reader's
 * limit and by ZIP_RATIO_MAX times its packed size; its length and check sum are verified.  Names are bytes as they stand.
 * Sentences name the entry, the caller the archive. */
#ifndef OFFICE_ZIP_FILE_H
#define OFFICE_ZIP_FILE_H

#include "base/bytes.h"
#include "base/err.h"

struct zip_file { void *zip; uint64_t n; };
struct zip_entry { uint64_t at; const char *name; bool name_is_utf8; uint64_t len, packed_len; };   /* name: until the file is closed */

MUST_CHECK enum status zip_file_open(const char *path, struct zip_file *out, struct err *err);
void zip_file_close(struct zip_file *z);                  /* idempotent */
/* Entry i < n. */
MUST_CHECK enum status zip_file_entry(const struct zip_file *z, uint64_t i, struct zip_entry *out, struct err *err);
/* ERR_NOT_FOUND without a sentence. */
MUST_CHECK enum status zip_file_find(const struct zip_file *z, const char *name, struct zip_entry *out, struct err *err);

/* Takes the next piece of an entry. */
typedef enum status (*zip_sink)(void *ctx, struct bytes piece, struct err *err);
/* ERR_LIMIT: more than len_max, or out of proportion.  ERR_FORMAT: encrypted, packed in another way, damaged. */
MUST_CHECK enum status zip_file_read(const struct zip_file *z, const struct zip_entry *e, uint64_t len_max, zip_sink sink, void *ctx,
    struct err *err);

#endif
