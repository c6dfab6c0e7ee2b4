/* clustering.h - what k-means fits: centres, how many rows each has, how near they are. */
#ifndef ML_MODELS_CLUSTERING_H
#define ML_MODELS_CLUSTERING_H

#include "models/cloud.h"
#include "models/kmeans_opts.h"

struct ml_clustering {
	struct ml_centres centres;
	double *size;   /* of each cluster; owned */
	double inertia; /* sum of weight times squared distance from the nearest centre */
	struct ml_report report;
};
void ml_clustering_release(struct ml_clustering *c); /* a zeroed struct is releasable */

/* The best of plan->turns fits of k centres. */
int ml_clustering_fit(struct ml_clustering *best, const struct ml_cloud *cloud,
		      const struct ml_kmeans_plan *plan, size_t k, const struct ml_run *run,
		      struct ml_error *err) ML_CHECK;

/* How numbers of clusters compare. */
struct ml_numbers {
	size_t n;
	int32_t *k;
	double *inertia, *score; /* score: what --choose-by looks at; owned, as all here */
};
void ml_numbers_release(struct ml_numbers *t);
/* Fits plan->lo..plan->hi centres, and keeps the best number. */
int ml_clustering_choose(struct ml_clustering *best, struct ml_numbers *tried,
			 const struct ml_cloud *cloud, const struct ml_kmeans_plan *plan,
			 const struct ml_run *run, struct ml_error *err) ML_CHECK;

/* ---- minibatch.c ---- */

/* Moves centres by rows drawn at random, plan->batch at a time.  c->size: what the centres have
 * seen before, and all they have seen afterwards. */
int ml_minibatch_run(struct ml_clustering *c, const struct ml_cloud *cloud,
		     const struct ml_kmeans_plan *plan, uint64_t turn, const struct ml_run *run,
		     struct ml_error *err) ML_CHECK;
/* The same by all rows once, in their order; *inertia: of each row when its turn came. */
int ml_minibatch_pass(struct ml_clustering *c, const struct ml_cloud *cloud, size_t batch,
		      double *inertia, const struct ml_run *run, struct ml_error *err) ML_CHECK;

#endif
