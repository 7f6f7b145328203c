/* The whole decision procedure, in the order it is applied (docs/formats.md 8).  Read this first.
 *
 * A rule looks at one thing and returns YP_VALID to pass on, or the verdict that ends it.  No flag skips a rule.  No claim
 * is believed before `signature` has passed; rules 3 to 5 use them only to find the key that must have signed. */
#include "verify/verifier.h"

typedef enum yp_verdict rule_fn(struct judgement *j);
static rule_fn readable, supported, trusted, issuer, issuer_known, issuer_allowed, signature, dates, listed, status, live,
    device_known, device_signed, not_ahead, not_old, challenge, once;
static rule_fn *const rules[] = { readable, supported, trusted, issuer, dates, listed, status, live, NULL };
static rule_fn *const issuer_rules[] = { issuer_known, issuer_allowed, signature, NULL }; /* for each trust-list entry */
static rule_fn *const live_rules[] = { device_known, device_signed, not_ahead, not_old, challenge, once, NULL };

static enum yp_verdict
apply(rule_fn *const *rule, struct judgement *j)
{
	enum yp_verdict v = YP_VALID;
	while (*rule != NULL && v == YP_VALID)
		v = (*rule++)(j);
	return v;
}

static enum yp_verdict
readable(struct judgement *j) /* 1 */
{
	return j->decoded == OK || j->decoded == ERR_UNSUPPORTED ? YP_VALID : YP_UNREADABLE;
}

static enum yp_verdict
supported(struct judgement *j) /* 2 */
{
	return j->decoded == OK && j->cose.typ == TYP_CREDENTIAL ? YP_VALID : YP_UNSUPPORTED; /* bare, or inside a presentation */
}

static enum yp_verdict
trusted(struct judgement *j) /* 3: of the trust lists that name its key (of all, if none does), one is in force */
{
	bool named = false, named_in_force = false, any_in_force = false;
	for (const struct trust *t = trust_first(j); t != NULL; t = trust_next(j, t)) {
		bool names = trust_names(t, j->cose.kid), in_force = trust_in_force(t, j->now_unix_s);
		named |= names, any_in_force |= in_force, named_in_force |= names && in_force;
	}
	return (named ? named_in_force : any_in_force) ? YP_VALID : YP_TRUST_EXPIRED;
}

static enum yp_verdict
issuer(struct judgement *j) /* 4-6: the first entry that passes all three, else the verdict of the one that got furthest */
{
	enum yp_verdict furthest = YP_UNKNOWN_ISSUER; /* 21, 22, 23: numbered by how far they got */
	struct pick pick = { 0 };
	for (const struct trust *t = trust_first(j); t != NULL; t = trust_next(j, t)) {
		for (size_t entry = 0; entry < t->keys_n && trust_in_force(t, j->now_unix_s); entry++) {
			j->pick = (struct pick){ t, entry, NULL };
			enum yp_verdict v = apply(issuer_rules, j);
			j->answer->facts_proven = v == YP_VALID;
			if (v == YP_VALID)
				return v;
			pick = v > furthest ? j->pick : pick;
			furthest = v > furthest ? v : furthest;
		}
	}
	j->pick = pick;
	return furthest;
}

static enum yp_verdict
issuer_known(struct judgement *j) /* 4 */
{
	return trust_entry_is(&j->pick, j->cose.kid) ? YP_VALID : YP_UNKNOWN_ISSUER;
}

static enum yp_verdict
issuer_allowed(struct judgement *j) /* 5 */
{
	j->pick.refused = issuer_refused(j);
	return j->pick.refused == NULL ? YP_VALID : YP_ISSUER_NOT_ALLOWED;
}

static enum yp_verdict
signature(struct judgement *j) /* 6: for bytes the register itself keeps, its record's check stands instead (9) */
{
	return is_issued_here(j) || signature_holds(j) ? YP_VALID : YP_FORGED;
}

static enum yp_verdict
dates(struct judgement *j) /* 7 */
{
	int64_t latest = j->now_unix_s + CLOCK_TOLERANCE_S;
	if (latest < j->credential.iat_unix_s || latest < j->credential.nbf_unix_s)
		return YP_NOT_YET_VALID;
	return j->now_unix_s < j->credential.exp_unix_s ? YP_VALID : YP_EXPIRED;
}

static enum yp_verdict
listed(struct judgement *j) /* 8: a usable status list, or the register itself, says how it stands */
{
	return status_found(j) ? YP_VALID : YP_STATUS_UNKNOWN;
}

static enum yp_verdict
status(struct judgement *j) /* 9 */
{
	switch (j->answer->status_value) {
	case STATUS_VALID:     return YP_VALID;
	case STATUS_INVALID:   return YP_VOID;
	case STATUS_SUSPENDED: return YP_SUSPENDED;
	default:               return YP_STATUS_UNKNOWN;
	}
}

static enum yp_verdict
live(struct judgement *j) /* 10: a live code is always held to its rules; a bare one will do where nobody asks for more */
{
	if (!j->presented)
		return must_be_live(j) ? YP_POSSESSION_UNPROVEN : YP_VALID;
	enum yp_verdict v = apply(live_rules, j);
	j->answer->live = v == YP_VALID;
	return v;
}

static enum yp_verdict
device_known(struct judgement *j)
{
	return j->credential.has_cnf ? YP_VALID : YP_POSSESSION_UNPROVEN;
}

static enum yp_verdict
device_signed(struct judgement *j)
{
	return device_signature_holds(j) ? YP_VALID : YP_PRESENTATION_FORGED;
}

static enum yp_verdict
not_ahead(struct judgement *j)
{
	return j->presentation.iat_unix_s <= j->now_unix_s + window_of(j) ? YP_VALID : YP_CLOCK_SKEW;
}

static enum yp_verdict
not_old(struct judgement *j)
{
	bool in_window = j->now_unix_s <= j->presentation.iat_unix_s + window_of(j);
	return in_window && j->now_unix_s < j->presentation.exp_unix_s ? YP_VALID : YP_PRESENTATION_STALE;
}

static enum yp_verdict
challenge(struct judgement *j)
{
	return answers_challenge(j) ? YP_VALID : YP_CHALLENGE_FAILED;
}

static enum yp_verdict
once(struct judgement *j) /* last, so that only a live code that is good is remembered */
{
	return is_first_use(j) ? YP_VALID : YP_REPLAYED;
}

enum yp_verdict
judgement_decide(struct judgement *j)
{
	return apply(rules, j);
}
