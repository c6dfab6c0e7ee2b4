/* kmedoids.c - k-medoids: clusters around rows of the table.
 *
 * Minimises sum_i w_i min_k |x_i - m_k| over the choice of k rows m_k, by exchanges (pam.h)
 * from seeds (seeds.h).  Distances count themselves, not their squares, so that rows far away
 * pull less than in k-means, and each cluster has a row that stands for it. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "models/pam.h"
#include "models/seeds.h"

static const char *const inits[] = { "k-means++", "random", "first", NULL };

struct kmedoids_opts {
	int64_t k, max_iter, n_init;
	int init;
};

#define AT(field, type) .offset = ML_FIELD(struct kmedoids_opts, field, type)

static const struct ml_opt opts[] = { { .name = "n-clusters",
					.letter = 'k',
					.type = ML_INT,
					.def = "8",
					.lo = 1,
					.hi = 1e6,
					AT(k, int64_t),
					.tune = { ML_LINEAR, 2, 20 },
					.arg = "K",
					.help = "clusters" },
				      { .name = "init",
					.type = ML_PICK,
					.def = "k-means++",
					.picks = inits,
					AT(init, int),
					.arg = "HOW",
					.help = "which rows are medoids first: rows far apart, "
						"rows at random, the first rows" },
				      { .name = "n-init",
					.type = ML_INT,
					.def = "1",
					.lo = 1,
					.hi = 1e6,
					AT(n_init, int64_t),
					.arg = "N",
					.help = "begin N times, and keep the best" },
				      { .name = "max-iter",
					.type = ML_INT,
					.def = "100",
					.lo = 1,
					.hi = 1e9,
					AT(max_iter, int64_t),
					.arg = "N",
					.help = "give up after N passes over the rows" },
				      ML_OPT_END };

struct kmedoids {
	struct ml_centres medoids;
	double *size; /* owned */
	double loss;
};

static int begin(struct kmedoids *m, size_t k, size_t p, struct ml_error *err)
{
	*m = (struct kmedoids){ 0 };
	if (ml_centres_init(&m->medoids, k, p, err))
		return err->code;
	m->size = ml_alloc(k, sizeof *m->size, err);
	return m->size ? ML_OK : err->code;
}

static void release(void *state)
{
	struct kmedoids *m = state;

	ml_centres_release(&m->medoids);
	free(m->size);
}

static int fit_once(struct kmedoids *m, const struct ml_cloud *cloud,
		    const struct kmedoids_opts *o, uint64_t turn, const struct ml_run *run,
		    struct ml_report *rep, struct ml_error *err)
{
	static const enum ml_seeds how[] = { ML_SEEDS_PLUS, ML_SEEDS_RANDOM, ML_SEEDS_FIRST };
	struct ml_pam pam = { .medoids = &m->medoids,
			      .size = m->size,
			      .max_iter = (size_t)o->max_iter };
	int rc = ml_seeds_choose(&m->medoids, cloud, how[o->init], turn, run, err);

	if (!rc)
		rc = ml_pam_run(&pam, cloud, run, err);
	m->loss = pam.loss;
	*rep = (struct ml_report){ .iters = pam.iters,
				   .converged = pam.converged,
				   .objective = pam.loss };
	return rc;
}

static int fit(void *state, const struct ml_problem *p, const void *options,
	       const struct ml_run *run, struct ml_report *rep, struct ml_error *err)
{
	const struct kmedoids_opts *o = options;
	struct kmedoids *best = state, other;
	struct ml_cloud cloud = { 0 };
	struct ml_report report;
	int rc = ml_cloud_init(&cloud, p, run, err);

	if (!rc)
		rc = begin(best, (size_t)o->k, p->x.cols, err);
	if (!rc)
		rc = fit_once(best, &cloud, o, 0, run, rep, err);
	for (uint64_t t = 1; !rc && t < (uint64_t)o->n_init && !ml_run_over(run); t++) {
		rc = begin(&other, (size_t)o->k, p->x.cols, err);
		if (!rc)
			rc = fit_once(&other, &cloud, o, t, run, &report, err);
		if (!rc && other.loss < best->loss) {
			struct kmedoids worse = *best;
			*best = other;
			other = worse;
			*rep = report;
		}
		release(&other);
	}
	ml_cloud_release(&cloud);
	return rc;
}

static int predict(const void *state, const struct ml_mat *x, struct ml_mat *out,
		   struct ml_error *err)
{
	return ml_centres_predict(&((const struct kmedoids *)state)->medoids, x, out, err);
}

static size_t clusters(const void *state)
{
	return ((const struct kmedoids *)state)->medoids.n;
}

static size_t width(const void *state)
{
	return 1 + clusters(state);
}

static void sizes(const void *state, double *size)
{
	const struct kmedoids *m = state;

	memcpy(size, m->size, m->medoids.n * sizeof *size);
	size[m->medoids.n] = 0;
}

static void centres(const void *state, struct ml_mat *centre)
{
	const struct ml_centres *c = &((const struct kmedoids *)state)->medoids;

	for (size_t k = 0; k < c->n; k++)
		memcpy(centre->v + k * centre->ld, c->v + k * c->p, c->p * sizeof *c->v);
}

static void save(const void *state, struct ml_fields *out)
{
	const struct kmedoids *m = state;

	ml_put_real(out, "loss", m->loss);
	ml_put_reals(out, "sizes", m->size, m->medoids.n);
	ml_centres_save(&m->medoids, out);
}

static int load(void *state, unsigned format, const struct ml_fields *in, struct ml_error *err)
{
	struct kmedoids *m = state;

	(void)format; /* only version 1 exists */
	if (ml_get_real(in, "loss", &m->loss, err) || ml_centres_load(&m->medoids, in, err) ||
	    ml_get_reals(in, "sizes", &m->size, m->medoids.n, err))
		return err->code;
	for (size_t k = 0; k < m->medoids.n; k++)
		if (!(m->size[k] >= 0))
			return ml_fail(err, ML_EDATA, "E-MODEL", "field 'sizes': %g",
				       m->size[k]);
	return ML_OK;
}

const struct ml_model ml_kmedoids = {
	.name = "kmedoids",
	.summary = "k-medoids: clusters around rows that stand for them, without a target",
	.tasks = ML_CLUSTER,
	.flags = ML_TAKES_COLUMNS | ML_WANTS_SCALE | ML_SAMPLES_ROWS,
	.format = 1,
	.opts = opts,
	.opts_size = sizeof(struct kmedoids_opts),
	.state_size = sizeof(struct kmedoids),
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
