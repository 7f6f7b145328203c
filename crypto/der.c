#include "crypto/der.h"

/* X.690 10.1: "The definite form of length encoding shall be used, encoded in the minimum
 * number of octets." */
static bool
take_length(struct bytes *in, size_t *len)
{
	if (in->len == 0)
		return false;
	uint8_t first = in->ptr[0];
	size_t more = first < 0x80 ? 0 : (size_t)(first & 0x7f);
	if (first == 0x80 || more > 2 || in->len - 1 < more)
		return false;
	size_t n = more == 0 ? first : 0;
	for (size_t i = 1; i <= more; i++)
		n = n << 8 | in->ptr[i];
	if ((more == 1 && n < 0x80) || (more == 2 && n < 0x100))
		return false;
	in->ptr += 1 + more;
	in->len -= 1 + more;
	*len = n;
	return true;
}

bool
der_take(struct bytes *in, uint8_t tag, struct bytes *content, struct bytes *whole)
{
	struct bytes left = *in;
	size_t len = 0;

	if (left.len == 0 || left.ptr[0] != tag)
		return false;
	left.ptr++;
	left.len--;
	if (!take_length(&left, &len) || len > left.len)
		return false;
	if (content != NULL)
		*content = (struct bytes){ left.ptr, len };
	if (whole != NULL)
		*whole = (struct bytes){ in->ptr, (size_t)(left.ptr - in->ptr) + len };
	*in = (struct bytes){ left.ptr + len, left.len - len };
	return true;
}
