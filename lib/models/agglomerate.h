/* agglomerate.h - hierarchical clustering of points: merges, by one algorithm for each kind of
 * distance between clusters.
 *
 * linkage     height of a merge                                 algorithm
 * ward        sqrt(2 n_a n_b / (n_a + n_b)) |c_a - c_b|         chain of nearest neighbours
 * centroid    |c_a - c_b|, c the mean                           nearest pair, lazily renewed
 * median      |c_a - c_b|, c midway between those merged        the same
 * single      least distance of two rows                        minimum spanning tree
 * complete    greatest distance of two rows                     chain in a matrix of distances
 * average     mean distance of two rows                         the same
 *
 * The first four keep O(n p) numbers and ask trees of boxes: some n log n where p is small, n^2
 * at most.  The last two keep n (n - 1) / 2 distances.
 * References: Murtagh (1983), the chain; Mullner (2011), "Modern hierarchical, agglomerative
 * clustering algorithms". */
#ifndef ML_MODELS_AGGLOMERATE_H
#define ML_MODELS_AGGLOMERATE_H

#include "base/run.h"
#include "la/mat.h"
#include "models/dendrogram.h"

enum ml_linkage {
	ML_WARD,
	ML_COMPLETE,
	ML_AVERAGE,
	ML_SINGLE,
	ML_CENTROID,
	ML_MEDIAN,
	ML_LINKAGES
};

/* d: initialised with x->rows, filled in order.  w: weights, or NULL: a row of weight 2 is two
 * rows that were merged at height 0.  No square of a difference, times a weight, may overflow.
 * Out of time: ML_EDATA, E-LIMIT. */
int ml_agglomerate(struct ml_dendrogram *d, enum ml_linkage how, const struct ml_mat *x,
		   const double *w, const struct ml_run *run, struct ml_error *err) ML_CHECK;

/* Its parts: of points, where centres say all; of a matrix; by the spanning tree. */
int ml_agglomerate_chain(struct ml_dendrogram *d, const struct ml_mat *x, const double *w,
			 const struct ml_run *run, struct ml_error *err) ML_CHECK;
int ml_agglomerate_pairs(struct ml_dendrogram *d, const struct ml_mat *x, const double *w,
			 bool midway, const struct ml_run *run, struct ml_error *err) ML_CHECK;
int ml_agglomerate_matrix(struct ml_dendrogram *d, const struct ml_mat *x, const double *w,
			  bool mean, const struct ml_run *run, struct ml_error *err) ML_CHECK;
int ml_agglomerate_tree(struct ml_dendrogram *d, const struct ml_mat *x,
			const struct ml_run *run, struct ml_error *err) ML_CHECK;
/* What they return when the run is over before the last merge. */
int ml_agglomerate_late(size_t made, size_t all, struct ml_error *err);

#endif
