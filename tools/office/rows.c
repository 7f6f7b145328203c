#include "tools/office/reading.h"

#include "base/text.h"
#include "registry/body_cache.h"
#include "registry/identifier.h"

static enum status
read_idnumber(const struct reading *r, char out[IDNUMBER_LEN + 1])
{
	struct bytes t;
	enum status st = read_code(r, COLUMN_IDNUMBER, &t);
	if (st)
		return st;
	if (t.len == 0)
		return WRONG(r, COLUMN_IDNUMBER, "it is empty; it is compulsory");
	if (idnumber_check(t, &r->e->err) != OK) {
		if (t.len == IDNUMBER_LEN && memcmp(t.ptr + 15, "000", 3) == 0) {
			r->e->err = (struct err){ .status = OK };
			return WRONG(r, COLUMN_IDNUMBER, "it ends in 000 and its check character does not fit: Excel cut its last three digits. Type "
			    "it anew in a text cell");
		}
		return cell_wrong(r, COLUMN_IDNUMBER, ERR_FORMAT);
	}
	memcpy(out, t.ptr, IDNUMBER_LEN);
	out[IDNUMBER_LEN] = '\0';
	return OK;
}

static enum status
read_uscc(const struct reading *r, enum column c, bool compulsory, struct bytes *out, bool *odd)
{
	bool holds = true;
	struct bytes t;
	enum status st = read_code(r, c, &t);
	if (st)
		return st;
	if (t.len == 0 && !compulsory)
		return OK;
	if (t.len == 0)
		return WRONG(r, c, "it is empty; it is compulsory");
	if (uscc_check(t, &holds, &r->e->err) != OK)
		return cell_wrong(r, c, ERR_FORMAT);
	*odd = !holds;
	*out = t;
	return OK;
}

static enum status
read_fields(const struct reading *r, struct entries *e)
{
	struct field_codes codes;
	struct bytes t = repair_words(r->rules->repairs, cell_of(r, COLUMN_FIELDS), false);
	const char *wrong = t.len == 0 ? "it is empty; it is compulsory" : fieldset_parse(r->rules->fields, t, &codes);
	if (wrong != NULL)
		return WRONG(r, COLUMN_FIELDS, "%s", wrong);
	e->fields_n = codes.n;
	memcpy(e->fields, codes.codes, sizeof(e->fields));
	return OK;
}

static enum status
read_area(const struct reading *r, enum column c, bool compulsory, uint32_t *out)
{
	struct bytes t = repair_code(r->rules->repairs, cell_of(r, c), false);
	if (t.len == 0 && !compulsory)
		return OK;
	enum status st = division_find(r->rules->divisions, t, out);
	if (st == ERR_CONFLICT)
		return WRONG(r, c, "several divisions bear that name; write the city before it, or the code");
	return st ? WRONG(r, c, "not a division of divisions.csv, by code or by name") : OK;
}

static enum status
read_status(const struct reading *r, enum action *out)
{
	static const char *const words[] = { "", "有效", "正常", "暂扣", "注销", "吊销", "撤销" };
	static const enum action actions[] = { ACTION_NONE, ACTION_NONE, ACTION_NONE, ACTION_SUSPEND, ACTION_CANCEL, ACTION_REVOKE,
		ACTION_WITHDRAW };
	size_t i = 0;
	enum status st = read_word(r, COLUMN_STATUS, words, 7, "有效 暂扣 注销 吊销 撤销", &i);
	*out = actions[i];
	return st;
}

static enum status
read_staff(const struct reading *r, enum staff *out)
{
	static const char *const words[] = { "", "行政编制", "参公编制", "事业编制", "行政", "参公", "事业" };
	static const enum staff staffs[] = { STAFF_UNKNOWN, STAFF_ADMINISTRATIVE, STAFF_CIVIL_MANAGED, STAFF_INSTITUTION,
		STAFF_ADMINISTRATIVE, STAFF_CIVIL_MANAGED, STAFF_INSTITUTION };
	static const char *const others[] = { "合同制", "劳务派遣", "借调", "编外" };
	struct bytes t = repair_code(r->rules->repairs, cell_of(r, COLUMN_STAFF), false);
	size_t i = 0;
	for (size_t k = 0; k < sizeof(others) / sizeof(others[0]); k++)
		if (bytes_eq(t, bytes_str(others[k])))
			return WRONG(r, COLUMN_STAFF, "contract, dispatched and seconded staff may not be certified; only a body's own posts");
	enum status st = read_word(r, COLUMN_STAFF, words, 7, "行政编制 参公编制 事业编制", &i);
	*out = staffs[i];
	return st;
}

static enum status
read_number(const struct reading *r, struct holder_row *out)
{
	struct bytes t;
	enum status st = read_code(r, COLUMN_NUMBER, &t);
	bool theirs = r->c->sheet == SHEET_MINISTRY;
	if (st == OK && t.len == 0 && theirs)
		return WRONG(r, COLUMN_NUMBER, "it is empty; it is compulsory");
	if (st || t.len == 0)
		return st;
	if (theirs && t.len > NUMBER_LEN_MAX)
		return WRONG(r, COLUMN_NUMBER, "it has %zu bytes; at most %u fit", t.len, NUMBER_LEN_MAX);
	if (t.len > NUMBER_LEN_MAX || (!theirs && !number_matches(r->rules->number_template, t)))
		return WRONG(r, COLUMN_NUMBER, "not a certificate number of this register; %.*s was wanted (# a digit; see yaopai.conf)",
		    BYTES_FMT(r->rules->number_template));
	memcpy(out->number, t.ptr, t.len);
	out->entries.number = (struct bytes){ (const uint8_t *)out->number, t.len };
	return OK;
}

static enum status
read_sex(const struct reading *r, const char *idnumber, uint8_t *out)
{
	static const char *const words[] = { "", "男", "女" };
	size_t i = 0;
	enum status st = read_word(r, COLUMN_SEX, words, 3, "男 女", &i);
	uint8_t by_number = (idnumber[16] - '0') % 2 != 0 ? 1 : 2; /* GB 11643: odd for men */
	if (st == OK && i != 0 && i != by_number)
		return WRONG(r, COLUMN_SEX, "it does not agree with the identity number");
	*out = (uint8_t)i;
	return st;
}

static enum status
read_body_of_holder(const struct reading *r, struct holder_row *out)
{
	struct bytes name;
	enum status st = read_name(r, COLUMN_BODY, false, &name);
	if (st == OK)
		st = read_uscc(r, COLUMN_USCC, true, &out->entries.uscc, &out->uscc_odd);
	if (st)
		return st;
	const struct body_brief *body = body_cache_get(r->rules->bodies, out->entries.uscc);
	if (body == NULL)
		return WRONG(r, COLUMN_USCC, "no body with this code in the register; import bodies first, or correct the code");
	out->name_differs = name.len > 0 && !bytes_eq(name, body->name);
	return OK;
}

static enum status
check_dates(const struct reading *r, const struct entries *e)
{
	if (e->issued_on.year != 0 && e->valid_until.year != 0 && date_cmp(e->valid_until, e->issued_on) < 0)
		return WRONG(r, COLUMN_VALID_UNTIL, "it lies before the date of issue");
	return OK;
}

enum status
row_holder(const struct columns *c, const struct sheet_rows *f, const struct sheet_row *row, const struct row_rules *rules,
    struct holder_row *out, struct row_error *e)
{
	struct reading r = { c, f, row, rules, e };
	struct entries *x = &out->entries;
	memset(out, 0, sizeof(*out));
	x->kind = sheet_kind(c->sheet);
	enum status st = read_cell_count(&r);
	if (st == OK)
		st = read_name(&r, COLUMN_NAME, true, &x->name);
	if (st == OK)
		st = read_idnumber(&r, out->idnumber);
	if (st == OK)
		st = read_sex(&r, out->idnumber, &x->sex);
	if (st == OK)
		st = read_body_of_holder(&r, out);
	if (st == OK)
		st = read_text(&r, COLUMN_POST, POST_LEN_MAX, false, &x->post);
	if (st == OK && (c->sheet == SHEET_HOLDERS || c->sheet == SHEET_SUPERVISORS))
		st = read_staff(&r, &x->staff);
	if (st == OK && c->sheet == SHEET_HOLDERS)
		st = read_fields(&r, x);
	if (st == OK)
		st = read_area(&r, COLUMN_AREA, true, &x->jurisdiction);
	if (st == OK)
		st = read_number(&r, out);
	if (st == OK && c->sheet == SHEET_MINISTRY)
		st = read_text(&r, COLUMN_MINISTRY, NAME_LEN_MAX, true, &x->ministry);
	if (st == OK)
		st = read_date(&r, COLUMN_ISSUED_ON, false, &x->issued_on);
	if (st == OK)
		st = read_date(&r, COLUMN_VALID_UNTIL, false, &x->valid_until);
	if (st == OK)
		st = check_dates(&r, x);
	if (st == OK)
		st = read_date(&r, COLUMN_TRAINED_ON, false, &x->trained_on);
	if (st == OK)
		st = read_date(&r, COLUMN_EXAMINED_ON, false, &x->examined_on);
	if (st == OK)
		st = read_status(&r, &x->carried);
	return st == OK ? read_text(&r, COLUMN_REMARKS, GROUND_LEN_MAX, false, &x->remarks) : st;
}

static enum status
read_term(const struct reading *r, struct body *b)
{
	struct date from = { 0 }, to = { 0 };
	enum status st = read_date(r, COLUMN_ENTRUSTED_FROM, false, &from);
	if (st == OK)
		st = read_date(r, COLUMN_ENTRUSTED_TO, true, &to);
	if (st)
		return st;
	if (b->kind == BODY_ENTRUSTED && from.year == 0)
		return WRONG(r, COLUMN_ENTRUSTED_FROM, "an entrustment begins on a date");
	if (b->kind == BODY_ENTRUSTED && cell_of(r, COLUMN_ENTRUSTED_TO).len == 0)
		return WRONG(r, COLUMN_ENTRUSTED_TO, "an entrustment has a term; give its last day, or write 长期 if it has none");
	if (to.year != 0 && date_cmp(to, from) < 0)
		return WRONG(r, COLUMN_ENTRUSTED_TO, "the entrustment would end before it begins");
	b->entrusted_from_unix_s = from.year != 0 ? date_start_unix_s(from) : 0;
	b->entrusted_to_unix_s = to.year != 0 ? date_end_unix_s(to) : 0;
	return OK;
}

static enum status
read_particulars(const struct reading *r, struct body *b)
{
	struct date published = { 0 };
	enum column authority = b->kind == BODY_AUTHORISED ? COLUMN_LAW : COLUMN_AUTHORITY;
	enum status st = read_text(r, COLUMN_MATTERS, MATTERS_LEN_MAX, false, &b->matters);
	if (st == OK)
		st = read_text(r, authority, MATTERS_LEN_MAX, false, &b->authority);
	if (st == OK)
		st = read_text(r, COLUMN_ENTRUSTMENT_DOCUMENT, GROUND_LEN_MAX, false, &b->document);
	if (st == OK)
		st = read_date(r, COLUMN_ENTRUSTMENT_PUBLISHED, false, &published);
	b->published_unix_s = published.year != 0 ? date_start_unix_s(published) : 0;
	return st;
}

/* Cells that say nothing of a body of this kind: filled, they mean another kind. */
static enum status
check_kind(const struct reading *r, const struct body *b)
{
	static const enum column entrusted[] = { COLUMN_ENTRUSTING_NAME, COLUMN_ENTRUSTING_USCC, COLUMN_ENTRUSTED_FROM, COLUMN_ENTRUSTED_TO,
		COLUMN_MATTERS, COLUMN_AUTHORITY, COLUMN_ENTRUSTMENT_DOCUMENT, COLUMN_ENTRUSTMENT_PUBLISHED };
	for (size_t i = 0; b->kind != BODY_ENTRUSTED && i < sizeof(entrusted) / sizeof(entrusted[0]); i++)
		if (cell_of(r, entrusted[i]).len > 0)
			return WRONG(r, entrusted[i], "only a 受委托组织 has an entrustment");
	if (b->kind != BODY_AUTHORISED && cell_of(r, COLUMN_LAW).len > 0)
		return WRONG(r, COLUMN_LAW, "only a 法律法规授权组织 is authorised by a law; leave it empty");
	return OK;
}

static enum status
read_entrustment(const struct reading *r, struct body *b)
{
	bool odd = false;
	enum status st = check_kind(r, b);
	if (st == OK)
		st = read_name(r, COLUMN_ENTRUSTING_NAME, b->kind == BODY_ENTRUSTED, &b->entrusting_name);
	if (st == OK)
		st = read_uscc(r, COLUMN_ENTRUSTING_USCC, false, &b->entrusting_uscc, &odd);
	if (st == OK)
		st = read_term(r, b);
	return st == OK ? read_particulars(r, b) : st;
}

static bool
is_incomplete(const struct body *b)
{
	bool entrusted = b->kind == BODY_ENTRUSTED;
	return (entrusted && (b->entrusting_uscc.len == 0 || b->matters.len == 0)) || (b->kind != BODY_STATUTORY && b->authority.len == 0);
}

enum status
row_body(const struct columns *c, const struct sheet_rows *f, const struct sheet_row *row, const struct row_rules *rules,
    struct body_row *out, struct row_error *e)
{
	static const char *const kinds[] = { "法定行政机关", "法律法规授权组织", "受委托组织" };
	static const char *const statuses[] = { "", "正常", "暂停", "撤销" };
	static const enum action actions[] = { ACTION_NONE, ACTION_NONE, ACTION_SUSPEND, ACTION_CANCEL };
	struct reading r = { c, f, row, rules, e };
	struct body *b = &out->body;
	size_t kind = 0, status = 0;
	memset(out, 0, sizeof(*out));
	enum status st = read_cell_count(&r);
	if (st == OK)
		st = read_name(&r, COLUMN_NAME, true, &b->name);
	if (st == OK)
		st = read_uscc(&r, COLUMN_USCC, true, &b->uscc, &out->uscc_odd);
	if (st == OK)
		st = read_word(&r, COLUMN_BODY_KIND, kinds, 3, "法定行政机关 法律法规授权组织 受委托组织", &kind);
	b->kind = (enum body_kind)(BODY_STATUTORY + kind);
	if (st == OK)
		st = read_area(&r, COLUMN_DIVISION, false, &b->division);
	if (st == OK)
		st = read_entrustment(&r, b);
	if (st == OK)
		st = read_word(&r, COLUMN_STATUS, statuses, 4, "正常 暂停 撤销", &status);
	b->carried = actions[status];
	out->is_incomplete = is_incomplete(b);
	return st;
}
