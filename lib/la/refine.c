/* refine.c - residuals and gradients in double-double. */
#include "la/refine.h"

#include <stdlib.h>

#include "base/mem.h"
#include "base/thread.h"
#include "la/slices.h"

enum { LANES = 4 };

/* Sums of a slice, high and low parts apart, so that loops over columns are plain. */
struct part {
	double *high, *low;
	struct ml_dd rss;
};

struct pass {
	const struct ml_design *d;
	const double *b_high, *b_low; /* m each */
	struct ml_slices slices;
	struct part *parts; /* one a slice */
};

void ml_design_row(const struct ml_design *d, size_t i, double *out)
{
	const double *row = d->x->v + i * d->x->ld;
	size_t k = 0;

	if (d->intercept)
		out[k++] = 1;
	for (; k < d->m; k++)
		out[k] = row[d->feature[k]] * d->scale[k];
}

/* y - u . b */
static struct ml_dd residual(const double *u, const double *high, const double *low, size_t m,
			     double y)
{
	struct ml_dd s[LANES] = { { y, 0 } }, sum;
	size_t k = 0;

	for (; k + LANES <= m; k += LANES)
		for (size_t l = 0; l < LANES; l++) {
			ml_acc_mul(&s[l], -u[k + l], high[k + l]);
			s[l].lo -= u[k + l] * low[k + l];
		}
	for (; k < m; k++) {
		ml_acc_mul(&s[k % LANES], -u[k], high[k]);
		s[k % LANES].lo -= u[k] * low[k];
	}
	sum = ml_acc_end(s[0]);
	for (size_t l = 1; l < LANES; l++)
		sum = ml_dd_add(sum, ml_acc_end(s[l]));
	return sum;
}

/* Adds r u to the sums. */
static void add_row(double *restrict high, double *restrict low, const double *restrict u,
		    struct ml_dd r, size_t m)
{
	for (size_t k = 0; k < m; k++) {
		struct ml_dd p = ml_two_prod(u[k], r.hi), s = ml_two_sum(high[k], p.hi);
		high[k] = s.hi;
		low[k] += s.lo + (p.lo + u[k] * r.lo);
	}
}

static int slice_pass(void *arg, size_t block, int worker, struct ml_error *err)
{
	struct pass *p = arg;
	const struct ml_design *d = p->d;
	struct part *part = &p->parts[block];
	size_t from = ml_slice_from(&p->slices, block), to = ml_slice_to(&p->slices, block);
	double *u = ml_alloc(d->m, sizeof *u, err);

	(void)worker;
	if (!u)
		return err->code;
	for (size_t i = from; i < to; i++) {
		ml_design_row(d, i, u);
		struct ml_dd r = residual(u, p->b_high, p->b_low, d->m, d->y[i]);
		struct ml_dd wr = ml_dd_mul(r, (struct ml_dd){ d->w ? d->w[i] : 1, 0 });
		struct ml_dd square = ml_dd_mul(wr, r);
		ml_acc_add(&part->rss, square.hi);
		part->rss.lo += square.lo;
		add_row(part->high, part->low, u, wr, d->m);
	}
	free(u);
	return ML_OK;
}

static int parts_init(struct pass *p, struct ml_error *err)
{
	size_t m = p->d->m, count = p->slices.count;
	double *v = ml_alloc(count * 2 * m, sizeof *v, err);

	if (!v)
		return err->code;
	if (!(p->parts = ml_alloc(count, sizeof *p->parts, err))) {
		free(v);
		return err->code;
	}
	for (size_t b = 0; b < count; b++) {
		p->parts[b].high = v + b * 2 * m;
		p->parts[b].low = v + b * 2 * m + m;
	}
	return ML_OK;
}

static void add_parts(const struct pass *p, struct ml_dd *g, double *rss)
{
	struct ml_dd sum = { 0, 0 };

	for (size_t k = 0; k < p->d->m; k++)
		g[k] = (struct ml_dd){ 0, 0 };
	for (size_t b = 0; b < p->slices.count; b++) {
		const struct part *part = &p->parts[b];
		sum = ml_dd_add(sum, ml_acc_end(part->rss));
		for (size_t k = 0; k < p->d->m; k++)
			g[k] = ml_dd_add(g[k], ml_two_sum(part->high[k], part->low[k]));
	}
	*rss = sum.hi;
}

int ml_refine_gradient(const struct ml_design *d, const struct ml_dd *b, struct ml_dd *g,
		       double *rss, int threads, struct ml_error *err)
{
	double *v = ml_alloc(2 * d->m, sizeof *v, err);
	struct pass p = { .d = d, .b_high = v, .slices = ml_slices_of(d->x->rows) };

	if (!v)
		return err->code;
	for (size_t k = 0; k < d->m; k++) {
		v[k] = b[k].hi;
		v[d->m + k] = b[k].lo;
	}
	p.b_low = v + d->m;
	int rc = parts_init(&p, err);
	if (!rc)
		rc = ml_parallel(threads, p.slices.count, slice_pass, &p, err);
	if (!rc)
		add_parts(&p, g, rss);
	if (p.parts)
		free(p.parts[0].high);
	free(p.parts);
	free(v);
	return rc;
}
