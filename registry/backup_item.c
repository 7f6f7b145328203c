#include "registry/backup.h"

#include "base/limits.h"
#include "crypto/cbor.h"

enum { VERSION = 1, KEY_VERSION = 0, KEY_TIME, KEY_PROFILE, KEY_ID, KEY_PROGRAM, KEY_PORTRAITS, HEAD_KEYS };

static const size_t items_of[] = { [BACKUP_HEAD] = 2, [BACKUP_EVENT] = 2, [BACKUP_SEALED] = 4, [BACKUP_FILE] = 5, [BACKUP_END] = 6 };

static bool
item_is_wellformed(const struct backup_item *i)
{
	switch (i->kind) {
	case BACKUP_HEAD:
		return i->time_ms >= 0 && (i->profile == PROFILE_INTL || i->profile == PROFILE_GM) && i->id.len == BACKUP_ID_LEN && i->program.len >= 1 &&
		    i->program.len <= BACKUP_PROGRAM_LEN_MAX;
	case BACKUP_EVENT:  return i->value.len >= 1 && i->value.len <= EVENT_LEN_MAX;
	case BACKUP_SEALED: return i->name.len >= 1 && i->name.len <= BACKUP_NAME_LEN_MAX && i->key.len >= 1 && i->key.len <= RECORD_LEN_MAX && i->value.len <= RECORD_LEN_MAX;
	case BACKUP_FILE:
		return i->name.len >= 1 && i->name.len <= BACKUP_NAME_LEN_MAX && i->size <= BACKUP_FILE_LEN_MAX && i->value.len <= BACKUP_PIECE_LEN &&
		    i->offset <= i->size && i->value.len <= i->size - i->offset && (i->value.len > 0 || i->size == 0);
	case BACKUP_END: return i->head.len == DIGEST_LEN && i->events >= 1 && i->events == i->sequence;
	}
	return false;
}

static void
write_head(struct cbor_writer *w, const struct backup_item *i)
{
	cbor_write_map(w, HEAD_KEYS);
	cbor_write_int(w, KEY_VERSION);
	cbor_write_uint(w, VERSION);
	cbor_write_int(w, KEY_TIME);
	cbor_write_int(w, i->time_ms);
	cbor_write_int(w, KEY_PROFILE);
	cbor_write_uint(w, (uint64_t)i->profile);
	cbor_write_int(w, KEY_ID);
	cbor_write_bytes(w, i->id);
	cbor_write_int(w, KEY_PROGRAM);
	cbor_write_text(w, i->program);
	cbor_write_int(w, KEY_PORTRAITS);
	cbor_write_bool(w, i->portraits);
}

enum status
backup_item_encode(const struct backup_item *i, struct buf out, struct bytes *record)
{
	if (!item_is_wellformed(i))
		return ERR_ARGUMENT;
	struct cbor_writer w = cbor_writer(out);
	cbor_write_array(&w, items_of[i->kind]);
	cbor_write_uint(&w, (uint64_t)i->kind);
	switch (i->kind) {
	case BACKUP_HEAD:  write_head(&w, i); break;
	case BACKUP_EVENT: cbor_write_bytes(&w, i->value); break;
	case BACKUP_SEALED:
		cbor_write_text(&w, i->name);
		cbor_write_bytes(&w, i->key);
		cbor_write_bytes(&w, i->value);
		break;
	case BACKUP_FILE:
		cbor_write_text(&w, i->name);
		cbor_write_uint(&w, i->size);
		cbor_write_uint(&w, i->offset);
		cbor_write_bytes(&w, i->value);
		break;
	case BACKUP_END:
		cbor_write_uint(&w, i->events);
		cbor_write_uint(&w, i->sealed);
		cbor_write_uint(&w, i->files);
		cbor_write_uint(&w, i->sequence);
		cbor_write_bytes(&w, i->head);
		break;
	}
	return cbor_write_finish(&w, record);
}

static void
read_head(struct cbor_reader *r, struct backup_item *i)
{
	uint64_t version = 0, profile = 0;
	int64_t key = 0;
	size_t seen = 0;
	for (struct cbor_map m = cbor_read_map(r); cbor_map_next(r, &m, &key); seen++) {
		switch (key) {
		case KEY_VERSION:   version = cbor_read_uint(r); break;
		case KEY_TIME:      i->time_ms = cbor_read_int(r); break;
		case KEY_PROFILE:   profile = cbor_read_uint(r); break;
		case KEY_ID:        i->id = cbor_read_bytes(r); break;
		case KEY_PROGRAM:   i->program = cbor_read_text(r); break;
		case KEY_PORTRAITS: i->portraits = cbor_read_bool(r); break;
		default:            cbor_fail(r, ERR_UNSUPPORTED);
		}
	}
	if (r->status == OK && version != VERSION)
		cbor_fail(r, ERR_UNSUPPORTED);
	else if (seen != HEAD_KEYS)
		cbor_fail(r, ERR_FORMAT);
	i->profile = (enum profile)(profile <= PROFILE_GM ? profile : 0);
}

enum status
backup_item_decode(struct bytes record, struct backup_item *out)
{
	struct backup_item i = { .time_ms = 0 };
	struct cbor_reader r = cbor_reader(record, CBOR_CANONICAL);
	size_t items = cbor_read_array(&r);
	uint64_t kind = cbor_read_uint(&r);
	if (r.status == OK && (kind < BACKUP_HEAD || kind > BACKUP_END))
		return ERR_UNSUPPORTED;
	i.kind = (enum backup_kind)kind;
	switch (i.kind) {
	case BACKUP_HEAD:  read_head(&r, &i); break;
	case BACKUP_EVENT: i.value = cbor_read_bytes(&r); break;
	case BACKUP_SEALED:
		i.name = cbor_read_text(&r);
		i.key = cbor_read_bytes(&r);
		i.value = cbor_read_bytes(&r);
		break;
	case BACKUP_FILE:
		i.name = cbor_read_text(&r);
		i.size = cbor_read_uint(&r);
		i.offset = cbor_read_uint(&r);
		i.value = cbor_read_bytes(&r);
		break;
	case BACKUP_END:
		i.events = cbor_read_uint(&r);
		i.sealed = cbor_read_uint(&r);
		i.files = cbor_read_uint(&r);
		i.sequence = cbor_read_uint(&r);
		i.head = cbor_read_bytes(&r);
		break;
	}
	enum status st = cbor_finish(&r);
	if (st)
		return st;
	if (items != items_of[i.kind] || !item_is_wellformed(&i))
		return ERR_FORMAT;
	*out = i;
	return OK;
}
