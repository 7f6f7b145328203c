/* eyes.h -- an office of three: 李四 proposes and approves, 王五 approves, 赵六 proposes; each with a key of their own. */
#ifndef TESTS_UNIT_SUPPORT_EYES_H
#define TESTS_UNIT_SUPPORT_EYES_H

#include "registry/appoint.h"
#include "registry/propose.h"
#include "tests/unit/support/register.h"

enum who { LI, WANG, ZHAO, NOBODY, WHO_COUNT };            /* NOBODY has a key, and is entered by no one */

struct eyes {
	struct desk desk;
	struct signer *signer[WHO_COUNT];
	uint8_t spki[WHO_COUNT][OPERATOR_KEY_LEN_MAX]; size_t spki_len[WHO_COUNT];
	struct outcome outcome;                    /* of the last approval */
	char refused[400];                         /* why the first subject was refused in it; "" if none was */
};
/* Operators entered, no policy in force, holders with the numbers 15000000001 to 15000000003. */
void eyes_open(struct eyes *e, const char *dir, enum profile profile);
void eyes_close(struct eyes *e);
struct bytes eyes_name(enum who w);
struct operator_entry eyes_entry(const struct eyes *e, enum who w, unsigned roles);

/* One action each, in a batch of its own; a refusal rolls it back and leaves its sentence in e->desk.err. */
enum status eyes_enter(struct eyes *e, enum who by, const struct operator_entry *entry);
enum status eyes_policy(struct eyes *e, enum who by, bool status_changes, bool key_changes, uint64_t bulk_over);
enum status eyes_propose(struct eyes *e, enum who by, const struct proposed *p, uint64_t *sequence);
enum status eyes_approve(struct eyes *e, enum who by, uint64_t sequence);
enum status eyes_reject(struct eyes *e, enum who by, uint64_t sequence, const char *why);
enum status eyes_retract(struct eyes *e, enum who by, uint64_t sequence);

/* A decision on the n holders from 15000000001 on, valid until the next call. */
struct proposed eyes_decision(enum action action, size_t n);
/* The state of a proposal's record. */
enum proposal_state eyes_state(struct eyes *e, uint64_t sequence);
enum state eyes_standing(struct eyes *e, const char *number);

#endif
