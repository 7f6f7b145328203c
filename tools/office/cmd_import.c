#include <getopt.h>
#include <stdio.h>

#include "tools/office/commands.h"
#include "tools/office/import.h"

static const char usage[] =
    "usage: yaopai import bodies|holders|moderators|supervisors|ministry|reviews FILE [--errors FILE] [--mapping FILE] [--sheet NAME]\n"
    "                    [--encoding E] [--diff] [--missing[=all]] [--strict] [--dry-run] [--operator NAME] [--json]\n"
    "       yaopai import devices FILE [--no-issue] [the same]\n"
    "       yaopai import portraits DIR|ZIP [--no-issue] [--strict] [--dry-run] [--operator NAME] [--json]\n"
    "Enter a spreadsheet: XLSX, or CSV in UTF-8 or GB18030, Chinese or English headings in any order; a title above them is passed over.\n"
    "supervisors  as holders, with 行政执法监督证号 and 监督区域\n"
    "ministry   certificates that a ministry has issued (部委证), recorded only: 证号, 发证部门, 有效期至 ...\n"
    "reviews    证号, 审验结果 (合格, 不合格), 审验日期, 下次审验日期, 审验机关, 文号, 审核人\n"
    "devices    证号 (or 执法证号, 主持人证号), 设备公钥, 出示方式 (动态码: must be shown live; 静态码: a printed code is enough; empty: as\n"
    "           before, 静态码 at first); an empty key with 静态码 takes the device away. The key: P-256, as Base64 or PEM of its\n"
    "           SubjectPublicKeyInfo, or as a point in hex or Base64. The certificates are reissued.\n"
    "portraits  JPEG files of a directory or a ZIP archive, named NUMBER.jpg; the certificates are reissued.\n"
    "  --errors FILE  write the refused rows there (mode 0600), to be mended and imported again\n"
    "  --mapping FILE lines \"heading of the file = known heading\", or \"= -\" to leave a column out (docs/import.md)\n"
    "  --sheet NAME   of an XLSX file; by itself the first that is not hidden\n"
    "  --encoding E   utf-8 or gb18030; by itself it is found out, and told\n"
    "  --strict       refuse the whole file if any row is wrong\n"
    "  --dry-run      enter nothing, only tell what would happen\n"
    "  --no-issue     only enter; yaopai issue --changed reissues later, where the issuer's key is\n"
    "  --diff         enter nothing, only tell row by row what would change, from what to what\n"
    "  --missing      tell who is in the register and not in the file: of the bodies that the file speaks of; =all: of every body\n"
    "  --json         the summary as JSON, after an object a line for each row that --diff and --missing tell of\n"
    "Exit: 0 done, 1 some rows or files were refused, 2 could not (nothing of the file was entered, or what was committed stays).\n";

/* Which kind of import, and whether its own options were given rightly. */
static bool
take_what(struct import *x, const char *what, bool *portraits)
{
	*portraits = strcmp(what, "portraits") == 0;
	for (int s = SHEET_BODIES; s <= SHEET_LAST; s++)
		if (strcmp(what, sheet_name((enum sheet)s)) == 0)
			x->sheet = (enum sheet)s;
	if (*portraits)
		return x->errors_path == NULL && !x->diff && !x->missing;
	if (x->missing && x->sheet != SHEET_HOLDERS && x->sheet != SHEET_MODERATORS)
		return false;
	return x->sheet == SHEET_DEVICES || (x->sheet != 0 && !x->no_issue);
}

int
cmd_import(struct office *o, int argc, char **argv)
{
	static const struct option longs[] = { { "errors", 1, NULL, 'e' }, { "diff", 0, NULL, 'd' }, { "missing", 2, NULL, 'M' }, { "sheet", 1, NULL, 't' }, { "mapping", 1, NULL, 'm' }, { "encoding", 1, NULL, 'c' }, { "strict", 0, NULL, 's' }, { "dry-run", 0, NULL, 'n' },
		{ "no-issue", 0, NULL, 'i' }, { "operator", 1, NULL, 'o' }, { "json", 0, NULL, 'j' }, { "help", 0, NULL, 'h' },
		{ NULL, 0, NULL, 0 } };
	struct import x = { .office = o };
	bool portraits = false;
	for (int c; (c = getopt_long(argc, argv, "h", longs, NULL)) != -1;) {
		switch (c) {
		case 'e': x.errors_path = optarg; break;
		case 'c':
			x.encoding = encoding_of(optarg);
			if (x.encoding == ENCODING_DETECT)
				return office_usage(usage, false);
			break;
		case 't': x.sheet_name = optarg; break;
		case 'd': x.diff = x.dry_run = true; break;
		case 'M':
			x.missing = true;
			x.missing_all = optarg != NULL && strcmp(optarg, "all") == 0;
			if (optarg != NULL && !x.missing_all)
				return office_usage(usage, false);
			break;
		case 'm': x.mapping_path = optarg; break;
		case 's': x.strict = true; break;
		case 'n': x.dry_run = o->looks_only = true; break;
		case 'i': x.no_issue = true; break;
		case 'j': x.as_json = true; break;
		case 'o':
			if (office_set_operator(o, optarg) != OK)
				return office_failed(o, "import");
			break;
		case 'h': return office_usage(usage, true);
		default:  return office_usage(usage, false);
		}
	}
	if (optind + 2 != argc || !take_what(&x, argv[optind], &portraits))
		return office_usage(usage, false);
	x.path = argv[optind + 1];
	return portraits ? import_portraits(&x) : import_sheet(&x);
}
