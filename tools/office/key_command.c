#include "tools/office/key_command.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/text.h"
#include "crypto/certify.h"
#include "registry/key_change.h"
#include "registry/operator.h"
#include "registry/permission.h"
#include "tools/office/keyring.h"

static void
append(struct key_command *c, const char *text)
{
	size_t n = strlen(text);
	if (n > KEY_COMMAND_LEN_MAX - c->len) {
		c->too_long = true;
		return;
	}
	memcpy(c->text + c->len, text, n + 1);
	c->len += n;
}

void
key_command_word(struct key_command *c, const char *word)
{
	if (c->len > 0)
		append(c, " ");
	append(c, word);
}

void
key_command_option(struct key_command *c, const char *name, const char *value)
{
	if (value == NULL)
		return;
	key_command_word(c, name);
	key_command_word(c, value);
}

void
key_command_number(struct key_command *c, const char *name, int64_t value)
{
	char text[24];
	(void)snprintf(text, sizeof(text), "%lld", (long long)value);
	key_command_option(c, name, value != 0 ? text : NULL);
}

void
key_command_flag(struct key_command *c, const char *name, bool given)
{
	if (given)
		key_command_word(c, name);
}

enum status
key_command_file(struct office *o, struct key_command *c, const char *name, const char *path)
{
	uint8_t mem[OPERATOR_KEY_LEN_MAX], kid[KID_LEN];
	struct buf file = { 0 }, spki = BUF_OF(mem);
	char hex[2 * KID_LEN + 1];
	enum status st = file_load(path, PEM_LEN_MAX, &file, &o->err);
	if (st == OK) {
		st = public_key_of(buf_view(&file), &spki, &o->err);
		(void)err_in(&o->err, st, "%s", path);
	}
	free(file.ptr);
	if (st == OK && (st = operator_kid(buf_view(&spki), kid)) != OK)
		err_set(&o->err, st, "%s: its key id cannot be made: %s", path, status_text(st));
	if (st)
		return st;
	hex_encode((struct bytes){ kid, KID_LEN }, hex);
	key_command_option(c, name, hex);
	return OK;
}

/* ---- recording ---- */

static enum status
begin(struct office *o, struct batch *b)
{
	return batch_begin(o->registry, false, office_operator(o), clock_unix_ms(), b, &o->err);
}

/* The root as it is before; none yet, or one that is half moved (the command says so itself): left out. */
static struct bytes
root_kid(struct office *o, uint8_t kid[KID_LEN])
{
	struct err kept = o->err;
	struct role_certificate root;
	if (!role_certificate_exists(o, &generation_present, ROLE_ROOT) || role_certificate_load(o, ROLE_ROOT, &root) != OK) {
		o->err = kept;
		return (struct bytes){ NULL, 0 };
	}
	memcpy(kid, root.certificate.kid, KID_LEN);
	role_certificate_clear(&root);
	return (struct bytes){ kid, KID_LEN };
}

enum status
key_command_begin(struct office *o, const struct key_command *c)
{
	struct batch b;
	uint8_t kid[KID_LEN];
	struct key_change change = { .command = { (const uint8_t *)c->text, c->len }, .root = root_kid(o, kid), .approval = c->approval };
	if (c->too_long || !text_is_clean(change.command))
		return err_set(&o->err, ERR_LIMIT, "a change of keys has at most %u bytes of clean UTF-8 on the command line", KEY_COMMAND_LEN_MAX);
	enum status st = begin(o, &b);
	if (st)
		return st;
	st = key_change_enter(&b, &change, &o->err);
	if (st == OK)
		st = batch_commit(&b, &o->err);
	batch_end(&b);
	o->key_change_recorded = st == OK;
	return st;
}

enum status
key_command_end(struct office *o, const struct key_command *c)
{
	struct batch b;
	o->key_change_recorded = false;
	if (c->approval == 0)
		return OK;
	enum status st = begin(o, &b);
	if (st == OK)
		st = permission_end(&b, c->approval, &o->err);
	if (st == OK)
		st = batch_commit(&b, &o->err);
	batch_end(&b);
	return st;
}

enum status
key_command_is_recorded(struct office *o)
{
	return o->key_change_recorded ? OK : err_set(&o->err, ERR_CONFLICT, "this command changes keys and did not record it; that is a fault of the "
	    "program, nothing was changed");
}
