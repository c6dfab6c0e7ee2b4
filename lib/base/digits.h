/* digits.h - decimals of any number of digits, in constant memory. */
#ifndef ML_BASE_DIGITS_H
#define ML_BASE_DIGITS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Digits within text, read as an integer times 10^exp.  Other bytes between them do not
 * count; the first digit is not zero. */
struct ml_digits {
	const char *first, *end;
	size_t count;
	int64_t exp;
};

/* The nearest double, ties to even; infinity beyond the largest. */
double ml_digits_nearest(struct ml_digits d);
/* True when they are the integer v, exp being 0; v may be infinite. */
bool ml_digits_equal(struct ml_digits d, double v);

#endif
