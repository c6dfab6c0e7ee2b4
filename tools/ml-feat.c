/* ml-feat.c - make features: scale, encode, combine, choose columns.
 *
 *     ml-feat --onehot @cat --scale standard -b train.csv | ml-fit logistic -y churn
 *
 * Each preparation of lib/prep is an option of its own name; they are fitted and applied in the
 * order given. With --apply alone a CSV streams through saved steps. */
#include "cli.h"
#include "core/stream_steps.h"
#include "flow.h"
#include "prep/prep.h"

/* Saved steps alone, CSV to CSV: batch by batch. */
static int stream(struct ml_cli *cli, struct ml_flow *f, struct ml_error *err)
{
	struct ml_pipeline model = { .record = cli->record };
	struct ml_step_stream s = { 0 };

	int rc = ml_pipeline_read(&model, &cli->apply, 1, err);
	if (!rc)
		rc = ml_step_stream_init(&s, &model, f->in, cli->out, cli->to_delimiter, err);
	cli->out_is_csv = !rc;
	if (!rc)
		rc = ml_step_stream_run(&s, err);
	if (!rc)
		ml_pipeline_warn(&model, &cli->run);
	ml_step_stream_release(&s);
	ml_pipeline_release(&model);
	return rc;
}

static int whole(struct ml_flow *f, struct ml_error *err)
{
	int rc = ml_flow_load(f, err);

	if (!rc)
		rc = ml_flow_apply(f, err);
	if (!rc)
		rc = ml_flow_prepare(f, err);
	return rc ? rc : ml_flow_write(f, err);
}

static int run(struct ml_cli *cli, struct ml_error *err)
{
	struct ml_flow f = { 0 };

	if (!cli->n_picked && !cli->apply)
		return ml_fail(err, ML_EUSAGE, "E-USAGE",
			       "nothing to do: name a preparation, or --apply FILE");
	int rc = ml_flow_open(&f, cli, ml_flow_learns(cli), err);
	bool streams = !rc && cli->apply && !cli->n_picked && !cli->binary && !cli->save &&
		       !ml_input_is_binary(f.in);
	if (!rc)
		rc = streams ? stream(cli, &f, err) : whole(&f, err);
	ml_flow_release(&f);
	return rc;
}

static bool preparation(size_t i, struct ml_item *out)
{
	return ml_offer_prep(ML_PREP_FEAT, i, out);
}

static const struct ml_family family = { .title = "PREPARATION", .item = preparation };

static const char *const usage[] = {
	"--PREPARATION VALUE [...] (-b | --save STEPS | --discard) [options] [FILE...]",
	"--apply STEPS [options] [FILE...]", NULL
};
static const char *const examples[] = {
	("ml-feat -y churn --onehot @cat --scale standard -b train.csv | ml-fit logistic "
	 ">churn.mls"),
	"ml-feat -y churn --scale standard --save scale.mls train.csv >scaled.csv",
	"ml-feat --apply scale.mls test.csv", "ml-feat --drop 'streaming_*' train.csv", NULL
};

static const struct ml_tool tool = {
	.name = "ml-feat",
	.summary = "make features: scale, encode, combine, choose columns",
	.usage = usage,
	.examples = examples,
	.flags = ML_READS_TABLE | ML_WRITES_TABLE | ML_LEARNS_STEPS | ML_USES_SEED,
	.family = &family,
	.run = run,
};

int main(int argc, char **argv)
{
	return ml_tool_main(&tool, argc, argv);
}
