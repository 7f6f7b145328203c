#include "tests/unit/support/register.h"

#include <stdarg.h>
#include <setjmp.h>
#include <cmocka.h>

#include <stdio.h>

#include "crypto/certify.h"
#include "registry/identifier.h"

const struct bytes desk_body = { (const uint8_t *)"11370102MB00000013", 18 };
const struct bytes desk_entrusted_body = { (const uint8_t *)"12370102MB00000029", 18 };
static const struct bytes operator = { (const uint8_t *)"tester", 6 };

static void
enter_bodies(struct desk *d)
{
	struct batch b;
	enum entered what;
	struct body statutory = { .uscc = desk_body, .name = BYTES_LIT("某市某区市场监督管理局"), .kind = BODY_STATUTORY, .division = 370102 };
	struct body entrusted = { .uscc = desk_entrusted_body, .name = BYTES_LIT("某区综合执法大队"), .kind = BODY_ENTRUSTED, .division = 370102,
		.entrusting_name = BYTES_LIT("某市某区市场监督管理局"), .entrusted_from_unix_s = DESK_ENTRUSTED_FROM,
		.entrusted_to_unix_s = DESK_ENTRUSTED_TO };
	assert_int_equal(batch_begin(d->registry, false, operator, d->now_unix_s * 1000, &b, &d->err), OK);
	assert_int_equal(enter_body(&b, &statutory, &what, &d->err), OK);
	assert_int_equal(enter_body(&b, &entrusted, &what, &d->err), OK);
	assert_int_equal(batch_commit(&b, &d->err), OK);
}

static void
make_signer(struct desk *d, enum key_type type)
{
	struct buf der = { d->der, sizeof(d->der), 0 };
	struct certificate_request rq = { .common_name = BYTES_LIT("EXAMPLE test issuer"), .organisation = BYTES_LIT("EXAMPLE"),
		.not_before_unix_s = DESK_NOW - 86400, .not_after_unix_s = DESK_NOW + 10LL * 365 * 86400, .is_ca = true };
	assert_int_equal(private_key_generate(type, &d->key), OK);
	assert_int_equal(certify(&rq, d->key, d->key, (struct bytes){ NULL, 0 }, &der, &d->err), OK);
	d->der_len = der.len;
	assert_int_equal(signer_from_key(d->key, buf_view(&der), &d->signer, &d->err), OK);
}

void
desk_open(struct desk *d, const char *dir, enum profile profile, uint8_t list_log2)
{
	struct registry_keys keys = { .has_seal = true };
	struct settings s = { .profile = profile, .demo = true, .iss = "37", .uri_prefix = "https://v.example.cn/s/", .list_log2 = list_log2 };
	memset(d, 0, sizeof(*d));
	memset(keys.check.b, 1, SECRET_LEN);
	memset(keys.seal.b, 2, SECRET_LEN);
	d->now_unix_s = DESK_NOW;
	assert_int_equal(registry_create(dir, &s, &keys, operator, DESK_NOW * 1000LL, &d->err), OK);
	assert_int_equal(registry_open(dir, STORE_WRITE, &keys, &d->registry, &d->err), OK);
	make_signer(d, profile == PROFILE_GM ? KEY_SM2 : KEY_P256);
	enter_bodies(d);
}

void
desk_close(struct desk *d)
{
	registry_close(d->registry);
	signer_close(d->signer);
	private_key_free(d->key);
}

struct entries
desk_entries(const char *name, const char *number)
{
	return (struct entries){ .kind = KIND_ENFORCEMENT, .name = bytes_str(name), .uscc = desk_body, .post = BYTES_LIT("科员"),
		.number = bytes_str(number), .sex = 1, .staff = STAFF_ADMINISTRATIVE, .fields_n = 1, .fields = { 1 }, .jurisdiction = 370102,
		.issued_on = { 2026, 1, 5 }, .valid_until = { 2031, 1, 4 } };
}

enum status
desk_enter(struct desk *d, const struct entries *e, const char *idnumber17, enum entered *what, uint64_t *id)
{
	char idnumber[IDNUMBER_LEN + 1];
	struct batch b;
	enum entered entered;
	uint64_t holder_id = 0;
	d->err = (struct err){ .status = OK };
	memcpy(idnumber, idnumber17, 17);
	idnumber[17] = idnumber_check_character(idnumber17);
	assert_int_equal(batch_begin(d->registry, true, operator, d->now_unix_s * 1000, &b, &d->err), OK);
	enum status st = enter_holder(&b, e, (struct bytes){ (const uint8_t *)idnumber, IDNUMBER_LEN }, &entered, &holder_id, &d->err);
	if (st == OK)
		assert_int_equal(batch_commit(&b, &d->err), OK);
	batch_end(&b);
	if (st == OK && what != NULL)
		*what = entered;
	if (st == OK && id != NULL)
		*id = holder_id;
	return st;
}

struct body
desk_body_entries(const char *uscc, const char *name)
{
	return (struct body){ .uscc = bytes_str(uscc), .name = bytes_str(name), .kind = BODY_STATUTORY, .division = 370102 };
}

enum status
desk_enter_body(struct desk *d, const struct body *body, enum entered *what)
{
	struct batch b;
	enum entered entered;
	d->err = (struct err){ .status = OK };
	assert_int_equal(batch_begin(d->registry, false, operator, d->now_unix_s * 1000, &b, &d->err), OK);
	enum status st = enter_body(&b, body, &entered, &d->err);
	if (st == OK)
		assert_int_equal(batch_commit(&b, &d->err), OK);
	batch_end(&b);
	if (st == OK && what != NULL)
		*what = entered;
	return st;
}

enum status
desk_decide(struct desk *d, enum subject kind, const char *key, enum action action, int64_t effective_unix_s)
{
	struct batch b;
	struct decision decision = { .action = action, .effective_unix_s = effective_unix_s, .ground = BYTES_LIT("art. 9"),
		.organ = BYTES_LIT("an organ"), .document = BYTES_LIT("7") };
	d->err = (struct err){ .status = OK };
	assert_int_equal(batch_begin(d->registry, false, operator, d->now_unix_s * 1000, &b, &d->err), OK);
	enum status st = kind == SUBJECT_HOLDER ? decide_holder(&b, bytes_str(key), &decision, &d->err) :
	    kind == SUBJECT_PERSON ? decide_person(&b, bytes_str(key), &decision, &d->err) : decide_body(&b, bytes_str(key), &decision, &d->err);
	if (st == OK)
		assert_int_equal(batch_commit(&b, &d->err), OK);
	batch_end(&b);
	return st;
}

uint64_t
desk_people(struct desk *d, unsigned first, unsigned n)
{
	struct batch b;
	enum entered what;
	uint64_t id = 0, first_id = 0;
	assert_int_equal(batch_begin(d->registry, true, operator, d->now_unix_s * 1000, &b, &d->err), OK);
	for (unsigned i = first; i < first + n; i++) {
		char idnumber[IDNUMBER_LEN + 8];
		struct entries e = desk_entries("赵某", "");
		(void)snprintf(idnumber, sizeof(idnumber), "3701021990%02u%02u%03u", i / 28000 % 12 + 1, i / 1000 % 28 + 1, i % 1000);
		idnumber[17] = idnumber_check_character(idnumber);
		assert_int_equal(enter_holder(&b, &e, (struct bytes){ (const uint8_t *)idnumber, IDNUMBER_LEN }, &what, &id, &d->err), OK);
		first_id = first_id == 0 ? id : first_id;
	}
	assert_int_equal(batch_commit(&b, &d->err), OK);
	return first_id;
}

struct issue_terms
desk_terms(const struct desk *d)
{
	struct issue_terms t = { .signer = d->signer, .now_ms = d->now_unix_s * 1000, .signer_from_unix_s = DESK_NOW - 86400,
		.signer_to_unix_s = DESK_NOW + 10LL * 365 * 86400, .operator = operator, .threads = 2 };
	for (int kind = 0; kind < 5; kind++) {
		t.validity_months[kind] = 60;
		t.number_template[kind] = BYTES_LIT("15#########");
	}
	return t;
}

struct issue_result
desk_issue(struct desk *d)
{
	struct issue_terms t = desk_terms(d);
	struct issue_result r;
	assert_int_equal(issue_run(d->registry, &t, &r, &d->err), OK);
	return r;
}

struct holder
desk_holder(struct desk *d, uint64_t id, uint8_t mem[64])
{
	struct txn t;
	struct holder h;
	assert_int_equal(txn_begin_read(registry_store(d->registry), &t), OK);
	assert_int_equal(holder_get(&t, id, &h), OK);
	memcpy(mem, h.uscc.ptr, h.uscc.len);
	memcpy(mem + USCC_LEN, h.number.ptr, h.number.len);
	h.uscc.ptr = mem;
	h.number.ptr = mem + USCC_LEN;
	txn_end(&t);
	return h;
}

struct effective
desk_effective(struct desk *d, uint64_t holder_id, int64_t at_unix_s)
{
	struct txn t;
	struct holder h;
	struct effective e;
	assert_int_equal(txn_begin_read(registry_store(d->registry), &t), OK);
	assert_int_equal(holder_get(&t, holder_id, &h), OK);
	assert_int_equal(effective_of_holder(&t, &h, at_unix_s, &e), OK);
	txn_end(&t);
	return e;
}

struct effective
desk_effective_issued(struct desk *d, uint64_t serial, int64_t at_unix_s)
{
	struct txn t;
	struct issued c;
	struct effective e, cached;
	struct effective_cache *cache;
	assert_int_equal(txn_begin_read(registry_store(d->registry), &t), OK);
	assert_int_equal(issued_get(&t, serial, &c), OK);
	assert_int_equal(effective_of_issued(&t, &c, at_unix_s, &e), OK);
	assert_int_equal(effective_cache_open(&t, at_unix_s, &cache), OK);
	assert_int_equal(effective_cached(cache, &c, &cached), OK);
	assert_int_equal(cached.value, e.value); /* the pass over everything says the same */
	assert_int_equal(cached.cause, e.cause);
	effective_cache_close(cache);
	txn_end(&t);
	return e;
}
