/* replay_file.h -- the memory of live codes used here (yp_replay), kept in a file of the state directory.
 *
 * The file is mapped and locked (flock) for as long as it is open, so that of several processes at one gate each code passes once.
 * What a power cut takes is at most what was entered in its last seconds; the codes run out within minutes anyway. */
#ifndef VERIFIER_REPLAY_FILE_H
#define VERIFIER_REPLAY_FILE_H

#include "base/err.h"
#include "verify/yaopai_verify.h"

struct replay_file {
	int fd;
	void *memory;
	size_t len;
	struct yp_replay *replay;
	bool begun_anew; /* the file was damaged: for the length of a window a code might pass twice */
};

/* dir NULL: memory of this process only.  Another process that holds it for REPLAY_WAIT_S: ERR_CONFLICT.  A damaged file is
 * begun anew, which is no error: OK, and begun_anew says so. */
#define REPLAY_WAIT_S 5u
MUST_CHECK enum status replay_file_open(const char *dir, struct replay_file *out, struct err *err);
void replay_file_close(struct replay_file *f);      /* idempotent */

#endif
