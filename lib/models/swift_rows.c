/* swift_rows.c - many rows at once are put into bins, and asked. */
#include <string.h>

#include "models/swift_parts.h"

/* Each caller makes its own code of it, for its vector units. */
#define INLINE inline __attribute__((always_inline))
#if defined __x86_64__
#define AVX2 __attribute__((target("avx2")))
#endif

enum { ROWS = ML_SWIFT_ROWS };

size_t ml_swift_room(const struct ml_swift *s)
{
	return s->lanes * ROWS;
}

/* The number of cuts below each of ROWS cells. */
static inline void find_bins(const double *cut, size_t cuts, const double *v, uint8_t *bin)
{
	size_t at[ROWS] = { 0 }, n = cuts;

	for (; n > 1; n -= n / 2)
		for (size_t r = 0; r < ROWS; r++)
			at[r] += (size_t)(cut[at[r] + n / 2 - 1] < v[r]) * (n / 2);
	for (size_t r = 0; r < ROWS; r++)
		bin[r] = (uint8_t)(at[r] + (cut[at[r]] < v[r]));
}

static uint8_t level_of(double v)
{
	if (v != v)
		return ML_SWIFT_MISSING;
	return (uint8_t)(v >= 0 && v < ML_SWIFT_UNKNOWN ? v : ML_SWIFT_UNKNOWN);
}

static INLINE void find_cells(const struct ml_lane *l, const double *cut, const double *v,
			      uint8_t *bin)
{
	int32_t cell[ROWS];

	for (size_t r = 0; r < ROWS; r++)
		cell[r] = (int32_t)ml_lane_cell(v[r], l->least, l->per_width);
	for (size_t r = 0; r < ROWS; r++)
		bin[r] = l->below[cell[r]];
	for (size_t r = 0; r < ROWS; r++) {
		const double *from = cut + bin[r];
		unsigned n = bin[r];

		for (size_t k = 0; k < l->within; k++)
			n += from[k] < v[r];
		bin[r] = (uint8_t)n;
	}
}

static INLINE void make_bins(const struct ml_swift *s, const double *x, size_t ld,
			     uint8_t *room)
{
	double v[ROWS];

	for (size_t k = 0; k < s->lanes; k++) {
		const struct ml_lane *l = &s->lane[k];
		uint8_t *bin = room + k * ROWS;

		for (size_t r = 0; r < ROWS; r++)
			v[r] = x[r * ld + l->feature];
		if (l->kind == ML_IS_LEVEL) {
			for (size_t r = 0; r < ROWS; r++)
				bin[r] = level_of(v[r]);
			continue;
		}
		/* A missing cell has no cut below it. */
		if (l->within)
			find_cells(l, s->cut + l->cut, v, bin);
		else
			find_bins(s->cut + l->cut, l->cuts, v, bin);
		for (size_t r = 0; l->kind == ML_GOES_RIGHT && r < ROWS; r++)
			bin[r] = v[r] != v[r] ? ML_SWIFT_MISSING : bin[r];
	}
}

static INLINE void ask_rows(const struct ml_swift *s, const struct ml_question *q,
			    const uint8_t *room, uint8_t (*alive)[ROWS])
{
	const uint8_t *bin = room + q->lane * ROWS;
	uint8_t left[ROWS];

	if (q->set == ML_SWIFT_NO_SET)
		for (size_t r = 0; r < ROWS; r++)
			left[r] = bin[r] <= q->cut ? 255 : 0;
	else
		for (size_t r = 0; r < ROWS; r++)
			left[r] = s->table[q->set][bin[r]];
	for (size_t b = 0; b < q->bytes; b++) {
		uint8_t *here = alive[q->first + b], mask = q->mask[b];

		for (size_t r = 0; r < ROWS; r++)
			here[r] &= left[r] | mask;
	}
}

static INLINE void sum_small(const struct ml_swift *s, size_t k, const uint8_t *room,
			     double *out, size_t ld)
{
	const struct ml_small *t = &s->tree[k];
	const double *value = s->value + t->leaf;
	uint8_t alive[ML_SWIFT_BYTES][ROWS];
	uint32_t low[ROWS], high[ROWS];

	memset(alive, 255, sizeof alive);
	for (size_t q = t->question; q < t[1].question; q++)
		ask_rows(s, &s->question[q], room, alive);
	for (size_t r = 0; r < ROWS; r++)
		low[r] = alive[0][r] | (uint32_t)alive[1][r] << 8 |
			 (uint32_t)alive[2][r] << 16 | (uint32_t)alive[3][r] << 24;
	if (t->bytes <= 4) {
		for (size_t r = 0; r < ROWS; r++)
			out[r * ld] += value[__builtin_ctz(low[r])];
		return;
	}
	for (size_t r = 0; r < ROWS; r++)
		high[r] = alive[4][r] | (uint32_t)alive[5][r] << 8 |
			  (uint32_t)alive[6][r] << 16 | (uint32_t)alive[7][r] << 24;
	for (size_t r = 0; r < ROWS; r++)
		out[r * ld] +=
			value[low[r] ? __builtin_ctz(low[r]) : 32 + __builtin_ctz(high[r])];
}

static void sum_plain(const struct ml_swift *s, size_t from, size_t to, const uint8_t *room,
		      double *out, size_t ld)
{
	for (size_t k = from; k < to; k++)
		sum_small(s, k, room, out + k % s->outputs, ld);
}

#ifdef AVX2
AVX2 static void sum_wide(const struct ml_swift *s, size_t from, size_t to, const uint8_t *room,
			  double *out, size_t ld)
{
	for (size_t k = from; k < to; k++)
		sum_small(s, k, room, out + k % s->outputs, ld);
}
#endif

#ifdef AVX2
AVX2 static void make_bins_wide(const struct ml_swift *s, const double *x, size_t ld,
				uint8_t *room)
{
	make_bins(s, x, ld, room);
}
#endif

void ml_swift_bins(const struct ml_swift *s, const double *x, size_t ld, uint8_t *room)
{
#ifdef AVX2
	if (__builtin_cpu_supports("avx2")) {
		make_bins_wide(s, x, ld, room);
		return;
	}
#endif
	make_bins(s, x, ld, room);
}

void ml_swift_sum(const struct ml_swift *s, size_t from, size_t to, const uint8_t *room,
		  double *out, size_t ld)
{
#ifdef AVX2
	if (__builtin_cpu_supports("avx2")) {
		sum_wide(s, from, to, room, out, ld);
		return;
	}
#endif
	sum_plain(s, from, to, room, out, ld);
}
