#include "crypto/signature.h"

#include "crypto/der.h"

#include <assert.h>

#define HALF (SIGNATURE_LEN / 2)

/* Order n of the base point: SEC 2 2.4.2 (secp256r1), GB/T 32918.5 (SM2). */
static const uint8_t order_p256[HALF] = {
	0xff, 0xff, 0xff, 0xff, 0x00, 0x00, 0x00, 0x00, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
	0xbc, 0xe6, 0xfa, 0xad, 0xa7, 0x17, 0x9e, 0x84, 0xf3, 0xb9, 0xca, 0xc2, 0xfc, 0x63, 0x25, 0x51,
};
static const uint8_t order_sm2[HALF] = {
	0xff, 0xff, 0xff, 0xfe, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
	0x72, 0x03, 0xdf, 0x6b, 0x21, 0xc6, 0x05, 0x2b, 0x53, 0xbb, 0xf4, 0x09, 0x39, 0xd5, 0x41, 0x23,
};

/* GB/T 32918.2 5.5: Z = SM3(ENTL || ID || a || b || xG || yG || xA || yA); all but the key. */
static const uint8_t sm2_z_head[] = {
	0x00, 0x80, '1', '2', '3', '4', '5', '6', '7', '8', '1', '2', '3', '4', '5', '6', '7', '8',
	/* a */
	0xff, 0xff, 0xff, 0xfe, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
	0xff, 0xff, 0xff, 0xff, 0x00, 0x00, 0x00, 0x00, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xfc,
	/* b */
	0x28, 0xe9, 0xfa, 0x9e, 0x9d, 0x9f, 0x5e, 0x34, 0x4d, 0x5a, 0x9e, 0x4b, 0xcf, 0x65, 0x09, 0xa7,
	0xf3, 0x97, 0x89, 0xf5, 0x15, 0xab, 0x8f, 0x92, 0xdd, 0xbc, 0xbd, 0x41, 0x4d, 0x94, 0x0e, 0x93,
	/* xG */
	0x32, 0xc4, 0xae, 0x2c, 0x1f, 0x19, 0x81, 0x19, 0x5f, 0x99, 0x04, 0x46, 0x6a, 0x39, 0xc9, 0x94,
	0x8f, 0xe3, 0x0b, 0xbf, 0xf2, 0x66, 0x0b, 0xe1, 0x71, 0x5a, 0x45, 0x89, 0x33, 0x4c, 0x74, 0xc7,
	/* yG */
	0xbc, 0x37, 0x36, 0xa2, 0xf4, 0xf6, 0x77, 0x9c, 0x59, 0xbd, 0xce, 0xe3, 0x6b, 0x69, 0x21, 0x53,
	0xd0, 0xa9, 0x87, 0x7c, 0xc6, 0x2a, 0x47, 0x40, 0x02, 0xdf, 0x32, 0xe5, 0x21, 0x39, 0xf0, 0xa0,
};
_Static_assert(sizeof(sm2_z_head) == 2 + sizeof(SM2_ID) - 1 + 4 * 32, "ENTL, id, a, b, G");

static bool
is_scalar(const uint8_t v[HALF], const uint8_t order[HALF])
{
	static const uint8_t zero[HALF];
	return memcmp(v, zero, HALF) != 0 && memcmp(v, order, HALF) < 0;
}

static bool
sums_to(const uint8_t a[HALF], const uint8_t b[HALF], const uint8_t sum[HALF])
{
	unsigned carry = 0;
	for (size_t i = HALF; i-- > 0; carry >>= 8) {
		carry += (unsigned)a[i] + b[i];
		if ((carry & 0xff) != sum[i])
			return false;
	}
	return carry == 0;
}

bool
signature_is_in_range(enum key_type type, const uint8_t sig[SIGNATURE_LEN])
{
	if (type == KEY_ED25519)
		return true;
	const uint8_t *order = type == KEY_P256 ? order_p256 : order_sm2;
	const uint8_t *r = sig, *s = sig + HALF;
	if (!is_scalar(r, order) || !is_scalar(s, order))
		return false;
	return type == KEY_P256 || !sums_to(r, s, order);
}

static size_t
put_integer(const uint8_t v[HALF], uint8_t *out)
{
	size_t skip = 0;
	while (skip < HALF - 1 && v[skip] == 0)
		skip++;
	size_t pad = v[skip] >= 0x80, len = HALF - skip;
	out[0] = DER_INTEGER;
	out[1] = (uint8_t)(pad + len);
	out[2] = 0;
	memcpy(out + 2 + pad, v + skip, len);
	return 2 + pad + len;
}

size_t
signature_to_der(const uint8_t sig[SIGNATURE_LEN], uint8_t der[SIGNATURE_DER_MAX])
{
	size_t len = put_integer(sig, der + 2);
	len += put_integer(sig + HALF, der + 2 + len);
	der[0] = DER_SEQUENCE;
	der[1] = (uint8_t)len;
	return 2 + len;
}

static bool
take_integer(struct bytes *in, uint8_t out[HALF])
{
	struct bytes v;
	if (!der_take(in, DER_INTEGER, &v, NULL) || v.len == 0 || v.ptr[0] >= 0x80)
		return false;
	if (v.len > 1 && v.ptr[0] == 0) {
		if (v.ptr[1] < 0x80) /* X.690 8.3.2: not the shortest */
			return false;
		v.ptr++;
		v.len--;
	}
	if (v.len > HALF)
		return false;
	memset(out, 0, HALF);
	memcpy(out + HALF - v.len, v.ptr, v.len);
	return true;
}

bool
signature_from_der(struct bytes der, uint8_t sig[SIGNATURE_LEN])
{
	struct bytes body;
	uint8_t rs[SIGNATURE_LEN];

	if (!der_take(&der, DER_SEQUENCE, &body, NULL) || der.len != 0)
		return false;
	if (!take_integer(&body, rs) || !take_integer(&body, rs + HALF) || body.len != 0)
		return false;
	memcpy(sig, rs, SIGNATURE_LEN);
	return true;
}

enum status
sm2_z(const uint8_t point[POINT_LEN_MAX], struct digest *out)
{
	assert(point[0] == 0x04);
	struct bytes parts[] = {
		{ sm2_z_head, sizeof(sm2_z_head) },
		{ point + 1, POINT_LEN_MAX - 1 },
	};
	return sm3_parts(parts, 2, out);
}

enum status
signature_digest(enum key_type type, const struct digest *z, struct bytes message, struct digest *out)
{
	assert(type == KEY_P256 || type == KEY_SM2);
	if (type == KEY_P256)
		return sha256(message, out);
	struct bytes parts[] = { { z->b, DIGEST_LEN }, message };
	return sm3_parts(parts, 2, out);
}
