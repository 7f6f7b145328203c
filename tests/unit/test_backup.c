/* A backup's frame and records (registry/archive.h, registry/backup.h): written and read, at the limits and past them; every flipped bit, every cut and
 * everything that is not where it belongs is refused. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>

#include "base/limits.h"
#include "registry/backup.h"
#include "tests/unit/support/scratch.h"

enum { FILE_MAX = 1 << 20 };

static const struct secret key = { { 7 } };

/* ---- the frame ---- */

static struct archive_writer *
started(FILE *f, enum profile profile)
{
	struct archive_writer *w = NULL;
	assert_non_null(f);
	assert_int_equal(archive_create(f, profile, &key, &w, NULL), OK);
	return w;
}

static void
ended(struct archive_writer *w)
{
	assert_int_equal(archive_finish(w, NULL), OK);
	archive_writer_close(w);
}

/* A byte string of this many bytes as a record. */
static struct bytes
record_of(size_t len, uint8_t *mem)
{
	size_t head = len < 24 ? 1 : len < 256 + 2 ? 2 : len < 65536 + 3 ? 3 : 5, body = len - head;
	mem[0] = (uint8_t)(0x40 | (head == 1 ? body : head == 2 ? 24 : head == 3 ? 25 : 26));
	for (size_t i = 1; i < head; i++)
		mem[i] = (uint8_t)(body >> 8 * (head - 1 - i));
	memset(mem + head, (int)len & 0xff, body);
	return (struct bytes){ mem, len };
}

static void
records_come_back_whatever_their_number(void **state)
{
	(void)state;
	static uint8_t mem[ARCHIVE_RECORD_MAX + 1];
	static const size_t lens[] = { 10, 300, 60000, ARCHIVE_RECORD_MAX, 1000, ARCHIVE_RECORD_MAX, 5 };
	struct bytes record;
	enum profile profile;
	for (int p = PROFILE_INTL; p <= PROFILE_GM; p++) {
		FILE *f = tmpfile();
		struct archive_reader *r = NULL;
		struct archive_writer *w = started(f, (enum profile)p);
		for (size_t i = 0; i < COUNT(lens); i++)
			assert_int_equal(archive_put(w, record_of(lens[i], mem), NULL), OK);
		assert_int_equal(archive_put(w, record_of(ARCHIVE_RECORD_MAX + 1, mem), NULL), ERR_LIMIT);
		ended(w);
		rewind(f);
		assert_int_equal(archive_open(f, &key, &r, &profile, NULL), OK);
		assert_int_equal(profile, p);
		for (size_t i = 0; i < COUNT(lens); i++) {
			assert_int_equal(archive_next(r, &record, NULL), OK);
			assert_true(bytes_eq(record, record_of(lens[i], mem)));
		}
		assert_int_equal(archive_next(r, &record, NULL), ERR_NOT_FOUND);
		archive_reader_close(r);
		(void)fclose(f);
	}
}

/* ---- the records ---- */

static struct bytes
some_event(uint64_t sequence, const struct digest *previous, uint8_t mem[EVENT_LEN_MAX])
{
	static const uint8_t map[] = { 0xa1, 0x00, 0x01 };
	static const uint8_t salt[16] = { 1 };
	struct bytes enc;
	struct event e = { .sequence = sequence, .time_ms = 5, .kind = EVENT_OPENED, .operator = BYTES_LIT("x"), .salt = { salt, 16 },
		.previous = { previous->b, DIGEST_LEN }, .payload = { map, 3 } };
	assert_int_equal(event_encode(&e, (struct buf){ mem, EVENT_LEN_MAX, 0 }, &enc), OK);
	return enc;
}

enum { HEAD, EVENT_1, EVENT_2, SEALED, PIECE_1, PIECE_2, EMPTY, END, PARTS };

struct script { struct backup_item items[PARTS]; uint8_t events[2][EVENT_LEN_MAX]; struct digest heads[3]; uint8_t id[BACKUP_ID_LEN], piece[BACKUP_PIECE_LEN]; };

/* A whole backup, as its records. */
static void
script_fill(struct script *s)
{
	memset(s, 0, sizeof(*s));
	s->items[HEAD] = (struct backup_item){ .kind = BACKUP_HEAD, .time_ms = 9, .profile = PROFILE_INTL, .id = { s->id, BACKUP_ID_LEN }, .program = BYTES_LIT("0.1") };
	for (uint64_t i = 0; i < 2; i++) {
		s->items[EVENT_1 + i] = (struct backup_item){ .kind = BACKUP_EVENT, .value = some_event(i + 1, &s->heads[i], s->events[i]) };
		assert_int_equal(sha256(s->items[EVENT_1 + i].value, &s->heads[i + 1]), OK);
	}
	s->items[SEALED] = (struct backup_item){ .kind = BACKUP_SEALED, .name = BYTES_LIT("row"), .key = BYTES_LIT("12345678"), .value = BYTES_LIT("sealed") };
	uint64_t size = BACKUP_PIECE_LEN + 3;
	s->items[PIECE_1] = (struct backup_item){ .kind = BACKUP_FILE, .name = BYTES_LIT("a"), .size = size, .value = { s->piece, BACKUP_PIECE_LEN } };
	s->items[PIECE_2] = (struct backup_item){ .kind = BACKUP_FILE, .name = BYTES_LIT("a"), .size = size, .offset = BACKUP_PIECE_LEN, .value = { s->piece, 3 } };
	s->items[EMPTY] = (struct backup_item){ .kind = BACKUP_FILE, .name = BYTES_LIT("b") };
	s->items[END] = (struct backup_item){ .kind = BACKUP_END, .events = 2, .sealed = 1, .files = 2, .sequence = 2, .head = { s->heads[2].b, DIGEST_LEN } };
}

static FILE *
written(const struct script *s, const int *order, size_t n)
{
	static uint8_t mem[ARCHIVE_RECORD_MAX];
	struct bytes record;
	FILE *f = tmpfile();
	struct archive_writer *w = started(f, PROFILE_INTL);
	for (size_t i = 0; i < n; i++) {
		assert_int_equal(backup_item_encode(&s->items[order[i]], BUF_OF(mem), &record), OK);
		assert_int_equal(archive_put(w, record, NULL), OK);
	}
	ended(w);
	rewind(f);
	return f;
}

static const int in_order[] = { HEAD, EVENT_1, EVENT_2, SEALED, PIECE_1, PIECE_2, EMPTY, END };

static enum status
count_item(void *ctx, const struct backup_item *i, struct err *err)
{
	unsigned *n = ctx;
	(void)i;
	(void)err;
	++*n;
	return OK;
}

static void
a_whole_backup_is_read(void **state)
{
	(void)state;
	static struct script s;
	struct backup_summary sum;
	unsigned n = 0;
	script_fill(&s);
	FILE *f = written(&s, in_order, COUNT(in_order));
	assert_int_equal(backup_read(f, &key, count_item, &n, &sum, NULL), OK);
	assert_int_equal(n, PARTS);
	assert_int_equal(sum.events, 2);
	assert_int_equal(sum.sealed, 1);
	assert_int_equal(sum.files, 2);
	assert_memory_equal(sum.head.b, s.heads[2].b, DIGEST_LEN);
	(void)fclose(f);
}

static void
what_is_not_where_it_belongs_is_refused(void **state)
{
	(void)state;
	static const struct { int order[PARTS + 2]; size_t n; const char *sentence; } cases[] = {
		{ { EVENT_1, EVENT_2, END }, 3, "not where it belongs" },                                            /* no head */
		{ { HEAD, HEAD, EVENT_1, EVENT_2, END }, 5, "not where it belongs" },                                /* two */
		{ { HEAD, EVENT_2, EVENT_1, SEALED, PIECE_1, PIECE_2, EMPTY, END }, 8, "does not follow" },          /* events swapped */
		{ { HEAD, EVENT_1, SEALED, PIECE_1, PIECE_2, EMPTY, END }, 7, "counts at the end" },                 /* one missing */
		{ { HEAD, EVENT_1, EVENT_1, EVENT_2, END }, 5, "does not follow" },                                  /* one twice */
		{ { HEAD, EVENT_1, SEALED, EVENT_2, END }, 5, "not where it belongs" },                              /* an event after sealed rows */
		{ { HEAD, EVENT_1, EVENT_2, PIECE_1, PIECE_2, EMPTY, END }, 7, "counts at the end" },                /* a sealed row missing */
		{ { HEAD, EVENT_1, EVENT_2, SEALED, PIECE_2, PIECE_1, EMPTY, END }, 8, "pieces" },                   /* pieces swapped */
		{ { HEAD, EVENT_1, EVENT_2, SEALED, PIECE_1, EMPTY, END }, 7, "pieces" },                            /* half a file */
		{ { HEAD, EVENT_1, EVENT_2, SEALED, EMPTY, PIECE_1, END }, 7, "not there to its end" },              /* at the end */
		{ { HEAD, EVENT_1, EVENT_2, SEALED, PIECE_1, PIECE_2, END }, 7, "counts at the end" },               /* a file missing */
		{ { HEAD, EVENT_1, EVENT_2, SEALED, PIECE_1, PIECE_2, EMPTY, EMPTY, END }, 9, "counts at the end" }, /* one too many */
		{ { HEAD, EVENT_1, EVENT_2, SEALED, PIECE_1, PIECE_2, EMPTY }, 7, "its end is missing" },
		{ { HEAD, EVENT_1, EVENT_2, SEALED, PIECE_1, PIECE_2, EMPTY, END, EMPTY }, 9, "not where it belongs" }, /* something after it */
		{ { HEAD, EVENT_1, EVENT_2, SEALED, PIECE_1, PIECE_2, EMPTY, END, END }, 9, "not where it belongs" },
	};
	static struct script s;
	script_fill(&s);
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct err err = { .status = OK };
		struct backup_summary sum;
		FILE *f = written(&s, cases[i].order, cases[i].n);
		assert_int_equal(backup_read(f, &key, NULL, NULL, &sum, &err), ERR_DAMAGED);
		if (strstr(err.text, cases[i].sentence) == NULL)
			fail_msg("case %zu: \"%s\" was wanted, got \"%s\"", i, cases[i].sentence, err.text);
		(void)fclose(f);
	}
}

static void
another_profile_in_the_head_is_refused(void **state)
{
	(void)state;
	static struct script s;
	struct backup_summary sum;
	script_fill(&s);
	s.items[HEAD].profile = PROFILE_GM;
	FILE *f = written(&s, in_order, COUNT(in_order));
	assert_int_equal(backup_read(f, &key, NULL, NULL, &sum, NULL), ERR_DAMAGED);
	(void)fclose(f);
}

static size_t
bytes_of(FILE *f, uint8_t *mem)
{
	rewind(f);
	size_t n = fread(mem, 1, FILE_MAX, f);
	assert_in_range(n, 100, FILE_MAX - 1);
	return n;
}

static enum status
read_bytes(const uint8_t *mem, size_t len, const struct secret *check_key)
{
	struct backup_summary sum;
	FILE *f = tmpfile();
	assert_non_null(f);
	assert_int_equal(fwrite(mem, 1, len, f), len);
	rewind(f);
	enum status st = backup_read(f, check_key, NULL, NULL, &sum, NULL);
	(void)fclose(f);
	return st;
}

static void
every_cut_and_every_flipped_bit_is_refused(void **state)
{
	(void)state;
	static struct script s;
	static uint8_t mem[FILE_MAX];
	static const int short_order[] = { HEAD, EVENT_1, EVENT_2, SEALED, EMPTY, END };
	script_fill(&s);
	s.items[END].files = 1;
	FILE *f = written(&s, short_order, COUNT(short_order));
	size_t n = bytes_of(f, mem);
	(void)fclose(f);
	assert_int_equal(read_bytes(mem, n, &key), OK);
	for (size_t len = 0; len < n; len++)
		if (read_bytes(mem, len, &key) == OK)
			fail_msg("a backup cut to %zu of %zu bytes is taken", len, n);
	for (size_t bit = 0; bit < 8 * n; bit++) {
		mem[bit / 8] ^= (uint8_t)(1u << bit % 8);
		if (read_bytes(mem, n, &key) == OK)
			fail_msg("bit %zu flipped is taken", bit);
		mem[bit / 8] ^= (uint8_t)(1u << bit % 8);
	}
	mem[n] = 0x40;
	assert_int_not_equal(read_bytes(mem, n + 1, &key), OK);
	struct secret other = { { 8 } };
	assert_int_equal(read_bytes(mem, n, &other), ERR_DAMAGED);
}

static enum status
recode_item(struct bytes enc, struct buf out, struct bytes *again)
{
	struct backup_item i;
	enum status st = backup_item_decode(enc, &i);
	if (st == OK)
		assert_int_equal(backup_item_encode(&i, out, again), OK);
	return st;
}

static void
records_have_one_encoding(void **state)
{
	(void)state;
	static struct script s;
	uint8_t mem[512];
	struct bytes enc;
	static const int small[] = { HEAD, SEALED, EMPTY, PIECE_2, END };
	script_fill(&s);
	for (size_t i = 0; i < COUNT(small); i++) {
		assert_int_equal(backup_item_encode(&s.items[small[i]], BUF_OF(mem), &enc), OK);
		record_is_canonical(recode_item, enc);
	}
}

static void
records_end_at_their_limits(void **state)
{
	(void)state;
	static struct script s;
	static uint8_t mem[ARCHIVE_RECORD_MAX], long_bytes[EVENT_LEN_MAX + 1];
	struct bytes enc;
	script_fill(&s);
	memset(long_bytes, 'a', sizeof(long_bytes));
	struct { struct backup_item good; struct bytes *field; size_t most; } cases[4] = { { .good = s.items[HEAD], .most = BACKUP_PROGRAM_LEN_MAX },
		{ .good = s.items[SEALED], .most = BACKUP_NAME_LEN_MAX }, { .good = s.items[EMPTY], .most = BACKUP_NAME_LEN_MAX }, { .good = s.items[EVENT_1], .most = EVENT_LEN_MAX } };
	cases[0].field = &cases[0].good.program;
	cases[1].field = &cases[1].good.name;
	cases[2].field = &cases[2].good.name;
	cases[3].field = &cases[3].good.value;
	for (size_t i = 0; i < COUNT(cases); i++) {
		*cases[i].field = (struct bytes){ long_bytes, cases[i].most };
		assert_int_equal(backup_item_encode(&cases[i].good, BUF_OF(mem), &enc), OK);
		*cases[i].field = (struct bytes){ long_bytes, cases[i].most + 1 };
		assert_int_equal(backup_item_encode(&cases[i].good, BUF_OF(mem), &enc), ERR_ARGUMENT);
	}
	struct backup_item file = s.items[PIECE_2];
	file.size = BACKUP_FILE_LEN_MAX;
	assert_int_equal(backup_item_encode(&file, BUF_OF(mem), &enc), OK);
	file.size++;
	assert_int_equal(backup_item_encode(&file, BUF_OF(mem), &enc), ERR_ARGUMENT);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(records_come_back_whatever_their_number),
		cmocka_unit_test(a_whole_backup_is_read),
		cmocka_unit_test(what_is_not_where_it_belongs_is_refused),
		cmocka_unit_test(another_profile_in_the_head_is_refused),
		cmocka_unit_test(every_cut_and_every_flipped_bit_is_refused),
		cmocka_unit_test(records_have_one_encoding),
		cmocka_unit_test(records_end_at_their_limits),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
