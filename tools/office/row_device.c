#include "tools/office/reading.h"

#include <stdio.h>

#include "base/base64.h"
#include "base/text.h"
#include "crypto/devicekey.h"

enum { KEY_TEXT_MAX = 2048, KEY_BYTES_MAX = 1024 }; /* an RSA key of 4096 bits has 550 bytes: to be named, not taken */

/* The words between -----BEGIN and -----, if the text is PEM. */
static bool
is_pem(struct bytes t)
{
	return bytes_starts_with(t, BYTES_LIT("-----BEGIN "));
}

/* The text between the two lines of dashes. */
static enum status
pem_body(const struct reading *r, struct bytes *t)
{
	static const char begin[] = "-----BEGIN PUBLIC KEY-----", end[] = "-----END PUBLIC KEY-----";
	size_t head = sizeof(begin) - 1, tail = sizeof(end) - 1;
	if (!bytes_starts_with(*t, bytes_str(begin)))
		return WRONG(r, COLUMN_DEVICE, "a PEM block of another kind; BEGIN PUBLIC KEY was wanted. A private key must never leave the device");
	if (t->len < head + tail || memcmp(t->ptr + t->len - tail, end, tail) != 0)
		return WRONG(r, COLUMN_DEVICE, "a PEM block without its last line, END PUBLIC KEY");
	*t = (struct bytes){ t->ptr + head, t->len - head - tail };
	return OK;
}

/* Cells are folded by mail programs and spreadsheets: white space within says nothing. */
static size_t
dense(struct bytes t, uint8_t *out)
{
	size_t n = 0;
	for (size_t i = 0; i < t.len; i++)
		if (t.ptr[i] != ' ' && t.ptr[i] != '\t' && t.ptr[i] != '\r' && t.ptr[i] != '\n')
			out[n++] = t.ptr[i];
	return n;
}

static enum status
read_key(const struct reading *r, uint8_t point[DEVICE_POINT_LEN])
{
	uint8_t text_mem[KEY_TEXT_MAX], key_mem[KEY_BYTES_MAX];
	struct buf key = BUF_OF(key_mem);
	struct bytes t = cell_of(r, COLUMN_DEVICE);
	if (t.len > KEY_TEXT_MAX)
		return WRONG(r, COLUMN_DEVICE, "it has %zu characters; a P-256 public key has at most 250", t.len);
	enum status st = is_pem(t) ? pem_body(r, &t) : OK;
	if (st)
		return st;
	struct bytes text = { text_mem, dense(t, text_mem) };
	if (hex_decode(text, &key) != OK) {
		key.len = 0;
		if (base64_decode(text, &key) != OK)
			return WRONG(r, COLUMN_DEVICE, "neither Base64 nor hex; the public key as Base64 of its SubjectPublicKeyInfo, as PEM, or as a point "
			    "in hex was wanted");
	}
	st = device_key_decode(buf_view(&key), point, &r->e->err);
	return st ? cell_wrong(r, COLUMN_DEVICE, st) : OK;
}

static enum status
read_number(const struct reading *r, struct device_cells *out)
{
	struct bytes t;
	enum status st = read_code(r, COLUMN_NUMBER, &t);
	if (st)
		return st;
	if (t.len == 0 || t.len > NUMBER_LEN_MAX)
		return WRONG(r, COLUMN_NUMBER, "it is %s; the certificate's number is compulsory", t.len > 0 ? "no number" : "empty");
	memcpy(out->number, t.ptr, t.len);
	out->row.number = (struct bytes){ (const uint8_t *)out->number, t.len };
	return OK;
}

static enum status
read_holder_name(const struct reading *r, struct device_cells *out)
{
	struct bytes t;
	enum status st = read_name(r, COLUMN_NAME, false, &t);
	if (st || t.len == 0)
		return st;
	memcpy(out->name, t.ptr, t.len);
	out->row.name = (struct bytes){ (const uint8_t *)out->name, t.len };
	return OK;
}

static enum status
check_choice(const struct reading *r, const struct device_row *row)
{
	if (row->point.len > 0 || row->show_by == SHOW_STATIC)
		return OK;
	if (row->show_by == SHOW_LIVE)
		return WRONG(r, COLUMN_SHOW_BY, "a certificate that must be shown live needs a device key");
	return WRONG(r, COLUMN_DEVICE, "it is empty; to take a device away (lost, say) write 静态码 in 出示方式");
}

enum status
row_device(const struct columns *c, const struct sheet_rows *f, const struct sheet_row *row, const struct row_rules *rules,
    struct device_cells *out, struct row_error *e)
{
	static const char *const words[] = { "", "静态码", "动态码" };
	struct reading r = { c, f, row, rules, e };
	size_t show_by = 0;
	memset(out, 0, sizeof(*out));
	enum status st = read_cell_count(&r);
	if (st == OK)
		st = read_number(&r, out);
	if (st == OK)
		st = read_holder_name(&r, out);
	if (st == OK)
		st = read_word(&r, COLUMN_SHOW_BY, words, 3, "动态码 静态码", &show_by);
	out->row.show_by = (enum show_by)show_by;
	if (st == OK && cell_of(&r, COLUMN_DEVICE).len > 0) {
		out->row.point = (struct bytes){ out->point_mem, sizeof(out->point_mem) };
		st = read_key(&r, out->point_mem);
	}
	if (st == OK)
		st = check_choice(&r, &out->row);
	return st;
}
