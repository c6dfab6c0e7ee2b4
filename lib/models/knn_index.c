/* knn_index.c - what finds neighbours by a norm, a power or an angle: tiles of all points, a
 * tree of boxes, or one of balls; and which of them.
 *
 * Up to 8 columns boxes are best.  With more it is a matter of how many dimensions the points
 * fill, which no look at the table tells; so trees of some of the rows are asked for the
 * neighbours of others, and the nodes and blocks of points that they look at are counted, for
 * two numbers of rows, whence how many they will be for all.  Counts, not times: the choice is
 * always the same.  What is found does not depend on it. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "models/knn_parts.h"

enum { BOX_COLUMNS = 8 };
/* Rows of the trees that are tried, and of the smaller ones; how many neighbours are asked for;
 * fewer rows are not worth a trial. */
enum { TRIED = 4096, FEWER = 4, ASKED = 32, WORTH = 2048 };
/* Points that a tile passes in the time of a visit to a tree: 50 to 60 with AVX-512, of 16 to
 * 60 columns, half of that with AVX2. */
static const double tile_speed = 40;

/* ---- trees ---- */

static int make_tiles(struct ml_knn *m, const struct ml_mat *x, struct ml_error *err)
{
	return ml_brute_init(&m->brute, x, err);
}

static int make_boxes(struct ml_knn *m, const struct ml_mat *x, struct ml_error *err)
{
	return ml_kdtree_init(&m->tree, x, m->norm, err);
}

static int make_balls(struct ml_knn *m, const struct ml_mat *x, struct ml_error *err)
{
	struct ml_ball_metric metric = { m->norm, m->by_power ? m->exponent : 0 };

	return ml_balltree_init(&m->balls, x, metric, err);
}

static int (*const make[])(struct ml_knn *m, const struct ml_mat *x, struct ml_error *err) = {
	[ML_KNN_TILES] = make_tiles, [ML_KNN_BOXES] = make_boxes, [ML_KNN_BALLS] = make_balls
};

static size_t ask(const struct ml_knn *m, const double *q, struct ml_near *near,
		  struct ml_kd_effort *effort)
{
	if (m->index == ML_KNN_BALLS)
		return ml_balltree_nearest(&m->balls, q, m->k, near, effort);
	return ml_kdtree_nearest_counted(&m->tree, q, m->k, INFINITY, near, effort);
}

bool ml_knn_finite(const double *v, size_t n)
{
	for (size_t j = 0; j < n; j++)
		if (!isfinite(v[j]))
			return false;
	return true;
}

int ml_knn_ask_index(const struct ml_knn *m, const struct ml_mat *x, struct ml_near *near,
		     struct ml_error *err)
{
	struct ml_kd_effort unused = { 0 };

	if (m->index == ML_KNN_TILES)
		return ml_brute_nearest(&m->brute, x, m->k, near, err);
	for (size_t i = 0; i < x->rows; i++) {
		const double *q = x->v + i * x->ld;
		struct ml_near *to = near + i * m->k;
		size_t found = ml_knn_finite(q, m->cols) ? ask(m, q, to, &unused) : 0;

		for (; found < m->k; found++)
			to[found] = (struct ml_near){ NAN, 0 };
	}
	return ML_OK;
}

/* ---- the trial ---- */

/* Visits of a query to a tree, of this index, of so many rows, at most half of all. */
static int count_visits(const struct ml_knn *m, enum ml_knn_index index, size_t rows,
			double *visits, struct ml_error *err)
{
	struct ml_knn part = *m;
	struct ml_mat x = { ml_alloc(rows, m->cols * sizeof *x.v, err), rows, m->cols,
			    m->cols };
	struct ml_near *near = x.v ? ml_alloc(m->k, sizeof *near, err) : NULL;
	size_t step = m->n / rows, asked = rows < ASKED ? rows : ASKED;
	struct ml_kd_effort effort = { 0 };

	for (size_t i = 0; near && i < rows; i++)
		memcpy(x.v + i * m->cols, m->x + i * step * m->cols, m->cols * sizeof *x.v);
	part.index = index;
	part.balls = (struct ml_balltree){ 0 };
	part.tree = (struct ml_kdtree){ 0 };
	int rc = near ? make[index](&part, &x, err) : err->code;
	/* Rows between those of the tree. */
	for (size_t i = 0; !rc && i < asked; i++)
		ask(&part, m->x + (i * rows / asked * step + step / 2) * m->cols, near,
		    &effort);
	*visits = ((double)effort.nodes + (double)effort.points / ML_KD_LANES) / (double)asked;
	ml_kdtree_release(&part.tree);
	ml_balltree_release(&part.balls);
	free(near);
	free(x.v);
	return rc;
}

/* Visits to a tree of all rows: they grow by a power of the rows, at most in proportion. */
static int expect_visits(const struct ml_knn *m, enum ml_knn_index index, double *visits,
			 struct ml_error *err)
{
	size_t rows = m->n / 2 < TRIED ? m->n / 2 : TRIED;
	double few, many;

	if (count_visits(m, index, rows / FEWER, &few, err) ||
	    count_visits(m, index, rows, &many, err))
		return err->code;
	double power = log(many / few) / log(FEWER);
	power = power > 0 ? power < 1 ? power : 1 : 0;
	*visits = many * pow((double)m->n / (double)rows, power);
	return ML_OK;
}

static int choose(struct ml_knn *m, bool tiles, struct ml_error *err)
{
	double boxes, balls;

	m->index = tiles ? ML_KNN_TILES : ML_KNN_BOXES;
	if (m->n < WORTH)
		return ML_OK;
	if (expect_visits(m, ML_KNN_BOXES, &boxes, err) ||
	    expect_visits(m, ML_KNN_BALLS, &balls, err))
		return err->code;
	if (!tiles || fmin(boxes, balls) * tile_speed < (double)m->n)
		m->index = balls < boxes ? ML_KNN_BALLS : ML_KNN_BOXES;
	return ML_OK;
}

int ml_knn_make_index(struct ml_knn *m, struct ml_error *err)
{
	bool tiles = m->norm == ML_KD_EUCLIDEAN;
	struct ml_mat x = { m->x, m->n, m->cols, m->cols };

	/* Boxes are not for powers, tiles for squares only: what comes next is taken. */
	if (m->by_power || m->search == ML_KNN_BALL_TREE)
		m->index = ML_KNN_BALLS;
	else if (m->search == ML_KNN_BRUTE && tiles)
		m->index = ML_KNN_TILES;
	else if (m->search != ML_KNN_AUTO || m->cols <= BOX_COLUMNS)
		m->index = ML_KNN_BOXES;
	else if (choose(m, tiles, err))
		return err->code;
	return make[m->index](m, &x, err);
}

void ml_knn_forget_index(struct ml_knn *m)
{
	ml_balltree_release(&m->balls);
	ml_kdtree_release(&m->tree);
	ml_brute_release(&m->brute);
	free(m->range);
	m->range = NULL;
}
