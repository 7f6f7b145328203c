#include "tests/unit/support/golden_codecs.h"

#include "crypto/credential.h"
#include "crypto/statuslist.h"
#include "crypto/trustlist.h"
#include "registry/backup.h"
#include "registry/erase.h"
#include "registry/key_change.h"
#include "registry/operator.h"
#include "registry/proposal.h"
#include "registry/registry.h"
#include "registry/reseal.h"
#include "registry/reveal.h"
#include "registry/review.h"
#include "registry/rules.h"
#include "registry/settings.h"
#include "registry/succession.h"
#include "registry/upgraded.h"
#include "tools/verifier/sitelog_record.h"

static uint8_t again_mem[GOLDEN_LEN_MAX];
static const struct buf again = { again_mem, sizeof(again_mem), 0 };

static enum status
again_credential(struct bytes in, struct bytes *out)
{
	struct credential c;
	enum status st = credential_decode(in, &c);
	return st ? st : credential_encode(&c, again, out);
}

static enum status
again_status_list(struct bytes in, struct bytes *out)
{
	struct status_list l;
	enum status st = status_list_decode(in, &l);
	return st ? st : status_list_encode(&l, again, out);
}

static enum status
again_trust_list(struct bytes in, struct bytes *out)
{
	static struct trust_list t;
	enum status st = trust_list_decode(in, &t);
	return st ? st : trust_list_encode(&t, again, out);
}

static enum status
again_event(struct bytes in, struct bytes *out)
{
	struct event e;
	enum status st = event_decode(in, &e);
	return st ? st : event_encode(&e, again, out);
}

static enum status
again_settings(struct bytes in, struct bytes *out)
{
	struct settings s;
	enum status st = settings_decode(in, &s);
	return st ? st : settings_encode(&s, again, out);
}

static enum status
again_review_payload(struct bytes in, struct bytes *out)
{
	struct review r;
	enum status st = review_payload_decode(in, &r);
	return st ? st : review_payload_encode(&r, again, out);
}

static enum status
again_review(struct bytes in, struct bytes *out)
{
	struct review r;
	enum status st = review_decode(1, in, &r);
	return st ? st : review_encode(&r, again, out);
}

static enum status
again_upgraded(struct bytes in, struct bytes *out)
{
	struct upgraded u;
	enum status st = upgraded_decode(in, &u);
	return st ? st : upgraded_encode(&u, again, out);
}

static enum status
again_backup(struct bytes in, struct bytes *out)
{
	struct backup_item i;
	enum status st = backup_item_decode(in, &i);
	return st ? st : backup_item_encode(&i, again, out);
}

static enum status
again_rules(struct bytes in, struct bytes *out)
{
	struct rules r;
	enum status st = rules_decode(in, &r);
	return st ? st : rules_encode(&r, again, out);
}

static enum status
again_body_entered(struct bytes in, struct bytes *out)
{
	struct body b;
	enum status st = body_entries_decode(in, &b);
	return st ? st : body_entries_encode(&b, again, out);
}

static enum status
again_body(struct bytes in, struct bytes *out)
{
	struct body b;
	enum status st = body_decode(BYTES_LIT("12370102MB00000029"), in, &b);
	return st ? st : body_encode(&b, again, out);
}

static enum status
again_holder_entered(struct bytes in, struct bytes *out)
{
	struct entries e;
	uint64_t id = 0;
	struct bytes person;
	enum status st = entries_decode(in, &id, &person, &e);
	return st ? st : entries_encode(&e, id, person, again, out);
}

static enum status
again_holder(struct bytes in, struct bytes *out)
{
	struct holder h;
	enum status st = holder_decode(1, in, &h);
	return st ? st : holder_encode(&h, again, out);
}

static enum status
again_person(struct bytes in, struct bytes *out)
{
	struct person p;
	enum status st = person_decode(BYTES_LIT("12345678"), in, &p);
	return st ? st : person_encode(&p, again, out);
}

static enum status
again_revealed(struct bytes in, struct bytes *out)
{
	struct revelation r;
	enum status st = revelation_decode(in, &r);
	return st ? st : revelation_encode(&r, again, out);
}

static enum status
again_erased(struct bytes in, struct bytes *out)
{
	struct erasure e;
	enum status st = erasure_decode(in, &e);
	return st ? st : erasure_encode(&e, again, out);
}

static enum status
again_resealed(struct bytes in, struct bytes *out)
{
	uint64_t generation = 0;
	enum status st = resealing_decode(in, &generation);
	return st ? st : resealing_encode(generation, again, out);
}

static enum status
again_issue_payload(struct bytes in, struct bytes *out)
{
	struct issue_payload p;
	enum status st = issue_payload_decode(in, &p);
	return st ? st : issue_payload_encode(&p, again, out);
}

static enum status
again_issued(struct bytes in, struct bytes *out)
{
	struct issued c;
	enum status st = issued_decode(1, in, &c);
	return st ? st : issued_encode(&c, again, out);
}

static enum status
again_succession(struct bytes in, struct bytes *out)
{
	struct succession s;
	enum status st = succession_decode(in, &s);
	return st ? st : succession_encode(&s, again, out);
}

static enum status
again_decision(struct bytes in, struct bytes *out)
{
	struct decision d;
	enum subject kind;
	struct bytes key, number;
	enum status st = decision_decode(in, &kind, &key, &d, &number);
	return st ? st : decision_encode(kind, key, &d, number, again, out);
}

static enum status
again_operator_entered(struct bytes in, struct bytes *out)
{
	struct operator_entry e;
	enum status st = operator_entry_decode(in, &e);
	return st ? st : operator_entry_encode(&e, again, out);
}

static enum status
again_operator(struct bytes in, struct bytes *out)
{
	struct operator o;
	enum status st = operator_decode(BYTES_LIT("李四"), in, &o);
	return st ? st : operator_encode(&o, again, out);
}

static enum status
again_policy_entered(struct bytes in, struct bytes *out)
{
	struct policy p;
	uint64_t approval = 0;
	enum status st = policy_entry_decode(in, &p, &approval);
	return st ? st : policy_entry_encode(&p, approval, again, out);
}

static enum status
again_policy(struct bytes in, struct bytes *out)
{
	struct policy p;
	enum status st = policy_decode(in, &p);
	return st ? st : policy_encode(&p, again, out);
}

static enum status
again_action(struct bytes in, struct bytes *out)
{
	struct proposed p;
	enum status st = proposed_decode(in, &p);
	return st ? st : proposed_encode(&p, again, out);
}

static enum status
again_proposed(struct bytes in, struct bytes *out)
{
	struct bytes token;
	enum status st = proposed_payload_decode(in, &token);
	return st ? st : proposed_payload_encode(token, again, out);
}

static enum status
again_resolved(struct bytes in, struct bytes *out)
{
	struct resolution r;
	enum status st = resolution_decode(in, &r);
	return st ? st : resolution_encode(&r, again, out);
}

static enum status
again_proposal(struct bytes in, struct bytes *out)
{
	struct proposal p;
	enum status st = proposal_decode(45, in, &p);
	return st ? st : proposal_encode(&p, again, out);
}

static enum status
again_keys_changed(struct bytes in, struct bytes *out)
{
	struct key_change c;
	enum status st = key_change_decode(in, &c);
	return st ? st : key_change_encode(&c, again, out);
}

static enum status
again_sitelog_opening(struct bytes in, struct bytes *out)
{
	static uint8_t mem[SITELOG_OPENING_LEN_MAX];
	struct sitelog_opening o;
	size_t len = 0;
	enum status st = sitelog_opening_decode(in, &o, &len);
	if (st == OK && len != in.len)
		st = ERR_FORMAT;
	return st == OK ? sitelog_opening_encode(&o, BUF_OF(mem), out) : st;
}

static enum status
again_sitelog_record(struct bytes in, struct bytes *out)
{
	static uint8_t mem[SITELOG_RECORD_LEN_MAX];
	struct sitelog_record r;
	enum status st = sitelog_record_decode(in, &r);
	return st == OK ? sitelog_record_encode(&r, BUF_OF(mem), out) : st;
}

const struct golden_codec golden_codecs[] = {
	{ "credential-payload", again_credential }, { "status-list-payload", again_status_list }, { "trust-list-payload", again_trust_list },
	{ "event", again_event }, { "settings", again_settings }, { "body-entered", again_body_entered }, { "body-record", again_body },
	{ "holder-entered", again_holder_entered }, { "holder-entered-device", again_holder_entered },
	{ "holder-entered-again", again_holder_entered }, { "rules-set", again_rules }, { "upgraded", again_upgraded }, { "backup-head", again_backup }, { "backup-sealed", again_backup },
	{ "backup-file", again_backup }, { "backup-end", again_backup }, { "credential-issued-number", again_issue_payload },
	{ "holder-record", again_holder }, { "person-record", again_person },
	{ "person-record-erased", again_person }, { "revealed", again_revealed }, { "revealed-list", again_revealed }, { "erased", again_erased },
	{ "resealed", again_resealed },
	{ "credential-issued", again_issue_payload }, { "credential-record", again_issued }, { "standing-changed", again_decision },
	{ "body-entered-matters", again_body_entered }, { "body-record.v2", again_body }, { "body-succeeded", again_succession },
	{ "reviewed", again_review_payload }, { "review-record", again_review }, { "holder-entered-ministry", again_holder_entered },
	{ "person-record.v2", again_person },
	{ "credential-issued-body", again_issue_payload }, { "credential-record.v2", again_issued },
	{ "operator-entered", again_operator_entered }, { "operator-record", again_operator }, { "policy-entered", again_policy_entered },
	{ "policy-record", again_policy }, { "proposed-decision", again_action }, { "proposed-issue", again_action }, { "proposed", again_proposed },
	{ "proposal-resolved", again_resolved }, { "proposal-record", again_proposal }, { "keys-changed", again_keys_changed },
	{ "sitelog-opening", again_sitelog_opening }, { "sitelog-record", again_sitelog_record },
};
const size_t golden_codecs_n = sizeof(golden_codecs) / sizeof(golden_codecs[0]);
