/* kmeans_opts.h - what the options of k-means ask for. */
#ifndef ML_MODELS_KMEANS_OPTS_H
#define ML_MODELS_KMEANS_OPTS_H

#include "models/model.h"
#include "models/seeds.h"

enum ml_choose_by { ML_BY_SILHOUETTE, ML_BY_GAP, ML_BY_ELBOW };

struct ml_kmeans_opts {
	const char *n_clusters, *init;
	struct ml_pick_real n_init;
	int64_t max_iter, batch, patience;
	int choose;
	double tol;
};
extern const struct ml_opt ml_kmeans_opt_table[];

struct ml_kmeans_plan {
	size_t lo, hi; /* clusters: one number, or all of these */
	enum ml_choose_by by;
	enum ml_seeds how;
	size_t turns, max_iter;
	size_t batch, patience; /* batch 0: all rows */
	double tol;
};

/* The field of --init when it names a file, or NULL when it is a word. */
const char **ml_kmeans_file(void *opts);
/* E-USAGE: no number or range of clusters, or another one than there are rows to begin at;
 * E-TOOFEW: fewer rows than clusters. */
int ml_kmeans_plan(struct ml_kmeans_plan *plan, const struct ml_kmeans_opts *o,
		   const struct ml_problem *p, struct ml_error *err) ML_CHECK;

#endif
