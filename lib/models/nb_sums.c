/* nb_sums.c - one pass over the rows: for each class, counts and moments in double-double.
 *
 * Moments are about a shift that the first fit chooses, near the middle of the column: what
 * cancels in the variance is the square of (mean of a class - shift) / deviation, of 32 digits.
 * The error of a product comes from one fused multiply-add where the CPU has it, else from
 * Dekker's splitting: the same bits.  Slices of rows (la/slices.h) have sums of their own. */
#include <math.h>
#include <stdint.h>
#include <stdlib.h>

#include "base/mem.h"
#include "base/thread.h"
#include "la/slices.h"
#include "models/nb_parts.h"

enum {
	PIECE = 128,           /* rows turned at a time where columns are given */
	SHIFT_ROWS = 4096,     /* that shifts are means of */
	SLICE_SUMS = 1 << 23,  /* 128 MiB for the sums of all slices */
	MAX_NUMBERS = 1 << 30, /* sums of a model */
};

int ml_nb_make_room(struct ml_nb *m, struct ml_error *err)
{
	size_t k = m->classes, at = 0;

	m->numbers = m->cells = 0;
	for (size_t j = 0; j < m->features; j++) {
		m->numbers += m->levels[j] == 0;
		m->cells += (size_t)m->levels[j];
	}
	m->per_class = 1 + m->numbers * (ml_nb_moments(m) ? 3 : 2) + m->cells;
	if (m->per_class > MAX_NUMBERS / k)
		return ml_fail(err, ML_EDATA, "E-LIMIT",
			       "nb: %zu sums for each of %zu classes are too many",
			       m->per_class, k);
	if (!(m->at = ml_alloc(m->features, sizeof *m->at, err)) ||
	    !(m->shift = ml_alloc(m->numbers, sizeof *m->shift, err)) ||
	    !(m->hi = ml_alloc(k * m->per_class, sizeof *m->hi, err)) ||
	    !(m->lo = ml_alloc(k * m->per_class, sizeof *m->lo, err)) ||
	    !(m->prior = ml_alloc(k, sizeof *m->prior, err)) ||
	    !(m->base = ml_alloc(k, sizeof *m->base, err)) ||
	    !(m->table = ml_alloc(k * m->numbers, sizeof *m->table, err)) ||
	    !(m->cell = ml_alloc(k * m->cells, sizeof *m->cell, err)))
		return err->code;
	if (ml_nb_moments(m) &&
	    (!(m->rest = ml_alloc(k * m->numbers, sizeof *m->rest, err)) ||
	     !(m->narrow = ml_alloc(k * m->numbers, sizeof *m->narrow, err)) ||
	     !(m->height = ml_alloc(k * m->numbers, sizeof *m->height, err))))
		return err->code;
	for (int others = 0; others <= 1; others++)
		for (size_t j = 0; j < m->features; j++)
			if ((m->levels[j] != 0) == others)
				m->at[at++] = j;
	return ML_OK;
}

/* ---- a row ---- */

#if defined(__x86_64__) && defined(__GNUC__)
#define AVX2 __attribute__((target("avx2,fma")))
#define INLINE inline __attribute__((always_inline))
#else
#define AVX2
#define INLINE inline
#endif

static INLINE struct ml_dd product(double a, double b, bool fused)
{
	if (!fused)
		return ml_two_prod(a, b);
	double p = a * b;
	return (struct ml_dd){ p, fma(a, b, -p) };
}

static INLINE void add(double *hi, double *lo, struct ml_dd v)
{
	struct ml_dd s = ml_two_sum(*hi, v.hi);

	*hi = s.hi;
	*lo += s.lo + v.lo;
}

/* Numbers with moments: w t and w t^2. */
static INLINE void add_moments(const struct ml_nb *m, const double *x, double w, double *hi,
			       double *lo, bool fused)
{
	size_t q = m->numbers;

	for (size_t j = 0; j < q; j++) {
		double v = x[m->at[j]];

		if (isnan(v)) {
			add(hi + 1 + j, lo + 1 + j, (struct ml_dd){ w, 0 });
			continue;
		}
		struct ml_dd t = ml_two_sum(v, -m->shift[j]), u = product(w, t.hi, fused);
		u.lo += w * t.lo;
		struct ml_dd s = product(u.hi, t.hi, fused);
		s.lo += u.hi * t.lo + u.lo * t.hi;
		add(hi + 1 + q + j, lo + 1 + q + j, u);
		add(hi + 1 + 2 * q + j, lo + 1 + 2 * q + j, s);
	}
}

static INLINE void add_counts(const struct ml_nb *m, const double *x, double w, double *hi,
			      double *lo, bool fused)
{
	size_t q = m->numbers;

	for (size_t j = 0; j < q; j++) {
		double v = x[m->at[j]];

		if (isnan(v))
			add(hi + 1 + j, lo + 1 + j, (struct ml_dd){ w, 0 });
		else if (v != 0)
			add(hi + 1 + q + j, lo + 1 + q + j, product(w, v, fused));
	}
}

static INLINE void add_row(const struct ml_nb *m, const double *x, double w, double *hi,
			   double *lo, bool fused)
{
	size_t cell = m->per_class - m->cells;

	add(hi, lo, (struct ml_dd){ w, 0 });
	if (ml_nb_moments(m))
		add_moments(m, x, w, hi, lo, fused);
	else
		add_counts(m, x, w, hi, lo, fused);
	for (size_t f = m->numbers; f < m->features; f++) {
		double v = x[m->at[f]], levels = m->levels[m->at[f]];

		if (m->o.kind == ML_NB_BERNOULLI && !isnan(v))
			v = v > m->o.binarize;
		if (v >= 0 && v < levels)
			add(hi + cell + (size_t)v, lo + cell + (size_t)v,
			    (struct ml_dd){ w, 0 });
		cell += (size_t)levels;
	}
}

/* n rows from row `from` of p on, which x holds. */
static INLINE void add_piece(const struct ml_nb *m, const struct ml_problem *p, size_t from,
			     const struct ml_mat *x, double *hi, double *lo, bool fused)
{
	for (size_t i = 0; i < x->rows; i++) {
		size_t at = (size_t)p->y[from + i] * m->per_class;

		add_row(m, x->v + i * x->ld, p->w ? p->w[from + i] : 1, hi + at, lo + at,
			fused);
	}
}

AVX2 static void add_fused(const struct ml_nb *m, const struct ml_problem *p, size_t from,
			   const struct ml_mat *x, double *hi, double *lo)
{
	add_piece(m, p, from, x, hi, lo, true);
}

static void add_plain(const struct ml_nb *m, const struct ml_problem *p, size_t from,
		      const struct ml_mat *x, double *hi, double *lo)
{
	add_piece(m, p, from, x, hi, lo, false);
}

static bool has_fused(void)
{
#if defined(__x86_64__) && defined(__GNUC__)
	return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
#else
	return false;
#endif
}

/* ---- all rows ---- */

struct adding {
	const struct ml_nb *m;
	const struct ml_problem *p;
	struct ml_slices slices;
	size_t size;     /* of the sums */
	double *hi, *lo; /* one of each a slice */
};

/* Rows from.. of p as a matrix: a view, or turned into room. */
static struct ml_mat rows_of(const struct ml_problem *p, size_t from, size_t n, double *room)
{
	if (p->x.v)
		return (struct ml_mat){ p->x.v + from * p->x.ld, n, p->x.cols, p->x.ld };
	for (size_t j = 0; j < p->x.cols; j++)
		for (size_t i = 0; i < n; i++)
			room[i * p->x.cols + j] = p->col[j][from + i];
	return (struct ml_mat){ room, n, p->x.cols, p->x.cols };
}

static int check_counts(const struct ml_nb *m, const struct ml_mat *x, struct ml_error *err)
{
	for (size_t i = 0; i < x->rows; i++)
		for (size_t j = 0; j < m->numbers; j++) {
			double v = x->v[i * x->ld + m->at[j]];

			if (v < 0)
				return ml_fail(err, ML_EDATA, "E-RANGE",
					       "nb: --kind %s takes counts from 0, and feature "
					       "%zu has %g",
					       ml_nb_kinds[m->o.kind], m->at[j] + 1, v);
		}
	return ML_OK;
}

static int add_slice(void *arg, size_t block, int worker, struct ml_error *err)
{
	const struct adding *a = arg;
	const struct ml_problem *p = a->p;
	size_t to = ml_slice_to(&a->slices, block);
	double *hi = a->hi + block * a->size, *lo = a->lo + block * a->size;
	double *room = ml_alloc(p->x.v ? 0 : PIECE * p->x.cols, sizeof *room, err);
	bool fused = has_fused();
	int rc = room ? ML_OK : err->code;

	(void)worker;
	for (size_t i = ml_slice_from(&a->slices, block); !rc && i < to; i += PIECE) {
		struct ml_mat x = rows_of(p, i, to - i < PIECE ? to - i : PIECE, room);

		if (!ml_nb_moments(a->m))
			rc = check_counts(a->m, &x, err);
		(fused ? add_fused : add_plain)(a->m, p, i, &x, hi, lo);
	}
	free(room);
	return rc;
}

/* Means of some rows, spread over the table: near enough to the middle. */
void ml_nb_choose_shift(struct ml_nb *m, const struct ml_problem *p)
{
	size_t n = p->x.rows, stride = n / SHIFT_ROWS + 1;

	for (size_t j = 0; ml_nb_moments(m) && j < m->numbers; j++) {
		double sum = 0, count = 0;

		for (size_t i = 0; i < n; i += stride) {
			double v =
				p->x.v ? p->x.v[i * p->x.ld + m->at[j]] : p->col[m->at[j]][i];

			if (!isnan(v)) {
				count++;
				sum += v / SHIFT_ROWS;
			}
		}
		m->shift[j] = count > 0 ? sum / count * SHIFT_ROWS : 0;
		if (!isfinite(m->shift[j]))
			m->shift[j] = 0;
	}
}

/* Fewer and longer slices where there are many sums. */
static struct ml_slices slices_of(size_t n, size_t size)
{
	struct ml_slices s = ml_slices_of(n);
	size_t most = SLICE_SUMS / (size + 1) + 1;

	if (s.count > most) {
		s.rows = n / most + 1;
		s.count = n / s.rows + (n % s.rows != 0);
	}
	return s;
}

int ml_nb_add_rows(struct ml_nb *m, const struct ml_problem *p, const struct ml_run *run,
		   struct ml_error *err)
{
	size_t size = m->classes * m->per_class, n = p->x.rows;
	struct adding a = { .m = m, .p = p, .slices = slices_of(n, size), .size = size };

	a.hi = ml_alloc(a.slices.count * size, sizeof *a.hi, err);
	a.lo = a.hi ? ml_alloc(a.slices.count * size, sizeof *a.lo, err) : NULL;
	int rc = a.lo ? ml_parallel(run->threads, a.slices.count, add_slice, &a, err)
		      : err->code;
	for (size_t b = 0; !rc && b < a.slices.count; b++)
		for (size_t i = 0; i < size; i++) {
			struct ml_dd v = { a.hi[b * size + i], a.lo[b * size + i] };
			struct ml_dd s = ml_dd_add(ml_nb_sum(m, i), ml_acc_end(v));

			m->hi[i] = s.hi;
			m->lo[i] = s.lo;
		}
	free(a.lo);
	free(a.hi);
	return rc;
}
