/* queries.h - rows in groups that are ranked, as answers to queries: orders, and what they are
 * worth. */
#ifndef ML_LA_QUERIES_H
#define ML_LA_QUERIES_H

#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

struct ml_queries {
	size_t n;      /* queries */
	size_t most;   /* rows of the largest one */
	size_t *start; /* n + 1: rows of query q are row[start[q]..start[q + 1]), ascending */
	uint32_t *row;
	double *discount; /* most: of rank r from 0 on, 1 / log2(r + 2); all are owned */
};

/* group: of each row 0, 1, ...; a number that no row has is a query without rows.  E-LIMIT:
 * beyond UINT32_MAX rows. */
int ml_queries_init(struct ml_queries *q, const int32_t *group, size_t rows,
		    struct ml_error *err) ML_CHECK;
void ml_queries_release(struct ml_queries *q); /* a zeroed struct is releasable */

struct ml_answer {
	double key;
	uint32_t row;
};
/* The rows of query k by falling v[row], equal ones ascending; how many.  Room for q->most. */
size_t ml_queries_rank(const struct ml_queries *q, size_t k, const double *v,
		       struct ml_answer *room);
/* Discounted cumulative gain of n ranked answers: the sum of gain[row] / log2(rank + 1) over
 * the first `top` ranks (0: all).  Answers of the same key share what their ranks are worth, so
 * it does not matter which of them comes first.  Those of w[row] == 0 are absent; w may be
 * NULL.  gain NULL: the gain of their keys. */
double ml_queries_dcg(const struct ml_queries *q, const struct ml_answer *a, size_t n,
		      const double *gain, const double *w, size_t top);

/* The gain of a relevance: 2^y - 1 (Burges and others 2005); NaN below 0. */
double ml_gain(double y);

#endif
