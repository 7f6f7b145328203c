#include "verify/verifier.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>

#include "base/text.h"
#include "base/time.h"

#define SAY(j, ...) (void)snprintf((j)->answer->sentence, YP_SENTENCE_MAX, __VA_ARGS__)

static const char valid[] = "all rules hold";

static void
explain_readable(const struct judgement *j)
{
	if (j->token.len == 0)
		SAY(j, "no certificate in this text: wanted Base32 after the /V/ of an address, or a signed object's bytes, at most %u "
		    "bytes (docs/formats.md 4)", TOKEN_LEN_MAX);
	else
		SAY(j, "%zu bytes that are not a signed certificate of canonical CBOR, damaged or cut (docs/formats.md 1 to 3)",
		    j->token.len);
}

static void
explain_supported(const struct judgement *j)
{
	char shown[80];
	if (j->cose.typ == TYP_CREDENTIAL || j->cose.typ == TYP_PRESENTATION || j->cose.typ_seen.len == 0)
		SAY(j, "a certificate with a kind, version, claim or header this program does not know: use a newer program "
		    "(docs/formats.md 1)");
	else
		SAY(j, "an object of type %s; this program judges %s", text_escape(j->cose.typ_seen, shown, sizeof(shown)),
		    typ_text(TYP_CREDENTIAL));
}

/* The list whose dates the sentence quotes: the one that names the key, else the first. */
static void
explain_trust(const struct judgement *j)
{
	char from[INSTANT_TEXT_LEN + 1], to[INSTANT_TEXT_LEN + 1];
	const struct trust *shown = trust_first(j);
	for (const struct trust *t = shown; t != NULL; t = trust_next(j, t)) {
		if (trust_names(t, j->cose.kid)) {
			shown = t;
			break;
		}
	}
	SAY(j, "the trust list is in force from %s to %s: get a newer bundle, or set this device's clock",
	    instant_text(shown->list.iat_unix_s, from), instant_text(shown->list.exp_unix_s, to));
}

static void
explain_issuer(const struct judgement *j, enum yp_verdict v)
{
	char kid[2 * KID_LEN + 1], iss[32];
	assert(j->cose.kid.len == KID_LEN); /* the envelope of a credential has no other */
	hex_encode(j->cose.kid, kid);
	if (v == YP_UNKNOWN_ISSUER)
		SAY(j, "signing key %s stands in no trust list in force", kid);
	else if (v == YP_ISSUER_NOT_ALLOWED)
		SAY(j, "the key %s, for issuing authority %s: %s", kid,
		    text_escape(j->credential.iss, iss, sizeof(iss)), j->pick.refused);
	else
		SAY(j, "the signature does not hold under key %s: the certificate was altered or forged", kid);
}

static void
explain_dates(const struct judgement *j, enum yp_verdict v)
{
	char found[INSTANT_TEXT_LEN + 1], now[INSTANT_TEXT_LEN + 1];
	const struct credential *c = &j->credential;
	int64_t from = c->nbf_unix_s > c->iat_unix_s ? c->nbf_unix_s : c->iat_unix_s;
	if (v == YP_NOT_YET_VALID)
		SAY(j, "valid from %s on; judged at %s", instant_text(from, found), instant_text(j->now_unix_s, now));
	else
		SAY(j, "expired at %s; judged at %s", instant_text(c->exp_unix_s, found), instant_text(j->now_unix_s, now));
}

static void
explain_status(const struct judgement *j, enum yp_verdict v)
{
	char uri[64], as_of[INSTANT_TEXT_LEN + 1];
	const struct yp_answer *a = j->answer;
	(void)text_escape(j->credential.status_uri, uri, sizeof(uri));
	if (v == YP_VOID || v == YP_SUSPENDED)
		SAY(j, "%s as of %s; the list does not tell why", v == YP_VOID ? "void" : "suspended",
		    instant_text(a->status_as_of_unix_s, as_of));
	else if (a->status_as_of_unix_s != 0)
		SAY(j, "status %u in list %s means neither valid, void nor suspended", a->status_value, uri);
	else if (j->list_refused == NULL)
		SAY(j, "the bundle holds no status list %s of this certificate's issuer", uri);
	else
		SAY(j, "status list %s, made %s, %s", uri, instant_text(j->list->list.iat_unix_s, as_of), j->list_refused);
}

static void
explain_live(const struct judgement *j, enum yp_verdict v)
{
	int64_t age_s = j->now_unix_s - j->presentation.iat_unix_s, window_s = window_of(j);
	if (v == YP_POSSESSION_UNPROVEN && j->presented)
		SAY(j, "it was shown as a live code, but the certificate names no device that could have made it");
	else if (v == YP_POSSESSION_UNPROVEN)
		SAY(j, "it must be shown live on its holder's device; a copy or a printed code is not enough");
	else if (v == YP_PRESENTATION_FORGED)
		SAY(j, "the live code was not signed by the device that the certificate names: altered or forged");
	else if (v == YP_CLOCK_SKEW)
		SAY(j, "the live code is dated %" PRId64 " s ahead of this clock, more than the %" PRId64 " s allowed: set the clock that is wrong",
		    -age_s, window_s);
	else if (v == YP_PRESENTATION_STALE)
		SAY(j, "the live code is %" PRId64 " s old and was good for %" PRId64 " s: a picture of a screen, or a device whose clock is slow; "
		    "ask for a new code", age_s, j->presentation.exp_unix_s - j->presentation.iat_unix_s < window_s ?
		    j->presentation.exp_unix_s - j->presentation.iat_unix_s : window_s);
	else if (v == YP_CHALLENGE_FAILED)
		SAY(j, "the live code does not carry the challenge or audience that was asked for: made for somebody else, or before");
	else if (j->replay_full)
		SAY(j, "the memory of used live codes is full: nothing can be accepted until some have run out");
	else
		SAY(j, "this very live code was used here before: ask for a new one");
}

void
judgement_explain(const struct judgement *j)
{
	enum yp_verdict v = j->answer->verdict;
	switch (v) {
	case YP_VALID:
		memcpy(j->answer->sentence, valid, sizeof(valid));
		break;
	case YP_UNREADABLE:         explain_readable(j); break;
	case YP_UNSUPPORTED:        explain_supported(j); break;
	case YP_TRUST_EXPIRED:      explain_trust(j); break;
	case YP_UNKNOWN_ISSUER:
	case YP_ISSUER_NOT_ALLOWED:
	case YP_FORGED:             explain_issuer(j, v); break;
	case YP_NOT_YET_VALID:
	case YP_EXPIRED:            explain_dates(j, v); break;
	case YP_STATUS_UNKNOWN:
	case YP_VOID:
	case YP_SUSPENDED:          explain_status(j, v); break;
	default:                    explain_live(j, v);
	}
}
