/* proposing.h - the next trials of a search, from what its journal holds. */
#ifndef ML_CORE_PROPOSING_H
#define ML_CORE_PROPOSING_H

#include "core/book.h"

/* How many trials there will be: the method's own count, or `asked` when it is less (0: not
 * asked; then the study's plan).  0: no end. */
int ml_propose_count(const struct ml_study *s, size_t asked, size_t *trials,
		     struct ml_error *err) ML_CHECK;
/* *ready: trial i has a point now.  It needs the trials before it that the method learns from,
 * and where trials are pruned those they are compared with; else it has to wait. */
int ml_propose(struct ml_book *b, size_t i, bool *ready, struct ml_error *err) ML_CHECK;

#endif
