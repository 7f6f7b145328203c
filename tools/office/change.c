#include "tools/office/change.h"

#include <stdio.h>

#include "tools/office/words.h"

/* The column has changed if its two texts differ. */
static void
add(struct cell_changes *c, enum column column, const char *from, const char *to)
{
	if (strcmp(from, to) == 0 || c->n == CHANGES_MAX)
		return;
	struct cell_change *x = &c->all[c->n++];
	x->column = column;
	(void)snprintf(x->from, sizeof(x->from), "%s", from);
	(void)snprintf(x->to, sizeof(x->to), "%s", to);
}

static void
add_text(struct cell_changes *c, enum column column, struct bytes from, struct bytes to)
{
	if (bytes_eq(from, to) || c->n == CHANGES_MAX)
		return;
	struct cell_change *x = &c->all[c->n++];
	x->column = column;
	(void)snprintf(x->from, sizeof(x->from), "%.*s", BYTES_FMT(from));
	(void)snprintf(x->to, sizeof(x->to), "%.*s", BYTES_FMT(to));
}

static void
add_date(struct cell_changes *c, enum column column, struct date from, struct date to)
{
	char a[DATE_TEXT_LEN + 1] = "", b[DATE_TEXT_LEN + 1] = "";
	if (from.year != 0)
		(void)date_text(from, a);
	if (to.year != 0)
		(void)date_text(to, b);
	add(c, column, a, b);
}

static void
add_code(struct cell_changes *c, enum column column, uint32_t from, uint32_t to)
{
	char a[16] = "", b[16] = "";
	if (from != 0)
		(void)snprintf(a, sizeof(a), "%u", from);
	if (to != 0)
		(void)snprintf(b, sizeof(b), "%u", to);
	add(c, column, a, b);
}

static const char *
fields_text(const struct fieldset *f, const struct entries *e, char out[CHANGE_TEXT_LEN_MAX + 1])
{
	size_t n = 0;
	out[0] = '\0';
	for (size_t i = 0; i < e->fields_n; i++) {
		int k = snprintf(out + n, CHANGE_TEXT_LEN_MAX + 1 - n, "%s%s", i > 0 ? "、" : "", fieldset_zh(f, e->fields[i]));
		if (k < 0 || (size_t)k > CHANGE_TEXT_LEN_MAX - n)
			break;
		n += (size_t)k;
	}
	return out;
}

/* As the column of status words has it. */
static const char *
status_word(enum action a)
{
	switch (a) {
	case ACTION_SUSPEND:  return "暂扣";
	case ACTION_CANCEL:   return "注销";
	case ACTION_REVOKE:   return "吊销";
	case ACTION_WITHDRAW: return "撤销";
	default:              return "有效";
	}
}

void
changes_of_holder(const struct entries *before, const struct entries *after, const struct fieldset *fields, struct cell_changes *out)
{
	char from[CHANGE_TEXT_LEN_MAX + 1], to[CHANGE_TEXT_LEN_MAX + 1];
	out->n = 0;
	add_text(out, COLUMN_NAME, before->name, after->name);
	add(out, COLUMN_SEX, before->sex != 0 ? sex_word(before->sex, true) : "", after->sex != 0 ? sex_word(after->sex, true) : "");
	add_text(out, COLUMN_USCC, before->uscc, after->uscc);
	add_text(out, COLUMN_POST, before->post, after->post);
	add(out, COLUMN_STAFF, before->staff != 0 ? staff_word(before->staff, true) : "", after->staff != 0 ? staff_word(after->staff, true) : "");
	add(out, COLUMN_FIELDS, fields_text(fields, before, from), fields_text(fields, after, to));
	add_code(out, COLUMN_AREA, before->jurisdiction, after->jurisdiction);
	add_text(out, COLUMN_NUMBER, before->number, after->number);
	add_date(out, COLUMN_ISSUED_ON, before->issued_on, after->issued_on);
	add_date(out, COLUMN_VALID_UNTIL, before->valid_until, after->valid_until);
	add_date(out, COLUMN_TRAINED_ON, before->trained_on, after->trained_on);
	add_date(out, COLUMN_EXAMINED_ON, before->examined_on, after->examined_on);
	add(out, COLUMN_STATUS, status_word(before->carried), status_word(after->carried));
	add_text(out, COLUMN_REMARKS, before->remarks, after->remarks);
}

static struct date
day_of(int64_t unix_s)
{
	return unix_s != 0 ? date_of_unix_s(unix_s) : (struct date){ 0 };
}

static const char *
body_status_word(enum action a)
{
	return a == ACTION_SUSPEND ? "暂停" : a == ACTION_CANCEL ? "撤销" : "正常";
}

void
changes_of_body(const struct body *before, const struct body *after, struct cell_changes *out)
{
	out->n = 0;
	add_text(out, COLUMN_NAME, before->name, after->name);
	add(out, COLUMN_BODY_KIND, body_kind_word(before->kind, true), body_kind_word(after->kind, true));
	add_code(out, COLUMN_DIVISION, before->division, after->division);
	add_text(out, COLUMN_ENTRUSTING_NAME, before->entrusting_name, after->entrusting_name);
	add_text(out, COLUMN_ENTRUSTING_USCC, before->entrusting_uscc, after->entrusting_uscc);
	add_date(out, COLUMN_ENTRUSTED_FROM, day_of(before->entrusted_from_unix_s), day_of(after->entrusted_from_unix_s));
	add_date(out, COLUMN_ENTRUSTED_TO, day_of(before->entrusted_to_unix_s - (before->entrusted_to_unix_s != 0)),
	    day_of(after->entrusted_to_unix_s - (after->entrusted_to_unix_s != 0)));
	add_text(out, COLUMN_MATTERS, before->matters, after->matters);
	add_text(out, after->kind == BODY_AUTHORISED ? COLUMN_LAW : COLUMN_AUTHORITY, before->authority, after->authority);
	add_text(out, COLUMN_ENTRUSTMENT_DOCUMENT, before->document, after->document);
	add_date(out, COLUMN_ENTRUSTMENT_PUBLISHED, day_of(before->published_unix_s), day_of(after->published_unix_s));
	add(out, COLUMN_STATUS, body_status_word(before->carried), body_status_word(after->carried));
}
