/* Preloaded into a program: it dies by SIGKILL just before its Nth change of a directory (link, mkdir, rename, renameat2, rmdir, unlink), N in
 * KILL_AT.  Going through all N shows every state that a crash can leave of a change made of several files. */
#include <dlfcn.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static void
count(void)
{
	static long done;
	const char *at = getenv("KILL_AT");
	if (at != NULL && ++done == strtol(at, NULL, 10))
		(void)raise(SIGKILL);
}

#define NEXT(name) \
	count(); \
	typeof(&name) next = (typeof(&name))dlsym(RTLD_NEXT, #name)

int
link(const char *from, const char *to)
{
	NEXT(link);
	return next(from, to);
}

int
mkdir(const char *path, mode_t mode)
{
	NEXT(mkdir);
	return next(path, mode);
}

int
rename(const char *from, const char *to)
{
	NEXT(rename);
	return next(from, to);
}

int
renameat2(int from_dir, const char *from, int to_dir, const char *to, unsigned flags)
{
	NEXT(renameat2);
	return next(from_dir, from, to_dir, to, flags);
}

int
rmdir(const char *path)
{
	NEXT(rmdir);
	return next(path);
}

int
unlink(const char *path)
{
	NEXT(unlink);
	return next(path);
}
