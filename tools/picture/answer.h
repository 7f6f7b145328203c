/* answer.h -- what yaopai-picture says about one picture: bytes on its standard output and an exit code.
 *
 * The output, big-endian:
 *
 *	offset  length
 *	0       1       1, the version of this layout; written alone, as soon as the input has been read to its end, so
 *	                that whoever waits knows that the rest is computing
 *	1       4       width in pixels; 0: not known
 *	5       4       height
 *	9       2       number of codes, at most PICTURE_CODES_MAX
 *	11              for each code: its length (2 bytes, at most PICTURE_TEXT_LEN_MAX) and that many bytes
 *
 * A text is the code's own bytes, whatever they are: no character set is assumed and nothing is converted.  Codes come
 * from the top of the picture downwards, by their upper edge, then from the left.  Several codes of one structured
 * append (ISO/IEC 18004 8) are one text; a text beyond PICTURE_TEXT_LEN_MAX is cut there, where it is still longer
 * than any certificate.  Nothing follows the last text; anything else is refused by answer_decode, because the reader
 * has touched the picture and may have been taken over by it. */
#ifndef PICTURE_ANSWER_H
#define PICTURE_ANSWER_H

#include "base/bytes.h"
#include "base/limits.h"
#include "base/status.h"

/* Above 8 so that no shell's, loader's or sanitizer's own code is taken for one of them. */
enum picture_exit {
	PICTURE_READ = 0,          /* the whole picture was searched; perhaps it has no code */
	PICTURE_DAMAGED = 10,      /* cut short or damaged; what could be decoded was searched */
	PICTURE_EMPTY = 11,        /* no bytes at all */
	PICTURE_NOT_ONE = 12,      /* neither PNG nor JPEG by its first bytes */
	PICTURE_TOO_LONG = 13,     /* more bytes than PICTURE_FILE_LEN_MAX */
	PICTURE_TOO_LARGE = 14,    /* more pixels, or a longer side, than base/limits.h allows */
	PICTURE_UNSUPPORTED = 15,  /* a kind of JPEG that is not read: 12 bits, arithmetic, lossless, too many scans */
	PICTURE_TOO_MANY = 16,     /* more codes than PICTURE_CODES_MAX */
	PICTURE_NO_MEMORY = 17,
	PICTURE_NO_INPUT = 18,     /* standard input could not be read */
	PICTURE_NOT_CONFINED = 19, /* the system refused a restriction; nothing was read */
	PICTURE_USAGE = 20,
};

struct picture_answer {
	uint32_t width, height;
	size_t n;
	struct bytes code[PICTURE_CODES_MAX];   /* views */
};

enum { ANSWER_VERSION = 1, ANSWER_HEAD_LEN = 11, ANSWER_LEN_MAX = 11 + 128 * (2 + 7089) };

/* Append to out; longer texts are cut.  Too little room: ERR_LIMIT; ANSWER_LEN_MAX is always enough. */
MUST_CHECK enum status answer_encode(const struct picture_answer *a, struct buf *out);

/* Views into in.  Anything but the layout above: ERR_FORMAT; another version: ERR_UNSUPPORTED. */
MUST_CHECK enum status answer_decode(struct bytes in, struct picture_answer *out);

#endif
