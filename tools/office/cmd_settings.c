#include <getopt.h>
#include <stdio.h>
#include <unistd.h>

#include "base/text.h"
#include "tools/office/commands.h"
#include "tools/shared/json.h"

static const char usage[] =
    "usage: yaopai settings [--json]\n"
    "Every setting of yaopai.conf: its value here (in a home), or as it is without a file. docs/configuration.md says more.\n";

enum { VALUE_TEXT_MAX = 256 };

static void
say_fields(struct json *j, bool as_json, const struct fieldset *f)
{
	if (as_json)
		json_key(j, "fields"), json_object_begin(j);
	else
		(void)printf("\n[fields]\n");
	for (unsigned code = 1; code <= FIELD_CODE_MAX; code++) {
		char key[8];
		const char *zh = fieldset_zh(f, code);
		bool off = code < FIELD_OWN_FIRST && f->off[code];
		if (strcmp(zh, fieldset_zh(NULL, 0)) == 0)
			continue; /* nobody's code */
		(void)snprintf(key, sizeof(key), "%u", code);
		if (as_json)
			json_key(j, key), json_text(j, bytes_str(off ? "off" : zh));
		else
			(void)printf("%s = %s%s, %s\n", key, off ? "off: " : "", zh, fieldset_en(f, code));
	}
	if (as_json)
		json_object_end(j);
}

static void
say_settings(const struct config *c, bool as_json)
{
	struct json j = json_open(stdout);
	char value[VALUE_TEXT_MAX];
	const char *section = "";
	size_t n = 0;
	const struct config_entry *all = config_entries(&n);
	if (as_json)
		json_object_begin(&j);
	for (const struct config_entry *e = all; e < all + n; e++) {
		bool next = strcmp(section, e->section) != 0;
		const char *shown = config_value(c, e, value, sizeof(value));
		if (as_json && next && section[0] != '\0')
			json_object_end(&j);
		if (as_json && next)
			json_key(&j, e->section), json_object_begin(&j);
		else if (next)
			(void)printf("%s[%s]\n", section[0] != '\0' ? "\n" : "", e->section);
		if (as_json)
			json_key(&j, e->name), json_text(&j, bytes_str(shown));
		else
			(void)printf("%s = %s\n    %s%s%s\n", e->name, shown, e->what, e->words != NULL ? ": " : "", e->words != NULL ? e->words : "");
		section = e->section;
	}
	if (as_json)
		json_object_end(&j);
	say_fields(&j, as_json, &c->fields);
	if (as_json)
		json_object_end(&j);
	(void)json_close(&j);
}

int
cmd_settings(struct office *o, int argc, char **argv)
{
	static const struct option longs[] = { { "json", 0, NULL, 'j' }, { "help", 0, NULL, 'h' }, { NULL, 0, NULL, 0 } };
	char path[PATH_MAX_LEN];
	bool as_json = false;
	for (int c; (c = getopt_long(argc, argv, "h", longs, NULL)) != -1;) {
		switch (c) {
		case 'j': as_json = true; break;
		case 'h': return office_usage(usage, true);
		default:  return office_usage(usage, false);
		}
	}
	if (optind != argc)
		return office_usage(usage, false);
	config_defaults(&o->config);
	enum status st = office_path(o, "yaopai.conf", path);
	if (st == OK && access(path, F_OK) == 0)
		st = config_load(path, &o->config, &o->err);
	if (st)
		return office_failed(o, "settings");
	say_settings(&o->config, as_json);
	return EXIT_DONE;
}
