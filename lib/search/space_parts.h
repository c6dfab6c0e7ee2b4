/* space_parts.h - what the files of space.h share. */
#ifndef ML_SEARCH_SPACE_PARTS_H
#define ML_SEARCH_SPACE_PARTS_H

#include "search/space.h"

/* Appends *p, which becomes the space's, or is released when there is no memory. */
int ml_space_push(struct ml_space *s, struct ml_param *p, struct ml_error *err) ML_CHECK;
void ml_param_release(struct ml_param *p);
/* Appends the choice t[0..n) to those of p, which has room for it. */
int ml_param_choose(struct ml_param *p, const char *t, size_t n, struct ml_error *err) ML_CHECK;
/* All choices are there: when all of them are numbers, they are put in order. ML_EUSAGE with
 * the message "NAME: ..." when one stands twice. */
int ml_param_settle(struct ml_param *p, struct ml_error *err) ML_CHECK;
/* p->when for choices of parameter `parent`, all false. */
int ml_param_condition(const struct ml_space *s, struct ml_param *p, size_t parent,
		       struct ml_error *err) ML_CHECK;
/* The choice of p that the text means: the same text, or the same number; SIZE_MAX. */
size_t ml_param_find(const struct ml_param *p, const char *text, size_t n);

#endif
