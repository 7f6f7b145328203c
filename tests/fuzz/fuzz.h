/* fuzz.h -- what all fuzz targets share.
 *
 * A target is one file fuzz_<noun>.c with LLVMFuzzerTestOneInput.  It hands bytes from outside to one door of the product and
 * asserts with must() what has to hold whatever the bytes are.  Built with libFuzzer (preset fuzz) it searches; built with
 * replay.c (every other preset, any compiler) it runs files once: the kept corpus, or one that was found.
 * Targets run from the top of the tree, since some read tests/golden and keys.example. */
#ifndef TESTS_FUZZ_H
#define TESTS_FUZZ_H

#include <stdio.h>
#include <stdlib.h>

#include "base/bytes.h"
#include "base/status.h"
#include "base/text.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
/* Of libFuzzer, or of ours in the targets that want their own. */
size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t max_size);
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max_size, unsigned seed);

/* Like assert, but also in a release build. */
#define must(what) ((what) ? (void)0 : must_failed(#what, __FILE__, __LINE__))

static inline _Noreturn void
must_failed(const char *what, const char *file, int line)
{
	(void)fprintf(stderr, "%s:%d: must hold: %s\n", file, line, what);
	abort();
}

static inline bool
lies_in(struct bytes view, struct bytes input)
{
	if (view.len == 0)
		return true;
	uintptr_t v = (uintptr_t)view.ptr, in = (uintptr_t)input.ptr;
	return v >= in && view.len <= input.len && v - in <= input.len - view.len;
}

/* A sentence for a person: ended by a NUL within its room, and clean. */
static inline bool
is_sentence(const char *text, size_t room)
{
	const char *end = memchr(text, '\0', room);
	return end != NULL && text_is_clean((struct bytes){ (const uint8_t *)text, (size_t)(end - text) });
}

/* "Outputs are written only on success": mark one before the call, and see that a failure left the mark. */
static inline void
mark(void *out, size_t len)
{
	memset(out, 0xa5, len);
}

static inline bool
is_marked(const void *out, size_t len)
{
	const uint8_t *p = out;
	return p[0] == 0xa5 && memcmp(p, p + 1, len - 1) == 0;
}

#endif
