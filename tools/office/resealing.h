/* resealing.h -- yaopai keys rotate seal: another key for the sealed store, under which every row is sealed again.
 *
 * keys/seal.next.key (made first) -> all rows into data/sealed.next (registry/remake.h) -> the stores exchanged -> keys/seal.key becomes
 * keys/former/seal-<generation>.key and seal.next.key becomes seal.key -> EVENT_RESEALED.  Killed at any moment, every command works
 * (office_open tries seal.next.key where seal.key does not open the store), and the same command run again goes on. */
#ifndef OFFICE_RESEALING_H
#define OFFICE_RESEALING_H

#include "tools/office/office.h"

MUST_CHECK enum status reseal(struct office *o);
/* Wipe keys/former/NAME.key, "seal-<generation>". */
MUST_CHECK enum status former_seal_key_destroy(struct office *o, const char *name);
/* "HOME/data/sealed" into out (PATH_MAX_LEN). */
MUST_CHECK enum status office_sealed_dir(struct office *o, char *out);

#endif
