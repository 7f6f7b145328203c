#include "registry/replaying.h"

static bool
ends_it(enum action a)
{
	return a == ACTION_CANCEL || a == ACTION_REVOKE || a == ACTION_WITHDRAW || a == ACTION_REPLACE;
}

bool
standing_has_ended(const struct standing *s, int64_t unix_s)
{
	for (size_t i = 0; i < s->n; i++)
		if (ends_it(s->changes[i].action) && s->changes[i].effective_unix_s <= unix_s)
			return true;
	return false;
}

bool
standing_has_end(const struct standing *s)
{
	return standing_has_ended(s, INT64_MAX);
}

enum action
standing_action(const struct standing *s, int64_t unix_s)
{
	enum action a = ACTION_NONE;
	for (size_t i = 0; i < s->n && s->changes[i].effective_unix_s <= unix_s; i++)
		a = s->changes[i].action;
	return a;
}

static int64_t
last_effect(const struct standing *s, int64_t now_unix_s)
{
	int64_t last = INT64_MIN;
	for (size_t i = 0; i < s->n; i++)
		if (s->changes[i].effective_unix_s <= now_unix_s && s->changes[i].effective_unix_s > last)
			last = s->changes[i].effective_unix_s;
	return last;
}

static void
check_rules(struct replay *p, const struct standing *s, const struct change *c, const char *whose)
{
	enum action before = standing_action(s, c->effective_unix_s);
	if (ends_it(before))
		replay_fault(p, "%s is %s although it was %s already, which is final", whose, action_text(c->action), action_text(before));
	else if (c->action == ACTION_SUSPEND && before == ACTION_SUSPEND)
		replay_fault(p, "%s is suspended a second time", whose);
	else if (c->action == ACTION_REINSTATE && before != ACTION_SUSPEND)
		replay_fault(p, "%s is reinstated although it was not suspended", whose);
	if (c->effective_unix_s < last_effect(s, p->time_ms / 1000))
		replay_fault(p, "the change of %s takes effect before an earlier one that was in effect", whose);
	if (c->end_unix_s != 0 && (c->action != ACTION_SUSPEND || c->end_unix_s <= c->effective_unix_s))
		replay_fault(p, "the change of %s has an end that it cannot have", whose);
}

static enum status
place(struct replay *p, struct standing *s, const struct change *c, const char *whose)
{
	if (s->n == STANDING_CHANGES_MAX && s->changes[1].effective_unix_s > p->time_ms / 1000)
		return replay_refuse(p, "%s has %u changes that have not taken effect; no more fit", whose, STANDING_CHANGES_MAX);
	struct standing grown = { .n = 0 };
	bool placed = false;
	for (size_t i = s->n == STANDING_CHANGES_MAX ? 1 : 0; i < s->n; i++) {
		if (!placed && s->changes[i].effective_unix_s > c->effective_unix_s) {
			grown.changes[grown.n++] = *c;
			placed = true;
		}
		grown.changes[grown.n++] = s->changes[i];
	}
	if (!placed)
		grown.changes[grown.n++] = *c;
	*s = grown;
	return OK;
}

enum status
replay_change(struct replay *p, struct standing *s, const struct change *c, const char *whose)
{
	check_rules(p, s, c, whose);
	return place(p, s, c, whose);
}

/* ---- decisions ---- */

static enum status
change_holder(struct replay *p, struct bytes key, const struct decision *d, const struct change *c, struct bytes typed)
{
	struct kept_holder k;
	struct person person;
	if (key.len != 8)
		return replay_refuse(p, "its subject is no holder's id");
	enum status st = replay_holder(p, key64_value(key), &k);
	if (st == OK)
		st = replay_change(p, &k.h.standing, c, "the certificate");
	if (st)
		return st;
	if (typed.len > 0 && k.h.number.len > 0 && !bytes_eq(typed, k.h.number))
		replay_fault(p, "it was decided under number %.*s, the certificate has %.*s", BYTES_FMT(typed), BYTES_FMT(k.h.number));
	replay_put_holder(p, &k.h);
	if (d->ban_until_unix_s == 0)
		return OK;
	if (d->action != ACTION_REVOKE)
		replay_fault(p, "it carries a ban on re-applying and is no revocation");
	st = person_get(&p->txn, (struct bytes){ k.h.person_id, PERSON_ID_LEN }, &person);
	if (st)
		return replay_unreadable(p, st, "the record of the person under the certificate");
	person.ban_until_unix_s = d->ban_until_unix_s;
	replay_put_person(p, &person);
	return OK;
}

/* Who left comes back with nothing of before. */
static enum status
check_return(struct replay *p, const struct person *person, const struct change *c)
{
	struct holder h;
	for (int kind = KIND_ENFORCEMENT; kind <= KIND_MODERATOR; kind++) {
		enum status st = person->holder_id[kind] != 0 ? holder_get(&p->txn, person->holder_id[kind], &h) : OK;
		if (st)
			return replay_unreadable(p, st, "the record of a certificate of its person");
		if (person->holder_id[kind] != 0 && !standing_has_ended(&h.standing, c->effective_unix_s))
			replay_fault(p, "the person comes back while certificate %llu of before is not void", (unsigned long long)h.id);
	}
	return OK;
}

static enum status
change_person(struct replay *p, struct bytes key, const struct change *c)
{
	struct person person;
	enum status st = person_get(&p->txn, key, &person);
	if (st)
		return replay_unreadable(p, st, "the record of its person");
	bool returns = c->action == ACTION_REINSTATE && standing_action(&person.standing, c->effective_unix_s) == ACTION_CANCEL;
	st = returns ? place(p, &person.standing, c, "the person") : replay_change(p, &person.standing, c, "the person");
	if (st == OK && returns)
		st = check_return(p, &person, c);
	if (st == OK)
		replay_put_person(p, &person);
	return st;
}

static enum status
change_body(struct replay *p, struct bytes key, const struct change *c)
{
	struct kept_body k;
	if (key.len != USCC_LEN)
		return replay_refuse(p, "its subject is no body's code");
	enum status st = body_copy(&p->txn, key, k.mem, &k.body);
	if (st == ERR_NOT_FOUND) {
		memcpy(p->waiting_uscc, key.ptr, USCC_LEN);
		p->waiting = (struct standing){ .n = 0 };
		p->body_waits = true;
		return replay_change(p, &p->waiting, c, "the body");
	}
	if (st)
		return replay_unreadable(p, st, "the record of its body");
	st = replay_change(p, &k.body.standing, c, "the body");
	if (st == OK)
		replay_put_body(p, &k.body);
	return st;
}

enum status
replay_standing_changed(struct replay *p, const struct event *e)
{
	enum subject kind;
	struct bytes key, typed;
	struct decision d;
	enum status st = decision_decode(e->payload, &kind, &key, &d, &typed);
	if (st)
		return replay_unreadable(p, st, "the decision");
	struct change c = { .action = d.action, .effective_unix_s = d.effective_unix_s, .end_unix_s = d.end_unix_s, .sequence = e->sequence };
	bool any = d.action == ACTION_SUSPEND || d.action == ACTION_REINSTATE || d.action == ACTION_CANCEL;
	if (kind != SUBJECT_HOLDER && (!any || d.ban_until_unix_s != 0))
		replay_fault(p, "a person or body is %s%s, which is for certificates", action_text(d.action), d.ban_until_unix_s != 0 ? " with a ban" : "");
	switch (kind) {
	case SUBJECT_HOLDER: return change_holder(p, key, &d, &c, typed);
	case SUBJECT_PERSON: return change_person(p, key, &c);
	case SUBJECT_BODY:   return change_body(p, key, &c);
	}
	return replay_refuse(p, "its subject is neither certificate nor person nor body");
}
