/* nonneg.c - small least squares problems with coefficients that are not negative. */
#include "la/nonneg.h"

#include <math.h>
#include <stdbool.h>
#include <string.h>

#include "la/block.h"

enum { ROUNDS = 50, SWEEPS = 10 };

/* A gradient that is this small beside its terms is 0, a pivot beside its diagonal entry. */
static const double rounding = 1e-12;
/* Sweeps are repeated until they meet this share of the first one's gradients. */
static const double enough = 0.1;

/* One sweep over x, whose gradient is kept up to date.  Coefficients that stay 0 cost nothing.
 */
static double sweep(const double *restrict g, size_t k, double *restrict x,
		    double *restrict gradient)
{
	double met = 0;

	for (size_t c = 0; c < k; c++) {
		const double *row = g + c * k;
		double slope = gradient[c], old = x[c];

		if (!(old > 0) && slope > 0)
			slope = 0;
		met += fabs(slope);
		if (slope == 0 || !(row[c] > 0))
			continue;
		double now = old - slope / row[c];
		x[c] = now > 0 ? now : 0;
		double step = x[c] - old;
		for (size_t d = 0; d < k; d++)
			gradient[d] += step * row[d];
	}
	return met;
}

static void find_gradient(const double *g, const double *b, size_t k, const double *x,
			  double *gradient)
{
	for (size_t c = 0; c < k; c++)
		gradient[c] = -b[c];
	for (size_t c = 0; c < k; c++)
		if (x[c] > 0)
			for (size_t d = 0; d < k; d++)
				gradient[d] += x[c] * g[c * k + d];
}

/* Problems done side by side: a loop of fixed length without a branch, of which the compiler
 * makes vectors. */
enum { SIDE = ML_NONNEG_SIDE };
#define INLINE static inline __attribute__((always_inline))

/* Coefficient c of many problems takes its step; the gradients met are added to the sums. */
INLINE void step_many(double diagonal, double *restrict x, const double *restrict gradient,
		      double *restrict step, size_t many, double *restrict met)
{
	double inverse = 1 / diagonal;

	for (size_t i = 0; i < many; i += SIDE)
		for (size_t l = 0; l < SIDE; l++) {
			double now = x[i + l] - gradient[i + l] * inverse;

			now = now > 0 ? now : 0;
			step[i + l] = now - x[i + l];
			/* Where a step is cut short at 0, so is the gradient. */
			met[l] += fabs(step[i + l]) * diagonal;
			x[i + l] = now;
		}
}

INLINE void add_step(double *restrict gradient, const double *restrict step, double both,
		     size_t many)
{
	for (size_t i = 0; i < many; i += SIDE)
		for (size_t l = 0; l < SIDE; l++)
			gradient[i + l] += both * step[i + l];
}

struct side {
	const double *g;
	size_t k, many, ld;
	double *x, *gradient, *step;
};

INLINE void sweep_all(const struct side *s, double *met)
{
	for (size_t c = 0; c < s->k; c++) {
		if (!(s->g[c * s->k + c] > 0))
			continue;
		step_many(s->g[c * s->k + c], s->x + c * s->ld, s->gradient + c * s->ld,
			  s->step, s->many, met);
		for (size_t d = 0; d < s->k; d++)
			add_step(s->gradient + d * s->ld, s->step, s->g[c * s->k + d], s->many);
	}
}

/* The same for each class of CPU, to the bit. */
typedef void sweep_fn(const struct side *s, double *met);

static void sweep_plain(const struct side *s, double *met)
{
	sweep_all(s, met);
}

#if defined(__x86_64__) && defined(__GNUC__)
__attribute__((target("avx2"))) static void sweep_vector(const struct side *s, double *met)
{
	sweep_all(s, met);
}

#ifdef __clang__
#define AVX512 __attribute__((target("avx512f"), min_vector_width(512)))
#else
#define AVX512 __attribute__((target("avx512f,prefer-vector-width=512")))
#endif
AVX512 static void sweep_wide(const struct side *s, double *met)
{
	sweep_all(s, met);
}

static sweep_fn *choose(void)
{
	if (__builtin_cpu_supports("avx512f"))
		return sweep_wide;
	return __builtin_cpu_supports("avx2") ? sweep_vector : sweep_plain;
}
#else
static sweep_fn *choose(void)
{
	return sweep_plain;
}
#endif

double ml_nonneg_descend(const double *g, const double *b, size_t k, double *x, size_t many,
			 size_t ld, int most, double *gradient)
{
	double first = 0;
	struct side side = { g, k, many, ld, x, gradient, gradient + k * ld };
	sweep_fn *sweep_many = choose();

	for (size_t c = 0; c < k; c++)
		for (size_t i = 0; i < many; i++)
			gradient[c * ld + i] = -b[c * ld + i];
	ml_block_add(gradient, ld, k, many, k, g, 1, k, x, ld);
	for (int s = 0; s < most; s++) {
		double by_lane[SIDE] = { 0 }, met = 0;

		sweep_many(&side, by_lane);
		for (size_t l = 0; l < SIDE; l++)
			met += by_lane[l];
		first = s ? first : met;
		if (!(met > enough * first))
			break;
	}
	return first;
}

/* Solves for the m coefficients `on`; false when they are not independent.  l: room for a
 * triangle, z: m results. */
static bool solve_on(const double *g, const double *b, size_t k, const size_t *on, size_t m,
		     double *l, double *z)
{
	for (size_t i = 0; i < m; i++) {
		for (size_t j = 0; j <= i; j++) {
			double s = g[on[i] * k + on[j]];

			for (size_t q = 0; q < j; q++)
				s -= l[i * m + q] * l[j * m + q];
			if (j < i) {
				l[i * m + j] = s / l[j * m + j];
				continue;
			}
			if (!(s > rounding * g[on[i] * k + on[i]]))
				return false;
			l[i * m + i] = sqrt(s);
		}
	}
	for (size_t i = 0; i < m; i++) {
		z[i] = b[on[i]];
		for (size_t q = 0; q < i; q++)
			z[i] -= l[i * m + q] * z[q];
		z[i] /= l[i * m + i];
	}
	for (size_t i = m; i-- > 0;) {
		for (size_t q = i + 1; q < m; q++)
			z[i] -= l[q * m + i] * z[q];
		z[i] /= l[i * m + i];
	}
	return true;
}

/* No coefficient that is 0 would gain by growing. */
static bool is_best(const double *g, const double *b, size_t k, const double *x)
{
	for (size_t c = 0; c < k; c++) {
		double gradient = -b[c], size = fabs(b[c]);

		if (x[c] > 0)
			continue;
		for (size_t d = 0; d < k; d++) {
			gradient += g[c * k + d] * x[d];
			size += fabs(g[c * k + d] * x[d]);
		}
		if (gradient < -rounding * size)
			return false;
	}
	return true;
}

void ml_nonneg_solve(const double *g, const double *b, size_t k, double *x, double *room)
{
	double *l = room, *z = room + k * k, *y = z + k;
	size_t *on = (size_t *)(void *)(y + k);

	memset(x, 0, k * sizeof *x);
	for (int round = 0; round < ROUNDS; round++) {
		size_t m = 0;
		bool positive = true;

		find_gradient(g, b, k, x, y);
		for (int n = 0; n < SWEEPS; n++)
			if (sweep(g, k, x, y) == 0)
				break;
		for (size_t c = 0; c < k; c++)
			if (x[c] > 0)
				on[m++] = c;
		if (!solve_on(g, b, k, on, m, l, z))
			continue;
		memset(y, 0, k * sizeof *y);
		for (size_t i = 0; i < m; i++) {
			positive = positive && z[i] >= 0;
			y[on[i]] = z[i];
		}
		if (positive && is_best(g, b, k, y)) {
			memcpy(x, y, k * sizeof *x);
			return;
		}
	}
}
