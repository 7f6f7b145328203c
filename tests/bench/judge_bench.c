/* judge_bench.c -- how fast the library judges, beside the bare signature checks of OpenSSL on the same signatures.
 *
 * usage: judge_bench BUNDLE ROOT.PEM TOKENS ISSUER.KEY.PEM ISSUER.CERT.PEM [ROUNDS] [SECONDS]
 * TOKENS: one QR text a line, of the register that published BUNDLE; the issuer's key makes live codes.  OpenSSL and the
 * library take turns every few milliseconds, so that other work on the machine disturbs both alike; a ratio is taken within
 * its round, and the median of the rounds is told.  Rates are for each second of the thread's own processor time, as
 * `openssl speed` counts; those of several threads are added up.  Prints name=value lines. */
#include <inttypes.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "crypto/cose_sign.h"
#include "crypto/keyfile.h"
#include "crypto/qrtext.h"
#include "crypto/signature.h"
#include "verify/verifier.h"

enum { SAMPLES_MAX = 4096, LIVE_MAX = 1024, BLOCK = 32, THREADS_MAX = 64, ROUNDS_MAX = 101 };

/* One certificate or live code, and what OpenSSL alone would be given for it. */
struct signed_part { uint8_t tbs[2200], sig[SIGNATURE_LEN], der[SIGNATURE_DER_MAX]; size_t tbs_len, der_len; struct digest digest; };
struct sample {
	uint8_t text[4096]; size_t text_len;
	uint32_t idx;
	struct signed_part part;               /* the issuer's signature */
	struct signed_part shown;              /* a live code: the device's, */
	uint8_t point[33];                     /* the device's key, compressed, */
	EVP_PKEY *device;                      /* and ready */
};

struct bench {
	struct yp_verifier *verifier;
	EVP_PKEY *issuer;
	enum key_type type;
	struct digest z;
	struct sample *samples, *live;
	size_t samples_n, live_n;
	int64_t now_unix_s;
	double seconds;
};

static void
must(bool good, const char *what)
{
	if (good)
		return;
	(void)fprintf(stderr, "judge_bench: %s\n", what);
	exit(2);
}

static double
thread_s(void)
{
	struct timespec t;
	must(clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t) == 0, "no processor time of a thread");
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* ---- the bare checks ---- */

struct peer { EVP_PKEY_CTX *ecdsa; EVP_MD_CTX *md; EVP_MD *sm3; EC_GROUP *group; EC_POINT *point; };

static struct peer
peer_open(const struct bench *b)
{
	struct peer p = { .md = EVP_MD_CTX_new(), .sm3 = EVP_MD_fetch(NULL, "SM3", NULL),
		.group = EC_GROUP_new_by_curve_name(EC_curve_nist2nid("P-256")) };
	p.point = EC_POINT_new(p.group);
	if (b->type == KEY_ED25519)
		must(EVP_DigestVerifyInit_ex(p.md, NULL, NULL, NULL, NULL, b->issuer, NULL) == 1, "EVP_DigestVerifyInit");
	else
		must((p.ecdsa = EVP_PKEY_CTX_new_from_pkey(NULL, b->issuer, NULL)) != NULL && EVP_PKEY_verify_init(p.ecdsa) == 1,
		    "EVP_PKEY_verify_init");
	return p;
}

static void
peer_close(struct peer *p)
{
	EVP_PKEY_CTX_free(p->ecdsa);
	EVP_MD_CTX_free(p->md);
	EVP_MD_free(p->sm3);
	EC_POINT_free(p->point);
	EC_GROUP_free(p->group);
}

/* As `openssl speed` does: the digest of ES256 is made already, that of SM2 and Ed25519 is part of the check. */
static bool
peer_check(const struct bench *b, struct peer *p, const struct signed_part *s)
{
	if (b->type == KEY_ED25519)
		return EVP_DigestVerify(p->md, s->sig, SIGNATURE_LEN, s->tbs, s->tbs_len) == 1;
	struct digest d = s->digest;
	struct bytes parts[] = { { b->z.b, DIGEST_LEN }, { s->tbs, s->tbs_len } };
	if (b->type == KEY_SM2 && sm3_parts(parts, 2, &d) != OK)
		return false;
	return EVP_PKEY_verify(p->ecdsa, s->der, s->der_len, d.b, DIGEST_LEN) == 1;
}

static bool
peer_check_device(struct peer *p, const struct sample *s)
{
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_pkey(NULL, s->device, NULL);
	bool good = EC_POINT_oct2point(p->group, p->point, s->point, sizeof(s->point), NULL) == 1 && EVP_PKEY_verify_init(ctx) == 1 &&
	    EVP_PKEY_verify(ctx, s->shown.der, s->shown.der_len, s->shown.digest.b, DIGEST_LEN) == 1;
	EVP_PKEY_CTX_free(ctx);
	return good;
}

/* ---- work of one thread ---- */

enum work { PEER, OURS, WORKS };
struct thread {
	const struct bench *b;
	bool live;
	unsigned number;
	double took[WORKS];                    /* seconds of this thread's processor time */
	size_t done;                           /* of each */
	struct yp_answer answer;
};

static bool
work_one(struct thread *t, enum work work, struct peer *p, size_t i)
{
	const struct bench *b = t->b;
	const struct sample *s = t->live ? &b->live[i % b->live_n] : &b->samples[i % b->samples_n];
	if (work == PEER)
		return peer_check(b, p, &s->part) && (!t->live || peer_check_device(p, s));
	return yp_judge(b->verifier, s->text, s->text_len, b->now_unix_s, &t->answer) == YP_OK && t->answer.facts_proven &&
	    (!t->live || t->answer.live);
}

static void *
work_run(void *arg)
{
	struct thread *t = arg;
	struct peer p = peer_open(t->b);
	size_t from = t->number * 7919;
	t->done = 0;
	t->took[PEER] = t->took[OURS] = 0;
	for (unsigned turn = 0; t->took[PEER] + t->took[OURS] < t->b->seconds; turn++) {
		for (unsigned w = 0; w < WORKS; w++) {
			enum work work = (w + turn) % 2 == 0 ? PEER : OURS; /* who has just warmed the caches changes too */
			double began = thread_s();
			for (size_t i = 0; i < BLOCK; i++)
				must(work_one(t, work, &p, from + t->done + i), "a good signature was refused");
			t->took[work] += thread_s() - began;
		}
		t->done += BLOCK;
	}
	peer_close(&p);
	return NULL;
}

/* Both rates, of all threads together. */
static void
rates_of(const struct bench *b, bool live, unsigned threads, double rates[WORKS])
{
	static struct thread all[THREADS_MAX];
	pthread_t ids[THREADS_MAX];
	rates[PEER] = rates[OURS] = 0;
	for (unsigned i = 0; i < threads; i++) {
		all[i].b = b, all[i].live = live, all[i].number = i;
		must(pthread_create(&ids[i], NULL, work_run, &all[i]) == 0, "no thread");
	}
	for (unsigned i = 0; i < threads; i++) {
		must(pthread_join(ids[i], NULL) == 0, "no thread");
		for (unsigned w = 0; w < WORKS; w++)
			rates[w] += (double)all[i].done / all[i].took[w];
	}
}

static int
ascending(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;
	return (x > y) - (x < y);
}

static double
median(double *v, size_t n)
{
	qsort(v, n, sizeof(*v), ascending);
	return n % 2 == 1 ? v[n / 2] : (v[n / 2 - 1] + v[n / 2]) / 2;
}

static void
measure_ratio(const struct bench *b, bool live, unsigned threads, unsigned rounds, const char *name)
{
	double ratios[ROUNDS_MAX], rates[WORKS][ROUNDS_MAX];
	for (unsigned r = 0; r < rounds; r++) {
		double both[WORKS];
		rates_of(b, live, threads, both);
		rates[PEER][r] = both[PEER];
		rates[OURS][r] = both[OURS];
		ratios[r] = both[OURS] / both[PEER];
	}
	printf("%s_rate=%.0f\n%s_peer=%.0f\n", name, median(rates[OURS], rounds), name, median(rates[PEER], rounds));
	printf("%s_ratio=%.3f\n", name, median(ratios, rounds));
}

/* ---- the status list: looked up in, and inflated ---- */

static void
measure_lookup(const struct bench *b, unsigned rounds)
{
	static uint8_t scratch[STATUS_LIST_SCRATCH], raw[1 << 20];
	double lookups[ROUNDS_MAX], inflations[ROUNDS_MAX];
	const struct status_record *l = &b->verifier->state->lists[0];
	struct yp_question q = { .now_unix_s = b->now_unix_s };
	static struct yp_answer a;
	struct judgement j = { .verifier = b->verifier, .question = &q, .answer = &a, .now_unix_s = b->now_unix_s };
	j.credential.status_uri = l->list.uri;
	j.pick.trust = l->trust;
	for (unsigned r = 0; r < rounds; r++) {
		enum { LOOKUPS = 200000, INFLATIONS = 50 };
		unsigned sum = 0;
		double began = thread_s();
		for (size_t i = 0; i < LOOKUPS; i++) {
			j.credential.status_idx = b->samples[i % b->samples_n].idx;
			must(status_found(&j), "no status");
			sum += a.status_value;
		}
		lookups[r] = (thread_s() - began) / LOOKUPS;
		must(sum < LOOKUPS, "all are void");
		began = thread_s();
		for (size_t i = 0; i < INFLATIONS; i++) {
			struct buf out = BUF_OF(raw);
			must(status_list_inflate(l->list.zipped, BUF_OF(scratch), &out) == OK && out.len == l->raw.len, "inflate");
		}
		inflations[r] = (thread_s() - began) / INFLATIONS;
	}
	double lookup = median(lookups, rounds), inflation = median(inflations, rounds);
	printf("list_indices=%zu\nlookup_ns=%.1f\ninflate_ns=%.0f\nlookup_of_inflate=%.6f\n", l->raw.len * 8 / l->list.bits, lookup * 1e9,
	    inflation * 1e9, lookup / inflation);
}

/* ---- setting up ---- */

static struct buf
file_of(const char *path)
{
	struct err err = { 0 };
	struct buf out = { 0 };
	if (file_load(path, BUNDLE_LEN_MAX, &out, &err) != OK)
		must(false, err.text);
	return out;
}

static struct yp_verifier *
verifier_open(struct bytes bundle, struct bytes root, int64_t now_unix_s, double *load_s)
{
	char sentence[YP_SENTENCE_MAX] = "no memory";
	struct yp_verifier *v = NULL;
	size_t len = yp_workspace_len(yp_bundle_lists(bundle.ptr, bundle.len), STATUS_LIST_BITS_LOG2_MAX, 2);
	void *room = malloc(len);
	must(room != NULL && yp_open(room, len, &v) == YP_OK && yp_pin_root(v, root.ptr, root.len, sentence) == YP_OK, sentence);
	double began = thread_s();
	must(yp_load_bundle(v, bundle.ptr, bundle.len, now_unix_s, sentence) == YP_OK, sentence);
	*load_s = thread_s() - began;
	return v;
}

static void
measure_load(struct bench *b, struct bytes bundle, struct bytes root, unsigned rounds)
{
	double loads[ROUNDS_MAX];
	for (unsigned r = 0; r < rounds; r++) {
		b->verifier = verifier_open(bundle, root, b->now_unix_s, &loads[r]); /* kept open: its memory is not given again */
		if (r + 1 < rounds)
			yp_close(b->verifier);
	}
	printf("load_ms=%.3f\n", median(loads, rounds) * 1e3);
}

static EVP_PKEY *
pkey_of(enum key_type type, struct bytes point)
{
	char group[2][6] = { "P-256", "SM2" };
	uint8_t copy[POINT_LEN_MAX];
	EVP_PKEY *pkey = NULL;
	memcpy(copy, point.ptr, point.len);
	OSSL_PARAM params[] = {
		OSSL_PARAM_construct_utf8_string(OSSL_PKEY_PARAM_GROUP_NAME, group[type == KEY_SM2], 0),
		OSSL_PARAM_construct_octet_string(OSSL_PKEY_PARAM_PUB_KEY, copy, point.len),
		OSSL_PARAM_construct_end(),
	};
	if (type == KEY_ED25519)
		return EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, NULL, point.ptr, point.len);
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_name(NULL, type == KEY_SM2 ? "SM2" : "EC", NULL);
	must(ctx != NULL && EVP_PKEY_fromdata_init(ctx) == 1 && EVP_PKEY_fromdata(ctx, &pkey, EVP_PKEY_PUBLIC_KEY, params) == 1, "key");
	EVP_PKEY_CTX_free(ctx);
	return pkey;
}

static void
part_of(struct bytes token, enum key_type type, const struct digest *z, struct signed_part *out, struct cose *c)
{
	struct bytes tbs;
	must(cose_decode(token, COSE_OURS, c) == OK && cose_to_be_signed(c->protected_header, c->payload, BUF_OF(out->tbs), &tbs) == OK,
	    "a token is no signed object");
	out->tbs_len = tbs.len;
	memcpy(out->sig, c->signature.ptr, SIGNATURE_LEN);
	out->der_len = signature_to_der(out->sig, out->der);
	if (type != KEY_ED25519)
		must(signature_digest(type, z, tbs, &out->digest) == OK, "digest");
}

static void
samples_load(struct bench *b, struct buf file)
{
	struct bytes left = buf_view(&file);
	uint8_t mem[TOKEN_LEN_MAX];
	b->samples = calloc(SAMPLES_MAX, sizeof(*b->samples));
	must(b->samples != NULL, "no memory");
	while (left.len > 0 && b->samples_n < SAMPLES_MAX) {
		struct sample *s = &b->samples[b->samples_n];
		struct buf token = BUF_OF(mem);
		struct credential credential;
		struct cose c;
		const uint8_t *end = memchr(left.ptr, '\n', left.len);
		size_t len = end != NULL ? (size_t)(end - left.ptr) : left.len;
		must(len < sizeof(s->text), "a token is too long");
		memcpy(s->text, left.ptr, s->text_len = len);
		left = (struct bytes){ left.ptr + len + (end != NULL), left.len - len - (end != NULL) };
		if (qr_text_decode((struct bytes){ s->text, len }, &token) != OK)
			continue;
		part_of(buf_view(&token), b->type, &b->z, &s->part, &c);
		must(credential_decode(c.payload, &credential) == OK, "a token is no certificate");
		s->idx = credential.status_idx;
		b->samples_n++;
	}
	must(b->samples_n > 0, "no tokens");
}

/* A live code of the i-th certificate, issued again with a device's key in it. */
static void
live_make(const struct bench *b, struct signer *issuer, const struct sample *from, struct sample *s)
{
	static uint8_t mem[3][4096];
	struct buf token = BUF_OF(mem[0]);
	struct private_key *key = NULL;
	struct signer *device = NULL;
	struct cose c;
	struct credential cr;
	struct bytes payload, enc, shown;
	uint8_t spki_mem[256];
	struct buf spki = BUF_OF(spki_mem);
	must(private_key_generate(KEY_P256, &key) == OK && private_key_spki(key, &spki) == OK &&
	    signer_from_key(key, (struct bytes){ NULL, 0 }, &device, NULL) == OK, "a device's key");
	s->point[0] = 2 | (spki.ptr[spki.len - 1] & 1);
	memcpy(s->point + 1, spki.ptr + spki.len - 64, 32);
	s->device = pkey_of(KEY_P256, (struct bytes){ spki.ptr + spki.len - 65, 65 });
	must(qr_text_decode((struct bytes){ from->text, from->text_len }, &token) == OK && cose_decode(buf_view(&token), COSE_OURS, &c) == OK &&
	    credential_decode(c.payload, &cr) == OK, "a token");
	cr.has_cnf = true;
	memcpy(cr.cnf_point, s->point, sizeof(s->point));
	must(credential_encode(&cr, BUF_OF(mem[1]), &payload) == OK &&
	    cose_sign(issuer, TYP_CREDENTIAL, payload, BUF_OF(mem[2]), BUF_OF(mem[0]), &enc) == OK, "issuing again");
	part_of(enc, b->type, &b->z, &s->part, &c);
	struct presentation p = { .iat_unix_s = b->now_unix_s, .exp_unix_s = b->now_unix_s + 60, .id = BYTES_LIT("livecode"), .credential = enc };
	must(presentation_encode(&p, BUF_OF(mem[1]), &payload) == OK &&
	    cose_sign(device, TYP_PRESENTATION, payload, BUF_OF(mem[2]), BUF_OF(mem[0]), &shown) == OK, "showing live");
	part_of(shown, KEY_P256, NULL, &s->shown, &c);
	struct buf text = BUF_OF(s->text);
	must(qr_text_encode(BYTES_LIT("HTTPS://V.EXAMPLE.CN/V/"), shown, &text) == OK, "QR text");
	s->text_len = text.len;
	signer_close(device);
	private_key_free(key);
}

static void
live_load(struct bench *b, struct buf key_pem, struct bytes cert_der)
{
	struct private_key *key = NULL;
	struct signer *issuer = NULL;
	struct err err = { 0 };
	if (private_key_from_pem(buf_view(&key_pem), &key, &err) != OK || signer_from_key(key, cert_der, &issuer, &err) != OK)
		must(false, err.text);
	b->live = calloc(LIVE_MAX, sizeof(*b->live));
	must(b->live != NULL, "no memory");
	for (size_t i = 0; b->live_n < LIVE_MAX && i < b->samples_n; i++) {
		struct yp_answer *a = malloc(sizeof(*a));
		must(a != NULL && yp_judge(b->verifier, b->samples[i].text, b->samples[i].text_len, b->now_unix_s, a) == YP_OK, "judge");
		if (a->verdict == YP_VALID)
			live_make(b, issuer, &b->samples[i], &b->live[b->live_n++]);
		free(a);
	}
	signer_close(issuer);
	private_key_free(key);
}

int
main(int argc, char **argv)
{
	struct bench b = { .now_unix_s = clock_unix_s() };
	uint8_t der[2][CERTIFICATE_DER_LEN_MAX], point_mem[POINT_LEN_MAX];
	struct buf root = BUF_OF(der[0]), cert_der = BUF_OF(der[1]), point = BUF_OF(point_mem);
	struct certificate issuer;
	must(argc >= 6, "usage: judge_bench BUNDLE ROOT.PEM TOKENS ISSUER.KEY.PEM ISSUER.CERT.PEM [ROUNDS] [SECONDS]");
	struct buf bundle = file_of(argv[1]), root_pem = file_of(argv[2]), cert_pem = file_of(argv[5]);
	long rounds_asked = argc > 6 ? strtol(argv[6], NULL, 10) : 5, cores = sysconf(_SC_NPROCESSORS_ONLN);
	unsigned rounds = rounds_asked < 1 || rounds_asked > ROUNDS_MAX ? 5 : (unsigned)rounds_asked;
	unsigned threads = cores < 1 ? 1 : cores > THREADS_MAX ? THREADS_MAX : (unsigned)cores;
	b.seconds = argc > 7 ? strtod(argv[7], NULL) : 1;
	must(certificate_der_of(buf_view(&root_pem), &root, NULL) == OK && certificate_der_of(buf_view(&cert_pem), &cert_der, NULL) == OK &&
	    certificate_decode(buf_view(&cert_der), &issuer, NULL) == OK && public_key_point(issuer.key, &point) == OK, "a certificate");
	b.type = public_key_type(issuer.key);
	b.issuer = pkey_of(b.type, buf_view(&point));
	must(b.type != KEY_SM2 || sm2_z(point_mem, &b.z) == OK, "Z");
	measure_load(&b, buf_view(&bundle), buf_view(&root), 4 * rounds < ROUNDS_MAX ? 4 * rounds : ROUNDS_MAX);
	samples_load(&b, file_of(argv[3]));
	live_load(&b, file_of(argv[4]), buf_view(&cert_der));
	printf("algorithm=%s\nthreads=%u\n", key_type_text(b.type), threads);
	measure_ratio(&b, false, 1, rounds, "judge_1");
	measure_ratio(&b, false, threads, rounds, "judge_all");
	measure_ratio(&b, true, 1, rounds, "live");
	measure_lookup(&b, rounds);
	return 0;
}
