/* logloss.c - value, gradient and Hessian products of logistic regression. */
#include "models/logloss.h"

#include <limits.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/thread.h"
#include "la/block.h"
#include "la/dd.h"
#include "models/hessian.h"

/* Rows handled at once, so that they are in cache for the second multiplication. */
enum { PIECE_ROWS = 256 };

static size_t width(const struct ml_logloss *f)
{
	return f->p->x.cols + 1;
}

/* A pass over the rows: scores, then something made of them, then its products with x. */
struct pass {
	struct ml_logloss *f;
	const double *weights; /* W, or a direction V */
	const double *turned;  /* the same, (p + 1) x rows */
	bool offset;           /* scores include the offset */
	/* Turns the scores of row i into what x_i is multiplied with; returns the loss. */
	double (*row)(struct ml_logloss *f, size_t i, double *s);
	struct ml_dd *loss; /* one a slice, or NULL */
};

/* Scores become C w (p - [y]); probabilities are kept. */
static double row_two(struct ml_logloss *f, size_t i, double *s)
{
	double e = exp(-fabs(*s)), near = 1 / (1 + e), far = e / (1 + e);
	double w = f->c * (f->p->w ? f->p->w[i] : 1), loss = log1p(e);
	bool up = f->p->y[i] > 0, right = (*s > 0) == up;

	f->prob[i] = *s > 0 ? near : far;
	if (!right)
		loss += fabs(*s);
	/* 1 - p is `far` where p is `near`: no digits are lost. */
	double miss = right ? far : near;
	*s = w * (up ? -miss : miss);
	return w * loss;
}

static double row_many(struct ml_logloss *f, size_t i, double *s)
{
	size_t k = f->rows, y = (size_t)f->p->y[i], top = 0;
	double w = f->c * (f->p->w ? f->p->w[i] : 1), *prob = f->prob + i * k;
	double rest = 0, others = 0;

	for (size_t c = 1; c < k; c++)
		top = s[c] > s[top] ? c : top;
	double max = s[top], behind = max - s[y];
	for (size_t c = 0; c < k; c++) {
		prob[c] = exp(s[c] - max);
		rest += c == top ? 0 : prob[c];
		others += c == y ? 0 : prob[c];
	}
	for (size_t c = 0; c < k; c++) {
		prob[c] /= 1 + rest;
		s[c] = w * prob[c];
	}
	/* p - 1 without cancellation. */
	s[y] = -w * (others / (1 + rest));
	return w * (behind + log1p(rest));
}

/* Scores of a direction become the product of row i with the Hessian of the loss. */
static double row_two_product(struct ml_logloss *f, size_t i, double *s)
{
	*s *= ml_curve_weight(f, i, 0, 0);
	return 0;
}

static double row_many_product(struct ml_logloss *f, size_t i, double *s)
{
	size_t k = f->rows;
	double w = f->c * (f->p->w ? f->p->w[i] : 1), mean = 0;
	const double *prob = f->prob + i * k;

	for (size_t c = 0; c < k; c++)
		mean += prob[c] * s[c];
	for (size_t c = 0; c < k; c++)
		s[c] = w * prob[c] * (s[c] - mean);
	return 0;
}

/* s = X W' + intercepts for rows from..from+n. */
static void scores(const struct pass *p, size_t from, size_t n, double *s)
{
	const struct ml_problem *q = p->f->p;
	size_t k = p->f->rows, cols = q->x.cols;
	const double *x = q->x.v + from * q->x.ld, *intercepts = p->turned + cols * k;

	for (size_t i = 0; i < n; i++)
		for (size_t r = 0; r < k; r++)
			s[i * k + r] = p->f->intercept ? intercepts[r] : 0;
	if (k > 1) {
		ml_block_add(s, k, n, k, cols, x, 1, q->x.ld, p->turned, k);
		return;
	}
	for (size_t i = 0; i < n; i++)
		s[i] += ml_dot(x + i * q->x.ld, p->turned, cols) +
			(p->offset && q->offset ? q->offset[from + i] : 0);
}

/* Adds s' [X 1] to sum. */
static void gather(const struct pass *p, size_t from, size_t n, const double *s, double *sum)
{
	const struct ml_problem *q = p->f->p;
	size_t k = p->f->rows, ld = width(p->f);

	ml_block_add(sum, ld, k, q->x.cols, n, s, k, 1, q->x.v + from * q->x.ld, q->x.ld);
	for (size_t i = 0; p->f->intercept && i < n; i++)
		for (size_t r = 0; r < k; r++)
			sum[r * ld + ld - 1] += s[i * k + r];
}

static int slice_pass(void *arg, size_t block, int worker, struct ml_error *err)
{
	struct pass *p = arg;
	struct ml_logloss *f = p->f;
	size_t to = ml_slice_to(&f->slices, block), dim = f->rows * width(f);
	double *s = ml_alloc(PIECE_ROWS * f->rows, sizeof *s, err);
	double *sum = f->sums + block * dim;
	struct ml_dd loss = { 0, 0 };

	(void)worker;
	if (!s)
		return err->code;
	memset(sum, 0, dim * sizeof *sum);
	for (size_t i = ml_slice_from(&f->slices, block); i < to; i += PIECE_ROWS) {
		size_t n = to - i < PIECE_ROWS ? to - i : PIECE_ROWS;
		scores(p, i, n, s);
		for (size_t l = 0; l < n; l++)
			ml_acc_add(&loss, p->row(f, i + l, s + l * f->rows));
		gather(p, i, n, s, sum);
	}
	if (p->loss)
		p->loss[block] = ml_acc_end(loss);
	free(s);
	return ML_OK;
}

/* Runs a pass; out = sums of all slices + penalty * weights. */
static int run_pass(struct pass *p, double *out, struct ml_error *err)
{
	struct ml_logloss *f = p->f;
	size_t ld = width(f), dim = f->rows * ld;

	for (size_t i = 0; i < dim; i++)
		f->turned[i % ld * f->rows + i / ld] = p->weights[i];
	p->turned = f->turned;
	int rc = ml_parallel(f->threads, f->slices.count, slice_pass, p, err);
	for (size_t i = 0; !rc && i < dim; i++) {
		out[i] = i % ld == ld - 1 ? 0 : f->penalty * p->weights[i];
		for (size_t b = 0; b < f->slices.count; b++)
			out[i] += f->sums[b * dim + i];
	}
	return rc;
}

static int value(void *arg, const double *weights, double *out, double *grad,
		 struct ml_error *err)
{
	struct ml_logloss *f = arg;
	struct ml_dd loss[ML_SLICES], sum = { 0, 0 };
	struct pass p = { .f = f,
			  .weights = weights,
			  .offset = true,
			  .loss = loss,
			  .row = f->rows == 1 ? row_two : row_many };
	size_t ld = width(f), dim = f->rows * ld;

	if (run_pass(&p, grad, err))
		return err->code;
	for (size_t b = 0; b < f->slices.count; b++)
		sum = ml_dd_add(sum, loss[b]);
	for (size_t i = 0; f->penalty > 0 && i < dim; i++)
		if (i % ld != ld - 1)
			ml_acc_mul(&sum, 0.5 * f->penalty * weights[i], weights[i]);
	*out = ml_acc_end(sum).hi;
	memcpy(f->weights, weights, dim * sizeof *weights);
	return ML_OK;
}

static int product(void *arg, const double *v, double *out, struct ml_error *err)
{
	struct ml_logloss *f = arg;
	struct pass p = { .f = f,
			  .weights = v,
			  .row = f->rows == 1 ? row_two_product : row_many_product };

	return run_pass(&p, out, err);
}

/* Indexed by ml_curvature. */
static const struct ml_newton_fns fns[] = {
	[ML_CURVE_EXACT] = { value, ml_hessian_exact, ml_hessian_solve_exact, NULL },
	[ML_CURVE_BLOCKS] = { value, ml_hessian_blocks, ml_hessian_solve_blocks, product },
	[ML_CURVE_DIAGONAL] = { value, ml_hessian_diagonal, ml_hessian_solve_diagonal,
				product },
};

const struct ml_newton_fns *ml_logloss_fns(const struct ml_logloss *f)
{
	return &fns[f->how];
}

int ml_logloss_init(struct ml_logloss *f, const struct ml_problem *p, bool intercept, double c,
		    double penalty, int threads, struct ml_error *err)
{
	size_t rows = p->nclass == 2 ? 1 : p->nclass, dim = rows * (p->x.cols + 1);

	*f = (struct ml_logloss){ .p = p,
				  .rows = rows,
				  .intercept = intercept,
				  .c = c,
				  .penalty = penalty,
				  .threads = threads,
				  .slices = ml_slices_of(p->x.rows) };
	if (p->x.ld >= INT_MAX || dim >= INT_MAX / 2)
		return ml_fail(err, ML_EDATA, "E-LIMIT", "%zu columns are too many", p->x.cols);
	f->how = ml_hessian_choose(rows, p->x.cols + 1);
	size_t size = ml_hessian_size(f->how, rows, p->x.cols + 1);
	if (!(f->prob = ml_alloc(p->x.rows * rows, sizeof *f->prob, err)) ||
	    !(f->weights = ml_alloc(dim, sizeof *f->weights, err)) ||
	    !(f->turned = ml_alloc(dim, sizeof *f->turned, err)) ||
	    !(f->sums = ml_alloc(f->slices.count * dim, sizeof *f->sums, err)) ||
	    !(f->factor = ml_alloc(size, sizeof *f->factor, err)) ||
	    !(f->hessian = ml_alloc(size, sizeof *f->hessian, err)))
		return err->code;
	return ML_OK;
}

void ml_logloss_release(struct ml_logloss *f)
{
	free(f->hessian);
	free(f->factor);
	free(f->sums);
	free(f->turned);
	free(f->weights);
	free(f->prob);
}
