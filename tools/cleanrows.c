/* cleanrows.c - rows that ml-clean takes out when it has seen all of them: repeated, of one
 * key, or at odds about the target. */
#include "cleanrows.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "cleanopts.h"
#include "data/dedupe.h"

static int repeats(struct ml_flow *f, struct ml_tidy *d, const size_t *cols, size_t n,
		   bool *keep, const char *why, struct ml_error *err)
{
	bool *before = ml_alloc(f->t->rows, sizeof *before, err);
	size_t count = 0;

	if (!before)
		return err->code;
	memcpy(before, keep, f->t->rows * sizeof *before);
	int rc = ml_dedupe(f->t, cols, n, keep, &count, err);
	for (size_t i = 0; !rc && d->rejecting && i < f->t->rows; i++)
		if (before[i] && !keep[i])
			rc = ml_tidy_reject(d, f->t, i, why, err);
	free(before);
	if (!rc && count) {
		ml_put_size(&f->removed, why, count);
		ml_note(f->cli, "%zu rows taken out: %s", count, why);
	}
	return rc;
}

static int by_key(struct ml_flow *f, struct ml_tidy *d, const char *spec, bool *keep,
		  struct ml_error *err)
{
	size_t *cols = NULL, n = 0;

	int rc = ml_table_pick(f->t, spec, &cols, &n, err);
	if (!rc)
		rc = repeats(f, d, cols, n, keep, "duplicate key", err);
	free(cols);
	return rc;
}

/* Equal in all features, but not in the target. */
static int disagree(struct ml_flow *f, struct ml_tidy *d, bool *keep, struct ml_error *err)
{
	const struct ml_clean_args *a = f->cli->args;
	size_t y = ml_table_role(f->t, ML_TARGET), n = 0, groups, rows;
	size_t *cols = ml_alloc(f->t->ncol, sizeof *cols, err);
	bool *bad = ml_alloc(f->t->rows, sizeof *bad, err);
	int rc = cols && bad ? ML_OK : err->code;

	for (size_t j = 0; !rc && j < f->t->ncol; j++)
		if (f->t->col[j].role == ML_FEATURE)
			cols[n++] = j;
	if (!rc)
		rc = ml_conflicts(f->t, cols, n, y, bad, &groups, &rows, err);
	if (!rc && groups && a->conflicts == ML_CONFLICTS_WARN)
		ml_warn(f->cli, "W-CONFLICT",
			"%zu rows in %zu group%s have equal features and different targets; "
			"--conflicts drop takes them out",
			rows, groups, groups == 1 ? "" : "s");
	for (size_t i = 0; !rc && groups && a->conflicts == ML_CONFLICTS_DROP && i < f->t->rows;
	     i++)
		if (bad[i] && keep[i]) {
			keep[i] = false;
			rc = ml_tidy_reject(d, f->t, i, "conflicting target", err);
		}
	if (!rc && groups && a->conflicts == ML_CONFLICTS_DROP)
		ml_put_size(&f->removed, "conflicting target", rows);
	free(cols);
	free(bad);
	return rc;
}

static int whole_rows(struct ml_flow *f, struct ml_tidy *d, bool *keep, struct ml_error *err)
{
	size_t *all = ml_alloc(f->t->ncol, sizeof *all, err);

	if (!all)
		return err->code;
	for (size_t j = 0; j < f->t->ncol; j++)
		all[j] = j;
	int rc = repeats(f, d, all, f->t->ncol, keep, "duplicate row", err);
	free(all);
	if (!rc && ml_table_role(f->t, ML_TARGET) != SIZE_MAX)
		rc = disagree(f, d, keep, err);
	return rc;
}

int ml_clean_rows(struct ml_flow *f, struct ml_tidy *d, struct ml_error *err)
{
	const struct ml_clean_args *a = f->cli->args;
	bool *keep = ml_alloc(f->t->rows, sizeof *keep, err);
	int rc = keep ? ML_OK : err->code;

	for (size_t i = 0; !rc && i < f->t->rows; i++)
		keep[i] = true;
	if (!rc && ml_input_is_binary(f->in))
		rc = ml_tidy_table(d, ml_input_file(f->in), f->t, keep, err);
	if (!rc && a->dedupe)
		rc = whole_rows(f, d, keep, err);
	for (size_t i = 0; !rc && i < a->key.n; i++)
		rc = by_key(f, d, a->key.v[i], keep, err);
	if (!rc)
		ml_table_filter(f->t, keep);
	free(keep);
	return rc;
}
