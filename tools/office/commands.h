/* commands.h -- the commands of yaopai; main.c has their table.  argv[0] is the command's name. */
#ifndef OFFICE_COMMANDS_H
#define OFFICE_COMMANDS_H

#include "tools/office/office.h"

int cmd_init(struct office *o, int argc, char **argv);
int cmd_keys(struct office *o, int argc, char **argv);
int cmd_trust(struct office *o, int argc, char **argv);
int cmd_sample(struct office *o, int argc, char **argv);
int cmd_import(struct office *o, int argc, char **argv);
int cmd_issue(struct office *o, int argc, char **argv);
int cmd_decide(struct office *o, int argc, char **argv);   /* suspend, reinstate, cancel, revoke, withdraw */
int cmd_amend(struct office *o, int argc, char **argv);
int cmd_reissue(struct office *o, int argc, char **argv);
int cmd_review(struct office *o, int argc, char **argv);
int cmd_settings(struct office *o, int argc, char **argv);
int cmd_list(struct office *o, int argc, char **argv);
int cmd_expiring(struct office *o, int argc, char **argv);
int cmd_announce(struct office *o, int argc, char **argv);
int cmd_check(struct office *o, int argc, char **argv);
int cmd_erase(struct office *o, int argc, char **argv);
int cmd_succeed(struct office *o, int argc, char **argv);
int cmd_operators(struct office *o, int argc, char **argv);
int cmd_propose(struct office *o, int argc, char **argv);
int cmd_pending(struct office *o, int argc, char **argv);
int cmd_approve(struct office *o, int argc, char **argv);
int cmd_reject(struct office *o, int argc, char **argv);
int cmd_retract(struct office *o, int argc, char **argv);
int cmd_show(struct office *o, int argc, char **argv);
int cmd_publish(struct office *o, int argc, char **argv);
int cmd_bundle(struct office *o, int argc, char **argv);
int cmd_export(struct office *o, int argc, char **argv);
int cmd_audit(struct office *o, int argc, char **argv);
int cmd_backup(struct office *o, int argc, char **argv);
int cmd_rebuild(struct office *o, int argc, char **argv);
int cmd_restore(struct office *o, int argc, char **argv);
int cmd_present(struct office *o, int argc, char **argv);

#endif
