/* leak_find NUMBERS <paths -- searches files for identity numbers in every dress they may wear.
 *
 * NUMBERS: a file with one 18-character number in each line.  Standard input: paths, one in each line.  Printed for each find: path, offset,
 * dress (never the number).  Exit 0 nothing found, 1 something found, 2 could not.
 *
 * Dresses: the characters themselves (UTF-8, GB18030 and ASCII are the same), with one character between them (spaces, dashes, the zeros of
 * UTF-16 in either order), full-width in UTF-8 and GB18030, and all of that inside hex and inside base64 at each of its alignments. */
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LEN = 18, BUCKETS = 1 << 16, PATH_LEN = 8192 };

struct number { char text[LEN]; struct number *next; };
static struct number *table[BUCKETS];
static uint64_t found;

static unsigned
hash(const char *text)
{
	uint32_t h = 2166136261u;
	for (int i = 0; i < LEN; i++)
		h = (h ^ (uint8_t)text[i]) * 16777619u;
	return (h ^ h >> 16) & (BUCKETS - 1);
}

static bool
is_known(const char *text)
{
	for (const struct number *n = table[hash(text)]; n != NULL; n = n->next)
		if (memcmp(n->text, text, LEN) == 0)
			return true;
	return false;
}

/* ---- one dress: how wide a character is, and which it is ---- */

static int
plain(const uint8_t *p)
{
	return (*p >= '0' && *p <= '9') || *p == 'X' ? *p : *p == 'x' ? 'X' : -1;
}

static int
wide_utf8(const uint8_t *p) /* U+FF10, U+FF38, U+FF58 */
{
	if (p[0] != 0xef || (p[1] != 0xbc && p[1] != 0xbd))
		return -1;
	if (p[1] == 0xbc && p[2] >= 0x90 && p[2] <= 0x99)
		return '0' + p[2] - 0x90;
	return (p[1] == 0xbc && p[2] == 0xb8) || (p[1] == 0xbd && p[2] == 0x98) ? 'X' : -1;
}

static int
wide_gb(const uint8_t *p)
{
	if (p[0] != 0xa3)
		return -1;
	return p[1] >= 0xb0 && p[1] <= 0xb9 ? '0' + p[1] - 0xb0 : p[1] == 0xd8 || p[1] == 0xf8 ? 'X' : -1;
}

struct dress { const char *name; int (*read)(const uint8_t *p); size_t width, step; };
static const struct dress dresses[] = { { "plain", plain, 1, 1 }, { "spaced or UTF-16", plain, 1, 2 }, { "full-width UTF-8", wide_utf8, 3, 3 },
	{ "full-width GB18030", wide_gb, 2, 2 } };

static bool
wears(const struct dress *d, const uint8_t *p, size_t left)
{
	char text[LEN];
	if (left < (LEN - 1) * d->step + d->width)
		return false;
	for (int i = 0; i < LEN; i++, p += d->step) {
		int c = d->read(p);
		if (c < 0 || (i < LEN - 1 && c == 'X'))
			return false;
		text[i] = (char)c;
	}
	return is_known(text);
}

static void
search(const char *path, const char *around, const uint8_t *data, size_t len)
{
	for (size_t at = 0; at < len; at++)
		for (size_t d = 0; d < sizeof(dresses) / sizeof(dresses[0]); d++)
			if (wears(&dresses[d], data + at, len - at)) {
				(void)printf("%s at %zu: %s%s\n", path, at, around, dresses[d].name);
				found++;
			}
}

/* ---- wrapped in hex and base64 ---- */

static int
hex_value(uint8_t c)
{
	return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

static int
base64_value(uint8_t c)
{
	if (c >= 'A' && c <= 'Z')
		return c - 'A';
	if (c >= 'a' && c <= 'z')
		return c - 'a' + 26;
	if (c >= '0' && c <= '9')
		return c - '0' + 52;
	return c == '+' || c == '-' ? 62 : c == '/' || c == '_' ? 63 : -1;
}

/* Runs of `bits`-bit digits become bytes, begun at each digit that an alignment has; line breaks inside base64 are passed over. */
static void
search_wrapped(const char *path, const char *around, int (*value)(uint8_t), unsigned bits, unsigned alignments, const uint8_t *data,
    size_t len, uint8_t *room)
{
	for (size_t from = 0; from < len;) {
		size_t to = from;
		while (to < len && (value(data[to]) >= 0 || (bits == 6 && (data[to] == '\n' || data[to] == '\r'))))
			to++;
		for (unsigned skip = 0; skip < alignments && (to - from) * bits / 8 >= LEN; skip++) {
			uint32_t held = 0;
			unsigned have = 0, skipped = 0;
			size_t n = 0;
			for (size_t i = from; i < to; i++) {
				int v = value(data[i]);
				if (v < 0 || skipped++ < skip)
					continue;
				held = held << bits | (uint32_t)v;
				have += bits;
				if (have >= 8)
					room[n++] = (uint8_t)(held >> (have -= 8));
			}
			search(path, around, room, n);
		}
		from = to + 1;
	}
}

static bool
search_file(const char *path)
{
	FILE *f = fopen(path, "rb");
	if (f == NULL || fseek(f, 0, SEEK_END) != 0)
		return false;
	long size = ftell(f);
	rewind(f);
	uint8_t *data = malloc((size_t)size + 1), *room = malloc((size_t)size + 1);
	bool ok = size >= 0 && data != NULL && room != NULL && fread(data, 1, (size_t)size, f) == (size_t)size;
	(void)fclose(f);
	if (ok) {
		search(path, "", data, (size_t)size);
		search_wrapped(path, "hex of ", hex_value, 4, 2, data, (size_t)size, room);
		search_wrapped(path, "base64 of ", base64_value, 6, 4, data, (size_t)size, room);
	}
	free(data);
	free(room);
	return ok;
}

static bool
take_numbers(const char *path)
{
	char line[64];
	FILE *f = fopen(path, "r");
	while (f != NULL && fgets(line, sizeof(line), f) != NULL) {
		struct number *n = malloc(sizeof(*n));
		line[strcspn(line, "\r\n")] = '\0';
		if (n == NULL || strlen(line) != LEN)
			return false;
		memcpy(n->text, line, LEN);
		n->next = table[hash(n->text)];
		table[hash(n->text)] = n;
	}
	return f != NULL && fclose(f) == 0;
}

int
main(int argc, char **argv)
{
	char path[PATH_LEN];
	if (argc != 2 || !take_numbers(argv[1])) {
		(void)fprintf(stderr, "usage: leak_find NUMBERS <paths (18 characters in each line of NUMBERS)\n");
		return 2;
	}
	while (fgets(path, sizeof(path), stdin) != NULL) {
		path[strcspn(path, "\n")] = '\0';
		if (!search_file(path)) {
			(void)fprintf(stderr, "%s: cannot be read\n", path);
			return 2;
		}
	}
	return found > 0 ? 1 : 0;
}
