/* yaopai-verify -- judge electronic enforcement certificates without a network. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tools/verifier/verifier.h"

struct verb { const char *name; enum command id; int (*run)(const struct settings *s); };

static const struct verb verbs[] = {
	{ "judge", COMMAND_JUDGE, cmd_judge }, { "setup", COMMAND_SETUP, cmd_setup }, { "update", COMMAND_UPDATE, cmd_update },
	{ "status", COMMAND_STATUS, cmd_status },
};

/* The command named, or `judge`: no token is as short as a command's name. */
static const struct verb *
verb_of(const char *word, bool *named)
{
	for (size_t i = 0; i < sizeof(verbs) / sizeof(verbs[0]); i++) {
		*named = strcmp(word, verbs[i].name) == 0;
		if (*named)
			return &verbs[i];
	}
	return &verbs[0];
}

int
main(int argc, char **argv)
{
	struct err err = { 0 };
	struct settings s = { .inputs = calloc((size_t)argc + 1, sizeof(struct input)) };
	bool ended = false, named = false;
	int code = EXIT_NOT_JUDGED;
	if (s.inputs == NULL) {
		(void)fputs("yaopai-verify: out of memory\n", stderr);
		return code;
	}
	if (argc > 1 && strcmp(argv[1], "log") == 0) {
		free(s.inputs);
		return cmd_log(argc - 1, argv + 1);
	}
	const struct verb *c = verb_of(argc > 1 ? argv[1] : "", &named);
	if (options_parse(c->id, argc - named, argv + named, &s, &ended, &err) != OK)
		(void)fprintf(stderr, "yaopai-verify: %s (see --help)\n", err.text);
	else
		code = ended ? EXIT_ALL_VALID : c->run(&s);
	free(s.inputs);
	return code;
}
