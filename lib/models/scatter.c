/* scatter.c - see scatter.h. */
#include "models/scatter.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "la/block.h"

/* A column whose part orthogonal to those before it is less than this share of its variance
 * counts as dependent. */
static const double rank_tol = 1e-13;

int ml_scatter_init(struct ml_scatter *m, size_t p, struct ml_error *err)
{
	*m = (struct ml_scatter){ .mean = ml_alloc(p, sizeof *m->mean, err) };
	m->factor = m->mean ? ml_alloc(p * p, sizeof *m->factor, err) : NULL;
	return m->factor ? ML_OK : err->code;
}

void ml_scatter_release(struct ml_scatter *m)
{
	free(m->mean);
	free(m->factor);
	*m = (struct ml_scatter){ 0 };
}

void ml_scatter_copy(struct ml_scatter *to, const struct ml_scatter *from, size_t p)
{
	memcpy(to->mean, from->mean, p * sizeof *to->mean);
	memcpy(to->factor, from->factor, p * p * sizeof *to->factor);
	to->logdet = from->logdet;
	to->weight = from->weight;
}

/* The lower triangle of the symmetric matrix whose upper one is in g becomes L. */
static bool factorise(double *g, size_t p, double *logdet)
{
	*logdet = 0;
	for (size_t j = 0; j < p; j++) {
		double *row = g + j * p, spread = row[j];
		for (size_t i = 0; i < j; i++) {
			double s = g[i * p + j] - ml_dot(row, g + i * p, i);
			row[i] = s / g[i * p + i];
		}
		double left = spread - ml_dot(row, row, j);
		if (!(spread > 0) || !(left > rank_tol * spread))
			return false;
		row[j] = sqrt(left);
		*logdet += log(left);
	}
	for (size_t j = 0; j < p; j++)
		for (size_t i = j + 1; i < p; i++)
			g[j * p + i] = 0;
	return true;
}

bool ml_scatter_moments(struct ml_scatter *m, const struct ml_mat *x,
			const struct ml_ranked *rank, const double *w, size_t n, double less,
			double *room)
{
	size_t p = x->cols;
	double *piece = room + p;

	m->weight = 0;
	memset(m->mean, 0, p * sizeof *m->mean);
	memset(room, 0, p * sizeof *room);
	memset(m->factor, 0, p * p * sizeof *m->factor);
	for (size_t i = 0; i < n; i++) {
		const double *v = x->v + (rank ? rank[i].row : i) * x->ld;
		double u = w ? w[i] : 1;
		m->weight += u;
		for (size_t j = 0; j < p; j++)
			m->mean[j] += u * v[j];
	}
	for (size_t j = 0; j < p; j++)
		m->mean[j] /= m->weight;
	for (size_t i = 0; i < n; i += ML_SCATTER_PIECE) {
		size_t some = n - i < ML_SCATTER_PIECE ? n - i : ML_SCATTER_PIECE;
		for (size_t k = 0; k < some; k++) {
			const double *v = x->v + (rank ? rank[i + k].row : i + k) * x->ld;
			double u = w ? sqrt(w[i + k]) : 1;
			for (size_t j = 0; j < p; j++) {
				piece[k * p + j] = u * (v[j] - m->mean[j]);
				room[j] += u * piece[k * p + j];
			}
		}
		ml_block_gram(m->factor, p, p, some, piece, p);
	}
	/* What rounding left of the mean (room) is put right, in the covariance, too. */
	for (size_t j = 0; j < p; j++)
		room[j] /= m->weight;
	for (size_t i = 0; i < p; i++)
		for (size_t j = i; j < p; j++)
			m->factor[i * p + j] =
				(m->factor[i * p + j] - m->weight * room[i] * room[j]) /
				(m->weight - less);
	for (size_t j = 0; j < p; j++)
		m->mean[j] += room[j];
	return factorise(m->factor, p, &m->logdet);
}

double ml_scatter_distance(const double *mean, const double *factor, size_t p, const double *x,
			   double *room)
{
	double d = 0;

	for (size_t j = 0; j < p; j++) {
		const double *row = factor + j * p;
		room[j] = (x[j] - mean[j] - ml_dot(row, room, j)) / row[j];
		d += room[j] * room[j];
	}
	return d;
}
