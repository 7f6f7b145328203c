#include "tools/office/reveal.h"

#include "base/clock.h"
#include "base/text.h"
#include "registry/reveal.h"

enum status
reveal_check(struct office *o, bool reveal, const char *reason)
{
	struct bytes text = reason != NULL ? bytes_str(reason) : (struct bytes){ NULL, 0 };
	if (reveal != (reason != NULL))
		return err_set(&o->err, ERR_ARGUMENT, reveal ? "--reveal needs --reason TEXT: why identity numbers are shown goes into the journal" :
		    "--reason goes with --reveal only");
	if (reveal && (text.len < 1 || text.len > GROUND_LEN_MAX || !text_is_clean(text)))
		return err_set(&o->err, ERR_ARGUMENT, "--reason: 1 to %u bytes of clean UTF-8 were wanted", GROUND_LEN_MAX);
	return OK;
}

enum status
reveal_open(struct office *o, const char *reason, struct bytes person_id, uint64_t count, struct reveal *out)
{
	struct revelation what = { .person_id = person_id, .reason = bytes_str(reason), .count = count };
	struct sealed *sealed = registry_sealed(o->registry);
	*out = (struct reveal){ .office = o };
	if (sealed == NULL)
		return err_set(&o->err, ERR_ARGUMENT, "--reveal needs the sealed store, and the register was opened without its key");
	enum status st = reveal_record(o->registry, &what, office_operator(o), clock_unix_ms(), &o->err);
	if (st)
		return err_in(&o->err, st, "nothing is revealed, since it cannot be journalled");
	st = sealed_begin_read(sealed, &out->sealed);
	return st ? err_set(&o->err, st, "the sealed store cannot be read: %s", txn_reason(&out->sealed)) : OK;
}

enum status
reveal_get(struct reveal *r, struct bytes person_id, char out[IDNUMBER_LEN + 1])
{
	struct buf number = { (uint8_t *)out, IDNUMBER_LEN, 0 };
	enum status st = sealed_reveal(registry_sealed(r->office->registry), &r->sealed, person_id, &number);
	if (st != OK && st != ERR_NOT_FOUND) {
		out[0] = '\0';
		return err_set(&r->office->err, st, "a sealed identity number cannot be read: %s", status_text(st));
	}
	out[number.len] = '\0';
	return OK;
}

void
reveal_close(struct reveal *r)
{
	txn_end(&r->sealed);
}
