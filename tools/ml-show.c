/* ml-show.c - what is in a model: steps, coefficients, importances, lineage; as text, JSON or
 * CSV.
 *
 *     ml-show churn.mls
 *     ml-show --coef churn.mls | sort -t, -k3g
 *     ml-show --importance churn.mls */
#include "cli.h"
#include "core/importance.h"
#include "core/pipeline.h"
#include "core/show.h"

enum form { AUTO, CSV, TSV, TABLE, JSON };
static const char *const forms[] = { "auto", "csv", "tsv", "table", "json", NULL };

struct show_args {
	bool json, coef, importance;
	int to;
};

#define AT(field, type) .offset = ML_FIELD(struct show_args, field, type)

static const struct ml_opt opts[] = {
	{ .name = "json",
	  .type = ML_BOOL,
	  .def = "no",
	  AT(json, bool),
	  .help = "everything in the model, or what is asked for, as one JSON object" },
	{ .name = "coef",
	  .type = ML_BOOL,
	  .def = "no",
	  AT(coef, bool),
	  .help = "coefficients as CSV (class,feature,coef), in the units of the columns "
		  "before "
		  "scaling" },
	{ .name = "importance",
	  .type = ML_BOOL,
	  .def = "no",
	  AT(importance, bool),
	  .help = "how much each column of the table matters to the estimator, the most "
		  "first" },
	{ .name = "to",
	  .type = ML_PICK,
	  .def = "auto",
	  .picks = forms,
	  .arg = "FORMAT",
	  AT(to, int),
	  .help = "form of --importance; auto is an aligned table on a terminal, else csv" },
	ML_OPT_END
};

static enum form form_of(const struct ml_cli *cli)
{
	const struct show_args *a = cli->args;

	if (a->json || a->to != AUTO)
		return a->json ? JSON : (enum form)a->to;
	return ml_sink_is_terminal(cli->out) ? TABLE : CSV;
}

static int show_importance(struct ml_cli *cli, const struct ml_pipeline *p,
			   struct ml_error *err)
{
	static const enum ml_findings_form as[] = { ML_FINDINGS_CSV, ML_FINDINGS_CSV,
						    ML_FINDINGS_CSV, ML_FINDINGS_TABLE,
						    ML_FINDINGS_JSON };
	struct ml_findings found = { 0 };
	enum form form = form_of(cli);
	int rc = ml_importance(&found, p, err);

	cli->out_is_csv = !rc && as[form] == ML_FINDINGS_CSV;
	if (!rc)
		rc = ml_findings_write(&found, as[form], form == TSV ? '\t' : ',',
				       "importances", cli->out, err);
	ml_findings_release(&found);
	return rc;
}

static int show(struct ml_cli *cli, const struct ml_pipeline *p, struct ml_error *err)
{
	const struct show_args *a = cli->args;
	struct ml_buf out = { 0 };

	if (a->importance)
		return show_importance(cli, p, err);
	int rc = a->json   ? ml_show_json(p, &out, err)
		 : a->coef ? ml_show_coef(p, &out, err)
			   : ml_show_text(p, &out, err);
	if (!rc)
		rc = ml_sink_put(cli->out, out.v, out.n, err);
	ml_buf_release(&out);
	return rc;
}

static int run(struct ml_cli *cli, struct ml_error *err)
{
	static const char *const standard_input[] = { "-" };
	const struct show_args *a = cli->args;
	const char *const *files = (const char *const *)cli->operands;
	struct ml_pipeline p = { .find_model = ml_model_find, .record = cli->record };

	if (a->coef && (a->json || a->importance))
		return ml_fail(err, ML_EUSAGE, "E-USAGE", "--coef or %s, not both",
			       a->json ? "--json" : "--importance");
	if (a->to != AUTO && !a->importance)
		return ml_fail(err, ML_EUSAGE, "E-USAGE", "--to is for --importance");
	int rc = ml_pipeline_read(&p, cli->n_operands ? files : standard_input,
				  cli->n_operands ? cli->n_operands : 1, err);
	if (!rc)
		rc = show(cli, &p, err);
	ml_pipeline_release(&p);
	return rc;
}

static const char *const usage[] = { "[--json | --coef] [options] [MODEL...]",
				     "--importance [options] [MODEL...]", NULL };
static const char *const examples[] = { "ml-show churn.mls",
					"ml-show --json churn.mls | jq .steps[].type",
					"ml-show --coef churn.mls",
					"ml-show --importance churn.mls", NULL };

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
