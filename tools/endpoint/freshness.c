#include "tools/endpoint/freshness.h"

#include "crypto/bundle.h"
#include "crypto/statuslist.h"

static enum status
list_fits(struct txn *t, struct registry *r, const struct status_list *l, struct err *err)
{
	struct bytes event;
	struct digest d;
	struct bytes prefix = bytes_str(registry_settings(r)->uri_prefix);
	if (!l->has_binding || !bytes_starts_with(l->uri, prefix))
		return OK; /* another register's */
	enum status st = journal_get(t, l->journal_sequence, &event);
	if (st == ERR_NOT_FOUND)
		return err_set(err, ERR_DAMAGED,
		    "the register is older than what was published from it: a list binds journal event %llu, which is not here; "
		    "restore the newest register (a register that forgets a revocation is worse than none)",
		    (unsigned long long)l->journal_sequence);
	if (st == OK)
		st = sha256(event, &d);
	if (st)
		return err_set(err, st, "journal event %llu cannot be read: %s", (unsigned long long)l->journal_sequence, status_text(st));
	if (memcmp(d.b, l->journal_head.b, DIGEST_LEN) != 0)
		return err_set(err, ERR_DAMAGED,
		    "the register's journal is not the one that was published: event %llu has another hash", (unsigned long long)l->journal_sequence);
	return OK;
}

enum status
freshness_check(struct registry *r, struct trust *trust, struct err *err)
{
	struct bundle_reader b;
	struct bytes token;
	enum typ typ;
	struct txn t = { 0 };
	struct trust_use *use = trust_borrow(trust);
	enum status st = bundle_open(trust_bundle(use), &b);
	if (st == OK)
		st = txn_begin_read(registry_store(r), &t);
	while (st == OK && bundle_next(&b, &token, &typ)) {
		struct cose c;
		struct status_list l;
		if (typ == TYP_STATUS_LIST && cose_decode(token, COSE_STANDARD, &c) == OK && status_list_decode(c.payload, &l) == OK)
			st = list_fits(&t, r, &l, err);
	}
	txn_end(&t);
	trust_return(trust, use);
	return st ? err_set(err, st, "the published lists cannot be compared with the register: %s", status_text(st)) : OK;
}
