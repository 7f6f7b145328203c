#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/text.h"
#include "tools/office/commands.h"
#include "tools/office/sample_people.h"
#include "tools/shared/fields.h"
#include "tools/shared/options.h"

static const char usage[] =
    "usage: yaopai sample DIR [--scale N] [--seed S] [--today DATE]\n"
    "Write bodies.csv, holders.csv and moderators.csv of invented bodies and people into DIR.\n"
    "  --scale N     thousands of holders (216: the province); 0.1 is a hundred\n"
    "  --seed S      another sample (1)\n"
    "  --today DATE  dates are set around this day (today); same seed and day, same bytes\n";

enum { PROVINCE_HOLDERS = 216000, PROVINCE_BODIES = 7643, PROVINCE_MODERATORS = 10669, BODIES_MIN = 20, GIVEN_NUMBER_STEP = 3,
	VOID_SHARE = 100, SUSPENDED_SHARE = 200, MONTHS = 60, NEW_MODERATORS_FROM = 900000000 };

struct sample {
	struct office *office;
	const char *dir;
	uint64_t seed;
	struct date today;
	size_t holders, moderators, bodies_n;
	struct divisions divisions;
	struct sample_body *bodies;
	uint64_t weight_total;
	struct progress progress;
};

static FILE *
sheet_open(struct sample *s, const char *name, const char *heading, bool bom)
{
	char path[PATH_MAX_LEN];
	if (path_join(s->dir, name, path, sizeof(path), &s->office->err) != OK)
		return NULL;
	FILE *f = fopen(path, "wb");
	if (f == NULL) {
		(void)err_set(&s->office->err, ERR_SYSTEM, "cannot write %s: %s", path, strerror(errno));
		return NULL;
	}
	(void)fprintf(f, "%s%s\r\n", bom ? "\xef\xbb\xbf" : "", heading);
	return f;
}

static enum status
sheet_close(struct sample *s, FILE *f, const char *name)
{
	bool bad = ferror(f) != 0;
	bad = fclose(f) != 0 || bad;
	return bad ? err_set(&s->office->err, ERR_SYSTEM, "%s/%s could not be written whole: %s", s->dir, name, strerror(errno)) : OK;
}

static uint32_t
six_digits(uint32_t code)
{
	while (code != 0 && code < 100000)
		code *= 100;
	return code;
}

/* Term, matters, authority, law, document and day of publication. */
static void
write_authority(FILE *f, const struct sample_body *b, size_t n)
{
	char from[DATE_TEXT_LEN + 1], to[DATE_TEXT_LEN + 1];
	if (b->kind == 3)
		(void)fprintf(f, "%s,%s,%s职责范围内的行政检查和行政处罚,现场检查、调查取证、送达文书；处罚决定由委托机关作出,,委托〔%d〕%zu号,%s,",
		    date_text(b->entrusted_from, from), date_text(b->entrusted_to, to), b->entrusting_name, b->entrusted_from.year, n, from);
	else
		(void)fprintf(f, ",,,,%s,,,", b->kind == 2 ? "本领域法律、行政法规授权的行政检查和行政处罚（演示数据）" : "");
}

static enum status
write_bodies(struct sample *s)
{
	static const char *const kinds[] = { "", "法定行政机关", "法律法规授权组织", "受委托组织" };
	FILE *f = sheet_open(s, "bodies.csv", "序号,统一社会信用代码,单位名称,主体类型,行政区划代码,委托机关名称,委托机关代码,委托起始日期,委托截止日期,"
	    "委托事项,委托权限,授权依据,委托书文号,委托公开日期,主体状态,备注", true);
	if (f == NULL)
		return s->office->err.status;
	for (size_t i = 0; i < s->bodies_n; i++) {
		const struct sample_body *b = &s->bodies[i];
		(void)fprintf(f, "%zu,%s,%s,%s,%06u,%s,%s,", i + 1, b->uscc, b->name, kinds[b->kind], six_digits(b->division), b->entrusting_name,
		    b->entrusting_uscc);
		write_authority(f, b, i + 1);
		(void)fprintf(f, "正常,\r\n");
	}
	return sheet_close(s, f, "bodies.csv");
}

/* The body of person i: the bigger ones have more. */
static const struct sample_body *
body_of(const struct sample *s, uint64_t i)
{
	struct dice dice = { s->seed ^ (i + 7) * 0xa0761d6478bd642fu };
	uint64_t at = dice_roll(&dice, s->weight_total);
	size_t k = 0;
	/* the weights repeat from division to division: find the place by the mean, then walk */
	k = (size_t)(at * s->bodies_n / s->weight_total);
	return &s->bodies[k];
}

struct dates { char issued[DATE_TEXT_LEN + 8], until[DATE_TEXT_LEN + 1]; };

/* Issued within the last four years, good for five; in the styles that offices type. */
static void
invent_dates(const struct sample *s, struct dice *dice, struct dates *out)
{
	struct date issued = date_add_months(s->today, -(int)dice_roll(dice, 48) - 1);
	issued.day = 1 + (int)dice_roll(dice, 28);
	struct date until = date_of_unix_s(date_start_unix_s(date_add_months(issued, MONTHS)) - 1);
	(void)date_text(until, out->until);
	if (dice_roll(dice, 3) == 0)
		(void)snprintf(out->issued, sizeof(out->issued), "%d/%d/%d", issued.year, issued.month, issued.day);
	else
		(void)date_text(issued, out->issued);
}

static const char *
void_word(struct dice *dice)
{
	uint64_t n = dice_roll(dice, 20);
	return n == 0 ? "吊销" : n == 1 ? "撤销" : "注销";
}

static const char *
fields_text(struct dice *dice, const struct sample_body *b, char *out, size_t cap)
{
	if (b->field == 7 && dice_roll(dice, 3) == 0)
		(void)snprintf(out, cap, "%s、%s", field_name_zh(7), field_name_zh(9));
	else
		(void)snprintf(out, cap, "%s", field_name_zh(b->field));
	return out;
}

static void
write_holder(struct sample *s, FILE *f, size_t row, uint64_t i, const char *status, bool numbered)
{
	static const char *const staff[] = { "", "行政编制", "参公编制", "事业编制" };
	struct dice dice = { s->seed * 31 + i };
	const struct sample_body *b = body_of(s, i);
	struct sample_person p;
	struct dates d;
	char fields[128], number[24] = "";
	sample_person(&s->divisions, s->seed, i, &p);
	invent_dates(s, &dice, &d);
	if (numbered || dice_roll(&dice, 10) < 7)
		(void)snprintf(number, sizeof(number), "15%09u", (unsigned)(100000000u + i * GIVEN_NUMBER_STEP));
	(void)fprintf(f, "%zu,%s,%s,%s,%s,%s,%s,%s,%s,%06u,%s,%s,%s,%s,,%s\r\n", row, p.name, p.male ? "男" : "女", p.idnumber, b->name, b->uscc,
	    sample_post(&dice, b), staff[b->kind], fields_text(&dice, b, fields, sizeof(fields)), six_digits(b->division), number, d.issued,
	    d.until, status, d.issued);
}

/* Every `share`-th of n rows gets the mark, exactly n / share of them. */
static bool
is_marked(uint64_t i, uint64_t n, uint64_t marks)
{
	return n > 0 && (i + 1) * marks / n != i * marks / n;
}

static enum status
write_holders(struct sample *s)
{
	uint64_t all = s->holders + s->moderators, voids = (all + VOID_SHARE / 2) / VOID_SHARE;
	uint64_t suspended = (all + SUSPENDED_SHARE / 2) / SUSPENDED_SHARE;
	uint64_t void_here = voids - voids * s->moderators / all, suspended_here = suspended - suspended * s->moderators / all;
	size_t row = 0;
	FILE *f = sheet_open(s, "holders.csv", "序号,姓名,性别,身份证号,所在单位,统一社会信用代码,职务,编制类型,执法领域,执法区域,执法证号,发证日期,有效期至,证件状态,备注,考试日期", false);
	if (f == NULL)
		return s->office->err.status;
	for (uint64_t i = 0; i < s->holders; i++) {
		write_holder(s, f, ++row, i, is_marked(i, s->holders, suspended_here) ? "暂扣" : "有效", false);
		if (is_marked(i, s->holders, void_here)) { /* someone who has left, with the number they had */
			struct dice dice = { s->seed + i * 97 };
			write_holder(s, f, ++row, s->holders + s->moderators + i, void_word(&dice), true);
		}
		if (i % 1024 == 0)
			progress_add(&s->progress, 1024);
	}
	return sheet_close(s, f, "holders.csv");
}

static void
write_moderator(struct sample *s, FILE *f, size_t row, uint64_t person, uint64_t n, const char *status)
{
	struct dice dice = { s->seed * 37 + person };
	const struct sample_body *b = body_of(s, person);
	struct sample_person p;
	struct dates d;
	sample_person(&s->divisions, s->seed, person, &p);
	invent_dates(s, &dice, &d);
	(void)fprintf(f, "%zu,15T%08u,%s,%s,%s,%s,%s,%s,%06u,%s,%s,%s,%s,%s,\r\n", row, (unsigned)(10000000u + n * 7), p.name,
	    p.male ? "男" : "女", p.idnumber, b->uscc, b->name, sample_post(&dice, b), six_digits(b->division), d.issued, d.issued, d.issued,
	    d.until, status);
}

static enum status
write_moderators(struct sample *s)
{
	uint64_t all = s->holders + s->moderators, voids = (all + VOID_SHARE / 2) / VOID_SHARE * s->moderators / all;
	uint64_t suspended = (all + SUSPENDED_SHARE / 2) / SUSPENDED_SHARE * s->moderators / all;
	size_t row = 0;
	FILE *f = sheet_open(s, "moderators.csv", "序号,主持人证号,姓名,性别,身份证号,统一社会信用代码,所在单位,职务,执法区域,培训日期,考试日期,发证日期,有效期至,证件状态,备注", true);
	if (f == NULL)
		return s->office->err.status;
	for (uint64_t i = 0; i < s->moderators; i++) {
		bool also_officer = i % 10 != 9 && s->holders >= s->moderators;
		uint64_t person = also_officer ? i * (s->holders / s->moderators) : s->holders + i;
		write_moderator(s, f, ++row, person, i, is_marked(i, s->moderators, suspended) ? "暂扣" : "有效");
		if (is_marked(i, s->moderators, voids)) {
			struct dice dice = { s->seed + i * 89 };
			write_moderator(s, f, ++row, 2 * (s->holders + s->moderators) + i, s->moderators + i, void_word(&dice));
		}
	}
	return sheet_close(s, f, "moderators.csv");
}

static enum status
write_all(struct sample *s)
{
	struct err *err = &s->office->err;
	enum status st = dir_make(s->dir, 0700, err);
	if (st == OK)
		st = divisions_load(NULL, &s->divisions, err);
	if (st == OK)
		st = sample_bodies(&s->divisions, s->bodies_n, s->seed, s->today, &s->bodies, err);
	for (size_t i = 0; st == OK && i < s->bodies_n; i++)
		s->weight_total += s->bodies[i].weight;
	progress_start(&s->progress, "writing", s->holders, office_progress(s->office));
	if (st == OK)
		st = write_bodies(s);
	if (st == OK)
		st = write_holders(s);
	if (st == OK)
		st = write_moderators(s);
	progress_end(&s->progress);
	free(s->bodies);
	divisions_free(&s->divisions);
	return st;
}

/* "216", "0.1": thousands as a decimal with at most three places. */
static enum status
take_scale(struct office *o, const char *text, size_t *holders)
{
	uint64_t whole = 0, part = 0;
	const char *dot = strchr(text, '.');
	size_t n = dot != NULL ? (size_t)(dot - text) : strlen(text), places = dot != NULL ? strlen(dot + 1) : 0;
	bool good = text_uint((struct bytes){ (const uint8_t *)text, n }, &whole) == OK && places <= 3 && whole <= 10000;
	if (good && dot != NULL)
		good = text_uint(bytes_str(dot + 1), &part) == OK;
	for (; places < 3; places++)
		part *= 10;
	*holders = (size_t)(whole * 1000 + part);
	if (!good || *holders < 10)
		return err_set(&o->err, ERR_ARGUMENT, "--scale: thousands of holders from 0.01 to 10000 were wanted, not %.40s", text);
	return OK;
}

int
cmd_sample(struct office *o, int argc, char **argv)
{
	static const struct option longs[] = { { "scale", 1, NULL, 'n' }, { "seed", 1, NULL, 's' }, { "today", 1, NULL, 't' },
		{ "help", 0, NULL, 'h' }, { NULL, 0, NULL, 0 } };
	struct sample s = { .office = o, .seed = 1, .today = date_of_unix_s(clock_unix_s()), .holders = PROVINCE_HOLDERS };
	enum status st = OK;
	for (int c; st == OK && (c = getopt_long(argc, argv, "h", longs, NULL)) != -1;) {
		switch (c) {
		case 'n': st = take_scale(o, optarg, &s.holders); break;
		case 's': st = option_uint("--seed", optarg, 0, UINT32_MAX, &s.seed, &o->err); break;
		case 't':
			if (date_parse(bytes_str(optarg), &s.today) != OK)
				st = err_set(&o->err, ERR_ARGUMENT, "--today: a date was wanted, not %.40s", optarg);
			break;
		case 'h': return office_usage(usage, true);
		default:  return office_usage(usage, false);
		}
	}
	if (st == OK && optind + 1 != argc)
		return office_usage(usage, false);
	s.dir = argv[optind];
	s.moderators = (s.holders * PROVINCE_MODERATORS + PROVINCE_HOLDERS / 2) / PROVINCE_HOLDERS;
	s.bodies_n = (s.holders * PROVINCE_BODIES + PROVINCE_HOLDERS / 2) / PROVINCE_HOLDERS;
	if (s.bodies_n < BODIES_MIN)
		s.bodies_n = BODIES_MIN;
	if (s.bodies_n > PROVINCE_BODIES)
		s.bodies_n = PROVINCE_BODIES; /* a larger sample has larger bodies */
	if (st == OK)
		st = write_all(&s);
	if (st)
		return office_failed(o, "sample");
	(void)printf("%zu bodies, %zu holders and %zu moderators (and as many void ones as one in a hundred) are in %s\n", s.bodies_n, s.holders,
	    s.moderators, s.dir);
	return EXIT_DONE;
}
