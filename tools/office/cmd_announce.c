#include <inttypes.h>
#include <stdio.h>

#include "base/clock.h"
#include "base/text.h"
#include "registry/announcement.h"
#include "tools/office/commands.h"
#include "tools/office/list.h"
#include "tools/office/words.h"
#include "tools/shared/options.h"

static const char usage[] =
    "usage: yaopai announce --issued|--cancelled|--all --since DATE|--since-event N [--until DATE] [options]\n"
    "List for publication what certificates were issued, and which became void, in a period. Public facts only: no identity numbers, no\n"
    "sex, no remarks. A void certificate is called void (已作废): most are transfers, retirements and replaced cards, and no punishment.\n"
    "  --issued           certificates whose first credential was signed in the period\n"
    "  --reissued         certificates that got another credential\n"
    "  --cancelled        certificates that became void: cancelled, revoked or withdrawn\n"
    "  --all              issued and cancelled\n"
    "  --since DATE       from its first second on; an instant like 2026-01-31T09:00:00+08:00\n"
    "  --since-event N    what was recorded behind event N (the last announcement told its number)\n"
    "  --until DATE       up to its first second (now)\n"
    "  --with-reasons     columns action, ground, organ and document, too: only if they may be published\n"
    "  --division, --body, --kind, --field   as in yaopai list\n"
    LIST_OUTPUT_USAGE;

enum { OPT_ISSUED = OPT_SELECTION_END, OPT_REISSUED, OPT_CANCELLED, OPT_ALL, OPT_SINCE, OPT_SINCE_EVENT, OPT_UNTIL, OPT_REASONS };

struct announcing {
	struct office *office;
	struct list_request request;
	struct announce_period period;
	struct roll_filter filter;
	bool issued, reissued, cancelled, with_reasons;
	const char *since, *since_event, *until;
	struct lister *lister;
};

struct announced_row { const struct announced *a; const struct fieldset *fields; bool with_reasons; };

/* ---- what stands in each column ---- */

#define FILL(name) static void name(const void *row, bool chinese, struct textbuf *out)
#define ROW const struct announced *a = ((const struct announced_row *)row)->a; (void)chinese
#define TEXT(name, view) FILL(name) { ROW; textbuf_add_bytes(out, (view)); }
#define DAY(name, unix_s) FILL(name) { ROW; add_day(out, (unix_s)); }

static void
add_day(struct textbuf *out, int64_t unix_s)
{
	char text[DATE_TEXT_LEN + 1];
	if (unix_s > 0)
		textbuf_add(out, date_text(date_of_unix_s(unix_s), text));
}

FILL(fill_what)
{
	ROW;
	static const char *const words[][2] = { [ANNOUNCED_ISSUED] = { "issued", "制发" }, [ANNOUNCED_REPLACED] = { "reissued", "换发" },
		[ANNOUNCED_VOID] = { "void", "已作废" } };
	textbuf_add(out, words[a->what][chinese]);
}

FILL(fill_fields)
{
	ROW;
	const struct fieldset *fields = ((const struct announced_row *)row)->fields;
	for (size_t i = 0; i < a->fields_n; i++)
		textbuf_addf(out, "%s%s", i > 0 ? "、" : "", chinese ? fieldset_zh(fields, a->fields[i]) : fieldset_en(fields, a->fields[i]));
}

FILL(fill_jurisdiction)
{
	ROW;
	textbuf_addf(out, "%" PRIu32, a->jurisdiction);
}

FILL(fill_kind)
{
	ROW;
	textbuf_add(out, kind_word(a->kind, chinese));
}

FILL(fill_action)
{
	ROW;
	textbuf_add(out, action_word(a->decision.action, chinese));
}

TEXT(fill_number, a->number)
TEXT(fill_name, a->name)
TEXT(fill_body, a->body_name)
TEXT(fill_body_code, a->uscc)
TEXT(fill_entrusted_by, a->entrusting_name)
TEXT(fill_post, a->post)
TEXT(fill_ground, a->decision.ground)
TEXT(fill_organ, a->decision.organ)
TEXT(fill_document, a->decision.document)
DAY(fill_date, a->at_unix_s)
DAY(fill_from, a->from_unix_s)
DAY(fill_until, a->to_unix_s - 1)

static const struct list_column columns[] = {
	{ "what", "what", "事项", CELL_TEXT, IN_TABLE, fill_what },
	{ "date", "date", "日期", CELL_TEXT, IN_TABLE, fill_date },
	{ "number", "number", "证号", CELL_CODE, IN_TABLE, fill_number },
	{ "name", "name", "姓名", CELL_TEXT, IN_TABLE, fill_name },
	{ "kind", "kind", "证件种类", CELL_TEXT, IN_FILE, fill_kind },
	{ "body", "body", "所在单位", CELL_TEXT, IN_TABLE, fill_body },
	{ "body_code", "body code", "统一社会信用代码", CELL_CODE, IN_FILE, fill_body_code },
	{ "entrusted_by", "entrusted by", "委托机关名称", CELL_TEXT, 0, fill_entrusted_by },
	{ "post", "post", "职务", CELL_TEXT, IN_FILE, fill_post },
	{ "fields", "fields", "执法领域", CELL_WORDS, IN_FILE, fill_fields },
	{ "jurisdiction", "jurisdiction", "执法区域", CELL_CODE, IN_FILE, fill_jurisdiction },
	{ "valid_from", "valid from", "有效期自", CELL_TEXT, IN_FILE, fill_from },
	{ "valid_until", "valid until", "有效期至", CELL_TEXT, IN_TABLE, fill_until },
	{ "action", "action", "处理", CELL_TEXT, IN_TABLE, fill_action },
	{ "ground", "ground", "依据", CELL_TEXT, IN_TABLE, fill_ground },
	{ "organ", "organ", "决定机关", CELL_TEXT, IN_FILE, fill_organ },
	{ "document", "document", "文号", CELL_TEXT, IN_TABLE, fill_document },
};
enum { COLUMNS = sizeof(columns) / sizeof(columns[0]), REASONS = 4 };  /* the last ones */

/* ---- which certificates ---- */

static void
write_announced(void *ctx, const struct announced *a)
{
	struct announcing *x = ctx;
	const struct roll_filter *f = &x->filter;
	bool wanted = a->what == ANNOUNCED_ISSUED ? x->issued : a->what == ANNOUNCED_REPLACED ? x->reissued : x->cancelled;
	if (wanted && (f->kinds == 0 || (f->kinds >> a->kind & 1u) != 0) && (f->uscc.len == 0 || bytes_eq(f->uscc, a->uscc)) &&
	    (f->division == 0 || jurisdiction_covers(f->division, a->jurisdiction)) &&
	    (f->field == 0 || memchr(a->fields, f->field, a->fields_n) != NULL))
		lister_row(x->lister, &(struct announced_row){ a, &x->office->config.fields, x->with_reasons });
}

static enum status
announce(struct announcing *x, struct txn *t, uint64_t *head)
{
	struct digest hash;
	struct err *err = &x->office->err;
	enum status st = journal_head(t, head, &hash);
	if (st == OK && x->period.since_sequence > *head)
		return err_set(err, ERR_ARGUMENT, "--since-event: the journal has %" PRIu64 " events, so there is no %" PRIu64, *head,
		    x->period.since_sequence);
	if (st == OK && (x->issued || x->reissued))
		st = announce_issued(t, &x->period, write_announced, x);
	if (st == OK && x->cancelled)
		st = announce_void(t, &x->period, write_announced, x);
	return st ? err_set(err, st, "the register cannot be read: %s", status_text(st)) : OK;
}

static enum status
run(struct announcing *x)
{
	struct office *o = x->office;
	struct txn t = { 0 };
	uint64_t head = 0, rows = 0;
	struct list_request *q = &x->request;
	enum status st = office_open(o, STORE_READ, false);
	if (st == OK)
		st = office_divisions(o, &q->divisions);
	if (st == OK)
		st = selection_filter(o, &q->selection, &q->divisions, q->now_unix_s, &x->filter);
	if (st == OK)
		st = lister_open(o, (struct list_columns){ columns, x->with_reasons ? COLUMNS : COLUMNS - REASONS }, &q->output, &x->lister);
	if (st == OK) {
		st = txn_begin_read(registry_store(o->registry), &t);
		st = st ? err_set(&o->err, st, "the register cannot be read: %s", status_text(st)) : announce(x, &t, &head);
		txn_end(&t);
		st = lister_close(x->lister, st, &rows);
	}
	divisions_free(&q->divisions);
	if (st == OK && !o->quiet)
		(void)fprintf(stderr, "%" PRIu64 " to announce; the journal is at event %" PRIu64 " (next time: --since-event %" PRIu64 ")\n", rows,
		    head, head);
	return st;
}

static enum status
check_period(struct announcing *x)
{
	struct err *err = &x->office->err;
	enum status st = OK;
	if (!x->issued && !x->reissued && !x->cancelled)
		return err_set(err, ERR_ARGUMENT, "say what to announce: --issued, --reissued, --cancelled or --all");
	if ((x->since == NULL) == (x->since_event == NULL))
		return err_set(err, ERR_ARGUMENT, "say from when on: --since DATE or --since-event N");
	if (x->request.selection.status != NULL || x->request.selection.review_overdue)
		return err_set(err, ERR_ARGUMENT, "--status and --review-overdue are no filters of an announcement; see --issued and --cancelled");
	x->period.until_unix_s = x->request.now_unix_s + 1;
	if (x->since != NULL)
		st = option_instant("--since", x->since, &x->period.since_unix_s, err);
	else
		st = option_uint("--since-event", x->since_event, 1, INT64_MAX, &x->period.since_sequence, err);
	if (st == OK && x->until != NULL)
		st = option_instant("--until", x->until, &x->period.until_unix_s, err);
	if (st == OK && x->since != NULL && x->period.until_unix_s <= x->period.since_unix_s)
		return err_set(err, ERR_ARGUMENT, "--until is not after --since");
	return st;
}

static bool
take_option(struct announcing *x, int c)
{
	switch (c) {
	case OPT_ISSUED:      x->issued = true; return true;
	case OPT_REISSUED:    x->reissued = true; return true;
	case OPT_CANCELLED:   x->cancelled = true; return true;
	case OPT_ALL:         x->issued = x->cancelled = true; return true;
	case OPT_SINCE:       x->since = optarg; return true;
	case OPT_SINCE_EVENT: x->since_event = optarg; return true;
	case OPT_UNTIL:       x->until = optarg; return true;
	case OPT_REASONS:     x->with_reasons = true; return true;
	default: return selection_take(&x->request.selection, c, optarg) || list_output_take(&x->request.output, c, optarg);
	}
}

int
cmd_announce(struct office *o, int argc, char **argv)
{
	static const struct option longs[] = { SELECTION_OPTIONS, LIST_OUTPUT_OPTIONS, { "issued", 0, NULL, OPT_ISSUED },
		{ "reissued", 0, NULL, OPT_REISSUED }, { "cancelled", 0, NULL, OPT_CANCELLED }, { "all", 0, NULL, OPT_ALL },
		{ "since", 1, NULL, OPT_SINCE }, { "since-event", 1, NULL, OPT_SINCE_EVENT }, { "until", 1, NULL, OPT_UNTIL },
		{ "with-reasons", 0, NULL, OPT_REASONS }, { "help", 0, NULL, 'h' }, { NULL, 0, NULL, 0 } };
	struct announcing x = { .office = o, .request = { .now_unix_s = clock_unix_s() } };
	for (int c; (c = getopt_long(argc, argv, "ho:", longs, NULL)) != -1;) {
		if (c == 'h')
			return office_usage(usage, true);
		if (!take_option(&x, c))
			return office_usage(usage, false);
	}
	if (optind < argc)
		return office_usage(usage, false);
	enum status st = check_period(&x);
	if (st == OK)
		st = run(&x);
	return st ? office_failed(o, "announce") : EXIT_DONE;
}
