/* signer.h -- whoever can sign: a small interface, implemented by files today
 * (keyfile.h) and by a hardware module later.  The verifier never links an implementation.
 *
 * One struct signer belongs to one thread at a time; signer_dup gives another
 * thread its own (a hardware module opens another session). */
#ifndef CRYPTO_SIGNER_H
#define CRYPTO_SIGNER_H

#include "crypto/key.h"

struct signer {
	enum key_type type;
	uint8_t kid[KID_LEN];                 /* first 8 bytes of SHA-256 of the certificate */
	enum status (*sign)(struct signer *self, struct bytes message, uint8_t sig[SIGNATURE_LEN]);
	enum status (*dup)(const struct signer *self, struct signer **out);
	void (*close)(struct signer *self);
};

static inline enum status
signer_sign(struct signer *s, struct bytes message, uint8_t sig[SIGNATURE_LEN])
{
	return s->sign(s, message, sig);
}

static inline enum status
signer_dup(const struct signer *s, struct signer **out)
{
	return s->dup(s, out);
}

static inline void
signer_close(struct signer *s)
{
	if (s != NULL)
		s->close(s);
}

#endif
