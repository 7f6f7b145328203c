/* trustlist.h -- which keys may sign what, signed by the root (docs/formats.md 6).
 *
 * Payload, canonical: 1 iss tstr | 4 exp uint | 6 iat uint | -65537 {0: 1, 1: issue number,
 * 2: [entry...], 3: policy {1: presentation window s, 2: greatest status-list age s} (optional)}
 * entry {1: DER certificate bstr, 2: [typ tstr...], 3: [kind uint...] (absent = all), 4: state,
 *        5: since uint, 6: [iss prefix...] , 7: [uri prefix...]}
 * One encoding for each list: typs stand in the order of enum typ, kinds ascend, and a policy value that is
 * the default (60 s; no limit) is left out, as is a policy without values. */
#ifndef CRYPTO_TRUSTLIST_H
#define CRYPTO_TRUSTLIST_H

#include "base/limits.h"
#include "crypto/cose.h"

enum key_state { KEY_ACTIVE = 1, KEY_RETIRED = 2, KEY_COMPROMISED = 3 };

struct trust_entry {
	struct bytes certificate_der;
	uint32_t typs;                         /* bit (1 << enum typ) */
	uint32_t kinds;                        /* bit (1 << kind); 0 = all */
	enum key_state state;
	int64_t  since_unix_s;
	uint8_t  iss_n, uri_n;
	struct bytes iss[TRUST_PREFIXES_MAX];  /* compulsory for keys that sign credentials */
	struct bytes uri[TRUST_PREFIXES_MAX];  /* compulsory for keys that sign status lists */
};

struct trust_list {
	struct bytes iss;
	int64_t  iat_unix_s, exp_unix_s;
	uint64_t issue;                        /* only ever grows */
	int64_t  window_s;                     /* presentation window, default 60 */
	int64_t  status_age_max_s;             /* 0 = no limit beyond the list's own exp */
	size_t   entries_n;
	struct trust_entry entries[TRUST_ENTRIES_MAX];
};

/* Views point into payload.  ERR_FORMAT, ERR_UNSUPPORTED, ERR_LIMIT (too many entries). */
MUST_CHECK enum status trust_list_decode(struct bytes payload, struct trust_list *out);
/* ERR_LIMIT: too many entries or too little room.  ERR_ARGUMENT: trust_list_decode would refuse it. */
MUST_CHECK enum status trust_list_encode(const struct trust_list *t, struct buf out, struct bytes *payload);

/* The first entry from `from` on whose certificate has this kid; entries_n: none.  Hashes each certificate: not for the
 * verifying path, which keeps the kids. */
size_t trust_list_find(const struct trust_list *t, const uint8_t kid[KID_LEN], size_t from);

#endif
