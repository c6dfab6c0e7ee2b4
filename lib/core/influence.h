/* influence.h - which parameters matter: PED-ANOVA. */
#ifndef ML_CORE_INFLUENCE_H
#define ML_CORE_INFLUENCE_H

#include "core/trials.h"

/* share[s->n]: how much each parameter has to do with a trial's being among the best `top`
 * (a share of the trials that are done, on the largest budget); they sum to 1, or are all 0.
 * used[s->n]: how many trials each was judged by.  ML_EDATA, E-TRIAL: fewer than 8 are done. */
int ml_influence(const struct ml_trials *t, const struct ml_space *s, bool maximize, double top,
		 double *share, size_t *used, struct ml_error *err) ML_CHECK;

#endif
