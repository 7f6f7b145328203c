/* fuzz_certificate -- X.509 as we use it, from DER or PEM: what is read is clean, comes back from PEM, and nothing but the
 * certificates that the example roots really signed is found to be signed by them. */
#include "base/limits.h"
#include "crypto/der.h"
#include "tests/fuzz/example.h"
#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/tree.h"

enum { PEM_MAX = 2 * CERTIFICATE_DER_LEN_MAX };

/* The part that a certificate's signature is over. */
static struct bytes
signed_part(struct bytes der)
{
	struct bytes body = { NULL, 0 }, tbs = { NULL, 0 };
	must(der_take(&der, DER_SEQUENCE, &body, NULL) && der_take(&body, DER_SEQUENCE, NULL, &tbs));
	return tbs;
}

static bool
was_signed(struct bytes der)
{
	for (int p = 0; p < EXAMPLE_PROFILES; p++)
		for (int r = 0; r < EXAMPLE_ROLES; r++)
			if (bytes_eq(signed_part(der), signed_part(example_der((enum example_profile)p, (enum example_role)r))))
				return true;
	return false;
}

static void
check_signature(struct bytes der, const struct certificate *self)
{
	bool good = true;
	/* one that cannot be read is shown to one root only: each reading costs */
	for (int p = 0; p < (self != NULL ? EXAMPLE_PROFILES : 1); p++) {
		const struct certificate *root = example_certificate((enum example_profile)p, EXAMPLE_ROOT);
		enum status st = certificate_check_signature(der, example_der((enum example_profile)p, EXAMPLE_ROOT), root, &good);
		must(st == OK || (!good && st != ERR_CRYPTO));
		must(!good || was_signed(der));
	}
	if (self == NULL)
		return;
	must(certificate_check_signature(der, der, self, &good) == OK);
	must(!good || (self->is_ca && self->is_self_issued)); /* anybody can make a root of their own */
}

static void
check_decoded(struct bytes der, const struct certificate *c)
{
	static uint8_t pem_mem[PEM_MAX], der_mem[CERTIFICATE_DER_LEN_MAX];
	struct buf pem = BUF_OF(pem_mem), back = BUF_OF(der_mem);
	must(der.len <= CERTIFICATE_DER_LEN_MAX && c->key != NULL && c->subject[0] != '\0');
	must(is_sentence(c->subject, sizeof(c->subject)));
	must(c->not_before_unix_s <= c->not_after_unix_s);
	must(certificate_to_pem(der, &pem) == OK);
	must(certificate_der_of(buf_view(&pem), &back, NULL) == OK && bytes_eq(buf_view(&back), der));
	back.len = 0;
	must(certificate_der_of(der, &back, NULL) == OK && bytes_eq(buf_view(&back), der));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static uint8_t mem[CERTIFICATE_DER_LEN_MAX];
	struct bytes in = { data, size };
	struct buf room = BUF_OF(mem);
	struct certificate c = { 0 };
	struct err err = { 0 };
	bool is_der = certificate_der_of(in, &room, &err) == OK;
	must(is_der || is_sentence(err.text, sizeof(err.text)));
	struct bytes der = is_der ? buf_view(&room) : in;
	err = (struct err){ 0 };
	enum status st = certificate_decode(der, &c, &err);
	must(st != ERR_CRYPTO && (st == OK) == (err.text[0] == '\0') && is_sentence(err.text, sizeof(err.text)));
	must(st != OK || is_der);
	check_signature(der, st == OK ? &c : NULL);
	if (st == OK)
		check_decoded(der, &c);
	certificate_clear(&c);
	return 0;
}

size_t
LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max_size, unsigned seed)
{
	return tree_mutate(&tree_der, data, size, max_size, seed);
}
