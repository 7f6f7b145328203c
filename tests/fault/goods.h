/* goods.h -- what the scenarios work on, really made and signed before any fault: bytes only, so that a process that has
 * not yet used OpenSSL can take them over. */
#ifndef TESTS_FAULT_GOODS_H
#define TESTS_FAULT_GOODS_H

#include "base/bytes.h"
#include "crypto/key.h"

#define GOODS_T0 1800000000                /* everything is in force an hour later */
#define GOODS_NOW (GOODS_T0 + 3600)

struct piece { size_t len; uint8_t b[8192]; };

struct goods {
	enum key_type type;
	struct piece root, other_root, issuer; /* certificates, DER; the issuer's is the root's */
	struct piece root_pem, two_pems;       /* certificates, PEM */
	struct piece root_key, issuer_key;     /* private keys, PKCS#8 PEM */
	struct piece bundle, bundle_void;      /* the second one's status list says that the certificate is void */
	struct piece bundle_compromised;       /* in one of the issuer's certificates, whose point is compressed (but for Ed25519) */
	struct piece text, text_forged;        /* QR text of a certificate; one bit of its signature altered */
	struct piece live, live_forged;        /* the same shown live by its device, which has a key of P-256; by another device */
	struct piece device_key, public_key;   /* the device's, PKCS#8 PEM; the issuer's public half, PEM */
	struct piece point, whole_point;       /* the issuer's, compressed (but for Ed25519) and not */
};

static inline struct bytes
piece_view(const struct piece *p)
{
	return (struct bytes){ p->b, p->len };
}

void goods_make(struct goods *g, enum key_type type);

#endif
