/* cleanrows.h - rows that ml-clean takes out when it has seen all of them. */
#ifndef ML_TOOLS_CLEANROWS_H
#define ML_TOOLS_CLEANROWS_H

#include "core/tidy.h"
#include "flow.h"

/* Takes rows out of f->t as the command line (struct ml_clean_args) says, tells d of each, and
 * counts them in f->removed. */
int ml_clean_rows(struct ml_flow *f, struct ml_tidy *d, struct ml_error *err) ML_CHECK;

#endif
