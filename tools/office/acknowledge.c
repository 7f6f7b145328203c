#include "tools/office/acknowledge.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <unistd.h>

#include "base/text.h"
#include "tools/shared/options.h"

enum { FD_MAX = 1023 };

enum status
acknowledge_to(struct office *o, const char *fd)
{
	uint64_t n = 0;
	enum status st = option_uint("--ack-fd", fd, 1, FD_MAX, &n, &o->err);
	if (st == OK && fcntl((int)n, F_GETFD) < 0)
		st = err_set(&o->err, ERR_ARGUMENT, "--ack-fd: descriptor %" PRIu64 " is not open; in a shell: yaopai --ack-fd 3 ... 3>>FILE", n);
	o->acknowledges = st == OK;
	o->ack_fd = (int)n;
	return st;
}

static void
write_line(struct office *o, const char *line, int len)
{
	ssize_t n = write(o->ack_fd, line, (size_t)len);
	if (n != len && o->ack_errno == 0)
		o->ack_errno = n < 0 ? errno : ENOSPC;
}

static void
write_head(struct office *o, const char *word, uint64_t sequence, const struct digest *head)
{
	char hash[2 * DIGEST_LEN + 1], line[128];
	hex_encode((struct bytes){ head->b, DIGEST_LEN }, hash);
	write_line(o, line, snprintf(line, sizeof(line), "%s %" PRIu64 " %s\n", word, sequence, hash));
}

static void
on_commit(void *ctx, uint64_t sequence, const struct digest *head)
{
	write_head(ctx, "commit", sequence, head);
}

enum status
acknowledge_from(struct office *o)
{
	struct txn t = { 0 };
	uint64_t sequence = 0;
	struct digest head;
	if (!o->acknowledges)
		return OK;
	enum status st = txn_begin_read(registry_store(o->registry), &t);
	if (st == OK)
		st = journal_head(&t, &sequence, &head);
	txn_end(&t);
	if (st)
		return err_set(&o->err, st, "the journal's end cannot be read: %s", status_text(st));
	write_head(o, "open", sequence, &head);
	registry_on_commit(o->registry, on_commit, o);
	return OK;
}

void
acknowledge_resealed(struct office *o, uint64_t rows)
{
	char line[64];
	if (o->acknowledges)
		write_line(o, line, snprintf(line, sizeof(line), "resealed %" PRIu64 "\n", rows));
}
