#include "registry/auditing.h"

/* A register behind what it published has forgotten something; one with another event there has another history. */
static enum status
check_list(struct auditing *a, const struct audit_published *p)
{
	struct bytes event;
	struct digest head;
	unsigned long long bound = (unsigned long long)p->sequence, last = (unsigned long long)a->result->sequence;
	if (p->sequence > a->result->sequence) {
		audit_found(a, "published lists", "%s was published after event %llu; the journal ends with event %llu: this register is older than what "
		    "it published", p->uri, bound, last);
		return OK;
	}
	enum status st = journal_get(&a->txn, p->sequence, &event);
	if (st == OK)
		st = sha256(event, &head);
	if (st)
		return err_set(a->err, st, "event %llu cannot be read: %s", bound, status_text(st));
	a->result->lists++;
	if (memcmp(head.b, p->head.b, DIGEST_LEN) != 0)
		audit_found(a, "published lists", "%s was published after an event %llu that is not the one in this journal: another history", p->uri, bound);
	return OK;
}

enum status
audit_published(struct auditing *a)
{
	enum status st = OK;
	audit_progress(a, "the published lists", 0, a->terms->published_n);
	for (size_t i = 0; st == OK && a->replayed && i < a->terms->published_n; i++)
		st = check_list(a, &a->terms->published[i]);
	if (!a->replayed && a->terms->published_n > 0)
		audit_found(a, "published lists", "not compared, since the journal could not be replayed to its end");
	return st;
}
