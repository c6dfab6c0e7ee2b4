/* flock.h - clusters that are merged one pair after another, and which is nearest to which.
 *
 * A cluster is a centre and a size (the weight of its rows); between two of them
 *
 *     d = s |c_a - c_b|^2,  s = n_a n_b / (n_a + n_b) for Ward's method, else 1.
 *
 * Centres lie in a tree of boxes (la/kdtree.h) whose nodes know the least size in them, too, so
 * that a box can be passed by.  A merged centre takes the place of one of its two; the tree is
 * built anew when half of its places are empty.  Memory: O(n p).  d is the same bits for (a, b)
 * and (b, a). */
#ifndef ML_MODELS_FLOCK_H
#define ML_MODELS_FLOCK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "la/kdtree.h"

struct ml_flock {
	struct ml_kdtree tree; /* its rows are clusters, UINT32_MAX where a place is empty */
	bool ward;
	size_t alive;    /* clusters there are */
	uint32_t *place; /* by cluster, UINT32_MAX when it is merged; 2 n - 1 */
	double *size;    /* by cluster; 2 n - 1 */
	double *least;   /* by node: least size of a cluster, infinity when empty */
	uint32_t *leaf;  /* by block: the leaf it is in */
};

struct ml_flockmate {
	double d; /* infinity: there is none */
	uint32_t who;
};

/* Clusters 0..n-1 are the rows, w their weights or NULL for all 1.  Freed by release, after
 * failure too. */
int ml_flock_init(struct ml_flock *f, const struct ml_mat *x, const double *w, bool ward,
		  struct ml_error *err) ML_CHECK;
void ml_flock_release(struct ml_flock *f);

/* The nearest other cluster, the least one of several, if it is nearer than bound.  Threads may
 * ask at once; room: p numbers. */
struct ml_flockmate ml_flock_nearest(const struct ml_flock *f, uint32_t who, double bound,
				     double *room);
/* The nearest of each of the n rows, when none is merged yet: mate[0..n). */
int ml_flock_all_nearest(const struct ml_flock *f, int threads, struct ml_flockmate *mate,
			 struct ml_error *err) ML_CHECK;
/* Cluster `born` takes the place of a and b: its centre is their mean by size, or with
 * `midway` the point between them.  room: p numbers. */
int ml_flock_merge(struct ml_flock *f, uint32_t a, uint32_t b, uint32_t born, bool midway,
		   double *room, struct ml_error *err) ML_CHECK;

static inline bool ml_flock_has(const struct ml_flock *f, uint32_t who)
{
	return f->place[who] != UINT32_MAX;
}

#endif
