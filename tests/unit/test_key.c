/* Public keys and the checking of one signature. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "base/text.h"
#include "crypto/key.h"

#include <threads.h>

/* GM/T 0003.5 annex A. */
#define SM2_X "09f9df311e5421a150dd7d161e4bc5c672179fad1833fc076bb08ff356f35020"
#define SM2_Y "ccea490ce26775a52dc6ea718cc1aa600aed05fbf35e084a6632f6072da9ad13"
#define SM2_R "f5a03b0648d2c4630eeac513e1bb81a15944da3827d5b74143ac7eaceee720b3"
#define SM2_S "b1b6aa29df212fd8763182bc0d421ca1bb9038fd1f7f42d4840b69c485bbc1aa"
#define SM2_N "fffffffeffffffffffffffffffffffff7203df6b21c6052b53bbf40939d54123"
/* The same key and message under an empty distinguishing id, as OpenSSL 3.0 signs by default. */
#define SM2_EMPTY_ID_R "35290f7d751018ffb3f47a18659effee287f80a83534fe5d5e9b69010da17b65"
#define SM2_EMPTY_ID_S "9625a41b00dfc68402f17f2b61f85214a6cf33593286255b57f550324da6c1ab"
/* RFC 6979 A.2.5, SHA-256, message "sample". */
#define P256_X "60fed4ba255a9d31c961eb74c6356d68c049b8923b61fa6ce669622e60f29fb6"
#define P256_Y "7903fe1008b8bc99a41ae9e95628bc64f2f1b20c2d7e9f5177a3c294d4462299"
#define P256_R "efd48b2aacb6a8fd1140dd9cd45e81d69d2c877b56aaf991c34d0ea84eaf3716"
#define P256_S "f7cb1c942d657c41d436c7a1b6e29f65f3e900dbb9aff4064dc4ab2f843acda8"
#define P256_N "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551"
/* RFC 8032 7.1 test 2. */
#define ED_A "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c"
#define ED_SIG "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da" \
	"085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"

#define ZERO "0000000000000000000000000000000000000000000000000000000000000000"
#define ONES "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff"

#define EC_SPKI "3059301306072a8648ce3d020106082a8648ce3d030107034200"
#define SM2_SPKI "3059301306072a8648ce3d020106082a811ccf5501822d034200"
#define SM2_OWN_SPKI "305a301406082a811ccf5501822d06082a811ccf5501822d034200"
#define ED_SPKI "302a300506032b6570032100"

struct hexed { uint8_t mem[256]; struct bytes b; };

static void
unhex(const char *text, struct hexed *out)
{
	struct buf b = BUF_OF(out->mem);
	assert_int_equal(hex_decode(bytes_str(text), &b), OK);
	out->b = buf_view(&b);
}

static struct public_key *
key_of(enum key_type type, const char *point)
{
	struct hexed h;
	struct public_key *k = NULL;
	unhex(point, &h);
	assert_int_equal(public_key_from_point(type, h.b, &k), OK);
	return k;
}

static const struct known { enum key_type type; enum alg alg; const char *point, *message, *sig; } known[] = {
	{ KEY_P256, ALG_ES256, "04" P256_X P256_Y, "sample", P256_R P256_S },
	{ KEY_ED25519, ALG_EDDSA, ED_A, "r", ED_SIG },
	{ KEY_SM2, ALG_SM2, "04" SM2_X SM2_Y, "message digest", SM2_R SM2_S },
};
#define KNOWN_N (sizeof(known) / sizeof(known[0]))

static bool
check(const struct public_key *k, int64_t alg, struct bytes message, struct bytes sig)
{
	bool good = true;
	assert_int_equal(signature_check(k, alg, message, sig, &good), OK);
	return good;
}

static void
published_signatures_are_good(void **state)
{
	(void)state;
	for (size_t i = 0; i < KNOWN_N; i++) {
		struct hexed sig;
		struct public_key *k = key_of(known[i].type, known[i].point);
		unhex(known[i].sig, &sig);
		assert_int_equal(public_key_type(k), known[i].type);
		assert_true(check(k, known[i].alg, bytes_str(known[i].message), sig.b));
		assert_true(check(k, known[i].alg, bytes_str(known[i].message), sig.b)); /* and still so */
		public_key_free(k);
	}
}

static void
every_flipped_bit_and_every_other_length_is_not_good(void **state)
{
	(void)state;
	for (size_t i = 0; i < KNOWN_N; i++) {
		struct hexed sig;
		struct public_key *k = key_of(known[i].type, known[i].point);
		struct bytes message = bytes_str(known[i].message);
		unhex(known[i].sig, &sig);
		for (size_t bit = 0; bit < SIGNATURE_LEN * 8; bit++) {
			sig.mem[bit / 8] ^= (uint8_t)(1u << bit % 8);
			assert_false(check(k, known[i].alg, message, sig.b));
			sig.mem[bit / 8] ^= (uint8_t)(1u << bit % 8);
		}
		for (size_t n = 0; n < SIGNATURE_LEN + 8; n++)
			if (n != SIGNATURE_LEN)
				assert_false(check(k, known[i].alg, message, (struct bytes){ sig.mem, n }));
		assert_false(check(k, known[i].alg, BYTES_LIT("another message"), sig.b));
		assert_false(check(k, known[i].alg, (struct bytes){ NULL, 0 }, sig.b));
		public_key_free(k);
	}
}

static void
numbers_out_of_range_are_not_good(void **state)
{
	(void)state;
	static const struct { const char *why; size_t key; const char *sig; } cases[] = {
		{ "r is zero",                 0, ZERO P256_S },
		{ "s is zero",                 0, P256_R ZERO },
		{ "both are zero",             0, ZERO ZERO },
		{ "r is n",                    0, P256_N P256_S },
		{ "s is n",                    0, P256_R P256_N },
		{ "r is far beyond n",         0, ONES P256_S },
		{ "s is far beyond n",         0, P256_R ONES },
		{ "r is zero",                 2, ZERO SM2_S },
		{ "s is zero",                 2, SM2_R ZERO },
		{ "r is n",                    2, SM2_N SM2_S },
		{ "s is n",                    2, SM2_R SM2_N },
		{ "s is far beyond n",         2, SM2_R ONES },
		/* GB/T 32918.2 7.1 B5: t = (r + s) mod n is zero; s = n - r */
		{ "r and s sum to n",          2, SM2_R "0a5fc4f8b72d3b9cf1153aec1e447e5e18bf0532f9f04dea100f755c4aee2070" },
		/* u1 G + u2 Q is the point at infinity, which has no x: r = -e / d, and any s; for SM2 s = -r d / (1 + d) */
		{ "the sum is at infinity",    0, "28815b9a52dcc43d91fe0e07a91bb000f5f475306723ba5e6392aee8be90ee9c" P256_S },
		{ "the sum is at infinity",    2, "0000000000000000000000000000000000000000000000000000000000000001"
		  "4dfe9d9c1f5901d4e6f58e4ec3d04567822d2550f9b88e826d1b5b3ab9cd0fdf" },
		{ "R is the least possible",   1, ZERO ZERO },
		{ "S is far beyond L",         1, ED_A ONES },
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct hexed sig;
		const struct known *n = &known[cases[i].key];
		struct public_key *k = key_of(n->type, n->point);
		unhex(cases[i].sig, &sig);
		if (check(k, n->alg, bytes_str(n->message), sig.b))
			fail_msg("%s: taken for good", cases[i].why);
		public_key_free(k);
	}
}

/* (n - s) signs as well as s: why nothing is ever identified by its signature. */
static void
es256_takes_the_other_s_too(void **state)
{
	(void)state;
	struct hexed sig;
	struct public_key *k = key_of(KEY_P256, known[0].point);
	unhex(P256_R "0834e36ad29a83bf2bc9385e491d6099c8fdf9d1ed67aa7ea5f51f93782857a9", &sig);
	assert_true(check(k, ALG_ES256, BYTES_LIT("sample"), sig.b));
	public_key_free(k);
}

static void
sm2_with_an_empty_id_is_not_good(void **state)
{
	(void)state;
	struct hexed sig;
	struct public_key *k = key_of(KEY_SM2, known[2].point);
	unhex(SM2_EMPTY_ID_R SM2_EMPTY_ID_S, &sig);
	assert_false(check(k, ALG_SM2, BYTES_LIT("message digest"), sig.b));
	public_key_free(k);
}

static void
an_algorithm_fits_its_own_key_only(void **state)
{
	(void)state;
	static const struct { int64_t alg; enum key_type type; } fits[] = {
		{ -7, KEY_P256 }, { -9, KEY_P256 }, { -8, KEY_ED25519 }, { -19, KEY_ED25519 }, { -65537, KEY_SM2 },
	};
	static const int64_t unknown[] = { 0, 7, -35, -37, -47, -48, -257, INT64_MIN, -7 + ((int64_t)1 << 32) };
	for (size_t i = 0; i < sizeof(fits) / sizeof(fits[0]); i++)
		for (enum key_type t = KEY_P256; t <= KEY_SM2; t++)
			assert_int_equal(alg_fits(fits[i].alg, t), t == fits[i].type);
	for (size_t i = 0; i < sizeof(unknown) / sizeof(unknown[0]); i++)
		for (enum key_type t = KEY_P256; t <= KEY_SM2; t++)
			assert_false(alg_fits(unknown[i], t));
	for (enum key_type t = KEY_P256; t <= KEY_SM2; t++)
		assert_true(alg_fits(alg_written(t), t));
	assert_string_equal(key_type_text(KEY_P256), "ES256");
	assert_string_equal(key_type_text(KEY_ED25519), "Ed25519");
	assert_string_equal(key_type_text(KEY_SM2), "SM2");
	assert_string_equal(key_type_text((enum key_type)0), "unknown");
}

static void
a_good_signature_under_another_alg_is_not_good(void **state)
{
	(void)state;
	static const int64_t all[] = { -7, -9, -8, -19, -65537, -48 };
	for (size_t i = 0; i < KNOWN_N; i++) {
		struct hexed sig;
		struct public_key *k = key_of(known[i].type, known[i].point);
		unhex(known[i].sig, &sig);
		for (size_t a = 0; a < sizeof(all) / sizeof(all[0]); a++)
			assert_int_equal(check(k, all[a], bytes_str(known[i].message), sig.b), alg_fits(all[a], known[i].type));
		public_key_free(k);
	}
}

static void
points_come_back_uncompressed(void **state)
{
	(void)state;
	static const struct { enum key_type type; const char *in, *want; } cases[] = {
		{ KEY_P256, "04" P256_X P256_Y, "04" P256_X P256_Y },
		{ KEY_P256, "03" P256_X, "04" P256_X P256_Y },
		{ KEY_SM2, "03" SM2_X, "04" SM2_X SM2_Y },
		{ KEY_ED25519, ED_A, ED_A },
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct hexed want;
		uint8_t mem[65];
		struct buf out = BUF_OF(mem), small = { mem, 0, 0 };
		struct public_key *k = key_of(cases[i].type, cases[i].in);
		unhex(cases[i].want, &want);
		assert_int_equal(public_key_point(k, &out), OK);
		assert_true(bytes_eq(buf_view(&out), want.b));
		small.cap = want.b.len - 1;
		assert_int_equal(public_key_point(k, &small), ERR_LIMIT);
		public_key_free(k);
	}
	public_key_free(NULL);
}

static void
what_is_no_point_is_refused(void **state)
{
	(void)state;
	static const struct { const char *why; enum key_type type; const char *point; } cases[] = {
		{ "empty",                    KEY_P256, "" },
		{ "point at infinity",        KEY_P256, "00" },
		{ "y is off the curve",       KEY_P256, "04" P256_X P256_X },
		{ "P-256's point on SM2",     KEY_SM2, "04" P256_X P256_Y },
		{ "SM2's point on P-256",     KEY_P256, "04" SM2_X SM2_Y },
		{ "x has no y",               KEY_P256, "02" "0000000000000000000000000000000000000000000000000000000000000001" },
		{ "x is not below p",         KEY_P256, "02" ONES },
		{ "x is not below p",         KEY_P256, "04" ONES P256_Y },
		{ "hybrid form",              KEY_P256, "07" P256_X P256_Y },
		{ "compressed, long",         KEY_P256, "03" P256_X P256_Y },
		{ "uncompressed, short",      KEY_P256, "04" P256_X },
		{ "no form",                  KEY_P256, P256_X P256_Y },
		{ "one byte more",            KEY_P256, "04" P256_X P256_Y "00" },
		{ "Ed25519 of 31 bytes",      KEY_ED25519, "4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c" },
		{ "Ed25519 of 33 bytes",      KEY_ED25519, ED_A "00" },
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct hexed h;
		struct public_key *k = NULL;
		unhex(cases[i].point, &h);
		enum status st = public_key_from_point(cases[i].type, h.b, &k);
		if (st != ERR_FORMAT || k != NULL)
			fail_msg("%s: %s", cases[i].why, status_text(st));
	}
}

static void
keys_are_read_under_each_name_they_have(void **state)
{
	(void)state;
	static const struct { const char *spki; size_t known; } cases[] = {
		{ EC_SPKI "04" P256_X P256_Y, 0 },
		{ "3039301306072a8648ce3d020106082a8648ce3d030107032200" "03" P256_X, 0 },
		{ ED_SPKI ED_A, 1 },
		{ SM2_SPKI "04" SM2_X SM2_Y, 2 },
		{ SM2_OWN_SPKI "04" SM2_X SM2_Y, 2 },
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const struct known *n = &known[cases[i].known];
		struct hexed spki, sig;
		struct public_key *k = NULL;
		unhex(cases[i].spki, &spki);
		unhex(n->sig, &sig);
		assert_int_equal(public_key_from_spki(spki.b, &k), OK);
		assert_int_equal(public_key_type(k), n->type);
		assert_true(check(k, n->alg, bytes_str(n->message), sig.b));
		public_key_free(k);
		k = NULL;
		for (size_t len = 0; len < spki.b.len; len++)
			assert_int_not_equal(public_key_from_spki((struct bytes){ spki.mem, len }, &k), OK);
		assert_null(k);
	}
}

static void
other_and_malformed_keys_are_refused(void **state)
{
	(void)state;
	static const struct { const char *why, *spki; enum status want; } cases[] = {
		{ "trailing byte",            EC_SPKI "04" P256_X P256_Y "00", ERR_FORMAT },
		{ "long-form length",         "308159301306072a8648ce3d020106082a8648ce3d030107034200" "04" P256_X P256_Y, ERR_FORMAT },
		{ "indefinite length",        "3080301306072a8648ce3d020106082a8648ce3d030107034200" "04" P256_X P256_Y "0000", ERR_FORMAT },
		{ "unused bits",              "3059301306072a8648ce3d020106082a8648ce3d030107034201" "04" P256_X P256_Y, ERR_FORMAT },
		{ "curve secp256k1",          "3056301006072a8648ce3d020106052b8104000a034200" "04" P256_X P256_Y, ERR_UNSUPPORTED },
		{ "no curve",                 "304f300906072a8648ce3d0201034200" "04" P256_X P256_Y, ERR_UNSUPPORTED },
		{ "SM2's name, P-256's curve", "305a301406082a811ccf5501822d06082a8648ce3d030107034200" "04" P256_X P256_Y, ERR_UNSUPPORTED },
		{ "SM2's name, no parameters", "3050300a06082a811ccf5501822d034200" "04" SM2_X SM2_Y, ERR_UNSUPPORTED },
		{ "Ed448",                    "302a300506032b6571032100" ED_A, ERR_UNSUPPORTED },
		{ "Ed25519 with NULL",        "302c300706032b65700500032100" ED_A, ERR_FORMAT },
		{ "off the curve",            EC_SPKI "04" P256_X P256_X, ERR_FORMAT },
		{ "empty BIT STRING",         "301730130607" "2a8648ce3d020106082a8648ce3d0301070300", ERR_FORMAT },
		{ "nothing",                  "", ERR_FORMAT },
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct hexed spki;
		struct public_key *k = NULL;
		unhex(cases[i].spki, &spki);
		enum status st = public_key_from_spki(spki.b, &k);
		if (st != cases[i].want || k != NULL)
			fail_msg("%s: %s", cases[i].why, status_text(st));
	}
}

struct shared { const struct public_key *key; const struct known *known; };

static int
check_often(void *arg)
{
	const struct shared *s = arg;
	struct hexed sig;
	struct buf b = BUF_OF(sig.mem);
	if (hex_decode(bytes_str(s->known->sig), &b) != OK)
		return 1;
	for (int i = 0; i < 40; i++) {
		bool good = false, bad = true;
		if (signature_check(s->key, s->known->alg, bytes_str(s->known->message), buf_view(&b), &good) != OK
		    || signature_check(s->key, s->known->alg, BYTES_LIT("other"), buf_view(&b), &bad) != OK || !good || bad)
			return 1;
	}
	return 0;
}

static void
one_key_serves_many_threads(void **state)
{
	(void)state;
	enum { THREADS = 4 };
	for (size_t i = 0; i < KNOWN_N; i++) {
		struct public_key *k = key_of(known[i].type, known[i].point);
		struct shared shared = { k, &known[i] };
		thrd_t t[THREADS];
		for (size_t j = 0; j < THREADS; j++)
			assert_int_equal(thrd_create(&t[j], check_often, &shared), thrd_success);
		for (size_t j = 0; j < THREADS; j++) {
			int failed = 1;
			assert_int_equal(thrd_join(t[j], &failed), thrd_success);
			assert_int_equal(failed, 0);
		}
		public_key_free(k);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(published_signatures_are_good),
		cmocka_unit_test(every_flipped_bit_and_every_other_length_is_not_good),
		cmocka_unit_test(numbers_out_of_range_are_not_good),
		cmocka_unit_test(es256_takes_the_other_s_too),
		cmocka_unit_test(sm2_with_an_empty_id_is_not_good),
		cmocka_unit_test(an_algorithm_fits_its_own_key_only),
		cmocka_unit_test(a_good_signature_under_another_alg_is_not_good),
		cmocka_unit_test(points_come_back_uncompressed),
		cmocka_unit_test(what_is_no_point_is_refused),
		cmocka_unit_test(keys_are_read_under_each_name_they_have),
		cmocka_unit_test(other_and_malformed_keys_are_refused),
		cmocka_unit_test(one_key_serves_many_threads),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
