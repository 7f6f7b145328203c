/* emit -- the cases of tests/verdicts.txt, and mutants of real objects, with our verdicts, for another verifier (README.md). */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>

#include "base/text.h"
#include "crypto/cbor.h"
#include "crypto/cose_sign.h"
#include "crypto/qrtext.h"
#include "tests/unit/support/verdict_table.h"

enum { ROOM = 256 << 10 };

/* key NULL: a value alone */
static void
put_hex(const char *key, struct bytes b)
{
	static char hex[2 * ROOM + 1];
	assert_true(b.len <= ROOM);
	hex_encode(b, hex);
	if (key != NULL)
		(void)printf("\"%s\":", key);
	(void)printf("\"%s\"", hex);
}

static void
put_question(const struct yp_question *q)
{
	(void)printf("\"ask\":{\"age\":%lld,\"live\":%s,\"aud\":\"%.*s\",", (long long)q->status_age_max_s, q->must_be_live ? "true" : "false",
	    (int)q->audience.len, q->audience.len > 0 ? q->audience.ptr : "");
	put_hex("nonce", (struct bytes){ q->challenge.ptr, q->challenge.len });
	(void)putchar('}');
}

/* ---- the table ---- */

struct emission { struct world world; const char *type; };

static void
emit_case(void *ctx, const struct verdict_case *c)
{
	static const char *const replays[] = { "none", "first_use", "second_use", "full", "first_use" };
	struct emission *e = ctx;
	struct yp_question q = world_question(&e->world, &c->plan);
	world_make(&e->world, &c->plan);
	(void)printf("{\"id\":\"%s, line %d: %.*s\",\"wanted\":\"%.*s\",\"now\":%lld,\"replay\":\"%s\",", e->type, c->line, BYTES_FMT(c->name),
	    BYTES_FMT(c->verdict), (long long)q.now_unix_s, replays[c->plan.replay]);
	put_question(&q);
	(void)putchar(','), put_hex("text", buf_view(&e->world.text));
	(void)putchar(','), put_hex("bundle", buf_view(&e->world.bundle));
	(void)printf(",\"roots\":["), put_hex(NULL, world_root(&e->world, BY_ROOT));
	if (c->plan.other_root == OTHER_PINNED)
		(void)putchar(','), put_hex(NULL, world_root(&e->world, BY_OTHER_ROOT));
	(void)puts("]}");
}

/* ---- mutants ---- */

static uint64_t seed;

static uint32_t
below(uint32_t n) /* xorshift64*; the seed is printed with each mutant's number, so any can be made again */
{
	seed ^= seed >> 12, seed ^= seed << 25, seed ^= seed >> 27;
	return (uint32_t)((seed * 0x2545f4914f6cdd1du) >> 33) % n;
}

/* One to three edits: a bit, a byte, a number's neighbour, bytes taken out, put in twice, or moved. */
static size_t
mutate(uint8_t *b, size_t len, size_t cap)
{
	for (uint32_t edits = 1 + below(3); edits > 0 && len > 4; edits--) {
		size_t at = below((uint32_t)len), n = 1 + below(6);
		n = n < len - at ? n : len - at;
		switch (below(7)) {
		case 0: b[at] ^= (uint8_t)(1u << below(8)); break;
		case 1: b[at] = (uint8_t)below(256); break;
		case 2: b[at]++; break;
		case 3: b[at]--; break;
		case 4:
			memmove(b + at, b + at + n, len - at - n);
			len -= n;
			break;
		case 5:
			if (len + n <= cap) {
				memmove(b + at + n, b + at, len - at);
				len += n;
			}
			break;
		default: {
			uint8_t moved = b[at];
			size_t to = below((uint32_t)len);
			b[at] = b[to];
			b[to] = moved;
		}
		}
	}
	return len;
}

struct stock { /* one good world: its parts, to be changed and put together again */
	struct world world;
	struct plan plan;
	uint8_t trust[ROOM], list[ROOM], token[ROOM], live[ROOM];
	size_t trust_len, list_len, token_len, live_len;
};

static size_t
keep(uint8_t *to, struct bytes from)
{
	assert_true(from.len <= ROOM);
	memcpy(to, from.ptr, from.len);
	return from.len;
}

static void
stock_open(struct stock *s, enum key_type type)
{
	static uint8_t mem[ROOM];
	struct buf made = BUF_OF(mem);
	world_open(&s->world, type);
	s->plan = plan_good();
	s->plan.policy = 1;
	s->trust_len = keep(s->trust, world_trust_list(&s->world, &s->plan, &made));
	s->list_len = keep(s->list, world_status_list(&s->world, &s->plan, &made));
	world_token(&s->world, &s->plan);
	s->token_len = keep(s->token, buf_view(&s->world.token));
	s->plan.shown = 1;
	s->plan.nonce = 1, s->plan.aud = 1;
	world_show_live(&s->world, &s->plan);
	s->live_len = keep(s->live, buf_view(&s->world.token));
}

/* The payload of a signed object changed, and signed again by the same key. */
static size_t
resign(struct signer *signer, uint8_t *object, size_t len)
{
	static uint8_t payload[ROOM], scratch[ROOM], out[ROOM];
	struct cose c;
	struct bytes enc;
	assert_int_equal(cose_decode((struct bytes){ object, len }, COSE_STANDARD, &c), OK);
	size_t n = keep(payload, c.payload);
	n = mutate(payload, n, ROOM / 2);
	assert_int_equal(cose_sign(signer, c.typ, (struct bytes){ payload, n }, BUF_OF(scratch), BUF_OF(out), &enc), OK);
	return keep(object, enc);
}

enum { BEND_TOKEN, BEND_LIVE, BEND_TRUST, BEND_LIST, BEND_BUNDLE, SIGN_TOKEN, SIGN_LIVE, SIGN_TRUST, SIGN_LIST, SIGN_INNER, BENDS };

static void
put_together(struct stock *s, unsigned bend)
{
	struct world *w = &s->world;
	static uint8_t trust[ROOM], list[ROOM], token[ROOM];
	bool live = bend == BEND_LIVE || bend == SIGN_LIVE || bend == SIGN_INNER;
	size_t trust_len = keep(trust, (struct bytes){ s->trust, s->trust_len }), list_len = keep(list, (struct bytes){ s->list, s->list_len });
	size_t token_len = keep(token, live ? (struct bytes){ s->live, s->live_len } : (struct bytes){ s->token, s->token_len });
	if (bend == BEND_TOKEN || bend == BEND_LIVE)
		token_len = mutate(token, token_len, TOKEN_LEN_MAX);
	if (bend == SIGN_TOKEN)
		token_len = resign(w->by[BY_ISSUER].signer, token, token_len);
	if (bend == SIGN_LIVE)
		token_len = resign(w->device.signer, token, token_len);
	if (bend == SIGN_INNER) {
		w->token.len = keep(w->token.ptr, (struct bytes){ s->token, s->token_len });
		w->token.len = resign(w->by[BY_ISSUER].signer, w->token.ptr, w->token.len);
		world_show_live(w, &s->plan);
		token_len = keep(token, buf_view(&w->token));
	}
	if (bend == BEND_TRUST)
		trust_len = mutate(trust, trust_len, ROOM);
	if (bend == SIGN_TRUST)
		trust_len = resign(w->by[BY_ROOT].signer, trust, trust_len);
	if (bend == BEND_LIST)
		list_len = mutate(list, list_len, ROOM);
	if (bend == SIGN_LIST)
		list_len = resign(w->by[BY_STATUS].signer, list, list_len);
	struct bytes parts[2] = { { trust, trust_len }, { list, list_len } };
	world_bundle(w, parts, 2);
	if (bend == BEND_BUNDLE)
		w->bundle.len = mutate(w->bundle.ptr, w->bundle.len, w->bundle.cap);
	w->text.len = keep(w->text.ptr, (struct bytes){ token, token_len });
}

static const char *
verdict_of(struct world *w, int64_t now)
{
	static struct yp_answer a;
	struct yp_verifier *v = world_verifier(w);
	const char *verdict = "REFUSED";
	if (yp_load_bundle(v, w->bundle.ptr, w->bundle.len, WORLD_T0, NULL) == YP_OK) {
		assert_int_equal(yp_judge(v, w->text.ptr, w->text.len, now, &a), YP_OK);
		verdict = yp_verdict_text(a.verdict);
	}
	yp_close(v);
	return verdict;
}

static void
emit_mutants(unsigned count)
{
	static struct stock stocks[2];
	static const enum key_type types[] = { KEY_P256, KEY_ED25519 };
	for (size_t t = 0; t < 2; t++) {
		stock_open(&stocks[t], types[t]);
		(void)printf("{\"define\":\"@root%zu\",", t), put_hex("hex", world_root(&stocks[t].world, BY_ROOT)), (void)puts("}");
		put_together(&stocks[t], BENDS);
		(void)printf("{\"define\":\"@bundle%zu\",", t), put_hex("hex", buf_view(&stocks[t].world.bundle)), (void)puts("}");
	}
	for (unsigned n = 0; n < count; n++) {
		size_t t = below(2);
		unsigned bend = below(BENDS);
		struct stock *s = &stocks[t];
		int64_t now = WORLD_T0 + s->plan.now;
		bool is_good_bundle = bend == BEND_TOKEN || bend == BEND_LIVE || bend == SIGN_TOKEN || bend == SIGN_LIVE || bend == SIGN_INNER;
		put_together(s, bend);
		(void)printf("{\"id\":\"mutant %u, bend %u\",\"wanted\":\"%s\",\"now\":%lld,\"replay\":\"none\",", n, bend, verdict_of(&s->world, now),
		    (long long)now);
		put_question(&(struct yp_question){ .now_unix_s = now });
		(void)putchar(','), put_hex("text", buf_view(&s->world.text));
		if (is_good_bundle)
			(void)printf(",\"bundle\":\"@bundle%zu\"", t);
		else
			(void)putchar(','), put_hex("bundle", buf_view(&s->world.bundle));
		(void)printf(",\"roots\":[\"@root%zu\"]}\n", t);
	}
	for (size_t t = 0; t < 2; t++)
		world_close(&stocks[t].world);
}

int
main(int argc, char **argv)
{
	static const struct { enum key_type type; const char *name; } types[] = { { KEY_P256, "ES256" }, { KEY_ED25519, "Ed25519" }, { KEY_SM2, "SM2" } };
	static struct emission e;
	uint64_t count = 0;
	if (argc == 2 && strcmp(argv[1], "cases") == 0) {
		for (size_t i = 0; i < 3; i++) {
			e.type = types[i].name;
			world_open(&e.world, types[i].type);
			verdict_table_each(emit_case, &e);
			world_close(&e.world);
		}
	} else if (argc == 4 && strcmp(argv[1], "mutants") == 0 && text_uint(bytes_str(argv[2]), &count) == OK &&
	    text_uint(bytes_str(argv[3]), &seed) == OK && seed != 0) {
		emit_mutants((unsigned)count);
	} else {
		(void)fputs("usage: emit cases | emit mutants N SEED\n", stderr);
		return 2;
	}
	return fflush(stdout) == 0 ? 0 : 2;
}
