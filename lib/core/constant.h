/* constant.h - predictions of a model that has learned nothing but the commonest class, the
 * shares of the classes, the mean. */
#ifndef ML_CORE_CONSTANT_H
#define ML_CORE_CONSTANT_H

#include "core/scoring.h"

/* For the rows of `rows`, from the truth of `learned` (coded alike; weights count): every
 * column that rows has (predictions, probabilities, score), constant.  *out views the labels
 * and truth of rows.  *commonest: the class; of numbers, 0. */
int ml_scoring_constant(struct ml_scoring *out, const struct ml_scoring *rows,
			const struct ml_scoring *learned, size_t *commonest,
			struct ml_error *err) ML_CHECK;

#endif
