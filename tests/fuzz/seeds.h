/* seeds.h -- the two halves of the program that makes seeds: from golden vectors and example keys, and from the real programs' files. */
#ifndef TESTS_FUZZ_SEEDS_H
#define TESTS_FUZZ_SEEDS_H

#include "base/bytes.h"

/* DIR/target/name.  Ends the program if it cannot be written. */
void seed_put(const char *target, const char *name, struct bytes b);

/* A bundle (with its parts and their payloads), PEM certificate, or lines of QR texts, as the bytes begin. */
void seed_put_file(const char *path);

#endif
