/* file.h -- whole files, read bounded and written whole or not at all. */
#ifndef BASE_FILE_H
#define BASE_FILE_H

#include "base/bytes.h"
#include "base/err.h"

/* Read all of path into fresh memory, at most len_max bytes (more: ERR_LIMIT;
 * absent: ERR_NOT_FOUND; a directory or unreadable: ERR_SYSTEM).  *out is owned:
 * free(out->ptr).  A NUL follows the last byte, not counted. */
MUST_CHECK enum status file_load(const char *path, size_t len_max, struct buf *out, struct err *err);

/* Write data to path so that a reader, or a crash, sees the old file or the new
 * one: temporary file beside it, fsync, rename, fsync of the directory. */
MUST_CHECK enum status file_save(const char *path, struct bytes data, unsigned mode, struct err *err);

/* Like file_save, but path must not exist yet (ERR_CONFLICT). */
MUST_CHECK enum status file_create(const char *path, struct bytes data, unsigned mode, struct err *err);

/* For thousands of files in one go: like file_save, but only disk_sync makes them durable.  After a crash before it a file may be the
 * old one, absent or empty: for files whose content proves itself. */
MUST_CHECK enum status file_save_unsynced(const char *path, struct bytes data, unsigned mode, struct err *err);
/* Wait until all that was written to the file system of this directory is on disk. */
MUST_CHECK enum status disk_sync(const char *dir, struct err *err);

/* Make one directory with this mode; an existing directory is fine. */
MUST_CHECK enum status dir_make(const char *path, unsigned mode, struct err *err);

/* Make what was renamed, made or removed in this directory durable. */
MUST_CHECK enum status dir_sync(const char *path, struct err *err);

/* Overwrite a file with zeros, make that durable, and remove it.  A file that has another name too (a hard link) only loses this
 * one.  What a journalling file system, a flash disk or a backup
 * keeps of the old bytes is beyond any program's reach.  Absent: ERR_NOT_FOUND. */
MUST_CHECK enum status file_wipe(const char *path, struct err *err);

/* Exchange two names of one file system in one step: at no moment is either of them absent. */
MUST_CHECK enum status path_exchange(const char *a, const char *b, struct err *err);

/* out = "dir/name"; too long for cap: ERR_LIMIT with a sentence. */
MUST_CHECK enum status path_join(const char *dir, const char *name, char *out, size_t cap, struct err *err);

#endif
