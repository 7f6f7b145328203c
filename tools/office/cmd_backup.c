#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/text.h"
#include "base/time.h"
#include "registry/backup.h"
#include "tools/office/backup_files.h"
#include "tools/office/commands.h"
#include "tools/shared/json.h"

static const char usage[] =
    "usage: yaopai backup FILE [--portraits] [--json]\n"
    "       yaopai backup --verify FILE [--json]\n"
    "Writes the journal, the sealed rows (still sealed) and the home's files that are no keys into one authenticated file, while the register\n"
    "is in use; reads it again before it gets its name. FILE must not exist.\n"
    "  --portraits  the pictures, too\n"
    "  --verify     only check a backup: whole, unchanged, of this register's check key\n"
    "Keep keys/ elsewhere and apart: without check.key and seal.key a backup cannot be restored, and with them it can be read.\n"
    "Exit: 0 done; 1 the file to verify does not hold; 2 could not.\n";

struct backup {
	struct office *o;
	const char *path;
	char temporary[PATH_MAX_LEN];
	FILE *file;
	struct backup_writer *writer;
	struct progress progress;
	bool started;
};

static void
on_progress(void *ctx, uint64_t done, uint64_t total)
{
	struct backup *b = ctx;
	if (!b->started)
		progress_start(&b->progress, "backing up", total, office_progress(b->o));
	b->started = true;
	progress_add(&b->progress, done - b->progress.done);
}

static enum status
take_file(void *ctx, const char *name, const char *path)
{
	struct backup *b = ctx;
	FILE *f = fopen(path, "re");
	if (f == NULL)
		return err_set(&b->o->err, ERR_SYSTEM, "%s: %s", path, strerror(errno));
	enum status st = backup_file(b->writer, name, f, &b->o->err);
	(void)fclose(f);
	return st;
}

static enum status
open_file(struct backup *b)
{
	struct err *err = &b->o->err;
	if (access(b->path, F_OK) == 0)
		return err_set(err, ERR_CONFLICT, "%s is there already; a backup gets a new name", b->path);
	if (snprintf(b->temporary, sizeof(b->temporary), "%s.part-%ld", b->path, (long)getpid()) >= (int)sizeof(b->temporary))
		return err_set(err, ERR_LIMIT, "the path is too long");
	int fd = open(b->temporary, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	b->file = fd < 0 ? NULL : fdopen(fd, "w+");
	return b->file != NULL ? OK : err_set(err, ERR_SYSTEM, "%s cannot be written: %s", b->temporary, strerror(errno));
}

static enum status
write_it(struct backup *b, bool portraits, struct backup_summary *out)
{
	struct office *o = b->o;
	enum status st = backup_begin(b->file, registry_settings(o->registry)->profile, &o->keys.check, clock_unix_ms(), YAOPAI_VERSION, portraits,
	    &b->writer, &o->err);
	if (st == OK)
		st = backup_register(b->writer, o->registry, on_progress, b, &o->err);
	if (b->started)
		progress_end(&b->progress);
	if (st == OK)
		st = backup_files_each(o, portraits, take_file, b);
	if (st == OK)
		st = backup_end(b->writer, out, &o->err);
	backup_writer_close(b->writer);
	if (st == OK && fsync(fileno(b->file)) != 0)
		st = err_set(&o->err, ERR_SYSTEM, "it is not durably on the disk: %s", strerror(errno));
	return st;
}

/* What the disk gives back is what was written. */
static enum status
read_again(struct backup *b, const struct backup_summary *written)
{
	struct backup_summary again;
	rewind(b->file);
	enum status st = backup_read(b->file, &b->o->keys.check, NULL, NULL, &again, &b->o->err);
	if (st == OK && (again.events != written->events || again.sealed != written->sealed || again.files != written->files))
		st = err_set(&b->o->err, ERR_DAMAGED, "it was read again and is not what was written");
	return st;
}

static enum status
name_it(struct backup *b)
{
	char dir[PATH_MAX_LEN];
	const char *slash = strrchr(b->path, '/');
	(void)snprintf(dir, sizeof(dir), "%.*s", slash != NULL ? (int)(slash - b->path) + 1 : 1, slash != NULL ? b->path : ".");
	if (link(b->temporary, b->path) != 0) /* unlike rename it takes nobody's place */
		return err_set(&b->o->err, errno == EEXIST ? ERR_CONFLICT : ERR_SYSTEM, "%s: %s", b->path, strerror(errno));
	return dir_sync(dir, &b->o->err);
}

static enum status
back_up(struct backup *b, bool portraits, struct backup_summary *out)
{
	enum status st = office_open(b->o, STORE_READ, true);
	if (st)
		return st;
	st = open_file(b);
	if (st)
		return st;
	st = write_it(b, portraits, out);
	if (st == OK)
		st = read_again(b, out);
	(void)fclose(b->file);
	if (st == OK)
		st = name_it(b);
	(void)unlink(b->temporary);
	return err_in(&b->o->err, st, "%s", b->path);
}

static enum status
verify(struct backup *b, struct backup_summary *out)
{
	enum status st = office_load(b->o, WITHOUT_SEAL);
	if (st)
		return st;
	b->file = fopen(b->path, "re");
	if (b->file == NULL)
		return err_set(&b->o->err, ERR_SYSTEM, "%s: %s", b->path, strerror(errno));
	st = backup_read(b->file, &b->o->keys.check, NULL, NULL, out, &b->o->err);
	(void)fclose(b->file);
	return err_in(&b->o->err, st, "%s", b->path);
}

static void
report(const struct backup *b, const struct backup_summary *s, bool verified, bool as_json)
{
	char made[INSTANT_TEXT_LEN + 1], last[INSTANT_TEXT_LEN + 1], head[2 * DIGEST_LEN + 1];
	struct stat file = { .st_size = 0 };
	(void)stat(b->path, &file);
	(void)instant_text(s->time_ms / 1000, made);
	(void)instant_text(s->last_event_ms / 1000, last);
	hex_encode((struct bytes){ s->head.b, DIGEST_LEN }, head);
	if (!as_json) {
		(void)printf("%s: %s %s; %" PRIu64 " events to %s, %" PRIu64 " sealed records, %" PRIu64 " files%s; %lld bytes, whole and unchanged.\n", b->path,
		    verified ? "a backup of" : "backed up", made, s->events, last, s->sealed, s->files, s->portraits ? " with portraits" : "", (long long)file.st_size);
		return;
	}
	struct json j = json_open(stdout);
	json_object_begin(&j);
	json_key(&j, "file"), json_str(&j, b->path);
	json_key(&j, "time"), json_str(&j, made);
	json_key(&j, "profile"), json_str(&j, s->profile == PROFILE_GM ? "gm" : "intl");
	json_key(&j, "events"), json_uint(&j, s->events);
	json_key(&j, "last_event"), json_str(&j, last);
	json_key(&j, "head"), json_str(&j, head);
	json_key(&j, "sealed_records"), json_uint(&j, s->sealed);
	json_key(&j, "files"), json_uint(&j, s->files);
	json_key(&j, "portraits"), json_bool(&j, s->portraits);
	json_key(&j, "bytes"), json_int(&j, (int64_t)file.st_size);
	json_object_end(&j);
	(void)json_close(&j);
}

int
cmd_backup(struct office *o, int argc, char **argv)
{
	static const struct option longs[] = { { "portraits", 0, NULL, 'p' }, { "verify", 0, NULL, 'v' }, { "json", 0, NULL, 'j' }, { "help", 0, NULL, 'h' },
		{ NULL, 0, NULL, 0 } };
	bool portraits = false, only_verify = false, as_json = false;
	struct backup b = { .o = o };
	struct backup_summary s;
	for (int c; (c = getopt_long(argc, argv, "h", longs, NULL)) != -1;) {
		switch (c) {
		case 'p': portraits = true; break;
		case 'v': only_verify = true; break;
		case 'j': as_json = true; break;
		case 'h': return office_usage(usage, true);
		default:  return office_usage(usage, false);
		}
	}
	if (optind + 1 != argc || (portraits && only_verify))
		return office_usage(usage, false);
	b.path = argv[optind];
	enum status st = only_verify ? verify(&b, &s) : back_up(&b, portraits, &s);
	if (st) {
		(void)office_failed(o, "backup");
		return only_verify && (st == ERR_DAMAGED || st == ERR_FORMAT || st == ERR_UNSUPPORTED || st == ERR_LIMIT) ? EXIT_REFUSED : EXIT_CANNOT;
	}
	report(&b, &s, only_verify, as_json);
	return EXIT_DONE;
}
