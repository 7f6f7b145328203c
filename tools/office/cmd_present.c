#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/text.h"
#include "base/time.h"
#include "crypto/qrtext.h"
#include "tools/office/commands.h"
#include "tools/office/present.h"
#include "tools/shared/options.h"
#include "tools/shared/qrimage.h"
#include "tools/shared/terminal.h"

static const char usage[] =
    "usage: yaopai present --device KEY.pem --token FILE|TEXT|- [--nonce HEX] [--audience TEXT] [--lifetime S] [--at INSTANT]\n"
    "                      [--format text|raw|png|svg|terminal] [--prefix URL] [--pixels N] [--out FILE]\n"
    "       yaopai present --device KEY.pem --token FILE|TEXT|- --watch [--every S] [--nonce HEX] [--audience TEXT] [--prefix URL]\n"
    "       yaopai present --new-device KEY.pem\n"
    "What a holder's app does, for tests and for those who write one: show a certificate live, signed just now by the device's key.\n"
    "Needs no register. In a phone the key is made in its secure hardware and never leaves it.\n"
    "  --device KEY.pem  the device's private key (PKCS#8, P-256, mode 0600); it must be the one that the credential names\n"
    "  --token ...       the credential: a file, the text of its QR code, or - for standard input\n"
    "  --nonce HEX       the challenge of whoever asks, 8 to 64 bytes\n"
    "  --audience TEXT   for whom it is made, at most 64 bytes\n"
    "  --lifetime S      seconds until it ends, 1 to 300 (60)\n"
    "  --at INSTANT      made at this instant by the device's clock, not now\n"
    "  --format ...      text of the QR code (default), raw bytes, a picture, or drawn in the terminal\n"
    "  --prefix URL      what stands before the code, as in HTTPS://V.EXAMPLE.CN/V/ (default: nothing)\n"
    "  --watch           draw in the terminal a code that changes every 30 s (--every), until interrupted\n"
    "  --new-device      make a key there and print its public half as it goes into the column 设备公钥\n";

enum shape { SHAPE_TEXT, SHAPE_RAW, SHAPE_PNG, SHAPE_SVG, SHAPE_TERMINAL, SHAPES };
enum { STDIN_MAX = QR_TEXT_LEN_MAX };

struct present {
	struct office *office;
	struct presenting p;
	const char *device, *token, *prefix, *out, *new_device;
	enum shape shape;
	bool watch, has_at;
	int64_t at_unix_s;
	uint64_t pixels, every_s, lifetime_s;
};

static volatile sig_atomic_t interrupted;

static void
on_signal(int number)
{
	(void)number;
	interrupted = 1;
}

/* ---- options ---- */

static enum status
take_format(struct present *x, const char *name)
{
	static const char *const names[SHAPES] = { "text", "raw", "png", "svg", "terminal" };
	for (int s = 0; s < SHAPES; s++) {
		if (strcmp(name, names[s]) == 0) {
			x->shape = (enum shape)s;
			return OK;
		}
	}
	return err_set(&x->office->err, ERR_ARGUMENT, "--format: text, raw, png, svg or terminal was wanted, not %.40s", name);
}

static enum status
take_nonce(struct present *x, const char *hex)
{
	struct presenting *p = &x->p;
	p->nonce = (struct buf){ p->nonce_mem, sizeof(p->nonce_mem), 0 };
	if (hex_decode(bytes_str(hex), &p->nonce) != OK || p->nonce.len < NONCE_LEN_MIN)
		return err_set(&x->office->err, ERR_ARGUMENT, "--nonce: %u to %u bytes in hex were wanted", NONCE_LEN_MIN, NONCE_LEN_MAX);
	return OK;
}

static enum status
take_audience(struct present *x, const char *text)
{
	struct bytes b = bytes_str(text);
	if (b.len < 1 || b.len > AUDIENCE_LEN_MAX || !text_is_clean(b))
		return err_set(&x->office->err, ERR_ARGUMENT, "--audience: 1 to %u bytes of clean UTF-8 were wanted", AUDIENCE_LEN_MAX);
	x->p.audience = b;
	return OK;
}

static enum status
take_option(struct present *x, int c)
{
	struct err *err = &x->office->err;
	switch (c) {
	case 'd': x->device = optarg; return OK;
	case 't': x->token = optarg; return OK;
	case 'n': return take_nonce(x, optarg);
	case 'a': return take_audience(x, optarg);
	case 'l': return option_uint("--lifetime", optarg, 1, PRESENTATION_LIFETIME_MAX_S, &x->lifetime_s, err);
	case 'i': x->has_at = true; return option_instant("--at", optarg, &x->at_unix_s, err);
	case 'f': return take_format(x, optarg);
	case 'p': x->prefix = optarg; return qr_prefix_check(bytes_str(optarg), err);
	case 'x': return option_uint("--pixels", optarg, 1, 64, &x->pixels, err);
	case 'o': x->out = optarg; return OK;
	case 'w': x->watch = true; return OK;
	case 'e': return option_uint("--every", optarg, 1, PRESENTATION_LIFETIME_MAX_S, &x->every_s, err);
	case 'N': x->new_device = optarg; return OK;
	default:  return ERR_ARGUMENT;
	}
}

/* ---- what to show ---- */

/* A file of that name, standard input, or the text itself. */
static enum status
open_token(struct present *x)
{
	struct err *err = &x->office->err;
	struct buf file = { 0 };
	bool is_file = strcmp(x->token, "-") == 0 || access(x->token, F_OK) == 0;
	enum status st = is_file ? file_load(x->token[0] == '-' && x->token[1] == '\0' ? "/dev/stdin" : x->token, STDIN_MAX, &file, err) : OK;
	if (st == OK)
		st = present_open(&x->p, x->device, is_file ? buf_view(&file) : bytes_str(x->token), err);
	free(file.ptr);
	return st;
}

static enum status
draw(struct present *x, struct bytes text, enum shape shape, struct textbuf *picture)
{
	struct err *err = &x->office->err;
	struct qrcode q = { .dark = NULL };
	enum status st = qrcode_make(text, &q, err);
	if (st == OK && shape == SHAPE_PNG)
		st = qrimage_png(&q, (unsigned)x->pixels, picture, err);
	else if (st == OK && shape == SHAPE_SVG)
		qrimage_svg(&q, picture);
	else if (st == OK)
		qrimage_terminal(&q, terminal_has_colour(stdout), picture);
	qrcode_free(&q);
	return st;
}

/* One live code in the shape asked for, appended to made. */
static enum status
show(struct present *x, int64_t now_unix_s, struct textbuf *made)
{
	uint8_t token_mem[TOKEN_LEN_MAX], text_mem[QR_TEXT_LEN_MAX];
	struct buf token = BUF_OF(token_mem), text = BUF_OF(text_mem);
	enum status st = present_make(&x->p, now_unix_s, &token, &x->office->err);
	if (st == OK)
		st = qr_text_encode(bytes_str(x->prefix), buf_view(&token), &text);
	if (st)
		return err_set(&x->office->err, st, "the live code fits no QR code");
	if (x->shape == SHAPE_RAW)
		textbuf_add_bytes(made, buf_view(&token));
	else if (x->shape == SHAPE_TEXT) {
		textbuf_add_bytes(made, buf_view(&text));
		textbuf_add(made, "\n");
	} else
		st = draw(x, buf_view(&text), x->shape, made);
	if (st == OK && made->failed)
		st = err_set(&x->office->err, ERR_SYSTEM, "out of memory");
	return st;
}

static enum status
show_once(struct present *x)
{
	struct textbuf made = { 0 };
	struct err *err = &x->office->err;
	bool is_binary = x->shape == SHAPE_RAW || x->shape == SHAPE_PNG;
	if (is_binary && x->out == NULL && terminal_is(stdout))
		return err_set(err, ERR_ARGUMENT, "these are no bytes for a terminal; give --out FILE");
	enum status st = show(x, x->has_at ? x->at_unix_s : clock_unix_s(), &made);
	if (st == OK && x->out != NULL)
		st = file_save(x->out, (struct bytes){ made.ptr, made.len }, 0644, err);
	else if (st == OK && fwrite(made.ptr, 1, made.len, stdout) != made.len)
		st = err_set(err, ERR_SYSTEM, "the live code could not be written");
	textbuf_free(&made);
	return st;
}

static enum status
watch(struct present *x)
{
	struct sigaction action = { .sa_handler = on_signal };
	struct timespec pause = { .tv_sec = (time_t)x->every_s };
	bool clear = terminal_is(stdout);
	enum status st = OK;
	(void)sigaction(SIGINT, &action, NULL);
	(void)sigaction(SIGTERM, &action, NULL);
	x->shape = SHAPE_TERMINAL;
	while (st == OK && !interrupted) {
		char when[INSTANT_TEXT_LEN + 1];
		struct textbuf made = { 0 };
		int64_t now = clock_unix_s();
		st = show(x, now, &made);
		if (st == OK)
			(void)printf("%s%.*s%s  a new code every %llu s; interrupt to stop\n", clear ? "\x1b[H\x1b[2J" : "", (int)made.len,
			    (const char *)made.ptr, instant_text(now, when), (unsigned long long)x->every_s);
		textbuf_free(&made);
		if (st == OK && fflush(stdout) != 0)
			st = err_set(&x->office->err, ERR_SYSTEM, "the live code could not be written");
		if (st == OK && !interrupted)
			(void)nanosleep(&pause, NULL); /* a signal ends it early */
	}
	return st;
}

static enum status
new_device(struct present *x)
{
	char text[DEVICE_KEY_TEXT_MAX];
	enum status st = present_new_device(x->new_device, text, &x->office->err);
	if (st == OK)
		(void)puts(text);
	return st;
}

static bool
makes_sense(const struct present *x)
{
	if (x->new_device != NULL)
		return x->device == NULL && x->token == NULL && !x->watch;
	if (x->device == NULL || x->token == NULL)
		return false;
	return !x->watch || (!x->has_at && x->out == NULL && x->shape == SHAPE_TEXT);
}

int
cmd_present(struct office *o, int argc, char **argv)
{
	static const struct option longs[] = { { "device", 1, NULL, 'd' }, { "token", 1, NULL, 't' }, { "nonce", 1, NULL, 'n' },
		{ "audience", 1, NULL, 'a' }, { "lifetime", 1, NULL, 'l' }, { "at", 1, NULL, 'i' }, { "format", 1, NULL, 'f' },
		{ "prefix", 1, NULL, 'p' }, { "pixels", 1, NULL, 'x' }, { "out", 1, NULL, 'o' }, { "watch", 0, NULL, 'w' },
		{ "every", 1, NULL, 'e' }, { "new-device", 1, NULL, 'N' }, { "help", 0, NULL, 'h' }, { NULL, 0, NULL, 0 } };
	struct present x = { .office = o, .prefix = "", .pixels = 6, .every_s = 30, .lifetime_s = 60 };
	enum status st = OK;
	for (int c; st == OK && (c = getopt_long(argc, argv, "h", longs, NULL)) != -1;) {
		if (c == 'h')
			return office_usage(usage, true);
		st = take_option(&x, c);
	}
	if ((st == OK && (optind != argc || !makes_sense(&x))) || (st != OK && o->err.status == OK))
		return office_usage(usage, false);
	x.p.lifetime_s = (int64_t)x.lifetime_s;
	if (st == OK && x.new_device != NULL)
		st = new_device(&x);
	else if (st == OK) {
		st = open_token(&x);
		if (st == OK)
			st = x.watch ? watch(&x) : show_once(&x);
	}
	present_close(&x.p);
	return st ? office_failed(o, "present") : EXIT_DONE;
}
