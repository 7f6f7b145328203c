/* portraits.h -- pictures on disk by their digest: HOME/portraits/<32 hex digits>.jpg, mode 0600.
 *
 * A picture that was replaced stays: older credentials name it, and the record is kept as long as they are.  The name is the
 * check: what does not have the digest of its name is not handed out. */
#ifndef OFFICE_PORTRAITS_H
#define OFFICE_PORTRAITS_H

#include "crypto/portraitpack.h"
#include "tools/office/office.h"

/* Keep this picture (checked with portrait_check before); one that is there and whole is not written again.  Durable once
 * portraits_sync has returned: before that no certificate may name it. */
MUST_CHECK enum status portrait_save(struct office *o, struct bytes jpeg, const uint8_t digest[PORTRAIT_DIGEST_LEN]);
MUST_CHECK enum status portraits_sync(struct office *o);
/* *jpeg is owned: free(jpeg->ptr).  ERR_NOT_FOUND, ERR_DAMAGED; the sentence is in err, which names the file. */
MUST_CHECK enum status portrait_load(struct office *o, const uint8_t digest[PORTRAIT_DIGEST_LEN], struct buf *jpeg, struct err *err);

#endif
