/* A device's public key as apps hand it in (crypto/devicekey.h). */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "base/text.h"
#include "crypto/der.h"
#include "crypto/devicekey.h"
#include "crypto/keyfile.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

/* The generator of P-256 (SEC 2 2.4.2): a point with an odd y. */
#define GX "6b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296"
#define GY "4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5"
#define SPKI_HEAD "3059301306072a8648ce3d020106082a8648ce3d030107034200"

static enum status
decode(const char *hex, uint8_t point[DEVICE_POINT_LEN], struct err *err)
{
	uint8_t mem[1024];
	struct buf in = BUF_OF(mem);
	assert_int_equal(hex_decode(bytes_str(hex), &in), OK);
	*err = (struct err){ .status = OK };
	return device_key_decode(buf_view(&in), point, err);
}

static void
a_point_and_a_spki_give_the_same_compressed_point(void **state)
{
	(void)state;
	static const char *const forms[] = { "03" GX, "04" GX GY, SPKI_HEAD "04" GX GY,
		"3039301306072a8648ce3d020106082a8648ce3d030107032200" "03" GX };
	for (size_t i = 0; i < COUNT(forms); i++) {
		uint8_t point[DEVICE_POINT_LEN];
		char hex[2 * DEVICE_POINT_LEN + 1];
		struct err err;
		assert_int_equal(decode(forms[i], point, &err), OK);
		hex_encode((struct bytes){ point, sizeof(point) }, hex);
		assert_string_equal(hex, "03" GX);
	}
}

static void
what_is_no_p256_key_is_refused_by_name(void **state)
{
	(void)state;
	static const struct { const char *hex; enum status want; const char *says, *why; } cases[] = {
		{ "", ERR_FORMAT, "0 bytes", "nothing" },
		{ "00", ERR_FORMAT, "1 bytes", "the point at infinity" },
		{ GX GY, ERR_FORMAT, "without the leading 04", "two bare coordinates" },
		{ "02" GX "00", ERR_FORMAT, "34 bytes", "34 bytes" },
		{ "05" GX, ERR_FORMAT, "33 bytes", "a first byte of 5" },
		{ "03" "0000000000000000000000000000000000000000000000000000000000000004", ERR_FORMAT, "point of the curve", "an x of no point" },
		{ "02" "ffffffff00000001000000000000000000000000ffffffffffffffffffffffff", ERR_FORMAT, "point of the curve", "an x of the field's size" },
		{ "04" GX GX, ERR_FORMAT, "point of the curve", "a point off the curve" },
		{ "06" GX GY, ERR_FORMAT, "point of the curve", "a hybrid point" },
		{ SPKI_HEAD "04" GX GY "00", ERR_FORMAT, "no P-256 public key", "a byte behind it" },
		{ SPKI_HEAD "04" GX GX, ERR_FORMAT, "point of the curve", "a key off the curve" },
		{ "3076301006072a8648ce3d020106052b81040022036200" "04" GX GX GX, ERR_UNSUPPORTED, "P-384", "P-384" },
		{ "3056301006072a8648ce3d020106052b8104000a034200" "04" GX GY, ERR_UNSUPPORTED, "secp256k1", "Bitcoin's curve" },
		{ "302a300506032b6570032100" GX, ERR_UNSUPPORTED, "Ed25519", "Ed25519" },
		{ "302a300506032b656e032100" GX, ERR_UNSUPPORTED, "X25519", "X25519" },
		{ "300402020100", ERR_FORMAT, "no P-256 public key", "a number of two bytes, which no private key begins with" },
		{ "300d06092a864886f70d0101010500", ERR_FORMAT, "", "an algorithm alone" },
		{ "3012300d06092a864886f70d01010105000301" "00", ERR_UNSUPPORTED, "RSA", "RSA" },
		{ "3026300d06092a864886f70d0101010500031500" GX, ERR_FORMAT, "", "RSA with a wrong length" },
		{ "300c300a06082a8648ce3d040302", ERR_UNSUPPORTED, "of another kind", "ECDSA with SHA-256, a signature's name" },
	};
	for (size_t i = 0; i < COUNT(cases); i++) {
		uint8_t point[DEVICE_POINT_LEN];
		struct err err;
		enum status st = decode(cases[i].hex, point, &err);
		if (st == OK || (cases[i].want != ERR_FORMAT && st != cases[i].want) || strstr(err.text, cases[i].says) == NULL)
			fail_msg("%s: %d, %s", cases[i].why, (int)st, err.text);
	}
}

static void
keys_of_other_kinds_as_this_library_writes_them_are_named(void **state)
{
	(void)state;
	static const struct { enum key_type type; const char *says; } cases[] = { { KEY_SM2, "SM2" }, { KEY_ED25519, "Ed25519" } };
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct private_key *key = NULL;
		uint8_t mem[256], point[DEVICE_POINT_LEN];
		struct buf spki = BUF_OF(mem);
		struct err err = { .status = OK };
		assert_int_equal(private_key_generate(cases[i].type, &key), OK);
		assert_int_equal(private_key_spki(key, &spki), OK);
		assert_int_equal(device_key_decode(buf_view(&spki), point, &err), ERR_UNSUPPORTED);
		assert_non_null(strstr(err.text, cases[i].says));
		private_key_free(key);
	}
}

static void
a_private_key_is_refused_and_not_repeated(void **state)
{
	(void)state;
	uint8_t point[DEVICE_POINT_LEN];
	struct err err; /* PKCS#8 and SEC1, cut short: what begins like one is one */
	assert_int_equal(decode("3041020100301306072a8648ce3d020106082a8648ce3d030107042730250201010420" GX, point, &err), ERR_FORMAT);
	assert_non_null(strstr(err.text, "private key"));
	assert_null(strstr(err.text, "6b17"));
	assert_int_equal(decode("30250201010420" GX, point, &err), ERR_FORMAT);
	assert_non_null(strstr(err.text, "private key"));
}

static void
every_truncation_and_flip_of_a_key_is_refused_or_another_point(void **state)
{
	(void)state;
	uint8_t mem[128], point[DEVICE_POINT_LEN], again[DEVICE_POINT_LEN];
	struct buf in = BUF_OF(mem);
	assert_int_equal(hex_decode(BYTES_LIT(SPKI_HEAD "04" GX GY), &in), OK);
	for (size_t n = 0; n < in.len; n++)
		assert_int_not_equal(device_key_decode((struct bytes){ mem, n }, point, NULL), OK);
	for (size_t bit = 0; bit < 8 * in.len; bit++) {
		mem[bit / 8] ^= (uint8_t)(1u << bit % 8);
		if (device_key_decode(buf_view(&in), point, NULL) == OK) /* a compressed form of itself is itself */
			assert_int_equal(device_key_decode((struct bytes){ point, sizeof(point) }, again, NULL), OK);
		mem[bit / 8] ^= (uint8_t)(1u << bit % 8);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_point_and_a_spki_give_the_same_compressed_point),
		cmocka_unit_test(what_is_no_p256_key_is_refused_by_name),
		cmocka_unit_test(keys_of_other_kinds_as_this_library_writes_them_are_named),
		cmocka_unit_test(a_private_key_is_refused_and_not_repeated),
		cmocka_unit_test(every_truncation_and_flip_of_a_key_is_refused_or_another_point),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
