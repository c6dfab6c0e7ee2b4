#!/usr/bin/env python3
"""Writes pow5.inc: python3 lib/base/pow5.py >lib/base/pow5.inc

Entry q holds the 128 leading bits of 5^q, the top bit set.  Rounded down, except that
-27 <= q < 0 is rounded up: so the reader's method wants it (Lemire 2021, section 5; the
printer wants all rounded up and adds one where that was not done).  The asserts prove what
the C code takes for granted about this table and about its logarithms by integers.
"""

FIRST, LAST = -342, 324


def leading_bits(q):
    """(bits, exact): floor of 5^q scaled into [2^127, 2^128)."""
    if q >= 0:
        shift = (5 ** q).bit_length() - 128
        whole = 5 ** q >> shift if shift > 0 else 5 ** q << -shift
        return whole, shift <= 0
    power = 5 ** -q
    scaled = (1 << (127 + power.bit_length())) // power
    return scaled, False


def power(base, e):
    return (base ** e, 1) if e >= 0 else (1, base ** -e)


def floor_log(base, num, den, guess):
    """floor(log_base(num / den)), searched from a guess."""
    while num * base ** max(0, -guess) < den * base ** max(0, guess):
        guess -= 1
    while num * base ** max(0, -guess - 1) >= den * base ** max(0, guess + 1):
        guess += 1
    return guess


def check_logarithms():
    for e in range(-1074, 972):
        num, den = power(2, e)
        for shift, part in (0, num), (-524031, 3 * num):
            guess = e * 1262611 + shift >> 22
            assert floor_log(10, part, den if not shift else 4 * den, guess) == guess
    for e in range(FIRST, LAST + 1):
        num, den = power(10, e)
        guess = e * 1741647 >> 19
        assert floor_log(2, num, den, guess) == guess


def main():
    check_logarithms()
    entries = []
    for q in range(FIRST, LAST + 1):
        bits, exact = leading_bits(q)
        assert 1 << 127 <= bits < 1 << 128
        assert exact == (0 <= q <= 55)
        if -27 <= q < 0:
            bits += 1
        elif not exact:
            assert bits & (1 << 64) - 1 != (1 << 64) - 1  # one more does not carry
        entries.append(bits)
    print("/* pow5.inc - made by pow5.py; do not edit.  5^%d .. 5^%d */" % (FIRST, LAST))
    for bits in entries:
        print("{ 0x%016x, 0x%016x }," % (bits >> 64, bits & (1 << 64) - 1))


main()
