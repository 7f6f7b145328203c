#include "registry/settings.h"

#include "base/text.h"

enum { KEY_VERSION = 0, KEY_PROFILE, KEY_DEMO, KEY_ISS, KEY_URI, KEY_LOG2, KEY_COUNT };
enum { LOG2_MIN = 10, LIST_DIGITS = 2 };

enum status
settings_check(const struct settings *s, struct err *err)
{
	size_t iss = strlen(s->iss), uri = strlen(s->uri_prefix);
	bool digits = iss == 2 || iss == 4 || iss == 6;
	for (size_t i = 0; i < iss; i++)
		digits = digits && s->iss[i] >= '0' && s->iss[i] <= '9';
	if (s->profile != PROFILE_INTL && s->profile != PROFILE_GM)
		return err_set(err, ERR_ARGUMENT, "the profile is intl or gm");
	uint64_t code = 0;
	if (!digits || text_uint(bytes_str(s->iss), &code) != OK || !jurisdiction_is_wellformed((uint32_t)code))
		return err_set(err, ERR_ARGUMENT, "the issuing authority %s is not a division code without trailing 00 pairs, for example 37", s->iss);
	if (uri < 10 || uri > STATUS_URI_LEN_MAX - LIST_DIGITS || strncmp(s->uri_prefix, "http", 4) != 0 || s->uri_prefix[uri - 1] != '/')
		return err_set(err, ERR_ARGUMENT, "the status-list address %s must begin with http, end with / and have at most %u characters",
		    s->uri_prefix, STATUS_URI_LEN_MAX - LIST_DIGITS);
	if (s->list_log2 < LOG2_MIN || s->list_log2 > STATUS_LIST_BITS_LOG2_MAX)
		return err_set(err, ERR_ARGUMENT, "a status list holds 2^%u to 2^%u indices", LOG2_MIN, STATUS_LIST_BITS_LOG2_MAX);
	return OK;
}

enum status
settings_encode(const struct settings *s, struct buf out, struct bytes *payload)
{
	if (s->version < 1 || s->version > REGISTRY_VERSION)
		return ERR_ARGUMENT;
	struct cbor_writer w = cbor_writer(out);
	cbor_write_map(&w, KEY_COUNT);
	cbor_write_int(&w, KEY_VERSION);
	cbor_write_uint(&w, s->version);
	cbor_write_int(&w, KEY_PROFILE);
	cbor_write_uint(&w, (uint64_t)s->profile);
	cbor_write_int(&w, KEY_DEMO);
	cbor_write_bool(&w, s->demo);
	cbor_write_int(&w, KEY_ISS);
	cbor_write_text(&w, bytes_str(s->iss));
	cbor_write_int(&w, KEY_URI);
	cbor_write_text(&w, bytes_str(s->uri_prefix));
	cbor_write_int(&w, KEY_LOG2);
	cbor_write_uint(&w, s->list_log2);
	return cbor_write_finish(&w, payload);
}

static void
read_text(struct cbor_reader *r, char *out, size_t cap)
{
	struct bytes t = cbor_read_text(r);
	if (t.len >= cap) {
		cbor_fail(r, ERR_LIMIT);
		return;
	}
	if (t.len > 0)
		memcpy(out, t.ptr, t.len);
	out[t.len] = '\0';
}

enum status
settings_decode(struct bytes payload, struct settings *out)
{
	struct settings s = { .demo = false };
	uint64_t profile = 0, log2 = 0, version = 0;
	int64_t key = 0;
	size_t seen = 0;
	struct cbor_reader r = cbor_reader(payload, CBOR_CANONICAL);
	for (struct cbor_map m = cbor_read_map(&r); cbor_map_next(&r, &m, &key); seen++) {
		switch (key) {
		case KEY_VERSION:
			version = cbor_read_uint(&r);
			if (version < 1 || version > REGISTRY_VERSION)
				return ERR_UNSUPPORTED; /* a newer program's */
			break;
		case KEY_PROFILE: profile = cbor_read_uint(&r); break;
		case KEY_DEMO:    s.demo = cbor_read_bool(&r); break;
		case KEY_ISS:     read_text(&r, s.iss, sizeof(s.iss)); break;
		case KEY_URI:     read_text(&r, s.uri_prefix, sizeof(s.uri_prefix)); break;
		case KEY_LOG2:    log2 = cbor_read_uint(&r); break;
		default:          return ERR_UNSUPPORTED;
		}
	}
	enum status st = cbor_finish(&r);
	if (st)
		return st;
	s.version = (uint8_t)version;
	s.profile = (enum profile)(profile <= PROFILE_GM ? profile : 0);
	s.list_log2 = (uint8_t)(log2 <= UINT8_MAX ? log2 : 0);
	if (seen != KEY_COUNT || settings_check(&s, NULL) != OK)
		return ERR_FORMAT;
	*out = s;
	return OK;
}
