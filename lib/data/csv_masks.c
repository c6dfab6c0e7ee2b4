/* csv_masks.c - the bytes of CSV that matter, 64 bytes at a time.
 *
 * After Langdale and Lemire (2019), "Parsing gigabytes of JSON per second": compare all bytes
 * with each character, keep one bit of each answer.  SSE2 is part of every x86-64; with AVX-512
 * one comparison does for 64 bytes, and its answer is the mask. */
#include "data/csv_masks.h"

#include "data/bytes8.h"

#ifdef __SSE2__
#include <immintrin.h>
#endif

static struct ml_csv_masks finish(const char *s, struct ml_csv_masks m, uint64_t cr)
{
	uint64_t before_lf = m.lf >> 1 | (uint64_t)(s[64] == '\n') << 63;

	m.odd |= cr & ~before_lf;
	return m;
}

static inline uint64_t equal(uint64_t w, char c)
{
	return ml_eight_bits(ml_eight_equal(w, ML_EIGHT(c)));
}

struct ml_csv_masks ml_csv_masks_portable(const char *s, char delimiter)
{
	struct ml_csv_masks m = { 0 };
	uint64_t cr = 0;

	for (int i = 0; i < 64; i += 8) {
		uint64_t w = ml_eight_load(s + i);

		m.delimiter |= equal(w, delimiter) << i;
		m.lf |= equal(w, '\n') << i;
		m.odd |= (equal(w, '"') | equal(w, '\0')) << i;
		m.high |= ml_eight_bits(w & ML_EIGHT(0x80)) << i;
		cr |= equal(w, '\r') << i;
	}
	return finish(s, m, cr);
}

#ifdef __SSE2__

static inline uint64_t bits(__m128i v)
{
	return (uint64_t)(unsigned)_mm_movemask_epi8(v);
}

static struct ml_csv_masks masks_16(const char *s, char delimiter)
{
	const __m128i comma = _mm_set1_epi8(delimiter), lf = _mm_set1_epi8('\n'),
		      cr = _mm_set1_epi8('\r'), quote = _mm_set1_epi8('"'),
		      nul = _mm_setzero_si128();
	struct ml_csv_masks m = { 0 };
	uint64_t crs = 0;

	for (int i = 0; i < 64; i += 16) {
		__m128i v = _mm_loadu_si128((const __m128i *)(const void *)(s + i));

		m.delimiter |= bits(_mm_cmpeq_epi8(v, comma)) << i;
		m.lf |= bits(_mm_cmpeq_epi8(v, lf)) << i;
		m.odd |= bits(_mm_or_si128(_mm_cmpeq_epi8(v, quote), _mm_cmpeq_epi8(v, nul)))
			 << i;
		m.high |= bits(v) << i;
		crs |= bits(_mm_cmpeq_epi8(v, cr)) << i;
	}
	return finish(s, m, crs);
}

__attribute__((target("avx512bw"))) static struct ml_csv_masks masks_64(const char *s,
									char delimiter)
{
	const __m512i v = _mm512_loadu_si512(s);
	const struct ml_csv_masks m = {
		.delimiter = _mm512_cmpeq_epi8_mask(v, _mm512_set1_epi8(delimiter)),
		.lf = _mm512_cmpeq_epi8_mask(v, _mm512_set1_epi8('\n')),
		.odd = _mm512_cmpeq_epi8_mask(v, _mm512_set1_epi8('"')) |
		       _mm512_cmpeq_epi8_mask(v, _mm512_setzero_si512()),
		.high = _mm512_movepi8_mask(v),
	};

	return finish(s, m, _mm512_cmpeq_epi8_mask(v, _mm512_set1_epi8('\r')));
}

struct ml_csv_masks ml_csv_masks(const char *s, char delimiter)
{
	return __builtin_cpu_supports("avx512bw") ? masks_64(s, delimiter)
						  : masks_16(s, delimiter);
}

#else

struct ml_csv_masks ml_csv_masks(const char *s, char delimiter)
{
	return ml_csv_masks_portable(s, delimiter);
}

#endif
