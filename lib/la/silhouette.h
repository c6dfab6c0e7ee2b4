/* silhouette.h - how much nearer each row is to its own group than to the next one, and how far
 * groups are apart.
 *
 * All distances between rows are taken: n^2 p / 2 multiplications times two, without a matrix
 * of them.  Each sum is one chain in the order of the rows, whatever the threads. */
#ifndef ML_LA_SILHOUETTE_H
#define ML_LA_SILHOUETTE_H

#include <stdint.h>

#include "base/error.h"
#include "la/mat.h"

struct ml_silhouettes {
	double *value; /* n: (b - a) / max(a, b) with a the mean distance from the other rows of
			* the group, b that from the nearest other group; 0 where the row is
			* alone in its group; NaN where it is in none, or there is no other
			* group */
	double between; /* the smallest distance of two rows of different groups */
	double within;  /* the largest of two rows of one group */
};

/* group: n, 0..groups-1, or -1 for rows that are left out.  w: n weights > 0 (weight 2 is the
 * row twice), rows of weight 0 are left out, or NULL for all 1.  s->value has room for x->rows.
 */
int ml_silhouettes(struct ml_silhouettes *s, const struct ml_mat *x, const int32_t *group,
		   size_t groups, const double *w, int threads, struct ml_error *err) ML_CHECK;

#endif
