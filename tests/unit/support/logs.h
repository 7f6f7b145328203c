/* logs.h -- site logs for the tests: checks that look like real ones, and files to bend. */
#ifndef SUPPORT_LOGS_H
#define SUPPORT_LOGS_H

#include "tools/verifier/sitelog.h"
#include "tools/verifier/sitelog_audit.h"

enum { LOGS_T0 = 1800000000 };

/* The i-th check: another token each time, 60 s after the one before. */
struct sitelog_entry logs_check(uint64_t i);
/* Append checks from..from+n, `chunk` at a time, to the log at path through a handle of its own. */
enum status logs_append(const char *path, uint64_t from, size_t n, size_t chunk);
/* The file at path holds exactly these bytes now; not synced, since a test's files need not outlive a power cut. */
void logs_save(const char *path, const uint8_t *mem, size_t len);

#endif
