#include "tools/office/fieldset.h"

#include "base/text.h"
#include "tools/shared/fields.h"

static const struct own_field *
own_of(const struct fieldset *f, unsigned code)
{
	for (size_t i = 0; f != NULL && i < f->own_n; i++)
		if (f->own[i].code == code)
			return &f->own[i];
	return NULL;
}

const char *
fieldset_zh(const struct fieldset *f, unsigned code)
{
	const struct own_field *own = own_of(f, code);
	return own != NULL ? own->zh : field_name_zh(code);
}

const char *
fieldset_en(const struct fieldset *f, unsigned code)
{
	const struct own_field *own = own_of(f, code);
	return own != NULL ? own->en : field_name_en(code);
}

unsigned
fieldset_find(const struct fieldset *f, struct bytes name)
{
	for (size_t i = 0; f != NULL && i < f->own_n; i++)
		if (bytes_eq(name, bytes_str(f->own[i].zh)) || bytes_eq(name, bytes_str(f->own[i].en)))
			return f->own[i].code;
	unsigned code = field_of_any(name);
	return f != NULL && code < FIELD_OWN_FIRST && f->off[code] ? 0 : code;
}

static enum status
put_off(struct fieldset *f, unsigned code, struct err *err)
{
	if (code >= FIELD_OWN_FIRST || strcmp(field_name_zh(code), field_name_zh(0)) == 0)
		return err_set(err, ERR_FORMAT, "[fields] %u = off: the program knows no field with this code", code);
	f->off[code] = true;
	return OK;
}

static enum status
put_name(const char *what, struct bytes text, char *out, struct err *err)
{
	struct bytes t = text_trim(text);
	if (t.len < 1 || t.len > FIELD_NAME_LEN_MAX || !text_is_clean(t))
		return err_set(err, ERR_FORMAT, "[fields]: a %s name of 1 to %d bytes was wanted, as in 64 = 海洋渔业, marine fishery", what,
		    FIELD_NAME_LEN_MAX);
	memcpy(out, t.ptr, t.len);
	out[t.len] = '\0';
	return OK;
}

static enum status
put_own(struct fieldset *f, unsigned code, const char *value, struct err *err)
{
	struct own_field own = { .code = code };
	const char *comma = strchr(value, ',');
	if (code < FIELD_OWN_FIRST)
		return err_set(err, ERR_FORMAT, "[fields] %u: codes below %d are the program's; the office's own are %d to %d", code, FIELD_OWN_FIRST,
		    FIELD_OWN_FIRST, FIELD_CODE_MAX);
	if (own_of(f, code) != NULL)
		return err_set(err, ERR_FORMAT, "[fields] %u stands twice", code);
	if (f->own_n == FIELDS_OWN_MAX)
		return err_set(err, ERR_LIMIT, "[fields]: at most %d fields of the office's own", FIELDS_OWN_MAX);
	size_t zh = comma != NULL ? (size_t)(comma - value) : strlen(value);
	enum status st = put_name("Chinese", (struct bytes){ (const uint8_t *)value, zh }, own.zh, err);
	if (st == OK)
		st = put_name("English", bytes_str(comma != NULL ? comma + 1 : ""), own.en, err);
	if (st == OK && (fieldset_find(f, bytes_str(own.zh)) != 0 || fieldset_find(f, bytes_str(own.en)) != 0))
		st = err_set(err, ERR_FORMAT, "[fields] %u: another field bears one of these names", code);
	if (st == OK)
		f->own[f->own_n++] = own;
	return st;
}

enum status
fieldset_put(struct fieldset *f, const char *code, const char *value, struct err *err)
{
	uint64_t n = 0;
	if (text_uint(bytes_str(code), &n) != OK || n < 1 || n > FIELD_CODE_MAX)
		return err_set(err, ERR_FORMAT, "[fields] %.40s: a code from 1 to %d was wanted", code, FIELD_CODE_MAX);
	return strcmp(value, "off") == 0 ? put_off(f, (unsigned)n, err) : put_own(f, (unsigned)n, value, err);
}

/* The length of the name at the beginning of t; *skip: of the separator behind it. */
static size_t
name_len(struct bytes t, size_t *skip)
{
	static const char *const separators[] = { "、", ",", "\xef\xbc\x8c", ";", "\xef\xbc\x9b", "/" }; /* also full-width */
	*skip = 0;
	for (size_t i = 0; i < t.len; i++)
		for (size_t s = 0; s < sizeof(separators) / sizeof(separators[0]); s++)
			if (bytes_starts_with((struct bytes){ t.ptr + i, t.len - i }, bytes_str(separators[s]))) {
				*skip = strlen(separators[s]);
				return i;
			}
	return t.len;
}

const char *
fieldset_parse(const struct fieldset *f, struct bytes text, struct field_codes *out)
{
	bool has[FIELD_CODE_MAX + 1] = { false };
	*out = (struct field_codes){ 0 };
	while (text.len > 0) {
		size_t skip = 0, n = name_len(text, &skip);
		unsigned code = fieldset_find(f, text_trim((struct bytes){ text.ptr, n }));
		if (code == 0)
			return "it holds a field that is not known or not in use here ([fields] of yaopai.conf); 市场监管, 生态环境, 文化市场, 交通运输, 应急管理, "
			    "农业农村, 城市管理 ... joined by 、 were wanted";
		has[code] = true;
		text.ptr += n + skip;
		text.len -= n + skip;
	}
	for (unsigned code = 1; code <= FIELD_CODE_MAX; code++) {
		if (has[code] && out->n == FIELDS_MAX)
			return "it holds more than 16 fields";
		if (has[code])
			out->codes[out->n++] = (uint8_t)code;
	}
	return NULL;
}
