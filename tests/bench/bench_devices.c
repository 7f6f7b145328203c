/* bench_devices -- a device for every tenth certificate, and the size of their live codes, for tests/bench/run.sh.
 *
 *	bench_devices sheet <tokens.csv >devices.csv    a new key for every tenth credential in force, to be shown live
 *	bench_devices sizes PREFIX_LEN <tokens.csv      JSON: bytes and QR versions of the tokens that name a device, bare, live, and live with a
 *	                                                challenge of 16 bytes and an audience of 20
 *
 * Sizes are those of presentations really made and signed: with another key than the certificate's, which changes no length.  tokens.csv
 * is what yaopai export tokens writes. */
#include <stdio.h>
#include <stdlib.h>

#include "base/base64.h"
#include "base/text.h"
#include "crypto/cose_sign.h"
#include "crypto/credential.h"
#include "crypto/keyfile.h"
#include "crypto/presentation.h"
#include "crypto/random.h"
#include "tools/shared/qrcode.h"

enum { LINE_MAX_LEN = QR_TEXT_LEN_MAX + 256, EVERY = 10, VERSIONS = 41 };

struct counts { unsigned long n, bytes[TOKEN_LEN_MAX + 1], versions[VERSIONS]; };

/* The next line's number, expected verdict and token; false at the end. */
static bool
next(char line[LINE_MAX_LEN], char **number, char **expected, char **token)
{
	if (fgets(line, LINE_MAX_LEN, stdin) == NULL)
		return false;
	line[strcspn(line, "\r\n")] = '\0';
	*number = line;
	char *kind = strchr(line, ',');
	*expected = kind != NULL ? strchr(kind + 1, ',') : NULL;
	*token = *expected != NULL ? strchr(*expected + 1, ',') : NULL;
	if (*token == NULL)
		return false;
	*kind = **expected = **token = '\0';
	++*expected;
	++*token;
	return true;
}

static int
sheet(void)
{
	char line[LINE_MAX_LEN], *number, *expected, *token;
	(void)puts("证号,设备公钥,出示方式");
	for (unsigned long i = 0; next(line, &number, &expected, &token);) {
		uint8_t mem[128];
		char text[256];
		struct buf spki = BUF_OF(mem);
		struct private_key *key = NULL;
		if (strcmp(expected, "VALID") != 0 || i++ % EVERY != 0)
			continue;
		if (private_key_generate(KEY_P256, &key) != OK || private_key_spki(key, &spki) != OK)
			return 1;
		private_key_free(key);
		base64_encode(buf_view(&spki), text);
		(void)printf("%s,%s,动态码\n", number, text);
	}
	return 0;
}

static void
count(struct counts *c, size_t len, size_t prefix_len)
{
	c->n++;
	c->bytes[len]++;
	c->versions[qrcode_version(prefix_len + base32_len(len))]++;
}

static size_t
quantile(const unsigned long *counts, size_t n, unsigned long total, double share)
{
	unsigned long seen = 0;
	for (size_t i = 0; i < n; i++) {
		seen += counts[i];
		if (seen > 0 && (double)seen >= share * (double)total)
			return i;
	}
	return 0;
}

static void
report(const char *name, const struct counts *c, const char *end)
{
	(void)printf("\"%s_n\":%lu,\"%s_bytes_median\":%zu,\"%s_bytes_max\":%zu,\"%s_version_p90\":%zu,\"%s_version_max\":%zu%s", name, c->n,
	    name, quantile(c->bytes, TOKEN_LEN_MAX + 1, c->n, 0.5), name, quantile(c->bytes, TOKEN_LEN_MAX + 1, c->n, 1.0), name,
	    quantile(c->versions, VERSIONS, c->n, 0.9), name, quantile(c->versions, VERSIONS, c->n, 1.0), end);
}

/* The length of this credential shown live; 0 if it names no device. */
static size_t
live_len(struct signer *signer, struct bytes token, bool asked)
{
	uint8_t id[PRESENTATION_ID_LEN], mem[TOKEN_LEN_MAX], scratch[TOKEN_LEN_MAX + 256], out[TOKEN_LEN_MAX];
	struct cose cose;
	struct credential c;
	struct bytes payload, made = { NULL, 0 };
	struct presentation p = { .iat_unix_s = 1800000000, .exp_unix_s = 1800000060, .id = { id, sizeof(id) }, .credential = token };
	if (cose_decode(token, COSE_OURS, &cose) != OK || credential_decode(cose.payload, &c) != OK || !c.has_cnf)
		return 0;
	if (asked) {
		p.nonce = BYTES_LIT("0123456789abcdef");
		p.audience = BYTES_LIT("https://a.example.cn");
	}
	bool good = random_fill(id, sizeof(id)) == OK && presentation_encode(&p, BUF_OF(mem), &payload) == OK &&
	    cose_sign(signer, TYP_PRESENTATION, payload, BUF_OF(scratch), BUF_OF(out), &made) == OK;
	return good ? made.len : 0;
}

static int
sizes(size_t prefix_len)
{
	static struct counts bare, live, asked;
	char line[LINE_MAX_LEN], *number, *expected, *text;
	struct private_key *key = NULL;
	struct signer *signer = NULL;
	if (private_key_generate(KEY_P256, &key) != OK || signer_from_key(key, (struct bytes){ NULL, 0 }, &signer, NULL) != OK)
		return 1;
	while (next(line, &number, &expected, &text)) {
		uint8_t mem[TOKEN_LEN_MAX];
		struct buf token = BUF_OF(mem);
		size_t len = base32_decode(bytes_str(text), &token) == OK ? live_len(signer, buf_view(&token), false) : 0;
		if (len == 0)
			continue;
		count(&bare, token.len, prefix_len);
		count(&live, len, prefix_len);
		count(&asked, live_len(signer, buf_view(&token), true), prefix_len);
	}
	(void)putchar('{');
	report("bare", &bare, ",");
	report("live", &live, ",");
	report("asked", &asked, "}\n");
	signer_close(signer);
	private_key_free(key);
	return live.n > 0 ? 0 : 1;
}

int
main(int argc, char **argv)
{
	uint64_t prefix_len = 0;
	if (argc == 2 && strcmp(argv[1], "sheet") == 0)
		return sheet();
	if (argc == 3 && strcmp(argv[1], "sizes") == 0 && text_uint(bytes_str(argv[2]), &prefix_len) == OK)
		return sizes((size_t)prefix_len);
	(void)fputs("usage: bench_devices sheet | sizes PREFIX_LEN <tokens.csv\n", stderr);
	return 2;
}
