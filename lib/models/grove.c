/* grove.c - trees whose mean is predicted. */
#include "models/grove.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "models/shap.h"

void ml_grove_init(struct ml_grove *m, const struct ml_problem *p)
{
	m->classes = p->nclass;
	m->trees.features = p->x.cols;
	m->trees.outputs = 1;
}

int ml_criterion_check(enum ml_criterion c, const char *name, const struct ml_problem *p,
		       struct ml_error *err)
{
	if ((c == ML_GINI || c == ML_ENTROPY) != (p->nclass > 0))
		return ml_fail(err, ML_EUSAGE, "E-USAGE", "--criterion %s is not for %s", name,
			       p->nclass ? "classes" : "numbers");
	for (size_t i = 0; c == ML_POISSON && i < p->x.rows; i++)
		if (p->y[i] < 0)
			return ml_fail(err, ML_EDATA, "E-TARGET",
				       "--criterion poisson takes targets from 0, and there is "
				       "%g",
				       p->y[i]);
	return ML_OK;
}

int ml_grove_predict(const void *state, const struct ml_mat *x, struct ml_mat *out,
		     struct ml_error *err)
{
	const struct ml_grove *m = state;
	double n = (double)m->trees.n;
	size_t k = m->classes;

	if (ml_mat_expect(x, m->trees.features, err))
		return err->code;
	if (m->bags)
		return ml_bags_predict(m->bags, &m->trees, x, out, err);
	for (size_t i = 0; i < x->rows; i++)
		memset(out->v + i * out->ld, 0, (k ? k : 1) * sizeof *out->v);
	struct ml_mat sums = { out->v, out->rows, k > 2 ? k : 1, out->ld };
	ml_trees_sum_vectors(&m->trees, 0, m->trees.n, x, &sums);
	for (size_t i = 0; i < x->rows; i++) {
		double *o = out->v + i * out->ld;

		for (size_t c = 0; c < sums.cols; c++)
			o[c] /= n;
		if (k == 2) {
			o[1] = o[0];
			o[0] = 1 - o[1];
		}
	}
	return ML_OK;
}

size_t ml_grove_width(const void *state)
{
	const struct ml_grove *m = state;

	return m->classes ? m->classes : 1;
}

void ml_grove_save(const void *state, struct ml_fields *out)
{
	const struct ml_grove *m = state;

	ml_put_size(out, "classes", m->classes);
	if (m->judged)
		ml_put_real(out, m->classes ? "oob-error" : "oob-mse", m->oob);
	ml_trees_save(&m->trees, out);
	if (m->bags)
		ml_bags_save(m->bags, out);
}

/* Leaves of two classes hold a share; of more, shares that sum to 1. */
static int check_shares(const struct ml_trees *t, struct ml_error *err)
{
	for (size_t tree = 0; t->width <= 1 && tree < t->n; tree++)
		for (size_t k = t->root[tree]; k < t->root[tree + 1]; k++)
			if (ml_tnode_is_leaf(t, tree, k - t->root[tree]) &&
			    !(t->value[k] >= 0 && t->value[k] <= 1))
				return ml_fail(err, ML_EDATA, "E-MODEL",
					       "node %zu: a share of %g", k, t->value[k]);
	for (size_t k = 0; k < t->vectors; k++) {
		double sum = 0;

		for (size_t c = 0; c < t->width; c++) {
			double v = t->vector[k * t->width + c];

			sum += v >= 0 && v <= 1 ? v : (double)NAN;
		}
		if (!(fabs(sum - 1) < 1e-9))
			return ml_fail(err, ML_EDATA, "E-MODEL", "shares that sum to %g", sum);
	}
	return ML_OK;
}

static int load_bags(struct ml_grove *m, const struct ml_fields *in, struct ml_error *err)
{
	if (m->classes)
		return ml_fail(err, ML_EDATA, "E-MODEL", "quantiles of classes");
	if (!(m->bags = ml_alloc(1, sizeof *m->bags, err)) || ml_bags_load(m->bags, in, err))
		return err->code;
	return ml_bags_bind(m->bags, &m->trees, err);
}

int ml_grove_load(void *state, unsigned format, const struct ml_fields *in,
		  struct ml_error *err)
{
	struct ml_grove *m = state;
	const char *name;

	(void)format; /* only version 1 exists */
	if (ml_get_size(in, "classes", 1u << 20, &m->classes, err))
		return err->code;
	name = m->classes ? "oob-error" : "oob-mse";
	m->judged = ml_has(in, name);
	int rc = m->judged ? ml_get_real(in, name, &m->oob, err) : ML_OK;
	if (!rc)
		rc = ml_trees_load(&m->trees, in, err);
	size_t wide = m->classes > 2 ? m->classes : 1, has = m->trees.width;
	if (!rc && (m->trees.outputs != 1 || !m->trees.n || m->classes == 1 ||
		    (has ? has : 1) != wide))
		rc = ml_fail(err, ML_EDATA, "E-MODEL", "field 'classes': %zu, width %zu",
			     m->classes, has);
	if (!rc && m->classes)
		rc = check_shares(&m->trees, err);
	return rc || !ml_has(in, "quantile") ? rc : load_bags(m, in, err);
}

void ml_grove_release(void *state)
{
	struct ml_grove *m = state;

	if (m->bags)
		ml_bags_release(m->bags);
	free(m->bags);
	ml_trees_release(&m->trees);
}

void ml_grove_importances(const void *state, double *gain)
{
	ml_trees_gain(&((const struct ml_grove *)state)->trees, gain);
}

void ml_grove_splits(const void *state, double *count)
{
	ml_trees_splits(&((const struct ml_grove *)state)->trees, count);
}

size_t ml_grove_scores(const void *state)
{
	const struct ml_grove *m = state;

	return m->classes ? m->classes : 1;
}

/* Of two classes leaves tell the share of the second; that of the first is the rest. */
static void both_classes(double *o, size_t p)
{
	for (size_t j = 0; j <= p; j++) {
		o[p + 1 + j] = o[j];
		o[j] = (j == p) - o[j];
	}
}

/* Of the mean of the trees: of numbers, or shares of a class. */
int ml_grove_contributions(const void *state, const struct ml_mat *x, struct ml_mat *out,
			   struct ml_error *err)
{
	const struct ml_grove *m = state;
	size_t p = m->trees.features, scores = m->classes > 2 ? m->classes : 1;
	struct ml_mat sums = { out->v, x->rows, scores * (p + 1), out->ld };

	for (size_t i = 0; i < x->rows; i++)
		memset(sums.v + i * sums.ld, 0, sums.cols * sizeof *sums.v);
	int rc = ml_trees_shap(&m->trees, x, &sums, err);
	for (size_t i = 0; !rc && i < x->rows; i++) {
		double *o = sums.v + i * sums.ld;

		for (size_t j = 0; j < sums.cols; j++)
			o[j] /= (double)m->trees.n;
		if (m->classes == 2)
			both_classes(o, p);
	}
	return rc;
}

const struct ml_trees *ml_grove_trees(const void *state)
{
	return &((const struct ml_grove *)state)->trees;
}
