/* train_weights.c - --class-weight. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/number.h"
#include "base/utf8.h"
#include "core/train_parts.h"
#include "data/columns.h"

struct class_weights {
	const struct ml_outcome *o;
	double *v;
};

static int set_class_weight(void *arg, const char *columns, const char *how,
			    struct ml_error *err)
{
	struct class_weights *cw = arg;
	struct ml_number x;

	if (!columns || !ml_number_parse(how, strlen(how), &x) || x.value < 0)
		return ml_fail(
			err, ML_EUSAGE, "E-USAGE",
			"--class-weight: '%s' is not CLASS=NUMBER (or 'balanced')",
			ML_SHOW(columns ? columns : how, strlen(columns ? columns : how)));
	for (size_t c = 0; c < cw->o->n_classes; c++)
		if (!strcmp(cw->o->classes[c], columns)) {
			cw->v[c] = x.value;
			return ML_OK;
		}
	return ml_fail(err, ML_EUSAGE, "E-USAGE", "--class-weight: '%s' is no class of '%s'",
		       ML_SHOW(columns, strlen(columns)),
		       ML_SHOW(cw->o->target, strlen(cw->o->target)));
}

/* balanced: the classes get equal total weight, and the sum of all weights stays what it was.
 */
static void balance(struct ml_aim *a, double *v, size_t rows)
{
	double all = 0;

	for (size_t i = 0; i < rows; i++)
		v[(size_t)a->y[i]] += a->w ? a->w[i] : 1;
	for (size_t c = 0; c < a->outcome.n_classes; c++)
		all += v[c];
	for (size_t c = 0; c < a->outcome.n_classes; c++)
		v[c] = all / ((double)a->outcome.n_classes * v[c]);
}

int ml_aim_weigh(struct ml_aim *a, const char *spec, size_t rows, struct ml_error *err)
{
	double *v = ml_alloc(a->outcome.n_classes, sizeof *v, err);
	struct class_weights cw = { &a->outcome, v };
	int rc = v ? ML_OK : err->code;

	if (!rc && !strcmp(spec, "balanced")) {
		balance(a, v, rows);
	} else if (!rc) {
		for (size_t c = 0; c < a->outcome.n_classes; c++)
			v[c] = 1;
		rc = ml_names_each(spec, set_class_weight, &cw, err);
	}
	if (!rc && !a->w) {
		if (!(a->w = ml_alloc(rows, sizeof *a->w, err)))
			rc = err->code;
		for (size_t i = 0; !rc && i < rows; i++)
			a->w[i] = 1;
	}
	for (size_t i = 0; !rc && i < rows; i++) {
		a->w[i] *= v[(size_t)a->y[i]];
		if (!(a->w[i] > 0 && isfinite(a->w[i])))
			rc = ml_fail(err, ML_EUSAGE, "E-USAGE",
				     "--class-weight: class '%s' gets weight %g, expected more "
				     "than 0",
				     a->outcome.classes[(size_t)a->y[i]], a->w[i]);
	}
	a->class_weight = v;
	return rc;
}
