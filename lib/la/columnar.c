/* columnar.c - products with a matrix that is made of columns piece by piece. */
#include "la/columnar.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/thread.h"
#include "la/block.h"
#include "la/gram.h"
#include "la/slices.h"

enum {
	PIECE = 256,  /* rows of a piece */
	BAND = 64,    /* columns of a piece, where not all are taken: 128 KiB */
	SLICED = 256, /* up to so many columns cross products are summed slice by slice, since
			 there are at most 32 of them: 16 MiB */
};

void ml_columnar_piece(const struct ml_columnar *s, size_t from, size_t to, size_t a, size_t b,
		       double *out)
{
	size_t ld = b - a;

	for (size_t j = a; j < b; j++) {
		const double *x = s->col[j];
		double center = s->center ? s->center[j] : 0, *v = out + (j - a);

		if (s->root)
			for (size_t i = from; i < to; i++, v += ld)
				*v = s->root[i] * (x[i] * s->unit - center);
		else
			for (size_t i = from; i < to; i++, v += ld)
				*v = x[i] * s->unit - center;
	}
}

void ml_columnar_rows(const void *columnar, size_t from, size_t to, double *out)
{
	const struct ml_columnar *s = columnar;

	ml_columnar_piece(s, from, to, 0, s->p, out);
}

void ml_columnar_columns(const struct ml_columnar *s, size_t from, size_t to, double *out,
			 size_t ld)
{
	for (size_t j = 0; j < s->p; j++, out += ld) {
		const double *x = s->col[j] + from;
		double center = s->center ? s->center[j] : 0;

		for (size_t i = 0; i < to - from; i++)
			out[i] = x[i] * s->unit - center;
		for (size_t i = 0; s->root && i < to - from; i++)
			out[i] *= s->root[from + i];
	}
}

static size_t least(size_t a, size_t b)
{
	return a < b ? a : b;
}

static size_t parts(size_t n, size_t of)
{
	return n / of + (n % of != 0);
}

/* ---- cross products of many columns ---- */

struct work {
	const struct ml_columnar *s;
	const double *in;
	size_t k;
	double *out;
};

/* The bands that tile `block` multiplies: tiles of the upper triangle, row by row. */
static void tile_of(size_t block, size_t bands, size_t *row, size_t *col)
{
	*row = 0;
	while (block >= bands - *row)
		block -= bands - (*row)++;
	*col = *row + block;
}

static int gram_tile(void *arg, size_t block, int worker, struct ml_error *err)
{
	const struct work *w = arg;
	const struct ml_columnar *s = w->s;
	double *left = ml_alloc((size_t)2 * PIECE * BAND, sizeof *left, err);
	double *right = left ? left + (size_t)PIECE * BAND : NULL;
	size_t row, col;

	(void)worker;
	if (!left)
		return err->code;
	tile_of(block, parts(s->p, BAND), &row, &col);
	size_t a = row * BAND, a_end = least(a + BAND, s->p);
	size_t b = col * BAND, b_end = least(b + BAND, s->p);
	double *c = w->out + a * s->p + b;
	for (size_t i = 0; i < s->n; i += PIECE) {
		size_t end = least(i + PIECE, s->n);

		ml_columnar_piece(s, i, end, a, a_end, left);
		if (row == col) {
			ml_block_gram(c, s->p, a_end - a, end - i, left, a_end - a);
			continue;
		}
		ml_columnar_piece(s, i, end, b, b_end, right);
		ml_block_add(c, s->p, a_end - a, b_end - b, end - i, left, a_end - a, 1, right,
			     b_end - b);
	}
	free(left);
	return ML_OK;
}

int ml_columnar_gram(const struct ml_columnar *s, double *g, int threads, struct ml_error *err)
{
	struct work w = { .s = s, .out = g };
	size_t bands = parts(s->p, BAND);

	if (s->p <= SLICED)
		return ml_gram_rows(g, s->p, s->n, ml_columnar_rows, s, threads, err);
	memset(g, 0, s->p * s->p * sizeof *g);
	int rc = ml_parallel(threads, bands * (bands + 1) / 2, gram_tile, &w, err);
	for (size_t i = 0; !rc && i < s->p; i++)
		memset(g + i * s->p, 0, i * sizeof *g);
	return rc;
}

/* ---- products with a few rows ---- */

static int forth_slice(void *arg, size_t block, int worker, struct ml_error *err)
{
	const struct work *w = arg;
	const struct ml_columnar *s = w->s;
	struct ml_slices slices = ml_slices_of(s->n);
	size_t to = ml_slice_to(&slices, block);
	double *piece = ml_alloc(s->p * PIECE, sizeof *piece, err);

	(void)worker;
	if (!piece)
		return err->code;
	for (size_t i = ml_slice_from(&slices, block); i < to; i += PIECE) {
		size_t end = least(i + PIECE, to);

		ml_columnar_columns(s, i, end, piece, PIECE);
		ml_block_add(w->out + i, s->n, w->k, end - i, s->p, w->in, 1, s->p, piece,
			     PIECE);
	}
	free(piece);
	return ML_OK;
}

int ml_columnar_forth(const struct ml_columnar *s, const double *b, size_t k, double *out,
		      int threads, struct ml_error *err)
{
	struct work w = { s, b, k, out };

	memset(out, 0, k * s->n * sizeof *out);
	return ml_parallel(threads, ml_slices_of(s->n).count, forth_slice, &w, err);
}

static int back_band(void *arg, size_t block, int worker, struct ml_error *err)
{
	const struct work *w = arg;
	const struct ml_columnar *s = w->s;
	size_t a = block * BAND, b = least(a + BAND, s->p);
	double *piece = ml_alloc((size_t)PIECE * BAND, sizeof *piece, err);

	(void)worker;
	if (!piece)
		return err->code;
	for (size_t i = 0; i < s->n; i += PIECE) {
		size_t end = least(i + PIECE, s->n);

		ml_columnar_piece(s, i, end, a, b, piece);
		ml_block_add(w->out + a, s->p, w->k, b - a, end - i, w->in + i, 1, s->n, piece,
			     b - a);
	}
	free(piece);
	return ML_OK;
}

int ml_columnar_back(const struct ml_columnar *s, const double *q, size_t k, double *out,
		     int threads, struct ml_error *err)
{
	struct work w = { s, q, k, out };

	memset(out, 0, k * s->p * sizeof *out);
	return ml_parallel(threads, parts(s->p, BAND), back_band, &w, err);
}

/* ---- squares ---- */

struct squaring {
	const struct ml_columnar *s;
	double *of_column;
};

static int square_column(void *arg, size_t j, int worker, struct ml_error *err)
{
	const struct squaring *q = arg;
	struct ml_columnar one = *q->s;
	double piece[PIECE], sum = 0;

	(void)worker;
	(void)err;
	one.col += j;
	one.center = one.center ? one.center + j : NULL;
	one.p = 1;
	for (size_t i = 0; i < one.n; i += PIECE) {
		size_t end = least(i + PIECE, one.n);
		double some = 0;

		ml_columnar_piece(&one, i, end, 0, 1, piece);
		for (size_t r = 0; r < end - i; r++)
			some += piece[r] * piece[r];
		sum += some;
	}
	q->of_column[j] = sum;
	return ML_OK;
}

int ml_columnar_squares(const struct ml_columnar *s, double *sum, int threads,
			struct ml_error *err)
{
	struct squaring q = { s, ml_alloc(s->p, sizeof *q.of_column, err) };
	int rc = q.of_column ? ml_parallel(threads, s->p, square_column, &q, err) : err->code;

	*sum = 0;
	for (size_t j = 0; !rc && j < s->p; j++)
		*sum += q.of_column[j];
	free(q.of_column);
	return rc;
}
