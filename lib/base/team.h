/* team.h - threads that stay, for work in many short rounds.
 *
 * ml_parallel() starts its threads anew, which costs some 20 us each; a round of a team costs a
 * few.  Between rounds its threads look for the next one for a short while, then sleep. */
#ifndef ML_BASE_TEAM_H
#define ML_BASE_TEAM_H

#include "base/thread.h"

struct ml_team;

/* Starts threads - 1 threads, or as many as there can be; the caller is one of the team. */
int ml_team_new(struct ml_team **t, int threads, struct ml_error *err) ML_CHECK;
/* As ml_parallel(); `worker` is below the number of threads asked for.  From the thread that
 * made the team, not from within a block. */
int ml_team_do(struct ml_team *t, size_t blocks, ml_block_fn *fn, void *arg,
	       struct ml_error *err) ML_CHECK;
void ml_team_free(struct ml_team *t); /* NULL is allowed */

#endif
