/* indicator.c - a 0/1 column "COLUMN:missing" behind each column named: 1 where its cell is
 * missing.
 *
 * Before --impute in a chain it keeps what imputing would hide.  Every column that is named
 * gets one, whether training had missing cells or not. */
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "data/columns.h"
#include "prep/dummies.h"
#include "prep/stateless.h"

static int fit(void *state, const struct ml_prep_fit *f, const void *opts, size_t **cols,
	       size_t *n, const struct ml_run *run, struct ml_error *err)
{
	(void)state;
	(void)opts;
	(void)run;
	return ml_table_pick(f->table, f->spec, cols, n, err);
}

static int indicate(struct ml_table *t, size_t column, struct ml_buf *name,
		    struct ml_error *err)
{
	ml_buf_clear(name);
	ml_buf_printf(name, "%s:missing", t->col[column].name);
	int rc = ml_buf_check(name, err);
	if (!rc)
		rc = ml_table_insert(t, column + 1, ml_buf_str(name), ML_NUMBER, err);
	if (rc)
		return rc;
	const struct ml_column *c = &t->col[column];
	struct ml_column *made = &t->col[column + 1];
	made->dummy = true;
	made->role = c->role;
	for (size_t i = 0; i < t->rows; i++)
		made->num[i] = ml_missing(c, i);
	return ML_OK;
}

static int apply(const void *state, struct ml_table *t, const size_t *cols, size_t n,
		 struct ml_tally *tally, struct ml_error *err)
{
	struct ml_buf name = { 0 };
	size_t *order = ml_columns_backwards(cols, n, err);
	int rc = order ? ML_OK : err->code;

	(void)state;
	(void)tally;
	for (size_t i = 0; !rc && i < n; i++)
		rc = indicate(t, cols[order[i]], &name, err);
	ml_buf_release(&name);
	free(order);
	return rc;
}

const struct ml_prep ml_prep_indicator = {
	.name = "indicator",
	.summary = "add a 0/1 column that says where a column is missing",
	.arg = "COLUMNS",
	.example = "age,city",
	.flags = ML_PREP_CLEAN | ML_PREP_STATELESS,
	.format = 1,
	.state_size = ML_STATELESS_SIZE,
	.fit = fit,
	.apply = apply,
	.save = ml_stateless_save,
	.load = ml_stateless_load,
	.release = ml_stateless_release,
};
