/* optimiser.c - sgd, adam, adamw, by groups of numbers that the compiler makes vectors of.
 *
 * Additions, products, roots and quotients of single numbers have the same bits in any vector.
 */
#include "models/optimiser.h"

#include <math.h>
#include <stdlib.h>

#include "base/mem.h"

enum { GROUP = 16 };

int ml_optimiser_init(struct ml_optimiser *o, size_t n, struct ml_error *err)
{
	if (!(o->v = ml_alloc(n, sizeof *o->v, err)) ||
	    (o->solver != ML_SGD && !(o->m = ml_alloc(n, sizeof *o->m, err))))
		return err->code;
	return ML_OK;
}

void ml_optimiser_release(struct ml_optimiser *o)
{
	free(o->v);
	free(o->m);
	o->m = o->v = NULL;
}

void ml_optimiser_step(struct ml_optimiser *o, double rate, double penalty)
{
	double t = (double)++o->steps;

	o->rate = rate;
	o->scaled = rate;
	o->penalty = penalty;
	if (o->solver != ML_SGD)
		o->scaled = rate * sqrt(1 - pow(o->beta2, t)) / (1 - pow(o->beta1, t));
}

/* ---- groups ---- */

/* What a range loses of itself, and by what it is penalised. */
struct pull {
	double keep, penalty;
};

/* Inlined into functions for several vector units.  Nothing of a group overlaps, which
 * compilers are told once more. */
#ifdef __clang__
#define ALONE _Pragma("clang loop vectorize(assume_safety)")
#else
#define ALONE _Pragma("GCC ivdep")
#endif
#define INLINE static inline __attribute__((always_inline))

INLINE void adam_groups(const struct ml_optimiser *o, size_t from, size_t to, struct pull pull)
{
	double b1 = o->beta1, c1 = 1 - b1, b2 = o->beta2, c2 = 1 - b2;
	double rate = o->scaled, eps = o->eps, keep = pull.keep, penalty = pull.penalty;

	for (size_t i = from; i < to; i += GROUP) {
		double *restrict w = o->param + i, *restrict m = o->m + i;
		double *restrict v = o->v + i;
		const double *restrict g = o->grad + i;

		ALONE
		for (size_t k = 0; k < GROUP; k++) {
			double d = g[k] + penalty * w[k];
			m[k] = b1 * m[k] + c1 * d;
			v[k] = b2 * v[k] + c2 * (d * d);
			w[k] = keep * w[k] - rate * m[k] / (sqrt(v[k]) + eps);
		}
	}
}

INLINE void sgd_groups(const struct ml_optimiser *o, size_t from, size_t to, struct pull pull)
{
	double momentum = o->momentum, rate = o->rate, keep = pull.keep, penalty = pull.penalty;
	double again = o->nesterov ? momentum : 1, now = o->nesterov ? rate : 0;

	for (size_t i = from; i < to; i += GROUP) {
		double *restrict w = o->param + i, *restrict v = o->v + i;
		const double *restrict g = o->grad + i;

		ALONE
		for (size_t k = 0; k < GROUP; k++) {
			double d = g[k] + penalty * w[k];
			v[k] = momentum * v[k] - rate * d;
			w[k] = keep * w[k] + again * v[k] - now * d;
		}
	}
}

typedef void groups_fn(const struct ml_optimiser *o, size_t from, size_t to, struct pull pull);

static void adam_plain(const struct ml_optimiser *o, size_t from, size_t to, struct pull pull)
{
	adam_groups(o, from, to, pull);
}

static void sgd_plain(const struct ml_optimiser *o, size_t from, size_t to, struct pull pull)
{
	sgd_groups(o, from, to, pull);
}

#if defined(__x86_64__) && defined(__GNUC__)
__attribute__((target("avx512f"))) static void adam_wide(const struct ml_optimiser *o,
							 size_t from, size_t to,
							 struct pull pull)
{
	adam_groups(o, from, to, pull);
}

__attribute__((target("avx2"))) static void adam_avx2(const struct ml_optimiser *o, size_t from,
						      size_t to, struct pull pull)
{
	adam_groups(o, from, to, pull);
}
#endif

static groups_fn *choose(const struct ml_optimiser *o)
{
	if (o->solver == ML_SGD)
		return sgd_plain;
#if defined(__x86_64__) && defined(__GNUC__)
	if (__builtin_cpu_supports("avx512f"))
		return adam_wide;
	if (__builtin_cpu_supports("avx2"))
		return adam_avx2;
#endif
	return adam_plain;
}

void ml_optimiser_change(void *optimiser, size_t from, size_t n, bool penalised)
{
	const struct ml_optimiser *o = optimiser;
	struct pull pull = { 1, 0 };

	if (penalised) {
		pull.keep = o->solver == ML_ADAMW ? 1 - o->rate * o->decay : 1;
		pull.penalty = o->penalty;
	}
	choose(o)(o, from, from + n, pull);
}
