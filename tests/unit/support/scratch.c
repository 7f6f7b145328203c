#include "tests/unit/support/scratch.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <dirent.h>
#include <sys/stat.h>
#include <unistd.h>
#include <setjmp.h>
#include <cmocka.h>

#include "base/file.h"
#include "base/limits.h"

int
scratch_make(void **state)
{
	const char *top = getenv("TMPDIR");
	char *dir = calloc(1, 128);
	assert_non_null(dir);
	(void)snprintf(dir, 128, "%.100s/yaopai-XXXXXX", top != NULL && strlen(top) <= 100 ? top : "/tmp");
	assert_non_null(mkdtemp(dir));
	*state = dir;
	return 0;
}

static int
remove_all(const char *path)
{
	char inner[512];
	DIR *d = opendir(path);
	if (d == NULL)
		return unlink(path);
	for (struct dirent *e; (e = readdir(d)) != NULL;) {
		if (strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0)
			continue;
		int n = snprintf(inner, sizeof(inner), "%s/%s", path, e->d_name);
		if (n > 0 && (size_t)n < sizeof(inner))
			(void)remove_all(inner);
	}
	(void)closedir(d);
	return rmdir(path);
}

int
scratch_clear(void **state)
{
	int gone = getenv("YAOPAI_KEEP") != NULL ? 0 : remove_all(*state); /* kept for tests/leak.sh */
	free(*state);
	return gone;
}

static void
itself_or_refused(recode f, struct bytes enc, const char *what, size_t at)
{
	static uint8_t mem[EVENT_LEN_MAX];
	struct bytes again = { NULL, 0 };
	if (f(enc, BUF_OF(mem), &again) == OK && !bytes_eq(enc, again))
		fail_msg("%s %zu: taken, but it encodes to other bytes", what, at);
}

void
record_is_canonical(recode f, struct bytes enc)
{
	static uint8_t out[EVENT_LEN_MAX], bent[EVENT_LEN_MAX + 1];
	struct bytes again = { NULL, 0 };
	assert_true(enc.len < sizeof(bent));
	assert_int_equal(f(enc, BUF_OF(out), &again), OK);
	assert_int_equal(again.len, enc.len);
	assert_memory_equal(again.ptr, enc.ptr, enc.len);
	for (size_t n = 0; n < enc.len; n++)
		if (f((struct bytes){ enc.ptr, n }, BUF_OF(out), &again) == OK)
			fail_msg("cut to %zu bytes it is taken", n);
	memcpy(bent, enc.ptr, enc.len);
	for (unsigned tail = 0; tail < 256; tail++) {
		bent[enc.len] = (uint8_t)tail;
		if (f((struct bytes){ bent, enc.len + 1 }, BUF_OF(out), &again) == OK)
			fail_msg("with a trailing byte %02x it is taken", tail);
	}
	for (size_t bit = 0; bit < enc.len * 8; bit++) {
		bent[bit / 8] ^= (uint8_t)(1u << bit % 8);
		itself_or_refused(f, (struct bytes){ bent, enc.len }, "bit", bit);
		bent[bit / 8] ^= (uint8_t)(1u << bit % 8);
	}
}

void
record_of_version_2_is_unsupported(recode f, struct bytes enc, size_t at)
{
	assert_true(at < enc.len);
	assert_int_equal(enc.ptr[at], 1);
	record_of_version_is_unsupported(f, enc, at, 2);
}

void
record_of_version_is_unsupported(recode f, struct bytes enc, size_t at, uint8_t version)
{
	static uint8_t out[EVENT_LEN_MAX], bent[EVENT_LEN_MAX];
	struct bytes again;
	assert_true(enc.len <= sizeof(bent) && at < enc.len && version < 24);
	memcpy(bent, enc.ptr, enc.len);
	bent[at] = version;
	assert_int_equal(f((struct bytes){ bent, enc.len }, BUF_OF(out), &again), ERR_UNSUPPORTED);
}

long
file_find(const char *path, struct bytes what, size_t n)
{
	struct buf file;
	long found = -1;
	assert_int_equal(file_load(path, 64u << 20, &file, NULL), OK);
	for (size_t i = 0; found < 0 && i + what.len <= file.len; i++)
		if (memcmp(file.ptr + i, what.ptr, what.len) == 0 && n-- == 0)
			found = (long)i;
	free(file.ptr);
	return found;
}

void
file_patch(const char *path, long at, struct bytes what)
{
	FILE *f = fopen(path, "r+b");
	assert_non_null(f);
	assert_int_equal(fseek(f, at, SEEK_SET), 0);
	assert_int_equal(fwrite(what.ptr, 1, what.len, f), what.len);
	assert_int_equal(fclose(f), 0);
}
