/* evalmodel.c - ml-eval --permutation, --partial: a model asked about changed tables. */
#include "core/whatif.h"
#include "evalmodes.h"

static int check(const struct ml_cli *cli, const struct ml_eval_plan *plan,
		 struct ml_error *err)
{
	const struct eval_args *a = cli->args;

	if (!cli->models.n)
		return ml_fail(err, ML_EUSAGE, "E-USAGE",
			       "--permutation and --partial ask a model: name it with -m FILE");
	if (a->permutation && a->partial.n)
		return ml_fail(err, ML_EUSAGE, "E-USAGE",
			       "--permutation or --partial, not both");
	if (plan->scoring.pred || plan->scoring.prob.n || plan->scoring.score)
		return ml_fail(err, ML_EUSAGE, "E-USAGE",
			       "--pred, --prob and --score are for predictions that are there "
			       "already, and here the model predicts");
	if (a->partial.n && (a->json || a->to == ML_FORM_JSON || a->to == ML_FORM_TABLE))
		return ml_fail(err, ML_EUSAGE, "E-USAGE", "--partial writes csv or tsv");
	return ML_OK;
}

static int permutation(struct ml_cli *cli, struct ml_whatif *w, const struct ml_eval_plan *plan,
		       struct ml_error *err)
{
	const struct eval_args *a = cli->args;
	struct ml_findings found = { 0 };
	int rc = ml_permutation(&found, w, &plan->scoring, &plan->metrics, &plan->opts,
				(size_t)a->repeats, &cli->run, err);

	if (!rc)
		rc = ml_eval_write(cli, &found, "permutation", err);
	ml_findings_release(&found);
	return rc;
}

static int partial(struct ml_cli *cli, struct ml_whatif *w, const struct ml_eval_plan *plan,
		   struct ml_error *err)
{
	const struct eval_args *a = cli->args;
	const struct ml_partial_plan how = { .columns = a->partial,
					     .grid = (size_t)a->grid,
					     .ice = a->ice,
					     .positive = plan->scoring.positive };
	int rc = ml_strict(cli, err);

	cli->out_is_csv = !rc;
	return rc ? rc : ml_partial(w, &how, cli->out, a->to == ML_FORM_TSV ? '\t' : ',', err);
}

int ml_eval_model(struct ml_cli *cli, const struct ml_eval_plan *plan, struct ml_error *err)
{
	const struct eval_args *a = cli->args;
	struct ml_pipeline model = { .find_model = ml_model_find,
				     .record = cli->record,
				     .threads = cli->run.threads };
	struct ml_whatif w = { 0 };
	struct ml_input *in = NULL;

	if (check(cli, plan, err))
		return err->code;
	cli->input.roles_optional = a->partial.n > 0;
	int rc = ml_pipeline_read(&model, cli->models.v, cli->models.n, err);
	if (!rc)
		rc = ml_input_open(&in, cli->operands, cli->n_operands, &cli->input, &cli->run,
				   err);
	if (!rc)
		rc = ml_whatif_init(&w, &model, in, a->permutation, &cli->run, err);
	if (!rc)
		rc = ml_input_finish(in, NULL, err);
	if (!rc)
		rc = a->permutation ? permutation(cli, &w, plan, err)
				    : partial(cli, &w, plan, err);
	ml_whatif_release(&w);
	ml_input_free(in);
	ml_pipeline_release(&model);
	return rc;
}
