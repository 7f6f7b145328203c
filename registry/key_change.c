#include "registry/key_change.h"

#include "base/text.h"
#include "registry/permission.h"

enum { KEY_VERSION = 0, KEY_COMMAND = 1, KEY_ROOT = 2, KEY_APPROVAL = 20, VERSION = 1 };

static bool
is_wellformed(const struct key_change *c)
{
	return c->command.len >= 1 && c->command.len <= KEY_COMMAND_LEN_MAX && (c->root.len == 0 || c->root.len == KID_LEN) &&
	    c->approval <= INT64_MAX;
}

static size_t
pairs_of(const struct key_change *c)
{
	return 2u + (c->root.len > 0) + (c->approval != 0);
}

enum status
key_change_encode(const struct key_change *c, struct buf out, struct bytes *payload)
{
	if (!is_wellformed(c))
		return ERR_ARGUMENT;
	struct cbor_writer w = cbor_writer(out);
	cbor_write_map(&w, pairs_of(c));
	cbor_write_int(&w, KEY_VERSION);
	cbor_write_uint(&w, VERSION);
	cbor_write_text_pair(&w, KEY_COMMAND, c->command);
	if (c->root.len > 0) {
		cbor_write_int(&w, KEY_ROOT);
		cbor_write_bytes(&w, c->root);
	}
	cbor_write_int_pair(&w, KEY_APPROVAL, (int64_t)c->approval);
	return cbor_write_finish(&w, payload);
}

enum status
key_change_decode(struct bytes payload, struct key_change *out)
{
	struct key_change c = { .approval = 0 };
	uint64_t version = 0;
	int64_t k = 0;
	size_t given = 0;
	struct cbor_reader r = cbor_reader(payload, CBOR_CANONICAL);
	for (struct cbor_map m = cbor_read_map(&r); cbor_map_next(&r, &m, &k); given++) {
		switch (k) {
		case KEY_VERSION:  version = cbor_read_uint(&r); break;
		case KEY_COMMAND:  c.command = cbor_read_text(&r); break;
		case KEY_ROOT:     c.root = cbor_read_bytes(&r); break;
		case KEY_APPROVAL: c.approval = cbor_read_uint(&r); break;
		default:           cbor_fail(&r, ERR_UNSUPPORTED);
		}
	}
	enum status st = cbor_finish(&r);
	if (st)
		return st;
	if (version != VERSION)
		return ERR_UNSUPPORTED;
	if (given != pairs_of(&c) || !is_wellformed(&c))
		return ERR_FORMAT;
	*out = c;
	return OK;
}

static enum status
check_permission(struct batch *b, const struct key_change *c, struct err *err)
{
	struct permission p;
	char permitted[KEY_COMMAND_LEN_MAX + 1];
	if (c->approval == 0)
		return !b->policy.key_changes ? OK : err_set(err, ERR_CONFLICT, "a change of keys needs two operators here: yaopai propose %.*s, then "
		    "another's approval, then the command with --approval N", BYTES_FMT(c->command));
	enum status st = permission_get(&b->txn, c->approval, PROPOSED_KEYS, b->now_ms / 1000, &p, err);
	if (st != OK || bytes_eq(p.proposed.command, c->command))
		return st;
	return err_set(err, ERR_CONFLICT, "proposal %llu permits another change: %s", (unsigned long long)c->approval,
	    text_escape(p.proposed.command, permitted, sizeof(permitted)));
}

enum status
key_change_enter(struct batch *b, const struct key_change *c, struct err *err)
{
	uint8_t mem[KEY_COMMAND_LEN_MAX + 64];
	struct bytes payload;
	enum status st = check_permission(b, c, err);
	if (st)
		return st;
	st = key_change_encode(c, BUF_OF(mem), &payload);
	if (st)
		return err_set(err, st, "the change of keys cannot be recorded: the command has more than %u bytes", KEY_COMMAND_LEN_MAX);
	batch_event(b, EVENT_KEYS_CHANGED, payload, NULL);
	return b->txn.status ? err_set(err, b->txn.status, "the change of keys cannot be recorded: %s", txn_reason(&b->txn)) : OK;
}
