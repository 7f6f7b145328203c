#include "registry/holder.h"

enum { KEY_VERSION = 0, KEY_HOLDER, KEY_PERSON, KEY_KIND, KEY_NAME, KEY_SEX, KEY_USCC, KEY_POST, KEY_STAFF, KEY_FIELDS,
	KEY_JURISDICTION, KEY_NUMBER, KEY_ISSUED_ON, KEY_VALID_UNTIL, KEY_CARRIED, KEY_REMARKS, KEY_TRAINED_ON, KEY_EXAMINED_ON,
	KEY_DEVICE, KEY_POLICY, KEY_PORTRAIT, KEY_OCCASION, KEY_GROUND, KEY_ORGAN, KEY_DOCUMENT, KEY_REVIEWER, KEY_FIRST_ISSUED, KEY_RENEWED_ON,
	KEY_RENEWED_UNTIL, KEY_MINISTRY, VERSION = 1 };

static bool
date_is_absent_or_valid(struct date d)
{
	return d.year == 0 || date_is_valid(d);
}

/* That the point lies on the curve was looked at before it was entered; if it does not, no signature holds. */
static bool
attached_is_wellformed(const struct entries *e)
{
	bool point = e->device.len == DEVICE_POINT_LEN && (e->device.ptr[0] == 0x02 || e->device.ptr[0] == 0x03);
	bool device = point || (e->device.len == 0 && e->policy == POLICY_STATIC);
	return device && e->policy <= POLICY_LIVE && (e->portrait.len == 0 || e->portrait.len == PORTRAIT_DIGEST_LEN);
}

static bool
occasion_is_wellformed(const struct entries *e)
{
	const struct bytes *why[] = { &e->why.ground, &e->why.organ, &e->why.document, &e->why.reviewer };
	bool good = e->occasion <= OCCASION_MOVED && (e->renewed_on.year == 0) == (e->renewed_until.year == 0);
	for (size_t i = 0; i < sizeof(why) / sizeof(why[0]); i++)
		good = good && why[i]->len <= GROUND_LEN_MAX && (why[i]->len == 0 || e->occasion != OCCASION_NONE);
	return good && date_is_absent_or_valid(e->first_issued) && date_is_absent_or_valid(e->renewed_on) &&
	    date_is_absent_or_valid(e->renewed_until);
}

static bool
ministry_is_wellformed(const struct entries *e)
{
	if (e->kind != KIND_MINISTRY)
		return e->ministry.len == 0;
	return e->ministry.len >= 1 && e->ministry.len <= NAME_LEN_MAX && e->number.len > 0;
}

static bool
entries_are_wellformed(const struct entries *e)
{
	bool ascending = e->fields_n <= FIELDS_MAX;
	for (size_t i = 0; ascending && i < e->fields_n; i++)
		ascending = e->fields[i] > (i > 0 ? e->fields[i - 1] : 0);
	return ascending && kind_is_held((uint64_t)e->kind) && e->name.len >= 1 &&
	    e->name.len <= NAME_LEN_MAX && e->uscc.len == USCC_LEN && e->post.len <= POST_LEN_MAX &&
	    e->number.len <= NUMBER_LEN_MAX && e->remarks.len <= GROUND_LEN_MAX && e->sex <= 2 && e->staff <= STAFF_INSTITUTION &&
	    jurisdiction_is_wellformed(e->jurisdiction) && date_is_absent_or_valid(e->issued_on) &&
	    date_is_absent_or_valid(e->valid_until) && date_is_absent_or_valid(e->trained_on) &&
	    date_is_absent_or_valid(e->examined_on) && e->carried != ACTION_REINSTATE && e->carried <= ACTION_WITHDRAW &&
	    attached_is_wellformed(e) && occasion_is_wellformed(e) && ministry_is_wellformed(e);
}

static uint64_t
packed(struct date d)
{
	return d.year == 0 ? 0 : (uint64_t)(d.year * 10000 + d.month * 100 + d.day);
}

static struct date
unpacked(uint64_t v)
{
	if (v > 99991231)
		v = 1; /* year 0, day 1: never valid, never absent */
	int n = (int)v;
	return (struct date){ n / 10000 == 0 && n != 0 ? -1 : n / 10000, n / 100 % 100, n % 100 };
}

/* Pairs are counted by a first pass that writes nothing, so that the map's head is right. */
struct pairs { struct cbor_writer *w; size_t n; };

static void
put_text(struct pairs *p, int key, struct bytes text)
{
	if (text.len == 0)
		return;
	p->n++;
	if (p->w == NULL)
		return;
	cbor_write_int(p->w, key);
	cbor_write_text(p->w, text);
}

static void
put_uint(struct pairs *p, int key, uint64_t value)
{
	if (value == 0)
		return;
	p->n++;
	if (p->w == NULL)
		return;
	cbor_write_int(p->w, key);
	cbor_write_uint(p->w, value);
}

static void
put_fields(struct pairs *p, const struct entries *e)
{
	if (e->fields_n == 0)
		return;
	p->n++;
	if (p->w == NULL)
		return;
	cbor_write_int(p->w, KEY_FIELDS);
	cbor_write_array(p->w, e->fields_n);
	for (size_t i = 0; i < e->fields_n; i++)
		cbor_write_uint(p->w, e->fields[i]);
}

static void
put_bytes(struct pairs *p, int key, struct bytes value)
{
	if (value.len == 0)
		return;
	p->n++;
	if (p->w == NULL)
		return;
	cbor_write_int(p->w, key);
	cbor_write_bytes(p->w, value);
}

static void
put_all(struct pairs *p, const struct entries *e, uint64_t holder_id, struct bytes person_id)
{
	put_uint(p, KEY_HOLDER, holder_id);
	put_bytes(p, KEY_PERSON, person_id);
	put_uint(p, KEY_KIND, (uint64_t)e->kind);
	put_text(p, KEY_NAME, e->name);
	put_uint(p, KEY_SEX, e->sex);
	put_text(p, KEY_USCC, e->uscc);
	put_text(p, KEY_POST, e->post);
	put_uint(p, KEY_STAFF, (uint64_t)e->staff);
	put_fields(p, e);
	put_uint(p, KEY_JURISDICTION, e->jurisdiction);
	put_text(p, KEY_NUMBER, e->number);
	put_uint(p, KEY_ISSUED_ON, packed(e->issued_on));
	put_uint(p, KEY_VALID_UNTIL, packed(e->valid_until));
	put_uint(p, KEY_CARRIED, (uint64_t)e->carried);
	put_text(p, KEY_REMARKS, e->remarks);
	put_uint(p, KEY_TRAINED_ON, packed(e->trained_on));
	put_uint(p, KEY_EXAMINED_ON, packed(e->examined_on));
	put_bytes(p, KEY_DEVICE, e->device);
	put_uint(p, KEY_POLICY, e->policy);
	put_bytes(p, KEY_PORTRAIT, e->portrait);
	put_uint(p, KEY_OCCASION, (uint64_t)e->occasion);
	put_text(p, KEY_GROUND, e->why.ground);
	put_text(p, KEY_ORGAN, e->why.organ);
	put_text(p, KEY_DOCUMENT, e->why.document);
	put_text(p, KEY_REVIEWER, e->why.reviewer);
	put_uint(p, KEY_FIRST_ISSUED, packed(e->first_issued));
	put_uint(p, KEY_RENEWED_ON, packed(e->renewed_on));
	put_uint(p, KEY_RENEWED_UNTIL, packed(e->renewed_until));
	put_text(p, KEY_MINISTRY, e->ministry);
}

enum status
entries_encode(const struct entries *e, uint64_t holder_id, struct bytes person_id, struct buf out, struct bytes *payload)
{
	if (!entries_are_wellformed(e) || holder_id == 0 || person_id.len != PERSON_ID_LEN)
		return ERR_ARGUMENT;
	struct pairs count = { 0 };
	put_all(&count, e, holder_id, person_id);
	struct cbor_writer w = cbor_writer(out);
	cbor_write_map(&w, count.n + 1);
	cbor_write_int(&w, KEY_VERSION);
	cbor_write_uint(&w, VERSION);
	struct pairs write = { .w = &w };
	put_all(&write, e, holder_id, person_id);
	return cbor_write_finish(&w, payload);
}

/* A value that is there is not the one that absence means. */
static uint64_t
read_small(struct cbor_reader *r, uint64_t max)
{
	uint64_t v = cbor_read_uint(r);
	if (v < 1)
		cbor_fail(r, ERR_FORMAT);
	else if (v > max)
		cbor_fail(r, ERR_UNSUPPORTED);
	return r->status == OK ? v : 0;
}

static void
read_fields(struct cbor_reader *r, struct entries *e)
{
	size_t n = cbor_read_array(r);
	if (n < 1 || n > FIELDS_MAX) {
		cbor_fail(r, ERR_FORMAT);
		return;
	}
	for (size_t i = 0; i < n; i++)
		e->fields[i] = (uint8_t)read_small(r, UINT8_MAX);
	e->fields_n = (uint8_t)n;
}

static struct bytes
read_exactly(struct cbor_reader *r, size_t len)
{
	struct bytes b = cbor_read_bytes(r);
	if (b.len != len)
		cbor_fail(r, ERR_FORMAT);
	return b;
}

static void
read_occasion(struct cbor_reader *r, int64_t key, struct entries *e)
{
	switch (key) {
	case KEY_OCCASION:      e->occasion = (enum occasion)read_small(r, OCCASION_MOVED); break;
	case KEY_GROUND:        e->why.ground = cbor_read_filled_text(r); break;
	case KEY_ORGAN:         e->why.organ = cbor_read_filled_text(r); break;
	case KEY_DOCUMENT:      e->why.document = cbor_read_filled_text(r); break;
	case KEY_REVIEWER:      e->why.reviewer = cbor_read_filled_text(r); break;
	case KEY_FIRST_ISSUED:  e->first_issued = unpacked(read_small(r, UINT32_MAX)); break;
	case KEY_RENEWED_ON:    e->renewed_on = unpacked(read_small(r, UINT32_MAX)); break;
	case KEY_RENEWED_UNTIL: e->renewed_until = unpacked(read_small(r, UINT32_MAX)); break;
	case KEY_MINISTRY:      e->ministry = cbor_read_filled_text(r); break;
	default:                cbor_fail(r, ERR_UNSUPPORTED);
	}
}

static void
read_entry(struct cbor_reader *r, int64_t key, struct entries *e)
{
	switch (key) {
	case KEY_KIND:         e->kind = (enum credential_kind)read_small(r, KIND_MINISTRY); break;
	case KEY_NAME:         e->name = cbor_read_filled_text(r); break;
	case KEY_SEX:          e->sex = (uint8_t)read_small(r, 2); break;
	case KEY_USCC:         e->uscc = cbor_read_filled_text(r); break;
	case KEY_POST:         e->post = cbor_read_filled_text(r); break;
	case KEY_STAFF:        e->staff = (enum staff)read_small(r, STAFF_INSTITUTION); break;
	case KEY_FIELDS:       read_fields(r, e); break;
	case KEY_JURISDICTION: e->jurisdiction = (uint32_t)read_small(r, 999999); break;
	case KEY_NUMBER:       e->number = cbor_read_filled_text(r); break;
	case KEY_ISSUED_ON:    e->issued_on = unpacked(read_small(r, UINT32_MAX)); break;
	case KEY_VALID_UNTIL:  e->valid_until = unpacked(read_small(r, UINT32_MAX)); break;
	case KEY_CARRIED:      e->carried = (enum action)read_small(r, ACTION_REPLACE); break;
	case KEY_REMARKS:      e->remarks = cbor_read_filled_text(r); break;
	case KEY_TRAINED_ON:   e->trained_on = unpacked(read_small(r, UINT32_MAX)); break;
	case KEY_EXAMINED_ON:  e->examined_on = unpacked(read_small(r, UINT32_MAX)); break;
	case KEY_DEVICE:       e->device = read_exactly(r, DEVICE_POINT_LEN); break;
	case KEY_POLICY:       e->policy = (uint8_t)read_small(r, POLICY_LIVE); break;
	case KEY_PORTRAIT:     e->portrait = read_exactly(r, PORTRAIT_DIGEST_LEN); break;
	default:               read_occasion(r, key, e);
	}
}

enum status
entries_decode(struct bytes payload, uint64_t *holder_id, struct bytes *person_id, struct entries *out)
{
	struct entries e = { .kind = 0 };
	struct bytes person = { NULL, 0 };
	uint64_t version = 0, holder = 0;
	int64_t key = 0;
	struct cbor_reader r = cbor_reader(payload, CBOR_CANONICAL);
	for (struct cbor_map m = cbor_read_map(&r); cbor_map_next(&r, &m, &key);) {
		if (key == KEY_VERSION)
			version = cbor_read_uint(&r);
		else if (key == KEY_HOLDER)
			holder = cbor_read_uint(&r);
		else if (key == KEY_PERSON)
			person = cbor_read_bytes(&r);
		else
			read_entry(&r, key, &e);
	}
	enum status st = cbor_finish(&r);
	if (st)
		return st;
	if (version != VERSION)
		return ERR_UNSUPPORTED;
	if (holder == 0 || person.len != PERSON_ID_LEN || !entries_are_wellformed(&e))
		return ERR_FORMAT;
	*holder_id = holder;
	*person_id = person;
	*out = e;
	return OK;
}

void
entries_drop_occasion(struct entries *e)
{
	e->occasion = OCCASION_NONE;
	e->why = (struct particulars){ .ground = { NULL, 0 } };
}

void
entries_keep(struct entries *e, const struct entries *before)
{
	e->device = before->device;
	e->policy = before->policy;
	e->portrait = before->portrait;
	e->first_issued = before->first_issued;
	e->renewed_on = before->renewed_on;
	e->renewed_until = before->renewed_until;
}

struct date
entries_term_end(const struct entries *e)
{
	bool renewed = e->renewed_until.year != 0 && (e->valid_until.year == 0 || date_cmp(e->renewed_until, e->valid_until) > 0);
	return renewed ? e->renewed_until : e->valid_until;
}
