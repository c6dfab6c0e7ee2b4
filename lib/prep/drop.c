/* drop.c - take columns away.
 *
 * No column is needed: a later table that lacks one is fine.  So the names are kept here, and
 * looked up when applying. */
#include <stdlib.h>

#include "base/mem.h"
#include "data/columns.h"
#include "prep/prep.h"

struct drop {
	size_t n;
	char **name; /* owned */
};

enum { MOST_COLUMNS = 1 << 20 };

static int fit(void *state, const struct ml_prep_fit *f, const void *opts, size_t **cols,
	       size_t *n, const struct ml_run *run, struct ml_error *err)
{
	struct drop *m = state;
	size_t *named = NULL, count = 0;
	int rc = ml_table_pick(f->table, f->spec, &named, &count, err);

	(void)opts;
	(void)run;
	*cols = NULL;
	*n = 0;
	if (!rc && !(m->name = ml_alloc(count, sizeof *m->name, err)))
		rc = err->code;
	for (; !rc && m->n < count; m->n++)
		if (!(m->name[m->n] = ml_strdup(f->table->col[named[m->n]].name, err)))
			rc = err->code;
	free(named);
	return rc;
}

static int apply(const void *state, struct ml_table *t, const size_t *cols, size_t n,
		 struct ml_tally *tally, struct ml_error *err)
{
	const struct drop *m = state;
	bool *gone = ml_alloc(t->ncol, sizeof *gone, err);

	(void)cols;
	(void)n;
	(void)tally;
	if (!gone)
		return err->code;
	for (size_t k = 0; k < m->n; k++) {
		size_t j = ml_table_find(t, m->name[k]);

		if (j != SIZE_MAX)
			gone[j] = true;
	}
	ml_table_remove_many(t, gone);
	free(gone);
	return ML_OK;
}

static void save(const void *state, struct ml_fields *out)
{
	const struct drop *m = state;

	ml_put_texts(out, "columns", (const char *const *)m->name, m->n);
}

static int load(void *state, unsigned format, const struct ml_fields *in,
		const enum ml_kind *kind, size_t n, struct ml_error *err)
{
	struct drop *m = state;
	size_t count = 0;
	int rc = ml_get_count(in, "columns", MOST_COLUMNS, &count, err);

	(void)format; /* only version 1 exists */
	(void)kind;
	if (!rc && n)
		rc = ml_fail(err, ML_EDATA, "E-MODEL", "needs %zu columns, expected none", n);
	if (!rc)
		rc = ml_get_texts(in, "columns", &m->name, count, err);
	if (!rc)
		m->n = count;
	return rc;
}

static void release(void *state)
{
	struct drop *m = state;

	ml_texts_free(m->name, m->n);
}

const struct ml_prep ml_prep_drop = {
	.name = "drop",
	.summary = "take columns away",
	.arg = "COLUMNS",
	.example = "city",
	.flags = ML_PREP_FEAT | ML_PREP_STATELESS,
	.format = 1,
	.state_size = sizeof(struct drop),
	.fit = fit,
	.apply = apply,
	.save = save,
	.load = load,
	.release = release,
};
