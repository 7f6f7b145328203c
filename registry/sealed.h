/* sealed.h -- identity-card numbers: sealed, found by a keyed hash, known to the register only as a random person id.
 *
 * An environment of its own in <data>/sealed with its own key (lookup, seal and check keys are derived from
 * it).  Written before the registry commits, so that a crash leaves an unused row, never a dangling one.
 * One thread at a time: the keyed hash and the cipher belong to the struct sealed.
 *
 * While it is open its directory is locked, shared (flock): whoever makes the store anew (remake.h) waits until nobody has it
 * open, and nobody opens it meanwhile. */
#ifndef REGISTRY_SEALED_H
#define REGISTRY_SEALED_H

#include "registry/store.h"
#include "registry/tables.h"

struct sealed;
/* Another key than the rows were written under: ERR_DAMAGED with a sentence (an empty store takes any). */
MUST_CHECK enum status sealed_open(const char *dir, enum store_mode mode, enum profile profile, const struct secret *key,
    struct sealed **out, struct err *err);
void sealed_close(struct sealed *s);

struct store *sealed_store(struct sealed *s);   /* for its size */
/* How often it was re-sealed, from 1: as its meta "generation" says.  0 if it does not say: it never was, or was restored. */
uint64_t sealed_generation(const struct sealed *s);
unsigned sealed_tables(const struct sealed *s); /* the first so many of enum sealed_table: a store of an older version has no META */

MUST_CHECK enum status sealed_begin_write(struct sealed *s, struct txn *t);
MUST_CHECK enum status sealed_begin_read(struct sealed *s, struct txn *t);
/* Find the person of a number (18 characters, upper case).  ERR_NOT_FOUND; ERR_DAMAGED if row and hash disagree. */
MUST_CHECK enum status sealed_find(struct sealed *s, struct txn *t, struct bytes idnumber, uint8_t person_id[PERSON_ID_LEN]);
/* Find, or enter under a fresh random id; *is_new says which. */
MUST_CHECK enum status sealed_enter(struct sealed *s, struct txn *t, struct bytes idnumber, uint8_t person_id[PERSON_ID_LEN],
    bool *is_new);
/* The number of a person, 18 bytes into out: for lawful reveal only.  The caller wipes it. */
MUST_CHECK enum status sealed_reveal(struct sealed *s, struct txn *t, struct bytes person_id, struct buf *out);

#endif
