/* ml-eval.c - metrics of predictions, anybody's.
 *
 *     ml-predict -P -m churn.mls test.csv | ml-eval -y churn --gate 'auc>=0.8'
 *
 * Which columns are judged, and by which metrics, is lib/core/evaluate; the metrics are
 * lib/metrics. */
#include <math.h>
#include <string.h>

#include "cli.h"
#include "core/evaltext.h"

struct eval_args {
	const char *pred, *score, *prefix, *positive;
	struct ml_texts prob, metric, gate, by;
	int task, curve, to;
	bool json;
	double beta, confidence;
	int64_t bins, bootstrap;
};

enum { AUTO, CSV, TSV, TABLE, JSON };
static const char *const forms[] = { "auto", "csv", "tsv", "table", "json", NULL };
static const char *const tasks[] = { "auto", "classify", "regress", NULL };

#define AT(field, type) .offset = ML_FIELD(struct eval_args, field, type)

static const struct ml_opt opts[] = {
	{ .name = "pred",
	  .type = ML_TEXT,
	  .arg = "COLUMN",
	  AT(pred, const char *),
	  .help = "column of predictions; pred (behind --prefix) where there is one" },
	{ .name = "prob",
	  .type = ML_TEXTS,
	  .arg = "COLUMNS",
	  AT(prob, struct ml_texts),
	  .help = "columns of probabilities, named prob:CLASS or by their class; of two "
		  "classes one is "
		  "enough; by default all that begin with prob:" },
	{ .name = "score",
	  .type = ML_TEXT,
	  .arg = "COLUMN",
	  AT(score, const char *),
	  .help = "column of numbers that rise with the chance of the positive class" },
	{ .name = "prefix",
	  .type = ML_TEXT,
	  .def = "",
	  .arg = "NAME",
	  AT(prefix, const char *),
	  .help = "what ml-predict --prefix put before the names of its columns" },
	{ .name = "positive",
	  .type = ML_TEXT,
	  .arg = "NAME",
	  AT(positive, const char *),
	  .help = "the positive one of two classes; by default the last" },
	{ .name = "task",
	  .type = ML_PICK,
	  .def = "auto",
	  .picks = tasks,
	  .arg = "TASK",
	  AT(task, int),
	  .help = "whether truth and predictions are classes or numbers; auto takes two number "
		  "columns "
		  "without --prob or --score as numbers" },
	{ .name = "metric",
	  .type = ML_TEXTS,
	  .arg = "NAMES",
	  AT(metric, struct ml_texts),
	  .help = "metrics to report, as NAME, NAME-macro, NAME-micro, NAME-weighted or "
		  "NAME:CLASS; "
		  "confusion; all; with -q a single one is printed as a bare number" },
	{ .name = "beta",
	  .type = ML_REAL,
	  .def = "1",
	  .lo = 1e-6,
	  .hi = 1e6,
	  .arg = "B",
	  AT(beta, double),
	  .help = "how much recall counts in fbeta, compared with precision" },
	{ .name = "bins",
	  .type = ML_INT,
	  .def = "15",
	  .lo = 1,
	  .hi = ML_BINS_MAX,
	  .arg = "N",
	  AT(bins, int64_t),
	  .help = "bins of ece and of the calibration curve" },
	{ .name = "by",
	  .type = ML_TEXTS,
	  .arg = "COLUMNS",
	  AT(by, struct ml_texts),
	  .help = "report the rows of each level of these columns as well" },
	{ .name = "bootstrap",
	  .type = ML_INT,
	  .def = "0",
	  .lo = 0,
	  .hi = 1e7,
	  .arg = "N",
	  AT(bootstrap, int64_t),
	  .help = "give intervals from N resamples; rows of one --group are drawn together" },
	{ .name = "confidence",
	  .type = ML_REAL,
	  .def = "0.95",
	  .lo = 0.01,
	  .hi = 0.9999,
	  .arg = "C",
	  AT(confidence, double),
	  .help = "coverage of the intervals" },
	{ .name = "curve",
	  .type = ML_PICK,
	  .def = "none",
	  .picks = ml_curve_names,
	  .arg = "CURVE",
	  AT(curve, int),
	  .help = "print the points of a curve instead of metrics" },
	{ .name = "gate",
	  .type = ML_TEXTS,
	  .arg = "TEST",
	  AT(gate, struct ml_texts),
	  .help = "exit with 1 unless TEST holds, such as f1>=0.8; operators >= <= > < ==" },
	{ .name = "to",
	  .type = ML_PICK,
	  .def = "auto",
	  .picks = forms,
	  .neutral = true,
	  .arg = "FORMAT",
	  AT(to, int),
	  .help = "form of the output; auto is an aligned table on a terminal, else csv" },
	{ .name = "json",
	  .type = ML_BOOL,
	  .def = "no",
	  .neutral = true,
	  AT(json, bool),
	  .help = "the same as --to json" },
	ML_OPT_END
};

static struct ml_eval_plan plan_of(const struct ml_cli *cli)
{
	const struct eval_args *a = cli->args;
	struct ml_eval_plan plan = {
		.scoring = { .pred = a->pred,
			     .prob = a->prob,
			     .score = a->score,
			     .prefix = a->prefix,
			     .positive = a->positive,
			     .task = a->task - 1 },
		.metrics = a->metric,
		.gates = a->gate,
		.by = a->by,
		.only_named = a->curve != 0,
		.opts = { .beta = a->beta, .bins = (size_t)a->bins },
		.resamples = (size_t)a->bootstrap,
		.confidence = a->confidence,
	};

	_Static_assert(ML_FOR_CLASSES == 0 && ML_FOR_NUMBERS == 1,
		       "the order of the words in tasks");
	if (cli->n_operands == 1 && strcmp(cli->operands[0], "-"))
		plan.scoring.file = cli->operands[0];
	return plan;
}

static int write_result(struct ml_cli *cli, const struct ml_eval *e, const struct ml_table *t,
			const struct ml_eval_plan *plan, struct ml_error *err)
{
	const struct eval_args *a = cli->args;
	int form = a->json ? JSON : a->to;
	char delimiter = form == TSV ? '\t' : ',';

	if (a->curve && (form == JSON || form == TABLE))
		return ml_fail(err, ML_EUSAGE, "E-USAGE", "--curve writes csv or tsv");
	if (form == AUTO)
		form = ml_sink_is_terminal(cli->out) ? TABLE : CSV;
	cli->out_is_csv = a->curve || form == CSV || form == TSV;
	if (a->curve)
		return ml_eval_curve(e, t, plan, &ml_curves[a->curve - 1], cli->out, delimiter,
				     &cli->run, err);
	if (cli->quiet && a->metric.n && form != JSON && ml_eval_single(e))
		return ml_eval_bare(e, cli->out, err);
	if (form == JSON)
		return ml_eval_json(e, cli->out, err);
	return form == TABLE ? ml_eval_table(e, cli->out, err)
			     : ml_eval_csv(e, cli->out, delimiter, err);
}

/* Figures over all rows, for the journal. */
static void note_metrics(struct ml_cli *cli, const struct ml_eval *e)
{
	struct ml_fields *map = ml_put_map(&cli->journal.more, "metrics");

	ml_put_size(&cli->journal.more, "rows", e->scoring.rows.n);
	for (size_t i = 0; map && i < e->measures.n; i++) {
		const struct ml_measure *m = &e->measures.item[i].measure;
		char name[ML_MEASURE_NAME];
		if (m->average == ML_AVG_CLASS || isnan(e->slice[0].figure[i].value))
			continue;
		ml_measure_name(m, name);
		ml_put_real(map, name, e->slice[0].figure[i].value);
	}
}

static int run(struct ml_cli *cli, struct ml_error *err)
{
	struct ml_eval_plan plan = plan_of(cli);
	struct ml_input *in = NULL;
	struct ml_table *t = NULL;
	struct ml_eval e = { 0 };

	int rc =
		ml_input_open(&in, cli->operands, cli->n_operands, &cli->input, &cli->run, err);
	if (!rc)
		rc = ml_input_table(in, &t, err);
	if (!rc)
		rc = ml_input_finish(in, NULL, err);
	if (!rc)
		rc = ml_eval_init(&e, t, &plan, &cli->run, err);
	if (!rc)
		rc = ml_strict(cli, err);
	if (!rc)
		rc = write_result(cli, &e, t, &plan, err);
	if (!rc) {
		note_metrics(cli, &e);
		rc = ml_eval_gates(&e, err);
	}
	ml_eval_release(&e);
	ml_table_free(t);
	ml_input_free(in);
	return rc;
}

static const char *const usage[] = { "-y COLUMN [options] [FILE...]", NULL };
static const char *const examples[] = {
	"ml-predict -P -m churn.mls test.csv | ml-eval -y churn",
	"ml-eval -y price --pred guess --metric mae,r2 --bootstrap 1000 prices.csv",
	("ml-eval -y churn --prob p --positive yes --by region --gate 'auc>=0.8' "
	 "predictions.csv"),
	"ml-eval -y churn --score s --curve roc predictions.csv", NULL
};

static const struct ml_tool tool = {
	.name = "ml-eval",
	.summary = "judge predictions: metrics, intervals, curves, gates",
	.usage = usage,
	.examples = examples,
	.opts = opts,
	.args_size = sizeof(struct eval_args),
	.flags = ML_READS_TABLE | ML_USES_SEED,
	.run = run,
};

int main(int argc, char **argv)
{
	return ml_tool_main(&tool, argc, argv);
}
