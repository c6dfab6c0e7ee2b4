/* lsq.c - least squares: scaling, a factor, refinement. */
#include "la/lsq.h"

#include <float.h>
#include <limits.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <gsl/gsl_cblas.h>

#include "base/mem.h"
#include "base/thread.h"
#include "la/gram.h"
#include "la/qr.h"
#include "la/refine.h"
#include "la/scale.h"
#include "la/slices.h"
#include "la/sums.h"
#include "la/survey.h"

enum {
	MAX_STEPS = 30,     /* a step gains a digit at the very least */
	PENALTY_ROOM = 300, /* scaled penalties stay below 2^300 */
};

struct solver {
	const struct ml_lsq *q;
	size_t p, m;        /* features; columns, the intercept's included */
	struct ml_design d; /* all columns first, then the kept ones */
	size_t *feature;    /* m: of column k */
	double *scale;      /* m */
	int *exponent;      /* m: scale is 2^-exponent */
	double *y, *w;      /* n, scaled; w NULL when there are no weights */
	int y_exp, w_exp;
	double *penalty;     /* m, scaled */
	double *r;           /* m+1 x m+1: the factor, and beside it what becomes of y */
	size_t *kept;        /* m: the columns that stayed */
	struct ml_dd *b, *g; /* m: solution, gradient; scaled */
	double *step;        /* m */
};

static int solver_init(struct solver *s, const struct ml_lsq *q, struct ml_error *err)
{
	size_t n = q->x->rows, m = q->x->cols + q->intercept;

	*s = (struct solver){ .q = q, .p = q->x->cols, .m = m };
	if (m >= INT_MAX / 2)
		return ml_fail(err, ML_EDATA, "E-LIMIT", "%zu columns are too many", m);
	if (!(s->feature = ml_alloc(m, sizeof *s->feature, err)) ||
	    !(s->scale = ml_alloc(m, sizeof *s->scale, err)) ||
	    !(s->exponent = ml_alloc(m, sizeof *s->exponent, err)) ||
	    !(s->y = ml_alloc(n, sizeof *s->y, err)) ||
	    (q->w && !(s->w = ml_alloc(n, sizeof *s->w, err))) ||
	    !(s->penalty = ml_alloc(m, sizeof *s->penalty, err)) ||
	    !(s->r = ml_alloc((m + 1) * (m + 1), sizeof *s->r, err)) ||
	    !(s->kept = ml_alloc(m, sizeof *s->kept, err)) ||
	    !(s->b = ml_alloc(m, sizeof *s->b, err)) ||
	    !(s->g = ml_alloc(m, sizeof *s->g, err)) ||
	    !(s->step = ml_alloc(m, sizeof *s->step, err)))
		return err->code;
	s->d = (struct ml_design){ .x = q->x,
				   .col = q->col,
				   .y = s->y,
				   .w = s->w,
				   .intercept = q->intercept,
				   .m = m,
				   .feature = s->feature,
				   .scale = s->scale };
	return ML_OK;
}

static void solver_release(struct solver *s)
{
	free(s->step);
	free(s->g);
	free(s->b);
	free(s->kept);
	free(s->r);
	free(s->penalty);
	free(s->w);
	free(s->y);
	free(s->exponent);
	free(s->scale);
	free(s->feature);
}

/* The exponent of the largest of n numbers. */
static int exponent_of(const double *v, size_t n)
{
	double max = 0;

	for (size_t i = 0; v && i < n; i++)
		max = fmax(max, fabs(v[i]));
	return ml_exponent(max);
}

/* Largest absolute values of the columns, kept in s->step. */
static int column_maximum(void *arg, size_t j, int worker, struct ml_error *err)
{
	const struct solver *s = arg;
	const struct ml_survey v = ml_survey_of(s->q->col[j], s->q->x->rows);

	(void)worker;
	(void)err;
	s->step[s->q->intercept + j] = fmax(fabs(v.min), fabs(v.max));
	return ML_OK;
}

static int column_maxima(struct solver *s, int threads, struct ml_error *err)
{
	const struct ml_mat *x = s->q->x;

	if (!x->v)
		return ml_parallel(threads, x->cols, column_maximum, s, err);
	for (size_t i = 0; i < x->rows; i++)
		for (size_t j = 0; j < x->cols; j++) {
			double v = fabs(x->v[i * x->ld + j]),
			       *max = &s->step[s->q->intercept + j];
			*max = v > *max ? v : *max;
		}
	return ML_OK;
}

static int scale_problem(struct solver *s, int threads, struct ml_error *err)
{
	const struct ml_lsq *q = s->q;
	size_t n = q->x->rows;
	int of_y = exponent_of(q->y, n), of_offset = exponent_of(q->offset, n);

	s->y_exp = q->offset ? (of_y > of_offset ? of_y : of_offset) + 1 : of_y;
	double y_scale = ldexp(1, -s->y_exp);
	for (size_t i = 0; i < n; i++) {
		s->y[i] = q->y[i] * y_scale;
		if (q->offset)
			s->y[i] -= q->offset[i] * y_scale;
	}
	s->w_exp = exponent_of(q->w, n);
	s->w_exp += s->w_exp & 1; /* even, so that its square root is a power of two */
	double w_scale = ldexp(1, -s->w_exp);
	for (size_t i = 0; q->w && i < n; i++)
		s->w[i] = q->w[i] * w_scale;
	/* In scaled units the penalty is multiplied by 2^-(2 exponent + w_exp). */
	int low = (ml_exponent(q->penalty) - s->w_exp - PENALTY_ROOM) / 2;
	if (column_maxima(s, threads, err))
		return err->code;
	for (size_t k = 0; k < s->m; k++) {
		bool free_term = q->intercept && k == 0;
		int e = free_term ? 0 : ml_exponent(s->step[k]);
		if (q->penalty > 0 && !free_term && e < low)
			e = low;
		s->feature[k] = k - q->intercept;
		s->exponent[k] = e;
		s->scale[k] = ldexp(1, -e);
		s->penalty[k] = free_term ? 0 : ldexp(q->penalty, -2 * e - s->w_exp);
	}
	return ML_OK;
}

/* Rows of [A y] times the square root of the weights. */
static void design_rows(const void *arg, size_t from, size_t to, double *out)
{
	const struct solver *s = arg;
	size_t m = s->m;

	ml_design_rows(&s->d, from, to, out, m + 1);
	for (size_t i = from; i < to; i++, out += m + 1) {
		out[m] = s->y[i];
		double root = s->w ? sqrt(s->w[i]) : 1;
		for (size_t k = 0; s->w && k <= m; k++)
			out[k] *= root;
	}
}

/* Rows that carry the penalty: sqrt(penalty_k) at k, 0 else. */
static void penalty_rows(const void *arg, size_t from, size_t to, double *out)
{
	const struct solver *s = arg;

	memset(out, 0, (to - from) * (s->m + 1) * sizeof *out);
	for (size_t k = from; k < to; k++)
		out[(k - from) * (s->m + 1) + k] = sqrt(s->penalty[k]);
}

/* R by Cholesky into the upper left of s->r, R'^-1 A'y beside it.  *done is false where
 * the cross products are not safe. */
static int factor_quickly(struct solver *s, int threads, bool *done, struct ml_error *err)
{
	size_t m = s->m, ld = m + 1;
	double *square = ml_alloc(m * m, sizeof *square, err);
	int rc = square ? ml_gram_rows(s->r, ld, s->q->x->rows, design_rows, s, threads, err)
			: err->code;

	if (!rc) {
		for (size_t i = 0; i < m; i++) {
			memcpy(square + i * m, s->r + i * ld, m * sizeof *square);
			square[i * m + i] += s->penalty[i];
			s->kept[i] = i;
		}
		*done = ml_cholesky(square, m, s->q->quick_tol);
		for (size_t i = 0; *done && i < m; i++)
			memcpy(s->r + i * ld, square + i * m, m * sizeof *square);
		if (*done)
			cblas_dtrsv(CblasRowMajor, CblasUpper, CblasTrans, CblasNonUnit, (int)m,
				    s->r, (int)ld, s->r + m, (int)ld);
		s->d.m = m;
	}
	free(square);
	return rc;
}

static int factor_by_qr(struct solver *s, int threads, struct ml_error *err)
{
	size_t m = s->m, ld = m + 1;

	memset(s->r, 0, ld * ld * sizeof *s->r);
	int rc = ml_qr_rows(s->r, ld, s->q->x->rows, design_rows, s, threads, err);
	if (!rc && s->q->penalty > 0)
		rc = ml_qr_rows(s->r, ld, m, penalty_rows, s, threads, err);
	if (rc)
		return rc;
	s->d.m = ml_qr_rank(s->r, m, ld, s->q->rank_tol, s->kept);
	for (size_t k = 0; k < s->d.m; k++) {
		size_t old = s->kept[k];
		s->feature[k] = s->feature[old];
		s->scale[k] = s->scale[old];
		s->exponent[k] = s->exponent[old];
		s->penalty[k] = s->penalty[old];
	}
	/* The intercept is never dependent: it is the first, and of length 1. */
	for (size_t i = 0; i < s->d.m; i++)
		s->r[i * ld + m] = s->r[i * ld + s->d.m];
	return ML_OK;
}

/* The length of R v. */
static double energy(const struct solver *s, const double *v, double *room)
{
	memcpy(room, v, s->d.m * sizeof *v);
	cblas_dtrmv(CblasRowMajor, CblasUpper, CblasNoTrans, CblasNonUnit, (int)s->d.m, s->r,
		    (int)s->m + 1, room, 1);
	return cblas_dnrm2((int)s->d.m, room, 1);
}

/* The largest change of a coefficient relative to itself; s->step is the change. */
static double relative_change(const struct solver *s)
{
	double most = 0;

	for (size_t k = 0; k < s->d.m; k++)
		if (s->step[k] != 0)
			most = fmax(most, fabs(s->step[k] / s->b[k].hi));
	return most;
}

static int refine(struct solver *s, struct ml_lsq_fit *fit, const struct ml_run *run,
		  struct ml_error *err)
{
	size_t m = s->d.m;
	double *room = ml_alloc(2 * m, sizeof *room, err);
	int rc = room ? ML_OK : err->code;
	double size = 0, last = 0;

	if (!rc) {
		for (size_t k = 0; k < m; k++)
			room[m + k] = s->b[k].hi;
		size = last = energy(s, room + m, room);
	}
	while (!rc && !fit->converged) {
		rc = ml_refine_gradient(&s->d, s->b, s->g, &fit->rss, run->threads, err);
		if (rc || ml_run_over(run) || fit->steps == MAX_STEPS)
			break;
		for (size_t k = 0; k < m; k++) {
			struct ml_dd pull =
				ml_dd_mul(s->b[k], (struct ml_dd){ -s->penalty[k], 0 });
			s->step[k] = ml_dd_add(s->g[k], pull).hi;
		}
		ml_cholesky_solve(s->r, s->m + 1, m, s->step);
		double now = energy(s, s->step, room), gain = last > 0 ? now / last : 0;
		if (gain > 0.5) {
			/* No better any more: at the end of precision, or beyond help. */
			fit->converged = now <= 1e-14 * size;
			break;
		}
		for (size_t k = 0; k < m; k++)
			s->b[k] = ml_dd_add_d(s->b[k], s->step[k]);
		fit->steps++;
		last = now;
		/* Done when the next step would not reach the last bit, and this one did not
		 * matter to rss (it does where a fit is exact). */
		fit->converged =
			relative_change(s) * gain <= 0x1p-58 &&
			(now * now <= 0x1p-53 * fit->rss || fit->rss <= 0x1p-120 * size * size);
	}
	free(room);
	return rc;
}

/* Condition of R with columns of length 1, and the lengths of the rows of its inverse. */
static int inverse_figures(struct solver *s, struct ml_lsq_fit *fit, struct ml_error *err)
{
	size_t m = s->d.m, ld = s->m + 1;
	double *inv = ml_alloc(m * m, sizeof *inv, err), norm = 0, inverse_norm = 0;

	if (!inv)
		return err->code;
	ml_qr_inverse(s->r, ld, m, inv);
	for (size_t j = 0; j < m; j++) {
		double length = cblas_dnrm2((int)j + 1, s->r + j, (int)ld), sum = 0;
		double row = cblas_dnrm2((int)(m - j), inv + j * m + j, 1);
		size_t at = s->q->intercept && j == 0 ? s->p : s->feature[j];
		norm = fmax(norm, cblas_dasum((int)j + 1, s->r + j, (int)ld) / length);
		fit->se[at] = ldexp(row, s->y_exp - s->exponent[j]);
		for (size_t i = 0; i <= j; i++)
			sum += fabs(inv[i * m + j]) *
			       cblas_dnrm2((int)i + 1, s->r + i, (int)ld);
		inverse_norm = fmax(inverse_norm, sum);
	}
	fit->condition = fmin(norm * inverse_norm, DBL_MAX);
	free(inv);
	return ML_OK;
}

static int describe(struct solver *s, struct ml_lsq_fit *fit, struct ml_error *err)
{
	struct ml_moments of_y = ml_moments_of(s->y, s->w, s->q->x->rows);

	fit->tss = of_y.ss + (s->q->intercept ? 0 : of_y.weight * of_y.mean * of_y.mean);
	fit->exponent = 2 * s->y_exp + s->w_exp;
	fit->rank = s->d.m;
	for (size_t k = 0; k < s->d.m; k++) {
		size_t at = s->q->intercept && k == 0 ? s->p : s->feature[k];
		fit->kept[at] = true;
		fit->coef[at] = ldexp(s->b[k].hi, s->y_exp - s->exponent[k]);
	}
	return inverse_figures(s, fit, err);
}

int ml_lsq_fit(struct ml_lsq_fit *fit, const struct ml_lsq *problem, const struct ml_run *run,
	       struct ml_error *err)
{
	struct solver s;
	bool done = false;
	size_t p = problem->x->cols;

	*fit = (struct ml_lsq_fit){ 0 };
	int rc = solver_init(&s, problem, err);
	if (!rc && (!(fit->coef = ml_alloc(p + 1, sizeof *fit->coef, err)) ||
		    !(fit->se = ml_alloc(p + 1, sizeof *fit->se, err)) ||
		    !(fit->kept = ml_alloc(p + 1, sizeof *fit->kept, err))))
		rc = err->code;
	if (!rc)
		rc = scale_problem(&s, run->threads, err);
	if (!rc && problem->quick_tol > 0)
		rc = factor_quickly(&s, run->threads, &done, err);
	if (!rc && !done)
		rc = factor_by_qr(&s, run->threads, err);
	if (!rc) {
		size_t m = s.d.m, ld = s.m + 1;
		cblas_dcopy((int)m, s.r + s.m, (int)ld, s.step, 1);
		cblas_dtrsv(CblasRowMajor, CblasUpper, CblasNoTrans, CblasNonUnit, (int)m, s.r,
			    (int)ld, s.step, 1);
		for (size_t k = 0; k < m; k++)
			s.b[k] = (struct ml_dd){ s.step[k], 0 };
		rc = refine(&s, fit, run, err);
	}
	if (!rc)
		rc = describe(&s, fit, err);
	solver_release(&s);
	return rc;
}

void ml_lsq_release(struct ml_lsq_fit *fit)
{
	free(fit->kept);
	free(fit->se);
	free(fit->coef);
	*fit = (struct ml_lsq_fit){ 0 };
}
