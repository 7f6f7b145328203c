/* example.h -- the real objects that targets judge with: golden vectors and example keys, read once and kept.
 *
 * Aborts with a sentence if one cannot be read; run from the top of the tree. */
#ifndef TESTS_FUZZ_EXAMPLE_H
#define TESTS_FUZZ_EXAMPLE_H

#include "crypto/certificate.h"
#include "crypto/cose.h"
#include "verify/yaopai_verify.h"

#define EXAMPLE_NOW 1800000120   /* when the golden certificates are VALID under the golden bundles */

enum example_profile { EXAMPLE_INTL, EXAMPLE_GM, EXAMPLE_PROFILES };
enum example_role { EXAMPLE_ROOT, EXAMPLE_ISSUER, EXAMPLE_STATUS, EXAMPLE_RECEIPT, EXAMPLE_ROLES };

struct bytes   example_golden(const char *name);             /* tests/golden/NAME.v1.hex */
struct bytes   example_token(enum example_profile p);
struct bytes   example_bundle(enum example_profile p);
struct bytes   example_der(enum example_profile p, enum example_role role);
const struct certificate *example_certificate(enum example_profile p, enum example_role role);
struct signer *example_signer(enum example_profile p, enum example_role role);

/* A holder's device: the intl receipt key, as the compressed point of a credential's cnf. */
void example_device_point(uint8_t point[33]);

/* What the example issuer signed beside the golden credential: the same, but bound to that device and to be shown live; and what
 * the device signed. */
struct bytes example_live_payload(void);
struct bytes example_presentation(void);

/* The payload signed as typ: appended to out. */
void example_sign(enum example_profile p, enum example_role role, enum typ typ, struct bytes payload, struct buf *out);

/* Opened with both example roots pinned; no bundle yet. */
struct yp_verifier *example_verifier(void);
/* The same two protected header and payload: what a signature is over. */
bool example_signs_same(struct bytes token, struct bytes other);

#endif
