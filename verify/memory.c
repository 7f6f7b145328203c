#include "verify/memory.h"

#include "base/text.h"
#include "base/time.h"
#include "crypto/cbor.h"

enum { VERSION = 1, ITEM_PARTS = 6 };

static const int64_t instant_max = (int64_t)1 << 40; /* far past any date */

/* ---- order and search ---- */

static struct bytes
name_of(const struct memory_item *i)
{
	return (struct bytes){ i->name, i->name_len };
}

static int
item_cmp(const struct memory_item *i, enum memory_of what, const struct digest *root, struct bytes name)
{
	if (i->what != what)
		return i->what < what ? -1 : 1;
	int c = memcmp(i->root.b, root->b, DIGEST_LEN);
	return c != 0 ? c : bytes_cmp(name_of(i), name);
}

/* The place of this key: the first item not before it. */
static size_t
place_of(const struct memory *m, enum memory_of what, const struct digest *root, struct bytes name)
{
	size_t low = 0, high = m->n;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (item_cmp(&m->items[middle], what, root, name) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

const struct memory_item *
memory_find(const struct memory *m, enum memory_of what, const struct digest *root, struct bytes name)
{
	size_t at = place_of(m, what, root, name);
	return at < m->n && item_cmp(&m->items[at], what, root, name) == 0 ? &m->items[at] : NULL;
}

/* ---- entering ---- */

enum status
memory_item_make(enum memory_of what, const struct digest *root, struct bytes name, struct memory_item *out, struct err *err)
{
	if (name.len > sizeof(out->name))
		return err_set(err, ERR_LIMIT, "a name of %zu bytes; at most %u", name.len, STATUS_URI_LEN_MAX);
	*out = (struct memory_item){ .what = what, .root = *root, .name_len = (uint8_t)name.len };
	if (name.len > 0)
		memcpy(out->name, name.ptr, name.len);
	return OK;
}

static enum status
refuse(const struct memory_item *seen, const struct memory_item *item, struct err *err)
{
	char name[64], was[INSTANT_TEXT_LEN + 1], is[INSTANT_TEXT_LEN + 1];
	const char *what = item->what == MEMORY_TRUST ? "the trust list of authority" : "status list";
	bool older = item->issue < seen->issue || item->iat_unix_s < seen->iat_unix_s;
	(void)text_escape(name_of(item), name, sizeof(name));
	(void)instant_text(seen->iat_unix_s, was);
	(void)instant_text(item->iat_unix_s, is);
	if (older && item->what == MEMORY_TRUST)
		return err_set(err, ERR_CONFLICT, "%s %s is number %llu of %s, older than number %llu of %s that was accepted before: bring a "
		    "newer bundle", what, name, (unsigned long long)item->issue, is, (unsigned long long)seen->issue, was);
	if (older)
		return err_set(err, ERR_CONFLICT, "%s %s was made %s, before the one of %s that was accepted before: bring a newer bundle",
		    what, name, is, was);
	return err_set(err, ERR_CONFLICT, "%s %s, made %s, is not the one of the same issue or instant that was accepted before: two "
	    "that cannot both be true; report it", what, name, is);
}

static bool
may_follow(const struct memory_item *seen, const struct memory_item *item)
{
	bool same = memcmp(seen->token.b, item->token.b, DIGEST_LEN) == 0;
	bool issue_grows = item->what == MEMORY_STATUS || item->issue > seen->issue;
	return same || (issue_grows && item->iat_unix_s > seen->iat_unix_s);
}

enum status
memory_enter(struct memory *m, const struct memory_item *item, struct err *err)
{
	size_t at = place_of(m, item->what, &item->root, name_of(item));
	bool known = at < m->n && item_cmp(&m->items[at], item->what, &item->root, name_of(item)) == 0;
	if (known && !may_follow(&m->items[at], item))
		return refuse(&m->items[at], item, err);
	if (!known && m->n == MEMORY_ITEMS_MAX)
		return err_set(err, ERR_LIMIT, "the memory of accepted lists is full, %u of them", MEMORY_ITEMS_MAX);
	if (!known) {
		memmove(&m->items[at + 1], &m->items[at], (m->n - at) * sizeof(*item));
		m->n++;
	}
	m->items[at] = *item;
	if (item->iat_unix_s > m->floor_unix_s)
		m->floor_unix_s = item->iat_unix_s;
	return OK;
}

/* ---- bytes ---- */

static bool
item_is_wellformed(const struct memory_item *i)
{
	bool issue_fits = i->what == MEMORY_TRUST ? i->issue >= 1 : i->issue == 0;
	return issue_fits && i->iat_unix_s >= 0 && i->iat_unix_s <= instant_max;
}

static bool
memory_is_wellformed(const struct memory *m)
{
	int64_t newest = 0;
	for (size_t i = 0; i < m->n; i++) {
		const struct memory_item *it = &m->items[i];
		if (!item_is_wellformed(it) || (i > 0 && item_cmp(it - 1, it->what, &it->root, name_of(it)) >= 0))
			return false;
		newest = it->iat_unix_s > newest ? it->iat_unix_s : newest;
	}
	return m->floor_unix_s >= newest && m->floor_unix_s <= instant_max;
}

static struct digest
read_digest(struct cbor_reader *r)
{
	struct digest d = { { 0 } };
	struct bytes b = cbor_read_bytes(r);
	if (b.len == DIGEST_LEN)
		memcpy(d.b, b.ptr, DIGEST_LEN);
	else
		cbor_fail(r, ERR_FORMAT);
	return d;
}

static void
read_item(struct cbor_reader *r, struct memory_item *i)
{
	bool is_whole = cbor_read_array(r) == ITEM_PARTS;
	uint64_t what = cbor_read_uint(r);
	i->what = what == MEMORY_TRUST ? MEMORY_TRUST : MEMORY_STATUS;
	i->root = read_digest(r);
	struct bytes name = cbor_read_text(r);
	i->issue = cbor_read_uint(r);
	i->iat_unix_s = cbor_read_int(r);
	i->token = read_digest(r);
	if (!is_whole || what < MEMORY_TRUST || what > MEMORY_STATUS || name.len > sizeof(i->name)) {
		cbor_fail(r, ERR_FORMAT);
		return;
	}
	i->name_len = (uint8_t)name.len;
	if (name.len > 0)
		memcpy(i->name, name.ptr, name.len);
}

enum status
memory_decode(struct bytes in, struct memory *out)
{
	struct cbor_reader r = cbor_reader(in, CBOR_CANONICAL);
	out->n = 0;
	bool is_whole = cbor_read_array(&r) == 3;
	uint64_t version = cbor_read_uint(&r);
	if (r.status == OK && version != VERSION)
		return ERR_UNSUPPORTED;
	out->floor_unix_s = cbor_read_int(&r);
	size_t n = cbor_read_array(&r);
	if (r.status == OK && n > MEMORY_ITEMS_MAX)
		return ERR_LIMIT;
	for (; r.status == OK && out->n < n; out->n++)
		read_item(&r, &out->items[out->n]);
	enum status st = cbor_finish(&r);
	if (st == OK && (!is_whole || !memory_is_wellformed(out)))
		st = ERR_FORMAT;
	return st;
}

enum status
memory_encode(const struct memory *m, struct buf out, struct bytes *enc)
{
	struct cbor_writer w = cbor_writer(out);
	cbor_write_array(&w, 3);
	cbor_write_uint(&w, VERSION);
	cbor_write_int(&w, m->floor_unix_s);
	cbor_write_array(&w, m->n);
	for (size_t i = 0; i < m->n; i++) {
		const struct memory_item *it = &m->items[i];
		cbor_write_array(&w, ITEM_PARTS);
		cbor_write_uint(&w, (uint64_t)it->what);
		cbor_write_bytes(&w, (struct bytes){ it->root.b, DIGEST_LEN });
		cbor_write_text(&w, name_of(it));
		cbor_write_uint(&w, it->issue);
		cbor_write_int(&w, it->iat_unix_s);
		cbor_write_bytes(&w, (struct bytes){ it->token.b, DIGEST_LEN });
	}
	return cbor_write_finish(&w, enc);
}
