/* longnum.c - long decimals.
 *
 *     word = w * 64 + digits behind the point * 2 + (1 when negative)
 *
 * where w is the integer of all digits, below 28 * 10^16.  With vectors a cell is 32 bytes that
 * end with it; the point is squeezed out by taking what stands before it from one byte earlier,
 * and the digits are added up in pairs, fours and eights.  About 10 ns a cell, where
 * ml_number_parse(), which tells what would be printed, takes 50.
 * Reference: Mula (2018) "SIMD-ized faster parse of unsigned decimals". */
#include "data/longnum.h"

#include <float.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "base/nearest.h"

enum { LONGEST = 31, SHIFT = 6 };
static const uint64_t w_end = UINT64_C(28) * 10000000000000000;
static const uint64_t exact_end = UINT64_C(1) << DBL_MANT_DIG;

/* What stands in a cell, when it is what words are for. */
struct decimal {
	uint64_t w;
	unsigned places;
	bool negative, point;
};

/* Its value and word; false when it is one to be left out. */
static inline bool take(const struct decimal *d, double *out, uint64_t *word)
{
	static const double pow10[] = { 1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
					1e8,  1e9,  1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
					1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22 };
	enum { EXACT = sizeof pow10 / sizeof *pow10 - 1 };

	if (d->w >= w_end || (!d->w && d->negative) || (!d->point && d->w > exact_end))
		return false;
	/* Clinger (1990): both are doubles, so one division is rounded once. */
	bool exact = FLT_EVAL_METHOD == 0 && d->w <= exact_end && d->places <= EXACT;
	double size =
		exact ? (double)d->w / pow10[d->places] : ml_nearest(d->w, -(int64_t)d->places);
	*out = d->negative ? -size : size;
	*word = d->w << SHIFT | d->places << 1 | d->negative;
	return true;
}

static bool is_digit(char c)
{
	return (unsigned char)(c - '0') < 10;
}

static bool read_one(const struct ml_cell *c, struct decimal *d)
{
	const char *s = c->text, *end = s + c->len, *point = NULL;

	if (!c->len || c->len > LONGEST)
		return false;
	*d = (struct decimal){ .negative = *s == '-' };
	s += d->negative;
	if (s == end || !is_digit(*s) || !is_digit(end[-1]) ||
	    (*s == '0' && s + 1 < end && is_digit(s[1])))
		return false;
	for (; s < end; s++) {
		if (*s == '.' && !point)
			point = s;
		else if (!is_digit(*s) || d->w >= w_end)
			return false;
		else
			d->w = d->w * 10 + (uint64_t)(*s - '0');
	}
	d->point = point;
	d->places = point ? (unsigned)(end - point - 1) : 0;
	return true;
}

uint32_t ml_long_run_portable(const struct ml_cell *cell, size_t stride, size_t n, double *out,
			      uint64_t *word)
{
	uint32_t left = 0;

	for (size_t i = 0; i < n; i++) {
		struct decimal d;

		word[i] = ML_LONG_NOT;
		if (!read_one(cell + i * stride, &d) || !take(&d, &out[i], &word[i]))
			left |= UINT32_C(1) << i;
	}
	return left;
}

uint32_t ml_numbers_run(const struct ml_cell *cell, size_t stride, size_t n, double *out)
{
	uint64_t unused[ML_LONG_RUN];

	if (n && ml_is_long(cell))
		return ml_long_run(cell, stride, n, out, unused);
	return ml_plain_run(cell, stride, n, out).other;
}

void ml_long_text(uint64_t word, char text[ML_LONG_TEXT])
{
	char digits[ML_LONG_TEXT];
	unsigned places = word >> 1 & (UINT64_MAX >> (65 - SHIFT));
	int n = snprintf(digits, sizeof digits, "%0*llu", (int)places + 1,
			 (unsigned long long)(word >> SHIFT));
	int whole = n - (int)places;

	snprintf(text, ML_LONG_TEXT, "%s%.*s%s%s", word & 1 ? "-" : "", whole, digits,
		 places ? "." : "", digits + whole);
}

#if defined __x86_64__ && defined __GNUC__

#include <immintrin.h>

#define WIDE __attribute__((target("avx512f,avx512bw,avx512dq,avx512vl,bmi,lzcnt")))

/* The 32 bytes that end with s, those before it as zeros; what is masked is not read. */
WIDE static inline __m256i before(const char *s, __mmask32 in)
{
	return _mm256_maskz_loadu_epi8(in, (const void *)((uintptr_t)s - 32));
}

WIDE static inline bool read_wide(const struct ml_cell *c, struct decimal *d)
{
	if (c->len - 1 >= LONGEST)
		return false;
	const char *end = c->text + c->len;
	uint32_t cells = UINT32_MAX << (32 - c->len);
	const __m256i zero = _mm256_set1_epi8('0');
	__m256i text = before(end, cells), value = _mm256_sub_epi8(text, zero);
	uint32_t point = _mm256_mask_cmpeq_epi8_mask(cells, text, _mm256_set1_epi8('.'));
	uint32_t digit = _mm256_mask_cmple_epu8_mask(cells, value, _mm256_set1_epi8(9));
	uint32_t naught = _mm256_mask_cmpeq_epi8_mask(cells, text, zero);
	uint32_t first = cells & -cells, minus = *c->text == '-' ? first : 0;
	uint32_t lead = first << (minus != 0);

	/* A point too many, a sign elsewhere, no digit at either end, a zero before a digit. */
	uint32_t bad = ((digit | point | minus) ^ cells) | (point & (point - 1)) |
		       (lead & ~digit) | ((lead & naught) << 1 & digit) |
		       (~digit & UINT32_C(0x80000000));
	if (bad)
		return false;
	uint32_t whole = point ? point - 1 : 0; /* what is before the point */
	/* One byte on, over the point; the first of all is free. */
	__m256i moved = _mm256_sub_epi8(before(end - 1, (digit & whole) << 1), zero);
	__m256i digits = _mm256_maskz_mov_epi8(digit & ~(whole | point), value);
	digits = _mm256_mask_mov_epi8(digits, (digit & whole) << 1, moved);
	__m256i v = _mm256_maddubs_epi16(digits, _mm256_set1_epi16(10 + (1 << 8)));
	v = _mm256_madd_epi16(v, _mm256_set1_epi32(100 + (1 << 16)));
	v = _mm256_packus_epi32(v, v);
	v = _mm256_madd_epi16(v, _mm256_set1_epi32(10000 + (1 << 16)));
	uint64_t upper = (uint64_t)_mm256_extract_epi64(v, 0);
	uint64_t lower = (uint64_t)_mm256_extract_epi64(v, 2);

	if ((uint32_t)upper || upper >> 32 >= 28)
		return false;
	d->w = (upper >> 32) * 10000000000000000 + (uint32_t)lower * UINT64_C(100000000) +
	       (lower >> 32);
	d->places = point ? (unsigned)__builtin_clz(point) : 0;
	d->negative = minus;
	d->point = point;
	return true;
}

WIDE static uint32_t run(const struct ml_cell *cell, size_t stride, size_t n, double *out,
			 uint64_t *word)
{
	uint32_t left = 0;

	for (size_t i = 0; i < n; i++) {
		struct decimal d;

		word[i] = ML_LONG_NOT;
		if (!read_wide(cell + i * stride, &d) || !take(&d, &out[i], &word[i]))
			left |= UINT32_C(1) << i;
	}
	return left;
}

uint32_t ml_long_run(const struct ml_cell *cell, size_t stride, size_t n, double *out,
		     uint64_t *word)
{
	if (__builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512dq") &&
	    __builtin_cpu_supports("avx512vl"))
		return run(cell, stride, n, out, word);
	return ml_long_run_portable(cell, stride, n, out, word);
}

#else

uint32_t ml_long_run(const struct ml_cell *cell, size_t stride, size_t n, double *out,
		     uint64_t *word)
{
	return ml_long_run_portable(cell, stride, n, out, word);
}

#endif
