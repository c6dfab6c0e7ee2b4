/* spelling.h - how the cells of a column of numbers were written, in few bytes or none.
 *
 * Programs write numbers alike: with one number of decimals (0.500000), or with all digits of a
 * double (0.70710678118654757).  Texts of the first sort can be made again from the values,
 * those of the second from a word each (longnum.h).  So where nobody wants the texts of a
 * column that stays one of numbers they need not be kept one by one (ml_column_remember),
 * though a tenth of the first and most of the second would not print so. */
#ifndef ML_DATA_SPELLING_H
#define ML_DATA_SPELLING_H

#include "data/plain.h"
#include "data/table.h"

/* Decimals, or: the column is not so; it has no cell yet. */
enum { ML_PLACES_NOT = -1, ML_PLACES_OPEN = -2 };

struct ml_spelling {
	int places;     /* of the rows before `first`: of all when there is no word */
	uint64_t *word; /* one a row from `first` on, or NULL; owned */
	size_t first, cap;
};

/* True when the run's numbers have one number of decimals, as those before (s->places may be
 * decided by it): of them those in run->signed_zero are to be remembered, and every other cell
 * whose text is not empty.  False: the column is not, or no longer, of this sort; when
 * s->places is not ML_PLACES_NOT it has to leave it. */
bool ml_spelling_joins(struct ml_spelling *s, const struct ml_plain *run);
/* The first `rows` cells as other columns have them: texts that do not print so are remembered.
 */
int ml_spelling_leave(struct ml_spelling *s, struct ml_column *c, size_t rows,
		      struct ml_error *err) ML_CHECK;
/* Words for the rows [from, to), the first of which is not before `first`, nor behind the last
 * word; they begin there if there were none. */
int ml_spelling_room(struct ml_spelling *s, size_t from, size_t to,
		     struct ml_error *err) ML_CHECK;
/* The text of a cell that is not missing, as it was read; in `room` when it is not kept.
 * cursor: as in ml_column_origin(). */
enum { ML_SPELLING_TEXT = 64 }; /* more than ML_NUMBER_MAX */
const char *ml_spelling_text(const struct ml_spelling *s, const struct ml_column *c, size_t row,
			     size_t *cursor, char room[ML_SPELLING_TEXT]);

#endif
