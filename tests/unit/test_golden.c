/* The golden vectors: the hex of docs/formats.md is the hex of tests/golden, decodes, encodes again to the same bytes, and is
 * signed by the example keys. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>

#include "base/file.h"
#include "base/text.h"
#include "crypto/certificate.h"
#include "crypto/credential.h"
#include "crypto/statuslist.h"
#include "crypto/trustlist.h"
#include "registry/key_change.h"
#include "registry/operator.h"
#include "registry/proposal.h"
#include "crypto/wrap.h"
#include "registry/erase.h"
#include "registry/reseal.h"
#include "registry/reveal.h"
#include "registry/registry.h"
#include "registry/review.h"
#include "registry/backup.h"
#include "registry/rules.h"
#include "registry/upgraded.h"
#include "registry/settings.h"
#include "registry/succession.h"
#include "tools/verifier/sitelog_record.h"
#include "tests/unit/support/golden_codecs.h"
#include "verify/yaopai_verify.h"

enum { DOCUMENT_MAX = 1 << 20, NOW = 1800000120 };

struct golden { uint8_t mem[GOLDEN_LEN_MAX]; size_t len; };

static struct bytes
golden_view(const struct golden *g)
{
	return (struct bytes){ g->mem, g->len };
}

/* A text without its white space, from hex if is_hex. */
static void
take(struct bytes text, bool is_hex, struct golden *out)
{
	static uint8_t dense[2 * GOLDEN_LEN_MAX];
	struct buf raw = { out->mem, sizeof(out->mem), 0 };
	size_t n = 0;
	for (size_t i = 0; i < text.len; i++)
		if (text.ptr[i] > ' ') {
			assert_true(n < sizeof(dense));
			dense[n++] = text.ptr[i];
		}
	if (is_hex) {
		assert_int_equal(hex_decode((struct bytes){ dense, n }, &raw), OK);
		out->len = raw.len;
	} else {
		memcpy(out->mem, dense, n);
		out->len = n;
	}
	assert_true(out->len > 0);
}

static void
load_file(const char *name, struct golden *out)
{
	char path[200];
	struct buf file = { 0 };
	bool is_hex = strcmp(name, "qr-text") != 0;
	bool says_version = strstr(name, ".v") != NULL;
	(void)snprintf(path, sizeof(path), "tests/golden/%s%s.%s", name, says_version ? "" : ".v1", is_hex ? "hex" : "txt");
	assert_int_equal(file_load(path, GOLDEN_LEN_MAX * 4, &file, NULL), OK);
	take(buf_view(&file), is_hex, out);
	free(file.ptr);
}

static const char *const names[] = { "sig-structure", "credential-payload", "credential-token-es256", "credential-token-sm2", "qr-text",
	"status-list-payload", "status-list-token", "trust-list-payload", "trust-list-token", "bundle-es256", "bundle-sm2", "event", "settings",
	"body-entered", "body-record", "holder-entered", "holder-entered-device", "holder-entered-again", "rules-set", "holder-record", "person-record", "credential-issued", "credential-record",
	"standing-changed", "body-entered-matters", "body-record.v2", "body-succeeded", "reviewed", "review-record", "holder-entered-ministry",
	"person-record.v2", "credential-issued-body", "credential-record.v2", "operator-entered", "operator-record", "policy-entered",
	"policy-record", "proposed-decision", "proposed-issue", "proposed", "proposal-resolved", "proposal-record", "keys-changed",
	"sitelog-opening", "sitelog-record", "revealed", "revealed-list", "erased", "person-record-erased", "resealed", "wrapped-key-intl",
	"wrapped-key-gm", "upgraded", "backup-head", "backup-sealed", "backup-file", "backup-end", "credential-issued-number" };

static void
the_document_shows_the_golden_bytes(void **state)
{
	(void)state;
	static struct golden shown, kept;
	struct buf document = { 0 };
	assert_int_equal(file_load("docs/formats.md", DOCUMENT_MAX, &document, NULL), OK);
	size_t blocks = 0;
	for (const char *p = (const char *)document.ptr; (p = strstr(p, "```hex ")) != NULL; p++)
		blocks++;
	assert_int_equal(blocks, sizeof(names) / sizeof(names[0]) - 1); /* and the one text */
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		char fence[64];
		bool is_hex = strcmp(names[i], "qr-text") != 0;
		(void)snprintf(fence, sizeof(fence), "```%s %s\n", is_hex ? "hex" : "text", names[i]);
		const char *from = strstr((const char *)document.ptr, fence);
		assert_non_null(from);
		from += strlen(fence);
		const char *to = strstr(from, "```");
		assert_non_null(to);
		take((struct bytes){ (const uint8_t *)from, (size_t)(to - from) }, is_hex, &shown);
		load_file(names[i], &kept);
		assert_true(bytes_eq(golden_view(&shown), golden_view(&kept)));
	}
	free(document.ptr);
}

/* ---- signed objects ---- */

static void
load_certificate(const char *path, struct golden *der, struct certificate *out)
{
	struct buf pem = { 0 }, room = { der->mem, sizeof(der->mem), 0 };
	assert_int_equal(file_load(path, GOLDEN_LEN_MAX, &pem, NULL), OK);
	assert_int_equal(certificate_der_of(buf_view(&pem), &room, NULL), OK);
	der->len = room.len;
	assert_int_equal(certificate_decode(golden_view(der), out, NULL), OK);
	free(pem.ptr);
}

static void
assert_signed_by(const char *token_name, const char *certificate_path, const char *payload_name)
{
	static struct golden token, payload, der;
	static uint8_t tbs_mem[GOLDEN_LEN_MAX];
	struct certificate c = { .key = NULL };
	struct cose cose;
	struct bytes tbs;
	bool good = false;
	load_file(token_name, &token);
	load_certificate(certificate_path, &der, &c);
	assert_int_equal(cose_decode(golden_view(&token), COSE_OURS, &cose), OK);
	assert_memory_equal(cose.kid.ptr, c.kid, KID_LEN);
	if (payload_name != NULL) {
		load_file(payload_name, &payload);
		assert_true(bytes_eq(cose.payload, golden_view(&payload)));
	}
	assert_int_equal(cose_to_be_signed(cose.protected_header, cose.payload, BUF_OF(tbs_mem), &tbs), OK);
	assert_int_equal(signature_check(c.key, cose.alg, tbs, cose.signature, &good), OK);
	assert_true(good);
	certificate_clear(&c);
}

static void
golden_tokens_are_signed_by_the_example_keys(void **state)
{
	(void)state;
	static struct golden token, want;
	static uint8_t mem[GOLDEN_LEN_MAX];
	struct cose cose;
	struct bytes got;
	assert_signed_by("credential-token-es256", "keys.example/intl/issuer.cert.pem", "credential-payload");
	assert_signed_by("credential-token-sm2", "keys.example/gm/issuer.cert.pem", "credential-payload");
	assert_signed_by("status-list-token", "keys.example/intl/status.cert.pem", "status-list-payload");
	assert_signed_by("trust-list-token", "keys.example/intl/root.cert.pem", "trust-list-payload");
	load_file("credential-token-es256", &token);
	load_file("sig-structure", &want);
	assert_int_equal(cose_decode(golden_view(&token), COSE_OURS, &cose), OK);
	assert_int_equal(cose_to_be_signed(cose.protected_header, cose.payload, BUF_OF(mem), &got), OK);
	assert_true(bytes_eq(got, golden_view(&want)));
}

static enum yp_verdict
judged(const char *bundle_name, const char *root_path, struct bytes text)
{
	static struct golden bundle, der;
	struct certificate c = { .key = NULL };
	struct yp_verifier *v = NULL;
	static struct yp_answer answer;
	size_t len = yp_workspace_len(1, 20, 8);
	void *workspace = malloc(len);
	assert_non_null(workspace);
	load_file(bundle_name, &bundle);
	load_certificate(root_path, &der, &c);
	certificate_clear(&c);
	assert_int_equal(yp_open(workspace, len, &v), YP_OK);
	assert_int_equal(yp_pin_root(v, der.mem, der.len, NULL), YP_OK);
	assert_int_equal(yp_load_bundle(v, bundle.mem, bundle.len, NOW, NULL), YP_OK);
	assert_int_equal(yp_judge(v, text.ptr, text.len, NOW, &answer), YP_OK);
	assert_true(answer.demonstration);
	yp_close(v);
	free(workspace);
	return answer.verdict;
}

static void
the_example_certificates_are_valid_under_their_bundles(void **state)
{
	(void)state;
	static struct golden token;
	load_file("credential-token-es256", &token);
	assert_int_equal(judged("bundle-es256", "keys.example/intl/root.cert.pem", golden_view(&token)), YP_VALID);
	load_file("qr-text", &token);
	assert_int_equal(judged("bundle-es256", "keys.example/intl/root.cert.pem", golden_view(&token)), YP_VALID);
	load_file("credential-token-sm2", &token);
	assert_int_equal(judged("bundle-sm2", "keys.example/gm/root.cert.pem", golden_view(&token)), YP_VALID);
	assert_int_equal(judged("bundle-es256", "keys.example/intl/root.cert.pem", golden_view(&token)), YP_UNKNOWN_ISSUER);
}

/* ---- every object encodes again to the same bytes ---- */

static void
every_object_encodes_again_to_the_same_bytes(void **state)
{
	(void)state;
	static struct golden g;
	for (size_t i = 0; i < golden_codecs_n; i++) {
		struct bytes out = { NULL, 0 };
		load_file(golden_codecs[i].name, &g);
		assert_int_equal(golden_codecs[i].again(golden_view(&g), &out), OK);
		assert_true(bytes_eq(out, golden_view(&g)));
	}
}

static void
a_golden_proposal_is_signed_by_its_golden_operator(void **state)
{
	(void)state;
	static struct golden operator, proposed, action, resolved;
	struct operator o;
	struct bytes token;
	struct statement s;
	struct resolution r;
	uint8_t kid[KID_LEN];
	bool good = false;
	load_file("operator-record", &operator);
	load_file("proposed", &proposed);
	load_file("proposed-decision", &action);
	load_file("proposal-resolved", &resolved);
	assert_int_equal(operator_decode(BYTES_LIT("李四"), golden_view(&operator), &o), OK);
	assert_int_equal(proposed_payload_decode(golden_view(&proposed), &token), OK);
	assert_int_equal(statement_check(token, o.spki, &good), OK);
	assert_true(good);
	assert_int_equal(statement_decode(token, &s, kid), OK);
	assert_true(bytes_eq(s.action, golden_view(&action)));
	assert_int_equal(resolution_decode(golden_view(&resolved), &r), OK);
	assert_int_equal(statement_check(r.statement, o.spki, &good), OK);
	assert_false(good); /* another operator's */
	for (size_t bit = 0; bit < 8 * token.len; bit++) { /* no bit of it can be another */
		uint8_t *at = (uint8_t *)(proposed.mem + (token.ptr - proposed.mem));
		at[bit / 8] ^= (uint8_t)(1u << bit % 8);
		enum status st = statement_check(token, o.spki, &good);
		assert_true(st != OK || !good);
		at[bit / 8] ^= (uint8_t)(1u << bit % 8);
	}
}

static void
the_wrapped_keys_open_under_the_passphrase_of_the_document(void **state)
{
	(void)state;
	static const char *const wrapped[] = { "wrapped-key-intl", "wrapped-key-gm" };
	static struct golden g;
	for (size_t i = 0; i < sizeof(wrapped) / sizeof(wrapped[0]); i++) {
		struct secret got;
		load_file(wrapped[i], &g);
		assert_int_equal(secret_unwrap(golden_view(&g), WRAP_SEAL, BYTES_LIT("an invented passphrase"), &got, NULL), OK);
		for (size_t b = 0; b < SECRET_LEN; b++)
			assert_int_equal(got.b[b], b);
	}
}

static void
the_site_log_s_record_follows_its_opening(void **state)
{
	(void)state;
	static struct golden opening, record;
	struct sitelog_record r;
	struct digest d;
	load_file("sitelog-opening", &opening);
	load_file("sitelog-record", &record);
	assert_int_equal(sitelog_record_decode(golden_view(&record), &r), OK);
	assert_int_equal(sha256(golden_view(&opening), &d), OK);
	assert_memory_equal(r.previous.b, d.b, DIGEST_LEN);
}

static void
every_truncation_and_every_appended_byte_is_refused(void **state)
{
	(void)state;
	static struct golden g;
	for (size_t i = 0; i < golden_codecs_n; i++) {
		struct bytes out;
		load_file(golden_codecs[i].name, &g);
		for (size_t n = 0; n < g.len; n++)
			assert_int_not_equal(golden_codecs[i].again((struct bytes){ g.mem, n }, &out), OK);
		g.mem[g.len] = 0;
		assert_int_not_equal(golden_codecs[i].again((struct bytes){ g.mem, g.len + 1 }, &out), OK);
	}
}

/* No second reading: what is accepted after a flipped bit encodes again to exactly those bytes. */
static void
a_flipped_bit_is_refused_or_has_one_encoding(void **state)
{
	(void)state;
	static struct golden g;
	for (size_t i = 0; i < golden_codecs_n; i++) {
		load_file(golden_codecs[i].name, &g);
		bool ours = strcmp(golden_codecs[i].name, "status-list-payload") != 0; /* others may write those in other ways */
		for (size_t bit = 0; bit < 8 * g.len; bit++) {
			struct bytes out = { NULL, 0 };
			g.mem[bit / 8] ^= (uint8_t)(1u << bit % 8);
			if (golden_codecs[i].again(golden_view(&g), &out) == OK && ours)
				assert_true(bytes_eq(out, golden_view(&g)));
			g.mem[bit / 8] ^= (uint8_t)(1u << bit % 8);
		}
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_document_shows_the_golden_bytes),
		cmocka_unit_test(golden_tokens_are_signed_by_the_example_keys),
		cmocka_unit_test(the_example_certificates_are_valid_under_their_bundles),
		cmocka_unit_test(every_object_encodes_again_to_the_same_bytes),
		cmocka_unit_test(a_golden_proposal_is_signed_by_its_golden_operator),
		cmocka_unit_test(the_wrapped_keys_open_under_the_passphrase_of_the_document),
		cmocka_unit_test(the_site_log_s_record_follows_its_opening),
		cmocka_unit_test(every_truncation_and_every_appended_byte_is_refused),
		cmocka_unit_test(a_flipped_bit_is_refused_or_has_one_encoding),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
