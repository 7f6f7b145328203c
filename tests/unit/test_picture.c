/* picture -- the process that reads pictures, and everything that may become of it. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>
#include <setjmp.h>
#include <cmocka.h>

#include "base/clock.h"
#include "base/file.h"
#include "tests/unit/support/canvas.h"
#include "tests/unit/support/scratch.h"
#include "tools/verifier/picture.h"

/* A reader that is a shell script of our own, and a picture for it to be given. */
struct bench { char program[128], picture[128]; };

static struct bench
bench_make(const char *dir, const char *script)
{
	struct bench b;
	assert_int_equal(path_join(dir, "reader", b.program, sizeof(b.program), NULL), OK);
	assert_int_equal(path_join(dir, "picture", b.picture, sizeof(b.picture), NULL), OK);
	char text[512];
	int len = snprintf(text, sizeof(text), "#!/bin/sh\nPATH=/usr/bin:/bin\n%s\n", script);
	assert_int_equal(file_save(b.program, (struct bytes){ (const uint8_t *)text, (size_t)len }, 0755, NULL), OK);
	assert_int_equal(file_save(b.picture, BYTES_LIT("PICTURE"), 0644, NULL), OK);
	return b;
}

#define WHOLE "printf '\\1\\0\\0\\0\\2\\0\\0\\0\\3\\0\\1\\0\\2HI'"
#define EMPTY "printf '\\1\\0\\0\\0\\2\\0\\0\\0\\3\\0\\0'"
#define SOON 300                 /* ms: a deadline for readers that will not end */
#define LONG 60000               /* ms: one that a test never reaches */

static const struct { const char *what, *script; unsigned wait_ms; enum status st; const char *sentence; } ends[] = {
	{ "a good answer", WHOLE, LONG, OK, "" },
	{ "a good answer of a damaged picture", WHOLE "; exit 10", LONG, OK, "" },
	{ "no code", EMPTY, LONG, OK, "" },
	{ "no code in what is left", EMPTY "; exit 10", LONG, ERR_FORMAT, "cut short or damaged" },
	{ "an empty file", EMPTY "; exit 11", LONG, ERR_FORMAT, "empty" },
	{ "no picture", EMPTY "; exit 12", LONG, ERR_FORMAT, "neither a PNG nor a JPEG" },
	{ "too long", EMPTY "; exit 13", LONG, ERR_LIMIT, "more than 33554432 bytes" },
	{ "too large, with its size", EMPTY "; exit 14", LONG, ERR_LIMIT, "2 x 3 pixels; wanted at most 12000" },
	{ "too large, without an answer", "exit 14", LONG, ERR_SYSTEM, "answer of 0 bytes" },
	{ "a strange kind", EMPTY "; exit 15", LONG, ERR_UNSUPPORTED, "ordinary JPEG" },
	{ "too many codes", EMPTY "; exit 16", LONG, ERR_LIMIT, "fewer at a time" },
	{ "no memory", "exit 17", LONG, ERR_LIMIT, "more memory" },
	{ "no input", "exit 18", LONG, ERR_SYSTEM, "could not read its input" },
	{ "not confined", "exit 19", LONG, ERR_SYSTEM, "could not confine itself" },
	{ "a code that means nothing", "exit 99", LONG, ERR_SYSTEM, "code 99" },
	{ "no answer and a good end", "exit 0", LONG, ERR_SYSTEM, "answer of 0 bytes" },
	{ "half an answer", "printf '\\1\\0\\0'", LONG, ERR_SYSTEM, "answer of 3 bytes" },
	{ "an answer and more", WHOLE "; echo more", LONG, ERR_SYSTEM, "is not one" },
	{ "an answer that has no end", "exec cat /dev/zero", LONG, ERR_SYSTEM, "stopped by signal" },
	{ "an answer as long as that, and an end", "head -c 2000000 /dev/zero", LONG, ERR_SYSTEM, "" },
	{ "a crash", "kill -SEGV $$", LONG, ERR_SYSTEM, "stopped by signal 11" },
	{ "a crash after a good answer", WHOLE "; kill -ABRT $$", LONG, ERR_SYSTEM, "stopped by signal 6" },
	{ "a forbidden call", "kill -SYS $$", LONG, ERR_SYSTEM, "what decoding never needs" },
	{ "too much processor time", "kill -XCPU $$", LONG, ERR_LIMIT, "more than 20 s" },
	{ "no end", "exec sleep 100", SOON, ERR_LIMIT, "was stopped: the picture takes more than" },
	{ "an answer byte by byte for ever", "while :; do printf A; sleep 0.05; done", SOON, ERR_LIMIT, "takes more than" },
	{ "a closed answer and no end", "exec >&-; exec sleep 100", LONG, ERR_SYSTEM, "stopped by signal 9" },
	{ "deaf to signals", "trap '' TERM INT HUP; exec sleep 100", SOON, ERR_LIMIT, "takes more than" },
};

static void
whatever_becomes_of_the_reader_is_told_in_time(void **state)
{
	for (size_t i = 0; i < COUNT(ends); i++) {
		struct bench b = bench_make(*state, ends[i].script);
		struct picture_codes codes = { 0 };
		struct err err = { 0 };
		double start_s = clock_elapsed_s();
		print_message("%s\n", ends[i].what);
		assert_int_equal(picture_read_by(&(struct picture_reader){ b.program, ends[i].wait_ms }, b.picture, &codes, &err), ends[i].st);
		assert_non_null(strstr(err.text, ends[i].sentence));
		assert_true((ends[i].st != OK) == (err.text[0] != '\0'));
		assert_true(clock_elapsed_s() - start_s < 30);
		picture_codes_free(&codes);
	}
}

static void
a_good_answer_is_handed_on(void **state)
{
	struct bench b = bench_make(*state, WHOLE "; exit 10");
	struct picture_codes codes;
	assert_int_equal(picture_read_by(&(struct picture_reader){ b.program, LONG }, b.picture, &codes, NULL), OK);
	assert_true(codes.damaged);
	assert_int_equal(codes.answer.width, 2);
	assert_int_equal(codes.answer.height, 3);
	assert_int_equal(codes.answer.n, 1);
	assert_true(bytes_eq(codes.answer.code[0], BYTES_LIT("HI")));
	picture_codes_free(&codes);
	picture_codes_free(&codes);
	picture_codes_free(NULL);
}

/* It answers 1 code, "HI", if all is as it should be. */
static void
the_reader_gets_the_picture_and_nothing_else(void **state)
{
	static const char script[] = "[ \"$(cat)\" = PICTURE ] && [ -z \"$YAOPAI_SECRET\" ] && [ \"$(readlink /proc/$$/fd/2)\" = /dev/null ] && " WHOLE;
	struct bench b = bench_make(*state, script);
	struct picture_codes codes;
	struct err err = { 0 };
	assert_int_equal(setenv("YAOPAI_SECRET", "x", 1), 0);
	enum status st = picture_read_by(&(struct picture_reader){ b.program, LONG }, b.picture, &codes, &err);
	assert_string_equal(err.text, "");
	assert_int_equal(st, OK);
	picture_codes_free(&codes);
}

static void
ignored_and_blocked_signals_do_no_harm(void **state)
{
	struct bench b = bench_make(*state, WHOLE "; kill -PIPE $$");
	struct picture_codes codes;
	struct err err = { 0 };
	sigset_t all, before;
	(void)sigfillset(&all);
	(void)signal(SIGCHLD, SIG_IGN);
	(void)signal(SIGPIPE, SIG_IGN);
	(void)sigprocmask(SIG_SETMASK, &all, &before);
	assert_int_equal(picture_read_by(&(struct picture_reader){ b.program, LONG }, b.picture, &codes, &err), ERR_SYSTEM);
	assert_non_null(strstr(err.text, "signal 13"));    /* the child's own signal came through, and its end was seen */
	(void)sigprocmask(SIG_SETMASK, &before, NULL);
	(void)signal(SIGPIPE, SIG_DFL);
}

static void
what_cannot_be_opened_or_started_is_told(void **state)
{
	struct bench b = bench_make(*state, WHOLE);
	struct picture_codes codes;
	struct err err = { 0 };
	struct picture_reader good = { b.program, LONG }, none = { "/nonexistent/yaopai-picture", LONG };
	assert_int_equal(picture_read_by(&good, "/nonexistent/picture.jpg", &codes, &err), ERR_NOT_FOUND);
	assert_non_null(strstr(err.text, "No such file"));
	err = (struct err){ 0 };
	assert_int_equal(picture_read_by(&good, *state, &codes, &err), ERR_SYSTEM);
	assert_non_null(strstr(err.text, "a directory"));
	err = (struct err){ 0 };
	assert_int_equal(picture_read_by(&none, b.picture, &codes, &err), ERR_NOT_FOUND);
	assert_non_null(strstr(err.text, "/nonexistent/yaopai-picture cannot be started"));
}

static void
a_file_of_the_longest_length_is_given_and_one_byte_more_is_not(void **state)
{
	struct bench b = bench_make(*state, WHOLE);
	struct picture_codes codes;
	struct err err = { 0 };
	assert_int_equal(truncate(b.picture, PICTURE_FILE_LEN_MAX), 0);
	assert_int_equal(picture_read_by(&(struct picture_reader){ b.program, LONG }, b.picture, &codes, &err), OK);
	picture_codes_free(&codes);
	assert_int_equal(truncate(b.picture, (off_t)PICTURE_FILE_LEN_MAX + 1), 0);
	assert_int_equal(picture_read_by(&(struct picture_reader){ b.program, LONG }, b.picture, &codes, &err), ERR_LIMIT);
	assert_non_null(strstr(err.text, "33554433 bytes"));
}

/* From a FIFO the time counts only once the picture is whole, which the first byte of the answer says. */
static void *
write_slowly(void *path)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);  /* or the reader would hold its own input open */
	(void)usleep(2 * SOON * 1000);
	(void)!write(fd, "PICTURE", 7);
	(void)close(fd);
	return NULL;
}

static void
a_slow_scanner_is_waited_for_and_a_slow_reader_is_not(void **state)
{
	static const struct { const char *script; enum status st; } tries[] = { { "cat >/dev/null; " WHOLE, OK }, { "cat >/dev/null; printf '\\1'; exec sleep 100", ERR_LIMIT } };
	for (size_t i = 0; i < COUNT(tries); i++) {
		struct bench b = bench_make(*state, tries[i].script);
		struct picture_codes codes = { 0 };
		pthread_t writer;
		(void)unlink(b.picture);
		assert_int_equal(mkfifo(b.picture, 0600), 0);
		assert_int_equal(pthread_create(&writer, NULL, write_slowly, b.picture), 0);
		assert_int_equal(picture_read_by(&(struct picture_reader){ b.program, SOON }, b.picture, &codes, NULL), tries[i].st);
		assert_int_equal(pthread_join(writer, NULL), 0);
		picture_codes_free(&codes);
		(void)unlink(b.picture);
	}
}

static void *
read_many(void *arg)
{
	struct bench *b = arg;
	size_t good = 0;
	for (int i = 0; i < 10; i++) {
		struct picture_codes codes = { 0 };
		good += picture_read_by(&(struct picture_reader){ b->program, LONG }, b->picture, &codes, NULL) == OK && codes.answer.n == 1;
		picture_codes_free(&codes);
	}
	return good == 10 ? b : NULL;
}

static void
several_threads_may_read_at_once(void **state)
{
	struct bench b = bench_make(*state, "cat >/dev/null; " WHOLE);
	pthread_t threads[4];
	for (size_t i = 0; i < COUNT(threads); i++)
		assert_int_equal(pthread_create(&threads[i], NULL, read_many, &b), 0);
	for (size_t i = 0; i < COUNT(threads); i++) {
		void *good = NULL;
		assert_int_equal(pthread_join(threads[i], &good), 0);
		assert_ptr_equal(good, &b);
	}
}

/* Beside this test stands the real one (tests/CMakeLists.txt). */
static void
the_real_reader_is_found_and_reads(void **state)
{
	struct bench b = bench_make(*state, "");
	struct picture_codes codes = { 0 };
	struct err err = { 0 };
	struct canvas c = canvas_code(BYTES_LIT("https://example.com"), 4, 0);
	struct buf file = canvas_png(&c, PNG_RGBA);
	assert_int_equal(file_save(b.picture, buf_view(&file), 0644, NULL), OK);
	enum status st = picture_read(b.picture, &codes, &err);
	assert_string_equal(err.text, "");
	assert_int_equal(st, OK);
	assert_int_equal(codes.answer.width, c.w);
	assert_int_equal(codes.answer.n, 1);
	assert_true(bytes_eq(codes.answer.code[0], BYTES_LIT("https://example.com")));
	picture_codes_free(&codes);
	free(file.ptr);
	canvas_free(&c);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(whatever_becomes_of_the_reader_is_told_in_time, scratch_make, scratch_clear),
		cmocka_unit_test_setup_teardown(a_good_answer_is_handed_on, scratch_make, scratch_clear),
		cmocka_unit_test_setup_teardown(the_reader_gets_the_picture_and_nothing_else, scratch_make, scratch_clear),
		cmocka_unit_test_setup_teardown(ignored_and_blocked_signals_do_no_harm, scratch_make, scratch_clear),
		cmocka_unit_test_setup_teardown(what_cannot_be_opened_or_started_is_told, scratch_make, scratch_clear),
		cmocka_unit_test_setup_teardown(a_file_of_the_longest_length_is_given_and_one_byte_more_is_not, scratch_make, scratch_clear),
		cmocka_unit_test_setup_teardown(a_slow_scanner_is_waited_for_and_a_slow_reader_is_not, scratch_make, scratch_clear),
		cmocka_unit_test_setup_teardown(several_threads_may_read_at_once, scratch_make, scratch_clear),
		cmocka_unit_test_setup_teardown(the_real_reader_is_found_and_reads, scratch_make, scratch_clear),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
