/* balltree.h - points in a tree of balls: the nearest of them, for columns too many for boxes.
 *
 * A node's points lie in a ball about their mean, and are cut in two by which of two ends, far
 * apart, they are nearer to, which follows the points wherever they stretch.  By the triangle
 * inequality no point of a ball is nearer than the centre less the radius.  That needs nothing
 * but a metric, so that any power of minkowski will do.  What counts is how many dimensions the
 * points fill, not in how many columns they are given.  Boxes gain by that as much, and are
 * smaller for Euclidean distances; balls are for sums of many columns (manhattan).
 *
 * Distances of points are those of la/kdtree.h, to the bit, and a ball is never farther than a
 * point in it, rounding included.  So what is found does not depend on the shape of the tree:
 * nearest are the least in the order (distance, row).
 * Cost: some 5 n log n distances to build; n p + n p / 6 numbers.
 * References: Omohundro, Five balltree construction algorithms (1989); Uhlmann, Satisfying
 * general proximity/similarity queries with metric trees (1991). */
#ifndef ML_LA_BALLTREE_H
#define ML_LA_BALLTREE_H

#include "la/kdtree.h"

/* (sum |difference|^exponent)^(1 / exponent), raw without the root; 0: as the norm says. */
struct ml_ball_metric {
	enum ml_kd_norm norm;
	double exponent;
};

struct ml_ballnode {
	uint32_t from, to; /* places */
	uint32_t left;     /* the left child, the right one is the next node; 0: a leaf */
	double radius;     /* rounded up */
};

/* About the raw distance of a centre from q. */
typedef double ml_ball_apart_fn(const double *centre, const double *q, size_t p);
ml_ball_apart_fn *ml_ball_apart(enum ml_kd_norm norm);

struct ml_balltree {
	size_t n, p, nodes;
	struct ml_ball_metric metric;
	double *x;     /* by place, as in struct ml_kdtree */
	uint32_t *row; /* n, padded to a block: the row at a place */
	struct ml_ballnode *node;
	double *centre; /* nodes x p */
	double loose;   /* of a distance may be rounding, relative, */
	double slack;   /* and for what underflows */
	ml_kd_block_fn *measure;
	ml_ball_apart_fn *apart;
};

/* Copies the points: x is n x p, n >= 1, p >= 1, finite.  More than 2^32 - 16 rows: ML_EDATA,
 * E-LIMIT.  ml_balltree_release() frees, after failure too. */
int ml_balltree_init(struct ml_balltree *t, const struct ml_mat *x,
		     struct ml_ball_metric metric, struct ml_error *err) ML_CHECK;
void ml_balltree_release(struct ml_balltree *t);

/* The k points nearest to q, p finite numbers, in the order (d, row); returns how many there
 * are: k, or n.  near: room for k.  k >= 1.  Adds to effort, or NULL.  Touches nothing else:
 * many threads may ask. */
size_t ml_balltree_nearest(const struct ml_balltree *t, const double *q, size_t k,
			   struct ml_near *near, struct ml_kd_effort *effort);

/* Raw distance of two points, the same bits as by the tree. */
double ml_ball_between(struct ml_ball_metric metric, const double *a, const double *b,
		       size_t p);
/* The distance that a raw one stands for. */
double ml_ball_plain(struct ml_ball_metric metric, double raw);

#endif
