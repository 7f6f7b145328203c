#include "tools/office/picture_source.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/file.h"
#include "base/limits.h"
#include "tools/office/encoding.h"

enum { PATH_ROOM = 4096 };

static int
by_name(const void *a, const void *b)
{
	const struct picture_file *x = a, *y = b;
	return strcmp(x->name, y->name);
}

static enum status
add(struct picture_source *s, size_t *cap, const struct picture_file *f, struct err *err)
{
	if (s->n == PORTRAITS_MAX)
		return err_set(err, ERR_LIMIT, "%s holds more than %u pictures; hand them in in parts", s->path, PORTRAITS_MAX);
	if (s->n == *cap) {
		size_t more = *cap > 0 ? 2 * *cap : 256;
		struct picture_file *files = realloc(s->files, more * sizeof(*files));
		if (files == NULL)
			return err_set(err, ERR_SYSTEM, "out of memory");
		s->files = files;
		*cap = more;
	}
	s->files[s->n++] = *f;
	return OK;
}

/* ---- a directory ---- */

static enum status
open_dir(struct picture_source *s, DIR *dir, struct err *err)
{
	size_t cap = 0;
	enum status st = OK;
	for (struct dirent *e; st == OK && (e = readdir(dir)) != NULL;) {
		struct picture_file f = { .entry = 0 };
		(void)snprintf(f.name, sizeof(f.name), "%.*s", (int)PICTURE_NAME_LEN_MAX, e->d_name);
		if (f.name[0] != '.') /* ., .., and what a Mac leaves */
			st = add(s, &cap, &f, err);
	}
	return st;
}

static enum status
load_file(const struct picture_source *s, const char *name, struct buf *jpeg, struct err *err)
{
	char path[PATH_ROOM];
	struct stat st;
	enum status joined = path_join(s->path, name, path, sizeof(path), err);
	if (joined)
		return joined;
	if (lstat(path, &st) != 0 || !S_ISREG(st.st_mode))
		return err_set(err, ERR_FORMAT, "it is no plain file");
	if ((uint64_t)st.st_size > PORTRAIT_LEN_MAX)
		return err_set(err, ERR_LIMIT, "it has %lld bytes; %u to %u were wanted", (long long)st.st_size, PORTRAIT_LEN_MIN, PORTRAIT_LEN_MAX);
	return file_load(path, PORTRAIT_LEN_MAX, jpeg, err);
}

/* ---- an archive ---- */

/* As UTF-8, whatever it was written in; cut off where it is too long. */
static void
name_decode(const struct zip_entry *e, char out[PATH_ROOM])
{
	struct decoder d;
	struct bytes piece = { NULL, 0 };
	size_t n = 0;
	enum status st = decoder_open(&d, e->name_is_utf8 ? ENCODING_UTF8 : ENCODING_GB18030, bytes_str(e->name));
	if (st == OK)
		st = decoder_next(&d, &piece);
	if (st == OK && piece.len > 0) {
		n = piece.len < PATH_ROOM ? piece.len : PATH_ROOM - 1;
		memcpy(out, piece.ptr, n);
	} else { /* neither: it is shown escaped, and is no number */
		n = strlen(e->name) < PATH_ROOM ? strlen(e->name) : PATH_ROOM - 1;
		memcpy(out, e->name, n);
	}
	out[n] = '\0';
	decoder_close(&d);
}

/* "portraits/15000000001.jpg": the file's own name.  False: a directory, hidden, or a Mac's. */
static bool
name_split(const char *path, struct picture_file *f)
{
	const char *name = path;
	size_t above = 0;
	for (const char *p = path; *p != '\0'; p++) {
		if (*p != '/' && *p != '\\')
			continue;
		above += p > name;
		name = p + 1;
	}
	(void)snprintf(f->name, sizeof(f->name), "%.*s", (int)PICTURE_NAME_LEN_MAX, name);
	f->too_deep = above > 1;
	return name[0] != '\0' && name[0] != '.' && strncmp(path, "__MACOSX", 8) != 0;
}

static enum status
open_zip(struct picture_source *s, struct err *err)
{
	size_t cap = 0;
	enum status st = zip_file_open(s->path, &s->zip, err);
	if (st == OK && s->zip.n > ZIP_ENTRIES_MAX)
		st = err_set(err, ERR_LIMIT, "%s holds more than %u entries", s->path, ZIP_ENTRIES_MAX);
	for (uint64_t i = 0; st == OK && i < s->zip.n; i++) {
		char path[PATH_ROOM];
		struct zip_entry e;
		struct picture_file f = { .entry = i };
		st = err_in(err, zip_file_entry(&s->zip, i, &e, err), "%s", s->path);
		if (st)
			break;
		name_decode(&e, path);
		if (name_split(path, &f))
			st = add(s, &cap, &f, err);
	}
	return st;
}

static enum status
take_piece(void *ctx, struct bytes piece, struct err *err)
{
	struct buf *b = ctx;
	if (piece.len > b->cap - b->len)
		return err_set(err, ERR_LIMIT, "it is longer than it says");
	memcpy(b->ptr + b->len, piece.ptr, piece.len);
	b->len += piece.len;
	return OK;
}

static enum status
load_entry(const struct picture_source *s, const struct picture_file *f, struct buf *jpeg, struct err *err)
{
	struct zip_entry e;
	if (f->too_deep)
		return err_set(err, ERR_FORMAT, "it lies deeper than one directory in the archive");
	enum status st = zip_file_entry(&s->zip, f->entry, &e, err);
	if (st == OK && e.len > PORTRAIT_LEN_MAX)
		st = err_set(err, ERR_LIMIT, "it has %llu bytes; %u to %u were wanted", (unsigned long long)e.len, PORTRAIT_LEN_MIN, PORTRAIT_LEN_MAX);
	if (st)
		return st;
	struct buf b = { malloc((size_t)e.len + 1), (size_t)e.len, 0 };
	if (b.ptr == NULL)
		return err_set(err, ERR_SYSTEM, "out of memory");
	st = zip_file_read(&s->zip, &e, PORTRAIT_LEN_MAX, take_piece, &b, err);
	if (st)
		free(b.ptr);
	else
		*jpeg = b;
	return st;
}

/* ---- either ---- */

enum status
picture_source_open(const char *path, struct picture_source *out, struct err *err)
{
	struct picture_source s = { .path = path };
	DIR *dir = opendir(path);
	enum status st = OK;
	if (dir != NULL) {
		st = open_dir(&s, dir, err);
		(void)closedir(dir);
	} else if (errno == ENOTDIR) {
		s.is_zip = true;
		st = open_zip(&s, err);
	} else {
		st = err_set(err, ERR_SYSTEM, "cannot read the directory %s: %s", path, strerror(errno));
	}
	if (st == OK && s.n > 0)
		qsort(s.files, s.n, sizeof(*s.files), by_name);
	if (st)
		picture_source_close(&s);
	else
		*out = s;
	return st;
}

enum status
picture_source_load(const struct picture_source *s, size_t i, struct buf *jpeg, struct err *err)
{
	return s->is_zip ? load_entry(s, &s->files[i], jpeg, err) : load_file(s, s->files[i].name, jpeg, err);
}

void
picture_source_close(struct picture_source *s)
{
	zip_file_close(&s->zip);
	free(s->files);
	*s = (struct picture_source){ .n = 0 };
}
