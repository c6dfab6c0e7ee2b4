/* logit.h - the logistic loss and its gradients for many scores at once. */
#ifndef ML_MODELS_LOGIT_H
#define ML_MODELS_LOGIT_H

#include <stddef.h>

/* q = 1 / (1 + exp(-s)), to some units of the last digit; g = q - y, h = q (1 - q); y is 0
 * or 1. */
void ml_logit_gradients(const double *s, const double *y, size_t n, double *g, double *h);
/* The sum of w log(1 + exp(-s)) where y is 1, of w log(1 + exp(s)) where it is 0; w NULL:
 * all 1. To some 1e-15 of it. */
double ml_logit_loss(const double *s, const double *y, const double *w, size_t n);

#endif
