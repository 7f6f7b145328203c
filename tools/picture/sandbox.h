/* sandbox.h -- give up everything but thinking, before a byte of a picture is read.
 *
 * Whoever sends a picture chooses the bytes that libpng, libjpeg and zbar parse; all three have had holes.  After
 * sandbox_enter the process
 *
 *	is bounded     address space PICTURE_MEMORY_MAX, processor time PICTURE_CPU_S, no file longer than 0 bytes (a pipe
 *	               is none), no new file descriptor, no core, no further process     setrlimit(2)
 *	is nobody      if it was started by root: uid and gid 65534, no other groups; no capability in any case
 *	is alone       descriptors 0, 1 and 2, all others closed; no file can be reached   landlock(7), where there is one
 *	gains nothing  no set-uid programs, cannot be traced or dumped   PR_SET_NO_NEW_PRIVS, PR_SET_DUMPABLE
 *	ends in time   with the process that started it   PR_SET_PDEATHSIG
 *	can only       read 0, write 1 and 2, get and return memory, look at the clock, and end; any other system call
 *	               kills it at once: no open, socket, exec, fork, ptrace or signal, no executable memory   seccomp(2)
 *
 * Landlock is missing in older kernels and some containers, and the filter alone already forbids what it forbids, so
 * its absence is no failure.  Everything else must succeed: there is no unconfined way on, and no option for one.
 *
 * Built with AddressSanitizer two things differ, both decided at compile time in sandbox.c: RLIMIT_AS is left alone,
 * because the sanitizer reserves terabytes for its shadow, and the filter lets through the calls that its reports make. */
#ifndef PICTURE_SANDBOX_H
#define PICTURE_SANDBOX_H

#include <stdbool.h>

#include "base/status.h"

#if defined(__SANITIZE_ADDRESS__)
#define SANDBOX_SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define SANDBOX_SANITIZED 1
#endif
#endif
#ifndef SANDBOX_SANITIZED
#define SANDBOX_SANITIZED 0
#endif

/* All of the above.  False: the system refused something; end. */
MUST_CHECK bool sandbox_enter(void);

/* The last step alone (calls.c): the list of system calls. */
MUST_CHECK bool sandbox_restrict_calls(void);

#endif
