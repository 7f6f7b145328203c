#include "tools/verifier/replay_file.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <string.h>
#include <time.h>

#include "tools/verifier/statedir.h"

enum { ENTRIES = 65536, TRIES_A_SECOND = 20 }; /* a hundred live codes a second, each kept for ten minutes at most */

static enum status
file_lock(int fd, const char *path, struct err *err)
{
	const struct timespec pause = { .tv_nsec = 1000000000L / TRIES_A_SECOND };
	for (unsigned n = 0; n < REPLAY_WAIT_S * TRIES_A_SECOND; n++) {
		if (flock(fd, LOCK_EX | LOCK_NB) == 0)
			return OK;
		if (errno != EWOULDBLOCK && errno != EINTR)
			return err_set(err, ERR_SYSTEM, "%s cannot be locked: %s", path, strerror(errno));
		(void)nanosleep(&pause, NULL);
	}
	return err_set(err, ERR_CONFLICT, "%s is held by another yaopai-verify --once that has been running for %u s; give each lane that "
	    "runs all day a state directory of its own", path, REPLAY_WAIT_S);
}

static enum status
file_map(struct replay_file *f, const char *dir, bool *fresh, struct err *err)
{
	char path[STATE_PATH_MAX];
	struct stat s;
	enum status st = statedir_path(dir, "replay", path, err);
	if (st != OK)
		return st;
	f->fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (f->fd < 0)
		return err_set(err, ERR_SYSTEM, "%s: %s", path, strerror(errno));
	st = file_lock(f->fd, path, err);
	if (st != OK)
		return st;
	if (fstat(f->fd, &s) != 0 || (s.st_size != (off_t)f->len && ftruncate(f->fd, (off_t)f->len) != 0))
		return err_set(err, ERR_SYSTEM, "%s: %s", path, strerror(errno));
	*fresh = s.st_size != (off_t)f->len;
	f->memory = mmap(NULL, f->len, PROT_READ | PROT_WRITE, MAP_SHARED, f->fd, 0);
	return f->memory != MAP_FAILED ? OK : err_set(err, ERR_SYSTEM, "%s: %s", path, strerror(errno));
}

enum status
replay_file_open(const char *dir, struct replay_file *out, struct err *err)
{
	struct replay_file f = { .fd = -1, .memory = MAP_FAILED, .len = yp_replay_len(ENTRIES) };
	bool fresh = true;
	enum status st = OK;
	if (dir != NULL)
		st = file_map(&f, dir, &fresh, err);
	else if ((f.memory = mmap(NULL, f.len, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)) == MAP_FAILED)
		st = err_set(err, ERR_SYSTEM, "no memory for the live codes used: %s", strerror(errno));
	if (st == OK)
		st = (enum status)yp_replay_open(f.memory, f.len, fresh, &f.replay);
	if (st == ERR_DAMAGED) {
		f.begun_anew = true;
		st = (enum status)yp_replay_open(f.memory, f.len, true, &f.replay);
	}
	*out = f;
	if (st != OK)
		replay_file_close(out);
	return st;
}

void
replay_file_close(struct replay_file *f)
{
	if (f->memory != NULL && f->memory != MAP_FAILED)
		(void)munmap(f->memory, f->len);
	if (f->memory != NULL && f->fd >= 0)
		(void)close(f->fd);
	*f = (struct replay_file){ .fd = -1 };
}
