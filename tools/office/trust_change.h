/* trust_change.h -- what the root can change about its keys: each change signs a new trust list and says what to do next.
 * docs/operations.md tells when. */
#ifndef OFFICE_TRUST_CHANGE_H
#define OFFICE_TRUST_CHANGE_H

#include "tools/office/trust_file.h"

struct trust_options {
	int lifetime_days;
	int64_t now_unix_s;
	bool json, force, has_since;
	int64_t since_unix_s;                                 /* --since */
	const char *root;                                     /* --root KID: a former root's list */
	const char *role, *kinds;                             /* --role, --kinds */
	const char *iss[TRUST_PREFIXES_MAX], *uri[TRUST_PREFIXES_MAX]; /* --iss, --uri, each several times */
	size_t iss_n, uri_n;
	bool has_window, has_status_age;
	uint64_t window_s, status_age_s;                      /* --window, --status-age */
};

/* Sign again, with the keys that are in keys/ by now. */
MUST_CHECK enum status trust_renew_list(struct office *o, const struct trust_options *t);
/* Retired: what the key signed before `since` stays good.  `since` can later be moved back, never forward. */
MUST_CHECK enum status trust_retire(struct office *o, const char *kid, const struct trust_options *t);
/* Compromised: nothing it signed is good.  Never taken back; every certificate of the same key goes with it. */
MUST_CHECK enum status trust_compromise(struct office *o, const char *kid, const struct trust_options *t);
/* Which kinds of certificate an issuer may sign; "all" lifts the restriction. */
MUST_CHECK enum status trust_restrict(struct office *o, const char *kid, const struct trust_options *t);
/* A key that is held elsewhere, by its certificate. */
MUST_CHECK enum status trust_add(struct office *o, const char *path, const struct trust_options *t);
MUST_CHECK enum status trust_policy(struct office *o, const struct trust_options *t);
/* A former root is done with: its list is published no more.  Refused while certificates of it are live, unless forced. */
MUST_CHECK enum status trust_end_root(struct office *o, const char *kid, const struct trust_options *t);
/* The former generation whose root has this kid. */
MUST_CHECK enum status generation_find(struct office *o, const char *kid, struct generation *out);

/* trust_show.c: the lists in force, the present root's first. */
MUST_CHECK enum status trust_show(struct office *o, bool as_json);

#endif
