#include <getopt.h>
#include <stdio.h>

#include "base/clock.h"
#include "base/text.h"
#include "base/time.h"
#include "registry/appoint.h"
#include "tools/office/appointing.h"
#include "tools/office/commands.h"
#include "tools/shared/json.h"

static const char usage[] =
    "usage: yaopai operators key --new FILE [--algorithm es256|ed25519|sm2]\n"
    "       yaopai operators add NAME --public-key FILE|--certificate FILE [--may propose|approve|propose,approve|act]\n"
    "                            [--from TIME] [--until TIME] [--document TEXT]\n"
    "       yaopai operators remove NAME [--document TEXT]\n"
    "       yaopai operators list [--json]\n"
    "       yaopai operators policy [--apply] [--json]\n"
    "key     make an operator's own key: private in FILE (mode 0600; theirs alone), public in FILE.pub.\n"
    "add     enter an operator, or another key or other powers for one. --may act: no key, may only be named as who did something.\n"
    "remove  end an operator's powers. The name and what it signed stay in the journal.\n"
    "list    who may propose and approve.\n"
    "policy  what needs a second operator, in force and in yaopai.conf; --apply puts [approval] of yaopai.conf in force if it asks for no\n"
    "        less. It takes two who may approve and one who may propose. Less is proposed: yaopai propose policy.\n"
    "Once four eyes are in force, add and remove are proposed (yaopai propose operators add ...) and approved by another.\n"
    "  --operator NAME  who does this\n";

/* ---- add, remove ---- */

static enum status
enter(struct office *o, const struct operator_entry *e)
{
	struct batch b;
	enum status st = office_open(o, STORE_WRITE, false);
	if (st == OK)
		st = batch_begin(o->registry, false, office_operator(o), clock_unix_ms(), &b, &o->err);
	if (st)
		return st;
	st = operator_enter(&b, e, &o->err);
	if (st == OK)
		st = batch_commit(&b, &o->err);
	batch_end(&b);
	if (st == OK)
		(void)printf(e->ended ? "%.*s is an operator no more\n" : "%.*s may %s\n", BYTES_FMT(e->name), roles_text(e->roles));
	return st;
}

static enum status
add_or_remove(struct office *o, int argc, char **argv, bool *help)
{
	struct appointing a;
	enum status st = appointing_parse(o, argc, argv, &a, help);
	if (st != OK || *help)
		return st;
	if (a.key.path != NULL)
		return err_set(&o->err, ERR_ARGUMENT, "--operator-key is for yaopai propose operators %s; this command enters at once", argv[0]);
	return enter(o, &a.entry);
}

/* ---- key ---- */

static enum status
take_algorithm(struct office *o, const char *name, enum key_type *type)
{
	static const struct { const char *name; enum key_type type; } known[] = { { "es256", KEY_P256 }, { "ed25519", KEY_ED25519 },
		{ "sm2", KEY_SM2 } };
	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		if (strcmp(name, known[i].name) == 0) {
			*type = known[i].type;
			return OK;
		}
	}
	return err_set(&o->err, ERR_ARGUMENT, "--algorithm: es256, ed25519 or sm2 was wanted, not %.40s", name);
}

/* Without --algorithm the register's profile says which; a machine without the register takes es256. */
static enum status
make_key(struct office *o, int argc, char **argv, bool *help)
{
	static const struct option longs[] = { { "new", 1, NULL, 'n' }, { "algorithm", 1, NULL, 'a' }, { "help", 0, NULL, 'h' }, { NULL, 0, NULL, 0 } };
	const char *path = NULL, *algorithm = NULL;
	enum key_type type = KEY_P256;
	enum status st = OK;
	optind = 0;
	for (int c; (c = getopt_long(argc, argv, "h", longs, NULL)) != -1;) {
		switch (c) {
		case 'n': path = optarg; break;
		case 'a': algorithm = optarg; break;
		case 'h': *help = true; return OK;
		default:  return ERR_ARGUMENT;
		}
	}
	if (path == NULL || optind != argc)
		return ERR_ARGUMENT;
	if (algorithm != NULL)
		st = take_algorithm(o, algorithm, &type);
	else {
		st = office_open(o, STORE_READ, false);
		if (st == OK && registry_settings(o->registry)->profile == PROFILE_GM)
			type = KEY_SM2;
		else if (st != OK)
			(void)err_in(&o->err, st, "without --algorithm the register says which kind of key is made");
	}
	if (st == OK)
		st = operator_key_make(o, path, type);
	if (st == OK)
		(void)printf("The %s private key is in %s: nobody but its operator may have it. Give %s.pub to whoever enters operators.\n",
		    key_type_text(type), path, path);
	return st;
}

/* ---- list ---- */

static const char *
state_of(const struct operator *op, int64_t now)
{
	return op->ended_sequence != 0 ? "removed" : op->from_unix_s > now ? "not yet" : operator_is_active(op, now) ? "active" : "ended";
}

static void
say_operator(const struct operator *op, int64_t now, struct json *j)
{
	char name[OPERATOR_LEN_MAX * 4 + 1], kid_text[2 * KID_LEN + 1] = "-", from[INSTANT_TEXT_LEN + 1] = "", until[INSTANT_TEXT_LEN + 1] = "";
	uint8_t kid[KID_LEN];
	if (op->spki.len > 0 && operator_kid(op->spki, kid) == OK)
		hex_encode((struct bytes){ kid, KID_LEN }, kid_text);
	if (op->from_unix_s != 0)
		(void)instant_text(op->from_unix_s, from);
	if (op->until_unix_s != 0)
		(void)instant_text(op->until_unix_s, until);
	if (j == NULL) {
		(void)printf("%-8s %-20s %-16s %s%s%s%s%s\n", state_of(op, now), roles_text(op->roles), kid_text,
		    text_escape(op->name, name, sizeof(name)), from[0] ? "  from " : "", from, until[0] ? "  until " : "", until);
		return;
	}
	json_object_begin(j);
	json_key(j, "name"), json_text(j, op->name);
	json_key(j, "state"), json_str(j, state_of(op, now));
	json_key(j, "proposes"), json_bool(j, (op->roles & OPERATOR_PROPOSES) != 0);
	json_key(j, "approves"), json_bool(j, (op->roles & OPERATOR_APPROVES) != 0);
	json_key(j, "key"), json_str(j, op->spki.len > 0 ? kid_text : NULL);
	json_key(j, "from"), json_str(j, from[0] ? from : NULL);
	json_key(j, "until"), json_str(j, until[0] ? until : NULL);
	json_key(j, "event"), json_uint(j, op->ended_sequence != 0 ? op->ended_sequence : op->sequence);
	json_object_end(j);
}

static enum status
say_operators(struct office *o, struct txn *t, struct json *j)
{
	struct cursor c = { 0 };
	struct bytes key, value;
	struct operator op;
	int64_t now = clock_unix_s();
	enum status st = cursor_open(t, TABLE_OPERATOR, (struct bytes){ NULL, 0 }, &c);
	while (st == OK && (st = cursor_next(&c, &key, &value)) == OK) {
		st = operator_decode(key, value, &op);
		if (st == OK)
			say_operator(&op, now, j);
	}
	cursor_close(&c);
	return st == ERR_NOT_FOUND ? OK : err_set(&o->err, st, "the operators cannot be read: %s", status_text(st));
}

static enum status
list(struct office *o, int argc, char **argv, bool *help)
{
	static const struct option longs[] = { { "json", 0, NULL, 'j' }, { "help", 0, NULL, 'h' }, { NULL, 0, NULL, 0 } };
	struct json j = json_open(stdout);
	struct txn t = { 0 };
	bool as_json = false;
	optind = 0;
	for (int c; (c = getopt_long(argc, argv, "h", longs, NULL)) != -1;) {
		*help = c == 'h';
		as_json = c == 'j';
		if (c != 'j')
			return *help ? OK : ERR_ARGUMENT;
	}
	if (optind != argc)
		return ERR_ARGUMENT;
	enum status st = office_open(o, STORE_READ, false);
	if (st == OK && (st = txn_begin_read(registry_store(o->registry), &t)) != OK)
		err_set(&o->err, st, "the register cannot be read: %s", status_text(st));
	if (st == OK)
		st = say_operators(o, &t, as_json ? &j : NULL);
	txn_end(&t);
	return json_close(&j) || st != OK ? st : err_set(&o->err, ERR_SYSTEM, "the answer could not be written");
}

/* ---- policy ---- */

static void
say_policy(const struct policy *in_force, const struct policy *wished, struct json *j)
{
	char text[POLICY_TEXT_MAX];
	if (j == NULL) {
		(void)printf("needs a second operator: %s\n", policy_text(in_force, text));
		if (in_force->sequence != 0)
			(void)printf("in force by event        %llu\n", (unsigned long long)in_force->sequence);
		if (!policy_is_same(in_force, wished))
			(void)printf("yaopai.conf asks for     %s\n", policy_text(wished, text));
		return;
	}
	json_object_begin(j);
	json_key(j, "status_changes"), json_bool(j, in_force->status_changes);
	json_key(j, "key_changes"), json_bool(j, in_force->key_changes);
	json_key(j, "bulk_issue_over"), json_uint(j, in_force->bulk_over);
	json_key(j, "event"), json_uint(j, in_force->sequence);
	json_key(j, "as_in_file"), json_bool(j, policy_is_same(in_force, wished));
	json_object_end(j);
}

static enum status
apply_policy(struct office *o)
{
	struct batch b;
	char text[POLICY_TEXT_MAX];
	struct policy wished = office_policy(o);
	enum status st = batch_begin(o->registry, false, office_operator(o), clock_unix_ms(), &b, &o->err);
	if (st)
		return st;
	st = policy_enter(&b, &wished, &o->err);
	if (st == OK)
		st = batch_commit(&b, &o->err);
	batch_end(&b);
	if (st == OK)
		(void)printf("from now on needs a second operator: %s\n", policy_text(&wished, text));
	return st;
}

static enum status
show_policy(struct office *o, struct json *j)
{
	struct txn t = { 0 };
	struct policy in_force, wished = office_policy(o);
	enum status st = txn_begin_read(registry_store(o->registry), &t);
	if (st == OK)
		st = policy_get(&t, &in_force);
	txn_end(&t);
	if (st)
		return err_set(&o->err, st, "the policy in force cannot be read: %s", status_text(st));
	say_policy(&in_force, &wished, j);
	return OK;
}

static enum status
policy(struct office *o, int argc, char **argv, bool *help)
{
	static const struct option longs[] = { { "apply", 0, NULL, 'a' }, { "json", 0, NULL, 'j' }, { "operator", 1, NULL, 'o' },
		{ "help", 0, NULL, 'h' }, { NULL, 0, NULL, 0 } };
	struct json j = json_open(stdout);
	bool apply = false, as_json = false;
	enum status st = OK;
	optind = 0;
	for (int c; st == OK && !*help && (c = getopt_long(argc, argv, "h", longs, NULL)) != -1;) {
		switch (c) {
		case 'a': apply = true; break;
		case 'j': as_json = true; break;
		case 'o': st = office_set_operator(o, optarg); break;
		case 'h': *help = true; break;
		default:  st = ERR_ARGUMENT;
		}
	}
	if (st == OK && (optind != argc || (apply && as_json)))
		st = ERR_ARGUMENT;
	if (st != OK || *help)
		return st;
	st = office_open(o, apply ? STORE_WRITE : STORE_READ, false);
	if (st == OK)
		st = apply ? apply_policy(o) : show_policy(o, as_json ? &j : NULL);
	return json_close(&j) || st != OK ? st : err_set(&o->err, ERR_SYSTEM, "the answer could not be written");
}

int
cmd_operators(struct office *o, int argc, char **argv)
{
	static const struct { const char *name; enum status (*run)(struct office *o, int argc, char **argv, bool *help); } known[] = {
		{ "add", add_or_remove }, { "remove", add_or_remove }, { "key", make_key }, { "list", list },
		{ "policy", policy } };
	o->decides_policy = true;
	bool help = argc > 1 && (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0);
	for (size_t i = 0; !help && argc > 1 && i < sizeof(known) / sizeof(known[0]); i++) {
		if (strcmp(argv[1], known[i].name) != 0)
			continue;
		enum status st = known[i].run(o, argc - 1, argv + 1, &help);
		if (help || (st != OK && o->err.status == OK))
			return office_usage(usage, help);
		return st ? office_failed(o, "operators") : EXIT_DONE;
	}
	return office_usage(usage, help);
}
