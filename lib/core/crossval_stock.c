/* crossval_stock.c - the parts of a table, dealt once, and written once as files that any
 * number of fits read. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "core/crossval_parts.h"

int ml_cv_stock_bare(struct ml_cv_stock *s, const struct ml_cv_plan *plan, struct ml_error *err)
{
	*s = (struct ml_cv_stock){ .plan = plan };
	snprintf(s->threads, sizeof s->threads, "ML_THREADS=%d", plan->job_threads);
	s->env[0] = s->threads;
	return ml_scratch_make(&s->scratch, plan->tmpdir, err);
}

int ml_cv_stock_init(struct ml_cv_stock *s, const struct ml_table *t,
		     const struct ml_cv_plan *plan, const struct ml_run *run,
		     struct ml_error *err)
{
	int rc = ml_cv_stock_bare(s, plan, err);

	s->t = t;
	if (!rc)
		rc = ml_cv_check_pipeline(plan, err);
	if (!rc)
		rc = ml_cv_deal_init(&s->deal, plan, t->rows, run, err);
	return rc;
}

int ml_cv_stock_find(struct ml_cv_stock *s, size_t repeat, size_t fold, double size,
		     size_t *share, struct ml_error *err)
{
	for (*share = 0; *share < s->n; ++*share) {
		const struct ml_cv_share *k = &s->share[*share];
		if (k->repeat == repeat && k->fold == fold && k->size == size)
			return ML_OK;
	}
	if (ML_GROW(s->share, s->cap, s->n + 1, err))
		return err->code;
	s->share[s->n++] = (struct ml_cv_share){ .repeat = repeat, .fold = fold, .size = size };
	return ML_OK;
}

static int name_file(const struct ml_cv_stock *s, size_t i, const char *what, char **path,
		     struct ml_error *err)
{
	char name[sizeof s->scratch.path + 64];

	snprintf(name, sizeof name, "%s/part%zu.%s", s->scratch.path, i + 1, what);
	*path = ml_strdup(name, err);
	return *path ? ML_OK : err->code;
}

static int write_train(struct ml_cv_stock *s, struct ml_cv_share *k, struct ml_error *err)
{
	struct ml_table *rows = NULL;
	size_t *train = NULL;

	int rc = ml_cv_train(&s->deal, k, &train, &k->trained_on, err);
	if (!rc)
		rc = ml_table_take(&rows, s->t, train, k->trained_on, err);
	if (!rc)
		rc = ml_cv_write_rows(s->plan, rows, k->train, true, err);
	free(train);
	ml_table_free(rows);
	return rc;
}

/* The held-out rows without the target. */
static int take_held(struct ml_cv_stock *s, struct ml_cv_share *k, struct ml_error *err)
{
	size_t target;
	int rc = ml_table_take(&k->rows, s->t, k->row, k->n, err);

	if (!rc && (target = ml_table_role(k->rows, ML_TARGET)) != SIZE_MAX)
		ml_table_remove(k->rows, target);
	return rc;
}

int ml_cv_stock_make(struct ml_cv_stock *s, size_t share, struct ml_error *err)
{
	struct ml_cv_share *k = &s->share[share];
	bool read = s->plan->predict_cmd || s->plan->csv;

	if (k->made)
		return ML_OK;
	int rc = name_file(s, share, "train", &k->train, err);
	if (!rc && read)
		rc = name_file(s, share, "held", &k->held, err);
	if (!rc)
		rc = ml_cv_held_out(&s->deal, k, &k->row, &k->n, err);
	if (!rc)
		rc = write_train(s, k, err);
	if (!rc)
		rc = take_held(s, k, err);
	if (!rc && read)
		rc = ml_cv_write_rows(s->plan, k->rows, k->held, false, err);
	if (!rc)
		k->made = true;
	else
		ml_cv_stock_drop(s, share);
	return rc;
}

static void forget(char **path)
{
	if (*path)
		(void)unlink(*path);
	free(*path);
	*path = NULL;
}

void ml_cv_stock_drop(struct ml_cv_stock *s, size_t share)
{
	struct ml_cv_share *k = &s->share[share];

	forget(&k->train);
	forget(&k->held);
	free(k->row);
	ml_table_free(k->rows);
	*k = (struct ml_cv_share){ .repeat = k->repeat, .fold = k->fold, .size = k->size };
}

void ml_cv_stock_release(struct ml_cv_stock *s)
{
	for (size_t i = 0; i < s->n; i++)
		ml_cv_stock_drop(s, i);
	free(s->share);
	ml_cv_deal_release(&s->deal);
	ml_scratch_remove(&s->scratch);
	*s = (struct ml_cv_stock){ 0 };
}
