/* measures.h - which metrics are computed: what the user asked for, or the usual ones. */
#ifndef ML_CORE_MEASURES_H
#define ML_CORE_MEASURES_H

#include "core/scoring.h"
#include "metrics/metric.h"

struct ml_measures_item {
	struct ml_measure measure;
	bool hidden; /* computed for a gate, not reported */
};

enum ml_relation { ML_AT_LEAST, ML_AT_MOST, ML_ABOVE, ML_BELOW, ML_EQUAL };

/* "f1>=0.8": a metric that has to hold. */
struct ml_gate {
	size_t item;
	enum ml_relation relation;
	double bound;
	const char *name; /* the metric as typed, len bytes; borrowed */
	size_t len;
};

struct ml_measures {
	struct ml_measures_item *item;
	size_t n, cap;
	bool confusion; /* the confusion matrix is asked for */
	struct ml_gate *gate;
	size_t gates, gates_cap;
};

/* metrics: lists of NAME[-AVERAGE][:CLASS], confusion, all; separated by commas (backslash
 * escapes them in a class); none, and `usual`: those that are by_default and that the columns
 * allow. gates: NAME OPERATOR NUMBER. ML_EUSAGE, E-USAGE: unknown metric (with the nearest),
 * class or operator, a metric of the other task; ML_EDATA, E-COLUMNS: a metric that needs
 * columns which are not there. */
int ml_measures_init(struct ml_measures *m, const struct ml_scoring *s,
		     const struct ml_texts *metrics, bool usual, const struct ml_texts *gates,
		     const struct ml_metric_opts *o, struct ml_error *err) ML_CHECK;
void ml_measures_release(struct ml_measures *m);
/* Of all metrics together (ml_metric_needs). */
unsigned ml_measures_needs(const struct ml_measures *m);
/* Name of a metric as it is printed, without the class: "f1-macro". */
enum { ML_MEASURE_NAME = 64 };
void ml_measure_name(const struct ml_measure *m, char out[ML_MEASURE_NAME]);
/* values[i] of the items; ML_OK, or 1 and *err (E-GATE): "gate failed: f1 is 0.71, expected >=
 * 0.8"; the same for all gates that failed.  A value that is not defined fails. */
int ml_gates_check(const struct ml_measures *m, const double *value,
		   struct ml_error *err) ML_CHECK;

#endif
