#include <getopt.h>
#include <stdio.h>

#include "base/clock.h"
#include "tools/office/commands.h"
#include "tools/office/say_proposal.h"
#include "tools/shared/options.h"

static const char usage[] =
    "usage: yaopai pending [--all | N...] [--json]\n"
    "What waits for an approval, and approved permissions that are not used up: what would be done, to whom, by whom it was proposed.\n"
    "  --all  also what was approved, rejected, taken back or expired\n"
    "  N      these proposals, whatever became of them\n";

/* Is it something that somebody still has to do something about?  What cannot be read is shown, and told then. */
static bool
is_open(struct txn *t, const struct proposal *p, int64_t now)
{
	struct proposal_event e;
	bool is_permission = p->kind == PROPOSED_ISSUE || p->kind == PROPOSED_KEYS;
	if (p->state == PROPOSAL_PENDING)
		return now < p->expires_unix_s;
	return p->state == PROPOSAL_APPROVED && is_permission &&
	    (proposal_event_get(t, p->sequence, &e) != OK || now < e.proposed.until_unix_s);
}

static enum status
list(struct office *o, struct txn *t, bool all, struct json *j, uint64_t *n)
{
	struct cursor c = { 0 };
	struct bytes key, value;
	struct proposal p;
	int64_t now = clock_unix_s();
	enum status st = cursor_open(t, TABLE_PROPOSAL, (struct bytes){ NULL, 0 }, &c);
	while (st == OK && (st = cursor_next(&c, &key, &value)) == OK) {
		st = proposal_decode(key64_value(key), value, &p);
		if (st == OK && (all || is_open(t, &p, now))) {
			st = proposal_say(o, t, p.sequence, now, j);
			++*n;
		}
	}
	cursor_close(&c);
	return st == ERR_NOT_FOUND && o->err.status == OK ? OK : st ? err_set(&o->err, st, "the proposals cannot be read: %s", status_text(st)) : OK;
}

static enum status
named(struct office *o, struct txn *t, int n, char **numbers, struct json *j)
{
	enum status st = OK;
	uint64_t sequence = 0;
	for (int i = 0; st == OK && i < n; i++) {
		st = option_uint("proposal", numbers[i], 1, INT64_MAX, &sequence, &o->err);
		if (st == OK)
			st = proposal_say(o, t, sequence, clock_unix_s(), j);
	}
	return st;
}

int
cmd_pending(struct office *o, int argc, char **argv)
{
	static const struct option longs[] = { { "all", 0, NULL, 'a' }, { "json", 0, NULL, 'j' }, { "help", 0, NULL, 'h' }, { NULL, 0, NULL, 0 } };
	bool all = false, as_json = false;
	uint64_t n = 0;
	for (int c; (c = getopt_long(argc, argv, "h", longs, NULL)) != -1;) {
		switch (c) {
		case 'a': all = true; break;
		case 'j': as_json = true; break;
		case 'h': return office_usage(usage, true);
		default:  return office_usage(usage, false);
		}
	}
	if (all && optind < argc)
		return office_usage(usage, false);
	struct txn t = { 0 };
	struct json j = json_open(stdout);
	enum status st = office_open(o, STORE_READ, false);
	if (st == OK && (st = txn_begin_read(registry_store(o->registry), &t)) != OK)
		err_set(&o->err, st, "the register cannot be read: %s", status_text(st));
	if (st == OK)
		st = optind < argc ? named(o, &t, argc - optind, argv + optind, as_json ? &j : NULL) : list(o, &t, all, as_json ? &j : NULL, &n);
	txn_end(&t);
	if (st == OK && !as_json && n == 0 && optind == argc)
		(void)puts("nothing waits for an approval");
	if (!json_close(&j) && st == OK)
		st = err_set(&o->err, ERR_SYSTEM, "the answer could not be written");
	return st ? office_failed(o, "pending") : EXIT_DONE;
}
