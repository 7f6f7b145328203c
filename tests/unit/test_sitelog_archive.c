/* sitelog_archive -- putting a log aside, whole or damaged, and going on. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>
#include <setjmp.h>
#include <cmocka.h>

#include "base/file.h"
#include "tests/unit/support/logs.h"
#include "tests/unit/support/scratch.h"

static char log_path[200], head_path[220];
static const struct sitelog_options options = { .now_unix_s = LOGS_T0 + 5000 };

static int
setup(void **state)
{
	int made = scratch_make(state);
	(void)snprintf(log_path, sizeof(log_path), "%s/log", (char *)*state);
	(void)snprintf(head_path, sizeof(head_path), "%s/log.head", (char *)*state);
	return made;
}

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

static void
an_archived_log_is_continued_by_the_next(void **state)
{
	(void)state;
	struct sitelog *log = NULL;
	struct sitelog_archived done;
	struct sitelog_report old, next;
	struct sitelog_entry e = logs_check(3);
	assert_int_equal(logs_append(log_path, 0, 3, 1), OK);
	assert_int_equal(sitelog_open(log_path, &options, &log, NULL), OK); /* open while it is archived by another */
	assert_int_equal(sitelog_archive(log_path, false, &options, &done, NULL), OK);
	assert_int_equal(done.first, 1);
	assert_int_equal(done.last, 3);
	assert_non_null(strstr(done.path, "/log.1-3"));
	assert_int_equal(audit(log_path, &next), OK);
	assert_int_equal(next.records, 0);
	assert_int_equal(sitelog_append(log, &e, 1, NULL), OK);
	sitelog_close(log);
	assert_int_equal(audit(done.path, &old), OK);
	assert_true(old.head_checked);
	assert_int_equal(old.records, 3);
	assert_int_equal(audit(log_path, &next), OK);
	assert_int_equal(next.records, 1);
	assert_int_equal(next.last.sequence, 4);
	assert_int_equal(sitelog_follows(&old, &next, NULL), OK);
	assert_int_equal(sitelog_follows(&next, &old, NULL), ERR_DAMAGED);
	assert_int_equal(sitelog_follows(&old, &old, NULL), ERR_DAMAGED);
}

static void
an_archiving_that_was_stopped_is_taken_up_again(void **state)
{
	char name[240];
	struct sitelog_archived done;
	struct buf head;
	assert_int_equal(logs_append(log_path, 0, 3, 1), OK);
	(void)snprintf(name, sizeof(name), "%s/log.1-3", (char *)*state);
	assert_int_equal(link(log_path, name), 0); /* stopped before the new log was in place */
	head = load(head_path);
	assert_int_equal(sitelog_archive(log_path, false, &options, &done, NULL), OK);
	assert_string_equal(done.path, name);
	logs_save(head_path, head.ptr, head.len); /* stopped before the new head was written */
	free(head.ptr);
	struct sitelog_report r;
	assert_int_equal(audit(log_path, &r), OK);
	assert_int_equal(logs_append(log_path, 3, 1, 1), OK);
	assert_whole(1, 0);
}

static void
another_file_of_the_archive_s_name_is_not_replaced(void **state)
{
	char name[240];
	struct sitelog_archived done;
	assert_int_equal(logs_append(log_path, 0, 3, 1), OK);
	(void)snprintf(name, sizeof(name), "%s/log.1-3", (char *)*state);
	logs_save(name, (const uint8_t *)"mine", 4);
	assert_int_equal(sitelog_archive(log_path, false, &options, &done, NULL), OK);
	assert_non_null(strstr(done.path, "/log.1-3.2"));
	assert_int_equal(size_of(name), 4);
}

static void
there_must_be_something_to_archive(void **state)
{
	(void)state;
	struct sitelog_archived done;
	struct err none = { 0 }, empty = { 0 }, good = { 0 };
	assert_int_equal(sitelog_archive(log_path, false, &options, &done, &none), ERR_NOT_FOUND);
	assert_int_equal(sitelog_archive(log_path, true, &options, &done, NULL), ERR_NOT_FOUND);
	assert_int_equal(size_of(log_path), -1);
	assert_int_equal(use(NULL), OK);
	assert_int_equal(sitelog_archive(log_path, false, &options, &done, &empty), ERR_CONFLICT);
	assert_non_null(strstr(empty.text, "no record"));
	assert_int_equal(logs_append(log_path, 0, 1, 1), OK);
	assert_int_equal(sitelog_archive(log_path, true, &options, &done, &good), ERR_CONFLICT);
	assert_non_null(strstr(good.text, "holds"));
}

static void
a_damaged_log_is_put_aside_as_it_is_and_its_numbers_are_not_given_again(void **state)
{
	(void)state;
	struct sitelog_archived done;
	struct sitelog_report r;
	assert_int_equal(logs_append(log_path, 0, 5, 1), OK);
	struct buf bad = load(log_path);
	bad.ptr[200] ^= 1; /* in the second record */
	logs_save(log_path, bad.ptr, bad.len);
	assert_int_equal(sitelog_archive(log_path, true, &options, &done, NULL), OK);
	struct buf kept = load(done.path);
	assert_int_equal(kept.len, bad.len);
	assert_memory_equal(kept.ptr, bad.ptr, bad.len);
	assert_int_equal(audit(done.path, &r), ERR_DAMAGED);
	assert_int_equal(logs_append(log_path, 5, 1, 1), OK);
	assert_int_equal(audit(log_path, &r), OK);
	assert_int_equal(r.opening.reason, SITELOG_AFTER_DAMAGE);
	assert_int_equal(r.opening.previous_sequence, 5);
	assert_int_equal(r.last.sequence, 6);
	free(bad.ptr);
	free(kept.ptr);
}

static void
a_log_that_is_gone_or_unreadable_can_be_begun_again_openly(void **state)
{
	(void)state;
	struct sitelog_archived done;
	struct sitelog_report r;
	assert_int_equal(logs_append(log_path, 0, 5, 5), OK);
	assert_int_equal(unlink(log_path), 0);
	assert_int_equal(sitelog_archive(log_path, true, &options, &done, NULL), OK);
	assert_string_equal(done.path, "");
	assert_int_equal(audit(log_path, &r), OK);
	assert_int_equal(r.opening.previous_sequence, 5);
	assert_int_equal(logs_append(log_path, 5, 1, 1), OK);
	logs_save(log_path, (const uint8_t *)"rubbish", 7);
	assert_int_equal(unlink(head_path), 0);
	assert_int_equal(sitelog_archive(log_path, true, &options, &done, NULL), OK);
	assert_int_equal(audit(log_path, &r), OK);
	assert_int_equal(r.opening.reason, SITELOG_AFTER_DAMAGE);
	assert_false(r.opening.has_previous);
	assert_int_equal(logs_append(log_path, 0, 1, 1), OK);
	assert_whole(1, 0);
}

#define EACH(f) cmocka_unit_test_setup_teardown(f, setup, scratch_clear)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		EACH(an_archived_log_is_continued_by_the_next),
		EACH(an_archiving_that_was_stopped_is_taken_up_again),
		EACH(another_file_of_the_archive_s_name_is_not_replaced),
		EACH(there_must_be_something_to_archive),
		EACH(a_damaged_log_is_put_aside_as_it_is_and_its_numbers_are_not_given_again),
		EACH(a_log_that_is_gone_or_unreadable_can_be_begun_again_openly),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
