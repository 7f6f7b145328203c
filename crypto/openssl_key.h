/* openssl_key.h -- what is inside a private key.  Internal to the signing library. */
#ifndef CRYPTO_OPENSSL_KEY_H
#define CRYPTO_OPENSSL_KEY_H

#include "crypto/keyfile.h"

#include <openssl/types.h>

struct private_key {
	enum key_type type;
	EVP_PKEY *pkey;   /* owned */
};

#endif
