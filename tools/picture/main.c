/* yaopai-picture -- reads one picture (PNG or JPEG) from standard input, writes the texts of its QR codes to standard
 * output as answer.h says, and ends with one of its exit codes.  Started by yaopai-verify; takes no options, reads
 * no file and no environment.  Restricts itself before it reads a byte (sandbox.h). */
#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "tools/picture/codes.h"
#include "tools/picture/sandbox.h"

/* At most PICTURE_FILE_LEN_MAX + 1 bytes, so that one too many is seen.  out->ptr is owned, also after a failure. */
static enum picture_exit
read_input(struct buf *out)
{
	ssize_t n = 1;
	while (n != 0 && out->len <= PICTURE_FILE_LEN_MAX) {
		if (out->len == out->cap) {
			size_t cap = out->cap == 0 ? 256u << 10 : 2 * out->cap;
			uint8_t *grown = realloc(out->ptr, cap);
			if (grown == NULL)
				return PICTURE_NO_MEMORY;
			*out = (struct buf){ grown, cap, out->len };
		}
		n = read(STDIN_FILENO, out->ptr + out->len, out->cap - out->len);
		if (n < 0 && errno != EINTR)
			return PICTURE_NO_INPUT;
		out->len += n > 0 ? (size_t)n : 0;
	}
	return out->len > PICTURE_FILE_LEN_MAX ? PICTURE_TOO_LONG : PICTURE_READ;
}

static bool
write_all(struct bytes b)
{
	while (b.len > 0) {
		ssize_t n = write(STDOUT_FILENO, b.ptr, b.len);
		if (n < 0 && errno != EINTR)
			return false;
		size_t done = n > 0 ? (size_t)n : 0;
		b = (struct bytes){ b.ptr + done, b.len - done };
	}
	return true;
}

static enum picture_exit
search(struct bytes file, struct picture_answer *a, struct codes *codes)
{
	struct grey grey = { 0 };
	enum picture_exit code = grey_decode(file, &grey);
	a->width = grey.width;
	a->height = grey.height;
	if (grey.pixels != NULL) {
		enum picture_exit found = codes_search(&grey, codes);
		code = found != PICTURE_READ ? found : code;
	}
	grey_free(&grey);
	a->n = codes->n;
	for (size_t i = 0; i < codes->n; i++)
		a->code[i] = (struct bytes){ codes->code[i].ptr, codes->code[i].len };
	return code;
}

static enum picture_exit
answer(void)
{
	static struct picture_answer a;
	static struct codes codes;
	static uint8_t room[ANSWER_LEN_MAX];
	static const uint8_t version = ANSWER_VERSION;
	struct buf out = BUF_OF(room), file = { 0 };
	enum picture_exit code = read_input(&file);
	bool told = write_all((struct bytes){ &version, 1 });
	if (code == PICTURE_READ)
		code = search(buf_view(&file), &a, &codes);
	told = told && answer_encode(&a, &out) == OK && write_all((struct bytes){ room + 1, out.len - 1 });
	free(file.ptr);
	codes_free(&codes);
	return told ? code : PICTURE_NO_INPUT;
}

int
main(int argc, char **argv)
{
	static const char usage[] = "yaopai-picture: started by yaopai-verify; reads a picture from standard input\n";
	(void)argv;
	if (argc > 1) {
		(void)!write(STDERR_FILENO, usage, sizeof(usage) - 1);
		return PICTURE_USAGE;
	}
	_exit(sandbox_enter() ? (int)answer() : PICTURE_NOT_CONFINED); /* nothing that runs at exit would be allowed */
}
