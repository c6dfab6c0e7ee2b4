/* number.h - numbers and text, independent of any locale.
 *
 * Parsing is correctly rounded (nearest, ties to even); printing gives the shortest
 * decimal that reads back bit-equal.  Grammar of a number (input-rules):
 *     [+-]? (digits [. digits?]? | . digits) ([eE] [+-]? digits)?
 * No blanks, hex, nan, inf, separators.
 * References: Clinger (1990) "How to read floating point numbers accurately";
 * Lemire (2021) "Number parsing at a gigabyte per second"; Giulietti (2020)
 * "The Schubfach way to render doubles". */
#ifndef ML_BASE_NUMBER_H
#define ML_BASE_NUMBER_H

#include <stdbool.h>
#include <stddef.h>

enum ml_number_flags {
	ML_NUM_PLAIN = 1,     /* ml_number_print(value) gives these very bytes */
	ML_NUM_LEADZERO = 2,  /* an integer written with a leading zero: 007, -01 */
	ML_NUM_OVERFLOW = 4,  /* beyond the largest double; value is +-DBL_MAX */
	ML_NUM_UNDERFLOW = 8, /* not zero, but rounds to 0 */
	ML_NUM_COARSE = 16,   /* digits only (an integer) that no double holds exactly */
};

struct ml_number {
	double value; /* finite; -0 is given as 0 */
	unsigned flags;
};

/* True when the whole of s[0..n) is a number; then *out is filled.  Constant memory for
 * any n; s need not end with a NUL, and may be NULL when n is 0. */
bool ml_number_parse(const char *s, size_t n, struct ml_number *out);

/* Space for any number, with a NUL. */
enum { ML_NUMBER_MAX = 32 };
/* Writes the shortest text of a finite v (the closest to v among the shortest) and a NUL;
 * returns its length.  Fixed notation for 1e-5 <= |v| < 1e17 ("0.00012", "150", "2.5"), so
 * whole numbers below 1e17 exactly ("72057594037927936"), else "1e+30" as "1e30", "1.5e-07"
 * as "1.5e-7".  0 and -0 print "0".
 * NaN prints "" (a missing cell), infinities "inf" and "-inf" (messages only). */
size_t ml_number_print(double v, char out[ML_NUMBER_MAX]);

/* Other notations: `decimal` for the point, `thousands` (0: none) dropped where it stands
 * between groups of three digits before the decimal.  True when s[0..n) is such a number. */
bool ml_number_parse_as(const char *s, size_t n, char decimal, char thousands,
			struct ml_number *out);

/* True for [+-]inf and [+-]infinity in any letter case. */
bool ml_number_is_infinity(const char *s, size_t n);

/* An integer in base ten that fits an int64_t, the whole of the NUL-ended text. */
bool ml_integer_parse(const char *s, long long *out);

#endif
