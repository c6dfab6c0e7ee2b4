/* linkmatrix.c - complete and average linkage: a chain of nearest neighbours (wardchain.c) in
 * the matrix of distances.
 *
 * Row i of the lower triangle has the distances from cluster i to those before it; a merged
 * cluster takes the place of its second part.  The update is that of Lance and Williams (1967):
 * the greater of two distances, or their mean by weights.  n^2 operations, n (n - 1) / 2
 * numbers. */
#include <math.h>
#include <stdlib.h>

#include "base/mem.h"
#include "base/thread.h"
#include "la/kdtree.h"
#include "models/agglomerate.h"

enum { LANES = ML_KD_LANES, PIECE = 64 };

struct matrix {
	size_t n, p;
	const struct ml_mat *x;
	double *blocks; /* the rows, as in a tree: eight together */
	double *v;      /* (i, j), j < i: v[i (i - 1) / 2 + j] */
	double *size;
	size_t *live; /* the clusters there are, ascending */
	size_t n_live;
	size_t *link;
	size_t links;
	ml_kd_block_fn *measure;
};

static double *row_of(const struct matrix *m, size_t i)
{
	return m->v + i * (i - 1) / 2;
}

static double *cell(const struct matrix *m, size_t i, size_t j)
{
	return i > j ? row_of(m, i) + j : row_of(m, j) + i;
}

/* Distances of a few rows to those before them. */
static int measure_rows(void *arg, size_t block, int worker, struct ml_error *err)
{
	const struct matrix *m = arg;
	size_t to = (block + 1) * PIECE < m->n ? (block + 1) * PIECE : m->n;

	(void)worker;
	(void)err;
	for (size_t i = block ? block * PIECE : 1; i < to; i++) {
		double *row = row_of(m, i), d[LANES];
		for (size_t j = 0; j < i; j += LANES) {
			m->measure(m->blocks + j * m->p, m->x->v + i * m->x->ld, m->p, INFINITY,
				   d);
			for (size_t l = 0; l < LANES && j + l < i; l++)
				row[j + l] = sqrt(d[l]);
		}
	}
	return ML_OK;
}

static int measure_all(struct matrix *m, const struct ml_run *run, struct ml_error *err)
{
	size_t whole = (m->n + LANES - 1) / LANES * LANES;

	m->measure = ml_kd_measure(ML_KD_EUCLIDEAN);
	if (!(m->blocks = ml_alloc(whole * m->p, sizeof *m->blocks, err)))
		return err->code;
	for (size_t i = 0; i < m->n; i++)
		for (size_t j = 0; j < m->p; j++)
			m->blocks[i / LANES * LANES * m->p + j * LANES + i % LANES] =
				m->x->v[i * m->x->ld + j];
	int rc = ml_parallel(run->threads, (m->n + PIECE - 1) / PIECE, measure_rows, m, err);
	free(m->blocks);
	m->blocks = NULL;
	return rc;
}

/* The nearest of `who`; `before` where it is as near as any. */
static size_t nearest(const struct matrix *m, size_t who, size_t before, double *d)
{
	size_t best = before;
	const double *row = who ? row_of(m, who) : NULL;
	size_t k = 0;

	*d = before < m->n ? *cell(m, who, before) : INFINITY;
	for (; k < m->n_live && m->live[k] < who; k++)
		if (row[m->live[k]] < *d) {
			best = m->live[k];
			*d = row[best];
		}
	for (; k < m->n_live; k++)
		if (m->live[k] != who && row_of(m, m->live[k])[who] < *d) {
			best = m->live[k];
			*d = row_of(m, best)[who];
		}
	return best;
}

/* a goes, b is both. */
static void merge(struct matrix *m, size_t a, size_t b, bool mean)
{
	double na = m->size[a], nb = m->size[b];
	size_t kept = 0;

	for (size_t k = 0; k < m->n_live; k++) {
		size_t c = m->live[k];
		if (c == a)
			continue;
		m->live[kept++] = c;
		if (c == b)
			continue;
		double *to = cell(m, b, c), u = *cell(m, a, c);
		if (mean)
			*to = (na * u + nb * *to) / (na + nb);
		else
			*to = u > *to ? u : *to;
	}
	m->n_live = kept;
	m->size[b] = na + nb;
}

static int all_merges(struct matrix *m, struct ml_dendrogram *d, bool mean,
		      const struct ml_run *run, struct ml_error *err)
{
	for (size_t s = 0; s + 1 < m->n; s++) {
		double gap;
		if (s % PIECE == 0 && ml_run_over(run))
			return ml_agglomerate_late(s, m->n - 1, err);
		if (!m->links)
			m->link[m->links++] = m->live[0];
		for (;;) {
			size_t last = m->link[m->links - 1];
			size_t before = m->links > 1 ? m->link[m->links - 2] : m->n;
			size_t next = nearest(m, last, before, &gap);
			if (next == before)
				break;
			m->link[m->links++] = next;
		}
		size_t b = m->link[--m->links], a = m->link[--m->links];
		d->merge[s] =
			(struct ml_merge){ .a = (uint32_t)a, .b = (uint32_t)b, .height = gap };
		merge(m, a < b ? a : b, a < b ? b : a, mean);
	}
	return ML_OK;
}

int ml_agglomerate_matrix(struct ml_dendrogram *d, const struct ml_mat *x, const double *w,
			  bool mean, const struct ml_run *run, struct ml_error *err)
{
	struct matrix m = { .n = x->rows, .p = x->cols, .x = x, .n_live = x->rows };
	int rc = ML_OK;

	if (!(m.v = ml_alloc(m.n * (m.n - 1) / 2, sizeof *m.v, err)) ||
	    !(m.size = ml_alloc(m.n, sizeof *m.size, err)) ||
	    !(m.live = ml_alloc(m.n, sizeof *m.live, err)) ||
	    !(m.link = ml_alloc(m.n, sizeof *m.link, err)))
		rc = err->code;
	for (size_t i = 0; !rc && i < m.n; i++) {
		m.size[i] = w ? w[i] : 1;
		m.live[i] = i;
	}
	if (!rc)
		rc = measure_all(&m, run, err);
	if (!rc)
		rc = all_merges(&m, d, mean, run, err);
	if (!rc)
		rc = ml_dendrogram_order(d, err);
	free(m.link);
	free(m.live);
	free(m.size);
	free(m.v);
	return rc;
}
