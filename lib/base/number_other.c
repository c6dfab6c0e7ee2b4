/* number_other.c - infinities and integers. */
#include "base/number.h"

#include <stdint.h>

bool ml_number_is_infinity(const char *s, size_t n)
{
	static const char word[] = "infinity";

	if (n && (*s == '+' || *s == '-')) {
		s++;
		n--;
	}
	if (n != 3 && n != sizeof word - 1)
		return false;
	for (size_t i = 0; i < n; i++) {
		if ((s[i] | 0x20) != word[i])
			return false;
	}
	return true;
}

bool ml_integer_parse(const char *s, long long *out)
{
	bool negative = *s == '-';
	uint64_t v = 0, limit = (uint64_t)INT64_MAX + negative;

	s += *s == '-' || *s == '+';
	if (!*s)
		return false;
	for (; *s; s++) {
		uint64_t digit = (uint64_t)(*s - '0');

		if (digit > 9 || v > (limit - digit) / 10)
			return false;
		v = v * 10 + digit;
	}
	*out = negative ? -(long long)(v - (v != 0)) - (v != 0) : (long long)v;
	return true;
}
