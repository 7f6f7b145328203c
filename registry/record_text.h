/* record_text.h -- a stored record or its key in one line, for whoever compares two of them: CBOR's diagnostic notation (RFC 8949 8),
 * cut to the room there is.  Not for parsing.  Text from the record is escaped. */
#ifndef REGISTRY_RECORD_TEXT_H
#define REGISTRY_RECORD_TEXT_H

#include "base/bytes.h"

/* [1, 2, h'0102', "text"]; what is no CBOR: as bytes.  Returns out. */
const char *record_text(struct bytes record, char *out, size_t cap);
/* A key of a table of the register: a number for ids, text for texts, else hex. */
const char *key_text(unsigned table, struct bytes key, char *out, size_t cap);

#endif
