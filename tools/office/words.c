#include "tools/office/words.h"

#include <stdio.h>

#include "base/text.h"

struct word { const char *en, *zh; };

static const char *
pick(const struct word *words, size_t n, unsigned value, bool chinese)
{
	if (value >= n || words[value].en == NULL)
		return "unknown";
	return chinese ? words[value].zh : words[value].en;
}
#define PICK(words, value, chinese) pick(words, sizeof(words) / sizeof((words)[0]), (unsigned)(value), chinese)

const char *
kind_word(enum credential_kind k, bool chinese)
{
	static const struct word words[] = { [KIND_ENFORCEMENT] = { "enforcement", "行政执法证" },
		[KIND_SUPERVISION] = { "supervision", "行政执法监督证" }, [KIND_MODERATOR] = { "moderator", "行政执法听证主持人证" },
		[KIND_MINISTRY] = { "ministry", "部委证" } };
	return PICK(words, k, chinese);
}

const char *
condition_word(enum condition c, bool chinese)
{
	static const struct word words[] = { [CONDITION_VALID] = { "valid", "有效" }, [CONDITION_SUSPENDED] = { "suspended", "暂停使用" },
		[CONDITION_VOID] = { "void", "已作废" }, [CONDITION_EXPIRED] = { "expired", "已过期" },
		[CONDITION_NOT_YET_VALID] = { "not-yet-valid", "尚未生效" }, [CONDITION_NOT_ISSUED] = { "not-issued", "未制证" } };
	return PICK(words, c, chinese);
}

const char *
body_condition_word(enum condition c, bool chinese)
{
	return c != CONDITION_VOID ? condition_word(c, chinese) : chinese ? "已撤销" : "abolished";
}

const char *
body_kind_word(enum body_kind k, bool chinese)
{
	static const struct word words[] = { [BODY_STATUTORY] = { "statutory", "法定行政机关" },
		[BODY_AUTHORISED] = { "authorised", "法律法规授权组织" }, [BODY_ENTRUSTED] = { "entrusted", "受委托组织" } };
	return PICK(words, k, chinese);
}

const char *
cause_word(enum cause c, bool chinese)
{
	static const struct word words[] = { [CAUSE_NONE] = { "", "" }, [CAUSE_CREDENTIAL] = { "credential", "已换发" },
		[CAUSE_CERTIFICATE] = { "certificate", "证件" }, [CAUSE_PERSON] = { "person", "人员" }, [CAUSE_BODY] = { "body", "执法主体" },
		[CAUSE_ENTRUSTMENT] = { "entrustment", "委托" }, [CAUSE_QUALIFICATION] = { "qualification", "资格" } };
	return PICK(words, c, chinese);
}

const char *
action_word(enum action a, bool chinese)
{
	static const struct word words[] = { [ACTION_NONE] = { "", "" }, [ACTION_SUSPEND] = { "suspended", "暂扣" },
		[ACTION_REINSTATE] = { "reinstated", "暂扣发还" }, [ACTION_CANCEL] = { "cancelled", "注销" }, [ACTION_REVOKE] = { "revoked", "吊销" },
		[ACTION_WITHDRAW] = { "withdrawn", "撤销" }, [ACTION_REPLACE] = { "replaced", "换发" } };
	return PICK(words, a, chinese);
}

const char *
staff_word(enum staff s, bool chinese)
{
	static const struct word words[] = { [STAFF_UNKNOWN] = { "", "" }, [STAFF_ADMINISTRATIVE] = { "administrative", "行政编制" },
		[STAFF_CIVIL_MANAGED] = { "civil-managed", "参公编制" }, [STAFF_INSTITUTION] = { "institution", "事业编制" } };
	return PICK(words, s, chinese);
}

const char *
occasion_word(enum occasion o, bool chinese)
{
	static const struct word words[] = { [OCCASION_NONE] = { "", "" }, [OCCASION_AMENDED] = { "amended", "变更" },
		[OCCASION_DAMAGED] = { "reissued-damaged", "损坏换发" }, [OCCASION_LOST] = { "reissued-lost", "遗失补发" },
		[OCCASION_RENEWED] = { "renewed", "到期换发" }, [OCCASION_MOVED] = { "moved-with-body", "随机构划转" } };
	return PICK(words, o, chinese);
}

const char *
sex_word(unsigned sex, bool chinese)
{
	static const struct word words[] = { { "", "" }, { "male", "男" }, { "female", "女" } };
	return PICK(words, sex, chinese);
}

const char *kind_word_of(unsigned k, bool chinese)      { return kind_word((enum credential_kind)k, chinese); }
const char *condition_word_of(unsigned c, bool chinese) { return condition_word((enum condition)c, chinese); }
const char *body_condition_word_of(unsigned c, bool chinese) { return body_condition_word((enum condition)c, chinese); }
const char *body_kind_word_of(unsigned k, bool chinese) { return body_kind_word((enum body_kind)k, chinese); }

static enum status
say_unknown(const char *option, struct bytes typed, word_fn *word, unsigned count, struct err *err)
{
	char shown[48], known[200] = "";
	size_t at = 0;
	for (unsigned v = 1; v < count; v++) {
		int n = snprintf(known + at, sizeof(known) - at, "%s%s", v > 1 ? ", " : "", word(v, false));
		at += n > 0 && (size_t)n < sizeof(known) - at ? (size_t)n : 0;
	}
	return err_set(err, ERR_ARGUMENT, "%s: got \"%s\", wanted one or several of: %s", option, text_escape(typed, shown, sizeof(shown)), known);
}

enum status
words_read(const char *option, const char *text, word_fn *word, unsigned count, uint32_t *set, struct err *err)
{
	uint32_t got = 0;
	for (const char *at = text;; at++) {
		size_t n = strcspn(at, ",");
		struct bytes typed = text_trim((struct bytes){ (const uint8_t *)at, n });
		unsigned v = 1;
		while (v < count && !bytes_eq(typed, bytes_str(word(v, false))) && !bytes_eq(typed, bytes_str(word(v, true))))
			v++;
		if (v == count)
			return say_unknown(option, typed, word, count, err);
		got |= 1u << v;
		at += n;
		if (*at == '\0')
			break;
	}
	*set = got;
	return OK;
}
