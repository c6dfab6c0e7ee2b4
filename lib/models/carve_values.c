/* carve_values.c - cuts of numbers drawn at random, uniformly between the least and the
 * greatest value in the node (Geurts, Ernst, Wehenkel 2006).
 *
 * Ranks would have to be translated into values and back, which is a search through memory for
 * each cut; so the values themselves are looked at: once for their ends, once for the sums on
 * the left of the cut.  Large nodes are better off with ranks all the same (carve_random.c),
 * which take a quarter of the memory; the cuts are the same. */
#include <float.h>
#include <math.h>
#include <string.h>

#include "models/carve_parts.h"

#if defined __x86_64__
#include <immintrin.h>
#define AVX2 __attribute__((target("avx2")))
#endif
enum { LANES = ML_CARVE_LANES };

/* Groups are filled with the last row, of no weight. */
static void fill_group(struct ml_carver *c)
{
	for (size_t k = c->n; k % LANES; k++) {
		c->at[k] = c->at[c->n - 1];
		c->mass[k] = 0;
		if (!c->o.classes)
			c->torque[k] = 0;
	}
}

void ml_carve_values_node(struct ml_carver *c)
{
	for (size_t k = 0; k < c->n; k++) {
		c->at[k] = (int32_t)c->item[k].row;
		c->mass[k] = c->item[k].w;
	}
	for (size_t k = 0; !c->o.classes && k < c->n; k++)
		c->torque[k] = c->mass[k] * c->item[k].y;
	fill_group(c);
}

struct ml_side ml_carve_values_two(struct ml_carver *c)
{
	const struct ml_item *item = c->item;
	int64_t sum = 0;

	for (size_t k = 0; k < c->n; k++) {
		int64_t w = item[k].w, mass = w << 32 | (w & -(int64_t)item[k].y);

		c->at[k] = (int32_t)item[k].row;
		c->mass[k] = mass;
		sum += mass;
	}
	fill_group(c);
	return (struct ml_side){ sum >> 32, sum & UINT32_MAX };
}

struct ends {
	double lo, hi;
	bool missing;
};

static void fetch_plain(struct ends *e, const double *x, size_t step, const int32_t *at,
			size_t n, double *value)
{
	for (size_t k = 0; k < n; k++) {
		double v = x[(size_t)at[k] * step];

		value[k] = v;
		e->lo = v < e->lo ? v : e->lo;
		e->hi = v > e->hi ? v : e->hi;
		e->missing |= v != v;
	}
}

#ifdef AVX2
/* Minima and maxima of a missing value and a number are the second operand, the number. */
AVX2 static void fetch_wide(struct ends *e, const double *x, const int32_t *at, size_t n,
			    double *value)
{
	__m256d lo = _mm256_set1_pd(e->lo), hi = _mm256_set1_pd(e->hi);
	__m256d missing = _mm256_setzero_pd();
	double each[2][LANES];

	for (size_t k = 0; k < n; k += LANES) {
		__m128i row = _mm_loadu_si128((const __m128i *)(const void *)(at + k));
		__m256d v = _mm256_i32gather_pd(x, row, 8);

		_mm256_storeu_pd(value + k, v);
		lo = _mm256_min_pd(v, lo);
		hi = _mm256_max_pd(v, hi);
		missing = _mm256_or_pd(missing, _mm256_cmp_pd(v, v, _CMP_UNORD_Q));
	}
	_mm256_storeu_pd(each[0], lo);
	_mm256_storeu_pd(each[1], hi);
	for (size_t l = 0; l < LANES; l++) {
		e->lo = each[0][l] < e->lo ? each[0][l] : e->lo;
		e->hi = each[1][l] > e->hi ? each[1][l] : e->hi;
	}
	e->missing = _mm256_movemask_pd(missing);
}
#endif

static struct ends fetch(struct ml_carver *c, size_t j)
{
	size_t step;
	const double *x = ml_nearby_values(c->near, j, &step);
	struct ends e = { (double)INFINITY, -(double)INFINITY, false };

#ifdef AVX2
	if (c->wide && step == 1) {
		fetch_wide(&e, x, c->at, c->n, c->value);
		return e;
	}
#endif
	fetch_plain(&e, x, step, c->at, c->n, c->value);
	return e;
}

/* Missing values compare to nothing. */
static inline bool goes_left(double v, double at, bool missing_left)
{
	return missing_left ? !(v > at) : v <= at;
}

static struct ml_side sum_classes(struct ml_carver *c, double at, bool missing_left)
{
	struct ml_side l = { 0, 0 };

	memset(c->left, 0, c->o.classes * sizeof *c->left);
	for (size_t k = 0; k < c->n; k++) {
		int64_t w = goes_left(c->value[k], at, missing_left) ? c->mass[k] : 0;

		c->left[c->item[k].y] += w;
		l.w += w;
	}
	return l;
}

/* Sums of items that go left. */
static void sum_plain(const struct ml_carver *c, double at, bool missing_left, int64_t *w,
		      int64_t *s)
{
	for (size_t k = 0; k < c->n; k++) {
		int64_t mask = -(int64_t)goes_left(c->value[k], at, missing_left);

		*w += c->mass[k] & mask;
		if (s)
			*s += c->torque[k] & mask;
	}
}

#ifdef AVX2
AVX2 static __m256i left_of(__m256d v, __m256d at, bool missing_left)
{
	return _mm256_castpd_si256(missing_left ? _mm256_cmp_pd(v, at, _CMP_NGT_UQ)
						: _mm256_cmp_pd(v, at, _CMP_LE_OQ));
}

AVX2 static int64_t add_lanes(__m256i v)
{
	int64_t each[LANES];

	_mm256_storeu_si256((__m256i *)(void *)each, v);
	return each[0] + each[1] + each[2] + each[3];
}

AVX2 static void sum_wide(const struct ml_carver *c, double at, bool missing_left, int64_t *w,
			  int64_t *s)
{
	__m256i mass = _mm256_setzero_si256(), torque = mass;
	__m256d cut = _mm256_set1_pd(at);

	for (size_t k = 0; k < c->n; k += LANES) {
		__m256i left = left_of(_mm256_loadu_pd(c->value + k), cut, missing_left);
		const void *m = c->mass + k, *t = s ? c->torque + k : NULL;

		mass = _mm256_add_epi64(
			mass, _mm256_and_si256(left, _mm256_loadu_si256((const __m256i *)m)));
		if (s)
			torque = _mm256_add_epi64(
				torque,
				_mm256_and_si256(left, _mm256_loadu_si256((const __m256i *)t)));
	}
	*w = add_lanes(mass);
	if (s)
		*s = add_lanes(torque);
}
#endif

/* Of the values <= at, and missing ones where they go left. */
static struct ml_side sum_left(struct ml_carver *c, double at, bool missing_left)
{
	int64_t w = 0, s = 0, *torque = c->o.classes ? NULL : &s;

	if (c->many)
		return sum_classes(c, at, missing_left);
#ifdef AVX2
	if (c->wide)
		sum_wide(c, at, missing_left, &w, torque);
	else
#endif
		sum_plain(c, at, missing_left, &w, torque);
	return c->o.classes ? (struct ml_side){ w >> 32, w & UINT32_MAX }
			    : (struct ml_side){ w, s };
}

static void try_cut(struct ml_carver *c, size_t j, double at, const struct ends *e)
{
	struct ml_carving *best = &c->best;

	for (int left = 0; left < (e->missing ? 2 : 1); left++) {
		struct ml_side l = sum_left(c, at, left);
		double gain = !l.w || l.w == c->all.w ? 0
			      : c->many               ? ml_carve_gain_of_classes(c, l.w)
						      : ml_carver_gain(c, l);

		if (gain <= best->gain)
			continue;
		best->gain = gain;
		best->feature = j;
		best->at = at;
		best->set = best->ranked = false;
		/* Where no cell is missing, later ones go with the more weight. */
		best->missing_left = e->missing ? left : 2 * l.w > c->all.w;
	}
}

/* From lo on, and below hi; of few digits, where that makes no difference, since half of a
 * model is cuts. */
double ml_carve_draw(double lo, double hi, struct ml_rng *r)
{
	double u = ml_rng_uniform(r), at = lo * (1 - u) + hi * u;
	double rounded = (double)(float)at;

	if (rounded >= lo && rounded < hi)
		return rounded;
	return (at < lo || !(at < hi) ? lo : at) + 0.0; /* no -0 */
}

bool ml_carve_wide(void)
{
#ifdef AVX2
	return __builtin_cpu_supports("avx2");
#else
	return false;
#endif
}

bool ml_carve_values(struct ml_carver *c, size_t j, struct ml_rng *r)
{
	struct ends e = fetch(c, j);

	if (!(e.lo < e.hi)) {
		bool varied = e.missing && e.lo <= e.hi;

		if (varied) /* missing against the rest */
			try_cut(c, j, DBL_MAX, &e);
		return varied;
	}
	try_cut(c, j, ml_carve_draw(e.lo, e.hi, r), &e);
	return true;
}
