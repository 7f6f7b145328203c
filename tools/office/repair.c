#include "tools/office/repair.h"

#include "base/text.h"

enum { DAY_S = 86400, SERIAL_LEN = 5 };

const char *
repair_text(enum repair k)
{
	static const char *const texts[] = { "spaces or invisible characters", "full-width letters, digits or signs", "small letters in a number",
		"a number kept as text by ' or =\"\"", "a date as a serial number", "a date with a time of day" };
	return texts[k];
}

const char *
repair_name(enum repair k)
{
	static const char *const names[] = { "spaces", "width", "case", "quotes", "serial", "time" };
	return names[k];
}

void
repairs_next_row(struct repairs *r)
{
	r->used = 0;
}

/* ---- characters ---- */

enum mark { MARK_NONE, MARK_SPACE, MARK_INVISIBLE, MARK_DIRECTION };

/* Is the character that t begins with one of those?  *len: its bytes. */
static enum mark
mark_of(struct bytes t, size_t *len)
{
	const uint8_t *p = t.ptr;
	*len = 1;
	if (p[0] < 0x80)
		return p[0] == ' ' || (p[0] >= '\t' && p[0] <= '\r') ? MARK_SPACE : MARK_NONE;
	if (p[0] == 0xc2 && t.len >= 2) { /* U+00A0, U+00AD */
		*len = 2;
		return p[1] == 0xa0 ? MARK_SPACE : p[1] == 0xad ? MARK_INVISIBLE : MARK_NONE;
	}
	if (p[0] != 0xe2 && p[0] != 0xe3 && p[0] != 0xef)
		return MARK_NONE;
	if (t.len < 3)
		return MARK_NONE;
	unsigned c = (p[0] & 0xfu) << 12 | (p[1] & 0x3fu) << 6 | (p[2] & 0x3fu);
	*len = 3;
	if ((c >= 0x2000 && c <= 0x200a) || c == 0x202f || c == 0x205f || c == 0x3000)
		return MARK_SPACE;
	if (c == 0x200b || c == 0x2060 || c == 0xfeff)
		return MARK_INVISIBLE;
	return (c >= 0x200e && c <= 0x200f) || (c >= 0x202a && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069) ? MARK_DIRECTION : MARK_NONE;
}

/* U+FF01..FF5E: the ASCII character that it is the wide form of; 0 if it is none. */
static uint8_t
narrow_of(struct bytes t)
{
	if (t.len < 3 || t.ptr[0] != 0xef || (t.ptr[1] != 0xbc && t.ptr[1] != 0xbd))
		return 0;
	unsigned c = 0xf000u | (t.ptr[1] & 0x3fu) << 6 | (t.ptr[2] & 0x3fu);
	return c >= 0xff01 && c <= 0xff5e ? (uint8_t)(c - 0xfee0u) : 0;
}

/* ---- a repaired cell ---- */

struct mending { struct repairs *r; uint8_t *out; size_t n; bool did[REPAIR_COUNT]; };

static bool
mending_open(struct mending *m, struct repairs *r, struct bytes cell)
{
	*m = (struct mending){ .r = r, .out = r->mem + r->used };
	return cell.len <= REPAIR_CELL_LEN_MAX && cell.len <= sizeof(r->mem) - r->used;
}

static struct bytes
mending_close(struct mending *m)
{
	m->r->used += m->n;
	for (int k = 0; k < REPAIR_COUNT; k++)
		m->r->n[k] += m->did[k] && !m->r->silent;
	return (struct bytes){ m->out, m->n };
}

static void
put(struct mending *m, const uint8_t *p, size_t n)
{
	memmove(m->out + m->n, p, n);
	m->n += n;
}

static bool
words_need_none(struct bytes cell, bool is_name)
{
	size_t len;
	for (bool spaced = true; cell.len > 0; cell.ptr += len, cell.len -= len) {
		enum mark k = mark_of(cell, &len);
		if (k == MARK_INVISIBLE || (k == MARK_SPACE && (spaced || cell.ptr[0] != ' ' || cell.len == 1)))
			return false;
		spaced = k == MARK_SPACE;
		if (spaced && is_name && (cell.ptr[-1] & 0x80) && (cell.ptr[1] & 0x80))
			return false;
	}
	return true;
}

struct bytes
repair_words(struct repairs *r, struct bytes cell, bool is_name)
{
	struct mending m;
	size_t len;
	bool space = false;
	if (words_need_none(cell, is_name) || !mending_open(&m, r, cell))
		return cell;
	struct bytes t = cell;
	for (; t.len > 0; t.ptr += len, t.len -= len) {
		enum mark k = mark_of(t, &len);
		space = space || k == MARK_SPACE;
		if (k == MARK_SPACE || k == MARK_INVISIBLE)
			continue;
		bool between = is_name && m.n > 0 && (m.out[m.n - 1] & 0x80) && (t.ptr[0] & 0x80);
		if (space && m.n > 0 && !between)
			put(&m, (const uint8_t *)" ", 1);
		put(&m, t.ptr, len);
		space = false;
	}
	m.did[REPAIR_SPACES] = !bytes_eq((struct bytes){ m.out, m.n }, cell);
	return mending_close(&m);
}

static bool
code_needs_none(struct bytes cell, bool upper)
{
	for (size_t i = 0; i < cell.len; i++) {
		uint8_t c = cell.ptr[i];
		bool plain = c > ' ' && c < 0x7f && !(upper && c >= 'a' && c <= 'z');
		if (!plain && (c < 0xe4 || c > 0xe9)) /* U+4000..9FFF: Chinese characters */
			return false;
		i += plain ? 0 : 2;
	}
	return cell.len == 0 || (cell.ptr[0] != '\'' && cell.ptr[0] != '=');
}

/* '123 and ="123": how people keep a spreadsheet from taking it for a number. */
static struct bytes
unquoted(struct bytes t, bool *did)
{
	*did = true;
	if (t.len >= 1 && t.ptr[0] == '\'')
		return (struct bytes){ t.ptr + 1, t.len - 1 };
	if (t.len >= 3 && t.ptr[0] == '=' && t.ptr[1] == '"' && t.ptr[t.len - 1] == '"')
		return (struct bytes){ t.ptr + 2, t.len - 3 };
	*did = false;
	return t;
}

struct bytes
repair_code(struct repairs *r, struct bytes cell, bool upper)
{
	struct mending m;
	size_t len;
	if (code_needs_none(cell, upper) || !mending_open(&m, r, cell))
		return cell;
	for (struct bytes t = unquoted(cell, &m.did[REPAIR_QUOTES]); t.len > 0; t.ptr += len, t.len -= len) {
		uint8_t narrow = narrow_of(t);
		if (mark_of(t, &len) != MARK_NONE) {
			m.did[REPAIR_SPACES] = true;
			continue;
		}
		len = narrow != 0 ? 3 : 1;
		m.did[REPAIR_WIDTH] = m.did[REPAIR_WIDTH] || narrow != 0;
		uint8_t c = narrow != 0 ? narrow : t.ptr[0];
		bool small = upper && c >= 'a' && c <= 'z';
		m.did[REPAIR_CASE] = m.did[REPAIR_CASE] || small;
		c = (uint8_t)(small ? c - 'a' + 'A' : c);
		put(&m, &c, 1);
	}
	return mending_close(&m);
}

/* ---- dates ---- */

static bool
is_digit(uint8_t c)
{
	return c >= '0' && c <= '9';
}

/* 45321, or 45321.25 with a time of day. */
static bool
serial_parse(struct bytes t, bool from_1904, struct date *out)
{
	uint64_t days = 0;
	if (t.len < SERIAL_LEN || text_uint((struct bytes){ t.ptr, SERIAL_LEN }, &days) != OK || days < 10000)
		return false;
	for (size_t i = SERIAL_LEN; i < t.len; i++)
		if (i == SERIAL_LEN ? t.ptr[i] != '.' || t.len == SERIAL_LEN + 1 : !is_digit(t.ptr[i]))
			return false;
	struct date zero = from_1904 ? (struct date){ 1904, 1, 1 } : (struct date){ 1899, 12, 30 };
	*out = date_of_unix_s(date_start_unix_s(zero) + (int64_t)days * DAY_S);
	return true;
}

/* " 00:00", "T08:30:00.000": the part of a cell from where its time of day begins; its length if there is none. */
static size_t
time_begin(struct bytes t)
{
	size_t i = t.len, colons = 0;
	while (i > 0 && (is_digit(t.ptr[i - 1]) || t.ptr[i - 1] == ':' || (t.ptr[i - 1] == '.' && colons == 0))) {
		colons += t.ptr[i - 1] == ':';
		i--;
	}
	bool is_time = colons >= 1 && colons <= 2 && i > 0 && (t.ptr[i - 1] == ' ' || t.ptr[i - 1] == 'T') && is_digit(t.ptr[i]) &&
	    is_digit(t.ptr[t.len - 1]);
	return is_time ? i - 1 : t.len;
}

enum status
repair_date(struct repairs *r, struct bytes cell, bool from_1904, struct date *out)
{
	size_t n = time_begin(cell);
	struct bytes day = repair_code(r, (struct bytes){ cell.ptr, n }, false);
	bool serial = false;
	if (date_parse(day, out) != OK) {
		serial = n == cell.len && serial_parse(day, from_1904, out);
		if (!serial)
			return ERR_FORMAT;
	}
	r->n[REPAIR_SERIAL] += serial && !r->silent;
	r->n[REPAIR_TIME] += n < cell.len && !r->silent;
	return OK;
}

/* ---- what is beyond repair ---- */

bool
cell_is_rounded(struct bytes t)
{
	size_t digits = 0, i = 0;
	while (i < t.len && (is_digit(t.ptr[i]) || t.ptr[i] == '.'))
		digits += is_digit(t.ptr[i++]);
	if (digits == 0 || i + 2 >= t.len || (t.ptr[i] | 0x20) != 'e' || t.ptr[i + 1] != '+')
		return false;
	for (i += 2; i < t.len; i++)
		if (!is_digit(t.ptr[i]))
			return false;
	return true;
}

bool
cell_is_hashes(struct bytes t)
{
	size_t n = 0;
	while (n < t.len && t.ptr[n] == '#')
		n++;
	return n >= 2 && n == t.len;
}

bool
cell_is_formula_error(struct bytes t)
{
	static const char *const errors[] = { "#N/A", "#REF!", "#VALUE!", "#DIV/0!", "#NAME?", "#NULL!", "#NUM!", "#GETTING_DATA", "#SPILL!",
		"#CALC!", "#FIELD!", "#BLOCKED!", "#CONNECT!", "#BUSY!", "#UNKNOWN!" };
	for (size_t i = 0; i < sizeof(errors) / sizeof(errors[0]); i++)
		if (bytes_eq(t, bytes_str(errors[i])))
			return true;
	return false;
}
