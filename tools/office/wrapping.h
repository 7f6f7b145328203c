/* wrapping.h -- HOME/keys/seal.key and check.key under a passphrase, or in the clear again.
 *
 * One change (staging.h): killed at any moment, the file is the one of before or the new one, and both hold the same key.  The bytes
 * of the former file are overwritten.  Wrapping what is wrapped changes the passphrase. */
#ifndef OFFICE_WRAPPING_H
#define OFFICE_WRAPPING_H

#include "tools/office/office.h"

/* which: "seal" or "check".  fresh: where the new passphrase comes from; if that is nowhere, a person is asked, or, for a key in the
 * clear, o->passphrase is taken. */
MUST_CHECK enum status key_wrap(struct office *o, const char *which, struct passphrase *fresh);
MUST_CHECK enum status key_unwrap(struct office *o, const char *which);
/* Make keys/NAME as key_wrap would have left it, or in the clear with passphrase NULL.  It must not be there. */
MUST_CHECK enum status key_file_create(struct office *o, const char *name, enum profile profile, enum wrap_purpose purpose,
    const struct passphrase *passphrase, const struct secret *secret);

#endif
