/* sitelog_head.h -- where a site log's chain stands, kept in a small file beside it: FILE.head.
 *
 *	yp-sitelog-head-1 SEQUENCE START END HASH CHECK\n
 *
 * SEQUENCE, START and END are 20 decimal digits: the last record and where it lies in the log (of an empty log: the opening and the
 * sequence before the first).  HASH is its SHA-256 in hex, CHECK the first 16 hex digits of the SHA-256 of the line before CHECK.
 * The line has one length, so that it is written over itself at one go; CHECK tells a half-written line from one that lies.
 *
 * It serves twice: the end of a log of any length is found without reading the log, and a log shorter than its head was cut off,
 * for the head is written only after the record is on the disk. */
#ifndef VERIFIER_SITELOG_HEAD_H
#define VERIFIER_SITELOG_HEAD_H

#include "base/err.h"
#include "crypto/digest.h"

#define SITELOG_HEAD_LEN 163u
#define SITELOG_HEAD_SUFFIX ".head"

/* A record's place: bytes start..end of the log, and their SHA-256. */
struct sitelog_place { uint64_t sequence, start, end; struct digest hash; };

bool sitelog_place_eq(const struct sitelog_place *a, const struct sitelog_place *b);

/* The line, without a NUL. */
MUST_CHECK enum status sitelog_head_encode(const struct sitelog_place *place, uint8_t out[SITELOG_HEAD_LEN]);
/* Not such a line, or its check does not hold: ERR_FORMAT. */
MUST_CHECK enum status sitelog_head_decode(struct bytes line, struct sitelog_place *out);

/* The head in the file at path.  Absent: ERR_NOT_FOUND; not a head: ERR_FORMAT. */
MUST_CHECK enum status sitelog_head_load(const char *path, struct sitelog_place *out, struct err *err);

#endif
