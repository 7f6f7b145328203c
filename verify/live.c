/* What rule 10 asks of a live code (docs/formats.md 10). */
#include "verify/verifier.h"

bool
must_be_live(const struct judgement *j)
{
	const struct yp_question *q = j->question;
	return j->credential.policy == POLICY_LIVE || q->must_be_live || q->challenge.len > 0 || q->audience.len > 0;
}

int64_t
window_of(const struct judgement *j)
{
	return j->pick.trust->list.window_s;
}

bool
device_signature_holds(struct judgement *j)
{
	uint8_t room[TOKEN_LEN_MAX + 64];
	struct bytes tbs, point = { j->credential.cnf_point, sizeof(j->credential.cnf_point) };
	struct public_key *key = NULL;
	bool good = false;
	enum status st = public_key_from_point(KEY_P256, point, &key);
	if (st == ERR_FORMAT)
		return false; /* no point of the curve: nobody can hold its key */
	if (st == OK)
		st = cose_to_be_signed(j->shown.protected_header, j->shown.payload, BUF_OF(room), &tbs);
	if (st == OK)
		st = signature_check(key, j->shown.alg, tbs, j->shown.signature, &good);
	public_key_free(key);
	if (st != OK)
		j->failed = st;
	return st == OK && good;
}

bool
answers_challenge(const struct judgement *j)
{
	struct bytes nonce = { j->question->challenge.ptr, j->question->challenge.len };
	struct bytes audience = { (const uint8_t *)j->question->audience.ptr, j->question->audience.len };
	return (nonce.len == 0 || bytes_eq(nonce, j->presentation.nonce)) &&
	    (audience.len == 0 || bytes_eq(audience, j->presentation.audience));
}

bool
is_first_use(struct judgement *j)
{
	struct digest key, id;
	if (j->question->replay == NULL)
		return true;
	enum status st = sha256((struct bytes){ j->credential.cnf_point, sizeof(j->credential.cnf_point) }, &key);
	struct bytes parts[] = { { key.b, DIGEST_LEN }, j->presentation.id };
	if (st == OK)
		st = sha256_parts(parts, 2, &id);
	if (st != OK) {
		j->failed = st;
		return false;
	}
	int64_t until = j->presentation.iat_unix_s + 2 * window_of(j);
	enum replay_result r = replay_enter(j->question->replay, &id, until, j->now_unix_s);
	j->replay_full = r == REPLAY_FULL;
	return r == REPLAY_NEW;
}

enum yp_status
yp_portrait_matches(const struct yp_answer *a, const uint8_t *jpeg, size_t len, bool *matches)
{
	struct digest d;
	*matches = false;
	if (!a->has_portrait_digest)
		return YP_OK;
	enum status st = sha256((struct bytes){ jpeg, len }, &d);
	if (st == OK)
		*matches = memcmp(d.b, a->portrait_digest, sizeof(a->portrait_digest)) == 0;
	return (enum yp_status)st;
}
