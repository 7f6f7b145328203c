#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "base/text.h"
#include "crypto/cbor.h"
#include "crypto/cose_sign.h"
#include "crypto/presentation.h"
#include "tests/unit/support/world.h"

static const uint8_t credential[] = { 0xd2, 1, 2, 3 }, id[] = "livecode", nonce[64] = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcde";

static struct presentation
good(void)
{
	return (struct presentation){ .iat_unix_s = 1000, .exp_unix_s = 1060, .id = { id, 8 }, .audience = BYTES_LIT("https://gate.example"),
		.nonce = { nonce, 16 }, .credential = { credential, sizeof(credential) } };
}

static void
a_presentation_reads_back_as_it_was_written(void **state)
{
	(void)state;
	uint8_t mem[512], again[512];
	struct bytes enc, enc2;
	struct presentation p = good(), back;
	assert_int_equal(presentation_encode(&p, BUF_OF(mem), &enc), OK);
	assert_int_equal(presentation_decode(enc, &back), OK);
	assert_int_equal(back.iat_unix_s, 1000);
	assert_int_equal(back.exp_unix_s, 1060);
	assert_true(bytes_eq(back.id, p.id));
	assert_true(bytes_eq(back.audience, p.audience));
	assert_true(bytes_eq(back.nonce, p.nonce));
	assert_true(bytes_eq(back.credential, p.credential));
	assert_int_equal(presentation_encode(&back, BUF_OF(again), &enc2), OK);
	assert_true(bytes_eq(enc, enc2));
}

static void
audience_and_nonce_may_be_absent(void **state)
{
	(void)state;
	uint8_t mem[512];
	struct bytes enc;
	struct presentation p = good(), back;
	p.audience = p.nonce = (struct bytes){ NULL, 0 };
	assert_int_equal(presentation_encode(&p, BUF_OF(mem), &enc), OK);
	assert_int_equal(enc.ptr[0], 0xa4);
	assert_int_equal(presentation_decode(enc, &back), OK);
	assert_int_equal(back.audience.len + back.nonce.len, 0);
}

static void
limits_hold_at_the_limit_and_not_past_it(void **state)
{
	(void)state;
	static uint8_t mem[4096], big[TOKEN_LEN_MAX + 1], text[AUDIENCE_LEN_MAX + 1];
	struct bytes enc;
	memset(text, 'a', sizeof(text));
	const struct { struct bytes audience, nonce, credential; int64_t exp; enum status wanted; } cases[] = {
		{ { text, AUDIENCE_LEN_MAX }, { nonce, NONCE_LEN_MAX }, { big, TOKEN_LEN_MAX }, 1300, OK },
		{ { text, AUDIENCE_LEN_MAX + 1 }, { nonce, 16 }, { big, 9 }, 1060, ERR_LIMIT },
		{ { text, 1 }, { nonce, NONCE_LEN_MIN }, { big, 1 }, 1001, OK },
		{ { text, 1 }, { nonce, NONCE_LEN_MIN - 1 }, { big, 9 }, 1060, ERR_ARGUMENT },
		{ { text, 1 }, { big, NONCE_LEN_MAX + 1 }, { big, 9 }, 1060, ERR_LIMIT },
		{ { text, 1 }, { nonce, 16 }, { big, TOKEN_LEN_MAX + 1 }, 1060, ERR_LIMIT },
		{ { text, 1 }, { nonce, 16 }, { big, 0 }, 1060, ERR_ARGUMENT },
		{ { text, 1 }, { nonce, 16 }, { big, 9 }, 1000, ERR_ARGUMENT },  /* ends when it begins */
		{ { text, 1 }, { nonce, 16 }, { big, 9 }, 1301, ERR_ARGUMENT },  /* 301 seconds */
		{ { (const uint8_t *)"\xe2\x80\x8f", 3 }, { nonce, 16 }, { big, 9 }, 1060, ERR_ARGUMENT }, /* a direction mark */
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct presentation p = good(), back;
		p.audience = cases[i].audience, p.nonce = cases[i].nonce, p.credential = cases[i].credential, p.exp_unix_s = cases[i].exp;
		if (presentation_encode(&p, BUF_OF(mem), &enc) != cases[i].wanted)
			fail_msg("case %zu: wanted %s", i, status_text(cases[i].wanted));
		if (cases[i].wanted == OK)
			assert_int_equal(presentation_decode(enc, &back), OK);
	}
	struct presentation p = good();
	assert_int_equal(presentation_encode(&p, (struct buf){ mem, 40, 0 }, &enc), ERR_LIMIT);
	p.id.len = 7;
	assert_int_equal(presentation_encode(&p, BUF_OF(mem), &enc), ERR_ARGUMENT);
	p = good();
	p.iat_unix_s = -1, p.exp_unix_s = 59;
	assert_int_equal(presentation_encode(&p, BUF_OF(mem), &enc), ERR_ARGUMENT);
	p.iat_unix_s = (int64_t)1 << 40, p.exp_unix_s = p.iat_unix_s + 1; /* past all dates */
	assert_int_equal(presentation_encode(&p, BUF_OF(mem), &enc), ERR_ARGUMENT);
}

static void
what_is_longer_than_may_be_written_is_not_read(void **state)
{
	(void)state;
	static const uint8_t big[TOKEN_LEN_MAX + 1], text[AUDIENCE_LEN_MAX + 1] = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
	static uint8_t mem[4096];
	static const struct { size_t audience, nonce, credential; enum status wanted; } cases[] = {
		{ AUDIENCE_LEN_MAX, NONCE_LEN_MAX, TOKEN_LEN_MAX, OK }, { AUDIENCE_LEN_MAX + 1, NONCE_LEN_MAX, TOKEN_LEN_MAX, ERR_FORMAT },
		{ AUDIENCE_LEN_MAX, NONCE_LEN_MAX + 1, TOKEN_LEN_MAX, ERR_FORMAT }, { AUDIENCE_LEN_MAX, NONCE_LEN_MAX, TOKEN_LEN_MAX + 1, ERR_FORMAT },
		{ 1, NONCE_LEN_MIN - 1, 1, ERR_FORMAT },
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct cbor_writer w = cbor_writer(BUF_OF(mem));
		struct bytes enc = { 0 };
		struct presentation p;
		cbor_write_map(&w, 6);
		cbor_write_text_pair(&w, 3, (struct bytes){ text, cases[i].audience });
		cbor_write_int(&w, 4), cbor_write_int(&w, 1060);
		cbor_write_int(&w, 6), cbor_write_int(&w, 1000);
		cbor_write_int(&w, 7), cbor_write_bytes(&w, (struct bytes){ id, 8 });
		cbor_write_int(&w, 10), cbor_write_bytes(&w, (struct bytes){ big, cases[i].nonce });
		cbor_write_int(&w, -65538), cbor_write_bytes(&w, (struct bytes){ big, cases[i].credential });
		assert_int_equal(cbor_write_finish(&w, &enc), OK);
		if (presentation_decode(enc, &p) != cases[i].wanted)
			fail_msg("case %zu: wanted %s", i, status_text(cases[i].wanted));
	}
}

/* Payloads that must be refused, in hex: 06 iat, 04 exp, 07 cti, 0a nonce, 03 aud, 3a00010001 the credential. */
static const struct { const char *hex, *why; enum status wanted; } wrongs[] = {
	{ "a4041903e9061903e807486c697665636f64653a0001000141d2", "the smallest good one", OK },
	{ "a3041903e9061903e83a0001000141d2", "no cti", ERR_FORMAT },
	{ "a3061903e807486c697665636f64653a0001000141d2", "no exp", ERR_FORMAT },
	{ "a3041903e907486c697665636f64653a0001000141d2", "no iat", ERR_FORMAT },
	{ "a3041903e9061903e807486c697665636f6465", "no credential", ERR_FORMAT },
	{ "a4041903e9061903e807476c697665636f643a0001000141d2", "cti of seven bytes", ERR_FORMAT },
	{ "a4041903e9061903e807486c697665636f64653a0001000140", "an empty credential", ERR_FORMAT },
	{ "a50360041903e9061903e807486c697665636f64653a0001000141d2", "an empty audience", ERR_FORMAT },
	{ "a5041903e9061903e807486c697665636f64650a403a0001000141d2", "an empty nonce", ERR_FORMAT },
	{ "a5041903e9061903e807486c697665636f64650b013a0001000141d2", "an unknown claim", ERR_UNSUPPORTED },
	{ "a5041903e9061903e807486c697665636f64653a0001000141d23a0001000201", "an unknown private claim", ERR_UNSUPPORTED },
	{ "a5041903e9061903e807486c697665636f64651bffffffffffffffff013a0001000141d2", "a claim beyond all integers", ERR_UNSUPPORTED },
	{ "a4061903e8041903e907486c697665636f64653a0001000141d2", "claims out of order", ERR_FORMAT },
	{ "a4041903e9041903e907486c697665636f64653a0001000141d2", "exp twice", ERR_FORMAT },
	{ "a4041903e9061903e807486c697665636f64653a0001000141d200", "a byte behind", ERR_FORMAT },
	{ "a4041903e9061a000003e807486c697665636f64653a0001000141d2", "a number longer than it need be", ERR_FORMAT },
	{ "a4041903e906203907486c697665636f64653a0001000141d2", "iat before 1970", ERR_FORMAT },
	{ "a4041b000001000000000106190f0007486c697665636f64653a0001000141d2", "exp past all dates", ERR_FORMAT },
	{ "a4041903e9061903e80768" "6c697665636f64653a0001000141d2", "cti as text", ERR_FORMAT },
	{ "84041903e9061903e8", "no map", ERR_FORMAT },
	{ "", "nothing", ERR_FORMAT },
};

static void
what_is_not_canonical_or_not_listed_is_refused(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(wrongs) / sizeof(wrongs[0]); i++) {
		uint8_t mem[256];
		struct buf out = BUF_OF(mem);
		struct presentation p;
		assert_int_equal(hex_decode(bytes_str(wrongs[i].hex), &out), OK);
		enum status st = presentation_decode(buf_view(&out), &p);
		if (st != wrongs[i].wanted)
			fail_msg("%s: got %s", wrongs[i].why, status_text(st));
	}
}

static void
every_truncation_and_bit_flip_is_refused_or_reads_as_other_claims(void **state)
{
	(void)state;
	uint8_t mem[512], bent[512], again[512];
	struct bytes enc, enc2;
	struct presentation p = good(), back;
	assert_int_equal(presentation_encode(&p, BUF_OF(mem), &enc), OK);
	for (size_t len = 0; len < enc.len; len++)
		assert_int_not_equal(presentation_decode((struct bytes){ enc.ptr, len }, &back), OK);
	for (size_t bit = 0; bit < enc.len * 8; bit++) {
		memcpy(bent, enc.ptr, enc.len);
		bent[bit / 8] ^= (uint8_t)(1u << bit % 8);
		if (presentation_decode((struct bytes){ bent, enc.len }, &back) != OK)
			continue;
		assert_int_equal(presentation_encode(&back, BUF_OF(again), &enc2), OK); /* canonical: it is those bytes */
		assert_true(bytes_eq(enc2, (struct bytes){ bent, enc.len }));
	}
}

static void
the_credential_in_a_token_is_found(void **state)
{
	(void)state;
	static uint8_t bare[4096];
	struct world w;
	struct plan p = plan_good();
	world_open(&w, KEY_P256);
	world_make(&w, &p);
	size_t len = w.token.len;
	memcpy(bare, w.token.ptr, len);
	struct bytes token = { w.token.ptr, len };
	assert_ptr_equal(presentation_credential(token).ptr, w.token.ptr); /* a bare one is itself */
	world_show_live(&w, &p);
	struct bytes inner = presentation_credential(buf_view(&w.token));
	assert_int_equal(inner.len, len);
	assert_memory_equal(inner.ptr, bare, len);
	w.token.len--;
	assert_int_equal(presentation_credential(buf_view(&w.token)).len, w.token.len); /* not well formed: itself */
	uint8_t scratch[256], mem[256];
	struct bytes empty; /* a presentation by its envelope, with no claims in it */
	assert_int_equal(cose_sign(w.device.signer, TYP_PRESENTATION, BYTES_LIT("\xa0"), BUF_OF(scratch), BUF_OF(mem), &empty), OK);
	assert_true(bytes_eq(presentation_credential(empty), empty));
	world_close(&w);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_presentation_reads_back_as_it_was_written),
		cmocka_unit_test(audience_and_nonce_may_be_absent),
		cmocka_unit_test(limits_hold_at_the_limit_and_not_past_it),
		cmocka_unit_test(what_is_longer_than_may_be_written_is_not_read),
		cmocka_unit_test(what_is_not_canonical_or_not_listed_is_refused),
		cmocka_unit_test(every_truncation_and_bit_flip_is_refused_or_reads_as_other_claims),
		cmocka_unit_test(the_credential_in_a_token_is_found),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
