/* config.h -- HOME/yaopai.conf: an INI file; an unknown section or key, or a bad value, is refused with its line. */
#ifndef OFFICE_CONFIG_H
#define OFFICE_CONFIG_H

#include <stdint.h>

#include "base/err.h"
#include "base/limits.h"

struct config {
	char organ[NAME_LEN_MAX + 1];               /* [authority] organ: in certificates' subjects and documents */
	char qr_prefix[QR_PREFIX_LEN_MAX + 1];      /* [authority] qr_prefix */
	int  validity_months[5];                    /* [validity] enforcement, supervision, moderator: months; by kind */
	char number_template[5][NUMBER_LEN_MAX + 1];/* [numbers] the same names; # is a digit */
	int64_t ttl_s, lifetime_s;                  /* [publication] ttl_seconds, lifetime_seconds */
	int  trust_days;                            /* [publication] trust_list_days */
};

void config_defaults(struct config *c);
MUST_CHECK enum status config_load(const char *path, struct config *out, struct err *err);
/* A commented file with these values. */
MUST_CHECK enum status config_save(const char *path, const struct config *c, struct err *err);

#endif
