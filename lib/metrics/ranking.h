/* ranking.h - how well scores put the rows of a class before the others. */
#ifndef ML_METRICS_RANKING_H
#define ML_METRICS_RANKING_H

#include "metrics/sheet.h"

/* Area under the ROC curve and average precision of class c against the rest; NaN where there
 * is no row of the class, or (auc) no other row.  `order`: as in ml_walk_init(). */
int ml_rank_class(const struct ml_parts *p, size_t c, uint32_t *order, double *auc, double *ap,
		  struct ml_error *err) ML_CHECK;

#endif
