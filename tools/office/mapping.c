#include "tools/office/mapping.h"

#include <stdlib.h>

#include "base/file.h"
#include "base/text.h"
#include "tools/office/repair.h"

enum { FILE_MAX = 64 << 10 };

/* (必填), (选填), (可不填), (required), (optional) at the end. */
static size_t
without_remark(const char *text, size_t n)
{
	static const char *const remarks[] = { "(必填)", "(选填)", "(可不填)", "(required)", "(optional)" };
	for (size_t i = 0; i < sizeof(remarks) / sizeof(remarks[0]); i++) {
		size_t len = strlen(remarks[i]);
		if (n > len && memcmp(text + n - len, remarks[i], len) == 0)
			return n - len;
	}
	return n;
}

void
heading_plain(struct bytes heading, struct heading_text *out)
{
	struct repairs r = { .used = 0 };
	struct bytes t = repair_code(&r, heading, false);
	size_t n = 0;
	out->text[0] = '\0';
	for (size_t i = 0; i < t.len; i++) {
		uint8_t c = t.ptr[i];
		if (c == '*' || c == '_' || c == '-')
			continue;
		if (n == HEADING_LEN_MAX) {
			out->text[0] = '\0';
			return;
		}
		out->text[n++] = (char)(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
	}
	out->text[without_remark(out->text, n)] = '\0';
}

bool
mapping_find(const struct mapping *m, const struct heading_text *heading, int *column)
{
	for (size_t i = 0; m != NULL && i < m->n; i++) {
		if (strcmp(m->lines[i].from.text, heading->text) != 0)
			continue;
		*column = m->lines[i].column;
		return true;
	}
	return false;
}

static enum status
take_line(struct mapping *m, struct bytes line, heading_finder find, const void *ctx, struct err *err)
{
	struct mapping_line l = { .column = MAPPING_IGNORE };
	const uint8_t *eq = line.ptr + line.len;
	int before;
	while (eq > line.ptr && eq[-1] != '=')
		eq--;
	if (eq == line.ptr)
		return err_set(err, ERR_FORMAT, "there is no =; \"odd heading = known heading\", or = - to leave the column out, was wanted");
	struct bytes from = text_trim((struct bytes){ line.ptr, (size_t)(eq - 1 - line.ptr) });
	struct bytes to = text_trim((struct bytes){ eq, line.len - (size_t)(eq - line.ptr) });
	bool ignore = bytes_eq(to, BYTES_LIT("-"));
	if (bytes_eq(from, BYTES_LIT("*"))) {
		m->ignores_rest = ignore;
		return ignore ? OK : err_set(err, ERR_FORMAT, "* stands for all other columns; they can only be left out: * = -");
	}
	heading_plain(from, &l.from);
	if (l.from.text[0] == '\0')
		return err_set(err, ERR_FORMAT, "there is no heading before the =, or one of more than %u bytes", HEADING_LEN_MAX);
	if (mapping_find(m, &l.from, &before))
		return err_set(err, ERR_CONFLICT, "this heading stands in the mapping already");
	if (m->n == MAPPING_LINES_MAX)
		return err_set(err, ERR_LIMIT, "a mapping has at most %u lines", MAPPING_LINES_MAX);
	if (!ignore)
		l.column = find(ctx, to, err);
	if (!ignore && l.column < 0)
		return ERR_FORMAT;
	m->lines[m->n++] = l;
	return OK;
}

static enum status
take_lines(struct mapping *m, struct bytes text, const char *path, heading_finder find, const void *ctx, struct err *err)
{
	enum status st = OK;
	for (size_t number = 1; st == OK && text.len > 0; number++) {
		const uint8_t *eol = memchr(text.ptr, '\n', text.len);
		size_t n = eol != NULL ? (size_t)(eol - text.ptr) + 1 : text.len;
		struct bytes line = text_trim((struct bytes){ text.ptr, n });
		text.ptr += n;
		text.len -= n;
		if (line.len == 0 || line.ptr[0] == '#')
			continue;
		st = err_in(err, take_line(m, line, find, ctx, err), "%s line %zu", path, number);
	}
	return st;
}

enum status
mapping_load(const char *path, heading_finder find, const void *ctx, struct mapping *out, struct err *err)
{
	struct mapping m = { .lines = calloc(MAPPING_LINES_MAX, sizeof(*m.lines)) };
	struct buf file = { 0 };
	enum status st = m.lines != NULL ? file_load(path, FILE_MAX, &file, err) : err_set(err, ERR_SYSTEM, "out of memory");
	struct bytes text = buf_view(&file);
	if (st == OK && !text_is_utf8(text))
		st = err_set(err, ERR_FORMAT, "%s is not UTF-8; save the mapping as UTF-8", path);
	if (st == OK && bytes_starts_with(text, BYTES_LIT("\xef\xbb\xbf")))
		text = (struct bytes){ text.ptr + 3, text.len - 3 };
	if (st == OK)
		st = take_lines(&m, text, path, find, ctx, err);
	free(file.ptr);
	if (st)
		mapping_free(&m);
	else
		*out = m;
	return st;
}

void
mapping_free(struct mapping *m)
{
	free(m->lines);
	*m = (struct mapping){ .n = 0 };
}
