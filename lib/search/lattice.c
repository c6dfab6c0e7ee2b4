/* lattice.c - grid search: every combination once, the last parameter changing fastest.
 *
 * A range takes --points values, evenly on its scale, both ends included; those that round to
 * the same value are one.  A parameter takes part only where it is active: with below(p) for
 * the combinations of p and all that depends on it, below(p) = sum over values v of p of the
 * product of below(c), c a child active with v, the grid has the product of below(r) over the
 * parameters r that have no condition.  Point i is found by going through the parameters in
 * order and skipping values whose combinations lie wholly before it: O(n (n + values)),
 * whatever i is. */
#include <math.h>
#include <stdlib.h>

#include "base/mem.h"
#include "search/search.h"

/* More are no search but a mistake, and their points would not fit a journal. */
static const double most = 1e6;

struct grid_opts {
	int64_t points;
};

static const struct ml_opt opts[] = {
	{ .name = "points",
	  .type = ML_INT,
	  .def = "5",
	  .lo = 1,
	  .hi = 1e6,
	  .arg = "N",
	  .offset = ML_FIELD(struct grid_opts, points, int64_t),
	  .help = "how many values of a range are tried, where the range does not say itself" },
	ML_OPT_END
};

/* Level k of m of a range: 10^-3, 10^-2, ... exactly, where these are asked for. */
static double level(const struct ml_space *s, size_t j, size_t k, size_t m)
{
	const struct ml_param *p = &s->v[j];
	double t = m > 1 ? (double)k / (double)(m - 1) : 0.5;

	if (m > 1 && (k == 0 || k == m - 1))
		return k ? p->hi : p->lo;
	double v = p->log ? p->lo * pow(p->hi / p->lo, t) : p->lo + t * (p->hi - p->lo);

	return ml_space_round(s, j, v);
}

struct grid {
	const struct ml_space *space;
	double **value; /* n lists */
	size_t *values;
	double *below;
};

static void grid_release(struct grid *g)
{
	for (size_t j = 0; g->value && j < g->space->n; j++)
		free(g->value[j]);
	free(g->value);
	free(g->values);
	free(g->below);
}

static int fill_values(struct grid *g, size_t j, size_t points, struct ml_error *err)
{
	const struct ml_param *p = &g->space->v[j];
	bool choice = p->kind == ML_PARAM_CHOICE;
	size_t m = choice ? p->choices : p->points ? p->points : points, n = 0;

	if (!choice && p->kind == ML_PARAM_WHOLE && (double)m > p->hi - p->lo + 1)
		m = (size_t)(p->hi - p->lo + 1);
	double *v = g->value[j] = ml_alloc(m, sizeof *v, err);
	if (!v)
		return err->code;
	for (size_t k = 0; k < m; k++) {
		double at = choice ? (double)k : level(g->space, j, k, m);
		if (!n || at != v[n - 1])
			v[n++] = at;
	}
	g->values[j] = n;
	return ML_OK;
}

static bool depends(const struct grid *g, size_t child, size_t j, double value)
{
	const struct ml_param *c = &g->space->v[child];

	return c->parent == j && c->when[(size_t)value];
}

/* Combinations of what depends on j when it has this value. */
static double with_value(const struct grid *g, size_t j, double value)
{
	double n = 1;

	for (size_t c = j + 1; c < g->space->n; c++)
		if (depends(g, c, j, value))
			n *= g->below[c];
	return n;
}

static int grid_init(struct grid *g, const struct ml_search_plan *s, struct ml_error *err)
{
	const struct grid_opts *o = s->opts;
	size_t n = s->space->n;
	int rc = ML_OK;

	*g = (struct grid){ .space = s->space };
	if (!(g->value = ml_alloc(n, sizeof *g->value, err)) ||
	    !(g->values = ml_alloc(n, sizeof *g->values, err)) ||
	    !(g->below = ml_alloc(n, sizeof *g->below, err)))
		return err->code;
	for (size_t j = n; !rc && j-- > 0;) {
		rc = fill_values(g, j, (size_t)o->points, err);
		/* Only choices have children, so the values of a range are as many. */
		if (!rc && s->space->v[j].kind != ML_PARAM_CHOICE)
			g->below[j] = (double)g->values[j];
		else
			for (size_t k = 0; !rc && k < g->values[j]; k++)
				g->below[j] += with_value(g, j, g->value[j][k]);
	}
	return rc;
}

static int count(const struct ml_search_plan *s, size_t *trials, struct ml_error *err)
{
	struct grid g;
	double n = 1;
	int rc = grid_init(&g, s, err);

	for (size_t j = 0; !rc && j < s->space->n; j++)
		if (s->space->v[j].parent == SIZE_MAX)
			n *= g.below[j];
	if (!rc && n > most)
		rc = ml_fail(
			err, ML_EDATA, "E-LIMIT",
			"the grid has %.3g points, more than a million: fewer --points, or "
			"another method",
			n);
	if (!rc)
		*trials = (size_t)n;
	grid_release(&g);
	return rc;
}

/* Point i of the grid.  All counts are whole and far below 2^53. */
static void unrank(const struct grid *g, double i, double *point)
{
	const struct ml_space *space = g->space;
	double left =
		1; /* combinations of the parameters that are open: roots and active ones */

	for (size_t j = 0; j < space->n; j++)
		if (space->v[j].parent == SIZE_MAX)
			left *= g->below[j];
	for (size_t j = 0; j < space->n; j++) {
		if (!ml_space_active(space, point, j)) {
			point[j] = (double)NAN;
			continue;
		}
		left /= g->below[j];
		for (size_t k = 0; k < g->values[j]; k++) {
			double here = left * with_value(g, j, g->value[j][k]);
			if (i < here) {
				point[j] = g->value[j][k];
				left = here;
				break;
			}
			i -= here;
		}
	}
}

static int propose(const struct ml_search_plan *s, size_t i, const struct ml_trial *ended,
		   double *point, double *budget, const struct ml_run *run,
		   struct ml_error *err)
{
	struct grid g;
	int rc = grid_init(&g, s, err);

	(void)ended;
	(void)run;
	if (!rc)
		unrank(&g, (double)i, point);
	grid_release(&g);
	*budget = 1;
	return rc;
}

const struct ml_search ml_search_grid = {
	.name = "grid",
	.summary = "every combination of the values once",
	.opts = opts,
	.opts_size = sizeof(struct grid_opts),
	.count = count,
	.propose = propose,
};
