#include "tests/fuzz/example.h"

#include "base/file.h"
#include "crypto/cose_sign.h"
#include "crypto/credential.h"
#include "crypto/keyfile.h"
#include "crypto/presentation.h"
#include "tests/fuzz/fuzz.h"

enum { FILE_LEN_MAX = 64 << 10, GOLDEN_MAX = 40, SIGNED_MAX = 256 << 10 };

static const char *const profiles[] = { "intl", "gm" }, *const roles[] = { "root", "issuer", "status", "receipt" };

static struct buf
load(const char *path)
{
	struct buf file = { 0 };
	struct err err = { 0 };
	if (file_load(path, FILE_LEN_MAX, &file, &err) != OK) {
		(void)fprintf(stderr, "%s: %s (targets run from the top of the tree)\n", path, err.text);
		abort();
	}
	return file;
}

static struct bytes
unhex(struct buf text)
{
	struct buf out = { text.ptr, text.len, 0 }; /* in place: half as long */
	size_t n = 0;
	for (size_t i = 0; i < text.len; i++)
		if (text.ptr[i] > ' ')
			text.ptr[n++] = text.ptr[i];
	must(hex_decode((struct bytes){ text.ptr, n }, &out) == OK);
	return buf_view(&out);
}

struct bytes
example_golden(const char *name)
{
	static struct { char name[64]; struct bytes bytes; } kept[GOLDEN_MAX];
	size_t i = 0;
	while (i < GOLDEN_MAX && kept[i].name[0] != '\0' && strcmp(kept[i].name, name) != 0)
		i++;
	must(i < GOLDEN_MAX && strlen(name) < sizeof(kept[i].name));
	if (kept[i].name[0] == '\0') {
		char path[128];
		(void)snprintf(path, sizeof(path), "tests/golden/%s.v1.hex", name);
		kept[i].bytes = unhex(load(path));
		(void)snprintf(kept[i].name, sizeof(kept[i].name), "%s", name);
	}
	return kept[i].bytes;
}

struct bytes
example_token(enum example_profile p)
{
	return example_golden(p == EXAMPLE_GM ? "credential-token-sm2" : "credential-token-es256");
}

struct bytes
example_bundle(enum example_profile p)
{
	return example_golden(p == EXAMPLE_GM ? "bundle-sm2" : "bundle-es256");
}

static struct buf
load_key_file(enum example_profile p, enum example_role role, const char *what)
{
	char path[128];
	(void)snprintf(path, sizeof(path), "keys.example/%s/%s.%s.pem", profiles[p], roles[role], what);
	return load(path);
}

struct bytes
example_der(enum example_profile p, enum example_role role)
{
	static struct { uint8_t mem[CERTIFICATE_DER_LEN_MAX]; size_t len; } kept[EXAMPLE_PROFILES][EXAMPLE_ROLES];
	if (kept[p][role].len == 0) {
		struct buf pem = load_key_file(p, role, "cert"), der = { kept[p][role].mem, CERTIFICATE_DER_LEN_MAX, 0 };
		must(certificate_der_of(buf_view(&pem), &der, NULL) == OK);
		kept[p][role].len = der.len;
		free(pem.ptr);
	}
	return (struct bytes){ kept[p][role].mem, kept[p][role].len };
}

const struct certificate *
example_certificate(enum example_profile p, enum example_role role)
{
	static struct certificate kept[EXAMPLE_PROFILES][EXAMPLE_ROLES];
	if (kept[p][role].key == NULL)
		must(certificate_decode(example_der(p, role), &kept[p][role], NULL) == OK);
	return &kept[p][role];
}

struct signer *
example_signer(enum example_profile p, enum example_role role)
{
	static struct signer *kept[EXAMPLE_PROFILES][EXAMPLE_ROLES];
	if (kept[p][role] == NULL) {
		struct private_key *key = NULL;
		struct buf pem = load_key_file(p, role, "key");
		must(private_key_from_pem(buf_view(&pem), &key, NULL) == OK);
		must(signer_from_key(key, example_der(p, role), &kept[p][role], NULL) == OK);
		private_key_free(key);
		free(pem.ptr);
	}
	return kept[p][role];
}

void
example_sign(enum example_profile p, enum example_role role, enum typ typ, struct bytes payload, struct buf *out)
{
	static uint8_t scratch[SIGNED_MAX];
	struct bytes enc;
	struct buf rest = { out->ptr + out->len, out->cap - out->len, 0 };
	must(cose_sign(example_signer(p, role), typ, payload, BUF_OF(scratch), rest, &enc) == OK);
	out->len += enc.len;
}

void
example_device_point(uint8_t point[33])
{
	uint8_t mem[65];
	struct buf whole = BUF_OF(mem);
	must(public_key_point(example_certificate(EXAMPLE_INTL, EXAMPLE_RECEIPT)->key, &whole) == OK);
	memcpy(point, mem, 33);
	point[0] = 2 | (mem[64] & 1);
}

struct bytes
example_live_payload(void)
{
	static uint8_t mem[TOKEN_LEN_MAX];
	static struct bytes payload;
	if (payload.len == 0) {
		struct credential c;
		must(credential_decode(example_golden("credential-payload"), &c) == OK);
		c.has_cnf = true;
		c.policy = POLICY_LIVE;
		example_device_point(c.cnf_point);
		must(credential_encode(&c, BUF_OF(mem), &payload) == OK);
	}
	return payload;
}

struct bytes
example_presentation(void)
{
	static uint8_t mem[TOKEN_LEN_MAX];
	static struct buf token = { mem, sizeof(mem), 0 };
	if (token.len == 0) {
		uint8_t credential_mem[TOKEN_LEN_MAX], payload_mem[TOKEN_LEN_MAX];
		struct buf credential = BUF_OF(credential_mem);
		struct bytes payload;
		example_sign(EXAMPLE_INTL, EXAMPLE_ISSUER, TYP_CREDENTIAL, example_live_payload(), &credential);
		struct presentation p = { .iat_unix_s = EXAMPLE_NOW, .exp_unix_s = EXAMPLE_NOW + 60, .id = BYTES_LIT("livecode"),
			.credential = buf_view(&credential) };
		must(presentation_encode(&p, BUF_OF(payload_mem), &payload) == OK);
		example_sign(EXAMPLE_INTL, EXAMPLE_RECEIPT, TYP_PRESENTATION, payload, &token);
	}
	return buf_view(&token);
}

struct yp_verifier *
example_verifier(void)
{
	struct yp_verifier *v = NULL;
	size_t len = yp_workspace_len(4, 20, 2);
	void *workspace = malloc(len); /* lives as long as the program */
	must(workspace != NULL && yp_open(workspace, len, &v) == YP_OK);
	for (int p = 0; p < EXAMPLE_PROFILES; p++) {
		struct bytes root = example_der((enum example_profile)p, EXAMPLE_ROOT);
		must(yp_pin_root(v, root.ptr, root.len, NULL) == YP_OK);
	}
	return v;
}

bool
example_signs_same(struct bytes token, struct bytes other)
{
	struct cose a, b;
	return cose_decode(token, COSE_STANDARD, &a) == OK && cose_decode(other, COSE_STANDARD, &b) == OK &&
	    bytes_eq(a.protected_header, b.protected_header) && bytes_eq(a.payload, b.payload);
}
