/* key.h -- public keys, algorithms and the checking of one signature.
 *
 * Nothing here can sign; see signer.h, which is another library.
 *
 * A signature is 64 bytes: r || s (ES256, SM2) or RFC 8032 (EdDSA).  SM2 always
 * uses the distinguishing id 1234567812345678: OpenSSL 3.0 would silently use an
 * empty one, so Z (GB/T 32918.2 5.5) is computed here and the digest is signed. */
#ifndef CRYPTO_KEY_H
#define CRYPTO_KEY_H

#include "base/bytes.h"
#include "base/err.h"

#define SIGNATURE_LEN 64u
#define KID_LEN 8u
#define SM2_ID "1234567812345678"

enum key_type { KEY_P256 = 1, KEY_ED25519 = 2, KEY_SM2 = 3 };

/* COSE algorithm numbers (RFC 9053, RFC 9864; -65537 private, docs/formats.md 2). */
enum alg { ALG_ES256 = -7, ALG_ESP256 = -9, ALG_EDDSA = -8, ALG_ED25519 = -19, ALG_SM2 = -65537 };

bool        alg_fits(int64_t alg, enum key_type type);       /* false for an unknown alg */
enum alg    alg_written(enum key_type type);                 /* the one we write */
const char *key_type_text(enum key_type type);               /* "ES256", "Ed25519", "SM2" */

struct public_key;                                           /* opaque; thread-safe once made */
void          public_key_free(struct public_key *k);         /* NULL is fine */
enum key_type public_key_type(const struct public_key *k);

/* From a SubjectPublicKeyInfo (DER): P-256, Ed25519, SM2 under id-ecPublicKey, or SM2
 * under 1.2.156.10197.1.301 with parameters.  Another key: ERR_UNSUPPORTED. */
MUST_CHECK enum status public_key_from_spki(struct bytes der, struct public_key **out);
/* From a point: type KEY_P256 or KEY_SM2 with 33 (compressed) or 65 bytes, KEY_ED25519 with 32. */
MUST_CHECK enum status public_key_from_point(enum key_type type, struct bytes point, struct public_key **out);
/* out->cap >= 65: uncompressed point 65 bytes, or 32 for Ed25519. */
MUST_CHECK enum status public_key_point(const struct public_key *k, struct buf *out);

/* *good says whether sig is a signature of message under k.  alg must fit k, sig be 64
 * bytes, r and s in 1..n-1: else *good is false.  ERR_CRYPTO only when the library could
 * not work (no memory): then nothing is known and *good is false. */
MUST_CHECK enum status signature_check(const struct public_key *k, int64_t alg, struct bytes message,
    struct bytes sig, bool *good);

#endif
