/* columnwise.c - means and deviations of all columns at once.
 *
 * Within a block of rows, which stays in the cache, the mean and then the squares about it;
 * blocks are joined by the formulas of Chan, Golub and LeVeque (1983).  A column whose sums
 * leave the range of doubles is done again by itself (la/sums.h). */
#include "la/columnwise.h"

#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "la/sums.h"

enum { ROWS = 256, TOGETHER = 8 };

struct tally {
	double weight, mean, squares;
};

static void join(struct tally *a, double weight, double mean, double squares)
{
	double both = a->weight + weight, gap = mean - a->mean;

	if (!(weight > 0))
		return;
	a->squares += squares + gap * gap * (a->weight * (weight / both));
	a->mean += gap * (weight / both);
	a->weight = both;
}

/* n rows of cols columns; mean and squares: room for cols each. */
static void add_block(struct tally *t, const double *v, size_t n, size_t cols, size_t ld,
		      const double *w, double *mean, double *squares)
{
	double weight = 0;

	for (size_t j = 0; j < cols; j++)
		mean[j] = squares[j] = 0;
	for (size_t i = 0; i < n; i++) {
		double one = w ? w[i] : 1;

		weight += one;
		for (size_t j = 0; j < cols; j++)
			mean[j] += one * v[i * ld + j];
	}
	for (size_t j = 0; j < cols; j++)
		mean[j] /= weight;
	for (size_t i = 0; i < n; i++)
		for (size_t j = 0; j < cols; j++) {
			double d = v[i * ld + j] - mean[j];

			squares[j] += (w ? w[i] : 1) * (d * d);
		}
	for (size_t j = 0; j < cols; j++)
		join(&t[j], weight, mean[j], squares[j]);
}

/* Columns one by one would wait for each sum; some together are turned into rows first. */
static void add_columns(struct tally *t, const double *const *col, size_t cols, size_t from,
			size_t n, const double *w)
{
	double v[ROWS * TOGETHER], room[2 * TOGETHER];

	for (size_t j = 0; j < cols; j += TOGETHER) {
		size_t some = cols - j < TOGETHER ? cols - j : TOGETHER;

		for (size_t k = 0; k < some; k++)
			for (size_t i = 0; i < n; i++)
				v[i * some + k] = col[j + k][from + i];
		add_block(t + j, v, n, some, some, w, room, room + TOGETHER);
	}
}

static void add_all(struct tally *t, const struct ml_mat *x, const double *const *col,
		    const double *w, double *room)
{
	for (size_t from = 0; from < x->rows; from += ROWS) {
		size_t n = x->rows - from < ROWS ? x->rows - from : ROWS;
		const double *weight = w ? w + from : NULL;

		if (x->v)
			add_block(t, x->v + from * x->ld, n, x->cols, x->ld, weight, room,
				  room + x->cols);
		else
			add_columns(t, col, x->cols, from, n, weight);
	}
}

/* A column of huge or tiny values. */
static int again(const struct ml_mat *x, const double *const *col, size_t j, const double *w,
		 struct tally *t, struct ml_error *err)
{
	double *v = ml_alloc(x->rows, sizeof *v, err);

	if (!v)
		return err->code;
	for (size_t i = 0; i < x->rows; i++)
		v[i] = x->v ? x->v[i * x->ld + j] : col[j][i];
	struct ml_moments m = ml_moments_of(v, w, x->rows);
	*t = (struct tally){ m.weight, m.mean, m.ss };
	free(v);
	return ML_OK;
}

int ml_columnwise(const struct ml_mat *x, const double *const *col, const double *w,
		  double *mean, double *deviation, struct ml_error *err)
{
	struct tally *t = ml_alloc(x->cols, sizeof *t, err);
	double *room = ml_alloc(2 * x->cols, sizeof *room, err);
	int rc = t && room ? ML_OK : err->code;

	if (!rc)
		add_all(t, x, col, w, room);
	for (size_t j = 0; !rc && j < x->cols; j++) {
		if (!isfinite(t[j].squares) || !isfinite(t[j].mean))
			rc = again(x, col, j, w, &t[j], err);
		mean[j] = isfinite(t[j].mean) ? t[j].mean : 0;
		deviation[j] = fmin(sqrt(t[j].squares / t[j].weight), DBL_MAX);
		if (!(deviation[j] >= 0))
			deviation[j] = 0;
	}
	free(room);
	free(t);
	return rc;
}
