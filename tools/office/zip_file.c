#include "tools/office/zip_file.h"

#include <zip.h>

#include "base/limits.h"
#include "base/secret.h"
#include "base/text.h"

enum { PIECE = 64 << 10, RATIO_FROM = 16 << 20 };

enum status
zip_file_open(const char *path, struct zip_file *out, struct err *err)
{
	int code = 0;
	zip_t *zip = zip_open(path, ZIP_RDONLY, &code);
	if (zip == NULL) {
		zip_error_t e;
		zip_error_init_with_code(&e, code);
		(void)err_set(err, ERR_FORMAT, "%s cannot be opened as a ZIP archive: %s; was it cut off while it was copied? Export it again", path,
		    zip_error_strerror(&e));
		zip_error_fini(&e);
		return ERR_FORMAT;
	}
	zip_int64_t n = zip_get_num_entries(zip, 0);
	*out = (struct zip_file){ .zip = zip, .n = n > 0 ? (uint64_t)n : 0 };
	return OK;
}

void
zip_file_close(struct zip_file *z)
{
	if (z->zip != NULL)
		zip_discard(z->zip);
	*z = (struct zip_file){ .n = 0 };
}

static enum status
look(const struct zip_file *z, const struct zip_entry *e, zip_stat_t *s, struct err *err)
{
	char shown[160];
	zip_stat_init(s);
	zip_uint64_t wanted = ZIP_STAT_SIZE | ZIP_STAT_COMP_SIZE | ZIP_STAT_COMP_METHOD | ZIP_STAT_ENCRYPTION_METHOD;
	if (zip_stat_index(z->zip, e->at, 0, s) != 0 || (s->valid & wanted) != wanted)
		return err_set(err, ERR_FORMAT, "the entry %s cannot be read: %s", text_escape(bytes_str(e->name), shown, sizeof(shown)),
		    zip_strerror(z->zip));
	return OK;
}

enum status
zip_file_entry(const struct zip_file *z, uint64_t i, struct zip_entry *out, struct err *err)
{
	zip_stat_t s;
	struct zip_entry e = { .at = i, .name = zip_get_name(z->zip, i, ZIP_FL_ENC_RAW) };
	if (e.name == NULL)
		return err_set(err, ERR_FORMAT, "entry %llu has no name", (unsigned long long)i);
	enum status st = look(z, &e, &s, err);
	if (st)
		return st;
	e.name_is_utf8 = text_is_utf8(bytes_str(e.name));
	e.len = s.size;
	e.packed_len = s.comp_size;
	*out = e;
	return OK;
}

enum status
zip_file_find(const struct zip_file *z, const char *name, struct zip_entry *out, struct err *err)
{
	zip_int64_t at = zip_name_locate(z->zip, name, ZIP_FL_ENC_RAW);
	return at >= 0 ? zip_file_entry(z, (uint64_t)at, out, err) : ERR_NOT_FOUND;
}

static enum status
check_entry(const struct zip_file *z, const struct zip_entry *e, const char *shown, struct err *err)
{
	zip_stat_t s;
	enum status st = look(z, e, &s, err);
	if (st)
		return st;
	if (s.encryption_method != ZIP_EM_NONE)
		return err_set(err, ERR_FORMAT, "%s is encrypted; make the archive without a password", shown);
	if (s.comp_method != ZIP_CM_STORE && s.comp_method != ZIP_CM_DEFLATE)
		return err_set(err, ERR_FORMAT, "%s is packed in a way that is not common (method %u); pack it anew as an ordinary ZIP", shown,
		    s.comp_method);
	return OK;
}

static enum status
read_pieces(const struct zip_entry *e, zip_file_t *f, uint64_t len_max, const char *shown, zip_sink sink, void *ctx,
    struct err *err)
{
	uint8_t piece[PIECE];
	uint64_t total = 0;
	zip_int64_t n = 0;
	enum status st = OK;
	while (st == OK && (n = zip_fread(f, piece, sizeof(piece))) > 0) {
		total += (uint64_t)n;
		if (total > len_max)
			st = err_set(err, ERR_LIMIT, "%s unpacks to more than %llu bytes", shown, (unsigned long long)len_max);
		else if (total > RATIO_FROM && total / ZIP_RATIO_MAX > e->packed_len)
			st = err_set(err, ERR_LIMIT, "%s unpacks to more than %u times its size; that is no spreadsheet or picture", shown,
			    ZIP_RATIO_MAX);
		else
			st = sink(ctx, (struct bytes){ piece, (size_t)n }, err);
	}
	secret_wipe(piece, sizeof(piece));
	if (st == OK && (n < 0 || total != e->len))
		st = err_set(err, ERR_FORMAT, "%s is damaged: %s", shown, n < 0 ? zip_file_strerror(f) : "not as long as it says");
	return st;
}

enum status
zip_file_read(const struct zip_file *z, const struct zip_entry *e, uint64_t len_max, zip_sink sink, void *ctx, struct err *err)
{
	char shown[160];
	(void)text_escape(bytes_str(e->name), shown, sizeof(shown));
	enum status st = check_entry(z, e, shown, err);
	if (st)
		return st;
	if (e->len > len_max)
		return err_set(err, ERR_LIMIT, "%s unpacks to %llu bytes; at most %llu were wanted", shown, (unsigned long long)e->len,
		    (unsigned long long)len_max);
	zip_file_t *f = zip_fopen_index(z->zip, e->at, 0);
	if (f == NULL)
		return err_set(err, ERR_FORMAT, "%s cannot be read: %s", shown, zip_strerror(z->zip));
	st = read_pieces(e, f, len_max, shown, sink, ctx, err);
	(void)zip_fclose(f);
	return st;
}
