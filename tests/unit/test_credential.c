/* The credential's claims: one golden payload, and what is wrong with its neighbours. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>

#include "base/text.h"
#include "crypto/cbor.h"
#include "crypto/credential.h"

#define ISS     "01" "623337"
#define SUB     "02" "6b" "3135303030303030303031"
#define EXP     "04" "1a77359400"
#define NBF     "05" "1a6553f164"
#define IAT     "06" "1a6553f100"
#define X       "6b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296"
#define CNF     "08" "a101" "a4" "0102" "2001" "215820" X "22f5"
#define URI     "68747470733a2f2f762e6578616d706c652e636e2f732f31" /* https://v.example.cn/s/1 */
#define SL      "6b" "7374617475735f6c697374"
#define IDX     "63696478"
#define IN_LIST IDX "193039" "63757269" "7818" URI
#define STATUS  "19ffff" "a1" SL "a2" IN_LIST
#define OURS    "3a00010000"
#define K0      "0001"
#define K1      "0101"
#define K2      "02" "66e69e97e8af95"
#define K3      "03" "69e6a0b7e4be8be5b180"
#define K4      "04" "72" "31313337303130304d4230303030303030" "58"
#define K5      "05" "66e7a791e59198"
#define K6      "06" "83" "01" "05" "18ff"
#define K7      "07" "1a0005a5b6"
#define K8      "08" "69e5a794e68998e5b180"
#define K9      "09" "50" "000102030405060708090a0b0c0d0e0f"
#define K10     "0a01"
#define KEYS    "ab" K0 K1 K2 K3 K4 K5 K6 K7 K8 K9 K10
#define LEAST   "a4" K0 K1 K2 K7
#define HEAD    ISS SUB EXP NBF IAT CNF STATUS
#define SHORT   ISS SUB EXP IAT STATUS

#define FULL_HEX  "a8" HEAD OURS KEYS
#define LEAST_HEX "a6" SHORT OURS LEAST

static struct bytes
unhex(const char *hex, struct buf *out)
{
	out->len = 0;
	assert_int_equal(hex_decode(bytes_str(hex), out), OK);
	return buf_view(out);
}

static struct credential
full_credential(void)
{
	static const uint8_t digest[16] = { 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15 };
	struct buf x;
	struct credential c = {
		.iss = BYTES_LIT("37"), .sub = BYTES_LIT("15000000001"),
		.iat_unix_s = 1700000000, .nbf_unix_s = 1700000100, .exp_unix_s = 2000000000,
		.status_uri = BYTES_LIT("https://v.example.cn/s/1"), .status_idx = 12345,
		.kind = KIND_ENFORCEMENT, .name = BYTES_LIT("林试"), .body_name = BYTES_LIT("样例局"),
		.body_uscc = BYTES_LIT("11370100MB0000000X"), .post = BYTES_LIT("科员"),
		.entrusting_name = BYTES_LIT("委托局"), .fields_n = 3, .fields = { 1, 5, 255 }, .jurisdiction = 370102,
		.portrait_digest = { digest, sizeof(digest) }, .policy = POLICY_LIVE, .has_cnf = true, .cnf_point = { 3 },
	};
	x = (struct buf){ c.cnf_point + 1, 32, 0 };
	(void)unhex(X, &x);
	return c;
}

static struct credential
least_credential(void)
{
	return (struct credential){ .iss = BYTES_LIT("37"), .sub = BYTES_LIT("15000000001"), .iat_unix_s = 1700000000,
		.nbf_unix_s = 1700000000, .exp_unix_s = 2000000000, .status_uri = BYTES_LIT("https://v.example.cn/s/1"),
		.status_idx = 12345, .kind = KIND_ENFORCEMENT, .name = BYTES_LIT("林试"), .jurisdiction = 370102 };
}

static void
assert_bytes(struct bytes got, struct bytes want)
{
	assert_int_equal(got.len, want.len);
	if (want.len > 0)
		assert_memory_equal(got.ptr, want.ptr, want.len);
}

static void
assert_same(const struct credential *a, const struct credential *b)
{
	assert_bytes(a->iss, b->iss);
	assert_bytes(a->sub, b->sub);
	assert_true(a->iat_unix_s == b->iat_unix_s && a->nbf_unix_s == b->nbf_unix_s && a->exp_unix_s == b->exp_unix_s);
	assert_bytes(a->status_uri, b->status_uri);
	assert_int_equal(a->status_idx, b->status_idx);
	assert_int_equal(a->kind, b->kind);
	assert_bytes(a->name, b->name);
	assert_bytes(a->body_name, b->body_name);
	assert_bytes(a->body_uscc, b->body_uscc);
	assert_bytes(a->post, b->post);
	assert_bytes(a->entrusting_name, b->entrusting_name);
	assert_bytes((struct bytes){ a->fields, a->fields_n }, (struct bytes){ b->fields, b->fields_n });
	assert_int_equal(a->jurisdiction, b->jurisdiction);
	assert_bytes(a->portrait_digest, b->portrait_digest);
	assert_int_equal(a->policy, b->policy);
	assert_int_equal(a->has_cnf, b->has_cnf);
	if (a->has_cnf)
		assert_memory_equal(a->cnf_point, b->cnf_point, sizeof(a->cnf_point));
}

static void
check_golden(const char *hex, const struct credential *c)
{
	uint8_t want_mem[1024], got_mem[1024];
	struct buf want_buf = BUF_OF(want_mem);
	struct bytes want = unhex(hex, &want_buf), got;
	struct credential read;
	assert_int_equal(credential_encode(c, BUF_OF(got_mem), &got), OK);
	assert_bytes(got, want);
	assert_int_equal(credential_decode(want, &read), OK);
	assert_same(&read, c);
}

static void
a_credential_with_every_claim_is_these_bytes(void **state)
{
	(void)state;
	struct credential c = full_credential();
	check_golden(FULL_HEX, &c);
}

static void
a_credential_with_the_compulsory_claims_alone_is_these_bytes(void **state)
{
	(void)state;
	struct credential c = least_credential();
	check_golden(LEAST_HEX, &c);
}

#define MAP(keys) "a6" SHORT OURS keys
#define LISTED(status) "a6" ISS SUB EXP IAT "19ffff" status OURS LEAST
#define WITH_CNF(cnf) "a7" ISS SUB EXP IAT "08" cnf STATUS OURS LEAST

static const struct { const char *why, *hex; enum status want; } wrong[] = {
	{ "nothing at all", "", ERR_FORMAT },
	{ "an array", "80", ERR_FORMAT },
	{ "an empty map", "a0", ERR_FORMAT },
	{ "no iss", "a5" SUB EXP IAT STATUS OURS LEAST, ERR_FORMAT },
	{ "no sub", "a5" ISS EXP IAT STATUS OURS LEAST, ERR_FORMAT },
	{ "no exp", "a5" ISS SUB IAT STATUS OURS LEAST, ERR_FORMAT },
	{ "no iat", "a5" ISS SUB EXP STATUS OURS LEAST, ERR_FORMAT },
	{ "no status", "a5" ISS SUB EXP IAT OURS LEAST, ERR_FORMAT },
	{ "no map of ours", "a5" SHORT, ERR_FORMAT },
	{ "no version", MAP("a3" K1 K2 K7), ERR_FORMAT },
	{ "no kind", MAP("a3" K0 K2 K7), ERR_FORMAT },
	{ "no name", MAP("a3" K0 K1 K7), ERR_FORMAT },
	{ "no jurisdiction", MAP("a3" K0 K1 K2), ERR_FORMAT },
	{ "iss twice", "a7" ISS SHORT OURS LEAST, ERR_FORMAT },
	{ "claims out of order", "a6" SUB ISS EXP IAT STATUS OURS LEAST, ERR_FORMAT },
	{ "keys out of order", MAP("a4" K1 K0 K2 K7), ERR_FORMAT },
	{ "a long head", "a6" "1801" "623337" SUB EXP IAT STATUS OURS LEAST, ERR_FORMAT },
	{ "an indefinite map", "bf" SHORT OURS LEAST "ff", ERR_FORMAT },
	{ "a trailing byte", LEAST_HEX "00", ERR_FORMAT },
	{ "an unknown claim", "a7" ISS SUB "0361" "61" EXP IAT STATUS OURS LEAST, ERR_UNSUPPORTED },
	{ "a text claim", "a7" SHORT OURS LEAST "6161" "00", ERR_UNSUPPORTED },
	{ "a claim beyond 64 bits", "a7" ISS SUB EXP IAT STATUS "1bffffffffffffffff" "00" OURS LEAST, ERR_UNSUPPORTED },
	{ "an unknown key", MAP("a5" K0 K1 K2 K7 "0b01"), ERR_UNSUPPORTED },
	{ "a negative key", MAP("a5" K0 K1 K2 K7 "2001"), ERR_UNSUPPORTED },
	{ "version 2", MAP("a4" "0002" K1 K2 K7), ERR_UNSUPPORTED },
	{ "kind 0", MAP("a4" K0 "0100" K2 K7), ERR_UNSUPPORTED },
	{ "kind 5", MAP("a4" K0 "0105" K2 K7), ERR_UNSUPPORTED },
	{ "a kind that is 1 modulo 2^32", MAP("a4" K0 "011b0000000100000001" K2 K7), ERR_UNSUPPORTED },
	{ "policy 0, which absence says", MAP("a5" K0 K1 K2 K7 "0a00"), ERR_UNSUPPORTED },
	{ "policy 2", MAP("a5" K0 K1 K2 K7 "0a02"), ERR_UNSUPPORTED },
	{ "policy 1 without cnf", MAP("a5" K0 K1 K2 K7 K10), ERR_UNSUPPORTED },
	{ "iss with a letter", "a6" "01623361" SUB EXP IAT STATUS OURS LEAST, ERR_FORMAT },
	{ "iss of odd length", "a6" "0163333731" SUB EXP IAT STATUS OURS LEAST, ERR_FORMAT },
	{ "iss of eight digits", "a6" "01683337303130323031" SUB EXP IAT STATUS OURS LEAST, ERR_FORMAT },
	{ "iss empty", "a6" "0160" SUB EXP IAT STATUS OURS LEAST, ERR_FORMAT },
	{ "iss with a trailing 00 pair", "a6" "016433373030" SUB EXP IAT STATUS OURS LEAST, ERR_FORMAT },
	{ "iss with a leading 0", "a6" "016430303337" SUB EXP IAT STATUS OURS LEAST, ERR_FORMAT },
	{ "iss as bytes", "a6" "01423337" SUB EXP IAT STATUS OURS LEAST, ERR_FORMAT },
	{ "sub empty", "a6" ISS "0260" EXP IAT STATUS OURS LEAST, ERR_FORMAT },
	{ "exp equal to iat", "a6" ISS SUB "041a6553f100" IAT STATUS OURS LEAST, ERR_FORMAT },
	{ "exp before iat", "a6" ISS SUB "041a6553f0ff" IAT STATUS OURS LEAST, ERR_FORMAT },
	{ "exp beyond all sums", "a6" ISS SUB "041b4000000000000000" IAT STATUS OURS LEAST, ERR_FORMAT },
	{ "exp beyond 63 bits", "a6" ISS SUB "041bffffffffffffffff" IAT STATUS OURS LEAST, ERR_FORMAT },
	{ "exp a float", "a6" ISS SUB "04fb41dd4fe400000000" IAT STATUS OURS LEAST, ERR_FORMAT },
	{ "iat negative", "a6" ISS SUB EXP "0620" STATUS OURS LEAST, ERR_FORMAT },
	{ "nbf equal to iat", "a7" ISS SUB EXP "051a6553f100" IAT STATUS OURS LEAST, ERR_FORMAT },
	{ "an empty name", MAP("a4" K0 K1 "0260" K7), ERR_FORMAT },
	{ "a name that is not UTF-8", MAP("a4" K0 K1 "0261ff" K7), ERR_FORMAT },
	{ "a name with a zero-width space", MAP("a4" K0 K1 "0263e2808b" K7), ERR_FORMAT },
	{ "a name of a private-use character", MAP("a4" K0 K1 "0263ee8080" K7), ERR_FORMAT },
	{ "an empty body name", MAP("a5" K0 K1 K2 "0360" K7), ERR_FORMAT },
	{ "an empty USCC", MAP("a5" K0 K1 K2 "0460" K7), ERR_FORMAT },
	{ "a USCC of 17", MAP("a5" K0 K1 K2 "0471" "31313337303130304d4230303030303030" K7), ERR_FORMAT },
	{ "an empty post", MAP("a5" K0 K1 K2 "0560" K7), ERR_FORMAT },
	{ "an empty entrusting organ", MAP("a5" K0 K1 K2 K7 "0860"), ERR_FORMAT },
	{ "no fields in the array", MAP("a5" K0 K1 K2 "0680" K7), ERR_FORMAT },
	{ "field 0", MAP("a5" K0 K1 K2 "068100" K7), ERR_FORMAT },
	{ "field 256", MAP("a5" K0 K1 K2 "0681190100" K7), ERR_FORMAT },
	{ "a field twice", MAP("a5" K0 K1 K2 "06820101" K7), ERR_FORMAT },
	{ "fields descending", MAP("a5" K0 K1 K2 "06820201" K7), ERR_FORMAT },
	{ "seventeen fields", MAP("a5" K0 K1 K2 "0691" "0102030405060708090a0b0c0d0e0f1011" K7), ERR_FORMAT },
	{ "jurisdiction 0", MAP("a4" K0 K1 K2 "0700"), ERR_FORMAT },
	{ "jurisdiction of three digits", MAP("a4" K0 K1 K2 "07190172"), ERR_FORMAT },
	{ "jurisdiction 3700", MAP("a4" K0 K1 K2 "07190e74"), ERR_FORMAT },
	{ "jurisdiction 370102 modulo 2^32", MAP("a4" K0 K1 K2 "071b000000010005a5b6"), ERR_FORMAT },
	{ "a portrait digest of 15", MAP("a5" K0 K1 K2 K7 "094f000102030405060708090a0b0c0d0e"), ERR_FORMAT },
	{ "a portrait digest of none", MAP("a5" K0 K1 K2 K7 "0940"), ERR_FORMAT },
	{ "a body with a body name", MAP("a5" K0 "0104" K2 K3 K7), ERR_FORMAT },
	{ "a body with a body's USCC", MAP("a5" K0 "0104" K2 K4 K7), ERR_FORMAT },
	{ "status of nothing", LISTED("a0"), ERR_UNSUPPORTED },
	{ "status by another means", LISTED("a1" "6b7374617475735f6c697375" "a2" IN_LIST), ERR_UNSUPPORTED },
	{ "status by two means", LISTED("a2" "6161" "00" SL "a2" IN_LIST), ERR_UNSUPPORTED },
	{ "status without idx", LISTED("a1" SL "a1" "63757269" "7818" URI), ERR_FORMAT },
	{ "status without uri", LISTED("a1" SL "a1" IDX "193039"), ERR_FORMAT },
	{ "status with more", LISTED("a1" SL "a3" IN_LIST "6378787800"), ERR_UNSUPPORTED },
	{ "status with an empty uri", LISTED("a1" SL "a2" IDX "193039" "63757269" "60"), ERR_FORMAT },
	{ "an idx of 2^32", LISTED("a1" SL "a2" IDX "1b0000000100000000" "63757269" "7818" URI), ERR_FORMAT },
	{ "a negative idx", LISTED("a1" SL "a2" IDX "20" "63757269" "7818" URI), ERR_FORMAT },
	{ "cnf of nothing", WITH_CNF("a0"), ERR_UNSUPPORTED },
	{ "cnf by kid", WITH_CNF("a1034101"), ERR_UNSUPPORTED },
	{ "a cnf key of another type", WITH_CNF("a101a4" "0101" "2001" "215820" X "22f5"), ERR_UNSUPPORTED },
	{ "a cnf key of another curve", WITH_CNF("a101a4" "0102" "2002" "215820" X "22f5"), ERR_UNSUPPORTED },
	{ "a cnf key with its alg", WITH_CNF("a101a5" "0102" "0326" "2001" "215820" X "22f5"), ERR_UNSUPPORTED },
	{ "a cnf key without y", WITH_CNF("a101a3" "0102" "2001" "215820" X), ERR_FORMAT },
	{ "a cnf key with all of y", WITH_CNF("a101a4" "0102" "2001" "215820" X "225820" X), ERR_FORMAT },
	{ "a cnf key with a short x", WITH_CNF("a101a4" "0102" "2001" "214101" "22f5"), ERR_FORMAT },
};

static void
each_wrong_payload_is_refused_for_its_reason(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		uint8_t mem[1024];
		struct buf b = BUF_OF(mem);
		struct credential c = { .status_idx = 77 };
		enum status st = credential_decode(unhex(wrong[i].hex, &b), &c);
		if (st != wrong[i].want || c.status_idx != 77)
			fail_msg("%s: %s, wanted %s", wrong[i].why, status_text(st), status_text(wrong[i].want));
	}
}

static const struct { const char *why, *hex; } right[] = {
	{ "iss of four digits", "a6" "016433373031" SUB EXP IAT STATUS OURS LEAST },
	{ "iss of six digits", "a6" "0166333730313032" SUB EXP IAT STATUS OURS LEAST },
	{ "nbf before iat", "a7" ISS SUB EXP "0500" IAT STATUS OURS LEAST },
	{ "iat zero", "a6" ISS SUB EXP "0600" STATUS OURS LEAST },
	{ "the last instant", "a6" ISS SUB "041b3fffffffffffffff" IAT STATUS OURS LEAST },
	{ "a body", MAP("a4" K0 "0104" K2 K7) },
	{ "an entrusted body", MAP("a5" K0 "0104" K2 K7 K8) },
	{ "a moderator without a body", MAP("a4" K0 "0103" K2 K7) },
	{ "sixteen fields", MAP("a5" K0 K1 K2 "0690" "0102030405060708090a0b0c0d0e0f10" K7) },
	{ "the greatest idx", LISTED("a1" SL "a2" IDX "1affffffff" "63757269" "7818" URI) },
	{ "cnf without policy, y even", WITH_CNF("a101a4" "0102" "2001" "215820" X "22f4") },
	{ "jurisdiction of two digits", MAP("a4" K0 K1 K2 "071825") },
};

static void
what_is_accepted_is_written_again_as_the_same_bytes(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(right) / sizeof(right[0]); i++) {
		uint8_t mem[1024], again_mem[1024];
		struct buf b = BUF_OF(mem);
		struct bytes in = unhex(right[i].hex, &b), again;
		struct credential c;
		if (credential_decode(in, &c) != OK || credential_encode(&c, BUF_OF(again_mem), &again) != OK || !bytes_eq(in, again))
			fail_msg("%s", right[i].why);
	}
}

static void
every_truncation_is_refused(void **state)
{
	(void)state;
	uint8_t mem[1024];
	struct buf b = BUF_OF(mem);
	struct bytes whole = unhex(FULL_HEX, &b);
	for (size_t n = 0; n < whole.len; n++) {
		struct credential c;
		uint8_t *cut = malloc(n + 1); /* of its own size, so that a sanitizer sees a read beyond it */
		assert_non_null(cut);
		memcpy(cut, whole.ptr, n);
		assert_int_not_equal(credential_decode((struct bytes){ cut, n }, &c), OK);
		free(cut);
	}
}

static void
every_change_of_a_byte_is_refused_or_canonical(void **state)
{
	(void)state;
	uint8_t mem[1024], again_mem[1024];
	struct buf b = BUF_OF(mem);
	struct bytes whole = unhex(FULL_HEX, &b), again;
	size_t accepted = 0, refused = 0;
	for (size_t i = 0; i < whole.len; i++)
		for (unsigned x = 1; x < 256; x++) {
			struct credential c;
			mem[i] ^= (uint8_t)x;
			if (credential_decode(whole, &c) == OK) {
				assert_int_equal(credential_encode(&c, BUF_OF(again_mem), &again), OK);
				assert_true(bytes_eq(whole, again));
				accepted++;
			} else
				refused++;
			mem[i] ^= (uint8_t)x;
		}
	assert_true(accepted > 1000 && refused > 1000);
}

/* xorshift: the same credentials on every run */
static uint32_t
draw(uint32_t *seed, uint32_t n)
{
	*seed ^= *seed << 13;
	*seed ^= *seed >> 17;
	*seed ^= *seed << 5;
	return *seed % n;
}

static struct bytes
draw_text(uint32_t *seed, size_t least, size_t most)
{
	static const uint8_t letters[] = "abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrst"
	    "abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrst";
	assert_true(most < sizeof(letters));
	return (struct bytes){ letters, least + draw(seed, (uint32_t)(most - least + 1)) };
}

static struct credential
draw_credential(uint32_t *seed)
{
	static const uint32_t places[] = { 37, 3701, 370102, 11, 999999, 1001 };
	struct credential c = full_credential();
	c.kind = (enum credential_kind)(1 + draw(seed, 4));
	c.sub = draw_text(seed, 1, NUMBER_LEN_MAX);
	c.name = draw_text(seed, 1, NAME_LEN_MAX);
	c.body_name = draw_text(seed, 0, c.kind == KIND_BODY ? 0 : NAME_LEN_MAX);
	c.body_uscc.len = c.kind == KIND_BODY || draw(seed, 2) ? 0 : USCC_LEN;
	c.post = draw_text(seed, 0, POST_LEN_MAX);
	c.entrusting_name = draw_text(seed, 0, NAME_LEN_MAX);
	c.status_uri = draw_text(seed, 1, STATUS_URI_LEN_MAX);
	c.status_idx = draw(seed, 1u << 20);
	c.portrait_digest.len = draw(seed, 2) * 16;
	c.has_cnf = draw(seed, 2);
	c.policy = c.has_cnf ? (uint8_t)draw(seed, 2) : POLICY_STATIC;
	c.cnf_point[0] = (uint8_t)(2 + draw(seed, 2));
	c.iat_unix_s = draw(seed, UINT32_MAX);
	c.exp_unix_s = c.iat_unix_s + 1 + draw(seed, 1000);
	c.nbf_unix_s = c.iat_unix_s + draw(seed, 3);
	c.jurisdiction = places[draw(seed, 6)];
	c.fields_n = (uint8_t)draw(seed, FIELDS_MAX + 1);
	for (unsigned i = 0; i < c.fields_n; i++)
		c.fields[i] = (uint8_t)(1 + i * 15 + draw(seed, 15));
	return c;
}

static void
whatever_is_encoded_is_decoded_as_it_was(void **state)
{
	(void)state;
	uint32_t seed = 20240105;
	for (int i = 0; i < 3000; i++) {
		uint8_t mem[TOKEN_LEN_MAX], again_mem[TOKEN_LEN_MAX];
		struct credential c = draw_credential(&seed), read;
		struct bytes payload, again;
		assert_int_equal(credential_encode(&c, BUF_OF(mem), &payload), OK);
		assert_int_equal(credential_decode(payload, &read), OK);
		assert_same(&read, &c);
		assert_int_equal(credential_encode(&read, BUF_OF(again_mem), &again), OK);
		assert_bytes(again, payload);
	}
}

static const struct { const char *what; size_t at, len_max; } text_limits[] = {
	{ "sub", offsetof(struct credential, sub), NUMBER_LEN_MAX },
	{ "uri", offsetof(struct credential, status_uri), STATUS_URI_LEN_MAX },
	{ "name", offsetof(struct credential, name), NAME_LEN_MAX },
	{ "body name", offsetof(struct credential, body_name), NAME_LEN_MAX },
	{ "post", offsetof(struct credential, post), POST_LEN_MAX },
	{ "entrusting organ", offsetof(struct credential, entrusting_name), NAME_LEN_MAX },
};

/* payload, with the text at the view grown by one byte and its head with it */
static struct bytes
grow_text(struct bytes payload, struct bytes text, struct buf *out)
{
	size_t before = (size_t)(text.ptr - payload.ptr), end = before + text.len;
	memcpy(out->ptr, payload.ptr, end);
	out->ptr[end] = 'a';
	memcpy(out->ptr + end + 1, payload.ptr + end, payload.len - end);
	out->ptr[before - 1]++; /* all limits are above 23 and below 255: the head is 78 nn */
	return (struct bytes){ out->ptr, payload.len + 1 };
}

static void
a_text_may_be_as_long_as_its_limit_and_no_longer(void **state)
{
	(void)state;
	uint8_t letters[NAME_LEN_MAX + 1], mem[TOKEN_LEN_MAX], more_mem[TOKEN_LEN_MAX];
	memset(letters, 'a', sizeof(letters));
	for (size_t i = 0; i < sizeof(text_limits) / sizeof(text_limits[0]); i++) {
		struct credential c = full_credential(), read;
		struct bytes *text = (struct bytes *)(void *)((uint8_t *)&c + text_limits[i].at);
		struct bytes *back = (struct bytes *)(void *)((uint8_t *)&read + text_limits[i].at);
		struct bytes payload;
		struct buf more = BUF_OF(more_mem);
		*text = (struct bytes){ letters, text_limits[i].len_max };
		assert_int_equal(credential_encode(&c, BUF_OF(mem), &payload), OK);
		assert_int_equal(credential_decode(payload, &read), OK);
		if (credential_decode(grow_text(payload, *back, &more), &read) != ERR_FORMAT)
			fail_msg("a longer %s was read", text_limits[i].what);
		text->len++;
		if (credential_encode(&c, BUF_OF(mem), &payload) != ERR_LIMIT)
			fail_msg("a longer %s was written", text_limits[i].what);
	}
}

static void
what_the_reader_would_refuse_is_not_written(void **state)
{
	(void)state;
	struct credential bad[22];
	uint8_t mem[TOKEN_LEN_MAX];
	size_t n = sizeof(bad) / sizeof(bad[0]);
	for (size_t i = 0; i < n; i++)
		bad[i] = full_credential();
	bad[0].iss = BYTES_LIT("3700");
	bad[1].sub.len = 0;
	bad[2].exp_unix_s = bad[2].iat_unix_s;
	bad[3].iat_unix_s = -1;
	bad[4].status_uri.len = 0;
	bad[5].name = BYTES_LIT("a\tb");
	bad[6].body_uscc.len = 17;
	bad[7].fields[1] = 1;
	bad[8].fields_n = FIELDS_MAX + 1;
	bad[9].jurisdiction = 370100;
	bad[10].portrait_digest.len = 15;
	bad[11].has_cnf = false; /* and policy 1 */
	bad[12].cnf_point[0] = 4;
	bad[13].kind = KIND_BODY;
	bad[14].policy = 2;
	bad[15].nbf_unix_s = -5;
	bad[16].nbf_unix_s = INT64_MAX;
	bad[17].exp_unix_s = INT64_MAX;
	bad[18].name.len = 0;
	bad[19].kind = (enum credential_kind)0;
	bad[20].kind = (enum credential_kind)(KIND_BODY + 1);
	bad[21].iat_unix_s = bad[21].nbf_unix_s = INT64_MAX;
	for (size_t i = 0; i < n; i++) {
		struct bytes payload = { NULL, 7 };
		if (credential_encode(&bad[i], BUF_OF(mem), &payload) != ERR_ARGUMENT || payload.len != 7)
			fail_msg("case %zu was written", i);
	}
}

static void
no_text_is_written_that_is_not_clean(void **state)
{
	(void)state;
	static const size_t texts[] = { offsetof(struct credential, sub), offsetof(struct credential, status_uri),
		offsetof(struct credential, name), offsetof(struct credential, body_name), offsetof(struct credential, body_uscc),
		offsetof(struct credential, post), offsetof(struct credential, entrusting_name) };
	static const uint8_t dirty[USCC_LEN + 1] = "1234567890\t2345678";
	uint8_t mem[TOKEN_LEN_MAX];
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		struct credential c = full_credential();
		struct bytes payload;
		*(struct bytes *)(void *)((uint8_t *)&c + texts[i]) = (struct bytes){ dirty, USCC_LEN };
		if (credential_encode(&c, BUF_OF(mem), &payload) != ERR_ARGUMENT)
			fail_msg("text %zu was written", i);
	}
}

static void
too_little_room_is_said_and_nothing_beyond_it_is_touched(void **state)
{
	(void)state;
	struct credential c = full_credential();
	uint8_t mem[TOKEN_LEN_MAX];
	struct bytes whole, payload;
	assert_int_equal(credential_encode(&c, BUF_OF(mem), &whole), OK);
	for (size_t cap = 0; cap < whole.len; cap++) {
		memset(mem, 0xee, sizeof(mem));
		assert_int_equal(credential_encode(&c, (struct buf){ mem, cap, 0 }, &payload), ERR_LIMIT);
		assert_int_equal(mem[cap], 0xee);
	}
	assert_int_equal(credential_encode(&c, (struct buf){ mem, whole.len, 0 }, &payload), OK);
}

static void
a_jurisdiction_covers_what_lies_in_it_by_whole_pairs(void **state)
{
	(void)state;
	static const struct { uint32_t area, place; bool covers; } rows[] = {
		{ 37, 37, true }, { 37, 3701, true }, { 37, 370102, true }, { 3701, 370102, true }, { 370102, 370102, true },
		{ 3701, 37, false }, { 370102, 3701, false }, { 3702, 370102, false }, { 36, 370102, false },
		{ 370103, 370102, false }, { 3, 37, false }, { 370, 370102, false }, { 0, 37, false }, { 0, 0, false },
		{ 37010, 370102, false }, { 38, 3701, false },
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (jurisdiction_covers(rows[i].area, rows[i].place) != rows[i].covers)
			fail_msg("%u and %u", (unsigned)rows[i].area, (unsigned)rows[i].place);
}

static void
a_jurisdiction_is_two_four_or_six_digits_without_trailing_pairs(void **state)
{
	(void)state;
	static const uint32_t good[] = { 10, 11, 37, 99, 1001, 3701, 9999, 100001, 370102, 999999 };
	static const uint32_t bad[] = { 0, 1, 9, 100, 999, 1000, 3700, 10000, 99999, 100000, 370100, 370000, 1000001, UINT32_MAX };
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++)
		assert_true(jurisdiction_is_wellformed(good[i]));
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_false(jurisdiction_is_wellformed(bad[i]));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_credential_with_every_claim_is_these_bytes),
		cmocka_unit_test(a_credential_with_the_compulsory_claims_alone_is_these_bytes),
		cmocka_unit_test(each_wrong_payload_is_refused_for_its_reason),
		cmocka_unit_test(what_is_accepted_is_written_again_as_the_same_bytes),
		cmocka_unit_test(every_truncation_is_refused),
		cmocka_unit_test(every_change_of_a_byte_is_refused_or_canonical),
		cmocka_unit_test(whatever_is_encoded_is_decoded_as_it_was),
		cmocka_unit_test(a_text_may_be_as_long_as_its_limit_and_no_longer),
		cmocka_unit_test(what_the_reader_would_refuse_is_not_written),
		cmocka_unit_test(no_text_is_written_that_is_not_clean),
		cmocka_unit_test(too_little_room_is_said_and_nothing_beyond_it_is_touched),
		cmocka_unit_test(a_jurisdiction_covers_what_lies_in_it_by_whole_pairs),
		cmocka_unit_test(a_jurisdiction_is_two_four_or_six_digits_without_trailing_pairs),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
