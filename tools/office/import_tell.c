#include "tools/office/import.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/text.h"
#include "registry/roll.h"
#include "tools/office/change.h"
#include "tools/office/seen.h"
#include "tools/shared/json.h"

/* ---- what a row changes ---- */

static void
print_json(const struct import *x, size_t i, bool is_new, struct bytes name, struct bytes number, const struct cell_changes *c)
{
	struct json j = json_open(stdout);
	json_object_begin(&j);
	json_key(&j, "row"), json_uint(&j, x->file.rows[i].number);
	json_key(&j, "what"), json_str(&j, is_new ? "new" : "updated");
	json_key(&j, "name"), json_text(&j, name);
	json_key(&j, "number"), json_text(&j, number);
	json_key(&j, "changes"), json_array_begin(&j);
	for (size_t k = 0; k < c->n; k++) {
		json_object_begin(&j);
		json_key(&j, "column"), json_str(&j, column_heading(x->sheet, c->all[k].column));
		json_key(&j, "from"), json_str(&j, c->all[k].from);
		json_key(&j, "to"), json_str(&j, c->all[k].to);
		json_object_end(&j);
	}
	json_array_end(&j);
	json_object_end(&j);
	(void)json_close(&j);
}

static void
print_line(const struct import *x, size_t i, bool is_new, struct bytes name, struct bytes number, const struct cell_changes *c)
{
	char shown[2 * NAME_LEN_MAX], shown_number[2 * NUMBER_LEN_MAX];
	(void)printf("row %u, %s %s:%s", x->file.rows[i].number, text_escape(name, shown, sizeof(shown)),
	    text_escape(number, shown_number, sizeof(shown_number)), is_new ? " new" : "");
	for (size_t k = 0; k < c->n; k++)
		(void)printf("%s %s \"%s\" -> \"%s\"", k > 0 ? ";" : "", column_heading(x->sheet, c->all[k].column), c->all[k].from, c->all[k].to);
	(void)printf("\n");
}

static void
tell(struct import *x, size_t i, enum entered what, struct bytes name, struct bytes number, const struct cell_changes *c)
{
	for (size_t k = 0; k < c->n; k++)
		x->changed[c->all[k].column]++;
	if (!x->diff || what == ENTERED_UNCHANGED)
		return;
	(x->as_json ? print_json : print_line)(x, i, what == ENTERED_NEW, name, number, c);
}

enum status
import_tell_holder(struct import *x, size_t i, enum entered what, uint64_t id, struct bytes before_payload)
{
	struct cell_changes c = { .n = 0 };
	struct holder h;
	struct entries before, after;
	struct bytes person;
	uint64_t before_id;
	if (what == ENTERED_UNCHANGED || (what == ENTERED_NEW && !x->diff))
		return OK;
	enum status st = holder_get(&x->batch.txn, id, &h);
	if (st == OK)
		st = holder_entries(&x->batch.txn, &h, &after);
	if (st == OK && what == ENTERED_UPDATED)
		st = entries_decode(before_payload, &before_id, &person, &before);
	if (st)
		return err_set(&x->office->err, st, "the entries just made cannot be read: %s", status_text(st));
	if (what == ENTERED_UPDATED)
		changes_of_holder(&before, &after, x->rules.fields, &c);
	tell(x, i, what, after.name, h.number, &c);
	return OK;
}

void
import_body_before(struct import *x, struct bytes uscc, struct body_before *out)
{
	struct txn *t = &x->batch.txn;
	struct bytes enc;
	struct event event;
	struct body now;
	out->is_known = body_get(t, uscc, &now) == OK && journal_get(t, now.entries_sequence, &enc) == OK && enc.len <= sizeof(out->mem);
	if (!out->is_known)
		return;
	memcpy(out->mem, enc.ptr, enc.len); /* entering moves what stands in the map */
	out->is_known = event_decode((struct bytes){ out->mem, enc.len }, &event) == OK && body_entries_decode(event.payload, &out->body) == OK;
}

void
import_tell_body(struct import *x, size_t i, enum entered what, const struct body_before *before, const struct body *after)
{
	struct cell_changes c = { .n = 0 };
	if (what == ENTERED_UPDATED && before->is_known)
		changes_of_body(&before->body, after, &c);
	tell(x, i, what, after->name, after->uscc, &c);
}

/* ---- who is in the register, and not in the file ---- */

struct absentees { struct import *x; struct seen bodies; char (*codes)[USCC_LEN + 1]; uint64_t n; };

/* A number in a row that was refused is in the file all the same. */
static void
mark_refused(struct import *x, struct txn *t)
{
	int at = x->columns.at[COLUMN_NUMBER];
	struct holder h;
	for (size_t i = 1; at >= 0 && i < x->file.rows_n; i++) {
		if (!x->bad[i])
			continue;
		repairs_next_row(&x->repairs);
		struct bytes number = repair_code(&x->repairs, sheet_cell(&x->file, &x->file.rows[i], (size_t)at), true);
		if (number.len > 0 && number.len <= NUMBER_LEN_MAX && holder_by_number(t, number, &h) == OK)
			import_mark_present(x, h.id);
	}
}

void
import_mark_present(struct import *x, uint64_t id)
{
	size_t at = (size_t)(id / 8);
	if (!x->missing || x->no_memory)
		return;
	if (at >= x->present_cap) {
		size_t cap = 2 * at + 4096;
		uint8_t *present = realloc(x->present, cap);
		x->no_memory = present == NULL;
		if (present == NULL)
			return;
		memset(present + x->present_cap, 0, cap - x->present_cap);
		x->present = present;
		x->present_cap = cap;
	}
	x->present[at] = (uint8_t)(x->present[at] | 1u << id % 8);
}

static bool
is_present(const struct import *x, uint64_t id)
{
	return id / 8 < x->present_cap && (x->present[id / 8] >> id % 8 & 1) != 0;
}

/* The bodies that the file speaks of: of others nothing is missing in it. */
static enum status
bodies_of_file(struct absentees *a)
{
	struct import *x = a->x;
	size_t at = (size_t)x->columns.at[COLUMN_USCC];
	a->codes = calloc(x->file.rows_n, sizeof(*a->codes));
	if (a->codes == NULL || seen_open(&a->bodies, x->file.rows_n) != OK)
		return ERR_SYSTEM;
	for (size_t i = 1; i < x->file.rows_n; i++) {
		repairs_next_row(&x->repairs);
		struct bytes code = repair_code(&x->repairs, sheet_cell(&x->file, &x->file.rows[i], at), true);
		if (code.len > USCC_LEN)
			continue;
		(void)snprintf(a->codes[i], sizeof(a->codes[i]), "%.*s", BYTES_FMT(code));
		(void)seen_add(&a->bodies, bytes_str(a->codes[i]), i);
	}
	return OK;
}

static void
print_absentee(const struct import *x, const struct roll_row *r)
{
	char name[2 * NAME_LEN_MAX], body[2 * NAME_LEN_MAX];
	if (x->as_json) {
		struct json j = json_open(stdout);
		json_object_begin(&j);
		json_key(&j, "what"), json_str(&j, "missing");
		json_key(&j, "name"), json_text(&j, r->entries.name);
		json_key(&j, "number"), json_text(&j, r->holder.number);
		json_key(&j, "uscc"), json_text(&j, r->holder.uscc);
		json_key(&j, "body"), json_text(&j, r->body != NULL ? r->body->name : (struct bytes){ NULL, 0 });
		json_object_end(&j);
		(void)json_close(&j);
		return;
	}
	(void)printf("missing: %s %.*s, %.*s %s\n", text_escape(r->entries.name, name, sizeof(name)), BYTES_FMT(r->holder.number),
	    BYTES_FMT(r->holder.uscc), text_escape(r->body != NULL ? r->body->name : (struct bytes){ NULL, 0 }, body, sizeof(body)));
}

static enum status
roll_call(struct absentees *a, struct txn *t)
{
	struct import *x = a->x;
	struct roll_filter filter = { .kinds = 1u << (x->sheet == SHEET_MODERATORS ? KIND_MODERATOR : KIND_ENFORCEMENT) };
	struct roll *roll = NULL;
	struct roll_row r;
	enum status st = roll_open(t, &filter, clock_unix_s(), &roll);
	while (st == OK && (st = roll_next(roll, &r, NULL)) == OK) {
		bool gone = standing_at(&r.holder.standing, INT64_MAX).state == STATE_VOID;
		if (gone || is_present(x, r.holder.id) || (!x->missing_all && !seen_has(&a->bodies, r.holder.uscc)))
			continue;
		print_absentee(x, &r);
		x->missing_n++;
	}
	roll_close(roll);
	return st == ERR_NOT_FOUND ? OK : st;
}

enum status
import_tell_missing(struct import *x)
{
	struct absentees a = { .x = x };
	struct txn t = { 0 };
	if (!x->missing)
		return OK;
	enum status st = x->no_memory ? ERR_SYSTEM : bodies_of_file(&a);
	if (st == OK)
		st = txn_begin_read(registry_store(x->office->registry), &t);
	if (st == OK) {
		mark_refused(x, &t);
		st = roll_call(&a, &t);
	}
	txn_end(&t);
	seen_close(&a.bodies);
	free(a.codes);
	return st ? err_set(&x->office->err, st, "who is missing in the file cannot be told: %s", status_text(st)) : OK;
}
