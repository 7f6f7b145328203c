/* The memory of live codes already used: an open-addressed table in the caller's memory, swept when full. */
#include "verify/verifier.h"

#include <assert.h>
#include <stdatomic.h>

/* | struct yp_replay | slots of table 0 | slots of table 1 |: a sweep moves what is still in force to the other table. */
struct slot { uint8_t id[16]; int64_t until_unix_s; };   /* until 0: free */

struct yp_replay {
	uint8_t magic[8];
	atomic_flag busy;
	uint32_t table;                    /* in use: 0 or 1 */
	uint64_t entries_max, slots, entries;
	int64_t earliest_unix_s;           /* a bound: no entry runs out before */
	struct slot slot[];
};

static const uint8_t magic[8] = { 'y', 'p', 'r', 'e', 'p', 'l', 'a', '1' };

static size_t
slots_for(size_t entries)
{
	size_t slots = 2;
	while (slots < 2 * entries) /* at most half full, so that searches stay short */
		slots *= 2;
	return slots;
}

size_t
yp_replay_len(size_t entries)
{
	if (entries < 1 || entries > REPLAY_ENTRIES_MAX)
		return 0;
	return sizeof(struct yp_replay) + 2 * slots_for(entries) * sizeof(struct slot);
}

/* The most entries that a memory of this length serves: a power of two. */
static size_t
entries_of(size_t len)
{
	size_t entries = 1;
	while (entries < REPLAY_ENTRIES_MAX && yp_replay_len(2 * entries) <= len)
		entries *= 2;
	return entries;
}

enum yp_status
yp_replay_open(void *memory, size_t len, bool fresh, struct yp_replay **out)
{
	struct yp_replay *r = memory;
	if (memory == NULL || (uintptr_t)memory % _Alignof(max_align_t) != 0 || len < yp_replay_len(1))
		return YP_ERR_ARGUMENT;
	size_t entries = entries_of(len), slots = slots_for(entries);
	if (fresh) {
		memset(r, 0, yp_replay_len(entries));
		memcpy(r->magic, magic, sizeof(magic));
		r->entries_max = entries;
		r->slots = slots;
		r->earliest_unix_s = INT64_MAX;
	} else if (memcmp(r->magic, magic, sizeof(magic)) != 0 || r->entries_max != entries || r->slots != slots || r->table > 1 ||
	    r->entries > r->entries_max) {
		return YP_ERR_DAMAGED;
	}
	atomic_flag_clear(&r->busy); /* whoever held it when this was saved is gone */
	*out = r;
	return YP_OK;
}

static struct slot *
table_of(struct yp_replay *r, uint32_t table)
{
	return r->slot + table * r->slots;
}

/* The slot that holds id, or the free one where it would go.  The table is never more than half full. */
static struct slot *
slot_of(struct yp_replay *r, const uint8_t id[16])
{
	uint64_t hash;
	struct slot *t = table_of(r, r->table);
	memcpy(&hash, id, sizeof(hash));
	for (uint64_t n = 0; n < r->slots; n++) {
		struct slot *s = &t[(hash + n) % r->slots];
		if (s->until_unix_s == 0 || memcmp(s->id, id, sizeof(s->id)) == 0)
			return s;
	}
	return NULL; /* damaged memory */
}

static void
sweep(struct yp_replay *r, int64_t now_unix_s)
{
	struct slot *old = table_of(r, r->table);
	r->table ^= 1;
	memset(table_of(r, r->table), 0, r->slots * sizeof(struct slot));
	r->entries = 0;
	r->earliest_unix_s = INT64_MAX;
	for (uint64_t n = 0; n < r->slots; n++) {
		if (old[n].until_unix_s < now_unix_s || old[n].until_unix_s == 0)
			continue;
		struct slot *to = slot_of(r, old[n].id);
		if (to == NULL || r->entries == r->entries_max)
			return;
		*to = old[n];
		r->entries++;
		r->earliest_unix_s = old[n].until_unix_s < r->earliest_unix_s ? old[n].until_unix_s : r->earliest_unix_s;
	}
}

static enum replay_result
enter(struct yp_replay *r, const uint8_t id[16], int64_t until_unix_s, int64_t now_unix_s)
{
	struct slot *s = slot_of(r, id);
	if (s != NULL && s->until_unix_s >= now_unix_s && s->until_unix_s != 0)
		return REPLAY_SEEN;
	bool is_new = s != NULL && s->until_unix_s == 0;
	if (is_new && r->entries == r->entries_max && r->earliest_unix_s < now_unix_s) {
		sweep(r, now_unix_s);
		s = slot_of(r, id);
	}
	if (s == NULL || (is_new && r->entries == r->entries_max))
		return REPLAY_FULL;
	memcpy(s->id, id, sizeof(s->id));
	s->until_unix_s = until_unix_s;
	r->entries += is_new;
	r->earliest_unix_s = until_unix_s < r->earliest_unix_s ? until_unix_s : r->earliest_unix_s;
	return REPLAY_NEW;
}

enum replay_result
replay_enter(struct yp_replay *r, const struct digest *id, int64_t until_unix_s, int64_t now_unix_s)
{
	assert(until_unix_s > 0);
	while (atomic_flag_test_and_set_explicit(&r->busy, memory_order_acquire))
		; /* held for a search, or for one sweep */
	enum replay_result result = enter(r, id->b, until_unix_s, now_unix_s);
	atomic_flag_clear_explicit(&r->busy, memory_order_release);
	return result;
}
