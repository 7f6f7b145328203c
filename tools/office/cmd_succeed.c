#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/text.h"
#include "base/time.h"
#include "registry/succession.h"
#include "tools/office/acting.h"
#include "tools/office/commands.h"
#include "tools/shared/json.h"
#include "tools/shared/options.h"

static const char usage[] =
    "usage: yaopai succeed OLD --by NEW [--only LIST] [particulars] [--no-issue] [--dry-run] [--operator NAME] [--json]\n"
    "One body takes over from another; both by their codes. Everybody in OLD whose certificate is not void moves to NEW, OLD is\n"
    "abolished, and the certificates are reissued. It takes effect when it is recorded.\n"
    "  --only LIST      only these move, one number on each line, - for standard input; OLD stays until nobody is left in it\n"
    "  --ground TEXT    legal ground      --organ TEXT     deciding organ     --document TEXT  document number: compulsory\n"
    "  --reviewer NAME  who reviewed it   --operator NAME  who does this\n"
    "  --no-issue       only record; yaopai issue --changed reissues later, where the issuer's key is\n"
    "  --dry-run        record nothing, only tell what would happen\n"
    "Exit: 0 done, 1 done but some certificates were not reissued (each is told), 2 nothing was recorded, or not all is reissued.\n";

enum { LIST_MAX = 64 << 20, SHOWN_MAX = 20 };

struct taking_over {
	struct office *o;
	const char *old_uscc, *new_uscc, *list;
	struct particulars particulars;
	int64_t effective_unix_s;              /* 0: not given */
	bool no_issue, dry_run, as_json;
	struct buf text;                       /* of the list */
	struct bytes *only; size_t only_n;
	uint64_t wrong;
	struct reissue_list reissue;
	struct succeeded done;
	struct issue_result reissued;
};

static void
on_moved(void *ctx, uint64_t holder_id, bool has_credential)
{
	struct taking_over *x = ctx;
	if (has_credential)
		reissue_add(&x->reissue, holder_id);
}

static void
on_wrong(void *ctx, struct bytes number, const char *why)
{
	struct taking_over *x = ctx;
	char shown[64];
	if (x->wrong++ < SHOWN_MAX)
		(void)fprintf(stderr, "yaopai succeed: %s: %s\n", text_escape(number, shown, sizeof(shown)), why);
}

/* ---- the list of those who move ---- */

static enum status
split_lines(struct taking_over *x, struct bytes text)
{
	size_t lines = 1;
	for (size_t i = 0; i < text.len; i++)
		lines += text.ptr[i] == '\n';
	x->only = calloc(lines, sizeof(*x->only));
	if (x->only == NULL)
		return err_set(&x->o->err, ERR_SYSTEM, "out of memory");
	while (text.len > 0) {
		const uint8_t *eol = memchr(text.ptr, '\n', text.len);
		size_t n = eol != NULL ? (size_t)(eol - text.ptr) + 1 : text.len;
		struct bytes number = text_trim((struct bytes){ text.ptr, n });
		text.ptr += n;
		text.len -= n;
		if (number.len > 0)
			x->only[x->only_n++] = number;
	}
	return x->only_n > 0 ? OK : err_set(&x->o->err, ERR_ARGUMENT, "--only: the list is empty; one certificate number on each line was wanted");
}

static enum status
load_list(struct taking_over *x)
{
	if (x->list == NULL)
		return OK;
	enum status st = file_load(strcmp(x->list, "-") == 0 ? "/dev/stdin" : x->list, LIST_MAX, &x->text, &x->o->err);
	return st ? st : split_lines(x, buf_view(&x->text));
}

/* ---- the action ---- */

static enum status
check_particulars(const struct taking_over *x)
{
	const struct particulars *p = &x->particulars;
	const char *missing = p->ground.len == 0 ? "--ground" : p->organ.len == 0 ? "--organ" : p->document.len == 0 ? "--document" : NULL;
	return missing == NULL ? OK
	    : err_set(&x->o->err, ERR_ARGUMENT, "a decision needs its ground, organ and document number; %s is missing", missing);
}

static enum status
check_effective(const struct taking_over *x)
{
	char when[INSTANT_TEXT_LEN + 1];
	int64_t now = clock_unix_s();
	if (x->effective_unix_s == 0)
		return OK;
	if (x->effective_unix_s > now)
		return err_set(&x->o->err, ERR_ARGUMENT, "a succession takes effect when it is recorded, since the people's new certificates name the "
		    "successor; run this command again on that day (%s)", instant_text(x->effective_unix_s, when));
	if (x->effective_unix_s < date_start_unix_s(date_of_unix_s(now)))
		return err_set(&x->o->err, ERR_ARGUMENT, "a succession takes effect when it is recorded and cannot be dated back to %s; what was decided "
		    "then stands in --document", instant_text(x->effective_unix_s, when));
	return OK;
}

static enum status
record(struct taking_over *x)
{
	struct office *o = x->o;
	struct batch b;
	struct succeeding s = { .particulars = { .old_uscc = bytes_str(x->old_uscc), .new_uscc = bytes_str(x->new_uscc),
	        .ground = x->particulars.ground, .organ = x->particulars.organ, .document = x->particulars.document,
	        .reviewer = x->particulars.reviewer },
		.only = x->list != NULL ? x->only : NULL, .only_n = x->only_n, .moved = on_moved, .moved_ctx = x, .wrong = on_wrong,
		.wrong_ctx = x };
	enum status st = batch_begin(o->registry, false, office_operator(o), clock_unix_ms(), &b, &o->err);
	if (st)
		return st;
	st = succeed_body(&b, &s, &x->done, &o->err);
	if (x->wrong > SHOWN_MAX)
		(void)fprintf(stderr, "yaopai succeed: and %llu more\n", (unsigned long long)x->wrong - SHOWN_MAX);
	if (st == OK && !x->dry_run)
		st = batch_commit(&b, &o->err);
	batch_end(&b);
	return st;
}

static enum status
run(struct taking_over *x)
{
	struct office *o = x->o;
	bool issues = !x->no_issue && !x->dry_run;
	enum status st = check_particulars(x);
	if (st == OK)
		st = check_effective(x);
	if (st == OK)
		st = load_list(x);
	if (st == OK)
		st = office_open(o, STORE_WRITE, false);
	if (st == OK && issues)
		st = reissue_check(o);
	if (st == OK)
		st = record(x);
	if (st == OK && issues) {
		st = reissue_run(o, &x->reissue, &x->reissued);
		st = err_in(&o->err, st, "recorded, but not all is reissued (yaopai issue --changed)");
	}
	return st;
}

/* ---- the report ---- */

static void
report_json(const struct taking_over *x)
{
	struct json j = json_open(stdout);
	json_object_begin(&j);
	json_key(&j, "moved"), json_uint(&j, x->done.moved);
	json_key(&j, "there_already"), json_uint(&j, x->done.there);
	json_key(&j, "left"), json_uint(&j, x->done.left);
	json_key(&j, "leaving"), json_uint(&j, x->done.leaving);
	json_key(&j, "abolished"), json_bool(&j, x->done.abolished);
	json_key(&j, "entrusted_bodies"), json_uint(&j, x->done.entrusted);
	json_key(&j, "dry_run"), json_bool(&j, x->dry_run);
	json_key(&j, "reissued"), json_uint(&j, x->reissued.issued);
	json_key(&j, "refused"), json_uint(&j, x->reissued.refused);
	json_key(&j, "waiting_for_reissue"), json_uint(&j, x->reissue.n - x->reissued.issued);
	json_object_end(&j);
	(void)json_close(&j);
}

static void
report(const struct taking_over *x)
{
	const struct succeeded *d = &x->done;
	size_t waiting = x->reissue.n - x->reissued.issued;
	(void)printf("%s%llu moved from %s to %s", x->dry_run ? "dry run: " : "", (unsigned long long)d->moved, x->old_uscc, x->new_uscc);
	if (d->abolished)
		(void)printf(", which takes over: %s is abolished", x->old_uscc);
	if (d->left > 0)
		(void)printf("; %llu are left in %s, which stays as it is", (unsigned long long)d->left, x->old_uscc);
	(void)printf("\n");
	if (d->there > 0)
		(void)printf("%llu were in %s already\n", (unsigned long long)d->there, x->new_uscc);
	if (d->leaving > 0)
		(void)printf("%llu leave by a decision recorded for later; they keep the card they have until then\n", (unsigned long long)d->leaving);
	if (d->entrusted > 0 && d->abolished)
		(void)printf("warning: %llu bodies act in the name of %s (%s); their entrustments end with it: enter new ones with yaopai import bodies\n",
		    (unsigned long long)d->entrusted, x->old_uscc, d->entrusted_first);
	if (x->reissued.issued > 0)
		(void)printf("%llu certificates reissued; the old credentials are void from the next yaopai publish on\n",
		    (unsigned long long)x->reissued.issued);
	if (waiting > 0)
		(void)printf("%zu certificates %s\n", waiting, x->dry_run ? "would be reissued" : "wait to be reissued; yaopai issue --changed does it");
}

static enum status
take_option(struct taking_over *x, int c)
{
	switch (c) {
	case 'b': x->new_uscc = optarg; return OK;
	case 'l': x->list = optarg; return OK;
	case 'e': return option_instant("--effective", optarg, &x->effective_unix_s, &x->o->err);
	case 'i': x->no_issue = true; return OK;
	case 'n': x->dry_run = true; return OK;
	case 'j': x->as_json = true; return OK;
	case 'o': return office_set_operator(x->o, optarg);
	case 'g': return acting_text(x->o, "--ground", optarg, &x->particulars.ground);
	case 'O': return acting_text(x->o, "--organ", optarg, &x->particulars.organ);
	case 'd': return acting_text(x->o, "--document", optarg, &x->particulars.document);
	case 'r': return acting_text(x->o, "--reviewer", optarg, &x->particulars.reviewer);
	default:  return ERR_ARGUMENT;
	}
}

int
cmd_succeed(struct office *o, int argc, char **argv)
{
	static const struct option longs[] = { { "ground", 1, NULL, 'g' }, { "organ", 1, NULL, 'O' }, { "document", 1, NULL, 'd' },
		{ "reviewer", 1, NULL, 'r' }, { "by", 1, NULL, 'b' }, { "only", 1, NULL, 'l' },
		{ "effective", 1, NULL, 'e' }, { "no-issue", 0, NULL, 'i' }, { "dry-run", 0, NULL, 'n' }, { "json", 0, NULL, 'j' },
		{ "operator", 1, NULL, 'o' }, { "help", 0, NULL, 'h' }, { NULL, 0, NULL, 0 } };
	struct taking_over x = { .o = o };
	enum status st = OK;
	for (int c; st == OK && (c = getopt_long(argc, argv, "h", longs, NULL)) != -1;) {
		if (c == 'h')
			return office_usage(usage, true);
		st = take_option(&x, c);
	}
	if ((st != OK && o->err.status == OK) || (st == OK && (optind + 1 != argc || x.new_uscc == NULL)))
		return office_usage(usage, false);
	x.old_uscc = argv[optind];
	if (st == OK)
		st = run(&x);
	if (st == OK && x.as_json)
		report_json(&x);
	else if (st == OK)
		report(&x);
	int code = st ? office_failed(o, "succeed") : x.reissued.refused > 0 ? EXIT_REFUSED : EXIT_DONE;
	reissue_free(&x.reissue);
	free(x.only);
	free(x.text.ptr);
	return code;
}
