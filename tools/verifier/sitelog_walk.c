#include "tools/verifier/sitelog_walk.h"

#include <errno.h>
#include <inttypes.h>
#include <unistd.h>

#include "base/text.h"

enum { SHOWN_HASH = 8 }; /* bytes of a hash in a sentence: enough to look it up, short enough to read */

static enum status
read_at(const struct sitelog_walk *w, uint64_t at, uint8_t *out, size_t len, struct err *err)
{
	while (len > 0) {
		ssize_t n = pread(w->fd, out, len, (off_t)at);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return err_set(err, ERR_SYSTEM, "the site log cannot be read at byte %" PRIu64 ": %s", at, strerror(errno));
		if (n == 0)
			return err_set(err, ERR_SYSTEM, "the site log became shorter while it was read; it ends at byte %" PRIu64, at);
		out += n;
		at += (uint64_t)n;
		len -= (size_t)n;
	}
	return OK;
}

/* Bytes from offset at: all up to the end, or at least as many as a record can take.  Valid until the next call. */
static enum status
window_view(struct sitelog_walk *w, uint64_t at, struct bytes *out, struct err *err)
{
	uint64_t left = w->end - at, there = w->window_at + w->window_len - at;
	bool within = at >= w->window_at && at <= w->window_at + w->window_len;
	enum status st = OK;
	if (!within || (there < left && there <= SITELOG_RECORD_LEN_MAX)) {
		w->window_at = at;
		w->window_len = left < sizeof(w->window) ? (size_t)left : sizeof(w->window);
		st = read_at(w, at, w->window, w->window_len, err);
		if (st)
			w->window_len = 0;
	}
	*out = (struct bytes){ w->window + (at - w->window_at), (size_t)(w->window_at + w->window_len - at) };
	return st;
}

enum status
sitelog_walk_begin(struct sitelog_walk *w, int fd, uint64_t end, struct err *err)
{
	struct bytes in;
	size_t len = 0;
	w->fd = fd;
	w->end = end;
	w->torn = false;
	w->window_at = 0;
	w->window_len = 0;
	enum status st = window_view(w, 0, &in, err);
	if (st)
		return st;
	st = sitelog_opening_decode(in, &w->opening, &len);
	if (st == ERR_UNSUPPORTED)
		return err_set(err, st, "this site log was begun by a newer program; use that one");
	if (st)
		return err_set(err, st, "not a site log: it does not begin with \"yp-sitelog-1\" and an opening (docs/formats.md 12)");
	w->last = (struct sitelog_place){ .sequence = w->opening.previous_sequence, .start = 0, .end = len };
	st = sha256((struct bytes){ in.ptr, len }, &w->last.hash);
	return st ? err_set(err, st, "SHA-256 failed") : OK;
}

enum status
sitelog_walk_skip(struct sitelog_walk *w, const struct sitelog_place *place, bool *held, struct err *err)
{
	uint8_t there[SITELOG_RECORD_LEN_MAX];
	struct sitelog_record record;
	struct digest hash;
	size_t len = place->end > place->start && place->end - place->start <= sizeof(there) ? (size_t)(place->end - place->start) : 0;
	*held = sitelog_place_eq(place, &w->last);
	if (*held || len == 0 || place->start < w->last.end || place->end > w->end)
		return OK;
	enum status st = read_at(w, place->start, there, len, err);
	if (st == OK && (st = sha256((struct bytes){ there, len }, &hash)) != OK)
		err_set(err, st, "SHA-256 failed");
	if (st)
		return st;
	*held = memcmp(hash.b, place->hash.b, DIGEST_LEN) == 0 && sitelog_record_decode((struct bytes){ there, len }, &record) == OK &&
	    record.sequence == place->sequence;
	if (*held)
		w->last = *place;
	return OK;
}

/* Where the zeros begin that the log ends with, looking back no further than `from`. */
static enum status
zeros_begin(const struct sitelog_walk *w, uint64_t from, uint64_t *out, struct err *err)
{
	uint8_t block[4096];
	uint64_t to = w->end;
	while (to > from) {
		size_t n = to - from < sizeof(block) ? (size_t)(to - from) : sizeof(block);
		enum status st = read_at(w, to - n, block, n, err);
		if (st)
			return st;
		for (; n > 0 && block[n - 1] == 0; n--)
			to--;
		if (n > 0)
			break;
	}
	*out = to;
	return OK;
}

/* Is all that follows the last record what an interrupted write leaves?  Some file systems fill with zeros what had not
 * reached the disk. */
static enum status
is_torn(struct sitelog_walk *w, bool *torn, struct err *err)
{
	struct bytes in;
	uint64_t at = w->last.end, to = 0;
	size_t len;
	enum status st = zeros_begin(w, at, &to, err);
	if (st == OK)
		st = window_view(w, at, &in, err);
	if (st)
		return st;
	*torn = (in.len == w->end - at && sitelog_record_len(in, &len) == ERR_NOT_FOUND) || to == at;
	if (!*torn && to < w->end && to - at < in.len)
		*torn = sitelog_record_len((struct bytes){ in.ptr, (size_t)(to - at) }, &len) == ERR_NOT_FOUND;
	return OK;
}

static enum status
not_a_record(struct sitelog_walk *w, struct err *err)
{
	bool torn = false;
	enum status st = is_torn(w, &torn, err);
	if (st)
		return st;
	w->torn = torn;
	if (torn)
		return err_set(err, ERR_DAMAGED, "after record %" PRIu64 ", at byte %" PRIu64 ", stand %" PRIu64 " bytes that are not a whole record: a check "
		    "was being written when the program was stopped, or the end was cut off", w->last.sequence, w->last.end, w->end - w->last.end);
	return err_set(err, ERR_DAMAGED, "at byte %" PRIu64 ", where record %" PRIu64 " was wanted, stands something that is no record: it was changed, or the "
	    "disk is failing", w->last.end, w->last.sequence + 1);
}

static enum status
out_of_order(const struct sitelog_walk *w, const struct sitelog_record *r, struct err *err)
{
	return err_set(err, ERR_DAMAGED, "at byte %" PRIu64 " stands record %" PRIu64 ", wanted %" PRIu64 ": records were taken out, put in or moved, or "
	    "its number was changed", w->last.end, r->sequence, w->last.sequence + 1);
}

static enum status
out_of_chain(const struct sitelog_walk *w, const struct sitelog_record *r, struct err *err)
{
	char found[2 * SHOWN_HASH + 1], wanted[2 * SHOWN_HASH + 1];
	hex_encode((struct bytes){ r->previous.b, SHOWN_HASH }, found);
	hex_encode((struct bytes){ w->last.hash.b, SHOWN_HASH }, wanted);
	return err_set(err, ERR_DAMAGED, "record %" PRIu64 " at byte %" PRIu64 " follows one with the hash %s..., but the one before it has %s...: one of the "
	    "two was changed or put in", r->sequence, w->last.end, found, wanted);
}

/* Not well formed is told apart from a write cut short only by what follows, which is looked at only then. */
static enum status
refuse(struct sitelog_walk *w, const struct sitelog_record *r, struct err *err)
{
	bool torn = false;
	enum status st = is_torn(w, &torn, err);
	if (st)
		return st;
	if (torn)
		return not_a_record(w, err);
	return r->sequence != w->last.sequence + 1 ? out_of_order(w, r, err) : out_of_chain(w, r, err);
}

enum status
sitelog_walk_next(struct sitelog_walk *w, struct sitelog_record *out, struct err *err)
{
	struct bytes in;
	struct sitelog_record r;
	size_t len = 0;
	if (w->last.end == w->end)
		return ERR_NOT_FOUND;
	enum status st = window_view(w, w->last.end, &in, err);
	if (st)
		return st;
	if (sitelog_record_len(in, &len) != OK)
		return not_a_record(w, err);
	struct bytes enc = { in.ptr, len };
	if (sitelog_record_decode(enc, &r) != OK) /* a new version or kind would have a new text at the beginning */
		return not_a_record(w, err);
	if (r.sequence != w->last.sequence + 1 || memcmp(r.previous.b, w->last.hash.b, DIGEST_LEN) != 0)
		return refuse(w, &r, err);
	struct sitelog_place place = { .sequence = r.sequence, .start = w->last.end, .end = w->last.end + len };
	st = sha256(enc, &place.hash);
	if (st)
		return err_set(err, st, "SHA-256 failed");
	w->last = place;
	*out = r;
	return OK;
}
