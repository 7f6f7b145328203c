#include "tools/office/selection.h"

#include <unistd.h>

#include "base/text.h"
#include "tools/office/words.h"
#include "tools/shared/options.h"

bool
selection_take(struct selection *s, int c, const char *value)
{
	if (c == OPT_REVIEW_OVERDUE) {
		s->review_overdue = true;
		return true;
	}
	const char **into = c == OPT_DIVISION ? &s->division : c == 'b' ? &s->body : c == OPT_FIELD ? &s->field :
	    c == OPT_STATUS ? &s->status : c == OPT_KIND ? &s->kind : c == OPT_WITHIN ? &s->within : NULL;
	if (into != NULL)
		*into = value;
	return into != NULL;
}

enum status
office_divisions(struct office *o, struct divisions *out)
{
	char path[PATH_MAX_LEN];
	enum status st = office_path(o, "divisions.csv", path);
	return st ? st : divisions_load(access(path, F_OK) == 0 ? path : NULL, out, &o->err);
}

enum status
selection_division(struct office *o, const char *option, const char *text, const struct divisions *d, uint32_t *code)
{
	char shown[64];
	enum status st = division_find(d, text_trim(bytes_str(text)), code);
	if (st == OK)
		return OK;
	(void)text_escape(bytes_str(text), shown, sizeof(shown));
	if (st == ERR_CONFLICT)
		return err_set(&o->err, ERR_ARGUMENT, "%s: several divisions bear the name \"%s\"; write the city before it, or the code", option, shown);
	return err_set(&o->err, ERR_ARGUMENT, "%s: \"%s\" is no division of divisions.csv, by code or by name", option, shown);
}

enum status
selection_field(struct office *o, const char *option, const char *text, uint8_t *field)
{
	char shown[64];
	uint64_t code = 0;
	struct bytes t = text_trim(bytes_str(text));
	if (text_uint(t, &code) != OK)
		code = fieldset_find(&o->config.fields, t);
	if (code < 1 || code > UINT8_MAX)
		return err_set(&o->err, ERR_ARGUMENT, "%s: \"%s\" is no enforcement field, by code (1 to 255) or by name (市场监管, market regulation)",
		    option, text_escape(t, shown, sizeof(shown)));
	*field = (uint8_t)code;
	return OK;
}

static enum status
body_filter(struct office *o, const char *text, struct bytes *uscc)
{
	char shown[64];
	*uscc = text_trim(bytes_str(text));
	return uscc->len == USCC_LEN ? OK : err_set(&o->err, ERR_ARGUMENT, "--body: \"%s\" is no unified social credit code of %u characters",
	    text_escape(*uscc, shown, sizeof(shown)), USCC_LEN);
}

enum status
selection_filter(struct office *o, const struct selection *s, const struct divisions *d, int64_t now_unix_s, struct roll_filter *out)
{
	struct roll_filter f = { .review_overdue = s->review_overdue };
	struct date last;
	enum status st = OK;
	if (s->kind != NULL)
		st = words_read("--kind", s->kind, kind_word_of, KIND_WORDS, &f.kinds, &o->err);
	if (st == OK && s->status != NULL)
		st = words_read("--status", s->status, condition_word_of, CONDITION_COUNT, &f.conditions, &o->err);
	if (st == OK && s->division != NULL)
		st = selection_division(o, "--division", s->division, d, &f.division);
	if (st == OK && s->field != NULL)
		st = selection_field(o, "--field", s->field, &f.field);
	if (st == OK && s->body != NULL)
		st = body_filter(o, s->body, &f.uscc);
	if (st == OK && s->within != NULL) {
		st = option_ahead("--expiring-within", s->within, date_of_unix_s(now_unix_s), &last, &o->err);
		if (st == OK)
			f.expires_by_unix_s = date_end_unix_s(last);
	}
	if (st == OK)
		*out = f;
	return st;
}
