/* The publisher's side of status lists; the verifier has no use for it. */
#include <assert.h>
#include <zlib.h>

#include "crypto/statuslist.h"

enum status
status_list_deflate(struct bytes raw, struct buf *out)
{
	uLongf len = out->cap - out->len;
	int rc = compress2(out->ptr + out->len, &len, raw.ptr, raw.len, Z_BEST_COMPRESSION);
	if (rc != Z_OK)
		return rc == Z_BUF_ERROR ? ERR_LIMIT : ERR_SYSTEM;
	out->len += len;
	return OK;
}

void
status_set(struct buf raw, uint8_t bits, uint32_t idx, uint8_t value)
{
	uint32_t per_byte = 8u / bits;
	unsigned shift = idx % per_byte * bits, mask = (1u << bits) - 1;
	assert(idx / per_byte < raw.cap && value <= mask);
	uint8_t *at = raw.ptr + idx / per_byte;
	*at = (uint8_t)((*at & ~(mask << shift)) | (unsigned)value << shift);
}
