/* brute.h - the nearest of many points by looking at all of them, for columns too many for a
 * tree.
 *
 * Half of |x - q|^2 is |x|^2 / 2 - q'x and a constant of q.  For tiles of points and queries
 * that is worked out in single precision, a fused multiply-add a coordinate, with a bound of
 * its rounding error; only points that may be among the nearest are measured in double, as
 * la/kdtree.h measures them.  So what is found is exact, and the same bits as by a tree: the
 * least in the order (distance, row).
 * Cost: n p multiplications in single precision a query, 8 or 16 at a time (AVX2, AVX-512).
 * Memory: 12 bytes a coordinate. */
#ifndef ML_LA_BRUTE_H
#define ML_LA_BRUTE_H

#include "la/kdtree.h"

/* Points and queries of a tile. */
enum { ML_BRUTE_POINTS = 16, ML_BRUTE_QUERIES = 12, ML_BRUTE_ROOM = 16 };

/* mask[i] tells the points of a block whose half - f'q_i is at most limit[i], rounding aside.
 * q: p x ML_BRUTE_ROOM, the coordinates of the queries side by side; limit: ML_BRUTE_ROOM. */
typedef void ml_brute_tile_fn(const float *f, const float *half, const float *q, size_t p,
			      const float *limit, unsigned mask[ML_BRUTE_QUERIES]);
/* The fastest for this CPU. */
ml_brute_tile_fn *ml_brute_tile(void);

struct ml_brute {
	size_t n, p;
	double *x;   /* as in struct ml_kdtree, points in the order of the rows */
	float *f;    /* centred, scaled; point t, column j: f[(t / 16 * p + j) * 16 + t % 16] */
	float *half; /* |f|^2 / 2 of each point; behind n: infinity */
	float *alone, *times; /* of 16 points: rounding error alone, and times |q| */
	double *centre;       /* p */
	double scale;         /* a power of two */
	ml_kd_block_fn *measure;
	ml_brute_tile_fn *tile;
};

/* Copies the points: n x p, n >= 1, p >= 1, finite.  More than 2^32 - 16 rows: ML_EDATA,
 * E-LIMIT. ml_brute_release() frees, after failure too. */
int ml_brute_init(struct ml_brute *b, const struct ml_mat *x, struct ml_error *err) ML_CHECK;
void ml_brute_release(struct ml_brute *b);

/* near: q->rows x k, of each row the k points nearest by Euclidean distance (raw: squared), in
 * the order (d, row); where there are fewer than k, or the query is not finite, the others have
 * d = NaN.  Touches nothing else: many threads may ask. */
int ml_brute_nearest(const struct ml_brute *b, const struct ml_mat *q, size_t k,
		     struct ml_near *near, struct ml_error *err) ML_CHECK;

#endif
