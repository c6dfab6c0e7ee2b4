/* priors.c - "empirical", "uniform", or a number for each class by its name. */
#include "models/priors.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/number.h"
#include "base/utf8.h"
#include "data/columns.h"
#include "la/sums.h"

struct reading {
	const struct ml_problem *p;
	double *v; /* 0: not given yet */
};

static int take(void *arg, const char *class, const char *how, struct ml_error *err)
{
	struct reading *r = arg;
	struct ml_number x;

	if (!class || !ml_number_parse(how, strlen(how), &x) || !(x.value > 0))
		return ml_fail(err, ML_EUSAGE, "E-USAGE",
			       "--priors: '%s' is not CLASS=NUMBER above 0, nor empirical or "
			       "uniform",
			       ML_SHOW(class ? class : how, strlen(class ? class : how)));
	for (size_t c = 0; r->p->classes && c < r->p->nclass; c++) {
		if (strcmp(r->p->classes[c], class))
			continue;
		if (r->v[c] > 0)
			return ml_fail(err, ML_EUSAGE, "E-USAGE", "--priors: '%s' stands twice",
				       ML_SHOW(class, strlen(class)));
		r->v[c] = x.value;
		return ML_OK;
	}
	return ml_fail(err, ML_EUSAGE, "E-USAGE", "--priors: '%s' is no class of the target",
		       ML_SHOW(class, strlen(class)));
}

/* Halves of the largest cannot overflow when they are added up. */
static void scale(double *v, size_t n)
{
	double max = 0, sum = 0;

	for (size_t c = 0; c < n; c++)
		max = fmax(max, v[c]);
	for (size_t c = 0; c < n; c++)
		v[c] /= max;
	sum = ml_sum(v, n);
	for (size_t c = 0; c < n; c++)
		v[c] /= sum;
}

int ml_priors_read(const char *spec, const struct ml_problem *p, double **priors,
		   struct ml_error *err)
{
	struct reading r = { .p = p };
	int rc = ML_OK;

	*priors = NULL;
	if (!strcmp(spec, "empirical"))
		return ML_OK;
	if (!(r.v = ml_alloc(p->nclass, sizeof *r.v, err)))
		return err->code;
	*priors = r.v;
	for (size_t c = 0; c < p->nclass; c++)
		r.v[c] = !strcmp(spec, "uniform");
	if (strcmp(spec, "uniform"))
		rc = ml_names_each(spec, take, &r, err);
	for (size_t c = 0; !rc && c < p->nclass; c++)
		if (!(r.v[c] > 0))
			rc = ml_fail(err, ML_EUSAGE, "E-USAGE", "--priors: class '%s' has none",
				     p->classes ? ML_SHOW(p->classes[c], strlen(p->classes[c]))
						: "");
	if (!rc)
		scale(r.v, p->nclass);
	for (size_t c = 0; !rc && c < p->nclass; c++)
		if (!(r.v[c] > 0))
			rc = ml_fail(err, ML_EUSAGE, "E-USAGE",
				     "--priors: %g is nothing beside the others", r.v[c]);
	return rc;
}

void ml_priors_save(const double *priors, size_t classes, struct ml_fields *out)
{
	if (priors)
		ml_put_reals(out, "priors", priors, classes);
}

int ml_priors_load(double **priors, size_t classes, const struct ml_fields *in,
		   struct ml_error *err)
{
	if (!ml_has(in, "priors"))
		return ML_OK;
	if (ml_get_reals(in, "priors", priors, classes, err))
		return err->code;
	for (size_t c = 0; c < classes; c++)
		if (!((*priors)[c] > 0 && (*priors)[c] <= 1))
			return ml_fail(err, ML_EDATA, "E-MODEL", "field 'priors': %g",
				       (*priors)[c]);
	return ML_OK;
}
