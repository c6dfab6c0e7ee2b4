/* qda.c - quadratic discriminant analysis: classes are normal with means and covariances of
 * their own.
 *
 *     score_c(x) = log prior_c - log det(S_c) / 2 - (x - m_c)' S_c^-1 (x - m_c) / 2
 *
 * S_c has the divisor weight of the class - 1, and is shrunk as --shrinkage says
 * (models/within.h).  It comes as a triangle from the rows (QR), whose inverse F_c is kept: a
 * row is scored by |F_c (x - m_c)|^2.  A class of fewer rows than columns is E-TOOFEW; one that
 * does not vary in some direction is shrunk as if asked for (W-RANK). Cost: 2 n p^2 operations,
 * and k p^2 / 2 numbers; k p^2 for a row that is predicted. Reference: Ripley (1996), Pattern
 * Recognition and Neural Networks, section 2.4. */
#include <float.h>
#include <limits.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "la/qr.h"
#include "models/linpred.h"
#include "models/priors.h"
#include "models/within.h"

struct qda_opts {
	struct ml_pick_real shrinkage;
	const char *priors;
};

static const struct ml_opt opts[] = { ML_SHRINK_OPT(struct qda_opts, shrinkage,
						    "each covariance"),
				      ML_PRIORS_OPT(struct qda_opts, priors), ML_OPT_END };

/* A column whose part that is its own is at most this share of its length depends on those
 * before it: log probabilities would keep fewer than six digits. */
static const double rank_tol = 1e-5;

/* Rows of --shrinkage auto that are looked at together. */
enum { PIECE = 64 };

struct qda {
	size_t features, classes;
	double *priors; /* classes */
	double *share;  /* classes: how far shrunk */
	double *mean;   /* classes x features */
	/* classes x p(p + 1)/2: F_c, lower triangles, row after row. */
	double *factor;
	double *base; /* classes: log prior - log det(S) / 2 */
};

static size_t triangle_size(size_t p)
{
	return p * (p + 1) / 2;
}

/* log det(S) / 2 = - log of the diagonal of F. */
static int make_base(struct qda *m, struct ml_error *err)
{
	size_t p = m->features;

	if (!(m->base = ml_alloc(m->classes, sizeof *m->base, err)))
		return err->code;
	for (size_t c = 0; c < m->classes; c++) {
		m->base[c] = log(m->priors[c]);
		for (size_t j = 0; j < p; j++)
			m->base[c] += log(
				fabs(m->factor[c * triangle_size(p) + triangle_size(j) + j]));
		if (!isfinite(m->base[c]))
			return ml_fail(err, ML_EDATA, "E-RANGE",
				       "qda: a covariance is 0 or beyond doubles; scale the "
				       "columns first");
	}
	return ML_OK;
}

/* ---- fitting ---- */

struct fitting {
	struct qda *m;
	const struct ml_problem *p;
	const struct ml_run *run;
	struct ml_shrink how;
	struct ml_within within;
	double *r;       /* 2 p x p: the triangle of a class */
	double *inverse; /* p x p */
};

/* For messages, here and now. */
#define CLASS_NAME(p, c) \
	((p)->classes ? ML_SHOW((p)->classes[c], strlen((p)->classes[c])) : "?")

static int fitting_init(struct fitting *f, struct ml_error *err)
{
	size_t p = f->p->x.cols, k = f->p->nclass;
	bool shrunk = f->how.automatic || f->how.share > 0;

	if (p > INT_MAX / 4)
		return ml_fail(err, ML_EDATA, "E-LIMIT", "%zu columns are too many", p);
	if (ml_within_init(&f->within, f->p, false, f->run->threads, err))
		return err->code;
	for (size_t c = 0; c < k; c++) {
		size_t rows = f->within.begin[c + 1] - f->within.begin[c];
		if (!(f->within.mass[c] > 1) || (!shrunk && rows <= p))
			return ml_fail(err, ML_EDATA, "E-TOOFEW",
				       "qda: class '%s' has rows: %zu, weight: %g; expected "
				       "more than %zu%s",
				       CLASS_NAME(f->p, c), rows, f->within.mass[c],
				       shrunk ? (size_t)1 : p,
				       shrunk ? "" : " (or --shrinkage auto)");
	}
	if (!(f->r = ml_alloc(2 * p * p, sizeof *f->r, err)) ||
	    !(f->inverse = ml_alloc(p * p, sizeof *f->inverse, err)))
		return err->code;
	return ML_OK;
}

static void fitting_release(struct fitting *f)
{
	free(f->inverse);
	free(f->r);
	ml_within_release(&f->within);
}

/* True when no column depends on those before it. */
static bool has_full_rank(const double *r, size_t p)
{
	for (size_t j = 0; j < p; j++) {
		double square = 0;

		for (size_t i = 0; i <= j; i++)
			square += r[i * p + j] * r[i * p + j];
		if (!(fabs(r[j * p + j]) > rank_tol * sqrt(square)))
			return false;
	}
	return true;
}

/* f->r becomes the factor of the covariance of class c. */
static int find_factor(struct fitting *f, size_t c, struct ml_error *err)
{
	struct ml_within_rows rows = { &f->within, c };
	struct ml_shrink how = f->how;
	size_t p = f->within.p;
	double mass = f->within.mass[c], fourth = 0, *room;

	memset(f->r, 0, p * p * sizeof *f->r);
	if (ml_qr_rows(f->r, p, ml_within_count(&rows), ml_within_rows, &rows, f->run->threads,
		       err))
		return err->code;
	bool flat = !how.automatic && how.share == 0 && !has_full_rank(f->r, p);
	how.automatic |= flat;
	if (how.automatic) {
		if (!(room = ml_alloc(PIECE * p, sizeof *room, err)))
			return err->code;
		fourth = ml_within_fourth(&rows, room, PIECE);
		free(room);
	}
	if (!ml_shrink_factor(f->r, p, &how, mass - 1, mass, fourth, &f->m->share[c]))
		return ml_fail(err, ML_EDATA, "E-RANGE",
			       "qda: the covariance of class '%s' is not positive definite, or "
			       "beyond doubles (--shrinkage, or scale the columns)",
			       CLASS_NAME(f->p, c));
	if (flat && f->run->warn)
		f->run->warn(f->run->user, "W-RANK", SIZE_MAX,
			     "the columns depend on each other in class '%s': its covariance "
			     "is shrunk by %.3g (--shrinkage chooses)",
			     CLASS_NAME(f->p, c), f->m->share[c]);
	return ML_OK;
}

static int take_class(struct fitting *f, size_t c, struct ml_error *err)
{
	size_t p = f->within.p;
	double *to = f->m->factor + c * triangle_size(p);

	if (find_factor(f, c, err))
		return err->code;
	ml_qr_inverse(f->r, p, p, f->inverse);
	for (size_t j = 0; j < p; j++)
		for (size_t i = 0; i <= j; i++) {
			double v = f->inverse[i * p + j];
			if (!isfinite(v))
				return ml_fail(err, ML_EDATA, "E-RANGE",
					       "qda: the inverse of a covariance is beyond "
					       "doubles; scale the columns first");
			*to++ = v;
		}
	return ML_OK;
}

static int take_priors(struct fitting *f, const char *spec, struct ml_error *err)
{
	struct qda *m = f->m;
	double total = 0;

	if (ml_priors_read(spec, f->p, &m->priors, err))
		return err->code;
	if (m->priors)
		return ML_OK;
	if (!(m->priors = ml_alloc(m->classes, sizeof *m->priors, err)))
		return err->code;
	for (size_t c = 0; c < m->classes; c++)
		total += f->within.mass[c];
	for (size_t c = 0; c < m->classes; c++)
		m->priors[c] = f->within.mass[c] / total;
	return ML_OK;
}

/* Minus the log likelihood of classes and rows, taking the covariances as they would be without
 * shrinking beside their determinants. */
static double objective(const struct fitting *f)
{
	const double two_pi = 6.283185307179586;
	double value = 0, p = (double)f->m->features;

	for (size_t c = 0; c < f->m->classes; c++)
		value -= f->within.mass[c] * (f->m->base[c] - p / 2 * log(two_pi)) -
			 (f->within.mass[c] - 1) * p / 2;
	return fmin(fmax(value, -DBL_MAX), DBL_MAX);
}

static int fit_all(struct fitting *f, const char *priors, struct ml_error *err)
{
	struct qda *m = f->m;
	size_t p = m->features;

	if (take_priors(f, priors, err) ||
	    !(m->share = ml_alloc(m->classes, sizeof *m->share, err)) ||
	    !(m->mean = ml_alloc(m->classes * p, sizeof *m->mean, err)) ||
	    !(m->factor = ml_alloc(m->classes * triangle_size(p), sizeof *m->factor, err)))
		return err->code;
	memcpy(m->mean, f->within.mean, m->classes * p * sizeof *m->mean);
	int rc = ML_OK;
	for (size_t c = 0; !rc && c < m->classes; c++)
		rc = take_class(f, c, err);
	return rc ? rc : make_base(m, err);
}

static int fit(void *state, const struct ml_problem *p, const void *options,
	       const struct ml_run *run, struct ml_report *rep, struct ml_error *err)
{
	const struct qda_opts *o = options;
	struct qda *m = state;
	struct fitting f = { .m = m,
			     .p = p,
			     .run = run,
			     .how = { o->shrinkage.pick >= 0, o->shrinkage.value } };

	m->classes = p->nclass;
	m->features = p->x.cols;
	int rc = fitting_init(&f, err);
	if (!rc)
		rc = fit_all(&f, o->priors, err);
	if (!rc)
		*rep = (struct ml_report){ .converged = true, .objective = objective(&f) };
	fitting_release(&f);
	return rc;
}

/* ---- the contract ---- */

static unsigned asks(const void *options)
{
	const struct qda_opts *o = options;
	bool shrunk = ml_is_shrunk(o->shrinkage);

	return shrunk ? ML_WANTS_SCALE : ML_WANTS_SCALE | ML_NO_PENALTY;
}

/* apart: room for p numbers. */
static double score_class(const struct qda *m, size_t c, const double *x, double *apart)
{
	size_t p = m->features;
	const double *row = m->factor + c * triangle_size(p), *mean = m->mean + c * p;
	double distance = 0;

	for (size_t j = 0; j < p; j++) {
		apart[j] = x[j] - mean[j];
		double z = ml_dot(row, apart, j + 1);
		distance += z * z;
		row += j + 1;
	}
	return m->base[c] - distance / 2;
}

static int score(const struct qda *m, const struct ml_mat *x, struct ml_mat *out,
		 void (*link)(double *scores, size_t k), struct ml_error *err)
{
	double *apart;

	if (ml_mat_expect(x, m->features, err))
		return err->code;
	if (!(apart = ml_alloc(m->features, sizeof *apart, err)))
		return err->code;
	for (size_t i = 0; i < x->rows; i++) {
		double *o = out->v + i * out->ld;

		for (size_t c = 0; c < m->classes; c++)
			o[c] = score_class(m, c, x->v + i * x->ld, apart);
		link(o, m->classes);
	}
	free(apart);
	return ML_OK;
}

static int predict(const void *state, const struct ml_mat *x, struct ml_mat *out,
		   struct ml_error *err)
{
	return score(state, x, out, ml_softmax, err);
}

static int predict_log(const void *state, const struct ml_mat *x, struct ml_mat *out,
		       struct ml_error *err)
{
	return score(state, x, out, ml_log_softmax, err);
}

static size_t width(const void *state)
{
	return ((const struct qda *)state)->classes;
}

static void save(const void *state, struct ml_fields *out)
{
	const struct qda *m = state;
	size_t p = m->features, k = m->classes;

	ml_put_size(out, "classes", k);
	ml_put_size(out, "features", p);
	ml_priors_save(m->priors, k, out);
	ml_put_reals(out, "shrinkage", m->share, k);
	ml_put_reals(out, "means", m->mean, k * p);
	ml_put_reals(out, "factors", m->factor, k * triangle_size(p));
}

static int load(void *state, unsigned format, const struct ml_fields *in, struct ml_error *err)
{
	struct qda *m = state;

	(void)format; /* only version 1 exists */
	if (ml_get_size(in, "classes", 1u << 20, &m->classes, err) ||
	    ml_get_size(in, "features", 1u << 20, &m->features, err))
		return err->code;
	size_t p = m->features, k = m->classes;
	if (k < 2)
		return ml_fail(err, ML_EDATA, "E-MODEL", "field 'classes': %zu", k);
	if (ml_priors_load(&m->priors, k, in, err) ||
	    ml_get_reals(in, "shrinkage", &m->share, k, err) ||
	    ml_get_reals(in, "means", &m->mean, k * p, err) ||
	    ml_get_reals(in, "factors", &m->factor, k * triangle_size(p), err))
		return err->code;
	if (!m->priors)
		return ml_fail(err, ML_EDATA, "E-MODEL", "no field 'priors'");
	if (make_base(m, err) == ML_EDATA)
		return ml_fail(err, ML_EDATA, "E-MODEL", "field 'factors' has a diagonal of 0");
	return m->base ? ML_OK : err->code;
}

static void release(void *state)
{
	struct qda *m = state;

	free(m->base);
	free(m->factor);
	free(m->mean);
	free(m->share);
	free(m->priors);
}

const struct ml_model ml_qda = {
	.name = "qda",
	.summary =
		"quadratic discriminant analysis: classes of normal columns, own covariances",
	.tasks = ML_CLASSIFY,
	.flags = ML_WANTS_SCALE | ML_NO_PENALTY | ML_HARD_ROWS,
	.format = 1,
	.opts = opts,
	.opts_size = sizeof(struct qda_opts),
	.state_size = sizeof(struct qda),
	.fit = ML_FITTING(fit),
	.predict = predict,
	.width = width,
	.save = save,
	.load = load,
	.release = release,
	.asks = asks,
	.predict_log = predict_log,
};
