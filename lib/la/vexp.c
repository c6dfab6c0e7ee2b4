/* vexp.c - exp(x) = 2^k (1 + r + ... + r^13 / 13!), r = x - k log 2 in two parts.
 *
 * Four numbers at a time in the compiler's own vectors; the code is compiled twice, plain and
 * for AVX2.  Vectors of eight for AVX-512 would gain a tenth, and are taken apart, badly,
 * elsewhere. */
#include "la/vexp.h"

#include <stdint.h>
#include <string.h>

enum { LANES = 4 };
typedef double reals __attribute__((vector_size(8 * LANES)));
typedef uint64_t words __attribute__((vector_size(8 * LANES)));

/* x where the mask is set, else y. */
#define CHOOSE(mask, x, y) \
	((reals)(((words)(mask) & (words)(x)) | (~(words)(mask) & (words)(y))))

/* What is to be done: plain exponentials where norm is NULL, or Gaussians of distances. */
struct work {
	double *v;
	const double *norm;
	double own, gamma;
	size_t n;
};

/* By address, since how vectors are passed depends on the CPU.  The terms are added by halves
 * (Estrin 1960), since each step of a chain of 13 would wait for the one before. */
static inline __attribute__((always_inline)) void exponential(reals *v)
{
	const reals zero = { 0 }, shift = zero + 0x1.8p52, end = zero + 700;
	reals x = *v;

	x = CHOOSE(x < -end, -end, x);
	x = CHOOSE(x > end, end, x);
	reals t = x * 0x1.71547652b82fep+0 + shift, k = t - shift;
	reals r = (x - k * 0x1.62e42fefa3800p-1) - k * 0x1.ef35793c76730p-45;
	reals r2 = r * r, r4 = r2 * r2, r8 = r4 * r4;
	reals to3 = (1 + r) + r2 * (0.5 + r * (1.0 / 6));
	reals to7 = (1.0 / 24 + r * (1.0 / 120)) + r2 * (1.0 / 720 + r * (1.0 / 5040));
	reals to11 = (1.0 / 40320 + r * (1.0 / 362880)) +
		     r2 * (1.0 / 3628800 + r * (1.0 / 39916800));
	reals to13 = 1.0 / 479001600 + r * (1.0 / 6227020800);
	reals e = (to3 + r4 * to7) + r8 * (to11 + r4 * to13);
	/* The lowest bits of t are k. */
	*v = (reals)((words)e + ((words)t << 52));
}

static inline __attribute__((always_inline)) void some(const struct work *w, double *v,
						       const double *norm)
{
	const reals zero = { 0 };
	reals x, other;

	memcpy(&x, v, sizeof x);
	if (norm) {
		memcpy(&other, norm, sizeof other);
		x = other + w->own - 2 * x;
		x = -w->gamma * CHOOSE(x > zero, x, zero);
	}
	exponential(&x);
	memcpy(v, &x, sizeof x);
}

static inline __attribute__((always_inline)) void all(const struct work *w)
{
	double rest[LANES] = { 0 }, norm[LANES] = { 0 };
	size_t i = 0, n = w->n;

	for (; n - i >= LANES; i += LANES)
		some(w, w->v + i, w->norm ? w->norm + i : NULL);
	if (i == n)
		return;
	memcpy(rest, w->v + i, (n - i) * sizeof *rest);
	if (w->norm)
		memcpy(norm, w->norm + i, (n - i) * sizeof *norm);
	some(w, rest, w->norm ? norm : NULL);
	memcpy(w->v + i, rest, (n - i) * sizeof *rest);
}

static void all_plain(const struct work *w)
{
	all(w);
}

#if defined(__x86_64__) && defined(__GNUC__)
__attribute__((target("avx2"))) static void all_vector(const struct work *w)
{
	all(w);
}

static void run(const struct work *w)
{
	(__builtin_cpu_supports("avx2") ? all_vector : all_plain)(w);
}
#else
static void run(const struct work *w)
{
	all_plain(w);
}
#endif

void ml_vexp(double *v, size_t n)
{
	run(&(struct work){ .v = v, .n = n });
}

void ml_vexp_gauss(double *v, const double *norm, double own, double gamma, size_t n)
{
	run(&(struct work){ v, norm, own, gamma, n });
}
