#include "tools/office/xml_reader.h"

#include <expat.h>

#include "base/limits.h"

#define SEPARATOR '|'

static const char *const element_spaces[] = {
	"http://schemas.openxmlformats.org/spreadsheetml/2006/main",
	"http://purl.oclc.org/ooxml/spreadsheetml/main",
	"http://schemas.openxmlformats.org/package/2006/relationships",
};
static const char *const relation_spaces[] = {
	"http://schemas.openxmlformats.org/officeDocument/2006/relationships",
	"http://purl.oclc.org/ooxml/officeDocument/relationships",
};

/* The local part of "space|local" if the space is one of these; NULL if not. */
static const char *
local_in(const char *name, const char *const *spaces, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		size_t len = strlen(spaces[i]);
		if (strncmp(name, spaces[i], len) == 0 && name[len] == SEPARATOR)
			return name + len + 1;
	}
	return NULL;
}

static const char *
local_of(const char *name)
{
	return local_in(name, element_spaces, sizeof(element_spaces) / sizeof(element_spaces[0]));
}

static void
stop(struct xml_reader *x, enum status st)
{
	if (x->st == OK)
		x->st = st;
	(void)XML_StopParser(x->parser, XML_FALSE);
}

static void
on_begin(void *ctx, const XML_Char *name, const XML_Char **attributes)
{
	struct xml_reader *x = ctx;
	const char *local = local_of(name);
	if (x->st)
		return;
	if (++x->depth > XML_DEPTH_MAX) {
		stop(x, err_set(x->err, ERR_LIMIT, "%s is nested more than %u elements deep; that is no spreadsheet", x->what, XML_DEPTH_MAX));
		return;
	}
	if (x->passed_over > 0 || local == NULL) {
		x->passed_over++;
		return;
	}
	enum status st = x->events->begin(x->ctx, local, (const char *const *)attributes, x->err);
	if (st)
		stop(x, st);
}

static void
on_end(void *ctx, const XML_Char *name)
{
	struct xml_reader *x = ctx;
	if (x->st)
		return;
	x->depth--;
	if (x->passed_over > 0) {
		x->passed_over--;
		return;
	}
	enum status st = x->events->end(x->ctx, local_of(name), x->err);
	if (st)
		stop(x, st);
}

static void
on_text(void *ctx, const XML_Char *text, int len)
{
	struct xml_reader *x = ctx;
	if (x->st || x->passed_over > 0 || x->events->text == NULL)
		return;
	enum status st = x->events->text(x->ctx, (struct bytes){ (const uint8_t *)text, (size_t)len }, x->err);
	if (st)
		stop(x, st);
}

static void
on_doctype(void *ctx, const XML_Char *name, const XML_Char *system, const XML_Char *public, int has_internal)
{
	struct xml_reader *x = ctx;
	(void)name, (void)system, (void)public, (void)has_internal;
	stop(x, err_set(x->err, ERR_FORMAT, "%s declares a document type, which no spreadsheet does; it is not read", x->what));
}

enum status
xml_open(struct xml_reader *x, const char *what, const struct xml_events *events, void *ctx, struct err *err)
{
	*x = (struct xml_reader){ .events = events, .ctx = ctx, .what = what, .err = err };
	XML_Parser p = XML_ParserCreateNS(NULL, SEPARATOR);
	if (p == NULL)
		return err_set(err, ERR_SYSTEM, "out of memory");
	x->parser = p;
	XML_SetUserData(p, x);
	XML_SetElementHandler(p, on_begin, on_end);
	XML_SetCharacterDataHandler(p, on_text);
	XML_SetStartDoctypeDeclHandler(p, on_doctype);
	return OK;
}

static enum status
parse(struct xml_reader *x, struct bytes piece, bool last)
{
	if (XML_Parse(x->parser, (const char *)piece.ptr, (int)piece.len, last) == XML_STATUS_OK)
		return x->st;
	if (x->st)
		return x->st;
	enum XML_Error e = XML_GetErrorCode(x->parser);
	x->st = err_set(x->err, e == XML_ERROR_NO_MEMORY ? ERR_SYSTEM : ERR_FORMAT, "%s is damaged: %s at line %lu", x->what, XML_ErrorString(e),
	    (unsigned long)XML_GetCurrentLineNumber(x->parser));
	return x->st;
}

enum status
xml_feed(struct xml_reader *x, struct bytes piece)
{
	enum status st = parse(x, piece, false);
	x->fed += piece.len;
	XML_Index at = XML_GetCurrentByteIndex(x->parser);
	if (st == OK && at >= 0 && x->fed - (uint64_t)at > XML_TOKEN_LEN_MAX)
		st = x->st = err_set(x->err, ERR_LIMIT, "%s has a tag of more than %u bytes; that is no spreadsheet", x->what, XML_TOKEN_LEN_MAX);
	return st;
}

enum status
xml_finish(struct xml_reader *x)
{
	return x->st ? x->st : parse(x, (struct bytes){ (const uint8_t *)"", 0 }, true);
}

void
xml_close(struct xml_reader *x)
{
	if (x->parser != NULL)
		XML_ParserFree(x->parser);
	x->parser = NULL;
}

const char *
xml_attribute(const char *const *attributes, const char *name)
{
	for (size_t i = 0; attributes[i] != NULL; i += 2)
		if (strcmp(attributes[i], name) == 0)
			return attributes[i + 1];
	return NULL;
}

const char *
xml_relation(const char *const *attributes, const char *name)
{
	for (size_t i = 0; attributes[i] != NULL; i += 2) {
		const char *local = local_in(attributes[i], relation_spaces, sizeof(relation_spaces) / sizeof(relation_spaces[0]));
		if (local != NULL && strcmp(local, name) == 0)
			return attributes[i + 1];
	}
	return NULL;
}
