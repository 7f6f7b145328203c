#include "tools/shared/json.h"

#include <assert.h>
#include <inttypes.h>
#include <math.h>

enum { FLUSH_AT = 16 << 10 };

struct json
json_open(FILE *out)
{
	return (struct json){ .out = out };
}

struct bytes
json_view(const struct json *j)
{
	return (struct bytes){ j->text.ptr, j->text.len };
}

static void
flush(struct json *j)
{
	if (j->out == NULL || j->text.len == 0)
		return;
	if (fwrite(j->text.ptr, 1, j->text.len, j->out) != j->text.len)
		j->failed = true;
	j->text.len = 0;
}

bool
json_flush(struct json *j)
{
	flush(j);
	return !j->failed && !j->text.failed;
}

bool
json_close(struct json *j)
{
	assert(j->depth == 0 && !j->after_key);
	flush(j);
	bool good = !j->failed && !j->text.failed;
	textbuf_free(&j->text);
	return good;
}

/* What stands before a value or a key: a comma, unless it is the first or belongs to a key. */
static void
before(struct json *j)
{
	if (!j->after_key && j->depth > 0 && j->filled[j->depth])
		textbuf_add(&j->text, ",");
	j->filled[j->depth] = true;
	j->after_key = false;
}

static void
after(struct json *j)
{
	if (j->depth == 0)
		textbuf_add(&j->text, "\n");
	if (j->text.len >= FLUSH_AT)
		flush(j);
}

static void
begin(struct json *j, const char *bracket)
{
	before(j);
	textbuf_add(&j->text, bracket);
	assert(j->depth < JSON_DEPTH_MAX);
	j->filled[++j->depth] = false;
}

static void
end(struct json *j, const char *bracket)
{
	assert(j->depth > 0 && !j->after_key);
	j->depth--;
	textbuf_add(&j->text, bracket);
	after(j);
}

void json_object_begin(struct json *j) { begin(j, "{"); }
void json_object_end(struct json *j)   { end(j, "}"); }
void json_array_begin(struct json *j)  { begin(j, "["); }
void json_array_end(struct json *j)    { end(j, "]"); }

void
json_key(struct json *j, const char *name)
{
	assert(j->depth > 0 && !j->after_key);
	before(j);
	textbuf_json(&j->text, bytes_str(name));
	textbuf_add(&j->text, ":");
	j->after_key = true;
}

void
json_text(struct json *j, struct bytes text)
{
	before(j);
	textbuf_json(&j->text, text);
	after(j);
}

void
json_str(struct json *j, const char *text)
{
	before(j);
	if (text != NULL)
		textbuf_json(&j->text, bytes_str(text));
	else
		textbuf_add(&j->text, "null");
	after(j);
}

void
json_int(struct json *j, int64_t value)
{
	before(j);
	textbuf_addf(&j->text, "%" PRId64, value);
	after(j);
}

void
json_uint(struct json *j, uint64_t value)
{
	before(j);
	textbuf_addf(&j->text, "%" PRIu64, value);
	after(j);
}

void
json_double(struct json *j, double value)
{
	before(j);
	if (isfinite(value)) {
		textbuf_addf(&j->text, "%.6f", value);
		while (j->text.len > 0 && j->text.ptr[j->text.len - 1] == '0')
			j->text.len--;
		if (j->text.len > 0 && j->text.ptr[j->text.len - 1] == '.')
			j->text.len--;
	} else {
		textbuf_add(&j->text, "null");
	}
	after(j);
}

void
json_bool(struct json *j, bool value)
{
	before(j);
	textbuf_add(&j->text, value ? "true" : "false");
	after(j);
}
