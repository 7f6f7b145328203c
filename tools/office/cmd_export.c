#include <getopt.h>
#include <stdio.h>

#include "base/text.h"
#include "crypto/qrtext.h"
#include "tools/office/commands.h"
#include "tools/office/export.h"
#include "tools/shared/options.h"

static const char usage[] =
    "usage: yaopai export qr NUMBER|CODE... | --all  [--out DIR] [--format png|svg|text] [--prefix URL] [--pixels N]\n"
    "       yaopai export tokens [--out FILE] [--json]\n"
    "       yaopai export portraits --out PACK [--division CODE] [--json]\n"
    "qr      QR codes: files DIR/NUMBER.png or .svg (with --all in sub-directories by the number's last two characters); text\n"
    "        draws in the terminal. A CODE is a body's, of its own certificate. --prefix: what stands before the code (qr_prefix of yaopai.conf). --pixels: for each module (6).\n"
    "tokens  CSV number,kind,expected,token of every credential in force; expected is the verdict that the register gives now.\n"
    "        --json tells how many, how long the tokens are and which QR versions they take.\n"
    "portraits  the portraits that credentials in force name, in one file for a site without network; --division: of those whose\n"
    "        jurisdiction is this one or lies within it (37, 3701, 370102). Exit 1: some pictures were missing, and are told.\n";

static enum status
take_format(struct office *o, const char *name, struct export *x)
{
	static const char *const names[] = { [FORMAT_PNG] = "png", [FORMAT_SVG] = "svg", [FORMAT_TEXT] = "text" };
	for (int f = FORMAT_PNG; f <= FORMAT_TEXT; f++) {
		if (strcmp(name, names[f]) == 0) {
			x->format = (enum format)f;
			return OK;
		}
	}
	return err_set(&o->err, ERR_ARGUMENT, "--format: png, svg or text was wanted, not %.40s", name);
}

static enum status
take_division(struct office *o, const char *text, struct export *x)
{
	uint64_t code = 0;
	if (text_uint(bytes_str(text), &code) != OK || code > 999999 || !jurisdiction_is_wellformed((uint32_t)code))
		return err_set(&o->err, ERR_ARGUMENT, "--division: a code of 2, 4 or 6 digits was wanted, not %.40s", text);
	x->division = (uint32_t)code;
	return OK;
}

static enum status
parse(struct office *o, int argc, char **argv, struct export *x, bool *help)
{
	static const struct option longs[] = { { "all", 0, NULL, 'a' }, { "out", 1, NULL, 'o' }, { "format", 1, NULL, 'f' },
		{ "prefix", 1, NULL, 'p' }, { "pixels", 1, NULL, 'x' }, { "json", 0, NULL, 'j' }, { "division", 1, NULL, 'd' },
		{ "help", 0, NULL, 'h' }, { NULL, 0, NULL, 0 } };
	uint64_t pixels = 6;
	enum status st = OK;
	for (int c; st == OK && (c = getopt_long(argc, argv, "h", longs, NULL)) != -1;) {
		switch (c) {
		case 'a': x->all = true; break;
		case 'o': x->out = optarg; break;
		case 'f': st = take_format(o, optarg, x); break;
		case 'p': x->prefix = optarg; st = qr_prefix_check(bytes_str(optarg), &o->err); break;
		case 'x': st = option_uint("--pixels", optarg, 1, 64, &pixels, &o->err); break;
		case 'j': x->as_json = true; break;
		case 'd': st = take_division(o, optarg, x); break;
		case 'h': *help = true; return OK;
		default:  return ERR_ARGUMENT;
		}
	}
	x->pixels = (unsigned)pixels;
	return st;
}

int
cmd_export(struct office *o, int argc, char **argv)
{
	struct export x = { .office = o, .format = FORMAT_PNG };
	bool help = false;
	enum status st = parse(o, argc, argv, &x, &help);
	if (help)
		return office_usage(usage, true);
	const char *what = st == OK && optind < argc ? argv[optind++] : "";
	x.numbers = argv + optind;
	x.numbers_n = (size_t)(argc - optind);
	bool qr = strcmp(what, "qr") == 0 && x.all == (x.numbers_n == 0);
	bool tokens = strcmp(what, "tokens") == 0 && x.numbers_n == 0 && !x.all;
	bool portraits = strcmp(what, "portraits") == 0 && x.numbers_n == 0 && !x.all && x.out != NULL;
	if (st == OK && !qr && !tokens && !portraits)
		return office_usage(usage, false);
	if (st == ERR_ARGUMENT && o->err.status == OK)
		return office_usage(usage, false);
	if (st == OK)
		st = office_open(o, STORE_READ, false);
	if (st == OK)
		st = qr ? export_qr(&x) : tokens ? export_tokens(&x) : export_portraits(&x);
	return st ? office_failed(o, "export") : x.incomplete ? EXIT_REFUSED : EXIT_DONE;
}
