/* cose -- the envelope of every signed object, taken apart and put together. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "base/text.h"
#include "crypto/cbor.h"
#include "crypto/cose_sign.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define ROOM 1024
#define PAYLOAD BYTES_LIT("\xa1\x01\x02")

/* Signs with the first byte of the message's sum, 64 times, and keeps the message. */
struct fake { struct signer s; uint8_t seen[ROOM]; size_t seen_len; enum status answer; };

static enum status
fake_sign(struct signer *self, struct bytes message, uint8_t sig[SIGNATURE_LEN])
{
	struct fake *f = (struct fake *)self;
	if (f->answer)
		return f->answer;
	assert_true(message.len <= sizeof(f->seen));
	memcpy(f->seen, message.ptr, message.len);
	f->seen_len = message.len;
	uint8_t sum = 0;
	for (size_t i = 0; i < message.len; i++)
		sum = (uint8_t)(sum + message.ptr[i]);
	memset(sig, sum, SIGNATURE_LEN);
	return OK;
}

static struct fake
fake_signer(enum key_type type)
{
	return (struct fake){ .s = { .type = type, .kid = "\x01\x02\x03\x04\x05\x06\x07\x08", .sign = fake_sign } };
}

static struct bytes
sign(struct fake *f, enum typ typ, struct bytes payload, uint8_t room[ROOM])
{
	uint8_t scratch[ROOM];
	struct bytes enc = { 0 };
	assert_int_equal(cose_sign(&f->s, typ, payload, BUF_OF(scratch), (struct buf){ room, ROOM, 0 }, &enc), OK);
	return enc;
}

static void
every_typ_has_its_text_and_no_other(void **state)
{
	(void)state;
	static const char *const texts[TYP_COUNT] = { NULL, "application/yp-cred+cwt", "application/statuslist+cwt",
		"application/yp-trust+cwt", "application/yp-pres+cwt", "application/yp-receipt+cwt", "application/yp-receipt-root" };
	for (int t = TYP_UNKNOWN + 1; t < TYP_COUNT; t++) {
		assert_string_equal(typ_text((enum typ)t), texts[t]);
		assert_int_equal(typ_of(bytes_str(texts[t])), t);
		struct bytes shorter = bytes_str(texts[t]);
		shorter.len--;
		assert_int_equal(typ_of(shorter), TYP_UNKNOWN);
	}
	assert_null(typ_text(TYP_UNKNOWN));
	assert_null(typ_text(TYP_COUNT));
	assert_int_equal(typ_of(BYTES_LIT("")), TYP_UNKNOWN);
	assert_int_equal(typ_of(BYTES_LIT("application/YP-CRED+cwt")), TYP_UNKNOWN);
	assert_int_equal(typ_of(BYTES_LIT("application/cwt")), TYP_UNKNOWN);
}

static void
what_is_signed_decodes_to_what_went_in(void **state)
{
	(void)state;
	static const struct { enum key_type type; int64_t alg; } keys[] = { { KEY_P256, -7 }, { KEY_ED25519, -8 }, { KEY_SM2, -65537 } };
	for (size_t k = 0; k < COUNT(keys); k++) {
		for (int t = TYP_UNKNOWN + 1; t < TYP_COUNT; t++) {
			uint8_t room[ROOM], tbs_mem[ROOM];
			struct fake f = fake_signer(keys[k].type);
			struct bytes enc = sign(&f, (enum typ)t, PAYLOAD, room), tbs;
			struct cose c;
			assert_int_equal(cose_decode(enc, COSE_OURS, &c), OK);
			assert_true(c.alg == keys[k].alg);
			assert_int_equal(c.typ, t);
			assert_true(bytes_eq(c.typ_seen, bytes_str(typ_text((enum typ)t))));
			assert_true(bytes_eq(c.payload, PAYLOAD));
			assert_true(bytes_eq(c.kid, (struct bytes){ f.s.kid, t == TYP_PRESENTATION ? 0 : KID_LEN }));
			assert_int_equal(c.signature.len, SIGNATURE_LEN);
			assert_int_equal(cose_to_be_signed(c.protected_header, c.payload, BUF_OF(tbs_mem), &tbs), OK);
			assert_true(bytes_eq(tbs, (struct bytes){ f.seen, f.seen_len }));
			assert_true(c.payload.ptr > enc.ptr && c.signature.ptr + SIGNATURE_LEN == enc.ptr + enc.len);
			assert_int_equal(cose_decode(enc, COSE_STANDARD, &c), OK);
		}
	}
}

static void
the_bytes_are_those_of_the_format_document(void **state)
{
	(void)state;
	uint8_t room[ROOM], want_mem[ROOM];
	struct fake f = fake_signer(KEY_P256);
	struct bytes enc = sign(&f, TYP_CREDENTIAL, PAYLOAD, room);
	struct buf want = BUF_OF(want_mem);
	/* 18([<<{1: -7, 4: h'01..08', 16: "application/yp-cred+cwt"}>>, {}, h'a10102', signature]) */
	assert_int_equal(hex_decode(BYTES_LIT("d2845826a3012604480102030405060708"
	    "10776170706c69636174696f6e2f79702d637265642b637774a043a101025840"), &want), OK);
	assert_int_equal(enc.len, want.len + SIGNATURE_LEN);
	assert_memory_equal(enc.ptr, want.ptr, want.len);
	/* RFC 9052 4.4: ["Signature1", protected, h'', payload] */
	want.len = 0;
	assert_int_equal(hex_decode(BYTES_LIT("846a5369676e6174757265315826a3012604480102030405060708"
	    "10776170706c69636174696f6e2f79702d637265642b6377744043a10102"), &want), OK);
	assert_true(bytes_eq((struct bytes){ f.seen, f.seen_len }, buf_view(&want)));
}

static void
a_signer_that_fails_is_passed_on_and_nothing_is_written(void **state)
{
	(void)state;
	uint8_t scratch[ROOM], room[ROOM] = { 0 };
	struct fake f = fake_signer(KEY_P256);
	struct bytes enc = BYTES_LIT("untouched");
	f.answer = ERR_CRYPTO;
	assert_int_equal(cose_sign(&f.s, TYP_CREDENTIAL, PAYLOAD, BUF_OF(scratch), BUF_OF(room), &enc), ERR_CRYPTO);
	assert_true(bytes_eq(enc, BYTES_LIT("untouched")));
	assert_int_equal(room[0], 0);
}

static void
too_little_room_is_a_limit(void **state)
{
	(void)state;
	uint8_t scratch[ROOM], room[ROOM];
	struct fake f = fake_signer(KEY_P256);
	size_t len = sign(&f, TYP_CREDENTIAL, PAYLOAD, room).len, tbs_len = f.seen_len;
	struct bytes enc = { 0 };
	assert_true(tbs_len <= PAYLOAD.len + 38 + 64);
	assert_int_equal(cose_sign(&f.s, TYP_CREDENTIAL, PAYLOAD, (struct buf){ scratch, tbs_len, 0 }, (struct buf){ room, len, 0 }, &enc), OK);
	assert_int_equal(cose_sign(&f.s, TYP_CREDENTIAL, PAYLOAD, (struct buf){ scratch, tbs_len - 1, 0 }, BUF_OF(room), &enc), ERR_LIMIT);
	assert_int_equal(cose_sign(&f.s, TYP_CREDENTIAL, PAYLOAD, BUF_OF(scratch), (struct buf){ room, len - 1, 0 }, &enc), ERR_LIMIT);
}

static void
every_truncation_and_a_trailing_byte_is_refused(void **state)
{
	(void)state;
	uint8_t room[ROOM];
	struct fake f = fake_signer(KEY_P256);
	struct bytes enc = sign(&f, TYP_CREDENTIAL, PAYLOAD, room);
	struct cose c;
	for (size_t n = 0; n < enc.len; n++) {
		assert_int_not_equal(cose_decode((struct bytes){ enc.ptr, n }, COSE_OURS, &c), OK);
		assert_int_not_equal(cose_decode((struct bytes){ enc.ptr, n }, COSE_STANDARD, &c), OK);
	}
	room[enc.len] = 0;
	assert_int_equal(cose_decode((struct bytes){ room, enc.len + 1 }, COSE_OURS, &c), ERR_FORMAT);
	assert_int_equal(cose_decode((struct bytes){ room, enc.len + 1 }, COSE_STANDARD, &c), ERR_FORMAT);
}

static void
every_flipped_bit_is_refused_or_changes_what_is_seen(void **state)
{
	(void)state;
	uint8_t room[ROOM];
	struct fake f = fake_signer(KEY_P256);
	struct bytes enc = sign(&f, TYP_CREDENTIAL, PAYLOAD, room);
	struct cose was, c;
	assert_int_equal(cose_decode(enc, COSE_OURS, &was), OK);
	uint8_t before[ROOM];
	memcpy(before, room, enc.len);
	for (size_t bit = 0; bit < 8 * enc.len; bit++) {
		room[bit / 8] ^= (uint8_t)(1u << bit % 8);
		if (cose_decode(enc, COSE_OURS, &c) == OK) {
			size_t at = bit / 8;
			bool header = at >= 4 && at < 4 + 38, payload = at >= 44 && at < 47, signature = at >= 49;
			if (!header && !payload && !signature)
				fail_msg("bit %zu of byte %zu makes no difference", bit % 8, at);
			assert_int_equal(c.signature.len, SIGNATURE_LEN);
		}
		room[bit / 8] = before[bit / 8];
	}
}

#define SIG "5840" SIG16 SIG16 SIG16 SIG16
#define SIG16 "000102030405060708090a0b0c0d0e0f"
#define KID "04480102030405060708"
#define CRED "10776170706c69636174696f6e2f79702d637265642b637774"
#define PRES "10776170706c69636174696f6e2f79702d707265732b637774"
#define LIST "10781a6170706c69636174696f6e2f7374617475736c6973742b637774"
#define PAY "43a10102"

static const struct { const char *hex; enum status ours, standard; const char *why; } cases[] = {
	{ "d2845826a30126" KID CRED "a0" PAY SIG, OK, OK, "ours" },
	{ "d284581ca20126" PRES "a0" PAY SIG, OK, OK, "a presentation, no kid" },
	{ "d2845826a30126" KID PRES "a0" PAY SIG, ERR_FORMAT, OK, "a presentation with a kid" },
	{ "d284581ca20126" CRED "a0" PAY SIG, ERR_FORMAT, OK, "a credential without a kid" },
	{ "d28443a10126a0" PAY SIG, ERR_FORMAT, OK, "alg alone" },
	{ "d2844da20126" KID "a0" PAY SIG, ERR_FORMAT, OK, "no typ" },
	{ "d2845824a2" KID CRED "a0" PAY SIG, ERR_FORMAT, ERR_FORMAT, "no alg" },
	{ "d28440a0" PAY SIG, ERR_FORMAT, ERR_FORMAT, "empty protected header" },
	{ "d28440a10126" PAY SIG, ERR_FORMAT, ERR_FORMAT, "alg unprotected only" },
	{ "d28443a10126a10126" PAY SIG, ERR_FORMAT, ERR_FORMAT, "alg in both" },
	{ "d2845826a30126" KID CRED "a10126" PAY SIG, ERR_UNSUPPORTED, ERR_FORMAT, "alg in both, else ours" },
	{ "d28443a10126a1" KID PAY SIG, ERR_FORMAT, OK, "kid unprotected" },
	{ "d284581ca20126" PRES "a1" KID PAY SIG, ERR_UNSUPPORTED, OK, "a presentation with a kid unprotected" },
	{ "d2844da20126" KID "a1" KID PAY SIG, ERR_FORMAT, ERR_FORMAT, "kid in both" },
	{ "d28443a10126a1" CRED PAY SIG, ERR_FORMAT, ERR_FORMAT, "typ unprotected" },
	{ "d2845826a30126" KID CRED "a11900ff00" PAY SIG, ERR_UNSUPPORTED, OK, "another label, unprotected" },
	{ "d2845829a40126" KID CRED "182100a0" PAY SIG, ERR_UNSUPPORTED, OK, "another label, protected" },
	{ "d2845828a40126" KID CRED "182100a0" PAY SIG, ERR_UNSUPPORTED, ERR_FORMAT, "the same, one byte short" },
	{ "d2845829a40126" KID CRED "182100", ERR_UNSUPPORTED, ERR_FORMAT, "cut after an unknown label" },
	{ "d2845829a40126" KID CRED "182100a0" PAY, ERR_UNSUPPORTED, ERR_FORMAT, "no signature" },
	{ "d28446a20126616178a0" PAY SIG, ERR_UNSUPPORTED, ERR_FORMAT, "a text label whose value is cut" },
	{ "d28446a20126616100a0" PAY SIG, ERR_UNSUPPORTED, OK, "a text label" },
	{ "d28446a20126186300a0" PAY SIG, ERR_UNSUPPORTED, OK, "label 99" },
	{ "d28446a20126028101a0" PAY SIG, ERR_UNSUPPORTED, OK, "crit lists alg" },
	{ "d28446a20126028104a0" PAY SIG, ERR_UNSUPPORTED, ERR_FORMAT, "crit lists a kid that is not there" },
	{ "d28447a2012602811863a0" PAY SIG, ERR_UNSUPPORTED, ERR_UNSUPPORTED, "crit lists label 99" },
	{ "d28447a2012602816161a0" PAY SIG, ERR_UNSUPPORTED, ERR_UNSUPPORTED, "crit lists a text label" },
	{ "d28446a20126028120a0" PAY SIG, ERR_UNSUPPORTED, ERR_UNSUPPORTED, "crit lists a negative label" },
	{ "d28446a20126028140a0" PAY SIG, ERR_UNSUPPORTED, ERR_FORMAT, "crit lists bytes, which no label is" },
	{ "d28445a201260280a0" PAY SIG, ERR_UNSUPPORTED, ERR_FORMAT, "crit lists nothing" },
	{ "d28445a201260201a0" PAY SIG, ERR_UNSUPPORTED, ERR_FORMAT, "crit is no array" },
	{ "d28443a10126a1028101" PAY SIG, ERR_FORMAT, ERR_FORMAT, "crit unprotected" },
	{ "d28446a20448010203a0" PAY SIG, ERR_FORMAT, ERR_FORMAT, "a kid cut" },
	{ "d2845825a30126044701020304050607" CRED "a0" PAY SIG, ERR_FORMAT, OK, "a kid of 7 bytes" },
	{ "d2845827a301260449010203040506070809" CRED "a0" PAY SIG, ERR_FORMAT, OK, "a kid of 9 bytes" },
	{ "d2845826a3" KID "0126" CRED "a0" PAY SIG, ERR_FORMAT, OK, "labels out of order" },
	{ "d28447a301260126" "0400a0" PAY SIG, ERR_FORMAT, ERR_FORMAT, "alg twice" },
	{ "d28444a1016126a0" PAY SIG, ERR_FORMAT, ERR_FORMAT, "alg is text" },
	{ "d2844ba1013bffffffffffffffffa0" PAY SIG, ERR_LIMIT, ERR_LIMIT, "alg beyond int64" },
	{ "d28445a201261018a0" PAY SIG, ERR_FORMAT, ERR_FORMAT, "typ cut" },
	{ "d2844fa301261000" KID "a0" PAY SIG, ERR_FORMAT, ERR_FORMAT, "typ is an integer" },
	{ "d28440" PAY SIG, ERR_FORMAT, ERR_FORMAT, "no unprotected header" },
	{ "d2845826a30126" KID CRED "80" PAY SIG, ERR_FORMAT, ERR_FORMAT, "unprotected header is an array" },
	{ "d2845826a30126" KID CRED "a0f6" SIG, ERR_FORMAT, ERR_FORMAT, "detached payload" },
	{ "d2845826a30126" KID CRED "a0" "63a10102" SIG, ERR_FORMAT, ERR_FORMAT, "payload is text" },
	{ "d2845826a30126" KID CRED "a0" PAY "40", ERR_FORMAT, ERR_FORMAT, "no signature bytes" },
	{ "d2845826a30126" KID CRED "a0" PAY "583f" SIG16 SIG16 SIG16 "000102030405060708090a0b0c0d0e", ERR_FORMAT, ERR_FORMAT, "63 bytes" },
	{ "d2845826a30126" KID CRED "a0" PAY "5841" SIG16 SIG16 SIG16 SIG16 "00", ERR_FORMAT, ERR_FORMAT, "65 bytes" },
	{ "845826a30126" KID CRED "a0" PAY SIG, ERR_FORMAT, ERR_FORMAT, "no tag" },
	{ "d1845826a30126" KID CRED "a0" PAY SIG, ERR_FORMAT, ERR_FORMAT, "tag 17" },
	{ "d83dd2845826a30126" KID CRED "a0" PAY SIG, ERR_FORMAT, ERR_FORMAT, "tag 61 around" },
	{ "d2d2845826a30126" KID CRED "a0" PAY SIG, ERR_FORMAT, ERR_FORMAT, "tag 18 twice" },
	{ "d812845826a30126" KID CRED "a0" PAY SIG, ERR_FORMAT, OK, "tag 18 in two bytes" },
	{ "d29804" "5826a30126" KID CRED "a0" PAY SIG, ERR_FORMAT, OK, "array head in two bytes" },
	{ "d2835826a30126" KID CRED "a0" PAY, ERR_FORMAT, ERR_FORMAT, "three items" },
	{ "d2855826a30126" KID CRED "a0" PAY SIG "00", ERR_FORMAT, ERR_FORMAT, "five items" },
	{ "d284a30126" KID CRED "a0" PAY SIG, ERR_FORMAT, ERR_FORMAT, "protected header not wrapped" },
	{ "d2845827a30126" KID CRED "00a0" PAY SIG, ERR_FORMAT, ERR_FORMAT, "a byte after the header map" },
	{ "d2845826a30126" KID CRED "b800" PAY SIG, ERR_FORMAT, OK, "empty map in two bytes" },
	{ "d284582aa30126" KID LIST "a0" PAY SIG, OK, OK, "a status list" },
	{ "d28450a30126" KID "106161a0" PAY SIG, OK, OK, "a typ of others" },
	{ "", ERR_FORMAT, ERR_FORMAT, "nothing" },
};

static void
each_profile_takes_its_own_and_refuses_the_rest(void **state)
{
	(void)state;
	uint8_t room[ROOM];
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct buf in = BUF_OF(room);
		if (hex_decode(bytes_str(cases[i].hex), &in) != OK)
			fail_msg("not hex: %s", cases[i].why);
		struct cose c = { .alg = 77 };
		enum status ours = cose_decode(buf_view(&in), COSE_OURS, &c);
		if (ours != cases[i].ours || (ours != OK && c.alg != 77))
			fail_msg("row %zu, ours, %s: %s", i, cases[i].why, status_text(ours));
		enum status standard = cose_decode(buf_view(&in), COSE_STANDARD, &c);
		if (standard != cases[i].standard)
			fail_msg("row %zu, standard, %s: %s", i, cases[i].why, status_text(standard));
	}
}

static void
a_typ_of_others_is_unknown_but_shown(void **state)
{
	(void)state;
	uint8_t room[ROOM];
	struct buf in = BUF_OF(room);
	struct cose c;
	assert_int_equal(hex_decode(BYTES_LIT("d28450a30126" KID "106161a0" PAY SIG), &in), OK);
	assert_int_equal(cose_decode(buf_view(&in), COSE_OURS, &c), OK);
	assert_int_equal(c.typ, TYP_UNKNOWN);
	assert_true(bytes_eq(c.typ_seen, BYTES_LIT("a")));
}

static void
an_unprotected_kid_of_a_standard_object_is_seen(void **state)
{
	(void)state;
	uint8_t room[ROOM];
	struct buf in = BUF_OF(room);
	struct cose c;
	assert_int_equal(hex_decode(BYTES_LIT("d28443a10126a1044231310043a10102" SIG), &in), OK);
	assert_int_equal(cose_decode(buf_view(&in), COSE_STANDARD, &c), ERR_FORMAT); /* a byte too many after the kid */
	assert_int_equal(hex_decode(BYTES_LIT("d28443a10126a10442313143a10102" SIG), &in), OK);
	assert_int_equal(cose_decode(buf_view(&in), COSE_STANDARD, &c), OK);
	assert_true(bytes_eq(c.kid, BYTES_LIT("11")));
	assert_true(bytes_eq(c.protected_header, BYTES_LIT("\xa1\x01\x26")));
	assert_int_equal(c.typ_seen.len, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_typ_has_its_text_and_no_other),
		cmocka_unit_test(what_is_signed_decodes_to_what_went_in),
		cmocka_unit_test(the_bytes_are_those_of_the_format_document),
		cmocka_unit_test(a_signer_that_fails_is_passed_on_and_nothing_is_written),
		cmocka_unit_test(too_little_room_is_a_limit),
		cmocka_unit_test(every_truncation_and_a_trailing_byte_is_refused),
		cmocka_unit_test(every_flipped_bit_is_refused_or_changes_what_is_seen),
		cmocka_unit_test(each_profile_takes_its_own_and_refuses_the_rest),
		cmocka_unit_test(a_typ_of_others_is_unknown_but_shown),
		cmocka_unit_test(an_unprotected_kid_of_a_standard_object_is_seen),
	};
	return cmocka_run_group_tests_name("cose", tests, NULL, NULL);
}
