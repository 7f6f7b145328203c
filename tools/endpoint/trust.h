/* trust.h -- the verifier over the newest published bundle, renewed when the file changes.
 *
 * Threads borrow the verifier in force and give it back; a renewed one takes its place while the old one is still in
 * use and is freed by its last borrower.  A bundle that cannot be loaded leaves the one before in force and is
 * told on standard error and in trust_state. */
#ifndef ENDPOINT_TRUST_H
#define ENDPOINT_TRUST_H

#include "base/bytes.h"
#include "base/err.h"
#include "verify/yaopai_verify.h"

struct trust;
struct trust_use;                             /* one loaded bundle, counted */

/* dir: what `yaopai publish` writes (statuslists/, trust, bundle).  The roots (DER, 1 to TRUST_ROOTS_MAX)
 * are copied: one, or while a root is being changed the former ones too.  A directory without a bundle is refused with a
 * sentence. */
MUST_CHECK enum status trust_open(const char *dir, const struct bytes *roots, size_t roots_n, int64_t now_unix_s, struct trust **out, struct err *err);
void trust_close(struct trust *t);
/* Look at the file at most once a second and load it if it changed; called by every request. */
void trust_renew(struct trust *t, int64_t now_unix_s);
struct trust_use *trust_borrow(struct trust *t);
const struct yp_verifier *trust_verifier(const struct trust_use *u);
struct bytes trust_bundle(const struct trust_use *u);       /* the bytes as published */
void trust_return(struct trust *t, struct trust_use *u);

#endif
