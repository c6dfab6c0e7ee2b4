/* gp_parts.h - what the files of gp.h share. */
#ifndef ML_SEARCH_GP_PARTS_H
#define ML_SEARCH_GP_PARTS_H

#include "search/gp.h"

/* d_j(a, b), with a sign for numbers. */
double ml_gp_apart(const struct ml_gp *g, size_t j, double a, double b);

#endif
