#include "tools/shared/secretfile.h"

#include <stdlib.h>
#include <sys/stat.h>

#include "base/file.h"
#include "base/text.h"

enum { HEX_LEN = 2 * SECRET_LEN };

enum status
secret_load(const char *path, struct secret *out, struct err *err)
{
	struct stat s;
	struct buf text = { 0 };
	uint8_t mem[SECRET_LEN];
	struct buf raw = BUF_OF(mem);

	if (stat(path, &s) == 0 && (s.st_mode & 077) != 0)
		return err_set(err, ERR_CONFLICT, "%s may be read by others (mode %03o): it is a secret; chmod 600 it", path,
		    (unsigned)s.st_mode & 0777);
	enum status st = file_load(path, 4096, &text, err);
	if (st)
		return st;
	struct bytes line = text_trim(buf_view(&text));
	if (line.len != HEX_LEN || hex_decode(line, &raw) != OK)
		st = err_set(err, ERR_FORMAT, "%s is not a secret of this program: one line of %d hex digits was wanted", path, HEX_LEN);
	else
		memcpy(out->b, mem, SECRET_LEN);
	secret_wipe(mem, sizeof(mem));
	secret_wipe(text.ptr, text.cap);
	free(text.ptr);
	return st;
}

enum status
secret_create(const char *path, const struct secret *secret, struct err *err)
{
	char line[HEX_LEN + 2];
	hex_encode((struct bytes){ secret->b, SECRET_LEN }, line);
	line[HEX_LEN] = '\n';
	enum status st = file_create(path, (struct bytes){ (const uint8_t *)line, HEX_LEN + 1 }, 0600, err);
	secret_wipe(line, sizeof(line));
	return st;
}
