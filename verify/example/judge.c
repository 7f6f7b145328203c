/* judge.c -- is this certificate good?  usage: judge BUNDLE ROOT.DER TOKEN; exit code 0: yes, 1: no, 2: it could not tell.
 * cc -o judge judge.c $(pkg-config --cflags --libs yaopai-verify); a root in PEM: openssl x509 -outform DER */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <yaopai_verify.h>

static uint8_t bundle[32 << 20], root[4096]; /* of fixed size, to be short */
static struct yp_answer a;

static size_t
file_read(const char *path, uint8_t *out, size_t room)
{
	FILE *f = fopen(path, "rb");
	size_t len = f != NULL ? fread(out, 1, room, f) : 0;
	len = f != NULL && fgetc(f) == EOF && !ferror(f) ? len : 0;
	return f != NULL && fclose(f) == 0 ? len : 0; /* 0 also for a file larger than the room */
}

int
main(int argc, char **argv)
{
	char why[YP_SENTENCE_MAX] = "wanted the files BUNDLE and ROOT.DER, and a TOKEN";
	size_t bundle_len = argc == 4 ? file_read(argv[1], bundle, sizeof(bundle)) : 0;
	size_t root_len = argc == 4 ? file_read(argv[2], root, sizeof(root)) : 0;
	size_t room = yp_workspace_len(yp_bundle_lists(bundle, bundle_len), 20, 2); /* ours have 2 bits and up to 2^20 indices */
	void *workspace = malloc(room);
	struct yp_verifier *v = NULL;
	enum yp_status st = workspace != NULL && bundle_len > 0 && root_len > 0 ? yp_open(workspace, room, &v) : YP_ERR_ARGUMENT;
	st = st == YP_OK ? yp_pin_root(v, root, root_len, why) : st;
	st = st == YP_OK ? yp_load_bundle(v, bundle, bundle_len, time(NULL), why) : st;
	st = st == YP_OK ? yp_judge(v, (const uint8_t *)argv[3], strlen(argv[3]), time(NULL), &a) : st;
	fprintf(st == YP_OK ? stdout : stderr, "%s: %s%s\n", st == YP_OK ? yp_verdict_text(a.verdict) : yp_status_text(st),
	    st == YP_OK ? a.sentence : why, a.demonstration ? " (a demonstration: no legal effect)" : "");
	yp_close(v);
	free(workspace);
	return st != YP_OK ? 2 : a.verdict != YP_VALID;
}
