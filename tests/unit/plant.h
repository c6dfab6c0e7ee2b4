/* plant.h - a table with known components, and fields of what was learned, for tests. */
#ifndef ML_TESTS_PLANT_H
#define ML_TESTS_PLANT_H

#include "prep_fixture.h"

/* Brownlee (1960): 21 days of a plant that oxidises ammonia. */
static const double stackloss[4][21] = {
	{ 80, 80, 75, 62, 62, 62, 62, 62, 58, 58, 58, 58, 58, 58, 50, 50, 50, 50, 50, 56, 70 },
	{ 27, 27, 25, 24, 22, 23, 24, 24, 23, 18, 18, 17, 18, 19, 18, 18, 19, 19, 20, 20, 20 },
	{ 89, 88, 90, 87, 87, 87, 93, 93, 87, 80, 89, 88, 82, 93, 89, 86, 72, 79, 80, 82, 91 },
	{ 42, 37, 37, 28, 18, 18, 19, 20, 15, 14, 14, 13, 11, 12, 8, 7, 8, 8, 9, 15, 15 },
};
static const char *const names[] = { "air", "water", "acid", "loss" };

static inline struct ml_table *plant(void)
{
	struct ml_table *t = ml_alloc(1, sizeof *t, &err);

	t->rows = 21;
	for (size_t j = 0; j < 4; j++)
		add_numbers(t, names[j], stackloss[j]);
	return t;
}

static inline const double *reals(const struct ml_fields *f, const char *name, size_t n)
{
	const struct ml_field *found = ml_fields_find(f, name);
	static const double none[64];

	CHECK(found && found->type == ML_FIELD_REALS && found->n == n);
	return found && found->n == n ? found->u.reals : none;
}

#endif
