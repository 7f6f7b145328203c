/* sitelog_walk, sitelog_audit -- whatever is done to a log shows. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>
#include <setjmp.h>
#include <cmocka.h>

#include "base/file.h"
#include "base/text.h"
#include "tests/unit/support/logs.h"
#include "tests/unit/support/scratch.h"

enum { RECORDS = 6, LEN_MAX = 8192 };

/* A log of six, kept in memory with the places of its records, and written anew, bent, for each test. */
static char log_path[200], head_path[220];
static uint8_t good[LEN_MAX], bent[LEN_MAX];
static size_t good_len, starts[RECORDS + 1];
static struct buf good_head;
static struct sitelog_report report;
static struct err why;

static enum status
audit_noted(struct sitelog_noted *noted, size_t n)
{
	struct sitelog_audit *a = NULL;
	why = (struct err){ 0 };
	enum status st = sitelog_audit_open(log_path, &a, &why);
	if (st == OK)
		st = sitelog_audit_run(a, noted, n, NULL, NULL, &report, &why);
	if (st == OK)
		st = sitelog_noted_check(noted, n, report.last.sequence, &why);
	sitelog_audit_close(a);
	return st;
}

static enum status
audit_of(const uint8_t *mem, size_t len)
{
	logs_save(log_path, mem, len);
	return audit_noted(NULL, 0);
}

static enum status
keep_start(void *ctx, const struct sitelog_walk *at, const struct sitelog_record *r, struct err *err)
{
	(void)ctx;
	(void)err;
	starts[r->sequence - 1] = (size_t)at->last.start;
	starts[r->sequence] = (size_t)at->last.end;
	return OK;
}

static int
setup(void **state)
{
	struct buf file = { 0 };
	struct sitelog_audit *a = NULL;
	int made = scratch_make(state);
	(void)snprintf(log_path, sizeof(log_path), "%s/log", (char *)*state);
	(void)snprintf(head_path, sizeof(head_path), "%s/log.head", (char *)*state);
	assert_int_equal(logs_append(log_path, 0, RECORDS, RECORDS), OK);
	assert_int_equal(file_load(log_path, LEN_MAX, &file, NULL), OK);
	memcpy(good, file.ptr, file.len);
	good_len = file.len;
	free(file.ptr);
	assert_int_equal(file_load(head_path, LEN_MAX, &good_head, NULL), OK);
	assert_int_equal(sitelog_audit_open(log_path, &a, NULL), OK);
	assert_int_equal(sitelog_audit_run(a, NULL, 0, keep_start, NULL, &report, NULL), OK);
	sitelog_audit_close(a);
	return made;
}

static int
teardown(void **state)
{
	free(good_head.ptr);
	good_head = (struct buf){ 0 };
	return scratch_clear(state);
}

static struct bytes
record(size_t i) /* from 0 */
{
	return (struct bytes){ good + starts[i], starts[i + 1] - starts[i] };
}

static size_t
put(size_t at, struct bytes b)
{
	assert_true(b.len <= LEN_MAX - at);
	memcpy(bent + at, b.ptr, b.len);
	return at + b.len;
}

/* A noted head: the first digits of the hash of the record with this number. */
static struct sitelog_noted
noted_of(uint64_t sequence, size_t digits)
{
	char text[120], hex[2 * DIGEST_LEN + 1];
	struct sitelog_noted n;
	struct digest d;
	assert_int_equal(sha256(record(sequence - 1), &d), OK);
	hex_encode((struct bytes){ d.b, DIGEST_LEN }, hex);
	(void)snprintf(text, sizeof(text), "%u:%.*s", (unsigned)sequence, (int)digits, hex);
	assert_int_equal(sitelog_noted_parse(text, &n, NULL), OK);
	return n;
}

static void
a_good_log_is_whole_and_its_report_is_right(void **state)
{
	(void)state;
	assert_int_equal(audit_of(good, good_len), OK);
	assert_int_equal(report.records, RECORDS);
	assert_int_equal(report.checks, RECORDS);
	assert_int_equal(report.repairs, 0);
	assert_int_equal(report.first_unix_s, LOGS_T0);
	assert_int_equal(report.last_unix_s, LOGS_T0 + 60 * (RECORDS - 1));
	assert_int_equal(report.last.sequence, RECORDS);
	assert_int_equal(report.last.end, good_len);
	assert_int_equal(report.set_back_n, 0);
	assert_true(report.head_checked);
	struct digest d;
	assert_int_equal(sha256(record(RECORDS - 1), &d), OK);
	assert_memory_equal(d.b, report.head.b, DIGEST_LEN);
}

static void
every_flipped_bit_of_the_log_shows(void **state)
{
	(void)state;
	memcpy(bent, good, good_len);
	for (size_t bit = 0; bit < 8 * good_len; bit++) {
		bent[bit / 8] ^= (uint8_t)(1u << bit % 8);
		if (audit_of(bent, good_len) == OK || why.text[0] == '\0')
			fail_msg("bit %zu: not noticed", bit);
		bent[bit / 8] ^= (uint8_t)(1u << bit % 8);
	}
}

static void
every_flipped_bit_before_a_noted_head_shows_without_the_head_file(void **state)
{
	(void)state;
	struct sitelog_noted n = noted_of(RECORDS, 64);
	memcpy(bent, good, good_len);
	assert_int_equal(unlink(head_path), 0);
	for (size_t bit = 0; bit < 8 * good_len; bit++) {
		bent[bit / 8] ^= (uint8_t)(1u << bit % 8);
		logs_save(log_path, bent, good_len);
		n.met = false;
		if (audit_noted(&n, 1) == OK)
			fail_msg("bit %zu: not noticed", bit);
		bent[bit / 8] ^= (uint8_t)(1u << bit % 8);
	}
	logs_save(log_path, good, good_len);
	n.met = false;
	assert_int_equal(audit_noted(&n, 1), OK);
}

static void
every_flipped_bit_and_every_cut_of_the_head_file_shows(void **state)
{
	(void)state;
	uint8_t head[SITELOG_HEAD_LEN];
	assert_int_equal(good_head.len, SITELOG_HEAD_LEN);
	memcpy(head, good_head.ptr, sizeof(head));
	for (size_t bit = 0; bit < 8 * sizeof(head); bit++) {
		head[bit / 8] ^= (uint8_t)(1u << bit % 8);
		logs_save(head_path, head, sizeof(head));
		assert_int_equal(audit_noted(NULL, 0), ERR_DAMAGED);
		head[bit / 8] ^= (uint8_t)(1u << bit % 8);
	}
	for (size_t len = 0; len < sizeof(head); len++) {
		logs_save(head_path, head, len);
		assert_int_equal(audit_noted(NULL, 0), ERR_DAMAGED);
	}
}

static void
every_cut_shows_by_the_head_file_and_by_a_noted_head(void **state)
{
	(void)state;
	struct sitelog_noted n = noted_of(RECORDS, 16);
	for (size_t len = 0; len < good_len; len++)
		if (audit_of(good, len) == OK)
			fail_msg("cut to %zu bytes: not noticed by the head file", len);
	assert_int_equal(audit_of(good, starts[RECORDS - 1]), ERR_DAMAGED);
	assert_non_null(strstr(why.text, "the log ends with record 5, but the head file has record 6"));
	assert_int_equal(unlink(head_path), 0);
	for (size_t len = 0; len < good_len; len++) {
		logs_save(log_path, good, len);
		n.met = false;
		if (audit_noted(&n, 1) == OK)
			fail_msg("cut to %zu bytes: not noticed by a noted head", len);
	}
	logs_save(log_path, good, starts[RECORDS - 1]);
	assert_int_equal(audit_noted(&n, 1), ERR_DAMAGED);
	assert_non_null(strstr(why.text, "the head of record 6 was noted"));
}

static void
a_log_that_was_taken_away_is_missed(void **state)
{
	(void)state;
	assert_int_equal(unlink(log_path), 0);
	assert_int_equal(audit_noted(NULL, 0), ERR_DAMAGED);
	assert_non_null(strstr(why.text, "taken away"));
	assert_int_equal(unlink(head_path), 0);
	assert_int_equal(audit_noted(NULL, 0), ERR_NOT_FOUND);
}

static void
records_taken_out_doubled_swapped_or_put_in_show(void **state)
{
	(void)state;
	struct sitelog_record r;
	uint8_t mem[SITELOG_RECORD_LEN_MAX];
	struct bytes forged;
	for (size_t i = 0; i < RECORDS; i++) {
		size_t len = put(put(0, (struct bytes){ good, starts[i] }), (struct bytes){ good + starts[i + 1], good_len - starts[i + 1] });
		assert_int_equal(audit_of(bent, len), ERR_DAMAGED);
		len = put(put(0, (struct bytes){ good, starts[i + 1] }), (struct bytes){ good + starts[i], good_len - starts[i] });
		assert_int_equal(audit_of(bent, len), ERR_DAMAGED);
		if (i + 1 < RECORDS) {
			len = put(put(put(0, (struct bytes){ good, starts[i] }), record(i + 1)), record(i));
			len = put(len, (struct bytes){ good + starts[i + 2], good_len - starts[i + 2] });
			assert_int_equal(audit_of(bent, len), ERR_DAMAGED);
		}
		/* one that fits what stands before it, in the place of the old one or before it */
		assert_int_equal(sitelog_record_decode(record(i), &r), OK);
		r.entry.verdict = 30;
		assert_int_equal(sitelog_record_encode(&r, BUF_OF(mem), &forged), OK);
		len = put(put(put(0, (struct bytes){ good, starts[i] }), forged), (struct bytes){ good + starts[i], good_len - starts[i] });
		assert_int_equal(audit_of(bent, len), ERR_DAMAGED);
		len = put(put(put(0, (struct bytes){ good, starts[i] }), forged), (struct bytes){ good + starts[i + 1], good_len - starts[i + 1] });
		assert_int_equal(audit_of(bent, len), ERR_DAMAGED);
	}
}

static void
the_sentence_says_which_record_where_and_what_was_wanted(void **state)
{
	(void)state;
	struct sitelog_record r;
	uint8_t mem[SITELOG_RECORD_LEN_MAX];
	struct bytes forged;
	char wanted[100];
	assert_int_equal(sitelog_record_decode(record(2), &r), OK);
	r.entry.verdict = 30;
	assert_int_equal(sitelog_record_encode(&r, BUF_OF(mem), &forged), OK);
	size_t len = put(put(put(0, (struct bytes){ good, starts[2] }), forged), (struct bytes){ good + starts[3], good_len - starts[3] });
	assert_int_equal(audit_of(bent, len), ERR_DAMAGED);
	(void)snprintf(wanted, sizeof(wanted), "record 4 at byte %zu follows one with the hash", starts[2] + forged.len);
	assert_non_null(strstr(why.text, wanted));
	len = put(put(0, (struct bytes){ good, starts[2] }), (struct bytes){ good + starts[3], good_len - starts[3] });
	assert_int_equal(audit_of(bent, len), ERR_DAMAGED);
	(void)snprintf(wanted, sizeof(wanted), "at byte %zu stands record 4, wanted 3", starts[2]);
	assert_non_null(strstr(why.text, wanted));
}

/* Somebody with the program can make another log; only a head held elsewhere tells. */
static void
a_log_written_anew_shows_by_a_noted_head_alone(void **state)
{
	(void)state;
	struct sitelog_noted n = noted_of(4, 64);
	assert_int_equal(unlink(log_path), 0);
	assert_int_equal(unlink(head_path), 0);
	assert_int_equal(logs_append(log_path, 1, RECORDS, 1), OK);
	assert_int_equal(audit_noted(NULL, 0), OK);
	assert_int_equal(audit_noted(&n, 1), ERR_DAMAGED);
	assert_non_null(strstr(why.text, "the noted head says"));
}

static void
a_log_without_its_head_file_is_whole_only_by_a_noted_head(void **state)
{
	(void)state;
	struct sitelog_noted middle = noted_of(3, 16), newest = noted_of(RECORDS, 64);
	assert_int_equal(unlink(head_path), 0);
	assert_int_equal(audit_noted(NULL, 0), ERR_DAMAGED);
	assert_non_null(strstr(why.text, "missing"));
	assert_int_equal(audit_noted(&newest, 1), OK);
	assert_int_equal(audit_noted(&middle, 1), OK);
	assert_false(report.head_checked);
	logs_save(head_path, (const uint8_t *)"x", 1);
	assert_int_equal(audit_noted(&middle, 1), ERR_DAMAGED);
	assert_int_equal(audit_noted(&newest, 1), OK);
}

static void
the_head_of_another_log_is_not_taken(void **state)
{
	char other[230];
	struct buf head = { 0 };
	(void)snprintf(other, sizeof(other), "%s/other", (char *)*state);
	for (size_t n = 1; n <= RECORDS; n += RECORDS - 1) {
		char other_head[240];
		assert_int_equal(logs_append(other, 100, n, 1), OK);
		(void)snprintf(other_head, sizeof(other_head), "%s.head", other);
		assert_int_equal(file_load(other_head, LEN_MAX, &head, NULL), OK);
		logs_save(head_path, head.ptr, head.len);
		free(head.ptr);
		assert_int_equal(audit_noted(NULL, 0), ERR_DAMAGED);
	}
}

static void
what_is_no_noted_head_is_refused(void **state)
{
	(void)state;
	static const struct { const char *text, *why; } wrong[] = {
		{ "", "nothing" }, { "17", "no hash" }, { "17:", "no digits" }, { ":0123456789abcdef", "no number" }, { "x:0123456789abcdef", "no number" },
		{ "17:0123456789abcde", "15 digits" }, { "17:0123456789abc", "13 digits" }, { "17:0123456789abcdeg", "no hex" },
		{ "-1:0123456789abcdef", "a sign" }, { "17:0123456789abcdef ", "a space" },
		{ "1:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef00", "66 digits" },
	};
	struct sitelog_noted n;
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
		if (sitelog_noted_parse(wrong[i].text, &n, &why) != ERR_ARGUMENT)
			fail_msg("%s: taken", wrong[i].why);
	assert_int_equal(sitelog_noted_parse("17:0123456789ABCDEF", &n, NULL), OK);
	assert_int_equal(n.len, SITELOG_NOTED_LEN_MIN);
}

static void
a_head_noted_before_an_archived_log_is_found_in_it(void **state)
{
	(void)state;
	struct sitelog_noted old = noted_of(3, 64), last = noted_of(RECORDS, 64), wrong = last;
	struct sitelog_archived done;
	struct sitelog_options options = { .now_unix_s = LOGS_T0 };
	assert_int_equal(sitelog_archive(log_path, false, &options, &done, NULL), OK);
	assert_int_equal(audit_noted(NULL, 0), OK);
	assert_memory_equal(report.head.b, last.prefix, DIGEST_LEN); /* the head of an empty log is the old one's */
	assert_int_equal(logs_append(log_path, RECORDS, 2, 1), OK);
	assert_int_equal(audit_noted(&last, 1), OK);
	assert_int_equal(audit_noted(&old, 1), ERR_NOT_FOUND);
	assert_non_null(strstr(why.text, "archived"));
	wrong.prefix[0] ^= 1;
	assert_int_equal(audit_noted(&wrong, 1), ERR_DAMAGED);
}

static void
a_clock_set_back_is_counted_and_is_no_damage(void **state)
{
	(void)state;
	assert_int_equal(logs_append(log_path, 2, 3, 3), OK);
	assert_int_equal(logs_append(log_path, 0, 1, 1), OK);
	assert_int_equal(audit_noted(NULL, 0), OK);
	assert_int_equal(report.set_back_n, 2);
	assert_int_equal(report.set_back_first, RECORDS + 1);
}

static void
a_log_that_is_being_appended_to_is_always_whole(void **state)
{
	(void)state;
	enum { APPENDED = 60000, CHUNK = 4000 }; /* each append takes several writes */
	uint64_t records = 0;
	int status = -1;
	pid_t pid = fork();
	assert_true(pid >= 0);
	if (pid == 0)
		_exit(logs_append(log_path, RECORDS, APPENDED, CHUNK) == OK ? 0 : 1);
	while (waitpid(pid, &status, WNOHANG) == 0) {
		enum status st = audit_noted(NULL, 0);
		if (st != OK || (report.records - RECORDS) % CHUNK != 0 || report.records < records)
			fail_msg("after %u records: %s", (unsigned)report.records, why.text);
		records = report.records;
	}
	assert_int_equal(status, 0);
	assert_int_equal(audit_noted(NULL, 0), OK);
	assert_int_equal(report.records, RECORDS + APPENDED);
}

static void
what_is_no_log_is_refused(void **state)
{
	static const char *const others[] = { "", "rubbish", "\x6cyp-sitelog-1", "\x6byp-bundle-1", "{\"log\":1}" };
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
		assert_int_equal(audit_of((const uint8_t *)others[i], strlen(others[i])), ERR_FORMAT);
		assert_non_null(strstr(why.text, "not a site log"));
	}
	memcpy(bent, good, good_len);
	bent[12] = '2';
	assert_int_equal(audit_of(bent, good_len), ERR_UNSUPPORTED);
	struct sitelog_audit *a = NULL;
	assert_int_equal(sitelog_audit_open(*state, &a, &why), ERR_SYSTEM); /* a directory */
	assert_null(a);
}

#define EACH(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		EACH(a_good_log_is_whole_and_its_report_is_right),
		EACH(every_flipped_bit_of_the_log_shows),
		EACH(every_flipped_bit_before_a_noted_head_shows_without_the_head_file),
		EACH(every_flipped_bit_and_every_cut_of_the_head_file_shows),
		EACH(every_cut_shows_by_the_head_file_and_by_a_noted_head),
		EACH(a_log_that_was_taken_away_is_missed),
		EACH(records_taken_out_doubled_swapped_or_put_in_show),
		EACH(the_sentence_says_which_record_where_and_what_was_wanted),
		EACH(a_log_written_anew_shows_by_a_noted_head_alone),
		EACH(a_log_without_its_head_file_is_whole_only_by_a_noted_head),
		EACH(the_head_of_another_log_is_not_taken),
		EACH(what_is_no_noted_head_is_refused),
		EACH(a_head_noted_before_an_archived_log_is_found_in_it),
		EACH(a_clock_set_back_is_counted_and_is_no_damage),
		EACH(a_log_that_is_being_appended_to_is_always_whole),
		EACH(what_is_no_log_is_refused),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
