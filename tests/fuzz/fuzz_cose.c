/* fuzz_cose -- the envelope, in both profiles: an object of ours is written again to the same bytes from what was read, and
 * whatever is ours is also standard, with the same content. */
#include "crypto/cbor.h"
#include "crypto/cose.h"
#include "tests/fuzz/fuzz.h"

enum { INPUT_MAX = 1 << 16, LABEL_ALG = 1, LABEL_KID = 4, LABEL_TYP = 16, TAG_SIGN1 = 18 };

static uint8_t header_mem[INPUT_MAX], again_mem[INPUT_MAX], tbs_mem[2 * INPUT_MAX];

static void
check_views(const struct cose *c, struct bytes in)
{
	must(lies_in(c->protected_header, in) && lies_in(c->payload, in) && lies_in(c->signature, in));
	must(lies_in(c->kid, in) && lies_in(c->typ_seen, c->protected_header));
	must(c->signature.len == SIGNATURE_LEN);
	must(c->typ == typ_of(c->typ_seen));
	must(c->typ == TYP_UNKNOWN || bytes_eq(bytes_str(typ_text(c->typ)), c->typ_seen));
}

static void
check_to_be_signed(const struct cose *c)
{
	struct bytes tbs, text, header, aad, payload;
	must(cose_to_be_signed(c->protected_header, c->payload, BUF_OF(tbs_mem), &tbs) == OK);
	must(tbs.len <= c->protected_header.len + c->payload.len + 64);
	struct cbor_reader r = cbor_reader(tbs, CBOR_CANONICAL);
	must(cbor_read_array(&r) == 4);
	text = cbor_read_text(&r);
	header = cbor_read_bytes(&r);
	aad = cbor_read_bytes(&r);
	payload = cbor_read_bytes(&r);
	must(cbor_finish(&r) == OK && aad.len == 0 && bytes_eq(text, BYTES_LIT("Signature1")));
	must(bytes_eq(header, c->protected_header) && bytes_eq(payload, c->payload));
}

static struct bytes
header_again(const struct cose *c)
{
	struct bytes enc;
	struct cbor_writer w = cbor_writer(BUF_OF(header_mem));
	cbor_write_map(&w, c->typ == TYP_PRESENTATION ? 2 : 3);
	cbor_write_int(&w, LABEL_ALG);
	cbor_write_int(&w, c->alg);
	if (c->typ != TYP_PRESENTATION) {
		cbor_write_int(&w, LABEL_KID);
		cbor_write_bytes(&w, c->kid);
	}
	cbor_write_int(&w, LABEL_TYP);
	cbor_write_text(&w, c->typ_seen);
	must(cbor_write_finish(&w, &enc) == OK);
	return enc;
}

static void
check_ours(const struct cose *c, struct bytes in)
{
	struct bytes again, header = header_again(c);
	must(c->kid.len == (c->typ == TYP_PRESENTATION ? 0 : KID_LEN));
	struct cbor_writer w = cbor_writer(BUF_OF(again_mem));
	cbor_write_tag(&w, TAG_SIGN1);
	cbor_write_array(&w, 4);
	cbor_write_bytes(&w, header);
	cbor_write_map(&w, 0);
	cbor_write_bytes(&w, c->payload);
	cbor_write_bytes(&w, c->signature);
	must(cbor_write_finish(&w, &again) == OK && bytes_eq(again, in));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct bytes in = { data, size };
	struct cose ours, standard;
	if (size > INPUT_MAX)
		return -1;
	mark(&ours, sizeof(ours));
	mark(&standard, sizeof(standard));
	enum status as_ours = cose_decode(in, COSE_OURS, &ours), as_standard = cose_decode(in, COSE_STANDARD, &standard);
	must(as_ours == OK || is_marked(&ours, sizeof(ours)));
	must(as_standard == OK || is_marked(&standard, sizeof(standard)));
	if (as_standard == OK) {
		check_views(&standard, in);
		check_to_be_signed(&standard);
	}
	if (as_ours == OK) {
		must(as_standard == OK && bytes_eq(standard.payload, ours.payload) && bytes_eq(standard.kid, ours.kid));
		must(standard.alg == ours.alg && standard.typ == ours.typ);
		check_views(&ours, in);
		check_ours(&ours, in);
	}
	return 0;
}
