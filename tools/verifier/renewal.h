/* renewal.h -- a verifier that runs all day takes in the bundle that `update` installs meanwhile. */
#ifndef VERIFIER_RENEWAL_H
#define VERIFIER_RENEWAL_H

#include <sys/stat.h>

#include "tools/verifier/trusted.h"

struct renewal {
	const struct settings *settings;
	struct trusted *trusted;              /* in use; replaced by renewal_look */
	struct stat seen;                     /* the installed bundle when it was loaded */
	char refused[sizeof(((struct err *)0)->text)]; /* why the newest could not be taken in; "" if it was */
};

/* Watch the installed bundle of the settings' state directory; without one, or with --bundle or --now, nothing is watched. */
void renewal_open(struct renewal *r, const struct settings *s, struct trusted *t);

/* Call while nobody judges.  True: r->trusted was replaced by the bundle now installed.  One that cannot be taken in is told once in
 * r->refused, and the one in use stays. */
bool renewal_look(struct renewal *r, int64_t now_unix_s);

#endif
