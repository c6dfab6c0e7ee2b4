/* logit.c - probabilities of two classes from their scores, many at once.
 *
 * The same bits one by one and in vectors of four (AVX2). */
#include "models/logit.h"

#include <math.h>
#include <stdint.h>
#include <string.h>

#if defined(__x86_64__) && defined(__GNUC__)
#include <immintrin.h>
#endif

/* exp(x) for |x| <= 700 by 2^k (1 + r + ... + r^13 / 13!), r = x - k log 2 in two parts: within
 * two units of the last digit, without a branch or a call, so that the compiler makes vectors
 * of a loop of it. */
static inline double quick_exp(double x)
{
	const double shift = 0x1.8p52, t = x * 0x1.71547652b82fep+0 + shift, k = t - shift;
	double r = (x - k * 0x1.62e42fefa3800p-1) - k * 0x1.ef35793c76730p-45, e;
	uint64_t bits;

	e = 1.0 / 6227020800;
	e = e * r + 1.0 / 479001600;
	e = e * r + 1.0 / 39916800;
	e = e * r + 1.0 / 3628800;
	e = e * r + 1.0 / 362880;
	e = e * r + 1.0 / 40320;
	e = e * r + 1.0 / 5040;
	e = e * r + 1.0 / 720;
	e = e * r + 1.0 / 120;
	e = e * r + 1.0 / 24;
	e = e * r + 1.0 / 6;
	e = e * r + 0.5;
	e = e * r + 1;
	e = e * r + 1;
	memcpy(&bits, &t, sizeof bits);
	bits <<= 52; /* the lowest bits of t are k */
	uint64_t power;
	memcpy(&power, &e, sizeof power);
	power += bits;
	memcpy(&e, &power, sizeof e);
	return e;
}

/* q = 1 / (1 + exp(-s)), g = q - y, h = q (1 - q). */
static void logistic_plain(const double *s, const double *y, size_t n, double *g, double *h)
{
	for (size_t i = 0; i < n; i++) {
		double x = s[i] < -700 ? -700 : s[i] > 700 ? 700 : s[i];
		double q = 1 / (1 + quick_exp(-x));

		g[i] = q - y[i];
		h[i] = q * (1 - q);
	}
}

#if defined(__x86_64__) && defined(__GNUC__)
#define AVX2 __attribute__((target("avx2")))

/* e r + c, in two roundings as in quick_exp(). */
AVX2 static inline __m256d next_term(__m256d e, __m256d r, double c)
{
	return _mm256_add_pd(_mm256_mul_pd(e, r), _mm256_set1_pd(c));
}

/* quick_exp() of four numbers: the same operations, the same bits. */
AVX2 static inline __m256d exp_four(__m256d x)
{
	static const double term[] = { 1.0 / 479001600,
				       1.0 / 39916800,
				       1.0 / 3628800,
				       1.0 / 362880,
				       1.0 / 40320,
				       1.0 / 5040,
				       1.0 / 720,
				       1.0 / 120,
				       1.0 / 24,
				       1.0 / 6,
				       0.5,
				       1,
				       1 };
	const __m256d shift = _mm256_set1_pd(0x1.8p52);
	__m256d t =
		_mm256_add_pd(_mm256_mul_pd(x, _mm256_set1_pd(0x1.71547652b82fep+0)), shift);
	__m256d k = _mm256_sub_pd(t, shift), e = _mm256_set1_pd(1.0 / 6227020800);
	__m256d r = _mm256_sub_pd(x, _mm256_mul_pd(k, _mm256_set1_pd(0x1.62e42fefa3800p-1)));

	r = _mm256_sub_pd(r, _mm256_mul_pd(k, _mm256_set1_pd(0x1.ef35793c76730p-45)));
	for (size_t i = 0; i < sizeof term / sizeof *term; i++)
		e = next_term(e, r, term[i]);
	__m256i power = _mm256_slli_epi64(_mm256_castpd_si256(t), 52);
	return _mm256_castsi256_pd(_mm256_add_epi64(_mm256_castpd_si256(e), power));
}

AVX2 static void logistic_vector(const double *s, const double *y, size_t n, double *g,
				 double *h)
{
	const __m256d one = _mm256_set1_pd(1), end = _mm256_set1_pd(700);
	size_t i = 0;

	for (; n - i >= 4; i += 4) {
		__m256d x = _mm256_sub_pd(_mm256_setzero_pd(), _mm256_loadu_pd(s + i));
		x = _mm256_min_pd(_mm256_max_pd(x, _mm256_set1_pd(-700)), end);
		__m256d q = _mm256_div_pd(one, _mm256_add_pd(one, exp_four(x)));
		_mm256_storeu_pd(g + i, _mm256_sub_pd(q, _mm256_loadu_pd(y + i)));
		_mm256_storeu_pd(h + i, _mm256_mul_pd(q, _mm256_sub_pd(one, q)));
	}
	logistic_plain(s + i, y + i, n - i, g + i, h + i);
}

void ml_logit_gradients(const double *s, const double *y, size_t n, double *g, double *h)
{
	(__builtin_cpu_supports("avx2") ? logistic_vector : logistic_plain)(s, y, n, g, h);
}
#else
void ml_logit_gradients(const double *s, const double *y, size_t n, double *g, double *h)
{
	logistic_plain(s, y, n, g, h);
}
#endif

/* ---- the loss ---- */

enum { TOGETHER = 256 };
/* Factors from here on are multiplied, and one logarithm taken of many; a product is below
 * `full` once only, and then no smaller than their product, which is no denormal. */
static const double factor = 1e-100, full = 1e-200;

/* -log of p[0], p[1], ... added up. */
static double sum_plain(const double *p, size_t n)
{
	double sum = 0, product = 1;

	for (size_t i = 0; i < n; i++) {
		if (p[i] < factor) {
			sum -= log(p[i]);
			continue;
		}
		product *= p[i];
		if (product < full) {
			sum -= log(product);
			product = 1;
		}
	}
	return sum - log(product);
}

static double sum_weighted(const double *p, const double *w, size_t n)
{
	double sum = 0;

	for (size_t i = 0; i < n; i++)
		sum -= w[i] * log(p[i]);
	return sum;
}

double ml_logit_loss(const double *s, const double *y, const double *w, size_t n)
{
	static const double zero[TOGETHER] = { 0 };
	double own[TOGETHER], p[TOGETHER], unused[TOGETHER], sum = 0;

	for (size_t from = 0; from < n; from += TOGETHER) {
		size_t m = n - from < TOGETHER ? n - from : TOGETHER;

		/* The probability of the class that the row has; its score is cut at -700. */
		for (size_t i = 0; i < m; i++) {
			own[i] = y[from + i] > 0 ? s[from + i] : -s[from + i];
			if (own[i] < -700)
				sum += (w ? w[from + i] : 1) * (-700 - own[i]);
		}
		ml_logit_gradients(own, zero, m, p, unused);
		sum += w ? sum_weighted(p, w + from, m) : sum_plain(p, m);
	}
	return sum;
}
