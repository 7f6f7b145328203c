/* The binary interface of libyaopai-verify.so.0, as programs compiled against it have it in them.  What fails here breaks them:
 * either take the change back, or it is a new interface (docs/decisions/014-library-interface.md), and this table its golden one. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "tests/unit/support/scratch.h"
#include "verify/yaopai_verify.h"

/* On systems with pointers of 64 bits. */
#define SIZE(type, size) { "struct " #type, sizeof(struct type), 0, size, 0 }
#define FIELD(type, field, at, size) { #type "." #field, sizeof(((struct type *)0)->field), offsetof(struct type, field), size, at }
static const struct { const char *name; size_t size, at, golden_size, golden_at; } layout[] = {
	SIZE(yp_text, 16),
	SIZE(yp_bytes, 16),
	SIZE(yp_bundle_info, 72),
	SIZE(yp_answer, 2768),
	SIZE(yp_question, 64),
	SIZE(yp_group_question, 56),
	SIZE(yp_group_answer, 416),
	FIELD(yp_text, ptr, 0, 8),
	FIELD(yp_text, len, 8, 8),
	FIELD(yp_bytes, ptr, 0, 8),
	FIELD(yp_bytes, len, 8, 8),
	FIELD(yp_bundle_info, trust_lists, 0, 8),
	FIELD(yp_bundle_info, status_lists, 8, 8),
	FIELD(yp_bundle_info, trust_exp_unix_s, 16, 8),
	FIELD(yp_bundle_info, oldest_list_iat_unix_s, 24, 8),
	FIELD(yp_bundle_info, newest_list_iat_unix_s, 32, 8),
	FIELD(yp_bundle_info, earliest_list_exp_unix_s, 40, 8),
	FIELD(yp_bundle_info, earliest_stale_unix_s, 48, 8),
	FIELD(yp_bundle_info, clock_floor_unix_s, 56, 8),
	FIELD(yp_bundle_info, demonstration, 64, 1),
	FIELD(yp_answer, verdict, 0, 4),
	FIELD(yp_answer, facts_proven, 4, 1),
	FIELD(yp_answer, stale, 5, 1),
	FIELD(yp_answer, demonstration, 6, 1),
	FIELD(yp_answer, presented, 7, 1),
	FIELD(yp_answer, live, 8, 1),
	FIELD(yp_answer, status_as_of_unix_s, 16, 8),
	FIELD(yp_answer, status_value, 24, 1),
	FIELD(yp_answer, presented_unix_s, 32, 8),
	FIELD(yp_answer, window_s, 40, 8),
	FIELD(yp_answer, sentence, 48, 400),
	FIELD(yp_answer, kind, 448, 4),
	FIELD(yp_answer, iss, 456, 16),
	FIELD(yp_answer, number, 472, 16),
	FIELD(yp_answer, name, 488, 16),
	FIELD(yp_answer, body_name, 504, 16),
	FIELD(yp_answer, body_uscc, 520, 16),
	FIELD(yp_answer, post, 536, 16),
	FIELD(yp_answer, entrusting_name, 552, 16),
	FIELD(yp_answer, status_uri, 568, 16),
	FIELD(yp_answer, status_idx, 584, 4),
	FIELD(yp_answer, jurisdiction, 588, 4),
	FIELD(yp_answer, fields_n, 592, 1),
	FIELD(yp_answer, fields, 593, 16),
	FIELD(yp_answer, iat_unix_s, 616, 8),
	FIELD(yp_answer, nbf_unix_s, 624, 8),
	FIELD(yp_answer, exp_unix_s, 632, 8),
	FIELD(yp_answer, must_be_live, 640, 1),
	FIELD(yp_answer, has_device_key, 641, 1),
	FIELD(yp_answer, device_key, 642, 33),
	FIELD(yp_answer, portrait_digest, 675, 16),
	FIELD(yp_answer, has_portrait_digest, 691, 1),
	FIELD(yp_answer, credential, 696, 16),
	FIELD(yp_answer, token_len, 712, 8),
	FIELD(yp_answer, token, 720, 2048),
	FIELD(yp_question, now_unix_s, 0, 8),
	FIELD(yp_question, status_age_max_s, 8, 8),
	FIELD(yp_question, must_be_live, 16, 1),
	FIELD(yp_question, challenge, 24, 16),
	FIELD(yp_question, audience, 40, 16),
	FIELD(yp_question, replay, 56, 8),
	FIELD(yp_group_question, joint, 0, 1),
	FIELD(yp_group_question, bodies, 8, 8),
	FIELD(yp_group_question, bodies_n, 16, 8),
	FIELD(yp_group_question, fields, 24, 16),
	FIELD(yp_group_question, fields_n, 40, 8),
	FIELD(yp_group_question, jurisdiction, 48, 4),
	FIELD(yp_group_answer, verdict, 0, 4),
	FIELD(yp_group_answer, member, 8, 8),
	FIELD(yp_group_answer, sentence, 16, 400),
};

static void
every_public_structure_lies_in_memory_as_it_did(void **state)
{
	(void)state;
	if (sizeof(void *) != 8)
		skip();
	for (size_t i = 0; i < COUNT(layout); i++)
		if (layout[i].size != layout[i].golden_size || layout[i].at != layout[i].golden_at)
			fail_msg("%s: %zu bytes at %zu; in the interface %zu at %zu", layout[i].name, layout[i].size, layout[i].at,
			    layout[i].golden_size, layout[i].golden_at);
}

struct numbered { int number; const char *name; };
static const struct numbered verdicts[] = {
	{ 0, "NOT_JUDGED" }, { 1, "VALID" }, { 10, "UNREADABLE" }, { 11, "UNSUPPORTED" }, { 20, "TRUST_EXPIRED" }, { 21, "UNKNOWN_ISSUER" },
	{ 22, "ISSUER_NOT_ALLOWED" }, { 23, "FORGED" }, { 30, "NOT_YET_VALID" }, { 31, "EXPIRED" }, { 40, "STATUS_UNKNOWN" }, { 41, "VOID" },
	{ 42, "SUSPENDED" }, { 50, "POSSESSION_UNPROVEN" }, { 51, "PRESENTATION_FORGED" }, { 52, "CLOCK_SKEW" }, { 53, "PRESENTATION_STALE" },
	{ 54, "CHALLENGE_FAILED" }, { 55, "REPLAYED" }, { 60, "NOT_ON_REGISTER" },
}, group_verdicts[] = {
	{ 0, "NOT_JUDGED" }, { 1, "GOOD" }, { 70, "TOO_FEW" }, { 71, "MEMBER_NOT_GOOD" }, { 72, "WRONG_KIND" }, { 73, "SAME_PERSON" },
	{ 74, "OTHER_BODY" }, { 75, "FIELD_NOT_COVERED" }, { 76, "JURISDICTION_NOT_COVERED" },
}, statuses[] = {
	{ 0, "success" }, { 1, "malformed data" }, { 2, "unsupported version or kind" }, { 3, "limit exceeded" }, { 4, "not found" },
	{ 5, "conflict" }, { 6, "bad argument" }, { 7, "damaged data" }, { 8, "system error" }, { 9, "cryptographic library error" },
};

static const char *
verdict_name(int number)
{
	return yp_verdict_text((enum yp_verdict)number);
}

static const char *
group_verdict_name(int number)
{
	return yp_group_verdict_text((enum yp_group_verdict)number);
}

static const char *
status_name(int number)
{
	return yp_status_text((enum yp_status)number);
}

#define NAMES(golden, name) { golden, COUNT(golden), name }

static void
no_number_has_another_name_or_a_name_that_is_not_in_the_table(void **state)
{
	(void)state;
	static const struct { const struct numbered *golden; size_t n; const char *(*name)(int number); } enumerations[] = {
		NAMES(verdicts, verdict_name), NAMES(group_verdicts, group_verdict_name), NAMES(statuses, status_name),
	};
	for (size_t e = 0; e < COUNT(enumerations); e++) {
		const char *unknown = enumerations[e].name(1000);
		assert_non_null(unknown);
		for (int number = 0; number < 256; number++) {
			const char *wanted = unknown;
			for (size_t i = 0; i < enumerations[e].n; i++)
				if (enumerations[e].golden[i].number == number)
					wanted = enumerations[e].golden[i].name;
			assert_string_equal(enumerations[e].name(number), wanted);
		}
	}
}

static void
the_kinds_statuses_and_limits_that_programs_compile_in_are_the_same(void **state)
{
	(void)state;
	assert_int_equal(YP_SENTENCE_MAX, 400);
	assert_int_equal(YP_MEMORY_MAX, 163840);
	assert_int_equal(sizeof(enum yp_status), 4);
	assert_int_equal(sizeof(enum yp_verdict), 4);
	assert_int_equal(sizeof(enum yp_group_verdict), 4);
	assert_int_equal(sizeof(bool), 1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_public_structure_lies_in_memory_as_it_did),
		cmocka_unit_test(no_number_has_another_name_or_a_name_that_is_not_in_the_table),
		cmocka_unit_test(the_kinds_statuses_and_limits_that_programs_compile_in_are_the_same),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
