/* Runs a fuzz target once over each file named, or standing in a directory named: the kept corpus as a regression test, and a
 * found input again under any compiler or debugger.  Names each, and counts them.  Stands in for libFuzzer's main. */
#include <dirent.h>
#include <errno.h>

#include "base/file.h"
#include "tests/fuzz/fuzz.h"

enum { INPUT_MAX = 16 << 20, PATH_LEN_MAX = 4096 };

static size_t files_n;

size_t
LLVMFuzzerMutate(uint8_t *data, size_t size, size_t max_size)
{
	(void)data, (void)max_size;
	return size; /* for the linker: nothing is mutated here */
}

static int
run_file(const char *path)
{
	struct buf file = { 0 };
	struct err err = { 0 };
	if (file_load(path, INPUT_MAX, &file, &err) != OK) {
		(void)fprintf(stderr, "%s\n", err.text);
		return 1;
	}
	/* an exact copy, so that a sanitizer sees a read past the end */
	uint8_t *exact = malloc(file.len > 0 ? file.len : 1);
	must(exact != NULL);
	memcpy(exact, file.ptr, file.len);
	(void)printf("%s\n", path); /* the last one named is the one that fails */
	(void)fflush(stdout);
	(void)LLVMFuzzerTestOneInput(exact, file.len);
	free(exact);
	free(file.ptr);
	files_n++;
	return 0;
}

static int
run_directory(DIR *dir, const char *path)
{
	char inside[PATH_LEN_MAX];
	int failed = 0;
	for (const struct dirent *e; (e = readdir(dir)) != NULL;) {
		if (e->d_name[0] == '.')
			continue;
		failed |= path_join(path, e->d_name, inside, sizeof(inside), NULL) != OK || run_file(inside) != 0;
	}
	return failed;
}

static int
run(const char *path)
{
	DIR *dir = opendir(path);
	if (dir == NULL && errno == ENOTDIR)
		return run_file(path);
	if (dir == NULL) {
		perror(path);
		return 1;
	}
	int failed = run_directory(dir, path);
	(void)closedir(dir);
	return failed;
}

int
main(int argc, char **argv)
{
	if (argc < 2) {
		(void)fprintf(stderr, "usage: %s FILE|DIRECTORY...\n", argv[0]);
		return 2;
	}
	int failed = 0;
	for (int i = 1; i < argc; i++)
		failed |= run(argv[i]);
	(void)printf("%zu inputs\n", files_n);
	return failed != 0 || files_n == 0;
}
