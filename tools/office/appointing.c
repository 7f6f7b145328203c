#include "tools/office/appointing.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/file.h"
#include "base/text.h"
#include "crypto/certify.h"
#include "tools/office/keyring.h"
#include "tools/shared/options.h"

const char *
roles_text(unsigned roles)
{
	static const char *const words[] = { "act only", "propose", "approve", "propose and approve" };
	return words[roles & (OPERATOR_PROPOSES | OPERATOR_APPROVES)];
}

const char *
policy_text(const struct policy *p, char out[POLICY_TEXT_MAX])
{
	char bulk[64] = "";
	if (p->bulk_over != 0)
		(void)snprintf(bulk, sizeof(bulk), "%sissuing more than %llu in a day", p->status_changes || p->key_changes ? ", " : "",
		    (unsigned long long)p->bulk_over);
	(void)snprintf(out, POLICY_TEXT_MAX, "%s%s%s%s", p->status_changes ? "changes of status" : "",
	    p->key_changes ? p->status_changes ? ", changes of keys" : "changes of keys" : "", bulk, policy_asks(p) ? "" : "nothing");
	return out;
}

static enum status
take_roles(struct office *o, const char *text, unsigned *roles)
{
	static const struct { const char *text; unsigned roles; } known[] = { { "propose", OPERATOR_PROPOSES }, { "approve", OPERATOR_APPROVES },
		{ "propose,approve", OPERATOR_PROPOSES | OPERATOR_APPROVES }, { "approve,propose", OPERATOR_PROPOSES | OPERATOR_APPROVES }, { "act", 0 } };
	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		if (strcmp(text, known[i].text) == 0) {
			*roles = known[i].roles;
			return OK;
		}
	}
	return err_set(&o->err, ERR_ARGUMENT, "--may: propose, approve, propose,approve or act was wanted, not %.40s", text);
}

static enum status
take_key(struct office *o, const char *path, struct appointing *a)
{
	struct buf file = { 0 }, spki = { a->spki, sizeof(a->spki), 0 };
	enum status st = file_load(path, PEM_LEN_MAX, &file, &o->err);
	if (st == OK) {
		st = public_key_of(buf_view(&file), &spki, &o->err);
		(void)err_in(&o->err, st, "%s", path);
	}
	free(file.ptr);
	if (st == OK)
		a->entry.spki = buf_view(&spki);
	return st;
}

static enum status
take_document(struct office *o, const char *value, struct bytes *out)
{
	struct bytes v = text_trim(bytes_str(value));
	if (v.len < 1 || v.len > GROUND_LEN_MAX || !text_is_clean(v))
		return err_set(&o->err, ERR_ARGUMENT, "--document: 1 to %u bytes of clean UTF-8 were wanted", GROUND_LEN_MAX);
	*out = v;
	return OK;
}

static enum status
take_option(struct office *o, int c, struct appointing *a)
{
	switch (c) {
	case 'p': return take_key(o, optarg, a);
	case 'm': return take_roles(o, optarg, &a->entry.roles);
	case 'f': return option_instant("--from", optarg, &a->entry.from_unix_s, &o->err);
	case 'u': return option_instant("--until", optarg, &a->entry.until_unix_s, &o->err);
	case 'd': return take_document(o, optarg, &a->entry.document);
	case 'k': a->key.path = optarg; return OK;
	case 'o': return office_set_operator(o, optarg);
	default:  return ERR_ARGUMENT;
	}
}

static enum status
check(struct office *o, const struct appointing *a)
{
	const struct operator_entry *e = &a->entry;
	if (e->name.len < 1 || e->name.len > OPERATOR_LEN_MAX || !text_is_clean(e->name))
		return err_set(&o->err, ERR_ARGUMENT, "an operator's name has 1 to %u bytes of clean UTF-8", OPERATOR_LEN_MAX);
	if (e->ended && (e->spki.len > 0 || e->from_unix_s != 0 || e->until_unix_s != 0))
		return err_set(&o->err, ERR_ARGUMENT, "remove takes a name and --document only");
	if (!e->ended && e->roles != 0 && e->spki.len == 0)
		return err_set(&o->err, ERR_ARGUMENT, "who proposes or approves needs a key: --public-key FILE or --certificate FILE (yaopai operators key "
		    "--new makes one; --may act needs none)");
	if (e->until_unix_s != 0 && e->until_unix_s <= e->from_unix_s)
		return err_set(&o->err, ERR_ARGUMENT, "--until must lie after --from");
	return OK;
}

enum status
appointing_parse(struct office *o, int argc, char **argv, struct appointing *out, bool *help)
{
	static const struct option longs[] = { { "public-key", 1, NULL, 'p' }, { "certificate", 1, NULL, 'p' }, { "may", 1, NULL, 'm' },
		{ "from", 1, NULL, 'f' }, { "until", 1, NULL, 'u' }, { "document", 1, NULL, 'd' }, { "operator-key", 1, NULL, 'k' },
		{ "operator", 1, NULL, 'o' }, { "help", 0, NULL, 'h' }, { NULL, 0, NULL, 0 } };
	enum status st = OK;
	bool removes = strcmp(argv[0], "remove") == 0;
	*out = (struct appointing){ .entry = { .ended = removes, .roles = removes ? 0 : OPERATOR_PROPOSES | OPERATOR_APPROVES } };
	*help = false;
	optind = 0;
	for (int c; st == OK && !*help && (c = getopt_long(argc, argv, "h", longs, NULL)) != -1;) {
		*help = c == 'h';
		st = *help ? OK : take_option(o, c, out);
	}
	if (st != OK || *help)
		return st;
	if (argc - optind != 1)
		return ERR_ARGUMENT;
	out->entry.name = bytes_str(argv[optind]);
	return check(o, out);
}
