/* preps.c - the table of preparations, made from preps.def. */
#include <math.h>
#include <string.h>

#include "base/utf8.h"
#include "data/columns.h"
#include "la/sums.h"
#include "prep/prep.h"

#define ML_PREP(name) extern const struct ml_prep ml_prep_##name;
#include "prep/preps.def"
#undef ML_PREP

const struct ml_prep *const ml_preps[] = {
#define ML_PREP(name) &ml_prep_##name,
#include "prep/preps.def"
#undef ML_PREP
	NULL
};

const struct ml_prep *ml_prep_find(const char *name)
{
	for (const struct ml_prep *const *p = ml_preps; *p; p++)
		if (!strcmp((*p)->name, name))
			return *p;
	return NULL;
}

int ml_prep_rows(const struct ml_prep_fit *f, struct ml_error *err)
{
	double sum = f->w ? ml_sum(f->w, f->table->rows) : (double)f->table->rows;

	if (!isfinite(sum))
		return ml_fail(err, ML_EDATA, "E-RANGE",
			       "the weights sum to more than a number holds");
	if (!(sum > 0))
		return ml_fail(err, ML_EDATA, "E-NOROWS", "no rows to learn from");
	return ML_OK;
}

int ml_prep_numbers(const struct ml_prep_fit *f, size_t **cols, size_t *n, struct ml_error *err)
{
	int rc = ml_table_pick(f->table, f->spec, cols, n, err);

	for (size_t k = 0; !rc && k < *n; k++) {
		const struct ml_column *c = &f->table->col[(*cols)[k]];

		if (c->kind != ML_NUMBER)
			rc = ml_fail(err, ML_EDATA, "E-TYPE",
				     "%s: expected numbers, found a %s column",
				     ML_SHOW(c->name, strlen(c->name)), ml_kind_names[c->kind]);
	}
	return rc;
}
