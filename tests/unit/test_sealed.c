/* sealed -- identity-card numbers go in, and only a person id comes out. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <setjmp.h>
#include <cmocka.h>

#include "base/limits.h"
#include "registry/sealed.h"
#include "tests/unit/support/scratch.h"

static const struct secret key = { "the sealed store's key" }, other_key = { "another store's key" };
static const enum profile profiles[] = { PROFILE_INTL, PROFILE_GM };
static const struct bytes number = { (const uint8_t *)"99000019850704321X", 18 };

static struct sealed *
opened(const char *dir, enum store_mode mode, enum profile profile)
{
	struct sealed *s = NULL;
	struct err err = { .status = OK };
	if (sealed_open(dir, mode, profile, &key, &s, &err) != OK)
		fail_msg("%s", err.text);
	return s;
}

static void
enter(struct sealed *s, struct bytes idnumber, uint8_t id[PERSON_ID_LEN], bool want_new)
{
	struct txn t;
	bool is_new = !want_new;
	assert_int_equal(sealed_begin_write(s, &t), OK);
	assert_int_equal(sealed_enter(s, &t, idnumber, id, &is_new), OK);
	assert_int_equal(is_new, want_new);
	assert_int_equal(txn_commit(&t), OK);
}

static void
in_each_profile(void (*test)(const char *dir, enum profile profile))
{
	for (size_t i = 0; i < COUNT(profiles); i++) {
		void *dir = NULL;
		assert_int_equal(scratch_make(&dir), 0);
		test(dir, profiles[i]);
		assert_int_equal(scratch_clear(&dir), 0);
	}
}

static void
enters_and_finds(const char *dir, enum profile profile)
{
	uint8_t first[PERSON_ID_LEN], again[PERSON_ID_LEN], other[PERSON_ID_LEN], found[PERSON_ID_LEN], shown[IDNUMBER_LEN];
	struct sealed *s = opened(dir, STORE_CREATE, profile);
	struct txn t;
	enter(s, number, first, true);
	enter(s, number, again, false);
	enter(s, BYTES_LIT("990000198507043211"), other, true);
	assert_memory_equal(first, again, PERSON_ID_LEN);
	assert_true(memcmp(first, other, PERSON_ID_LEN) != 0);
	sealed_close(s);
	s = opened(dir, STORE_READ, profile);
	assert_int_equal(sealed_begin_read(s, &t), OK);
	assert_int_equal(sealed_find(s, &t, number, found), OK);
	assert_memory_equal(found, first, PERSON_ID_LEN);
	assert_int_equal(sealed_find(s, &t, BYTES_LIT("990000198507043219"), found), ERR_NOT_FOUND);
	assert_int_equal(sealed_find(s, &t, (struct bytes){ number.ptr, 17 }, found), ERR_NOT_FOUND);
	assert_int_equal(sealed_find(s, &t, BYTES_LIT(""), found), ERR_NOT_FOUND);
	struct buf out = BUF_OF(shown);
	assert_int_equal(sealed_reveal(s, &t, (struct bytes){ first, PERSON_ID_LEN }, &out), OK);
	assert_true(bytes_eq(buf_view(&out), number));
	first[0] ^= 1;
	out.len = 0;
	assert_int_equal(sealed_reveal(s, &t, (struct bytes){ first, PERSON_ID_LEN }, &out), ERR_NOT_FOUND);
	txn_end(&t);
	sealed_close(s);
	sealed_close(NULL);
}

static void
a_number_gets_one_random_id_and_is_found_again(void **state)
{
	(void)state;
	in_each_profile(enters_and_finds);
}

static void
is_unreadable(const char *dir, enum profile profile)
{
	char path[256];
	uint8_t id[PERSON_ID_LEN];
	struct sealed *s = opened(dir, STORE_CREATE, profile);
	enter(s, number, id, true);
	sealed_close(s);
	(void)snprintf(path, sizeof(path), "%s/data.mdb", dir);
	assert_true(file_find(path, (struct bytes){ id, sizeof(id) }, 0) > 0); /* the file is looked at, indeed */
	assert_int_equal(file_find(path, number, 0), -1);
	assert_int_equal(file_find(path, (struct bytes){ number.ptr + 6, 8 }, 0), -1);
	struct digest plain;
	assert_int_equal(sha256(number, &plain), OK); /* found by a keyed hash: a list of all numbers does not help */
	assert_int_equal(file_find(path, (struct bytes){ plain.b, 8 }, 0), -1);
}

static void
neither_the_number_nor_a_hash_anyone_can_compute_is_in_the_file(void **state)
{
	(void)state;
	in_each_profile(is_unreadable);
}

static void
refuses_other_keys(const char *dir, enum profile profile)
{
	uint8_t id[PERSON_ID_LEN];
	const enum store_mode modes[] = { STORE_READ, STORE_WRITE };
	struct sealed *s = opened(dir, STORE_CREATE, profile);
	sealed_close(s);
	assert_int_equal(sealed_open(dir, STORE_WRITE, profile, &other_key, &s, NULL), OK); /* empty: any key */
	sealed_close(s);
	s = opened(dir, STORE_WRITE, profile);
	enter(s, number, id, true);
	sealed_close(s);
	for (size_t i = 0; i < COUNT(modes); i++) {
		struct err err = { .status = OK };
		struct sealed *none = NULL;
		assert_int_equal(sealed_open(dir, modes[i], profile, &other_key, &none, &err), ERR_DAMAGED);
		assert_non_null(strstr(err.text, "another store's key"));
		assert_int_equal(sealed_open(dir, modes[i], profile == PROFILE_GM ? PROFILE_INTL : PROFILE_GM, &key, &none, NULL), ERR_DAMAGED);
		assert_null(none);
	}
	s = opened(dir, STORE_WRITE, profile);
	enter(s, number, id, false);
	sealed_close(s);
}

static void
a_key_that_is_not_its_own_does_not_open_it_and_so_enters_nobody_twice(void **state)
{
	(void)state;
	in_each_profile(refuses_other_keys);
}

static void
what_is_no_number_is_not_sealed_and_nothing_stays_without_commit(void **state)
{
	uint8_t id[PERSON_ID_LEN];
	bool is_new;
	struct txn t;
	struct sealed *s = opened(*state, STORE_CREATE, PROFILE_INTL);
	assert_int_equal(sealed_begin_write(s, &t), OK);
	assert_int_equal(sealed_enter(s, &t, (struct bytes){ number.ptr, 17 }, id, &is_new), ERR_ARGUMENT);
	assert_int_equal(sealed_enter(s, &t, BYTES_LIT("99000019850704321X9"), id, &is_new), ERR_ARGUMENT);
	assert_int_equal(sealed_enter(s, &t, number, id, &is_new), OK);
	assert_int_equal(sealed_find(s, &t, number, id), OK);
	txn_end(&t);
	assert_int_equal(sealed_begin_read(s, &t), OK);
	assert_int_equal(sealed_find(s, &t, number, id), ERR_NOT_FOUND);
	txn_end(&t);
	sealed_close(s);
}

static void
a_hash_that_leads_to_another_row_or_to_none_is_damage(void **state)
{
	uint8_t a[PERSON_ID_LEN], b[PERSON_ID_LEN], found[PERSON_ID_LEN];
	struct sealed *s = opened(*state, STORE_CREATE, PROFILE_INTL);
	struct txn t;
	struct cursor c;
	struct bytes hash, id, of_a = { NULL, 0 };
	uint8_t kept[16];
	enter(s, number, a, true);
	enter(s, BYTES_LIT("990000198507043211"), b, true);
	assert_int_equal(sealed_begin_write(s, &t), OK);
	assert_int_equal(cursor_open(&t, SEALED_HASH, (struct bytes){ NULL, 0 }, &c), OK);
	while (cursor_next(&c, &hash, &id) == OK)
		if (memcmp(id.ptr, a, PERSON_ID_LEN) == 0) {
			memcpy(kept, hash.ptr, sizeof(kept));
			of_a = (struct bytes){ kept, hash.len };
		}
	cursor_close(&c);
	assert_int_equal(of_a.len, sizeof(kept));
	txn_put(&t, SEALED_HASH, of_a, (struct bytes){ b, PERSON_ID_LEN });
	assert_int_equal(sealed_find(s, &t, number, found), ERR_DAMAGED);
	txn_put(&t, SEALED_HASH, of_a, BYTES_LIT("nowhere!"));
	assert_int_equal(sealed_find(s, &t, number, found), ERR_DAMAGED);
	txn_put(&t, SEALED_HASH, of_a, BYTES_LIT("7 bytes"));
	assert_int_equal(sealed_find(s, &t, number, found), ERR_DAMAGED);
	txn_put(&t, SEALED_HASH, of_a, (struct bytes){ a, PERSON_ID_LEN });
	assert_int_equal(sealed_find(s, &t, number, found), OK);
	txn_end(&t);
	sealed_close(s);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_number_gets_one_random_id_and_is_found_again),
		cmocka_unit_test(neither_the_number_nor_a_hash_anyone_can_compute_is_in_the_file),
		cmocka_unit_test(a_key_that_is_not_its_own_does_not_open_it_and_so_enters_nobody_twice),
		cmocka_unit_test_setup_teardown(what_is_no_number_is_not_sealed_and_nothing_stays_without_commit, scratch_make, scratch_clear),
		cmocka_unit_test_setup_teardown(a_hash_that_leads_to_another_row_or_to_none_is_damage, scratch_make, scratch_clear),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
