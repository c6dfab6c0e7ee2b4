#!/usr/bin/env python3
"""Writes pow5.inc: python3 lib/base/pow5.py >lib/base/pow5.inc   (from any Python 3)

Entry q holds the 128 leading bits of 5^q, the top bit set.  Rounded down, except that
-27 <= q < 0 is rounded up: so the method of nearest.c wants it (Lemire 2021, section 5).
Before it writes, the program proves by exact integers what the C code takes for granted:
its logarithms by multiplication, and that shortest.c needs no more bits.
"""

FIRST, LAST = -342, 324          # the powers that nearest.c and shortest.c ask for
EXPONENTS = range(-1074, 972)    # of doubles c * 2^q with 0 < c < 2^53


def ratio(two, ten):
    """2^two * 10^ten as numerator, denominator."""
    return 2 ** max(two, 0) * 10 ** max(ten, 0), 2 ** max(-two, 0) * 10 ** max(-ten, 0)


def floor_log(base, num, den, guess):
    """The largest e with base^e <= num / den, searched from a guess."""
    while num * base ** max(0, -guess) < den * base ** max(0, guess):
        guess -= 1
    while num * base ** max(0, -guess - 1) >= den * base ** max(0, guess + 1):
        guess += 1
    return guess


def log10_pow2(q):
    return q * 1262611 >> 22


def log10_three_quarters_pow2(q):
    return q * 1262611 - 524031 >> 22


def log2_pow10(q):
    return q * 1741647 >> 19


def check_logarithms():
    for q in EXPONENTS:
        num, den = ratio(q, 0)
        assert floor_log(10, num, den, log10_pow2(q)) == log10_pow2(q)
        e = log10_three_quarters_pow2(q)
        assert floor_log(10, 3 * num, 4 * den, e) == e
    for q in range(FIRST, LAST + 1):
        assert floor_log(2, *ratio(0, q), log2_pow10(q)) == log2_pow10(q)


def first_hit(a, m, low, high):
    """The least x with low <= a * x mod m <= high, or None; 0 < low <= high < m."""
    if a == 0:
        return None
    if 2 * a > m:
        a, low, high = m - a, m - high, m - low
    x = -(-low // a)
    if x * a <= high:
        return x
    y = first_hit(m % a, a, -high % a, -low % a)
    return None if y is None else -(-(low + m * y) // a)


def check_scaling():
    """scale() in shortest.c multiplies c' = 4c, 4c + 2 or 4c - 2 by 2^q * 10^-k and wants
    of the product x its floor, with the lowest bit set where x is no integer: so it is only
    the even floors that must be told from what exceeds them.  An entry of the table is off
    by less than 1, hence x, of 192 bits with 128 behind the point, by less than 2^-64.
    Proved here: where the floor is even, the rest is 0 or at least 2^-63, so the 64 bits
    behind the point are not all 0 unless it is 0; where the floor is odd, the rest is at most
    1 - 2^-64, so no error carries it to the even integer above.  (The error from an even
    floor up, or from an odd one down, ends in the same odd result.  Where x is an integer the
    entry is exact or rounded up, and the 64 bits are 0: 5^28 divides no c', nor does 2^127.)
    """
    for q in EXPONENTS:
        k = log10_pow2(q)
        num, den = ratio(q + 1, -k)  # all c' are even: x = num / den * (c' / 2)
        for low, high in (1, den >> 63), (2 * den - (den >> 64), 2 * den - 1):
            if low <= high:
                x = first_hit(num % (2 * den), 2 * den, low, high)
                assert x is None or x > 2 * (2 ** 53 - 1) + 1
        k = log10_three_quarters_pow2(q)
        num, den = ratio(q, -k)
        for c in 2 ** 54 - 1, 2 ** 54, 2 ** 54 + 2:  # above a power of two, below it
            r = num * c % (2 * den)
            assert r == 0 or den >> 63 < r < 2 * den - (den >> 64)


def leading_bits(q):
    """floor(5^q scaled into [2^127, 2^128)), and whether that is exact."""
    if q < 0:
        return (1 << 127 + (5 ** -q).bit_length()) // 5 ** -q, False
    shift = (5 ** q).bit_length() - 128
    return (5 ** q >> shift if shift > 0 else 5 ** q << -shift), shift <= 0


def main():
    check_logarithms()
    check_scaling()
    print("/* pow5.inc - made by pow5.py; do not edit.  5^%d .. 5^%d */" % (FIRST, LAST))
    for q in range(FIRST, LAST + 1):
        bits, exact = leading_bits(q)
        assert 1 << 127 <= bits < 1 << 128
        assert exact == (0 <= q <= 55)
        bits += -27 <= q < 0
        print("{ 0x%016x, 0x%016x }," % (bits >> 64, bits & (1 << 64) - 1))


main()
