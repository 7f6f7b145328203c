#include "tools/office/acting.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/text.h"

enum { LIST_MAX = 64 << 20, TRANSACTION_ROWS = 8192 };

enum status
acting_text(struct office *o, const char *option, const char *value, struct bytes *out)
{
	struct bytes v = text_trim(bytes_str(value));
	if (v.len < 1 || v.len > GROUND_LEN_MAX || !text_is_clean(v))
		return err_set(&o->err, ERR_ARGUMENT, "%s: 1 to %u bytes of clean UTF-8 were wanted", option, GROUND_LEN_MAX);
	*out = v;
	return OK;
}

enum status
acting_option(struct acting *a, int c)
{
	struct office *o = a->office;
	switch (c) {
	case 'g': return acting_text(o, "--ground", optarg, &a->why.ground);
	case 'O': return acting_text(o, "--organ", optarg, &a->why.organ);
	case 'd': return acting_text(o, "--document", optarg, &a->why.document);
	case 'r': return acting_text(o, "--reviewer", optarg, &a->why.reviewer);
	case 'f': a->list = optarg; return OK;
	case 'i': a->no_issue = true; return OK;
	case 'o': return office_set_operator(o, optarg);
	default:  return ERR_ARGUMENT;
	}
}

/* A refusal is told and counted, a failure of the register ends the batch. */
static enum status
act_on(struct acting *a, struct batch *b, struct bytes number)
{
	char shown[64];
	struct err err = { 0 };
	struct attached attached = { .what = ENTERED_UNCHANGED };
	enum status st = a->act(a->ctx, b, number, &attached, &err);
	if (b->txn.status != OK)
		return err_set(&a->office->err, b->txn.status, "%s", err.text);
	a->done += st == OK && attached.what != ENTERED_UNCHANGED;
	a->unchanged += st == OK && attached.what == ENTERED_UNCHANGED;
	if (st == OK && attached.has_old_credential)
		reissue_add(&a->reissue, attached.holder_id);
	if (st == OK)
		return OK;
	a->refused++;
	(void)fprintf(stderr, "yaopai %s: %s: %s\n", a->command, text_escape(number, shown, sizeof(shown)), err.text);
	bool is_refusal = st == ERR_CONFLICT || st == ERR_NOT_FOUND || st == ERR_ARGUMENT || st == ERR_LIMIT;
	return is_refusal ? OK : err_set(&a->office->err, st, "%s", err.text);
}

static enum status
begin(struct acting *a, struct batch *b)
{
	return batch_begin(a->office->registry, false, office_operator(a->office), clock_unix_ms(), b, &a->office->err);
}

static enum status
act_on_lines(struct acting *a, struct bytes text)
{
	struct batch b;
	size_t rows = 0;
	enum status st = begin(a, &b);
	while (st == OK && text.len > 0) {
		const uint8_t *eol = memchr(text.ptr, '\n', text.len);
		size_t n = eol != NULL ? (size_t)(eol - text.ptr) + 1 : text.len;
		struct bytes number = text_trim((struct bytes){ text.ptr, n });
		text.ptr += n;
		text.len -= n;
		if (number.len == 0)
			continue;
		st = act_on(a, &b, number);
		if (st == OK && ++rows % office_transaction_rows(a->office, TRANSACTION_ROWS) == 0) {
			st = batch_commit(&b, &a->office->err);
			if (st == OK)
				st = begin(a, &b);
		}
	}
	if (st == OK && b.actions > 0)
		st = batch_commit(&b, &a->office->err);
	batch_end(&b);
	return st;
}

static enum status
act_on_named(struct acting *a)
{
	struct batch b;
	enum status st = begin(a, &b);
	for (size_t i = 0; st == OK && i < a->numbers_n; i++)
		st = act_on(a, &b, bytes_str(a->numbers[i]));
	if (st == OK && b.actions > 0)
		st = batch_commit(&b, &a->office->err);
	batch_end(&b);
	return st;
}

static enum status
check(struct acting *a)
{
	struct err *err = &a->office->err;
	if ((a->list != NULL) + (a->numbers_n > 0) + (a->choose != NULL) != 1)
		return err_set(err, ERR_ARGUMENT, "name the certificates in one way: by their numbers, with --file, or by a question");
	if (a->why.ground.len == 0 && !a->needs_no_ground)
		return err_set(err, ERR_ARGUMENT, "--ground is missing: why this is done, for the record");
	return OK;
}

static enum status
act_on_all(struct acting *a)
{
	struct office *o = a->office;
	struct buf text = { 0 };
	enum status st = OK;
	if (a->choose != NULL)
		st = a->choose(a->ctx, &text);
	else if (a->list != NULL)
		st = file_load(strcmp(a->list, "-") == 0 ? "/dev/stdin" : a->list, LIST_MAX, &text, &o->err);
	if (st == OK)
		st = a->numbers_n > 0 ? act_on_named(a) : act_on_lines(a, buf_view(&text));
	free(text.ptr);
	return st;
}

enum status
acting_run(struct acting *a)
{
	struct office *o = a->office;
	enum status st = check(a);
	if (st == OK)
		st = office_open(o, STORE_WRITE, false);
	if (st == OK && a->why.organ.len == 0)
		a->why.organ = bytes_str(o->config.organ);
	if (st == OK && a->issues && !a->no_issue)
		st = reissue_check(o);
	if (st == OK)
		st = act_on_all(a);
	if (st != OK || !a->issues || a->no_issue)
		return st;
	st = reissue_run(o, &a->reissue, &a->reissued);
	return err_in(&o->err, st, "recorded, but not all is reissued (yaopai issue --changed goes on)");
}

int
acting_report(struct acting *a, const char *done)
{
	(void)printf("%llu %s", (unsigned long long)a->done, done);
	if (a->unchanged > 0)
		(void)printf(", %llu as before", (unsigned long long)a->unchanged);
	(void)printf(", %llu refused\n", (unsigned long long)a->refused);
	if (a->reissued.issued > 0)
		(void)printf("%llu certificates reissued; the old credentials are void from the next yaopai publish on\n",
		    (unsigned long long)a->reissued.issued);
	if (a->reissue.n > a->reissued.issued)
		(void)printf("%llu certificates wait to be reissued; yaopai issue --changed does it\n",
		    (unsigned long long)(a->reissue.n - a->reissued.issued));
	bool nothing = a->done + a->unchanged == 0 && a->list == NULL && a->choose == NULL;
	bool refused = a->refused + a->reissued.refused > 0;
	reissue_free(&a->reissue);
	return !refused ? EXIT_DONE : nothing ? EXIT_CANNOT : EXIT_REFUSED;
}
