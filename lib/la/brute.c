/* brute.c - all points against many queries: which may be near, and how near they are.
 *
 * The error of a tile.  Coordinates are centred and scaled in double and rounded once, so each
 * is right to 2^-24 of itself; a chain of p products and sums, each rounded, is then right to
 *     (2 p + 8) 2^-24 (|x|^2 / 2 + |q| |x|)
 * (Higham 2002, section 3.1), of which a block of points keeps the largest of both parts.  The
 * scale brings the longest point to between 1/2 and 1: what underflows is below 1e-35. */
#include "la/brute.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "la/scale.h"

enum { POINTS = ML_BRUTE_POINTS, QUERIES = ML_BRUTE_QUERIES, ROOM = ML_BRUTE_ROOM };
enum { LANES = ML_KD_LANES };
_Static_assert(POINTS == 2 * LANES, "a tile measures two blocks");

/* Bytes of points that all queries pass before the next: half of a common second-level cache.
 */
enum { CHUNK = 1 << 18 };
static const double tiny = 1e-35;
/* Scaled queries longer than this are measured without a tile. */
static const double wild = 1e9;

/* ---- points ---- */

static size_t blocks(const struct ml_brute *b)
{
	return (b->n + POINTS - 1) / POINTS;
}

void ml_brute_release(struct ml_brute *b)
{
	free(b->centre);
	free(b->times);
	free(b->alone);
	free(b->half);
	free(b->f);
	free(b->x);
	*b = (struct ml_brute){ 0 };
}

/* Middles of the columns, and the scale; every point is then at most 1 long. */
static void choose_scale(struct ml_brute *b, const struct ml_mat *x)
{
	double longest = 0, n = (double)x->rows;

	for (size_t i = 0; i < x->rows; i++)
		for (size_t j = 0; j < x->cols; j++)
			b->centre[j] += x->v[i * x->ld + j] / n;
	for (size_t i = 0; i < x->rows; i++)
		for (size_t j = 0; j < x->cols; j++)
			longest = fmax(longest, fabs(x->v[i * x->ld + j] - b->centre[j]));
	/* Coordinates at most 1 / sqrt(p). */
	int e = ml_exponent(longest) + (ml_exponent((double)x->cols) + 1) / 2;
	b->scale = isfinite(longest) ? ldexp(1, e > 1000 ? -1000 : -e) : 0;
	if (!isfinite(b->scale))
		b->scale = 0;
}

static void place(struct ml_brute *b, const struct ml_mat *x)
{
	size_t p = b->p, padded = blocks(b) * POINTS;
	double share = ldexp((2 * (double)p + 8) * 1.01, -24);

	for (size_t i = 0; i < padded; i++) {
		const double *row = i < b->n ? x->v + i * x->ld : NULL;
		double *to = b->x + i / LANES * p * LANES + i % LANES, square = 0;
		float *f = b->f + i / POINTS * p * POINTS + i % POINTS;

		for (size_t j = 0; j < p; j++) {
			double v = row ? (row[j] - b->centre[j]) * b->scale : 0;

			to[j * LANES] = row ? row[j] : (double)INFINITY;
			f[j * POINTS] = (float)v;
			square += v * v;
		}
		b->half[i] = row ? (float)(square / 2) : INFINITY;
		double alone = share * square / 2, times = share * sqrt(square);
		b->alone[i / POINTS] = fmaxf(b->alone[i / POINTS], (float)alone * 1.00001f);
		b->times[i / POINTS] = fmaxf(b->times[i / POINTS], (float)times * 1.00001f);
	}
}

int ml_brute_init(struct ml_brute *b, const struct ml_mat *x, struct ml_error *err)
{
	*b = (struct ml_brute){ .n = x->rows,
				.p = x->cols,
				.measure = ml_kd_measure(ML_KD_EUCLIDEAN),
				.tile = ml_brute_tile() };
	if (x->rows > UINT32_MAX - POINTS)
		return ml_fail(err, ML_EDATA, "E-LIMIT", "%zu rows are too many", x->rows);
	size_t padded = blocks(b) * POINTS;
	if (!(b->x = ml_alloc(padded, b->p * sizeof *b->x, err)) ||
	    !(b->f = ml_alloc(padded, b->p * sizeof *b->f, err)) ||
	    !(b->half = ml_alloc(padded, sizeof *b->half, err)) ||
	    !(b->alone = ml_alloc(blocks(b), sizeof *b->alone, err)) ||
	    !(b->times = ml_alloc(blocks(b), sizeof *b->times, err)) ||
	    !(b->centre = ml_alloc(b->p, sizeof *b->centre, err)))
		return err->code;
	choose_scale(b, x);
	place(b, x);
	return ML_OK;
}

/* ---- queries ---- */

/* A query and what it has found so far. */
struct asking {
	const double *q;
	struct ml_near *near; /* n of k, in order */
	size_t n, k;
	double length, half; /* of the scaled query: |q|, |q|^2 / 2 */
	double bound;        /* raw distance that a point must not exceed */
};

/* A point is worth measuring when half - f'q is at most this and the error of its block. */
static float limit_of(const struct ml_brute *b, const struct asking *a)
{
	double exact = 1 + ldexp((double)b->p + 8, -52);
	double t = a->bound * exact * b->scale * b->scale / 2 - a->half * (1 - 1e-14);

	t += fabs(t) * 1e-6 + a->half * 1e-14 + tiny;
	return t < 1e30 ? (float)t : INFINITY;
}

static void take(struct asking *a, double d, uint32_t row)
{
	size_t i = a->n < a->k ? a->n++ : a->k - 1;

	for (; i > 0 && a->near[i - 1].d > d; i--)
		a->near[i] = a->near[i - 1];
	a->near[i] = (struct ml_near){ d, row };
	if (a->n == a->k)
		a->bound = a->near[a->k - 1].d;
}

/* Measures the points of a mask of a block.  Rows come in ascending order: of equal distances
 * the first stays. */
static void look(const struct ml_brute *b, struct asking *a, size_t block, unsigned mask)
{
	for (size_t part = 0; part < 2; part++) {
		size_t from = block * POINTS + part * LANES;
		unsigned some = mask >> (part * LANES) & ((1u << LANES) - 1);
		double d[LANES];

		if (!some || from >= b->n)
			continue;
		some &= b->measure(b->x + from * b->p, a->q, b->p, a->bound, d);
		for (size_t l = 0; l < LANES && from + l < b->n; l++)
			if (some >> l & 1 && (a->n < a->k || d[l] < a->bound))
				take(a, d[l], (uint32_t)(from + l));
	}
}

/* The queries of a tile, side by side in single precision; false when one of them is too far
 * away for that, or not finite. */
static bool pack(const struct ml_brute *b, struct asking *a, size_t n, float *packed)
{
	bool tame = b->scale > 0;

	memset(packed, 0, b->p * ROOM * sizeof *packed);
	for (size_t i = 0; i < n; i++) {
		double square = 0;

		for (size_t j = 0; j < b->p; j++) {
			double v = (a[i].q[j] - b->centre[j]) * b->scale;

			packed[j * ROOM + i] = fabs(v) < wild ? (float)v : 0;
			square += v * v;
		}
		a[i].half = square / 2;
		a[i].length = sqrt(square);
		tame &= a[i].length < wild;
	}
	return tame;
}

static void pass_tile(const struct ml_brute *b, struct asking *a, size_t n, const float *packed,
		      size_t from, size_t to)
{
	float t[ROOM], length[ROOM], limit[ROOM];
	unsigned mask[QUERIES];

	for (size_t i = 0; i < ROOM; i++) {
		t[i] = i < n ? limit_of(b, &a[i]) : -INFINITY;
		length[i] = i < n ? (float)(a[i].length * 1.00001) : 0;
	}
	for (size_t block = from; block < to; block++) {
		for (size_t i = 0; i < ROOM; i++)
			limit[i] = t[i] + (b->alone[block] + length[i] * b->times[block]);
		b->tile(b->f + block * b->p * POINTS, b->half + block * POINTS, packed, b->p,
			limit, mask);
		for (size_t i = 0; i < n; i++) {
			if (!mask[i])
				continue;
			look(b, &a[i], block, mask[i]);
			t[i] = limit_of(b, &a[i]);
		}
	}
}

static void pass_all(const struct ml_brute *b, struct asking *a, size_t n)
{
	for (size_t i = 0; i < n; i++)
		for (size_t block = 0; block < blocks(b); block++)
			look(b, &a[i], block, (1u << POINTS) - 1);
}

/* All tiles pass a chunk of points that stays in the cache before the next. */
static void pass_chunks(const struct ml_brute *b, struct asking *a, size_t n,
			const float *packed, const bool *tame)
{
	size_t step = CHUNK / (POINTS * b->p * sizeof(float)) + 1;

	for (size_t from = 0; from < blocks(b); from += step) {
		size_t to = blocks(b) - from < step ? blocks(b) : from + step;

		for (size_t i = 0; i < n; i += QUERIES)
			if (tame[i / QUERIES])
				pass_tile(b, a + i, n - i < QUERIES ? n - i : QUERIES,
					  packed + i / QUERIES * b->p * ROOM, from, to);
	}
}

int ml_brute_nearest(const struct ml_brute *b, const struct ml_mat *q, size_t k,
		     struct ml_near *near, struct ml_error *err)
{
	size_t n = q->rows, tiles = (n + QUERIES - 1) / QUERIES;
	struct asking *a = ml_alloc(n, sizeof *a, err);
	float *packed = a ? ml_alloc(tiles, b->p * ROOM * sizeof *packed, err) : NULL;
	bool *tame = packed ? ml_alloc(tiles, sizeof *tame, err) : NULL;

	for (size_t i = 0; tame && i < n; i++)
		a[i] = (struct asking){
			.q = q->v + i * q->ld, .near = near + i * k, .k = k, .bound = INFINITY
		};
	for (size_t i = 0; tame && i < n; i += QUERIES) {
		size_t some = n - i < QUERIES ? n - i : QUERIES;

		tame[i / QUERIES] = pack(b, a + i, some, packed + i / QUERIES * b->p * ROOM);
		if (!tame[i / QUERIES])
			pass_all(b, a + i, some);
	}
	if (tame)
		pass_chunks(b, a, n, packed, tame);
	for (size_t i = 0; tame && i < n; i++)
		for (size_t l = a[i].n; l < k; l++)
			near[i * k + l] = (struct ml_near){ NAN, 0 };
	int rc = tame ? ML_OK : err->code;
	free(tame);
	free(packed);
	free(a);
	return rc;
}
