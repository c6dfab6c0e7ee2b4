/* recast.h - a column becomes one of another kind, in its place and under its name. */
#ifndef ML_PREP_RECAST_H
#define ML_PREP_RECAST_H

#include "data/table.h"

/* The column takes over `num` (its rows, from malloc); what it held is freed, all cells
 * touched. */
void ml_column_to_numbers(struct ml_column *c, double *num);
/* The same with codes, and one reference of levels. */
void ml_column_to_category(struct ml_column *c, int32_t *code, struct ml_levels *levels);

#endif
