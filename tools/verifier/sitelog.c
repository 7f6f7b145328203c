#include "tools/verifier/sitelog.h"

#include <stdlib.h>
#include <unistd.h>

#include "tools/verifier/sitelog_file.h"

enum status
sitelog_open(const char *path, const struct sitelog_options *options, struct sitelog **out, struct err *err)
{
	struct sitelog *log = NULL;
	enum status st = sitelog_new(path, options, &log, err);
	if (st)
		return st;
	st = sitelog_lock(log, err);
	if (st == OK)
		st = sitelog_catch_up(log, err);
	sitelog_unlock(log);
	if (st)
		sitelog_close(log);
	else
		*out = log;
	return st;
}

/* A group is followed by as many checks as it has members. */
static enum status
entries_check(const struct sitelog_entry *entries, size_t n, struct err *err)
{
	enum status st = OK;
	size_t members = 0;
	for (size_t i = 0; i < n && st == OK; i++) {
		st = sitelog_entry_check(&entries[i], err);
		if (st == OK && members > 0 && entries[i].kind != SITELOG_CHECK)
			st = err_set(err, ERR_ARGUMENT, "the site log takes a group only with the checks of its members");
		members = entries[i].kind == SITELOG_GROUP ? entries[i].members : members > 0 ? members - 1 : 0;
	}
	if (st == OK && members > 0)
		st = err_set(err, ERR_ARGUMENT, "the site log takes a group only with the checks of its members; %zu are missing", members);
	return st;
}

enum status
sitelog_append(struct sitelog *log, const struct sitelog_entry *entries, size_t n, struct err *err)
{
	enum status st = entries_check(entries, n, err);
	if (st != OK || n == 0)
		return st;
	log->options.now_unix_s = entries[0].time_unix_s;
	st = sitelog_lock(log, err);
	if (st == OK)
		st = sitelog_catch_up(log, err);
	if (st == OK)
		st = sitelog_write(log, entries, n, err);
	sitelog_unlock(log);
	return st;
}

void
sitelog_close(struct sitelog *log)
{
	if (log == NULL)
		return;
	if (log->fd >= 0)
		(void)close(log->fd);
	if (log->head_fd >= 0)
		(void)close(log->head_fd);
	free(log);
}
