#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/text.h"
#include "registry/effective.h"
#include "tools/office/export.h"
#include "tools/office/portraits.h"
#include "tools/shared/json.h"

struct wanted { uint8_t digest[PORTRAIT_DIGEST_LEN]; };

struct packing {
	struct export *x;
	struct wanted *wanted; size_t n, cap;  /* of the certificates asked for; sorted, each once, before writing */
	uint64_t certificates, without, missing, bytes;
};

static enum status
want(struct packing *p, struct bytes digest)
{
	if (p->n == p->cap) {
		size_t cap = p->cap == 0 ? 1024 : 2 * p->cap;
		struct wanted *grown = realloc(p->wanted, cap * sizeof(*grown));
		if (grown == NULL)
			return err_set(&p->x->office->err, ERR_SYSTEM, "out of memory");
		p->wanted = grown;
		p->cap = cap;
	}
	memcpy(p->wanted[p->n++].digest, digest.ptr, PORTRAIT_DIGEST_LEN);
	return OK;
}

/* The picture that the credential in people's hands names, not one entered since. */
static enum status
look_at(struct packing *p, struct txn *t, const struct holder *h, int64_t now_unix_s)
{
	struct effective effective;
	struct issued issued;
	struct bytes token;
	struct cose cose;
	struct credential c;
	if (h->serial == 0)
		return OK;
	enum status st = effective_of_holder(t, h, now_unix_s, &effective);
	if (st || effective.value == 1)
		return st;
	st = issued_get(t, h->serial, &issued);
	if (st == OK)
		st = issued_token(t, &issued, &token);
	if (st == OK)
		st = cose_decode(token, COSE_OURS, &cose);
	if (st == OK)
		st = credential_decode(cose.payload, &c);
	if (st || (p->x->division != 0 && !jurisdiction_covers(p->x->division, c.jurisdiction)))
		return st;
	p->certificates++;
	p->without += c.portrait_digest.len == 0;
	return c.portrait_digest.len > 0 ? want(p, c.portrait_digest) : OK;
}

static enum status
look_through(struct packing *p)
{
	struct office *o = p->x->office;
	struct txn t = { 0 };
	struct cursor c = { 0 };
	struct bytes key, value;
	struct holder h;
	int64_t now = clock_unix_s();
	enum status st = txn_begin_read(registry_store(o->registry), &t);
	if (st == OK)
		st = cursor_open(&t, TABLE_HOLDER, (struct bytes){ NULL, 0 }, &c);
	while (st == OK && (st = cursor_next(&c, &key, &value)) == OK) {
		st = holder_decode(key64_value(key), value, &h);
		if (st == OK)
			st = look_at(p, &t, &h, now);
	}
	cursor_close(&c);
	txn_end(&t);
	return st == ERR_NOT_FOUND ? OK : err_set(&o->err, st, "the certificates cannot be read: %s", status_text(st));
}

static int
by_digest(const void *a, const void *b)
{
	return memcmp(a, b, PORTRAIT_DIGEST_LEN);
}

static void
sort_wanted(struct packing *p)
{
	size_t kept = 0;
	if (p->n > 0)
		qsort(p->wanted, p->n, sizeof(*p->wanted), by_digest);
	for (size_t i = 0; i < p->n; i++)
		if (kept == 0 || by_digest(&p->wanted[i], &p->wanted[kept - 1]) != 0)
			p->wanted[kept++] = p->wanted[i];
	p->n = kept;
}

/* One that is missing is told and left out: the others are of use. */
static enum status
write_one(struct packing *p, FILE *f, const uint8_t *digest, uint64_t *written)
{
	uint8_t mem[PORTRAIT_PACK_HEAD_MAX];
	struct buf head = BUF_OF(mem), jpeg = { 0 };
	struct err err = { .status = OK };
	if (portrait_load(p->x->office, digest, &jpeg, &err) != OK) {
		(void)fprintf(stderr, "yaopai export: %s\n", err.text);
		p->missing++;
		return OK;
	}
	enum status st = portrait_pack_head((struct bytes){ digest, PORTRAIT_DIGEST_LEN }, jpeg.len, &head);
	if (st == OK) {
		(void)fwrite(head.ptr, 1, head.len, f);
		(void)fwrite(jpeg.ptr, 1, jpeg.len, f);
		p->bytes += head.len + jpeg.len;
		++*written;
	}
	free(jpeg.ptr);
	return st ? err_set(&p->x->office->err, st, "a picture does not fit a pack: %s", status_text(st)) : OK;
}

static enum status
write_pack(struct packing *p, FILE *f, uint64_t *written)
{
	uint8_t mem[PORTRAIT_PACK_HEAD_MAX];
	struct buf magic = BUF_OF(mem);
	struct progress progress;
	enum status st = portrait_pack_start(&magic);
	(void)fwrite(magic.ptr, 1, magic.len, f);
	p->bytes += magic.len;
	progress_start(&progress, "packing", p->n, office_progress(p->x->office));
	for (size_t i = 0; st == OK && ferror(f) == 0 && i < p->n; i++) {
		st = write_one(p, f, p->wanted[i].digest, written);
		progress_add(&progress, 1);
	}
	progress_end(&progress);
	if (st == OK && *written == 0)
		return err_set(&p->x->office->err, ERR_NOT_FOUND, "no picture to pack: of %llu certificates asked for, %llu have no portrait",
		    (unsigned long long)p->certificates, (unsigned long long)p->without);
	return st;
}

/* Written beside and renamed: a pack cut short by a full stick must not look like one. */
static enum status
save_pack(struct packing *p, uint64_t *written)
{
	struct office *o = p->x->office;
	char temp[PATH_MAX_LEN + 8];
	if ((size_t)snprintf(temp, sizeof(temp), "%s.tmp", p->x->out) >= sizeof(temp))
		return err_set(&o->err, ERR_LIMIT, "--out: the path is too long");
	FILE *f = fopen(temp, "wb");
	if (f == NULL)
		return err_set(&o->err, ERR_SYSTEM, "cannot write %s: %s", temp, strerror(errno));
	enum status st = write_pack(p, f, written);
	bool bad = ferror(f) != 0 || fflush(f) != 0 || fsync(fileno(f)) != 0;
	bad = fclose(f) != 0 || bad;
	if (st == OK && (bad || rename(temp, p->x->out) != 0))
		st = err_set(&o->err, ERR_SYSTEM, "%s could not be written whole: %s", p->x->out, strerror(errno));
	if (st)
		(void)unlink(temp);
	return st;
}

static void
report(const struct packing *p, uint64_t written)
{
	if (!p->x->as_json) {
		(void)printf("%llu pictures of %llu certificates, %llu bytes, in %s; %llu certificates have none\n", (unsigned long long)written,
		    (unsigned long long)p->certificates, (unsigned long long)p->bytes, p->x->out, (unsigned long long)p->without);
		return;
	}
	struct json j = json_open(stdout);
	json_object_begin(&j);
	json_key(&j, "certificates"), json_uint(&j, p->certificates);
	json_key(&j, "pictures"), json_uint(&j, written);
	json_key(&j, "without"), json_uint(&j, p->without);
	json_key(&j, "missing"), json_uint(&j, p->missing);
	json_key(&j, "bytes"), json_uint(&j, p->bytes);
	json_object_end(&j);
	(void)json_close(&j);
}

enum status
export_portraits(struct export *x)
{
	struct packing p = { .x = x };
	uint64_t written = 0;
	enum status st = look_through(&p);
	sort_wanted(&p);
	if (st == OK && p.n > PORTRAITS_MAX)
		st = err_set(&x->office->err, ERR_LIMIT, "%zu pictures; a pack holds at most %u: pack each division by itself", p.n, PORTRAITS_MAX);
	if (st == OK)
		st = save_pack(&p, &written);
	if (st == OK)
		report(&p, written);
	x->incomplete = p.missing > 0;
	free(p.wanted);
	return st;
}
