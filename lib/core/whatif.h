/* whatif.h - a model asked what it would predict if a column of a table were another. */
#ifndef ML_CORE_WHATIF_H
#define ML_CORE_WHATIF_H

#include "core/findings.h"
#include "core/measures.h"
#include "core/scorer.h"

struct ml_whatif {
	struct ml_scorer scorer; /* its `source` are the columns that can be changed */
	struct ml_table *table;  /* owned */
	const char *file;        /* of its last rows, for messages */
};

/* Reads the whole table; asks once, and warns as ml-predict does, of rows that were trained on
 * when they are to be `held_out`. */
int ml_whatif_init(struct ml_whatif *w, struct ml_pipeline *model, struct ml_input *in,
		   bool held_out, const struct ml_run *run, struct ml_error *err) ML_CHECK;
void ml_whatif_release(struct ml_whatif *w);

/* Predictions for the table as it is now: w->scorer.out. */
int ml_whatif_ask(struct ml_whatif *w, struct ml_error *err) ML_CHECK;
/* Source column k of the table. */
struct ml_column *ml_whatif_column(struct ml_whatif *w, size_t k);
/* Gives it room for other values (num, code or text), to be filled; and takes that away. */
int ml_whatif_set_aside(struct ml_whatif *w, size_t k, struct ml_column *kept,
			struct ml_error *err) ML_CHECK;
void ml_whatif_put_back(struct ml_whatif *w, size_t k, const struct ml_column *kept);

/* Rows feature, metric, score, permuted, drop, std_error; for each metric the largest drop
 * first.  score: of the table as it is; permuted: the mean over `repeats` when the values of
 * the column are dealt out to the rows anew; drop: how much worse that is, whatever the sense
 * of the metric; std_error: of the mean.  Metrics are those of `metrics`, or log-loss, of
 * numbers rmse.  Draws depend on seed, name of the column and number of the repeat alone. */
int ml_permutation(struct ml_findings *out, struct ml_whatif *w,
		   const struct ml_scoring_plan *scoring, const struct ml_texts *metrics,
		   const struct ml_metric_opts *o, size_t repeats, const struct ml_run *run,
		   struct ml_error *err) ML_CHECK;

struct ml_partial_plan {
	struct ml_texts columns;
	size_t grid;          /* values of a number column at most, >= 2 */
	bool ice;             /* each row's curve in place of the mean */
	const char *positive; /* of two classes; NULL: the model's */
};
/* CSV feature,value,class,mean or with ice feature,row,value,class,pred: the prediction when
 * the column has that value in every row, all else being as it is.  Values of a number are
 * quantiles of the column, or all where they are no more than `grid`; of a category all that
 * occur. Classes: of two the positive one.  Means are weighted by the rows. */
int ml_partial(struct ml_whatif *w, const struct ml_partial_plan *plan, struct ml_sink *sink,
	       char delimiter, struct ml_error *err) ML_CHECK;

#endif
