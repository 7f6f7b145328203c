#include "tools/office/import.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <strings.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/text.h"
#include "tools/office/picture_source.h"
#include "tools/office/portraits.h"
#include "tools/office/seen.h"
#include "tools/shared/jpeg.h"

enum { TRANSACTION_FILES = 65536 };

struct picture { char number[NUMBER_LEN_MAX + 1]; uint8_t digest[PORTRAIT_DIGEST_LEN]; bool good; };

struct pictures {
	struct import *x;
	struct picture_source source;
	struct picture *all;                   /* by name */
	struct seen numbers;
	uint64_t good, refused;
};

/* All of them are told: there is no other list. */
static void
refuse(struct pictures *p, const char *file, const struct err *err)
{
	char shown[256];
	p->refused++;
	(void)fprintf(stderr, "%s: %s\n", text_escape(bytes_str(file), shown, sizeof(shown)), err->text);
}

/* "15000000001.JPG" -> the certificate's number. */
static enum status
number_of(const char *file, char number[NUMBER_LEN_MAX + 1], struct err *err)
{
	const char *dot = strrchr(file, '.');
	size_t n = dot != NULL ? (size_t)(dot - file) : 0;
	if (dot == NULL || (strcasecmp(dot, ".jpg") != 0 && strcasecmp(dot, ".jpeg") != 0))
		return err_set(err, ERR_FORMAT, "its name does not end in .jpg or .jpeg");
	if (n < 1 || n > NUMBER_LEN_MAX)
		return err_set(err, ERR_FORMAT, "its name is no certificate number; NUMBER.jpg was wanted");
	for (size_t i = 0; i < n; i++) /* numbers are in capitals, file names often are not */
		number[i] = (char)toupper((unsigned char)file[i]);
	number[n] = '\0';
	return OK;
}

static enum status
check_number(struct pictures *p, const char *number, struct err *err)
{
	struct txn t = { 0 };
	struct holder h;
	enum status st = txn_begin_read(registry_store(p->x->office->registry), &t);
	if (st == OK)
		st = holder_by_number(&t, bytes_str(number), &h);
	if (st == ERR_NOT_FOUND)
		(void)err_set(err, st, "no certificate with this number in the register");
	else if (st)
		(void)err_set(&p->x->office->err, st, "certificate %s cannot be read: %s", number, status_text(st));
	txn_end(&t);
	return st;
}

/* Read it, look at it, keep it. */
static enum status
take_file(struct pictures *p, size_t i, uint8_t digest[PORTRAIT_DIGEST_LEN], struct err *err)
{
	struct buf jpeg = { 0 };
	enum status st = picture_source_load(&p->source, i, &jpeg, err);
	if (st == OK)
		st = portrait_check(buf_view(&jpeg), err);
	if (st == OK && portrait_digest(buf_view(&jpeg), digest) != OK)
		st = err_set(err, ERR_CRYPTO, "its digest cannot be made");
	if (st == OK && !p->x->dry_run)
		st = portrait_save(p->x->office, buf_view(&jpeg), digest);
	free(jpeg.ptr);
	return st;
}

/* Which of two is the right one nobody can tell: neither is entered. */
static enum status
refuse_both(struct pictures *p, size_t before, const char *file, struct err *err)
{
	struct err other = { .status = OK };
	char shown[64], shown_before[64];
	(void)text_escape(bytes_str(file), shown, sizeof(shown));
	(void)text_escape(bytes_str(p->source.files[before].name), shown_before, sizeof(shown_before));
	(void)err_set(&other, ERR_CONFLICT, "another file, %s, is for the same certificate", shown);
	if (p->all[before].good)
		refuse(p, p->source.files[before].name, &other);
	p->good -= p->all[before].good;
	p->all[before].good = false;
	return err_set(err, ERR_CONFLICT, "another file, %s, is for the same certificate", shown_before);
}

/* A failure of the office's own register or disk is in office->err; any other is the picture's. */
static enum status
take_one(struct pictures *p, size_t i)
{
	struct picture *g = &p->all[i];
	const char *file = p->source.files[i].name;
	struct err err = { .status = OK };
	enum status st = number_of(file, g->number, &err);
	if (st == OK)
		st = check_number(p, g->number, &err);
	if (st == OK) {
		size_t before = seen_add(&p->numbers, bytes_str(g->number), i + 1);
		if (before != 0)
			st = refuse_both(p, before - 1, file, &err);
	}
	if (st == OK)
		st = take_file(p, i, g->digest, &err);
	if (p->x->office->err.status != OK)
		return p->x->office->err.status;
	if (st)
		refuse(p, file, &err);
	g->good = st == OK;
	p->good += g->good;
	return OK;
}

static enum status
take_all(struct pictures *p)
{
	struct office *o = p->x->office;
	char path[PATH_MAX_LEN];
	enum status st = office_path(o, "portraits", path);
	if (st == OK && !p->x->dry_run)
		st = dir_make(path, 0700, &o->err);
	progress_start(&p->x->progress, "reading", p->source.n, office_progress(o));
	for (size_t i = 0; st == OK && i < p->source.n; i++) {
		st = take_one(p, i);
		progress_add(&p->x->progress, 1);
	}
	progress_end(&p->x->progress);
	return st == OK && !p->x->dry_run ? portraits_sync(o) : st;
}

static enum status
begin(struct import *x)
{
	struct office *o = x->office;
	return batch_begin(o->registry, false, office_operator(o), clock_unix_ms(), &x->batch, &o->err);
}

static enum status
enter_one(struct pictures *p, const struct picture *g, const char *file)
{
	struct import *x = p->x;
	struct attached attached;
	struct err err = { .status = OK };
	enum status st = attach_portrait(&x->batch, bytes_str(g->number), (struct bytes){ g->digest, sizeof(g->digest) }, &attached, &err);
	if (st && (!import_is_of_the_row(st) || x->batch.txn.status))
		return err_set(&x->office->err, st, "%.200s: %s", file, err.text);
	if (st) {
		p->good--;
		refuse(p, file, &err);
		return OK;
	}
	import_count(x, attached.what);
	if (attached.has_old_credential)
		reissue_add(&x->reissue, attached.holder_id);
	return OK;
}

static enum status
enter_all(struct pictures *p)
{
	struct import *x = p->x;
	bool one_transaction = x->dry_run || x->strict;
	enum status st = begin(x);
	for (size_t i = 0; st == OK && i < p->source.n; i++) {
		if (p->all[i].good)
			st = enter_one(p, &p->all[i], p->source.files[i].name);
		if (st == OK && !one_transaction && (i + 1) % office_transaction_rows(x->office, TRANSACTION_FILES) == 0) {
			st = batch_commit(&x->batch, &x->office->err);
			if (st == OK)
				st = begin(x);
		}
	}
	if (st == OK && x->strict && p->refused > 0 && !x->dry_run)
		st = err_set(&x->office->err, ERR_CONFLICT, "%s: %llu files are wrong and --strict was given: nothing was entered", x->path,
		    (unsigned long long)p->refused);
	if (st == OK && !x->dry_run)
		st = batch_commit(&x->batch, &x->office->err);
	batch_end(&x->batch);
	return st;
}

static enum status
open_pictures(struct pictures *p)
{
	struct office *o = p->x->office;
	enum status st = picture_source_open(p->x->path, &p->source, &o->err);
	if (st)
		return st;
	p->all = calloc(p->source.n + 1, sizeof(*p->all));
	if (p->all == NULL || seen_open(&p->numbers, p->source.n) != OK)
		return err_set(&o->err, ERR_SYSTEM, "out of memory");
	return OK;
}

static void
close_pictures(struct pictures *p)
{
	picture_source_close(&p->source);
	free(p->all);
	seen_close(&p->numbers);
	reissue_free(&p->x->reissue);
}

int
import_portraits(struct import *x)
{
	struct office *o = x->office;
	struct pictures p = { .x = x };
	enum status st = office_open(o, STORE_WRITE, false);
	if (st == OK)
		st = open_pictures(&p);
	if (st == OK && !x->no_issue && !x->dry_run)
		st = reissue_check(o);
	if (st == OK)
		st = take_all(&p);
	if (st == OK)
		st = enter_all(&p);
	if (st == OK)
		st = import_reissue(x);
	if (st == OK)
		import_report(x, p.good + p.refused, p.refused);
	int code = st ? office_failed(o, "import") : p.refused + x->reissued.refused > 0 ? EXIT_REFUSED : EXIT_DONE;
	close_pictures(&p);
	return code;
}
