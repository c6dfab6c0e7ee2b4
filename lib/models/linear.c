/* linear.c - ordinary least squares, accurate and with its standard errors.
 *
 * Minimises sum_i w_i (y_i - b_0 - x_i b)^2 (la/lsq.h).  A column that depends on those before
 * it is left out, its coefficient 0 (W-RANK, as R's lm does, but for columns that depend to 12
 * digits, not 7); a condition over 1e10 of the columns scaled to length 1 is told (W-COND).
 *
 * Weights count rows: weight 2 is the row twice, in the standard errors too, whose degrees of
 * freedom are sum(w) - rank.  (R's lm takes weights as precisions and n - rank.)
 * Standard errors, t and p are absent when no degree of freedom is left.
 * R2 compares with the mean, without an intercept with 0. */
#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <gsl/gsl_cdf.h>

#include "base/mem.h"
#include "la/lsq.h"
#include "models/linpred.h"

/* Rounding in QR leaves about 1e-15 of a dependent column; Filip of NIST's StRD, the hardest
 * real polynomial, has 2e-10. */
static const double rank_tol = 1e-12;
static const double worst_condition = 1e10;
/* Large tables are done by Cholesky, at a third of QR's price, where their columns are so far
 * from dependent that standard errors keep ten digits. */
static const double quick_tol = 1e-6;
enum { LARGE_ROWS = 10000 };

struct linear_opts {
	bool intercept;
};

static const struct ml_opt opts[] = { { .name = "intercept",
					.type = ML_BOOL,
					.def = "yes",
					.offset = ML_FIELD(struct linear_opts, intercept, bool),
					.help = "fit no constant beside the columns" },
				      ML_OPT_END };

struct linear {
	struct ml_linpred lin;
	int32_t *kept; /* features + 1: 0 for a column that was left out */
	double *se;    /* features + 1; 0: none */
	double df;     /* may be <= 0: there are no standard errors then */
	double sigma;  /* residual standard deviation, 0 without df */
	double rss, r2, adjusted_r2;
};

static int check_rows(const struct ml_problem *p, bool intercept, struct ml_error *err)
{
	size_t params = p->x.cols + intercept;

	if (p->x.rows >= params)
		return ML_OK;
	return ml_fail(err, ML_EDATA, "E-TOOFEW",
		       "linear: %zu rows for %zu parameters; ridge can do with fewer",
		       p->x.rows, params);
}

static double bounded(double v)
{
	return fmin(fmax(v, -DBL_MAX), DBL_MAX);
}

/* What the fit says about itself, in units of the table. */
static void take_figures(struct linear *m, const struct ml_lsq_fit *fit,
			 const struct ml_problem *p, bool intercept)
{
	double total = ml_total_weight(p);

	m->df = bounded(total - (double)fit->rank);
	m->rss = bounded(ldexp(fit->rss, fit->exponent));
	m->r2 = fit->tss > 0 ? fmax(1 - fit->rss / fit->tss, 0) : 0;
	if (!(m->df > 0))
		return;
	double sigma = sqrt(fit->rss / m->df);
	m->sigma = bounded(ldexp(sigma, fit->exponent / 2));
	m->adjusted_r2 = bounded(1 - (1 - m->r2) * (total - intercept) / m->df);
	for (size_t j = 0; j <= p->x.cols; j++) /* infinite times 0: the fit is perfect */
		m->se[j] = sigma > 0 ? bounded(fit->se[j] * sigma) : 0;
}

static void warn_about(const struct ml_lsq_fit *fit, const struct ml_problem *p,
		       const struct ml_run *run)
{
	if (!run->warn)
		return;
	for (size_t j = 0; j < p->x.cols; j++)
		if (!fit->kept[j])
			run->warn(run->user, "W-RANK", j,
				  "depends on the columns before it and is left out");
	if (fit->condition > worst_condition)
		run->warn(run->user, "W-COND", SIZE_MAX,
			  "the columns are nearly collinear (condition %.2g); coefficients are "
			  "uncertain",
			  fit->condition);
}

static int fit(void *state, const struct ml_problem *p, const void *options,
	       const struct ml_run *run, struct ml_report *rep, struct ml_error *err)
{
	const struct linear_opts *o = options;
	struct linear *m = state;
	struct ml_lsq problem = { .x = &p->x,
				  .col = p->col,
				  .y = p->y,
				  .w = p->w,
				  .offset = p->offset,
				  .intercept = o->intercept,
				  .rank_tol = rank_tol,
				  .quick_tol = p->x.rows >= LARGE_ROWS ? quick_tol : 0 };
	struct ml_lsq_fit found = { 0 };
	size_t width = p->x.cols + 1;

	if (check_rows(p, o->intercept, err) || ml_linpred_init(&m->lin, 1, p->x.cols, err) ||
	    ml_linpred_note(&m->lin, p, err))
		return err->code;
	if (!(m->kept = ml_alloc(width, sizeof *m->kept, err)) ||
	    !(m->se = ml_alloc(width, sizeof *m->se, err)))
		return err->code;
	int rc = ml_lsq_fit(&found, &problem, run, err);
	if (!rc) {
		memcpy(m->lin.coef, found.coef, width * sizeof *m->lin.coef);
		for (size_t j = 0; j < width; j++)
			m->kept[j] = found.kept[j];
		take_figures(m, &found, p, o->intercept);
		warn_about(&found, p, run);
		*rep = (struct ml_report){ .iters = found.steps,
					   .converged = found.converged,
					   .objective = m->rss };
		rc = ml_linpred_finite(&m->lin, "linear", err);
	}
	ml_lsq_release(&found);
	return rc;
}

static int predict(const void *state, const struct ml_mat *x, struct ml_mat *out,
		   struct ml_error *err)
{
	const struct linear *m = state;

	if (ml_mat_expect(x, m->lin.features, err))
		return err->code;
	for (size_t i = 0; i < x->rows; i++)
		ml_linpred_scores(&m->lin, x->v + i * x->ld, out->v + i * out->ld);
	return ML_OK;
}

static void save(const void *state, struct ml_fields *out)
{
	const struct linear *m = state;
	size_t n = m->lin.features + 1;

	ml_linpred_save(&m->lin, out);
	ml_put_ints(out, "kept", m->kept, n);
	ml_put_reals(out, "standard-errors", m->se, n);
	ml_put_real(out, "degrees-of-freedom", m->df);
	ml_put_real(out, "sigma", m->sigma);
	ml_put_real(out, "rss", m->rss);
	ml_put_real(out, "r2", m->r2);
	ml_put_real(out, "adjusted-r2", m->adjusted_r2);
}

static int load(void *state, unsigned format, const struct ml_fields *in, struct ml_error *err)
{
	struct linear *m = state;

	(void)format; /* 1 had no means and deviations */
	if (ml_linpred_load(&m->lin, 1, in, err))
		return err->code;
	size_t n = m->lin.features + 1;
	if (ml_get_ints(in, "kept", &m->kept, n, 0, 1, err) ||
	    ml_get_reals(in, "standard-errors", &m->se, n, err) ||
	    ml_get_real(in, "degrees-of-freedom", &m->df, err) ||
	    ml_get_real(in, "sigma", &m->sigma, err) || ml_get_real(in, "rss", &m->rss, err) ||
	    ml_get_real(in, "r2", &m->r2, err) ||
	    ml_get_real(in, "adjusted-r2", &m->adjusted_r2, err))
		return err->code;
	for (size_t j = 0; j < n; j++)
		if (m->se[j] < 0)
			return ml_fail(err, ML_EDATA, "E-MODEL", "field 'standard-errors': %g",
				       m->se[j]);
	return ML_OK;
}

static void release(void *state)
{
	struct linear *m = state;

	free(m->se);
	free(m->kept);
	ml_linpred_release(&m->lin);
}

static size_t coefficient_rows(const void *state)
{
	(void)state;
	return 1;
}

static void coefficients(const void *state, struct ml_mat *out)
{
	ml_linpred_copy(&((const struct linear *)state)->lin, out);
}

static void importances(const void *state, double *gain)
{
	ml_linpred_importances(&((const struct linear *)state)->lin, gain);
}

static int contributions(const void *state, const struct ml_mat *x, struct ml_mat *out,
			 struct ml_error *err)
{
	return ml_linpred_contributions(&((const struct linear *)state)->lin, x, out, err);
}

static const char *const stats[] = { "std_error", "t", "p", NULL };

static void statistics(const void *state, struct ml_mat *out)
{
	const struct linear *m = state;

	for (size_t j = 0; j <= m->lin.features; j++) {
		double *o = out->v + j * out->ld;
		bool known = m->kept[j] && m->df > 0 && m->se[j] > 0;
		o[0] = m->kept[j] && m->df > 0 ? m->se[j] : NAN;
		o[1] = known ? bounded(m->lin.coef[j] / m->se[j]) : NAN;
		o[2] = known ? fmin(2 * gsl_cdf_tdist_Q(fabs(o[1]), m->df), 1) : NAN;
	}
}

const struct ml_model ml_linear = {
	.name = "linear",
	.summary = "least squares with standard errors; no penalty",
	.tasks = ML_REGRESS,
	.flags = ML_NO_PENALTY | ML_TAKES_COLUMNS,
	.format = 2,
	.opts = opts,
	.opts_size = sizeof(struct linear_opts),
	.state_size = sizeof(struct linear),
	.fit = ML_FITTING(fit),
	.predict = predict,
	.save = save,
	.load = load,
	.release = release,
	.coefficient_rows = coefficient_rows,
	.coefficients = coefficients,
	.importances = importances,
	.scores = coefficient_rows,
	.contributions = contributions,
	.stats = stats,
	.statistics = ML_FITTING(statistics),
};
