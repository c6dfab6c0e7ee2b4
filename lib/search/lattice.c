/* lattice.c - grid search: every combination once, the last parameter changing fastest.
 *
 * A range takes --points values, evenly on its scale, both ends included; those that round to
 * the same value are one.  A parameter takes part only where it is active: with below(p) for
 * the combinations of p and all that depends on it, below(p) = sum over values v of p of the
 * product of below(c), c a child active with v, the grid has the product of below(r) over the
 * parameters r that have no condition.  Point i is found by going through the parameters in
 * order and skipping values whose combinations lie wholly before it: O(n (n + values)),
 * whatever i is. */
#include "search/lattice.h"

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

/* Value k of m of a range: 10^-3, 10^-2, ... exactly, where these are asked for. */
static double level(const struct ml_space *s, size_t j, size_t k, size_t m)
{
	const struct ml_param *p = &s->v[j];
	double t = m > 1 ? (double)k / (double)(m - 1) : 0.5;

	if (m > 1 && (k == 0 || k == m - 1))
		return k ? p->hi : p->lo;
	double v = p->log ? p->lo * pow(p->hi / p->lo, t) : p->lo + t * (p->hi - p->lo);

	return ml_space_round(s, j, v);
}

void ml_lattice_release(struct ml_lattice *g)
{
	for (size_t j = 0; g->value && j < g->space->n; j++)
		free(g->value[j]);
	free(g->value);
	free(g->values);
	free(g->below);
	*g = (struct ml_lattice){ 0 };
}

/* How many values parameter j takes, before equal ones become one; *all: every one it has. */
static size_t values_of(const struct ml_param *p, size_t points, bool *all)
{
	*all = true;
	if (p->kind == ML_PARAM_CHOICE)
		return p->choices;
	if (p->points && points != SIZE_MAX)
		points = p->points;
	*all = p->kind == ML_PARAM_WHOLE && (double)points >= p->hi - p->lo + 1;
	return *all ? (size_t)(p->hi - p->lo + 1) : points;
}

static int fill_values(struct ml_lattice *g, size_t j, size_t points, struct ml_error *err)
{
	const struct ml_param *p = &g->space->v[j];
	bool all;
	size_t m = values_of(p, points, &all), n = 0;
	double first = p->kind == ML_PARAM_CHOICE ? 0 : p->lo;
	double *v = g->value[j] = ml_alloc(m, sizeof *v, err);

	if (!v)
		return err->code;
	for (size_t k = 0; k < m; k++) {
		double at = all ? first + (double)k : level(g->space, j, k, m);
		if (!n || at != v[n - 1])
			v[n++] = at;
	}
	g->values[j] = n;
	return ML_OK;
}

/* Combinations of what depends on j when it has this value. */
static double with_value(const struct ml_lattice *g, size_t j, double value)
{
	double n = 1;

	for (size_t c = j + 1; c < g->space->n; c++)
		if (g->space->v[c].parent == j && g->space->v[c].when[(size_t)value])
			n *= g->below[c];
	return n;
}

int ml_lattice_init(struct ml_lattice *g, const struct ml_space *s, size_t points,
		    struct ml_error *err)
{
	int rc = ML_OK;

	*g = (struct ml_lattice){ .space = s, .size = 1 };
	if (!(g->value = ml_alloc(s->n, sizeof *g->value, err)) ||
	    !(g->values = ml_alloc(s->n, sizeof *g->values, err)) ||
	    !(g->below = ml_alloc(s->n, sizeof *g->below, err)))
		return err->code;
	for (size_t j = s->n; !rc && j-- > 0;) {
		rc = fill_values(g, j, points, err);
		for (size_t k = 0; !rc && k < g->values[j]; k++)
			g->below[j] += with_value(g, j, g->value[j][k]);
		if (s->v[j].parent == SIZE_MAX)
			g->size *= g->below[j];
	}
	return rc;
}

/* All counts are whole and below 2^53. */
void ml_lattice_point(const struct ml_lattice *g, size_t i, double *point)
{
	const struct ml_space *s = g->space;
	double before = (double)i; /* points to skip */
	double left = g->size;     /* combinations of what is active and not yet decided */

	for (size_t j = 0; j < s->n; j++) {
		point[j] = (double)NAN;
		if (!ml_space_active(s, point, j))
			continue;
		left /= g->below[j];
		for (size_t k = 0; k < g->values[j]; k++) {
			double here = left * with_value(g, j, g->value[j][k]);
			if (before < here) {
				point[j] = g->value[j][k];
				left = here;
				break;
			}
			before -= here;
		}
	}
}

static int count(const struct ml_search_plan *s, size_t *trials, struct ml_error *err)
{
	const struct grid_opts *o = s->opts;
	struct ml_lattice g;
	int rc = ml_lattice_init(&g, s->space, (size_t)o->points, err);

	if (!rc && g.size > most)
		rc = ml_fail(
			err, ML_EDATA, "E-LIMIT",
			"the grid has %.3g points, more than a million: fewer --points, or "
			"another method",
			g.size);
	if (!rc)
		*trials = (size_t)g.size;
	ml_lattice_release(&g);
	return rc;
}

static int propose(const struct ml_search_plan *s, size_t i, const struct ml_trial *ended,
		   double *point, double *budget, const struct ml_run *run,
		   struct ml_error *err)
{
	const struct grid_opts *o = s->opts;
	struct ml_lattice g;
	int rc = ml_lattice_init(&g, s->space, (size_t)o->points, err);

	(void)ended;
	(void)run;
	if (!rc)
		ml_lattice_point(&g, i, point);
	ml_lattice_release(&g);
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
