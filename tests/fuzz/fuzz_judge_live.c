/* fuzz_judge_live -- live codes behind their signatures: any presentation of any claims, both really signed, whatever the site asks and
 * whenever, gets the verdict that docs/formats.md 8 and 10 read as plain conditions give it; and none is good twice where a site
 * remembers.  The device's key is the example receipt key.
 * Input: CBOR sequence of uint what the site asks (bits below), uint now, bstr presentation payload in which the credential's place
 * holds its payload alone; it is signed here. */
#include "crypto/cbor.h"
#include "crypto/presentation.h"
#include "tests/fuzz/answer.h"
#include "tests/fuzz/example.h"
#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/oracle.h"
#include "tests/fuzz/tree.h"

enum { ASK_LIVE = 1, ASK_CHALLENGE = 2, ASK_AUDIENCE = 4, OTHER_DEVICE = 8, ASK_ALL = 15, NOW_MAX_LOG2 = 40, REPLAY_ENTRIES = 4 };

static const char challenge[] = "challenge", audience[] = "https://gate.example";

struct shown { uint64_t asks, now; struct bytes payload; };

static bool
read_input(struct bytes in, struct shown *s)
{
	struct cbor_reader r = cbor_reader(in, CBOR_RELAXED);
	s->asks = cbor_read_uint(&r);
	s->now = cbor_read_uint(&r);
	s->payload = cbor_read_bytes(&r);
	return cbor_finish(&r) == OK && s->asks <= ASK_ALL && s->now <= (uint64_t)1 << NOW_MAX_LOG2;
}

/* The payload with a signed credential in it; as it is, if it is no presentation's. */
static bool
complete(struct bytes payload, const struct presentation *p, struct buf *out)
{
	static uint8_t credential_mem[2 * TOKEN_LEN_MAX];
	struct buf credential = BUF_OF(credential_mem);
	struct bytes enc = payload;
	if (p != NULL) {
		struct presentation whole = *p;
		example_sign(EXAMPLE_INTL, EXAMPLE_ISSUER, TYP_CREDENTIAL, p->credential, &credential);
		whole.credential = buf_view(&credential);
		if (presentation_encode(&whole, *out, &enc) != OK)
			return false;
	} else
		memcpy(out->ptr, payload.ptr, payload.len);
	out->len = enc.len;
	return true;
}

static bool
is_device_of(const struct credential *c)
{
	uint8_t device[33];
	example_device_point(device);
	return memcmp(c->cnf_point, device, sizeof(device)) == 0;
}

static enum yp_verdict
expected(const struct shown *s, const struct presentation *p)
{
	struct credential c;
	int64_t now = (int64_t)s->now, window = oracle_window_s();
	enum yp_verdict v = oracle_verdict(p->credential, now, &c);
	if (v != YP_VALID)
		return v;
	if (!c.has_cnf)
		return YP_POSSESSION_UNPROVEN;
	if ((s->asks & OTHER_DEVICE) != 0 || !is_device_of(&c))
		return YP_PRESENTATION_FORGED;
	if (p->iat_unix_s > now + window)
		return YP_CLOCK_SKEW;
	if (now > p->iat_unix_s + window || now >= p->exp_unix_s)
		return YP_PRESENTATION_STALE;
	if ((s->asks & ASK_CHALLENGE) != 0 && !bytes_eq(p->nonce, bytes_str(challenge)))
		return YP_CHALLENGE_FAILED;
	if ((s->asks & ASK_AUDIENCE) != 0 && !bytes_eq(p->audience, bytes_str(audience)))
		return YP_CHALLENGE_FAILED;
	return YP_VALID;
}

static struct yp_question
question(const struct shown *s)
{
	struct yp_question q = { .now_unix_s = (int64_t)s->now, .must_be_live = (s->asks & ASK_LIVE) != 0 };
	if ((s->asks & ASK_CHALLENGE) != 0)
		q.challenge = (struct yp_bytes){ bytes_str(challenge).ptr, strlen(challenge) };
	if ((s->asks & ASK_AUDIENCE) != 0)
		q.audience = (struct yp_text){ audience, strlen(audience) };
	return q;
}

static struct yp_replay *
fresh_replay(void)
{
	static _Alignas(16) uint8_t mem[4096];
	struct yp_replay *r = NULL;
	must(yp_replay_len(REPLAY_ENTRIES) <= sizeof(mem));
	must(yp_replay_open(mem, yp_replay_len(REPLAY_ENTRIES), true, &r) == YP_OK);
	return r;
}

static void
judge(struct bytes token, const struct yp_question *q, enum yp_verdict v)
{
	static struct yp_answer a;
	must(yp_judge_asked(oracle_verifier(), token.ptr, token.len, q, &a) == YP_OK);
	answer_check(&a);
	must(a.verdict == v);
	must(a.live == (v == YP_VALID));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static uint8_t payload_mem[4 * TOKEN_LEN_MAX], token_mem[8 * TOKEN_LEN_MAX];
	struct buf payload = BUF_OF(payload_mem), token = BUF_OF(token_mem);
	struct presentation p;
	struct shown s;
	(void)oracle_verifier();
	if (!read_input((struct bytes){ data, size }, &s) || s.payload.len > TOKEN_LEN_MAX)
		return -1;
	enum status st = presentation_decode(s.payload, &p);
	if (!complete(s.payload, st == OK ? &p : NULL, &payload))
		return -1;
	enum example_role device = (s.asks & OTHER_DEVICE) != 0 ? EXAMPLE_STATUS : EXAMPLE_RECEIPT;
	example_sign(EXAMPLE_INTL, device, TYP_PRESENTATION, buf_view(&payload), &token);
	if (token.len > TOKEN_LEN_MAX)
		return -1;
	enum yp_verdict v = st == OK ? expected(&s, &p) : st == ERR_UNSUPPORTED ? YP_UNSUPPORTED : YP_UNREADABLE;
	struct yp_question q = question(&s);
	judge(buf_view(&token), &q, v);
	q.replay = fresh_replay();
	judge(buf_view(&token), &q, v);
	judge(buf_view(&token), &q, v == YP_VALID ? YP_REPLAYED : v);
	return 0;
}

size_t
LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max_size, unsigned seed)
{
	return tree_mutate(&tree_cbor, data, size, max_size, seed);
}
