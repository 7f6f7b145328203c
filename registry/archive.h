/* archive.h -- a file of records, authenticated as a whole: the form of a backup (docs/formats.md 9).
 *
 * CBOR sequence: text "yp-backup-1", then blocks [payload bstr, tag bstr 32].  A payload is a CBOR sequence of whole records.
 * tag n = HMAC(key, tag n-1 || payload n), tag 0 = HMAC(key, "yp-backup-1"); key = HMAC(check key, "backup" || 01); HMAC-SHA256 in a register of
 * profile intl, HMAC-SM3 in gm.  So a block that was changed, left out, put elsewhere or taken from another file does not hold, and
 * nothing is parsed that does not; that the end is there is for the records to tell.
 *
 * Streaming: two blocks' memory.  The FILE stays the caller's. */
#ifndef REGISTRY_ARCHIVE_H
#define REGISTRY_ARCHIVE_H

#include <stdio.h>

#include "base/err.h"
#include "crypto/digest.h"

struct archive_writer;
MUST_CHECK enum status archive_create(FILE *f, enum profile profile, const struct secret *check_key, struct archive_writer **out, struct err *err);
/* One whole CBOR item of at most ARCHIVE_RECORD_MAX bytes. */
MUST_CHECK enum status archive_put(struct archive_writer *w, struct bytes record, struct err *err);
/* The last block; the FILE is flushed, not synced. */
MUST_CHECK enum status archive_finish(struct archive_writer *w, struct err *err);
void archive_writer_close(struct archive_writer *w);       /* NULL is fine */

struct archive_reader;
/* ERR_FORMAT: no archive.  ERR_DAMAGED: its first block does not hold under this key, in either profile. */
MUST_CHECK enum status archive_open(FILE *f, const struct secret *check_key, struct archive_reader **out, enum profile *profile, struct err *err);
/* The next record; a view until the next call.  ERR_NOT_FOUND at the end of the file, after a whole block; ERR_DAMAGED with the block's number. */
MUST_CHECK enum status archive_next(struct archive_reader *r, struct bytes *record, struct err *err);
void archive_reader_close(struct archive_reader *r);

#endif
