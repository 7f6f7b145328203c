/* sandbox -- what a process can still do behind it, and that all else ends it at once. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>
#include <setjmp.h>
#include <cmocka.h>

#include "base/limits.h"
#include "tests/unit/support/scratch.h"
#include "tools/picture/sandbox.h"

enum { NOT_ENTERED = 77, SURVIVED = 78, REFUSED = 79 };

/* How a child ends that enters the sandbox and then does this. */
static int
end_of(bool (*deed)(void))
{
	int how = 0;
	pid_t pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		if (!sandbox_enter())
			_exit(NOT_ENTERED);
		_exit(deed() ? SURVIVED : REFUSED);
	}
	assert_int_equal(waitpid(pid, &how, 0), pid);
	return how;
}

static bool opens(void) { return syscall(SYS_openat, AT_FDCWD, "/etc/passwd", O_RDONLY) >= 0; }
static bool creates(void) { return syscall(SYS_openat, AT_FDCWD, "/tmp/yaopai-never", O_CREAT | O_WRONLY, 0600) >= 0; }
static bool stats(void) { struct stat s; return stat("/etc/passwd", &s) == 0; }
static bool connects(void) { return socket(AF_INET, SOCK_STREAM, 0) >= 0; }
static bool connects_locally(void) { return socket(AF_UNIX, SOCK_STREAM, 0) >= 0; }
static bool forks(void) { return syscall(SYS_clone, SIGCHLD, 0, 0, 0, 0) >= 0; }
static bool executes(void) { char *none[] = { NULL }; return execve("/bin/true", none, none) == 0; }
static bool kills(void) { return kill(getppid(), 0) == 0; }
static bool traces(void) { return syscall(SYS_ptrace, PTRACE_TRACEME, 0, 0, 0) == 0; }
static bool duplicates(void) { return dup(0) >= 0; }
static bool reads_another(void) { char c; return read(1, &c, 1) >= 0; }
static bool writes_another(void) { return write(0, "", 1) >= 0; }
static bool controls(void) { return syscall(SYS_ioctl, 0, 0, 0) == 0; }
static bool becomes_root(void) { return syscall(SYS_setuid, 0) == 0; }
static bool raises_limits(void) { return syscall(SYS_setrlimit, 0, NULL) == 0; }

static bool
maps_executable(void)
{
	return mmap(NULL, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) != MAP_FAILED;
}

static bool
makes_executable(void)
{
	void *p = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	return p != MAP_FAILED && mprotect(p, 4096, PROT_READ | PROT_EXEC) == 0;
}

static bool
maps_a_file(void)
{
	return mmap(NULL, 4096, PROT_READ, MAP_PRIVATE, 0, 0) != MAP_FAILED;
}

static const struct { const char *what; bool (*deed)(void); } forbidden[] = {
	{ "open a file", opens }, { "create a file", creates }, { "ask about a file", stats }, { "open a connection", connects },
	{ "open a local connection", connects_locally }, { "start a process", forks }, { "become another program", executes },
	{ "signal another process", kills }, { "be traced", traces }, { "duplicate a descriptor", duplicates },
	{ "read its output", reads_another }, { "write its input", writes_another }, { "control a device", controls },
	{ "become root", becomes_root }, { "raise a limit", raises_limits }, { "map executable memory", maps_executable },
	{ "make memory executable", makes_executable }, { "map a file", maps_a_file },
};

static void
it_is_killed_as_soon_as_it_tries_to(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(forbidden); i++) {
		int how = end_of(forbidden[i].deed);
		print_message("%s\n", forbidden[i].what);
		assert_true(WIFSIGNALED(how));
		assert_int_equal(WTERMSIG(how), SIGSYS);
	}
}

static bool
computes(void)
{
	for (size_t len = 1; len <= 64u << 20; len *= 2) {
		char *p = malloc(len), *more = p != NULL ? realloc(p, 2 * len) : NULL;
		if (more == NULL)
			return false;
		more[2 * len - 1] = 1;
		free(more);
	}
	return write(STDOUT_FILENO, "", 0) == 0 && read(STDIN_FILENO, NULL, 0) == 0;
}

/* Refused like any allocation that fails, at once and without a kill, so that the sentence can be about memory. */
static bool
takes_too_much_memory(void)
{
	bool some = false;
	for (size_t n = 0; n < PICTURE_MEMORY_MAX; n += 16u << 20) {
		void *volatile p = malloc(16u << 20);
		some = p != NULL;
	}
	return some;
}

static void
it_can_compute(void **state)
{
	(void)state;
	int how = end_of(computes);
	assert_true(WIFEXITED(how));
	assert_int_equal(WEXITSTATUS(how), SURVIVED);
}

static void
memory_ends_where_it_should(void **state)
{
	(void)state;
	if (SANDBOX_SANITIZED)
		skip();
	int how = end_of(takes_too_much_memory);
	assert_true(WIFEXITED(how));
	assert_int_equal(WEXITSTATUS(how), REFUSED);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(it_is_killed_as_soon_as_it_tries_to),
		cmocka_unit_test(it_can_compute),
		cmocka_unit_test(memory_ends_where_it_should),
	};
	int null = open("/dev/null", O_RDONLY);       /* a standard input that can be read, whoever started this */
	return null < 0 || dup2(null, STDIN_FILENO) < 0 ? 1 : cmocka_run_group_tests(tests, NULL, NULL);
}
