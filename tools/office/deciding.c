#include "tools/office/deciding.h"

#include <getopt.h>
#include <stdlib.h>

#include "base/file.h"
#include "base/text.h"
#include "tools/shared/options.h"

enum { LIST_MAX = 64 << 20 };

static const struct { const char *name; enum action action; } known[] = { { "suspend", ACTION_SUSPEND }, { "reinstate", ACTION_REINSTATE },
	{ "cancel", ACTION_CANCEL }, { "revoke", ACTION_REVOKE }, { "withdraw", ACTION_WITHDRAW } };
enum { KNOWN = sizeof(known) / sizeof(known[0]) };

enum action
deciding_action(const char *name)
{
	for (size_t i = 0; i < KNOWN; i++)
		if (strcmp(name, known[i].name) == 0)
			return known[i].action;
	return ACTION_NONE;
}

const char *
deciding_name(enum action a)
{
	for (size_t i = 0; i < KNOWN; i++)
		if (known[i].action == a)
			return known[i].name;
	return action_text(a);
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
	case 'e': return option_instant("--effective", optarg, &d->decision.effective_unix_s, &o->err);
	case 'E': return option_instant("--end", optarg, &d->decision.end_unix_s, &o->err);
	case 'B': return option_instant("--ban-until", optarg, &d->decision.ban_until_unix_s, &o->err);
	case 'p': d->target = SUBJECT_PERSON; d->subject = optarg; return OK;
	case 'b': d->target = SUBJECT_BODY; d->subject = optarg; return OK;
	case 'w': return take_because(o, d);
	case 'f': d->list = optarg; return OK;
	case 'o': return office_set_operator(o, optarg);
	case 'k': d->key.path = optarg; return OK;
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

enum status
deciding_parse(struct office *o, int argc, char **argv, struct deciding *out, bool *help)
{
	static const struct option longs[] = { { "ground", 1, NULL, 'g' }, { "organ", 1, NULL, 'O' }, { "document", 1, NULL, 'd' },
		{ "reviewer", 1, NULL, 'r' }, { "effective", 1, NULL, 'e' }, { "end", 1, NULL, 'E' }, { "ban-until", 1, NULL, 'B' },
		{ "person", 1, NULL, 'p' }, { "body", 1, NULL, 'b' }, { "file", 1, NULL, 'f' }, { "operator", 1, NULL, 'o' },
		{ "operator-key", 1, NULL, 'k' }, { "because", 1, NULL, 'w' }, { "help", 0, NULL, 'h' }, { NULL, 0, NULL, 0 } };
	struct deciding d = { .decision = { .action = deciding_action(argv[0]) }, .target = SUBJECT_HOLDER };
	enum status st = OK;
	*help = false;
	optind = 0;
	for (int c; st == OK && !*help && (c = getopt_long(argc, argv, "h", longs, NULL)) != -1;) {
		*help = c == 'h';
		st = *help ? OK : take_option(o, c, &d);
	}
	if (st != OK || *help)
		return st;
	d.numbers = argv + optind;
	d.numbers_n = (size_t)(argc - optind);
	st = check_particulars(o, &d);
	if (st == OK && d.list != NULL)
		st = file_load(strcmp(d.list, "-") == 0 ? "/dev/stdin" : d.list, LIST_MAX, &d.text, &o->err);
	*out = d;
	return st;
}

void
deciding_free(struct deciding *d)
{
	free(d->text.ptr);
	d->text = (struct buf){ NULL, 0, 0 };
}

static enum status
walk_list(struct bytes text, deciding_each *each, void *ctx)
{
	enum status st = OK;
	while (st == OK && text.len > 0) {
		const uint8_t *eol = memchr(text.ptr, '\n', text.len);
		size_t n = eol != NULL ? (size_t)(eol - text.ptr) + 1 : text.len;
		struct bytes number = text_trim((struct bytes){ text.ptr, n });
		text.ptr += n;
		text.len -= n;
		if (number.len > 0)
			st = each(ctx, number);
	}
	return st;
}

enum status
deciding_walk(const struct deciding *d, deciding_each *each, void *ctx)
{
	enum status st = OK;
	if (d->list != NULL)
		return walk_list(buf_view(&d->text), each, ctx);
	if (d->subject != NULL)
		return each(ctx, bytes_str(d->subject));
	for (size_t i = 0; st == OK && i < d->numbers_n; i++)
		st = each(ctx, bytes_str(d->numbers[i]));
	return st;
}
