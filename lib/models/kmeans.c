/* kmeans.c - k-means: k centres that are near the rows.
 *
 * Minimises the inertia, sum_i w_i min_k |x_i - c_k|^2, by Lloyd's iterations (lloyd.h) from
 * several sets of seeds (seeds.h), of which the best is kept.  What comes of it is a local
 * minimum.  Cost: n p k an iteration. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "models/lloyd.h"
#include "models/seeds.h"

static const char *const autos[] = { "auto", NULL };
static const char *const inits[] = { "k-means++", "random", "first", NULL };

struct kmeans_opts {
	int64_t k, max_iter;
	int init;
	double tol;
	struct ml_pick_real n_init;
};

static const struct ml_opt opts[] = {
	{ .name = "n-clusters",
	  .letter = 'k',
	  .type = ML_INT,
	  .def = "8",
	  .lo = 1,
	  .hi = 1e6,
	  .offset = ML_FIELD(struct kmeans_opts, k, int64_t),
	  .arg = "K",
	  .help = "clusters" },
	{ .name = "init",
	  .type = ML_PICK,
	  .def = "k-means++",
	  .picks = inits,
	  .offset = ML_FIELD(struct kmeans_opts, init, int),
	  .arg = "HOW",
	  .help = "where the centres begin: at rows that are far apart, at random rows, at the "
		  "first rows" },
	{ .name = "n-init",
	  .type = ML_PICK_REAL,
	  .def = "auto",
	  .picks = autos,
	  .lo = 1,
	  .hi = 1e6,
	  .offset = ML_FIELD(struct kmeans_opts, n_init, struct ml_pick_real),
	  .arg = "N",
	  .help = "begin N times, and keep the best; auto: 3 times, at random rows 10" },
	{ .name = "max-iter",
	  .type = ML_INT,
	  .def = "300",
	  .lo = 1,
	  .hi = 1e9,
	  .offset = ML_FIELD(struct kmeans_opts, max_iter, int64_t),
	  .arg = "N",
	  .help = "give up after N iterations" },
	{ .name = "tol",
	  .type = ML_REAL,
	  .def = "1e-4",
	  .lo = 0,
	  .hi = 1,
	  .offset = ML_FIELD(struct kmeans_opts, tol, double),
	  .arg = "X",
	  .help = "stop when the squares of the centres' moves sum to X of the mean variance "
		  "of the columns; 0: when no row changes its cluster" },
	ML_OPT_END
};

struct kmeans {
	struct ml_centres centres;
	double *size; /* of each cluster; owned */
	double inertia;
};

static int fit(void *state, const struct ml_problem *p, const void *options,
	       const struct ml_run *run, struct ml_report *rep, struct ml_error *err)
{
	const struct kmeans_opts *o = options;
	struct kmeans *m = state;
	size_t k = (size_t)o->k, p_ = p->x.cols;
	double turns = o->n_init.pick < 0           ? floor(o->n_init.value)
		       : o->init == ML_SEEDS_FIRST  ? 1
		       : o->init == ML_SEEDS_RANDOM ? 10
						    : 3;
	struct ml_centres c = { 0 };
	struct ml_lloyd l = { .centres = &c, .max_iter = (size_t)o->max_iter, .tol = 0 };
	struct ml_cloud cloud;
	int rc = ml_cloud_init(&cloud, p, run, err);

	l.tol = o->tol * cloud.spread;
	if (!rc)
		rc = ml_centres_init(&m->centres, k, p_, err);
	if (!rc)
		rc = ml_centres_init(&c, k, p_, err);
	if (!rc && (!(m->size = ml_alloc(k, sizeof *m->size, err)) ||
		    !(l.size = ml_alloc(k, sizeof *l.size, err))))
		rc = err->code;
	for (uint64_t t = 0; !rc && t < (uint64_t)turns && (!t || !ml_run_over(run)); t++) {
		rc = ml_seeds_choose(&c, &cloud, (enum ml_seeds)o->init, t, run, err);
		if (!rc)
			rc = ml_lloyd_run(&l, &cloud, run, err);
		if (rc || (t && !(l.inertia < m->inertia)))
			continue;
		memcpy(m->centres.v, c.v, k * p_ * sizeof *c.v);
		memcpy(m->size, l.size, k * sizeof *l.size);
		m->inertia = l.inertia;
		*rep = (struct ml_report){ .iters = l.iters,
					   .converged = l.converged,
					   .objective = l.inertia };
	}
	if (!rc)
		ml_centres_turn(&m->centres);
	free(l.size);
	ml_centres_release(&c);
	ml_cloud_release(&cloud);
	return rc;
}

static int predict(const void *state, const struct ml_mat *x, struct ml_mat *out,
		   struct ml_error *err)
{
	return ml_centres_predict(&((const struct kmeans *)state)->centres, x, out, err);
}

static size_t clusters(const void *state)
{
	return ((const struct kmeans *)state)->centres.n;
}

static size_t width(const void *state)
{
	return 1 + clusters(state);
}

static void sizes(const void *state, double *size)
{
	const struct kmeans *m = state;

	memcpy(size, m->size, m->centres.n * sizeof *size);
	size[m->centres.n] = 0;
}

static void centres(const void *state, struct ml_mat *centre)
{
	const struct ml_centres *c = &((const struct kmeans *)state)->centres;

	for (size_t k = 0; k < c->n; k++)
		memcpy(centre->v + k * centre->ld, c->v + k * c->p, c->p * sizeof *c->v);
}

static void save(const void *state, struct ml_fields *out)
{
	const struct kmeans *m = state;

	ml_put_real(out, "inertia", m->inertia);
	ml_put_reals(out, "sizes", m->size, m->centres.n);
	ml_centres_save(&m->centres, out);
}

static int load(void *state, unsigned format, const struct ml_fields *in, struct ml_error *err)
{
	struct kmeans *m = state;

	(void)format; /* only version 1 exists */
	if (ml_get_real(in, "inertia", &m->inertia, err) ||
	    ml_centres_load(&m->centres, in, err) ||
	    ml_get_reals(in, "sizes", &m->size, m->centres.n, err))
		return err->code;
	for (size_t k = 0; k < m->centres.n; k++)
		if (!(m->size[k] >= 0))
			return ml_fail(err, ML_EDATA, "E-MODEL", "field 'sizes': %g",
				       m->size[k]);
	return ML_OK;
}

static void release(void *state)
{
	struct kmeans *m = state;

	ml_centres_release(&m->centres);
	free(m->size);
}

const struct ml_model ml_kmeans = {
	.name = "kmeans",
	.summary = "k-means: clusters around centres, without a target",
	.tasks = ML_CLUSTER,
	.flags = ML_TAKES_COLUMNS | ML_WANTS_SCALE | ML_SAMPLES_ROWS,
	.format = 1,
	.opts = opts,
	.opts_size = sizeof(struct kmeans_opts),
	.state_size = sizeof(struct kmeans),
	.fit = ML_FITTING(fit),
	.predict = predict,
	.width = width,
	.save = save,
	.load = load,
	.release = release,
	.per_cluster = "dist",
	.clusters = clusters,
	.sizes = sizes,
	.centres = centres,
};
