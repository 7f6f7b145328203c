#include "tools/office/rows.h"

#include <stdio.h>

#include "base/text.h"
#include "tools/shared/options.h"

struct heading { enum column column; const char *text; bool compulsory; };

static const struct heading body_headings[] = {
	{ COLUMN_INDEX, "序号", false }, { COLUMN_NAME, "单位名称", true }, { COLUMN_USCC, "统一社会信用代码", true },
	{ COLUMN_BODY_KIND, "主体类型", true }, { COLUMN_DIVISION, "行政区划代码", false }, { COLUMN_ENTRUSTING_NAME, "委托机关名称", false },
	{ COLUMN_ENTRUSTING_USCC, "委托机关代码", false }, { COLUMN_ENTRUSTED_FROM, "委托起始日期", false },
	{ COLUMN_ENTRUSTED_TO, "委托截止日期", false }, { COLUMN_MATTERS, "委托事项", false }, { COLUMN_AUTHORITY, "委托权限", false },
	{ COLUMN_LAW, "授权依据", false }, { COLUMN_ENTRUSTMENT_DOCUMENT, "委托书文号", false },
	{ COLUMN_ENTRUSTMENT_PUBLISHED, "委托公开日期", false }, { COLUMN_STATUS, "主体状态", false }, { COLUMN_REMARKS, "备注", false },
};

static const struct heading holder_headings[] = {
	{ COLUMN_INDEX, "序号", false }, { COLUMN_NAME, "姓名", true }, { COLUMN_SEX, "性别", false }, { COLUMN_IDNUMBER, "身份证号", true },
	{ COLUMN_BODY, "所在单位", false }, { COLUMN_USCC, "统一社会信用代码", true }, { COLUMN_POST, "职务", false },
	{ COLUMN_STAFF, "编制类型", false }, { COLUMN_FIELDS, "执法领域", true }, { COLUMN_AREA, "执法区域", true },
	{ COLUMN_NUMBER, "执法证号", false }, { COLUMN_ISSUED_ON, "发证日期", false }, { COLUMN_VALID_UNTIL, "有效期至", false },
	{ COLUMN_STATUS, "证件状态", false }, { COLUMN_REMARKS, "备注", false }, { COLUMN_EXAMINED_ON, "考试日期", false },
};

static const struct heading supervisor_headings[] = {
	{ COLUMN_INDEX, "序号", false }, { COLUMN_NAME, "姓名", true }, { COLUMN_SEX, "性别", false }, { COLUMN_IDNUMBER, "身份证号", true },
	{ COLUMN_BODY, "所在单位", false }, { COLUMN_USCC, "统一社会信用代码", true }, { COLUMN_POST, "职务", false },
	{ COLUMN_STAFF, "编制类型", false }, { COLUMN_AREA, "监督区域", true }, { COLUMN_AREA, "执法区域", false },
	{ COLUMN_NUMBER, "行政执法监督证号", false }, { COLUMN_ISSUED_ON, "发证日期", false }, { COLUMN_VALID_UNTIL, "有效期至", false },
	{ COLUMN_STATUS, "证件状态", false }, { COLUMN_REMARKS, "备注", false }, { COLUMN_EXAMINED_ON, "考试日期", false },
};

static const struct heading ministry_headings[] = {
	{ COLUMN_INDEX, "序号", false }, { COLUMN_NAME, "姓名", true }, { COLUMN_SEX, "性别", false }, { COLUMN_IDNUMBER, "身份证号", true },
	{ COLUMN_BODY, "所在单位", false }, { COLUMN_USCC, "统一社会信用代码", true }, { COLUMN_POST, "职务", false },
	{ COLUMN_AREA, "执法区域", true }, { COLUMN_NUMBER, "证号", true }, { COLUMN_MINISTRY, "发证部门", true },
	{ COLUMN_ISSUED_ON, "发证日期", false }, { COLUMN_VALID_UNTIL, "有效期至", false }, { COLUMN_STATUS, "证件状态", false },
	{ COLUMN_REMARKS, "备注", false },
};

static const struct heading review_headings[] = {
	{ COLUMN_INDEX, "序号", false }, { COLUMN_NUMBER, "证号", true }, { COLUMN_NUMBER, "执法证号", false }, { COLUMN_NAME, "姓名", false },
	{ COLUMN_REVIEW_RESULT, "审验结果", true }, { COLUMN_REVIEWED_ON, "审验日期", true }, { COLUMN_REVIEW_DUE, "下次审验日期", false },
	{ COLUMN_ORGAN, "审验机关", false }, { COLUMN_DOCUMENT, "文号", false }, { COLUMN_REVIEWER, "审核人", false },
	{ COLUMN_REMARKS, "备注", false },
};

static const struct heading moderator_headings[] = {
	{ COLUMN_INDEX, "序号", false }, { COLUMN_NAME, "姓名", true }, { COLUMN_SEX, "性别", false }, { COLUMN_IDNUMBER, "身份证号", true },
	{ COLUMN_BODY, "所在单位", false }, { COLUMN_USCC, "统一社会信用代码", true }, { COLUMN_POST, "职务", false },
	{ COLUMN_AREA, "执法区域", true }, { COLUMN_NUMBER, "主持人证号", false }, { COLUMN_TRAINED_ON, "培训日期", false },
	{ COLUMN_EXAMINED_ON, "考试日期", false }, { COLUMN_ISSUED_ON, "发证日期", false }, { COLUMN_VALID_UNTIL, "有效期至", false },
	{ COLUMN_STATUS, "证件状态", false }, { COLUMN_REMARKS, "备注", false },
};

static const struct heading device_headings[] = {
	{ COLUMN_INDEX, "序号", false }, { COLUMN_NUMBER, "证号", true }, { COLUMN_NUMBER, "执法证号", false },
	{ COLUMN_NUMBER, "主持人证号", false }, { COLUMN_NAME, "姓名", false }, { COLUMN_DEVICE, "设备公钥", true },
	{ COLUMN_SHOW_BY, "出示方式", false }, { COLUMN_REMARKS, "备注", false },
};

/* What else a column is called, in any file that has it; as heading_plain leaves it. */
static const struct { enum column column; const char *text; } other_headings[] = {
	{ COLUMN_INDEX, "no." }, { COLUMN_INDEX, "no" }, { COLUMN_INDEX, "index" }, { COLUMN_INDEX, "编号" },
	{ COLUMN_NAME, "name" }, { COLUMN_NAME, "持证人姓名" }, { COLUMN_NAME, "主体名称" }, { COLUMN_NAME, "执法主体名称" },
	{ COLUMN_SEX, "sex" }, { COLUMN_SEX, "gender" },
	{ COLUMN_IDNUMBER, "idnumber" }, { COLUMN_IDNUMBER, "identitynumber" }, { COLUMN_IDNUMBER, "身份证号码" }, { COLUMN_IDNUMBER, "身份证" },
	{ COLUMN_IDNUMBER, "公民身份号码" }, { COLUMN_IDNUMBER, "居民身份证号" }, { COLUMN_IDNUMBER, "居民身份证号码" },
	{ COLUMN_BODY, "body" }, { COLUMN_BODY, "bodyname" }, { COLUMN_BODY, "单位" }, { COLUMN_BODY, "工作单位" }, { COLUMN_BODY, "所属单位" },
	{ COLUMN_BODY, "单位名称" }, { COLUMN_BODY, "执法单位" },
	{ COLUMN_USCC, "uscc" }, { COLUMN_USCC, "creditcode" }, { COLUMN_USCC, "unifiedsocialcreditcode" }, { COLUMN_USCC, "社会信用代码" },
	{ COLUMN_USCC, "信用代码" }, { COLUMN_USCC, "单位代码" },
	{ COLUMN_POST, "post" }, { COLUMN_POST, "职位" }, { COLUMN_POST, "职务职级" }, { COLUMN_POST, "职务/职级" },
	{ COLUMN_STAFF, "staff" }, { COLUMN_STAFF, "stafftype" }, { COLUMN_STAFF, "编制" }, { COLUMN_STAFF, "编制性质" }, { COLUMN_STAFF, "人员编制" },
	{ COLUMN_FIELDS, "fields" }, { COLUMN_FIELDS, "enforcementfields" }, { COLUMN_FIELDS, "执法类别" }, { COLUMN_FIELDS, "执法门类" },
	{ COLUMN_AREA, "jurisdiction" }, { COLUMN_AREA, "area" }, { COLUMN_AREA, "执法地域" }, { COLUMN_AREA, "执法范围" },
	{ COLUMN_NUMBER, "number" }, { COLUMN_NUMBER, "certificatenumber" }, { COLUMN_NUMBER, "证件编号" }, { COLUMN_NUMBER, "证件号码" },
	{ COLUMN_NUMBER, "证书编号" }, { COLUMN_NUMBER, "执法证编号" }, { COLUMN_NUMBER, "执法证号码" }, { COLUMN_NUMBER, "执法证件号" },
	{ COLUMN_NUMBER, "证号" },
	{ COLUMN_ISSUED_ON, "issuedon" }, { COLUMN_ISSUED_ON, "dateofissue" }, { COLUMN_ISSUED_ON, "issuedate" }, { COLUMN_ISSUED_ON, "发证时间" },
	{ COLUMN_ISSUED_ON, "签发日期" }, { COLUMN_ISSUED_ON, "颁发日期" },
	{ COLUMN_VALID_UNTIL, "validuntil" }, { COLUMN_VALID_UNTIL, "expireson" }, { COLUMN_VALID_UNTIL, "有效期" }, { COLUMN_VALID_UNTIL, "有效期限" },
	{ COLUMN_VALID_UNTIL, "有效日期" }, { COLUMN_VALID_UNTIL, "截止日期" }, { COLUMN_VALID_UNTIL, "到期日期" },
	{ COLUMN_STATUS, "status" }, { COLUMN_STATUS, "状态" }, { COLUMN_STATUS, "证书状态" },
	{ COLUMN_REMARKS, "remarks" }, { COLUMN_REMARKS, "remark" }, { COLUMN_REMARKS, "note" }, { COLUMN_REMARKS, "说明" },
	{ COLUMN_TRAINED_ON, "trainedon" }, { COLUMN_TRAINED_ON, "培训时间" },
	{ COLUMN_EXAMINED_ON, "examinedon" }, { COLUMN_EXAMINED_ON, "examdate" }, { COLUMN_EXAMINED_ON, "考试时间" },
	{ COLUMN_BODY_KIND, "kind" }, { COLUMN_BODY_KIND, "bodykind" }, { COLUMN_BODY_KIND, "执法主体类型" }, { COLUMN_BODY_KIND, "主体性质" },
	{ COLUMN_DIVISION, "division" }, { COLUMN_DIVISION, "divisioncode" }, { COLUMN_DIVISION, "区划代码" }, { COLUMN_DIVISION, "行政区划" },
	{ COLUMN_ENTRUSTING_NAME, "entrustingorgan" }, { COLUMN_ENTRUSTING_NAME, "委托机关" },
	{ COLUMN_ENTRUSTING_USCC, "entrustinguscc" }, { COLUMN_ENTRUSTING_USCC, "委托机关统一社会信用代码" },
	{ COLUMN_ENTRUSTED_FROM, "entrustedfrom" }, { COLUMN_ENTRUSTED_FROM, "委托开始日期" },
	{ COLUMN_ENTRUSTED_TO, "entrustedto" }, { COLUMN_ENTRUSTED_TO, "委托结束日期" }, { COLUMN_ENTRUSTED_TO, "委托终止日期" },
	{ COLUMN_DEVICE, "device" }, { COLUMN_DEVICE, "devicekey" }, { COLUMN_DEVICE, "设备密钥" },
	{ COLUMN_SHOW_BY, "showby" },
};

/* The columns of our own error file, so that it can be mended and imported again. */
static const char *const ignored[] = { "行号", "列", "问题" };

struct headings { const struct heading *all; size_t n; };

static struct headings
headings_of(enum sheet s)
{
	switch (s) {
	case SHEET_BODIES:     return (struct headings){ body_headings, sizeof(body_headings) / sizeof(body_headings[0]) };
	case SHEET_HOLDERS:    return (struct headings){ holder_headings, sizeof(holder_headings) / sizeof(holder_headings[0]) };
	case SHEET_MODERATORS: return (struct headings){ moderator_headings, sizeof(moderator_headings) / sizeof(moderator_headings[0]) };
	case SHEET_DEVICES:    return (struct headings){ device_headings, sizeof(device_headings) / sizeof(device_headings[0]) };
	case SHEET_SUPERVISORS: return (struct headings){ supervisor_headings, sizeof(supervisor_headings) / sizeof(supervisor_headings[0]) };
	case SHEET_MINISTRY:   return (struct headings){ ministry_headings, sizeof(ministry_headings) / sizeof(ministry_headings[0]) };
	case SHEET_REVIEWS:    return (struct headings){ review_headings, sizeof(review_headings) / sizeof(review_headings[0]) };
	}
	return (struct headings){ NULL, 0 };
}

const char *
sheet_name(enum sheet s)
{
	static const char *const names[] = { "", "bodies", "holders", "moderators", "devices", "supervisors", "ministry", "reviews" };
	return names[s];
}

enum credential_kind
sheet_kind(enum sheet s)
{
	switch (s) {
	case SHEET_HOLDERS:     return KIND_ENFORCEMENT;
	case SHEET_MODERATORS:  return KIND_MODERATOR;
	case SHEET_SUPERVISORS: return KIND_SUPERVISION;
	case SHEET_MINISTRY:    return KIND_MINISTRY;
	default:                return 0;
	}
}

const char *
column_heading(enum sheet s, enum column c)
{
	struct headings h = headings_of(s);
	for (size_t i = 0; i < h.n; i++)
		if (h.all[i].column == c)
			return h.all[i].text;
	return "";
}

/* The column, or -1. */
static int
column_find(enum sheet s, const struct heading_text *plain)
{
	struct headings h = headings_of(s);
	for (size_t i = 0; i < h.n; i++)
		if (strcmp(h.all[i].text, plain->text) == 0)
			return (int)h.all[i].column;
	for (size_t i = 0; i < sizeof(other_headings) / sizeof(other_headings[0]); i++)
		if (strcmp(other_headings[i].text, plain->text) == 0 && column_heading(s, other_headings[i].column)[0] != '\0')
			return (int)other_headings[i].column;
	return -1;
}

bool
heading_is_known(enum sheet s, const struct mapping *m, struct bytes cell)
{
	struct heading_text plain;
	int column = MAPPING_IGNORE;
	heading_plain(cell, &plain);
	return plain.text[0] != '\0' && (mapping_find(m, &plain, &column) || column_find(s, &plain) >= 0);
}

static bool
is_ignored(struct bytes text)
{
	for (size_t i = 0; i < sizeof(ignored) / sizeof(ignored[0]); i++)
		if (bytes_eq(text, bytes_str(ignored[i])))
			return true;
	return text.len == 0;
}

/* The heading nearest to what stands there, if one is near. */
static const char *
nearest_heading(enum sheet s, const struct heading_text *plain)
{
	const char *words[COLUMN_COUNT + sizeof(other_headings) / sizeof(other_headings[0])];
	struct headings h = headings_of(s);
	size_t n = 0;
	for (size_t i = 0; i < h.n; i++)
		words[n++] = h.all[i].text;
	for (size_t i = 0; i < sizeof(other_headings) / sizeof(other_headings[0]); i++)
		if (column_heading(s, other_headings[i].column)[0] != '\0')
			words[n++] = other_headings[i].text;
	return option_nearest(plain->text, words, n);
}

static int
mapped_to(const void *ctx, struct bytes heading, struct err *err)
{
	const enum sheet *s = ctx;
	struct heading_text plain;
	char shown[HEADING_LEN_MAX];
	heading_plain(heading, &plain);
	int column = column_find(*s, &plain);
	if (column < 0) {
		const char *near = nearest_heading(*s, &plain);
		(void)err_set(err, ERR_FORMAT, "\"%s\" is no heading of a file of %s%s%s%s", text_escape(heading, shown, sizeof(shown)), sheet_name(*s),
		    near != NULL ? "; did you mean " : "", near != NULL ? near : "", near != NULL ? "?" : "");
	}
	return column;
}

enum status
columns_mapping(enum sheet s, const char *path, struct mapping *out, struct err *err)
{
	return mapping_load(path, mapped_to, &s, out, err);
}

/* Those that are not known, told together. */
struct unknown { char text[200]; size_t len, n; };

static void
add_unknown(struct unknown *u, enum sheet s, size_t i, struct bytes cell)
{
	char shown[48], letters[COLUMN_LETTERS_MAX], entry[160];
	struct heading_text plain;
	heading_plain(cell, &plain);
	const char *near = nearest_heading(s, &plain);
	int n = snprintf(entry, sizeof(entry), "%s%s \"%s\"%s%s%s", u->n > 0 ? ", " : "", column_letters(i, letters),
	    text_escape(cell, shown, sizeof(shown)), near != NULL ? " (did you mean " : "", near != NULL ? near : "", near != NULL ? "?)" : "");
	if (n > 0 && (size_t)n < sizeof(entry) && (size_t)n < sizeof(u->text) - u->len) {
		memcpy(u->text + u->len, entry, (size_t)n + 1);
		u->len += (size_t)n;
	} else if (u->len + 4 < sizeof(u->text) && u->text[u->len - 1] != '.') {
		memcpy(u->text + u->len, " ...", 5);
		u->len += 4;
	}
	u->n++;
}

static enum status
match_heading(struct columns *c, const struct mapping *m, struct bytes cell, size_t i, struct unknown *u, struct err *err)
{
	struct heading_text plain;
	int column = MAPPING_IGNORE;
	heading_plain(cell, &plain);
	if (mapping_find(m, &plain, &column)) {
		if (column == MAPPING_IGNORE)
			return OK;
	} else {
		column = column_find(c->sheet, &plain);
		if (column < 0 && !is_ignored(cell) && (m == NULL || !m->ignores_rest))
			add_unknown(u, c->sheet, i, cell);
		if (column < 0)
			return OK;
	}
	char first[COLUMN_LETTERS_MAX], second[COLUMN_LETTERS_MAX];
	if (c->at[column] >= 0)
		return err_set(err, ERR_FORMAT, "heading \"%s\" stands twice, in columns %s and %s; leave one out with --mapping",
		    column_heading(c->sheet, (enum column)column), column_letters((size_t)c->at[column], first), column_letters(i, second));
	c->at[column] = (int)i;
	return OK;
}

enum status
columns_match(enum sheet s, const struct mapping *m, const struct sheet_rows *f, struct columns *out, struct err *err)
{
	struct headings h = headings_of(s);
	struct columns c = { .sheet = s };
	struct unknown unknown = { .n = 0 };
	const struct sheet_row *row = &f->rows[0];
	enum status st = OK;
	for (size_t i = 0; i < COLUMN_COUNT; i++)
		c.at[i] = -1;
	for (size_t i = 0; st == OK && i < row->n; i++)
		st = match_heading(&c, m, sheet_cell(f, row, i), i, &unknown, err);
	if (st)
		return st;
	if (unknown.n > 0)
		return err_set(err, ERR_FORMAT, "row %u has %zu headings that a file of %s does not have: %s; write what they are, or = -, into a file and "
		    "give it with --mapping", row->number, unknown.n, sheet_name(s), unknown.text);
	for (size_t i = 0; i < h.n; i++)
		if (h.all[i].compulsory && c.at[h.all[i].column] < 0)
			return err_set(err, ERR_FORMAT, "heading \"%s\" is missing; a file of %s cannot do without it", h.all[i].text, sheet_name(s));
	*out = c;
	return OK;
}
