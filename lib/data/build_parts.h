/* build_parts.h - what the files build*.c share. */
#ifndef ML_DATA_BUILD_PARTS_H
#define ML_DATA_BUILD_PARTS_H

#include "data/build.h"

/* What was asked for column j. */
enum ml_kind_ask ml_builder_asked(const struct ml_builder *b, size_t j);
/* The first `rows` cells of number column j become codes. */
int ml_builder_category(struct ml_builder *b, size_t j, size_t rows,
			struct ml_error *err) ML_CHECK;
/* Adds the cell of that row to column j, which has those before it. */
int ml_builder_cell(struct ml_builder *b, size_t j, size_t row, const struct ml_cell *cell,
		    struct ml_place place, struct ml_error *err) ML_CHECK;

#endif
