/* gather.c - columns of training rows as a matrix.
 *
 * Means are correctly rounded but for an ulp, and their error enters sums of squares squared:
 * so one pass about them is as good as a corrected one. */
#include "prep/gather.h"

#include <math.h>
#include <stdlib.h>

#include "base/mem.h"
#include "base/thread.h"
#include "la/scale.h"

/* Values whose squares, and sums of these, are far from the ends of doubles are left alone. */
enum { TAME_EXPONENT = 300 };

struct looking {
	const struct ml_prep_fit *f;
	const size_t *cols;
	struct ml_gathered *g;
	double *reach; /* of each column, half of the largest distance from its center */
	bool centred;
};

static int look(void *arg, size_t k, int worker, struct ml_error *err)
{
	const struct looking *l = arg;
	const struct ml_table *t = l->f->table;
	const struct ml_column *c = &t->col[l->cols[k]];
	struct ml_moments m = ml_column_moments(c, l->f->w, t->rows);
	double mean = l->centred ? m.mean : 0;

	(void)worker;
	(void)err;
	l->g->col[k] = c->num;
	l->g->mean[k] = mean;
	l->reach[k] = fmax(fabs(m.max / 2 - mean / 2), fabs(m.min / 2 - mean / 2));
	return ML_OK;
}

static int take_weights(struct ml_gathered *g, const double *w, size_t n, struct ml_error *err)
{
	g->rows = n;
	g->largest = 1;
	g->weight = (double)n;
	if (!w)
		return ML_OK;
	g->rows = 0;
	g->largest = 0;
	for (size_t i = 0; i < n; i++)
		g->largest = fmax(g->largest, w[i]);
	if (!(g->root = ml_alloc(n, sizeof *g->root, err)))
		return err->code;
	for (size_t i = 0; i < n; i++) {
		g->root[i] = sqrt(w[i] / g->largest);
		g->rows += w[i] > 0;
	}
	g->weight = ml_sum(w, n);
	return ML_OK;
}

int ml_gather(struct ml_gathered *g, const struct ml_prep_fit *f, const size_t *cols, size_t n,
	      bool centred, const struct ml_run *run, struct ml_error *err)
{
	double reach = 0;

	*g = (struct ml_gathered){ 0 };
	struct looking l = { f, cols, g, ml_alloc(n, sizeof *l.reach, err), centred };
	int rc = l.reach ? ML_OK : err->code;
	if (!rc && (!(g->col = ml_alloc(n, sizeof *g->col, err)) ||
		    !(g->mean = ml_alloc(n, sizeof *g->mean, err)) ||
		    !(g->center = ml_alloc(n, sizeof *g->center, err))))
		rc = err->code;
	if (!rc)
		rc = ml_parallel(run->threads, n, look, &l, err);
	if (!rc)
		rc = take_weights(g, f->w, f->table->rows, err);
	for (size_t k = 0; !rc && k < n; k++)
		reach = fmax(reach, l.reach[k]);
	g->exponent = ml_exponent(reach) + 1;
	if (abs(g->exponent) <= TAME_EXPONENT || reach == 0)
		g->exponent = 0;
	else if (g->exponent < -1021)
		g->exponent = -1021;
	else if (g->exponent > 1021)
		g->exponent = 1021; /* 2^-exponent is a normal number */
	double unit = ldexp(1, -g->exponent);
	for (size_t k = 0; !rc && k < n; k++)
		g->center[k] = g->mean[k] * unit;
	free(l.reach);
	g->matrix = (struct ml_columnar){
		g->col, f->table->rows, n, unit, centred ? g->center : NULL, g->root
	};
	return rc;
}

void ml_gather_release(struct ml_gathered *g)
{
	free(g->col);
	free(g->mean);
	free(g->center);
	free(g->root);
	*g = (struct ml_gathered){ 0 };
}

double ml_gather_squares(const struct ml_gathered *g, double square, double factor)
{
	return ldexp(square * (g->largest * factor), 2 * g->exponent);
}
