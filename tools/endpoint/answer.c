#include "tools/endpoint/answer.h"

#include <stdio.h>

#include "base/time.h"
#include "crypto/presentation.h"
#include "crypto/qrtext.h"

static void
damaged(struct answer *a)
{
	a->judged.verdict = YP_STATUS_UNKNOWN;
	a->alert = a->damaged = true;
	(void)snprintf(a->judged.sentence, sizeof(a->judged.sentence),
	    "the register's record of this certificate is damaged; nothing can be said of it until it has been audited");
}

/* The register knows what the list does not tell: which of them fails, and since when. */
static void
say_cause(struct answer *a)
{
	char since[INSTANT_TEXT_LEN + 1];
	const struct effective *e = &a->effective;
	if (a->judged.verdict != YP_VOID && a->judged.verdict != YP_SUSPENDED)
		return;
	bool dated = e->change.effective_unix_s != 0;
	(void)snprintf(a->judged.sentence, sizeof(a->judged.sentence), "%s by the register, because of the %s%s%s",
	    a->judged.verdict == YP_VOID ? "void" : "suspended", cause_text(e->cause), dated ? ", since " : "",
	    dated ? instant_text(e->change.effective_unix_s, since) : "");
}

/* Judge with the register's word on the status of this very credential. */
static enum status
judge_registered(struct txn *t, const struct yp_verifier *v, struct bytes token, const struct issued *issued,
    int64_t now_unix_s, struct answer *a)
{
	enum status st = effective_of_issued(t, issued, now_unix_s, &a->effective);
	if (st)
		return st;
	a->on_register = true;
	struct register_evidence evidence = {
		.issued_here = true, .status = a->effective.value, .as_of_unix_s = now_unix_s };
	struct yp_question question = { .now_unix_s = now_unix_s };
	st = (enum status)judge(v, token, &question, &evidence, &a->judged);
	if (st == OK)
		say_cause(a);
	return st;
}

static bool
same_content(struct bytes a, struct bytes b)
{
	struct cose x, y;
	return cose_decode(a, COSE_OURS, &x) == OK && cose_decode(b, COSE_OURS, &y) == OK &&
	    bytes_eq(x.protected_header, y.protected_header) && bytes_eq(x.payload, y.payload);
}

/* The signature holds and the bytes are not ours: is the credential? */
static enum status
judge_signed(struct txn *t, struct registry *r, const struct yp_verifier *v, struct bytes token, int64_t now_unix_s,
    struct answer *a)
{
	struct bytes uri = { (const uint8_t *)a->judged.status_uri.ptr, a->judged.status_uri.len };
	struct bytes iss = { (const uint8_t *)a->judged.iss.ptr, a->judged.iss.len };
	uint64_t serial = 0;
	struct issued issued;
	struct bytes stored;

	enum status st = registry_serial_at(r, uri, a->judged.status_idx, &serial);
	if (st == ERR_NOT_FOUND && !bytes_eq(iss, bytes_str(registry_settings(r)->iss)))
		return OK; /* a foreign issuer's: judged by signature alone */
	if (st == OK)
		st = issued_get(t, serial, &issued);
	if (st == OK)
		st = issued_token(t, &issued, &stored);
	if (st == OK && same_content(presentation_credential(token), stored))
		return judge_registered(t, v, token, &issued, now_unix_s, a);
	if (st != OK && st != ERR_NOT_FOUND)
		return st;
	a->judged.verdict = YP_NOT_ON_REGISTER;
	a->alert = true;
	(void)snprintf(a->judged.sentence, sizeof(a->judged.sentence),
	    "the signature is this authority's, but the register has never issued this certificate: do not accept it, and report it");
	return OK;
}

static enum status
answer_decoded(struct txn *t, struct registry *r, const struct yp_verifier *v, struct bytes token, int64_t now_unix_s,
    struct answer *a)
{
	struct issued issued;
	enum status st = issued_by_token(t, presentation_credential(token), &issued);
	if (st == OK) {
		a->source = SOURCE_REGISTER;
		return judge_registered(t, v, token, &issued, now_unix_s, a);
	}
	if (st != ERR_NOT_FOUND)
		return st;
	a->source = SOURCE_SIGNATURE;
	struct yp_question question = { .now_unix_s = now_unix_s };
	st = (enum status)judge(v, token, &question, NULL, &a->judged);
	if (st == OK && a->judged.facts_proven)
		st = judge_signed(t, r, v, token, now_unix_s, a);
	return st;
}

enum status
answer_token(struct registry *r, struct trust *trust, struct bytes text, int64_t now_unix_s, struct answer *out)
{
	uint8_t mem[TOKEN_LEN_MAX];
	struct buf token = BUF_OF(mem);
	struct txn t = { 0 };

	out->source = SOURCE_NONE;
	out->on_register = out->alert = out->damaged = false;
	out->effective = (struct effective){ 0 };
	trust_renew(trust, now_unix_s);
	struct trust_use *use = trust_borrow(trust);
	const struct yp_verifier *v = trust_verifier(use);

	enum status st = qr_text_decode(text, &token);
	if (st) { /* the verifier says why in its own words */
		st = (enum status)yp_judge(v, text.ptr, text.len, now_unix_s, &out->judged);
		goto out;
	}
	st = txn_begin_read(registry_store(r), &t);
	if (st == OK)
		st = answer_decoded(&t, r, v, buf_view(&token), now_unix_s, out);
	if (st == ERR_DAMAGED) {
		damaged(out);
		st = OK;
	}
out:
	txn_end(&t);
	trust_return(trust, use);
	return st;
}
