#include "tools/verifier/log_export.h"

#include <errno.h>
#include <inttypes.h>

#include "base/text.h"
#include "base/time.h"
#include "tools/shared/csvtext.h"
#include "tools/verifier/verifier.h"

enum { FLUSH_LEN = 64 << 10 };

/* ---- words ---- */

static const char *
kind_text(enum sitelog_kind kind, bool chinese)
{
	static const char *const en[] = { "", "check", "group", "repair" }, *const zh[] = { "", "核验", "多人核验", "日志修复" };
	return (chinese ? zh : en)[kind];
}

static const char *
repair_text(unsigned what, bool chinese)
{
	if (what == SITELOG_TORN)
		return chinese ? "末尾残缺记录已移出" : "UNFINISHED_BYTES_MOVED_ASIDE";
	return chinese ? "头文件缺失已重建" : "HEAD_FILE_MADE_AGAIN";
}

static const char *
group_text(unsigned verdict, bool chinese)
{
	static const char *const zh[] = { "人数不足", "有人证件无效", "证件种类不符", "同一人重复出示", "所属单位不符", "执法领域不符", "执法区域不符" };
	if (!chinese)
		return yp_group_verdict_text((enum yp_group_verdict)verdict);
	if (verdict >= YP_GROUP_TOO_FEW && verdict < YP_GROUP_TOO_FEW + sizeof(zh) / sizeof(zh[0]))
		return zh[verdict - YP_GROUP_TOO_FEW];
	return verdict == YP_GROUP_GOOD ? "符合要求" : "未能核验";
}

static const char *
verdict_text(const struct sitelog_entry *e, bool chinese)
{
	switch (e->kind) {
	case SITELOG_GROUP:  return group_text(e->verdict, chinese);
	case SITELOG_REPAIR: return repair_text(e->verdict, chinese);
	case SITELOG_CHECK:  break;
	}
	return chinese ? print_verdict_zh((enum yp_verdict)e->verdict) : yp_verdict_text((enum yp_verdict)e->verdict);
}

const char *
log_head_text(const struct sitelog_report *report, char out[LOG_HEAD_TEXT_LEN + 1])
{
	char hash[2 * DIGEST_LEN + 1];
	hex_encode((struct bytes){ report->head.b, DIGEST_LEN }, hash);
	(void)snprintf(out, LOG_HEAD_TEXT_LEN + 1, "%" PRIu64 ":%s", report->last.sequence, hash);
	return out;
}

static const char *
digest_text(bool has, const struct digest *d, char out[2 * DIGEST_LEN + 1])
{
	hex_encode((struct bytes){ d->b, has ? DIGEST_LEN : 0 }, out);
	return out;
}

static const char *
id_text(const struct sitelog_opening *o, char out[2 * SITELOG_ID_LEN + 1])
{
	hex_encode((struct bytes){ o->id, SITELOG_ID_LEN }, out);
	return out;
}

/* ---- CSV ---- */

static const char *const headings_en[] = { "record", "checked_at", "kind", "verdict", "code", "status_as_of", "judged_as_of", "site", "purpose", "reason",
	"group", "notes", "token_sha256", "certificate_sha256", "log", "record_sha256" };
static const char *const headings_zh[] = { "记录号", "核验时间", "记录种类", "核验结论", "结论代码", "状态列表时间", "按此时点判断", "核验地点", "核验事由",
	"补录原因", "同组记录号", "备注", "出示内容SHA-256", "证照SHA-256", "日志编号", "记录SHA-256" };
_Static_assert(sizeof(headings_en) == sizeof(headings_zh), "as many headings in both languages");

static void
add_cell(struct textbuf *t, const char *text)
{
	csv_add_cell(t, bytes_str(text), false);
}

static void
add_number(struct textbuf *t, uint64_t n, bool first)
{
	textbuf_addf(t, "%s%" PRIu64, first ? "" : ",", n);
}

static void
add_instant(struct textbuf *t, int64_t unix_s)
{
	char text[INSTANT_TEXT_LEN + 1];
	add_cell(t, unix_s == 0 ? "" : instant_text(unix_s, text));
}

static void
add_notes(struct textbuf *t, unsigned flags, bool chinese)
{
	static const struct { unsigned flag; const char *en, *zh; } notes[] = {
		{ SITELOG_STALE, "status list stale", "状态列表已陈旧" },
		{ SITELOG_DEMONSTRATION, "demonstration, no legal effect", "演示,无法律效力" },
		{ SITELOG_CLOCK_BEHIND, "device clock behind", "本机时钟偏慢" },
		{ SITELOG_OF_TEXT, "digest of the input as read", "摘要为原始输入" },
	};
	char text[256] = "";
	size_t len = 0;
	for (size_t i = 0; i < sizeof(notes) / sizeof(notes[0]); i++)
		if ((flags & notes[i].flag) != 0)
			len += (size_t)snprintf(text + len, sizeof(text) - len, "%s%s", len > 0 ? "; " : "", chinese ? notes[i].zh : notes[i].en);
	add_cell(t, text);
}

static void
add_row(struct log_export *x, const struct sitelog_walk *at, const struct sitelog_record *r, uint64_t group)
{
	const struct sitelog_entry *e = &r->entry;
	struct textbuf *t = &x->text;
	char hex[2 * DIGEST_LEN + 1];
	add_number(t, r->sequence, true);
	add_instant(t, e->time_unix_s);
	add_cell(t, kind_text(e->kind, x->chinese));
	add_cell(t, verdict_text(e, x->chinese));
	add_number(t, e->verdict, false);
	add_instant(t, e->status_as_of_unix_s);
	add_instant(t, e->judged_as_of_unix_s);
	csv_add_cell(t, e->site, false);
	csv_add_cell(t, e->purpose, false);
	csv_add_cell(t, x->reason, false);
	if (group > 0)
		add_number(t, group, false);
	else
		add_cell(t, "");
	add_notes(t, e->flags, x->chinese);
	add_cell(t, digest_text(e->has_presented, &e->presented, hex));
	/* of a bare certificate both are one */
	bool is_token = e->kind == SITELOG_CHECK && e->has_presented && (e->flags & SITELOG_OF_TEXT) == 0;
	add_cell(t, e->has_credential ? digest_text(true, &e->credential, hex) : digest_text(is_token, &e->presented, hex));
	add_cell(t, id_text(&at->opening, hex));
	add_cell(t, digest_text(true, &at->last.hash, hex));
	textbuf_add(t, "\r\n");
}

/* ---- JSON ---- */

static void
member_str(struct json *j, const char *name, const char *value)
{
	json_key(j, name);
	json_str(j, value);
}

static void
member_uint(struct json *j, const char *name, uint64_t value)
{
	json_key(j, name);
	json_uint(j, value);
}

static void
member_instant(struct json *j, const char *name, int64_t unix_s)
{
	char text[INSTANT_TEXT_LEN + 1];
	if (unix_s != 0)
		member_str(j, name, instant_text(unix_s, text));
}

static void
member_text(struct json *j, const char *name, struct bytes text)
{
	if (text.len == 0)
		return;
	json_key(j, name);
	json_text(j, text);
}

static void
member_flag(struct json *j, const char *name, bool value)
{
	json_key(j, name);
	json_bool(j, value);
}

static void
add_object(struct log_export *x, const struct sitelog_walk *at, const struct sitelog_record *r, uint64_t group)
{
	const struct sitelog_entry *e = &r->entry;
	struct json *j = &x->json;
	char hex[2 * DIGEST_LEN + 1];
	json_object_begin(j);
	member_uint(j, "record", r->sequence);
	member_instant(j, "checked_at", e->time_unix_s);
	member_str(j, "kind", kind_text(e->kind, false));
	member_str(j, "verdict", verdict_text(e, false));
	member_uint(j, "code", e->verdict);
	member_instant(j, "status_as_of", e->status_as_of_unix_s);
	member_instant(j, "judged_as_of", e->judged_as_of_unix_s);
	member_text(j, "site", e->site);
	member_text(j, "purpose", e->purpose);
	member_text(j, "reason", x->reason);
	if (group > 0)
		member_uint(j, "group", group);
	if (e->kind != SITELOG_REPAIR) {
		member_flag(j, "stale", (e->flags & SITELOG_STALE) != 0);
		member_flag(j, "demonstration", (e->flags & SITELOG_DEMONSTRATION) != 0);
		member_flag(j, "clock_behind", (e->flags & SITELOG_CLOCK_BEHIND) != 0);
	}
	if (e->has_presented)
		member_str(j, (e->flags & SITELOG_OF_TEXT) != 0 ? "input_sha256" : e->kind == SITELOG_REPAIR ? "moved_sha256" : "token_sha256",
		    digest_text(true, &e->presented, hex));
	if (e->has_credential)
		member_str(j, "certificate_sha256", digest_text(true, &e->credential, hex));
	else if (e->kind == SITELOG_CHECK && e->has_presented && (e->flags & SITELOG_OF_TEXT) == 0)
		member_str(j, "certificate_sha256", digest_text(true, &e->presented, hex));
	member_str(j, "log", id_text(&at->opening, hex));
	member_str(j, "record_sha256", digest_text(true, &at->last.hash, hex));
	json_object_end(j);
}

void
log_report_json(struct json *j, const struct sitelog_report *r)
{
	char head[LOG_HEAD_TEXT_LEN + 1], id[2 * SITELOG_ID_LEN + 1];
	member_str(j, "log", id_text(&r->opening, id));
	member_instant(j, "opened", r->opening.opened_unix_s);
	member_uint(j, "records", r->records);
	member_uint(j, "first_record", r->opening.previous_sequence + 1);
	member_uint(j, "last_record", r->last.sequence);
	member_instant(j, "first_at", r->first_unix_s);
	member_instant(j, "last_at", r->last_unix_s);
	member_uint(j, "checks", r->checks);
	member_uint(j, "repairs", r->repairs);
	member_uint(j, "clock_set_back", r->set_back_n);
	member_flag(j, "after_damage", r->opening.reason == SITELOG_AFTER_DAMAGE);
	member_flag(j, "head_file", r->head_checked);
	member_str(j, "head", log_head_text(r, head));
}

/* ---- the export ---- */

static enum status
failed(struct err *err)
{
	return err_set(err, ERR_SYSTEM, "the export could not be written whole: %s", strerror(errno));
}

static enum status
flush(struct log_export *x, size_t when, struct err *err)
{
	if (x->text.failed)
		return err_set(err, ERR_SYSTEM, "out of memory");
	if (x->text.len < when)
		return OK;
	if (fwrite(x->text.ptr, 1, x->text.len, x->out) != x->text.len)
		return failed(err);
	x->text.len = 0;
	return OK;
}

enum status
log_export_begin(struct log_export *x, struct err *err)
{
	x->json = json_open(x->out);
	if (x->as_json)
		return OK;
	textbuf_add(&x->text, "\xef\xbb\xbf");
	for (size_t i = 0; i < sizeof(headings_en) / sizeof(headings_en[0]); i++)
		csv_add_cell(&x->text, bytes_str((x->chinese ? headings_zh : headings_en)[i]), i == 0);
	textbuf_add(&x->text, "\r\n");
	return flush(x, 1, err);
}

/* The group's record, for it and the checks of its members after it. */
static uint64_t
group_of(struct log_export *x, const struct sitelog_record *r)
{
	if (r->entry.kind == SITELOG_GROUP) {
		x->group = r->sequence;
		x->members_left = r->entry.members;
		return x->group;
	}
	if (r->entry.kind != SITELOG_CHECK || x->members_left == 0) {
		x->members_left = 0; /* a repair: the group was cut short with the power */
		return 0;
	}
	x->members_left--;
	return x->group;
}

enum status
log_export_record(void *ctx, const struct sitelog_walk *at, const struct sitelog_record *r, struct err *err)
{
	struct log_export *x = ctx;
	uint64_t group = group_of(x, r);
	if (r->entry.time_unix_s < x->from_unix_s || r->entry.time_unix_s >= x->to_unix_s)
		return OK;
	x->oldest_unix_s = x->written == 0 || r->entry.time_unix_s < x->oldest_unix_s ? r->entry.time_unix_s : x->oldest_unix_s;
	x->written++;
	if (x->as_json) {
		add_object(x, at, r, group);
		return x->json.failed ? failed(err) : OK;
	}
	add_row(x, at, r, group);
	return flush(x, FLUSH_LEN, err);
}

enum status
log_export_end(struct log_export *x, const struct sitelog_report *report, struct err *err)
{
	enum status st = OK;
	if (x->as_json && report != NULL) {
		json_object_begin(&x->json);
		log_report_json(&x->json, report);
		member_uint(&x->json, "exported", x->written);
		json_object_end(&x->json);
	}
	if (!x->as_json)
		st = flush(x, 1, err);
	if (!json_close(&x->json) && st == OK)
		st = failed(err);
	textbuf_free(&x->text);
	if (fflush(x->out) != 0 && st == OK)
		st = failed(err);
	return st;
}
