/* fuzz_replay -- the memory of used live codes as it comes back from a disk: whatever stands in it, codes are entered within its bounds,
 * and one entered is not entered again while it lasts.  Input: the memory's bytes. */
#include "tests/fuzz/fuzz.h"
#include "verify/verifier.h"

enum { LEN_MAX = 8192, NOW = 1000000, WINDOW_S = 60, ENTERED = 6, CANARY_LEN = 64, CANARY = 0x5a };

static void
enter(struct yp_replay *r, uint8_t name, int64_t now)
{
	struct digest id = { { name } };
	enum replay_result first = replay_enter(r, &id, now + 2 * WINDOW_S, now);
	enum replay_result second = replay_enter(r, &id, now + 2 * WINDOW_S, now);
	must(first == REPLAY_NEW || first == REPLAY_SEEN || first == REPLAY_FULL);
	must(first != REPLAY_NEW || second == REPLAY_SEEN);
	must(second != REPLAY_NEW);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static _Alignas(16) uint8_t mem[LEN_MAX + CANARY_LEN];
	struct yp_replay *r = NULL;
	if (size > LEN_MAX)
		return -1;
	if (size > 0)
		memcpy(mem, data, size);
	memset(mem + size, CANARY, CANARY_LEN);
	enum yp_status st = yp_replay_open(mem, size, false, &r);
	must(st == YP_OK || st == YP_ERR_DAMAGED || st == YP_ERR_ARGUMENT);
	if (st == YP_OK) {
		for (uint8_t i = 0; i < ENTERED; i++)
			enter(r, i, NOW + i * WINDOW_S);
		must(yp_replay_open(mem, size, false, &r) == YP_OK); /* it can be saved and opened again */
	}
	for (size_t i = 0; i < CANARY_LEN; i++)
		must(mem[size + i] == CANARY);
	return 0;
}
