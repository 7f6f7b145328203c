#include <getopt.h>
#include <stdio.h>
#include <unistd.h>

#include "base/text.h"
#include "registry/amend.h"
#include "registry/identifier.h"
#include "tools/office/acting.h"
#include "tools/office/commands.h"
#include "tools/shared/divisions.h"

static const char usage[] =
    "usage: yaopai amend NUMBER... | --file LIST  [changes] [particulars]\n"
    "A transfer to another body, a change of post or field, a corrected name: the entries are entered again with the change, from now on,\n"
    "and the certificate is reissued with the same number and the same end. The person must be in post.\n"
    "  --body CODE          the body the person works at now\n"
    "  --name TEXT          the person's name, corrected    --post TEXT   职务\n"
    "  --fields TEXT        执法领域, joined by 、           --jurisdiction TEXT  执法区域, by code or name\n"
    "  --staff TEXT         行政编制, 参公编制 or 事业编制\n"
    ACTING_HELP;

struct amending {
	struct acting acting;
	struct amendment what;
	const char *fields, *jurisdiction, *staff;     /* read once the office's settings are */
};

static enum status
act(void *ctx, struct batch *b, struct bytes number, struct attached *out, struct err *err)
{
	struct amending *x = ctx;
	x->what.why = x->acting.why;
	return amend_certificate(b, number, &x->what, out, err);
}

static enum status
read_fields(struct amending *x)
{
	struct field_codes codes;
	struct office *o = x->acting.office;
	const char *wrong = fieldset_parse(&o->config.fields, bytes_str(x->fields), &codes);
	if (wrong != NULL || codes.n == 0)
		return err_set(&o->err, ERR_ARGUMENT, "--fields: %s", wrong != NULL ? wrong : "at least one was wanted");
	x->what.fields_n = codes.n;
	memcpy(x->what.fields, codes.codes, sizeof(x->what.fields));
	return OK;
}

static enum status
read_jurisdiction(struct amending *x)
{
	struct office *o = x->acting.office;
	struct divisions divisions = { 0 };
	char path[PATH_MAX_LEN];
	enum status st = office_path(o, "divisions.csv", path);
	if (st == OK)
		st = divisions_load(access(path, F_OK) == 0 ? path : NULL, &divisions, &o->err);
	if (st)
		return st;
	st = division_find(&divisions, bytes_str(x->jurisdiction), &x->what.jurisdiction);
	divisions_free(&divisions);
	if (st == ERR_CONFLICT)
		return err_set(&o->err, ERR_ARGUMENT, "--jurisdiction: several divisions bear that name; write the city before it, or the code");
	return st ? err_set(&o->err, ERR_ARGUMENT, "--jurisdiction: not a division of divisions.csv, by code or by name") : OK;
}

static enum status
read_staff(struct amending *x)
{
	static const char *const words[] = { "", "行政编制", "参公编制", "事业编制" };
	for (int i = STAFF_ADMINISTRATIVE; i <= STAFF_INSTITUTION; i++)
		if (strcmp(x->staff, words[i]) == 0) {
			x->what.staff = (enum staff)i;
			return OK;
		}
	return err_set(&x->acting.office->err, ERR_ARGUMENT, "--staff: 行政编制, 参公编制 or 事业编制 was wanted; contract, dispatched and seconded staff "
	    "may not be certified");
}

/* What needs the office's settings, read before anything is entered. */
static enum status
read_changes(struct amending *x)
{
	struct office *o = x->acting.office;
	char path[PATH_MAX_LEN];
	bool holds = true;
	const struct amendment *w = &x->what;
	if (w->uscc.len + w->name.len + w->post.len == 0 && x->fields == NULL && x->jurisdiction == NULL && x->staff == NULL)
		return err_set(&o->err, ERR_ARGUMENT, "nothing to amend was given: --body, --name, --post, --fields, --jurisdiction or --staff");
	enum status st = w->uscc.len > 0 ? uscc_check(w->uscc, &holds, &o->err) : OK;
	if (st)
		return err_in(&o->err, st, "--body");
	st = office_path(o, "yaopai.conf", path);
	if (st == OK && access(path, F_OK) == 0)
		st = config_load(path, &o->config, &o->err);
	if (st == OK && x->fields != NULL)
		st = read_fields(x);
	if (st == OK && x->jurisdiction != NULL)
		st = read_jurisdiction(x);
	return st == OK && x->staff != NULL ? read_staff(x) : st;
}

static enum status
take_bounded(struct office *o, const char *option, size_t most, struct bytes *out)
{
	struct bytes v = text_trim(bytes_str(optarg));
	if (v.len < 1 || v.len > most || !text_is_clean(v))
		return err_set(&o->err, ERR_ARGUMENT, "%s: 1 to %zu bytes of clean UTF-8 were wanted", option, most);
	*out = v;
	return OK;
}

static enum status
take(struct amending *x, int c)
{
	struct office *o = x->acting.office;
	switch (c) {
	case 'b': x->what.uscc = bytes_str(optarg); return OK;
	case 'n': return take_bounded(o, "--name", NAME_LEN_MAX, &x->what.name);
	case 'p': return take_bounded(o, "--post", POST_LEN_MAX, &x->what.post);
	case 'F': x->fields = optarg; return OK;
	case 'j': x->jurisdiction = optarg; return OK;
	case 's': x->staff = optarg; return OK;
	case 'e': return err_set(&o->err, ERR_ARGUMENT, "--effective: entries stand in a signed credential and hold from its issue, so an "
	    "amendment takes effect when it is recorded; run it on that day");
	default:  return acting_option(&x->acting, c);
	}
}

int
cmd_amend(struct office *o, int argc, char **argv)
{
	static const struct option longs[] = { { "body", 1, NULL, 'b' }, { "name", 1, NULL, 'n' }, { "post", 1, NULL, 'p' },
		{ "fields", 1, NULL, 'F' }, { "jurisdiction", 1, NULL, 'j' }, { "staff", 1, NULL, 's' }, { "effective", 1, NULL, 'e' },
		ACTING_LONGS, { NULL, 0, NULL, 0 } };
	struct amending x = { .acting = { .office = o, .command = "amend", .issues = true, .act = act } };
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
		st = read_changes(&x);
	if (st == OK)
		st = acting_run(&x.acting);
	return st ? office_failed(o, "amend") : acting_report(&x.acting, "amended");
}
