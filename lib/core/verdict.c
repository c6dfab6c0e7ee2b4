/* verdict.c - numbers to four digits, and words around them. */
#include "core/verdict.h"

#include <math.h>
#include <string.h>

#include "base/utf8.h"
#include "core/measures.h"

#define SHOW(s) ML_SHOW((s), strlen(s))

void ml_verdict_name(struct ml_buf *out, const struct ml_measure *m,
		     const struct ml_labels *labels)
{
	char name[ML_MEASURE_NAME];

	ml_measure_name(m, name);
	ml_buf_text(out, name);
	if (m->average == ML_AVG_CLASS)
		ml_buf_printf(out, " of class '%s'", SHOW(labels->name[m->cls]));
}

void ml_verdict_metric(struct ml_findings *r, const struct ml_measure *m,
		       const struct ml_labels *labels)
{
	char name[ML_MEASURE_NAME];

	ml_measure_name(m, name);
	ml_findings_text(r, name);
	if (m->average == ML_AVG_CLASS)
		ml_findings_text(r, labels->name[m->cls]);
	else
		ml_findings_none(r);
}

void ml_verdict_interval(struct ml_buf *out, double lo, double hi, double confidence)
{
	if (!isnan(lo))
		ml_buf_printf(out, "%.4g %% interval %.4g to %.4g", 100 * confidence, lo, hi);
}

void ml_verdict_compare(const struct ml_verdict *v, struct ml_buf *out)
{
	const struct ml_contrast *c = v->result;
	bool shown = v->p <= 1 - v->confidence && c->diff != 0;
	bool better = (c->diff > 0) == v->metric->metric->higher_better;

	if (isnan(v->value) || isnan(v->first_value) || isnan(v->p)) {
		ml_buf_printf(out, "%s and %s cannot be told apart: ", SHOW(v->second),
			      SHOW(v->first));
		ml_verdict_name(out, v->metric, v->labels);
		ml_buf_printf(out, " or its test is not defined (%s)", v->how);
		return;
	}
	if (shown)
		ml_buf_printf(out, "%s is %s than %s: ", SHOW(v->second),
			      better ? "better" : "worse", SHOW(v->first));
	else
		ml_buf_printf(out,
			      "no difference is shown between %s and %s: ", SHOW(v->second),
			      SHOW(v->first));
	ml_verdict_name(out, v->metric, v->labels);
	ml_buf_printf(out, " %.4g against %.4g (", v->value, v->first_value);
	if (!isnan(c->lo)) {
		ml_buf_printf(out, "difference %.4g, ", c->diff);
		ml_verdict_interval(out, c->lo, c->hi, v->confidence);
		ml_buf_text(out, "; ");
	}
	ml_buf_printf(out, "p = %.2g%s, %s)", v->p, v->corrected ? " by Holm" : "", v->how);
}
