/* acknowledge.h -- yaopai --ack-fd N: what is durably entered is told to another program, as soon as it is.
 *
 * Lines of text on an open descriptor: "open SEQUENCE HASH\n" when a command has opened the register, then "commit SEQUENCE HASH\n" after each
 * transaction; "resealed ROWS\n" when so many more sealed rows are in the store to be (yaopai keys rotate seal).  SEQUENCE is the journal's last event, in decimal, HASH its SHA-256 in hexadecimal.  Each line is one write.  After a
 * line the event is on disk, and all events before it: whoever has read the line may rely on it whatever happens to this program.
 * A line that cannot be written does not undo what was entered; the command goes on and ends with 2 and a sentence. */
#ifndef OFFICE_ACKNOWLEDGE_H
#define OFFICE_ACKNOWLEDGE_H

#include "tools/office/office.h"

/* The option's value: 1 to 1023, an open descriptor. */
MUST_CHECK enum status acknowledge_to(struct office *o, const char *fd);
/* The register is open: the first line, if they are wanted. */
MUST_CHECK enum status acknowledge_from(struct office *o);
/* Nothing, if they are not wanted. */
void acknowledge_resealed(struct office *o, uint64_t rows);

#endif
