/* credential.h -- the claims of a signed electronic certificate (CWT, RFC 8392; docs/formats.md 3).
 *
 * Payload, canonical CBOR map:
 *   1 iss tstr | 2 sub tstr | 4 exp uint | 5 nbf uint (only if != iat) | 6 iat uint |
 *   8 cnf COSE_Key {1:2 EC2, -1:1 P-256, -2: x bstr 32, -3: y bool} |
 *   65535 {"status_list": {"idx": uint, "uri": tstr}} |
 *   -65537 {0: 1, 1: kind, 2: name, 3: body, 4: USCC, 5: post, 6: [fields], 7: jurisdiction,
 *           8: entrusting organ, 9: portrait bstr 16, 10: policy}
 * On the wire in bytewise order of encoded keys: 1 2 4 5 6 8 65535 -65537. */
#ifndef CRYPTO_CREDENTIAL_H
#define CRYPTO_CREDENTIAL_H

#include "base/limits.h"
#include "crypto/cose.h"

enum credential_kind { KIND_ENFORCEMENT = 1, KIND_SUPERVISION = 2, KIND_MODERATOR = 3, KIND_BODY = 4 };
enum { POLICY_STATIC = 0, POLICY_LIVE = 1 };
#define PORTRAIT_DIGEST_LEN 16u
#define DEVICE_POINT_LEN 33u

struct credential {
	struct bytes iss, sub;                 /* text */
	int64_t  iat_unix_s, nbf_unix_s, exp_unix_s;   /* nbf == iat when the claim is absent */
	struct bytes status_uri;
	uint32_t status_idx;
	enum credential_kind kind;
	struct bytes name, body_name, body_uscc, post, entrusting_name; /* empty if absent */
	uint8_t  fields_n, fields[FIELDS_MAX]; /* ascending, 1..255 */
	uint32_t jurisdiction;                 /* 37, 3701, 370102 */
	struct bytes portrait_digest;          /* empty or 16 bytes */
	uint8_t  policy;                       /* POLICY_* */
	bool     has_cnf;
	uint8_t  cnf_point[DEVICE_POINT_LEN];  /* SEC1 compressed point, P-256 */
};

/* Encode the payload (not the envelope); nothing is allocated.  Too long a text or too little room:
 * ERR_LIMIT.  Anything else credential_decode would refuse: ERR_ARGUMENT (returned, not asserted: in a
 * release build it would be signed). */
MUST_CHECK enum status credential_encode(const struct credential *c, struct buf out, struct bytes *payload);

/* ERR_FORMAT: not canonical or a rule of the table broken.  ERR_UNSUPPORTED: unknown claim, key, kind,
 * version or policy value, or key 10 without cnf.  Views point into payload. */
MUST_CHECK enum status credential_decode(struct bytes payload, struct credential *out);

/* place lies within area: 370102 in 3701 in 37, by whole digit pairs (2, 4, 6 digits). */
bool jurisdiction_covers(uint32_t area, uint32_t place);
bool jurisdiction_is_wellformed(uint32_t code);
/* The division that iss names: 37, 3701, 370102 of "37", "3701", "370102"; 0 if it is no such code. */
uint32_t iss_area(struct bytes iss);

#endif
