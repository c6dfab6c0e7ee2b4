/* kmeans.c - k-means: k centres that are near the rows.
 *
 * Minimises the inertia, sum_i w_i min_k |x_i - c_k|^2, by Lloyd's iterations (lloyd.h) from
 * several sets of seeds (seeds.h), of which the best is kept.  What comes of it is a local
 * minimum.  Cost: n p k an iteration. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "models/clustering.h"

struct kmeans {
	struct ml_clustering c;
	struct ml_numbers tried; /* where the number of clusters was chosen */
};

enum { USUAL_BATCH = 1024 };

static int fit(void *state, const struct ml_problem *p, const void *options,
	       const struct ml_run *run, struct ml_report *rep, struct ml_error *err)
{
	struct kmeans *m = state;
	struct ml_kmeans_plan plan;
	struct ml_cloud cloud = { 0 };
	int rc = ml_kmeans_plan(&plan, options, p, err);

	if (!rc)
		rc = ml_cloud_init(&cloud, p, run, err);
	if (!rc)
		rc = plan.lo < plan.hi
			     ? ml_clustering_choose(&m->c, &m->tried, &cloud, &plan, run, err)
			     : ml_clustering_fit(&m->c, &cloud, &plan, plan.lo, run, err);
	if (!rc)
		ml_centres_turn(&m->c.centres);
	*rep = m->c.report;
	ml_cloud_release(&cloud);
	return rc;
}

/* More rows, once, in their order: centres go on being means of all that they ever got. */
static int update(void *state, const struct ml_problem *p, const void *options,
		  const struct ml_run *run, struct ml_report *rep, struct ml_error *err)
{
	const struct ml_kmeans_opts *o = options;
	struct kmeans *m = state;
	size_t batch = o->batch ? (size_t)o->batch : USUAL_BATCH;
	struct ml_cloud cloud = { 0 };
	double inertia = 0;
	int rc = ml_cloud_init(&cloud, p, run, err);

	m->c.report = (struct ml_report){ .converged = true };
	if (!rc)
		rc = ml_minibatch_pass(&m->c, &cloud, batch < cloud.n ? batch : cloud.n,
				       &inertia, run, err);
	m->c.inertia += inertia;
	m->c.report.objective = m->c.inertia;
	*rep = m->c.report;
	ml_cloud_release(&cloud);
	return rc;
}

static int predict(const void *state, const struct ml_mat *x, struct ml_mat *out,
		   struct ml_error *err)
{
	return ml_centres_predict(&((const struct kmeans *)state)->c.centres, x, out, err);
}

static size_t clusters(const void *state)
{
	return ((const struct kmeans *)state)->c.centres.n;
}

static size_t width(const void *state)
{
	return 1 + clusters(state);
}

static void sizes(const void *state, double *size)
{
	const struct kmeans *m = state;

	memcpy(size, m->c.size, m->c.centres.n * sizeof *size);
	size[m->c.centres.n] = 0;
}

static void centres(const void *state, struct ml_mat *centre)
{
	const struct ml_centres *c = &((const struct kmeans *)state)->c.centres;

	for (size_t k = 0; k < c->n; k++)
		memcpy(centre->v + k * centre->ld, c->v + k * c->p, c->p * sizeof *c->v);
}

static void save(const void *state, struct ml_fields *out)
{
	const struct kmeans *m = state;

	ml_put_real(out, "inertia", m->c.inertia);
	ml_put_reals(out, "sizes", m->c.size, m->c.centres.n);
	ml_centres_save(&m->c.centres, out);
	if (!m->tried.n)
		return;
	struct ml_fields *tried = ml_put_map(out, "tried");
	ml_put_ints(tried, "clusters", m->tried.k, m->tried.n);
	ml_put_reals(tried, "inertia", m->tried.inertia, m->tried.n);
	ml_put_reals(tried, "score", m->tried.score, m->tried.n);
}

static int load_tried(struct ml_numbers *t, const struct ml_fields *in, struct ml_error *err)
{
	const struct ml_fields *map;
	size_t n;

	if (!ml_has(in, "tried"))
		return ML_OK;
	if (ml_get_map(in, "tried", &map, err) ||
	    ml_get_count(map, "clusters", 1 << 20, &n, err) ||
	    ml_get_ints(map, "clusters", &t->k, n, 1, 1 << 20, err) ||
	    ml_get_reals(map, "inertia", &t->inertia, n, err) ||
	    ml_get_reals(map, "score", &t->score, n, err))
		return err->code;
	t->n = n;
	return ML_OK;
}

static int load(void *state, unsigned format, const struct ml_fields *in, struct ml_error *err)
{
	struct kmeans *m = state;

	(void)format; /* only version 1 exists */
	if (ml_get_real(in, "inertia", &m->c.inertia, err) ||
	    ml_centres_load(&m->c.centres, in, err) ||
	    ml_get_reals(in, "sizes", &m->c.size, m->c.centres.n, err))
		return err->code;
	for (size_t k = 0; k < m->c.centres.n; k++)
		if (!(m->c.size[k] >= 0))
			return ml_fail(err, ML_EDATA, "E-MODEL", "field 'sizes': %g",
				       m->c.size[k]);
	return load_tried(&m->tried, in, err);
}

static void release(void *state)
{
	struct kmeans *m = state;

	ml_clustering_release(&m->c);
	ml_numbers_release(&m->tried);
}

const struct ml_model ml_kmeans = {
	.name = "kmeans",
	.summary = "k-means: clusters around centres, without a target",
	.tasks = ML_CLUSTER,
	.flags = ML_TAKES_COLUMNS | ML_WANTS_SCALE | ML_SAMPLES_ROWS,
	.format = 1,
	.opts = ml_kmeans_opt_table,
	.opts_size = sizeof(struct ml_kmeans_opts),
	.state_size = sizeof(struct kmeans),
	.fit = ML_FITTING(fit),
	.update = ML_FITTING(update),
	.starts = ml_kmeans_file,
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
