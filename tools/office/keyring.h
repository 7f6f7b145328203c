/* keyring.h -- the office's signing keys on disk: HOME/keys/ROLE.key.pem and ROLE.cert.pem.
 *
 * A generation is one root and the keys it certified, kept in one directory: the present one in HOME itself, one that is to come
 * in HOME/coming, each former one in HOME/roots/<kid of its root> for as long as certificates of it are about.  In each of them
 * keys/ROLE.{key,cert}.pem and trust.cwt have the same names.
 *
 * Loading checks everything that can be wrong with keys: a key that others may read, a key that is not its
 * certificate's, a certificate that the root did not sign, an EXAMPLE certificate outside a demonstration, and a change of keys that was
 * interrupted (staging.h). */
#ifndef OFFICE_KEYRING_H
#define OFFICE_KEYRING_H

#include "crypto/certificate.h"
#include "crypto/certify.h"
#include "tools/office/office.h"

enum role { ROLE_ROOT, ROLE_ISSUER, ROLE_STATUS, ROLE_RECEIPT, ROLE_COUNT };
enum { KID_TEXT_LEN = 2 * KID_LEN, PEM_LEN_MAX = 16384 };
const char *role_name(enum role r);                       /* "root", ... */
MUST_CHECK enum status role_of(const char *name, enum role *out, struct err *err);

struct generation {
	char base[64];                                        /* "" (HOME itself), "coming/" or "roots/<kid>/" */
	char kid[KID_TEXT_LEN + 1];                           /* of the root, in hex */
};
extern const struct generation generation_present;        /* its kid is left empty */
/* The present generation, then the former ones, in order of their kid.  *n at most TRUST_ROOTS_MAX. */
MUST_CHECK enum status generations_load(struct office *o, struct generation out[TRUST_ROOTS_MAX], size_t *n);
/* Those in roots/ended. */
enum { ENDED_MAX = 64 };
MUST_CHECK enum status generations_ended(struct office *o, struct generation out[ENDED_MAX], size_t *n);
/* "HOME/<base>name". */
MUST_CHECK enum status generation_path(struct office *o, const struct generation *g, const char *name, char *out);

struct role_certificate {
	uint8_t mem[CERTIFICATE_DER_LEN_MAX];
	struct buf der;                                       /* points into mem */
	struct certificate certificate;
};
/* Load ROLE.cert.pem and check it against its root's and against the register's demo setting.  Clear with
 * role_certificate_clear (idempotent). */
MUST_CHECK enum status role_certificate_load_in(struct office *o, const struct generation *g, enum role role, struct role_certificate *out);
MUST_CHECK enum status role_certificate_load(struct office *o, enum role role, struct role_certificate *out); /* the present one */
void role_certificate_clear(struct role_certificate *c);
/* Is there a certificate of this role?  (Nothing of it is checked.) */
bool role_certificate_exists(struct office *o, const struct generation *g, enum role role);
/* Any certificate file, PEM or DER, decoded and checked against the demo setting. */
MUST_CHECK enum status certificate_file_load(struct office *o, const char *path, struct role_certificate *out);
/* A private key's file: one that others may read is refused. */
MUST_CHECK enum status private_key_load(const char *path, struct private_key **out, struct err *err);
/* The private key of a role.  The root's is looked for at o->root_key_path if that is given. */
MUST_CHECK enum status role_key_load_in(struct office *o, const struct generation *g, enum role role, struct private_key **out);
MUST_CHECK enum status role_key_load(struct office *o, enum role role, struct private_key **out);
/* Certificate and signer together. */
MUST_CHECK enum status role_signer_load_in(struct office *o, const struct generation *g, enum role role,
    struct role_certificate *certificate, struct signer **out);
MUST_CHECK enum status role_signer_load(struct office *o, enum role role, struct role_certificate *certificate, struct signer **out);
/* Is `der` a certificate signed by the root of g? */
MUST_CHECK enum status root_signed(struct office *o, const struct generation *g, struct bytes der, bool *good);

/* Make keys and certificates for the roles in the bit set; none of their files may exist yet. */
MUST_CHECK enum status keyring_make(struct office *o, unsigned roles, enum key_type type, int64_t now_unix_s);
/* One key and its certificate into out/keys (whose files must not exist), certified by the root of `by` (a root: by itself). */
MUST_CHECK enum status keyring_make_one(struct office *o, const struct generation *by, const struct generation *out, enum role role,
    enum key_type type, int64_t now_unix_s);
/* A certificate for a public key (PEM or DER) whose private half is elsewhere, by the root of g; DER into out.  months 0: as for a
 * key of ours; common_name NULL: as ours are called. */
MUST_CHECK enum status keyring_certify(struct office *o, const struct generation *g, enum role role, struct bytes public_key,
    const char *common_name, int months, int64_t now_unix_s, struct buf *out);

#endif
