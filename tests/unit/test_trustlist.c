/* The trust list: one golden payload, and what is wrong with its neighbours. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <stdlib.h>

#include "base/text.h"
#include "crypto/credential.h"
#include "crypto/digest.h"
#include "crypto/trustlist.h"

#define ISS      "01" "623337"
#define EXP      "04" "1a655d2b80"
#define IAT      "06" "1a6553f100"
#define OURS     "3a00010000"
#define K0       "0001"
#define K1       "0107"
#define CERT     "01" "43" "300100"
#define T_CRED   "77" "6170706c69636174696f6e2f79702d637265642b637774"
#define T_STATUS "781a" "6170706c69636174696f6e2f7374617475736c6973742b637774"
#define T_TRUST  "7818" "6170706c69636174696f6e2f79702d74727573742b637774"
#define T_OTHER  "6a" "746578742f706c61696e" /* text/plain */
#define CAN_CRED "02" "81" T_CRED
#define KINDS    "03" "82" "01" "03"
#define ACTIVE   "04" "01"
#define SINCE    "05" "1a6553f100"
#define MAY_ISS  "06" "82" "623337" "6433373031"
#define MAY_URI  "07" "81" "6168"
#define ISSUER   "a6" CERT CAN_CRED KINDS ACTIVE SINCE MAY_ISS
#define STATUSER "a5" "01" "41ff" "02" "81" T_STATUS "0402" "0500" MAY_URI
#define POLICY   "03" "a2" "01181e" "021a00015180"
#define FULL_HEX "a4" ISS EXP IAT OURS "a4" K0 K1 "02" "82" ISSUER STATUSER POLICY
#define LEAST_HEX "a4" ISS EXP IAT OURS "a3" K0 K1 "02" "80"

static struct bytes
unhex(const char *hex, struct buf *out)
{
	out->len = 0;
	assert_int_equal(hex_decode(bytes_str(hex), out), OK);
	return buf_view(out);
}

static void
full_list(struct trust_list *t)
{
	*t = (struct trust_list){ .iss = BYTES_LIT("37"), .iat_unix_s = 1700000000, .exp_unix_s = 1700604800, .issue = 7,
		.window_s = 30, .status_age_max_s = 86400, .entries_n = 2 };
	t->entries[0] = (struct trust_entry){ .certificate_der = BYTES_LIT("\x30\x01\x00"), .typs = 1u << TYP_CREDENTIAL,
		.kinds = 1u << KIND_ENFORCEMENT | 1u << KIND_MODERATOR, .state = KEY_ACTIVE, .since_unix_s = 1700000000,
		.iss_n = 2, .iss = { BYTES_LIT("37"), BYTES_LIT("3701") } };
	t->entries[1] = (struct trust_entry){ .certificate_der = BYTES_LIT("\xff"), .typs = 1u << TYP_STATUS_LIST,
		.state = KEY_RETIRED, .uri_n = 1, .uri = { BYTES_LIT("h") } };
}

static void
a_list_with_everything_is_these_bytes_and_back(void **state)
{
	(void)state;
	uint8_t mem[512], got_mem[512];
	struct buf b = BUF_OF(mem);
	struct trust_list t, read;
	struct bytes want = unhex(FULL_HEX, &b), got;
	full_list(&t);
	assert_int_equal(trust_list_encode(&t, BUF_OF(got_mem), &got), OK);
	assert_int_equal(got.len, want.len);
	assert_memory_equal(got.ptr, want.ptr, want.len);

	assert_int_equal(trust_list_decode(want, &read), OK);
	assert_true(bytes_eq(read.iss, t.iss) && read.issue == 7 && read.entries_n == 2);
	assert_true(read.iat_unix_s == t.iat_unix_s && read.exp_unix_s == t.exp_unix_s);
	assert_true(read.window_s == 30 && read.status_age_max_s == 86400);
	for (size_t i = 0; i < 2; i++) {
		const struct trust_entry *x = &read.entries[i], *y = &t.entries[i];
		assert_true(bytes_eq(x->certificate_der, y->certificate_der) && x->typs == y->typs && x->kinds == y->kinds);
		assert_true(x->state == y->state && x->since_unix_s == y->since_unix_s && x->iss_n == y->iss_n && x->uri_n == y->uri_n);
		for (size_t k = 0; k < x->iss_n; k++)
			assert_true(bytes_eq(x->iss[k], y->iss[k]));
		for (size_t k = 0; k < x->uri_n; k++)
			assert_true(bytes_eq(x->uri[k], y->uri[k]));
	}
}

static void
a_list_without_policy_has_the_defaults(void **state)
{
	(void)state;
	uint8_t mem[512];
	struct buf b = BUF_OF(mem);
	struct trust_list t;
	assert_int_equal(trust_list_decode(unhex(LEAST_HEX, &b), &t), OK);
	assert_true(t.window_s == 60 && t.status_age_max_s == 0 && t.entries_n == 0);
}

#define MAP(map) "a4" ISS EXP IAT OURS map
#define ENTRIES(entries) MAP("a3" K0 K1 "02" entries)
#define WITH_POLICY(policy) MAP("a4" K0 K1 "0280" "03" policy)

static const struct { const char *why, *hex; } right[] = {
	{ "an empty list", LEAST_HEX },
	{ "every kind of entry", FULL_HEX },
	{ "one key for two typs", ENTRIES("81" "a6" CERT "02" "82" T_CRED T_STATUS ACTIVE SINCE MAY_ISS MAY_URI) },
	{ "a compromised key", ENTRIES("81" "a5" CERT CAN_CRED "0403" SINCE MAY_ISS) },
	{ "a key of the root itself, for which nothing is compulsory", ENTRIES("81" "a4" CERT "0281" T_TRUST ACTIVE SINCE) },
	{ "prefixes that the typ does not need", ENTRIES("81" "a6" CERT "0281" T_TRUST ACTIVE SINCE MAY_ISS MAY_URI) },
	{ "all four kinds", ENTRIES("81" "a6" CERT CAN_CRED "0384" "01020304" ACTIVE SINCE MAY_ISS) },
	{ "the longest window", WITH_POLICY("a1" "0119012c") },
	{ "the shortest age", WITH_POLICY("a1" "0201") },
	{ "eight prefixes", ENTRIES("81" "a5" CERT CAN_CRED ACTIVE SINCE "0688" "61316132613361346135613661376138") },
};

static void
what_is_accepted_is_written_again_as_the_same_bytes(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(right) / sizeof(right[0]); i++) {
		uint8_t mem[512], again_mem[512];
		struct buf b = BUF_OF(mem);
		struct bytes in = unhex(right[i].hex, &b), again;
		struct trust_list t;
		enum status st = trust_list_decode(in, &t);
		if (st != OK)
			fail_msg("%s: %s", right[i].why, status_text(st));
		if (trust_list_encode(&t, BUF_OF(again_mem), &again) != OK || !bytes_eq(in, again))
			fail_msg("%s, written again", right[i].why);
	}
}

static const struct { const char *why, *hex; enum status want; } wrong[] = {
	{ "nothing at all", "", ERR_FORMAT },
	{ "an array", "80", ERR_FORMAT },
	{ "no iss", "a3" EXP IAT OURS "a3" K0 K1 "0280", ERR_FORMAT },
	{ "no exp", "a3" ISS IAT OURS "a3" K0 K1 "0280", ERR_FORMAT },
	{ "no iat", "a3" ISS EXP OURS "a3" K0 K1 "0280", ERR_FORMAT },
	{ "no map of ours", "a3" ISS EXP IAT, ERR_FORMAT },
	{ "claims out of order", "a4" EXP ISS IAT OURS "a3" K0 K1 "0280", ERR_FORMAT },
	{ "a claim twice", "a5" ISS ISS EXP IAT OURS "a3" K0 K1 "0280", ERR_FORMAT },
	{ "an unknown claim", "a5" ISS EXP "0500" IAT OURS "a3" K0 K1 "0280", ERR_UNSUPPORTED },
	{ "a trailing byte", LEAST_HEX "00", ERR_FORMAT },
	{ "an empty iss", "a4" "0160" EXP IAT OURS "a3" K0 K1 "0280", ERR_FORMAT },
	{ "an iss of seven", "a4" "016733373031303231" EXP IAT OURS "a3" K0 K1 "0280", ERR_FORMAT },
	{ "exp equal to iat", "a4" ISS "041a6553f100" IAT OURS "a3" K0 K1 "0280", ERR_FORMAT },
	{ "exp beyond all sums", "a4" ISS "041b4000000000000000" IAT OURS "a3" K0 K1 "0280", ERR_LIMIT },
	{ "no version", MAP("a2" K1 "0280"), ERR_FORMAT },
	{ "no issue number", MAP("a2" K0 "0280"), ERR_FORMAT },
	{ "no entries", MAP("a2" K0 K1), ERR_FORMAT },
	{ "version 2", MAP("a3" "0002" K1 "0280"), ERR_UNSUPPORTED },
	{ "issue number 0", MAP("a3" K0 "0100" "0280"), ERR_FORMAT },
	{ "an unknown key", MAP("a4" K0 K1 "0280" "0400"), ERR_UNSUPPORTED },
	{ "more entries than bytes", ENTRIES("9840"), ERR_FORMAT },
	{ "an entry that is no map", ENTRIES("81" "00"), ERR_FORMAT },
	{ "an empty entry", ENTRIES("81" "a0"), ERR_FORMAT },
	{ "an entry without certificate", ENTRIES("81" "a4" CAN_CRED ACTIVE SINCE MAY_ISS), ERR_FORMAT },
	{ "an empty certificate", ENTRIES("81" "a5" "0140" CAN_CRED ACTIVE SINCE MAY_ISS), ERR_FORMAT },
	{ "an entry without typs", ENTRIES("81" "a4" CERT ACTIVE SINCE MAY_ISS), ERR_FORMAT },
	{ "no typ in the array", ENTRIES("81" "a5" CERT "0280" ACTIVE SINCE MAY_ISS), ERR_FORMAT },
	{ "an unknown typ", ENTRIES("81" "a5" CERT "0281" T_OTHER ACTIVE SINCE MAY_ISS), ERR_UNSUPPORTED },
	{ "a typ twice", ENTRIES("81" "a5" CERT "0282" T_CRED T_CRED ACTIVE SINCE MAY_ISS), ERR_FORMAT },
	{ "typs in another order", ENTRIES("81" "a6" CERT "0282" T_STATUS T_CRED ACTIVE SINCE MAY_ISS MAY_URI), ERR_FORMAT },
	{ "no kind in the array", ENTRIES("81" "a6" CERT CAN_CRED "0380" ACTIVE SINCE MAY_ISS), ERR_FORMAT },
	{ "kind 0", ENTRIES("81" "a6" CERT CAN_CRED "038100" ACTIVE SINCE MAY_ISS), ERR_UNSUPPORTED },
	{ "kind 5", ENTRIES("81" "a6" CERT CAN_CRED "038105" ACTIVE SINCE MAY_ISS), ERR_UNSUPPORTED },
	{ "a kind twice", ENTRIES("81" "a6" CERT CAN_CRED "03820101" ACTIVE SINCE MAY_ISS), ERR_FORMAT },
	{ "kinds descending", ENTRIES("81" "a6" CERT CAN_CRED "03820201" ACTIVE SINCE MAY_ISS), ERR_FORMAT },
	{ "no state", ENTRIES("81" "a4" CERT CAN_CRED SINCE MAY_ISS), ERR_FORMAT },
	{ "state 0", ENTRIES("81" "a5" CERT CAN_CRED "0400" SINCE MAY_ISS), ERR_UNSUPPORTED },
	{ "state 4", ENTRIES("81" "a5" CERT CAN_CRED "0404" SINCE MAY_ISS), ERR_UNSUPPORTED },
	{ "no since", ENTRIES("81" "a4" CERT CAN_CRED ACTIVE MAY_ISS), ERR_FORMAT },
	{ "since beyond all sums", ENTRIES("81" "a5" CERT CAN_CRED ACTIVE "051b4000000000000000" MAY_ISS), ERR_LIMIT },
	{ "an issuer without iss prefixes", ENTRIES("81" "a4" CERT CAN_CRED ACTIVE SINCE), ERR_FORMAT },
	{ "an issuer with uri prefixes instead", ENTRIES("81" "a5" CERT CAN_CRED ACTIVE SINCE MAY_URI), ERR_FORMAT },
	{ "a status key without uri prefixes", ENTRIES("81" "a4" CERT "0281" T_STATUS ACTIVE SINCE), ERR_FORMAT },
	{ "an empty array of prefixes", ENTRIES("81" "a5" CERT CAN_CRED ACTIVE SINCE "0680"), ERR_FORMAT },
	{ "an empty prefix", ENTRIES("81" "a5" CERT CAN_CRED ACTIVE SINCE "068160"), ERR_FORMAT },
	{ "an empty uri prefix, which all uris have", ENTRIES("81" "a5" CERT "0281" T_STATUS ACTIVE SINCE "078160"), ERR_FORMAT },
	{ "nine prefixes", ENTRIES("81" "a5" CERT CAN_CRED ACTIVE SINCE "0689" "613161326133613461356136613761386139"), ERR_LIMIT },
	{ "a prefix with a control character", ENTRIES("81" "a5" CERT CAN_CRED ACTIVE SINCE "06816109"), ERR_FORMAT },
	{ "an unknown key of an entry", ENTRIES("81" "a6" CERT CAN_CRED ACTIVE SINCE MAY_ISS "0800"), ERR_UNSUPPORTED },
	{ "an empty policy", WITH_POLICY("a0"), ERR_FORMAT },
	{ "a window of 29 s", WITH_POLICY("a1" "01181d"), ERR_FORMAT },
	{ "a window of 301 s", WITH_POLICY("a1" "0119012d"), ERR_FORMAT },
	{ "the default window, which absence says", WITH_POLICY("a1" "01183c"), ERR_FORMAT },
	{ "an age of 0", WITH_POLICY("a1" "0200"), ERR_FORMAT },
	{ "an unknown policy", WITH_POLICY("a1" "0301"), ERR_UNSUPPORTED },
};

static void
each_wrong_list_is_refused_for_its_reason(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		uint8_t mem[512];
		struct buf b = BUF_OF(mem);
		struct trust_list t = { .issue = 4711 };
		enum status st = trust_list_decode(unhex(wrong[i].hex, &b), &t);
		if (st != wrong[i].want || t.issue != 4711)
			fail_msg("%s: %s, wanted %s", wrong[i].why, status_text(st), status_text(wrong[i].want));
	}
}

static void
every_truncation_is_refused(void **state)
{
	(void)state;
	uint8_t mem[512];
	struct buf b = BUF_OF(mem);
	struct bytes whole = unhex(FULL_HEX, &b);
	for (size_t n = 0; n < whole.len; n++) {
		struct trust_list t;
		uint8_t *cut = malloc(n + 1);
		assert_non_null(cut);
		memcpy(cut, whole.ptr, n);
		assert_int_not_equal(trust_list_decode((struct bytes){ cut, n }, &t), OK);
		free(cut);
	}
}

static void
every_change_of_a_byte_is_refused_or_canonical(void **state)
{
	(void)state;
	uint8_t mem[512], again_mem[512];
	struct buf b = BUF_OF(mem);
	struct bytes whole = unhex(FULL_HEX, &b), again;
	size_t accepted = 0, refused = 0;
	for (size_t i = 0; i < whole.len; i++)
		for (unsigned x = 1; x < 256; x++) {
			struct trust_list t;
			mem[i] ^= (uint8_t)x;
			if (trust_list_decode(whole, &t) == OK) {
				assert_int_equal(trust_list_encode(&t, BUF_OF(again_mem), &again), OK);
				assert_true(bytes_eq(whole, again));
				accepted++;
			} else
				refused++;
			mem[i] ^= (uint8_t)x;
		}
	assert_true(accepted > 100 && refused > 1000);
}

/* A list of so many entries, whose certificates have so many bytes. */
static enum status
written_and_read(size_t entries_n, size_t certificate_len)
{
	enum { CAP = (TRUST_ENTRIES_MAX + 1) * (CERTIFICATE_DER_LEN_MAX + 200) };
	uint8_t *mem = malloc(CAP), *der = calloc(1, CERTIFICATE_DER_LEN_MAX + 1);
	struct trust_list t, read;
	struct bytes payload;
	assert_true(mem != NULL && der != NULL);
	full_list(&t);
	t.entries[0].certificate_der = (struct bytes){ der, certificate_len };
	t.entries_n = entries_n;
	for (size_t i = 1; i < entries_n && i < TRUST_ENTRIES_MAX; i++)
		t.entries[i] = t.entries[0];
	enum status st = trust_list_encode(&t, (struct buf){ mem, CAP, 0 }, &payload);
	if (st == OK)
		st = trust_list_decode(payload, &read);
	if (st == OK)
		assert_int_equal(read.entries_n, entries_n);
	free(der);
	free(mem);
	return st;
}

static void
a_list_may_be_as_large_as_its_limits_and_no_larger(void **state)
{
	(void)state;
	assert_int_equal(written_and_read(TRUST_ENTRIES_MAX, CERTIFICATE_DER_LEN_MAX), OK);
	assert_int_equal(written_and_read(TRUST_ENTRIES_MAX + 1, 100), ERR_LIMIT);
	assert_int_equal(written_and_read(1, CERTIFICATE_DER_LEN_MAX + 1), ERR_ARGUMENT);
}

static void
one_entry_too_many_is_not_read(void **state)
{
	(void)state;
	static const char head[] = MAP("a3" K0 K1 "02" "9841"), entry[] = "a4" CERT "0281" T_TRUST ACTIVE SINCE;
	char *hex = malloc(sizeof(head) + (TRUST_ENTRIES_MAX + 1) * sizeof(entry));
	uint8_t mem[8192];
	struct buf b = BUF_OF(mem);
	struct trust_list t;
	assert_non_null(hex);
	memcpy(hex, head, sizeof(head));
	for (size_t i = 0, at = sizeof(head) - 1; i < TRUST_ENTRIES_MAX + 1; i++, at += sizeof(entry) - 1)
		memcpy(hex + at, entry, sizeof(entry));
	assert_int_equal(trust_list_decode(unhex(hex, &b), &t), ERR_LIMIT);
	free(hex);
}

static void
what_the_reader_would_refuse_is_not_written(void **state)
{
	(void)state;
	enum { CASES = 24 };
	uint8_t mem[512];
	struct trust_list bad[CASES];
	struct bytes payload;
	for (size_t i = 0; i < CASES; i++)
		full_list(&bad[i]);
	bad[0].iss.len = 0;
	bad[1].issue = 0;
	bad[2].exp_unix_s = bad[2].iat_unix_s;
	bad[3].window_s = 29;
	bad[4].status_age_max_s = -1;
	bad[5].entries[0].iss_n = 0;
	bad[6].entries[1].uri_n = 0;
	bad[7].entries[0].typs = 0;
	bad[8].entries[0].typs |= 1u << TYP_COUNT;
	bad[9].entries[0].typs |= 1u << TYP_UNKNOWN;
	bad[10].entries[0].kinds |= 1u << 5;
	bad[11].entries[0].kinds |= 1u << 0;
	bad[12].entries[0].certificate_der.len = 0;
	bad[13].entries[0].iss[1] = BYTES_LIT("");
	bad[14].entries[1].uri[0] = BYTES_LIT("a\nb");
	bad[15].entries[0].iss_n = TRUST_PREFIXES_MAX + 1;
	bad[16].entries[0].state = (enum key_state)0;
	bad[17].entries[0].state = (enum key_state)(KEY_COMPROMISED + 1);
	bad[18].entries[0].since_unix_s = -1;
	bad[19].entries[0].since_unix_s = INT64_MAX;
	bad[20].iss = BYTES_LIT("3\t");
	bad[21].iat_unix_s = -1;
	bad[22].exp_unix_s = INT64_MAX;
	bad[23].status_age_max_s = INT64_MAX;
	for (size_t i = 0; i < CASES; i++)
		if (trust_list_encode(&bad[i], BUF_OF(mem), &payload) != ERR_ARGUMENT)
			fail_msg("case %zu was written", i);
	struct trust_list t;
	full_list(&t);
	assert_int_equal(trust_list_encode(&t, (struct buf){ mem, 50, 0 }, &payload), ERR_LIMIT);
}

static void
a_key_is_found_by_the_hash_of_its_certificate(void **state)
{
	(void)state;
	uint8_t kid[KID_LEN];
	struct digest d;
	struct trust_list *t = malloc(sizeof(*t));
	assert_non_null(t);
	full_list(t);
	t->entries[2] = t->entries[1]; /* one certificate may have several entries */
	t->entries_n = 3;
	assert_int_equal(sha256(t->entries[1].certificate_der, &d), OK);
	memcpy(kid, d.b, KID_LEN);
	assert_int_equal(trust_list_find(t, kid, 0), 1);
	assert_int_equal(trust_list_find(t, kid, 2), 2);
	assert_int_equal(trust_list_find(t, kid, 3), 3);
	kid[KID_LEN - 1] ^= 1;
	assert_int_equal(trust_list_find(t, kid, 0), 3);
	free(t);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_list_with_everything_is_these_bytes_and_back),
		cmocka_unit_test(a_list_without_policy_has_the_defaults),
		cmocka_unit_test(what_is_accepted_is_written_again_as_the_same_bytes),
		cmocka_unit_test(each_wrong_list_is_refused_for_its_reason),
		cmocka_unit_test(every_truncation_is_refused),
		cmocka_unit_test(every_change_of_a_byte_is_refused_or_canonical),
		cmocka_unit_test(a_list_may_be_as_large_as_its_limits_and_no_larger),
		cmocka_unit_test(one_entry_too_many_is_not_read),
		cmocka_unit_test(what_the_reader_would_refuse_is_not_written),
		cmocka_unit_test(a_key_is_found_by_the_hash_of_its_certificate),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
