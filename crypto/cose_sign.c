#include "crypto/cose_sign.h"

#include <assert.h>

#include "crypto/cbor.h"
#include "crypto/cose_labels.h"

static enum status
header_encode(const struct signer *signer, enum typ typ, struct buf out, struct bytes *enc)
{
	struct cbor_writer w = cbor_writer(out);
	bool has_kid = typ != TYP_PRESENTATION;
	cbor_write_map(&w, has_kid ? 3 : 2);
	cbor_write_int(&w, LABEL_ALG);
	cbor_write_int(&w, alg_written(signer->type));
	if (has_kid) {
		cbor_write_int(&w, LABEL_KID);
		cbor_write_bytes(&w, (struct bytes){ signer->kid, KID_LEN });
	}
	cbor_write_int(&w, LABEL_TYP);
	cbor_write_text(&w, bytes_str(typ_text(typ)));
	return cbor_write_finish(&w, enc);
}

enum status
cose_sign(struct signer *signer, enum typ typ, struct bytes payload, struct buf scratch, struct buf out, struct bytes *enc)
{
	uint8_t header_mem[64], sig[SIGNATURE_LEN];
	struct bytes header, tbs;
	assert(typ > TYP_UNKNOWN && typ < TYP_COUNT);

	enum status st = header_encode(signer, typ, BUF_OF(header_mem), &header);
	if (st == OK)
		st = cose_to_be_signed(header, payload, scratch, &tbs);
	if (st == OK)
		st = signer_sign(signer, tbs, sig);
	if (st)
		return st;
	struct cbor_writer w = cbor_writer(out);
	cbor_write_tag(&w, TAG_SIGN1);
	cbor_write_array(&w, 4);
	cbor_write_bytes(&w, header);
	cbor_write_map(&w, 0);
	cbor_write_bytes(&w, payload);
	cbor_write_bytes(&w, (struct bytes){ sig, sizeof(sig) });
	return cbor_write_finish(&w, enc);
}
