#include <stdio.h>

#include "base/file.h"
#include "crypto/qrtext.h"
#include "tools/office/export.h"
#include "tools/shared/qrimage.h"
#include "tools/shared/terminal.h"

/* A number is part of a file's name: letters, digits and - only. */
static enum status
file_name(struct export *x, struct bytes number, char *path)
{
	char name[NUMBER_LEN_MAX + 16], dir[PATH_MAX_LEN];
	const char *base = x->out != NULL ? x->out : ".";
	for (size_t i = 0; i < number.len; i++) {
		uint8_t c = number.ptr[i];
		if (!((c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '-'))
			return err_set(&x->office->err, ERR_FORMAT, "a certificate number with other than letters and digits names no file");
	}
	(void)snprintf(name, sizeof(name), "%.*s.%s", BYTES_FMT(number), x->format == FORMAT_PNG ? "png" : "svg");
	if (!x->all)
		return path_join(base, name, path, PATH_MAX_LEN, &x->office->err);
	char tail[3] = { (char)number.ptr[number.len >= 2 ? number.len - 2 : 0], (char)number.ptr[number.len - 1], '\0' };
	enum status st = path_join(base, tail, dir, sizeof(dir), &x->office->err);
	if (st == OK)
		st = dir_make(dir, 0755, &x->office->err);
	return st ? st : path_join(dir, name, path, PATH_MAX_LEN, &x->office->err);
}

static enum status
draw(struct export *x, struct bytes number, const struct qrcode *q)
{
	char path[PATH_MAX_LEN];
	struct textbuf picture = { 0 };
	enum status st = OK;
	if (x->format == FORMAT_PNG)
		st = qrimage_png(q, x->pixels, &picture, &x->office->err);
	else if (x->format == FORMAT_SVG)
		qrimage_svg(q, &picture);
	else
		qrimage_terminal(q, terminal_has_colour(stdout), &picture);
	if (st == OK && picture.failed)
		st = err_set(&x->office->err, ERR_SYSTEM, "out of memory");
	if (st == OK && x->format == FORMAT_TEXT) {
		(void)fwrite(picture.ptr, 1, picture.len, stdout);
	} else if (st == OK) {
		st = file_name(x, number, path);
		if (st == OK)
			st = file_save(path, (struct bytes){ picture.ptr, picture.len }, 0644, &x->office->err);
	}
	textbuf_free(&picture);
	return st;
}

static enum status
export_one(struct export *x, struct txn *t, struct bytes number, uint64_t serial)
{
	uint8_t mem[QR_TEXT_LEN_MAX];
	struct buf text = BUF_OF(mem);
	struct issued c;
	struct bytes token;
	struct qrcode q = { .dark = NULL };
	struct bytes prefix = bytes_str(x->prefix != NULL ? x->prefix : x->office->config.qr_prefix);
	enum status st = issued_get(t, serial, &c);
	if (st == OK)
		st = issued_token(t, &c, &token);
	if (st)
		return err_set(&x->office->err, st, "the credential of %.*s cannot be read: %s", BYTES_FMT(number), status_text(st));
	st = qr_text_encode(prefix, token, &text);
	if (st == OK)
		st = qrcode_make(buf_view(&text), &q, &x->office->err);
	if (st == OK)
		st = draw(x, number, &q);
	qrcode_free(&q);
	return st;
}

/* The current credential of a certificate by its number, or of a body by its code. */
static enum status
find_serial(struct export *x, struct txn *t, struct bytes key, uint64_t *serial)
{
	struct holder h;
	struct body b;
	enum status st = holder_by_number(t, key, &h);
	bool is_body = st == ERR_NOT_FOUND && key.len == USCC_LEN;
	if (is_body)
		st = body_get(t, key, &b);
	if (st == ERR_NOT_FOUND)
		return err_set(&x->office->err, st, "neither a certificate nor a body %.40s in the register", (const char *)key.ptr);
	if (st)
		return err_set(&x->office->err, st, "certificate %.40s cannot be read: %s", (const char *)key.ptr, status_text(st));
	*serial = is_body ? b.serial : h.serial;
	return *serial != 0 ? OK : err_set(&x->office->err, ERR_NOT_FOUND, "%s %.40s has no credential; run yaopai issue%s",
	    is_body ? "body" : "certificate", (const char *)key.ptr, is_body ? " --bodies" : "");
}

static enum status
export_named(struct export *x, struct txn *t)
{
	enum status st = OK;
	for (size_t i = 0; st == OK && i < x->numbers_n; i++) {
		uint64_t serial = 0;
		st = find_serial(x, t, bytes_str(x->numbers[i]), &serial);
		if (st == OK)
			st = export_one(x, t, bytes_str(x->numbers[i]), serial);
	}
	return st;
}

static enum status
export_holders(struct export *x, struct txn *t, struct progress *p)
{
	struct cursor c = { 0 };
	struct bytes key, value;
	struct holder h;
	enum status st = cursor_open(t, TABLE_HOLDER, (struct bytes){ NULL, 0 }, &c);
	while (st == OK && (st = cursor_next(&c, &key, &value)) == OK) {
		st = holder_decode(key64_value(key), value, &h);
		if (st == OK && h.serial != 0)
			st = export_one(x, t, h.number, h.serial);
		progress_add(p, 1);
	}
	cursor_close(&c);
	return st == ERR_NOT_FOUND ? OK : st;
}

static enum status
export_bodies(struct export *x, struct txn *t)
{
	struct cursor c = { 0 };
	struct bytes key, value;
	struct body b;
	enum status st = cursor_open(t, TABLE_BODY, (struct bytes){ NULL, 0 }, &c);
	while (st == OK && (st = cursor_next(&c, &key, &value)) == OK) {
		st = body_decode(key, value, &b);
		if (st == OK && b.serial != 0)
			st = export_one(x, t, b.uscc, b.serial);
	}
	cursor_close(&c);
	return st == ERR_NOT_FOUND ? OK : st;
}

static enum status
export_every(struct export *x, struct txn *t)
{
	struct progress p;
	struct counters counters;
	enum status st = counters_get(t, &counters);
	progress_start(&p, "drawing", st == OK ? counters.next_holder_id - 1 : 0, office_progress(x->office));
	if (st == OK)
		st = export_holders(x, t, &p);
	if (st == OK)
		st = export_bodies(x, t);
	progress_end(&p);
	return st;
}

enum status
export_qr(struct export *x)
{
	struct txn t = { 0 };
	if (x->all && x->format == FORMAT_TEXT)
		return err_set(&x->office->err, ERR_ARGUMENT, "--all draws files: --format png or svg");
	enum status st = x->out != NULL ? dir_make(x->out, 0755, &x->office->err) : OK;
	if (st == OK)
		st = txn_begin_read(registry_store(x->office->registry), &t);
	if (st == OK)
		st = x->all ? export_every(x, &t) : export_named(x, &t);
	txn_end(&t);
	return st ? err_set(&x->office->err, st, "the codes cannot be drawn: %s", status_text(st)) : OK;
}
