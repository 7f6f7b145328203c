/* faults.h -- one allocation, or one call into libcrypto or zlib, made to fail.
 *
 * OpenSSL's allocator is replaced (CRYPTO_set_mem_functions); malloc, calloc, realloc and free of what is linked into the
 * test, and every function of calls.def, are wrapped by the linker (-Wl,--wrap; tests/CMakeLists.txt).  For one thread. */
#ifndef TESTS_FAULT_FAULTS_H
#define TESTS_FAULT_FAULTS_H

#include <stdbool.h>
#include <stddef.h>

enum fault {
	FAULT_ALLOCATION,   /* the n-th allocation fails, OpenSSL's or ours */
	FAULT_ALLOCATIONS,  /* and every later one: memory has run out */
	FAULT_CALL,         /* the n-th call of calls.def is not made: its failure, and why in OpenSSL's error queue */
	FAULT_CALL_MUTE,    /* its failure without a word, where that is not also an honest answer */
	FAULT_KINDS,
	FAULT_NONE = FAULT_KINDS, /* only counts */
};
const char *fault_text(enum fault f);

void faults_install(void);                  /* before OpenSSL's first allocation and before any fork */
void fault_arm(enum fault f, size_t n);     /* n from 1; the counts begin anew */
bool fault_disarm(void);                    /* was the fault reached? */
const char *fault_place(void);              /* "crypto/mem.c:200", "EVP_PKEY_verify"; of the last one reached */
const char *fault_call_never_failed(void);  /* a function of calls.def that no fault has reached; NULL if there is none */

/* The allocations of one run without a fault: by which path of calls each was reached, as a number. */
enum { PATHS_MAX = 1 << 16 };
void paths_make(void);                      /* first, in the process whose children shall record and see them */
void paths_record(bool on);                 /* from each fault_arm to its fault_disarm */
size_t paths_n(void);
bool paths_are_coarse(void);                 /* under sanitizers, which are slower and there for our own errors and leaks */
/* Was the n-th the first, or the last, that was reached by its path?  True for an n beyond them all. */
bool path_is_first(size_t n);
bool path_is_last(size_t n);

struct heap { size_t openssl, ours; };      /* allocations since fault_arm; ours: and zlib's, if it uses the heap */
struct heap heap_used(void);
long heap_live(void);                       /* blocks not freed, of both */
void heap_print_since(size_t mark);         /* those OpenSSL allocated after the mark, with their places */
size_t heap_mark(void);

#endif
