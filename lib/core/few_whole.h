/* few_whole.h - numbers that may well be classes. */
#ifndef ML_CORE_FEW_WHOLE_H
#define ML_CORE_FEW_WHOLE_H

#include <stdbool.h>
#include <stddef.h>

/* True when v[0..n) are whole numbers, of at most 20 different values (W-TASK). */
bool ml_few_whole(const double *v, size_t n);

#endif
