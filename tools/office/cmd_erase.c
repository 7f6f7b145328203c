#include <getopt.h>
#include <stdio.h>

#include "base/clock.h"
#include "base/text.h"
#include "registry/erase.h"
#include "registry/remake.h"
#include "registry/reseal.h"
#include "tools/office/commands.h"
#include "tools/office/resealing.h"

static const char usage[] =
    "usage: yaopai erase NUMBER --ground TEXT --organ TEXT --document TEXT [--reviewer NAME] [--despite TEXT] [--operator NAME]\n"
    "Erase the sealed data (identity number) of the person who holds or held certificate NUMBER, on lawful request.\n"
    "All certificates of the person must be void or expired, and kept for the years of [keeping] certificate_years in yaopai.conf.\n"
    "  --ground TEXT    legal ground          --organ TEXT     deciding organ\n"
    "  --document TEXT  document number       --reviewer NAME  who reviewed it\n"
    "  --despite TEXT   a court's order or the like to erase in spite of that: which\n"
    "What stands in the journal (name, body, post, tokens) stays. The sealed store is made anew, without the person.\n"
    "Killed in the middle it goes on when run again. Exit: 0 done, 2 could not.\n";

struct erasing { struct erasure what; const char *number; uint8_t person_id[PERSON_ID_LEN]; bool begun; };

static enum status
take_text(struct office *o, const char *option, size_t most, struct bytes *out)
{
	struct bytes v = text_trim(bytes_str(optarg));
	if (v.len < 1 || v.len > most || !text_is_clean(v))
		return err_set(&o->err, ERR_ARGUMENT, "%s: 1 to %zu bytes of clean UTF-8 were wanted", option, most);
	*out = v;
	return OK;
}

static enum status
take_option(struct office *o, int c, struct erasure *e)
{
	switch (c) {
	case 'g': return take_text(o, "--ground", GROUND_LEN_MAX, &e->ground);
	case 'O': return take_text(o, "--organ", GROUND_LEN_MAX, &e->organ);
	case 'd': return take_text(o, "--document", GROUND_LEN_MAX, &e->document);
	case 'r': return take_text(o, "--reviewer", OPERATOR_LEN_MAX, &e->reviewer);
	case 'D': return take_text(o, "--despite", GROUND_LEN_MAX, &e->despite);
	case 'o': return office_set_operator(o, optarg);
	default:  return ERR_ARGUMENT;
	}
}

/* The person, and whether an earlier run recorded the erasure already. */
static enum status
find(struct office *o, struct erasing *x)
{
	char shown[64];
	struct txn t = { 0 };
	struct holder h;
	struct person p;
	enum status st = txn_begin_read(registry_store(o->registry), &t);
	if (st == OK)
		st = holder_by_number(&t, bytes_str(x->number), &h);
	if (st == OK)
		st = person_get(&t, (struct bytes){ h.person_id, PERSON_ID_LEN }, &p);
	if (st == OK) {
		memcpy(x->person_id, h.person_id, PERSON_ID_LEN);
		x->begun = p.erased_sequence != 0;
	}
	txn_end(&t);
	return st ? err_set(&o->err, st, "certificate %s: %s", text_escape(bytes_str(x->number), shown, sizeof(shown)), status_text(st)) : OK;
}

static enum status
check_due(struct office *o, struct txn *t, const struct erasing *x, int64_t now_unix_s)
{
	char day[DATE_TEXT_LEN + 1];
	int64_t due = 0;
	if (x->what.despite.len > 0)
		return OK;
	enum status st = erase_due(t, x->what.person_id, o->config.keeping_years, now_unix_s, &due, &o->err);
	if (st == OK && now_unix_s < due)
		st = err_set(&o->err, ERR_CONFLICT, "the records of certificates are kept for %d years after their end ([keeping] certificate_years): not before %s",
		    o->config.keeping_years, date_text(date_of_unix_s(due), day));
	return st == ERR_CONFLICT ? err_in(&o->err, st, "not erased (--despite TEXT names an order to do so all the same)") : st;
}

static enum status
record(struct office *o, struct erasing *x)
{
	struct batch b;
	int64_t now_ms = clock_unix_ms();
	enum status st = batch_begin(o->registry, false, office_operator(o), now_ms, &b, &o->err);
	if (st)
		return st;
	st = check_due(o, &b.txn, x, now_ms / 1000);
	if (st == OK)
		st = erase_person(&b, &x->what, &o->err);
	if (st == OK)
		st = batch_commit(&b, &o->err);
	batch_end(&b);
	return st;
}

/* Is there still something of the person, or of a store that had it? */
static enum status
is_left(struct office *o, const struct erasing *x, bool *left)
{
	uint8_t mem[IDNUMBER_LEN];
	struct buf number = BUF_OF(mem);
	struct txn t = { 0 };
	char dir[PATH_MAX_LEN];
	bool leftover = false;
	enum status st = sealed_begin_read(registry_sealed(o->registry), &t);
	if (st == OK)
		st = sealed_reveal(registry_sealed(o->registry), &t, x->what.person_id, &number);
	secret_wipe(mem, sizeof(mem));
	txn_end(&t);
	*left = st == OK;
	if (st != OK && st != ERR_NOT_FOUND)
		return err_set(&o->err, st, "the sealed store cannot be read: %s", status_text(st));
	st = office_sealed_dir(o, dir);
	if (st == OK && !*left) {
		st = remake_leftover_wipe(dir, &leftover, &o->err);
		if (st == OK && !leftover)
			st = err_set(&o->err, ERR_CONFLICT, "the sealed data of this person were erased before; nothing is left to erase");
	}
	return st;
}

static enum status
remake_without(struct office *o, const struct erasing *x, uint64_t *rows)
{
	char dir[PATH_MAX_LEN];
	struct txn t = { 0 };
	struct remake m = { .dir = dir, .profile = registry_settings(o->registry)->profile, .from = &o->keys.seal, .to = &o->keys.seal,
		.without = x->what.person_id, .generation = sealed_generation(registry_sealed(o->registry)) };
	enum status st = txn_begin_read(registry_store(o->registry), &t);
	if (st == OK && m.generation == 0)
		st = resealed_get(&t, &m.generation);
	txn_end(&t);
	if (st)
		return err_set(&o->err, st, "the journal's generation of the sealed store cannot be read: %s", status_text(st));
	registry_close(o->registry); /* nobody may have the store open */
	o->registry = NULL;
	st = office_sealed_dir(o, dir);
	return st ? st : sealed_remake(&m, rows, &o->err);
}

static enum status
erase(struct office *o, struct erasing *x)
{
	uint64_t rows = 0;
	bool left = true;
	enum status st = office_open(o, STORE_WRITE, true);
	if (st == OK)
		st = find(o, x);
	x->what.person_id = (struct bytes){ x->person_id, PERSON_ID_LEN };
	if (st == OK)
		st = x->begun ? is_left(o, x, &left) : record(o, x);
	if (st == OK && left)
		st = remake_without(o, x, &rows);
	if (st)
		return st;
	(void)printf("The identity number of the holder of %s is erased: the sealed store was made anew without it.\n"
	    "It is still in backups made before, and the disk may keep old blocks; both are sealed, and of use only to who has a key of\n"
	    "keys/ of that time; yaopai keys rotate seal, then keys destroy, makes them useless. Name and entries stay in the journal.\n", x->number);
	return OK;
}

int
cmd_erase(struct office *o, int argc, char **argv)
{
	static const struct option longs[] = { { "ground", 1, NULL, 'g' }, { "organ", 1, NULL, 'O' }, { "document", 1, NULL, 'd' },
		{ "reviewer", 1, NULL, 'r' }, { "despite", 1, NULL, 'D' }, { "operator", 1, NULL, 'o' }, { "help", 0, NULL, 'h' },
		{ NULL, 0, NULL, 0 } };
	struct erasing x = { .number = NULL };
	enum status st = OK;
	for (int c; st == OK && (c = getopt_long(argc, argv, "h", longs, NULL)) != -1;) {
		if (c == 'h')
			return office_usage(usage, true);
		st = take_option(o, c, &x.what);
	}
	if ((st != OK && o->err.status == OK) || (st == OK && optind + 1 != argc))
		return office_usage(usage, false);
	x.number = argv[optind];
	if (st == OK && (x.what.ground.len == 0 || x.what.organ.len == 0 || x.what.document.len == 0))
		st = err_set(&o->err, ERR_ARGUMENT, "an erasure needs its ground, organ and document number; %s is missing", x.what.ground.len == 0 ?
		    "--ground" : x.what.organ.len == 0 ? "--organ" : "--document");
	if (st == OK)
		st = erase(o, &x);
	return st ? office_failed(o, "erase") : EXIT_DONE;
}
