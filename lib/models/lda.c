/* lda.c - linear discriminant analysis: classes are normal with means of their own and one
 * covariance.
 *
 *     score_c(x) = log prior_c + (x - m)' S^-1 (m_c - m) - (m_c - m)' S^-1 (m_c - m) / 2
 *
 * with m the mean of the class means, weighted by the priors, and S the covariance within
 * classes, divisor sum of weights - classes, shrunk as --shrinkage says (models/within.h).  The
 * softmax of the scores are the probabilities.  The scores are linear: kept are their
 * coefficients, for two classes those of the difference.
 *
 * S comes as a triangle from the rows (QR, or Cholesky for many rows where that is safe), so
 * it is never squared.  Directions in which no class varies (singular values of the columns,
 * each of variance 1 within classes, up to --tol) are left out (W-RANK). Cost: 2 n p^2
 * operations.  References: Fisher (1936); Ripley (1996), Pattern Recognition and Neural
 * Networks, section 3.1. */
#include <float.h>
#include <limits.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "la/gram.h"
#include "la/inner.h"
#include "models/linclass.h"
#include "models/priors.h"
#include "models/within.h"

struct lda_opts {
	struct ml_pick_real shrinkage;
	double tol;
	const char *priors;
};

static const struct ml_opt opts[] = {
	ML_SHRINK_OPT(struct lda_opts, shrinkage, "the covariance"),
	{ .name = "tol",
	  .type = ML_REAL,
	  .def = "1e-4",
	  .lo = 1e-14,
	  .hi = 1,
	  .arg = "X",
	  .offset = ML_FIELD(struct lda_opts, tol, double),
	  .help = "directions whose deviation within classes is at most X of that of a column "
		  "are left out" },
	ML_PRIORS_OPT(struct lda_opts, priors),
	ML_OPT_END
};

/* Rows from which on Cholesky of the cross products is tried first, at half of the price, and
 * how far from dependent the columns must be for it: log probabilities keep ten digits. */
enum { LARGE_ROWS = 10000 };
static const double quick_tol = 1e-6;

struct lda {
	struct ml_linclass of;
	double *priors;   /* classes */
	double shrinkage; /* the share that was used */
	size_t rank;      /* directions that were kept */
};

/* ---- fitting ---- */

struct fitting {
	struct lda *m;
	const struct lda_opts *o;
	const struct ml_problem *p;
	const struct ml_run *run;
	struct ml_within within;
	double *r;          /* 2 p x p: the triangle */
	double *centre;     /* p: the mean of the means */
	double *apart;      /* k x p: mean of a class - centre */
	double *weights;    /* k x p: S^-1 apart */
	double log_det;     /* of S, in scaled columns, of the directions kept */
	double total, left; /* sum of the weights; that minus the classes */
};

static int fitting_init(struct fitting *f, struct ml_error *err)
{
	size_t p = f->p->x.cols, k = f->p->nclass;
	bool shrunk = ml_is_shrunk(f->o->shrinkage);

	if (p > INT_MAX / 4)
		return ml_fail(err, ML_EDATA, "E-LIMIT", "%zu columns are too many", p);
	if (ml_within_init(&f->within, f->p, !shrunk, f->run->threads, err))
		return err->code;
	for (size_t c = 0; c < k; c++)
		f->total += f->within.mass[c];
	f->left = f->total - (double)k;
	if (!(f->left > 0))
		return ml_fail(err, ML_EDATA, "E-TOOFEW",
			       "lda: the weights of the rows sum to %g, expected more than the "
			       "%zu classes",
			       f->total, k);
	if (!(f->r = ml_alloc(2 * p * p, sizeof *f->r, err)) ||
	    !(f->centre = ml_alloc(p, sizeof *f->centre, err)) ||
	    !(f->apart = ml_alloc(k * p, sizeof *f->apart, err)) ||
	    !(f->weights = ml_alloc(k * p, sizeof *f->weights, err)))
		return err->code;
	return ML_OK;
}

static void fitting_release(struct fitting *f)
{
	free(f->weights);
	free(f->apart);
	free(f->centre);
	free(f->r);
	ml_within_release(&f->within);
}

static int take_priors(struct fitting *f, struct ml_error *err)
{
	struct lda *m = f->m;

	if (ml_priors_read(f->o->priors, f->p, &m->priors, err))
		return err->code;
	if (m->priors)
		return ML_OK;
	if (!(m->priors = ml_alloc(m->of.classes, sizeof *m->priors, err)))
		return err->code;
	for (size_t c = 0; c < m->of.classes; c++)
		m->priors[c] = f->within.mass[c] / f->total;
	return ML_OK;
}

static void place_means(struct fitting *f)
{
	size_t p = f->within.p;

	for (size_t c = 0; c < f->m->of.classes; c++)
		for (size_t j = 0; j < p; j++)
			f->centre[j] += f->m->priors[c] * f->within.mean[c * p + j];
	for (size_t c = 0; c < f->m->of.classes; c++)
		for (size_t j = 0; j < p; j++)
			f->apart[c * p + j] = f->within.mean[c * p + j] - f->centre[j];
}

/* R with R'R the scatter within classes. */
static int triangle(struct fitting *f, struct ml_error *err)
{
	struct ml_within_rows rows = { &f->within, f->within.k };
	size_t p = f->within.p, n = f->p->x.rows;

	if (n >= LARGE_ROWS) {
		if (ml_gram_rows(f->r, p, n, ml_within_rows, &rows, f->run->threads, err))
			return err->code;
		if (ml_cholesky(f->r, p, quick_tol))
			return ML_OK;
		memset(f->r, 0, p * p * sizeof *f->r);
	}
	return ml_qr_rows(f->r, p, n, ml_within_rows, &rows, f->run->threads, err);
}

static int shrink(struct fitting *f, struct ml_error *err)
{
	enum { PIECE = 64 };
	struct ml_within_rows rows = { &f->within, f->within.k };
	struct ml_shrink how = { f->o->shrinkage.pick >= 0, f->o->shrinkage.value };
	size_t p = f->within.p;
	double fourth = 0, *room;

	if (how.automatic) {
		if (!(room = ml_alloc(PIECE * p, sizeof *room, err)))
			return err->code;
		fourth = ml_within_fourth(&rows, room, PIECE);
		free(room);
	}
	if (!ml_shrink_factor(f->r, p, &how, f->left, f->total, fourth, &f->m->shrinkage))
		return ml_fail(
			err, ML_EDATA, "E-RANGE",
			"lda: the covariance within classes is not positive definite, or "
			"beyond doubles; scale the columns first");
	return ML_OK;
}

static void solve(struct fitting *f)
{
	size_t p = f->within.p;

	f->m->rank = p;
	memcpy(f->weights, f->apart, f->m->of.classes * p * sizeof *f->weights);
	for (size_t c = 0; c < f->m->of.classes; c++)
		ml_cholesky_solve(f->r, p, p, f->weights + c * p);
	for (size_t j = 0; j < p; j++)
		f->log_det += 2 * log(fabs(f->r[j * p + j]));
}

/* S^-1 in the directions that have variance. */
static int solve_within(struct fitting *f, struct ml_error *err)
{
	struct ml_inner s = { 0 };
	size_t p = f->within.p;

	int rc = ml_inner_init(&s, f->r, p, f->o->tol, err);
	for (size_t c = 0; !rc && c < f->m->of.classes; c++)
		ml_inner_solve(&s, f->apart + c * p, f->weights + c * p);
	f->m->rank = s.rank;
	f->log_det = s.log_det;
	if (!rc && s.rank < p && f->run->warn)
		f->run->warn(f->run->user, "W-RANK", SIZE_MAX,
			     "within the classes %zu columns vary in %zu directions only; the "
			     "others are left out (--shrinkage auto takes all)",
			     p, s.rank);
	ml_inner_release(&s);
	return rc;
}

/* Coefficients of class c, or of the last of two classes over the first, into row r. */
static void take_row(struct fitting *f, size_t r)
{
	struct lda *m = f->m;
	size_t p = f->within.p, c = m->of.lin.rows == 1 ? 1 : r;
	const double *w = f->weights + c * p, *d = f->apart + c * p;
	double *b = m->of.lin.coef + r * (p + 1),
	       constant = log(m->priors[c]) - ml_dot(w, d, p) / 2;

	if (m->of.lin.rows == 1)
		constant -= log(m->priors[0]) - ml_dot(f->weights, f->apart, p) / 2;
	for (size_t j = 0; j < p; j++) {
		double v = m->of.lin.rows == 1 ? w[j] - f->weights[j] : w[j];

		constant -= v * f->centre[j];
		b[j] = v * f->within.scale[j];
	}
	b[p] = constant;
}

/* Minus the log likelihood of classes and rows, at the covariance of the scores. */
static double objective(const struct fitting *f)
{
	const double two_pi = 6.283185307179586;
	double rank = (double)f->m->rank, value = 0, scale = 0;

	for (size_t c = 0; c < f->m->of.classes; c++)
		value -= f->within.mass[c] * log(f->m->priors[c]);
	for (size_t j = 0; j < f->within.p; j++)
		scale += log(f->within.scale[j]);
	value += f->total / 2 * (rank * log(two_pi) + f->log_det - 2 * scale);
	return fmin(fmax(value + f->left * rank / 2, -DBL_MAX), DBL_MAX);
}

static int fit_all(struct fitting *f, struct ml_error *err)
{
	struct lda *m = f->m;
	bool shrunk = ml_is_shrunk(f->o->shrinkage);

	if (take_priors(f, err))
		return err->code;
	place_means(f);
	int rc = triangle(f, err);
	if (!rc)
		rc = shrink(f, err);
	if (!rc && shrunk)
		solve(f);
	else if (!rc)
		rc = solve_within(f, err);
	for (size_t r = 0; !rc && r < m->of.lin.rows; r++)
		take_row(f, r);
	return rc ? rc : ml_linpred_finite(&m->of.lin, "lda", err);
}

static int fit(void *state, const struct ml_problem *p, const void *options,
	       const struct ml_run *run, struct ml_report *rep, struct ml_error *err)
{
	struct lda *m = state;
	struct fitting f = { .m = m, .o = options, .p = p, .run = run };

	if (ml_linclass_init(&m->of, p, err))
		return err->code;
	int rc = fitting_init(&f, err);
	if (!rc)
		rc = fit_all(&f, err);
	if (!rc)
		*rep = (struct ml_report){ .converged = true, .objective = objective(&f) };
	fitting_release(&f);
	return rc;
}

/* ---- the contract ---- */

static unsigned asks(const void *options)
{
	const struct lda_opts *o = options;
	bool shrunk = ml_is_shrunk(o->shrinkage);

	return shrunk ? ML_WANTS_SCALE : ML_WANTS_SCALE | ML_NO_PENALTY;
}

static void save(const void *state, struct ml_fields *out)
{
	const struct lda *m = state;

	ml_linclass_save(state, out);
	ml_priors_save(m->priors, m->of.classes, out);
	ml_put_real(out, "shrinkage", m->shrinkage);
	ml_put_size(out, "rank", m->rank);
}

static int load(void *state, unsigned format, const struct ml_fields *in, struct ml_error *err)
{
	struct lda *m = state;

	if (ml_linclass_load(state, format, in, err))
		return err->code;
	if (ml_priors_load(&m->priors, m->of.classes, in, err) ||
	    ml_get_real(in, "shrinkage", &m->shrinkage, err))
		return err->code;
	if (!m->priors || !(m->shrinkage >= 0 && m->shrinkage <= 1))
		return ml_fail(err, ML_EDATA, "E-MODEL", "field 'shrinkage': %g%s",
			       m->shrinkage, m->priors ? "" : ", and no field 'priors'");
	return ml_get_size(in, "rank", m->of.lin.features, &m->rank, err);
}

static void release(void *state)
{
	struct lda *m = state;

	free(m->priors);
	ml_linclass_release(state);
}

const struct ml_model ml_lda = {
	.name = "lda",
	.summary = "linear discriminant analysis: classes of normal columns, one covariance",
	.tasks = ML_CLASSIFY,
	.flags = ML_WANTS_SCALE | ML_NO_PENALTY,
	.format = 1,
	.opts = opts,
	.opts_size = sizeof(struct lda_opts),
	.state_size = sizeof(struct lda),
	.fit = ML_FITTING(fit),
	.predict = ml_linclass_predict,
	.width = ml_linclass_width,
	.save = save,
	.load = load,
	.release = release,
	.asks = asks,
	.coefficient_rows = ml_linclass_rows,
	.coefficients = ml_linclass_coefficients,
	.importances = ml_linclass_importances,
	.scores = ml_linclass_rows,
	.contributions = ml_linclass_contributions,
	.predict_log = ml_linclass_predict_log,
};
