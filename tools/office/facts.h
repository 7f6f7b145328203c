/* facts.h -- what the entries of a certificate or a body say, field by field, as text: to be shown, and compared with what they said
 * before.  A new field of entries gets its line in facts.c. */
#ifndef OFFICE_FACTS_H
#define OFFICE_FACTS_H

#include "registry/body.h"
#include "registry/holder.h"
#include "tools/office/fieldset.h"
#include "tools/shared/textbuf.h"

struct fact {
	const char *label, *key;               /* for people; for programs */
	void (*fill)(const void *entries, const struct fieldset *fields, struct textbuf *out);     /* nothing added: not given */
};
struct facts { const struct fact *all; size_t n; };
extern const struct facts entry_facts;     /* of struct entries */
extern const struct facts body_facts;      /* of struct body, as its entries event has it */

#endif
