/* terminal.h -- what the screen can do and which language its user reads.
 *
 * Colour only on a terminal, and not with NO_COLOR set or TERM=dumb. */
#ifndef SHARED_TERMINAL_H
#define SHARED_TERMINAL_H

#include <stdbool.h>
#include <stdio.h>

enum colour { COLOUR_NONE, COLOUR_BOLD, COLOUR_RED, COLOUR_GREEN, COLOUR_YELLOW };

bool terminal_is(FILE *f);                      /* a person is looking at it */
bool terminal_has_colour(FILE *f);
/* The escape sequence that begins this colour ("" without colour); COLOUR_NONE ends it. */
const char *terminal_colour(bool has_colour, enum colour colour);
bool terminal_is_chinese(void);                 /* LC_ALL, LC_MESSAGES, LANG: the first one set begins with zh */
unsigned terminal_width(FILE *f);               /* columns; 80 if not known */

#endif
