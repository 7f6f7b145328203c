#include "tools/office/reissue.h"

#include <stdlib.h>

void
reissue_add(struct reissue_list *r, uint64_t holder_id)
{
	if (r->n == r->cap) {
		size_t cap = r->cap == 0 ? 256 : 2 * r->cap;
		uint64_t *grown = realloc(r->ids, cap * sizeof(*grown));
		if (grown == NULL) {
			r->failed = true;
			return;
		}
		r->ids = grown;
		r->cap = cap;
	}
	r->ids[r->n++] = holder_id;
}

void
reissue_free(struct reissue_list *r)
{
	free(r->ids);
	*r = (struct reissue_list){ .n = 0 };
}

enum status
reissue_check(struct office *o)
{
	enum status st = office_can_issue(o);
	return err_in(&o->err, st, "nothing was entered, because the certificates could not be reissued here (--no-issue enters without)");
}

static int
by_value(const void *a, const void *b)
{
	const uint64_t *x = a, *y = b;
	return (*x > *y) - (*x < *y);
}

static bool
is_chosen(void *ctx, uint64_t holder_id)
{
	const struct reissue_list *r = ctx;
	return bsearch(&holder_id, r->ids, r->n, sizeof(*r->ids), by_value) != NULL;
}

enum status
reissue_run(struct office *o, struct reissue_list *r, struct issue_result *out)
{
	struct issue_terms terms = { .changed = true, .chosen = is_chosen, .chosen_ctx = r };
	*out = (struct issue_result){ 0 };
	if (r->failed)
		return err_set(&o->err, ERR_SYSTEM, "out of memory; what was entered stays, yaopai issue --changed reissues it");
	if (r->n == 0)
		return OK;
	qsort(r->ids, r->n, sizeof(*r->ids), by_value);
	return office_issue(o, &terms, out);
}
