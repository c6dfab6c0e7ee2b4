/* longnum.h - long decimals, as programs write them that print all digits of a double:
 * 0.70710678118654757.
 *
 * A decimal of up to 17 digits and its text fit a word of 64 bits, so where nobody wants the
 * texts of a column that stays one of numbers neither has to be compared with what would be
 * printed, nor kept as text. */
#ifndef ML_DATA_LONGNUM_H
#define ML_DATA_LONGNUM_H

#include <stddef.h>
#include <stdint.h>

#include "data/csv.h"
#include "data/plain.h"

enum { ML_LONG_RUN = ML_PLAIN_RUN };
#define ML_LONG_NOT UINT64_MAX

/* Of cell[0], cell[stride], ... cell[(n - 1) stride], n <= ML_LONG_RUN: out[i] is what
 * ml_number_parse() gives, which has no flag but ML_NUM_PLAIN, and word[i] tells its text.
 * Returns the cells that are left out (bit i for cell i), whose word is ML_LONG_NOT: all but
 * [-]digits[.digits] of up to 31 characters and 17 digits, without leading zeros, of integers
 * those that any double holds; -0. */
uint32_t ml_long_run(const struct ml_cell *cell, size_t stride, size_t n, double *out,
		     uint64_t *word);
/* The same without vector instructions (tests compare the two). */
uint32_t ml_long_run_portable(const struct ml_cell *cell, size_t stride, size_t n, double *out,
			      uint64_t *word);

/* True when a run is better read so than by ml_plain_run(): its first cell is a long number. */
static inline bool ml_is_long(const struct ml_cell *first)
{
	return first->len > ML_PLAIN_CHARS && first->text[0] <= '9';
}

/* The numbers of a run by the better of the two ways, where nobody asks how they are written;
 * returns the cells that are left out. */
uint32_t ml_numbers_run(const struct ml_cell *cell, size_t stride, size_t n, double *out);

/* The text of a word other than ML_LONG_NOT, with a NUL. */
enum { ML_LONG_TEXT = 32 };
void ml_long_text(uint64_t word, char text[ML_LONG_TEXT]);

#endif
