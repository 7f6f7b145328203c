/* sitelog -- appending: all or nothing, by several at once, through power cuts and full disks. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include <setjmp.h>
#include <cmocka.h>

#include "base/file.h"
#include "tests/unit/support/logs.h"
#include "tests/unit/support/scratch.h"

static char log_path[200], head_path[220], told[1000];

static int
setup(void **state)
{
	int made = scratch_make(state);
	(void)snprintf(log_path, sizeof(log_path), "%s/log", (char *)*state);
	(void)snprintf(head_path, sizeof(head_path), "%s/log.head", (char *)*state);
	told[0] = '\0';
	return made;
}

static void
hear(void *ctx, const char *sentence)
{
	(void)ctx;
	(void)snprintf(told + strlen(told), sizeof(told) - strlen(told), "%s\n", sentence);
}

static const struct sitelog_options options = { .now_unix_s = LOGS_T0 + 5000, .say = hear };

static struct buf
load(const char *path)
{
	struct buf file = { 0 };
	assert_int_equal(file_load(path, 16 << 20, &file, NULL), OK);
	return file;
}

static off_t
size_of(const char *path)
{
	struct stat s;
	return stat(path, &s) == 0 ? s.st_size : -1;
}

static enum status
audit(const char *path, struct sitelog_report *r)
{
	struct sitelog_audit *a = NULL;
	enum status st = sitelog_audit_open(path, &a, NULL);
	if (st == OK)
		st = sitelog_audit_run(a, NULL, 0, NULL, NULL, r, NULL);
	sitelog_audit_close(a);
	return st;
}

static void
assert_whole(uint64_t checks, uint64_t repairs)
{
	struct sitelog_report r;
	assert_int_equal(audit(log_path, &r), OK);
	assert_int_equal(r.checks, checks);
	assert_int_equal(r.repairs, repairs);
	assert_true(r.head_checked);
	assert_int_equal(r.head_behind, 0);
}

/* Open it and close it again: what using a log does to it. */
static enum status
use(struct err *err)
{
	struct sitelog *log = NULL;
	enum status st = sitelog_open(log_path, &options, &log, err);
	sitelog_close(log);
	return st;
}

/* ---- appending ---- */

static void
a_log_begins_and_goes_on(void **state)
{
	(void)state;
	struct stat s;
	assert_int_equal(use(NULL), OK);
	assert_whole(0, 0);
	assert_int_equal(stat(log_path, &s), 0);
	assert_int_equal(s.st_mode & 07777, 0600);
	assert_int_equal(stat(head_path, &s), 0);
	assert_int_equal(s.st_mode & 07777, 0600);
	assert_int_equal(logs_append(log_path, 0, 3, 1), OK);
	assert_whole(3, 0);
	assert_int_equal(logs_append(log_path, 3, 7, 5), OK);
	assert_whole(10, 0);
	assert_string_equal(told, "");
}

static void
appending_nothing_changes_nothing(void **state)
{
	(void)state;
	struct sitelog *log = NULL;
	assert_int_equal(sitelog_open(log_path, &options, &log, NULL), OK);
	off_t before = size_of(log_path);
	assert_int_equal(sitelog_append(log, NULL, 0, NULL), OK);
	assert_int_equal(size_of(log_path), before);
	sitelog_close(log);
}

static void
a_long_list_is_one_append(void **state)
{
	(void)state;
	assert_int_equal(logs_append(log_path, 0, 20000, 20000), OK); /* ten times the writing buffer */
	assert_whole(20000, 0);
}

static void
one_bad_entry_and_none_is_logged(void **state)
{
	(void)state;
	struct sitelog *log = NULL;
	struct err err = { 0 };
	struct sitelog_entry entries[3] = { logs_check(0), logs_check(1), logs_check(2) };
	entries[2].site = BYTES_LIT("a\tb");
	assert_int_equal(sitelog_open(log_path, &options, &log, NULL), OK);
	off_t before = size_of(log_path);
	assert_int_equal(sitelog_append(log, entries, 3, &err), ERR_ARGUMENT);
	assert_non_null(strstr(err.text, "site"));
	assert_int_equal(size_of(log_path), before);
	assert_int_equal(sitelog_append(log, entries, 2, NULL), OK);
	sitelog_close(log);
	assert_whole(2, 0);
}

static void
a_group_comes_with_its_members(void **state)
{
	(void)state;
	struct sitelog *log = NULL;
	struct sitelog_entry group = { .kind = SITELOG_GROUP, .time_unix_s = LOGS_T0, .verdict = 1, .members = 2 };
	struct sitelog_entry whole[] = { logs_check(0), group, logs_check(1), logs_check(2), logs_check(3) };
	struct sitelog_entry nested[] = { group, logs_check(1), group };
	assert_int_equal(sitelog_open(log_path, &options, &log, NULL), OK);
	assert_int_equal(sitelog_append(log, whole, 3, NULL), ERR_ARGUMENT);
	assert_int_equal(sitelog_append(log, whole, 2, NULL), ERR_ARGUMENT);
	assert_int_equal(sitelog_append(log, nested, 3, NULL), ERR_ARGUMENT);
	assert_int_equal(sitelog_append(log, whole, 5, NULL), OK);
	sitelog_close(log);
	assert_whole(4, 0);
}

static void
two_handles_take_turns(void **state)
{
	(void)state;
	struct sitelog *a = NULL, *b = NULL;
	assert_int_equal(sitelog_open(log_path, &options, &a, NULL), OK);
	assert_int_equal(sitelog_open(log_path, &options, &b, NULL), OK);
	for (uint64_t i = 0; i < 20; i++) {
		struct sitelog_entry e = logs_check(i);
		assert_int_equal(sitelog_append(i % 3 == 0 ? a : b, &e, 1, NULL), OK);
	}
	sitelog_close(a);
	sitelog_close(b);
	assert_whole(20, 0);
}

static void
four_processes_append_at_once(void **state)
{
	(void)state;
	enum { PROCESSES = 4, EACH = 60 };
	pid_t pids[PROCESSES];
	for (int p = 0; p < PROCESSES; p++) {
		pids[p] = fork();
		assert_true(pids[p] >= 0);
		if (pids[p] == 0)
			_exit(logs_append(log_path, (uint64_t)p * EACH, EACH, 3) == OK ? 0 : 1);
	}
	for (int p = 0; p < PROCESSES; p++) {
		int status = -1;
		assert_int_equal(waitpid(pids[p], &status, 0), pids[p]);
		assert_int_equal(status, 0);
	}
	struct sitelog_report r;
	assert_int_equal(audit(log_path, &r), OK);
	assert_int_equal(r.checks, PROCESSES * EACH);
}

static void
on_a_full_disk_nothing_is_logged_and_the_log_stays_good(void **state)
{
	(void)state;
	struct sitelog *log = NULL;
	struct rlimit was, small;
	struct err err = { 0 };
	assert_int_equal(logs_append(log_path, 0, 5, 5), OK);
	off_t before = size_of(log_path);
	static struct sitelog_entry many[4000];
	for (size_t i = 0; i < 4000; i++)
		many[i] = logs_check(5 + i);
	assert_int_equal(sitelog_open(log_path, &options, &log, NULL), OK);
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &was), 0);
	for (int room = 1; room < 400000; room = room * 3 + 7) { /* in the first record, later ones, and the second buffer */
		small = was;
		small.rlim_cur = (rlim_t)(before + room);
		void (*handler)(int) = signal(SIGXFSZ, SIG_IGN);
		assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
		enum status st = sitelog_append(log, many, 4000, &err);
		assert_int_equal(setrlimit(RLIMIT_FSIZE, &was), 0);
		(void)signal(SIGXFSZ, handler);
		assert_int_equal(st, ERR_SYSTEM);
		assert_non_null(strstr(err.text, "make room"));
		assert_int_equal(size_of(log_path), before);
		assert_whole(5, 0);
	}
	assert_int_equal(sitelog_append(log, many, 4000, NULL), OK);
	sitelog_close(log);
	assert_whole(4005, 0);
	assert_string_equal(told, "");
}

static void
a_path_too_long_or_empty_and_a_place_that_is_none_are_refused(void **state)
{
	static char path[SITELOG_PATH_MAX + 2];
	struct sitelog *log = NULL;
	struct err err = { 0 };
	memset(path, 'x', SITELOG_PATH_MAX + 1);
	assert_int_equal(sitelog_open(path, &options, &log, &err), ERR_LIMIT);
	assert_int_equal(sitelog_open("", &options, &log, NULL), ERR_LIMIT);
	(void)snprintf(path, sizeof(path), "%s/none/log", (char *)*state);
	err = (struct err){ 0 };
	assert_int_not_equal(sitelog_open(path, &options, &log, &err), OK);
	assert_non_null(strstr(err.text, "none/log"));
	assert_int_not_equal(sitelog_open(*state, &options, &log, NULL), OK); /* a directory */
	assert_null(log);
}

/* ---- power cuts ---- */

/* A log of three with the head of two, as after a power cut while the third was being written. */
static struct buf
cut_short(off_t *second_end)
{
	assert_int_equal(logs_append(log_path, 0, 2, 1), OK);
	*second_end = size_of(log_path);
	struct buf head = load(head_path);
	assert_int_equal(logs_append(log_path, 2, 1, 1), OK);
	logs_save(head_path, head.ptr, head.len);
	free(head.ptr);
	return load(log_path);
}

static void
a_record_cut_at_any_byte_is_moved_aside_and_that_is_told(void **state)
{
	char aside[240];
	off_t second_end;
	struct buf whole = cut_short(&second_end), head = load(head_path);
	(void)snprintf(aside, sizeof(aside), "%s/log.torn-3", (char *)*state);
	for (size_t cut = (size_t)second_end + 1; cut < whole.len; cut++) {
		logs_save(log_path, whole.ptr, cut);
		logs_save(head_path, head.ptr, head.len);
		told[0] = '\0';
		assert_int_equal(logs_append(log_path, 2, 0, 1), OK); /* nobody listens: mended all the same */
		assert_whole(2, 1);
		struct buf torn = load(aside);
		assert_int_equal(torn.len, cut - (size_t)second_end);
		assert_memory_equal(torn.ptr, whole.ptr + second_end, torn.len);
		free(torn.ptr);
		assert_int_equal(unlink(aside), 0);
	}
	logs_save(log_path, whole.ptr, whole.len - 1);
	logs_save(head_path, head.ptr, head.len);
	assert_int_equal(use(NULL), OK);
	assert_non_null(strstr(told, "log.torn-3"));
	free(whole.ptr);
	free(head.ptr);
}

static void
torn_bytes_never_replace_torn_bytes(void **state)
{
	char first[240], second[240];
	off_t second_end;
	struct buf whole = cut_short(&second_end), head = load(head_path);
	(void)snprintf(first, sizeof(first), "%s/log.torn-3", (char *)*state);
	(void)snprintf(second, sizeof(second), "%s/log.torn-3.2", (char *)*state);
	for (size_t cut = whole.len - 2; cut < whole.len; cut++) {
		logs_save(log_path, whole.ptr, cut);
		logs_save(head_path, head.ptr, head.len);
		assert_int_equal(use(NULL), OK);
	}
	assert_int_equal(size_of(first), (off_t)whole.len - second_end - 2);
	assert_int_equal(size_of(second), (off_t)whole.len - second_end - 1);
	free(whole.ptr);
	free(head.ptr);
}

static void
a_whole_record_beyond_the_head_stays(void **state)
{
	(void)state;
	off_t second_end;
	struct buf whole = cut_short(&second_end);
	struct sitelog_report r;
	assert_int_equal(audit(log_path, &r), OK);
	assert_int_equal(r.head_behind, 1);
	assert_int_equal(use(NULL), OK);
	assert_int_equal(logs_append(log_path, 3, 1, 1), OK);
	assert_whole(4, 0);
	free(whole.ptr);
}

static void
zeros_that_a_file_system_left_are_moved_aside(void **state)
{
	(void)state;
	off_t second_end;
	struct buf whole = cut_short(&second_end), head = load(head_path);
	uint8_t *longer = calloc(1, whole.len + 70000);
	assert_non_null(longer);
	for (size_t kept = (size_t)second_end; kept < whole.len; kept += 9) {
		memset(longer, 0, whole.len + 70000);
		memcpy(longer, whole.ptr, kept);
		for (size_t zeros = 1; zeros < 70000; zeros = zeros * 20 + 3) {
			logs_save(log_path, longer, kept + zeros);
			logs_save(head_path, head.ptr, head.len);
			assert_int_equal(use(NULL), OK);
			assert_whole(2, 1);
		}
	}
	free(longer);
	free(whole.ptr);
	free(head.ptr);
}

static void
rubbish_at_the_end_is_no_power_cut_and_is_left_alone(void **state)
{
	(void)state;
	static const struct { const char *why; uint8_t b[4]; size_t n; } rubbish[] = {
		{ "a text", { 0x63, 'a', 'b', 'c' }, 4 }, { "an array of another length", { 0x8d, 1 }, 2 }, { "0xff", { 0xff }, 1 },
		{ "zeros and then more", { 0, 0, 0, 7 }, 4 }, { "a record of version 2, begun", { 0x8e, 0xa0, 9 }, 3 },
	};
	assert_int_equal(logs_append(log_path, 0, 2, 1), OK);
	struct buf good = load(log_path);
	for (size_t i = 0; i < sizeof(rubbish) / sizeof(rubbish[0]); i++) {
		uint8_t mem[4096];
		struct err err = { 0 };
		memcpy(mem, good.ptr, good.len);
		memcpy(mem + good.len, rubbish[i].b, rubbish[i].n);
		logs_save(log_path, mem, good.len + rubbish[i].n);
		if (use(&err) != ERR_DAMAGED || strstr(err.text, "no record") == NULL || size_of(log_path) != (off_t)(good.len + rubbish[i].n))
			fail_msg("%s: %s", rubbish[i].why, err.text);
	}
	free(good.ptr);
}

static void
what_the_head_names_was_on_the_disk_so_its_loss_is_no_power_cut(void **state)
{
	(void)state;
	assert_int_equal(logs_append(log_path, 0, 3, 1), OK);
	struct buf whole = load(log_path);
	for (size_t cut = 0; cut < whole.len; cut++) {
		struct err err = { 0 };
		logs_save(log_path, whole.ptr, cut);
		if (use(&err) == OK || err.text[0] == '\0')
			fail_msg("cut to %zu bytes it is taken", cut);
		assert_int_equal(size_of(log_path), (off_t)cut);
	}
	assert_int_equal(unlink(log_path), 0);
	struct err err = { 0 };
	assert_int_equal(use(&err), ERR_DAMAGED);
	assert_non_null(strstr(err.text, "is gone"));
	free(whole.ptr);
}

static void
a_log_that_shrinks_under_an_open_handle_is_noticed(void **state)
{
	(void)state;
	struct sitelog *log = NULL;
	struct sitelog_entry e = logs_check(0);
	assert_int_equal(sitelog_open(log_path, &options, &log, NULL), OK);
	assert_int_equal(sitelog_append(log, &e, 1, NULL), OK);
	assert_int_equal(truncate(log_path, size_of(log_path) - 1), 0);
	assert_int_equal(sitelog_append(log, &e, 1, NULL), ERR_DAMAGED);
	sitelog_close(log);
}

static void
a_last_record_that_was_changed_is_noticed_when_the_log_is_next_used(void **state)
{
	(void)state;
	assert_int_equal(logs_append(log_path, 0, 3, 1), OK);
	struct buf whole = load(log_path);
	for (size_t back = 1; back < 130; back += 8) {
		whole.ptr[whole.len - back] ^= 1;
		logs_save(log_path, whole.ptr, whole.len);
		assert_int_equal(use(NULL), ERR_DAMAGED);
		whole.ptr[whole.len - back] ^= 1;
	}
	free(whole.ptr);
}

static void
a_head_lost_or_damaged_is_made_again_and_leaves_a_record(void **state)
{
	(void)state;
	assert_int_equal(logs_append(log_path, 0, 3, 3), OK);
	assert_int_equal(unlink(head_path), 0);
	assert_int_equal(use(NULL), OK);
	assert_non_null(strstr(told, "made again"));
	assert_whole(3, 1);
	assert_int_equal(truncate(head_path, 20), 0);
	assert_int_equal(use(NULL), OK);
	assert_whole(3, 2);
	assert_int_equal(use(NULL), OK);
	assert_whole(3, 2);
}

static void
killed_at_any_moment_the_log_goes_on(void **state)
{
	(void)state;
	uint64_t promised = 0;
	for (unsigned round = 0; round < 25; round++) {
		int ends[2];
		assert_int_equal(pipe(ends), 0);
		pid_t pid = fork();
		assert_true(pid >= 0);
		if (pid == 0) {
			for (uint64_t i = 0;; i++)
				if (logs_append(log_path, i, 40, 40) != OK || write(ends[1], "x", 1) != 1)
					_exit(1);
		}
		(void)close(ends[1]);
		char c;
		if (round % 2 == 0) { /* some are killed while they begin, the others once they are at it */
			assert_int_equal(read(ends[0], &c, 1), 1);
			promised += 40;
		}
		(void)usleep(1000 + 2111 * (round % 9));
		assert_int_equal(kill(pid, SIGKILL), 0);
		assert_int_equal(waitpid(pid, NULL, 0), pid);
		while (read(ends[0], &c, 1) == 1)
			promised += 40;
		(void)close(ends[0]);
		struct sitelog_report r;
		assert_int_equal(use(NULL), OK);
		assert_int_equal(audit(log_path, &r), OK);
		assert_true(r.checks >= promised);
	}
	assert_true(promised > 0);
}

#define EACH(f) cmocka_unit_test_setup_teardown(f, setup, scratch_clear)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		EACH(a_log_begins_and_goes_on),
		EACH(appending_nothing_changes_nothing),
		EACH(a_long_list_is_one_append),
		EACH(one_bad_entry_and_none_is_logged),
		EACH(a_group_comes_with_its_members),
		EACH(two_handles_take_turns),
		EACH(four_processes_append_at_once),
		EACH(on_a_full_disk_nothing_is_logged_and_the_log_stays_good),
		EACH(a_path_too_long_or_empty_and_a_place_that_is_none_are_refused),
		EACH(a_record_cut_at_any_byte_is_moved_aside_and_that_is_told),
		EACH(torn_bytes_never_replace_torn_bytes),
		EACH(a_whole_record_beyond_the_head_stays),
		EACH(zeros_that_a_file_system_left_are_moved_aside),
		EACH(rubbish_at_the_end_is_no_power_cut_and_is_left_alone),
		EACH(what_the_head_names_was_on_the_disk_so_its_loss_is_no_power_cut),
		EACH(a_log_that_shrinks_under_an_open_handle_is_noticed),
		EACH(a_last_record_that_was_changed_is_noticed_when_the_log_is_next_used),
		EACH(a_head_lost_or_damaged_is_made_again_and_leaves_a_record),
		EACH(killed_at_any_moment_the_log_goes_on),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
