#include "registry/upgraded.h"

#include "crypto/cbor.h"

enum { KEY_VERSION = 0, KEY_BECOMES, KEY_NUMBERS, KEY_COUNT, VERSION = 1, FIRST_UPGRADE = 2, KINDS = sizeof(((struct upgraded *)0)->next_number) / sizeof(uint64_t) };

static bool
upgraded_is_wellformed(const struct upgraded *u)
{
	bool good = u->version >= FIRST_UPGRADE && u->version <= REGISTRY_VERSION;
	for (size_t i = 0; i < KINDS; i++)
		good = good && u->next_number[i] >= 1;
	return good;
}

enum status
upgraded_encode(const struct upgraded *u, struct buf out, struct bytes *payload)
{
	if (!upgraded_is_wellformed(u))
		return ERR_ARGUMENT;
	struct cbor_writer w = cbor_writer(out);
	cbor_write_map(&w, KEY_COUNT);
	cbor_write_int(&w, KEY_VERSION);
	cbor_write_uint(&w, VERSION);
	cbor_write_int(&w, KEY_BECOMES);
	cbor_write_uint(&w, u->version);
	cbor_write_int(&w, KEY_NUMBERS);
	cbor_write_array(&w, KINDS);
	for (size_t i = 0; i < KINDS; i++)
		cbor_write_uint(&w, u->next_number[i]);
	return cbor_write_finish(&w, payload);
}

static void
read_numbers(struct cbor_reader *r, struct upgraded *u)
{
	if (cbor_read_array(r) != KINDS)
		cbor_fail(r, ERR_FORMAT);
	for (size_t i = 0; i < KINDS; i++)
		u->next_number[i] = cbor_read_uint(r);
}

enum status
upgraded_decode(struct bytes payload, struct upgraded *out)
{
	struct upgraded u = { .version = 0 };
	uint64_t version = 0, becomes = 0;
	int64_t key = 0;
	size_t seen = 0;
	struct cbor_reader r = cbor_reader(payload, CBOR_CANONICAL);
	for (struct cbor_map m = cbor_read_map(&r); cbor_map_next(&r, &m, &key); seen++) {
		switch (key) {
		case KEY_VERSION: version = cbor_read_uint(&r); break;
		case KEY_BECOMES: becomes = cbor_read_uint(&r); break;
		case KEY_NUMBERS: read_numbers(&r, &u); break;
		default:          cbor_fail(&r, ERR_UNSUPPORTED);
		}
	}
	enum status st = cbor_finish(&r);
	if (st)
		return st;
	if (version != VERSION || becomes > REGISTRY_VERSION)
		return ERR_UNSUPPORTED;
	u.version = (uint8_t)becomes;
	if (seen != KEY_COUNT || !upgraded_is_wellformed(&u))
		return ERR_FORMAT;
	*out = u;
	return OK;
}
