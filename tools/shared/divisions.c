#include "tools/shared/divisions.h"

#include <stdlib.h>

#include "base/file.h"
#include "base/text.h"
#include "tools/shared/divisions_data.h"

enum { FILE_MAX = 1 << 20, LINES_MAX = 20000 };

struct bytes
divisions_builtin(void)
{
	return (struct bytes){ divisions_csv, sizeof(divisions_csv) };
}

static uint32_t
shortened(uint64_t code)
{
	while (code != 0 && code % 100 == 0)
		code /= 100;
	return (uint32_t)code;
}

static struct bytes
cell(struct bytes *line)
{
	const uint8_t *comma = line->len > 0 ? memchr(line->ptr, ',', line->len) : NULL;
	size_t n = comma != NULL ? (size_t)(comma - line->ptr) : line->len;
	struct bytes got = { line->ptr, n };
	line->ptr += comma != NULL ? n + 1 : n;
	line->len -= comma != NULL ? n + 1 : n;
	return text_trim(got);
}

static bool
parse_line(struct bytes line, struct division *out)
{
	uint64_t code = 0, parent = 0;
	struct bytes code_text = cell(&line);
	struct bytes name = cell(&line);
	struct bytes level = cell(&line);
	struct bytes parent_text = cell(&line);
	if (text_uint(code_text, &code) != OK || code < 10 || code > 999999 || name.len == 0 || !text_is_clean(name) ||
	    (parent_text.len > 0 && text_uint(parent_text, &parent) != OK))
		return false;
	*out = (struct division){ .code = shortened(code), .parent = shortened(parent), .name = name,
		.is_zone = bytes_eq(level, BYTES_LIT("zone")) };
	return true;
}

static enum status
parse(struct bytes text, struct divisions *d, const char *path, struct err *err)
{
	size_t row = 0;
	while (text.len > 0) {
		const uint8_t *eol = memchr(text.ptr, '\n', text.len);
		size_t n = eol != NULL ? (size_t)(eol - text.ptr) + 1 : text.len;
		struct bytes line = text_trim((struct bytes){ text.ptr, n });
		text.ptr += n;
		text.len -= n;
		row++;
		if (row == 1 || line.len == 0)
			continue;
		if (d->n == LINES_MAX || !parse_line(line, &d->items[d->n]))
			return err_set(err, ERR_FORMAT, "%s row %zu: code,name,level,parent was wanted", path, row);
		d->n++;
	}
	return OK;
}

enum status
divisions_load(const char *path, struct divisions *out, struct err *err)
{
	struct divisions d = { .items = calloc(LINES_MAX, sizeof(*d.items)) };
	struct buf file = { 0 };
	enum status st = d.items == NULL ? err_set(err, ERR_SYSTEM, "out of memory") : OK;
	if (st == OK && path != NULL)
		st = file_load(path, FILE_MAX, &file, err);
	d.text = file.ptr;
	if (st == OK)
		st = parse(path != NULL ? buf_view(&file) : divisions_builtin(), &d, path != NULL ? path : "divisions", err);
	if (st)
		divisions_free(&d);
	else
		*out = d;
	return st;
}

void
divisions_free(struct divisions *d)
{
	free(d->items);
	free(d->text);
	*d = (struct divisions){ .n = 0 };
}

const struct division *
division_of_code(const struct divisions *d, uint32_t code)
{
	for (size_t i = 0; i < d->n; i++)
		if (d->items[i].code == code)
			return &d->items[i];
	return NULL;
}

/* text is the names of some of its ancestors, then its own. */
static bool
is_named(const struct divisions *d, const struct division *v, struct bytes text)
{
	if (text.len < v->name.len || memcmp(text.ptr + text.len - v->name.len, v->name.ptr, v->name.len) != 0)
		return false;
	struct bytes head = { text.ptr, text.len - v->name.len };
	if (head.len == 0)
		return true;
	const struct division *parent = v->parent != 0 ? division_of_code(d, v->parent) : NULL;
	return parent != NULL && is_named(d, parent, head);
}

enum status
division_find(const struct divisions *d, struct bytes text, uint32_t *code)
{
	uint64_t number = 0;
	const struct division *found = NULL;
	if (text_uint(text, &number) == OK) {
		found = number <= 999999 ? division_of_code(d, shortened(number)) : NULL;
	} else {
		for (size_t i = 0; i < d->n; i++) {
			if (!is_named(d, &d->items[i], text))
				continue;
			if (found != NULL)
				return ERR_CONFLICT;
			found = &d->items[i];
		}
	}
	if (found == NULL)
		return ERR_NOT_FOUND;
	*code = found->code;
	return OK;
}
