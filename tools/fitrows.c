/* fitrows.c - rows that judge a fit, rows that it begins at. */
#include "fitrows.h"

#include "cli.h"
#include "core/holdout.h"

/* Rows that judge the fit: a part of the table, or another one. */
int ml_fit_hold_out(struct ml_flow *f, struct ml_train_plan *plan, struct ml_error *err)
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

int ml_fit_starts(struct ml_flow *f, struct ml_train_plan *plan, struct ml_error *err)
{
	struct ml_cli *cli = f->cli;
	const struct ml_fit_args *a = cli->args;
	const char **name =
		plan->model->starts ? plan->model->starts(cli->picked[0].args) : NULL;
	struct ml_input_opts opts = cli->input;
	struct ml_input *in = NULL;

	if (!name)
		return ML_OK;
	if (a->update)
		return ml_fail(err, ML_EUSAGE, "E-USAGE",
			       "--update goes on from its model, not from a file");
	plan->starts_file = *name;
	/* Columns are what they are in the table. */
	opts.roles = (struct ml_roles){ 0 };
	opts.num = opts.cat = opts.text = (struct ml_texts){ 0 };
	int rc =
		ml_input_open(&in, (char *const *)&plan->starts_file, 1, &opts, &cli->run, err);
	if (!rc)
		rc = ml_starts_read(&plan->starts, in, f->t, f->p, &cli->run, err);
	if (!rc)
		rc = ml_input_finish(in, ml_put_map(&f->removed, "starts"), err);
	ml_input_free(in);
	*name = "file";
	return rc;
}
