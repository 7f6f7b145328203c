#include "registry/replaying.h"
#include "registry/rules.h"

enum status
replay_rules_set(struct replay *p, const struct event *e)
{
	struct rules r;
	enum status st = rules_decode(e->payload, &r);
	if (st)
		return replay_unreadable(p, st, "the rules");
	txn_put(&p->txn, TABLE_META, BYTES_LIT("rules"), e->payload);
	return OK;
}
