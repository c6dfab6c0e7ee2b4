/* trials.h - the trials of a search: what was proposed, and what came of it; as lines of its
 * journal.
 *
 *     {"trial":3,"state":"asked","point":{"C":"0.1"},"budget":1}
 *     {"trial":3,"state":"done","point":{"C":"0.1"},"budget":1,"value":0.91,"se":0.004,
 *      "folds":[0.9,0.92],"seconds":1.5,"cpu_seconds":1.4,"model_bytes":2841,
 *      "peak_memory_bytes":31457280}
 *
 * "state" is asked (handed out, not yet told), done, failed (with "error"), or pruned (with
 * what was seen until then). */
#ifndef ML_CORE_TRIALS_H
#define ML_CORE_TRIALS_H

#include "core/study.h"

enum ml_trial_state {
	ML_TRIAL_OPEN, /* nothing is known but the point, perhaps */
	ML_TRIAL_ASKED,
	ML_STATE_DONE,
	ML_STATE_FAILED,
	ML_STATE_PRUNED
};
extern const char *const ml_trial_states[]; /* "open", "asked", ... */

struct ml_tried {
	double *point; /* of the space; NULL: not yet proposed; owned */
	double budget;
	enum ml_trial_state state;
	double value, se; /* NaN: none */
	double *fold;     /* values by fold; owned */
	size_t folds;
	double seconds, cpu, bytes, peak; /* NaN: not known; peak: bytes of memory */
	char *why;                        /* of a failure; owned, or NULL */
};
static inline bool ml_tried_ended(const struct ml_tried *t)
{
	return t->state >= ML_STATE_DONE;
}

struct ml_trials {
	struct ml_tried *v;
	size_t n, cap;
};
/* Makes room for trial i; those between are open. */
int ml_trials_reach(struct ml_trials *t, size_t i, struct ml_error *err) ML_CHECK;
void ml_trials_release(struct ml_trials *t);
void ml_tried_release(struct ml_tried *t); /* open then */

int ml_tried_text(const struct ml_tried *t, size_t i, const struct ml_space *s,
		  struct ml_buf *out, struct ml_error *err) ML_CHECK;
/* *t is made from the line, and the caller's.  ML_EDATA, E-JOURNAL. */
int ml_tried_read(struct ml_tried *t, size_t *i, const struct ml_space *s, const json_t *line,
		  struct ml_error *err) ML_CHECK;

#endif
