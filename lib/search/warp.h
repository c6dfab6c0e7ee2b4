/* warp.h - losses as a model of the normal sort can take them. */
#ifndef ML_SEARCH_WARP_H
#define ML_SEARCH_WARP_H

#include <stddef.h>

#include "base/error.h"

/* v (n >= 1, finite): made about normal by a monotone map, with mean 0 and variance 1; all 0
 * when all are equal. */
int ml_warp(double *v, size_t n, struct ml_error *err) ML_CHECK;

#endif
