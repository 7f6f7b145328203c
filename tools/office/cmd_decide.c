#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/text.h"
#include "registry/decide.h"
#include "tools/office/commands.h"
#include "tools/shared/options.h"

static const char usage[] =
    "usage: yaopai suspend|reinstate|cancel|revoke|withdraw NUMBER... [particulars]\n"
    "       yaopai suspend|reinstate|cancel --person NUMBER [particulars]   the person who holds NUMBER\n"
    "       yaopai suspend|reinstate|cancel --body CODE [particulars]       an enforcement body\n"
    "       yaopai ACTION --file LIST [particulars]                         one number on each line, - for standard input\n"
    "Record a decision. Compulsory particulars: ground, organ, document.\n"
    "  --ground TEXT      legal ground          --organ TEXT     deciding organ\n"
    "  --document TEXT    document number       --reviewer NAME  who reviewed it\n"
    "  --effective TIME   from when (now); a date or 2026-01-31T09:00:00+08:00; may lie in the future\n"
    "  --end TIME         end of a suspension   --ban-until TIME ban on re-applying, with a revocation\n"
    "  --because WORD     with cancel: retired, resigned, deceased, transferred, dismissed or lost-post, as the ground in Chinese\n"
    "  --operator NAME    who does this\n"
    "Exit: 0 done, 1 some were refused (each is told; the others are done), 2 could not.\n";

enum target { TARGET_HOLDER, TARGET_PERSON, TARGET_BODY };
enum { LIST_MAX = 64 << 20, TRANSACTION_ROWS = 8192 };

struct deciding {
	struct decision decision;
	enum target target;
	const char *subject, *list;            /* --person or --body; --file */
	char **numbers; size_t numbers_n;
	uint64_t done, refused;
	bool dated;
};

static enum action
action_of(const char *name)
{
	static const struct { const char *name; enum action action; } known[] = { { "suspend", ACTION_SUSPEND },
		{ "reinstate", ACTION_REINSTATE }, { "cancel", ACTION_CANCEL }, { "revoke", ACTION_REVOKE }, { "withdraw", ACTION_WITHDRAW } };
	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		if (strcmp(name, known[i].name) == 0)
			return known[i].action;
	return ACTION_NONE;
}

static enum status
take_text(struct office *o, const char *option, const char *value, struct bytes *out)
{
	struct bytes v = text_trim(bytes_str(value));
	if (v.len < 1 || v.len > GROUND_LEN_MAX || !text_is_clean(v))
		return err_set(&o->err, ERR_ARGUMENT, "%s: 1 to %u bytes of clean UTF-8 were wanted", option, GROUND_LEN_MAX);
	*out = v;
	return OK;
}

/* The usual reasons for leaving (注销: without fault) as the ground that is recorded. */
static enum status
take_because(struct office *o, struct deciding *d)
{
	static const char *const words[][2] = { { "retired", "退休" }, { "resigned", "辞职" }, { "deceased", "死亡" }, { "transferred", "调离" },
		{ "dismissed", "辞退" }, { "lost-post", "离开执法岗位" } };
	if (d->decision.action != ACTION_CANCEL)
		return err_set(&o->err, ERR_ARGUMENT, "--because goes with cancel; --ground names the legal ground of the others");
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (strcmp(optarg, words[i][0]) == 0) {
			d->decision.ground = bytes_str(words[i][1]);
			return OK;
		}
	return err_set(&o->err, ERR_ARGUMENT, "--because: retired, resigned, deceased, transferred, dismissed or lost-post was wanted, not %.40s",
	    optarg);
}

static enum status
take_option(struct office *o, int c, struct deciding *d)
{
	switch (c) {
	case 'g': return take_text(o, "--ground", optarg, &d->decision.ground);
	case 'O': return take_text(o, "--organ", optarg, &d->decision.organ);
	case 'd': return take_text(o, "--document", optarg, &d->decision.document);
	case 'r': return take_text(o, "--reviewer", optarg, &d->decision.reviewer);
	case 'e': d->dated = true; return option_instant("--effective", optarg, &d->decision.effective_unix_s, &o->err);
	case 'E': return option_instant("--end", optarg, &d->decision.end_unix_s, &o->err);
	case 'B': return option_instant("--ban-until", optarg, &d->decision.ban_until_unix_s, &o->err);
	case 'p': d->target = TARGET_PERSON; d->subject = optarg; return OK;
	case 'b': d->target = TARGET_BODY; d->subject = optarg; return OK;
	case 'w': return take_because(o, d);
	case 'f': d->list = optarg; return OK;
	case 'o': return office_set_operator(o, optarg);
	default:  return ERR_ARGUMENT;
	}
}

static enum status
check_particulars(struct office *o, const struct deciding *d)
{
	int ways = (d->subject != NULL) + (d->list != NULL) + (d->numbers_n > 0);
	if (ways != 1)
		return err_set(&o->err, ERR_ARGUMENT, "name what to decide on in one way: numbers, --file, --person or --body");
	const char *missing = d->decision.ground.len == 0 ? "--ground" : d->decision.organ.len == 0 ? "--organ" :
	    d->decision.document.len == 0 ? "--document" : NULL;
	if (missing != NULL)
		return err_set(&o->err, ERR_ARGUMENT, "a decision needs its ground, organ and document number; %s is missing", missing);
	return OK;
}

/* One decision; a refusal is told and counted, a failure of the register ends the batch. */
static enum status
decide_one(struct office *o, struct batch *b, struct deciding *d, struct bytes subject)
{
	char shown[64];
	struct err err = { 0 };
	enum status st = d->target == TARGET_BODY ? decide_body(b, subject, &d->decision, &err) :
	    d->target == TARGET_PERSON ? decide_person(b, subject, &d->decision, &err) : decide_holder(b, subject, &d->decision, &err);
	if (b->txn.status != OK)
		return err_set(&o->err, b->txn.status, "%s", err.text);
	if (st == OK) {
		d->done++;
		return OK;
	}
	d->refused++;
	(void)fprintf(stderr, "yaopai: %s: %s\n", text_escape(subject, shown, sizeof(shown)), err.text);
	return st == ERR_CONFLICT || st == ERR_NOT_FOUND || st == ERR_ARGUMENT || st == ERR_LIMIT ? OK : err_set(&o->err, st, "%s", err.text);
}

static enum status
begin(struct office *o, struct batch *b)
{
	return batch_begin(o->registry, false, office_operator(o), clock_unix_ms(), b, &o->err);
}

static enum status
decide_list(struct office *o, struct deciding *d, struct bytes text)
{
	struct batch b;
	size_t rows = 0;
	enum status st = begin(o, &b);
	while (st == OK && text.len > 0) {
		const uint8_t *eol = memchr(text.ptr, '\n', text.len);
		size_t n = eol != NULL ? (size_t)(eol - text.ptr) + 1 : text.len;
		struct bytes number = text_trim((struct bytes){ text.ptr, n });
		text.ptr += n;
		text.len -= n;
		if (number.len == 0)
			continue;
		st = decide_one(o, &b, d, number);
		if (st == OK && ++rows % TRANSACTION_ROWS == 0) {
			st = batch_commit(&b, &o->err);
			if (st == OK)
				st = begin(o, &b);
		}
	}
	if (st == OK)
		st = batch_commit(&b, &o->err);
	batch_end(&b);
	return st;
}

static enum status
decide_named(struct office *o, struct deciding *d)
{
	struct batch b;
	enum status st = begin(o, &b);
	if (st)
		return st;
	if (d->subject != NULL)
		st = decide_one(o, &b, d, bytes_str(d->subject));
	for (size_t i = 0; st == OK && i < d->numbers_n; i++)
		st = decide_one(o, &b, d, bytes_str(d->numbers[i]));
	if (st == OK && d->done > 0)
		st = batch_commit(&b, &o->err);
	batch_end(&b);
	return st;
}

static enum status
decide(struct office *o, struct deciding *d)
{
	struct buf text = { 0 };
	enum status st = check_particulars(o, d);
	if (st == OK && d->list != NULL)
		st = file_load(strcmp(d->list, "-") == 0 ? "/dev/stdin" : d->list, LIST_MAX, &text, &o->err);
	if (st == OK)
		st = office_open(o, STORE_WRITE, false);
	if (st == OK && !d->dated)
		d->decision.effective_unix_s = clock_unix_s();
	if (st == OK)
		st = d->list != NULL ? decide_list(o, d, buf_view(&text)) : decide_named(o, d);
	free(text.ptr);
	return st;
}

int
cmd_decide(struct office *o, int argc, char **argv)
{
	static const struct option longs[] = { { "ground", 1, NULL, 'g' }, { "organ", 1, NULL, 'O' }, { "document", 1, NULL, 'd' },
		{ "reviewer", 1, NULL, 'r' }, { "effective", 1, NULL, 'e' }, { "end", 1, NULL, 'E' }, { "ban-until", 1, NULL, 'B' },
		{ "because", 1, NULL, 'w' }, { "person", 1, NULL, 'p' }, { "body", 1, NULL, 'b' }, { "file", 1, NULL, 'f' }, { "operator", 1, NULL, 'o' },
		{ "help", 0, NULL, 'h' }, { NULL, 0, NULL, 0 } };
	struct deciding d = { .decision = { .action = action_of(argv[0]) } };
	enum status st = OK;
	for (int c; st == OK && (c = getopt_long(argc, argv, "h", longs, NULL)) != -1;) {
		if (c == 'h')
			return office_usage(usage, true);
		st = take_option(o, c, &d);
	}
	if (st != OK && o->err.status == OK)
		return office_usage(usage, false);
	d.numbers = argv + optind;
	d.numbers_n = (size_t)(argc - optind);
	if (st == OK)
		st = decide(o, &d);
	if (st)
		return office_failed(o, argv[0]);
	(void)printf("%llu %s%s, %llu refused\n", (unsigned long long)d.done, action_text(d.decision.action),
	    d.decision.effective_unix_s > clock_unix_s() ? " (with effect later)" : "", (unsigned long long)d.refused);
	return d.refused > 0 ? (d.done > 0 || d.list != NULL ? EXIT_REFUSED : EXIT_CANNOT) : EXIT_DONE;
}
