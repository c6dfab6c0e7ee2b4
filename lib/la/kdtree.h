/* kdtree.h - points in a tree of boxes: the nearest of them, all within a distance.
 *
 * A node's points are cut at their median along the longest side of their box, until a few
 * are left.  Points lie in the order of the leaves ("places"), ML_KD_LANES of them together,
 * one coordinate after the other, so that a leaf is measured by vector instructions; the
 * structure is open, for walks over two trees at once.
 *
 * Distances are "raw": Euclidean ones squared, the others as they are (ml_kd_raw, ml_kd_plain).
 * The raw distance of two points is one chain of additions over the columns, the same bits
 * whoever asks and whatever the vector unit; a box is never farther than a point in it,
 * rounding included.  So what is found does not depend on the shape of the tree: nearest are
 * the least in the order (distance, row). Cost: n log n to build, n p + 2 n p / 8 numbers; a
 * query log n where p is small; with p beyond some 20 it looks at most of the points.
 * References: Friedman, Bentley, Finkel (1977); Arya, Mount (1993). */
#ifndef ML_LA_KDTREE_H
#define ML_LA_KDTREE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "la/mat.h"

enum ml_kd_norm { ML_KD_EUCLIDEAN, ML_KD_MANHATTAN, ML_KD_CHEBYSHEV };
extern const char *const ml_kd_norm_names[]; /* "euclidean", ..., NULL: as options name them */

/* Points of a block; a leaf has at most ML_KD_LEAF, and all but the last begin with a block. */
enum { ML_KD_LANES = 8, ML_KD_LEAF = 2 * ML_KD_LANES };

struct ml_kdnode {
	uint32_t from, to; /* places */
	uint32_t right;    /* the right child, the left one is the next node; 0: a leaf */
	uint32_t parent;   /* of the root: 0 */
};

/* Raw distances from q to the points of a block; returns a mask of those that are <= bound. */
typedef unsigned ml_kd_block_fn(const double *block, const double *q, size_t p, double bound,
				double *d);
/* A raw distance that no point of the box has less of. */
typedef double ml_kd_box_fn(const double *lo, const double *hi, const double *q, size_t p);

struct ml_kdtree {
	size_t n, p, nodes;
	double *x; /* place t, column j: x[(t / 8 * p + j) * 8 + t % 8]; behind n: infinity */
	uint32_t *row;          /* n, padded to a block: the row at a place */
	struct ml_kdnode *node; /* the root is the first */
	double *box;            /* for each node p least, p greatest coordinates */
	enum ml_kd_norm norm;
	ml_kd_block_fn *measure;
	ml_kd_box_fn *reach;
};

/* A point found. */
struct ml_near {
	double d; /* raw */
	uint32_t row;
};

/* Copies the points: x is n x p, n >= 1, p >= 1, finite.  More than 2^32 - 16 rows: ML_EDATA,
 * E-LIMIT.  ml_kdtree_release() frees, after failure too. */
int ml_kdtree_init(struct ml_kdtree *t, const struct ml_mat *x, enum ml_kd_norm norm,
		   struct ml_error *err) ML_CHECK;
void ml_kdtree_release(struct ml_kdtree *t);

/* What queries cost: nodes whose distance was worked out, and points. */
struct ml_kd_effort {
	size_t nodes, points;
};

/* Queries touch nothing but their arguments: many threads may ask a tree.  q: p numbers. */

/* The k points nearest to q among those at most `bound` (raw) away, in the order (d, row);
 * returns how many there are.  near: room for k.  k >= 1.  _counted: adds to effort. */
size_t ml_kdtree_nearest(const struct ml_kdtree *t, const double *q, size_t k, double bound,
			 struct ml_near *near);
size_t ml_kdtree_nearest_counted(const struct ml_kdtree *t, const double *q, size_t k,
				 double bound, struct ml_near *near,
				 struct ml_kd_effort *effort);
/* Calls see() for every point at most `bound` away, in the order of places, until it returns
 * false. */
void ml_kdtree_within(const struct ml_kdtree *t, const double *q, double bound,
		      bool (*see)(void *arg, size_t place, double d), void *arg);
/* Weight (w: by place, NULL: 1 each) of the points at most `bound` away; stops at `enough`. */
double ml_kdtree_weigh(const struct ml_kdtree *t, const double *q, double bound,
		       const double *w, double enough);

/* The point at a place, p numbers. */
static inline void ml_kdtree_point(const struct ml_kdtree *t, size_t place, double *q)
{
	const double *block = t->x + place / ML_KD_LANES * t->p * ML_KD_LANES;

	for (size_t j = 0; j < t->p; j++)
		q[j] = block[j * ML_KD_LANES + place % ML_KD_LANES];
}
static inline const double *ml_kdtree_block(const struct ml_kdtree *t, size_t place)
{
	return t->x + place / ML_KD_LANES * t->p * ML_KD_LANES;
}
static inline const double *ml_kdtree_box(const struct ml_kdtree *t, size_t node)
{
	return t->box + node * 2 * t->p;
}

double ml_kd_raw(enum ml_kd_norm norm, double distance);
double ml_kd_plain(enum ml_kd_norm norm, double raw);
/* Raw distance of two points, the same bits as by the tree. */
double ml_kd_between(enum ml_kd_norm norm, const double *a, const double *b, size_t p);
ml_kd_block_fn *ml_kd_measure(enum ml_kd_norm norm);
ml_kd_box_fn *ml_kd_reach(enum ml_kd_norm norm);

#endif
