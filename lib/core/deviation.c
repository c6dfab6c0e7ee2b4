/* deviation.c - standard deviations of predicted numbers, and intervals of them. */
#include "core/deviation.h"

#include <math.h>

#include "base/buf.h"

/* z with the share of a normal distribution in -z..z: by bisection, once a run. */
static double ends_of(double share)
{
	double lo = 0, hi = 40;

	for (int k = 0; k < 100; k++) {
		double z = 0.5 * (lo + hi);
		*(erfc(z * sqrt(0.5)) > 1 - share ? &lo : &hi) = z;
	}
	return 0.5 * (lo + hi);
}

int ml_deviation_init(struct ml_deviation *d, bool std, double share, struct ml_pipeline *p,
		      struct ml_error *err)
{
	const struct ml_step *s = ml_pipeline_model(p);

	*d = (struct ml_deviation){ .std = std, .share = share, .times = ends_of(share) };
	if (!std && !(share > 0))
		return ML_OK;
	if (!s)
		return ml_fail(err, ML_EDATA, "E-FORMAT",
			       "the model has no estimator, only preparations");
	if (!s->model->deviations || s->outcome.task != ML_REGRESS)
		return ml_fail(err, ML_EUSAGE, "E-USAGE",
			       "'%s' tells no standard deviation of %s", s->model->name,
			       s->outcome.task == ML_REGRESS ? "its numbers"
							     : "what is no number");
	p->deviation = d;
	return ML_OK;
}

size_t ml_deviation_columns(const struct ml_deviation *d)
{
	return d ? d->std + (d->share > 0 ? 2u : 0u) : 0;
}

const char *ml_deviation_name(const struct ml_deviation *d, size_t k)
{
	static const char *const names[] = { "std", "low", "high" };

	return names[k + !d->std];
}

double ml_deviation_value(const struct ml_deviation *d, size_t k, const double *row)
{
	const double ends[] = { row[1], row[0] - d->times * row[1],
				row[0] + d->times * row[1] };

	return ends[k + !d->std];
}

int ml_deviations_append(struct ml_table *t, const char *prefix, const struct ml_deviation *d,
			 const struct ml_mat *out, struct ml_error *err)
{
	struct ml_buf name = { 0 };
	int rc = ML_OK;

	for (size_t k = 0; !rc && k < ml_deviation_columns(d); k++) {
		ml_buf_clear(&name);
		ml_buf_printf(&name, "%s%s", prefix, ml_deviation_name(d, k));
		rc = ml_buf_check(&name, err);
		if (!rc)
			rc = ml_table_insert(t, t->ncol, ml_buf_str(&name), ML_NUMBER, err);
		for (size_t i = 0; !rc && i < t->rows; i++)
			t->col[t->ncol - 1].num[i] =
				ml_deviation_value(d, k, out->v + i * out->ld);
	}
	ml_buf_release(&name);
	return rc == ML_EDATA ? ml_context(err, "--prefix NAME avoids it") : rc;
}
