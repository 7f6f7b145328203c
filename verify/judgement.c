#include "verify/verifier.h"

#include "crypto/qrtext.h"

static const int64_t clock_max_unix_s = (int64_t)1 << 40; /* far past any date; keeps sums from overflowing */

/* All of the answer but the room for the token. */
static void
answer_clear(struct yp_answer *a, const struct yp_verifier *v)
{
	memset(a, 0, offsetof(struct yp_answer, token));
	for (size_t r = 0; r < v->roots_n; r++)
		a->demonstration |= v->roots[r].certificate.is_example;
}

/* The token stands in out->token already. */
static enum status
judge_token(const struct yp_verifier *v, const struct yp_question *q, const struct register_evidence *evidence, struct yp_answer *out)
{
	struct judgement j = { .verifier = v, .evidence = evidence, .question = q, .answer = out, .now_unix_s = q->now_unix_s };
	j.token = (struct bytes){ out->token, out->token_len };

	judgement_decode(&j);
	enum yp_verdict verdict = judgement_decide(&j);
	if (j.failed != OK) {
		out->facts_proven = out->live = false;
		return j.failed;
	}
	out->verdict = verdict;
	if (out->presented && j.pick.trust != NULL)
		out->window_s = window_of(&j);
	judgement_explain(&j);
	return OK;
}

static bool
is_length(size_t len, size_t least, size_t most)
{
	return len == 0 || (len >= least && len <= most);
}

static bool
can_judge(const struct yp_verifier *v, const struct yp_question *q)
{
	return v->state != NULL && q->now_unix_s >= 0 && q->now_unix_s <= clock_max_unix_s && q->status_age_max_s >= 0 &&
	    is_length(q->challenge.len, NONCE_LEN_MIN, NONCE_LEN_MAX) && is_length(q->audience.len, 1, AUDIENCE_LEN_MAX);
}

enum yp_status
judge(const struct yp_verifier *v, struct bytes token, const struct yp_question *question,
    const struct register_evidence *evidence, struct yp_answer *out)
{
	answer_clear(out, v);
	if (token.len <= sizeof(out->token)) { /* longer: unreadable, like an empty one */
		out->token_len = token.len;
		memmove(out->token, token.ptr, token.len);
	}
	if (!can_judge(v, question))
		return YP_ERR_ARGUMENT;
	return (enum yp_status)judge_token(v, question, evidence, out);
}

enum yp_status
yp_judge_asked(const struct yp_verifier *v, const uint8_t *text, size_t len, const struct yp_question *question,
    struct yp_answer *out)
{
	struct buf token = BUF_OF(out->token);
	answer_clear(out, v);
	bool readable = qr_text_decode((struct bytes){ text, len }, &token) == OK;
	out->token_len = readable ? token.len : 0;
	if (!can_judge(v, question))
		return YP_ERR_ARGUMENT;
	return (enum yp_status)judge_token(v, question, NULL, out);
}

enum yp_status
yp_judge(const struct yp_verifier *v, const uint8_t *text, size_t len, int64_t now_unix_s, struct yp_answer *out)
{
	struct yp_question q = { .now_unix_s = now_unix_s };
	return yp_judge_asked(v, text, len, &q, out);
}
