#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>

#include "base/clock.h"
#include "base/text.h"
#include "registry/hearing.h"
#include "tools/office/commands.h"
#include "tools/office/selection.h"
#include "tools/shared/json.h"
#include "tools/shared/options.h"

static const char usage[] =
    "usage: yaopai check moderator NUMBER --investigators A,B [--body CODE] [--from-elsewhere] [--date D] [--json]\n"
    "       yaopai check group A,B[,C] [--field F] [--jurisdiction D] [--joint [--bodies X,Y]] [--date D] [--json]\n"
    "moderator  may this hearing moderator preside over the case that A and B investigated? Persons are compared, not numbers.\n"
    "  --body CODE        the body that holds the hearing; the moderator must be of it (or of the organ that entrusts it)\n"
    "  --from-elsewhere   the organ has designated a moderator of another body\n"
    "group      may these officers act together? At least two different people, all good, of one body.\n"
    "  --field F          two of them may act in it; can be given several times\n"
    "  --jurisdiction D   every one may act there; a code or a name\n"
    "  --joint            a joint inspection: two of each body. --bodies X,Y: of these bodies\n"
    "both\n"
    "  --date D           on that day, from its first to its last second, or at that instant (now)\n"
    "Exit: 0 they may, 1 they may not, 2 it could not be told (an unknown number, for one).\n";

enum { NUMBERS_MAX = 256 };
struct list { struct bytes all[NUMBERS_MAX]; size_t n; };

struct checking {
	struct office *office;
	bool as_json, joint, from_elsewhere, is_group;
	const char *body, *jurisdiction, *date;
	struct list numbers, investigators, bodies;
	const char *fields[FIELDS_MAX]; size_t fields_n;
	int64_t from_unix_s, to_unix_s;        /* first and last second asked about */
};

/* What either question answers. */
struct answer { const char *verdict; int code; bool good; int64_t unix_s; char text[ANSWER_SENTENCE_MAX]; };

static enum status
take_list(struct checking *k, const char *text, struct list *l)
{
	for (const char *at = text;; at++) {
		size_t n = strcspn(at, ",");
		struct bytes item = text_trim((struct bytes){ (const uint8_t *)at, n });
		if (l->n == NUMBERS_MAX)
			return err_set(&k->office->err, ERR_LIMIT, "more than %d numbers in one question", NUMBERS_MAX);
		if (item.len > 0)
			l->all[l->n++] = item;
		at += n;
		if (*at == '\0')
			return OK;
	}
}

static enum status
take_option(struct checking *k, int c)
{
	switch (c) {
	case 'j': k->as_json = true; return OK;
	case 'J': k->joint = true; return OK;
	case 'e': k->from_elsewhere = true; return OK;
	case 'b': k->body = optarg; return OK;
	case 'd': k->date = optarg; return OK;
	case 'p': k->jurisdiction = optarg; return OK;
	case 'i': return take_list(k, optarg, &k->investigators);
	case 'B': return take_list(k, optarg, &k->bodies);
	case 'f':
		if (k->fields_n == FIELDS_MAX)
			return err_set(&k->office->err, ERR_LIMIT, "--field: at most %u fields", FIELDS_MAX);
		k->fields[k->fields_n++] = optarg;
		return OK;
	default:  return ERR_ARGUMENT;
	}
}

/* A day is asked about from its first to its last second. */
static enum status
take_date(struct checking *k)
{
	struct date day;
	k->from_unix_s = k->to_unix_s = clock_unix_s();
	if (k->date == NULL)
		return OK;
	if (date_parse(bytes_str(k->date), &day) != OK) {
		enum status st = option_instant("--date", k->date, &k->from_unix_s, &k->office->err);
		k->to_unix_s = k->from_unix_s;
		return st;
	}
	k->from_unix_s = date_start_unix_s(day);
	k->to_unix_s = date_end_unix_s(day) - 1;
	return OK;
}

static enum status
ask_moderator(struct checking *k, struct txn *t, int64_t unix_s, struct answer *out)
{
	struct hearing_answer a;
	struct hearing_question q = { .moderator = k->numbers.all[0], .investigators = k->investigators.all,
		.investigators_n = k->investigators.n, .from_elsewhere = k->from_elsewhere, .unix_s = unix_s };
	if (k->body != NULL)
		q.uscc = text_trim(bytes_str(k->body));
	enum status st = hearing_judge(t, &q, &a, &k->office->err);
	*out = (struct answer){ .verdict = hearing_verdict_text(a.verdict), .code = (int)a.verdict, .good = a.verdict == HEARING_MAY_PRESIDE,
		.unix_s = unix_s };
	memcpy(out->text, a.sentence, sizeof(out->text));
	return st;
}

static enum status
ask_group(struct checking *k, struct txn *t, const struct group_question *asked, int64_t unix_s, struct answer *out)
{
	struct group_answer a;
	struct group_question q = *asked;
	q.unix_s = unix_s;
	enum status st = group_judge(t, &q, &a, &k->office->err);
	*out = (struct answer){ .verdict = group_verdict_text(a.verdict), .code = (int)a.verdict, .good = a.verdict == GROUP_GOOD, .unix_s = unix_s };
	memcpy(out->text, a.sentence, sizeof(out->text));
	return st;
}

static enum status
read_group(struct checking *k, struct group_question *q)
{
	struct divisions d = { 0 };
	enum status st = OK;
	*q = (struct group_question){ .numbers = k->numbers.all, .numbers_n = k->numbers.n, .joint = k->joint, .bodies = k->bodies.all,
		.bodies_n = k->bodies.n };
	for (size_t i = 0; st == OK && i < k->fields_n; i++)
		st = selection_field(k->office, "--field", k->fields[i], &q->fields[q->fields_n++]);
	if (st == OK && k->jurisdiction != NULL) {
		st = office_divisions(k->office, &d);
		if (st == OK)
			st = selection_division(k->office, "--jurisdiction", k->jurisdiction, &d, &q->jurisdiction);
		divisions_free(&d);
	}
	return st;
}

/* At the first second asked about, then at the last: what is not good at one of them is the answer. */
static enum status
ask(struct checking *k, struct answer *out)
{
	struct txn t = { 0 };
	struct group_question group;
	enum status st = k->is_group ? read_group(k, &group) : OK;
	if (st == OK && (st = txn_begin_read(registry_store(k->office->registry), &t)) != OK)
		(void)err_set(&k->office->err, st, "the register cannot be read: %s", status_text(st));
	const int64_t instants[] = { k->from_unix_s, k->to_unix_s };
	size_t n = k->from_unix_s == k->to_unix_s ? 1 : 2;
	for (size_t i = 0; st == OK && i < n && (i == 0 || out->good); i++)
		st = k->is_group ? ask_group(k, &t, &group, instants[i], out) : ask_moderator(k, &t, instants[i], out);
	txn_end(&t);
	return st;
}

static void
print(const struct checking *k, const struct answer *a)
{
	char when[INSTANT_TEXT_LEN + 1];
	if (!k->as_json) {
		(void)printf("%s\n%s\n", a->verdict, a->text);
		return;
	}
	struct json j = json_open(stdout);
	json_object_begin(&j);
	json_key(&j, k->is_group ? "group" : "moderator"), json_str(&j, a->verdict);
	json_key(&j, "may"), json_bool(&j, a->good);
	json_key(&j, "code"), json_int(&j, a->code);
	json_key(&j, "sentence"), json_str(&j, a->text);
	json_key(&j, "judged_at"), json_str(&j, instant_text(a->unix_s, when));
	json_object_end(&j);
	(void)json_close(&j);
}

static enum status
check_question(struct checking *k, const char *what)
{
	struct err *err = &k->office->err;
	k->is_group = strcmp(what, "group") == 0;
	if (!k->is_group && strcmp(what, "moderator") != 0)
		return err_set(err, ERR_ARGUMENT, "check moderator or check group was wanted, not %.40s", what);
	if (k->is_group ? k->numbers.n < 1 : k->numbers.n != 1)
		return err_set(err, ERR_ARGUMENT, k->is_group ? "name the officers' numbers" : "name one moderator's number");
	if (k->is_group && (k->investigators.n > 0 || k->body != NULL || k->from_elsewhere))
		return err_set(err, ERR_ARGUMENT, "--investigators, --body and --from-elsewhere are for check moderator");
	if (!k->is_group && (k->fields_n > 0 || k->jurisdiction != NULL || k->joint || k->bodies.n > 0))
		return err_set(err, ERR_ARGUMENT, "--field, --jurisdiction, --joint and --bodies are for check group");
	if (k->bodies.n > 0 && !k->joint)
		return err_set(err, ERR_ARGUMENT, "--bodies names the bodies of a joint inspection; add --joint");
	return OK;
}

int
cmd_check(struct office *o, int argc, char **argv)
{
	static const struct option longs[] = { { "investigators", 1, NULL, 'i' }, { "body", 1, NULL, 'b' }, { "from-elsewhere", 0, NULL, 'e' },
		{ "field", 1, NULL, 'f' }, { "jurisdiction", 1, NULL, 'p' }, { "joint", 0, NULL, 'J' }, { "bodies", 1, NULL, 'B' },
		{ "date", 1, NULL, 'd' }, { "json", 0, NULL, 'j' }, { "help", 0, NULL, 'h' }, { NULL, 0, NULL, 0 } };
	struct checking k = { .office = o };
	struct answer a = { .good = false };
	enum status st = OK;
	for (int c; st == OK && (c = getopt_long(argc, argv, "h", longs, NULL)) != -1;) {
		if (c == 'h')
			return office_usage(usage, true);
		st = take_option(&k, c);
	}
	if (optind >= argc || (st != OK && o->err.status == OK))
		return office_usage(usage, false);
	for (int i = optind + 1; st == OK && i < argc; i++)
		st = take_list(&k, argv[i], &k.numbers);
	if (st == OK)
		st = check_question(&k, argv[optind]);
	if (st == OK)
		st = take_date(&k);
	if (st == OK)
		st = office_open(o, STORE_READ, false);
	if (st == OK)
		st = ask(&k, &a);
	if (st)
		return office_failed(o, "check");
	print(&k, &a);
	return a.good ? EXIT_DONE : EXIT_REFUSED;
}
