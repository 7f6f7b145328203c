/* backup_files.h -- the files of a home that a restore needs and that are no secrets: yaopai.conf, divisions.csv, trust.cwt; the certificates
 * in keys/, coming/ and roots/, and the trust lists there; portraits if wanted.  Never a private or a secret key, never what an operator
 * happens to keep in the home (a spreadsheet holds identity numbers). */
#ifndef OFFICE_BACKUP_FILES_H
#define OFFICE_BACKUP_FILES_H

#include "tools/office/office.h"

/* May a file of this name (under the home, with '/') stand in a backup? */
bool backup_file_is_known(const char *name);
/* Each such file of the home, in no order. */
typedef enum status (*backup_file_taker)(void *ctx, const char *name, const char *path);
MUST_CHECK enum status backup_files_each(struct office *o, bool portraits, backup_file_taker take, void *ctx);

#endif
