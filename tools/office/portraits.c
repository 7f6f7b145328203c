#include "tools/office/portraits.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/file.h"
#include "base/text.h"

static enum status
path_of(struct office *o, const uint8_t digest[PORTRAIT_DIGEST_LEN], char *path, struct err *err)
{
	char name[2 * PORTRAIT_DIGEST_LEN + 32], hex[2 * PORTRAIT_DIGEST_LEN + 1];
	hex_encode((struct bytes){ digest, PORTRAIT_DIGEST_LEN }, hex);
	(void)snprintf(name, sizeof(name), "portraits/%s.jpg", hex);
	return path_join(o->home, name, path, PATH_MAX_LEN, err);
}

enum status
portrait_load(struct office *o, const uint8_t digest[PORTRAIT_DIGEST_LEN], struct buf *jpeg, struct err *err)
{
	char path[PATH_MAX_LEN];
	uint8_t made[PORTRAIT_DIGEST_LEN];
	struct buf file = { 0 };
	enum status st = path_of(o, digest, path, err);
	if (st == OK)
		st = file_load(path, PORTRAIT_LEN_MAX, &file, err);
	if (st)
		return st;
	st = portrait_digest(buf_view(&file), made);
	if (st)
		st = err_set(err, st, "%s cannot be looked at: %s", path, status_text(st));
	else if (memcmp(made, digest, sizeof(made)) != 0)
		st = err_set(err, ERR_DAMAGED, "%s is damaged: it is not the picture that its name says; import the picture again", path);
	if (st)
		free(file.ptr);
	else
		*jpeg = file;
	return st;
}

enum status
portrait_save(struct office *o, struct bytes jpeg, const uint8_t digest[PORTRAIT_DIGEST_LEN])
{
	char path[PATH_MAX_LEN];
	struct buf there = { 0 };
	struct err unused = { .status = OK };
	if (portrait_load(o, digest, &there, &unused) == OK) {
		free(there.ptr);
		return OK;
	}
	enum status st = path_of(o, digest, path, &o->err);
	return st ? st : file_save_unsynced(path, jpeg, 0600, &o->err);
}

enum status
portraits_sync(struct office *o)
{
	char path[PATH_MAX_LEN];
	enum status st = office_path(o, "portraits", path);
	return st ? st : disk_sync(path, &o->err);
}
