/* metric.h - what a metric is.  Adding one: write its `struct ml_metric` (a file of its own, or
 * an entry in one that has its like) and the line ML_METRIC(NAME) in metrics.def;
 * tests/unit/test_metric_contract.c then holds it to the laws that all keep.
 *
 * A metric sees numbers only: classes are 0..k-1, names never come here.  What many metrics
 * need is made once (metrics/sheet.h): the confusion matrix, the areas under the curves, the
 * rows in order. The laws: a row of weight 0 counts as absent, weight 2 as the row twice (of
 * metrics that rank: a group whose rows all weigh 2 as the group twice); the
 * order of the rows does not matter; what is not defined is NaN, never 0 or 0.5. The value()
 * functions allocate nothing, are re-entrant, and read a sheet that many threads share. */
#ifndef ML_METRICS_METRIC_H
#define ML_METRICS_METRIC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "la/mat.h"

enum ml_metric_task { ML_FOR_CLASSES, ML_FOR_NUMBERS, ML_FOR_CLUSTERS };

/* What must be there to compute it. */
enum ml_metric_needs {
	ML_NEEDS_PRED = 1,   /* predicted classes or numbers */
	ML_NEEDS_PROB = 2,   /* probabilities of all classes */
	ML_NEEDS_SCORE = 4,  /* any numbers that rise with the chance of a class */
	ML_NEEDS_ORDER = 8,  /* rows sorted by absolute error (sheet->order[0]) */
	ML_NEEDS_GROUP = 32, /* rows that are ranked together */
	ML_NEEDS_EACH = 16,  /* of two classes both are ranked (of a sheet, not of a metric) */
	ML_NEEDS_TRUTH = 64, /* of clusters: true classes, too */
	ML_NEEDS_FEATURES = 128, /* of clusters: what they were made of */
	ML_NEEDS_PAIRS = 256,    /* and all distances between rows: quadratic cost */
};

/* Rows to be scored.  Everything is borrowed. */
struct ml_scored {
	enum ml_metric_task task;
	size_t n;
	const double *w;             /* n weights >= 0, or NULL for all 1 */
	const double *truth, *value; /* ML_FOR_NUMBERS: n each, finite */
	const int32_t *group;        /* n: 0.., rows that are ranked together; or NULL */
	size_t classes;              /* k >= 1; the rest is for classes and clusters */
	size_t positive;             /* the positive one; of meaning when k <= 2 */
	const int32_t *y;            /* n true classes */
	const int32_t *pred;         /* n predicted classes, or NULL */
	struct ml_mat prob;          /* n x k in [0, 1]; v NULL: none */
	const double *score; /* n: score of the positive class, k <= 2; or NULL: prob is used */
	/* ML_FOR_CLUSTERS: pred are clusters and y the true classes, or NULL; both are codes of
	 * one list, which does not mean that they have to do with each other. */
	struct ml_mat x;      /* n x features, finite; v NULL: none */
	int32_t noise;        /* the code of rows that are in no cluster, or -1 */
	const size_t *sample; /* rows that ML_NEEDS_PAIRS looks at, or NULL for all */
	size_t sampled;
	int threads; /* that may work on pairs; 0: one */
};

/* Parameters of metrics. */
struct ml_metric_opts {
	double beta; /* > 0: fbeta; recall counts beta times as much as precision */
	size_t bins; /* 1..ML_BINS_MAX: ece, calibration curve */
};
enum { ML_BINS_MAX = 1000 };

/* Weighted counts of one class against the rest, or pooled over the classes. */
struct ml_counts {
	double tp, fp, fn, tn;
};

/* Averages over classes, as scikit-learn names them.  ML_AVG_PLAIN is the bare name: of two
 * classes the positive one, of more the macro average. */
enum ml_average { ML_AVG_PLAIN, ML_AVG_MACRO, ML_AVG_MICRO, ML_AVG_WEIGHTED, ML_AVG_CLASS };

struct ml_parts; /* metrics/sheet.h */

struct ml_metric {
	const char *name;      /* "balanced-accuracy" */
	const char *aliases;   /* comma-separated, or NULL */
	const char *summary;   /* one clause, no full stop */
	const char *undefined; /* when it is not defined: "the truth holds one class only"; ""
				  never */
	enum ml_metric_task task;
	unsigned needs; /* of ml_metric_needs */
	bool higher_better;
	double lo, hi;   /* closed range of its values; infinite where unbounded */
	bool by_default; /* reported when no metric is asked for */
	bool takes_top;  /* NAME@K looks at the first K ranks */
	/* Exactly one of: */
	double (*value)(const struct ml_parts *p, const struct ml_metric_opts *o);
	double (*of_counts)(const struct ml_counts *c,
			    const struct ml_metric_opts *o);      /* all averages */
	double (*of_class)(const struct ml_parts *p, size_t c);   /* all averages but micro */
	double (*of_ranks)(const struct ml_parts *p, size_t top); /* top 0: all ranks */
};

/* A metric, and over which classes it is taken. */
struct ml_measure {
	const struct ml_metric *metric;
	enum ml_average average;
	size_t cls; /* ML_AVG_CLASS: which class */
	size_t top; /* ranks that are looked at; 0: all */
};

/* The value, or NaN where it is not defined (or is beyond the largest double).
 * Macro averages go over the classes that occur in truth or predictions, as in
 * scikit-learn, and are not defined when one of them is not. */
double ml_measure_value(const struct ml_measure *m, const struct ml_parts *p,
			const struct ml_metric_opts *o);
/* What a sheet must have for it: of its metric, and of its average. */
unsigned ml_measure_needs(const struct ml_measure *m);
/* True for metrics that have a value for each class, and averages. */
bool ml_metric_has_classes(const struct ml_metric *m);
/* Name of an average as a suffix, "-macro"; "" for ML_AVG_PLAIN and ML_AVG_CLASS. */
const char *ml_average_suffix(enum ml_average a);

/* NULL-ended, sorted by name; built from metrics.def. */
extern const struct ml_metric *const ml_metrics[];
/* Finds NAME, NAME-AVERAGE or NAME@K (n bytes), aliases as well; '_' counts as '-'.  False when
 * there is no such metric, or it has no such average, or no ranks. */
bool ml_metric_find(const char *name, size_t n, struct ml_measure *out);

#endif
