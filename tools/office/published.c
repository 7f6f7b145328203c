#include "tools/office/published.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "crypto/bundle.h"
#include "crypto/statuslist.h"

/* Is it one of ours, and to what is it bound? */
static enum status
take_list(struct bytes token, const struct signers *signers, uint8_t *room, size_t room_len, struct published_state *out, struct err *err)
{
	struct cose c;
	struct status_list l;
	struct bytes message;
	bool good = false;
	struct audit_published *p = &out->lists[out->n];
	enum status st = cose_decode(token, COSE_STANDARD, &c);
	const struct public_key *key = st == OK ? key_set_find(&signers->status, c.kid) : NULL;
	if (st == OK && key != NULL)
		st = status_list_decode(c.payload, &l);
	if (st != OK || key == NULL || !l.has_binding || l.uri.len > STATUS_URI_LEN_MAX) {
		out->foreign++;
		return OK;
	}
	st = cose_to_be_signed(c.protected_header, c.payload, (struct buf){ room, room_len, 0 }, &message);
	if (st == OK)
		st = signature_check(key, c.alg, message, c.signature, &good);
	if (st)
		return err_set(err, st, "a status list's signature cannot be checked: %s", status_text(st));
	if (!good) {
		out->foreign++;
		return OK;
	}
	*p = (struct audit_published){ .iat_unix_s = l.iat_unix_s, .sequence = l.journal_sequence, .head = l.journal_head };
	memcpy(p->uri, l.uri.ptr, l.uri.len);
	out->n++;
	return OK;
}

static enum status
read_bundle(struct bytes file, const struct signers *signers, struct published_state *out, struct err *err)
{
	struct bundle_reader b;
	struct bytes token;
	enum typ typ;
	enum { MORE = TRUST_ROOTS_MAX * BUNDLE_LISTS_MAX };
	size_t room_len = file.len + 256;
	uint8_t *room = malloc(room_len);
	out->lists = calloc(MORE, sizeof(*out->lists));
	enum status st = room == NULL || out->lists == NULL ? err_set(err, ERR_SYSTEM, "out of memory") : bundle_open(file, &b);
	while (st == OK && bundle_next(&b, &token, &typ)) {
		if (typ != TYP_STATUS_LIST)
			continue;
		st = out->n < MORE ? take_list(token, signers, room, room_len, out, err) : err_set(err, ERR_LIMIT, "more than %d status lists", MORE);
	}
	if (st == OK)
		st = bundle_end(&b);
	free(room);
	return st ? err_set(err, st, "it is no bundle: %s", status_text(st)) : OK;
}

enum status
published_load(struct office *o, const char *path, const struct signers *signers, struct published_state *out)
{
	char dir[PATH_MAX_LEN], file[PATH_MAX_LEN];
	struct buf bundle = { 0 };
	struct stat s;
	*out = (struct published_state){ .n = 0 };
	enum status st = office_path(o, "published", dir);
	if (st)
		return st;
	const char *at = path != NULL ? path : dir;
	bool is_dir = stat(at, &s) == 0 && S_ISDIR(s.st_mode);
	if (path == NULL && !is_dir)
		return OK;
	st = is_dir ? path_join(at, "bundle", file, sizeof(file), &o->err) : snprintf(file, sizeof(file), "%s", at) < (int)sizeof(file) ? OK
	    : err_set(&o->err, ERR_LIMIT, "--published: the path is too long");
	if (st == OK && path == NULL && access(file, F_OK) != 0)
		return OK;
	if (st == OK)
		st = file_load(file, BUNDLE_LEN_MAX, &bundle, &o->err);
	if (st == OK) {
		st = read_bundle(buf_view(&bundle), signers, out, &o->err);
		(void)err_in(&o->err, st, "%s", file);
	}
	free(bundle.ptr);
	if (st)
		published_free(out);
	return st;
}

void
published_free(struct published_state *p)
{
	free(p->lists);
	*p = (struct published_state){ .n = 0 };
}

const struct audit_published *
published_newest(const struct published_state *p)
{
	const struct audit_published *newest = NULL;
	for (size_t i = 0; i < p->n; i++)
		if (newest == NULL || p->lists[i].sequence > newest->sequence)
			newest = &p->lists[i];
	return newest;
}
