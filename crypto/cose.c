#include "crypto/cose.h"

#include "crypto/cbor.h"
#include "crypto/cose_labels.h"

static const struct bytes typs[TYP_COUNT] = {
	[TYP_CREDENTIAL] = { (const uint8_t *)"application/yp-cred+cwt", 23 },
	[TYP_STATUS_LIST] = { (const uint8_t *)"application/statuslist+cwt", 26 },
	[TYP_TRUST_LIST] = { (const uint8_t *)"application/yp-trust+cwt", 24 },
	[TYP_PRESENTATION] = { (const uint8_t *)"application/yp-pres+cwt", 23 },
	[TYP_RECEIPT] = { (const uint8_t *)"application/yp-receipt+cwt", 26 },
	[TYP_RECEIPT_ROOT] = { (const uint8_t *)"application/yp-receipt-root", 27 },
};

const char *
typ_text(enum typ typ)
{
	return typ > TYP_UNKNOWN && typ < TYP_COUNT ? (const char *)typs[typ].ptr : NULL;
}

enum typ
typ_of(struct bytes text)
{
	for (int t = TYP_UNKNOWN + 1; t < TYP_COUNT; t++)
		if (bytes_eq(text, typs[t]))
			return (enum typ)t;
	return TYP_UNKNOWN;
}

enum { BIT_ALG = 1, BIT_KID = 2, BIT_TYP = 4, BIT_CRIT = 8, BIT_OTHER = 16 };

static unsigned
label_bit(int64_t label)
{
	return label == LABEL_ALG ? BIT_ALG : label == LABEL_KID ? BIT_KID : label == LABEL_TYP ? BIT_TYP :
	    label == LABEL_CRIT ? BIT_CRIT : BIT_OTHER;
}

/* The next label of a header map, as a bit; 0 at its end.  Labels may be text, though none that we know is. */
static unsigned
next_label(struct cbor_reader *r, struct cbor_map *m)
{
	struct bytes key;
	if (!cbor_map_next_item(r, m, &key))
		return 0;
	struct cbor_reader k = cbor_reader(key, r->mode);
	int64_t label = cbor_read_int(&k);
	return k.status == OK ? label_bit(label) : BIT_OTHER;
}

/* RFC 9052 3.1: crit lists the labels that "an application processing a message MUST understand". */
static unsigned
read_crit(struct cbor_reader *r)
{
	unsigned listed = 0;
	size_t n = cbor_read_array(r);
	if (n == 0)
		cbor_fail(r, ERR_FORMAT);
	for (; r->status == OK && n > 0; n--) {
		enum cbor_type type = cbor_peek(r);
		if (type == CBOR_UINT || type == CBOR_NINT)
			listed |= label_bit(cbor_read_int(r));
		else
			cbor_fail(r, type == CBOR_TEXT ? ERR_UNSUPPORTED : ERR_FORMAT);
	}
	if (r->status == OK && (listed & (BIT_CRIT | BIT_OTHER)) != 0)
		cbor_fail(r, ERR_UNSUPPORTED);
	return listed;
}

static unsigned
read_protected(struct cbor_reader *r, enum cose_profile profile, struct cose *c)
{
	unsigned seen = 0, crit = 0, label;
	for (struct cbor_map m = cbor_read_map(r); (label = next_label(r, &m)) != 0; seen |= label) {
		if (label == BIT_ALG) {
			c->alg = cbor_read_int(r);
		} else if (label == BIT_KID) {
			c->kid = cbor_read_bytes(r);
		} else if (label == BIT_TYP) {
			c->typ_seen = cbor_read_text(r);
			c->typ = typ_of(c->typ_seen);
		} else if (profile == COSE_OURS) {
			cbor_fail(r, ERR_UNSUPPORTED);
		} else if (label == BIT_CRIT) {
			crit = read_crit(r);
		} else {
			(void)cbor_read_item(r);
		}
	}
	if ((crit & ~seen) != 0)
		cbor_fail(r, ERR_FORMAT);
	return seen;
}

/* alg is believed, and crit and typ are obeyed, in the protected header only; no label may stand in both. */
static void
read_unprotected(struct cbor_reader *r, enum cose_profile profile, unsigned seen, struct cose *c)
{
	unsigned label;
	struct cbor_map m = cbor_read_map(r);
	if (profile == COSE_OURS && m.left > 0) {
		cbor_fail(r, ERR_UNSUPPORTED);
		return;
	}
	while ((label = next_label(r, &m)) != 0) {
		if (label != BIT_OTHER && (label != BIT_KID || (seen & BIT_KID) != 0)) {
			cbor_fail(r, ERR_FORMAT);
			return;
		}
		if (label == BIT_KID)
			c->kid = cbor_read_bytes(r);
		else
			(void)cbor_read_item(r);
	}
}

static enum status
protected_decode(struct bytes header, enum cose_profile profile, unsigned *seen, struct cose *c)
{
	struct cbor_reader r = cbor_reader(header, profile == COSE_OURS ? CBOR_CANONICAL : CBOR_RELAXED);
	*seen = read_protected(&r, profile, c);
	enum status st = cbor_finish(&r);
	if (st)
		return st;
	if ((*seen & BIT_ALG) == 0)
		return ERR_FORMAT;
	if (profile == COSE_STANDARD)
		return OK;
	/* docs/formats.md 2: exactly alg, kid and typ; a presentation has no kid */
	bool kid_fits = c->typ == TYP_PRESENTATION ? (*seen & BIT_KID) == 0 : c->kid.len == KID_LEN;
	return (*seen & BIT_TYP) != 0 && kid_fits ? OK : ERR_FORMAT;
}

enum status
cose_decode(struct bytes in, enum cose_profile profile, struct cose *out)
{
	struct cose c = { .typ = TYP_UNKNOWN };
	unsigned seen;
	struct cbor_reader r = cbor_reader(in, profile == COSE_OURS ? CBOR_CANONICAL : CBOR_RELAXED);
	if (cbor_read_tag(&r) != TAG_SIGN1 || cbor_read_array(&r) != 4)
		return ERR_FORMAT;
	c.protected_header = cbor_read_bytes(&r);
	if (r.status)
		return r.status;
	enum status st = protected_decode(c.protected_header, profile, &seen, &c);
	if (st)
		return st;
	read_unprotected(&r, profile, seen, &c);
	c.payload = cbor_read_bytes(&r);
	c.signature = cbor_read_bytes(&r);
	st = cbor_finish(&r);
	if (st)
		return st;
	if (c.signature.len != SIGNATURE_LEN)
		return ERR_FORMAT;
	*out = c;
	return OK;
}

enum status
cose_to_be_signed(struct bytes protected_header, struct bytes payload, struct buf out, struct bytes *tbs)
{
	/* RFC 9052 4.4: Sig_structure = ["Signature1", body_protected, external_aad, payload] */
	struct cbor_writer w = cbor_writer(out);
	cbor_write_array(&w, 4);
	cbor_write_text(&w, BYTES_LIT("Signature1"));
	cbor_write_bytes(&w, protected_header);
	cbor_write_bytes(&w, (struct bytes){ NULL, 0 });
	cbor_write_bytes(&w, payload);
	return cbor_write_finish(&w, tbs);
}
