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

/* "f1>=0.8", "auc >= champion - 0.005 @ 95%": what has to hold of a metric (core/gates.h). */
struct ml_gate {
	size_t item;
	enum ml_relation relation;
	double factor; /* the metric is held against factor * champion's + bound; 0: against
			* bound */
	double bound;
	double level;      /* with this confidence, in [0.5, 1); 0: as measured */
	const char *text;  /* as typed; borrowed */
	size_t len, limit; /* the metric is text[0..len), the limit begins at text + limit */
};

struct ml_measures {
	struct ml_measures_item *item;
	size_t n, cap;
	bool confusion; /* the confusion matrix is asked for */
	struct ml_gate *gate;
	size_t gates, gates_cap;
};

/* metrics: lists of NAME[-AVERAGE][:CLASS], NAME@K, confusion, all; separated by commas
 * (backslash escapes them in a class); none, and `usual`: those that are by_default and that
 * the columns allow. gates: core/gates.h. ML_EUSAGE, E-USAGE: unknown metric (with the
 * nearest), class or operator, a metric of the other task; ML_EDATA, E-COLUMNS: a metric that
 * needs columns which are not there. */
int ml_measures_init(struct ml_measures *m, const struct ml_scoring *s,
		     const struct ml_texts *metrics, bool usual, const struct ml_texts *gates,
		     const struct ml_metric_opts *o, struct ml_error *err) ML_CHECK;
void ml_measures_release(struct ml_measures *m);
/* Of all metrics together (ml_metric_needs). */
unsigned ml_measures_needs(const struct ml_measures *m);
/* Name of a metric as it is printed, without the class: "f1-macro". */
enum { ML_MEASURE_NAME = 64 };
void ml_measure_name(const struct ml_measure *m, char out[ML_MEASURE_NAME]);
/* Adds the metric text[0..n); *at: where it stands. */
int ml_measures_add(struct ml_measures *m, const struct ml_scoring *s, const char *text,
		    size_t n, bool hidden, size_t *at, struct ml_error *err) ML_CHECK;
/* Can it be told of these rows?  E-COLUMNS, E-USAGE as above. */
int ml_measure_check(const struct ml_measure *m, const struct ml_scoring *s,
		     struct ml_error *err) ML_CHECK;
/* For several predictions that are coded alike: the metrics named, which all must have (errors
 * name the file), or the usual ones that all have, but for those of a single class. */
int ml_measures_common(struct ml_measures *m, const struct ml_scoring *s, size_t n,
		       const char *const *file, const struct ml_texts *metrics,
		       const struct ml_metric_opts *o, struct ml_error *err) ML_CHECK;

#endif
