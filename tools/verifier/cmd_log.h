/* cmd_log.h -- `yaopai-verify log verify|export|archive`: the site log as an auditor and a case officer need it. */
#ifndef VERIFIER_CMD_LOG_H
#define VERIFIER_CMD_LOG_H

/* argv[0] is "log".  Exit code: 0 whole; 1 not whole, or not shown to be; 2 could not look. */
int cmd_log(int argc, char **argv);

#endif
