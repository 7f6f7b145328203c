#include "tools/verifier/verifier.h"

#include <inttypes.h>
#include <stdio.h>

#include "base/text.h"
#include "base/time.h"
#include "crypto/credential.h"
#include "tools/shared/divisions.h"
#include "tools/shared/fields.h"
#include "tools/shared/terminal.h"
#include "tools/verifier/trusted.h"

/* What each verdict means to the person who asked, never by colour alone. */
struct look { enum yp_verdict verdict; enum colour colour; const char *zh, *next_en, *next_zh; };

static const struct look looks[] = {
	{ YP_VALID, COLOUR_GREEN, "有效", "Compare the name and number with the person before you.", "请核对姓名、证号与本人是否一致。" },
	{ YP_UNREADABLE, COLOUR_RED, "无法识别", "Scan the code again, whole; a text copied by hand is often cut.",
	    "请重新完整扫描;手工复制的文字常有缺失。" },
	{ YP_UNSUPPORTED, COLOUR_YELLOW, "不能识别的版本", "Use a newer version of this program.", "请使用新版本的核验程序。" },
	{ YP_TRUST_EXPIRED, COLOUR_YELLOW, "信任列表不在有效期", "Bring the newest bundle, and check this computer's date.",
	    "请更新核验数据包,并检查本机日期。" },
	{ YP_UNKNOWN_ISSUER, COLOUR_RED, "发证机关不明",
	    "Do not accept it. If the bundle is old, bring the newest one and judge again.", "请勿接受。若核验数据包较旧,请更新后再核验。" },
	{ YP_ISSUER_NOT_ALLOWED, COLOUR_RED, "发证密钥无权签发", "Do not accept it; report it to the issuing authority.",
	    "请勿接受,并向发证机关反映。" },
	{ YP_FORGED, COLOUR_RED, "签名不符", "Do not accept it; keep the code as evidence and report it.",
	    "请勿接受,保留此码作为线索并向发证机关反映。" },
	{ YP_NOT_YET_VALID, COLOUR_YELLOW, "尚未生效", "It may not be used yet; check this computer's date.", "尚不得使用;请检查本机日期。" },
	{ YP_EXPIRED, COLOUR_RED, "已过期", "It may no longer be used.", "此证件不得再使用。" },
	{ YP_STATUS_UNKNOWN, COLOUR_YELLOW, "状态无法确认", "Bring the newest bundle and judge again, or ask online.",
	    "请更新核验数据包后再核验,或联网查询。" },
	{ YP_VOID, COLOUR_RED, "已作废", "Nobody may act on it. Most void certificates were replaced or handed in after a transfer.",
	    "不得凭此证执法。作废的证件多因换发或调离。" },
	{ YP_SUSPENDED, COLOUR_RED, "暂停使用", "It may not be used at present; ask the issuing authority.", "目前不得使用;可向发证机关查询。" },
	{ YP_POSSESSION_UNPROVEN, COLOUR_YELLOW, "须实时出示", "Ask the holder to show the live code on their own device.",
	    "请持证人在其本人设备上出示动态码。" },
	{ YP_PRESENTATION_FORGED, COLOUR_RED, "动态码签名不符", "Do not accept it; ask the holder to show the code on their own device.",
	    "请勿接受;请持证人在其本人设备上出示动态码。" },
	{ YP_CLOCK_SKEW, COLOUR_YELLOW, "时钟不一致", "Compare both devices' clocks, set the wrong one, and ask for a new code.",
	    "请比对两台设备的时钟,校正后重新出示。" },
	{ YP_PRESENTATION_STALE, COLOUR_YELLOW, "动态码已过时", "Ask the holder to show a new code on their own device.",
	    "请持证人在其本人设备上重新出示动态码。" },
	{ YP_CHALLENGE_FAILED, COLOUR_RED, "未回答质询", "Give the device the challenge again and ask for a new code.", "请重新给出质询并出示新码。" },
	{ YP_REPLAYED, COLOUR_RED, "动态码重复使用", "Ask the holder for a new code; if it happens again, do not accept it.",
	    "请出示新码;若再次出现,请勿接受。" },
};
static const struct look unknown = { YP_NOT_JUDGED, COLOUR_YELLOW, "未能核验", "Try again.", "请重试。" };

static const struct look *
look_of(enum yp_verdict v)
{
	for (size_t i = 0; i < sizeof(looks) / sizeof(looks[0]); i++)
		if (looks[i].verdict == v)
			return &looks[i];
	return &unknown;
}

const char *
print_verdict_zh(enum yp_verdict v)
{
	return look_of(v)->zh;
}

static void
add_escaped(struct textbuf *out, struct yp_text t)
{
	char shown[4 * NAME_LEN_MAX];
	textbuf_add(out, text_escape((struct bytes){ (const uint8_t *)t.ptr, t.len }, shown, sizeof(shown)));
}

static void
add_label(const struct session *s, const char *zh, const char *en, struct textbuf *out)
{
	const char *label = s->chinese ? zh : en;
	textbuf_add(out, "  ");
	textbuf_add(out, label);
	for (size_t n = text_columns(bytes_str(label)); n < 18; n++)
		textbuf_add(out, " ");
}

static void
add_row(const struct session *s, const char *zh, const char *en, struct yp_text t, struct textbuf *out)
{
	if (t.len == 0)
		return;
	add_label(s, zh, en, out);
	add_escaped(out, t);
	textbuf_add(out, "\n");
}

static void
add_instant(const struct session *s, const char *zh, const char *en, int64_t unix_s, struct textbuf *out)
{
	char text[INSTANT_TEXT_LEN + 1];
	add_label(s, zh, en, out);
	textbuf_addf(out, "%s\n", instant_text(unix_s, text));
}

static void
add_fields(const struct session *s, const struct yp_answer *a, struct textbuf *out)
{
	if (a->fields_n == 0)
		return;
	add_label(s, "执法领域", "fields", out);
	for (size_t i = 0; i < a->fields_n; i++) {
		const char *zh = field_name_zh(a->fields[i]);
		textbuf_add(out, i == 0 ? "" : s->chinese ? "、" : ", ");
		if (s->chinese)
			textbuf_add(out, zh);
		else
			textbuf_addf(out, "%s %s", zh, field_name_en(a->fields[i]));
	}
	textbuf_add(out, "\n");
}

/* The code, and the name where the table of divisions has it. */
static void
add_jurisdiction(const struct session *s, const struct yp_answer *a, struct textbuf *out)
{
	struct divisions d = { .items = NULL };
	struct err ignored = { 0 };
	const struct division *at = NULL;
	add_label(s, "执法区域", "jurisdiction", out);
	textbuf_addf(out, "%" PRIu32, a->jurisdiction);
	if (divisions_load(NULL, &d, &ignored) == OK)
		at = division_of_code(&d, a->jurisdiction);
	const struct division *above = at != NULL && at->parent > 99 ? division_of_code(&d, at->parent) : NULL;
	if (at != NULL)
		textbuf_addf(out, " %.*s%.*s", above != NULL ? (int)above->name.len : 0, above != NULL ? (const char *)above->name.ptr : "",
		    BYTES_FMT(at->name));
	textbuf_add(out, "\n");
	divisions_free(&d);
}

/* "Valid to day D holds through D": exp is the first second after. */
static void
add_term(const struct session *s, const struct yp_answer *a, struct textbuf *out)
{
	char day[DATE_TEXT_LEN + 1];
	int64_t last = a->exp_unix_s - 1;
	if (date_end_unix_s(date_of_unix_s(last)) != a->exp_unix_s) {
		add_instant(s, "有效期至", "valid until", a->exp_unix_s, out);
		return;
	}
	add_label(s, "有效期至", "valid through", out);
	textbuf_addf(out, "%s\n", date_text(date_of_unix_s(last), day));
}

static void
add_facts(const struct session *s, const struct yp_answer *a, struct textbuf *out)
{
	static const char *const zh[] = { "证件", "行政执法证", "行政执法监督证", "行政执法听证主持人证", "行政执法主体资格证" };
	static const char *const en[] = { "certificate", "enforcement certificate", "supervision certificate",
		"hearing moderator's certificate", "body's certificate" };
	unsigned kind = a->kind <= 4 ? a->kind : 0;
	add_label(s, "证件种类", "certificate", out);
	textbuf_addf(out, "%s\n", s->chinese ? zh[kind] : en[kind]);
	add_row(s, kind == 4 ? "单位名称" : "姓名", "name", a->name, out);
	add_row(s, "证号", "number", a->number, out);
	add_row(s, "所在单位", "body", a->body_name, out);
	add_row(s, "统一社会信用代码", "credit code", a->body_uscc, out);
	add_row(s, "委托机关", "entrusted by", a->entrusting_name, out);
	add_row(s, "职务", "post", a->post, out);
	add_fields(s, a, out);
	add_jurisdiction(s, a, out);
	add_instant(s, "发证时间", "issued", a->iat_unix_s, out);
	add_term(s, a, out);
}

static void
add_status_time(const struct session *s, const struct yp_answer *a, struct textbuf *out)
{
	char text[INSTANT_TEXT_LEN + 1];
	if (a->status_as_of_unix_s == 0)
		return;
	add_label(s, "状态截至", "status as of", out);
	textbuf_add(out, instant_text(a->status_as_of_unix_s, text));
	if (a->stale)
		textbuf_add(out, s->chinese ? "(较旧:此后的变更看不到)" : " (stale: a later change would not show)");
	else
		textbuf_add(out, s->chinese ? "(最新)" : " (fresh)");
	textbuf_add(out, "\n");
}

static void
add_live(const struct session *s, const struct yp_answer *a, struct textbuf *out)
{
	char text[INSTANT_TEXT_LEN + 1];
	if (!a->presented)
		return;
	add_label(s, "动态码", "live code", out);
	textbuf_addf(out, s->chinese ? "生成于 %s%s\n" : "made %s%s\n", instant_text(a->presented_unix_s, text),
	    !a->live ? "" : s->chinese ? ",由持证人设备签出" : " by the holder's device");
}

static void
add_portrait(const struct session *s, const struct portrait *p, struct textbuf *out)
{
	static const char *const en[] = { "", "the certificate bears none", "not in the pack of this site", "the pack's picture is damaged: not shown",
		"compare the face", "could not be written" };
	static const char *const zh[] = { "", "证件未载照片", "本点照片包中没有", "照片包中的照片已损坏,不予显示", "请核对面貌", "照片无法写出" };
	if (p->found == PORTRAIT_NOT_ASKED)
		return;
	add_label(s, "照片", "portrait", out);
	textbuf_add(out, s->chinese ? zh[p->found] : en[p->found]);
	if (p->path[0] != '\0' && p->found == PORTRAIT_HERE)
		textbuf_addf(out, s->chinese ? ":%s" : ": %s", p->path);
	textbuf_add(out, "\n");
}

/* How the bundle as a whole stands, where it is not fresh: the state that a site must see before it becomes a wrong answer. */
static void
add_bundle(const struct session *s, int64_t now_unix_s, struct textbuf *out)
{
	enum freshness f = freshness_of(&s->info, now_unix_s);
	if (f == FRESH)
		return;
	add_label(s, "核验数据包", "bundle", out);
	textbuf_addf(out, "%s%s\n", freshness_text(f, s->chinese), f == STALE ? s->chinese ? ",请尽快更新" : "; bring a newer one soon" :
	    s->chinese ? ",请更新后再核验" : "; bring a newer one before judging");
}

/* A body's certificate proves the body, and makes nobody its officer. */
static const char *
next_step(const struct session *s, const struct yp_answer *a, const struct look *look)
{
	if (a->verdict == YP_VALID && a->kind == KIND_BODY)
		return s->chinese ? "请核对单位名称、代码;此证不证明任何个人的执法资格。"
		                  : "Compare the body's name and code; it makes nobody an officer: ask a person for their own certificate.";
	return s->chinese ? look->next_zh : look->next_en;
}

void
print_human(const struct session *s, const struct yp_answer *a, const struct beside *b, struct textbuf *out)
{
	int64_t now_unix_s = b->now_unix_s;
	const struct look *look = look_of(a->verdict);
	const char *on = terminal_colour(s->colour, look->colour), *off = terminal_colour(s->colour, COLOUR_NONE);
	if (a->demonstration)
		textbuf_addf(out, "*** %s%s ***\n", DEMONSTRATION_NOTE, s->chinese ? " 演示:示例密钥,无法律效力" : "");
	if (s->chinese)
		textbuf_addf(out, "%s【%s】%s%s\n", on, look->zh, yp_verdict_text(a->verdict), off);
	else
		textbuf_addf(out, "%s[ %s ] %s%s\n", on, yp_verdict_text(a->verdict), look->zh, off);
	add_label(s, "原因", "why", out);
	print_reason(s, a, now_unix_s, out);
	textbuf_add(out, "\n");
	if (a->facts_proven)
		add_facts(s, a, out);
	add_portrait(s, &b->portrait, out);
	add_live(s, a, out);
	add_status_time(s, a, out);
	add_bundle(s, now_unix_s, out);
	add_instant(s, s->settings->now_given ? "核验时间(指定)" : "核验时间", s->settings->now_given ? "judged as of" : "judged at",
	    now_unix_s, out);
	if (s->settings->now_given) {
		add_label(s, "注意", "note", out);
		textbuf_add(out, s->chinese ? "按 --now 指定的时间核验,不代表现在\n" : "judged as of the instant given by --now, not of the present\n");
	}
	add_label(s, "怎么办", "what to do", out);
	textbuf_addf(out, "%s\n", next_step(s, a, look));
}

void
print_brief(const struct yp_answer *a, struct textbuf *out)
{
	textbuf_add(out, yp_verdict_text(a->verdict));
	textbuf_add(out, "\t");
	if (a->facts_proven)
		add_escaped(out, a->number);
	textbuf_add(out, "\n");
}

void
print_listed(const struct session *s, const struct yp_answer *a, const struct beside *b, struct textbuf *out)
{
	const struct look *look = look_of(a->verdict);
	if (s->picture != NULL)
		textbuf_addf(out, "%s ", s->picture);
	textbuf_addf(out, "%" PRIu64 ": %s%s%s", b->line, terminal_colour(s->colour, look->colour),
	    yp_verdict_text(a->verdict), terminal_colour(s->colour, COLOUR_NONE));
	if (s->chinese)
		textbuf_addf(out, " %s", look->zh);
	if (a->demonstration)
		textbuf_add(out, " (DEMONSTRATION)");
	if (a->facts_proven) {
		textbuf_add(out, " ");
		add_escaped(out, a->number);
		textbuf_add(out, " ");
		add_escaped(out, a->name);
	}
	if (a->verdict != YP_VALID)
		textbuf_add(out, ": "), print_reason(s, a, b->now_unix_s, out);
	else if (a->stale)
		textbuf_add(out, s->chinese ? "(状态较旧)" : " (stale status)");
	textbuf_add(out, "\n");
}

void
print_summary(const struct session *s, const struct tally *t, struct textbuf *out)
{
	textbuf_addf(out, s->chinese ? "共核验 %" PRIu64 " 件:" : "%" PRIu64 " judged:", t->inputs);
	for (int v = 0; v < VERDICTS; v++)
		if (t->by_verdict[v] > 0)
			textbuf_addf(out, " %" PRIu64 " %s", t->by_verdict[v], yp_verdict_text((enum yp_verdict)v));
	textbuf_add(out, "\n");
}
