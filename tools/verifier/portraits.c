#include "tools/verifier/portraits.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"

static enum status
map_file(const char *path, struct portraits *p, struct err *err)
{
	struct stat s;
	p->fd = open(path, O_RDONLY | O_CLOEXEC);
	if (p->fd < 0)
		return err_set(err, errno == ENOENT ? ERR_NOT_FOUND : ERR_SYSTEM, "%s: %s", path, strerror(errno));
	if (fstat(p->fd, &s) != 0 || !S_ISREG(s.st_mode) || s.st_size < 1)
		return err_set(err, ERR_FORMAT, "%s: wanted a pack of portraits, a file", path);
	p->len = (size_t)s.st_size;
	p->map = mmap(NULL, p->len, PROT_READ, MAP_PRIVATE, p->fd, 0);
	return p->map != MAP_FAILED ? OK : err_set(err, ERR_SYSTEM, "%s: %s", path, strerror(errno));
}

enum status
portraits_open(const char *path, struct portraits *out, struct err *err)
{
	struct portraits p = { .fd = -1, .map = MAP_FAILED };
	enum status st = map_file(path, &p, err);
	if (st == OK && (st = portrait_pack_open((struct bytes){ p.map, p.len }, &p.pack)) != OK)
		err_set(err, st, "%s: no pack of portraits, or cut off or damaged (docs/formats.md 13)", path);
	*out = p;
	if (st != OK)
		portraits_close(out);
	return st;
}

void
portraits_close(struct portraits *p)
{
	if (p->map != NULL && p->map != MAP_FAILED)
		(void)munmap(p->map, p->len);
	if (p->map != NULL && p->fd >= 0)
		(void)close(p->fd);
	*p = (struct portraits){ .fd = -1 };
}

/* A number becomes a file's name only if it can do no harm there. */
static bool
is_plain(struct yp_text number)
{
	for (size_t i = 0; i < number.len; i++) {
		char c = number.ptr[i];
		bool plain = (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '-';
		if (!plain)
			return false;
	}
	return number.len > 0;
}

static bool
write_file(const char *dir, const struct yp_answer *a, struct bytes jpeg, char path[STATE_PATH_MAX])
{
	char name[NUMBER_LEN_MAX + sizeof(".jpg")];
	if (!is_plain(a->number))
		return false;
	(void)snprintf(name, sizeof(name), "%.*s.jpg", (int)a->number.len, a->number.ptr);
	return path_join(dir, name, path, STATE_PATH_MAX, NULL) == OK && file_save(path, jpeg, 0600, NULL) == OK;
}

void
portrait_take(const struct portraits *p, const struct yp_answer *a, const char *dir, struct portrait *out)
{
	struct bytes jpeg;
	out->found = PORTRAIT_NOT_ASKED;
	out->path[0] = '\0';
	if (p == NULL || !a->facts_proven)
		return;
	out->found = PORTRAIT_NONE;
	if (!a->has_portrait_digest)
		return;
	enum status st = portrait_pack_find(&p->pack, (struct bytes){ a->portrait_digest, sizeof(a->portrait_digest) }, &jpeg);
	if (st == OK)
		out->found = dir == NULL || write_file(dir, a, jpeg, out->path) ? PORTRAIT_HERE : PORTRAIT_NOT_WRITTEN;
	else
		out->found = st == ERR_NOT_FOUND ? PORTRAIT_NOT_IN_PACK : PORTRAIT_DAMAGED;
}
