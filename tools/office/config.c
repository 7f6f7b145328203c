#include "tools/office/config.h"

#include <ini.h>
#include <stdio.h>
#include <string.h>

#include "base/file.h"
#include "base/text.h"
#include "crypto/credential.h"
#include "crypto/qrtext.h"
#include "registry/identifier.h"

enum { TTL_MAX_S = 86400, LIFETIME_MAX_S = 90 * 86400, MONTHS_MAX = 240, TRUST_DAYS_MAX = 3660 };

void
config_defaults(struct config *c)
{
	*c = (struct config){ .organ = "Provincial Justice Department", .qr_prefix = "HTTPS://V.EXAMPLE.CN/V/", .ttl_s = 900,
		.lifetime_s = 7 * 86400, .trust_days = 400 };
	static const char *const templates[5] = { "", "15#########", "15J########", "15T########", "" };
	for (int kind = 0; kind < 5; kind++) {
		c->validity_months[kind] = 60;
		(void)snprintf(c->number_template[kind], sizeof(c->number_template[kind]), "%s", templates[kind]);
	}
}

struct loading { struct config config; struct err *err; const char *path; };

static enum status
set_text(struct loading *l, char *out, size_t cap, const char *name, const char *value)
{
	struct bytes v = bytes_str(value);
	if (v.len < 1 || v.len >= cap || !text_is_clean(v))
		return err_set(l->err, ERR_FORMAT, "%s: a text of 1 to %zu bytes was wanted", name, cap - 1);
	memcpy(out, value, v.len + 1);
	return OK;
}

static enum status
set_number(struct loading *l, int64_t *out, int64_t most, const char *name, const char *value)
{
	uint64_t v = 0;
	if (text_uint(bytes_str(value), &v) != OK || v < 1 || v > (uint64_t)most)
		return err_set(l->err, ERR_FORMAT, "%s: a number from 1 to %lld was wanted", name, (long long)most);
	*out = (int64_t)v;
	return OK;
}

static int
kind_of(const char *name)
{
	static const char *const kinds[] = { "", "enforcement", "supervision", "moderator" };
	for (int k = KIND_ENFORCEMENT; k <= KIND_MODERATOR; k++)
		if (strcmp(name, kinds[k]) == 0)
			return k;
	return 0;
}

static enum status
set_by_kind(struct loading *l, const char *section, const char *name, const char *value)
{
	int kind = kind_of(name);
	int64_t n = 0;
	if (kind == 0)
		return err_set(l->err, ERR_FORMAT, "[%s] has no %.40s", section, name);
	if (strcmp(section, "numbers") == 0) {
		enum status st = set_text(l, l->config.number_template[kind], sizeof(l->config.number_template[kind]), name, value);
		return st ? st : number_template_check(bytes_str(value), l->err);
	}
	enum status st = set_number(l, &n, MONTHS_MAX, name, value);
	l->config.validity_months[kind] = (int)n;
	return st;
}

static enum status
set_value(struct loading *l, const char *section, const char *name, const char *value)
{
	struct config *c = &l->config;
	int64_t days = 0;
	if (strcmp(section, "validity") == 0 || strcmp(section, "numbers") == 0)
		return set_by_kind(l, section, name, value);
	if (strcmp(section, "authority") == 0 && strcmp(name, "organ") == 0)
		return set_text(l, c->organ, sizeof(c->organ), name, value);
	if (strcmp(section, "authority") == 0 && strcmp(name, "qr_prefix") == 0) {
		enum status st = set_text(l, c->qr_prefix, sizeof(c->qr_prefix), name, value);
		return st ? st : qr_prefix_check(bytes_str(value), l->err);
	}
	if (strcmp(section, "publication") == 0 && strcmp(name, "ttl_seconds") == 0)
		return set_number(l, &c->ttl_s, TTL_MAX_S, name, value);
	if (strcmp(section, "publication") == 0 && strcmp(name, "lifetime_seconds") == 0)
		return set_number(l, &c->lifetime_s, LIFETIME_MAX_S, name, value);
	if (strcmp(section, "publication") == 0 && strcmp(name, "trust_list_days") == 0) {
		enum status st = set_number(l, &days, TRUST_DAYS_MAX, name, value);
		c->trust_days = (int)days;
		return st;
	}
	return err_set(l->err, ERR_FORMAT, "there is no setting %.40s in [%.40s]", name, section);
}

static int
on_value(void *ctx, const char *section, const char *name, const char *value)
{
	return set_value(ctx, section, name, value) == OK; /* 0 stops with the line's number */
}

enum status
config_load(const char *path, struct config *out, struct err *err)
{
	struct err why = { 0 };
	struct loading l = { .err = &why, .path = path };
	config_defaults(&l.config);
	int rc = ini_parse(path, on_value, &l);
	if (rc < 0)
		return err_set(err, ERR_SYSTEM, "%s cannot be read", path);
	if (rc > 0)
		return err_set(err, ERR_FORMAT, "%s line %d: %s", path, rc, why.text[0] != '\0' ? why.text : "neither a [section] nor name = value");
	*out = l.config;
	return OK;
}

enum status
config_save(const char *path, const struct config *c, struct err *err)
{
	char text[4096];
	int n = snprintf(text, sizeof(text),
	    "; Settings of this register.  Profile, issuing authority and status-list address are in the register itself and stay.\n"
	    "[authority]\n"
	    "; the issuing organ, as it stands in certificates' subjects\norgan = %s\n"
	    "; what stands before the code in a QR picture: an upper-case address under which yaopaid answers\nqr_prefix = %s\n\n"
	    "; months a certificate is valid when its row does not say until when\n"
	    "[validity]\nenforcement = %d\nsupervision = %d\nmoderator = %d\n\n"
	    "; certificate numbers: # is a digit; pattern of given numbers and generator of new ones\n"
	    "[numbers]\nenforcement = %s\nsupervision = %s\nmoderator = %s\n\n"
	    "[publication]\n"
	    "; a status list is fresh for so long\nttl_seconds = %lld\n"
	    "; and is not believed after so long\nlifetime_seconds = %lld\n"
	    "; how long a trust list lives\ntrust_list_days = %d\n",
	    c->organ, c->qr_prefix, c->validity_months[1], c->validity_months[2], c->validity_months[3], c->number_template[1],
	    c->number_template[2], c->number_template[3], (long long)c->ttl_s, (long long)c->lifetime_s, c->trust_days);
	if (n < 0 || (size_t)n >= sizeof(text))
		return err_set(err, ERR_LIMIT, "the settings are too long for a file");
	return file_create(path, (struct bytes){ (const uint8_t *)text, (size_t)n }, 0644, err);
}
