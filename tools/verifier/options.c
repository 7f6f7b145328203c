#include "tools/verifier/verifier.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/text.h"
#include "crypto/credential.h"
#include "tools/shared/divisions.h"
#include "tools/shared/fields.h"
#include "tools/shared/options.h"

enum { JOBS_MAX = 64, MAX_AGE_DAYS = 3660 };

enum option_id { OPTION_JSON = 256, OPTION_BRIEF, OPTION_NOW, OPTION_RAW, OPTION_MAX_AGE, OPTION_LIVE, OPTION_CHALLENGE, OPTION_AUDIENCE,
	OPTION_ONCE, OPTION_JOINT, OPTION_BODY, OPTION_FIELD, OPTION_JURISDICTION, OPTION_PORTRAITS, OPTION_PORTRAIT_DIR, OPTION_SITE,
	OPTION_PURPOSE, OPTION_LOG };

static const struct option long_options[] = {
	{ "state", required_argument, NULL, 's' }, { "bundle", required_argument, NULL, 'b' }, { "root", required_argument, NULL, 'r' },
	{ "file", required_argument, NULL, 'f' }, { "picture", required_argument, NULL, 'p' }, { "raw", required_argument, NULL, OPTION_RAW },
	{ "json", no_argument, NULL, OPTION_JSON }, { "brief", no_argument, NULL, OPTION_BRIEF },
	{ "now", required_argument, NULL, OPTION_NOW }, { "jobs", required_argument, NULL, 'j' }, { "quiet", no_argument, NULL, 'q' },
	{ "help", no_argument, NULL, 'h' }, { "version", no_argument, NULL, 'V' }, { "max-age", required_argument, NULL, OPTION_MAX_AGE },
	{ "live", no_argument, NULL, OPTION_LIVE }, { "challenge", required_argument, NULL, OPTION_CHALLENGE },
	{ "audience", required_argument, NULL, OPTION_AUDIENCE }, { "once", no_argument, NULL, OPTION_ONCE },
	{ "group", no_argument, NULL, 'g' }, { "joint", no_argument, NULL, OPTION_JOINT }, { "body", required_argument, NULL, OPTION_BODY },
	{ "field", required_argument, NULL, OPTION_FIELD }, { "jurisdiction", required_argument, NULL, OPTION_JURISDICTION },
	{ "portraits", required_argument, NULL, OPTION_PORTRAITS }, { "portrait-dir", required_argument, NULL, OPTION_PORTRAIT_DIR },
	{ "site", required_argument, NULL, OPTION_SITE }, { "purpose", required_argument, NULL, OPTION_PURPOSE },
	{ "log", required_argument, NULL, OPTION_LOG }, { NULL, 0, NULL, 0 },
};

/* Which options a command takes; judge takes all. */
static bool
is_taken(enum command command, int option)
{
	if (command == COMMAND_JUDGE || option == 's' || option == 'h' || option == 'V' || option == 'q' || option == '?')
		return true;
	if (command == COMMAND_SETUP)
		return option == 'r' || option == OPTION_SITE;
	return option == OPTION_JSON;
}

/* ---- single options ---- */

static enum status
add_input(struct settings *s, enum input_kind kind, const char *text)
{
	s->inputs[s->inputs_n++] = (struct input){ kind, text }; /* room for argc + 1 of them */
	return OK;
}

static enum status
set_output(struct settings *s, enum output output, struct err *err)
{
	if (s->output != OUTPUT_HUMAN && s->output != output)
		return err_set(err, ERR_ARGUMENT, "--json and --brief: choose one");
	s->output = output;
	return OK;
}

static enum status
add_root(struct settings *s, const char *path, struct err *err)
{
	if (s->roots_n == TRUST_ROOTS_MAX)
		return err_set(err, ERR_LIMIT, "--root: at most %u roots", TRUST_ROOTS_MAX);
	s->roots[s->roots_n++] = path;
	return OK;
}

static enum status
set_once(const char **what, const char *value, const char *name, struct err *err)
{
	if (*what != NULL)
		return err_set(err, ERR_ARGUMENT, "%s is given twice; wanted it once", name);
	*what = value;
	return OK;
}

static enum status
set_jobs(struct settings *s, const char *text, struct err *err)
{
	uint64_t jobs = 0;
	enum status st = option_uint("--jobs", text, 1, JOBS_MAX, &jobs, err);
	s->jobs = (unsigned)jobs;
	return st;
}

static enum status
set_challenge(struct settings *s, const char *text, struct err *err)
{
	struct buf out = BUF_OF(s->challenge);
	struct bytes hex = bytes_str(text);
	bool fits = hex.len >= 2 * NONCE_LEN_MIN && hex.len <= 2 * NONCE_LEN_MAX;
	if (!fits || hex_decode(hex, &out) != OK)
		return err_set(err, ERR_ARGUMENT, "--challenge: wanted %u to %u bytes as hex digits, got %zu characters", NONCE_LEN_MIN, NONCE_LEN_MAX,
		    hex.len);
	s->challenge_len = out.len;
	return OK;
}

static enum status
set_audience(struct settings *s, const char *text, struct err *err)
{
	size_t len = strlen(text);
	if (len < 1 || len > AUDIENCE_LEN_MAX || !text_is_clean(bytes_str(text)))
		return err_set(err, ERR_ARGUMENT, "--audience: wanted 1 to %u bytes of plain text", AUDIENCE_LEN_MAX);
	return set_once(&s->audience, text, "--audience", err);
}

static enum status
add_body(struct settings *s, const char *code, struct err *err)
{
	if (strlen(code) != USCC_LEN)
		return err_set(err, ERR_ARGUMENT, "--body: wanted a unified social credit code of %u characters", USCC_LEN);
	if (s->group_question.bodies_n == GROUP_MEMBERS_MAX / 2)
		return err_set(err, ERR_LIMIT, "--body: at most %u bodies", GROUP_MEMBERS_MAX / 2);
	s->bodies[s->group_question.bodies_n++] = (struct yp_text){ code, USCC_LEN };
	s->group_question.bodies = s->bodies;
	return OK;
}

static enum status
add_field(struct settings *s, const char *text, struct err *err)
{
	char shown[80];
	uint64_t code = 0;
	struct yp_group_question *q = &s->group_question;
	if (text_uint(bytes_str(text), &code) != OK)
		code = field_of_any(bytes_str(text));
	if (code < 1 || code > UINT8_MAX)
		return err_set(err, ERR_ARGUMENT, "--field: %s is no enforcement field; wanted a number from 1 to 255 or a name like 市场监管 or "
		    "\"market regulation\"", text_escape(bytes_str(text), shown, sizeof(shown)));
	if (q->fields_n == sizeof(q->fields))
		return err_set(err, ERR_LIMIT, "--field: at most %zu fields", sizeof(q->fields));
	q->fields[q->fields_n++] = (uint8_t)code;
	return OK;
}

static enum status
set_jurisdiction(struct settings *s, const char *text, struct err *err)
{
	char shown[80];
	struct divisions d = { .items = NULL };
	uint64_t code = 0;
	uint32_t found = 0;
	enum status st = OK;
	if (text_uint(bytes_str(text), &code) == OK) {
		while (code > 99 && code % 100 == 0)
			code /= 100;
		found = code <= 999999 ? (uint32_t)code : 0;
	} else {
		st = divisions_load(NULL, &d, err);
		if (st == OK && division_find(&d, bytes_str(text), &found) != OK)
			found = 0;
	}
	divisions_free(&d);
	if (st == OK && !jurisdiction_is_wellformed(found))
		st = err_set(err, ERR_ARGUMENT, "--jurisdiction: %s is no division this program knows; wanted a code like 370102, 3701 or 37, or a "
		    "name that only one division bears", text_escape(bytes_str(text), shown, sizeof(shown)));
	s->group_question.jurisdiction = found;
	return st;
}

static enum status
set_log_text(const char **what, const char *text, const char *name, size_t len_max, struct err *err)
{
	enum status st = sitelog_text_check(name, bytes_str(text), len_max, err);
	return st == OK ? set_once(what, text, name, err) : st;
}

static enum status
set_question(struct settings *s, int option, const char *value, struct err *err)
{
	switch (option) {
	case OPTION_MAX_AGE:      return option_duration("--max-age", value, 1, (int64_t)MAX_AGE_DAYS * 86400, &s->age_max_s, err);
	case OPTION_LIVE:         s->must_be_live = true; return OK;
	case OPTION_CHALLENGE:    return set_challenge(s, value, err);
	case OPTION_AUDIENCE:     return set_audience(s, value, err);
	case OPTION_ONCE:         s->once = true; return OK;
	case 'g':                 s->group = true; return OK;
	case OPTION_JOINT:        s->group_question.joint = true; return OK;
	case OPTION_BODY:         return add_body(s, value, err);
	case OPTION_FIELD:        return add_field(s, value, err);
	case OPTION_JURISDICTION: return set_jurisdiction(s, value, err);
	default:                  return ERR_ARGUMENT;
	}
}

static enum status
set_option(struct settings *s, int option, const char *value, struct err *err)
{
	switch (option) {
	case 's': s->state = value; return OK;
	case 'b': return set_once(&s->bundle, value, "--bundle", err);
	case 'r': return add_root(s, value, err);
	case 'f': return add_input(s, INPUT_LINES, value);
	case 'p': return add_input(s, INPUT_PICTURE, value);
	case OPTION_RAW: return add_input(s, INPUT_RAW, value);
	case OPTION_JSON: return set_output(s, OUTPUT_JSON, err);
	case OPTION_BRIEF: return set_output(s, OUTPUT_BRIEF, err);
	case 'j': return set_jobs(s, value, err);
	case 'q': s->quiet = true; return OK;
	case OPTION_NOW: s->now_given = true; return option_instant("--now", value, &s->now_unix_s, err);
	case OPTION_PORTRAITS: return set_once(&s->portraits, value, "--portraits", err);
	case OPTION_PORTRAIT_DIR: return set_once(&s->portrait_dir, value, "--portrait-dir", err);
	case OPTION_SITE: return set_log_text(&s->site, value, "--site", SITE_LEN_MAX, err);
	case OPTION_PURPOSE: return set_log_text(&s->purpose, value, "--purpose", PURPOSE_LEN_MAX, err);
	case OPTION_LOG: return set_once(&s->log, value, "--log", err);
	default: return set_question(s, option, value, err);
	}
}

/* ---- together ---- */

static enum status
judge_check(struct settings *s, struct err *err)
{
	const struct yp_group_question *q = &s->group_question;
	if (s->bundle == NULL && s->state == NULL)
		return err_set(err, ERR_ARGUMENT, "no --state and no --bundle: what did the issuing office publish?");
	if (s->roots_n == 0 && s->state == NULL)
		return err_set(err, ERR_ARGUMENT, "no --root and no --state: which root certificate is to be trusted?");
	if (!s->group && (q->joint || q->bodies_n > 0 || q->fields_n > 0 || q->jurisdiction != 0))
		return err_set(err, ERR_ARGUMENT, "--joint, --body, --field and --jurisdiction are about several officers: give --group too");
	if (q->bodies_n > 0 && !q->joint)
		return err_set(err, ERR_ARGUMENT, "--body names the bodies of a joint inspection: give --joint too");
	if (s->portrait_dir != NULL && s->portraits == NULL && s->state == NULL)
		return err_set(err, ERR_ARGUMENT, "--portrait-dir needs a pack of portraits: give --portraits, or --state with one in it");
	if (s->once && s->now_given)
		return err_set(err, ERR_ARGUMENT, "--once is about now, --now about another time: choose one");
	return s->inputs_n > 0 ? OK : add_input(s, INPUT_LINES, "-");
}

static enum status
settings_check(enum command command, struct settings *s, struct err *err)
{
	const char *state = getenv("YAOPAI_STATE");
	if (s->state == NULL && s->bundle == NULL && state != NULL && state[0] != '\0')
		s->state = state;
	if (command == COMMAND_JUDGE)
		return judge_check(s, err);
	if (s->state == NULL)
		return err_set(err, ERR_ARGUMENT, "no --state: which directory is this site's?");
	if (command == COMMAND_UPDATE && s->inputs_n != 1)
		return err_set(err, ERR_ARGUMENT, "wanted one BUNDLE to install, got %zu", s->inputs_n);
	if (command != COMMAND_UPDATE && s->inputs_n > 0)
		return err_set(err, ERR_ARGUMENT, "wanted no more words than the options, got %.40s", s->inputs[0].text);
	return OK;
}

static bool
is_answered(enum command command, int option)
{
	if (option == 'h')
		help_print(command);
	else if (option == 'V')
		(void)puts("yaopai-verify " YAOPAI_VERSION);
	return option == 'h' || option == 'V';
}

enum status
options_parse(enum command command, int argc, char **argv, struct settings *s, bool *ended, struct err *err)
{
	enum status st = OK;
	int option;
	char shown[80];
	long cpus = sysconf(_SC_NPROCESSORS_ONLN);
	s->jobs = cpus < 1 ? 1 : cpus > JOBS_MAX ? JOBS_MAX : (unsigned)cpus;
	*ended = false;
	opterr = 0; /* the sentence is ours */
	while (st == OK && !*ended && (option = getopt_long(argc, argv, "s:b:r:f:p:j:gqhV", long_options, NULL)) != -1) {
		*ended = is_answered(command, option);
		if (!is_taken(command, option))
			return err_set(err, ERR_ARGUMENT, "%s: not an option of this command", text_escape(bytes_str(argv[optind - 1]), shown, sizeof(shown)));
		if (!*ended)
			st = option == '?' ? ERR_ARGUMENT : set_option(s, option, optarg, err);
		if (st != OK && option == '?')
			err_set(err, st, "%s: unknown option, or its value is missing", text_escape(bytes_str(argv[optind - 1]), shown, sizeof(shown)));
	}
	if (*ended)
		return OK;
	for (int i = optind; i < argc && st == OK; i++)
		st = add_input(s, strcmp(argv[i], "-") == 0 ? INPUT_LINES : INPUT_TOKEN, argv[i]);
	return st == OK ? settings_check(command, s, err) : st;
}
