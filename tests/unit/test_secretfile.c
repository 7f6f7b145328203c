/* secretfile, passphrase -- keys in files, in the clear and wrapped; where a passphrase may come from when nobody is at a terminal. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "tests/unit/support/scratch.h"
#include "tools/shared/secretfile.h"

#define WORDS "seven invented words"
static const struct secret secret = { "a key of thirty-two bytes" };

static const char *
path_of(void *dir, const char *name)
{
	static char paths[4][256];
	static size_t next;
	char *path = paths[next++ % 4];
	(void)snprintf(path, 256, "%s/%s", (const char *)dir, name);
	return path;
}

static void
put(const char *path, struct bytes data)
{
	assert_int_equal(file_save(path, data, 0600, NULL), OK);
}

static void
put_wrapped(const char *path, const char *words)
{
	uint8_t mem[WRAPPED_LEN_MAX];
	struct buf file = BUF_OF(mem);
	const struct kdf_cost least = { SCRYPT_LOG2_MIN, SCRYPT_BLOCK, 1 };
	assert_int_equal(secret_wrap(PROFILE_INTL, WRAP_SEAL, &least, bytes_str(words), &secret, &file), OK);
	put(path, buf_view(&file));
}

static void
assert_load(const char *path, struct passphrase *p, enum status wanted, bool is_wrapped, const char *word)
{
	struct secret got = { { 0 } };
	struct err err = { .status = OK };
	bool wrapped = !is_wrapped;
	assert_int_equal(secret_load(path, WRAP_SEAL, p, &got, wanted == OK ? &wrapped : NULL, &err), wanted);
	if (wanted == OK) {
		assert_memory_equal(&got, &secret, sizeof(got));
		assert_int_equal(wrapped, is_wrapped);
	} else if (strstr(err.text, word) == NULL)
		fail_msg("wanted \"%s\": %s", word, err.text);
}

static void
a_key_in_the_clear_is_loaded_without_a_passphrase(void **state)
{
	uint8_t mem[WRAPPED_LEN_MAX];
	struct buf file = BUF_OF(mem);
	struct passphrase nowhere = { .file = "/nonexistent" };
	const char *path = path_of(*state, "seal.key");
	assert_int_equal(secret_to_file(&secret, &file), OK);
	put(path, buf_view(&file));
	assert_load(path, &nowhere, OK, false, NULL);
	assert_int_equal(chmod(path, 0640), 0);
	assert_load(path, &nowhere, ERR_CONFLICT, false, "may be read by others");
	put(path, BYTES_LIT("00112233"));
	assert_load(path, &nowhere, ERR_FORMAT, false, "64 hex digits");
	put(path, (struct bytes){ file.ptr, 63 });
	assert_load(path, &nowhere, ERR_FORMAT, false, "64 hex digits");
	struct buf small = { mem, 64, 0 };
	assert_int_equal(secret_to_file(&secret, &small), ERR_LIMIT);
	assert_load(path_of(*state, "absent"), &nowhere, ERR_NOT_FOUND, false, "absent");
}

static void
a_wrapped_key_takes_the_passphrase_of_a_file_or_a_descriptor(void **state)
{
	static const char *const lines[] = { WORDS "\n", WORDS, WORDS "\r\n", WORDS "\nwhat stands behind\n" };
	const char *key = path_of(*state, "seal.key"), *words = path_of(*state, "words");
	char number[16];
	put_wrapped(key, WORDS);
	for (size_t i = 0; i < COUNT(lines); i++) {
		put(words, bytes_str(lines[i]));
		struct passphrase from_file = { .file = words };
		assert_load(key, &from_file, OK, true, NULL);
		assert_true(from_file.is_known);
		passphrase_clear(&from_file);
		assert_false(from_file.is_known);
		int fd = open(words, O_RDONLY | O_CLOEXEC);
		(void)snprintf(number, sizeof(number), "%d", fd);
		struct passphrase from_fd = { .fd = number };
		assert_load(key, &from_fd, OK, true, NULL);
		assert_load(key, &from_fd, OK, true, NULL); /* kept: the descriptor is read once */
		(void)close(fd);
		passphrase_clear(&from_fd);
		assert_load(key, &from_fd, ERR_ARGUMENT, true, "open file descriptor");
	}
}

static void
a_passphrase_that_cannot_be_had_or_is_wrong_is_told(void **state)
{
	static char longest[PASSPHRASE_LEN_MAX + 2];
	const char *key = path_of(*state, "seal.key"), *words = path_of(*state, "words");
	memset(longest, 'w', PASSPHRASE_LEN_MAX);
	put_wrapped(key, longest);
	struct passphrase p = { .file = words };
	assert_load(key, &p, ERR_NOT_FOUND, true, "words");
	put(words, bytes_str(longest));
	assert_load(key, &p, OK, true, NULL);
	passphrase_clear(&p);
	longest[PASSPHRASE_LEN_MAX] = 'w';
	put(words, bytes_str(longest));
	assert_load(key, &p, ERR_FORMAT, true, "too long");
	put(words, BYTES_LIT("\n" WORDS));
	assert_load(key, &p, ERR_FORMAT, true, "no passphrase in its first line");
	put(words, BYTES_LIT(WORDS));
	assert_load(key, &p, ERR_CONFLICT, true, "passphrase is wrong");
	assert_int_equal(chmod(words, 0604), 0);
	assert_load(key, &p, ERR_CONFLICT, true, "may be read by others");
	struct passphrase fd = { .fd = "three" };
	assert_load(key, &fd, ERR_ARGUMENT, true, "--passphrase-fd");
	file_patch(key, 40, BYTES_LIT("\xff\xff"));
	put(words, BYTES_LIT(WORDS));
	assert_load(key, &p, ERR_DAMAGED, true, "damaged");
}

static void
a_new_passphrase_is_long_enough_and_clean(void **state)
{
	static const struct { const char *words; enum status wanted; const char *word; } table[] = {
		{ "eleven char", ERR_FORMAT, "11 characters" },
		{ "twelve chars", OK, NULL },
		{ "\xe4\xb8\x80\xe4\xba\x8c\xe4\xb8\x89\xe5\x9b\x9b\xe4\xba\x94\xe5\x85\xad\xe4\xb8\x83\xe5\x85\xab\xe4\xb9\x9d\xe5\x8d\x81\xe7\x99\xbe", ERR_FORMAT, "11 characters" },
		{ "\xe4\xb8\x80\xe4\xba\x8c\xe4\xb8\x89\xe5\x9b\x9b\xe4\xba\x94\xe5\x85\xad\xe4\xb8\x83\xe5\x85\xab\xe4\xb9\x9d\xe5\x8d\x81\xe7\x99\xbe\xe5\x8d\x83", OK, NULL },
		{ "twelve\tcharacters", ERR_FORMAT, "invisible" },
		{ "twelve characters\xff", ERR_FORMAT, "UTF-8" },
	};
	const char *words = path_of(*state, "words");
	for (size_t i = 0; i < COUNT(table); i++) {
		struct passphrase p = { .file = words };
		struct err err = { .status = OK };
		put(words, bytes_str(table[i].words));
		assert_int_equal(passphrase_get_new(&p, "a key", &err), table[i].wanted);
		assert_true(table[i].word == NULL || strstr(err.text, table[i].word) != NULL);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_key_in_the_clear_is_loaded_without_a_passphrase, scratch_make, scratch_clear),
		cmocka_unit_test_setup_teardown(a_wrapped_key_takes_the_passphrase_of_a_file_or_a_descriptor, scratch_make, scratch_clear),
		cmocka_unit_test_setup_teardown(a_passphrase_that_cannot_be_had_or_is_wrong_is_told, scratch_make, scratch_clear),
		cmocka_unit_test_setup_teardown(a_new_passphrase_is_long_enough_and_clean, scratch_make, scratch_clear),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
