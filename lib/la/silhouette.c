/* silhouette.c - all distances between rows, block against block.
 *
 * Rows are put in the order of their groups, and turned, so that the distances of one row from
 * many lie in vectors, and those of a group beside each other.  Blocks of BLOCK rows are held
 * against chunks of CHUNK, which stay in the cache.  Source: Rousseeuw (1987). */
#include "la/silhouette.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/thread.h"

#if defined(__x86_64__) && defined(__GNUC__)
#include <immintrin.h>
#endif

enum { BLOCK = 64, CHUNK = 256, LANES = 4 };

struct work {
	const struct ml_mat *x;
	size_t m, groups;         /* rows that are in a group */
	size_t *row;              /* m: where they stand in x, group by group */
	size_t *first;            /* groups + 1: where each begins among them */
	double *turned;           /* cols x room */
	double *w, *mass;         /* m: weights; groups: their sums */
	size_t room;              /* m, and whole vectors behind it */
	double *sum;              /* a worker: BLOCK x groups */
	double *between, *within; /* a block of rows */
	struct ml_silhouettes *out;
};

/* ---- distances of a row from rows from..to of the turned ones ---- */

static void distances_plain(const struct work *k, const double *row, size_t from, size_t to,
			    double *d)
{
	for (size_t i = from; i < to; i++)
		d[i - from] = 0;
	for (size_t j = 0; j < k->x->cols; j++) {
		const double *v = k->turned + j * k->room;

		for (size_t i = from; i < to; i++)
			d[i - from] += (row[j] - v[i]) * (row[j] - v[i]);
	}
	for (size_t i = from; i < to; i++)
		d[i - from] = sqrt(d[i - from]);
}

#if defined(__x86_64__) && defined(__GNUC__)
/* Multiplied, then added: the bits of distances_plain().  to - from: whole vectors. */
__attribute__((target("avx2"))) static void distances_vector(const struct work *k,
							     const double *row, size_t from,
							     size_t to, double *d)
{
	for (size_t i = from; i < to; i += 2 * LANES) {
		const double *v = k->turned + i;
		__m256d a = _mm256_setzero_pd(), b = a;

		for (size_t j = 0; j < k->x->cols; j++, v += k->room) {
			__m256d r = _mm256_broadcast_sd(row + j);
			__m256d e = _mm256_sub_pd(r, _mm256_loadu_pd(v));
			__m256d f = _mm256_sub_pd(r, _mm256_loadu_pd(v + LANES));

			a = _mm256_add_pd(a, _mm256_mul_pd(e, e));
			b = _mm256_add_pd(b, _mm256_mul_pd(f, f));
		}
		_mm256_storeu_pd(d + i - from, _mm256_sqrt_pd(a));
		_mm256_storeu_pd(d + i - from + LANES, _mm256_sqrt_pd(b));
	}
}

static bool has_vectors(void)
{
	return __builtin_cpu_supports("avx2");
}
#else
static void distances_vector(const struct work *k, const double *row, size_t from, size_t to,
			     double *d)
{
	distances_plain(k, row, from, to, d);
}

static bool has_vectors(void)
{
	return false;
}
#endif

/* ---- a block of rows ---- */

/* Distances d from the rows from..to of group g, all of one group, enter the sums. */
static void take(const struct work *k, size_t g, size_t from, size_t to, const double *d,
		 double *sum, double *between, double *within, size_t own)
{
	double all = 0, least = INFINITY, most = 0;

	for (size_t i = from; i < to; i++) {
		double v = d[i - from];

		all += k->w ? k->w[i] * v : v;
		least = v < least ? v : least;
		most = v > most ? v : most;
	}
	sum[g] += all;
	if (g == own)
		*within = most > *within ? most : *within;
	else
		*between = least < *between ? least : *between;
}

static size_t group_of(const struct work *k, size_t i)
{
	size_t lo = 0, hi = k->groups;

	while (hi - lo > 1) {
		size_t mid = lo + (hi - lo) / 2;

		if (k->first[mid] <= i)
			lo = mid;
		else
			hi = mid;
	}
	return lo;
}

/* A row that has no other in its group counts 0. */
static double value_of(const struct work *k, size_t own, const double *sum)
{
	double rest = k->mass[own] - 1, a = sum[own] / rest, b = INFINITY;

	for (size_t g = 0; g < k->groups; g++)
		if (g != own && k->mass[g] > 0 && sum[g] / k->mass[g] < b)
			b = sum[g] / k->mass[g];
	if (isinf(b))
		return NAN;
	if (!(rest > 0))
		return 0;
	return a < b ? 1 - a / b : a > b ? b / a - 1 : 0;
}

static int judge(void *arg, size_t block, int worker, struct ml_error *err)
{
	const struct work *k = arg;
	size_t begin = block * BLOCK, end = k->m - begin < BLOCK ? k->m : begin + BLOCK;
	double *sum = k->sum + (size_t)worker * BLOCK * k->groups, d[CHUNK];
	double between = INFINITY, within = 0;
	bool vectors = has_vectors();

	(void)err;
	memset(sum, 0, BLOCK * k->groups * sizeof *sum);
	for (size_t from = 0; from < k->m; from += CHUNK) {
		size_t to = k->m - from < CHUNK ? k->m : from + CHUNK, g0 = group_of(k, from);
		size_t whole = (to - from + 2 * LANES - 1) / (2 * LANES) * (2 * LANES);

		for (size_t i = begin, own = group_of(k, begin); i < end; i++) {
			const double *row = k->x->v + k->row[i] * k->x->ld;

			while (i >= k->first[own + 1])
				own++;
			if (vectors)
				distances_vector(k, row, from, from + whole, d);
			else
				distances_plain(k, row, from, to, d);
			for (size_t g = g0, at = from; at < to; g++) {
				size_t stop = k->first[g + 1] < to ? k->first[g + 1] : to;

				take(k, g, at, stop, d + (at - from),
				     sum + (i - begin) * k->groups, &between, &within, own);
				at = stop > at ? stop : at;
			}
		}
	}
	for (size_t i = begin; i < end; i++)
		k->out->value[k->row[i]] =
			value_of(k, group_of(k, i), sum + (i - begin) * k->groups);
	k->between[block] = between;
	k->within[block] = within;
	return ML_OK;
}

/* ---- all rows ---- */

/* Rows in the order of their groups. */
static int arrange(struct work *k, const int32_t *group, const double *w, struct ml_error *err)
{
	size_t n = k->x->rows, cols = k->x->cols;
	size_t *next = ml_alloc(k->groups, sizeof *next, err);

	if (!next || !(k->first = ml_alloc(k->groups + 1, sizeof *k->first, err)) ||
	    !(k->mass = ml_alloc(k->groups, sizeof *k->mass, err))) {
		free(next);
		return err->code;
	}
	for (size_t i = 0; i < n; i++)
		if (group[i] >= 0 && (!w || w[i] > 0))
			k->first[group[i] + 1]++;
	for (size_t g = 0; g < k->groups; g++) {
		next[g] = k->first[g];
		k->first[g + 1] += k->first[g];
	}
	k->m = k->first[k->groups];
	k->room = (k->m + 2 * LANES - 1) / (2 * LANES) * (2 * LANES);
	if ((k->row = ml_alloc(k->m, sizeof *k->row, err)) &&
	    (!w || (k->w = ml_alloc(k->m, sizeof *k->w, err))) &&
	    (k->turned = ml_alloc(k->room, cols * sizeof *k->turned, err)))
		for (size_t i = 0; i < n; i++) {
			if (group[i] < 0 || (w && !(w[i] > 0)))
				continue;
			size_t at = next[group[i]]++;

			k->row[at] = i;
			k->mass[group[i]] += w ? w[i] : 1;
			if (w)
				k->w[at] = w[i];
			for (size_t j = 0; j < cols; j++)
				k->turned[j * k->room + at] = k->x->v[i * k->x->ld + j];
		}
	free(next);
	return k->turned ? ML_OK : err->code;
}

int ml_silhouettes(struct ml_silhouettes *s, const struct ml_mat *x, const int32_t *group,
		   size_t groups, const double *w, int threads, struct ml_error *err)
{
	struct work k = { .x = x, .groups = groups, .out = s };
	int rc = arrange(&k, group, w, err);
	size_t blocks = (k.m + BLOCK - 1) / BLOCK;

	s->between = INFINITY;
	s->within = 0;
	for (size_t i = 0; i < x->rows; i++)
		s->value[i] = NAN;
	if (!rc && (!(k.sum = ml_alloc((size_t)threads * BLOCK, groups * sizeof *k.sum, err)) ||
		    !(k.between = ml_alloc(blocks, sizeof *k.between, err)) ||
		    !(k.within = ml_alloc(blocks, sizeof *k.within, err))))
		rc = err->code;
	if (!rc)
		rc = ml_parallel(threads, blocks, judge, &k, err);
	for (size_t b = 0; !rc && b < blocks; b++) {
		s->between = fmin(s->between, k.between[b]);
		s->within = fmax(s->within, k.within[b]);
	}
	free(k.within);
	free(k.between);
	free(k.sum);
	free(k.turned);
	free(k.w);
	free(k.row);
	free(k.mass);
	free(k.first);
	return rc;
}
