#include "tools/shared/terminal.h"

#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

bool
terminal_is(FILE *f)
{
	return isatty(fileno(f)) == 1;
}

bool
terminal_has_colour(FILE *f)
{
	const char *no = getenv("NO_COLOR"), *term = getenv("TERM");
	bool unwanted = no != NULL && no[0] != '\0';
	return !unwanted && term != NULL && term[0] != '\0' && strcmp(term, "dumb") != 0 && terminal_is(f);
}

const char *
terminal_colour(bool has_colour, enum colour colour)
{
	static const char *const sequence[] = { [COLOUR_NONE] = "\033[0m", [COLOUR_BOLD] = "\033[1m",
		[COLOUR_RED] = "\033[1;31m", [COLOUR_GREEN] = "\033[1;32m", [COLOUR_YELLOW] = "\033[1;33m" };
	return has_colour ? sequence[colour] : "";
}

bool
terminal_is_chinese(void)
{
	static const char *const names[] = { "LC_ALL", "LC_MESSAGES", "LANG" };
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		const char *value = getenv(names[i]);
		if (value != NULL && value[0] != '\0')
			return strncmp(value, "zh", 2) == 0;
	}
	return false;
}

unsigned
terminal_width(FILE *f)
{
	struct winsize w = { 0 };
	return ioctl(fileno(f), TIOCGWINSZ, &w) == 0 && w.ws_col > 0 ? w.ws_col : 80;
}
