#include "tests/fault/faults.h"

#include <execinfo.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "tests/fault/calls.h"

void *__real_malloc(size_t len);
void *__real_calloc(size_t n, size_t len);
void *__real_realloc(void *p, size_t len);
void __real_free(void *p);
void *__wrap_malloc(size_t len);
void *__wrap_calloc(size_t n, size_t len);
void *__wrap_realloc(void *p, size_t len);
void __wrap_free(void *p);

/* In front of each block of OpenSSL's: where it comes from. */
struct block {
	struct block *before, *after;
	const char *file;
	size_t len, serial;
	int line;
};
static const size_t head_len = (sizeof(struct block) + _Alignof(max_align_t) - 1) / _Alignof(max_align_t) * _Alignof(max_align_t);

static struct block blocks = { .before = &blocks, .after = &blocks };
static size_t serial;
static long live;

/* What processes forked from the first have in common. */
static struct {
	size_t call_failed[CALLS_N];
} *shared;
static struct {
	bool on;
	size_t n;
	uint64_t path[PATHS_MAX];
} *paths;

static struct {
	enum fault fault;
	size_t n, seen;
	bool armed, reached;
	char place[120];
	struct heap heap;
} at = { .fault = FAULT_NONE };

static const char *const call_names[] = {
#define CALL(name, type, params, args, failure) #name,
#define ANSWER(name, type, params, args, failure) #name,
#define BY_HAND(name) #name,
#include "tests/fault/calls.def"
#undef CALL
#undef ANSWER
#undef BY_HAND
};

const char *
fault_text(enum fault f)
{
	static const char *const texts[] = { "allocation", "all memory from allocation", "call", "mute call", "nothing" };
	return texts[f];
}

void
fault_arm(enum fault f, size_t n)
{
	memset(&at, 0, sizeof(at));
	at.fault = f;
	at.n = n;
	at.armed = true;
}

bool
fault_disarm(void)
{
	at.fault = FAULT_NONE;
	at.armed = false;
	return at.reached;
}

const char *
fault_place(void)
{
	return at.place;
}

const char *
fault_call_never_failed(void)
{
	for (size_t i = 0; i < CALLS_N; i++)
		if (shared->call_failed[i] == 0)
			return call_names[i];
	return NULL;
}

struct heap
heap_used(void)
{
	return at.heap;
}

long
heap_live(void)
{
	return live;
}

size_t
heap_mark(void)
{
	return serial;
}

void
heap_print_since(size_t mark)
{
	for (struct block *b = blocks.after; b != &blocks; b = b->after)
		if (b->serial > mark)
			printf("  # %zu bytes, allocation %zu, of %s:%d\n", b->len, b->serial, b->file, b->line);
}

static void *
common(size_t len)
{
	void *p = mmap(NULL, len, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (p == MAP_FAILED)
		abort();
	return p;
}

void
paths_make(void)
{
	paths = common(sizeof(*paths));
}

void
paths_record(bool on)
{
	paths->on = on;
	paths->n = on ? 0 : paths->n;
}

size_t
paths_n(void)
{
	return paths->n;
}

static bool
path_is_in(size_t n, size_t from, size_t to)
{
	for (size_t i = from; n <= paths->n && i < to; i++)
		if (paths->path[i] == paths->path[n - 1])
			return true;
	return false;
}

bool
path_is_first(size_t n)
{
	return !path_is_in(n, 0, n - 1);
}

bool
path_is_last(size_t n)
{
	return !path_is_in(n, n, paths->n);
}

bool
paths_are_coarse(void)
{
#ifdef __SANITIZE_ADDRESS__
	return true;
#else
	return false;
#endif
}

/* The path of calls: all our own functions, and the innermost of the library's, below the allocator here. */
static void
path_add(void)
{
	extern const char __executable_start[], etext[]; /* the linker's */
	enum { FRAMES_MAX = 96 };
	void *frames[FRAMES_MAX];
	int n = backtrace(frames, FRAMES_MAX), foreign = 0, innermost = paths_are_coarse() ? 1 : 2;
	bool is_below = false;
	uint64_t hash = 0xcbf29ce484222325; /* FNV-1a */
	for (int i = 0; i < n; i++) {
		uintptr_t at_code = (uintptr_t)frames[i];
		bool is_ours = at_code >= (uintptr_t)__executable_start && at_code < (uintptr_t)etext;
		is_below |= is_ours;
		if (is_ours || (is_below && foreign++ < innermost))
			hash = (hash ^ at_code) * 0x100000001b3;
	}
	if (paths->n == PATHS_MAX)
		abort();
	paths->path[paths->n++] = hash;
}

static bool
is_reached(void)
{
	at.seen++;
	bool hit = at.seen == at.n || (at.fault == FAULT_ALLOCATIONS && at.seen > at.n);
	at.reached |= hit;
	return hit;
}

static bool
allocation_fails(size_t *count, const char *file, int line)
{
	++*count;
	if (paths != NULL && paths->on && at.armed)
		path_add();
	if ((at.fault != FAULT_ALLOCATION && at.fault != FAULT_ALLOCATIONS) || !is_reached())
		return false;
	if (at.seen == at.n)
		(void)snprintf(at.place, sizeof(at.place), "%s:%d", file, line);
	return true;
}

bool
call_fails(enum call call, bool is_also_an_answer)
{
	bool is_wanted = at.fault == FAULT_CALL || (at.fault == FAULT_CALL_MUTE && !is_also_an_answer);
	if (!is_wanted || !is_reached())
		return false;
	(void)snprintf(at.place, sizeof(at.place), "%s", call_names[call]);
	shared->call_failed[call]++;
	if (at.fault == FAULT_CALL)
		ERR_raise(ERR_LIB_EVP, ERR_R_INTERNAL_ERROR);
	return true;
}

/* ---- OpenSSL's heap ---- */

static void
link_in(struct block *b, size_t len, const char *file, int line)
{
	*b = (struct block){ blocks.before, &blocks, file, len, ++serial, line };
	blocks.before->after = b;
	blocks.before = b;
}

static void
unlink_from(struct block *b)
{
	b->before->after = b->after;
	b->after->before = b->before;
}

static void *
openssl_malloc(size_t len, const char *file, int line)
{
	if (len == 0 || allocation_fails(&at.heap.openssl, file, line))
		return NULL;
	struct block *b = __real_malloc(head_len + len);
	if (b == NULL)
		return NULL;
	link_in(b, len, file, line);
	live++;
	return (uint8_t *)b + head_len;
}

static void
openssl_free(void *p, const char *file, int line)
{
	(void)file, (void)line;
	if (p == NULL)
		return;
	struct block *b = (struct block *)(void *)((uint8_t *)p - head_len);
	unlink_from(b);
	live--;
	__real_free(b);
}

/* Always moves, so that who keeps a pointer into the old block is caught. */
static void *
openssl_realloc(void *p, size_t len, const char *file, int line)
{
	if (p != NULL && len == 0) {
		openssl_free(p, file, line);
		return NULL;
	}
	void *fresh = openssl_malloc(len, file, line);
	if (p == NULL || fresh == NULL)
		return fresh;
	size_t had = ((struct block *)(void *)((uint8_t *)p - head_len))->len;
	memcpy(fresh, p, had < len ? had : len);
	openssl_free(p, file, line);
	return fresh;
}

void
faults_install(void)
{
	shared = common(sizeof(*shared));
	if (CRYPTO_set_mem_functions(openssl_malloc, openssl_realloc, openssl_free) != 1) {
		fputs("OpenSSL's allocator cannot be replaced: has it allocated already?\n", stderr);
		abort();
	}
}

/* ---- our heap ---- */

void
heap_of_zlib_used(void)
{
	at.heap.ours++;
}

static void *
counted(void *p)
{
	live += p != NULL;
	return p;
}

void *
__wrap_malloc(size_t len)
{
	return allocation_fails(&at.heap.ours, "malloc", 0) ? NULL : counted(__real_malloc(len));
}

void *
__wrap_calloc(size_t n, size_t len)
{
	return allocation_fails(&at.heap.ours, "calloc", 0) ? NULL : counted(__real_calloc(n, len));
}

void *
__wrap_realloc(void *p, size_t len)
{
	if (allocation_fails(&at.heap.ours, "realloc", 0))
		return NULL;
	return p == NULL ? counted(__real_realloc(p, len)) : __real_realloc(p, len);
}

void
__wrap_free(void *p)
{
	live -= p != NULL;
	__real_free(p);
}

/* The sanitizer need not remember where each block was made: heap_print_since does. */
const char *__asan_default_options(void);

const char *
__asan_default_options(void)
{
	return "malloc_context_size=1:quarantine_size_mb=16";
}
