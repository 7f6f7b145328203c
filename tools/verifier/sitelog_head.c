#include "tools/verifier/sitelog_head.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/file.h"
#include "base/text.h"

#define WORD "yp-sitelog-head-1 "

enum { WORD_LEN = sizeof(WORD) - 1, NUMBER_LEN = 20, HASH_LEN = 2 * DIGEST_LEN, CHECK_LEN = 16,
	CHECKED_LEN = WORD_LEN + 3 * (NUMBER_LEN + 1) + HASH_LEN + 1 };
_Static_assert(CHECKED_LEN + CHECK_LEN + 1 == SITELOG_HEAD_LEN, "the line's length");

bool
sitelog_place_eq(const struct sitelog_place *a, const struct sitelog_place *b)
{
	return a->sequence == b->sequence && a->start == b->start && a->end == b->end && memcmp(a->hash.b, b->hash.b, DIGEST_LEN) == 0;
}

enum status
sitelog_head_encode(const struct sitelog_place *p, uint8_t out[SITELOG_HEAD_LEN])
{
	char line[SITELOG_HEAD_LEN + DIGEST_LEN * 2], hash[HASH_LEN + 1], check[HASH_LEN + 1];
	struct digest d;
	hex_encode((struct bytes){ p->hash.b, DIGEST_LEN }, hash);
	int n = snprintf(line, sizeof(line), WORD "%020" PRIu64 " %020" PRIu64 " %020" PRIu64 " %s ", p->sequence, p->start, p->end, hash);
	if (n != CHECKED_LEN)
		return ERR_ARGUMENT;
	enum status st = sha256((struct bytes){ (const uint8_t *)line, CHECKED_LEN }, &d);
	if (st)
		return st;
	hex_encode((struct bytes){ d.b, DIGEST_LEN }, check);
	memcpy(out, line, CHECKED_LEN);
	memcpy(out + CHECKED_LEN, check, CHECK_LEN);
	out[SITELOG_HEAD_LEN - 1] = '\n';
	return OK;
}

/* 20 digits; beyond 19 significant ones nothing we write. */
static enum status
number_decode(const uint8_t *at, uint64_t *out)
{
	return at[0] == '0' ? text_uint((struct bytes){ at + 1, NUMBER_LEN - 1 }, out) : ERR_FORMAT;
}

/* Taken only if it is, byte for byte, the line that would be written. */
enum status
sitelog_head_decode(struct bytes line, struct sitelog_place *out)
{
	struct sitelog_place p;
	struct buf hash = { p.hash.b, DIGEST_LEN, 0 };
	uint8_t again[SITELOG_HEAD_LEN];
	if (line.len != SITELOG_HEAD_LEN)
		return ERR_FORMAT;
	const uint8_t *at = line.ptr + WORD_LEN;
	if (number_decode(at, &p.sequence) != OK || number_decode(at + NUMBER_LEN + 1, &p.start) != OK ||
	    number_decode(at + 2 * (NUMBER_LEN + 1), &p.end) != OK)
		return ERR_FORMAT;
	if (hex_decode((struct bytes){ at + 3 * (NUMBER_LEN + 1), HASH_LEN }, &hash) != OK)
		return ERR_FORMAT;
	enum status st = sitelog_head_encode(&p, again);
	if (st == OK && (memcmp(again, line.ptr, SITELOG_HEAD_LEN) != 0 || p.end <= p.start))
		st = ERR_FORMAT;
	if (st == OK)
		*out = p;
	return st;
}

enum status
sitelog_head_load(const char *path, struct sitelog_place *out, struct err *err)
{
	struct buf file = { 0 };
	struct err inner = { 0 };
	enum status st = file_load(path, SITELOG_HEAD_LEN, &file, &inner);
	if (st == OK)
		st = sitelog_head_decode(buf_view(&file), out);
	else if (st == ERR_LIMIT)
		st = ERR_FORMAT;
	else
		err_set(err, st, "%s", inner.text);
	if (st == ERR_FORMAT)
		err_set(err, st, "%s is not the head of a site log, or is damaged", path);
	free(file.ptr);
	return st;
}
