/* office.h -- what every command of yaopai works with: the register's home, its configuration, its keys.
 *
 * HOME/yaopai.conf      settings (config.h)            HOME/divisions.csv    division codes
 * HOME/data/            the register and the sealed store
 * HOME/keys/            check.key, seal.key (each may be wrapped under a passphrase); ROLE.key.pem (0600) and ROLE.cert.pem for root, issuer, status, receipt
 * HOME/keys/former/     ROLE-<kid>.key.pem and .cert.pem of keys that were changed (yaopai keys rotate)
 * HOME/trust.cwt        the last trust list the root signed
 * HOME/coming/          keys/ and trust.cwt of a root that is to come (yaopai keys rotate root --prepare)
 * HOME/roots/<kid>/     the same of a former root whose certificates are still about; HOME/roots/ended/<kid>/ of one that is done
 * HOME/portraits/       JPEG pictures, named by the digest that the credential bears (portraits.h)
 * HOME/published/       what `yaopai publish` writes
 *
 * Commands print what was asked for on standard output and everything else on standard error.  Exit codes: 0 done, 1 done,
 * but some rows or certificates were refused, 2 could not. */
#ifndef OFFICE_OFFICE_H
#define OFFICE_OFFICE_H

#include "registry/registry.h"
#include "tools/office/config.h"
#include "tools/shared/passphrase.h"
#include "tools/shared/progress.h"
#include "tools/shared/secretfile.h"

enum { EXIT_DONE = 0, EXIT_REFUSED = 1, EXIT_CANNOT = 2, PATH_MAX_LEN = 4096 };

struct office {
	const char *home;
	bool quiet;
	bool looks_only;                       /* opened for writing, but nothing is to be entered (a dry run) */
	const char *root_key_path;             /* --root-key: where the root's private key is, if not in its generation's keys/ */
	struct config config;
	struct registry_keys keys;
	struct passphrase passphrase;          /* of wrapped keys: --passphrase-file, --passphrase-fd, or a person is asked */
	bool check_is_wrapped, seal_is_wrapped;
	bool seal_is_next;                     /* the sealed store is under keys/seal.next.key (resealing.h) */
	struct registry *registry;
	char operator_name[OPERATOR_LEN_MAX + 1];  /* the login name, unless --operator is given */
	bool operator_given;
	bool acknowledges;                         /* --ack-fd (acknowledge.h) */
	int ack_fd, ack_errno;                     /* errno of the first line that could not be written; 0: none */
	size_t transaction_rows;                   /* --transaction: rows or decisions in one transaction; 0: the command's own number */
	bool key_change_recorded;                  /* a change of keys may be made now (key_command.h) */
	bool decides_policy;                       /* a command of four eyes itself: works whatever yaopai.conf asks for */
	struct err err;
};

/* "HOME/name" into out (PATH_MAX_LEN). */
MUST_CHECK enum status office_path(struct office *o, const char *name, char *out);
/* Load configuration and secrets and open the register; the sentence is in o->err.  Opened for writing, the rules of yaopai.conf
 * (registry/rules.h) that differ from those in the register are recorded there, and told. */
MUST_CHECK enum status office_open(struct office *o, enum store_mode mode, bool with_seal);
/* Configuration and secrets without the register. */
enum with_seal { WITHOUT_SEAL, WITH_SEAL, SEAL_IF_THERE };
MUST_CHECK enum status office_load(struct office *o, enum with_seal seal);
/* keys/seal.next.key, of a re-sealing that was killed, if it is there. */
MUST_CHECK enum status office_load_next_seal(struct office *o, struct secret *out, bool *is_there);
void office_close(struct office *o);                       /* also wipes the secrets; idempotent */
/* What [approval] of yaopai.conf asks for. */
struct policy office_policy(const struct office *o);
struct bytes office_operator(const struct office *o);
MUST_CHECK enum status office_set_operator(struct office *o, const char *name);
/* Print o->err on standard error and return EXIT_CANNOT. */
int office_failed(struct office *o, const char *command);
size_t office_transaction_rows(const struct office *o, size_t usual);
int office_usage(const char *usage, bool asked);           /* prints it; EXIT_DONE if it was asked for, else EXIT_CANNOT */
enum progress_mode office_progress(const struct office *o);

#endif
