/* `yaopai-verify setup`: a site's state directory, its roots and its name. */
#include "tools/verifier/verifier.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/file.h"
#include "crypto/certificate.h"
#include "tools/verifier/statedir.h"
#include "tools/verifier/trusted.h"

enum { ROOT_FILE_LEN_MAX = 64 << 10 };

/* Only what the verifier would take as a root is pinned. */
static enum status
roots_check(const struct settings *s, struct err *err)
{
	struct settings own = { .roots_n = s->roots_n };
	struct trusted t = { .workspace = NULL };
	memcpy(own.roots, s->roots, sizeof(own.roots));
	enum status st = trusted_open(&own, 1, &t, err);
	trusted_close(&t);
	return st;
}

static enum status
root_keep(const struct settings *s, const char *path, struct err *err)
{
	struct buf file = { 0 };
	uint8_t room[CERTIFICATE_DER_LEN_MAX];
	struct buf der = BUF_OF(room);
	struct certificate c = { .key = NULL };
	bool is_new = false;
	enum status st = file_load(path, ROOT_FILE_LEN_MAX, &file, err);
	if (st == OK)
		st = certificate_der_of(buf_view(&file), &der, err);
	if (st == OK)
		st = certificate_decode(buf_view(&der), &c, err);
	if (st == OK)
		st = statedir_pin(s->state, buf_view(&der), &is_new, err);
	if (st == OK)
		(void)printf("%s: %s\n", is_new ? "pinned" : "pinned already", c.subject);
	certificate_clear(&c);
	free(file.ptr);
	return st == OK ? OK : err_in(err, st, "%s", path);
}

static enum status
count_root(void *ctx, const char *path, struct err *err)
{
	(void)path, (void)err;
	++*(size_t *)ctx;
	return OK;
}

static enum status
setup(const struct settings *s, struct err *err)
{
	size_t pinned = 0;
	struct err not_there = { 0 };
	if (s->roots_n == 0 && statedir_check(s->state, &not_there) != OK)
		return err_set(err, ERR_ARGUMENT, "no --root: wanted the authority's root certificate, by which everything else is judged");
	enum status st = s->roots_n > 0 ? roots_check(s, err) : OK;
	if (st == OK)
		st = statedir_make(s->state, err);
	for (size_t r = 0; r < s->roots_n && st == OK; r++)
		st = root_keep(s, s->roots[r], err);
	if (st == OK && s->site != NULL)
		st = statedir_save(s->state, "site", bytes_str(s->site), err);
	if (st == OK)
		st = statedir_roots(s->state, count_root, &pinned, err);
	if (st == OK && pinned == 0)
		return err_set(err, ERR_ARGUMENT, "no root is pinned in %s yet: give --root with the authority's root certificate", s->state);
	if (st == OK)
		(void)printf("%s is ready with %zu root%s. Next: yaopai-verify update BUNDLE --state %s\n", s->state, pinned,
		    pinned == 1 ? "" : "s", s->state);
	return st;
}

int
cmd_setup(const struct settings *s)
{
	struct err err = { 0 };
	if (setup(s, &err) == OK && fflush(stdout) == 0)
		return EXIT_ALL_VALID;
	(void)fprintf(stderr, "yaopai-verify setup: %s\n", err.text[0] != '\0' ? err.text : "the output could not be written");
	return EXIT_NOT_JUDGED;
}
