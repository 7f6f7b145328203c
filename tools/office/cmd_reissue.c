#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "registry/amend.h"
#include "registry/identifier.h"
#include "tools/office/acting.h"
#include "tools/office/commands.h"
#include "tools/shared/options.h"
#include "tools/shared/textbuf.h"

static const char usage[] =
    "usage: yaopai reissue NUMBER... | --file LIST  --damaged|--lost|--renewal  [particulars]\n"
    "       yaopai reissue --renewal --expiring-within MONTHS [--kind KIND] [--body CODE] [--area CODE]  [particulars]\n"
    "A new credential with the same number.\n"
    "  --damaged            the card or file is damaged; the same end\n"
    "  --lost               the old credential is void at once, before the new one exists; the same end\n"
    "  --renewal            a new term of [validity] months, added to what is left of the old one; from renewal_window_months before its end\n"
    "  --expiring-within N  renew all that end within N months, also those that have ended less than N months ago:\n"
    "     --kind KIND       enforcement, supervision or moderator (all)\n"
    "     --body CODE       only of this body    --area CODE  only of jurisdictions in this division, 37, 3701, 370102\n"
    ACTING_HELP;

enum { WITHIN_MONTHS_MAX = 120 };

struct choice { uint64_t within_months, area; int kind; struct bytes body; };
struct reissuing {
	struct acting acting;
	enum occasion occasion;
	struct choice choice;
};

static enum status
act(void *ctx, struct batch *b, struct bytes number, struct attached *out, struct err *err)
{
	struct reissuing *x = ctx;
	struct holder h;
	const struct config *c = &x->acting.office->config;
	if (x->occasion == OCCASION_DAMAGED)
		return replace_damaged(b, number, &x->acting.why, out, err);
	if (x->occasion == OCCASION_LOST)
		return replace_lost(b, number, &x->acting.why, out, err);
	bool known = holder_by_number(&b->txn, number, &h) == OK; /* if not, renewing says why */
	struct renewal r = { .months = known && h.kind <= KIND_MODERATOR ? c->validity_months[h.kind] : 1,
		.window_months = c->renewal_window_months, .why = x->acting.why };
	return renew_certificate(b, number, &r, out, err);
}

/* ---- those about to expire ---- */

static bool
is_in_area(uint32_t jurisdiction, uint64_t area)
{
	while (jurisdiction > area)
		jurisdiction /= 100;
	return area == 0 || jurisdiction == area;
}

static bool
is_wanted(const struct choice *w, const struct holder *h, const struct entries *e)
{
	return (w->kind == 0 || (int)h->kind == w->kind) && (w->body.len == 0 || bytes_eq(w->body, h->uscc)) && is_in_area(e->jurisdiction, w->area);
}

static enum status
ends_soon(struct txn *t, const struct choice *w, const struct holder *h, const struct entries *e, struct date today, bool *yes)
{
	struct issued c;
	struct date end = entries_term_end(e);
	if (end.year == 0) {
		enum status st = issued_get(t, h->serial, &c);
		if (st)
			return st;
		end = date_of_unix_s(c.exp_unix_s - 1);
	}
	int months = (int)w->within_months;
	*yes = date_cmp(end, date_add_months(today, months)) <= 0 && date_cmp(end, date_add_months(today, -months)) >= 0;
	return OK;
}

static enum status
look_at(struct txn *t, const struct choice *w, struct bytes key, struct bytes record, struct date today, struct textbuf *out)
{
	struct holder h;
	struct entries e;
	bool yes = false;
	enum status st = holder_decode(key64_value(key), record, &h);
	if (st != OK || h.serial == 0 || standing_at(&h.standing, INT64_MAX).state == STATE_VOID)
		return st;
	st = holder_entries(t, &h, &e);
	if (st == OK && is_wanted(w, &h, &e))
		st = ends_soon(t, w, &h, &e, today, &yes);
	if (yes)
		textbuf_addf(out, "%.*s\n", BYTES_FMT(h.number));
	return st;
}

static enum status
choose(void *ctx, struct buf *chosen)
{
	struct reissuing *x = ctx;
	struct office *o = x->acting.office;
	struct txn t = { 0 };
	struct cursor cursor = { 0 };
	struct bytes key, record;
	struct textbuf text = { 0 };
	struct date today = date_of_unix_s(clock_unix_s());
	enum status st = txn_begin_read(registry_store(o->registry), &t);
	if (st == OK)
		st = cursor_open(&t, TABLE_HOLDER, (struct bytes){ NULL, 0 }, &cursor);
	while (st == OK && (st = cursor_next(&cursor, &key, &record)) == OK)
		st = look_at(&t, &x->choice, key, record, today, &text);
	cursor_close(&cursor);
	txn_end(&t);
	*chosen = (struct buf){ text.ptr, text.cap, text.len };
	if (st == ERR_NOT_FOUND && !text.failed)
		return OK;
	return err_set(&o->err, text.failed ? ERR_SYSTEM : st, "the holders cannot be read: %s", status_text(text.failed ? ERR_SYSTEM : st));
}

/* ---- options ---- */

static enum status
take_kind(struct reissuing *x)
{
	static const char *const kinds[] = { "", "enforcement", "supervision", "moderator" };
	for (int kind = KIND_ENFORCEMENT; kind <= KIND_MODERATOR; kind++)
		if (strcmp(optarg, kinds[kind]) == 0) {
			x->choice.kind = kind;
			return OK;
		}
	return err_set(&x->acting.office->err, ERR_ARGUMENT, "--kind: enforcement, supervision or moderator was wanted");
}

static enum status
take_occasion(struct reissuing *x, enum occasion occasion)
{
	if (x->occasion != OCCASION_NONE && x->occasion != occasion)
		return err_set(&x->acting.office->err, ERR_ARGUMENT, "one of --damaged, --lost and --renewal was wanted");
	x->occasion = occasion;
	return OK;
}

static enum status
take(struct reissuing *x, int c)
{
	struct office *o = x->acting.office;
	switch (c) {
	case 'D': return take_occasion(x, OCCASION_DAMAGED);
	case 'L': return take_occasion(x, OCCASION_LOST);
	case 'R': return take_occasion(x, OCCASION_RENEWED);
	case 'w': x->acting.choose = choose; return option_uint("--expiring-within", optarg, 1, WITHIN_MONTHS_MAX, &x->choice.within_months, &o->err);
	case 'k': return take_kind(x);
	case 'b': x->choice.body = bytes_str(optarg); return OK;
	case 'a': return option_uint("--area", optarg, 1, 999999, &x->choice.area, &o->err);
	default:  return acting_option(&x->acting, c);
	}
}

static enum status
check(struct reissuing *x)
{
	struct err *err = &x->acting.office->err;
	bool narrowed = x->choice.kind != 0 || x->choice.body.len > 0 || x->choice.area != 0;
	if (x->occasion == OCCASION_NONE)
		return err_set(err, ERR_ARGUMENT, "why is it reissued: one of --damaged, --lost and --renewal was wanted");
	if (x->acting.choose != NULL && x->occasion != OCCASION_RENEWED)
		return err_set(err, ERR_ARGUMENT, "--expiring-within chooses what is renewed; it goes with --renewal");
	if (narrowed && x->acting.choose == NULL)
		return err_set(err, ERR_ARGUMENT, "--kind, --body and --area narrow down --expiring-within");
	return OK;
}

int
cmd_reissue(struct office *o, int argc, char **argv)
{
	static const struct option longs[] = { { "damaged", 0, NULL, 'D' }, { "lost", 0, NULL, 'L' }, { "renewal", 0, NULL, 'R' },
		{ "expiring-within", 1, NULL, 'w' }, { "kind", 1, NULL, 'k' }, { "body", 1, NULL, 'b' }, { "area", 1, NULL, 'a' },
		ACTING_LONGS, { NULL, 0, NULL, 0 } };
	struct reissuing x = { .acting = { .office = o, .command = "reissue", .issues = true, .act = act } };
	enum status st = OK;
	x.acting.ctx = &x;
	for (int c; st == OK && (c = getopt_long(argc, argv, "h", longs, NULL)) != -1;) {
		if (c == 'h')
			return office_usage(usage, true);
		st = take(&x, c);
	}
	if (st != OK && o->err.status == OK)
		return office_usage(usage, false);
	x.acting.numbers = argv + optind;
	x.acting.numbers_n = (size_t)(argc - optind);
	if (st == OK)
		st = check(&x);
	if (st == OK)
		st = acting_run(&x.acting);
	if (st)
		return office_failed(o, "reissue");
	return acting_report(&x.acting, x.occasion == OCCASION_RENEWED ? "renewed" : x.occasion == OCCASION_LOST ? "declared lost" : "to be replaced");
}
