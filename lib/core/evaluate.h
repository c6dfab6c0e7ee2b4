/* evaluate.h - predictions of a table judged: metrics over all rows and over slices of them,
 * with intervals. */
#ifndef ML_CORE_EVALUATE_H
#define ML_CORE_EVALUATE_H

#include "core/measures.h"
#include "core/pairs.h"
#include "core/scoring.h"
#include "data/fields.h"
#include "metrics/curve.h"

struct ml_eval_plan {
	struct ml_scoring_plan scoring;
	struct ml_texts metrics, gates, by; /* core/measures.h, core/subsets.h */
	bool only_named;                    /* without metrics: none, not the usual ones */
	struct ml_metric_opts opts;
	size_t resamples; /* of the bootstrap; 0: no intervals */
	double confidence;
};

struct ml_figure {
	double value, lo, hi; /* NaN: not defined; lo, hi: or not asked for */
	size_t n;             /* rows; of a class: rows of that true class */
};

struct ml_eval_slice {
	char *name; /* "COLUMN=LEVEL"; NULL: all rows */
	size_t rows;
	struct ml_figure *figure; /* one an item */
	double *confusion;        /* k x k weights, row: truth; NULL: not asked for */
	size_t *cell;             /* k x k numbers of rows */
};

struct ml_eval {
	struct ml_scoring scoring;
	struct ml_measures measures;
	struct ml_eval_slice *slice; /* the first one is all rows */
	size_t n, cap;
	bool intervals, sliced;
};

/* A zeroed struct is releasable.  The table stays the caller's and has to outlive e.  Warns
 * (W-UNDEFINED, one line a metric, and what core/scoring.h has); errors are those of scoring,
 * measures and subsets. */
int ml_eval_init(struct ml_eval *e, const struct ml_table *t, const struct ml_eval_plan *plan,
		 const struct ml_run *run, struct ml_error *err) ML_CHECK;
/* pairs: the rows judged and their champion's predictions, coded alike (core/pairs.h), or NULL.
 * Before anything is written: ML_EUSAGE when there is a champion and no gate names it, or the
 * other way round; E-COLUMNS when it lacks the metric of a gate. */
int ml_eval_champion(const struct ml_eval *e, const struct ml_pairs *pairs,
		     struct ml_error *err) ML_CHECK;
/* ML_OK, or 1 (E-GATE) when a gate over all rows does not hold.  plan->resamples 0:
 * ML_RESAMPLES, for gates with a level. */
int ml_eval_gates(const struct ml_eval *e, const struct ml_table *t,
		  const struct ml_pairs *pairs, const struct ml_eval_plan *plan,
		  const struct ml_run *run, struct ml_error *err) ML_CHECK;
/* Number of rows, and figures over all of them but those of classes, for the journal. */
void ml_eval_note(const struct ml_eval *e, struct ml_fields *out);
void ml_eval_release(struct ml_eval *e);

#endif
