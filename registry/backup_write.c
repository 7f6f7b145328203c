#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "base/limits.h"
#include "crypto/random.h"
#include "registry/backup.h"
#include "registry/journal.h"

enum { PROGRESS_EVERY = 4096 };

struct backup_writer {
	struct archive_writer *archive;
	struct backup_summary summary;
	void (*progress)(void *ctx, uint64_t done, uint64_t total);
	void *ctx;
	uint64_t total;
	uint8_t record[ARCHIVE_RECORD_MAX], piece[BACKUP_PIECE_LEN];
};

static enum status
put(struct backup_writer *w, const struct backup_item *i, struct err *err)
{
	struct bytes record;
	enum status st = backup_item_encode(i, BUF_OF(w->record), &record);
	return st ? err_set(err, st, "a record of kind %d cannot be encoded: %s", i->kind, status_text(st)) : archive_put(w->archive, record, err);
}

enum status
backup_begin(FILE *f, enum profile profile, const struct secret *check_key, int64_t time_ms, const char *program, bool portraits,
    struct backup_writer **out, struct err *err)
{
	uint8_t id[BACKUP_ID_LEN];
	struct backup_writer *w = calloc(1, sizeof(*w));
	if (w == NULL)
		return err_set(err, ERR_SYSTEM, "out of memory");
	w->summary = (struct backup_summary){ .time_ms = time_ms, .profile = profile, .portraits = portraits };
	enum status st = random_fill(id, sizeof(id));
	if (st)
		err_set(err, st, "no random bytes: %s", status_text(st));
	if (st == OK)
		st = archive_create(f, profile, check_key, &w->archive, err);
	struct backup_item head = { .kind = BACKUP_HEAD, .time_ms = time_ms, .profile = profile, .id = { id, sizeof(id) }, .program = bytes_str(program),
		.portraits = portraits };
	if (st == OK)
		st = put(w, &head, err);
	if (st)
		backup_writer_close(w);
	else
		*out = w;
	return st;
}

void
backup_writer_close(struct backup_writer *w)
{
	if (w != NULL)
		archive_writer_close(w->archive);
	free(w);
}

/* ---- the register ---- */

static enum status
put_event(void *ctx, struct bytes event, struct err *err)
{
	struct backup_writer *w = ctx;
	struct event e;
	enum status st = event_decode(event, &e);
	if (st == OK && memcmp(e.previous.ptr, w->summary.head.b, DIGEST_LEN) != 0)
		st = ERR_DAMAGED;
	if (st == OK)
		st = sha256(event, &w->summary.head);
	if (st)
		return err_set(err, st, "event %llu does not follow from the one before: the journal is damaged; see yaopai audit",
		    (unsigned long long)w->summary.events + 1);
	struct backup_item i = { .kind = BACKUP_EVENT, .value = event };
	w->summary.sequence = ++w->summary.events;
	w->summary.last_event_ms = e.time_ms;
	if (w->progress != NULL && w->summary.events % PROGRESS_EVERY == 0)
		w->progress(w->ctx, w->summary.events, w->total);
	return put(w, &i, err);
}

static enum status
put_sealed_table(struct backup_writer *w, struct txn *t, unsigned table, struct err *err)
{
	struct cursor c = { 0 };
	struct backup_item i = { .kind = BACKUP_SEALED, .name = bytes_str(sealed_table_names[table]) };
	enum status st = cursor_open(t, table, (struct bytes){ NULL, 0 }, &c);
	while (st == OK && (st = cursor_next(&c, &i.key, &i.value)) == OK) {
		w->summary.sealed++;
		st = put(w, &i, err);
	}
	cursor_close(&c);
	return st == ERR_NOT_FOUND ? OK : err_set(err, st, "the sealed store cannot be read: %s; see yaopai audit", txn_reason(t));
}

enum status
backup_register(struct backup_writer *w, struct registry *r, void (*progress)(void *ctx, uint64_t done, uint64_t total), void *ctx, struct err *err)
{
	struct txn journal = { 0 }, sealed = { 0 };
	struct digest head;
	enum status st = txn_begin_read(registry_store(r), &journal);
	if (st == OK) /* in this order: whoever the journal names was sealed before */
		st = sealed_begin_read(registry_sealed(r), &sealed);
	if (st == OK)
		st = journal_head(&journal, &w->total, &head);
	if (st)
		err_set(err, st, "the register cannot be read: %s", status_text(st));
	w->progress = progress;
	w->ctx = ctx;
	if (st == OK)
		st = journal_each(&journal, put_event, w, NULL, err);
	txn_end(&journal);
	for (unsigned table = 0; st == OK && table < sealed_tables(registry_sealed(r)); table++)
		st = put_sealed_table(w, &sealed, table, err);
	txn_end(&sealed);
	if (st == OK && progress != NULL)
		progress(ctx, w->summary.events, w->total);
	return st;
}

/* ---- files, and the end ---- */

enum status
backup_file(struct backup_writer *w, const char *name, FILE *from, struct err *err)
{
	struct stat s;
	struct backup_item i = { .kind = BACKUP_FILE, .name = bytes_str(name) };
	if (fstat(fileno(from), &s) != 0 || s.st_size < 0)
		return err_set(err, ERR_SYSTEM, "%s: %s", name, strerror(errno));
	i.size = (uint64_t)s.st_size;
	if (i.size > BACKUP_FILE_LEN_MAX)
		return err_set(err, ERR_LIMIT, "%s has %llu bytes; at most %u were expected", name, (unsigned long long)i.size, BACKUP_FILE_LEN_MAX);
	enum status st = OK;
	do {
		size_t wanted = i.size - i.offset < sizeof(w->piece) ? (size_t)(i.size - i.offset) : sizeof(w->piece);
		if (fread(w->piece, 1, wanted, from) != wanted)
			return err_set(err, ERR_SYSTEM, "%s became shorter while it was read", name);
		i.value = (struct bytes){ w->piece, wanted };
		st = put(w, &i, err);
		i.offset += wanted;
	} while (st == OK && i.offset < i.size);
	w->summary.files++;
	return st;
}

enum status
backup_end(struct backup_writer *w, struct backup_summary *out, struct err *err)
{
	struct backup_summary *s = &w->summary;
	struct backup_item i = { .kind = BACKUP_END, .events = s->events, .sealed = s->sealed, .files = s->files, .sequence = s->sequence,
		.head = { s->head.b, DIGEST_LEN } };
	enum status st = put(w, &i, err);
	if (st == OK)
		st = archive_finish(w->archive, err);
	if (st == OK)
		*out = *s;
	return st;
}
