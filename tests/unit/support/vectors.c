#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <ctype.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>

#include "tests/unit/support/vectors.h"

static void
path_of(const char *folder, const char *file, char *path, size_t cap)
{
	const char *dir = getenv("YAOPAI_VECTORS");
	int n = snprintf(path, cap, "%s/%s/%s", dir != NULL ? dir : "", folder, file);
	assert_true(n > 0 && (size_t)n < cap);
}

bool
vectors_are_there(const char *folder)
{
	const char *dir = getenv("YAOPAI_VECTORS");
	char path[512];
	DIR *d = NULL;
	if (dir != NULL && dir[0] != '\0') {
		path_of(folder, "", path, sizeof(path));
		d = opendir(path);
	}
	if (d == NULL)
		return false;
	(void)closedir(d);
	return true;
}

void
vectors_announce(const char *folder)
{
	if (!vectors_are_there(folder))
		printf("SKIP: the vectors of %s are not there (YAOPAI_VECTORS names the folder above them)\n", folder);
}

size_t
vectors_count(const char *folder, const char *ending)
{
	char path[512];
	size_t n = 0, end_len = strlen(ending);
	path_of(folder, "", path, sizeof(path));
	DIR *d = opendir(path);
	assert_non_null(d);
	for (struct dirent *e = readdir(d); e != NULL; e = readdir(d)) {
		size_t len = strlen(e->d_name);
		n += len > end_len && strcmp(e->d_name + len - end_len, ending) == 0;
	}
	(void)closedir(d);
	return n;
}

json_t *
vectors_json(const char *folder, const char *file)
{
	char path[512];
	json_error_t e;
	path_of(folder, file, path, sizeof(path));
	json_t *root = json_load_file(path, 0, &e);
	if (root == NULL)
		fail_msg("%s/%s line %d: %s", folder, file, e.line, e.text);
	return root;
}

char *
vectors_text(const char *folder, const char *file)
{
	enum { CAP = 65536 };
	char path[512];
	path_of(folder, file, path, sizeof(path));
	FILE *f = fopen(path, "rb");
	char *text = malloc(CAP);
	assert_true(f != NULL && text != NULL);
	size_t n = fread(text, 1, CAP, f);
	(void)fclose(f);
	assert_true(n < CAP);
	text[n] = '\0';
	return text;
}

static int
digit_of(const char *digits, char c)
{
	const char *at = c != '\0' ? strchr(digits, c) : NULL;
	return at != NULL ? (int)(at - digits) : -1;
}

/* Digits of so many bits each, most significant first. */
static struct bytes
decode(const char *text, const char *digits, unsigned bits, struct buf *out)
{
	size_t from = out->len;
	uint32_t held = 0, held_bits = 0;
	for (; *text != '\0'; text++) {
		if (isspace((unsigned char)*text))
			continue;
		int v = digit_of(digits, bits == 4 ? (char)tolower((unsigned char)*text) : *text);
		assert_true(v >= 0);
		held = held << bits | (uint32_t)v;
		held_bits += bits;
		if (held_bits < 8)
			continue;
		held_bits -= 8;
		assert_true(out->len < out->cap);
		out->ptr[out->len++] = (uint8_t)(held >> held_bits);
	}
	assert_true(held_bits < bits && (held & ((1u << held_bits) - 1)) == 0);
	return (struct bytes){ out->ptr + from, out->len - from };
}

struct bytes
vectors_hex(const char *text, struct buf *out)
{
	return decode(text, "0123456789abcdef", 4, out);
}

struct bytes
vectors_base64url(const char *text, struct buf *out)
{
	return decode(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_", 6, out);
}
