#include "base/limits.h"
#include "base/text.h"
#include "registry/backup.h"

struct reading {
	struct backup_summary summary;
	enum backup_kind last;
	char file[BACKUP_NAME_LEN_MAX + 1];    /* the one whose pieces are read */
	uint64_t size, offset;
	bool ended;
	struct err *err;
};

static enum status
broken(struct reading *x, const char *what)
{
	return err_set(x->err, ERR_DAMAGED, "%s (event %llu, sealed record %llu, file %llu)", what, (unsigned long long)x->summary.events,
	    (unsigned long long)x->summary.sealed, (unsigned long long)x->summary.files);
}

static enum status
take_event(struct reading *x, struct bytes event)
{
	struct event e;
	enum status st = event_decode(event, &e);
	if (st == ERR_UNSUPPORTED)
		return err_set(x->err, st, "event %llu is of a kind that this program does not know; a newer program wrote the backup", (unsigned long long)x->summary.events + 1);
	if (st != OK || e.sequence != x->summary.events + 1 || memcmp(e.previous.ptr, x->summary.head.b, DIGEST_LEN) != 0)
		return broken(x, "an event does not follow from the one before");
	st = sha256(event, &x->summary.head);
	x->summary.events++;
	x->summary.sequence = e.sequence;
	x->summary.last_event_ms = e.time_ms;
	return st ? err_set(x->err, st, "a hash cannot be computed: %s", status_text(st)) : OK;
}

static enum status
take_piece(struct reading *x, const struct backup_item *i)
{
	bool next = x->offset < x->size;
	bool same = bytes_eq(i->name, bytes_str(x->file)) && i->size == x->size;
	if (next ? !same || i->offset != x->offset : i->offset != 0)
		return broken(x, "a file's pieces do not follow each other");
	memcpy(x->file, i->name.ptr, i->name.len);
	x->file[i->name.len] = '\0';
	x->size = i->size;
	x->offset = i->offset + i->value.len;
	x->summary.files += x->offset == x->size;
	return OK;
}

static enum status
take_end(struct reading *x, const struct backup_item *i)
{
	const struct backup_summary *s = &x->summary;
	x->ended = true;
	if (i->events != s->events || i->sealed != s->sealed || i->files != s->files || i->sequence != s->sequence ||
	    memcmp(i->head.ptr, s->head.b, DIGEST_LEN) != 0)
		return broken(x, "the counts at the end are not those of what was read");
	return OK;
}

static enum status
take_item(struct reading *x, const struct backup_item *i)
{
	bool first = x->last == 0;
	if (x->ended || (first != (i->kind == BACKUP_HEAD)) || i->kind < x->last)
		return broken(x, "a record is not where it belongs");
	if (x->offset < x->size && i->kind != BACKUP_FILE)
		return broken(x, "a file is not there to its end");
	x->last = i->kind;
	switch (i->kind) {
	case BACKUP_HEAD:
		x->summary.time_ms = i->time_ms;
		x->summary.portraits = i->portraits;
		return i->profile == x->summary.profile ? OK : broken(x, "its profile is not that of its tags");
	case BACKUP_EVENT:  return take_event(x, i->value);
	case BACKUP_SEALED: x->summary.sealed++; return OK;
	case BACKUP_FILE:   return take_piece(x, i);
	case BACKUP_END:    return take_end(x, i);
	}
	return broken(x, "a record of no kind");
}

enum status
backup_read(FILE *f, const struct secret *check_key, backup_taker take, void *ctx, struct backup_summary *out, struct err *err)
{
	struct err unwanted = { .status = OK };
	struct reading x = { .err = err != NULL ? err : &unwanted };
	struct archive_reader *a = NULL;
	struct bytes record;
	struct backup_item i;
	enum status st = archive_open(f, check_key, &a, &x.summary.profile, x.err);
	while (st == OK && (st = archive_next(a, &record, x.err)) == OK) {
		st = backup_item_decode(record, &i);
		if (st)
			err_set(x.err, st, "a record cannot be read: %s%s", status_text(st), st == ERR_UNSUPPORTED ? "; a newer program wrote the backup" : "");
		if (st == OK)
			st = take_item(&x, &i);
		if (st == OK && take != NULL)
			st = take(ctx, &i, x.err);
	}
	archive_reader_close(a);
	if (st == ERR_NOT_FOUND && !x.ended)
		return err_set(x.err, ERR_DAMAGED, "its end is missing: the file was cut");
	if (st == ERR_NOT_FOUND) {
		*out = x.summary;
		return OK;
	}
	return st;
}
