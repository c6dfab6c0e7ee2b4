/* holdout.c - rows out of a fit. */
#include "core/holdout.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "core/predict.h"
#include "data/split.h"

static const struct ml_column *of_role(const struct ml_table *t, enum ml_role role)
{
	size_t j = ml_table_role(t, role);

	return j == SIZE_MAX ? NULL : &t->col[j];
}

int ml_holdout_take(struct ml_table **held, struct ml_table *t, double share, bool classes,
		    const struct ml_run *run, struct ml_error *err)
{
	const struct ml_column *time = of_role(t, ML_TIME);
	const struct ml_split_plan plan = {
		.test = share,
		.group = of_role(t, ML_GROUP),
		.time = time,
		.stratify = classes && !time ? of_role(t, ML_TARGET) : NULL,
		.seed = run->seed,
	};
	size_t *part = ml_alloc(t->rows, sizeof *part, err), n = 0;
	bool *keep = ml_alloc(t->rows, sizeof *keep, err);

	int rc = part && keep ? ml_split_rows(&plan, t->rows, run, part, err) : err->code;
	for (size_t i = 0; !rc && i < t->rows; i++) {
		keep[i] = !part[i];
		if (part[i])
			part[n++] = i;
	}
	if (!rc)
		rc = ml_table_take(held, t, part, n, err);
	if (!rc)
		ml_table_filter(t, keep);
	free(keep);
	free(part);
	return rc;
}

/* ---- another table ---- */

/* The kind that column `name` has to be read as: that which the first of the steps that needs
 * it wants, else that of the training table; false when neither knows it. */
static bool kind_of(const char *name, const struct ml_slot *need, size_t n,
		    const struct ml_table *t, enum ml_kind *kind)
{
	size_t j = ml_table_find(t, name);

	for (size_t k = 0; k < n; k++)
		if (!strcmp(need[k].name, name)) {
			*kind = need[k].kind;
			return true;
		}
	if (j != SIZE_MAX)
		*kind = t->col[j].kind;
	return j != SIZE_MAX;
}

static int ask_kinds(struct ml_input *in, const struct ml_table *t, const struct ml_pipeline *p,
		     struct ml_error *err)
{
	const struct ml_column_set *set = ml_input_columns(in);
	struct ml_slot *need = NULL;
	enum ml_kind kind;
	size_t n = 0;

	int rc = ml_pipeline_source(p, 0, &need, &n, err);
	for (size_t j = 0; !rc && j < set->n; j++)
		if (kind_of(set->name[j], need, n, t, &kind))
			ml_input_ask(in, &j, &kind, 1);
	ml_slots_free(need, n);
	return rc;
}

static int set_roles(struct ml_table *held, const struct ml_table *t, bool judges,
		     struct ml_error *err)
{
	for (size_t j = 0; j < held->ncol; j++) {
		size_t k = ml_table_find(t, held->col[j].name);

		held->col[j].role = k == SIZE_MAX ? ML_IGNORED : t->col[k].role;
	}
	for (size_t k = 0; k < t->ncol; k++) {
		const struct ml_column *c = &t->col[k];
		bool wanted = judges && (c->role == ML_TARGET || c->role == ML_WEIGHT);
		size_t j = wanted ? ml_table_find(held, c->name) : 0;

		if (j == SIZE_MAX)
			return ml_fail(err, ML_EDATA,
				       c->role == ML_TARGET ? "E-TARGET" : "E-COLUMNS",
				       "no %s column '%s'", ml_role_names[c->role],
				       ML_SHOW(c->name, strlen(c->name)));
		if (wanted && held->col[j].kind != c->kind)
			return ml_fail(err, ML_EDATA, "E-COLUMNS",
				       "column '%s' holds %s, in the training table %s",
				       ML_SHOW(c->name, strlen(c->name)),
				       ml_kind_names[held->col[j].kind],
				       ml_kind_names[c->kind]);
	}
	return ML_OK;
}

static int read_rows(struct ml_table **held, struct ml_input *in, const struct ml_table *t,
		     struct ml_pipeline *p, bool judges, const struct ml_run *run,
		     struct ml_error *err)
{
	size_t from = 0;
	int rc = ML_OK;

	*held = NULL;
	ml_input_values_only(in);
	if (!ml_input_is_binary(in))
		rc = ask_kinds(in, t, p, err);
	if (!rc)
		rc = ml_pipeline_position(p, ml_input_pipeline(in), &from, err);
	if (rc)
		return ml_context(err, "%s", ml_input_file(in));
	if ((rc = ml_input_table(in, held, err)))
		return rc;
	if (set_roles(*held, t, judges, err))
		return ml_context(err, "%s", ml_input_file(in));
	if (ml_pipeline_apply(p, from, p->n, *held, err)) {
		ml_input_blame(in, *held, err);
		err->row = 0;
		return err->code;
	}
	ml_holdout_tell(p, run);
	return ML_OK;
}

int ml_holdout_read(struct ml_table **held, struct ml_input *in, const struct ml_table *t,
		    struct ml_pipeline *p, const struct ml_run *run, struct ml_error *err)
{
	return read_rows(held, in, t, p, true, run, err);
}

int ml_starts_read(struct ml_table **starts, struct ml_input *in, const struct ml_table *t,
		   struct ml_pipeline *p, const struct ml_run *run, struct ml_error *err)
{
	int rc = read_rows(starts, in, t, p, false, run, err);

	if (!rc && !(*starts)->rows)
		rc = ml_fail(err, ML_EDATA, "E-NOROWS", "%s: no rows to begin at",
			     ml_input_file(in));
	return rc;
}

void ml_holdout_tell(struct ml_pipeline *p, const struct ml_run *run)
{
	ml_pipeline_warn(p, run);
	for (size_t i = 0; i < p->n; i++)
		if (p->step[i].tally)
			memset(p->step[i].tally, 0,
			       p->step[i].n_needs * sizeof *p->step[i].tally);
}
