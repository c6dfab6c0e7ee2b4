/* gmm.c - mixtures of normal distributions: how many, which start, which of several fits.
 *
 * A fit begins with the clusters of k-means (lloyd.h) and goes on by EM (mixture.h), --n-init
 * times from other seeds; the greatest likelihood is kept.  Of several numbers of components
 * the one with the least BIC = -2 log likelihood + parameters log n, or AIC with 2 in place of
 * log n. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "models/gmm_parts.h"

static const char *const shapes[] = { "full", "tied", "diag", "spherical", NULL };
static const char *const criteria[] = { "bic", "aic", NULL };
static const char *const starts[] = { "kmeans", "k-means++", "random", "first", NULL };
_Static_assert(GMM_FILE + 1 == sizeof starts / sizeof *starts, "other words are files");
#define AT(field, type) .offset = ML_FIELD(struct gmm_opts, field, type)

static const struct ml_opt opts[] = {
	{ .name = "n-components",
	  .letter = 'k',
	  .alias = "n-clusters",
	  .type = ML_TEXT,
	  .def = "auto",
	  .arg = "K|LOW:HIGH",
	  AT(components, const char *),
	  .help = "components, or a range that --criterion chooses from; auto: 2, or as many "
		  "as --init has rows" },
	{ .name = "covariance",
	  .alias = "covariance-type",
	  .type = ML_PICK,
	  .def = "full",
	  .picks = shapes,
	  .arg = "SHAPE",
	  AT(shape, int),
	  .tune = { ML_LINEAR, 0, 0 },
	  .help = "covariances: any, one for all components, diagonal, or round" },
	{ .name = "criterion",
	  .type = ML_PICK,
	  .def = "bic",
	  .picks = criteria,
	  .arg = "NAME",
	  AT(criterion, int),
	  .help = "what chooses the number of components from a range" },
	{ .name = "reg",
	  .alias = "reg-covar",
	  .type = ML_REAL,
	  .def = "1e-6",
	  .lo = 0,
	  .hi = 1e300,
	  .arg = "X",
	  AT(reg, double),
	  .help = "added to the variances, so that no component collapses" },
	{ .name = "init",
	  .type = ML_TEXT,
	  .def = "kmeans",
	  .arg = "HOW",
	  AT(init, const char *),
	  .help = "where components begin: kmeans (at its clusters), or at some rows, with "
		  "those nearest to each: k-means++ (rows far apart), random, first, or the "
		  "rows of a FILE with the same columns" },
	{ .name = "n-init",
	  .type = ML_INT,
	  .def = "1",
	  .lo = 1,
	  .hi = 1e6,
	  .arg = "N",
	  AT(n_init, int64_t),
	  .help = "begin N times, and keep the greatest likelihood" },
	{ .name = "max-iter",
	  .type = ML_INT,
	  .def = "100",
	  .lo = 1,
	  .hi = 1e9,
	  .arg = "N",
	  AT(max_iter, int64_t),
	  .help = "give up after N iterations" },
	{ .name = "tol",
	  .type = ML_REAL,
	  .def = "1e-3",
	  .lo = 0,
	  .hi = 1e300,
	  .arg = "X",
	  AT(tol, double),
	  .help = "stop when the mean log likelihood of a row changes by less" },
	ML_OPT_END
};

enum gmm_start ml_gmm_start(const char *init)
{
	size_t i = 0;

	while (starts[i] && strcmp(starts[i], init))
		i++;
	return (enum gmm_start)i;
}

static const char **start_file(void *options)
{
	struct gmm_opts *o = options;

	return ml_gmm_start(o->init) == GMM_FILE ? &o->init : NULL;
}

static int predict(const void *state, const struct ml_mat *x, struct ml_mat *out,
		   struct ml_error *err)
{
	const struct ml_mixture *m = &((const struct gmm *)state)->mix;
	double *room;

	if (ml_mat_expect(x, m->p, err))
		return err->code;
	if (!(room = ml_alloc(ML_MIXTURE_ROOM(m->p), sizeof *room, err)))
		return err->code;
	for (size_t i = 0; i < x->rows; i += ML_MIXTURE_ROWS) {
		size_t some = x->rows - i < ML_MIXTURE_ROWS ? x->rows - i : ML_MIXTURE_ROWS;
		ml_mixture_rows(m, x->v + i * x->ld, x->ld, some, out->v + i * out->ld + 1,
				out->ld, NULL, room);
	}
	for (size_t i = 0; i < x->rows; i++) {
		double *row = out->v + i * out->ld;
		size_t own = 0;
		for (size_t c = 1; c < m->k; c++)
			own = row[1 + c] > row[1 + own] ? c : own;
		row[0] = isnan(row[1]) ? NAN : (double)own;
	}
	free(room);
	return ML_OK;
}

static size_t clusters(const void *state)
{
	return ((const struct gmm *)state)->mix.k;
}

static size_t width(const void *state)
{
	return 1 + clusters(state);
}

static void sizes(const void *state, double *size)
{
	const struct gmm *g = state;

	memcpy(size, g->size, g->mix.k * sizeof *size);
	size[g->mix.k] = 0;
}

static void centres(const void *state, struct ml_mat *centre)
{
	const struct ml_mixture *m = &((const struct gmm *)state)->mix;

	for (size_t c = 0; c < m->k; c++)
		memcpy(centre->v + c * centre->ld, m->mean + c * m->p, m->p * sizeof *m->mean);
}

static void save(const void *state, struct ml_fields *out)
{
	const struct gmm *g = state;
	const struct ml_mixture *m = &g->mix;

	ml_put_text(out, "covariance", shapes[m->shape]);
	ml_put_size(out, "features", m->p);
	ml_put_real(out, "log-likelihood", g->likelihood);
	ml_put_real(out, "bic", g->bic);
	ml_put_real(out, "aic", g->aic);
	ml_put_reals(out, "weights", m->weight, m->k);
	ml_put_reals(out, "sizes", g->size, m->k);
	ml_put_reals(out, "means", m->mean, m->k * m->p);
	ml_put_reals(out, "covariances", m->cov, ml_mixture_covs(m));
}

/* Shares that sum to 1, sizes that are not negative, covariances that have inverses. */
static int check(struct gmm *g, struct ml_error *err)
{
	double sum = 0;

	for (size_t c = 0; c < g->mix.k; c++) {
		sum += g->mix.weight[c];
		if (!(g->mix.weight[c] > 0) || !(g->size[c] >= 0))
			return ml_fail(err, ML_EDATA, "E-MODEL",
				       "component %zu: weight %g, size %g", c + 1,
				       g->mix.weight[c], g->size[c]);
	}
	if (fabs(sum - 1) > 1e-9)
		return ml_fail(err, ML_EDATA, "E-MODEL", "field 'weights': their sum is %g",
			       sum);
	size_t bad = ml_mixture_prepare(&g->mix);
	return bad == SIZE_MAX
		       ? ML_OK
		       : ml_fail(err, ML_EDATA, "E-MODEL",
				 "field 'covariances': component %zu has no inverse", bad + 1);
}

static int load(void *state, unsigned format, const struct ml_fields *in, struct ml_error *err)
{
	struct gmm *g = state;
	struct ml_mixture *m = &g->mix;
	size_t shape, k, p, means;

	(void)format; /* only version 1 exists */
	if (ml_get_pick(in, "covariance", shapes, &shape, err) ||
	    ml_get_size(in, "features", 1u << 20, &p, err) ||
	    ml_get_count(in, "weights", 1u << 20, &k, err) ||
	    ml_get_count(in, "means", SIZE_MAX / sizeof(double), &means, err))
		return err->code;
	if (!k || !p || means / k != p || means % k)
		return ml_fail(err, ML_EDATA, "E-MODEL",
			       "%zu components of %zu features, %zu numbers as means", k, p,
			       means);
	m->shape = (enum ml_shape)shape;
	m->k = k;
	m->p = p;
	if (ml_get_real(in, "log-likelihood", &g->likelihood, err) ||
	    ml_get_real(in, "bic", &g->bic, err) || ml_get_real(in, "aic", &g->aic, err) ||
	    ml_get_reals(in, "weights", &m->weight, k, err) ||
	    ml_get_reals(in, "sizes", &g->size, k, err) ||
	    ml_get_reals(in, "means", &m->mean, means, err) ||
	    ml_get_reals(in, "covariances", &m->cov, ml_mixture_covs(m), err))
		return err->code;
	if (!(m->inverse = ml_alloc(ml_mixture_covs(m), sizeof *m->inverse, err)) ||
	    !(m->constant = ml_alloc(k, sizeof *m->constant, err)))
		return err->code;
	return check(g, err);
}

static void release(void *state)
{
	struct gmm *g = state;

	ml_mixture_release(&g->mix);
	free(g->size);
}

const struct ml_model ml_gmm = {
	.name = "gmm",
	.summary = "mixtures of normal distributions: clusters with memberships",
	.tasks = ML_CLUSTER,
	.flags = ML_WANTS_SCALE | ML_SAMPLES_ROWS,
	.format = 1,
	.opts = opts,
	.opts_size = sizeof(struct gmm_opts),
	.state_size = sizeof(struct gmm),
	.fit = ML_FITTING(ml_gmm_fit),
	.predict = predict,
	.width = width,
	.save = save,
	.load = load,
	.release = release,
	.starts = start_file,
	.per_cluster = "prob",
	.clusters = clusters,
	.sizes = sizes,
	.centres = centres,
};
