#include "tools/endpoint/service.h"

#include <stdio.h>

#include "base/text.h"
#include "base/time.h"
#include "crypto/credential.h"
#include "tools/shared/fields.h"

enum { ZH = 0, EN = 1 };

/* How a verdict looks and reads: never by colour alone. */
struct look { enum yp_verdict verdict; const char *class, *mark, *title[2], *advice[2]; };

static const struct look looks[] = {
	{ YP_VALID, "good", "✔", { "有效", "VALID" },
	    { "证件有效。请核对姓名、证号与本人是否一致。", "The certificate is good. Compare the name and number with the person before you." } },
	{ YP_SUSPENDED, "held", "‖", { "暂停使用", "SUSPENDED" },
	    { "此证件目前不可用于执法。可以拒绝并向发证机关反映。", "This certificate may not be used at present. You may decline, and report it." } },
	{ YP_VOID, "bad", "✖", { "已作废", "VOID" },
	    { "此证件已作废,持有人不得凭此执法。请向发证机关反映。", "This certificate is void; nobody may act on it. Please report it." } },
	{ YP_EXPIRED, "bad", "⌛", { "已过期", "EXPIRED" },
	    { "此证件已过有效期,不得使用。", "This certificate is past its validity and may not be used." } },
	{ YP_NOT_YET_VALID, "held", "⏳", { "尚未生效", "NOT YET VALID" },
	    { "此证件尚未生效。", "This certificate is not valid yet." } },
	{ YP_NOT_ON_REGISTER, "bad", "⚠", { "登记簿中没有此证", "NOT ON THE REGISTER" },
	    { "登记簿中从未签发过此证件。请勿接受,并立即向发证机关反映。", "The register never issued this certificate. Do not accept it; report it at once." } },
	{ YP_UNKNOWN_ISSUER, "bad", "?", { "发证机关不明", "UNKNOWN ISSUER" },
	    { "此码不是由可信的发证机关签发的。请勿接受。", "This code was not signed by a trusted authority. Do not accept it." } },
	{ YP_FORGED, "bad", "⚠", { "签名不符", "FORGED" },
	    { "签名与内容不符,此码系伪造或已被改动。请向发证机关反映。", "The signature does not fit: the code is forged or altered. Please report it." } },
	{ YP_POSSESSION_UNPROVEN, "held", "⟳", { "须出示动态码", "MUST BE SHOWN LIVE" },
	    { "此证件必须在持证人的手机上实时出示,截图或打印件无效。", "This certificate must be shown live on the holder's phone; a picture of it is not enough." } },
	{ YP_PRESENTATION_STALE, "held", "⌛", { "动态码已过时", "CODE TOO OLD" },
	    { "此动态码不是刚刚生成的,可能是截图。请对方刷新后重新扫描。", "This code was not made just now; it may be a picture of one. Ask for a new code and scan it." } },
	{ YP_CLOCK_SKEW, "held", "⌛", { "设备时间不准", "CLOCK WRONG" },
	    { "出示设备的时间快于标准时间。请对方校准时间后重新出示。", "The clock of the device that shows it is ahead. Ask for it to be set and for a new code." } },
	{ YP_PRESENTATION_FORGED, "bad", "⚠", { "不是本人设备出示", "NOT THE HOLDER'S DEVICE" },
	    { "此码不是由该证件登记的设备生成的。请勿接受,并向发证机关反映。", "The device recorded for this certificate did not make this code. Do not accept it; report it." } },
	{ YP_STATUS_UNKNOWN, "held", "?", { "状态无法确认", "STATUS UNKNOWN" },
	    { "目前无法确认此证件的状态,请稍后再试。", "The status cannot be told at present. Try again later." } },
	{ YP_UNREADABLE, "bad", "∅", { "无法识别", "UNREADABLE" },
	    { "这不是执法证件的二维码,或没有扫描完整。请重新扫描。", "This is not the code of a certificate, or was not read whole. Scan it again." } },
	{ YP_NOT_JUDGED, "held", "?", { "不能认可", "NOT ACCEPTED" },
	    { "此证件不能认可。", "This certificate cannot be accepted." } },
};

static const struct look *
look_of(enum yp_verdict v)
{
	size_t n = sizeof(looks) / sizeof(looks[0]);
	for (size_t i = 0; i < n; i++)
		if (looks[i].verdict == v)
			return &looks[i];
	return &looks[n - 1];
}

/* The first of zh and en that Accept-Language names; Chinese otherwise (RFC 9110 12.5.4, without weights: browsers
 * list what they like best first). */
static int
language_of(struct bytes accept)
{
	for (size_t i = 0; i + 1 < accept.len; i++) {
		if (i > 0 && accept.ptr[i - 1] != ' ' && accept.ptr[i - 1] != ',')
			continue;
		uint8_t a = accept.ptr[i] | 0x20, b = accept.ptr[i + 1] | 0x20;
		if (a == 'z' && b == 'h')
			return ZH;
		if (a == 'e' && b == 'n')
			return EN;
	}
	return ZH;
}

static const char style[] =
    "<style>:root{color-scheme:light dark}body{font:17px/1.5 system-ui,sans-serif;margin:0;background:#f4f5f7;color:#1a1c20}"
    "main{max-width:34rem;margin:0 auto;padding:1rem}.card{background:#fff;border-radius:14px;overflow:hidden;"
    "box-shadow:0 1px 4px #0003}.top{padding:1.2rem;color:#fff;display:flex;gap:1rem;align-items:center}"
    ".mark{font-size:2.6rem;line-height:1}h1{margin:0;font-size:1.7rem}.good .top{background:#17693a}.held .top{background:#8a5a00}"
    ".bad .top{background:#a4161a}.demo{background:#5b21b6;color:#fff;padding:.5rem 1.2rem;font-weight:600}p{margin:1rem 1.2rem}"
    "dl{margin:0;padding:0 1.2rem 1rem;display:grid;grid-template-columns:auto 1fr;gap:.35rem 1rem}dt{color:#5a6070}"
    "dd{margin:0;font-weight:600;overflow-wrap:anywhere}footer{color:#5a6070;font-size:.85rem;padding:1rem .2rem}"
    "@media(prefers-color-scheme:dark){body{background:#14161a;color:#e8eaee}.card{background:#1f2228}dt,footer{color:#a3aab8}}</style>";

static void
add_row(struct textbuf *t, const char *label, struct bytes value)
{
	if (value.len == 0)
		return;
	textbuf_addf(t, "<dt>%s</dt><dd>", label);
	textbuf_html(t, value);
	textbuf_add(t, "</dd>\n");
}

static struct bytes
view(struct yp_text t)
{
	return (struct bytes){ (const uint8_t *)t.ptr, t.len };
}

static void
add_fields(struct textbuf *t, const struct yp_answer *a, int lang)
{
	if (a->fields_n == 0)
		return;
	textbuf_addf(t, "<dt>%s</dt><dd>", lang == ZH ? "执法领域" : "Fields");
	for (size_t i = 0; i < a->fields_n; i++) {
		textbuf_add(t, i == 0 ? "" : lang == ZH ? "、" : ", ");
		textbuf_html(t, bytes_str(lang == ZH ? field_name_zh(a->fields[i]) : field_name_en(a->fields[i])));
	}
	textbuf_add(t, "</dd>\n");
}

static void
add_facts(struct textbuf *t, const struct yp_answer *a, int lang)
{
	static const char *const kinds[2][5] = {
		{ "", "行政执法证", "行政执法监督证", "行政执法听证主持人证", "行政执法主体" },
		{ "", "enforcement certificate", "supervision certificate", "hearing moderator certificate", "enforcement body" } };
	char until[DATE_TEXT_LEN + 1], area[16];
	bool zh = lang == ZH;
	(void)snprintf(area, sizeof(area), "%u", a->jurisdiction);
	(void)date_text(date_of_unix_s(a->exp_unix_s - 1), until);
	textbuf_add(t, "<dl>\n");
	add_row(t, zh ? "姓名" : "Name", view(a->name));
	add_row(t, zh ? "证件" : "Kind", bytes_str(kinds[lang][a->kind <= 4 ? a->kind : 0]));
	add_row(t, zh ? "证号" : "Number", view(a->number));
	add_row(t, zh ? "单位" : "Body", view(a->body_name));
	add_row(t, zh ? "委托机关" : "In the name of", view(a->entrusting_name));
	add_row(t, zh ? "职务" : "Post", view(a->post));
	add_fields(t, a, lang);
	add_row(t, zh ? "执法区域代码" : "Jurisdiction (code)", bytes_str(area));
	add_row(t, zh ? "有效期至" : "Valid until", bytes_str(until));
	textbuf_add(t, "</dl>\n");
}

static void
add_instant(struct textbuf *t, const char *label, int64_t unix_s)
{
	char when[INSTANT_TEXT_LEN + 1];
	if (unix_s == 0)
		return;
	(void)instant_text(unix_s, when);
	when[10] = ' ';
	when[19] = '\0';
	textbuf_addf(t, "<p>%s %s</p>\n", label, when);
}

/* A body's certificate proves the body, and makes nobody its officer. */
static const char *
advice_of(const struct yp_answer *j, const struct look *look, int lang)
{
	static const char *const of_body[] = { "证件有效。请核对单位名称、代码;此证不证明任何个人的执法资格。",
		"The certificate is good. Compare the body's name and code; it makes nobody an officer: ask a person for their own certificate." };
	return j->verdict == YP_VALID && j->kind == KIND_BODY ? of_body[lang] : look->advice[lang];
}

static void
page_write(struct textbuf *t, const struct service *s, const struct answer *a, int lang)
{
	const struct yp_answer *j = &a->judged;
	const struct look *look = look_of(j->verdict);
	bool zh = lang == ZH;
	textbuf_addf(t, "<!doctype html>\n<html lang=\"%s\"><head><meta charset=\"utf-8\">"
	    "<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\"><title>%s</title>%s</head>\n<body><main>",
	    zh ? "zh-CN" : "en", look->title[lang], style);
	textbuf_addf(t, "<div class=\"card %s\">", look->class);
	if (j->demonstration)
		textbuf_addf(t, "<div class=\"demo\">%s</div>", zh ? "演示 DEMONSTRATION:示例密钥,无法律效力"
		                                                   : "DEMONSTRATION: example keys, no legal effect");
	textbuf_addf(t, "<div class=\"top\"><span class=\"mark\" aria-hidden=\"true\">%s</span><h1>%s</h1></div>\n<p>%s</p>\n",
	    look->mark, look->title[lang], advice_of(j, look, lang));
	if (j->facts_proven && j->verdict != YP_NOT_ON_REGISTER)
		add_facts(t, j, lang);
	if (j->live)
		add_instant(t, zh ? "持证人设备实时出示于(北京时间)" : "Shown live by the holder's device at (Beijing time)", j->presented_unix_s);
	add_instant(t, zh ? "状态核验时间(北京时间)" : "Status as of (Beijing time)", j->status_as_of_unix_s);
	textbuf_addf(t, "</div><footer>%s ", zh ? "核验服务由以下机关提供:" : "This service is run by");
	textbuf_html(t, bytes_str(s->operator_name != NULL ? s->operator_name
	                         : zh ? "发证机关核验中心" : "the issuing authority's verification centre"));
	textbuf_addf(t, "%s</footer></main></body></html>\n",
	    zh ? "。如有疑问或投诉,请与该机关联系。" : ". Turn to it with questions and complaints.");
}

void
page_token(struct service *s, const struct http_request *rq, struct bytes token, struct http_response *rs)
{
	struct answer a;
	struct textbuf t = { 0 };
	rs->vary_language = true;
	rs->security_policy = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
	if (answer_token(s->registry, s->trust, token, s->now(), &a) != OK) {
		problem(rs, 503, "could not judge", "the register or the keys are not available now; try again");
		return;
	}
	service_heed(s, &a);
	page_write(&t, s, &a, language_of(rq->accept_language));
	respond(rs, 200, "text/html; charset=utf-8", &t);
}
