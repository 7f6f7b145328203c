#include "tools/verifier/sitelog_file.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "crypto/random.h"

enum status
sitelog_new(const char *path, const struct sitelog_options *options, struct sitelog **out, struct err *err)
{
	if (strlen(path) > SITELOG_PATH_MAX || path[0] == '\0')
		return err_set(err, ERR_LIMIT, "the site log's path is empty or longer than %u bytes", SITELOG_PATH_MAX);
	struct sitelog *log = calloc(1, sizeof(*log));
	if (log == NULL)
		return err_set(err, ERR_SYSTEM, "out of memory");
	(void)snprintf(log->path, sizeof(log->path), "%s", path);
	(void)snprintf(log->head_path, sizeof(log->head_path), "%s" SITELOG_HEAD_SUFFIX, path);
	log->options = *options;
	log->fd = log->head_fd = -1;
	*out = log;
	return OK;
}

void
sitelog_tell(const struct sitelog *log, const char *fmt, ...)
{
	char sentence[SITELOG_NAME_MAX + 256];
	va_list ap;
	va_start(ap, fmt);
	(void)vsnprintf(sentence, sizeof(sentence), fmt, ap);
	va_end(ap);
	if (log->options.say != NULL)
		log->options.say(log->options.say_ctx, sentence);
}

enum status
sitelog_opening_make(enum sitelog_reason reason, const struct sitelog_place *previous, int64_t now_unix_s, struct buf out,
    struct bytes *enc, struct err *err)
{
	struct sitelog_opening o = { .opened_unix_s = now_unix_s, .reason = reason };
	if (previous != NULL) {
		o.previous_sequence = previous->sequence;
		o.has_previous = true;
		o.previous = previous->hash;
	}
	enum status st = random_fill(o.id, sizeof(o.id));
	if (st == OK)
		st = sitelog_opening_encode(&o, out, enc);
	return st == OK ? OK : err_set(err, st, "a new site log cannot be begun: %s (is the device's clock set?)", status_text(st));
}

void
sitelog_name(const struct sitelog *log, const char *what, unsigned i, char *out, size_t cap)
{
	int n = snprintf(out, cap, "%s.%s-%" PRIu64, log->path, what, log->walk.last.sequence + 1);
	if (i > 1 && n > 0 && (size_t)n < cap)
		(void)snprintf(out + n, cap - (size_t)n, ".%u", i);
}

/* ---- the lock ---- */

static enum status
system_error(struct err *err, const char *what, const char *path)
{
	return err_set(err, ERR_SYSTEM, "cannot %s the site log %s: %s", what, path, strerror(errno));
}

/* Two processes may come here at once: one of them makes it. */
static enum status
begin_new(struct sitelog *log, struct err *err)
{
	uint8_t mem[SITELOG_OPENING_LEN_MAX];
	struct bytes opening;
	struct stat s;
	if (lstat(log->head_path, &s) == 0)
		return err_set(err, ERR_DAMAGED, "%s is gone, but %s shows that there was one: it was taken away.  Put it back, or begin another with "
		    "`yaopai-verify log archive --damaged`", log->path, log->head_path);
	enum status st = sitelog_opening_make(SITELOG_NEW, NULL, log->options.now_unix_s, BUF_OF(mem), &opening, err);
	if (st == OK && (st = file_create(log->path, opening, SITELOG_MODE, err)) == ERR_CONFLICT) {
		st = OK;
		if (err != NULL)
			*err = (struct err){ 0 };
	}
	return st;
}

static void
forget_file(struct sitelog *log)
{
	if (log->fd >= 0)
		(void)close(log->fd);
	log->fd = -1;
	log->known = false;
}

static bool
is_at_path(const struct sitelog *log)
{
	struct stat here, there;
	return fstat(log->fd, &here) == 0 && stat(log->path, &there) == 0 && here.st_dev == there.st_dev && here.st_ino == there.st_ino;
}

enum status
sitelog_lock(struct sitelog *log, struct err *err)
{
	enum status st = OK;
	while (st == OK) {
		if (log->fd < 0 && (log->fd = open(log->path, O_RDWR | O_CLOEXEC)) < 0) {
			if (errno != ENOENT)
				return system_error(err, "open", log->path);
			st = begin_new(log, err);
			continue;
		}
		if (flock(log->fd, LOCK_EX) == 0) {
			if (is_at_path(log))
				return OK;
			forget_file(log); /* archived or taken away while we waited */
		} else if (errno != EINTR) {
			return system_error(err, "lock", log->path);
		}
	}
	return st;
}

void
sitelog_unlock(struct sitelog *log)
{
	if (log->fd >= 0)
		(void)flock(log->fd, LOCK_UN);
}

/* ---- writing ---- */

static enum status
write_at(int fd, uint64_t at, struct bytes data, const char *path, struct err *err)
{
	while (data.len > 0) {
		ssize_t n = pwrite(fd, data.ptr, data.len, (off_t)at);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return err_set(err, ERR_SYSTEM, "cannot write %s: %s%s", path, strerror(errno),
			    errno == ENOSPC || errno == EDQUOT || errno == EFBIG ? " (make room and try again)" : "");
		data.ptr += n;
		data.len -= (size_t)n;
		at += (uint64_t)n;
	}
	return OK;
}

enum status
sitelog_head_write(struct sitelog *log, struct err *err)
{
	uint8_t line[SITELOG_HEAD_LEN];
	enum status st = sitelog_head_encode(&log->walk.last, line);
	if (st)
		return err_set(err, st, "the site log's head cannot be made: %s", status_text(st));
	if (log->head_fd < 0 && (log->head_fd = open(log->head_path, O_WRONLY | O_CREAT | O_CLOEXEC, SITELOG_MODE)) < 0)
		return system_error(err, "open the head of", log->head_path);
	st = write_at(log->head_fd, 0, (struct bytes){ line, sizeof(line) }, log->head_path, err);
	if (st == OK && ftruncate(log->head_fd, sizeof(line)) != 0)
		st = system_error(err, "write the head of", log->head_path);
	return st;
}

/* Encode as many of the entries as fit into the buffer; *last moves on. */
static enum status
encode_some(struct sitelog *log, const struct sitelog_entry *entries, size_t n, struct sitelog_place *last, size_t *done, struct bytes *out)
{
	size_t len = 0, i = 0;
	enum status st = OK;
	for (; i < n && st == OK && sizeof(log->encoded) - len >= SITELOG_RECORD_LEN_MAX; i++) {
		struct sitelog_record r = { .sequence = last->sequence + 1, .entry = entries[i], .previous = last->hash };
		struct bytes enc;
		st = sitelog_record_encode(&r, (struct buf){ log->encoded + len, sizeof(log->encoded) - len, 0 }, &enc);
		if (st == OK)
			st = sha256(enc, &last->hash);
		if (st == OK) {
			*last = (struct sitelog_place){ r.sequence, last->end, last->end + enc.len, last->hash };
			len += enc.len;
		}
	}
	*done = i;
	*out = (struct bytes){ log->encoded, len };
	return st;
}

enum status
sitelog_write(struct sitelog *log, const struct sitelog_entry *entries, size_t n, struct err *err)
{
	struct sitelog_place last = log->walk.last;
	struct err head = { 0 };
	enum status st = OK;
	for (size_t at = 0, done = 0; at < n && st == OK; at += done) {
		struct bytes data;
		uint64_t from = last.end;
		st = encode_some(log, entries + at, n - at, &last, &done, &data);
		if (st)
			err_set(err, st, "a record of the site log cannot be made: %s", status_text(st));
		else
			st = write_at(log->fd, from, data, log->path, err);
	}
	if (st == OK && fdatasync(log->fd) != 0)
		st = system_error(err, "write", log->path);
	if (st) { /* what was written of it was promised to nobody: take it back, or it will be moved aside as torn */
		if (ftruncate(log->fd, (off_t)log->walk.last.end) != 0)
			log->known = false;
		return st;
	}
	log->walk.last = last;
	if (sitelog_head_write(log, &head) != OK) /* the records are safe; the head is behind until the next append */
		sitelog_tell(log, "%s", head.text);
	return OK;
}

/* ---- catching up ---- */

static enum status
torn_save(struct sitelog *log, struct bytes torn, char *aside, size_t cap, struct err *err)
{
	enum status st = ERR_CONFLICT;
	for (unsigned i = 1; i <= 99 && st == ERR_CONFLICT; i++) {
		struct err again = { 0 };
		sitelog_name(log, "torn", i, aside, cap);
		st = file_create(aside, torn, SITELOG_MODE, &again);
		if (st != OK && (st != ERR_CONFLICT || i == 99))
			err_set(err, st, "unfinished bytes at the end of %s cannot be moved aside: %s", log->path, again.text);
	}
	return st;
}

static enum status
torn_load(const struct sitelog *log, uint64_t len, uint8_t **out, struct err *err)
{
	uint8_t *mem = len <= SITELOG_TORN_LEN_MAX ? malloc((size_t)len) : NULL;
	size_t got = 0;
	if (mem == NULL)
		return err_set(err, len <= SITELOG_TORN_LEN_MAX ? ERR_SYSTEM : ERR_DAMAGED, "%s ends with %" PRIu64 " unfinished bytes, too many to move aside",
		    log->path, len);
	while (got < len) {
		ssize_t n = pread(log->fd, mem + got, (size_t)len - got, (off_t)(log->walk.last.end + got));
		if (n <= 0 && !(n < 0 && errno == EINTR)) {
			free(mem);
			return system_error(err, "read", log->path);
		}
		got += n > 0 ? (size_t)n : 0;
	}
	*out = mem;
	return OK;
}

/* What a power cut left half written goes into a file of its own, and a record says so. */
static enum status
mend_torn(struct sitelog *log, struct err *err)
{
	char aside[SITELOG_NAME_MAX];
	uint8_t *mem = NULL;
	uint64_t len = log->walk.end - log->walk.last.end;
	struct sitelog_entry e = { .kind = SITELOG_REPAIR, .time_unix_s = log->options.now_unix_s, .verdict = SITELOG_TORN, .has_presented = true };
	enum status st = torn_load(log, len, &mem, err);
	if (st)
		return st;
	struct bytes torn = { mem, (size_t)len };
	st = sha256(torn, &e.presented);
	if (st == OK)
		st = torn_save(log, torn, aside, sizeof(aside), err);
	free(mem);
	if (st == OK && ftruncate(log->fd, (off_t)log->walk.last.end) != 0)
		st = system_error(err, "mend", log->path);
	if (st == OK)
		st = sitelog_write(log, &e, 1, err);
	if (st == OK)
		sitelog_tell(log, "%" PRIu64 " unfinished bytes at the end of %s, left by a power cut or a stopped program, were moved to %s", len, log->path, aside);
	return st;
}

static enum status
mend_head(struct sitelog *log, struct err *err)
{
	struct sitelog_entry e = { .kind = SITELOG_REPAIR, .time_unix_s = log->options.now_unix_s, .verdict = SITELOG_HEAD_LOST };
	enum status st = sitelog_head_write(log, err);
	if (st == OK)
		st = sitelog_write(log, &e, 1, err);
	if (st == OK)
		sitelog_tell(log, "%s was missing or damaged and was made again from the log; if records were cut off the end before, that can no longer "
		    "be told", log->head_path);
	return st;
}

/* A log that ends before its head was cut off: the head is written last.  Archiving writes the new log before the head. */
static enum status
cut_off(const struct sitelog *log, const struct sitelog_place *head, struct err *err)
{
	const struct sitelog_opening *o = &log->walk.opening;
	if (o->has_previous && o->previous_sequence == head->sequence && memcmp(o->previous.b, head->hash.b, DIGEST_LEN) == 0)
		return OK;
	return err_set(err, ERR_DAMAGED, "%s does not hold record %" PRIu64 " as %s has it: records were cut off or changed.  Look at it with `yaopai-verify "
	    "log verify`; put it aside with `log archive --damaged`", log->path, head->sequence, log->head_path);
}

static enum status
walk_to_end(struct sitelog *log, struct err *err)
{
	struct sitelog_record r;
	struct err why = { 0 };
	enum status st;
	while ((st = sitelog_walk_next(&log->walk, &r, &why)) == OK)
		;
	if (st == ERR_NOT_FOUND)
		return OK;
	if (st == ERR_DAMAGED && log->walk.torn)
		return mend_torn(log, err);
	return err_set(err, st, "%s: %s", log->path, why.text);
}

/* The first time: by the head, or from the beginning. */
static enum status
find_end(struct sitelog *log, struct err *err)
{
	struct sitelog_place head = { 0 };
	bool held = false;
	enum status st = sitelog_walk_begin(&log->walk, log->fd, log->walk.end, err);
	if (st)
		return err_in(err, st, "%s", log->path);
	uint64_t opening_end = log->walk.last.end;
	enum status head_st = sitelog_head_load(log->head_path, &head, NULL);
	if (head_st == OK)
		st = sitelog_walk_skip(&log->walk, &head, &held, err);
	else if (head_st != ERR_NOT_FOUND && head_st != ERR_FORMAT)
		return sitelog_head_load(log->head_path, &head, err);
	if (st == OK && head_st == OK && !held)
		st = cut_off(log, &head, err);
	if (st == OK)
		st = walk_to_end(log, err);
	if (st == OK && head_st != OK && log->walk.last.end > opening_end)
		return mend_head(log, err);
	if (st == OK && !held) /* a log just begun */
		st = sitelog_head_write(log, err);
	return st;
}

enum status
sitelog_catch_up(struct sitelog *log, struct err *err)
{
	struct stat s;
	if (fstat(log->fd, &s) != 0)
		return system_error(err, "look at", log->path);
	uint64_t end = (uint64_t)s.st_size;
	if (log->known && end < log->walk.last.end)
		return err_set(err, ERR_DAMAGED, "%s became shorter, from %" PRIu64 " to %" PRIu64 " bytes: records were cut off", log->path, log->walk.last.end, end);
	if (log->known && end == log->walk.last.end)
		return OK;
	log->walk.end = end;
	log->walk.window_len = 0; /* others have written since */
	enum status st = log->known ? walk_to_end(log, err) : find_end(log, err);
	log->known = st == OK;
	return st;
}
