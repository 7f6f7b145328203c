#include "tools/verifier/sitelog_record.h"

#include "base/text.h"
#include "crypto/cbor.h"

enum { VERSION = 1, RECORD_ITEMS = 14, OPENING_ITEMS = 6, VERDICT_MAX = 255 };

static const int64_t time_max_unix_s = (int64_t)1 << 40; /* far past any date */

static struct bytes
magic(void)
{
	return BYTES_LIT("yp-sitelog-1");
}

static bool
is_instant(int64_t unix_s)
{
	return unix_s >= 0 && unix_s <= time_max_unix_s;
}

static bool
is_check(const struct sitelog_entry *e)
{
	bool of_text = (e->flags & SITELOG_OF_TEXT) != 0;
	if (e->members != 0 || (!e->has_presented && !of_text))
		return false;
	return !e->has_credential || (!of_text && memcmp(e->credential.b, e->presented.b, DIGEST_LEN) != 0);
}

static bool
is_group(const struct sitelog_entry *e)
{
	return e->members >= 1 && e->members <= GROUP_MEMBERS_MAX && !e->has_presented && !e->has_credential &&
	    (e->flags & SITELOG_OF_TEXT) == 0;
}

static bool
is_repair(const struct sitelog_entry *e)
{
	bool known = e->verdict == SITELOG_TORN ? e->has_presented : e->verdict == SITELOG_HEAD_LOST && !e->has_presented;
	return known && e->flags == 0 && e->status_as_of_unix_s == 0 && e->judged_as_of_unix_s == 0 && !e->has_credential &&
	    e->members == 0 && e->site.len == 0 && e->purpose.len == 0;
}

/* What is wrong with it; NULL: nothing. */
static const char *
entry_fault(const struct sitelog_entry *e)
{
	if (!is_instant(e->time_unix_s) || !is_instant(e->status_as_of_unix_s) || !is_instant(e->judged_as_of_unix_s))
		return "an instant before 1970 or past all dates";
	if (e->verdict > VERDICT_MAX || (e->flags & ~(unsigned)SITELOG_FLAGS) != 0)
		return "an unknown verdict or flag";
	if (e->site.len > SITE_LEN_MAX || !text_is_clean(e->site))
		return "a site that is too long or holds control characters";
	if (e->purpose.len > PURPOSE_LEN_MAX || !text_is_clean(e->purpose))
		return "a purpose that is too long or holds control characters";
	switch (e->kind) {
	case SITELOG_CHECK:  return is_check(e) ? NULL : "a check without the digest of what was presented, or with one too many";
	case SITELOG_GROUP:  return is_group(e) ? NULL : "a group of none or too many, or with a digest of its own";
	case SITELOG_REPAIR: return is_repair(e) ? NULL : "a repair that says more or less than what was mended";
	}
	return "an unknown kind";
}

enum status
sitelog_entry_check(const struct sitelog_entry *e, struct err *err)
{
	const char *fault = entry_fault(e);
	return fault == NULL ? OK : err_set(err, ERR_ARGUMENT, "the site log takes no record with %s", fault);
}

enum status
sitelog_text_check(const char *name, struct bytes text, size_t len_max, struct err *err)
{
	char shown[80];
	if (text.len > len_max)
		return err_set(err, ERR_ARGUMENT, "%s: got %zu bytes, wanted at most %zu (%zu Chinese characters)", name, text.len, len_max,
		    len_max / 3);
	if (!text_is_clean(text))
		return err_set(err, ERR_ARGUMENT, "%s: got \"%s\", wanted UTF-8 text without control or invisible characters", name,
		    text_escape(text, shown, sizeof(shown)));
	return OK;
}

/* ---- records ---- */

static struct bytes
digest_view(bool has, const struct digest *d)
{
	return (struct bytes){ d->b, has ? DIGEST_LEN : 0 };
}

enum status
sitelog_record_encode(const struct sitelog_record *r, struct buf out, struct bytes *enc)
{
	const struct sitelog_entry *e = &r->entry;
	if (r->sequence < 1 || entry_fault(e) != NULL)
		return ERR_ARGUMENT;
	struct cbor_writer w = cbor_writer(out);
	cbor_write_array(&w, RECORD_ITEMS);
	cbor_write_uint(&w, VERSION);
	cbor_write_uint(&w, r->sequence);
	cbor_write_uint(&w, (uint64_t)e->time_unix_s);
	cbor_write_uint(&w, (uint64_t)e->kind);
	cbor_write_uint(&w, e->verdict);
	cbor_write_uint(&w, e->flags);
	cbor_write_uint(&w, (uint64_t)e->status_as_of_unix_s);
	cbor_write_uint(&w, (uint64_t)e->judged_as_of_unix_s);
	cbor_write_bytes(&w, digest_view(e->has_presented, &e->presented));
	cbor_write_bytes(&w, digest_view(e->has_credential, &e->credential));
	cbor_write_uint(&w, e->members);
	cbor_write_text(&w, e->site);
	cbor_write_text(&w, e->purpose);
	cbor_write_bytes(&w, digest_view(true, &r->previous));
	return cbor_write_finish(&w, enc);
}

/* 32 bytes, or none if that is allowed. */
static bool
read_digest(struct cbor_reader *r, bool may_be_none, struct digest *out)
{
	struct bytes b = cbor_read_bytes(r);
	if (b.len != DIGEST_LEN && !(b.len == 0 && may_be_none))
		cbor_fail(r, ERR_FORMAT);
	if (r->status != OK || b.len == 0)
		return false;
	memcpy(out->b, b.ptr, DIGEST_LEN);
	return true;
}

static unsigned
read_small(struct cbor_reader *r)
{
	uint64_t v = cbor_read_uint(r);
	if (v > VERDICT_MAX)
		cbor_fail(r, ERR_UNSUPPORTED);
	return r->status == OK ? (unsigned)v : 0;
}

enum status
sitelog_record_decode(struct bytes enc, struct sitelog_record *out)
{
	struct sitelog_record rec = { 0 };
	struct sitelog_entry *e = &rec.entry;
	struct cbor_reader r = cbor_reader(enc, CBOR_CANONICAL);
	size_t items = cbor_read_array(&r);
	uint64_t version = cbor_read_uint(&r);
	if (r.status == OK && version != VERSION)
		return ERR_UNSUPPORTED;
	rec.sequence = cbor_read_uint(&r);
	e->time_unix_s = cbor_read_int(&r);
	unsigned kind = read_small(&r);
	e->verdict = read_small(&r);
	e->flags = read_small(&r);
	e->status_as_of_unix_s = cbor_read_int(&r);
	e->judged_as_of_unix_s = cbor_read_int(&r);
	e->has_presented = read_digest(&r, true, &e->presented);
	e->has_credential = read_digest(&r, true, &e->credential);
	e->members = read_small(&r);
	e->site = cbor_read_text(&r);
	e->purpose = cbor_read_text(&r);
	(void)read_digest(&r, false, &rec.previous);
	enum status st = cbor_finish(&r);
	if (st)
		return st == ERR_UNSUPPORTED ? st : ERR_FORMAT;
	if (kind > SITELOG_REPAIR || (e->flags & ~(unsigned)SITELOG_FLAGS) != 0)
		return ERR_UNSUPPORTED;
	e->kind = (enum sitelog_kind)kind;
	if (items != RECORD_ITEMS || rec.sequence < 1 || entry_fault(e) != NULL)
		return ERR_FORMAT;
	*out = rec;
	return OK;
}

/* ---- opening ---- */

static bool
opening_is_wellformed(const struct sitelog_opening *o)
{
	if (!is_instant(o->opened_unix_s) || o->previous_sequence >= INT64_MAX)
		return false;
	switch (o->reason) {
	case SITELOG_NEW:          return o->previous_sequence == 0 && !o->has_previous;
	case SITELOG_CONTINUED:    return o->previous_sequence > 0 && o->has_previous;
	case SITELOG_AFTER_DAMAGE: return true; /* of a log that cannot be read at all nothing is known */
	}
	return false;
}

enum status
sitelog_opening_encode(const struct sitelog_opening *o, struct buf out, struct bytes *enc)
{
	if (!opening_is_wellformed(o))
		return ERR_ARGUMENT;
	struct cbor_writer w = cbor_writer(out);
	cbor_write_text(&w, magic());
	cbor_write_array(&w, OPENING_ITEMS);
	cbor_write_uint(&w, VERSION);
	cbor_write_bytes(&w, (struct bytes){ o->id, SITELOG_ID_LEN });
	cbor_write_uint(&w, (uint64_t)o->opened_unix_s);
	cbor_write_uint(&w, (uint64_t)o->reason);
	cbor_write_uint(&w, o->previous_sequence);
	cbor_write_bytes(&w, digest_view(o->has_previous, &o->previous));
	return cbor_write_finish(&w, enc);
}

enum status
sitelog_opening_decode(struct bytes in, struct sitelog_opening *out, size_t *len)
{
	struct sitelog_opening o = { 0 };
	struct cbor_reader r = cbor_reader(in, CBOR_CANONICAL);
	struct bytes text = cbor_read_text(&r);
	if (!bytes_eq(text, magic()))
		return bytes_starts_with(text, BYTES_LIT("yp-sitelog-")) ? ERR_UNSUPPORTED : ERR_FORMAT;
	size_t items = cbor_read_array(&r);
	uint64_t version = cbor_read_uint(&r);
	if (r.status == OK && version != VERSION)
		return ERR_UNSUPPORTED;
	struct bytes id = cbor_read_bytes(&r);
	o.opened_unix_s = cbor_read_int(&r);
	unsigned reason = read_small(&r);
	o.previous_sequence = cbor_read_uint(&r);
	o.has_previous = read_digest(&r, true, &o.previous);
	if (r.status)
		return r.status == ERR_UNSUPPORTED ? ERR_UNSUPPORTED : ERR_FORMAT;
	if (reason > SITELOG_AFTER_DAMAGE)
		return ERR_UNSUPPORTED;
	o.reason = (enum sitelog_reason)reason;
	if (items != OPENING_ITEMS || id.len != SITELOG_ID_LEN || !opening_is_wellformed(&o))
		return ERR_FORMAT;
	memcpy(o.id, id.ptr, SITELOG_ID_LEN);
	*len = in.len - r.left.len;
	*out = o;
	return OK;
}

/* ---- where a record ends ---- */

enum { ARRAY_14 = 0x80 | RECORD_ITEMS, INFO_MASK = 31, INFO_1 = 24, INFO_8 = 27 };

/* One unsigned integer, byte string or text at *at; moves it on. */
static enum status
pass_item(struct bytes in, size_t *at)
{
	if (*at >= in.len)
		return ERR_NOT_FOUND;
	unsigned type = in.ptr[*at] >> 5, info = in.ptr[*at] & INFO_MASK;
	if ((type != CBOR_UINT && type != CBOR_BYTES && type != CBOR_TEXT) || info > INFO_8)
		return ERR_FORMAT;
	size_t more = info < INFO_1 ? 0 : (size_t)1 << (info - INFO_1);
	uint64_t value = more == 0 ? info : 0;
	if (in.len - *at - 1 < more)
		return ERR_NOT_FOUND;
	for (size_t i = 0; i < more; i++)
		value = value << 8 | in.ptr[*at + 1 + i];
	*at += 1 + more;
	if (type == CBOR_UINT)
		return OK;
	if (value > SITELOG_RECORD_LEN_MAX)
		return ERR_FORMAT;
	if (value > in.len - *at)
		return ERR_NOT_FOUND;
	*at += (size_t)value;
	return OK;
}

enum status
sitelog_record_len(struct bytes in, size_t *len)
{
	size_t at = 1;
	enum status st = in.len == 0 ? ERR_NOT_FOUND : in.ptr[0] == ARRAY_14 ? OK : ERR_FORMAT;
	for (size_t i = 0; i < RECORD_ITEMS && st == OK; i++)
		st = pass_item(in, &at);
	if (st != ERR_FORMAT && (at > SITELOG_RECORD_LEN_MAX || (st != OK && in.len > SITELOG_RECORD_LEN_MAX)))
		st = ERR_FORMAT;
	if (st == OK)
		*len = at;
	return st;
}
