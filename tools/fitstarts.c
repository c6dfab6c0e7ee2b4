/* fitstarts.c - rows that a fit begins at, where its hyperparameters name a file of them. */
#include "fitstarts.h"

#include "cli.h"
#include "core/holdout.h"
#include "fitopts.h"

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
