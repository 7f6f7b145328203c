#include "registry/sealed_inside.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { TRIES = 300 }; /* of a tenth of a second */

/* The directory may have been exchanged while we waited for it. */
static bool
is_still_there(const char *dir, int fd)
{
	struct stat held, there;
	return fstat(fd, &held) == 0 && stat(dir, &there) == 0 && held.st_dev == there.st_dev && held.st_ino == there.st_ino;
}

enum status
sealed_lock(const char *dir, bool alone, int *out, struct err *err)
{
	const struct timespec pause = { 0, 100000000 };
	for (int i = 0; i < TRIES; i++) {
		int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		if (fd < 0)
			return err_set(err, errno == ENOENT ? ERR_NOT_FOUND : ERR_SYSTEM, "open sealed store %s: %s", dir, strerror(errno));
		bool held = flock(fd, (alone ? LOCK_EX : LOCK_SH) | LOCK_NB) == 0;
		if (held && is_still_there(dir, fd)) {
			*out = fd;
			return OK;
		}
		bool busy = held || errno == EWOULDBLOCK || errno == EINTR;
		int why = errno;
		(void)close(fd);
		if (!busy)
			return err_set(err, ERR_SYSTEM, "lock sealed store %s: %s", dir, strerror(why));
		if (!held)
			(void)nanosleep(&pause, NULL);
	}
	return err_set(err, ERR_CONFLICT, alone ? "another yaopai has the sealed store %s open; try again when it is done" :
	    "another yaopai re-seals the sealed store %s, or erases in it; try again when it is done", dir);
}
