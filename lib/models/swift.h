/* swift.h - small trees laid out so that ML_SWIFT_ROWS rows are asked at once. */
#ifndef ML_MODELS_SWIFT_H
#define ML_MODELS_SWIFT_H

#include "models/trees.h"

enum { ML_SWIFT_ROWS = 32 };

struct ml_swift; /* owned by its trees */

/* *s is NULL for trees that are not small: more than 64 leaves each, or more than 254 cuts or
 * levels at a feature; and for trees whose leaves are vectors. */
int ml_swift_new(struct ml_swift **s, const struct ml_trees *t, struct ml_error *err) ML_CHECK;
void ml_swift_free(struct ml_swift *s);
/* Numbers of bytes of workspace that ml_swift_bins() fills for a block of rows. */
size_t ml_swift_room(const struct ml_swift *s);
/* x: ML_SWIFT_ROWS rows of stride ld. */
void ml_swift_bins(const struct ml_swift *s, const double *x, size_t ld, uint8_t *room);
/* out (ML_SWIFT_ROWS rows of stride ld, t->outputs each) += the values of trees [from, to), in
 * order: the same bits as tree by tree. */
void ml_swift_sum(const struct ml_swift *s, size_t from, size_t to, const uint8_t *room,
		  double *out, size_t ld);

#endif
