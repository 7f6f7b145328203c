/* bitrot YAOPAI HOME FLIPPED FLIPS SEED -- flip single bits at random in FLIPPED's data file (a copy of HOME's), one at a time.  Where a reader then sees
 * something else than in HOME, or dies, `YAOPAI audit` must exit 1.  Prints what happened; exits 1 if audit missed one.
 *
 * bitrot --one FILE SEED -- flip one bit of FILE and leave it so. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "registry/journal.h"
#include "tools/shared/secretfile.h"

enum { PATH_LEN = 4096, DEADLINE_S = 60 };

struct rot { const char *yaopai, *home, *flipped; char data[PATH_LEN], original[PATH_LEN], changed[PATH_LEN]; struct secret check; };
struct tally { unsigned flips, unseen, seen, died, missed; };

static uint64_t
random_next(uint64_t *state)
{
	uint64_t z = (*state += UINT64_C(0x9e3779b97f4a7c15));
	z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
	return z ^ z >> 31;
}

static _Noreturn void
fail(const char *what)
{
	perror(what);
	exit(2);
}

static void
flip(const char *path, off_t byte, unsigned bit)
{
	uint8_t b;
	int fd = open(path, O_RDWR | O_CLOEXEC);
	if (fd < 0 || pread(fd, &b, 1, byte) != 1)
		fail(path);
	b ^= (uint8_t)(1u << bit);
	if (pwrite(fd, &b, 1, byte) != 1 || close(fd) != 0)
		fail(path);
}

static off_t
size_of(const char *path)
{
	struct stat s;
	if (stat(path, &s) != 0)
		fail(path);
	return s.st_size;
}

/* ---- what a reader sees ---- */

static bool
same_table(struct txn *a, struct txn *b, unsigned table)
{
	struct cursor x = { 0 }, y = { 0 };
	struct bytes kx, ky, vx, vy, asked;
	bool holds = false, same = cursor_open(a, table, (struct bytes){ NULL, 0 }, &x) == OK && cursor_open(b, table, (struct bytes){ NULL, 0 }, &y) == OK;
	while (same) {
		enum status st = cursor_next(&x, &kx, &vx);
		enum status other = cursor_survey(&y, &ky, &vy, &holds);
		if (st == ERR_NOT_FOUND) {
			same = other == ERR_NOT_FOUND;
			break;
		}
		same = st == OK && other == OK && holds && bytes_eq(kx, ky) && bytes_eq(vx, vy) && txn_get(b, table, kx, &asked) == OK && bytes_eq(asked, vx);
	}
	cursor_close(&x);
	cursor_close(&y);
	return same;
}

static int
look(const struct rot *r)
{
	struct store *a = NULL, *b = NULL;
	enum profile profile;
	struct txn ta, tb;
	bool same = true;
	if (journal_open(r->original, STORE_READ, &r->check, &a, &profile, NULL) != OK || txn_begin_read(a, &ta) != OK)
		return 3;
	if (journal_open(r->changed, STORE_READ, &r->check, &b, &profile, NULL) != OK || txn_begin_read(b, &tb) != OK)
		return 1;
	for (unsigned table = 0; same && table < TABLE_COUNT; table++)
		same = same_table(&ta, &tb, table);
	return same ? 0 : 1;
}

static int
wait_for(pid_t child)
{
	int status = 0;
	if (child < 0 || waitpid(child, &status, 0) < 0)
		fail("fork");
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128;
}

static void
be_quiet(void)
{
	int nowhere = open("/dev/null", O_RDWR | O_CLOEXEC);
	if (nowhere < 0 || dup2(nowhere, STDOUT_FILENO) < 0 || dup2(nowhere, STDERR_FILENO) < 0)
		_exit(3);
	(void)alarm(DEADLINE_S);
}

/* 0 as before, 1 otherwise, 128 died. */
static int
seen(const struct rot *r)
{
	pid_t child = fork();
	if (child == 0) {
		be_quiet();
		_exit(look(r));
	}
	int code = wait_for(child);
	if (code == 3) {
		(void)fprintf(stderr, "the register to compare with cannot be read\n");
		exit(2);
	}
	return code;
}

static int
audit(const struct rot *r)
{
	pid_t child = fork();
	if (child == 0) {
		be_quiet();
		(void)execl(r->yaopai, "yaopai", "--home", r->flipped, "--quiet", "audit", "--quick", "--lines", "0", (char *)NULL);
		_exit(127);
	}
	return wait_for(child);
}

/* ---- all of it ---- */

static void
one_flip(const struct rot *r, off_t byte, unsigned bit, struct tally *t)
{
	flip(r->data, byte, bit);
	int what = seen(r);
	t->flips++;
	t->unseen += what == 0;
	t->seen += what == 1;
	t->died += what > 1;
	if (what != 0) {
		int code = audit(r);
		if (code != 1) {
			t->missed++;
			(void)fprintf(stderr, "byte %lld, bit %u: a reader %s and audit exits %d\n", (long long)byte, bit, what == 1 ? "sees something else" : "dies", code);
		}
	}
	flip(r->data, byte, bit);
}

static int
run(struct rot *r, unsigned long flips, uint64_t seed)
{
	struct tally t = { 0 };
	struct err err = { .status = OK };
	char path[PATH_LEN];
	(void)snprintf(path, sizeof(path), "%s/keys/check.key", r->home);
	if (secret_load(path, WRAP_CHECK, &(struct passphrase){ .file = NULL }, &r->check, NULL, &err) != OK) {
		(void)fprintf(stderr, "%s\n", err.text);
		return 2;
	}
	(void)snprintf(r->data, sizeof(r->data), "%s/data/registry/data.mdb", r->flipped);
	(void)snprintf(r->original, sizeof(r->original), "%s/data/registry", r->home);
	(void)snprintf(r->changed, sizeof(r->changed), "%s/data/registry", r->flipped);
	uint64_t bits = (uint64_t)size_of(r->data) * 8;
	if (seen(r) != 0 || audit(r) != 0) {
		(void)fprintf(stderr, "the copy is not sound before the first flip\n");
		return 2;
	}
	for (unsigned long i = 0; i < flips; i++) {
		uint64_t at = random_next(&seed) % bits;
		one_flip(r, (off_t)(at / 8), (unsigned)(at % 8), &t);
	}
	(void)printf("%u flips in %llu bytes: %u that no reader sees, %u seen, %u that kill a reader; missed by audit: %u\n", t.flips,
	    (unsigned long long)(bits / 8), t.unseen, t.seen, t.died, t.missed);
	return t.missed == 0 && t.seen > 0 ? 0 : 1;
}

int
main(int argc, char **argv)
{
	if (argc == 4 && strcmp(argv[1], "--one") == 0) {
		uint64_t seed = strtoull(argv[3], NULL, 10), at = random_next(&seed) % ((uint64_t)size_of(argv[2]) * 8);
		flip(argv[2], (off_t)(at / 8), (unsigned)(at % 8));
		return 0;
	}
	if (argc != 6) {
		(void)fprintf(stderr, "usage: bitrot YAOPAI HOME FLIPPED FLIPS SEED | bitrot --one FILE SEED\n");
		return 2;
	}
	struct rot *r = calloc(1, sizeof(*r));
	if (r == NULL)
		return 2;
	r->yaopai = argv[1];
	r->home = argv[2];
	r->flipped = argv[3];
	int code = run(r, strtoul(argv[4], NULL, 10), strtoull(argv[5], NULL, 10));
	free(r);
	return code;
}
