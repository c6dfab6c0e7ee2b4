/* fixed.h - columns whose numbers are all written with the same number of decimals, as programs
 * write them: 0.500000.
 *
 * Their texts can be made again from the values, so where nobody wants the texts of a column
 * that stays one of numbers they need not be kept one by one (ml_column_remember): a tenth of
 * such cells end in a zero and would not print so. */
#ifndef ML_DATA_FIXED_H
#define ML_DATA_FIXED_H

#include "data/plain.h"
#include "data/table.h"

/* Decimals, or: the column is not so; it has no cell yet. */
enum { ML_PLACES_NOT = -1, ML_PLACES_OPEN = -2 };

/* True when the run's numbers join those before (*places may be decided by it): of them those
 * in run->signed_zero are to be remembered, and every other cell whose text is not empty.
 * False: the column is not, or no longer, of this sort; when *places is not ML_PLACES_NOT it
 * has to leave it. */
bool ml_fixed_join(int *places, const struct ml_plain *run);
/* The first `rows` cells as other columns have them: texts that do not print so are remembered.
 */
int ml_fixed_leave(int *places, struct ml_column *c, size_t rows,
		   struct ml_error *err) ML_CHECK;
/* The text of a cell that is not missing, as it was read; in `room` when it is not kept.
 * cursor: as in ml_column_origin(). */
enum { ML_FIXED_TEXT = 64 }; /* more than ML_NUMBER_MAX */
const char *ml_fixed_text(int places, const struct ml_column *c, size_t row, size_t *cursor,
			  char room[ML_FIXED_TEXT]);

#endif
