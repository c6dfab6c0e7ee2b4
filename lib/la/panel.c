/* panel.c - products of rows with packed rows: four rows by two vectors at a time.
 *
 * A column in which all four are 0 adds nothing to any of their sums, so that it is left out
 * where there are enough of them: of categories as 0/1 columns nearly all are. */
#include "la/panel.h"

#include <stdbool.h>
#include <string.h>

#if defined(__x86_64__) && defined(__GNUC__)
#include <immintrin.h>
#endif

enum { TILE_ROWS = 4, TILE_COLS = 256 };

void ml_panel_put(double *v, size_t cols, size_t k, const double *row)
{
	double *lane = v + k / ML_PANEL * cols * ML_PANEL + k % ML_PANEL;

	for (size_t j = 0; j < cols; j++)
		lane[j * ML_PANEL] = row[j];
}

void ml_panel_get(const double *v, size_t cols, size_t k, double *row)
{
	const double *lane = v + k / ML_PANEL * cols * ML_PANEL + k % ML_PANEL;

	for (size_t j = 0; j < cols; j++)
		row[j] = lane[j * ML_PANEL];
}

/* Four rows (the last repeated where there are fewer: it is then written more than once), and
 * one panel, or two where a vector holds a whole one.  Sums go on from what out holds; at
 * tells where in a panel the columns stand, NULL: side by side. */
struct tile {
	const double *left, *right; /* panels */
	const double *a[TILE_ROWS];
	double *out[TILE_ROWS]; /* of the left panel */
	const size_t *at;
	size_t cols, step; /* step: from the outputs of the left panel to those of the right */
};

/* All sums are read before one is written, since rows may be repeated. */
static void tile_plain(const struct tile *t)
{
	double s[TILE_ROWS][ML_PANEL];

	for (size_t i = 0; i < TILE_ROWS; i++)
		memcpy(s[i], t->out[i], sizeof s[i]);
	for (size_t i = 0; i < TILE_ROWS; i++)
		for (size_t j = 0; j < t->cols; j++) {
			const double *b = t->left + (t->at ? t->at[j] : j * ML_PANEL);
			for (size_t l = 0; l < ML_PANEL; l++)
				s[i][l] += t->a[i][j] * b[l];
		}
	for (size_t i = 0; i < TILE_ROWS; i++)
		memcpy(t->out[i], s[i], sizeof s[i]);
}

static double square_plain(const double *row, size_t cols)
{
	double s = 0;

	for (size_t j = 0; j < cols; j++)
		s += row[j] * row[j];
	return s;
}

#if defined(__x86_64__) && defined(__GNUC__)
__attribute__((target("fma"))) static double square_fused(const double *row, size_t cols)
{
	double s = 0;

	for (size_t j = 0; j < cols; j++)
		s = __builtin_fma(row[j], row[j], s);
	return s;
}

/* Spelled out, since only named accumulators are sure to stay in registers at -O2; `at` is
 * known where this is put in. */
#define INLINE static inline __attribute__((always_inline))

__attribute__((target("avx2,fma"))) INLINE void half_of(const struct tile *t, const size_t *at)
{
	const double *a0 = t->a[0], *a1 = t->a[1], *a2 = t->a[2], *a3 = t->a[3];
	__m256d l0 = _mm256_loadu_pd(t->out[0]), r0 = _mm256_loadu_pd(t->out[0] + 4);
	__m256d l1 = _mm256_loadu_pd(t->out[1]), r1 = _mm256_loadu_pd(t->out[1] + 4);
	__m256d l2 = _mm256_loadu_pd(t->out[2]), r2 = _mm256_loadu_pd(t->out[2] + 4);
	__m256d l3 = _mm256_loadu_pd(t->out[3]), r3 = _mm256_loadu_pd(t->out[3] + 4);

	for (size_t j = 0; j < t->cols; j++) {
		const double *b = t->left + (at ? at[j] : j * ML_PANEL);
		__m256d l = _mm256_loadu_pd(b), r = _mm256_loadu_pd(b + 4);
		__m256d v = _mm256_broadcast_sd(a0 + j);
		l0 = _mm256_fmadd_pd(v, l, l0);
		r0 = _mm256_fmadd_pd(v, r, r0);
		v = _mm256_broadcast_sd(a1 + j);
		l1 = _mm256_fmadd_pd(v, l, l1);
		r1 = _mm256_fmadd_pd(v, r, r1);
		v = _mm256_broadcast_sd(a2 + j);
		l2 = _mm256_fmadd_pd(v, l, l2);
		r2 = _mm256_fmadd_pd(v, r, r2);
		v = _mm256_broadcast_sd(a3 + j);
		l3 = _mm256_fmadd_pd(v, l, l3);
		r3 = _mm256_fmadd_pd(v, r, r3);
	}
	_mm256_storeu_pd(t->out[0], l0);
	_mm256_storeu_pd(t->out[0] + 4, r0);
	_mm256_storeu_pd(t->out[1], l1);
	_mm256_storeu_pd(t->out[1] + 4, r1);
	_mm256_storeu_pd(t->out[2], l2);
	_mm256_storeu_pd(t->out[2] + 4, r2);
	_mm256_storeu_pd(t->out[3], l3);
	_mm256_storeu_pd(t->out[3] + 4, r3);
}

__attribute__((target("avx2,fma"))) static void tile_half(const struct tile *t)
{
	if (t->at)
		half_of(t, t->at);
	else
		half_of(t, NULL);
}

__attribute__((target("avx512f"))) INLINE void whole_of(const struct tile *t, const size_t *at)
{
	const double *a0 = t->a[0], *a1 = t->a[1], *a2 = t->a[2], *a3 = t->a[3];
	__m512d l0 = _mm512_loadu_pd(t->out[0]), r0 = _mm512_loadu_pd(t->out[0] + t->step);
	__m512d l1 = _mm512_loadu_pd(t->out[1]), r1 = _mm512_loadu_pd(t->out[1] + t->step);
	__m512d l2 = _mm512_loadu_pd(t->out[2]), r2 = _mm512_loadu_pd(t->out[2] + t->step);
	__m512d l3 = _mm512_loadu_pd(t->out[3]), r3 = _mm512_loadu_pd(t->out[3] + t->step);

	for (size_t j = 0; j < t->cols; j++) {
		size_t to = at ? at[j] : j * ML_PANEL;
		__m512d l = _mm512_loadu_pd(t->left + to), r = _mm512_loadu_pd(t->right + to);
		__m512d v = _mm512_set1_pd(a0[j]);
		l0 = _mm512_fmadd_pd(v, l, l0);
		r0 = _mm512_fmadd_pd(v, r, r0);
		v = _mm512_set1_pd(a1[j]);
		l1 = _mm512_fmadd_pd(v, l, l1);
		r1 = _mm512_fmadd_pd(v, r, r1);
		v = _mm512_set1_pd(a2[j]);
		l2 = _mm512_fmadd_pd(v, l, l2);
		r2 = _mm512_fmadd_pd(v, r, r2);
		v = _mm512_set1_pd(a3[j]);
		l3 = _mm512_fmadd_pd(v, l, l3);
		r3 = _mm512_fmadd_pd(v, r, r3);
	}
	_mm512_storeu_pd(t->out[0], l0);
	_mm512_storeu_pd(t->out[0] + t->step, r0);
	_mm512_storeu_pd(t->out[1], l1);
	_mm512_storeu_pd(t->out[1] + t->step, r1);
	_mm512_storeu_pd(t->out[2], l2);
	_mm512_storeu_pd(t->out[2] + t->step, r2);
	_mm512_storeu_pd(t->out[3], l3);
	_mm512_storeu_pd(t->out[3] + t->step, r3);
}

__attribute__((target("avx512f"))) static void tile_whole(const struct tile *t)
{
	if (t->at)
		whole_of(t, t->at);
	else
		whole_of(t, NULL);
}

typedef void tile_fn(const struct tile *);

static bool fuses(void)
{
	return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
}

static tile_fn *choose(size_t *panels)
{
	bool whole = fuses() && __builtin_cpu_supports("avx512f");

	*panels = whole ? 2 : 1;
	return whole ? tile_whole : fuses() ? tile_half : tile_plain;
}

double ml_panel_square(const double *row, size_t cols)
{
	return (fuses() ? square_fused : square_plain)(row, cols);
}
#else
typedef void tile_fn(const struct tile *);

static tile_fn *choose(size_t *panels)
{
	*panels = 1;
	return tile_plain;
}

double ml_panel_square(const double *row, size_t cols)
{
	return square_plain(row, cols);
}
#endif

/* Four rows' numbers in some of the columns, and where these stand in a panel. */
struct some {
	double a[TILE_ROWS][TILE_COLS];
	size_t at[TILE_COLS];
};

/* Takes the columns in which not all rows are 0, where that spares a quarter of them. */
static void leave_out(struct tile *t, struct some *some)
{
	size_t n = 0, most = t->cols - t->cols / 4;

	for (size_t j = 0; j < t->cols && n <= most; j++) {
		bool any = false;
		for (size_t r = 0; r < TILE_ROWS; r++) {
			some->a[r][n] = t->a[r][j];
			any |= t->a[r][j] != 0;
		}
		some->at[n] = j * ML_PANEL;
		n += any;
	}
	if (n > most)
		return;
	t->cols = n;
	t->at = some->at;
	for (size_t r = 0; r < TILE_ROWS; r++)
		t->a[r] = some->a[r];
}

/* The four rows a, by all panels: columns from..to of them. */
static void cross(const double *v, size_t cols, size_t panels, const double *const *a,
		  size_t from, size_t to, double *const *out)
{
	struct some some;
	struct tile t = { .cols = to - from };
	size_t each;
	tile_fn *tile = choose(&each);

	for (size_t r = 0; r < TILE_ROWS; r++)
		t.a[r] = a[r] + from;
	leave_out(&t, &some);
	for (size_t k = 0; k < panels; k += each) {
		bool two = each > 1 && k + 1 < panels;
		for (size_t r = 0; r < TILE_ROWS; r++)
			t.out[r] = out[r] + k * ML_PANEL;
		t.left = v + (k * cols + from) * ML_PANEL;
		t.right = two ? t.left + cols * ML_PANEL : t.left;
		t.step = two ? ML_PANEL : 0;
		tile(&t);
	}
}

void ml_panel_dots(const double *v, size_t cols, size_t panels, const double *a, size_t lda,
		   size_t n, double *out, size_t ldo)
{
	for (size_t i = 0; i < n; i += TILE_ROWS) {
		const double *row[TILE_ROWS];
		double *sum[TILE_ROWS];

		for (size_t r = 0; r < TILE_ROWS; r++) {
			size_t k = i + r < n ? i + r : n - 1;
			row[r] = a + k * lda;
			sum[r] = out + k * ldo;
			memset(sum[r], 0, panels * ML_PANEL * sizeof *sum[r]);
		}
		for (size_t from = 0; from < cols; from += TILE_COLS)
			cross(v, cols, panels, row, from,
			      cols - from < TILE_COLS ? cols : from + TILE_COLS, sum);
	}
}
