/* cold_start.c -- how long a program takes from its start to its end, again and again.
 *
 * usage: cold_start RUNS PROGRAM [ARGUMENT]...   Its output is dropped.  Prints the medians, in milliseconds: wall=
 * and cpu= (user and system). */
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>

extern char **environ;
enum { RUNS_MAX = 1001 };

static double
wall_ms(void)
{
	struct timespec t;
	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static double
children_ms(void)
{
	struct rusage u;
	(void)getrusage(RUSAGE_CHILDREN, &u);
	return (double)(u.ru_utime.tv_sec + u.ru_stime.tv_sec) * 1e3 + (double)(u.ru_utime.tv_usec + u.ru_stime.tv_usec) / 1e3;
}

static int
ascending(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;
	return (x > y) - (x < y);
}

static double
median(double *v, size_t n)
{
	qsort(v, n, sizeof(*v), ascending);
	return v[n / 2];
}

/* The exit code, -1 if it did not end by itself. */
static int
run(char **command, const posix_spawn_file_actions_t *quiet)
{
	pid_t pid;
	int state;
	if (posix_spawnp(&pid, command[0], quiet, NULL, command, environ) != 0 || waitpid(pid, &state, 0) != pid)
		return -1;
	return WIFEXITED(state) ? WEXITSTATUS(state) : -1;
}

int
main(int argc, char **argv)
{
	static double wall[RUNS_MAX], cpu[RUNS_MAX];
	posix_spawn_file_actions_t quiet;
	long runs = argc > 2 ? strtol(argv[1], NULL, 10) : 0;
	if (runs < 1 || runs > RUNS_MAX || posix_spawn_file_actions_init(&quiet) != 0 ||
	    posix_spawn_file_actions_addopen(&quiet, 1, "/dev/null", O_WRONLY, 0) != 0) {
		(void)fprintf(stderr, "usage: cold_start RUNS PROGRAM [ARGUMENT]..., 1 to %d runs\n", RUNS_MAX);
		return 2;
	}
	for (long i = 0; i < runs; i++) {
		double began = wall_ms(), before = children_ms();
		if (run(argv + 2, &quiet) != 0) {
			(void)fprintf(stderr, "cold_start: %s failed\n", argv[2]);
			return 2;
		}
		wall[i] = wall_ms() - began;
		cpu[i] = children_ms() - before;
	}
	printf("wall=%.2f\ncpu=%.2f\n", median(wall, (size_t)runs), median(cpu, (size_t)runs));
	return 0;
}
