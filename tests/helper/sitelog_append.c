/* sitelog_append LOG FROM COUNT CHUNK -- put checks into a site log, for the tool tests and for measuring.
 * Prints each chunk's last number once it is on the disk, so that a test may kill it and count. */
#include <inttypes.h>
#include <stdio.h>

#include "base/text.h"
#include "tests/unit/support/logs.h"

static int
append_all(const char *path, uint64_t from, uint64_t count, uint64_t chunk)
{
	static struct sitelog_entry entries[65536];
	struct sitelog *log = NULL;
	struct err err = { 0 };
	struct sitelog_options options = { .now_unix_s = LOGS_T0 };
	enum status st = sitelog_open(path, &options, &log, &err);
	for (uint64_t at = 0; at < count && st == OK; at += chunk) {
		uint64_t some = count - at < chunk ? count - at : chunk;
		for (uint64_t i = 0; i < some; i++)
			entries[i] = logs_check(from + at + i);
		st = sitelog_append(log, entries, (size_t)some, &err);
		if (st == OK) {
			(void)printf("%" PRIu64 "\n", from + at + some);
			(void)fflush(stdout);
		}
	}
	sitelog_close(log);
	if (st)
		(void)fprintf(stderr, "sitelog_append: %s\n", err.text);
	return st == OK ? 0 : st == ERR_DAMAGED ? 1 : 2;
}

int
main(int argc, char **argv)
{
	uint64_t from = 0, count = 0, chunk = 0;
	if (argc != 5 || text_uint(bytes_str(argv[2]), &from) != OK || text_uint(bytes_str(argv[3]), &count) != OK ||
	    text_uint(bytes_str(argv[4]), &chunk) != OK || chunk < 1 || chunk > 65536) {
		(void)fputs("usage: sitelog_append LOG FROM COUNT CHUNK\n", stderr);
		return 2;
	}
	return append_all(argv[1], from, count, chunk);
}
