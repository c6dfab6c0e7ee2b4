/* ml-fit.c - fit an estimator to a table, write the model.
 *
 *     ml-fit logistic --target=species -C 0.1 train.csv >model.mls
 *
 * The tool reads, asks the library to train, and writes; how an estimator is trained is
 * lib/core/train, how it is fitted lib/models.  The options of the algorithms are theirs. */
#include <stdio.h>
#include <string.h>

#include "cli.h"
#include "core/train.h"
#include "fitopts.h"
#include "fitting.h"
#include "flow.h"
#include "models/model.h"

static int list_models(struct ml_cli *cli, struct ml_error *err)
{
	struct ml_buf line = { 0 };

	for (const struct ml_model *const *m = ml_models; *m; m++)
		ml_buf_printf(&line, "%-12s %s\n", (*m)->name, (*m)->summary);
	int rc = ml_buf_check(&line, err);
	if (!rc)
		rc = ml_sink_put(cli->out, line.v, line.n, err);
	ml_buf_release(&line);
	return rc;
}

static void tell(struct ml_cli *cli, const struct ml_step *s)
{
	const struct ml_report *r = &s->outcome.report;
	struct ml_fields *more = &cli->journal.more;
	char digest[2 * ML_DIGEST + 1], judged[64] = "";

	ml_digest_hex(s->digest, digest);
	ml_put_text(more, "estimator", digest);
	ml_put_size(more, "iterations", r->iters);
	ml_put_size(more, "converged", r->converged);
	ml_put_real(more, "objective", r->objective);
	if (r->judged) {
		ml_put_real(more, "validation", r->valid);
		snprintf(judged, sizeof judged, ", validation %.8g", r->valid);
	}
	ml_note(cli, "%s: %zu iterations, objective %.8g%s%s", cli->picked[0].name, r->iters,
		r->objective, judged, r->converged ? "" : " (not converged)");
}

/* Reads the table; with --update as the steps of that model need it. */
static int load(struct ml_flow *f, char digest[2 * ML_DIGEST + 1], struct ml_error *err)
{
	const struct ml_fit_args *a = f->cli->args;

	f->cli->apply = a->update;
	int rc = ml_flow_open(f, f->cli, false, err);
	f->saved.find_model = ml_model_find;
	if (a->chunk)
		f->most = (size_t)a->chunk;
	if (!rc && !a->oob) /* ids are written as they were read */
		ml_input_values_only(f->in);
	if (!rc)
		rc = ml_flow_load(f, err);
	if (!rc && ml_pipeline_model(&f->saved)) {
		ml_digest_hex(ml_pipeline_model(&f->saved)->digest, digest);
		f->updated = digest;
	}
	return rc;
}

static int run(struct ml_cli *cli, struct ml_error *err)
{
	const struct ml_fit_args *a = cli->args;
	struct ml_flow f = { .cli = cli };
	char max_levels[24], digest[2 * ML_DIGEST + 1];

	if (a->list)
		return list_models(cli, err);
	if (!cli->n_picked)
		return ml_fail(err, ML_EUSAGE, "E-USAGE",
			       "expected an ALGORITHM (see ml-fit --list)");
	struct ml_train_plan plan = ml_fit_plan(a, max_levels);
	plan.model = ml_model_find(cli->picked[0].name);
	plan.opts = cli->picked[0].args;
	int rc = ml_fit_check(a, err);
	if (!rc)
		rc = ml_flow_apart(cli, "--history", a->history, err);
	if (!rc)
		rc = ml_flow_apart(cli, "--checkpoint", a->checkpoint, err);
	if (!rc)
		rc = ml_flow_apart(cli, "--oob", a->oob, err);
	if (!rc)
		rc = load(&f, digest, err);
	if (!rc)
		rc = ml_fit_table(&f, &plan, err);
	if (!rc)
		rc = ml_flow_note(&f, err);
	if (!rc)
		rc = ml_strict(cli, err);
	if (!rc)
		rc = ml_pipeline_write(f.p, 0, NULL, cli->out, err);
	if (!rc)
		tell(cli, ml_pipeline_model(f.p));
	ml_flow_release(&f);
	return rc;
}

static bool algorithm(size_t i, struct ml_item *out)
{
	const struct ml_model *m = ml_models[i];

	if (m)
		*out = (struct ml_item){ m->name, m->summary, NULL, m->opts, m->opts_size };
	return m;
}

static const struct ml_family family = { .title = "ALGORITHM",
					 .by_operand = true,
					 .item = algorithm };

static const char *const usage[] = {
	"ALGORITHM [-y COLUMN] [options] [hyperparameters] [FILE...] >MODEL", "--list", NULL
};
static const char *const examples[] = {
	"ml-fit logistic -y churn train.csv >churn.mls",
	"ml-clean -y churn --impute median,mode -b train.csv | ml-fit logistic -C 0.1 "
	">churn.mls",
	"ml-fit ridge -y monthly_charges --alpha 10 --ignore churn -o charges.mls train.csv",
	NULL
};

static const struct ml_tool tool = {
	.name = "ml-fit",
	.summary = "fit an estimator to a table",
	.usage = usage,
	.examples = examples,
	.opts = ml_fit_opts,
	.args_size = sizeof(struct ml_fit_args),
	.flags = ML_READS_TABLE | ML_WRITES_BINARY | ML_USES_SEED | ML_STOPS_SOFTLY,
	.family = &family,
	.run = run,
};

int main(int argc, char **argv)
{
	return ml_tool_main(&tool, argc, argv);
}
