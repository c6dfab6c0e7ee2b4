/* ml-eval.c - metrics of predictions, anybody's.
 *
 *     ml-predict -P -m churn.mls test.csv | ml-eval -y churn --gate 'auc>=0.8'
 *
 * Which columns are judged, and by which metrics, is lib/core/evaluate; models against each
 * other lib/core/compare, against their own training rows lib/core/gap, along a curve
 * lib/core/points; what columns are worth to a model lib/core/whatif. The metrics and tests are
 * lib/metrics. */
#include <string.h>

#include "core/evaltext.h"
#include "evalmodes.h"

static struct ml_eval_plan plan_of(const struct ml_cli *cli)
{
	const struct eval_args *a = cli->args;
	struct ml_eval_plan plan = {
		.scoring = { .pred = a->pred,
			     .prob = a->prob,
			     .score = a->score,
			     .prefix = a->prefix,
			     .positive = a->positive,
			     .task = a->task - 1,
			     .features = a->features,
			     .most_pairs = (size_t)a->max_pairs },
		.metrics = a->metric,
		.gates = a->gate,
		.by = a->by,
		.only_named = a->curve != 0,
		.opts = { .beta = a->beta, .bins = (size_t)a->bins },
		.resamples = (size_t)a->bootstrap,
		.confidence = a->confidence > 1 ? a->confidence / 100 : a->confidence,
	};

	_Static_assert(ML_FOR_CLASSES == 0 && ML_FOR_NUMBERS == 1 && ML_FOR_CLUSTERS == 2,
		       "the order of the words in tasks");
	if (cli->n_operands == 1 && strcmp(cli->operands[0], "-"))
		plan.scoring.file = cli->operands[0];
	return plan;
}

static int write_result(struct ml_cli *cli, const struct ml_eval *e, const struct ml_table *t,
			const struct ml_eval_plan *plan, struct ml_error *err)
{
	const struct eval_args *a = cli->args;
	enum ml_eval_form form = ml_eval_form_of(cli);
	char delimiter = form == ML_FORM_TSV ? '\t' : ',';

	if (a->curve && (form == ML_FORM_JSON || a->to == ML_FORM_TABLE))
		return ml_fail(err, ML_EUSAGE, "E-USAGE", "--curve writes csv or tsv");
	cli->out_is_csv = a->curve || form == ML_FORM_CSV || form == ML_FORM_TSV;
	if (a->curve)
		return ml_eval_curve(e, t, plan, &ml_curves[a->curve - 1], cli->out, delimiter,
				     &cli->run, err);
	if (cli->quiet && a->metric.n && form != ML_FORM_JSON && ml_eval_single(e))
		return ml_eval_bare(e, cli->out, err);
	if (form == ML_FORM_JSON)
		return ml_eval_json(e, cli->out, err);
	return form == ML_FORM_TABLE ? ml_eval_table(e, cli->out, err)
				     : ml_eval_csv(e, cli->out, delimiter, err);
}

static int judge(struct ml_cli *cli, struct ml_eval_plan *plan, struct ml_error *err)
{
	const struct eval_args *a = cli->args;
	const char *name[] = { plan->scoring.file ? plan->scoring.file : "stdin", a->champion };
	char *champion = (char *)a->champion;
	struct ml_table *table[] = { NULL, NULL }, *t = NULL;
	struct ml_pairs pairs = { 0 };
	struct ml_eval e = { 0 };
	struct ml_error failed = { 0 };
	int gate = ML_OK;

	int rc = ml_eval_read(cli, cli->operands, cli->n_operands, &table[0], err);
	if (!rc && champion)
		rc = ml_eval_read(cli, &champion, 1, &table[1], err);
	if (!rc && champion) {
		rc = ml_pairs_init(&pairs, table, name, 2, &plan->scoring, &cli->run, err);
		plan->scoring.classes = rc ? NULL : &pairs.scoring[0].labels;
	}
	t = !rc && champion ? pairs.table[0] : table[0];
	if (!rc)
		rc = ml_eval_init(&e, t, plan, &cli->run, err);
	if (!rc)
		rc = ml_eval_champion(&e, champion ? &pairs : NULL, err);
	if (!rc)
		rc = ml_strict(cli, err);
	/* Gates are judged before anything is written, and told behind it. */
	if (!rc)
		gate = ml_eval_gates(&e, t, champion ? &pairs : NULL, plan, &cli->run, &failed);
	if (!rc && gate <= ML_NO)
		rc = write_result(cli, &e, t, plan, err);
	if (!rc)
		ml_eval_note(&e, &cli->journal.more);
	if (!rc && gate) {
		*err = failed;
		rc = gate;
	}
	ml_eval_release(&e);
	ml_pairs_release(&pairs);
	ml_table_free(table[0]);
	ml_table_free(table[1]);
	return rc;
}

static int run(struct ml_cli *cli, struct ml_error *err)
{
	const struct eval_args *a = cli->args;
	struct ml_eval_plan plan = plan_of(cli);
	bool curve = a->learning || a->validation, asks = a->permutation || a->partial.n;
	bool metrics = !a->compare && !a->train && !curve && !asks;

	if ((a->compare && (a->train || curve)) || (a->learning && a->validation) ||
	    (asks && (a->compare || a->train || curve)))
		return ml_fail(
			err, ML_EUSAGE, "E-USAGE",
			"--compare, --train, --learning, --validation, --permutation and "
			"--partial are different questions: ask one at a time (--train may "
			"go with a curve)");
	if (!metrics && (a->gate.n || a->champion || a->by.n || a->curve))
		return ml_fail(
			err, ML_EUSAGE, "E-USAGE",
			"--gate, --champion, --by and --curve do not go with --compare, "
			"--train, --learning, --validation, --permutation and --partial");
	if (a->task - 1 == ML_FOR_CLUSTERS && (!metrics || a->champion || a->curve))
		return ml_fail(
			err, ML_EUSAGE, "E-USAGE",
			"--task cluster: of clusters there are metrics, and gates without "
			"a champion");
	if (a->features && a->task - 1 != ML_FOR_CLUSTERS)
		return ml_fail(err, ML_EUSAGE, "E-USAGE", "--features is for --task cluster");
	if ((cli->models.n && !asks) || (a->ice && !a->partial.n))
		return ml_fail(err, ML_EUSAGE, "E-USAGE", "%s",
			       a->ice ? "--ice is for --partial"
				      : "-m is for --permutation and --partial");
	if (asks)
		return ml_eval_model(cli, &plan, err);
	if (a->test.n && !a->compare)
		return ml_fail(err, ML_EUSAGE, "E-USAGE", "--test is for --compare");
	if (metrics)
		return judge(cli, &plan, err);
	return a->compare ? ml_eval_compare(cli, &plan, err)
			  : ml_eval_diagnose(cli, &plan, err);
}

static const char *const usage[] = { "-y COLUMN [options] [FILE...]",
				     "--task cluster [-y COLUMN] [options] [FILE...]",
				     "--compare -y COLUMN [options] FILE FILE...",
				     "--train FILE -y COLUMN [options] [FILE...]",
				     "--learning COLUMN [-y COLUMN] [options] [FILE...]",
				     "--validation COLUMN [-y COLUMN] [options] [FILE...]",
				     "--permutation -m MODEL -y COLUMN [options] [FILE...]",
				     "--partial COLUMNS -m MODEL [--ice] [options] [FILE...]",
				     NULL };
static const char *const examples[] = {
	"ml-predict -P -m churn.mls test.csv | ml-eval -y churn",
	"ml-eval -y price --pred guess --metric mae,r2 --bootstrap 1000 prices.csv",
	("ml-eval -y churn --prob p --positive yes --by region --gate 'auc>=0.8' "
	 "predictions.csv"),
	"ml-eval -y churn --score s --curve roc predictions.csv",
	"ml-eval --compare -y churn --metric auc,accuracy pred.csv other.csv",
	"ml-eval --permutation -m churn.mls -y churn --metric auc test.csv",
	NULL
};

static const struct ml_tool tool = {
	.name = "ml-eval",
	.summary = "judge predictions: metrics, intervals, comparisons, gates",
	.usage = usage,
	.examples = examples,
	.opts = ml_eval_opts,
	.args_size = sizeof(struct eval_args),
	.flags = ML_READS_TABLE | ML_USES_SEED | ML_USES_MODEL,
	.run = run,
};

int main(int argc, char **argv)
{
	return ml_tool_main(&tool, argc, argv);
}
