#include "tests/unit/support/logs.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <fcntl.h>
#include <unistd.h>
#include <setjmp.h>
#include <cmocka.h>

struct sitelog_entry
logs_check(uint64_t i)
{
	struct sitelog_entry e = { .kind = SITELOG_CHECK, .time_unix_s = LOGS_T0 + 60 * (int64_t)i, .verdict = i % 7 == 3 ? 41 : 1, .has_presented = true,
		.status_as_of_unix_s = LOGS_T0 - 900, .site = BYTES_LIT("历城区 3 号检查点"), .purpose = BYTES_LIT("检查计划 2026-117") };
	for (size_t b = 0; b < DIGEST_LEN; b++)
		e.presented.b[b] = (uint8_t)(i >> 8 * (b % 8)) ^ (uint8_t)(31 * b);
	return e;
}

enum status
logs_append(const char *path, uint64_t from, size_t n, size_t chunk)
{
	struct sitelog *log = NULL;
	struct sitelog_entry *entries = calloc(chunk, sizeof(*entries));
	struct sitelog_options options = { .now_unix_s = LOGS_T0 };
	enum status st = entries != NULL ? sitelog_open(path, &options, &log, NULL) : ERR_SYSTEM;
	for (size_t at = 0; at < n && st == OK; at += chunk) {
		size_t some = n - at < chunk ? n - at : chunk;
		for (size_t i = 0; i < some; i++)
			entries[i] = logs_check(from + at + i);
		st = sitelog_append(log, entries, some, NULL);
	}
	sitelog_close(log);
	free(entries);
	return st;
}

void
logs_save(const char *path, const uint8_t *mem, size_t len)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600); /* O_TRUNC would make ext4 write it out at once */
	assert_true(fd >= 0);
	assert_int_equal(pwrite(fd, mem, len, 0), len);
	assert_int_equal(ftruncate(fd, (off_t)len), 0);
	assert_int_equal(close(fd), 0);
}
