/* svm_sweep.c - four variables at a time, in the compiler's own vectors: compiled plain and for
 * AVX2, with the same bits. */
#include "models/svm_sweep.h"

#include <math.h>
#include <stdint.h>
#include <string.h>

enum { LANES = 4 };
_Static_assert(ML_SVM_LANES % LANES == 0, "whole vectors");
typedef double reals __attribute__((vector_size(8 * LANES)));
typedef float singles __attribute__((vector_size(4 * LANES)));
typedef int64_t words __attribute__((vector_size(8 * LANES)));

#define INLINE static inline __attribute__((always_inline))
/* x where the mask is set, else y. */
#define CHOOSE(mask, x, y) (((mask) & (words)(x)) | (~(mask) & (words)(y)))

static const double least_curve = 1e-12;

double ml_svm_curve_of(double own_i, double own_j, double k_ij)
{
	double curve = own_i + own_j - 2 * k_ij;

	return curve > 0 ? curve : least_curve;
}

INLINE void get(reals *to, const double *from)
{
	memcpy(to, from, sizeof *to);
}

INLINE void get_singles(reals *to, const float *from)
{
	singles v;

	memcpy(&v, from, sizeof v);
	*to = __builtin_convertvector(v, reals);
}

/* The largest of the lanes, of equal ones that with the least index. */
INLINE double largest(const reals *v, const words *index, size_t *at)
{
	double most = (*v)[0];
	int64_t where = (*index)[0];

	for (int l = 1; l < LANES; l++)
		if ((*v)[l] > most || ((*v)[l] == most && (*index)[l] < where)) {
			most = (*v)[l];
			where = (*index)[l];
		}
	*at = (size_t)where;
	return most;
}

INLINE void sweep(const struct ml_svm_few *f, double d, const float *k_i, const float *k_j,
		  struct ml_svm_best *best)
{
	const reals zero = { 0 };
	reals top[ML_SVM_GROUPS], bottom[ML_SVM_GROUPS];
	words where[ML_SVM_GROUPS], index = { 0, 1, 2, 3 };

	for (size_t g = 0; g < ML_SVM_GROUPS; g++) {
		top[g] = zero - (double)INFINITY;
		bottom[g] = zero + (double)INFINITY;
		where[g] = index;
	}
	for (size_t k = 0; k < f->n; k += LANES, index += LANES) {
		reals e, x, y, bound;
		get(&e, f->e + k);
		get_singles(&x, k_i + k);
		get_singles(&y, k_j + k);
		e -= d * (x - y);
		memcpy(f->e + k, &e, sizeof e);
		for (size_t g = 0; g < f->groups; g++) {
			get(&bound, f->up[g] + k);
			x = e + bound;
			words more = x > top[g];
			top[g] = (reals)CHOOSE(more, x, top[g]);
			where[g] = CHOOSE(more, index, where[g]);
			get(&bound, f->down[g] + k);
			x = e + bound;
			bottom[g] = (reals)CHOOSE(x < bottom[g], x, bottom[g]);
		}
	}
	for (size_t g = 0; g < ML_SVM_GROUPS; g++) {
		best->top[g] = largest(&top[g], &where[g], &best->i[g]);
		best->bottom[g] = INFINITY;
		for (int l = 0; l < LANES; l++)
			best->bottom[g] = fmin(best->bottom[g], bottom[g][l]);
	}
}

INLINE size_t match(const struct ml_svm_few *f, size_t group, double e_i, double own_i,
		    const float *k_i, double *gain)
{
	const reals zero = { 0 };
	reals most = zero - 1;
	words index = { 0, 1, 2, 3 }, where = index;
	size_t at;

	for (size_t k = 0; k < f->n; k += LANES, index += LANES) {
		reals e, down, own, common;
		get(&e, f->e + k);
		get(&down, f->down[group] + k);
		get(&own, f->own + k);
		get_singles(&common, k_i + k);
		reals fall = e_i - (e + down), curve = own_i + own - 2 * common;
		curve = (reals)CHOOSE(curve > zero, curve, zero + least_curve);
		reals value = fall * fall / curve;
		value = (reals)CHOOSE(fall > zero, value, zero - 1);
		words more = value > most;
		most = (reals)CHOOSE(more, value, most);
		where = CHOOSE(more, index, where);
	}
	*gain = largest(&most, &where, &at);
	return at;
}

#if defined(__x86_64__) && defined(__GNUC__)
#define AVX2 __attribute__((target("avx2")))

AVX2 static void sweep_vector(const struct ml_svm_few *f, double d, const float *k_i,
			      const float *k_j, struct ml_svm_best *best)
{
	sweep(f, d, k_i, k_j, best);
}

AVX2 static size_t match_vector(const struct ml_svm_few *f, size_t group, double e_i,
				double own_i, const float *k_i, double *gain)
{
	return match(f, group, e_i, own_i, k_i, gain);
}

void ml_svm_sweep(const struct ml_svm_few *f, double d, const float *k_i, const float *k_j,
		  struct ml_svm_best *best)
{
	if (__builtin_cpu_supports("avx2"))
		sweep_vector(f, d, k_i, k_j, best);
	else
		sweep(f, d, k_i, k_j, best);
}

size_t ml_svm_match(const struct ml_svm_few *f, size_t group, double e_i, double own_i,
		    const float *k_i, double *gain)
{
	return __builtin_cpu_supports("avx2") ? match_vector(f, group, e_i, own_i, k_i, gain)
					      : match(f, group, e_i, own_i, k_i, gain);
}
#else
void ml_svm_sweep(const struct ml_svm_few *f, double d, const float *k_i, const float *k_j,
		  struct ml_svm_best *best)
{
	sweep(f, d, k_i, k_j, best);
}

size_t ml_svm_match(const struct ml_svm_few *f, size_t group, double e_i, double own_i,
		    const float *k_i, double *gain)
{
	return match(f, group, e_i, own_i, k_i, gain);
}
#endif
