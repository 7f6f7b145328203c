#include "tests/fuzz/oracle.h"

#include "crypto/trustlist.h"
#include "tests/fuzz/example.h"
#include "tests/fuzz/fuzz.h"

enum { TOLERANCE_S = 300, LIST_INDICES = 1 << 18, VOID_INDEX = 77, SUSPENDED_INDEX = 78 };

/* The golden world, as docs/formats.md shows it. */
static struct { struct yp_verifier *verifier; struct trust_list trust; int64_t list_iat, list_exp; } world;

struct yp_verifier *
oracle_verifier(void)
{
	if (world.verifier != NULL)
		return world.verifier;
	struct bytes bundle = example_bundle(EXAMPLE_INTL);
	world.verifier = example_verifier();
	must(yp_load_bundle(world.verifier, bundle.ptr, bundle.len, EXAMPLE_NOW, NULL) == YP_OK);
	must(trust_list_decode(example_golden("trust-list-payload"), &world.trust) == OK);
	struct yp_bundle_info info;
	yp_bundle_info(world.verifier, &info);
	world.list_iat = info.newest_list_iat_unix_s;
	world.list_exp = info.earliest_list_exp_unix_s;
	return world.verifier;
}

int64_t
oracle_window_s(void)
{
	return world.trust.window_s;
}

/* 37 and every place whose code begins so. */
static bool
is_in_37(uint32_t place)
{
	return place == 37 || place / 100 == 37 || place / 10000 == 37;
}

static bool
issuer_allows(const struct credential *c)
{
	const struct certificate *issuer = example_certificate(EXAMPLE_INTL, EXAMPLE_ISSUER);
	return bytes_eq(c->iss, BYTES_LIT("37")) && is_in_37(c->jurisdiction) && c->iat_unix_s >= issuer->not_before_unix_s &&
	    c->iat_unix_s <= issuer->not_after_unix_s && c->exp_unix_s <= issuer->not_after_unix_s;
}

static bool
list_answers(const struct credential *c, int64_t now)
{
	return bytes_eq(c->status_uri, BYTES_LIT("https://v.example.cn/s/0")) && now >= world.list_iat - TOLERANCE_S &&
	    now < world.list_exp && c->status_idx < LIST_INDICES;
}

enum yp_verdict
oracle_verdict(struct bytes payload, int64_t now, struct credential *c)
{
	enum status st = credential_decode(payload, c);
	if (st != OK)
		return st == ERR_UNSUPPORTED ? YP_UNSUPPORTED : YP_UNREADABLE;
	if (now < world.trust.iat_unix_s - TOLERANCE_S || now >= world.trust.exp_unix_s)
		return YP_TRUST_EXPIRED;
	if (!issuer_allows(c))
		return YP_ISSUER_NOT_ALLOWED;
	int64_t from = c->nbf_unix_s > c->iat_unix_s ? c->nbf_unix_s : c->iat_unix_s;
	if (now < from - TOLERANCE_S)
		return YP_NOT_YET_VALID;
	if (now >= c->exp_unix_s)
		return YP_EXPIRED;
	if (!list_answers(c, now))
		return YP_STATUS_UNKNOWN;
	if (c->status_idx == VOID_INDEX || c->status_idx == SUSPENDED_INDEX)
		return c->status_idx == VOID_INDEX ? YP_VOID : YP_SUSPENDED;
	return YP_VALID;
}
