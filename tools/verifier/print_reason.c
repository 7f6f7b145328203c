/* Why a verdict was given, in Chinese; in English the library's own sentence says it. */
#include "tools/verifier/verifier.h"

#include <inttypes.h>

#include "base/time.h"

static void
reason_dates(const struct yp_answer *a, int64_t now_unix_s, struct textbuf *out)
{
	char at[INSTANT_TEXT_LEN + 1], now[INSTANT_TEXT_LEN + 1];
	int64_t from = a->nbf_unix_s > a->iat_unix_s ? a->nbf_unix_s : a->iat_unix_s;
	bool early = a->verdict == YP_NOT_YET_VALID;
	textbuf_addf(out, early ? "自 %s 起有效;核验时间为 %s" : "已于 %s 到期;核验时间为 %s",
	    instant_text(early ? from : a->exp_unix_s, at), instant_text(now_unix_s, now));
}

static void
reason_status(const struct yp_answer *a, struct textbuf *out)
{
	char at[INSTANT_TEXT_LEN + 1];
	if (a->verdict == YP_STATUS_UNKNOWN && a->status_as_of_unix_s == 0)
		textbuf_add(out, "数据包中没有可用于此证件的状态列表(缺少、已失效或超出本点允许的时限)");
	else if (a->verdict == YP_STATUS_UNKNOWN)
		textbuf_addf(out, "状态值 %u 不是有效、作废或暂停", a->status_value);
	else
		textbuf_addf(out, "截至 %s 该证件%s;列表不说明原因", instant_text(a->status_as_of_unix_s, at),
		    a->verdict == YP_VOID ? "已作废" : "暂停使用");
}

static void
reason_live(const struct yp_answer *a, int64_t now_unix_s, struct textbuf *out)
{
	int64_t age_s = now_unix_s - a->presented_unix_s;
	switch (a->verdict) {
	case YP_POSSESSION_UNPROVEN:
		textbuf_add(out, a->presented ? "以动态码出示,但证件没有登记任何设备" : "须在持证人本人设备上实时出示;复制、截图或打印的码不足以证明");
		break;
	case YP_PRESENTATION_FORGED:
		textbuf_add(out, "动态码不是由证件登记的设备签出:被改动或伪造");
		break;
	case YP_CLOCK_SKEW:
		textbuf_addf(out, "动态码的时间比本机时钟快 %" PRId64 " 秒,超过允许的 %" PRId64 " 秒:请校正不准的时钟", -age_s, a->window_s);
		break;
	case YP_PRESENTATION_STALE:
		textbuf_addf(out, "动态码是 %" PRId64 " 秒前生成的,已过时限(最长 %" PRId64 " 秒):可能是截图,或对方设备时钟偏慢;请出示新码", age_s, a->window_s);
		break;
	case YP_CHALLENGE_FAILED:
		textbuf_add(out, "动态码没有回答本次的质询或不是为本点生成:可能是给别人的,或更早的");
		break;
	default:
		textbuf_add(out, "此动态码已在本点使用过(或使用记录已满);请出示新码");
	}
}

static void
reason_issuer(const struct yp_answer *a, struct textbuf *out)
{
	switch (a->verdict) {
	case YP_TRUST_EXPIRED:      textbuf_add(out, "没有在有效期内的信任列表"); break;
	case YP_UNKNOWN_ISSUER:     textbuf_add(out, "签名密钥不在任何有效的信任列表中"); break;
	case YP_ISSUER_NOT_ALLOWED: textbuf_add(out, "该密钥无权签发此类证件、用于此地区或此时间,或已被宣布泄露"); break;
	default:                    textbuf_add(out, "签名不符:证件被改动或伪造");
	}
}

static void
reason_chinese(const struct yp_answer *a, int64_t now_unix_s, struct textbuf *out)
{
	if (a->verdict == YP_VALID)
		textbuf_add(out, "全部规则均符合");
	else if (a->verdict == YP_UNREADABLE)
		textbuf_add(out, a->token_len == 0 ? "这段文字里没有证件" : "不是完整的签名证件:损坏或被截断");
	else if (a->verdict == YP_UNSUPPORTED)
		textbuf_add(out, "证件的种类、版本或内容是本程序不认识的");
	else if (a->verdict >= YP_TRUST_EXPIRED && a->verdict <= YP_FORGED)
		reason_issuer(a, out);
	else if (a->verdict == YP_NOT_YET_VALID || a->verdict == YP_EXPIRED)
		reason_dates(a, now_unix_s, out);
	else if (a->verdict >= YP_STATUS_UNKNOWN && a->verdict <= YP_SUSPENDED)
		reason_status(a, out);
	else if (a->verdict >= YP_POSSESSION_UNPROVEN && a->verdict <= YP_REPLAYED)
		reason_live(a, now_unix_s, out);
	else
		textbuf_add(out, "未能核验");
}

void
print_reason(const struct session *s, const struct yp_answer *a, int64_t now_unix_s, struct textbuf *out)
{
	if (s->chinese)
		reason_chinese(a, now_unix_s, out);
	if (s->chinese && a->verdict != YP_VALID)
		textbuf_addf(out, " (%s)", a->sentence);
	if (!s->chinese)
		textbuf_add(out, a->sentence);
}
