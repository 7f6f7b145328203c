/* What --help says. */
#include "tools/verifier/verifier.h"

#include <stdio.h>

static const char help_judge_asks[] =
    "Usage: yaopai-verify [judge] --state DIR [OPTION]... [TOKEN]...\n"
    "       yaopai-verify [judge] --bundle FILE --root CERT [OPTION]... [TOKEN]...\n"
    "       yaopai-verify setup|update|status|log ...   (each has --help)\n"
    "Judge electronic enforcement certificates without a network.\n"
    "\n"
    "A TOKEN is the text of a QR code (with or without its address) or the bare Base32; a certificate\n"
    "or a live code.  \"-\", or no token at all: standard input, one token a line.\n"
    "\n"
    "What to rest on\n"
    "  -s, --state DIR     a directory made by setup: pinned roots, the installed bundle, the memory of\n"
    "                      what was accepted, the log (default: $YAOPAI_STATE)\n"
    "  -b, --bundle FILE   this bundle: trust lists and status lists as the issuing office published them.\n"
    "                      Without --state nothing is remembered: an older bundle is not noticed.\n"
    "  -r, --root CERT     a root certificate to trust, PEM or DER; may be given again\n"
    "What to judge\n"
    "  -f, --file FILE     judge every line of FILE; may be given again\n"
    "  -p, --picture FILE  judge every QR code in FILE, a PNG or JPEG picture; may be given again;\n"
    "                      \"-\": standard input\n"
    "      --raw FILE      judge the signed object's own bytes in FILE; may be given again\n"
    "What to ask\n"
    "      --max-age AGE   the status may be this old at most: 900, 15m, 2h, 3d.  Stricter than the\n"
    "                      issuer's own limits, never laxer\n"
    "      --live          a live code is needed, whatever the issuer's policy\n"
    "      --challenge HEX the live code must answer this challenge, 8 to 64 bytes\n"
    "      --audience TEXT the live code must be made for this audience\n"
    "      --once          a live code is good once; remembered in the state directory\n"
    "Several officers\n"
    "  -g, --group         judge all together: two at least, different people, of one body\n"
    "      --joint         a joint inspection: two of each body\n"
    "      --body CODE     with --joint: a body that must send two, by its credit code; may be given again\n"
    "      --field FIELD   a field that two of them must hold: a number or a name; may be given again\n"
    "      --jurisdiction PLACE   where: 370102, 3701, or the name of a division\n";

static const char help_judge_answers[] =
    "How to answer\n"
    "      --json          one JSON object for each token\n"
    "      --brief         one line for each token: VERDICT, tab, number (empty if not proven)\n"
    "      --portraits PACK       pictures to compare faces with (default: DIR/portraits if it is there)\n"
    "      --portrait-dir DIR     write the picture of each one judged there, as NUMBER.jpg\n"
    "      --site NAME     the site, for the log (default: as set up)\n"
    "      --purpose TEXT  why this is checked, for the log: a case number, \"inspection\"\n"
    "      --log FILE      keep the log there (default: DIR/log of the state directory)\n"
    "      --now INSTANT   judge as of this date or instant instead of the clock's: for examining\n"
    "                      the past; the answer says so.  2024-01-05, 2024-01-05T09:30:00+08:00\n"
    "  -j, --jobs N        threads for a list; default: one for each processor\n"
    "  -q, --quiet         no progress, summary or warning\n"
    "  -h, --help          this text\n"
    "  -V, --version\n"
    "\n"
    "A picture without a code is told, not judged (exit code 2), and the others still are.  Pictures are\n"
    "decoded by yaopai-picture, a process without rights: at most 32 MiB and 64 megapixels each.\n"
    "In a list every line has its answer, in order: an empty line, or one too long for a QR code,\n"
    "is UNREADABLE.  A progress count is shown on the terminal when the answers go elsewhere.\n"
    "The human answer is Chinese if LC_ALL, LC_MESSAGES or LANG begins with zh.\n"
    "\n"
    "Verdicts: VALID; UNREADABLE, UNSUPPORTED, TRUST_EXPIRED, UNKNOWN_ISSUER, ISSUER_NOT_ALLOWED,\n"
    "FORGED, NOT_YET_VALID, EXPIRED, STATUS_UNKNOWN, VOID, SUSPENDED, POSSESSION_UNPROVEN,\n"
    "PRESENTATION_FORGED, CLOCK_SKEW, PRESENTATION_STALE, CHALLENGE_FAILED, REPLAYED.\n"
    "Of a group: GOOD; TOO_FEW, MEMBER_NOT_GOOD, WRONG_KIND, SAME_PERSON, OTHER_BODY, FIELD_NOT_COVERED,\n"
    "JURISDICTION_NOT_COVERED.\n"
    "\n"
    "Exit code: 0 every token is VALID (the group is GOOD); 1 some other verdict; 2 could not judge, or\n"
    "judged and not logged (no bundle or root, unreadable file, picture without a code, bundle of another\n"
    "root or older than one accepted, clock behind, empty input, bad option).\n"
    "\n"
    "Examples:\n"
    "  yaopai-verify --state site HTTPS://V.EXAMPLE.CN/V/2KCE...\n"
    "  yaopai-verify --state site --group --field 1 --jurisdiction 370102 --picture two-officers.jpg\n"
    "  yaopai-verify -b bundle -r root.cert.pem --json --file tokens.txt >answers.jsonl\n";

static const char help_setup[] =
    "Usage: yaopai-verify setup --state DIR --root CERT... [--site NAME]\n"
    "Make a site's state directory, or add a root to it or name the site anew.  The root certificates must come from the\n"
    "authority by a way you trust: everything else is judged by them.\n"
    "Exit code: 0 done; 2 could not.\n";

static const char help_update[] =
    "Usage: yaopai-verify update --state DIR BUNDLE\n"
    "Install a newer bundle (\"-\": standard input) after checking it against the pinned roots and what was accepted before: an\n"
    "older, damaged or forged one is refused and nothing changes.  What is installed of other authorities stays.\n"
    "  --json   what was installed, as JSON\n"
    "Exit code: 0 installed, or installed already; 1 refused; 2 could not.\n";

static const char help_status[] =
    "Usage: yaopai-verify status --state DIR [--json]\n"
    "What is installed, how old it is, and until when it can be used.\n"
    "Exit code: 0 fresh; 1 stale or expired, or the clock is behind; 2 could not tell.\n";

static const char *const helps[] = { help_judge_asks, help_setup, help_update, help_status };

void
help_print(enum command command)
{
	(void)fputs(helps[command], stdout);
	if (command == COMMAND_JUDGE)
		(void)fputs(help_judge_answers, stdout);
}
