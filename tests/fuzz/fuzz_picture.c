/* fuzz_picture -- decoders, search and answer of the picture reader, as they are behind its sandbox.
 * Link with: picture.  What is no PNG or JPEG has one answer and is cut off early; seeds are small real pictures. */
#include <stdlib.h>

#include "tools/picture/codes.h"

enum { INPUT_MAX = 1 << 16, PIXELS_MAX = 1 << 18 };    /* larger pictures take longer and show nothing new */

static void
must(bool good)
{
	if (!good)
		abort();
}

static void
answer_is_read_back(const struct grey *g, const struct codes *codes)
{
	static struct picture_answer a, back;
	static uint8_t room[ANSWER_LEN_MAX];
	struct buf out = BUF_OF(room);
	a = (struct picture_answer){ .width = g->width, .height = g->height, .n = codes->n };
	for (size_t i = 0; i < codes->n; i++)
		a.code[i] = (struct bytes){ codes->code[i].ptr, codes->code[i].len };
	must(answer_encode(&a, &out) == OK && answer_decode(buf_view(&out), &back) == OK && back.n == a.n);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct codes codes;
	struct grey g;
	if (size > INPUT_MAX)
		return -1;
	enum picture_exit code = grey_decode((struct bytes){ data, size }, &g);
	must(g.pixels == NULL || code == PICTURE_READ || code == PICTURE_DAMAGED);
	if (g.pixels != NULL && (size_t)g.width * g.height <= PIXELS_MAX) {
		codes.n = 0;
		code = codes_search(&g, &codes);
		must(code == PICTURE_READ || code == PICTURE_TOO_MANY || code == PICTURE_NO_MEMORY);
		answer_is_read_back(&g, &codes);
		codes_free(&codes);
	}
	grey_free(&g);
	return 0;
}
