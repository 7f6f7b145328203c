/* keyring.h -- the office's signing keys on disk: HOME/keys/ROLE.key.pem and ROLE.cert.pem.
 *
 * Loading checks everything that can be wrong with them: a key that others may read, a key that is not its
 * certificate's, a certificate that the root did not sign, an EXAMPLE certificate outside a demonstration. */
#ifndef OFFICE_KEYRING_H
#define OFFICE_KEYRING_H

#include "crypto/certificate.h"
#include "crypto/keyfile.h"
#include "tools/office/office.h"

enum role { ROLE_ROOT, ROLE_ISSUER, ROLE_STATUS, ROLE_RECEIPT, ROLE_COUNT };
const char *role_name(enum role r);                       /* "root", ... */
MUST_CHECK enum status role_of(const char *name, enum role *out, struct err *err);

struct role_certificate {
	uint8_t mem[CERTIFICATE_DER_LEN_MAX];
	struct buf der;                                       /* points into mem */
	struct certificate certificate;
};
/* Load ROLE.cert.pem and check it against the root's and against the register's demo setting.  Clear with
 * role_certificate_clear (idempotent). */
MUST_CHECK enum status role_certificate_load(struct office *o, enum role role, struct role_certificate *out);
void role_certificate_clear(struct role_certificate *c);
/* The private key of a role, its file's mode checked. */
MUST_CHECK enum status role_key_load(struct office *o, enum role role, struct private_key **out);
/* Certificate and signer together. */
MUST_CHECK enum status role_signer_load(struct office *o, enum role role, struct role_certificate *certificate, struct signer **out);

/* Make keys and certificates for the roles in the bit set; none of their files may exist yet. */
MUST_CHECK enum status keyring_make(struct office *o, unsigned roles, enum key_type type, int64_t now_unix_s);

#endif
