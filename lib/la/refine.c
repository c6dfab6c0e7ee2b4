/* refine.c - residuals and gradients in double-double. */
#include "la/refine.h"

#include <stdlib.h>

#if defined(__x86_64__) && defined(__GNUC__)
#include <immintrin.h>
#endif

#include "base/mem.h"
#include "base/thread.h"
#include "la/slices.h"

enum { LANES = 4 };

/* Sums of a slice, high and low parts apart, so that loops over columns are plain. */
struct part {
	double *high, *low;
	struct ml_dd rss;
};

struct pass {
	const struct ml_design *d;
	const double *b_high, *b_low; /* m each */
	struct ml_slices slices;
	struct part *parts; /* one a slice */
};

static void rows_of_matrix(const struct ml_design *d, size_t from, size_t to, double *out,
			   size_t ld)
{
	for (size_t i = from; i < to; i++, out += ld) {
		const double *row = d->x->v + i * d->x->ld;

		for (size_t k = d->intercept; k < d->m; k++)
			out[k] = row[d->feature[k]] * d->scale[k];
	}
}

/* Four columns at a time, so that what is written of a row is in one place. */
static void rows_of_columns(const struct ml_design *d, size_t from, size_t to, double *out,
			    size_t ld)
{
	const size_t *f = d->feature;
	const double *s = d->scale;
	size_t n = to - from, k = d->intercept;

	for (; d->m - k >= 4; k += 4) {
		const double *a = d->col[f[k]] + from, *b = d->col[f[k + 1]] + from;
		const double *c = d->col[f[k + 2]] + from, *e = d->col[f[k + 3]] + from;
		double *o = out + k, sa = s[k], sb = s[k + 1], sc = s[k + 2], se = s[k + 3];

		for (size_t i = 0; i < n; i++, o += ld) {
			o[0] = a[i] * sa;
			o[1] = b[i] * sb;
			o[2] = c[i] * sc;
			o[3] = e[i] * se;
		}
	}
	for (; k < d->m; k++) {
		const double *v = d->col[f[k]] + from;
		double *o = out + k;

		for (size_t i = 0; i < n; i++, o += ld)
			*o = v[i] * s[k];
	}
}

void ml_design_rows(const struct ml_design *d, size_t from, size_t to, double *out, size_t ld)
{
	for (size_t i = 0; d->intercept && i < to - from; i++)
		out[i * ld] = 1;
	if (d->x->v)
		rows_of_matrix(d, from, to, out, ld);
	else
		rows_of_columns(d, from, to, out, ld);
}

/* The two loops of a pass: over the numbers of a row. */
struct kernels {
	/* Four sums, in turn, of -u . (high + low). */
	void (*dot)(const double *u, const double *high, const double *low, size_t m,
		    struct ml_dd s[LANES]);
	/* Adds r u to the sums high + low. */
	void (*add)(double *high, double *low, const double *u, struct ml_dd r, size_t m);
};

static void dot_plain(const double *u, const double *high, const double *low, size_t m,
		      struct ml_dd s[LANES])
{
	for (size_t k = 0; k < m; k++) {
		ml_acc_mul(&s[k % LANES], -u[k], high[k]);
		s[k % LANES].lo -= u[k] * low[k];
	}
}

static void add_plain(double *high, double *low, const double *u, struct ml_dd r, size_t m)
{
	for (size_t k = 0; k < m; k++) {
		struct ml_dd p = ml_two_prod(u[k], r.hi), s = ml_two_sum(high[k], p.hi);
		high[k] = s.hi;
		low[k] += s.lo + (p.lo + u[k] * r.lo);
	}
}

static const struct kernels plain = { dot_plain, add_plain };

#if defined(__x86_64__) && defined(__GNUC__)
/* The same operations, four numbers at a time: the error of a product by one fused
 * multiply-add instead of Dekker's 17 operations, which is the same number. */
#define AVX2 __attribute__((target("avx2,fma")))

/* *s += v, and returns the error. */
AVX2 static inline __m256d sum_error(__m256d *s, __m256d v)
{
	__m256d sum = _mm256_add_pd(*s, v), t = _mm256_sub_pd(sum, *s);
	__m256d e =
		_mm256_add_pd(_mm256_sub_pd(*s, _mm256_sub_pd(sum, t)), _mm256_sub_pd(v, t));

	*s = sum;
	return e;
}

/* Lanes 0..n-1 of four. */
AVX2 static inline __m256i first_lanes(size_t n)
{
	return _mm256_set_epi64x(n > 3 ? -1 : 0, n > 2 ? -1 : 0, n > 1 ? -1 : 0, -1);
}

AVX2 static void dot_vector(const double *u, const double *high, const double *low, size_t m,
			    struct ml_dd s[LANES])
{
	__m256d h = _mm256_set_pd(s[3].hi, s[2].hi, s[1].hi, s[0].hi), l = _mm256_setzero_pd();
	__m256d zero = l;
	double hi[LANES], lo[LANES];

	for (size_t k = 0; k < m; k += LANES) {
		/* Past the end are zeros, which change no sum. */
		__m256i mask = first_lanes(m - k);
		__m256d v = _mm256_sub_pd(zero, _mm256_maskload_pd(u + k, mask));
		__m256d b = _mm256_maskload_pd(high + k, mask), p = _mm256_mul_pd(v, b);
		__m256d e = _mm256_fmsub_pd(v, b, p);
		l = _mm256_add_pd(l, _mm256_add_pd(sum_error(&h, p), e));
		l = _mm256_add_pd(l, _mm256_mul_pd(v, _mm256_maskload_pd(low + k, mask)));
	}
	_mm256_storeu_pd(hi, h);
	_mm256_storeu_pd(lo, l);
	for (size_t i = 0; i < LANES; i++)
		s[i] = (struct ml_dd){ hi[i], lo[i] };
}

AVX2 static void add_vector(double *high, double *low, const double *u, struct ml_dd r,
			    size_t m)
{
	__m256d rh = _mm256_set1_pd(r.hi), rl = _mm256_set1_pd(r.lo);

	for (size_t k = 0; k < m; k += LANES) {
		__m256i mask = first_lanes(m - k);
		__m256d v = _mm256_maskload_pd(u + k, mask), p = _mm256_mul_pd(v, rh);
		__m256d h = _mm256_maskload_pd(high + k, mask);
		__m256d l = _mm256_maskload_pd(low + k, mask);
		__m256d e = _mm256_add_pd(_mm256_fmsub_pd(v, rh, p), _mm256_mul_pd(v, rl));
		l = _mm256_add_pd(l, _mm256_add_pd(sum_error(&h, p), e));
		_mm256_maskstore_pd(high + k, mask, h);
		_mm256_maskstore_pd(low + k, mask, l);
	}
}

static const struct kernels vector = { dot_vector, add_vector };

static const struct kernels *best_kernels(void)
{
	bool can = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
	return can ? &vector : &plain;
}
#else
static const struct kernels *best_kernels(void)
{
	return &plain;
}
#endif

/* y - u . b */
static struct ml_dd residual(const struct kernels *kernels, const double *u, const double *high,
			     const double *low, size_t m, double y)
{
	struct ml_dd s[LANES] = { { y, 0 } }, sum;

	kernels->dot(u, high, low, m, s);
	sum = ml_acc_end(s[0]);
	for (size_t l = 1; l < LANES; l++)
		sum = ml_dd_add(sum, ml_acc_end(s[l]));
	return sum;
}

/* Rows of A made at once: they stay in the first cache. */
enum { AT_ONCE = 2048 };

static size_t rows_at_once(size_t m)
{
	return m < AT_ONCE ? AT_ONCE / m : 1;
}

/* Adds row i, which is u. */
static void add_row(const struct pass *p, const struct kernels *kernels, struct part *part,
		    size_t i, const double *u)
{
	const struct ml_design *d = p->d;
	struct ml_dd r = residual(kernels, u, p->b_high, p->b_low, d->m, d->y[i]);
	struct ml_dd wr = ml_dd_mul(r, (struct ml_dd){ d->w ? d->w[i] : 1, 0 });
	struct ml_dd square = ml_dd_mul(wr, r);

	ml_acc_add(&part->rss, square.hi);
	part->rss.lo += square.lo;
	kernels->add(part->high, part->low, u, wr, d->m);
}

static int slice_pass(void *arg, size_t block, int worker, struct ml_error *err)
{
	struct pass *p = arg;
	const struct kernels *kernels = best_kernels();
	size_t m = p->d->m, step = rows_at_once(m), to = ml_slice_to(&p->slices, block);
	double *u = ml_alloc(step * m, sizeof *u, err);

	(void)worker;
	if (!u)
		return err->code;
	for (size_t i = ml_slice_from(&p->slices, block), end; i < to; i = end) {
		end = to - i < step ? to : i + step;
		ml_design_rows(p->d, i, end, u, m);
		for (size_t k = i; k < end; k++)
			add_row(p, kernels, &p->parts[block], k, u + (k - i) * m);
	}
	free(u);
	return ML_OK;
}

static int parts_init(struct pass *p, struct ml_error *err)
{
	size_t m = p->d->m, count = p->slices.count;
	double *v = ml_alloc(count * 2 * m, sizeof *v, err);

	if (!v)
		return err->code;
	if (!(p->parts = ml_alloc(count, sizeof *p->parts, err))) {
		free(v);
		return err->code;
	}
	for (size_t b = 0; b < count; b++) {
		p->parts[b].high = v + b * 2 * m;
		p->parts[b].low = v + b * 2 * m + m;
	}
	return ML_OK;
}

static void add_parts(const struct pass *p, struct ml_dd *g, double *rss)
{
	struct ml_dd sum = { 0, 0 };

	for (size_t k = 0; k < p->d->m; k++)
		g[k] = (struct ml_dd){ 0, 0 };
	for (size_t b = 0; b < p->slices.count; b++) {
		const struct part *part = &p->parts[b];
		sum = ml_dd_add(sum, ml_acc_end(part->rss));
		for (size_t k = 0; k < p->d->m; k++)
			g[k] = ml_dd_add(g[k], ml_two_sum(part->high[k], part->low[k]));
	}
	*rss = sum.hi;
}

int ml_refine_gradient(const struct ml_design *d, const struct ml_dd *b, struct ml_dd *g,
		       double *rss, int threads, struct ml_error *err)
{
	double *v = ml_alloc(2 * d->m, sizeof *v, err);
	struct pass p = { .d = d, .b_high = v, .slices = ml_slices_of(d->x->rows) };

	if (!v)
		return err->code;
	for (size_t k = 0; k < d->m; k++) {
		v[k] = b[k].hi;
		v[d->m + k] = b[k].lo;
	}
	p.b_low = v + d->m;
	int rc = parts_init(&p, err);
	if (!rc)
		rc = ml_parallel(threads, p.slices.count, slice_pass, &p, err);
	if (!rc)
		add_parts(&p, g, rss);
	if (p.parts)
		free(p.parts[0].high);
	free(p.parts);
	free(v);
	return rc;
}
