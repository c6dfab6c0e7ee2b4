/* ridge.c - least squares with a penalty on the squares of the coefficients.
 *
 * Minimises sum_i w_i (y_i - b_0 - x_i b)^2 + alpha sum_j b_j^2; the intercept b_0 is free, so
 * shifting a column changes nothing; scaling does, hence ML_WANTS_SCALE.
 * With at least as many rows as columns: Cholesky of the cross products, refined (la/lsq.h);
 * with fewer: the kernel of the rows (la/dual.h).
 * Alpha 0 is least squares: dependent columns are left out (W-RANK), too few rows an error.
 * Reference: Hastie, Tibshirani, Friedman (2009), sections 3.4.1, 18.3.5. */
#include <float.h>
#include <math.h>
#include <string.h>

#include "la/dual.h"
#include "la/lsq.h"
#include "models/linpred.h"

/* As in linear.c. */
static const double rank_tol = 1e-12;
/* Cross products square the condition; this leaves a refinement six digits to gain. */
static const double quick_tol = 1e-10;

struct ridge_opts {
	double alpha;
	bool intercept;
};

static const struct ml_opt opts[] = { { .name = "alpha",
					.alias = "lambda",
					.type = ML_REAL,
					.def = "1",
					.lo = 0,
					.hi = 1e300,
					.offset = ML_FIELD(struct ridge_opts, alpha, double),
					.tune = { ML_LOG, 1e-4, 1e4 },
					.arg = "X",
					.help = "weight of the penalty; larger is simpler" },
				      { .name = "intercept",
					.type = ML_BOOL,
					.def = "yes",
					.offset = ML_FIELD(struct ridge_opts, intercept, bool),
					.help = "fit no constant beside the columns" },
				      ML_OPT_END };

static int fit_primal(struct ml_linpred *m, const struct ml_lsq *problem,
		      const struct ml_run *run, struct ml_report *rep, struct ml_error *err)
{
	struct ml_lsq_fit found = { 0 };
	int rc = ml_lsq_fit(&found, problem, run, err);

	if (!rc) {
		memcpy(m->coef, found.coef, (m->features + 1) * sizeof *m->coef);
		*rep = (struct ml_report){ .iters = found.steps,
					   .converged = found.converged,
					   .objective = ldexp(found.rss, found.exponent) };
		for (size_t j = 0; run->warn && j < m->features; j++)
			if (!found.kept[j])
				run->warn(run->user, "W-RANK", j,
					  "depends on the columns before it and is left out");
	}
	ml_lsq_release(&found);
	return rc;
}

static int fit(void *state, const struct ml_problem *p, const void *options,
	       const struct ml_run *run, struct ml_report *rep, struct ml_error *err)
{
	const struct ridge_opts *o = options;
	struct ml_linpred *m = state;
	struct ml_lsq problem = { .x = &p->x,
				  .col = p->col,
				  .y = p->y,
				  .w = p->w,
				  .offset = p->offset,
				  .intercept = o->intercept,
				  .penalty = o->alpha,
				  .quick_tol = quick_tol,
				  .rank_tol = rank_tol };
	size_t params = p->x.cols + o->intercept;
	int rc;

	if (o->alpha == 0 && p->x.rows < params)
		return ml_fail(err, ML_EDATA, "E-TOOFEW",
			       "ridge: %zu rows for %zu parameters; an --alpha above 0 can do",
			       p->x.rows, params);
	if (ml_linpred_init(m, 1, p->x.cols, err) || ml_linpred_note(m, p, err))
		return err->code;
	if (p->x.rows >= p->x.cols) {
		rc = fit_primal(m, &problem, run, rep, err);
	} else {
		*rep = (struct ml_report){ .converged = true };
		rc = ml_dual_fit(&problem, m->coef, &rep->objective, err);
	}
	if (!rc)
		rc = ml_linpred_finite(m, "ridge", err);
	for (size_t j = 0; !rc && j < p->x.cols; j++)
		rep->objective += o->alpha * m->coef[j] * m->coef[j];
	rep->objective = fmin(rep->objective, DBL_MAX);
	return rc;
}

static int predict(const void *state, const struct ml_mat *x, struct ml_mat *out,
		   struct ml_error *err)
{
	const struct ml_linpred *m = state;

	if (ml_mat_expect(x, m->features, err))
		return err->code;
	for (size_t i = 0; i < x->rows; i++)
		ml_linpred_scores(m, x->v + i * x->ld, out->v + i * out->ld);
	return ML_OK;
}

static size_t one(const void *state)
{
	(void)state;
	return 1;
}

static void save(const void *state, struct ml_fields *out)
{
	ml_linpred_save(state, out);
}

static int load(void *state, unsigned format, const struct ml_fields *in, struct ml_error *err)
{
	(void)format; /* 1 had no means and deviations */
	return ml_linpred_load(state, 1, in, err);
}

static void release(void *state)
{
	ml_linpred_release(state);
}

static void coefficients(const void *state, struct ml_mat *out)
{
	ml_linpred_copy(state, out);
}

static void importances(const void *state, double *gain)
{
	ml_linpred_importances(state, gain);
}

static int contributions(const void *state, const struct ml_mat *x, struct ml_mat *out,
			 struct ml_error *err)
{
	return ml_linpred_contributions(state, x, out, err);
}

const struct ml_model ml_ridge = {
	.name = "ridge",
	.summary = "least squares with an L2 penalty",
	.tasks = ML_REGRESS,
	.flags = ML_WANTS_SCALE | ML_TAKES_COLUMNS,
	.format = 2,
	.opts = opts,
	.opts_size = sizeof(struct ridge_opts),
	.state_size = sizeof(struct ml_linpred),
	.fit = ML_FITTING(fit),
	.predict = predict,
	.save = save,
	.load = load,
	.release = release,
	.coefficient_rows = one,
	.coefficients = coefficients,
	.importances = importances,
	.scores = one,
	.contributions = contributions,
};
