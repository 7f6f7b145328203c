/* wrap, kdf -- a secret under a passphrase: the right one opens it, a wrong one is told from a damaged file. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <stdlib.h>

#include "base/text.h"
#include "crypto/cbor.h"
#include "crypto/seal.h"
#include "crypto/wrap.h"
#include "tests/unit/support/scratch.h"

#define PASSPHRASE BYTES_LIT("seven invented words of an office")

static const struct secret secret = { "thirty-two bytes of the secret" };
static const enum profile profiles[] = { PROFILE_INTL, PROFILE_GM };
static const struct kdf_cost least_scrypt = { SCRYPT_LOG2_MIN, SCRYPT_BLOCK, 1 }, least_pbkdf2 = { PBKDF2_ITERATIONS_MIN, 0, 0 };

struct file { uint8_t b[WRAPPED_LEN_MAX]; struct buf buf; };

static const struct kdf_cost *
least(enum profile profile)
{
	return profile == PROFILE_GM ? &least_pbkdf2 : &least_scrypt;
}

static struct bytes
wrapped(struct file *f, enum profile profile)
{
	f->buf = BUF_OF(f->b);
	assert_int_equal(secret_wrap(profile, WRAP_SEAL, least(profile), PASSPHRASE, &secret, &f->buf), OK);
	return buf_view(&f->buf);
}

static enum status
opened(struct bytes file, struct bytes passphrase, const char *word)
{
	struct secret got = { { 0 } };
	struct err err = { .status = OK };
	enum status st = secret_unwrap(file, WRAP_SEAL, passphrase, &got, &err);
	static const struct secret none = { { 0 } };
	assert_memory_equal(&got, st == OK ? &secret : &none, sizeof(got)); /* written only on success */
	if (st != OK && (word == NULL || strstr(err.text, word) == NULL))
		fail_msg("wanted \"%s\": %s", word == NULL ? "success" : word, err.text);
	return st;
}

static void
the_passphrase_opens_it_and_no_other_does(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(profiles); i++) {
		struct file f, again;
		struct bytes file = wrapped(&f, profiles[i]), other = wrapped(&again, profiles[i]);
		assert_true(secret_is_wrapped(file));
		assert_int_equal(opened(file, PASSPHRASE, NULL), OK);
		assert_int_equal(opened(file, BYTES_LIT("seven invented words of an offic"), "passphrase is wrong"), ERR_CONFLICT);
		assert_int_equal(opened(file, BYTES_LIT("seven invented words of an office "), "passphrase is wrong"), ERR_CONFLICT);
		assert_int_equal(opened(file, BYTES_LIT(""), "passphrase is wrong"), ERR_CONFLICT);
		assert_false(bytes_eq(file, other)); /* another salt, another nonce */
		for (size_t at = 0; at + SECRET_LEN <= file.len; at++)
			assert_memory_not_equal(file.ptr + at, secret.b, 8);
	}
}

/* Only a change that also mends the digest is not told as damage. */
static void
every_flip_and_every_cut_is_damage_and_no_wrong_passphrase(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(profiles); i++) {
		struct file f;
		struct bytes file = wrapped(&f, profiles[i]);
		for (size_t bit = 0; bit < file.len * 8; bit++) {
			struct secret got;
			f.b[bit / 8] ^= (uint8_t)(1u << bit % 8);
			enum status st = secret_unwrap(file, WRAP_SEAL, PASSPHRASE, &got, NULL);
			if (st != ERR_DAMAGED && !(bit / 8 <= 16 && (st == ERR_FORMAT || st == ERR_UNSUPPORTED))) /* the magic: another file */
				fail_msg("bit %zu: status %d", bit, (int)st);
			f.b[bit / 8] ^= (uint8_t)(1u << bit % 8);
		}
		for (size_t n = 0; n < file.len; n++)
			assert_int_not_equal(secret_unwrap((struct bytes){ file.ptr, n }, WRAP_SEAL, PASSPHRASE, &(struct secret){ { 0 } }, NULL), OK);
		f.b[file.len] = 0;
		assert_int_equal(opened((struct bytes){ file.ptr, file.len + 1 }, PASSPHRASE, "damaged"), ERR_DAMAGED);
	}
}

/* A file made anew with one thing changed and a digest that holds. */
struct forgery { const char *what; uint64_t profile, kdf, cost, block, lanes; const char *purpose; size_t salt_len; enum status wanted; const char *word; };

static struct bytes
forged(const struct forgery *x, struct bytes sealed, uint8_t mem[WRAPPED_LEN_MAX])
{
	struct digest digest;
	struct bytes whole;
	struct cbor_writer w = cbor_writer((struct buf){ mem, WRAPPED_LEN_MAX, 0 });
	cbor_write_text(&w, BYTES_LIT("yp-wrapped-key-1"));
	cbor_write_array(&w, 9);
	cbor_write_uint(&w, x->profile);
	cbor_write_text(&w, bytes_str(x->purpose));
	cbor_write_uint(&w, x->kdf);
	cbor_write_uint(&w, x->cost);
	cbor_write_uint(&w, x->block);
	cbor_write_uint(&w, x->lanes);
	cbor_write_bytes(&w, (struct bytes){ (const uint8_t *)"0123456789abcdef", x->salt_len });
	cbor_write_bytes(&w, sealed);
	assert_int_equal(cbor_write_finish(&w, &whole), OK);
	assert_int_equal(sha256(whole, &digest), OK);
	cbor_write_bytes(&w, (struct bytes){ digest.b, 8 });
	assert_int_equal(cbor_write_finish(&w, &whole), OK);
	return whole;
}

static void
a_file_that_was_written_wrongly_is_refused_for_its_reason(void **state)
{
	(void)state;
	static const struct forgery table[] = {
		{ "nothing but the key behind it", 1, 1, 10, 8, 1, "seal", 16, ERR_CONFLICT, "passphrase is wrong" },
		{ "the greatest number of lanes", 1, 1, 10, 8, SCRYPT_LANES_MAX, "seal", 16, ERR_CONFLICT, "passphrase is wrong" },
		{ "one lane more", 1, 1, 10, 8, SCRYPT_LANES_MAX + 1, "seal", 16, ERR_LIMIT, "work" },
		{ "no lane", 1, 1, 10, 8, 0, "seal", 16, ERR_LIMIT, "work" },
		{ "too cheap", 1, 1, SCRYPT_LOG2_MIN - 1, 8, 1, "seal", 16, ERR_LIMIT, "work" },
		{ "more memory than a machine has", 1, 1, SCRYPT_LOG2_MAX + 1, 8, 1, "seal", 16, ERR_LIMIT, "work" },
		{ "64 and more bits of cost", 1, 1, 70, 8, 1, "seal", 16, ERR_LIMIT, "work" },
		{ "another block", 1, 1, 10, 9, 1, "seal", 16, ERR_LIMIT, "work" },
		{ "too few iterations", 2, 2, PBKDF2_ITERATIONS_MIN - 1, 0, 0, "seal", 16, ERR_LIMIT, "work" },
		{ "the fewest", 2, 2, PBKDF2_ITERATIONS_MIN, 0, 0, "seal", 16, ERR_CONFLICT, "passphrase is wrong" },
		{ "too many", 2, 2, PBKDF2_ITERATIONS_MAX + 1ull, 0, 0, "seal", 16, ERR_LIMIT, "work" },
		{ "a block without meaning", 2, 2, PBKDF2_ITERATIONS_MIN, 8, 0, "seal", 16, ERR_LIMIT, "work" },
		{ "a cost beyond 32 bits", 2, 2, 1ull << 32, 0, 0, "seal", 16, ERR_DAMAGED, "damaged" },
		{ "another purpose", 1, 1, 10, 8, 1, "check", 16, ERR_ARGUMENT, "wrapped check key" },
		{ "a purpose not known", 1, 1, 10, 8, 1, "root", 16, ERR_DAMAGED, "damaged" },
		{ "a profile not known", 3, 1, 10, 8, 1, "seal", 16, ERR_UNSUPPORTED, "newer" },
		{ "a derivation not known", 1, 3, 10, 8, 1, "seal", 16, ERR_UNSUPPORTED, "newer" },
		{ "the other profile's derivation", 2, 1, 10, 8, 1, "seal", 16, ERR_UNSUPPORTED, "newer" },
		{ "a short salt", 1, 1, 10, 8, 1, "seal", 15, ERR_DAMAGED, "damaged" },
	};
	uint8_t mem[WRAPPED_LEN_MAX], sealed[SECRET_LEN + SEAL_OVERHEAD_MAX] = { 0 };
	for (size_t i = 0; i < COUNT(table); i++) {
		struct bytes file = forged(&table[i], (struct bytes){ sealed, SECRET_LEN + 28 }, mem);
		print_message("%s\n", table[i].what);
		assert_int_equal(opened(file, PASSPHRASE, table[i].word), table[i].wanted);
	}
	struct bytes empty = forged(&table[0], (struct bytes){ sealed, 0 }, mem);
	assert_int_equal(opened(empty, PASSPHRASE, "passphrase is wrong"), ERR_CONFLICT);
	struct bytes longer = forged(&table[0], (struct bytes){ sealed, sizeof(sealed) }, mem);
	assert_int_equal(opened(longer, PASSPHRASE, "passphrase is wrong"), ERR_CONFLICT);
}

static void
what_is_no_wrapped_key_is_told_apart(void **state)
{
	(void)state;
	assert_false(secret_is_wrapped((struct bytes){ NULL, 0 }));
	assert_false(secret_is_wrapped(BYTES_LIT("p")));
	assert_false(secret_is_wrapped(BYTES_LIT("0123456789abcdef0123456789abcdef")));
	assert_true(secret_is_wrapped(BYTES_LIT("\x70yp-wrapped-key-1")));
	assert_int_equal(opened(BYTES_LIT("0123456789abcdef"), PASSPHRASE, "does not begin"), ERR_FORMAT);
	assert_int_equal(opened(BYTES_LIT("\x70yp-wrapped-key-2\x80"), PASSPHRASE, "newer version"), ERR_UNSUPPORTED);
	assert_int_equal(opened(BYTES_LIT("\x70yp-wrapped-key-1"), PASSPHRASE, "damaged"), ERR_DAMAGED);
}

static void
the_derivations_are_the_published_ones(void **state)
{
	(void)state;
	static const struct { enum kdf kdf; struct kdf_cost cost; const char *passphrase, *salt, *key; } vectors[] = {
		/* RFC 7914 12: the first 32 of 64 bytes */
		{ KDF_SCRYPT, { 10, 8, 16 }, "password", "NaCl", "fdbabe1c9d3472007856e7190d01e9fe7c6ad7cbc8237830e77376634b373162" },
		{ KDF_SCRYPT, { 14, 8, 1 }, "pleaseletmein", "SodiumChloride", "7023bdcb3afd7348461c06cd81fd38ebfda8fbba904f8e3ea9b543f6545da1f2" },
		/* Python's hashlib.pbkdf2_hmac("sm3", b"password", b"saltsaltsaltsalt", 4096) */
		{ KDF_PBKDF2_SM3, { 4096, 0, 0 }, "password", "saltsaltsaltsalt", "48c438faa96689ee9cee2267e734eab99522a2f0ced354b771405d0cb28ded14" },
	};
	for (size_t i = 0; i < COUNT(vectors); i++) {
		struct secret got;
		char hex[2 * SECRET_LEN + 1];
		assert_int_equal(secret_from_passphrase(vectors[i].kdf, &vectors[i].cost, bytes_str(vectors[i].passphrase), bytes_str(vectors[i].salt), &got), OK);
		hex_encode((struct bytes){ got.b, SECRET_LEN }, hex);
		assert_string_equal(hex, vectors[i].key);
	}
}

static void
the_default_costs_are_allowed_and_no_toy(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(profiles); i++) {
		struct kdf_cost cost = kdf_cost_default(kdf_of_profile(profiles[i]));
		assert_int_equal(kdf_cost_check(kdf_of_profile(profiles[i]), &cost), OK);
		assert_true(profiles[i] == PROFILE_GM ? cost.cost >= 500000 : cost.cost >= 16);
		struct file f = { .buf = { f.b, sizeof(f.b), 0 } };
		assert_int_equal(secret_wrap(profiles[i], WRAP_SEAL, NULL, PASSPHRASE, &secret, &f.buf), OK);
		assert_int_equal(opened(buf_view(&f.buf), PASSPHRASE, NULL), OK);
		f.buf.cap = f.buf.len; /* no room for a second one */
		size_t len = f.buf.len;
		assert_int_equal(secret_wrap(profiles[i], WRAP_SEAL, least(profiles[i]), PASSPHRASE, &secret, &f.buf), ERR_LIMIT);
		assert_int_equal(f.buf.len, len);
	}
	assert_int_equal(kdf_cost_check((enum kdf)3, &least_scrypt), ERR_UNSUPPORTED);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_passphrase_opens_it_and_no_other_does),
		cmocka_unit_test(every_flip_and_every_cut_is_damage_and_no_wrong_passphrase),
		cmocka_unit_test(a_file_that_was_written_wrongly_is_refused_for_its_reason),
		cmocka_unit_test(what_is_no_wrapped_key_is_told_apart),
		cmocka_unit_test(the_derivations_are_the_published_ones),
		cmocka_unit_test(the_default_costs_are_allowed_and_no_toy),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
