#include "tools/shared/secretfile.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "base/file.h"
#include "base/text.h"

enum { HEX_LEN = 2 * SECRET_LEN, FILE_MAX = 4096, TRIES = 3 };

static enum status
decode_line(struct bytes text, struct secret *out, struct err *err)
{
	uint8_t mem[SECRET_LEN];
	struct buf raw = BUF_OF(mem);
	struct bytes line = text_trim(text);
	enum status st = OK;
	if (line.len != HEX_LEN || hex_decode(line, &raw) != OK)
		st = err_set(err, ERR_FORMAT, "it is not a secret of this program: one line of %d hex digits, or a wrapped key, was wanted", HEX_LEN);
	else
		memcpy(out->b, mem, SECRET_LEN);
	secret_wipe(mem, sizeof(mem));
	return st;
}

/* A person may mistype; what a file or a script says stays wrong. */
static enum status
unwrap(struct bytes file, const char *path, enum wrap_purpose purpose, struct passphrase *p, struct secret *out, struct err *err)
{
	enum status st = OK;
	for (int i = 1; i <= TRIES; i++) {
		st = passphrase_get(p, path, err);
		if (st)
			return st;
		struct err why = { .status = OK };
		st = secret_unwrap(file, purpose, passphrase_view(p), out, &why);
		if (st == OK)
			return OK;
		bool again = st == ERR_CONFLICT && passphrase_is_asked(p) && i < TRIES;
		if (st == ERR_CONFLICT)
			passphrase_clear(p);
		if (!again)
			return err_set(err, st, "%s", why.text);
		(void)fprintf(stderr, "%s: %s; try again\n", path, why.text);
	}
	return st;
}

enum status
secret_load(const char *path, enum wrap_purpose purpose, struct passphrase *passphrase, struct secret *out, bool *is_wrapped,
    struct err *err)
{
	struct stat s;
	struct buf text = { 0 };
	if (stat(path, &s) == 0 && (s.st_mode & 077) != 0)
		return err_set(err, ERR_CONFLICT, "%s may be read by others (mode %03o): it is a secret; chmod 600 it", path,
		    (unsigned)s.st_mode & 0777);
	enum status st = file_load(path, FILE_MAX, &text, err);
	if (st)
		return st;
	bool wrapped = secret_is_wrapped(buf_view(&text));
	st = wrapped ? unwrap(buf_view(&text), path, purpose, passphrase, out, err) : decode_line(buf_view(&text), out, err);
	secret_wipe(text.ptr, text.cap);
	free(text.ptr);
	if (is_wrapped != NULL)
		*is_wrapped = wrapped;
	return err_in(err, st, "%s", path);
}

enum status
secret_to_file(const struct secret *secret, struct buf *out)
{
	char line[HEX_LEN + 2];
	if (out->cap - out->len < HEX_LEN + 1)
		return ERR_LIMIT;
	hex_encode((struct bytes){ secret->b, SECRET_LEN }, line);
	line[HEX_LEN] = '\n';
	memcpy(out->ptr + out->len, line, HEX_LEN + 1);
	out->len += HEX_LEN + 1;
	secret_wipe(line, sizeof(line));
	return OK;
}

enum status
secret_to_wrapped_file(enum profile profile, enum wrap_purpose purpose, const struct passphrase *passphrase, const struct secret *secret,
    struct buf *out)
{
	return secret_wrap(profile, purpose, NULL, passphrase_view(passphrase), secret, out);
}
