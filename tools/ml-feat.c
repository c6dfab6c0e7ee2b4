/* ml-feat.c - make features: scale, encode, combine, reduce, choose columns.
 *
 *     ml-feat --onehot @cat --scale standard -b train.csv | ml-fit logistic -y churn
 *
 * Each preparation of lib/prep is an option of its own name; they are fitted and applied in the
 * order given. With --apply alone a CSV streams through saved steps, with --inverse backwards.
 */
#include <stdlib.h>

#include "base/mem.h"
#include "cli.h"
#include "core/stream_steps.h"
#include "core/undo.h"
#include "flow.h"
#include "prep/prep.h"

struct feat_args {
	const char *inverse;
};

static const struct ml_opt opts[] = {
	{ .name = "inverse",
	  .type = ML_TEXT,
	  .arg = "STEPS",
	  .neutral = true,
	  .offset = ML_FIELD(struct feat_args, inverse, const char *),
	  .help = "undo the steps saved in STEPS, the last first" },
	ML_OPT_END
};

static const char *undone(const struct ml_cli *cli)
{
	return ((const struct feat_args *)cli->args)->inverse;
}

/* Saved steps alone, CSV to CSV: batch by batch. */
static int stream(struct ml_cli *cli, struct ml_flow *f, struct ml_error *err)
{
	const char *inverse = undone(cli);
	struct ml_pipeline model = { .record = cli->record };
	struct ml_step_stream s = { 0 };

	int rc = ml_pipeline_read(&model, inverse ? &inverse : &cli->apply, 1, err);
	if (!rc)
		rc = ml_step_stream_init(&s, &model, inverse, f->in, cli->out,
					 cli->to_delimiter, err);
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

/* Numbers are read as such, whatever they look like here. */
static int ask_kinds(struct ml_flow *f, const struct ml_pipeline *model, struct ml_error *err)
{
	const struct ml_column_set *set = ml_input_columns(f->in);
	enum ml_kind *kind = ml_alloc(set->n, sizeof *kind, err);
	bool *asked = kind ? ml_alloc(set->n, sizeof *asked, err) : NULL;
	int rc = asked ? ml_undo_kinds(model, set, kind, asked, err) : err->code;

	for (size_t j = 0; !rc && j < set->n; j++)
		if (asked[j])
			ml_input_ask(f->in, &j, &kind[j], 1);
	free(asked);
	free(kind);
	return rc;
}

/* A whole table backwards: it has been through no steps afterwards. */
static int undo(struct ml_flow *f, struct ml_error *err)
{
	const char *inverse = undone(f->cli);
	struct ml_pipeline model = { .record = f->cli->record };

	int rc = ml_pipeline_read(&model, &inverse, 1, err);
	if (!rc && !ml_input_is_binary(f->in))
		rc = ask_kinds(f, &model, err);
	if (!rc)
		rc = ml_input_table(f->in, &f->t, err);
	if (!rc)
		rc = ml_pipeline_undo(&model, f->t, err);
	if (rc == ML_EDATA && f->t)
		ml_input_blame(f->in, f->t, err);
	ml_pipeline_release(&model);
	ml_pipeline_release(f->p);
	return rc ? rc : ml_flow_write(f, err);
}

static int check(const struct ml_cli *cli, struct ml_error *err)
{
	if (undone(cli) && (cli->n_picked || cli->apply || cli->save))
		return ml_fail(err, ML_EUSAGE, "E-USAGE",
			       "--inverse goes with no preparation, --apply or --save");
	if (!cli->n_picked && !cli->apply && !undone(cli))
		return ml_fail(err, ML_EUSAGE, "E-USAGE",
			       "nothing to do: name a preparation, or --apply FILE");
	return ML_OK;
}

static int run(struct ml_cli *cli, struct ml_error *err)
{
	struct ml_flow f = { 0 };

	if (check(cli, err))
		return err->code;
	int rc = ml_flow_open(&f, cli, ml_flow_learns(cli), err);
	bool streams = !rc && !cli->n_picked && !cli->binary && !cli->save &&
		       !ml_input_is_binary(f.in);
	if (!rc)
		rc = streams       ? stream(cli, &f, err)
		     : undone(cli) ? undo(&f, err)
				   : whole(&f, err);
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
	"--apply STEPS [options] [FILE...]", "--inverse STEPS [options] [FILE...]", NULL
};
static const char *const examples[] = {
	("ml-feat -y churn --onehot @cat --scale standard -b train.csv | ml-fit logistic "
	 ">churn.mls"),
	"ml-feat -y churn --scale standard --save scale.mls train.csv >scaled.csv",
	"ml-feat --apply scale.mls test.csv",
	("ml-feat -y churn --scale standard --pca 2,total_charges=none --save pca.mls "
	 "train.csv "
	 ">scores.csv"),
	"ml-feat --inverse pca.mls scores.csv",
	"ml-feat --drop 'streaming_*' train.csv",
	NULL
};

static const struct ml_tool tool = {
	.name = "ml-feat",
	.summary = "make features: scale, encode, combine, reduce, choose columns",
	.usage = usage,
	.examples = examples,
	.opts = opts,
	.args_size = sizeof(struct feat_args),
	.flags = ML_READS_TABLE | ML_WRITES_TABLE | ML_LEARNS_STEPS | ML_USES_SEED |
		 ML_STOPS_SOFTLY,
	.family = &family,
	.run = run,
};

int main(int argc, char **argv)
{
	return ml_tool_main(&tool, argc, argv);
}
