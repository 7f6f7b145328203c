/* fuzz_inflate -- the zlib stream inside a status list: never more than the room, never other bytes than zlib's own reading of the
 * whole stream, and each value where the standard puts it.  First two bytes: the room. */
#include <zlib.h>

#include "crypto/statuslist.h"
#include "tests/fuzz/fuzz.h"

enum { ROOM_MAX = 1 << 16, INPUT_MAX = 1 << 14, CANARY_LEN = 64, CANARY = 0x5a };

/* With room to spare and memory of its own, what does zlib say? */
static bool
reads_whole(struct bytes zipped, struct buf *out)
{
	uLongf len = out->cap;
	uLong taken = zipped.len;
	int rc = uncompress2(out->ptr, &len, zipped.ptr, &taken);
	out->len = len;
	return rc == Z_OK && taken == zipped.len;
}

static void
check_values(struct bytes raw)
{
	uint8_t value;
	for (uint8_t bits = 1; bits <= 8; bits = (uint8_t)(2 * bits)) {
		uint32_t n = (uint32_t)raw.len * (8u / bits);
		for (uint32_t i = 0; i < n; i += 1 + n / 64) {
			must(status_get(raw, bits, i, &value) == OK);
			unsigned byte = raw.ptr[i * bits / 8];
			must(value == (byte >> (i * bits % 8) & ((1u << bits) - 1)));
		}
		must(status_get(raw, bits, n, &value) == ERR_NOT_FOUND);
		must(status_get(raw, bits, UINT32_MAX, &value) == ERR_NOT_FOUND);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static uint8_t room[ROOM_MAX + CANARY_LEN], whole[ROOM_MAX + 1], scratch[STATUS_LIST_SCRATCH];
	if (size < 2 || size > INPUT_MAX)
		return -1;
	size_t cap = (size_t)data[0] << 8 | data[1];
	struct bytes zipped = { data + 2, size - 2 };
	struct buf out = { room, cap, 0 }, other = BUF_OF(whole);
	memset(room + cap, CANARY, CANARY_LEN);
	enum status st = status_list_inflate(zipped, BUF_OF(scratch), &out);
	for (size_t i = 0; i < CANARY_LEN; i++)
		must(room[cap + i] == CANARY);
	bool good = reads_whole(zipped, &other);
	must((st == OK) == (good && other.len <= cap));
	must(st == OK || st == ERR_FORMAT || st == ERR_LIMIT);
	if (st != OK)
		return 0;
	must(out.len == other.len && memcmp(room, whole, out.len) == 0);
	check_values(buf_view(&out));
	return 0;
}
