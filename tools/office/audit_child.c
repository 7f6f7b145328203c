#include "tools/office/audit_child.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/file.h"
#include "base/text.h"

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
enum { SANITIZED = 1 };         /* its shadow memory is private memory, too */
#else
enum { SANITIZED = 0 };
#endif

enum { LINE_MAX_LEN = 1200, CPU_S_LEAST = 600, EVENTS_A_CPU_S = 500 };

/* ---- the child: one line for each thing it has to say ---- */

static void
say_finding(void *ctx, const char *where, const char *what)
{
	FILE *to = ctx;
	char clean[LINE_MAX_LEN / 2];
	(void)fprintf(to, "F%s\t%s\n", where, text_escape(bytes_str(what), clean, sizeof(clean)));
	(void)fflush(to);
}

/* The first report of the total is the time to know how long this may take. */
static void
bound_time(uint64_t events)
{
	struct rlimit now;
	rlim_t seconds = CPU_S_LEAST + (rlim_t)(events / EVENTS_A_CPU_S);
	if (getrlimit(RLIMIT_CPU, &now) == 0 && seconds > now.rlim_cur && (now.rlim_max == RLIM_INFINITY || seconds < now.rlim_max))
		(void)setrlimit(RLIMIT_CPU, &(struct rlimit){ seconds, now.rlim_max });
}

static void
say_progress(void *ctx, const char *what, uint64_t done, uint64_t total)
{
	FILE *to = ctx;
	if (done == 0)
		bound_time(total);
	(void)fprintf(to, "P%s\t%" PRIu64 "\t%" PRIu64 "\n", what, done, total);
	(void)fflush(to);
}

static bool
bound(__rlimit_resource_t what, rlim_t soft)
{
	struct rlimit now;
	if (getrlimit(what, &now) != 0)
		return false;
	if (now.rlim_cur != RLIM_INFINITY && now.rlim_cur < soft)
		return true; /* a stricter limit of the caller's stays */
	return setrlimit(what, &(struct rlimit){ now.rlim_max != RLIM_INFINITY && now.rlim_max < soft ? now.rlim_max : soft, now.rlim_max }) == 0;
}

static int
run_child(const struct audit_terms *terms, int fd)
{
	struct audit_terms t = *terms;
	struct audit_result r = { .findings = 0 };
	struct err err = { .status = OK };
	FILE *to = fdopen(fd, "w");
	int nowhere = open("/dev/null", O_WRONLY | O_CLOEXEC);
	if (to == NULL || nowhere < 0 || dup2(nowhere, STDERR_FILENO) < 0) /* LMDB tells its last assertion there; the parent tells it better */
		return 2;
	t.finding = say_finding;
	t.progress = say_progress;
	t.ctx = to;
	enum status st = OK;
	if (!bound(RLIMIT_CORE, 0) || !bound(RLIMIT_CPU, CPU_S_LEAST) || (!SANITIZED && !bound(RLIMIT_DATA, AUDIT_MEMORY_MAX)))
		st = err_set(&err, ERR_SYSTEM, "the audit's memory and time cannot be bounded: %s", strerror(errno));
	if (st == OK)
		st = audit_run(&t, &r, &err);
	char head[2 * DIGEST_LEN + 1];
	hex_encode((struct bytes){ r.head.b, DIGEST_LEN }, head);
	(void)fprintf(to, "E%d\t%d\t%" PRIu64 "\t%" PRIu64 "\t%" PRIu64 "\t%" PRIu64 "\t%" PRIu64 "\t%" PRIu64 "\t%" PRIu64 "\t%" PRIu64 "\t%s\t%s\n", st,
	    r.profile, r.events, r.sequence, r.records, r.signatures, r.unknown_keys, r.persons, r.lists, r.findings, head, st ? err.text : "");
	return fclose(to) == 0 ? 0 : 2;
}

/* ---- the parent ---- */

struct listening {
	const struct audit_terms *terms;
	struct audit_result *result;
	struct err *err;
	uint64_t findings;
	enum status status;
	bool ended;
	char at[80];                           /* what the child was looking at last */
	uint64_t done;
};

static void
hear_end(struct listening *l, const char *line)
{
	struct audit_result *r = l->result;
	struct buf head = { r->head.b, DIGEST_LEN, 0 };
	int st = 0, profile = 0, at = 0;
	char hex[2 * DIGEST_LEN + 1];
	if (sscanf(line, "%d\t%d\t%" SCNu64 "\t%" SCNu64 "\t%" SCNu64 "\t%" SCNu64 "\t%" SCNu64 "\t%" SCNu64 "\t%" SCNu64 "\t%" SCNu64 "\t%64[0-9a-f]\t%n", &st,
	        &profile, &r->events, &r->sequence, &r->records, &r->signatures, &r->unknown_keys, &r->persons, &r->lists, &r->findings, hex, &at) < 11 ||
	    at == 0 || hex_decode(bytes_str(hex), &head) != OK)
		return;
	l->ended = true;
	l->status = (enum status)st;
	r->profile = (enum profile)profile;
	if (st != OK)
		err_set(l->err, l->status, "%.*s", (int)strcspn(line + at, "\n"), line + at);
}

static void
hear(struct listening *l, char *line)
{
	uint64_t total = 0;
	char *tab = strchr(line, '\t');
	line[strcspn(line, "\n")] = '\0';
	if (line[0] == 'E') {
		hear_end(l, line + 1);
	} else if (line[0] == 'F' && tab != NULL) {
		*tab = '\0';
		l->findings++;
		l->terms->finding(l->terms->ctx, line + 1, tab + 1);
	} else if (line[0] == 'P' && tab != NULL && sscanf(tab, "\t%" SCNu64 "\t%" SCNu64, &l->done, &total) == 2) {
		*tab = '\0';
		(void)snprintf(l->at, sizeof(l->at), "%.79s", line + 1);
		if (l->terms->progress != NULL)
			l->terms->progress(l->terms->ctx, l->at, l->done, total);
	}
}

/* It died: that is what damage does. */
static void
tell_death(struct listening *l, int wait_status)
{
	char what[256], how[64];
	int sig = WIFSIGNALED(wait_status) ? WTERMSIG(wait_status) : 0;
	if (sig == SIGXCPU)
		(void)snprintf(how, sizeof(how), "did not come to an end");
	else if (sig != 0)
		(void)snprintf(how, sizeof(how), "was ended by signal %d (%s)", sig, strsignal(sig));
	else
		(void)snprintf(how, sizeof(how), "ended with code %d", WIFEXITED(wait_status) ? WEXITSTATUS(wait_status) : -1);
	(void)snprintf(what, sizeof(what), "the audit %s while looking at: %s (%" PRIu64 "): a page of the database is damaged there", how,
	    l->at[0] != '\0' ? l->at : "the register", l->done);
	l->findings++;
	l->terms->finding(l->terms->ctx, "register", what);
}

static enum status
listen_to(struct listening *l, pid_t child, int fd)
{
	char line[LINE_MAX_LEN];
	int wait_status = 0;
	FILE *from = fdopen(fd, "r");
	if (from == NULL)
		return err_set(l->err, ERR_SYSTEM, "out of memory");
	while (fgets(line, sizeof(line), from) != NULL)
		hear(l, line);
	(void)fclose(from);
	while (waitpid(child, &wait_status, 0) < 0 && errno == EINTR)
		;
	if (!l->ended && WIFSIGNALED(wait_status) && (WTERMSIG(wait_status) == SIGKILL || WTERMSIG(wait_status) == SIGTERM || WTERMSIG(wait_status) == SIGINT))
		return err_set(l->err, ERR_SYSTEM, "the audit was stopped (%s)", strsignal(WTERMSIG(wait_status)));
	if (!l->ended)
		tell_death(l, wait_status);
	l->result->findings = l->findings;
	return l->status;
}

static enum status
start_child(const struct audit_terms *terms, pid_t *child, int *fd, struct err *err)
{
	int ends[2];
	if (pipe(ends) != 0)
		return err_set(err, ERR_SYSTEM, "no pipe: %s", strerror(errno));
	(void)fflush(NULL);
	*child = fork();
	if (*child == 0) {
		(void)close(ends[0]);
		_exit(run_child(terms, ends[1]));
	}
	(void)close(ends[1]);
	*fd = ends[0];
	if (*child > 0)
		return OK;
	(void)close(ends[0]);
	return err_set(err, ERR_SYSTEM, "no process could be started: %s", strerror(errno));
}

static void
remove_scratch(const char *dir)
{
	static const char *const names[] = { "data.mdb", "lock.mdb" };
	char path[4096];
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (path_join(dir, names[i], path, sizeof(path), NULL) == OK)
			(void)unlink(path);
	(void)rmdir(dir);
}

enum status
audit_in_child(const struct audit_terms *terms, const char *scratch_dir, struct audit_result *out, struct err *err)
{
	char dir[4096];
	struct audit_terms t = *terms;
	struct audit_result result = { .findings = 0 };
	struct listening l = { .terms = terms, .result = &result, .err = err, .status = OK };
	pid_t child = 0;
	int fd = -1;
	enum status st = path_join(scratch_dir, ".audit-" "XX" "XX" "XX", dir, sizeof(dir), err);
	if (st)
		return st;
	if (mkdtemp(dir) == NULL)
		return err_set(err, ERR_SYSTEM, "%s: no directory for the scratch store can be made: %s; name another place with --scratch", scratch_dir,
		    strerror(errno));
	t.scratch = dir;
	st = start_child(&t, &child, &fd, err);
	if (st == OK)
		st = listen_to(&l, child, fd);
	remove_scratch(dir);
	if (st == OK)
		*out = result;
	return st;
}
