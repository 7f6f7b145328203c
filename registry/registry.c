#include "registry/registry.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/file.h"
#include "base/text.h"
#include "registry/settings.h"
#include "registry/upgraded.h"

enum { LISTS_MAX = BUNDLE_LISTS_MAX };

const char *const table_names[TABLE_COUNT] = {
	[TABLE_META] = "meta", [TABLE_EVENT] = "event", [TABLE_BODY] = "body", [TABLE_PERSON] = "person", [TABLE_HOLDER] = "holder",
	[TABLE_NUMBER] = "number", [TABLE_CREDENTIAL] = "credential", [TABLE_DIGEST] = "digest",
	[TABLE_REVIEW] = "review", [TABLE_OPERATOR] = "operator", [TABLE_PROPOSAL] = "proposal",
};

struct registry {
	struct settings settings;
	struct store *store;
	struct sealed *sealed; /* NULL without its key */
	struct secret permutation_key;
	registry_teller tell; /* may be NULL */
	void *tell_ctx;
	pthread_mutex_t lock;
	struct permutation *permutations[LISTS_MAX];
};

struct places { char registry[4096], sealed[4096]; };

static enum status
places_fill(const char *dir, struct places *p, struct err *err)
{
	enum status st = path_join(dir, "registry", p->registry, sizeof(p->registry), err);
	return st ? st : path_join(dir, "sealed", p->sealed, sizeof(p->sealed), err);
}

static enum status
open_stores(struct registry *r, const struct places *p, enum store_mode mode, enum profile profile, const struct registry_keys *keys,
    struct err *err)
{
	enum status st = secret_derive(profile, &keys->check, "index permutation", &r->permutation_key);
	if (st)
		return err_set(err, st, "no key for the status-list indices: %s", status_text(st));
	st = store_open_grown(p->registry, table_names, TABLE_COUNT, TABLES_OF_VERSION_1, mode, profile, &keys->check, &r->store, err);
	if (st == OK && keys->has_seal)
		st = sealed_open(p->sealed, mode, profile, &keys->seal, &r->sealed, err);
	return st;
}

static struct registry *
registry_new(void)
{
	struct registry *r = calloc(1, sizeof(*r));
	if (r != NULL)
		(void)pthread_mutex_init(&r->lock, NULL); /* a default mutex cannot fail on Linux */
	return r;
}

void
registry_close(struct registry *r)
{
	if (r == NULL)
		return;
	for (size_t i = 0; i < LISTS_MAX; i++)
		permutation_close(r->permutations[i]);
	sealed_close(r->sealed);
	store_close(r->store);
	secret_wipe(&r->permutation_key, sizeof(r->permutation_key));
	(void)pthread_mutex_destroy(&r->lock);
	free(r);
}

void
registry_on_commit(struct registry *r, registry_teller tell, void *ctx)
{
	r->tell = tell;
	r->tell_ctx = ctx;
}

void
registry_tell(struct registry *r, uint64_t sequence, const struct digest *head)
{
	if (r->tell != NULL)
		r->tell(r->tell_ctx, sequence, head);
}

static enum status
write_opening(struct registry *r, struct bytes operator, int64_t now_ms, struct err *err)
{
	uint8_t mem[256];
	struct bytes payload;
	struct batch b;
	enum status st = settings_encode(&r->settings, BUF_OF(mem), &payload);
	if (st)
		return err_set(err, st, "the settings cannot be written: %s", status_text(st));
	st = batch_begin(r, false, operator, now_ms, &b, err);
	if (st)
		return st;
	txn_put_new(&b.txn, TABLE_META, BYTES_LIT("settings"), payload);
	batch_event(&b, EVENT_OPENED, payload, NULL);
	st = batch_commit(&b, err);
	batch_end(&b);
	return st;
}

enum status
registry_create(const char *dir, const struct settings *settings, const struct registry_keys *keys, struct bytes operator,
    int64_t now_ms, struct err *err)
{
	struct places p;
	enum status st = settings_check(settings, err);
	if (st == OK)
		st = places_fill(dir, &p, err);
	if (st == OK)
		st = dir_make(p.registry, 0700, err);
	if (st == OK)
		st = dir_make(p.sealed, 0700, err);
	if (st)
		return st;
	struct registry *r = registry_new();
	if (r == NULL)
		return err_set(err, ERR_SYSTEM, "out of memory");
	r->settings = *settings;
	r->settings.version = REGISTRY_VERSION;
	st = open_stores(r, &p, STORE_CREATE, settings->profile, keys, err);
	if (st == OK)
		st = write_opening(r, operator, now_ms, err);
	registry_close(r);
	return st;
}

/* Only a register of an older version may lack tables. */
static bool
has_its_tables(const struct registry *r)
{
	bool all = true;
	for (unsigned table = 0; r->settings.version >= REGISTRY_VERSION && table < TABLE_COUNT; table++)
		all = all && store_has(r->store, table);
	return all;
}

/* The profile decides the keyed hash, and stands behind it: try both.  A record that holds under neither was written
 * under another key, or is damaged. */
static enum status
open_with_profile(const struct places *p, enum store_mode mode, enum profile profile, const struct registry_keys *keys,
    struct registry **out, struct err *err)
{
	struct txn t = { 0 };
	struct bytes payload;
	struct registry *r = registry_new();
	if (r == NULL)
		return err_set(err, ERR_SYSTEM, "out of memory");
	struct registry_keys check_only = { .check = keys->check };
	enum status st = open_stores(r, p, mode, profile, &check_only, err);
	secret_wipe(&check_only, sizeof(check_only));
	if (st == OK)
		st = txn_begin_read(r->store, &t);
	if (st == OK)
		st = txn_get(&t, TABLE_META, BYTES_LIT("settings"), &payload);
	if (st == OK)
		st = settings_decode(payload, &r->settings);
	if (st == OK && (r->settings.profile != profile || !has_its_tables(r)))
		st = ERR_DAMAGED;
	txn_end(&t);
	if (st == OK && keys->has_seal)
		st = sealed_open(p->sealed, mode, profile, &keys->seal, &r->sealed, err);
	if (st)
		registry_close(r);
	else
		*out = r;
	return st;
}

enum status
registry_open(const char *dir, enum store_mode mode, const struct registry_keys *keys, struct registry **out, struct err *err)
{
	struct places p;
	struct err unwanted = { .status = OK };
	if (err == NULL)
		err = &unwanted;
	enum status st = places_fill(dir, &p, err);
	if (st)
		return st;
	st = open_with_profile(&p, mode, PROFILE_INTL, keys, out, err);
	if (st == ERR_DAMAGED && err->status == OK)
		st = open_with_profile(&p, mode, PROFILE_GM, keys, out, err);
	if (st == ERR_UNSUPPORTED)
		return err_set(err, st, "the register in %s was made by a newer version of this program; install that one", dir);
	if (st == ERR_DAMAGED || st == ERR_NOT_FOUND)
		return err_set(err, st, "the settings of the register in %s do not hold under this check key: it is another register's key, "
		    "or the register is damaged", dir);
	return st ? err_set(err, st, "the register in %s cannot be opened: %s", dir, status_text(st)) : OK;
}

enum status
registry_upgrade(struct registry *r, struct bytes operator, int64_t now_ms, uint8_t *from, struct err *err)
{
	uint8_t mem[256], settings[256];
	struct bytes payload, enc;
	struct batch b;
	*from = r->settings.version;
	if (r->settings.version == REGISTRY_VERSION)
		return OK;
	r->settings.version = REGISTRY_VERSION;
	enum status st = settings_encode(&r->settings, BUF_OF(settings), &enc);
	if (st == OK)
		st = batch_begin(r, false, operator, now_ms, &b, err);
	if (st == OK) {
		struct upgraded u = { .version = REGISTRY_VERSION };
		memcpy(u.next_number, b.counters.next_number, sizeof(u.next_number));
		st = upgraded_encode(&u, BUF_OF(mem), &payload);
		if (st == OK) {
			batch_event(&b, EVENT_UPGRADED, payload, NULL);
			txn_put(&b.txn, TABLE_META, BYTES_LIT("settings"), enc);
			st = batch_commit(&b, err);
		}
		batch_end(&b);
	}
	if (st)
		r->settings.version = *from;
	return err_in(err, st, "the register is of version %u and cannot be upgraded", *from);
}

const struct settings *registry_settings(const struct registry *r) { return &r->settings; }
struct store  *registry_store(struct registry *r)                  { return r->store; }
struct sealed *registry_sealed(struct registry *r)                 { return r->sealed; }

/* ---- where a credential stands in the status lists ---- */

enum status
registry_list_uri(const struct registry *r, uint32_t list, char out[STATUS_URI_LEN_MAX + 1])
{
	char uri[64];
	int n = snprintf(uri, sizeof(uri), "%s%u", r->settings.uri_prefix, list);
	if (n < 0 || (size_t)n > STATUS_URI_LEN_MAX)
		return ERR_LIMIT;
	memcpy(out, uri, (size_t)n + 1);
	return OK;
}

enum status
registry_permutation(struct registry *r, uint32_t list, const struct permutation **out)
{
	enum status st = OK;
	if (list >= LISTS_MAX)
		return ERR_LIMIT;
	(void)pthread_mutex_lock(&r->lock);
	if (r->permutations[list] == NULL)
		st = permutation_open(&r->permutation_key, list, r->settings.list_log2, &r->permutations[list]);
	*out = r->permutations[list];
	(void)pthread_mutex_unlock(&r->lock);
	return st;
}

enum status
registry_place(struct registry *r, uint64_t serial, uint32_t *list, uint32_t *idx)
{
	const struct permutation *p;
	uint64_t ordinal = serial - 1, l = ordinal >> r->settings.list_log2;
	if (serial == 0 || l >= LISTS_MAX)
		return ERR_LIMIT;
	enum status st = registry_permutation(r, (uint32_t)l, &p);
	if (st)
		return st;
	*list = (uint32_t)l;
	*idx = permutation_index(p, (uint32_t)(ordinal & ((1u << r->settings.list_log2) - 1)));
	return OK;
}

enum status
registry_serial_at(struct registry *r, struct bytes uri, uint32_t idx, uint64_t *serial)
{
	const struct permutation *p;
	struct bytes prefix = bytes_str(r->settings.uri_prefix);
	uint64_t list = 0;
	if (!bytes_starts_with(uri, prefix) || idx >> r->settings.list_log2 != 0)
		return ERR_NOT_FOUND;
	struct bytes digits = { uri.ptr + prefix.len, uri.len - prefix.len };
	if (text_uint(digits, &list) != OK || list >= LISTS_MAX || (digits.len > 1 && digits.ptr[0] == '0'))
		return ERR_NOT_FOUND;
	enum status st = registry_permutation(r, (uint32_t)list, &p);
	if (st)
		return st;
	*serial = (list << r->settings.list_log2) + permutation_ordinal(p, idx) + 1;
	return OK;
}
