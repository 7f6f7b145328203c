/* publish.h -- write what the world may see: status lists, trust list, bundle.  Static files, each replaced whole.
 *
 * Files in dir: statuslists/<n> (CWT), trust (CWT), bundle.  While a root is being changed, several roots are published side by
 * side: each has its own trust list, and every status list is signed once for each, since a list counts only under the trust list
 * its signer stands in.  The bundle holds all of them; of the former roots trust and statuslists/ stand in roots/<kid of the root>/.
 *  Every list binds the journal: sequence and hash of the event at it.
 * What the journal keeps of it: publication.h. */
#ifndef REGISTRY_PUBLISH_H
#define REGISTRY_PUBLISH_H

#include "base/limits.h"
#include "crypto/signer.h"
#include "registry/registry.h"

struct publish_root {
	struct signer *signer;                 /* the status key certified by this root; active on its trust list */
	int64_t signer_to_unix_s;              /* its certificate's end: lists must end before */
	struct bytes trust_list;               /* the last one signed by this root, as a COSE token */
};
struct publish_terms {
	const struct publish_root *roots;      /* the present one first */
	size_t roots_n;                        /* 1 to TRUST_ROOTS_MAX */
	int64_t now_ms, ttl_s, lifetime_s;
	const char *dir;
	struct bytes operator;
	void (*progress)(void *ctx, uint64_t done, uint64_t total); void *progress_ctx;
};
struct publish_result { uint64_t lists, roots, credentials, suspended, voided; size_t bundle_bytes, largest_list_bytes; int64_t iat_unix_s;
	uint64_t sequence; };
MUST_CHECK enum status publish_run(struct registry *r, const struct publish_terms *terms, struct publish_result *out, struct err *err);

#endif
