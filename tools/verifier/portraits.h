/* portraits.h -- faces to compare with, from a pack brought to the site (crypto/portraitpack.h). */
#ifndef VERIFIER_PORTRAITS_H
#define VERIFIER_PORTRAITS_H

#include "base/err.h"
#include "crypto/portraitpack.h"
#include "tools/verifier/statedir.h"
#include "verify/yaopai_verify.h"

struct portraits { int fd; void *map; size_t len; struct portrait_pack pack; };

/* Map the pack at path.  Not a pack: ERR_FORMAT.  Judging needs it only for the faces: nothing of it decides. */
MUST_CHECK enum status portraits_open(const char *path, struct portraits *out, struct err *err);
void portraits_close(struct portraits *p);           /* idempotent */

enum portrait_found {
	PORTRAIT_NOT_ASKED = 0,      /* no pack, or the certificate is not proven */
	PORTRAIT_NONE,               /* the certificate bears no portrait's digest */
	PORTRAIT_NOT_IN_PACK,
	PORTRAIT_DAMAGED,            /* what the pack has under that digest is another picture: not shown */
	PORTRAIT_HERE,               /* it is the certificate's own */
	PORTRAIT_NOT_WRITTEN,        /* it is, but the file could not be written */
};
struct portrait { enum portrait_found found; char path[STATE_PATH_MAX]; };   /* where it was written; "" if nowhere */

/* The portrait of the certificate in a, held against its digest, written to dir (NULL: not written) as NUMBER.jpg.  p NULL: not asked. */
void portrait_take(const struct portraits *p, const struct yp_answer *a, const char *dir, struct portrait *out);

#endif
