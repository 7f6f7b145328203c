#include "registry/journal.h"

enum { LOOKED_AT = 16, PROGRESS_EVERY = 4096 };

/* Does any of the first records of the journal hold?  One at least must, or the key is another's. */
static enum status
profile_fits(struct store *s, bool *fits)
{
	struct txn t;
	struct cursor c = { 0 };
	struct bytes key, value;
	*fits = false;
	enum status st = txn_begin_read(s, &t);
	if (st == OK)
		st = cursor_open(&t, TABLE_EVENT, (struct bytes){ NULL, 0 }, &c);
	for (int i = 0; st == OK && !*fits && i < LOOKED_AT; i++)
		st = cursor_survey(&c, &key, &value, fits);
	cursor_close(&c);
	txn_end(&t);
	return st == ERR_NOT_FOUND ? OK : st;
}

enum status
journal_open(const char *dir, enum store_mode mode, const struct secret *check_key, struct store **out, enum profile *profile,
    struct err *err)
{
	static const enum profile profiles[] = { PROFILE_INTL, PROFILE_GM };
	for (size_t i = 0; i < sizeof(profiles) / sizeof(profiles[0]); i++) {
		struct store *s = NULL;
		bool fits = false;
		enum status st = store_open_grown(dir, table_names, TABLE_COUNT, TABLES_OF_VERSION_1, mode, profiles[i], check_key, &s, err);
		if (st)
			return st;
		st = profile_fits(s, &fits);
		if (st == OK && fits) {
			*out = s;
			*profile = profiles[i];
			return OK;
		}
		store_close(s);
		if (st)
			return err_set(err, st, "the journal in %s cannot be read: %s", dir, status_text(st));
	}
	return err_set(err, ERR_CONFLICT, "no event at the journal's beginning in %s holds under this check key: it is another register's key", dir);
}

enum status
journal_each(struct txn *t, journal_taker take, void *ctx, uint64_t *count, struct err *err)
{
	struct cursor c = { 0 };
	struct bytes key, event;
	uint64_t n = 0;
	bool holds = true;
	enum status st = cursor_open(t, TABLE_EVENT, (struct bytes){ NULL, 0 }, &c);
	while (st == OK && (st = cursor_survey(&c, &key, &event, &holds)) == OK) {
		if (key.len != 8 || key64_value(key) != n + 1)
			st = err_set(err, ERR_DAMAGED, "event %llu is not where it was wanted", (unsigned long long)n + 1);
		else if (!holds)
			st = err_set(err, ERR_DAMAGED, "event %llu is damaged: its check does not hold", (unsigned long long)n + 1);
		else
			st = take(ctx, event, err);
		n += st == OK;
	}
	cursor_close(&c);
	if (count != NULL)
		*count = n;
	return st == ERR_NOT_FOUND ? OK : err_set(err, st, "the journal cannot be read: %s", txn_reason(t));
}

/* ---- into fresh tables ---- */

struct copying { const struct journal_copy *copy; struct replay *replay; uint64_t done, total; };

static enum status
replay_one(void *ctx, struct bytes event, struct err *err)
{
	struct copying *x = ctx;
	if (x->copy->progress != NULL && x->done % PROGRESS_EVERY == 0)
		x->copy->progress(x->copy->ctx, x->done, x->total);
	x->done++;
	return replay_event(x->replay, event, err);
}

enum status
journal_replay(const struct journal_copy *c, struct replay_state *out, struct err *err)
{
	struct copying x = { .copy = c };
	struct digest head;
	struct replay_terms terms = { .store = c->to, .profile = c->profile, .check_key = *c->check_key, .fault = c->fault, .fault_ctx = c->ctx };
	enum status st = journal_head(c->from, &x.total, &head);
	if (st)
		st = err_set(err, st, "the journal's end cannot be read: %s", txn_reason(c->from));
	if (st == OK)
		st = replay_open(&terms, &x.replay, err);
	secret_wipe(&terms.check_key, sizeof(terms.check_key));
	if (st == OK)
		st = journal_each(c->from, replay_one, &x, NULL, err);
	if (st == OK)
		st = replay_finish(x.replay, err);
	if (st == OK) {
		*out = replay_state(x.replay);
		st = store_flush(c->to);
		if (st)
			err_set(err, st, "the fresh tables cannot be made durable: %s", status_text(st));
	}
	replay_close(x.replay);
	return st;
}
