/* tamper HOME TABLE KEY BYTE -- what somebody with the check key, or a fault of ours, could do: change one byte of a stored record and store it
 * under a good check.  KEY: a number for tables by id, else text.  BYTE: counted from the end, from 1.  For tests of audit. */
#include <stdio.h>
#include <stdlib.h>

#include "base/text.h"
#include "registry/registry.h"
#include "tools/shared/secretfile.h"

static unsigned
table_of(const char *name)
{
	unsigned table = 0;
	while (table < TABLE_COUNT && strcmp(table_names[table], name) != 0)
		table++;
	return table;
}

static enum status
change(struct registry *r, unsigned table, struct bytes key, size_t byte)
{
	uint8_t mem[EVENT_LEN_MAX];
	struct txn t;
	struct bytes value;
	enum status st = txn_begin_write(registry_store(r), &t);
	if (st == OK)
		st = txn_get(&t, table, key, &value);
	if (st == OK && (byte < 1 || byte > value.len || value.len > sizeof(mem)))
		st = ERR_ARGUMENT;
	if (st == OK) {
		memcpy(mem, value.ptr, value.len);
		mem[value.len - byte] ^= 1;
		txn_put(&t, table, key, (struct bytes){ mem, value.len });
		st = txn_commit(&t);
	}
	txn_end(&t);
	return st;
}

int
main(int argc, char **argv)
{
	char path[4096];
	struct registry_keys keys = { .has_seal = false };
	struct registry *r = NULL;
	struct err err = { .status = OK };
	uint64_t id = 0, byte = 0;
	unsigned table = argc == 5 ? table_of(argv[2]) : TABLE_COUNT;
	if (table == TABLE_COUNT || text_uint(bytes_str(argv[4]), &byte) != OK) {
		(void)fprintf(stderr, "usage: tamper HOME TABLE KEY BYTE\n");
		return 2;
	}
	bool by_id = table == TABLE_EVENT || table == TABLE_HOLDER || table == TABLE_CREDENTIAL;
	(void)snprintf(path, sizeof(path), "%s/keys/check.key", argv[1]);
	enum status st = secret_load(path, WRAP_CHECK, &(struct passphrase){ .file = NULL }, &keys.check, NULL, &err);
	(void)snprintf(path, sizeof(path), "%s/data", argv[1]);
	if (st == OK)
		st = registry_open(path, STORE_WRITE, &keys, &r, &err);
	if (st == OK && by_id)
		st = text_uint(bytes_str(argv[3]), &id);
	struct key64 key = key64(id);
	if (st == OK)
		st = change(r, table, by_id ? key64_view(&key) : bytes_str(argv[3]), (size_t)byte);
	registry_close(r);
	if (st)
		(void)fprintf(stderr, "tamper: %s\n", err.text[0] != '\0' ? err.text : status_text(st));
	return st ? 2 : 0;
}
