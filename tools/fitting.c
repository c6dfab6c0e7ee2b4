/* fitting.c - the fit of ml-fit, and what surrounds it: rows held out or begun at, history,
 * checkpoints. */
#include "fitting.h"

#include "core/history.h"
#include "core/holdout.h"
#include "core/notes.h"
#include "core/predict.h"
#include "fitopts.h"
#include "fitstarts.h"

/* Rows that judge the fit: a part of the table, or another one. */
static int hold_out(struct ml_flow *f, struct ml_train_plan *plan, struct ml_error *err)
{
	struct ml_cli *cli = f->cli;
	const struct ml_fit_args *a = cli->args;
	size_t y = ml_table_role(f->t, ML_TARGET), rows = f->t->rows;
	int rc = ML_OK;

	if (a->validation_file) {
		/* The input keeps the pointer, which lives as long as the arguments. */
		rc = ml_input_open(&f->held, (char *const *)&a->validation_file, 1, &cli->input,
				   &cli->run, err);
		if (!rc)
			rc = ml_holdout_read(&plan->held, f->held, f->t, f->p, &cli->run, err);
		plan->held_file = rc ? NULL : ml_input_file(f->held);
		if (!rc)
			ml_note(cli, "%zu rows of %s judge the fit on %zu", plan->held->rows,
				plan->held_file, rows);
	} else if (a->validation > 0) {
		bool classes =
			y != SIZE_MAX && ml_train_task(plan, &f->t->col[y]) == ML_CLASSIFY;

		rc = ml_holdout_take(&plan->held, f->t, a->validation, classes, &cli->run, err);
		if (!rc) {
			ml_put_size(&f->removed, "validation", plan->held->rows);
			ml_note(cli, "%zu of %zu rows are held out and judge the fit",
				plan->held->rows, rows);
		}
	}
	if (!rc && plan->held)
		ml_put_size(&cli->journal.more, "validation_rows", plan->held->rows);
	return rc;
}

/* More rounds, of the rows that have been through `from` steps. */
static int go_on(struct ml_flow *f, size_t from, const struct ml_train_plan *plan,
		 const struct ml_run *run, struct ml_error *err)
{
	int rc = from ? ML_OK : ml_notes_more(f->p, f->t, err);

	return rc ? rc : ml_train_update(f->p, from, f->t, plan, run, err);
}

/* With the rows behind the first ones. */
static int go_on_to_end(struct ml_flow *f, size_t from, const struct ml_train_plan *plan,
			const struct ml_run *run, struct ml_error *err)
{
	struct ml_talk *talk = &f->cli->talk;
	size_t chunks = 1;

	for (talk->in_parts = true;; chunks++) {
		int rc = ml_flow_next(f, f->p, from, err);
		if (rc == ML_END)
			break;
		if (!rc && ml_run_over(run)) {
			ml_warn(f->cli, "W-ITER",
				"stopped after %zu chunks: the rows behind them are not "
				"learned from",
				chunks);
			break;
		}
		if (!rc && ml_train_adds(f->p, f->t))
			rc = go_on(f, from, plan, run, err);
		if (rc)
			return rc;
	}
	if (talk->alike)
		ml_warn(f->cli, "W-ALIKE",
			"%zu more warnings, with other numbers than those above, came with "
			"later "
			"chunks",
			talk->alike);
	ml_put_size(&f->cli->journal.more, "chunks", chunks);
	ml_note(f->cli, "learned from %zu chunks of up to %zu rows", chunks, f->most);
	return ML_OK;
}

/* The fit, or more rounds of an older one; behind it f->p is the pipeline to be written. */
static int train(struct ml_flow *f, const struct ml_train_plan *plan, const struct ml_run *run,
		 struct ml_error *err)
{
	const struct ml_fit_args *a = f->cli->args;
	size_t from = f->p->n;
	int rc;

	if (a->chunk && !plan->model->update)
		return ml_fail(err, ML_EUSAGE, "E-USAGE",
			       "'%s' needs all rows at once, it cannot go on by --chunk",
			       plan->model->name);
	if (!a->update) {
		rc = ml_train(f->p, f->t, plan, run, err);
	} else {
		rc = ml_pipeline_position(&f->saved, f->p, &from, err);
		f->p = &f->saved;
		if (!rc)
			rc = go_on(f, from, plan, run, err);
	}
	if (!rc && a->chunk)
		rc = go_on_to_end(f, from, plan, run, err);
	if (!rc)
		ml_holdout_tell(f->p, run);
	return rc;
}

int ml_fit_table(struct ml_flow *f, struct ml_train_plan *plan, struct ml_error *err)
{
	const struct ml_fit_args *a = f->cli->args;
	struct ml_history h = { 0 };
	struct ml_checkpoint c = { .file = a->checkpoint,
				   .every = a->checkpoint_every,
				   .find_model = ml_model_find };
	struct ml_error late;

	plan->checkpoint = a->checkpoint ? &c : NULL;
	int rc = hold_out(f, plan, err);
	if (!rc)
		rc = ml_fit_starts(f, plan, err);
	if (!rc && a->checkpoint)
		rc = ml_flow_lineage(f, &c.run, err);
	if (!rc && a->history)
		rc = ml_history_open(&h, &f->cli->run, a->history, f->t->rows, err);
	if (!rc && (rc = train(f, plan, a->history ? &h.run : &f->cli->run, err)) && err->row)
		ml_input_blame(f->in, f->t, err);
	if (ml_history_close(&h, &late) && !rc) {
		*err = late;
		rc = late.code;
	}
	ml_checkpoint_release(&c);
	plan->checkpoint = NULL;
	ml_table_free(plan->held);
	ml_table_free(plan->starts);
	plan->held = plan->starts = NULL;
	return rc;
}
