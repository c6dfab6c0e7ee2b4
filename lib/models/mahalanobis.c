/* mahalanobis.c - outliers by their distance from the bulk of the rows, in units of its spread:
 *
 *     score(x) = (x - m)' S^-1 (x - m)
 *
 * which of normal rows has the chi-squared distribution with p degrees of freedom.
 *
 * m and S are robust: those of the h rows, a little more than half, whose covariance has the
 * least determinant (mcd.h); S is multiplied so that the median score is that of chi-squared.
 * Then rows whose score is at most its 0.975 quantile are all counted, and S is made consistent
 * again by what normal rows lose when their tails are cut,
 *
 *     S *= 0.975 / P(chi2_(p+2) <= q),  q the 0.975 quantile of chi2_p
 *
 * (Rousseeuw, Van Driessen 1999; Croux, Haesbroeck 1999).  Columns that depend on those before
 * them are left out (W-RANK).  Where more than half of the rows lie on a plane, more of them
 * are covered until they do not. Cost: 1000 times 300 to 600 rows times p^2, and some ten
 * passes over the rows times p^2. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <gsl/gsl_cdf.h>

#include "base/mem.h"
#include "la/quantile.h"
#include "models/mcd.h"
#include "models/upright.h"

static const char *const autos[] = { "auto", NULL };
/* Rows beyond this share of normal rows are not counted, and are outliers. */
static const double inner = 0.975;

struct mahalanobis_opts {
	bool robust;
	struct ml_pick_real support, contamination;
};

static const struct ml_opt opts[] = {
	{ .name = "robust",
	  .type = ML_BOOL,
	  .def = "yes",
	  .offset = ML_FIELD(struct mahalanobis_opts, robust, bool),
	  .help = "mean and covariance of all rows, outliers too" },
	{ .name = "support",
	  .alias = "support-fraction,alpha",
	  .type = ML_PICK_REAL,
	  .def = "auto",
	  .picks = autos,
	  .lo = 0.5,
	  .hi = 1,
	  .arg = "SHARE",
	  .offset = ML_FIELD(struct mahalanobis_opts, support, struct ml_pick_real),
	  .when = "robust=yes",
	  .help = "share of the rows that are surely no outliers; auto: (n + p + 1) / 2 of "
		  "them" },
	{ .name = "contamination",
	  .type = ML_PICK_REAL,
	  .def = "auto",
	  .picks = autos,
	  .lo = 0,
	  .hi = 0.5,
	  .arg = "SHARE",
	  .offset = ML_FIELD(struct mahalanobis_opts, contamination, struct ml_pick_real),
	  .help = "share of the rows that are outliers; auto: those that score above the 0.975 "
		  "quantile of chi-squared" },
	ML_OPT_END
};

struct mahalanobis {
	size_t features, rank;
	int32_t *kept;  /* rank: the columns that count */
	double *centre; /* rank */
	double *unit;   /* rank: powers of two */
	double *factor; /* rank x rank: L, of (x - centre) * unit */
	double threshold, logdet, cover;
};

/* ---- fitting ---- */

struct fitting {
	struct mahalanobis *m;
	const struct ml_problem *p;
	const struct mahalanobis_opts *o;
	const struct ml_run *run;
	struct ml_upright u;
	double total; /* weight */
	struct ml_scatter s;
	double *score, *w, *room;
	size_t steps;
};

static void score_all(struct fitting *f)
{
	for (size_t i = 0; i < f->u.x.rows; i++)
		f->score[i] = ml_scatter_distance(f->s.mean, f->s.factor, f->u.x.cols,
						  f->u.x.v + i * f->u.x.ld, f->room);
}

static void spread_by(struct fitting *f, double factor)
{
	size_t p = f->u.x.cols;

	for (size_t i = 0; i < p * p; i++)
		f->s.factor[i] *= sqrt(factor);
	f->s.logdet += (double)p * log(factor);
	score_all(f);
}

static int quantile(const struct fitting *f, double q, double *value, struct ml_error *err)
{
	struct ml_sorted s = { 0 };
	int rc = ml_sorted_init(&s, f->score, f->p->w, f->u.x.rows, err);

	if (!rc)
		*value = ml_sorted_quantile(&s, q);
	ml_sorted_release(&s);
	return rc;
}

/* The share that is to be covered, or more where that much lies on a plane. */
static int cover(struct fitting *f, struct ml_error *err)
{
	static const double more[] = { 0, 0.6, 0.75, 0.9, 1 };
	double p = (double)f->u.x.cols, h = floor((f->total + p + 1) / 2);
	bool singular = true;

	if (f->o->support.pick < 0)
		h = floor(f->o->support.value * f->total);
	h = fmin(fmax(h, fmin(p + 1, f->total)), f->total);
	if (f->total < 1 || !f->o->robust) /* weights are shares, or no row is doubted */
		h = f->o->robust ? f->total / 2 : f->total;
	for (size_t k = 0; singular && k < sizeof more / sizeof *more; k++) {
		double most = fmax(h, more[k] * f->total);
		if (k && most <= f->m->cover)
			continue;
		f->m->cover = most;
		if (most >= f->total) {
			singular = !ml_scatter_moments(&f->s, &f->u.x, NULL, f->p->w,
						       f->u.x.rows, 0, f->room);
			continue;
		}
		int rc = ml_mcd_fit(&f->s, &f->u.x, f->p->w, most, f->run, &f->steps, &singular,
				    err);
		if (rc)
			return rc;
	}
	if (singular)
		return ml_fail(err, ML_EDATA, "E-RANGE",
			       "mahalanobis: the rows do not span the columns");
	if (f->m->cover > h && f->run->warn)
		f->run->warn(f->run->user, "W-RANK", SIZE_MAX,
			     "most rows lie on a plane: mean and covariance are of %.0f %% of "
			     "the rows, and less robust",
			     100 * f->m->cover / f->total);
	f->m->cover /= f->total;
	return ML_OK;
}

/* Consistency, and all rows that are no outliers. */
static int reweight(struct fitting *f, struct ml_error *err)
{
	double p = (double)f->u.x.cols, cut = gsl_cdf_chisq_Pinv(inner, p), median;
	size_t n = 0;

	score_all(f);
	int rc = quantile(f, 0.5, &median, err);
	if (rc)
		return rc;
	spread_by(f, median / gsl_cdf_chisq_Pinv(0.5, p));
	struct ml_ranked *in = ml_alloc(f->u.x.rows, sizeof *in, err);
	if (!in)
		return err->code;
	double weight = 0;
	for (size_t i = 0; i < f->u.x.rows; i++)
		if (f->score[i] <= cut) {
			in[n].row = (uint32_t)i;
			f->w[n++] = f->p->w ? f->p->w[i] : 1;
			weight += f->w[n - 1];
		}
	struct ml_scatter second = { 0 };
	rc = ml_scatter_init(&second, f->u.x.cols, err);
	if (!rc &&
	    ml_scatter_moments(&second, &f->u.x, in, f->w, n, weight > 1 ? 1 : 0, f->room)) {
		ml_scatter_copy(&f->s, &second, f->u.x.cols);
		spread_by(f, inner / gsl_cdf_chisq_P(cut, p + 2));
	}
	ml_scatter_release(&second);
	free(in);
	return rc;
}

/* What was found, in the columns of the problem. */
static int finish(struct fitting *f, struct ml_error *err)
{
	struct mahalanobis *m = f->m;
	int rc = ML_OK;

	m->threshold = gsl_cdf_chisq_Pinv(inner, (double)f->u.rank);
	if (f->o->contamination.pick < 0)
		rc = quantile(f, 1 - f->o->contamination.value, &m->threshold, err);
	m->rank = f->u.rank;
	if (!(m->kept = ml_alloc(m->rank, sizeof *m->kept, err)) ||
	    !(m->centre = ml_alloc(m->rank, sizeof *m->centre, err)) ||
	    !(m->unit = ml_alloc(m->rank, sizeof *m->unit, err)) ||
	    !(m->factor = ml_alloc(m->rank * m->rank, sizeof *m->factor, err)))
		return err->code;
	m->logdet = f->s.logdet;
	memcpy(m->kept, f->u.kept, m->rank * sizeof *m->kept);
	memcpy(m->unit, f->u.unit, m->rank * sizeof *m->unit);
	memcpy(m->factor, f->s.factor, m->rank * m->rank * sizeof *m->factor);
	for (size_t k = 0; !rc && k < m->rank; k++) {
		m->centre[k] = f->u.mean[k] + f->s.mean[k] / m->unit[k];
		m->logdet -= 2 * log(m->unit[k]);
		if (!isfinite(m->centre[k]))
			rc = ml_fail(err, ML_EDATA, "E-RANGE",
				     "mahalanobis: the centre is beyond the largest double");
	}
	if (!rc && (!isfinite(m->threshold) || !isfinite(m->logdet)))
		rc = ml_fail(err, ML_EDATA, "E-RANGE", "mahalanobis: scores are not finite");
	return rc;
}

static int begin(struct fitting *f, struct ml_error *err)
{
	size_t n = f->p->x.rows, p = f->p->x.cols;

	f->m->features = p;
	for (size_t i = 0; i < n; i++)
		f->total += f->p->w ? f->p->w[i] : 1;
	if (n < p + 1)
		return ml_fail(err, ML_EDATA, "E-TOOFEW",
			       "mahalanobis: %zu rows for %zu columns, expected more rows than "
			       "columns",
			       n, p);
	if (n > UINT32_MAX || !isfinite(f->total))
		return ml_fail(err, ML_EDATA, "E-LIMIT",
			       "%zu rows, or their weights, are too "
			       "many",
			       n);
	if (!(f->room = ml_alloc(ML_SCATTER_ROOM(p), sizeof *f->room, err)) ||
	    !(f->score = ml_alloc(n, sizeof *f->score, err)) ||
	    !(f->w = ml_alloc(n, sizeof *f->w, err)))
		return err->code;
	return ML_OK;
}

static int fit(void *state, const struct ml_problem *p, const void *options,
	       const struct ml_run *run, struct ml_report *rep, struct ml_error *err)
{
	struct fitting f = { .m = state, .p = p, .o = options, .run = run };
	int rc = begin(&f, err);

	if (!rc)
		rc = ml_upright_init(&f.u, p, f.total, run, err);
	if (!rc)
		rc = ml_scatter_init(&f.s, f.u.rank, err);
	if (!rc)
		rc = cover(&f, err);
	if (!rc && f.o->robust)
		rc = reweight(&f, err);
	else if (!rc)
		score_all(&f);
	if (!rc)
		rc = finish(&f, err);
	*rep = (struct ml_report){ .iters = f.steps,
				   .converged = true,
				   .objective = f.m->logdet };
	ml_scatter_release(&f.s);
	free(f.w);
	free(f.score);
	free(f.room);
	ml_upright_release(&f.u);
	return rc;
}

/* ---- the contract ---- */

static int predict(const void *state, const struct ml_mat *x, struct ml_mat *out,
		   struct ml_error *err)
{
	const struct mahalanobis *m = state;
	double *z;

	if (ml_mat_expect(x, m->features, err) || !(z = ml_alloc(m->rank, sizeof *z, err)))
		return err->code;
	for (size_t i = 0; i < x->rows; i++) {
		const double *v = x->v + i * x->ld;
		double d = 0;
		for (size_t k = 0; k < m->rank; k++) {
			const double *row = m->factor + k * m->rank;
			double u = (v[m->kept[k]] - m->centre[k]) * m->unit[k];
			z[k] = (u - ml_dot(row, z, k)) / row[k];
			d += z[k] * z[k];
		}
		out->v[i * out->ld] = d;
	}
	free(z);
	return ML_OK;
}

static double threshold(const void *state)
{
	return ((const struct mahalanobis *)state)->threshold;
}

static void save(const void *state, struct ml_fields *out)
{
	const struct mahalanobis *m = state;

	ml_put_size(out, "features", m->features);
	ml_put_ints(out, "columns", m->kept, m->rank);
	ml_put_reals(out, "centre", m->centre, m->rank);
	ml_put_reals(out, "unit", m->unit, m->rank);
	ml_put_reals(out, "factor", m->factor, m->rank * m->rank);
	ml_put_real(out, "log-determinant", m->logdet);
	ml_put_real(out, "cover", m->cover);
	ml_put_real(out, "threshold", m->threshold);
}

static int check(const struct mahalanobis *m, struct ml_error *err)
{
	for (size_t k = 0; k < m->rank; k++)
		if (!(m->factor[k * m->rank + k] > 0) || !(m->unit[k] > 0) ||
		    (k && m->kept[k] <= m->kept[k - 1]))
			return ml_fail(err, ML_EDATA, "E-MODEL",
				       "column %d of the factor: %g, unit %g", (int)m->kept[k],
				       m->factor[k * m->rank + k], m->unit[k]);
	return ML_OK;
}

static int load(void *state, unsigned format, const struct ml_fields *in, struct ml_error *err)
{
	struct mahalanobis *m = state;

	(void)format; /* only version 1 exists */
	if (ml_get_size(in, "features", 1u << 28, &m->features, err) ||
	    ml_get_count(in, "columns", m->features < 1u << 20 ? m->features : 1u << 20,
			 &m->rank, err))
		return err->code;
	if (!m->rank)
		return ml_fail(err, ML_EDATA, "E-MODEL", "field 'columns' is empty");
	if (ml_get_ints(in, "columns", &m->kept, m->rank, 0, (int32_t)m->features - 1, err) ||
	    ml_get_reals(in, "centre", &m->centre, m->rank, err) ||
	    ml_get_reals(in, "unit", &m->unit, m->rank, err) ||
	    ml_get_reals(in, "factor", &m->factor, m->rank * m->rank, err) ||
	    ml_get_real(in, "log-determinant", &m->logdet, err) ||
	    ml_get_real(in, "cover", &m->cover, err) ||
	    ml_get_real(in, "threshold", &m->threshold, err))
		return err->code;
	return check(m, err);
}

static void release(void *state)
{
	struct mahalanobis *m = state;

	free(m->kept);
	free(m->centre);
	free(m->unit);
	free(m->factor);
}

const struct ml_model ml_mahalanobis = {
	.name = "mahalanobis",
	.summary = "outliers by their distance from the bulk of the rows, robust (MCD)",
	.tasks = ML_DETECT,
	.flags = ML_NO_PENALTY | ML_SAMPLES_ROWS,
	.format = 1,
	.opts = opts,
	.opts_size = sizeof(struct mahalanobis_opts),
	.state_size = sizeof(struct mahalanobis),
	.fit = ML_FITTING(fit),
	.predict = predict,
	.save = save,
	.load = load,
	.release = release,
	.threshold = threshold,
};
