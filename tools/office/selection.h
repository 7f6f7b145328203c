/* selection.h -- the filters that list and expiring share, read from options. */
#ifndef OFFICE_SELECTION_H
#define OFFICE_SELECTION_H

#include "registry/roll.h"
#include "tools/office/lister.h"
#include "tools/shared/divisions.h"

struct selection {
	const char *division, *body, *field, *status, *kind, *within;  /* as typed, NULL = not given */
	bool review_overdue;
};
enum { OPT_DIVISION = OPT_FIRST_FREE, OPT_FIELD, OPT_STATUS, OPT_KIND, OPT_WITHIN, OPT_REVIEW_OVERDUE, OPT_SELECTION_END };
#define SELECTION_OPTIONS { "division", 1, NULL, OPT_DIVISION }, { "city", 1, NULL, OPT_DIVISION }, { "body", 1, NULL, 'b' }, \
	{ "field", 1, NULL, OPT_FIELD }, { "status", 1, NULL, OPT_STATUS }, { "kind", 1, NULL, OPT_KIND }, { "review-overdue", 0, NULL, OPT_REVIEW_OVERDUE }
#define SELECTION_USAGE \
    "  --division D       within this division or city, by code or name (37, 3701, 济南市)\n" \
    "  --body CODE        of this body\n" \
    "  --field F          that may act in this field, by code or name\n" \
    "  --status A,B       valid, suspended, void (a body: abolished), expired, not-yet-valid, not-issued\n" \
    "  --kind A,B         enforcement, supervision, moderator; of bodies statutory, authorised, entrusted\n" \
    "  --review-overdue   in force, and the periodic review is overdue\n"
bool selection_take(struct selection *s, int c, const char *value);    /* false: not one of these options */

/* HOME/divisions.csv, or the table built in. */
MUST_CHECK enum status office_divisions(struct office *o, struct divisions *out);
MUST_CHECK enum status selection_division(struct office *o, const char *option, const char *text, const struct divisions *d, uint32_t *code);
MUST_CHECK enum status selection_field(struct office *o, const char *option, const char *text, uint8_t *field);
/* What was typed, as a filter of certificates; the filter's views point into argv. */
MUST_CHECK enum status selection_filter(struct office *o, const struct selection *s, const struct divisions *d, int64_t now_unix_s,
    struct roll_filter *out);

#endif
