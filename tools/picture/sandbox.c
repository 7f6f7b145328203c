#include "tools/picture/sandbox.h"

#include <errno.h>
#include <grp.h>
#include <linux/capability.h>
#include <linux/landlock.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/limits.h"

enum { NOBODY = 65534 };        /* the kernel's own overflow id, nobody:nogroup in Debian; no look-up, which reads files */

static bool
limit(__rlimit_resource_t what, rlim_t soft, rlim_t hard)
{
	struct rlimit now;
	if (getrlimit(what, &now) != 0)
		return false;
	hard = hard < now.rlim_max ? hard : now.rlim_max;      /* a stricter limit of the caller's stays */
	soft = soft < hard ? soft : hard;
	return setrlimit(what, &(struct rlimit){ soft, hard }) == 0;
}

static bool
set_limits(void)
{
	bool good = limit(RLIMIT_CPU, PICTURE_CPU_S, PICTURE_CPU_S + 1); /* first a signal that tells why, then the end */
	good = good && limit(RLIMIT_FSIZE, 0, 0) && limit(RLIMIT_CORE, 0, 0) && limit(RLIMIT_NPROC, 0, 0);
	good = good && limit(RLIMIT_NOFILE, 0, 0);
	return good && (SANDBOX_SANITIZED || limit(RLIMIT_AS, PICTURE_MEMORY_MAX, PICTURE_MEMORY_MAX));
}

static bool
become_nobody(void)
{
	if (geteuid() == 0 && (setgroups(0, NULL) != 0 || setgid(NOBODY) != 0 || setuid(NOBODY) != 0))
		return false;
	struct __user_cap_header_struct head = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct none[_LINUX_CAPABILITY_U32S_3] = { 0 };
	return syscall(SYS_capset, &head, none) == 0 && getuid() != 0 && geteuid() != 0 && setuid(0) != 0;
}

static bool
take_process_options(void)
{
	return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 && prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) == 0 &&
	    prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) == 0;    /* after the change of user, which would clear them */
}

/* A ruleset that handles all kinds of access and allows none.  Version 1 of the interface knows the first 13. */
static void
forbid_files(void)
{
	struct landlock_ruleset_attr all = { .handled_access_fs = (LANDLOCK_ACCESS_FS_MAKE_SYM << 1) - 1 };
	long ruleset = syscall(SYS_landlock_create_ruleset, &all, sizeof(all), 0);
	if (ruleset < 0)
		return;
	(void)syscall(SYS_landlock_restrict_self, (int)ruleset, 0);
	(void)close((int)ruleset);
}

bool
sandbox_enter(void)
{
	closefrom(STDERR_FILENO + 1);
	if (!become_nobody() || !take_process_options())
		return false;
	forbid_files();
	return set_limits() && sandbox_restrict_calls();
}
