/* qualification.h -- does the qualification behind a certificate hold today: the periodic review, and a moderator's training and exam.
 *
 * What falls short suspends: it can be made good.  A failed review counts from its day; an overdue one from the day after the due day
 * and the days of grace, if the rules say that it suspends (rules.h).  A moderator is trained and examined by the days in the entries,
 * which may not lie in the future. */
#ifndef REGISTRY_QUALIFICATION_H
#define REGISTRY_QUALIFICATION_H

#include "registry/review.h"

enum shortfall { SHORTFALL_NONE = 0, SHORTFALL_REVIEW_FAILED, SHORTFALL_REVIEW_OVERDUE, SHORTFALL_NOT_TRAINED, SHORTFALL_NOT_EXAMINED };
const char *shortfall_text(enum shortfall s);          /* "the periodic review was not passed", ... */

struct qualification { enum shortfall shortfall; int64_t since_unix_s; };      /* since 0: not known */

/* All reviews in memory, for passes over everything. */
struct review_cache;
MUST_CHECK enum status review_cache_open(struct txn *t, struct review_cache **out);
void review_cache_close(struct review_cache *c);       /* NULL is fine */

/* cache NULL: the record is looked up.  ERR_DAMAGED if a record on the way is damaged or missing. */
MUST_CHECK enum status qualification_of(struct txn *t, const struct holder *h, const struct rules *rules, int64_t now_unix_s,
    struct review_cache *cache, struct qualification *out);
/* Of a moderator's entries alone. */
enum shortfall training_shortfall(const struct entries *e, int64_t now_unix_s);

#endif
