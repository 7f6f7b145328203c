/* What happens to sealed data leaves the tables as they are, or follows from the event alone: nothing sealed is in the journal. */
#include "registry/erase.h"
#include "registry/replaying.h"
#include "registry/reseal.h"
#include "registry/reveal.h"

enum status
replay_revealed(struct replay *p, const struct event *e)
{
	struct revelation what;
	struct person person;
	enum status st = revelation_decode(e->payload, &what);
	if (st)
		return replay_unreadable(p, st, "what was revealed");
	if (what.person_id.len == 0)
		return OK;
	st = person_get(&p->txn, what.person_id, &person);
	return st ? replay_unreadable(p, st, "the person whose number was revealed") : OK;
}

enum status
replay_resealed(struct replay *p, const struct event *e)
{
	uint64_t generation = 0, last = 0;
	enum status st = resealing_decode(e->payload, &generation);
	if (st)
		return replay_unreadable(p, st, "the re-sealing");
	st = resealed_get(&p->txn, &last);
	if (st)
		return replay_unreadable(p, st, "the last re-sealing");
	if (generation != last + 1)
		replay_fault(p, "the sealed store went from generation %llu to %llu", (unsigned long long)last, (unsigned long long)generation);
	resealed_put(&p->txn, generation, e->sequence);
	return OK;
}

enum status
replay_erased(struct replay *p, const struct event *e)
{
	struct erasure what;
	struct person person;
	enum status st = erasure_decode(e->payload, &what);
	if (st)
		return replay_unreadable(p, st, "the erasure");
	st = person_get(&p->txn, what.person_id, &person);
	if (st)
		return replay_unreadable(p, st, "the person whose sealed data were erased");
	if (person.erased_sequence != 0)
		replay_fault(p, "a person's sealed data are erased once more; event %llu did it", (unsigned long long)person.erased_sequence);
	person.erased_sequence = e->sequence;
	replay_put_person(p, &person);
	return OK;
}
