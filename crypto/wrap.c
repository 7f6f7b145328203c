#include "crypto/wrap.h"

#include "crypto/cbor.h"
#include "crypto/random.h"
#include "crypto/seal.h"

#define MAGIC_STEM "yp-wrapped-key-"
#define MAGIC MAGIC_STEM "1"
#define DIGEST_CUT 8u

enum { ITEMS = 9, SALT_LEN = 16, SEALED_MAX = SECRET_LEN + SEAL_OVERHEAD_MAX };

struct wrapped {
	enum profile profile;
	enum wrap_purpose purpose;
	enum kdf kdf;
	struct kdf_cost cost;
	struct bytes salt, header, sealed;     /* header: all before the sealed secret's head */
};

static struct bytes
purpose_text(enum wrap_purpose p)
{
	return p == WRAP_SEAL ? BYTES_LIT("seal") : BYTES_LIT("check");
}

static void
write_header(struct cbor_writer *w, const struct wrapped *h)
{
	cbor_write_text(w, BYTES_LIT(MAGIC));
	cbor_write_array(w, ITEMS);
	cbor_write_uint(w, (uint64_t)h->profile);
	cbor_write_text(w, purpose_text(h->purpose));
	cbor_write_uint(w, (uint64_t)h->kdf);
	cbor_write_uint(w, h->cost.cost);
	cbor_write_uint(w, h->cost.block);
	cbor_write_uint(w, h->cost.lanes);
	cbor_write_bytes(w, h->salt);
}

/* The sealer of this passphrase. */
static enum status
open_sealer(const struct wrapped *h, struct bytes passphrase, struct sealer **out)
{
	struct secret key = { { 0 } };
	enum status st = secret_from_passphrase(h->kdf, &h->cost, passphrase, h->salt, &key);
	if (st == OK)
		st = sealer_open(h->profile, &key, out);
	secret_wipe(&key, sizeof(key));
	return st;
}

static enum status
seal_secret(const struct wrapped *h, struct bytes passphrase, const struct secret *secret, struct buf *sealed)
{
	struct sealer *sealer = NULL;
	enum status st = open_sealer(h, passphrase, &sealer);
	if (st == OK)
		st = seal_put(sealer, h->header, (struct bytes){ secret->b, SECRET_LEN }, sealed);
	sealer_close(sealer);
	return st;
}

enum status
secret_wrap(enum profile profile, enum wrap_purpose purpose, const struct kdf_cost *cost, struct bytes passphrase,
    const struct secret *secret, struct buf *out)
{
	uint8_t salt[SALT_LEN], mem[WRAPPED_LEN_MAX], sealed_mem[SEALED_MAX];
	struct buf sealed = BUF_OF(sealed_mem);
	struct bytes whole;
	struct digest digest;
	struct wrapped h = { .profile = profile, .purpose = purpose, .kdf = kdf_of_profile(profile), .salt = { salt, SALT_LEN } };
	h.cost = cost != NULL ? *cost : kdf_cost_default(h.kdf);
	enum status st = random_fill(salt, sizeof(salt));
	if (st)
		return st;
	struct cbor_writer w = cbor_writer(BUF_OF(mem));
	write_header(&w, &h);
	st = cbor_write_finish(&w, &h.header);
	if (st == OK)
		st = seal_secret(&h, passphrase, secret, &sealed);
	cbor_write_bytes(&w, buf_view(&sealed));
	if (st == OK)
		st = cbor_write_finish(&w, &whole);
	if (st == OK)
		st = sha256(whole, &digest);
	cbor_write_bytes(&w, (struct bytes){ digest.b, DIGEST_CUT });
	if (st == OK)
		st = cbor_write_finish(&w, &whole);
	if (st)
		return st;
	if (out->cap - out->len < whole.len)
		return ERR_LIMIT;
	memcpy(out->ptr + out->len, whole.ptr, whole.len);
	out->len += whole.len;
	return OK;
}

bool
secret_is_wrapped(struct bytes file)
{
	static const uint8_t head = 0x60 | (sizeof(MAGIC) - 1); /* of a text of that length */
	return file.len > sizeof(MAGIC) - 1 && file.ptr[0] == head && memcmp(file.ptr + 1, MAGIC_STEM, sizeof(MAGIC_STEM) - 1) == 0;
}

static uint32_t
read_small(struct cbor_reader *r)
{
	uint64_t v = cbor_read_uint(r);
	if (v > UINT32_MAX)
		cbor_fail(r, ERR_FORMAT);
	return (uint32_t)v;
}

static enum wrap_purpose
read_purpose(struct cbor_reader *r)
{
	struct bytes text = cbor_read_text(r);
	if (bytes_eq(text, purpose_text(WRAP_SEAL)))
		return WRAP_SEAL;
	if (!bytes_eq(text, purpose_text(WRAP_CHECK)))
		cbor_fail(r, ERR_FORMAT);
	return WRAP_CHECK;
}

/* The fields of a file whose magic holds. */
static enum status
decode(struct bytes file, struct wrapped *out)
{
	struct wrapped h = { .profile = PROFILE_INTL };
	struct cbor_reader r = cbor_reader(file, CBOR_CANONICAL);
	struct digest digest;
	(void)cbor_read_text(&r);
	size_t items = cbor_read_array(&r);
	h.profile = (enum profile)read_small(&r);
	h.purpose = read_purpose(&r);
	h.kdf = (enum kdf)read_small(&r);
	h.cost.cost = read_small(&r);
	h.cost.block = read_small(&r);
	h.cost.lanes = read_small(&r);
	h.salt = cbor_read_bytes(&r);
	h.header = (struct bytes){ file.ptr, file.len - r.left.len };
	h.sealed = cbor_read_bytes(&r);
	struct bytes body = { file.ptr, file.len - r.left.len };
	struct bytes want = cbor_read_bytes(&r);
	enum status st = cbor_finish(&r);
	if (st || items != ITEMS || want.len != DIGEST_CUT)
		return ERR_DAMAGED;
	st = sha256(body, &digest);
	if (st)
		return st;
	if (memcmp(want.ptr, digest.b, DIGEST_CUT) != 0)
		return ERR_DAMAGED;
	*out = h;
	bool fits = (h.profile == PROFILE_INTL || h.profile == PROFILE_GM) && h.kdf == kdf_of_profile(h.profile);
	if (!fits)
		return ERR_UNSUPPORTED;
	return h.salt.len == SALT_LEN && h.sealed.len <= SEALED_MAX ? OK : ERR_DAMAGED;
}

static enum status
unseal(const struct wrapped *h, struct bytes passphrase, struct secret *out)
{
	uint8_t mem[SEALED_MAX];
	struct buf plain = BUF_OF(mem);
	struct sealer *sealer = NULL;
	enum status st = open_sealer(h, passphrase, &sealer);
	if (st == OK)
		st = seal_get(sealer, h->header, h->sealed, &plain);
	if (st == OK && plain.len != SECRET_LEN)
		st = ERR_DAMAGED;
	if (st == OK)
		memcpy(out->b, mem, SECRET_LEN);
	secret_wipe(mem, sizeof(mem));
	sealer_close(sealer);
	return st;
}

enum status
secret_unwrap(struct bytes file, enum wrap_purpose purpose, struct bytes passphrase, struct secret *out, struct err *err)
{
	struct wrapped h;
	if (!secret_is_wrapped(file))
		return err_set(err, ERR_FORMAT, "it does not begin like a wrapped key");
	if (file.ptr[sizeof(MAGIC) - 1] != '1')
		return err_set(err, ERR_UNSUPPORTED, "it was wrapped by a newer version of this program, or its beginning is damaged");
	enum status st = decode(file, &h);
	if (st == ERR_DAMAGED)
		return err_set(err, st, "the wrapped key is damaged (its digest does not hold): take a copy from the safe; no passphrase opens this one");
	if (st == ERR_UNSUPPORTED)
		return err_set(err, st, "it was wrapped in a way that this program does not know; use a newer version");
	if (st == OK && h.purpose != purpose)
		return err_set(err, ERR_ARGUMENT, "it is a wrapped %s key, and a %s key was wanted: the files were confused",
		    h.purpose == WRAP_SEAL ? "seal" : "check", purpose == WRAP_SEAL ? "seal" : "check");
	if (st == OK)
		st = kdf_cost_check(h.kdf, &h.cost);
	if (st == ERR_LIMIT)
		return err_set(err, st, "it asks for less or more work than this program ever asks for: it is not believed");
	if (st == OK)
		st = unseal(&h, passphrase, out);
	if (st == ERR_DAMAGED)
		return err_set(err, ERR_CONFLICT, "the passphrase is wrong");
	return st ? err_set(err, st, "the key cannot be unwrapped: %s (not enough memory?)", status_text(st)) : OK;
}
