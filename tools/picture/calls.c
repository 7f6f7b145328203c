#include "tools/picture/sandbox.h"

#include <stddef.h>
#include <sys/mman.h>
#include <unistd.h>

#include <seccomp.h>

static const int always[] = {
	SCMP_SYS(munmap), SCMP_SYS(mremap), SCMP_SYS(brk), SCMP_SYS(madvise), SCMP_SYS(futex), SCMP_SYS(exit_group), SCMP_SYS(exit),
	SCMP_SYS(clock_gettime),        /* zbar notes the time of a search; a system call only without a vDSO clock */
	SCMP_SYS(sysinfo),              /* qsort asks how much memory there is */
};

/* What a sanitizer's report needs; it ends the process anyway. */
static const int sanitized[] = {
	SCMP_SYS(getpid), SCMP_SYS(gettid), SCMP_SYS(sched_yield), SCMP_SYS(sigaltstack), SCMP_SYS(rt_sigprocmask),
	SCMP_SYS(rt_sigaction), SCMP_SYS(getrlimit), SCMP_SYS(prlimit64),
};

static bool
allow(scmp_filter_ctx f, const int *calls, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (seccomp_rule_add(f, SCMP_ACT_ALLOW, calls[i], 0) != 0)
			return false;
	return true;
}

static bool
allow_on(scmp_filter_ctx f, int call, int fd)
{
	struct scmp_arg_cmp is_fd = { .arg = 0, .op = SCMP_CMP_EQ, .datum_a = (scmp_datum_t)fd };
	return seccomp_rule_add_array(f, SCMP_ACT_ALLOW, call, 1, &is_fd) == 0;
}

/* Memory of our own only, and never to be executed: no file is mapped, and none could be opened. */
static bool
allow_memory(scmp_filter_ctx f)
{
	struct scmp_arg_cmp plain[] = {
		{ .arg = 2, .op = SCMP_CMP_MASKED_EQ, .datum_a = PROT_EXEC, .datum_b = 0 },
		{ .arg = 3, .op = SCMP_CMP_MASKED_EQ, .datum_a = MAP_ANONYMOUS, .datum_b = MAP_ANONYMOUS },
	};
	return seccomp_rule_add_array(f, SCMP_ACT_ALLOW, SCMP_SYS(mmap), 2, plain) == 0 &&
	    seccomp_rule_add_array(f, SCMP_ACT_ALLOW, SCMP_SYS(mprotect), 1, plain) == 0;
}

bool
sandbox_restrict_calls(void)
{
	scmp_filter_ctx f = seccomp_init(SCMP_ACT_KILL_PROCESS);
	if (f == NULL)
		return false;
	bool good = seccomp_attr_set(f, SCMP_FLTATR_ACT_BADARCH, SCMP_ACT_KILL_PROCESS) == 0;
	good = good && allow(f, always, sizeof(always) / sizeof(always[0]));
	good = good && (!SANDBOX_SANITIZED || allow(f, sanitized, sizeof(sanitized) / sizeof(sanitized[0])));
	good = good && allow_on(f, SCMP_SYS(read), STDIN_FILENO) && allow_on(f, SCMP_SYS(write), STDOUT_FILENO) &&
	    allow_on(f, SCMP_SYS(write), STDERR_FILENO);
	good = good && allow_memory(f) && seccomp_load(f) == 0;
	seccomp_release(f);
	return good;
}
