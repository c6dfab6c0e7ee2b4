/* survey.c - one pass over a column; with AVX2 a quarter of a nanosecond a value from the
 * cache. */
#include "la/survey.h"

#include <math.h>
#include <stdbool.h>

#ifdef __SSE2__
#include <emmintrin.h>
#endif
#if defined(__x86_64__) && defined(__GNUC__)
#include <immintrin.h>
#define AVX2 __attribute__((target("avx2")))
#endif

enum { LANES = ML_SURVEY_LANES };

static void add(struct ml_survey_lanes *s, size_t lane, double v)
{
	struct ml_dd a = { s->hi[lane], s->lo[lane] };

	ml_acc_add(&a, v);
	s->hi[lane] = a.hi;
	s->lo[lane] = a.lo;
}

static struct ml_dd total(const struct ml_survey_lanes *s)
{
	struct ml_dd sum = { 0, 0 };

	for (size_t l = 0; l < LANES; l++)
		sum = ml_dd_add(sum, ml_acc_end((struct ml_dd){ s->hi[l], s->lo[l] }));
	return sum;
}

/* Values [from, n). */
static void survey_plain(const double *v, size_t from, size_t n, struct ml_surveying *s)
{
	for (size_t i = from; i < n; i++) {
		if (isnan(v[i]))
			continue;
		s->n++;
		s->min = v[i] < s->min ? v[i] : s->min;
		s->max = v[i] > s->max ? v[i] : s->max;
		add(&s->sum, i % LANES, v[i]);
	}
}

static void squares_plain(const double *v, size_t from, size_t n, struct ml_dd centre,
			  struct ml_survey_lanes *sum)
{
	for (size_t i = from; i < n; i++) {
		double d = (v[i] - centre.hi) - centre.lo;

		if (!isnan(d))
			add(sum, i % LANES, d * d);
	}
}

#ifdef AVX2

AVX2 static inline void add_four(__m256d *hi, __m256d *lo, __m256d v)
{
	__m256d s = _mm256_add_pd(*hi, v), t = _mm256_sub_pd(s, *hi);
	__m256d e = _mm256_add_pd(_mm256_sub_pd(*hi, _mm256_sub_pd(s, t)), _mm256_sub_pd(v, t));

	*hi = s;
	*lo = _mm256_add_pd(*lo, e);
}

/* Returns how far it came; the same for squares_four. */
AVX2 static size_t survey_four(const double *v, size_t n, struct ml_surveying *s)
{
	__m256d hi = _mm256_loadu_pd(s->sum.hi), lo = _mm256_loadu_pd(s->sum.lo);
	__m256d min = _mm256_set1_pd(s->min), max = _mm256_set1_pd(s->max);
	__m256i count = _mm256_setzero_si256();
	double low[LANES], high[LANES];
	long long counted[LANES];
	size_t i = 0;

	for (; n - i >= LANES; i += LANES) {
		__m256d x = _mm256_loadu_pd(v + i), is = _mm256_cmp_pd(x, x, _CMP_ORD_Q);

		/* Of a NaN and another the second operand is taken. */
		min = _mm256_min_pd(x, min);
		max = _mm256_max_pd(x, max);
		count = _mm256_sub_epi64(count, _mm256_castpd_si256(is));
		add_four(&hi, &lo, _mm256_and_pd(x, is));
	}
	_mm256_storeu_pd(low, min);
	_mm256_storeu_pd(high, max);
	_mm256_storeu_si256((__m256i *)(void *)counted, count);
	for (size_t l = 0; l < LANES; l++) {
		s->min = low[l] < s->min ? low[l] : s->min;
		s->max = high[l] > s->max ? high[l] : s->max;
		s->n += (size_t)counted[l];
	}
	_mm256_storeu_pd(s->sum.hi, hi);
	_mm256_storeu_pd(s->sum.lo, lo);
	return i;
}

AVX2 static size_t squares_four(const double *v, size_t n, struct ml_dd centre,
				struct ml_survey_lanes *sum)
{
	__m256d hi = _mm256_setzero_pd(), lo = hi;
	size_t i = 0;

	for (; n - i >= LANES; i += LANES) {
		__m256d d = _mm256_sub_pd(_mm256_loadu_pd(v + i), _mm256_set1_pd(centre.hi));

		d = _mm256_sub_pd(d, _mm256_set1_pd(centre.lo));
		add_four(&hi, &lo,
			 _mm256_and_pd(_mm256_mul_pd(d, d), _mm256_cmp_pd(d, d, _CMP_ORD_Q)));
	}
	_mm256_storeu_pd(sum->hi, hi);
	_mm256_storeu_pd(sum->lo, lo);
	return i;
}

static bool has_vectors(void)
{
	return __builtin_cpu_supports("avx2");
}

#else

static size_t survey_four(const double *v, size_t n, struct ml_surveying *s)
{
	(void)v, (void)n, (void)s;
	return 0;
}

static size_t squares_four(const double *v, size_t n, struct ml_dd centre,
			   struct ml_survey_lanes *sum)
{
	(void)v, (void)n, (void)centre, (void)sum;
	return 0;
}

static bool has_vectors(void)
{
	return false;
}

#endif

void ml_survey_begin(struct ml_surveying *s)
{
	*s = (struct ml_surveying){ .min = (double)INFINITY, .max = -(double)INFINITY };
}

void ml_survey_add(struct ml_surveying *s, const double *v, size_t n)
{
	survey_plain(v, has_vectors() ? survey_four(v, n, s) : 0, n, s);
}

struct ml_survey ml_survey_end(const struct ml_surveying *s)
{
	bool any = s->n > 0;

	return (struct ml_survey){ .n = s->n,
				   .min = any ? s->min : (double)NAN,
				   .max = any ? s->max : (double)NAN,
				   .sum = total(&s->sum) };
}

struct ml_survey ml_survey_of(const double *v, size_t n)
{
	struct ml_surveying s;

	ml_survey_begin(&s);
	ml_survey_add(&s, v, n);
	return ml_survey_end(&s);
}

struct ml_dd ml_survey_squares(const double *v, size_t n, struct ml_dd centre)
{
	struct ml_survey_lanes sum = { { 0 }, { 0 } };
	size_t from = has_vectors() ? squares_four(v, n, centre, &sum) : 0;

	squares_plain(v, from, n, centre, &sum);
	return total(&sum);
}

#ifdef __SSE2__

/* Is there a NaN in eight values? */
static inline bool any_nan(const double *v)
{
	__m128d a = _mm_cmpunord_pd(_mm_loadu_pd(v), _mm_loadu_pd(v + 2));
	__m128d b = _mm_cmpunord_pd(_mm_loadu_pd(v + 4), _mm_loadu_pd(v + 6));

	return _mm_movemask_pd(_mm_or_pd(a, b));
}

#else

static inline bool any_nan(const double *v)
{
	(void)v;
	return true;
}

#endif

size_t ml_survey_next_nan(const double *v, size_t from, size_t n)
{
	size_t i = from;

	while (n - i >= 8 && !any_nan(v + i))
		i += 8;
	while (i < n && !isnan(v[i]))
		i++;
	return i;
}
