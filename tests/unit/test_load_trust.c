/* Taking in a trust list that its root truly signed, and that is wrong all the same. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "crypto/certify.h"
#include "crypto/cose_sign.h"
#include "tests/unit/support/world.h"

enum { OBJECT_MAX = 64 << 10 };

static struct world w;
static char sentence[YP_SENTENCE_MAX];

static int
setup(void **state)
{
	(void)state;
	world_open(&w, KEY_P256);
	world_certify(&w, BY_ISSUER, BY_ROOT, -86400, 86400);
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	world_close(&w);
	return 0;
}

static enum yp_status
loaded(struct bytes trust_list)
{
	world_bundle(&w, &trust_list, 1);
	struct yp_verifier *v = world_verifier(&w);
	enum yp_status st = yp_load_bundle(v, w.bundle.ptr, w.bundle.len, WORLD_T0, sentence);
	yp_close(v);
	return st;
}

/* A trust list with one entry, of this certificate. */
static struct bytes
list_of(struct bytes certificate, struct buf *out)
{
	static struct trust_list t;
	static uint8_t mem[OBJECT_MAX];
	struct bytes payload;
	t = (struct trust_list){ .iss = BYTES_LIT("37"), .iat_unix_s = WORLD_T0, .exp_unix_s = WORLD_T0 + 86400, .issue = 1,
		.window_s = 60, .entries_n = 1 };
	t.entries[0] = (struct trust_entry){ .certificate_der = certificate, .typs = 1u << TYP_CREDENTIAL, .state = KEY_ACTIVE,
		.iss_n = 1, .iss = { BYTES_LIT("37") } };
	assert_int_equal(trust_list_encode(&t, BUF_OF(mem), &payload), OK);
	return world_sign(&w, BY_ROOT, TYP_TRUST_LIST, payload, out);
}

static void
an_entry_must_be_a_certificate_of_a_signing_key(void **state)
{
	(void)state;
	const struct { struct bytes certificate; enum yp_status want; const char *says; } cases[] = {
		{ world_root(&w, BY_ISSUER), YP_OK, "" },
		{ BYTES_LIT("no certificate"), YP_ERR_FORMAT, "entry 1: not an X.509 certificate" },
		{ world_root(&w, BY_ROOT), YP_ERR_FORMAT, "is an authority (CA); wanted the certificate of a signing key" },
		{ world_root(&w, BY_OTHER_ROOT), YP_ERR_FORMAT, "is not certified by" },
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		static uint8_t mem[OBJECT_MAX];
		struct buf made = BUF_OF(mem);
		enum yp_status st = loaded(list_of(cases[i].certificate, &made));
		if (st != cases[i].want || strstr(sentence, cases[i].says) == NULL)
			fail_msg("case %zu: %s: %s", i, yp_status_text(st), sentence);
	}
}

/* The issuer's key, certified once more, its point written as x and the parity of y (SEC1 2.3.3). */
static struct bytes
certificate_compressed(struct buf *out)
{
	static const uint8_t head[] = { 0x30, 0x39, 0x30, 0x13, 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01, 0x06, 0x08, 0x2a, 0x86,
		0x48, 0xce, 0x3d, 0x03, 0x01, 0x07, 0x03, 0x22, 0x00 };
	uint8_t spki_mem[256], short_mem[sizeof(head) + 33];
	struct buf spki = BUF_OF(spki_mem);
	struct certificate_request rq = { .common_name = BYTES_LIT("Invented issuer 1, once more"), .organisation = BYTES_LIT("Invented office"),
		.not_before_unix_s = WORLD_T0, .not_after_unix_s = WORLD_T0 + 1000 };
	assert_int_equal(private_key_spki(w.by[BY_ISSUER].key, &spki), OK);
	const uint8_t *point = spki_mem + spki.len - 65;
	memcpy(short_mem, head, sizeof(head));
	short_mem[sizeof(head)] = 2 | (point[64] & 1);
	memcpy(short_mem + sizeof(head) + 1, point + 1, 32);
	assert_int_equal(certify_public(&rq, (struct bytes){ short_mem, sizeof(short_mem) }, w.by[BY_ROOT].key, world_root(&w, BY_ROOT), out, NULL), OK);
	return buf_view(out);
}

static void
a_compromise_reaches_the_same_key_however_its_point_is_written(void **state)
{
	(void)state;
	static struct trust_list t;
	static struct yp_answer a;
	static uint8_t mem[OBJECT_MAX], payload_mem[OBJECT_MAX], der[CERTIFICATE_DER_LEN_MAX];
	struct bytes payload;
	struct plan p = plan_good();
	struct buf out = BUF_OF(der);
	struct bytes compressed = certificate_compressed(&out);
	for (size_t bad = 0; bad < 3; bad++) { /* 2: neither */
		struct buf made = BUF_OF(mem);
		t = (struct trust_list){ .iss = BYTES_LIT("37"), .iat_unix_s = WORLD_T0, .exp_unix_s = WORLD_T0 + 86400, .issue = 1,
			.window_s = 60, .entries_n = 2 };
		for (size_t e = 0; e < 2; e++)
			t.entries[e] = (struct trust_entry){ .certificate_der = e == 0 ? compressed : world_root(&w, BY_ISSUER),
				.typs = 1u << TYP_CREDENTIAL, .state = e == bad ? KEY_COMPROMISED : KEY_ACTIVE, .iss_n = 1, .iss = { BYTES_LIT("37") } };
		assert_int_equal(trust_list_encode(&t, BUF_OF(payload_mem), &payload), OK);
		struct bytes list = world_sign(&w, BY_ROOT, TYP_TRUST_LIST, payload, &made);
		world_bundle(&w, &list, 1);
		struct yp_verifier *v = world_verifier(&w);
		if (yp_load_bundle(v, w.bundle.ptr, w.bundle.len, WORLD_T0, sentence) != YP_OK)
			fail_msg("%s", sentence);
		p.exp = 86400;
		world_token(&w, &p); /* under the certificate with the whole point */
		assert_int_equal(yp_judge(v, w.text.ptr, w.text.len, WORLD_T0 + 1, &a), YP_OK);
		assert_int_equal(a.verdict, bad == 2 ? YP_STATUS_UNKNOWN : YP_ISSUER_NOT_ALLOWED);
		yp_close(v);
	}
}

static void
its_claims_are_looked_at_behind_its_signature(void **state)
{
	(void)state;
	static uint8_t mem[OBJECT_MAX];
	struct buf made = BUF_OF(mem);
	assert_int_equal(loaded(world_sign(&w, BY_ROOT, TYP_TRUST_LIST, BYTES_LIT("\xa0"), &made)), YP_ERR_FORMAT);
	assert_non_null(strstr(sentence, "its claims: "));
}

/* In the form that the standard allows and ours does not: something stands in the unprotected header. */
static void
its_envelope_is_ours_to_the_letter(void **state)
{
	(void)state;
	static uint8_t mem[OBJECT_MAX];
	struct buf made = BUF_OF(mem);
	struct bytes list = list_of(world_root(&w, BY_ISSUER), &made);
	struct cose c;
	assert_int_equal(cose_decode(list, COSE_OURS, &c), OK);
	uint8_t *unprotected = mem + (c.protected_header.ptr + c.protected_header.len - mem);
	assert_int_equal(*unprotected, 0xa0);
	memmove(unprotected + 4, unprotected + 1, made.len - (size_t)(unprotected + 1 - mem));
	memcpy(unprotected, "\xa1\x18\x63\x00", 4);
	list.len += 3;
	assert_int_equal(cose_decode(list, COSE_STANDARD, &c), OK);
	assert_int_equal(loaded(list), YP_ERR_UNSUPPORTED);
	assert_non_null(strstr(sentence, "its envelope: "));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_entry_must_be_a_certificate_of_a_signing_key),
		cmocka_unit_test(a_compromise_reaches_the_same_key_however_its_point_is_written),
		cmocka_unit_test(its_claims_are_looked_at_behind_its_signature),
		cmocka_unit_test(its_envelope_is_ours_to_the_letter),
	};
	return cmocka_run_group_tests(tests, setup, teardown);
}
