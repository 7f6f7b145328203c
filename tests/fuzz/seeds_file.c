#include "tests/fuzz/seeds.h"

#include "base/file.h"
#include "base/limits.h"
#include "crypto/bundle.h"
#include "crypto/certificate.h"
#include "crypto/qrtext.h"
#include "tests/fuzz/fuzz.h"

enum { FILE_LEN_MAX = 1 << 20, PART_LEN_MAX = 8192 }; /* seeds are small */

static unsigned taken; /* numbers the names */

static void
put(const char *target, struct bytes b)
{
	char name[32];
	(void)snprintf(name, sizeof(name), "real-%u", ++taken);
	if (b.len <= PART_LEN_MAX)
		seed_put(target, name, b);
}

static void
put_token(struct bytes token)
{
	struct cose c;
	must(cose_decode(token, COSE_STANDARD, &c) == OK);
	put("cose", token);
	put("cbor", c.payload);
	put(c.typ == TYP_CREDENTIAL ? "credential" : c.typ == TYP_TRUST_LIST ? "trust_list" : "status_list", c.payload);
	put("signature", c.signature);
}

static void
put_bundle(struct bytes bundle)
{
	struct bundle_reader b;
	struct bytes part;
	enum typ typ;
	put("bundle", bundle);
	put("load", bundle);
	must(bundle_open(bundle, &b) == OK);
	while (bundle_next(&b, &part, &typ))
		put_token(part);
	must(bundle_end(&b) == OK);
}

static void
put_text(struct bytes line)
{
	uint8_t mem[TOKEN_LEN_MAX];
	struct buf token = BUF_OF(mem);
	must(qr_text_decode(line, &token) == OK);
	put("qr_text", line);
	put("judge", line);
	put_token(buf_view(&token));
}

static void
put_lines(struct bytes text)
{
	while (text.len > 0) {
		const uint8_t *end = memchr(text.ptr, '\n', text.len);
		size_t n = end != NULL ? (size_t)(end - text.ptr) : text.len;
		put_text((struct bytes){ text.ptr, n });
		n += end != NULL;
		text = (struct bytes){ text.ptr + n, text.len - n };
	}
}

static void
put_certificate(struct bytes pem)
{
	uint8_t mem[CERTIFICATE_DER_LEN_MAX];
	struct buf der = BUF_OF(mem);
	must(certificate_der_of(pem, &der, NULL) == OK);
	put("certificate", pem);
	put("certificate", buf_view(&der));
}

void
seed_put_file(const char *path)
{
	struct buf file = { 0 };
	struct err err = { 0 };
	if (file_load(path, FILE_LEN_MAX, &file, &err) != OK) {
		(void)fprintf(stderr, "%s: %s\n", path, err.text);
		exit(1);
	}
	struct bytes b = buf_view(&file);
	if (bytes_starts_with(b, BYTES_LIT("\x6b" BUNDLE_MAGIC)))
		put_bundle(b);
	else if (bytes_starts_with(b, BYTES_LIT("-----BEGIN")))
		put_certificate(b);
	else
		put_lines(b);
	free(file.ptr);
}
