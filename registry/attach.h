/* attach.h -- office actions that add to a certificate what no spreadsheet of holders tells: the device that shows it live, and
 * the portrait.
 *
 * Each enters the entries in force again with that one change (EVENT_HOLDER_ENTERED, holder.h), so that the credential is then older
 * than the entries and a reissue replaces it.  Until the reissue is published the old credential is as good as it was.
 *
 * A device belongs to one person, who may show several certificates with it.  Who has which device is looked up in a
 * device_index: all devices of live certificates in memory, made by one pass over the holders (docs/decisions/011). */
#ifndef REGISTRY_ATTACH_H
#define REGISTRY_ATTACH_H

#include "registry/enter.h"

struct device_index;
MUST_CHECK enum status device_index_open(struct txn *t, struct device_index **out);
void device_index_close(struct device_index *x);           /* NULL is fine */

enum show_by { SHOW_AS_BEFORE = 0, SHOW_STATIC = 1, SHOW_LIVE = 2 };   /* as before: the recorded policy, static at first */
struct device_row {
	struct bytes number, name;             /* name empty: not compared with the one entered */
	struct bytes point;                    /* on the curve, compressed; empty: take the device away (SHOW_STATIC then) */
	enum show_by show_by;
};
struct attached {
	enum entered what;                     /* NEW: there was none before; UPDATED: changed, or taken away */
	uint64_t holder_id;
	bool has_old_credential;               /* one made from other entries than these: to be reissued */
};
/* ERR_NOT_FOUND: no such number.  ERR_CONFLICT: void, another person's name, another person's device.  Nothing is written then. */
MUST_CHECK enum status attach_device(struct batch *b, struct device_index *index, const struct device_row *row,
    struct attached *out, struct err *err);

/* digest: PORTRAIT_DIGEST_LEN bytes.  Errors as above. */
MUST_CHECK enum status attach_portrait(struct batch *b, struct bytes number, struct bytes digest, struct attached *out,
    struct err *err);

#endif
