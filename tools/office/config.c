#include "tools/office/config.h"

#include <ini.h>
#include <stdio.h>
#include <string.h>

#include "base/file.h"
#include "base/text.h"
#include "crypto/qrtext.h"
#include "registry/identifier.h"

enum { VALUE_TEXT_MAX = 256, FILE_TEXT_MAX = 32768 };

void
config_defaults(struct config *c)
{
	*c = (struct config){ .organ = "Provincial Justice Department", .qr_prefix = "HTTPS://V.EXAMPLE.CN/V/", .ttl_s = 900,
		.lifetime_s = 7 * 86400, .trust_days = 400, .keeping_years = 5, .proposal_days = 14, .status_changes = 1, .key_changes = 1,
		.renewal_window_months = 6, .rules = rules_default,
		.eligibility = { .exam = ASKED_OF_NEW, .staff = ASKED_OF_NEW, .ministry = MINISTRY_INSTEAD } };
	static const char *const templates[5] = { "", "15#########", "15J########", "15T########", "" };
	for (int kind = 0; kind < 5; kind++) {
		c->validity_months[kind] = 60;
		(void)snprintf(c->number_template[kind], sizeof(c->number_template[kind]), "%s", templates[kind]);
	}
}

/* ---- one setting ---- */

static enum status
set_text(const struct config_entry *e, const char *value, char *at, struct err *err)
{
	struct bytes v = bytes_str(value);
	if (v.len < 1 || v.len >= e->cap || !text_is_clean(v))
		return err_set(err, ERR_FORMAT, "%s: a text of 1 to %zu bytes was wanted", e->name, e->cap - 1);
	memcpy(at, value, v.len + 1);
	return e->type == CONFIG_TEMPLATE ? number_template_check(v, err) : e->type == CONFIG_QR_PREFIX ? qr_prefix_check(v, err) : OK;
}

static enum status
set_number(const struct config_entry *e, const char *value, char *at, struct err *err)
{
	uint64_t v = 0;
	if (text_uint(bytes_str(value), &v) != OK || v > (uint64_t)e->most || v < (uint64_t)e->least)
		return err_set(err, ERR_FORMAT, "%s: a number from %lld to %lld was wanted", e->name, (long long)e->least, (long long)e->most);
	int number = (int)(v & INT32_MAX);
	int64_t seconds = (int64_t)v;
	if (e->type == CONFIG_INT64)
		memcpy(at, &seconds, sizeof(seconds));
	else
		memcpy(at, &number, sizeof(number));
	return OK;
}

static enum status
set_word(const struct config_entry *e, const char *value, char *at, struct err *err)
{
	const char *word = e->words;
	for (int n = 1;; n++) {
		size_t len = strcspn(word, "|");
		if (strlen(value) == len && memcmp(value, word, len) == 0) {
			memcpy(at, &n, sizeof(n));
			return OK;
		}
		if (word[len] == '\0')
			return err_set(err, ERR_FORMAT, "%s: one of %s was wanted", e->name, e->words);
		word += len + 1;
	}
}

static enum status
set_value(struct config *c, const char *section, const char *name, const char *value, struct err *err)
{
	size_t n = 0;
	const struct config_entry *all = config_entries(&n);
	if (strcmp(section, "fields") == 0)
		return fieldset_put(&c->fields, name, value, err);
	for (const struct config_entry *e = all; e < all + n; e++) {
		if (strcmp(section, e->section) != 0 || strcmp(name, e->name) != 0)
			continue;
		char *at = (char *)c + e->at;
		return e->type == CONFIG_WORD ? set_word(e, value, at, err)
		    : e->type == CONFIG_INT || e->type == CONFIG_INT64 ? set_number(e, value, at, err) : set_text(e, value, at, err);
	}
	return err_set(err, ERR_FORMAT, "there is no setting %.40s in [%.40s]; yaopai settings lists them", name, section);
}

/* ---- the file ---- */

struct loading { struct config config; struct err *err; };

static int
on_value(void *ctx, const char *section, const char *name, const char *value)
{
	struct loading *l = ctx;
	return set_value(&l->config, section, name, value, l->err) == OK; /* 0 stops with the line's number */
}

enum status
config_load(const char *path, struct config *out, struct err *err)
{
	struct err why = { 0 };
	struct loading l = { .err = &why };
	config_defaults(&l.config);
	int rc = ini_parse(path, on_value, &l);
	if (rc < 0)
		return err_set(err, ERR_SYSTEM, "%s cannot be read", path);
	if (rc > 0)
		return err_set(err, ERR_FORMAT, "%s line %d: %s", path, rc, why.text[0] != '\0' ? why.text : "neither a [section] nor name = value");
	*out = l.config;
	return OK;
}

static size_t
add(char *out, size_t at, const char *text)
{
	int n = at < FILE_TEXT_MAX ? snprintf(out + at, FILE_TEXT_MAX - at, "%s", text) : 0;
	return at + (size_t)(n > 0 ? n : 0);
}

static size_t
add_setting(const struct config *c, const struct config_entry *e, char *out, size_t at)
{
	char line[2 * VALUE_TEXT_MAX + 64], value[VALUE_TEXT_MAX];
	(void)snprintf(line, sizeof(line), "; %s%s%s\n", e->what, e->words != NULL ? ": " : "", e->words != NULL ? e->words : "");
	at = add(out, at, line);
	(void)snprintf(line, sizeof(line), "%s = %s\n", e->name, config_value(c, e, value, sizeof(value)));
	return add(out, at, line);
}

static const char fields_section[] =
    "\n[fields]\n"
    "; the enforcement fields in use, by code: 23 = off takes one of the program's away, 64 = 海洋渔业, marine fishery adds one of your own\n"
    "; (64 to 255, Chinese and English name); a code in a credential keeps its meaning for ever\n";

enum status
config_save(const char *path, const struct config *c, struct err *err)
{
	char text[FILE_TEXT_MAX];
	const char *section = "";
	size_t n = 0, at = add(text, 0, "; Settings of this register; yaopai settings lists them, docs/configuration.md says more.\n"
	    "; Profile, issuing authority and status-list address are in the register itself and stay.\n");
	const struct config_entry *all = config_entries(&n);
	for (const struct config_entry *e = all; e < all + n; e++) {
		char line[64];
		if (strcmp(section, e->section) != 0) {
			if (strcmp(e->section, "publication") == 0)
				at = add(text, at, fields_section);
			(void)snprintf(line, sizeof(line), "\n[%s]\n", e->section);
			at = add(text, at, line);
		}
		section = e->section;
		at = add_setting(c, e, text, at);
	}
	if (at >= sizeof(text))
		return err_set(err, ERR_LIMIT, "the settings are too long for a file");
	return file_create(path, (struct bytes){ (const uint8_t *)text, at }, 0644, err);
}
