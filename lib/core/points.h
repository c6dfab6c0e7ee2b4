/* points.h - a metric at the levels of one thing (share of the rows learned from, a
 * hyperparameter), fold by fold: learning and validation curves, and what they say. */
#ifndef ML_CORE_POINTS_H
#define ML_CORE_POINTS_H

#include "core/evaluate.h"
#include "core/findings.h"
#include "core/cohorts.h"
#include "metrics/contrast.h"

struct ml_points {
	const char *thing;         /* name of the column */
	struct ml_measure measure; /* and its labels: */
	const struct ml_labels *labels;
	double confidence;
	size_t n, folds;          /* levels; repeats x folds */
	const char *const *label; /* n, ascending */
	double *x;                /* n: NaN when the levels are not numbers */
	double *test, *train;     /* n x folds, NaN: none; train NULL: not known */
	double *se;               /* n: standard errors told with the figures; NULL: none */
	double ratio;             /* rows held out / trained on, of all rows */
};

/* Mean over the folds, its standard error (corrected as ml_corrected_t; NaN with one fold), and
 * how many there are. */
struct ml_point {
	double mean, se;
	size_t n;
};
struct ml_point ml_points_mean(const struct ml_points *p, const double *of, size_t level);
/* Level `to` less level `from` of test, signed so that more is better. */
int ml_points_step(const struct ml_points *p, size_t from, size_t to, struct ml_contrast *out,
		   struct ml_error *err) ML_CHECK;

/* Curves of each metric into rows of the report.  `column` names the thing; columns
 * PREFIXrepeat and PREFIXfold are looked for.  Of a table with a target: predictions, `train`
 * (or NULL) those of the rows trained on, with the same column.  Without: metrics in columns,
 * one figure a row: test (or value, or the metric's name), its standard error se, and train (or
 * train-NAME, train_NAME) of the one --metric.  E-COLUMNS: a column that is not there, or holds
 * no numbers. */
enum ml_curve_of { ML_LEARNING, ML_VALIDATION };
int ml_points_report(struct ml_findings *out, enum ml_curve_of which, const char *column,
		     const struct ml_table *t, const struct ml_table *train,
		     const struct ml_eval_plan *plan, const struct ml_run *run,
		     struct ml_error *err) ML_CHECK;

/* learning.c, validation.c: rows of one curve. */
int ml_learning_report(struct ml_findings *out, const struct ml_points *p,
		       struct ml_error *err) ML_CHECK;
int ml_validation_report(struct ml_findings *out, const struct ml_points *p,
			 struct ml_error *err) ML_CHECK;
/* Cells of a level: all but the verdict and the sentence. */
void ml_points_row(struct ml_findings *out, const struct ml_points *p, size_t level);
/* "c = 0.1", its name shown safe. */
void ml_points_name(struct ml_buf *out, const struct ml_points *p, size_t level);

#endif
