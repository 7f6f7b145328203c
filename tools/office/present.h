/* present.h -- what a holder's app does: sign the credential it was given, just now, with the device's key (docs/formats.md 10).
 *
 * For tests and for people who write apps.  It needs no register; the key is a file here and never leaves the secure hardware
 * in a phone. */
#ifndef OFFICE_PRESENT_H
#define OFFICE_PRESENT_H

#include "crypto/keyfile.h"
#include "crypto/presentation.h"

struct presenting {
	struct private_key *key;               /* owned */
	struct signer *signer;                 /* owned */
	uint8_t token_mem[TOKEN_LEN_MAX]; struct buf token;
	uint8_t nonce_mem[NONCE_LEN_MAX]; struct buf nonce;
	struct bytes audience;
	int64_t lifetime_s;
};

/* The key file and the credential (raw, or QR text), which must name this key: ERR_CONFLICT with what it names instead. */
MUST_CHECK enum status present_open(struct presenting *p, const char *key_path, struct bytes credential, struct err *err);
void present_close(struct presenting *p);  /* idempotent */

/* A presentation made at now_unix_s, appended to out (out->cap >= TOKEN_LEN_MAX).  Too long for a verifier to take: ERR_LIMIT. */
MUST_CHECK enum status present_make(struct presenting *p, int64_t now_unix_s, struct buf *out, struct err *err);

/* Make a key (mode 0600, never over another file) and give its public half as it goes into 设备公钥: Base64 of the
 * SubjectPublicKeyInfo, NUL-terminated. */
#define DEVICE_KEY_TEXT_MAX 256u
MUST_CHECK enum status present_new_device(const char *key_path, char text[DEVICE_KEY_TEXT_MAX], struct err *err);

#endif
