/* make_picture -- pictures for the tool tests: make_picture OUT [OPTION]... TEXT...
 *
 * Draws a QR code of each TEXT ("-": one text from standard input), side by side, bends them in the order of the
 * options, and writes OUT.  Without a TEXT: a white sheet of --frame.
 *
 *	--scale N   pixels for each module (4); before the texts' drawing whatever its place
 *	--rotate DEGREES  --lean 0..0.6  --blur RADIUS  --noise AMOUNT  --shade AMOUNT  --invert  --frame WxH
 *	--png KIND  --jpeg KIND [--quality N]   see canvas.h for the kinds; default --png grey
 *	--plain WxH a white PNG of any size, written without holding it */
#include <stdio.h>
#include <stdlib.h>

#include "base/file.h"
#include "tests/unit/support/canvas.h"

enum { TEXTS_MAX = 64 };

struct job { const char *out; struct bytes texts[TEXTS_MAX]; size_t n; unsigned scale; int png, jpeg, quality; char line[8192]; };

static bool
is(const char *argument, const char *option)
{
	return strcmp(argument, option) == 0;
}

static int
kind_of(const char *name, const char *const *names, int n)
{
	for (int i = 0; i < n; i++)
		if (is(name, names[i]))
			return i;
	(void)fprintf(stderr, "make_picture: no kind \"%s\"\n", name);
	exit(2);
}

static bool
takes_value(const char *argument)
{
	return strncmp(argument, "--", 2) == 0 && !is(argument, "--invert");
}

static void
job_read(struct job *j, int argc, char **argv)
{
	for (int i = 2; i < argc; i++) {
		if (is(argv[i], "--scale"))
			j->scale = (unsigned)strtoul(argv[i + 1], NULL, 10);
		else if (is(argv[i], "--png"))
			j->png = kind_of(argv[i + 1], png_kind_names, PNG_KINDS);
		else if (is(argv[i], "--jpeg"))
			j->jpeg = kind_of(argv[i + 1], jpeg_kind_names, JPEG_KINDS);
		else if (is(argv[i], "--quality"))
			j->quality = (int)strtol(argv[i + 1], NULL, 10);
		else if (is(argv[i], "-") && fgets(j->line, sizeof(j->line), stdin) != NULL)
			j->texts[j->n++] = (struct bytes){ (const uint8_t *)j->line, strcspn(j->line, "\r\n") };
		else if (strncmp(argv[i], "--", 2) != 0 && j->n < TEXTS_MAX)
			j->texts[j->n++] = bytes_str(argv[i]);
		i += takes_value(argv[i]);
	}
}

static struct canvas
drawn(const struct job *j)
{
	struct canvas all = canvas_blank(1, 1, 0xff);
	for (size_t i = 0; i < j->n; i++) {
		struct canvas code = canvas_code(j->texts[i], j->scale, 0), both = canvas_beside(&all, &code);
		canvas_free(&all);
		canvas_free(&code);
		all = both;
	}
	return all;
}

static void
bend(struct canvas *c, const char *option, const char *value)
{
	unsigned w = 0, h = 0;
	if (is(option, "--rotate"))
		canvas_rotate(c, strtod(value, NULL));
	else if (is(option, "--lean"))
		canvas_lean(c, strtod(value, NULL));
	else if (is(option, "--blur"))
		canvas_blur(c, (unsigned)strtoul(value, NULL, 10));
	else if (is(option, "--noise"))
		canvas_noise(c, (unsigned)strtoul(value, NULL, 10));
	else if (is(option, "--shade"))
		canvas_shade(c, (unsigned)strtoul(value, NULL, 10));
	else if (is(option, "--invert"))
		canvas_invert(c);
	else if (is(option, "--frame") && sscanf(value, "%ux%u", &w, &h) == 2)
		canvas_frame(c, w, h);
}

static struct buf
picture_made(const struct job *j, int argc, char **argv)
{
	unsigned w = 0, h = 0;
	if (argc > 3 && is(argv[2], "--plain") && sscanf(argv[3], "%ux%u", &w, &h) == 2)
		return canvas_png_plain(w, h);
	struct canvas c = drawn(j);
	for (int i = 2; i < argc; i++) {
		bend(&c, argv[i], i + 1 < argc ? argv[i + 1] : "");
		i += takes_value(argv[i]);
	}
	struct buf file = j->jpeg >= 0 ? canvas_jpeg(&c, (enum jpeg_kind)j->jpeg, j->quality) : canvas_png(&c, (enum png_kind)j->png);
	canvas_free(&c);
	return file;
}

int
main(int argc, char **argv)
{
	struct err err = { 0 };
	static struct job j = { .scale = 4, .png = PNG_GREY, .jpeg = -1, .quality = 85 };
	if (argc < 3) {
		(void)fputs("usage: make_picture OUT [OPTION]... [TEXT]...\n", stderr);
		return 2;
	}
	job_read(&j, argc, argv);
	struct buf file = picture_made(&j, argc, argv);
	enum status st = file_save(argv[1], buf_view(&file), 0644, &err);
	free(file.ptr);
	if (st != OK)
		(void)fprintf(stderr, "make_picture: %s\n", err.text);
	return st == OK ? 0 : 1;
}
