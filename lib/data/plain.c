/* plain.c - runs of cells that hold ordinary numbers.
 *
 * Four cells at a time, 16 bytes a cell, aligned at their ends.  The point is squeezed out by
 * moving what stands before it; the digits are added up in pairs, fours and eights; w / 10^n
 * is correctly rounded since both are doubles (Clinger 1990).  What must hold of the
 * characters is asked of 64-bit masks, 16 bits a cell.  Only [-]digits[.digits] of up to 15
 * characters is taken this way.  About 3 ns a cell, where ml_number_parse() takes 15.
 * Reference: Mula (2018) "SIMD-ized faster parse of unsigned decimals". */
#include "data/plain.h"

#include "base/number.h"

bool ml_plain_usable(const struct ml_kind_opts *o)
{
	const char *list = o->na ? o->na : ML_NA_DEFAULT;
	bool begins = true;

	for (; *list; begins = *list++ == ',')
		if (begins && ((*list >= '0' && *list <= '9') || *list == '-' || *list == '+' ||
			       *list == '.'))
			return false;
	return (!o->decimal || o->decimal == '.') && !o->thousands;
}

/* The cells whose bits are set in m->other, one by one. */
static void read_others(struct ml_plain *m, const struct ml_cell *cell, size_t stride,
			double *out)
{
	for (uint32_t todo = m->other; todo; todo &= todo - 1) {
		size_t i = (size_t)__builtin_ctz(todo);
		const struct ml_cell *c = cell + i * stride;
		struct ml_number number;

		if (!ml_number_parse(c->text, c->len, &number) ||
		    number.flags & ~(unsigned)ML_NUM_PLAIN)
			continue;
		out[i] = number.value;
		m->places = ML_PLAIN_MIXED;
		m->other &= ~(UINT32_C(1) << i);
		m->odd |= (uint32_t) !(number.flags & ML_NUM_PLAIN) << i;
	}
}

struct ml_plain ml_plain_run_portable(const struct ml_cell *cell, size_t stride, size_t n,
				      double *out)
{
	struct ml_plain m = { .other = n ? UINT32_MAX >> (ML_PLAIN_RUN - n) : 0,
			      .places = ML_PLAIN_NONE };

	read_others(&m, cell, stride, out);
	return m;
}

#if defined __x86_64__ && defined __GNUC__

#include <immintrin.h>

#define WIDE __attribute__((target("avx512f,avx512bw,avx512dq,avx512vl,bmi2,popcnt")))

/* One bit a cell in a mask of 16 bits a cell. */
static const uint64_t last = UINT64_C(0x8000800080008000);
static const uint64_t first_bits = UINT64_C(0x0001000100010001);

/* Which of the four parts of a mask have any bit (as their last bit). */
static inline uint64_t any_of(uint64_t mask)
{
	return (((mask & ~last) + (last - first_bits)) | mask) & last;
}

/* The 16 bytes that end with the cell, those before it as zeros; of a long cell only zeros.
 * What is masked is not read. */
WIDE static inline __m128i load(const struct ml_cell *c, int part, uint64_t *cells)
{
	uintptr_t from = (uintptr_t)c->text + c->len - 16;
	__mmask16 in = (__mmask16)(c->len < 16 ? UINT32_C(0xffff0000) >> c->len : 0);

	*cells |= (uint64_t)in << 16 * part;
	return _mm_maskz_loadu_epi8(in, (const void *)from);
}

WIDE static inline __m512i load_four(const struct ml_cell *c, size_t stride, uint64_t *cells)
{
	__m512i text = _mm512_castsi128_si512(load(c, 0, cells));

	text = _mm512_inserti32x4(text, load(c + stride, 1, cells), 1);
	text = _mm512_inserti32x4(text, load(c + 2 * stride, 2, cells), 2);
	return _mm512_inserti32x4(text, load(c + 3 * stride, 3, cells), 3);
}

/* What the characters of four cells are, as masks of 16 bits a cell. */
struct shape {
	uint64_t bad; /* any bit: no plain decimal */
	uint64_t minus, digit, zero;
	uint64_t before; /* the point and what is before it; nothing without a point */
};

WIDE static inline struct shape shape_of(__m512i text, __m512i value, uint64_t cells)
{
	uint64_t point = _mm512_cmpeq_epi8_mask(text, _mm512_set1_epi8('.'));
	uint64_t minus = _mm512_cmpeq_epi8_mask(text, _mm512_set1_epi8('-'));
	uint64_t digit = _mm512_cmple_epu8_mask(value, _mm512_set1_epi8(9));
	uint64_t zero = _mm512_cmpeq_epi8_mask(value, _mm512_setzero_si512());
	/* The first place of a part is always free, so nothing is carried into the next. */
	uint64_t first = cells & ~(cells << 1);
	uint64_t lead = (first & ~minus) | (first & minus) << 1;
	/* Of each part one bit is set at least, so nothing is borrowed. */
	uint64_t stops = point | last, less = stops - first_bits, upto = stops ^ less;
	uint64_t none = upto & last;

	return (struct shape){
		.bad = ((digit | point | minus) ^ cells) | (minus & ~first) | (lead & ~digit) |
		       ((zero & lead) << 1 & digit) | (stops & less & ~last) | (last & ~digit),
		.minus = minus,
		.digit = digit,
		.zero = zero,
		.before = upto & ~(none | (none - (none >> 15))),
	};
}

/* The first of each pair of 64-bit words. */
WIDE static inline __m256i evens(__m512i v)
{
	const __m512i at = _mm512_setr_epi64(0, 2, 4, 6, 0, 2, 4, 6);

	return _mm512_castsi512_si256(_mm512_permutexvar_epi64(at, v));
}

/* The 16 digits of each part as an integer. */
WIDE static inline __m256i integers(__m512i digits)
{
	__m512i v = _mm512_maddubs_epi16(digits, _mm512_set1_epi16(10 + (1 << 8)));

	v = _mm512_madd_epi16(v, _mm512_set1_epi32(100 + (1 << 16)));
	v = _mm512_packus_epi32(v, v);
	v = _mm512_madd_epi16(v, _mm512_set1_epi32(10000 + (1 << 16)));
	__m256i halves = evens(v);
	return _mm256_add_epi64(_mm256_mul_epu32(halves, _mm256_set1_epi64x(100000000)),
				_mm256_srli_epi64(halves, 32));
}

/* 10 to the number of digits behind the point. */
WIDE static inline __m256d divisors(uint64_t before)
{
	const __m512d low = _mm512_setr_pd(1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7);
	const __m512d high = _mm512_setr_pd(1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15);
	__m512i halves =
		_mm512_sad_epu8(_mm512_maskz_set1_epi8(before, 1), _mm512_setzero_si512());
	__m512i count = _mm512_add_epi64(halves, _mm512_bsrli_epi128(halves, 8));
	/* Of 16 places; the lowest four bits of 0 - count say the same of none. */
	__m512i at = _mm512_sub_epi64(_mm512_set1_epi64(16), count);

	at = _mm512_castsi256_si512(evens(at));
	return _mm512_castpd512_pd256(_mm512_permutex2var_pd(low, at, high));
}

/* How many digits stand behind the points of four cells: the parts of s.before are alike where
 * the cells are. */
static inline int places_of(const struct shape *s, unsigned other)
{
	uint64_t before = s->before;
	unsigned part = other ? (unsigned)__builtin_ctz(~other) : 0;

	if (other == 15)
		return ML_PLAIN_NONE;
	unsigned first = before >> 16 * part & UINT16_MAX;
	uint64_t left = (other & 1 ? UINT16_MAX : 0) |
			(other & 2 ? UINT64_C(0xffff) << 16 : 0) |
			(other & 4 ? UINT64_C(0xffff) << 32 : 0) |
			(other & 8 ? UINT64_C(0xffff) << 48 : 0);
	if ((first * first_bits ^ before) & ~left)
		return ML_PLAIN_MIXED;
	return first ? 15 - (int)(31 - (unsigned)__builtin_clz(first)) : 0;
}

/* Four cells; their bits are the lowest of the masks. */
WIDE static inline struct ml_plain four(const struct ml_cell *cell, size_t stride, double *out)
{
	uint64_t cells = 0;
	__m512i text = load_four(cell, stride, &cells);
	__m512i value = _mm512_sub_epi8(text, _mm512_set1_epi8('0'));
	const struct shape s = shape_of(text, value, cells);
	__m512i digits = _mm512_maskz_mov_epi8(s.digit, value);

	digits = _mm512_mask_mov_epi8(digits, s.before, _mm512_bslli_epi128(digits, 1));
	__m256i w = integers(digits);
	__m256d v = _mm256_div_pd(_mm256_cvtepu64_pd(w), divisors(s.before));
	unsigned some = _mm256_test_epi64_mask(w, w);
	unsigned minus = (unsigned)_pext_u64(any_of(s.minus), last);
	/* Below this numbers are printed with an exponent. */
	unsigned small = _mm256_cmp_pd_mask(v, _mm256_set1_pd(1e-5), _CMP_LT_OQ);
	unsigned padded = (unsigned)_pext_u64(s.before << 15 & s.zero, last);
	unsigned other = (unsigned)_pext_u64(any_of(s.bad), last);

	v = _mm256_mask_xor_pd(v, (__mmask8)(minus & some), v, _mm256_set1_pd(-0.0));
	_mm256_mask_storeu_pd(out, (__mmask8)(~other & 15), v);
	unsigned signed_zero = minus & ~some & ~other;
	return (struct ml_plain){
		.other = other,
		.odd = ((padded | (small & some)) & ~other) | signed_zero,
		.places = places_of(&s, other),
		.signed_zero = signed_zero,
	};
}

WIDE static struct ml_plain run(const struct ml_cell *cell, size_t stride, size_t n,
				double *out)
{
	struct ml_plain m = { .places = ML_PLAIN_NONE };
	size_t i = 0;

	/* The last four may take in some of those before. */
	for (; n >= 4 && i < n; i += 4) {
		i = n - i < 4 ? n - 4 : i;
		struct ml_plain part = four(cell + i * stride, stride, out + i);

		m.other |= part.other << i;
		m.odd |= part.odd << i;
		m.signed_zero |= part.signed_zero << i;
		if (part.places != ML_PLAIN_NONE)
			m.places = m.places == ML_PLAIN_NONE || m.places == part.places
					   ? part.places
					   : ML_PLAIN_MIXED;
	}
	if (n && n < 4)
		m.other |= UINT32_MAX >> (ML_PLAIN_RUN - n);
	if (m.other)
		read_others(&m, cell, stride, out);
	return m;
}

struct ml_plain ml_plain_run(const struct ml_cell *cell, size_t stride, size_t n, double *out)
{
	if (__builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512dq") &&
	    __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("bmi2"))
		return run(cell, stride, n, out);
	return ml_plain_run_portable(cell, stride, n, out);
}

#else

struct ml_plain ml_plain_run(const struct ml_cell *cell, size_t stride, size_t n, double *out)
{
	return ml_plain_run_portable(cell, stride, n, out);
}

#endif
