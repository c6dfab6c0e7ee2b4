/* tunespace.h - the space of a search as the command line gives it. */
#ifndef ML_CORE_TUNESPACE_H
#define ML_CORE_TUNESPACE_H

#include "opt/opt.h"
#include "search/space.h"

/* params: as ml_space_add() reads them; spaces: names of estimators, all of whose
 * hyperparameters that have a search range are added.  A parameter `algorithm` brings those of
 * each of its choices, named ALGORITHM.NAME and active with it; a parameter of such a name
 * given in params takes its place.  ML_EUSAGE: also when nothing is to be searched. */
int ml_tune_space(struct ml_space *s, const struct ml_texts *params,
		  const struct ml_texts *spaces, struct ml_error *err) ML_CHECK;

#endif
