/* portraitpack.h -- the portraits of a division in one file, to compare faces without network (docs/formats.md 13).
 *
 * A CBOR sequence (RFC 8742): the text "yp-portraits-1", then for each picture a byte string of its 16-byte digest (the first of its
 * SHA-256) and a byte string of the JPEG, ascending by digest, none twice, at least one.  Shortest heads.  The file needs no
 * signature: a picture is what the digest in a signed credential says, or it is not taken.
 *
 * The reader views the caller's bytes, which may be a mapped file of gigabytes; it allocates nothing.  portrait_pack_open
 * looks at the head of each picture once, never at the pictures. */
#ifndef CRYPTO_PORTRAITPACK_H
#define CRYPTO_PORTRAITPACK_H

#include "crypto/credential.h"

#define PORTRAIT_PACK_MAGIC "yp-portraits-1"
#define PORTRAIT_PACK_HEAD_MAX 32u         /* what portrait_pack_start and portrait_pack_head append at most */

struct portrait_pack { struct bytes pictures; size_t n; };   /* pictures: all after the magic */

/* ERR_FORMAT: no pack, cut off, out of order, a picture of the wrong size.  ERR_LIMIT: over PORTRAITS_MAX pictures. */
MUST_CHECK enum status portrait_pack_open(struct bytes in, struct portrait_pack *out);

/* Walk a pack that was opened: start with at = pack.pictures; false at the end. */
bool portrait_pack_next(struct bytes *at, struct bytes *digest, struct bytes *jpeg);

/* The picture of this digest (PORTRAIT_DIGEST_LEN bytes); a view of the pack.  Walks the heads, half of them on average, and
 * hashes the one found.  ERR_NOT_FOUND: not in this pack; ERR_DAMAGED: what is there is another picture; ERR_CRYPTO. */
MUST_CHECK enum status portrait_pack_find(const struct portrait_pack *p, struct bytes digest, struct bytes *jpeg);

/* The first 16 bytes of SHA-256 of a picture. */
MUST_CHECK enum status portrait_digest(struct bytes jpeg, uint8_t out[PORTRAIT_DIGEST_LEN]);

/* Writing: start once, then for each picture, ascending, its head and after it the JPEG's bytes. */
MUST_CHECK enum status portrait_pack_start(struct buf *out);
MUST_CHECK enum status portrait_pack_head(struct bytes digest, size_t jpeg_len, struct buf *out);

#endif
