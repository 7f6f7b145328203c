#include "tests/fault/scenarios.h"

#include "crypto/digest.h"
#include "crypto/seal.h"
#include "crypto/wrap.h"

static const struct secret key = { "an invented key for sealing" };
#define PLAIN BYTES_LIT("an invented number")
#define BOUND BYTES_LIT("bound")

static struct sealer *sealer;
static struct mac *mac, *other;
static struct digest digest;
static struct secret secret;
static uint8_t sealed_mem[64], plain_mem[64];
static struct buf sealed, back;

static void
start(enum profile profile)
{
	MUST(sealer_open(profile, &key, &sealer) == OK && mac_open(profile, &key, &mac) == OK);
	other = NULL;
	sealed = BUF_OF(sealed_mem);
	back = BUF_OF(plain_mem);
	memset(&digest, 0, sizeof(digest));
	memset(&secret, 0, sizeof(secret));
}

static void
start_intl(const struct goods *g)
{
	(void)g;
	start(PROFILE_INTL);
}

static void
start_gm(const struct goods *g)
{
	(void)g;
	start(PROFILE_GM);
}

static void
end(void)
{
	sealer_close(sealer);
	mac_close(mac);
	mac_close(other);
	sealer = NULL;
	mac = other = NULL;
}

static enum status
seal(const struct goods *g)
{
	(void)g;
	return seal_put(sealer, BOUND, PLAIN, &sealed);
}

static const char *
sealed_wrong(const struct goods *g, enum status st)
{
	if (st != OK && sealed.len != 0)
		return "something was appended";
	if (st != OK && seal(g) != OK)
		return "nothing can be sealed afterwards";
	return seal_get(sealer, BOUND, buf_view(&sealed), &back) == OK && bytes_eq(buf_view(&back), PLAIN) ? NULL : "sealed wrongly";
}

static void
seal_intl(const struct goods *g)
{
	start_intl(g);
	MUST(seal(g) == OK);
}

static void
seal_gm(const struct goods *g)
{
	start_gm(g);
	MUST(seal(g) == OK);
}

static enum status
unseal(const struct goods *g)
{
	(void)g;
	return seal_get(sealer, BOUND, buf_view(&sealed), &back);
}

static const char *
unsealed_wrong(const struct goods *g, enum status st)
{
	if (st != OK && (back.len != 0 || memcmp(plain_mem, PLAIN.ptr, PLAIN.len) == 0))
		return "the plain text was left behind";
	if (st != OK && unseal(g) != OK)
		return "nothing can be unsealed afterwards";
	return bytes_eq(buf_view(&back), PLAIN) ? NULL : "another text";
}

/* Every opening and the derivation behind it. */
static enum status
open_all(const struct goods *g)
{
	struct sealer *s = NULL;
	enum status st = sealer_open(PROFILE_INTL, &key, &s);
	sealer_close(s);
	if (st == OK)
		st = sealer_open(PROFILE_GM, &key, &s);
	if (st == OK) {
		sealer_close(s);
		st = secret_derive(PROFILE_GM, &key, "label", &secret);
	}
	if (st == OK)
		st = mac_dup(mac, &other);
	return st == OK ? mac_compute(other, &(struct bytes){ g->text.b, g->text.len }, 1, &digest) : st;
}

static const char *
opened_wrong(const struct goods *g, enum status st)
{
	static const struct digest none;
	struct digest again;
	if (st != OK)
		return memcmp(&digest, &none, sizeof(none)) == 0 ? NULL : "a check that could not be made is given out";
	MUST(mac_compute(mac, &(struct bytes){ g->text.b, g->text.len }, 1, &again) == OK);
	return memcmp(&digest, &again, sizeof(again)) == 0 ? NULL : "another check";
}

/* ---- a key under a passphrase ---- */

#define PASSPHRASE BYTES_LIT("an invented passphrase")
static const struct kdf_cost least[] = { [PROFILE_INTL] = { SCRYPT_LOG2_MIN, SCRYPT_BLOCK, 1 }, [PROFILE_GM] = { PBKDF2_ITERATIONS_MIN, 0, 0 } };
static uint8_t wrapped_mem[2][WRAPPED_LEN_MAX];
static struct buf wrapped[2]; /* of each profile */

static enum status
wrap(const struct goods *g)
{
	(void)g;
	enum status st = OK;
	for (int i = 0; st == OK && i < 2; i++) {
		enum profile profile = (enum profile)(PROFILE_INTL + i);
		wrapped[i] = BUF_OF(wrapped_mem[i]);
		st = secret_wrap(profile, WRAP_SEAL, &least[profile], PASSPHRASE, &key, &wrapped[i]);
	}
	return st;
}

static enum status
unwrap(const struct goods *g)
{
	(void)g;
	enum status st = secret_unwrap(buf_view(&wrapped[0]), WRAP_SEAL, PASSPHRASE, &secret, NULL);
	return st ? st : secret_unwrap(buf_view(&wrapped[1]), WRAP_SEAL, PASSPHRASE, &secret, NULL);
}

static const char *
wrapped_wrong(const struct goods *g, enum status st)
{
	if (st != OK)
		return wrap(g) == OK ? NULL : "nothing can be wrapped afterwards";
	return unwrap(g) == OK && memcmp(&secret, &key, sizeof(key)) == 0 ? NULL : "wrapped wrongly";
}

static void
wrap_both(const struct goods *g)
{
	memset(&secret, 0, sizeof(secret));
	MUST(wrap(g) == OK);
}

static const char *
unwrapped_wrong(const struct goods *g, enum status st)
{
	static const struct secret none;
	if (st == OK)
		return memcmp(&secret, &key, sizeof(key)) == 0 ? NULL : "another key";
	if (memcmp(&secret, &none, sizeof(none)) != 0 && memcmp(&secret, &key, sizeof(key)) != 0)
		return "half a key is given out";
	return unwrap(g) == OK ? NULL : "nothing can be unwrapped afterwards";
}

const struct scenario seal_scenarios[] = {
	{ "a number is sealed (intl)", OK, ONCE, start_intl, seal, sealed_wrong, end, NULL },
	{ "a number is sealed (gm)", OK, ONCE, start_gm, seal, sealed_wrong, end, NULL },
	{ "a number is unsealed (intl)", OK, ONCE, seal_intl, unseal, unsealed_wrong, end, NULL },
	{ "a number is unsealed (gm)", OK, ONCE, seal_gm, unseal, unsealed_wrong, end, NULL },
	{ "sealers and keyed checks are opened", OK, ONCE, start_intl, open_all, opened_wrong, end, NULL },
	{ "keys are wrapped under a passphrase", OK, ONCE, NULL, wrap, wrapped_wrong, NULL, NULL },
	{ "wrapped keys are opened", OK, ONCE, wrap_both, unwrap, unwrapped_wrong, NULL, NULL },
	{ 0 },
};
