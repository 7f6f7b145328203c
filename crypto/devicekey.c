#include "crypto/devicekey.h"

#include "crypto/der.h"
#include "crypto/key.h"

enum { POINT_LEN = 65, COORDINATE_LEN = 32 };

static const struct { uint8_t len, oid[9]; const char *name; } others[] = {
	{ 9, { 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01 }, "an RSA key" },          /* 1.2.840.113549.1.1.1 */
	{ 5, { 0x2b, 0x81, 0x04, 0x00, 0x22 }, "a key of the curve P-384" },                    /* 1.3.132.0.34 */
	{ 5, { 0x2b, 0x81, 0x04, 0x00, 0x23 }, "a key of the curve P-521" },                    /* 1.3.132.0.35 */
	{ 5, { 0x2b, 0x81, 0x04, 0x00, 0x0a }, "a key of the curve secp256k1" },                /* 1.3.132.0.10 */
	{ 8, { 0x2a, 0x81, 0x1c, 0xcf, 0x55, 0x01, 0x82, 0x2d }, "an SM2 key" },                /* 1.2.156.10197.1.301 */
	{ 3, { 0x2b, 0x65, 0x70 }, "an Ed25519 key" },                                          /* 1.3.101.112 */
	{ 3, { 0x2b, 0x65, 0x6e }, "an X25519 key" },                                           /* 1.3.101.110 */
};

static const char *
name_of(struct bytes oid)
{
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		if (bytes_eq(oid, (struct bytes){ others[i].oid, others[i].len }))
			return others[i].name;
	return NULL;
}

/* What an AlgorithmIdentifier says, for a sentence: the algorithm, or the curve if that is what is other. */
static const char *
other_key(struct bytes der)
{
	struct bytes spki, alg, oid;
	const char *name = NULL;
	if (!der_take(&der, DER_SEQUENCE, &spki, NULL) || !der_take(&spki, DER_SEQUENCE, &alg, NULL))
		return "a key of another kind";
	while (name == NULL && der_take(&alg, DER_OID, &oid, NULL))
		name = name_of(oid);
	return name != NULL ? name : "a key of another kind or of another curve";
}

/* PKCS#8 (version, algorithm, key) and SEC1 (version, key) both begin with a small INTEGER; a public key never does. */
static bool
is_private(struct bytes der)
{
	struct bytes content, version;
	return der_take(&der, DER_SEQUENCE, &content, NULL) && der_take(&content, DER_INTEGER, &version, NULL) && version.len == 1;
}

static enum status
refuse(struct bytes in, enum status st, struct err *err)
{
	if (is_private(in))
		return err_set(err, ERR_FORMAT, "a private key was handed in; it must never leave the device: make a new one there and hand in its public half");
	if (st == ERR_UNSUPPORTED)
		return err_set(err, st, "it is %s; a P-256 key was wanted", other_key(in));
	if (st == ERR_FORMAT && in.len == POINT_LEN - 1)
		return err_set(err, st, "64 bytes are two coordinates without the leading 04 of a SEC1 point");
	if (st == ERR_FORMAT)
		return err_set(err, st, "%zu bytes that are no P-256 public key: a SubjectPublicKeyInfo or a point of the curve (33 or 65 bytes) was wanted",
		    in.len);
	return err_set(err, st, "the key could not be looked at: %s", status_text(st));
}

enum status
device_key_decode(struct bytes in, uint8_t point[DEVICE_POINT_LEN], struct err *err)
{
	uint8_t mem[POINT_LEN];
	struct buf whole = BUF_OF(mem);
	struct public_key *key = NULL;
	bool is_der = in.len > 0 && in.ptr[0] == DER_SEQUENCE;
	enum status st = is_der ? public_key_from_spki(in, &key) : public_key_from_point(KEY_P256, in, &key);
	if (st == OK && public_key_type(key) != KEY_P256)
		st = ERR_UNSUPPORTED;
	if (st == OK)
		st = public_key_point(key, &whole);
	public_key_free(key);
	if (st)
		return refuse(in, st, err);
	point[0] = (uint8_t)(0x02 | (mem[POINT_LEN - 1] & 1)); /* SEC1 2.3.3: the parity of y */
	memcpy(point + 1, mem + 1, COORDINATE_LEN);
	return OK;
}
