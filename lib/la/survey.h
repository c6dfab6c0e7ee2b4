/* survey.h - one pass over a column: how many, between what, and their sum; at once, or piece
 * by piece as the values arrive. */
#ifndef ML_LA_SURVEY_H
#define ML_LA_SURVEY_H

#include <stddef.h>

#include "la/dd.h"

struct ml_survey {
	size_t n;        /* values, NaNs left out */
	double min, max; /* NaN when there is none */
	struct ml_dd sum;
};
/* The sum runs in four compensated accumulators, value i in number i % 4: the same bits
 * with and without vector instructions.  It is not scaled: |v| should be far from the limits of
 * doubles. */
struct ml_survey ml_survey_of(const double *v, size_t n);

/* A survey under way: the same result however the values are cut into pieces, each but the last
 * a multiple of ML_SURVEY_LANES long. */
enum { ML_SURVEY_LANES = 4 };
struct ml_survey_lanes {
	double hi[ML_SURVEY_LANES], lo[ML_SURVEY_LANES];
};
struct ml_surveying {
	size_t n; /* values, NaNs left out */
	double min, max;
	struct ml_survey_lanes sum;
};
void ml_survey_begin(struct ml_surveying *s);
void ml_survey_add(struct ml_surveying *s, const double *v, size_t n);
struct ml_survey ml_survey_end(const struct ml_surveying *s);

/* The sum of (v - centre)^2 likewise. */
struct ml_dd ml_survey_squares(const double *v, size_t n, struct ml_dd centre);
/* The first NaN in v[from..n), or n. */
size_t ml_survey_next_nan(const double *v, size_t from, size_t n);

#endif
