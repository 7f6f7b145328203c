/* file -- read bounded, written whole or not at all. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <dirent.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>
#include <setjmp.h>
#include <cmocka.h>

#include "base/file.h"

struct place { char dir[64], path[96]; };

static int
place_make(void **state)
{
	struct place *p = calloc(1, sizeof(*p));
	assert_non_null(p);
	const char *top = getenv("TMPDIR");
	(void)snprintf(p->dir, sizeof(p->dir), "%.40s/yaopai-XXXXXX", top != NULL && strlen(top) <= 40 ? top : "/tmp");
	assert_non_null(mkdtemp(p->dir));
	assert_int_equal(path_join(p->dir, "a", p->path, sizeof(p->path), NULL), OK);
	*state = p;
	return 0;
}

static size_t
entries(const char *dir, bool remove_them)
{
	size_t n = 0;
	char path[512];
	DIR *d = opendir(dir);
	assert_non_null(d);
	for (struct dirent *e; (e = readdir(d)) != NULL;) {
		if (strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0)
			continue;
		n++;
		(void)snprintf(path, sizeof(path), "%s/%s", dir, e->d_name);
		if (remove_them)
			(void)remove(path);
	}
	(void)closedir(d);
	return n;
}

static int
place_clear(void **state)
{
	struct place *p = *state;
	(void)entries(p->dir, true);
	int gone = rmdir(p->dir);
	free(p);
	return gone;
}

static void
holds(const char *path, struct bytes want)
{
	struct buf got = { 0 };
	assert_int_equal(file_load(path, 1u << 20, &got, NULL), OK);
	assert_true(bytes_eq(buf_view(&got), want));
	assert_int_equal(got.ptr[got.len], 0);
	free(got.ptr);
}

static void
what_is_saved_is_loaded_and_replaced_whole(void **state)
{
	struct place *p = *state;
	struct stat s;
	assert_int_equal(file_save(p->path, BYTES_LIT("first, and longer"), 0600, NULL), OK);
	holds(p->path, BYTES_LIT("first, and longer"));
	assert_int_equal(stat(p->path, &s), 0);
	assert_int_equal(s.st_mode & 07777, 0600);
	assert_int_equal(file_save(p->path, BYTES_LIT("second"), 0644, NULL), OK);
	holds(p->path, BYTES_LIT("second"));
	assert_int_equal(stat(p->path, &s), 0);
	assert_int_equal(s.st_mode & 07777, 0644);
	assert_int_equal(file_save(p->path, BYTES_LIT(""), 0644, NULL), OK);
	holds(p->path, BYTES_LIT(""));
	assert_int_equal(entries(p->dir, false), 1);
}

static void
many_files_are_saved_and_then_waited_for(void **state)
{
	struct place *p = *state;
	struct stat s;
	assert_int_equal(file_save_unsynced(p->path, BYTES_LIT("first"), 0600, NULL), OK);
	assert_int_equal(file_save_unsynced(p->path, BYTES_LIT("second"), 0600, NULL), OK);
	assert_int_equal(disk_sync(p->dir, NULL), OK);
	holds(p->path, BYTES_LIT("second"));
	assert_int_equal(stat(p->path, &s), 0);
	assert_int_equal(s.st_mode & 07777, 0600);
	assert_int_equal(entries(p->dir, false), 1);
	assert_int_equal(disk_sync("/nowhere/at/all", NULL), ERR_NOT_FOUND);
	assert_int_equal(disk_sync(p->path, NULL), ERR_SYSTEM); /* a file is no directory */
}

static void
a_large_file_comes_back(void **state)
{
	struct place *p = *state;
	size_t len = 300001;
	uint8_t *mem = malloc(len);
	assert_non_null(mem);
	for (size_t i = 0; i < len; i++)
		mem[i] = (uint8_t)(i * 31 + (i >> 8));
	assert_int_equal(file_save(p->path, (struct bytes){ mem, len }, 0644, NULL), OK);
	holds(p->path, (struct bytes){ mem, len });
	free(mem);
}

static void
a_file_is_loaded_up_to_the_limit_and_not_one_byte_more(void **state)
{
	struct place *p = *state;
	struct err err = { 0 };
	struct buf got = { 0 };
	assert_int_equal(file_save(p->path, BYTES_LIT("12345"), 0644, NULL), OK);
	assert_int_equal(file_load(p->path, 5, &got, &err), OK);
	assert_int_equal(got.len, 5);
	free(got.ptr);
	got = (struct buf){ 0 };
	assert_int_equal(file_load(p->path, 4, &got, &err), ERR_LIMIT);
	assert_null(got.ptr);
	assert_non_null(strstr(err.text, "longer than 4 bytes"));
}

static void
a_file_without_a_known_size_is_bounded_too(void **state)
{
	(void)state;
	struct buf got = { 0 };
	assert_int_equal(file_load("/dev/zero", 70000, &got, NULL), ERR_LIMIT);
	assert_null(got.ptr);
	assert_int_equal(file_load("/dev/null", 0, &got, NULL), OK);
	assert_int_equal(got.len, 0);
	assert_int_equal(got.ptr[0], 0);
	free(got.ptr);
}

static void
a_pipe_is_loaded_up_to_the_limit_and_not_one_byte_more(void **state)
{
	(void)state;
	for (size_t most = 4; most <= 5; most++) {
		int ends[2];
		char path[32];
		struct buf got = { 0 };
		assert_int_equal(pipe(ends), 0);
		assert_int_equal(write(ends[1], "12345", 5), 5);
		assert_int_equal(close(ends[1]), 0);
		(void)snprintf(path, sizeof(path), "/dev/fd/%d", ends[0]);
		assert_int_equal(file_load(path, most, &got, NULL), most < 5 ? ERR_LIMIT : OK);
		assert_int_equal(got.len, most < 5 ? 0 : 5);
		free(got.ptr);
		assert_int_equal(close(ends[0]), 0);
	}
}

static void
what_cannot_be_loaded_says_why(void **state)
{
	struct place *p = *state;
	struct buf got = { 0 };
	struct err absent = { 0 }, directory = { 0 };
	assert_int_equal(file_load(p->path, 10, &got, &absent), ERR_NOT_FOUND);
	assert_non_null(strstr(absent.text, p->path));
	assert_int_equal(file_load(p->dir, 1 << 20, &got, &directory), ERR_SYSTEM);
	assert_non_null(strstr(directory.text, "is a directory"));
	assert_null(got.ptr);
}

static void
creating_refuses_an_existing_file_and_leaves_it(void **state)
{
	struct place *p = *state;
	struct err err = { 0 };
	struct stat s;
	assert_int_equal(file_create(p->path, BYTES_LIT("first"), 0400, NULL), OK);
	assert_int_equal(stat(p->path, &s), 0);
	assert_int_equal(s.st_mode & 07777, 0400);
	assert_int_equal(s.st_nlink, 1);
	assert_int_equal(file_create(p->path, BYTES_LIT("second"), 0644, &err), ERR_CONFLICT);
	assert_non_null(strstr(err.text, p->path));
	holds(p->path, BYTES_LIT("first"));
	assert_int_equal(entries(p->dir, false), 1);
}

static void
saving_where_there_is_no_directory_fails(void **state)
{
	struct place *p = *state;
	char path[128];
	struct err err = { 0 };
	assert_int_equal(path_join(p->path, "b", path, sizeof(path), NULL), OK);
	assert_int_equal(file_save(path, BYTES_LIT("x"), 0644, &err), ERR_NOT_FOUND);
	assert_true(strlen(err.text) > 0);
	assert_int_equal(entries(p->dir, false), 0);
}

static void
a_save_that_fails_keeps_the_old_file_and_leaves_nothing_behind(void **state)
{
	struct place *p = *state;
	uint8_t big[8192] = { 0 };
	struct err err = { 0 };
	struct rlimit was, small;
	assert_int_equal(file_save(p->path, BYTES_LIT("the old one"), 0644, NULL), OK);
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &was), 0);
	small = was;
	small.rlim_cur = 4096; /* stands in for a full disk: write() takes part of it, then refuses */
	void (*handler)(int) = signal(SIGXFSZ, SIG_IGN);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
	enum status st = file_save(p->path, (struct bytes){ big, sizeof(big) }, 0644, &err);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &was), 0);
	(void)signal(SIGXFSZ, handler);
	assert_int_equal(st, ERR_SYSTEM);
	assert_non_null(strstr(err.text, "cannot write"));
	holds(p->path, BYTES_LIT("the old one"));
	assert_int_equal(entries(p->dir, false), 1);
}

static void
a_link_under_the_temporary_name_is_not_followed(void **state)
{
	struct place *p = *state;
	char temp[128], other[128];
	assert_int_equal(path_join(p->dir, "other", other, sizeof(other), NULL), OK);
	assert_int_equal(file_save(other, BYTES_LIT("not to be touched"), 0644, NULL), OK);
	(void)snprintf(temp, sizeof(temp), "%s.%ld.tmp", p->path, (long)getpid());
	assert_int_equal(symlink(other, temp), 0);
	assert_int_equal(file_save(p->path, BYTES_LIT("x"), 0644, NULL), OK);
	holds(p->path, BYTES_LIT("x"));
	holds(other, BYTES_LIT("not to be touched"));
	assert_int_equal(entries(p->dir, false), 2);
}

static void
saving_over_a_directory_fails_and_leaves_nothing_behind(void **state)
{
	struct place *p = *state;
	assert_int_equal(dir_make(p->path, 0700, NULL), OK);
	assert_int_equal(file_save(p->path, BYTES_LIT("x"), 0644, NULL), ERR_SYSTEM);
	assert_int_equal(entries(p->dir, false), 1);
}

static void
a_directory_is_made_once_and_may_be_there(void **state)
{
	struct place *p = *state;
	struct stat s;
	struct err err = { 0 };
	assert_int_equal(dir_make(p->path, 0700, NULL), OK);
	assert_int_equal(dir_make(p->path, 0755, NULL), OK);
	assert_int_equal(stat(p->path, &s), 0);
	assert_int_equal(s.st_mode & 07777, 0700);
	assert_int_equal(rmdir(p->path), 0);
	assert_int_equal(file_save(p->path, BYTES_LIT("x"), 0644, NULL), OK);
	assert_int_equal(dir_make(p->path, 0700, &err), ERR_CONFLICT);
}

static void
a_path_is_joined_if_it_fits(void **state)
{
	(void)state;
	char out[8];
	struct err err = { 0 };
	assert_int_equal(path_join("abc", "def", out, 8, NULL), OK);
	assert_string_equal(out, "abc/def");
	assert_int_equal(path_join("abc", "defg", out, 8, &err), ERR_LIMIT);
	assert_non_null(strstr(err.text, "too long"));
}

static void
a_path_too_long_to_have_a_temporary_file_is_refused(void **state)
{
	(void)state;
	char path[4200];
	memset(path, 'x', sizeof(path) - 1);
	path[sizeof(path) - 1] = '\0';
	assert_int_equal(file_save(path, BYTES_LIT("x"), 0644, NULL), ERR_LIMIT);
}

#define IN_A_PLACE(f) cmocka_unit_test_setup_teardown(f, place_make, place_clear)

static void
what_is_wiped_is_gone_and_its_bytes_are_overwritten(void **state)
{
	struct place *p = *state;
	char other[128], text[8000];
	struct buf in = { 0 };
	memset(text, 'k', sizeof(text));
	struct bytes secret = { (const uint8_t *)text, sizeof(text) };
	assert_int_equal(file_save(p->path, secret, 0600, NULL), OK);
	FILE *open_before = fopen(p->path, "r"); /* sees the same bytes as the disk */
	assert_non_null(open_before);
	assert_int_equal(file_wipe(p->path, NULL), OK);
	assert_int_equal(access(p->path, F_OK), -1);
	assert_int_equal(fread(text, 1, sizeof(text), open_before), sizeof(text));
	for (size_t i = 0; i < sizeof(text); i++)
		assert_int_equal(text[i], 0);
	(void)fclose(open_before);
	struct err err = { .status = OK };
	assert_int_equal(file_wipe(p->path, &err), ERR_NOT_FOUND);
	assert_int_equal(file_wipe(p->dir, &err), ERR_SYSTEM);
	(void)snprintf(other, sizeof(other), "%s/b", p->dir); /* under a second name the bytes stay */
	memset(text, 'k', sizeof(text));
	assert_int_equal(file_save(p->path, secret, 0600, NULL), OK);
	assert_int_equal(link(p->path, other), 0);
	assert_int_equal(file_wipe(p->path, NULL), OK);
	assert_int_equal(file_load(other, sizeof(text), &in, NULL), OK);
	assert_true(bytes_eq(buf_view(&in), secret));
	free(in.ptr);
	assert_int_equal(dir_sync(p->dir, NULL), OK);
	assert_int_equal(dir_sync(p->path, NULL), ERR_NOT_FOUND);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		IN_A_PLACE(what_is_saved_is_loaded_and_replaced_whole),
		IN_A_PLACE(many_files_are_saved_and_then_waited_for),
		IN_A_PLACE(a_large_file_comes_back),
		IN_A_PLACE(a_file_is_loaded_up_to_the_limit_and_not_one_byte_more),
		cmocka_unit_test(a_file_without_a_known_size_is_bounded_too),
		cmocka_unit_test(a_pipe_is_loaded_up_to_the_limit_and_not_one_byte_more),
		IN_A_PLACE(what_cannot_be_loaded_says_why),
		IN_A_PLACE(creating_refuses_an_existing_file_and_leaves_it),
		IN_A_PLACE(saving_where_there_is_no_directory_fails),
		IN_A_PLACE(a_save_that_fails_keeps_the_old_file_and_leaves_nothing_behind),
		IN_A_PLACE(a_link_under_the_temporary_name_is_not_followed),
		IN_A_PLACE(saving_over_a_directory_fails_and_leaves_nothing_behind),
		IN_A_PLACE(a_directory_is_made_once_and_may_be_there),
		cmocka_unit_test(a_path_is_joined_if_it_fits),
		cmocka_unit_test(a_path_too_long_to_have_a_temporary_file_is_refused),
		IN_A_PLACE(what_is_wiped_is_gone_and_its_bytes_are_overwritten),
	};
	return cmocka_run_group_tests_name("file", tests, NULL, NULL);
}
