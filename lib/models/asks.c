/* asks.c - what an estimator asks of its table.  Apart from the registry, so that who asks does
 * not bring in all estimators. */
#include "models/model.h"

unsigned ml_model_asks(const struct ml_model *m, const void *opts)
{
	const unsigned choice = ML_TAKES_MISSING | ML_TAKES_CATEGORY | ML_WANTS_SCALE |
				ML_NO_PENALTY | ML_KEEPS_CONSTANT;

	return m->asks ? m->flags & (~choice | m->asks(opts)) : m->flags;
}

bool ml_model_takes_missing(const struct ml_model *m, const void *state)
{
	if (!(m->flags & ML_TAKES_MISSING))
		return false;
	return !m->takes_missing || m->takes_missing(state);
}
