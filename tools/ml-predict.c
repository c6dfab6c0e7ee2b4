/* ml-predict.c - append a model's predictions to a table.
 *
 *     ml-predict -P -m churn.mls test.csv >predicted.csv
 *
 * One row in gives one row out, in order; a CSV streams through in bounded memory and its cells
 * leave as they came.  The work is lib/core/answering. */
#include "cli.h"
#include "core/answering.h"
#include "flow.h"

struct predict_args {
	bool proba, logs, only, explain, std;
	double interval;
	struct ml_texts keep;
	const char *prefix, *reject;
	int on_error;
};

enum { STOP, KEEP };
static const char *const on_error[] = { "stop", "keep", NULL };

static const struct ml_opt opts[] = {
	{ .name = "probability",
	  .letter = 'P',
	  .alias = "proba",
	  .type = ML_BOOL,
	  .def = "no",
	  .offset = ML_FIELD(struct predict_args, proba, bool),
	  .help = "append the probability of each class as prob:CLASS; of each cluster the "
		  "membership as prob:CLUSTER, or the distance as dist:CLUSTER; or how "
		  "strongly a row belongs to its cluster as strength" },
	{ .name = "log-probability",
	  .alias = "log-proba",
	  .type = ML_BOOL,
	  .def = "no",
	  .offset = ML_FIELD(struct predict_args, logs, bool),
	  .help = "append its natural logarithm as logprob:CLASS, however small it is" },
	{ .name = "std",
	  .type = ML_BOOL,
	  .def = "no",
	  .offset = ML_FIELD(struct predict_args, std, bool),
	  .help = "append the standard deviation of a new observation about a predicted number "
		  "as std, where the estimator tells it" },
	{ .name = "interval",
	  .type = ML_REAL,
	  .def = "0",
	  .lo = 0,
	  .hi = 0.999999999,
	  .arg = "SHARE",
	  .offset = ML_FIELD(struct predict_args, interval, double),
	  .help = "append the ends of the interval that holds this share of new observations, "
		  "as low and high (0: none)" },
	{ .name = "explain",
	  .type = ML_BOOL,
	  .def = "no",
	  .offset = ML_FIELD(struct predict_args, explain, bool),
	  .help = "append what each column adds to the prediction as shap:COLUMN, and what "
		  "they "
		  "start from as shap_base" },
	{ .name = "only",
	  .type = ML_BOOL,
	  .def = "no",
	  .offset = ML_FIELD(struct predict_args, only, bool),
	  .help = "write the predictions alone, without the columns of the table" },
	{ .name = "keep",
	  .type = ML_TEXTS,
	  .arg = "COLUMNS",
	  .offset = ML_FIELD(struct predict_args, keep, struct ml_texts),
	  .help = "of the table's columns, write these alone" },
	{ .name = "prefix",
	  .type = ML_TEXT,
	  .def = "",
	  .arg = "NAME",
	  .offset = ML_FIELD(struct predict_args, prefix, const char *),
	  .help = "put NAME before the names of the columns that are appended" },
	{ .name = "on-error",
	  .type = ML_PICK,
	  .def = "stop",
	  .picks = on_error,
	  .arg = "WHAT",
	  .offset = ML_FIELD(struct predict_args, on_error, int),
	  .help = "at a row that cannot be predicted stop, or keep it with an empty prediction "
		  "and "
		  "the reason in pred_error (exit status 65 at the end)" },
	{ .name = "reject",
	  .type = ML_TEXT,
	  .arg = "FILE",
	  .neutral = true,
	  .offset = ML_FIELD(struct predict_args, reject, const char *),
	  .help = "write rows that cannot be predicted to FILE, with their line and the "
		  "reason, "
		  "instead of stopping" },
	ML_OPT_END
};

/* What has come of it, in words. */
static void tell(struct ml_cli *cli, const struct ml_answering *w, struct ml_error *err)
{
	unsigned long long rows = w->scorer.rows, bad = w->bad.count;

	ml_scorer_warn(&w->scorer, &cli->run);
	ml_put_size(&cli->journal.more, "rows", w->scorer.rows);
	ml_note(cli, "%llu rows predicted", rows);
	if (bad && w->reject)
		ml_warn(cli, "W-REJECTED",
			"%llu of %llu rows could not be predicted and are in %s", bad, rows,
			w->reject);
	else if (bad) /* told, but the output is whole */
		cli->verdict = ml_fail(err, ML_EDATA, "E-TYPE",
				       "%llu of %llu rows could not be predicted", bad, rows);
}

static int run(struct ml_cli *cli, struct ml_error *err)
{
	const struct predict_args *a = cli->args;
	struct ml_pipeline model = { .find_model = ml_model_find, .record = cli->record };
	struct ml_input *in = NULL;
	struct ml_answering w = { .proba = a->proba,
				  .logs = a->logs,
				  .std = a->std,
				  .explain = a->explain,
				  .interval = a->interval,
				  .keep = &a->keep,
				  .only = a->only,
				  .prefix = a->prefix,
				  .reject = a->reject,
				  .keep_bad = a->on_error == KEEP,
				  .delimiter = cli->to_delimiter,
				  .decimal = cli->input.kinds.decimal,
				  .prompt = cli->input.csv.prompt };

	if (!cli->models.n)
		return ml_fail(err, ML_EUSAGE, "E-USAGE", "no model: name it with -m FILE");
	if (ml_flow_apart(cli, "--reject", a->reject, err))
		return err->code;
	cli->input.roles_optional = true;
	int rc = ml_pipeline_read(&model, cli->models.v, cli->models.n, err);
	if (!rc)
		rc = ml_answering_begin(&w, &model, cli->run.threads, err);
	if (!rc)
		rc = ml_input_open(&in, cli->operands, cli->n_operands, &cli->input, &cli->run,
				   err);
	if (!rc)
		rc = cli->binary ? ml_answering_whole(&w, in, cli->out, err)
				 : ml_answering_stream(&w, in, cli->out, &cli->out_is_csv, err);
	if (!rc)
		rc = ml_input_finish(in, NULL, err);
	if (!rc)
		tell(cli, &w, err);
	ml_answering_release(&w);
	ml_input_free(in);
	ml_pipeline_release(&model);
	return rc;
}

static const char *const usage[] = { "-m MODEL [options] [FILE...]", NULL };
static const char *const examples[] = {
	"ml-predict -P -m churn.mls test.csv | ml-eval -y churn",
	"ml-predict -m clean.mls -m fit.mls --only new.csv", NULL
};

static const struct ml_tool tool = {
	.name = "ml-predict",
	.summary = "append a model's predictions to a table",
	.usage = usage,
	.examples = examples,
	.opts = opts,
	.args_size = sizeof(struct predict_args),
	.flags = ML_READS_TABLE | ML_WRITES_TABLE | ML_STREAMS_ROWS | ML_USES_MODEL,
	.run = run,
};

int main(int argc, char **argv)
{
	return ml_tool_main(&tool, argc, argv);
}
