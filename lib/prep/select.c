/* select.c - keep the named features and every column with a role, in the order they have. */
#include <stdlib.h>

#include "base/mem.h"
#include "data/columns.h"
#include "prep/stateless.h"

/* Columns with a role stay anyway, so they are not needed: later tables may lack them. */
static int fit(void *state, const struct ml_prep_fit *f, const void *opts, size_t **cols,
	       size_t *n, const struct ml_run *run, struct ml_error *err)
{
	size_t named = 0;
	int rc = ml_table_pick(f->table, f->spec, cols, &named, err);

	(void)state;
	(void)opts;
	(void)run;
	for (size_t k = 0; !rc && k < named; k++)
		if (f->table->col[(*cols)[k]].role == ML_FEATURE)
			(*cols)[(*n)++] = (*cols)[k];
	return rc;
}

static int apply(const void *state, struct ml_table *t, const size_t *cols, size_t n,
		 struct ml_tally *tally, struct ml_error *err)
{
	bool *gone = ml_alloc(t->ncol, sizeof *gone, err);

	(void)state;
	(void)tally;
	if (!gone)
		return err->code;
	for (size_t j = 0; j < t->ncol; j++)
		gone[j] = t->col[j].role == ML_FEATURE;
	for (size_t k = 0; k < n; k++)
		gone[cols[k]] = false;
	ml_table_remove_many(t, gone);
	free(gone);
	return ML_OK;
}

const struct ml_prep ml_prep_select = {
	.name = "select",
	.summary = "keep the named columns and those with a role",
	.arg = "COLUMNS",
	.example = "age,city",
	.flags = ML_PREP_FEAT | ML_PREP_STATELESS,
	.format = 1,
	.state_size = ML_STATELESS_SIZE,
	.fit = fit,
	.apply = apply,
	.save = ml_stateless_save,
	.load = ml_stateless_load,
	.release = ml_stateless_release,
};
