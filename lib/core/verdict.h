/* verdict.h - findings as one plain sentence. */
#ifndef ML_CORE_VERDICT_H
#define ML_CORE_VERDICT_H

#include "base/buf.h"
#include "core/labels.h"
#include "core/findings.h"
#include "metrics/contrast.h"
#include "metrics/metric.h"

struct ml_verdict {
	const struct ml_measure *metric;
	const struct ml_labels *labels; /* of classes */
	const char *first, *second;     /* files */
	double first_value, value, confidence;
	const struct ml_contrast *result;
	double p;        /* corrected where there are several models */
	bool corrected;  /* p is */
	const char *how; /* the test */
};

/* "b.csv is better than a.csv: auc 0.91 against 0.87, 0.04 more (95 % interval 0.02 to 0.06; p
 * 0.001, DeLong)". */
void ml_verdict_compare(const struct ml_verdict *v, struct ml_buf *out);
/* Cells metric and class. */
void ml_verdict_metric(struct ml_findings *r, const struct ml_measure *m,
		       const struct ml_labels *labels);
/* "auc", "recall of class 'yes'". */
void ml_verdict_name(struct ml_buf *out, const struct ml_measure *m,
		     const struct ml_labels *labels);
/* " (95 % interval 0.02 to 0.06" without the end; nothing where there is no interval. */
void ml_verdict_interval(struct ml_buf *out, double lo, double hi, double confidence);

#endif
