/* backup.h -- what a backup holds, and reading and writing one (docs/formats.md 9).  The file's frame: archive.h.
 *
 * Records, canonical CBOR arrays, in this order:
 *   [1, map {0: 1 version, 1: time ms, 2: profile, 3: id bstr 16, 4: program's version text, 5: portraits are in it bool}]
 *   [2, event bstr]                        every event of the journal, as stored
 *   [3, table text, key bstr, value bstr]  every record of the sealed store, still sealed
 *   [4, name text, size, offset, bytes]    files of the register's home, each in pieces from offset 0 on, one after the other
 *   [5, events, sealed records, files, last sequence, SHA-256 of the last event]     the end: without it the file is cut
 *
 * Reading believes nothing before its block's tag held; checks the order, the events' sequence and chain, each file's pieces, and
 * the counts at the end; hands each record on in order.  Nothing read may be used before backup_read has returned OK. */
#ifndef REGISTRY_BACKUP_H
#define REGISTRY_BACKUP_H

#include "registry/archive.h"
#include "registry/registry.h"

enum backup_kind { BACKUP_HEAD = 1, BACKUP_EVENT = 2, BACKUP_SEALED = 3, BACKUP_FILE = 4, BACKUP_END = 5 };
#define BACKUP_ID_LEN 16u

struct backup_item {
	enum backup_kind kind;
	/* HEAD */
	int64_t time_ms;
	enum profile profile;
	struct bytes id, program;
	bool portraits;
	/* EVENT: value.  SEALED: name (the table's), key, value.  FILE: name, size, offset, value */
	struct bytes name, key, value;
	uint64_t size, offset;
	/* END */
	uint64_t events, sealed, files, sequence;
	struct bytes head;
};
MUST_CHECK enum status backup_item_encode(const struct backup_item *i, struct buf out, struct bytes *record);
MUST_CHECK enum status backup_item_decode(struct bytes record, struct backup_item *out);    /* views into record */

struct backup_summary { int64_t time_ms, last_event_ms; enum profile profile; uint64_t events, sealed, files, sequence; struct digest head; bool portraits; };

/* ---- writing: head, register, files, end ---- */

struct backup_writer;
MUST_CHECK enum status backup_begin(FILE *f, enum profile profile, const struct secret *check_key, int64_t time_ms, const char *program,
    bool portraits, struct backup_writer **out, struct err *err);
/* The journal as one read transaction sees it, and the sealed store as one begun after it does: so nobody of the register is missing, while
 * others write.  The register is open with its sealed store. */
MUST_CHECK enum status backup_register(struct backup_writer *w, struct registry *r, void (*progress)(void *ctx, uint64_t done, uint64_t total),
    void *ctx, struct err *err);
MUST_CHECK enum status backup_file(struct backup_writer *w, const char *name, FILE *from, struct err *err);
MUST_CHECK enum status backup_end(struct backup_writer *w, struct backup_summary *out, struct err *err);
void backup_writer_close(struct backup_writer *w);         /* NULL is fine */

/* ---- reading ---- */

typedef enum status (*backup_taker)(void *ctx, const struct backup_item *item, struct err *err);
/* take may be NULL: then the file is only verified. */
MUST_CHECK enum status backup_read(FILE *f, const struct secret *check_key, backup_taker take, void *ctx, struct backup_summary *out, struct err *err);

#endif
