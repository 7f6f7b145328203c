/* bundle_merge.h -- one bundle of several: the provinces' lists side by side for a site that checks certificates of all.
 *
 * Nothing is signed; every part proves itself, and a part of a root that was not given is refused rather than passed on.
 * Of each (root, authority) the trust list of the highest issue is kept, of each (root's list, address) the newest status list; two that claim
 * the same issue, or the same instant, and differ are refused.  What comes out is loaded once, with the verifier itself. */
#ifndef OFFICE_BUNDLE_MERGE_H
#define OFFICE_BUNDLE_MERGE_H

#include "base/bytes.h"
#include "base/err.h"
#include "base/limits.h"

struct bundle_root { size_t len; uint8_t der[CERTIFICATE_DER_LEN_MAX]; };
struct merged { struct buf bundle; size_t trust_lists, status_lists, dropped; };   /* bundle owned; dropped: older or the same */

/* names: what the bundles are called in sentences. */
MUST_CHECK enum status bundle_merge(const struct bundle_root *roots, size_t roots_n, const struct bytes *bundles,
    const char *const *names, size_t bundles_n, int64_t now_unix_s, struct merged *out, struct err *err);

#endif
