#include "tools/verifier/verifier.h"

#include "base/time.h"
#include "tools/shared/terminal.h"

struct look { enum yp_group_verdict verdict; const char *zh, *next_en, *next_zh; };

static const struct look looks[] = {
	{ YP_GROUP_GOOD, "符合要求", "They may act here together. Compare names and faces.", "可以共同执法。请核对姓名与面貌。" },
	{ YP_GROUP_TOO_FEW, "人数不足", "Ask for the other officer's certificate; one alone may not act.", "请另一名执法人员出示证件;一人不得单独执法。" },
	{ YP_GROUP_MEMBER_NOT_GOOD, "有证件不可用", "See the certificate named; the others do not make up for it.", "请看所指证件;其他证件不能代替。" },
	{ YP_GROUP_WRONG_KIND, "有证件不是行政执法证", "A supervisor or moderator is no enforcement officer.", "监督人员或听证主持人不是执法人员。" },
	{ YP_GROUP_SAME_PERSON, "同一人出示两次", "Two different people are needed.", "须为两名不同的人员。" },
	{ YP_GROUP_OTHER_BODY, "不属于同一执法主体", "Ask whether this is a joint inspection (--joint).", "请确认是否为综合查一次(--joint)。" },
	{ YP_GROUP_FIELD, "执法领域不符", "They may not act in this field.", "不得在该领域执法。" },
	{ YP_GROUP_JURISDICTION, "执法区域不符", "They may not act in this place.", "不得在该地区执法。" },
};
static const struct look unknown = { YP_GROUP_NOT_JUDGED, "未能核验", "Try again.", "请重试。" };

static const struct look *
look_of(enum yp_group_verdict v)
{
	for (size_t i = 0; i < sizeof(looks) / sizeof(looks[0]); i++)
		if (looks[i].verdict == v)
			return &looks[i];
	return &unknown;
}

static void
group_json(const struct session *s, const struct yp_group_answer *g, int64_t now_unix_s, struct json *j)
{
	char text[INSTANT_TEXT_LEN + 1];
	json_object_begin(j);
	json_key(j, "group"), json_str(j, yp_group_verdict_text(g->verdict));
	json_key(j, "code"), json_int(j, (int)g->verdict);
	json_key(j, "sentence"), json_str(j, g->sentence);
	json_key(j, "members"), json_uint(j, s->group->n);
	if (g->verdict != YP_GROUP_GOOD && g->verdict != YP_GROUP_TOO_FEW)
		json_key(j, "member"), json_uint(j, g->member + 1);
	json_key(j, "judged_at"), json_str(j, instant_text(now_unix_s, text));
	json_object_end(j);
}

static void
group_human(const struct session *s, const struct yp_group_answer *g, struct textbuf *out)
{
	const struct look *look = look_of(g->verdict);
	const char *on = terminal_colour(s->colour, g->verdict == YP_GROUP_GOOD ? COLOUR_GREEN : COLOUR_RED);
	const char *off = terminal_colour(s->colour, COLOUR_NONE);
	if (s->chinese)
		textbuf_addf(out, "%s【%s】%s%s\n  原因:%s\n  怎么办:%s\n", on, look->zh, yp_group_verdict_text(g->verdict), off, g->sentence, look->next_zh);
	else
		textbuf_addf(out, "%s[ %s ]%s together\n  why         %s\n  what to do  %s\n", on, yp_group_verdict_text(g->verdict), off, g->sentence,
		    look->next_en);
}

void
print_group(const struct session *s, const struct yp_group_answer *g, int64_t now_unix_s, struct json *out)
{
	if (s->settings->output == OUTPUT_JSON)
		group_json(s, g, now_unix_s, out);
	else if (s->settings->output == OUTPUT_BRIEF)
		textbuf_addf(&out->text, "%s\t\n", yp_group_verdict_text(g->verdict));
	else
		group_human(s, g, &out->text);
}
