/* config.h -- HOME/yaopai.conf: an INI file; an unknown section or key, or a bad value, is refused with its line.
 *
 * Every setting stands in one table (config_entries), from which the file that `yaopai init` writes, `yaopai settings` and the
 * reader are made; docs/configuration.md says more of each. */
#ifndef OFFICE_CONFIG_H
#define OFFICE_CONFIG_H

#include <stdint.h>

#include "base/err.h"
#include "base/limits.h"
#include "registry/issue.h"
#include "registry/rules.h"
#include "tools/office/fieldset.h"

struct config {
	char organ[NAME_LEN_MAX + 1];               /* [authority] organ: in certificates' subjects and documents */
	char qr_prefix[QR_PREFIX_LEN_MAX + 1];      /* [authority] qr_prefix */
	int  validity_months[5];                    /* [validity] enforcement, supervision, moderator: months; by kind */
	int  renewal_window_months;                 /* [validity] renewal_window_months */
	char number_template[5][NUMBER_LEN_MAX + 1];/* [numbers] the same names; # is a digit */
	struct rules rules;                         /* [review], [suspension]; in force when they are in the register (office.h) */
	struct eligibility eligibility;             /* [eligibility] */
	struct fieldset fields;                     /* [fields] */
	int64_t ttl_s, lifetime_s;                  /* [publication] ttl_seconds, lifetime_seconds */
	int  status_changes, key_changes;           /* [approval]: 1 no, 2 yes; in force when they are in the register (policy.h) */
	int64_t bulk_issue_over;                    /* [approval] bulk_issue_over */
	int  proposal_days;                         /* [approval] proposal_days */
	int  keeping_years;                         /* [keeping] certificate_years */
	int  trust_days;                            /* [publication] trust_list_days */
};

enum config_type { CONFIG_TEXT, CONFIG_INT, CONFIG_INT64, CONFIG_WORD /* int: from 1, in the order of words */, CONFIG_TEMPLATE,
	CONFIG_QR_PREFIX };
struct config_entry {
	const char *section, *name;
	enum config_type type;
	size_t at, cap;                             /* where in struct config; of a text */
	int64_t least, most;                        /* of a number */
	const char *words;                          /* "report|suspend" */
	const char *what;                           /* one line of explanation */
};
const struct config_entry *config_entries(size_t *n);
/* The value as it stands in the file. */
const char *config_value(const struct config *c, const struct config_entry *e, char *out, size_t cap);

void config_defaults(struct config *c);
MUST_CHECK enum status config_load(const char *path, struct config *out, struct err *err);
/* A commented file with these values. */
MUST_CHECK enum status config_save(const char *path, const struct config *c, struct err *err);

#endif
