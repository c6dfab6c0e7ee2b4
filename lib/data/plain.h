/* plain.h - runs of cells that hold ordinary numbers: the short way past ml_kind_see().
 *
 * Whatever is not an ordinary number is left to kind.h, so that using this changes nothing but
 * the time. */
#ifndef ML_DATA_PLAIN_H
#define ML_DATA_PLAIN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "data/csv.h"
#include "data/kind.h"

enum { ML_PLAIN_RUN = 32 };
enum { ML_PLAIN_CHARS = 15 }; /* of a cell that is not read by itself */

/* Bit i is about cell i of a run. */
struct ml_plain {
	uint32_t other; /* left out: no number, or one to be looked at by itself */
	uint32_t odd;   /* a number that ml_number_print() writes otherwise: 1.50, -0 */
	/* All that are not left out are as printf("%.*f", places, number) writes them, but for
	 * those in `signed_zero`; or ML_PLAIN_MIXED, when they are not or that is not known;
	 * ML_PLAIN_NONE when all are left out. */
	int places;
	uint32_t signed_zero;
};
enum { ML_PLAIN_MIXED = -1, ML_PLAIN_NONE = -2 };

/* The numbers of cell[0], cell[stride], ... cell[(n - 1) stride], n <= ML_PLAIN_RUN: of each
 * that is not left out, what ml_number_parse() gives, which has no flag but ML_NUM_PLAIN. */
struct ml_plain ml_plain_run(const struct ml_cell *cell, size_t stride, size_t n, double *out);
/* The same without vector instructions (tests compare the two). */
struct ml_plain ml_plain_run_portable(const struct ml_cell *cell, size_t stride, size_t n,
				      double *out);

/* True when what is not left out is a number to ml_kind_see() too: the notation is the usual
 * one, and no marker of missing values begins as a number does. */
bool ml_plain_usable(const struct ml_kind_opts *o);

#endif
