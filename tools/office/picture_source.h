/* picture_source.h -- JPEG files handed in together: a directory of them, or a ZIP archive, flat or in one directory.
 *
 * Nothing is extracted: an entry's name is only compared, so it cannot lead anywhere.  Names in an archive are UTF-8 or GB18030, as
 * Windows writes them.  Hidden files, and what a Mac adds to an archive, are passed over.  Links in a directory are not followed. */
#ifndef OFFICE_PICTURE_SOURCE_H
#define OFFICE_PICTURE_SOURCE_H

#include "tools/office/zip_file.h"

#define PICTURE_NAME_LEN_MAX 255u

struct picture_file { char name[PICTURE_NAME_LEN_MAX + 1]; uint64_t entry; bool too_deep; };
struct picture_source {
	const char *path;
	bool is_zip;
	struct zip_file zip;
	struct picture_file *files; size_t n;  /* by name, so that the same source is read in the same order */
};

/* ERR_LIMIT: more than PORTRAITS_MAX. */
MUST_CHECK enum status picture_source_open(const char *path, struct picture_source *out, struct err *err);
/* *jpeg is owned: free(jpeg->ptr).  At most PORTRAIT_LEN_MAX bytes. */
MUST_CHECK enum status picture_source_load(const struct picture_source *s, size_t i, struct buf *jpeg, struct err *err);
void picture_source_close(struct picture_source *s);       /* idempotent */

#endif
