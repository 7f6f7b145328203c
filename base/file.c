#define _GNU_SOURCE /* syncfs, renameat2 */
#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static enum status
from_errno(struct err *err, const char *what, const char *path)
{
	int e = errno;
	enum status st = e == ENOENT ? ERR_NOT_FOUND : e == EEXIST ? ERR_CONFLICT : ERR_SYSTEM;
	const char *advice = e == ENOSPC || e == EDQUOT ? " (make room and try again)" :
	    e == EACCES || e == EPERM || e == EROFS ? " (check the owner, the mode and whether the disk is read-only)" : "";
	return err_set(err, st, "cannot %s %s: %s%s", what, path, strerror(e), advice);
}

static enum status
read_all(int fd, const char *path, size_t len_max, struct buf *b, struct err *err)
{
	for (;;) {
		if (b->len + 1 >= b->cap) {
			size_t cap = b->cap < 65536 ? 65536 : b->cap * 2;
			uint8_t *grown = realloc(b->ptr, cap);
			if (grown == NULL)
				return err_set(err, ERR_SYSTEM, "out of memory reading %s", path);
			b->ptr = grown;
			b->cap = cap;
		}
		ssize_t n = read(fd, b->ptr + b->len, b->cap - b->len - 1);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return from_errno(err, "read", path);
		if (n == 0)
			break;
		b->len += (size_t)n;
		if (b->len > len_max)
			return err_set(err, ERR_LIMIT, "%s is longer than %zu bytes, the most this program reads", path, len_max);
	}
	b->ptr[b->len] = '\0';
	return OK;
}

enum status
file_load(const char *path, size_t len_max, struct buf *out, struct err *err)
{
	struct buf b = { 0 };
	struct stat s = { 0 };
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return from_errno(err, "open", path);
	enum status st = OK;
	if (fstat(fd, &s) == 0 && S_ISDIR(s.st_mode))
		st = err_set(err, ERR_SYSTEM, "%s is a directory, not a file", path);
	else if (S_ISREG(s.st_mode) && (uint64_t)s.st_size > len_max)
		st = err_set(err, ERR_LIMIT, "%s is longer than %zu bytes, the most this program reads", path, len_max);
	else if (S_ISREG(s.st_mode) && s.st_size > 0) { /* one allocation when the size is known */
		b.cap = (size_t)s.st_size + 2;
		b.ptr = malloc(b.cap);
		if (b.ptr == NULL)
			st = err_set(err, ERR_SYSTEM, "out of memory reading %s", path);
	}
	if (st == OK)
		st = read_all(fd, path, len_max, &b, err);
	(void)close(fd);
	if (st)
		free(b.ptr);
	else
		*out = b;
	return st;
}

static enum status
write_all(int fd, struct bytes data, const char *path, struct err *err)
{
	while (data.len > 0) {
		ssize_t n = write(fd, data.ptr, data.len);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return from_errno(err, "write", path);
		data.ptr += n;
		data.len -= (size_t)n;
	}
	return OK;
}

enum status
dir_sync(const char *path, struct err *err)
{
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return from_errno(err, "open", path);
	enum status st = fsync(fd) == 0 || errno == EINVAL ? OK : from_errno(err, "write", path);
	(void)close(fd);
	return st;
}

/* A rename is durable only once its directory is. */
static enum status
sync_directory_of(const char *path, struct err *err)
{
	char dir[4096];
	const char *slash = strrchr(path, '/');
	size_t n = slash == NULL ? 0 : slash == path ? 1 : (size_t)(slash - path);
	if (n >= sizeof(dir))
		return err_set(err, ERR_LIMIT, "the path %.60s... is too long", path);
	memcpy(dir, n == 0 ? "." : path, n == 0 ? 1 : n);
	dir[n == 0 ? 1 : n] = '\0';
	return dir_sync(dir, err);
}

struct how { bool replace, sync; };

static enum status
save_through(const char *path, struct bytes data, unsigned mode, struct how how, struct err *err)
{
	char temp[4096];
	int n = snprintf(temp, sizeof(temp), "%s.%ld.tmp", path, (long)getpid());
	if (n < 0 || (size_t)n >= sizeof(temp))
		return err_set(err, ERR_LIMIT, "the path %.60s... is too long", path);
	(void)unlink(temp); /* left by a process of this number that died */
	int fd = open(temp, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, (mode_t)mode);
	if (fd < 0)
		return from_errno(err, "make", temp);
	/* a USB stick (FAT) keeps no modes: that matters only for what others must not read */
	enum status st = fchmod(fd, (mode_t)mode) == 0 || (mode & 044) != 0 ? OK : from_errno(err, "set the mode of", temp);
	if (st == OK)
		st = write_all(fd, data, temp, err);
	if (st == OK && how.sync && fsync(fd) != 0)
		st = from_errno(err, "write", temp);
	if (close(fd) != 0 && st == OK)
		st = from_errno(err, "write", temp);
	if (st == OK && how.replace && rename(temp, path) != 0)
		st = from_errno(err, "put in place", path);
	if (st == OK && !how.replace && link(temp, path) != 0)
		st = from_errno(err, "make", path);
	if (st || !how.replace)
		(void)unlink(temp);
	return st || !how.sync ? st : sync_directory_of(path, err);
}

enum status
file_save(const char *path, struct bytes data, unsigned mode, struct err *err)
{
	return save_through(path, data, mode, (struct how){ .replace = true, .sync = true }, err);
}

enum status
file_create(const char *path, struct bytes data, unsigned mode, struct err *err)
{
	return save_through(path, data, mode, (struct how){ .sync = true }, err);
}

enum status
file_save_unsynced(const char *path, struct bytes data, unsigned mode, struct err *err)
{
	return save_through(path, data, mode, (struct how){ .replace = true }, err);
}

enum status
disk_sync(const char *dir, struct err *err)
{
	int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return from_errno(err, "open", dir);
	enum status st = syncfs(fd) == 0 ? OK : from_errno(err, "write what was put into", dir);
	(void)close(fd);
	return st;
}

enum status
file_wipe(const char *path, struct err *err)
{
	static const uint8_t zeros[4096];
	struct stat s;
	int fd = open(path, O_WRONLY | O_CLOEXEC | O_NOFOLLOW);
	if (fd < 0)
		return from_errno(err, "open", path);
	enum status st = OK;
	if (fstat(fd, &s) != 0) {
		s.st_size = 0;
		st = from_errno(err, "look at", path);
	}
	for (off_t left = s.st_nlink > 1 ? 0 : s.st_size; st == OK && left > 0; left -= (off_t)sizeof(zeros))
		st = write_all(fd, (struct bytes){ zeros, left < (off_t)sizeof(zeros) ? (size_t)left : sizeof(zeros) }, path, err);
	if (close(fd) != 0 && st == OK)
		st = from_errno(err, "write", path);
	if (st == OK && unlink(path) != 0)
		st = from_errno(err, "remove", path);
	return st ? st : sync_directory_of(path, err);
}

enum status
dir_make(const char *path, unsigned mode, struct err *err)
{
	struct stat s;
	if (mkdir(path, (mode_t)mode) == 0)
		return OK;
	if (errno == EEXIST && stat(path, &s) == 0 && S_ISDIR(s.st_mode))
		return OK;
	return from_errno(err, "make the directory", path);
}

enum status
path_exchange(const char *a, const char *b, struct err *err)
{
	if (renameat2(AT_FDCWD, a, AT_FDCWD, b, RENAME_EXCHANGE) != 0)
		return err_set(err, ERR_SYSTEM, "%s and %s cannot be exchanged: %s", a, b, strerror(errno));
	return OK;
}

enum status
path_join(const char *dir, const char *name, char *out, size_t cap, struct err *err)
{
	int n = snprintf(out, cap, "%s/%s", dir, name);
	if (n < 0 || (size_t)n >= cap)
		return err_set(err, ERR_LIMIT, "the path %.60s.../%.60s is too long", dir, name);
	return OK;
}
