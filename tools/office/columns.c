#include "tools/office/rows.h"

#include <stdio.h>

#include "base/text.h"

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
	{ COLUMN_STATUS, "证件状态", false }, { COLUMN_REMARKS, "备注", false },
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
	}
	return (struct headings){ NULL, 0 };
}

const char *
sheet_name(enum sheet s)
{
	static const char *const names[] = { "", "bodies", "holders", "moderators", "devices" };
	return names[s];
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

static const struct heading *
heading_find(struct headings h, struct bytes text)
{
	for (size_t i = 0; i < h.n; i++)
		if (bytes_eq(text, bytes_str(h.all[i].text)))
			return &h.all[i];
	return NULL;
}

bool
heading_is_known(enum sheet s, struct bytes cell)
{
	return heading_find(headings_of(s), cell) != NULL;
}

static bool
is_ignored(struct bytes text)
{
	for (size_t i = 0; i < sizeof(ignored) / sizeof(ignored[0]); i++)
		if (bytes_eq(text, bytes_str(ignored[i])))
			return true;
	return text.len == 0;
}

static enum status
say_unknown(enum sheet s, struct bytes cell, struct err *err)
{
	char shown[64], known[300] = "";
	struct headings h = headings_of(s);
	size_t at = 0;
	for (size_t i = 0; i < h.n; i++) {
		int n = snprintf(known + at, sizeof(known) - at, "%s%s", i > 0 ? " " : "", h.all[i].text);
		at += n > 0 && (size_t)n < sizeof(known) - at ? (size_t)n : 0;
	}
	return err_set(err, ERR_FORMAT, "heading \"%s\" is not one of a file of %s: %s", text_escape(cell, shown, sizeof(shown)), sheet_name(s),
	    known);
}

enum status
columns_match(enum sheet s, const struct sheet_rows *f, struct columns *out, struct err *err)
{
	struct headings h = headings_of(s);
	struct columns c = { .sheet = s };
	const struct sheet_row *row = &f->rows[0];
	for (size_t i = 0; i < COLUMN_COUNT; i++)
		c.at[i] = -1;
	for (size_t i = 0; i < row->n; i++) {
		struct bytes cell = sheet_cell(f, row, i);
		const struct heading *found = heading_find(h, cell);
		if (found == NULL && is_ignored(cell))
			continue;
		if (found == NULL)
			return say_unknown(s, cell, err);
		if (c.at[found->column] >= 0)
			return err_set(err, ERR_FORMAT, "heading \"%s\" stands twice, in columns %d and %zu", found->text, c.at[found->column] + 1, i + 1);
		c.at[found->column] = (int)i;
	}
	for (size_t i = 0; i < h.n; i++)
		if (h.all[i].compulsory && c.at[h.all[i].column] < 0)
			return err_set(err, ERR_FORMAT, "heading \"%s\" is missing; a file of %s cannot do without it", h.all[i].text, sheet_name(s));
	*out = c;
	return OK;
}
