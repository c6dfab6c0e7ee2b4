/* grid.h - texts in aligned columns, for terminals. */
#ifndef ML_CORE_GRID_H
#define ML_CORE_GRID_H

#include "base/buf.h"

struct ml_grid {
	size_t cols;        /* >= 1, set first */
	struct ml_buf text; /* cells one after another, a NUL behind each */
	size_t cells;
};

void ml_grid_text(struct ml_grid *g,
		  const char *s); /* on the left; control bytes are escaped */
void ml_grid_heading(struct ml_grid *g, const char *s); /* on the right */
void ml_grid_number(struct ml_grid *g, double v);       /* on the right, six digits; NaN: NA */
/* Appends the rows to out, two blanks between columns, and empties the grid.  A failed put
 * shows in out. */
void ml_grid_print(struct ml_grid *g, struct ml_buf *out);
void ml_grid_release(struct ml_grid *g);

#endif
