/* whatif.c - a table whose columns are exchanged, and a model asked about it. */
#include "core/whatif.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "core/watch.h"

int ml_whatif_ask(struct ml_whatif *w, struct ml_error *err)
{
	return ml_scorer_rows(&w->scorer, w->file, w->table, err);
}

static void unwatch(struct ml_whatif *w)
{
	ml_watch_free(w->scorer.watch);
	w->scorer.watch = NULL;
}

int ml_whatif_init(struct ml_whatif *w, struct ml_pipeline *model, struct ml_input *in,
		   bool held_out, const struct ml_run *run, struct ml_error *err)
{
	*w = (struct ml_whatif){ 0 };
	int rc = ml_scorer_init(&w->scorer, model, in, err);

	if (!rc && ml_pipeline_model(model)->outcome.task == ML_CLUSTER)
		rc = ml_fail(err, ML_EUSAGE, "E-USAGE",
			     "'%s' makes clusters, which are no numbers that could change",
			     ml_step_type(ml_pipeline_model(model)));
	if (!rc)
		rc = ml_input_table(in, &w->table, err);
	w->file = ml_input_file(in);
	if (!rc && !w->table->rows)
		rc = ml_fail(err, ML_EDATA, "E-NOROWS", "%s: the table has no rows", w->file);
	if (!held_out)
		unwatch(w);
	if (!rc)
		rc = ml_whatif_ask(w, err);
	if (!rc)
		ml_scorer_warn(&w->scorer, run);
	/* What is made up need not be watched. */
	unwatch(w);
	return rc;
}

void ml_whatif_release(struct ml_whatif *w)
{
	ml_scorer_release(&w->scorer);
	ml_table_free(w->table);
	*w = (struct ml_whatif){ 0 };
}

struct ml_column *ml_whatif_column(struct ml_whatif *w, size_t k)
{
	return &w->table->col[w->scorer.at[k]];
}

int ml_whatif_set_aside(struct ml_whatif *w, size_t k, struct ml_column *kept,
			struct ml_error *err)
{
	struct ml_column *c = ml_whatif_column(w, k);
	size_t rows = w->table->rows;
	double *num = c->kind == ML_NUMBER ? ml_alloc(rows, sizeof *num, err) : NULL;
	int32_t *code = c->kind == ML_CATEGORY ? ml_alloc(rows, sizeof *code, err) : NULL;
	const char **text = c->kind == ML_STRING ? ml_alloc(rows, sizeof *text, err) : NULL;

	*kept = *c;
	if (!num && !code && !text)
		return err->code;
	c->num = num;
	c->code = code;
	c->text = text;
	c->stock = (struct ml_stock){ 0 };
	return ML_OK;
}

void ml_whatif_put_back(struct ml_whatif *w, size_t k, const struct ml_column *kept)
{
	struct ml_column *c = ml_whatif_column(w, k);

	if (c->num != kept->num)
		free(c->num);
	if (c->code != kept->code)
		free(c->code);
	if (c->text != kept->text)
		free(c->text);
	*c = *kept;
}
