/* predict.h - the estimator at the end of a pipeline, asked about tables. */
#ifndef ML_CORE_PREDICT_H
#define ML_CORE_PREDICT_H

#include "core/pipeline.h"
#include "data/build.h"
#include "la/mat.h"

/* Where a table stands in the pipeline p: how many of its steps have been applied to the table
 * already, whose own steps are `done` (none: 0).  E-CHAIN when the last of them is no step of
 * p. */
int ml_pipeline_position(const struct ml_pipeline *p, const struct ml_pipeline *done,
			 size_t *from, struct ml_error *err) ML_CHECK;

/* The columns that estimator s needs, as a matrix (x->v malloc'ed); missing values as below. */
int ml_step_matrix(const struct ml_step *s, struct ml_table *t, const char *file,
		   ml_bad_cell_fn *on_bad, void *arg, struct ml_mat *x,
		   struct ml_error *err) ML_CHECK;

/* Applies the preparations from `from` on to t (whose columns they change), then the estimator.
 * *out gets rows x width numbers (malloc'ed): class probabilities, or the predicted number; and
 * behind them what p->logs (as many) and p->explain ask for.  A
 * missing value that is left for an estimator that takes none: E-MISSING with the column and
 * the row of t (its line when known, behind `file`), unless on_bad is given: it is told then,
 * and the row's result is NaN. A result that is not finite becomes NaN and is counted in
 * *undefined. */
int ml_pipeline_predict(struct ml_pipeline *p, size_t from, struct ml_table *t,
			const char *file, ml_bad_cell_fn *on_bad, void *arg, struct ml_mat *out,
			uint64_t *undefined, struct ml_error *err) ML_CHECK;

/* Asks for logarithms of probabilities.  E-USAGE when the estimator does not tell them. */
int ml_pipeline_ask_logs(struct ml_pipeline *p, struct ml_error *err) ML_CHECK;

/* Class of a row of probabilities: the largest; on a tie the first. */
size_t ml_outcome_pick(const struct ml_outcome *o, const double *prob);
/* What a row of results says, where that is a word: its class, its cluster (c1, c2, ...,
 * noise), or outlier or inlier; else NULL.  A word that is made stands in `room`. */
enum { ML_WORD = 24 };
const char *ml_outcome_word(const struct ml_outcome *o, const double *row, char room[ML_WORD]);
/* Numbers of a row that there is one of for each class or cluster, or one of the row's own
 * cluster: how many, and (from not NULL) where they begin. */
size_t ml_outcome_each(const struct ml_outcome *o, size_t *from);
/* What number k of them is called: "prob:CLASS", "prob:c1", "dist:c1", "strength". */
int ml_outcome_each_name(const struct ml_outcome *o, size_t k, struct ml_buf *name,
			 struct ml_error *err) ML_CHECK;

#endif
