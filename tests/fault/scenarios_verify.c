#include "tests/fault/scenarios.h"

#include "base/limits.h"
#include "crypto/certificate.h"
#include "crypto/devicekey.h"
#include "crypto/digest.h"
#include "crypto/portraitpack.h"
#include "tests/fault/faults.h"
#include "verify/yaopai_verify.h"

enum { JUDGE_ALLOCATIONS_MAX = 500 }; /* an SM2 certificate shown live takes 434, with the thread's error queue */

static _Alignas(16) uint8_t workspace[4 << 20];
static struct yp_verifier *verifier;
static struct yp_answer answer;
static struct certificate certificate;
static bool good;
static uint8_t mem[CERTIFICATE_DER_LEN_MAX];
static struct buf out;

static struct bytes
root_of(const struct goods *g)
{
	return piece_view(&g->root);
}

static enum status
pin(const struct goods *g)
{
	struct bytes root = root_of(g);
	return (enum status)yp_pin_root(verifier, root.ptr, root.len, NULL);
}

static enum status
load(const struct piece *bundle)
{
	return (enum status)yp_load_bundle(verifier, bundle->b, bundle->len, GOODS_NOW, NULL);
}

static enum status
judge_text(const struct piece *text)
{
	memset(&answer, 0xff, sizeof(answer));
	return (enum status)yp_judge(verifier, text->b, text->len, GOODS_NOW, &answer);
}

static bool
is_judged(const struct piece *text, enum yp_verdict v)
{
	return judge_text(text) == OK && answer.verdict == v;
}

static void
close_verifier(void)
{
	yp_close(verifier);
	verifier = NULL;
}

/* ---- a root is pinned ---- */

static void
open_verifier(const struct goods *g)
{
	(void)g;
	MUST(yp_open(workspace, sizeof(workspace), &verifier) == YP_OK);
}

static const char *
pin_wrong(const struct goods *g, enum status st)
{
	static const struct piece no_bundle = { .len = 1 };
	(void)g;
	return load(&no_bundle) == (st == OK ? ERR_FORMAT : ERR_ARGUMENT) ? NULL : "no root is there, or one that could not be pinned";
}

/* ---- a first bundle ---- */

static void
open_pinned(const struct goods *g)
{
	open_verifier(g);
	MUST(pin(g) == OK);
}

static enum status
load_first(const struct goods *g)
{
	return load(&g->bundle);
}

static const char *
first_wrong(const struct goods *g, enum status st)
{
	if (st == OK)
		return is_judged(&g->text, YP_VALID) ? NULL : "what was loaded does not judge";
	return judge_text(&g->text) == ERR_ARGUMENT && answer.verdict == YP_NOT_JUDGED ? NULL : "a refused bundle judges";
}

static enum status
load_compromised(const struct goods *g)
{
	return load(&g->bundle_compromised);
}

static const char *
compromised_wrong(const struct goods *g, enum status st)
{
	if (st == OK)
		return is_judged(&g->text, YP_ISSUER_NOT_ALLOWED) ? NULL : "what was loaded judges otherwise";
	return judge_text(&g->text) == ERR_ARGUMENT && answer.verdict == YP_NOT_JUDGED ? NULL : "a refused bundle judges";
}

/* ---- a second bundle, newer than the first.  Then the memory against rollback is emptied, so that the first is newer too ---- */

static bool is_void;
static uint8_t memory_empty[256], memory_before[YP_MEMORY_MAX], memory_after[YP_MEMORY_MAX];
static size_t memory_empty_len, memory_before_len, memory_after_len;

static void
keep_loaded(const struct goods *g)
{
	if (verifier != NULL)
		return;
	open_pinned(g);
	MUST(yp_get_memory(verifier, memory_empty, sizeof(memory_empty), &memory_empty_len) == YP_OK);
	MUST(load(&g->bundle) == OK);
	is_void = false;
}

static void
keep_loaded_forgetful(const struct goods *g)
{
	keep_loaded(g);
	MUST(yp_put_memory(verifier, memory_empty, memory_empty_len, NULL) == YP_OK);
	MUST(yp_get_memory(verifier, memory_before, sizeof(memory_before), &memory_before_len) == YP_OK);
}

static enum status
load_second(const struct goods *g)
{
	return load(is_void ? &g->bundle : &g->bundle_void);
}

static const char *
second_wrong(const struct goods *g, enum status st)
{
	MUST(yp_get_memory(verifier, memory_after, sizeof(memory_after), &memory_after_len) == YP_OK);
	bool is_remembered = !bytes_eq((struct bytes){ memory_before, memory_before_len }, (struct bytes){ memory_after, memory_after_len });
	is_void ^= st == OK;
	if (is_remembered != (st == OK))
		return "a refused bundle is remembered, or a taken one is not";
	if (is_judged(&g->text, is_void ? YP_VOID : YP_VALID))
		return NULL;
	return st == OK ? "the second bundle does not judge" : "a refused bundle does not leave the verifier as it was";
}

/* ---- judging ---- */

static enum status
judge_good(const struct goods *g)
{
	return judge_text(&g->text);
}

static enum status
judge_forged(const struct goods *g)
{
	return judge_text(&g->text_forged);
}

static const char *
judged_wrong(enum status st, enum yp_verdict v)
{
	if (heap_used().openssl > JUDGE_ALLOCATIONS_MAX)
		return "one judgement allocates without bound";
	if (answer.verdict != (st == OK ? v : YP_NOT_JUDGED))
		return yp_verdict_text(answer.verdict);
	return answer.facts_proven == (st == OK && v == YP_VALID) ? NULL : "facts are proven, or not";
}

static const char *
judged_good_wrong(const struct goods *g, enum status st)
{
	(void)g;
	return judged_wrong(st, YP_VALID);
}

static const char *
judged_forged_wrong(const struct goods *g, enum status st)
{
	(void)g;
	return judged_wrong(st, YP_FORGED);
}

/* ---- judging a live code ---- */

static _Alignas(16) uint8_t replay_mem[1024];
static struct yp_replay *replay;

static void
keep_loaded_fresh(const struct goods *g)
{
	keep_loaded(g);
	MUST(yp_replay_len(4) > 0 && yp_replay_len(4) <= sizeof(replay_mem));
	MUST(yp_replay_open(replay_mem, yp_replay_len(4), true, &replay) == YP_OK);
}

static enum status
judge_live_text(const struct piece *text)
{
	struct yp_question q = { .now_unix_s = GOODS_NOW, .replay = replay };
	memset(&answer, 0xff, sizeof(answer));
	return (enum status)yp_judge_asked(verifier, text->b, text->len, &q, &answer);
}

static enum status
judge_live(const struct goods *g)
{
	return judge_live_text(&g->live);
}

static const char *
judged_live_wrong(const struct goods *g, enum status st)
{
	const char *wrong = judged_wrong(st, YP_VALID);
	if (wrong != NULL || answer.live != (st == OK))
		return wrong != NULL ? wrong : "live, or not";
	if (judge_live_text(&g->live) != OK || answer.verdict != (st == OK ? YP_REPLAYED : YP_VALID))
		return "a live code that was not judged counts as seen, or one that was does not";
	return NULL;
}

static enum status
judge_live_forged(const struct goods *g)
{
	return judge_live_text(&g->live_forged);
}

static const char *
judged_live_forged_wrong(const struct goods *g, enum status st)
{
	(void)g;
	if (answer.verdict != (st == OK ? YP_PRESENTATION_FORGED : YP_NOT_JUDGED))
		return yp_verdict_text(answer.verdict);
	return answer.live ? "live" : NULL;
}

static enum status
compare_portrait(const struct goods *g)
{
	return (enum status)yp_portrait_matches(&answer, g->root.b, g->root.len, &good);
}

static void
keep_portrait(const struct goods *g)
{
	struct digest d;
	MUST(sha256(root_of(g), &d) == OK);
	answer.has_portrait_digest = true;
	memcpy(answer.portrait_digest, d.b, sizeof(answer.portrait_digest));
	good = true;
}

/* ---- a portrait in a pack ---- */

static uint8_t pack_mem[PORTRAIT_LEN_MIN + 2 * PORTRAIT_PACK_HEAD_MAX];
static struct portrait_pack pack;
static struct bytes pack_digest, found;

static void
keep_pack(const struct goods *g)
{
	static uint8_t jpeg[PORTRAIT_LEN_MIN], digest[PORTRAIT_DIGEST_LEN];
	struct buf room = BUF_OF(pack_mem);
	(void)g;
	MUST(portrait_digest((struct bytes){ jpeg, sizeof(jpeg) }, digest) == OK);
	pack_digest = (struct bytes){ digest, sizeof(digest) };
	MUST(portrait_pack_start(&room) == OK && portrait_pack_head(pack_digest, sizeof(jpeg), &room) == OK);
	memcpy(room.ptr + room.len, jpeg, sizeof(jpeg));
	room.len += sizeof(jpeg);
	MUST(portrait_pack_open(buf_view(&room), &pack) == OK);
	found = (struct bytes){ NULL, 0 };
}

static enum status
find_portrait(const struct goods *g)
{
	(void)g;
	return portrait_pack_find(&pack, pack_digest, &found);
}

static const char *
found_wrong(const struct goods *g, enum status st)
{
	(void)g;
	return found.len == (st == OK ? PORTRAIT_LEN_MIN : 0) ? NULL : "a picture that was not compared is handed out";
}

/* ---- certificates ---- */

static enum status
decode(struct bytes der)
{
	memset(&certificate, 0xff, sizeof(certificate));
	return certificate_decode(der, &certificate, NULL);
}

static enum status
decode_good(const struct goods *g)
{
	return decode(piece_view(&g->issuer));
}

static enum status
decode_cut(const struct goods *g)
{
	return decode((struct bytes){ g->issuer.b, g->issuer.len - 1 });
}

static const char *
decoded_wrong(const struct goods *g, enum status st)
{
	struct certificate untouched;
	memset(&untouched, 0xff, sizeof(untouched));
	if (st != OK)
		return memcmp(&certificate, &untouched, sizeof(untouched)) == 0 ? NULL : "a refused certificate is half written";
	bool is_right = public_key_type(certificate.key) == g->type && !certificate.is_ca && !certificate.is_self_issued &&
	    strstr(certificate.subject, "CN=Invented issuer 1") != NULL;
	certificate_clear(&certificate);
	return is_right ? NULL : "decoded to something else";
}

static void
decode_root(const struct goods *g)
{
	MUST(certificate_decode(root_of(g), &certificate, NULL) == OK);
	good = true;
}

static void
clear_certificate(void)
{
	certificate_clear(&certificate);
}

static enum status
check_issuer(const struct goods *g)
{
	return certificate_check_signature(piece_view(&g->issuer), root_of(g), &certificate, &good);
}

static const char *
good_wrong(const struct goods *g, enum status st)
{
	(void)g;
	return good == (st == OK) ? NULL : "what holds does not, or what could not be checked does";
}

static enum status
check_stranger(const struct goods *g)
{
	return certificate_check_signature(piece_view(&g->other_root), root_of(g), &certificate, &good);
}

static const char *
check_stranger_wrong(const struct goods *g, enum status st)
{
	(void)g, (void)st;
	return good ? "another root's certificate counts as this one's" : NULL;
}

/* ---- keys ---- */

static enum status
key_of_point(const struct goods *g)
{
	struct public_key *key = NULL;
	enum status st = public_key_from_point(g->type, piece_view(&g->point), &key);
	if (st == OK)
		st = public_key_point(key, &out);
	public_key_free(key);
	return st;
}

static const char *
whole_point_wrong(const struct goods *g, enum status st)
{
	if (st != OK)
		return out.len == 0 ? NULL : "something was appended";
	return bytes_eq(buf_view(&out), piece_view(&g->whole_point)) ? NULL : "another point";
}

static enum status
read_device_key(const struct goods *g)
{
	enum status st = device_key_decode(piece_view(&g->whole_point), mem, NULL);
	out.len = st == OK ? g->point.len : 0;
	return st;
}

static const char *
point_wrong(const struct goods *g, enum status st)
{
	static const uint8_t none[33];
	if (st != OK)
		return memcmp(mem, none, sizeof(none)) == 0 ? NULL : "a key that could not be read is given out";
	return bytes_eq(buf_view(&out), piece_view(&g->point)) ? NULL : "another key";
}

/* ---- PEM ---- */

static void
empty_out(const struct goods *g)
{
	(void)g;
	memset(mem, 0, sizeof(mem));
	out = BUF_OF(mem);
}

static enum status
pem_to_der(const struct goods *g)
{
	return certificate_der_of(piece_view(&g->root_pem), &out, NULL);
}

static const char *
der_wrong(const struct goods *g, enum status st)
{
	if (st != OK)
		return out.len == 0 ? NULL : "something was appended";
	return bytes_eq(buf_view(&out), root_of(g)) ? NULL : "another certificate";
}

static enum status
two_pems_to_der(const struct goods *g)
{
	return certificate_der_of(piece_view(&g->two_pems), &out, NULL);
}

static enum status
der_to_pem(const struct goods *g)
{
	return certificate_to_pem(root_of(g), &out);
}

static const char *
pem_wrong(const struct goods *g, enum status st)
{
	if (st != OK)
		return out.len == 0 ? NULL : "something was appended";
	return bytes_eq(buf_view(&out), piece_view(&g->root_pem)) ? NULL : "another text";
}

const struct scenario verify_scenarios[] = {
	{ "a root is pinned", OK, COLD, open_verifier, pin, pin_wrong, close_verifier, NULL },
	{ "a first bundle is loaded", OK, ONCE, open_pinned, load_first, first_wrong, close_verifier, NULL },
	{ "a bundle with a compromised key is loaded", OK, EACH_TYPE, open_pinned, load_compromised, compromised_wrong, close_verifier, NULL },
	{ "another bundle is loaded", OK, EACH_TYPE, keep_loaded_forgetful, load_second, second_wrong, NULL, close_verifier },
	{ "a good certificate is judged", OK, EACH_TYPE, keep_loaded, judge_good, judged_good_wrong, NULL, close_verifier },
	{ "a forged certificate is judged", OK, EACH_TYPE, keep_loaded, judge_forged, judged_forged_wrong, NULL, close_verifier },
	{ "a live code is judged", OK, EACH_TYPE, keep_loaded_fresh, judge_live, judged_live_wrong, NULL, close_verifier },
	{ "another device's live code is judged", OK, ONCE, keep_loaded_fresh, judge_live_forged, judged_live_forged_wrong, NULL,
	    close_verifier },
	{ "a portrait is compared", OK, ONCE, keep_portrait, compare_portrait, good_wrong, NULL, NULL },
	{ "a portrait is found in a pack", OK, ONCE, keep_pack, find_portrait, found_wrong, NULL, NULL },
	{ "an X.509 certificate is decoded", OK, EACH_TYPE, NULL, decode_good, decoded_wrong, NULL, NULL },
	{ "a cut X.509 certificate is refused", ERR_FORMAT, ONCE, NULL, decode_cut, decoded_wrong, NULL, NULL },
	{ "a root's signature is checked", OK, EACH_TYPE, decode_root, check_issuer, good_wrong, clear_certificate, NULL },
	{ "another root's signature is refused", OK, ONCE, decode_root, check_stranger, check_stranger_wrong, clear_certificate, NULL },
	{ "a point becomes a key and a point again", OK, EACH_TYPE, empty_out, key_of_point, whole_point_wrong, NULL, NULL },
	{ "a device's key is read", OK, ONCE, empty_out, read_device_key, point_wrong, NULL, NULL },
	{ "PEM becomes DER", OK, ONCE, empty_out, pem_to_der, der_wrong, NULL, NULL },
	{ "two PEM blocks are refused", ERR_FORMAT, ONCE, empty_out, two_pems_to_der, der_wrong, NULL, NULL },
	{ "DER becomes PEM", OK, ONCE, empty_out, der_to_pem, pem_wrong, NULL, NULL },
	{ 0 },
};
