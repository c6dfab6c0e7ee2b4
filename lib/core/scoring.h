/* scoring.h - from a table of truth and predictions, anybody's, to rows that metrics can read.
 */
#ifndef ML_CORE_SCORING_H
#define ML_CORE_SCORING_H

#include "base/run.h"
#include "core/labels.h"
#include "metrics/metric.h"
#include "opt/opt.h"

struct ml_scoring_plan {
	const char *pred;     /* column of predictions; NULL: PREFIXpred, where there is one */
	struct ml_texts prob; /* COLUMNS of probabilities; none: all that begin PREFIXprob: */
	const char *score;    /* column of scores of the positive class, or NULL */
	const char *prefix;   /* "" by default */
	const char *positive; /* class, or NULL: the last of two */
	int task;             /* an ml_metric_task, or -1: as truth and predictions are */
	const char *features; /* of clusters: COLUMNS they were made of; NULL: all numbers */
	size_t most_pairs;    /* of clusters: rows that are held against each other; 0: all */
	const char *file;     /* begins messages about rows; NULL: not known */
	const struct ml_labels *classes; /* of other predictions of the same truth, which are
					  * classes here as well; or NULL */
};

struct ml_scoring {
	struct ml_scored rows;   /* views of what follows, and of the table */
	struct ml_labels labels; /* the classes */
	int32_t *y, *pred, *group;
	size_t groupless; /* 1 + the first row that has no group, where rows.group is NULL for
			   * that; else 0 */
	double *prob, *truth, *value, *score, *w;
	const char *truth_name; /* of the truth's column, "" without; borrowed from the table */
	/* Of clusters: */
	double *x;
	size_t *sample, most_pairs;
	uint64_t seed;
	bool *is_truth, *is_pred; /* labels that occur there; NULL: not known */
};

/* Target, weight and group are the table's columns of those roles.  Classes are the union of
 * the labels of truth, predictions and probability columns (at most ML_SCORING_CLASSES,
 * E-LIMIT); labels compare as numbers when truth and predictions both are numbers (W-LABELS
 * where that matters).  Without predictions the class of the highest probability is taken (of
 * two the positive one above 0.5). Errors: E-NOROWS, E-MISSING (truth, prediction, probability,
 * score, weight; with the line), E-TARGET, E-COLUMNS, E-TYPE, E-RANGE (no probability; a row's
 * do not sum to 1), E-ONECLASS (which class a column of probabilities is of).
 * Clusters need no truth (--task cluster); labels are the union of theirs and of the truth's.
 */
enum { ML_SCORING_CLASSES = 1000 };
int ml_scoring_init(struct ml_scoring *s, const struct ml_table *t,
		    const struct ml_scoring_plan *plan, const struct ml_run *run,
		    struct ml_error *err) ML_CHECK;
/* The rows row[0..n) alone, same classes: *part borrows the labels of s. */
int ml_scoring_take(struct ml_scoring *part, const struct ml_scoring *s, const size_t *row,
		    size_t n, struct ml_error *err) ML_CHECK;
void ml_scoring_release(struct ml_scoring *s);

#endif
