#include "registry/issue_bound.h"

#include <stdlib.h>

#include "registry/issue_plan.h"
#include "registry/permission.h"

static bool
permits_kid(const struct proposed *p, const uint8_t kid[KID_LEN])
{
	struct cbor_reader r = cbor_reader(p->reissue, CBOR_CANONICAL);
	for (size_t i = p->reissue.len > 0 ? cbor_read_array(&r) : 0; i > 0; i--)
		if (bytes_eq(cbor_read_bytes(&r), (struct bytes){ kid, KID_LEN }))
			return true;
	return false;
}

static enum status
check_terms(const struct proposed *p, const struct issue_terms *terms, struct err *err)
{
	unsigned long long n = terms->approval;
	if (p->kinds != 0 && (terms->kinds == 0 || (terms->kinds & ~p->kinds) != 0))
		return err_set(err, ERR_CONFLICT, "proposal %llu permits other kinds of certificate only; yaopai pending %llu shows which", n, n);
	if (terms->changed && !p->changed)
		return err_set(err, ERR_CONFLICT, "proposal %llu does not permit to reissue where entries changed (--changed)", n);
	for (size_t i = 0; i < terms->reissue_n; i++)
		if (!permits_kid(p, terms->reissue[i]))
			return err_set(err, ERR_CONFLICT, "proposal %llu does not permit to reissue what that key signed", n);
	return OK;
}

static enum status
bound(struct txn *t, const struct policy *policy, const struct issue_terms *terms, uint64_t *left, struct err *err)
{
	struct permission p;
	if (terms->approval == 0) {
		*left = policy_left(policy, terms->now_ms / 1000);
		return OK;
	}
	enum status st = permission_get(t, terms->approval, PROPOSED_ISSUE, terms->now_ms / 1000, &p, err);
	if (st == OK)
		st = check_terms(&p.proposed, terms, err);
	if (st == OK)
		*left = p.used < p.proposed.at_most ? p.proposed.at_most - p.used : 0;
	return st;
}

enum status
issue_bound(struct batch *b, const struct issue_terms *terms, uint64_t *left, struct err *err)
{
	return bound(&b->txn, &b->policy, terms, left, err);
}

void
issue_bound_count(struct batch *b, const struct issue_terms *terms, uint64_t n)
{
	if (terms->approval != 0)
		permission_count(&b->txn, terms->approval, n);
	else if (b->policy.bulk_over != 0) {
		policy_count(&b->policy, n, b->now_ms / 1000);
		policy_put(&b->txn, &b->policy);
	}
}

enum status
issue_count(struct registry *r, const struct issue_terms *terms, uint64_t *n, struct err *err)
{
	struct issue_terms quiet = *terms;
	struct issue_plan *plan = NULL;
	struct issue_chunk *c = calloc(1, sizeof(*c));
	struct issue_scan start = { .next_id = 1 };
	struct counters counters;
	struct txn t = { 0 };
	*n = 0;
	if (c == NULL)
		return err_set(err, ERR_SYSTEM, "out of memory");
	quiet.refused = NULL;
	quiet.progress = NULL;
	enum status st = issue_plan_open(r, &quiet, &plan, err);
	if (st == OK && (st = txn_begin_read(registry_store(r), &t)) != OK)
		err_set(err, st, "the register cannot be read: %s", status_text(st));
	if (st == OK && (st = counters_get(&t, &counters)) != OK)
		err_set(err, st, "the counters cannot be read: %s", status_text(st));
	if (st == OK)
		st = issue_plan_from(plan, &t, &start, &counters, err);
	do {
		if (st == OK)
			st = issue_plan_chunk(plan, &t, c, err);
		*n += st == OK ? c->n : 0;
	} while (st == OK && c->n > 0);
	txn_end(&t);
	issue_plan_close(plan);
	free(c);
	return st;
}

enum status
issue_bound_check(struct registry *r, const struct issue_terms *terms, struct err *err)
{
	struct txn t = { 0 };
	struct policy policy;
	uint64_t left = 0, n = 0;
	enum status st = txn_begin_read(registry_store(r), &t);
	if (st == OK)
		st = policy_get(&t, &policy);
	if (st)
		err_set(err, st, "the policy in force cannot be read: %s", status_text(st));
	else
		st = bound(&t, &policy, terms, &left, err);
	txn_end(&t);
	if (st != OK || left == UINT64_MAX)
		return st;
	st = issue_count(r, terms, &n, err);
	if (st != OK || n <= left)
		return st;
	if (terms->approval != 0)
		return err_set(err, ERR_CONFLICT, "%llu would be issued, and proposal %llu permits %llu more; propose it again", (unsigned long long)n,
		    (unsigned long long)terms->approval, (unsigned long long)left);
	return err_set(err, ERR_CONFLICT, "%llu would be issued, and without a second operator it may be %llu more today (%llu in a day): yaopai "
	    "propose issue, then --approval N", (unsigned long long)n, (unsigned long long)left, (unsigned long long)policy.bulk_over);
}
