/* ranks.c - features as ranks. */
#include "models/ranks.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/thread.h"
#include "la/argsort.h"

struct making {
	struct ml_ranks *r;
	const struct ml_problem *p;
	size_t max_bins;
	bool ordered;
};

static double cell(const struct ml_problem *p, size_t i, size_t j)
{
	return p->x.v ? p->x.v[i * p->x.ld + j] : p->col[j][i];
}

double ml_rank_cut(const struct ml_rank *of, size_t b, size_t next)
{
	double lo = of->most[b], hi = of->least[next], m = lo / 2 + hi / 2;

	return m < hi ? (m > lo ? m : lo) : lo;
}

static int rank_levels(const struct making *m, size_t j, struct ml_error *err)
{
	struct ml_rank *of = &m->r->of[j];
	uint16_t *v = m->r->v + j * m->r->rows;

	if (of->levels > ML_RANKS)
		return ml_fail(err, ML_EDATA, "E-LIMIT", "a feature of %zu levels, at most %d",
			       of->levels, ML_RANKS);
	of->bins = of->levels;
	for (size_t i = 0; i < m->r->rows; i++) {
		double x = cell(m->p, i, j);

		v[i] = (uint16_t)(x >= 0 && x < (double)of->levels ? (size_t)x : of->levels);
	}
	return ML_OK;
}

/* ---- levels in order ---- */

struct place {
	double score;
	uint16_t level;
};

static int by_score(const void *a, const void *b)
{
	const struct place *u = a, *v = b;

	return u->score != v->score ? (u->score > v->score) - (u->score < v->score)
				    : (u->level > v->level) - (u->level < v->level);
}

/* share[levels x k]: of each level the weights of the classes, or of the target (k 1: times
 * it); becomes their deviations from that of all.  mass: of each level. */
static void sum_levels(const struct making *m, size_t j, size_t k, double *share, double *mass)
{
	const struct ml_problem *p = m->p;
	size_t levels = m->r->of[j].levels;
	double total = 0;

	for (size_t i = 0; i < m->r->rows; i++) {
		size_t b = m->r->v[j * m->r->rows + i];
		double w = p->w ? p->w[i] : 1;

		if (b == levels)
			continue;
		mass[b] += w;
		total += w;
		if (k == 1)
			share[b] += w * (p->nclass ? (double)(p->y[i] > 0) : p->y[i]);
		else
			share[b * k + (size_t)p->y[i]] += w;
	}
	for (size_t c = 0; c < k; c++) {
		double all = 0;

		for (size_t b = 0; b < levels; b++)
			all += share[b * k + c] / total;
		for (size_t b = 0; b < levels; b++)
			share[b * k + c] = mass[b] > 0 ? share[b * k + c] / mass[b] - all : 0;
	}
}

/* The first principal component of the deviations, by power iteration from the level that
 * deviates most; its sign follows from there. */
static void find_component(const double *share, const double *mass, size_t levels, size_t k,
			   double *v, double *next)
{
	enum { ROUNDS = 50 };
	double most = -1;

	for (size_t b = 0; b < levels; b++) {
		double size = 0;

		for (size_t c = 0; c < k; c++)
			size += mass[b] * share[b * k + c] * share[b * k + c];
		if (size <= most)
			continue;
		most = size;
		memcpy(v, share + b * k, k * sizeof *v);
	}
	for (size_t round = 0; k > 1 && most > 0 && round < ROUNDS; round++) {
		double norm = 0;

		memset(next, 0, k * sizeof *next);
		for (size_t b = 0; b < levels; b++) {
			double dot = 0;

			for (size_t c = 0; c < k; c++)
				dot += share[b * k + c] * v[c];
			for (size_t c = 0; c < k; c++)
				next[c] += mass[b] * dot * share[b * k + c];
		}
		for (size_t c = 0; c < k; c++)
			norm = fmax(norm, fabs(next[c]));
		for (size_t c = 0; norm > 0 && c < k; c++)
			v[c] = next[c] / norm;
	}
	if (k == 1)
		v[0] = 1;
}

static int place_levels(const struct making *m, size_t j, struct place *place, size_t k,
			struct ml_error *err)
{
	size_t levels = m->r->of[j].levels;
	double *share = ml_alloc(levels * k, sizeof *share, err);
	double *mass = share ? ml_alloc(levels + 2 * k, sizeof *mass, err) : NULL;
	double *v = mass ? mass + levels : NULL;

	if (v) {
		sum_levels(m, j, k, share, mass);
		find_component(share, mass, levels, k, v, v + k);
	}
	for (size_t b = 0; v && b < levels; b++) {
		place[b] = (struct place){ 0, (uint16_t)b };
		for (size_t c = 0; c < k; c++)
			place[b].score += v[c] * share[b * k + c];
	}
	if (v)
		qsort(place, levels, sizeof *place, by_score);
	free(mass);
	free(share);
	return v ? ML_OK : err->code;
}

static int order_levels(const struct making *m, size_t j, struct ml_error *err)
{
	struct ml_rank *of = &m->r->of[j];
	size_t n = of->levels, k = m->p->nclass > 2 ? m->p->nclass : 1;
	uint16_t *v = m->r->v + j * m->r->rows;
	struct place *place = ml_alloc(n, sizeof *place, err);
	uint16_t *at = place ? ml_alloc(n + 1, sizeof *at, err) : NULL;

	of->level = at ? ml_alloc(n, sizeof *of->level, err) : NULL;
	of->least = of->level ? ml_alloc(n, sizeof *of->least, err) : NULL;
	of->most = of->least ? ml_alloc(n, sizeof *of->most, err) : NULL;
	int rc = of->most ? place_levels(m, j, place, k, err) : err->code;
	for (size_t b = 0; !rc && b < n; b++) {
		of->level[b] = place[b].level;
		at[place[b].level] = (uint16_t)b;
		of->least[b] = of->most[b] = (double)b;
	}
	if (!rc) {
		at[n] = (uint16_t)n;
		for (size_t i = 0; i < m->r->rows; i++)
			v[i] = at[v[i]];
	}
	free(at);
	free(place);
	return rc;
}

/* ---- numbers ---- */

/* Values that are there, and their rows. */
struct present {
	double *v;
	uint32_t *row, *order;
	size_t n, distinct;
};

static void present_release(struct present *s)
{
	free(s->order);
	free(s->row);
	free(s->v);
}

static int sort_values(struct present *s, const struct making *m, size_t j,
		       struct ml_error *err)
{
	size_t n = m->r->rows;

	if (!(s->v = ml_alloc(n, sizeof *s->v, err)) ||
	    !(s->row = ml_alloc(n, sizeof *s->row, err)) ||
	    !(s->order = ml_alloc(n, sizeof *s->order, err)))
		return err->code;
	for (size_t i = 0; i < n; i++) {
		double x = cell(m->p, i, j);

		if (isnan(x))
			continue;
		s->row[s->n] = (uint32_t)i;
		s->v[s->n++] = x;
	}
	if (ml_argsort(s->v, 1, s->n, s->order, err))
		return err->code;
	for (size_t k = 0; k < s->n; k++)
		s->distinct += !k || s->v[s->order[k]] != s->v[s->order[k - 1]];
	return ML_OK;
}

/* Numbers the sorted values; a bin is full when it holds its share of the rows that were left
 * when it was begun. */
static void number_values(struct ml_rank *of, uint16_t *rank, const struct present *s,
			  size_t max_bins)
{
	bool each = s->distinct <= max_bins;
	size_t held = 0, b = 0;

	for (size_t k = 0; k < s->n; k++) {
		double v = s->v[s->order[k]], last = k ? s->v[s->order[k - 1]] : v;
		size_t share = (s->n - k + held) / (max_bins - b);

		if (k && v != last && (each || (held >= share && b + 1 < max_bins))) {
			b++;
			held = 0;
		}
		if (!held)
			of->least[b] = v;
		held++;
		of->most[b] = v;
		rank[s->row[s->order[k]]] = (uint16_t)b;
	}
	of->bins = b + 1;
}

static int rank_numbers(const struct making *m, size_t j, struct ml_error *err)
{
	struct ml_rank *of = &m->r->of[j];
	uint16_t *rank = m->r->v + j * m->r->rows;
	struct present s = { 0 };
	int rc = sort_values(&s, m, j, err);
	size_t most = s.distinct < m->max_bins ? s.distinct : m->max_bins;

	if (!rc && !(of->least = ml_alloc(most, sizeof *of->least, err)))
		rc = err->code;
	if (!rc && s.distinct <= m->max_bins)
		of->most = of->least;
	else if (!rc && !(of->most = ml_alloc(most, sizeof *of->most, err)))
		rc = err->code;
	if (!rc)
		number_values(of, rank, &s, m->max_bins);
	for (size_t i = 0; !rc && s.n < m->r->rows && i < m->r->rows; i++)
		if (isnan(cell(m->p, i, j)))
			rank[i] = (uint16_t)of->bins;
	present_release(&s);
	return rc;
}

static int make_one(void *arg, size_t j, int worker, struct ml_error *err)
{
	const struct making *m = arg;
	const int *levels = m->p->levels;

	(void)worker;
	m->r->of[j].levels = levels && levels[j] > 0 ? (size_t)levels[j] : 0;
	if (!m->r->of[j].levels)
		return rank_numbers(m, j, err);
	int rc = rank_levels(m, j, err);
	return rc || !m->ordered ? rc : order_levels(m, j, err);
}

int ml_ranks_make(struct ml_ranks *r, const struct ml_problem *p, size_t max_bins, bool ordered,
		  const struct ml_run *run, struct ml_error *err)
{
	struct making m = { r, p, max_bins, ordered };

	*r = (struct ml_ranks){ .rows = p->x.rows, .cols = p->x.cols, .p = p };
	if (r->rows > UINT32_MAX)
		return ml_fail(err, ML_EDATA, "E-LIMIT", "%zu rows are too many", r->rows);
	if (!(r->of = ml_alloc(r->cols, sizeof *r->of, err)) ||
	    !(r->v = ml_alloc(r->rows * r->cols, sizeof *r->v, err)))
		return err->code;
	int rc = ml_parallel(run->threads, r->cols, make_one, &m, err);
	for (size_t j = 0; !rc && j < r->cols; j++)
		if (r->of[j].bins >= r->most_bins)
			r->most_bins = r->of[j].bins + 1;
	return rc;
}

/* Rows that are turned at a time. */
enum { TURN = 256 };

static int turn_rows(void *arg, size_t block, int worker, struct ml_error *err)
{
	struct ml_ranks *r = arg;
	size_t from = block * TURN, left = r->rows - from, n = left < TURN ? left : TURN;

	(void)worker;
	(void)err;
	for (size_t j = 0; j < r->cols; j++)
		for (size_t i = from; i < from + n; i++)
			r->x[i * r->cols + j] = r->p->col[j][i];
	return ML_OK;
}

int ml_ranks_keep_rows(struct ml_ranks *r, int threads, struct ml_error *err)
{
	if (r->p->x.v)
		return ML_OK;
	if (!(r->x = ml_alloc(r->rows, r->cols * sizeof *r->x, err)))
		return err->code;
	return ml_parallel(threads, (r->rows + TURN - 1) / TURN, turn_rows, r, err);
}

void ml_ranks_release(struct ml_ranks *r)
{
	for (size_t j = 0; r->of && j < r->cols; j++) {
		if (r->of[j].most != r->of[j].least)
			free(r->of[j].most);
		free(r->of[j].least);
		free(r->of[j].level);
	}
	free(r->x);
	free(r->of);
	free(r->v);
	*r = (struct ml_ranks){ 0 };
}
