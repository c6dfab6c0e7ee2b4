/* clustering.c - the best of several fits of k centres. */
#include "models/clustering.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "models/lloyd.h"

void ml_clustering_release(struct ml_clustering *c)
{
	ml_centres_release(&c->centres);
	free(c->size);
	*c = (struct ml_clustering){ 0 };
}

static int init(struct ml_clustering *c, size_t k, size_t p, struct ml_error *err)
{
	*c = (struct ml_clustering){ 0 };
	if (ml_centres_init(&c->centres, k, p, err))
		return err->code;
	c->size = ml_alloc(k, sizeof *c->size, err);
	return c->size ? ML_OK : err->code;
}

static int fit_once(struct ml_clustering *c, const struct ml_cloud *cloud,
		    const struct ml_kmeans_plan *plan, uint64_t turn, const struct ml_run *run,
		    struct ml_error *err)
{
	struct ml_lloyd l = { .centres = &c->centres,
			      .size = c->size,
			      .max_iter = plan->batch ? 0 : plan->max_iter,
			      .tol = plan->tol * cloud->spread };
	int rc = ml_seeds_choose(&c->centres, cloud, plan->how, turn, run, err);

	memset(c->size, 0, c->centres.n * sizeof *c->size);
	if (!rc && plan->batch)
		rc = ml_minibatch_run(c, cloud, plan, turn, run, err);
	/* With batches: sizes and inertia alone. */
	if (!rc)
		rc = ml_lloyd_run(&l, cloud, run, err);
	if (!rc && !plan->batch)
		c->report = (struct ml_report){ .iters = l.iters, .converged = l.converged };
	c->inertia = c->report.objective = l.inertia;
	return rc;
}

int ml_clustering_fit(struct ml_clustering *best, const struct ml_cloud *cloud,
		      const struct ml_kmeans_plan *plan, size_t k, const struct ml_run *run,
		      struct ml_error *err)
{
	struct ml_clustering other;
	int rc = init(best, k, cloud->cols, err);

	if (!rc)
		rc = fit_once(best, cloud, plan, 0, run, err);
	for (size_t t = 1; !rc && t < plan->turns && !ml_run_over(run); t++) {
		rc = init(&other, k, cloud->cols, err);
		if (!rc)
			rc = fit_once(&other, cloud, plan, t, run, err);
		if (!rc && other.inertia < best->inertia) {
			struct ml_clustering worse = *best;
			*best = other;
			other = worse;
		}
		ml_clustering_release(&other);
	}
	return rc;
}
