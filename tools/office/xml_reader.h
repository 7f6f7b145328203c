/* xml_reader.h -- XML as it comes, element by element, of documents that somebody else made.
 *
 * The only door to expat.  Refused: document type declarations (so there are no entities to expand), nesting deeper than
 * XML_DEPTH_MAX, and a tag or attribute of more than XML_TOKEN_LEN_MAX bytes.  Elements are handed on by their local name, whatever
 * the prefix, if they are of a namespace of Office Open XML, transitional (ECMA-376) or strict (ISO/IEC 29500); others are passed over with
 * all that is in them. */
#ifndef OFFICE_XML_READER_H
#define OFFICE_XML_READER_H

#include "base/bytes.h"
#include "base/err.h"

/* What a document is handed to; a status other than OK ends the reading.  attributes: as xml_attribute takes them. */
struct xml_events {
	enum status (*begin)(void *ctx, const char *name, const char *const *attributes, struct err *err);
	enum status (*end)(void *ctx, const char *name, struct err *err);
	enum status (*text)(void *ctx, struct bytes text, struct err *err);     /* may come in pieces */
};

struct xml_reader {
	void *parser;
	const struct xml_events *events;
	void *ctx;
	const char *what;                      /* the document, for sentences */
	uint64_t fed;
	unsigned depth, passed_over;           /* elements open; of them, within one that is passed over */
	enum status st;
	struct err *err;
};

MUST_CHECK enum status xml_open(struct xml_reader *x, const char *what, const struct xml_events *events, void *ctx, struct err *err);
MUST_CHECK enum status xml_feed(struct xml_reader *x, struct bytes piece);
MUST_CHECK enum status xml_finish(struct xml_reader *x);     /* no more comes: the document must be whole */
void xml_close(struct xml_reader *x);                        /* idempotent */

/* The attribute without a namespace, or with that of relationships (r:id); NULL if there is none. */
const char *xml_attribute(const char *const *attributes, const char *name);
const char *xml_relation(const char *const *attributes, const char *name);

#endif
