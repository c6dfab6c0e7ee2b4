/* influence.c - importance of parameters by PED-ANOVA.
 *
 * A parameter matters when the best trials have other values of it than all trials.  Let p be
 * the density of its values over all trials, q that over the best share of them, each estimated
 * from the trials; its importance is the Pearson divergence
 *     D(q || p) = sum over cells u of p(u) (q(u) / p(u) - 1)^2,
 * which is, up to a factor that all have alike, the variance that the parameter alone explains
 * of the indicator "among the best" (functional ANOVA of first order).
 * Source: Watanabe, Bansal, Hutter (2023) "PED-ANOVA: efficiently quantifying hyperparameter
 * importance in arbitrary subspaces", equations 12 to 16; densities over GRID cells of the unit
 * scale by a Gaussian kernel of Scott's width, with a uniform prior of weight one trial.
 * A parameter under a condition is judged by the trials in which it is active. */
#include "core/influence.h"

#include <math.h>
#include <stdlib.h>

#include "base/mem.h"

enum { GRID = 50, FEWEST = 8 };

struct ranked {
	size_t trial;
	double loss;
};

static int by_loss(const void *va, const void *vb)
{
	const struct ranked *a = va, *b = vb;

	if (a->loss != b->loss)
		return a->loss < b->loss ? -1 : 1;
	return (a->trial > b->trial) - (a->trial < b->trial);
}

/* Trials that are done on the largest budget, best first. */
static size_t rank(const struct ml_trials *t, bool maximize, struct ranked *r)
{
	double budget = 0;
	size_t n = 0;

	for (size_t i = 0; i < t->n; i++)
		if (t->v[i].state == ML_STATE_DONE)
			budget = fmax(budget, t->v[i].budget);
	for (size_t i = 0; i < t->n; i++)
		if (t->v[i].state == ML_STATE_DONE && t->v[i].budget == budget)
			r[n++] =
				(struct ranked){ i, maximize ? -t->v[i].value : t->v[i].value };
	qsort(r, n, sizeof *r, by_loss);
	return n;
}

/* ---- densities over cells ---- */

static size_t cells_of(const struct ml_param *p)
{
	return p->kind == ML_PARAM_CHOICE ? p->choices : GRID;
}

/* Scott's rule, at least a cell wide. */
static double width_of(const double *u, size_t n)
{
	double mean = 0, ss = 0;

	for (size_t i = 0; i < n; i++)
		mean += u[i] / (double)n;
	for (size_t i = 0; i < n; i++)
		ss += (u[i] - mean) * (u[i] - mean);
	double sd = n > 1 ? sqrt(ss / (double)(n - 1)) : 0;
	return fmax(1.059 * sd * pow((double)n, -0.2), 1.0 / GRID);
}

/* Of n values u (on the unit scale, or choices); sums to 1. */
static void density(const struct ml_param *p, const double *u, size_t n, double *out)
{
	size_t cells = cells_of(p);
	double width = width_of(u, n), sum = 0;

	for (size_t c = 0; c < cells; c++)
		out[c] = 1.0 / (double)cells;
	for (size_t i = 0; i < n && p->kind == ML_PARAM_CHOICE; i++)
		out[(size_t)u[i]] += 1;
	for (size_t i = 0; i < n && p->kind != ML_PARAM_CHOICE; i++) {
		double mass[GRID], all = 0; /* of a kernel cut off at the ends */
		for (size_t c = 0; c < GRID; c++) {
			double z = (((double)c + 0.5) / GRID - u[i]) / width;
			all += mass[c] = exp(-0.5 * z * z);
		}
		for (size_t c = 0; c < GRID; c++)
			out[c] += mass[c] / all;
	}
	for (size_t c = 0; c < cells; c++)
		sum += out[c];
	for (size_t c = 0; c < cells; c++)
		out[c] /= sum;
}

struct densities { /* workspace */
	double *value, *all, *best;
};

static double divergence(const struct ml_trials *t, const struct ml_space *s, size_t p,
			 const struct ranked *r, size_t n, double top, struct densities *d,
			 size_t *used)
{
	const struct ml_param *param = &s->v[p];
	size_t m = 0;
	double sum = 0;

	for (size_t i = 0; i < n; i++) {
		double v = t->v[r[i].trial].point[p];
		if (!isnan(v))
			d->value[m++] =
				param->kind == ML_PARAM_CHOICE ? v : ml_space_unit(s, p, v);
	}
	*used = m;
	size_t best = (size_t)ceil(top * (double)m);
	if (m < FEWEST)
		return 0;
	density(param, d->value, m, d->all);
	density(param, d->value, best, d->best); /* they come best first */
	for (size_t c = 0; c < cells_of(param); c++) {
		double ratio = d->best[c] / d->all[c] - 1;
		sum += d->all[c] * ratio * ratio;
	}
	return sum;
}

static size_t most_cells(const struct ml_space *s)
{
	size_t most = GRID;

	for (size_t p = 0; p < s->n; p++)
		most = cells_of(&s->v[p]) > most ? cells_of(&s->v[p]) : most;
	return most;
}

int ml_influence(const struct ml_trials *t, const struct ml_space *s, bool maximize, double top,
		 double *share, size_t *used, struct ml_error *err)
{
	size_t cells = most_cells(s);
	struct ranked *r = ml_alloc(t->n, sizeof *r, err);
	double *room = r ? ml_alloc(t->n + 2 * cells, sizeof *room, err) : NULL, sum = 0;

	if (!room) {
		free(r);
		return err->code;
	}
	struct densities d = { room, room + t->n, room + t->n + cells };
	size_t n = rank(t, maximize, r);
	for (size_t p = 0; p < s->n; p++)
		sum += share[p] = divergence(t, s, p, r, n, top, &d, &used[p]);
	for (size_t p = 0; p < s->n && sum > 0; p++)
		share[p] /= sum;
	free(room);
	free(r);
	return n >= FEWEST ? ML_OK
			   : ml_fail(err, ML_EDATA, "E-TRIAL",
				     "only %zu trials have been done: too few to tell which "
				     "parameters matter (at least %d)",
				     n, FEWEST);
}
