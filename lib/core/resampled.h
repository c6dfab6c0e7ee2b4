/* resampled.h - measures of several models of the same rows, resampled together: bootstrap and
 * jackknife, and what sums of them are distributed like. */
#ifndef ML_CORE_RESAMPLED_H
#define ML_CORE_RESAMPLED_H

#include "core/evaluate.h"
#include "metrics/spread.h"

struct ml_resampled {
	size_t models, measures, resamples, blocks;
	double *value; /* models x measures */
	double *boot;  /* models x measures x resamples; NULL: none asked for */
	double *jack;  /* models x measures x blocks */
};

/* Rows of models, the same for all of them; table: of the first one, for its groups. */
struct ml_resampled_plan {
	const struct ml_scoring *scoring; /* models of them */
	size_t models;
	const struct ml_table *table;
	const struct ml_measures *measures;
	const struct ml_metric_opts *opts;
	size_t resamples;   /* 0: values alone */
	const char *stream; /* of random numbers: metrics/bootstrap.h */
};
/* A zeroed struct is releasable. */
int ml_resampled_init(struct ml_resampled *r, const struct ml_resampled_plan *plan,
		      const struct ml_run *run, struct ml_error *err) ML_CHECK;
void ml_resampled_release(struct ml_resampled *r);

/* A sum of measures: factor times measure `measure` of `model`. */
struct ml_term {
	const struct ml_resampled *from; /* several: equally many resamples, drawn apart */
	size_t model, measure;
	double factor;
};
/* Distribution of the sum less `offset`.  out->v is the caller's (free()); out->n 0, and accel
 * NaN, when the sum is not defined, or in half of the resamples not. */
int ml_sum_spread(struct ml_spread *out, const struct ml_term *term, size_t terms,
		  double offset, struct ml_error *err) ML_CHECK;

/* Resamples when the user has not said how many (--bootstrap). */
enum { ML_RESAMPLES = 2000 };

#endif
