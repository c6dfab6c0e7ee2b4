/* binned.c - features as bins. */
#include "models/binned.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/thread.h"
#include "la/argsort.h"

/* Rows that cuts are taken from: 255 bins of some 400 values each, so that the weight of a bin
 * is right to some 5 %; more change no tree. */
enum { SAMPLE = 100000 };
/* Rows binned at a time, whose bytes stay in the second cache. */
enum { BLOCK = 4096 };

static double cell(const struct ml_problem *p, size_t i, size_t j)
{
	return p->x.v ? p->x.v[i * p->x.ld + j] : p->col[j][i];
}

/* ---- cuts of numbers ---- */

/* A distinct value of the sample. */
struct value {
	double v, w;
};

/* Which rows are looked at: one of each `step`. */
static size_t step_of(size_t rows)
{
	return rows / SAMPLE + 1;
}

static int distinct(struct value **out, size_t *n, const struct ml_problem *p, size_t j,
		    struct ml_error *err)
{
	size_t step = step_of(p->x.rows), most = p->x.rows / step + 1, m = 0;
	double *v = ml_alloc(most, sizeof *v, err);
	size_t *row = v ? ml_alloc(most, sizeof *row, err) : NULL;
	uint32_t *order = row ? ml_alloc(most, sizeof *order, err) : NULL;
	struct value *d = order ? ml_alloc(most, sizeof *d, err) : NULL;
	int rc = d ? ML_OK : err->code;

	for (size_t i = step / 2; !rc && i < p->x.rows; i += step) {
		double x = cell(p, i, j);

		if (isnan(x))
			continue;
		row[m] = i;
		v[m++] = x;
	}
	if (!rc)
		rc = ml_argsort(v, 1, m, order, err);
	*n = 0;
	for (size_t k = 0; !rc && k < m; k++) {
		size_t i = order[k];
		double w = p->w ? p->w[row[i]] : 1;

		if (*n && d[*n - 1].v == v[i])
			d[*n - 1].w += w;
		else
			d[(*n)++] = (struct value){ v[i], w };
	}
	free(order);
	free(row);
	free(v);
	if (rc)
		free(d);
	else
		*out = d;
	return rc;
}

/* Halfway, and not the upper value whatever rounding does. */
static double between(double a, double b)
{
	double m = a / 2 + b / 2;

	return m < b ? (m > a ? m : a) : a;
}

/* Cuts the n values so that bins weigh alike; a value heavier than its share stays alone. */
static void cut_values(struct ml_cuts *c, const struct value *d, size_t n, size_t max_bins)
{
	double left = 0, held = 0;
	size_t bins_left = max_bins;

	for (size_t k = 0; k < n; k++)
		left += d[k].w;
	double share = left / (double)max_bins;
	c->bins = 1;
	for (size_t k = 0; k + 1 < n && c->bins < max_bins; k++) {
		bool heavy = d[k].w >= share, next_heavy = d[k + 1].w >= share;

		held += d[k].w;
		bool full = n <= max_bins || heavy || next_heavy ||
			    held >= left / (double)bins_left;
		if (!full)
			continue;
		c->upper[c->bins++ - 1] = between(d[k].v, d[k + 1].v);
		left -= held;
		held = 0;
		bins_left--;
	}
}

static int cut_numbers(struct ml_cuts *c, const struct ml_problem *p, size_t j, size_t max_bins,
		       struct ml_error *err)
{
	struct value *d = NULL;
	size_t n;

	if (!(c->upper = ml_alloc(max_bins, sizeof *c->upper, err)) ||
	    distinct(&d, &n, p, j, err))
		return err->code;
	cut_values(c, d, n, max_bins);
	free(d);
	return ML_OK;
}

/* ---- bins of categories ---- */

struct level {
	int32_t code;
	double w;
};

static int heavier(const void *a, const void *b)
{
	const struct level *u = a, *v = b;

	return u->w != v->w ? (u->w < v->w) - (u->w > v->w)
			    : (u->code > v->code) - (u->code < v->code);
}

static int bin_levels(struct ml_cuts *c, const struct ml_problem *p, size_t j, size_t max_bins,
		      struct ml_error *err)
{
	struct level *l = ml_alloc(c->levels, sizeof *l, err);

	if (!l || !(c->bin = ml_alloc(c->levels, sizeof *c->bin, err)) ||
	    !(c->level = ml_alloc(max_bins, sizeof *c->level, err))) {
		free(l);
		return err->code;
	}
	for (size_t k = 0; k < c->levels; k++)
		l[k].code = (int32_t)k;
	for (size_t i = 0; i < p->x.rows; i++) {
		double x = cell(p, i, j);

		if (!isnan(x))
			l[(size_t)x].w += p->w ? p->w[i] : 1;
	}
	qsort(l, c->levels, sizeof *l, heavier);
	c->bins = c->levels < max_bins ? c->levels : max_bins;
	while (c->bins > 1 && !(l[c->bins - 1].w > 0))
		c->bins--;
	memset(c->bin, (int)c->bins, c->levels);
	for (size_t k = 0; k < c->bins; k++) {
		c->bin[l[k].code] = (uint8_t)k;
		c->level[k] = l[k].code;
	}
	free(l);
	return ML_OK;
}

struct making {
	struct ml_cuts *cuts;
	const struct ml_problem *p;
	size_t max_bins;
};

static int make_one(void *arg, size_t j, int worker, struct ml_error *err)
{
	const struct making *m = arg;
	struct ml_cuts *c = &m->cuts[j];

	(void)worker;
	c->levels = m->p->levels && m->p->levels[j] > 0 ? (size_t)m->p->levels[j] : 0;
	return c->levels ? bin_levels(c, m->p, j, m->max_bins, err)
			 : cut_numbers(c, m->p, j, m->max_bins, err);
}

/* Those without a bin are a guess. */
static void warn_levels(const struct ml_cuts *c, size_t n, size_t max_bins,
			const struct ml_run *run)
{
	for (size_t j = 0; run->warn && j < n; j++)
		if (c[j].levels > max_bins && c[j].bins == max_bins)
			run->warn(
				run->user, "W-BINS", j,
				"%zu levels: the %zu most frequent are told apart, the others "
				"are taken for missing",
				c[j].levels, max_bins);
}

int ml_cuts_make(struct ml_cuts **cuts, const struct ml_problem *p, size_t max_bins,
		 const struct ml_run *run, struct ml_error *err)
{
	struct making m = { ml_alloc(p->x.cols, sizeof **cuts, err), p, max_bins };

	*cuts = m.cuts;
	int rc = m.cuts ? ml_parallel(run->threads, p->x.cols, make_one, &m, err) : err->code;
	if (!rc)
		warn_levels(m.cuts, p->x.cols, max_bins, run);
	return rc;
}

void ml_cuts_free(struct ml_cuts *cuts, size_t n)
{
	for (size_t j = 0; cuts && j < n; j++) {
		free(cuts[j].upper);
		free(cuts[j].bin);
		free(cuts[j].level);
	}
	free(cuts);
}

/* ---- bins of cells ---- */

/* Values looked up together: their comparisons do not wait for each other. */
enum { TOGETHER = 16 };

/* The number of cuts below each of m <= TOGETHER values: at most 8 comparisons each, without a
 * branch.  NaN has none below it. */
static inline void find_bins(const double *upper, size_t cuts, const double *v, size_t m,
			     uint8_t *bin)
{
	size_t at[TOGETHER] = { 0 }, n = cuts;

	for (; n > 1; n -= n / 2)
		for (size_t k = 0; k < m; k++)
			at[k] += (size_t)(upper[at[k] + n / 2 - 1] < v[k]) * (n / 2);
	for (size_t k = 0; k < m; k++)
		bin[k] = (uint8_t)(at[k] + (n && upper[at[k]] < v[k]));
}

uint8_t ml_cuts_bin(const struct ml_cuts *c, double v)
{
	if (isnan(v))
		return (uint8_t)c->bins;
	if (!c->levels) {
		uint8_t bin;

		find_bins(c->upper, c->bins - 1, &v, 1, &bin);
		return bin;
	}
	return v >= 0 && v < (double)c->levels ? c->bin[(size_t)v] : (uint8_t)c->bins;
}

struct binning {
	struct ml_binned *b;
	const struct ml_cuts *cuts;
	const struct ml_problem *p;
};

/* TOGETHER values of a number feature. */
static inline void bin_many(const struct ml_cuts *c, const double *x, size_t step, uint8_t *bin)
{
	double v[TOGETHER];

	for (size_t k = 0; k < TOGETHER; k++)
		v[k] = x[k * step];
	find_bins(c->upper, c->bins - 1, v, TOGETHER, bin);
	for (size_t k = 0; k < TOGETHER; k++)
		bin[k] = isnan(v[k]) ? (uint8_t)c->bins : bin[k];
}

static void bin_column(const struct binning *m, size_t j, size_t from, size_t to)
{
	const struct ml_cuts *c = &m->cuts[j];
	const double *x = m->p->x.v ? m->p->x.v + j : m->p->col[j];
	size_t step = m->p->x.v ? m->p->x.ld : 1, i = from, stride = m->b->stride;
	uint8_t *column = m->b->column + j * m->b->rows, *row = m->b->v + j;

	for (; !c->levels && to - i >= TOGETHER; i += TOGETHER)
		bin_many(c, x + i * step, step, column + i);
	for (; i < to; i++)
		column[i] = ml_cuts_bin(c, x[i * step]);
	for (i = from; i < to; i++)
		row[i * stride] = column[i];
}

static int bin_rows(void *arg, size_t block, int worker, struct ml_error *err)
{
	const struct binning *m = arg;
	size_t from = block * BLOCK, left = m->b->rows - from;

	(void)worker;
	(void)err;
	for (size_t j = 0; j < m->b->cols; j++)
		bin_column(m, j, from, from + (left < BLOCK ? left : BLOCK));
	return ML_OK;
}

int ml_binned_make(struct ml_binned *b, const struct ml_cuts *cuts, const struct ml_problem *p,
		   const struct ml_run *run, struct ml_error *err)
{
	struct binning m = { b, cuts, p };

	*b = (struct ml_binned){ .rows = p->x.rows, .cols = p->x.cols, .stride = p->x.cols };
	if (!(b->v = ml_alloc(b->rows, b->stride, err)) ||
	    !(b->column = ml_alloc(b->rows, b->cols, err)))
		return err->code;
	int rc = ml_parallel(run->threads, (b->rows + BLOCK - 1) / BLOCK, bin_rows, &m, err);
	for (size_t j = 0; !rc && p->used && j < b->cols; j++)
		p->used(p->used_arg, j);
	return rc;
}

void ml_binned_release(struct ml_binned *b)
{
	free(b->column);
	free(b->v);
	*b = (struct ml_binned){ 0 };
}
