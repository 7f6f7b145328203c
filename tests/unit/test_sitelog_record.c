/* sitelog_record, sitelog_head -- the bytes of a site log. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "tests/unit/support/scratch.h"
#include "tools/verifier/sitelog_head.h"
#include "tools/verifier/sitelog_record.h"

static char longest[PURPOSE_LEN_MAX + 2];

static struct digest
digest_of(uint8_t b)
{
	struct digest d;
	memset(d.b, b, sizeof(d.b));
	return d;
}

static struct sitelog_record
check_good(void)
{
	return (struct sitelog_record){ .sequence = 7, .previous = digest_of(0x77), .entry = { .kind = SITELOG_CHECK, .time_unix_s = 1800000120, .verdict = 1,
		.flags = SITELOG_STALE, .status_as_of_unix_s = 1800000060, .has_presented = true, .presented = digest_of(0x11),
		.site = BYTES_LIT("历城区 3 号检查点"), .purpose = BYTES_LIT("检查计划 2026-117") } };
}

static struct sitelog_record
check_live(void)
{
	struct sitelog_record r = check_good();
	r.entry.has_credential = true;
	r.entry.credential = digest_of(0x22);
	r.entry.judged_as_of_unix_s = 1790000000;
	return r;
}

static struct sitelog_record
check_of_text(void)
{
	struct sitelog_record r = check_good();
	r.entry.verdict = 10;
	r.entry.flags = SITELOG_OF_TEXT;
	r.entry.status_as_of_unix_s = 0;
	return r;
}

static struct sitelog_record
check_too_long(void)
{
	struct sitelog_record r = check_of_text();
	r.entry.has_presented = false;
	return r;
}

static struct sitelog_record
group_good(void)
{
	struct sitelog_record r = check_good();
	r.entry.kind = SITELOG_GROUP;
	r.entry.verdict = 73;
	r.entry.has_presented = false;
	r.entry.members = 2;
	return r;
}

static struct sitelog_record
repair_good(void)
{
	return (struct sitelog_record){ .sequence = 8, .previous = digest_of(0x78), .entry = { .kind = SITELOG_REPAIR, .time_unix_s = 1800000200,
		.verdict = SITELOG_TORN, .has_presented = true, .presented = digest_of(0x33) } };
}

static struct sitelog_record
repair_of_head(void)
{
	struct sitelog_record r = repair_good();
	r.entry.verdict = SITELOG_HEAD_LOST;
	r.entry.has_presented = false;
	return r;
}

typedef struct sitelog_record maker(void);
static maker *const makers[] = { check_good, check_live, check_of_text, check_too_long, group_good, repair_good, repair_of_head };
enum { MAKERS = sizeof(makers) / sizeof(makers[0]) };

static enum status
record_recode(struct bytes enc, struct buf out, struct bytes *again)
{
	struct sitelog_record r;
	enum status st = sitelog_record_decode(enc, &r);
	if (st == OK)
		assert_int_equal(sitelog_record_encode(&r, out, again), OK);
	return st;
}

static void
a_record_comes_back_as_it_was_written(void **state)
{
	(void)state;
	uint8_t mem[SITELOG_RECORD_LEN_MAX];
	struct bytes enc;
	struct sitelog_record r = check_live(), got;
	assert_int_equal(sitelog_record_encode(&r, BUF_OF(mem), &enc), OK);
	assert_int_equal(sitelog_record_decode(enc, &got), OK);
	assert_int_equal(got.sequence, 7);
	assert_int_equal(got.entry.kind, SITELOG_CHECK);
	assert_int_equal(got.entry.time_unix_s, 1800000120);
	assert_int_equal(got.entry.verdict, 1);
	assert_int_equal(got.entry.flags, SITELOG_STALE);
	assert_int_equal(got.entry.status_as_of_unix_s, 1800000060);
	assert_int_equal(got.entry.judged_as_of_unix_s, 1790000000);
	assert_true(got.entry.has_presented && got.entry.has_credential);
	assert_memory_equal(got.entry.presented.b, r.entry.presented.b, DIGEST_LEN);
	assert_memory_equal(got.entry.credential.b, r.entry.credential.b, DIGEST_LEN);
	assert_memory_equal(got.previous.b, r.previous.b, DIGEST_LEN);
	assert_true(bytes_eq(got.entry.site, r.entry.site));
	assert_true(bytes_eq(got.entry.purpose, r.entry.purpose));
}

static void
every_kind_of_record_has_one_encoding_and_one_version(void **state)
{
	(void)state;
	uint8_t mem[SITELOG_RECORD_LEN_MAX];
	struct bytes enc;
	for (size_t i = 0; i < MAKERS; i++) {
		struct sitelog_record r = makers[i]();
		assert_int_equal(sitelog_entry_check(&r.entry, NULL), OK);
		assert_int_equal(sitelog_record_encode(&r, BUF_OF(mem), &enc), OK);
		record_is_canonical(record_recode, enc);
		record_of_version_2_is_unsupported(record_recode, enc, 1);
	}
}

static void
the_end_of_a_record_is_found_by_its_heads(void **state)
{
	(void)state;
	uint8_t mem[SITELOG_RECORD_LEN_MAX + 300];
	for (size_t i = 0; i < MAKERS; i++) {
		struct sitelog_record r = makers[i]();
		struct bytes enc;
		size_t len = 0;
		memset(mem, 0xff, sizeof(mem));
		assert_int_equal(sitelog_record_encode(&r, BUF_OF(mem), &enc), OK);
		assert_int_equal(sitelog_record_len((struct bytes){ mem, sizeof(mem) }, &len), OK);
		assert_int_equal(len, enc.len);
		for (size_t n = 0; n < enc.len; n++)
			assert_int_equal(sitelog_record_len((struct bytes){ mem, n }, &len), ERR_NOT_FOUND);
	}
}

static void
what_begins_no_record_is_told_apart_from_one_cut_short(void **state)
{
	(void)state;
	static const struct { const char *why; uint8_t head[12]; size_t len; } wrong[] = {
		{ "another array", { 0x8d, 1 }, 2 },
		{ "a map inside", { 0x8e, 1, 0xa0 }, 3 },
		{ "an indefinite length", { 0x8e, 1, 0x5f }, 3 },
		{ "a negative integer", { 0x8e, 0x20 }, 2 },
		{ "a text longer than any record", { 0x8e, 1, 0x79, 0x02, 0x00 }, 5 },
		{ "a length of 2^64 - 1", { 0x8e, 1, 0x7b, 255, 255, 255, 255, 255, 255, 255, 255 }, 11 },
	};
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		size_t len;
		if (sitelog_record_len((struct bytes){ wrong[i].head, wrong[i].len }, &len) != ERR_FORMAT)
			fail_msg("%s: not refused", wrong[i].why);
	}
	uint8_t endless[SITELOG_RECORD_LEN_MAX + 1] = { 0x8e, 0x79, 0x01, 0xa0 }; /* 416 bytes of text, then 416 more */
	size_t len;
	memcpy(endless + 4 + 416, (uint8_t[]){ 0x79, 0x01, 0xa0 }, 3);
	assert_int_equal(sitelog_record_len((struct bytes){ endless, sizeof(endless) }, &len), ERR_FORMAT);
	assert_int_equal(sitelog_record_len((struct bytes){ endless, sizeof(endless) - 1 }, &len), ERR_NOT_FOUND);
}

static void
the_longest_record_fits_the_limit(void **state)
{
	(void)state;
	uint8_t mem[SITELOG_RECORD_LEN_MAX];
	struct bytes enc;
	struct sitelog_record r = check_live();
	memset(longest, 'x', sizeof(longest));
	r.sequence = UINT64_MAX;
	r.entry.time_unix_s = r.entry.judged_as_of_unix_s = r.entry.status_as_of_unix_s = (int64_t)1 << 40;
	r.entry.verdict = 255;
	r.entry.site = (struct bytes){ (const uint8_t *)longest, SITE_LEN_MAX };
	r.entry.purpose = (struct bytes){ (const uint8_t *)longest, PURPOSE_LEN_MAX };
	assert_int_equal(sitelog_record_encode(&r, BUF_OF(mem), &enc), OK);
	assert_int_equal(enc.len, SITELOG_RECORD_LEN_MAX);
}

/* ---- what no log takes ---- */

static void long_site(struct sitelog_entry *e) { e->site = (struct bytes){ (const uint8_t *)longest, SITE_LEN_MAX + 1 }; }
static void long_purpose(struct sitelog_entry *e) { e->purpose = (struct bytes){ (const uint8_t *)longest, PURPOSE_LEN_MAX + 1 }; }
static void unclean_site(struct sitelog_entry *e) { e->site = BYTES_LIT("a\nb"); }
static void unclean_purpose(struct sitelog_entry *e) { e->purpose = BYTES_LIT("\xe2\x80\xae" "evil"); }
static void early(struct sitelog_entry *e) { e->time_unix_s = -1; }
static void late(struct sitelog_entry *e) { e->time_unix_s = ((int64_t)1 << 40) + 1; }
static void early_list(struct sitelog_entry *e) { e->status_as_of_unix_s = -1; }
static void early_now(struct sitelog_entry *e) { e->judged_as_of_unix_s = -1; }
static void verdict_256(struct sitelog_entry *e) { e->verdict = 256; }
static void flag_16(struct sitelog_entry *e) { e->flags = 16; }
static void no_digest(struct sitelog_entry *e) { e->has_presented = false; }
static void same_digest(struct sitelog_entry *e) { e->has_credential = true; e->credential = e->presented; }
static void text_with_credential(struct sitelog_entry *e) { e->flags = SITELOG_OF_TEXT; e->has_credential = true; }
static void check_with_members(struct sitelog_entry *e) { e->members = 1; }
static void kind_0(struct sitelog_entry *e) { e->kind = (enum sitelog_kind)0; }
static void kind_4(struct sitelog_entry *e) { e->kind = (enum sitelog_kind)4; }
static void group_of_none(struct sitelog_entry *e) { *e = group_good().entry; e->members = 0; }
static void group_too_large(struct sitelog_entry *e) { *e = group_good().entry; e->members = GROUP_MEMBERS_MAX + 1; }
static void group_with_digest(struct sitelog_entry *e) { *e = group_good().entry; e->has_presented = true; }
static void group_of_text(struct sitelog_entry *e) { *e = group_good().entry; e->flags = SITELOG_OF_TEXT; }
static void repair_0(struct sitelog_entry *e) { *e = repair_good().entry; e->verdict = 0; }
static void repair_3(struct sitelog_entry *e) { *e = repair_of_head().entry; e->verdict = 3; }
static void torn_without_digest(struct sitelog_entry *e) { *e = repair_good().entry; e->has_presented = false; }
static void head_with_digest(struct sitelog_entry *e) { *e = repair_of_head().entry; e->has_presented = true; }
static void repair_with_site(struct sitelog_entry *e) { *e = repair_good().entry; e->site = BYTES_LIT("here"); }

static void
what_says_too_much_or_too_little_is_not_logged(void **state)
{
	(void)state;
	static const struct { const char *why; void (*bend)(struct sitelog_entry *); } wrong[] = {
		{ "a site one byte too long", long_site }, { "a purpose one byte too long", long_purpose }, { "a line break in the site", unclean_site },
		{ "text that turns around", unclean_purpose }, { "before 1970", early }, { "past all dates", late }, { "a list before 1970", early_list },
		{ "judged as of before 1970", early_now }, { "a verdict that is none", verdict_256 }, { "an unknown flag", flag_16 },
		{ "nothing presented", no_digest }, { "one digest written twice", same_digest }, { "a certificate in unreadable text", text_with_credential },
		{ "a check with members", check_with_members }, { "no kind", kind_0 }, { "an unknown kind", kind_4 }, { "a group of nobody", group_of_none },
		{ "a group over the limit", group_too_large }, { "a group with a digest", group_with_digest }, { "a group of text", group_of_text },
		{ "a repair of nothing", repair_0 }, { "an unknown repair", repair_3 }, { "moved bytes without digest", torn_without_digest },
		{ "a head with a digest", head_with_digest }, { "a repair with a site", repair_with_site },
	};
	memset(longest, 'x', sizeof(longest));
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		uint8_t mem[SITELOG_RECORD_LEN_MAX + 100];
		struct bytes enc;
		struct err err = { 0 };
		struct sitelog_record r = check_good();
		wrong[i].bend(&r.entry);
		if (sitelog_entry_check(&r.entry, &err) != ERR_ARGUMENT || err.text[0] == '\0' || sitelog_record_encode(&r, BUF_OF(mem), &enc) != ERR_ARGUMENT)
			fail_msg("%s: taken", wrong[i].why);
	}
	struct sitelog_record largest = group_good();
	largest.entry.members = GROUP_MEMBERS_MAX;
	assert_int_equal(sitelog_entry_check(&largest.entry, NULL), OK);
}

static void
a_text_as_typed_is_taken_up_to_its_limit(void **state)
{
	(void)state;
	struct err too_long = { 0 }, unclean = { 0 };
	memset(longest, 'x', sizeof(longest));
	assert_int_equal(sitelog_text_check("--site", (struct bytes){ (const uint8_t *)longest, SITE_LEN_MAX }, SITE_LEN_MAX, NULL), OK);
	assert_int_equal(sitelog_text_check("--site", (struct bytes){ (const uint8_t *)longest, SITE_LEN_MAX + 1 }, SITE_LEN_MAX, &too_long), ERR_ARGUMENT);
	assert_non_null(strstr(too_long.text, "--site: got 97 bytes, wanted at most 96"));
	assert_int_equal(sitelog_text_check("--purpose", BYTES_LIT("a\033[31m"), PURPOSE_LEN_MAX, &unclean), ERR_ARGUMENT);
	assert_non_null(strstr(unclean.text, "\\x1B"));
}

/* ---- the opening ---- */

static struct sitelog_opening
opening_of(enum sitelog_reason reason)
{
	struct sitelog_opening o = { .opened_unix_s = 1800000000, .reason = reason };
	memcpy(o.id, "\1\2\3\4\5\6\7\10", SITELOG_ID_LEN);
	if (reason != SITELOG_NEW) {
		o.previous_sequence = 500;
		o.has_previous = true;
		o.previous = digest_of(0x55);
	}
	return o;
}

static enum status
opening_recode(struct bytes enc, struct buf out, struct bytes *again)
{
	struct sitelog_opening o;
	size_t len;
	enum status st = sitelog_opening_decode(enc, &o, &len);
	if (st == OK && len != enc.len)
		return ERR_FORMAT;
	if (st == OK)
		assert_int_equal(sitelog_opening_encode(&o, out, again), OK);
	return st;
}

static void
an_opening_has_one_encoding_and_one_version(void **state)
{
	(void)state;
	for (int reason = SITELOG_NEW; reason <= SITELOG_AFTER_DAMAGE; reason++) {
		uint8_t mem[SITELOG_OPENING_LEN_MAX + 1];
		struct bytes enc;
		struct sitelog_opening o = opening_of((enum sitelog_reason)reason);
		assert_int_equal(sitelog_opening_encode(&o, (struct buf){ mem, SITELOG_OPENING_LEN_MAX, 0 }, &enc), OK);
		record_is_canonical(opening_recode, enc);
		record_of_version_2_is_unsupported(opening_recode, enc, 14);
		mem[12] = '2';
		assert_int_equal(sitelog_opening_decode(enc, &o, &(size_t){ 0 }), ERR_UNSUPPORTED);
		mem[3] = 'x';
		assert_int_equal(sitelog_opening_decode(enc, &o, &(size_t){ 0 }), ERR_FORMAT);
	}
}

static void
an_opening_that_contradicts_itself_is_refused(void **state)
{
	(void)state;
	uint8_t mem[SITELOG_OPENING_LEN_MAX];
	struct bytes enc;
	struct sitelog_opening first_with_previous = opening_of(SITELOG_CONTINUED), next_without = opening_of(SITELOG_NEW), early_one = opening_of(SITELOG_NEW);
	first_with_previous.reason = SITELOG_NEW;
	next_without.reason = SITELOG_CONTINUED;
	early_one.opened_unix_s = -1;
	assert_int_equal(sitelog_opening_encode(&first_with_previous, BUF_OF(mem), &enc), ERR_ARGUMENT);
	assert_int_equal(sitelog_opening_encode(&next_without, BUF_OF(mem), &enc), ERR_ARGUMENT);
	assert_int_equal(sitelog_opening_encode(&early_one, BUF_OF(mem), &enc), ERR_ARGUMENT);
}

/* ---- the head ---- */

static void
a_head_comes_back_and_a_flipped_bit_or_a_cut_is_noticed(void **state)
{
	(void)state;
	uint8_t line[SITELOG_HEAD_LEN + 1];
	struct sitelog_place p = { .sequence = 17, .start = 1000, .end = 1150, .hash = digest_of(0x9a) }, got;
	assert_int_equal(sitelog_head_encode(&p, line), OK);
	assert_int_equal(sitelog_head_decode((struct bytes){ line, SITELOG_HEAD_LEN }, &got), OK);
	assert_true(sitelog_place_eq(&p, &got));
	for (size_t n = 0; n < SITELOG_HEAD_LEN; n++)
		assert_int_equal(sitelog_head_decode((struct bytes){ line, n }, &got), ERR_FORMAT);
	for (size_t bit = 0; bit < 8 * SITELOG_HEAD_LEN; bit++) {
		line[bit / 8] ^= (uint8_t)(1u << bit % 8);
		assert_int_equal(sitelog_head_decode((struct bytes){ line, SITELOG_HEAD_LEN }, &got), ERR_FORMAT);
		line[bit / 8] ^= (uint8_t)(1u << bit % 8);
	}
}

static void
a_head_that_ends_before_it_begins_is_refused(void **state)
{
	(void)state;
	uint8_t line[SITELOG_HEAD_LEN];
	struct sitelog_place p = { .sequence = 17, .start = 1000, .end = 1000 }, got;
	assert_int_equal(sitelog_head_encode(&p, line), OK);
	assert_int_equal(sitelog_head_decode((struct bytes){ line, SITELOG_HEAD_LEN }, &got), ERR_FORMAT);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_record_comes_back_as_it_was_written),
		cmocka_unit_test(every_kind_of_record_has_one_encoding_and_one_version),
		cmocka_unit_test(the_end_of_a_record_is_found_by_its_heads),
		cmocka_unit_test(what_begins_no_record_is_told_apart_from_one_cut_short),
		cmocka_unit_test(the_longest_record_fits_the_limit),
		cmocka_unit_test(what_says_too_much_or_too_little_is_not_logged),
		cmocka_unit_test(a_text_as_typed_is_taken_up_to_its_limit),
		cmocka_unit_test(an_opening_has_one_encoding_and_one_version),
		cmocka_unit_test(an_opening_that_contradicts_itself_is_refused),
		cmocka_unit_test(a_head_comes_back_and_a_flipped_bit_or_a_cut_is_noticed),
		cmocka_unit_test(a_head_that_ends_before_it_begins_is_refused),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
