/* train_groups.c - rows that belong together, as numbers. */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "core/labels.h"
#include "core/train_parts.h"

static int no_groups(const struct ml_train_plan *plan, const struct ml_table *t,
		     struct ml_error *err)
{
	if (t == plan->held)
		return ml_fail(err, ML_EDATA, "E-COLUMNS", "no group column");
	return ml_fail(err, ML_EUSAGE, "E-USAGE",
		       "'%s' is asked to rank rows within groups: name their column with "
		       "--group",
		       plan->model->name);
}

int ml_aim_group(struct ml_aim *a, const struct ml_table *t, const struct ml_train_plan *plan,
		 const void *state, struct ml_error *err)
{
	size_t at = ml_table_role(t, ML_GROUP);
	struct ml_labels labels = { 0 };
	int32_t *code;

	if (!plan->model->by_group || !plan->model->by_group(state, plan->opts))
		return ML_OK;
	if (at == SIZE_MAX)
		return no_groups(plan, t, err);
	const struct ml_column *c = &t->col[at];
	labels.numeric = c->kind == ML_NUMBER;
	if (!(code = a->group = ml_alloc(t->rows, sizeof *a->group, err)))
		return err->code;
	int rc = ml_labels_column(&labels, c, t->rows, SIZE_MAX, code, err);
	for (size_t i = 0; !rc && i < t->rows; i++)
		if (code[i] < 0)
			rc = ml_fail_row(err, i, ML_EDATA, "E-MISSING", "%s: no group",
					 ML_SHOW(c->name, strlen(c->name)));
	ml_labels_release(&labels);
	return rc;
}
