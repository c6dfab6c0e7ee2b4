/* said.h - what the programs that a tool has run said on their standard error. */
#ifndef ML_TOOLS_SAID_H
#define ML_TOOLS_SAID_H

#include "cli.h"

/* Passes the lines of `said` (may be NULL) on behind "WHO: ": warnings of our tools as
 * warnings, anything else with -v.  Many programs say the same: a line is left out when one
 * that differs from it in digits only is in `told`, which grows. */
void ml_said(struct ml_cli *cli, struct ml_buf *told, const char *who, const char *said);

#endif
