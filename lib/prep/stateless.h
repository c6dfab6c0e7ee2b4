/* stateless.h - for preparations that keep nothing but which columns they need. */
#ifndef ML_PREP_STATELESS_H
#define ML_PREP_STATELESS_H

#include "prep/prep.h"

enum { ML_STATELESS_SIZE = 1 }; /* of the state: something to allocate */

void ml_stateless_save(const void *state, struct ml_fields *out);
int ml_stateless_load(void *state, unsigned format, const struct ml_fields *in,
		      const enum ml_kind *kind, size_t n, struct ml_error *err) ML_CHECK;
/* The same, for those whose columns are numbers: E-MODEL else. */
int ml_stateless_load_numbers(void *state, unsigned format, const struct ml_fields *in,
			      const enum ml_kind *kind, size_t n,
			      struct ml_error *err) ML_CHECK;
void ml_stateless_release(void *state);

/* E-MODEL unless all n needed columns are of one kind. */
int ml_load_kind(const enum ml_kind *kind, size_t n, enum ml_kind expected,
		 struct ml_error *err) ML_CHECK;

#endif
