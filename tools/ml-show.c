/* ml-show.c - what is in a model: steps, coefficients, lineage; as text, JSON or CSV.
 *
 *     ml-show churn.mls
 *     ml-show --coef churn.mls | sort -t, -k3g */
#include "cli.h"
#include "core/pipeline.h"
#include "core/show.h"

struct show_args {
	bool json, coef;
};

static const struct ml_opt opts[] = { { .name = "json",
					.type = ML_BOOL,
					.def = "no",
					.offset = ML_FIELD(struct show_args, json, bool),
					.help = "everything in the model, as one JSON object" },
				      { .name = "coef",
					.type = ML_BOOL,
					.def = "no",
					.offset = ML_FIELD(struct show_args, coef, bool),
					.help = "coefficients as CSV (class,feature,coef), in "
						"the units of the columns before scaling" },
				      ML_OPT_END };

static int run(struct ml_cli *cli, struct ml_error *err)
{
	static const char *const standard_input[] = { "-" };
	const struct show_args *a = cli->args;
	const char *const *files = (const char *const *)cli->operands;
	struct ml_pipeline p = { .find_model = ml_model_find, .record = cli->record };
	struct ml_buf out = { 0 };

	if (a->json && a->coef)
		return ml_fail(err, ML_EUSAGE, "E-USAGE", "--json or --coef, not both");
	int rc = ml_pipeline_read(&p, cli->n_operands ? files : standard_input,
				  cli->n_operands ? cli->n_operands : 1, err);
	if (!rc)
		rc = a->json   ? ml_show_json(&p, &out, err)
		     : a->coef ? ml_show_coef(&p, &out, err)
			       : ml_show_text(&p, &out, err);
	if (!rc)
		rc = ml_sink_put(cli->out, out.v, out.n, err);
	ml_buf_release(&out);
	ml_pipeline_release(&p);
	return rc;
}

static const char *const usage[] = { "[--json | --coef] [options] [MODEL...]", NULL };
static const char *const examples[] = { "ml-show churn.mls",
					"ml-show --json churn.mls | jq .steps[].type",
					"ml-show --coef churn.mls", NULL };

static const struct ml_tool tool = {
	.name = "ml-show",
	.summary = "show what is in a model",
	.usage = usage,
	.examples = examples,
	.opts = opts,
	.args_size = sizeof(struct show_args),
	.run = run,
};

int main(int argc, char **argv)
{
	return ml_tool_main(&tool, argc, argv);
}
