/* trust_file.h -- the trust list a root signed last, trust.cwt of its generation, and the signing of the next one.
 *
 * Every new list holds the entries of the one before and the keys in keys/ of its generation; its issue number is one more and its
 * iat later.  It ends with the lifetime asked for, the root's certificate or the first certificate in it, whichever is first, since
 * a certificate must not end before its list (docs/formats.md 6); an entry whose certificate has ended is left out. */
#ifndef OFFICE_TRUST_FILE_H
#define OFFICE_TRUST_FILE_H

#include "crypto/trustlist.h"
#include "tools/office/keyring.h"

struct trust_file {
	struct buf token;                             /* owned; list's views point into it */
	struct trust_list list;
	bool is_there;                                /* false: no list was signed yet */
};
MUST_CHECK enum status trust_file_load(struct office *o, const struct generation *g, struct trust_file *out);
void trust_file_free(struct trust_file *t);

/* What a change does to the list that is to be signed; its views must live until trust_sign returns. */
typedef enum status trust_change(struct office *o, struct trust_list *t, void *ctx);
struct trust_signing {
	const struct generation *from;                /* whose list, keys and root */
	bool quiet;                                   /* do not say that it was signed */
	int lifetime_days;
	int64_t now_unix_s;
	trust_change *change; void *ctx;              /* NULL: none */
};
/* Sign and save the next list, in trust.cwt of the same generation. */
MUST_CHECK enum status trust_sign(struct office *o, const struct trust_signing *s);

/* Where a key stands: the generation on whose list a certificate with this kid is. */
struct key_place { struct generation generation; struct trust_file file; size_t entry; };
/* kid: 16 hex digits as a user typed them.  Not found: a sentence with the nearest, or all of them.  The root's own kid is told
 * apart.  Free with trust_file_free(&out->file). */
MUST_CHECK enum status key_find(struct office *o, const char *kid, struct key_place *out);
MUST_CHECK enum status kid_parse(struct office *o, const char *text, uint8_t kid[KID_LEN]);

/* Kid (hex) of an entry's certificate; "?" if it is damaged. */
void entry_kid(const struct trust_entry *e, char out[KID_TEXT_LEN + 1]);
/* "enforcement,moderator" and back; bit (1 << kind), 0 = "all".  out of KINDS_TEXT_MAX. */
enum { KINDS_TEXT_MAX = 64 };
MUST_CHECK enum status kinds_parse(struct office *o, const char *text, uint32_t *kinds);
const char *kinds_text(uint32_t kinds, char out[KINDS_TEXT_MAX]);
const char *key_state_text(enum key_state s);         /* "active", "retired", "compromised" */

#endif
