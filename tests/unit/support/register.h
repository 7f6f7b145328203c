/* register.h -- a small register to act in: fresh in a scratch directory, with two bodies and somebody to certify. */
#ifndef TESTS_UNIT_SUPPORT_REGISTER_H
#define TESTS_UNIT_SUPPORT_REGISTER_H

#include "crypto/keyfile.h"
#include "registry/decide.h"
#include "registry/effective.h"
#include "registry/enter.h"
#include "registry/issue.h"
#include "tests/unit/support/scratch.h"

#define DESK_NOW INT64_C(1800000000)                  /* 2027-01-15T16:00:00+08:00 */
#define DESK_ENTRUSTED_FROM (DESK_NOW - 1000)
#define DESK_ENTRUSTED_TO   (DESK_NOW + 1000)

struct desk {
	struct registry *registry;
	struct private_key *key;
	struct signer *signer;
	uint8_t der[CERTIFICATE_DER_LEN_MAX]; size_t der_len;
	int64_t now_unix_s;                        /* of the next batch; DESK_NOW at first */
	struct err err;                            /* of the last refusal */
};
void desk_open(struct desk *d, const char *dir, enum profile profile, uint8_t list_log2);
void desk_close(struct desk *d);

extern const struct bytes desk_body, desk_entrusted_body;      /* USCCs */
struct entries desk_entries(const char *name, const char *number);  /* good as they are; number "" = none */
struct body desk_body_entries(const char *uscc, const char *name);     /* a statutory organ */
/* One action each, in a batch of its own; a refusal rolls it back and leaves its sentence in d->err. */
enum status desk_enter(struct desk *d, const struct entries *e, const char *idnumber17, enum entered *what, uint64_t *id);
enum status desk_enter_body(struct desk *d, const struct body *b, enum entered *what);
enum status desk_decide(struct desk *d, enum subject kind, const char *key, enum action action, int64_t effective_unix_s);
/* Enter n people (numbered from `first`) and return the first holder id. */
uint64_t desk_people(struct desk *d, unsigned first, unsigned n);
struct issue_terms desk_terms(const struct desk *d);
struct issue_result desk_issue(struct desk *d);                /* or the test fails */
struct holder desk_holder(struct desk *d, uint64_t id, uint8_t mem[64]);  /* its views point into mem */
struct effective desk_effective(struct desk *d, uint64_t holder_id, int64_t at_unix_s);
struct effective desk_effective_issued(struct desk *d, uint64_t serial, int64_t at_unix_s);

#endif
