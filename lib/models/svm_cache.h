/* svm_cache.h - rows of the kernel matrix in single precision, the least recently used given up
 * for new ones.
 *
 * A row of the matrix belongs to a row of the table (its id) and holds kernels with the first
 * `len` rows of an order of the table that the caller keeps; when the caller leaves rows out of
 * the order or takes more in, the cache follows.  What is in the cache never affects results,
 * for a kernel computed again has the same bits.  Rows begin at multiples of
 * ML_SVM_CACHE_STEP; who fills one to its end puts zeros behind it up to the next. */
#ifndef ML_MODELS_SVM_CACHE_H
#define ML_MODELS_SVM_CACHE_H

#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

enum { ML_SVM_CACHE_STEP = 8 };

static inline size_t ml_svm_cache_stride(size_t n)
{
	return (n + ML_SVM_CACHE_STEP - 1) / ML_SVM_CACHE_STEP * ML_SVM_CACHE_STEP;
}

struct ml_svm_slot {
	uint32_t id, len;    /* id UINT32_MAX: empty */
	uint32_t prev, next; /* in the order of use; the ends are the slot after the last */
};

struct ml_svm_cache {
	float *v;                 /* slots x stride */
	size_t room;              /* numbers there is room for in v */
	size_t stride;            /* >= the rows of the order */
	size_t slots, n;          /* slots in use of at most n */
	struct ml_svm_slot *slot; /* n + 1: the last is the head of the ring */
	uint32_t *of;             /* n: slot of an id, or UINT32_MAX */
};

/* Room for `bytes`, at least two rows of n.  n < UINT32_MAX. */
int ml_svm_cache_init(struct ml_svm_cache *c, size_t n, size_t bytes,
		      struct ml_error *err) ML_CHECK;
void ml_svm_cache_release(struct ml_svm_cache *c);
/* The slot of row id, now the most recently used; with len 0 when it was not there. */
struct ml_svm_slot *ml_svm_cache_ask(struct ml_svm_cache *c, size_t id);
/* Row id where it is there with `len` numbers, or NULL; it counts as no use. */
const float *ml_svm_cache_look(const struct ml_svm_cache *c, size_t id, size_t len);
float *ml_svm_cache_row(const struct ml_svm_cache *c, const struct ml_svm_slot *s);
/* The first n numbers of each row are now those that were at from[0] < from[1] < ... */
void ml_svm_cache_keep(struct ml_svm_cache *c, const uint32_t *from, size_t n);
/* Rows may become n numbers long. */
void ml_svm_cache_lengthen(struct ml_svm_cache *c, size_t n);

#endif
