#include "tools/office/config.h"

#include <stddef.h>
#include <stdio.h>
#include <string.h>

enum { TTL_MAX_S = 86400, LIFETIME_MAX_S = 90 * 86400, MONTHS_MAX = 240, TRUST_DAYS_MAX = 3660, KEEPING_YEARS_MIN = 5, KEEPING_YEARS_MAX = 100,
	PROPOSAL_DAYS_MAX = PROPOSAL_LIFETIME_MAX_S / 86400, BULK_ISSUE_MAX = 100000000 };

#define AT(member) .at = offsetof(struct config, member)
#define TEXT(type_, member) .type = (type_), AT(member), .cap = sizeof(((struct config *)NULL)->member)
#define COUNT_OF(member, least_, most_) .type = CONFIG_INT, AT(member), .least = (least_), .most = (most_)
#define SECONDS(member, most_) .type = CONFIG_INT64, AT(member), .least = 1, .most = (most_)
#define WORD(member, words_) .type = CONFIG_WORD, AT(member), .words = (words_)

static const struct config_entry entries[] = {
	{ "authority", "organ", TEXT(CONFIG_TEXT, organ), .what = "the issuing organ, as it stands in certificates' subjects" },
	{ "authority", "qr_prefix", TEXT(CONFIG_QR_PREFIX, qr_prefix),
	    .what = "what stands before the code in a QR picture: an upper-case address under which yaopaid answers" },

	{ "validity", "enforcement", COUNT_OF(validity_months[1], 1, MONTHS_MAX),
	    .what = "months an enforcement certificate is valid when its row does not say until when, and for which it is renewed" },
	{ "validity", "supervision", COUNT_OF(validity_months[2], 1, MONTHS_MAX), .what = "the same for supervision certificates" },
	{ "validity", "moderator", COUNT_OF(validity_months[3], 1, MONTHS_MAX), .what = "the same for hearing moderators" },
	{ "validity", "body", COUNT_OF(validity_months[4], 1, MONTHS_MAX), .what = "the same for bodies' own certificates" },
	{ "validity", "renewal_window_months", COUNT_OF(renewal_window_months, 0, MONTHS_MAX),
	    .what = "how long before its end a certificate can be renewed" },

	{ "numbers", "enforcement", TEXT(CONFIG_TEMPLATE, number_template[1]),
	    .what = "certificate numbers, # is a digit: pattern of given numbers and generator of new ones" },
	{ "numbers", "supervision", TEXT(CONFIG_TEMPLATE, number_template[2]), .what = "the same for supervision certificates" },
	{ "numbers", "moderator", TEXT(CONFIG_TEMPLATE, number_template[3]), .what = "the same for hearing moderators" },

	{ "review", "cycle_months", COUNT_OF(rules.review_cycle_months, 0, REVIEW_CYCLE_MONTHS_MAX),
	    .what = "months from one periodic review to the next; 0: there is none" },
	{ "review", "overdue", WORD(rules.review_overdue, "report|suspend"),
	    .what = "an overdue review is reported only, or the certificate counts as suspended until it is passed" },
	{ "review", "grace_days", COUNT_OF(rules.review_grace_days, 0, REVIEW_GRACE_DAYS_MAX),
	    .what = "days after the due date before a review is overdue" },

	{ "suspension", "ended", WORD(rules.suspension_ended, "stays|reinstates"),
	    .what = "a suspension past its end stays until someone reinstates it (and is reported), or ends by itself" },

	{ "eligibility", "exam", WORD(eligibility.exam, "new|all|none"),
	    .what = "whose exam must be recorded as passed before an enforcement certificate is issued: those who have no number yet, all, nobody" },
	{ "eligibility", "staff", WORD(eligibility.staff, "new|all|none"), .what = "whose staff type must be recorded; the same words" },
	{ "eligibility", "ministry", WORD(eligibility.ministry, "instead|beside"),
	    .what = "a valid ministry certificate stands instead of an enforcement certificate, or may be held beside it" },

	{ "approval", "status_changes", WORD(status_changes, "no|yes"),
	    .what = "suspensions, reinstatements and the other changes of status need a second operator's approval" },
	{ "approval", "key_changes", WORD(key_changes, "no|yes"), .what = "changes of keys and trust lists do" },
	{ "approval", "bulk_issue_over", .type = CONFIG_INT64, AT(bulk_issue_over), .least = 0, .most = BULK_ISSUE_MAX,
	    .what = "issuing more certificates than this in one day does; 0: however many" },
	{ "approval", "proposal_days", COUNT_OF(proposal_days, 1, PROPOSAL_DAYS_MAX), .what = "how long a proposal can be approved" },
	{ "keeping", "certificate_years", COUNT_OF(keeping_years, KEEPING_YEARS_MIN, KEEPING_YEARS_MAX),
	    .what = "years the record of a certificate is kept after its end, before a person's sealed data may be erased" },

	{ "publication", "ttl_seconds", SECONDS(ttl_s, TTL_MAX_S), .what = "a status list is fresh for so long" },
	{ "publication", "lifetime_seconds", SECONDS(lifetime_s, LIFETIME_MAX_S), .what = "and is not believed after so long" },
	{ "publication", "trust_list_days", COUNT_OF(trust_days, 1, TRUST_DAYS_MAX), .what = "how long a trust list lives" },
};

const struct config_entry *
config_entries(size_t *n)
{
	*n = sizeof(entries) / sizeof(entries[0]);
	return entries;
}

/* Word number n (from 1) of "a|b|c". */
static void
word_of(const char *words, int n, char *out, size_t cap)
{
	for (; n > 1 && strchr(words, '|') != NULL; n--)
		words = strchr(words, '|') + 1;
	(void)snprintf(out, cap, "%.*s", (int)strcspn(words, "|"), words);
}

const char *
config_value(const struct config *c, const struct config_entry *e, char *out, size_t cap)
{
	const char *at = (const char *)c + e->at;
	int number = 0;
	int64_t seconds = 0;
	switch (e->type) {
	case CONFIG_TEXT:
	case CONFIG_TEMPLATE:
	case CONFIG_QR_PREFIX:
		(void)snprintf(out, cap, "%s", at);
		break;
	case CONFIG_INT:
		memcpy(&number, at, sizeof(number));
		(void)snprintf(out, cap, "%d", number);
		break;
	case CONFIG_INT64:
		memcpy(&seconds, at, sizeof(seconds));
		(void)snprintf(out, cap, "%lld", (long long)seconds);
		break;
	case CONFIG_WORD:
		memcpy(&number, at, sizeof(number));
		word_of(e->words, number, out, cap);
		break;
	}
	return out;
}
