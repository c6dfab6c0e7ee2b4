/* logit.h - gradients of the logistic loss for many scores at once. */
#ifndef ML_MODELS_LOGIT_H
#define ML_MODELS_LOGIT_H

#include <stddef.h>

/* q = 1 / (1 + exp(-s)), to some units of the last digit; g = q - y, h = q (1 - q); y is 0
 * or 1. */
void ml_logit_gradients(const double *s, const double *y, size_t n, double *g, double *h);

#endif
