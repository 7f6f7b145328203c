#include "tools/verifier/sitelog_audit.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/text.h"
#include "tools/verifier/sitelog.h"

enum { SHOWN_HASH = 8 };

enum status
sitelog_noted_parse(const char *text, struct sitelog_noted *out, struct err *err)
{
	char shown[96];
	const char *colon = strchr(text, ':');
	struct sitelog_noted n = { 0 };
	struct buf prefix = { n.prefix, sizeof(n.prefix), 0 };
	bool good = colon != NULL && text_uint((struct bytes){ (const uint8_t *)text, (size_t)(colon - text) }, &n.sequence) == OK &&
	    strlen(colon + 1) <= 2 * DIGEST_LEN && hex_decode(bytes_str(colon + 1), &prefix) == OK && prefix.len >= SITELOG_NOTED_LEN_MIN;
	if (!good)
		return err_set(err, ERR_ARGUMENT, "--noted: got \"%s\", wanted a record's number, a colon, and 16 to 64 hex digits, as `log verify` shows them",
		    text_escape(bytes_str(text), shown, sizeof(shown)));
	n.len = prefix.len;
	*out = n;
	return OK;
}

static enum status
missing(const char *path, const char *head_path, struct err *err)
{
	struct stat s;
	int e = errno;
	if (e == ENOENT && lstat(head_path, &s) == 0)
		return err_set(err, ERR_DAMAGED, "%s is gone, but %s shows that there was one: it was taken away", path, head_path);
	if (e == ENOENT)
		return err_set(err, ERR_NOT_FOUND, "there is no site log at %s", path);
	return err_set(err, ERR_SYSTEM, "cannot open the site log %s: %s", path, strerror(e));
}

/* The lock makes log and head belong together; it is not held while all is read. */
static enum status
snapshot(struct sitelog_audit *a, const char *head_path, struct err *err)
{
	struct stat s;
	while (flock(a->fd, LOCK_SH) != 0)
		if (errno != EINTR) /* a file system without locks: then nobody appends either */
			break;
	enum status st = OK;
	a->head_status = sitelog_head_load(head_path, &a->head, NULL);
	if (fstat(a->fd, &s) != 0 || !S_ISREG(s.st_mode))
		st = err_set(err, ERR_SYSTEM, "%s is not a file", a->path);
	else
		a->end = (uint64_t)s.st_size;
	if (st == OK && a->head_status != OK && a->head_status != ERR_NOT_FOUND && a->head_status != ERR_FORMAT)
		st = sitelog_head_load(head_path, &a->head, err);
	(void)flock(a->fd, LOCK_UN);
	return st;
}

enum status
sitelog_audit_open(const char *path, struct sitelog_audit **out, struct err *err)
{
	char head_path[SITELOG_PATH_MAX + 64];
	if (strlen(path) > SITELOG_PATH_MAX)
		return err_set(err, ERR_LIMIT, "the site log's path is longer than %u bytes", SITELOG_PATH_MAX);
	struct sitelog_audit *a = calloc(1, sizeof(*a));
	if (a == NULL)
		return err_set(err, ERR_SYSTEM, "out of memory");
	(void)snprintf(head_path, sizeof(head_path), "%s" SITELOG_HEAD_SUFFIX, path);
	a->path = path;
	a->fd = open(path, O_RDONLY | O_CLOEXEC);
	enum status st = a->fd < 0 ? missing(path, head_path, err) : snapshot(a, head_path, err);
	if (st)
		sitelog_audit_close(a);
	else
		*out = a;
	return st;
}

void
sitelog_audit_close(struct sitelog_audit *a)
{
	if (a == NULL)
		return;
	if (a->fd >= 0)
		(void)close(a->fd);
	free(a);
}

/* ---- heads ---- */

static enum status
other_hash(struct err *err, uint64_t sequence, const uint8_t *found, const uint8_t *wanted, size_t len, const char *whose)
{
	char f[2 * DIGEST_LEN + 1], w[2 * DIGEST_LEN + 1];
	hex_encode((struct bytes){ found, len }, f);
	hex_encode((struct bytes){ wanted, len }, w);
	return err_set(err, ERR_DAMAGED, "record %" PRIu64 " has the hash %s..., but %s says %s...: it, or one before it, was changed", sequence, f, whose, w);
}

/* Where the chain stands, before the first record as well: hold it against whatever is known of that place. */
static enum status
meet_heads(struct sitelog_audit *a, struct sitelog_noted *noted, size_t noted_n, struct sitelog_report *r, struct err *err)
{
	const struct sitelog_place *at = &a->walk.last;
	const struct sitelog_opening *o = &a->walk.opening;
	bool is_opening = at->start == 0;
	r->last = *at;
	r->head = is_opening && o->has_previous ? o->previous : at->hash; /* the number is that of the record before */
	for (size_t i = 0; i < noted_n; i++) {
		struct sitelog_noted *n = &noted[i];
		if (n->sequence != at->sequence)
			continue;
		n->met = memcmp(n->prefix, r->head.b, n->len) == 0;
		if (!n->met)
			return other_hash(err, at->sequence, r->head.b, n->prefix, n->len, "the noted head");
		r->noted_newest = true;
	}
	if (a->head_status != OK || a->head.sequence != at->sequence)
		return OK;
	bool archived = is_opening && o->has_previous && memcmp(a->head.hash.b, o->previous.b, DIGEST_LEN) == 0;
	r->head_checked = archived || sitelog_place_eq(&a->head, at);
	return r->head_checked ? OK : other_hash(err, at->sequence, at->hash.b, a->head.hash.b, SHOWN_HASH, "the head file");
}

enum status
sitelog_noted_check(const struct sitelog_noted *noted, size_t n, uint64_t last, struct err *err)
{
	for (size_t i = 0; i < n; i++) {
		if (noted[i].met)
			continue;
		if (noted[i].sequence > last)
			return err_set(err, ERR_DAMAGED, "the log ends with record %" PRIu64 ", but the head of record %" PRIu64 " was noted: the end was cut off", last,
			    noted[i].sequence);
		return err_set(err, ERR_NOT_FOUND, "record %" PRIu64 ", whose head was noted, is not in this log but in one archived before: give that one, too, "
		    "with --log, the oldest first", noted[i].sequence);
	}
	return OK;
}

static enum status
end_check(const struct sitelog_audit *a, size_t noted_n, struct sitelog_report *r, struct err *err)
{
	uint64_t last = r->last.sequence;
	if (a->head_status == OK && a->head.sequence > last)
		return err_set(err, ERR_DAMAGED, "the log ends with record %" PRIu64 ", but the head file has record %" PRIu64 ": the end was cut off", last,
		    a->head.sequence);
	if (a->head_status == OK && !r->head_checked)
		return err_set(err, ERR_DAMAGED, "the head file is of record %" PRIu64 ", which is before this log's first: it belongs to another log, or an older "
		    "one was put back", a->head.sequence);
	r->head_behind = a->head_status == OK ? last - a->head.sequence : 0;
	if (a->head_status != OK && !r->noted_newest && (noted_n == 0 || a->head_status == ERR_FORMAT))
		return err_set(err, ERR_DAMAGED, "the chain holds up to record %" PRIu64 ", but the head file is %s, so that nothing shows whether the end was cut off; "
		    "copy FILE.head along with the log, or give a head noted earlier with --noted", last, a->head_status == ERR_NOT_FOUND ? "missing" : "damaged");
	return OK;
}

static void
count(struct sitelog_report *r, const struct sitelog_record *record)
{
	const struct sitelog_entry *e = &record->entry;
	r->first_unix_s = r->records == 0 ? e->time_unix_s : r->first_unix_s;
	if (r->records > 0 && e->time_unix_s < r->last_unix_s && r->set_back_n++ == 0)
		r->set_back_first = record->sequence;
	r->last_unix_s = e->time_unix_s;
	r->records++;
	r->checks += e->kind == SITELOG_CHECK;
	r->repairs += e->kind == SITELOG_REPAIR;
}

enum status
sitelog_audit_run(struct sitelog_audit *a, struct sitelog_noted *noted, size_t noted_n, sitelog_visit *visit, void *ctx,
    struct sitelog_report *out, struct err *err)
{
	struct sitelog_record record;
	memset(out, 0, sizeof(*out));
	enum status st = sitelog_walk_begin(&a->walk, a->fd, a->end, err);
	if (st)
		return st;
	out->opening = a->walk.opening;
	st = meet_heads(a, noted, noted_n, out, err);
	while (st == OK && (st = sitelog_walk_next(&a->walk, &record, err)) == OK) {
		out->noted_newest = false;
		count(out, &record);
		st = meet_heads(a, noted, noted_n, out, err);
		if (st == OK && visit != NULL)
			st = visit(ctx, &a->walk, &record, err);
	}
	return st == ERR_NOT_FOUND ? end_check(a, noted_n, out, err) : st;
}

enum status
sitelog_follows(const struct sitelog_report *before, const struct sitelog_report *next, struct err *err)
{
	const struct sitelog_opening *o = &next->opening;
	if (o->reason == SITELOG_CONTINUED && o->previous_sequence == before->last.sequence &&
	    memcmp(o->previous.b, before->last.hash.b, DIGEST_LEN) == 0)
		return OK;
	return err_set(err, ERR_DAMAGED, "it does not go on where the log before it ends (record %" PRIu64 "): it begins after record %" PRIu64 "%s", before->last.sequence,
	    o->previous_sequence, o->reason == SITELOG_NEW ? ", as a log of its own" : o->reason == SITELOG_AFTER_DAMAGE ? ", after a damaged log" : "");
}
