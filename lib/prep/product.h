/* product.h - columns that are products of columns: "a*b", "a^2*b". */
#ifndef ML_PREP_PRODUCT_H
#define ML_PREP_PRODUCT_H

#include <stddef.h>

#include "base/error.h"
#include "data/table.h"
#include "prep/prep.h"

enum { ML_PRODUCT_FACTORS = 8 };

/* Factors are needs of the preparation; equal ones stand together. */
struct ml_product {
	size_t n; /* 1..ML_PRODUCT_FACTORS */
	size_t factor[ML_PRODUCT_FACTORS];
};

/* Puts `count` columns behind the last one, products of the number columns cols[factor],
 * multiplied from left to right.  A missing factor makes the product missing; beyond the range
 * of doubles it is missing and counted (tally of the first factor).  A product of 0/1 columns
 * is one.  E-DUP when a name is there. */
int ml_products_put(struct ml_table *t, const size_t *cols, const struct ml_product *product,
		    size_t count, struct ml_tally *tally, struct ml_error *err) ML_CHECK;

#endif
