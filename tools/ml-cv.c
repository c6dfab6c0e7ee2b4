/* ml-cv.c - predict every row by a model that has not seen it.
 *
 *     ml-cv -k 5 -y churn 'ml-fit logistic -C 0.1' train.csv | ml-eval -y churn --by fold
 *
 * The pipeline in quotes is run by the shell once a fold, on the rows of the other folds; what
 * it writes predicts the rows held out.  The table is read once.  The work is
 * lib/core/crossval. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/thread.h"
#include "cli.h"
#include "core/crossval.h"
#include "core/predictions.h"
#include "cvopts.h"
#include "flow.h"
#include "said.h"

/* ---- what is asked ---- */

/* The pipeline is the first operand; the files behind it remain. */
static int take_pipeline(struct ml_cli *cli, const char **pipeline, struct ml_error *err)
{
	if (!cli->n_operands)
		return ml_fail(err, ML_EUSAGE, "E-USAGE", "expected a pipeline in quotes");
	*pipeline = cli->operands[0];
	if (!(*pipeline)[strspn(*pipeline, " \t\n")])
		return ml_fail(err, ML_EUSAGE, "E-USAGE", "the pipeline is empty");
	cli->n_operands--;
	memmove(cli->operands, cli->operands + 1, cli->n_operands * sizeof *cli->operands);
	return ML_OK;
}

/* Jobs at once, and the cores that each has for itself. */
static void share_cores(const struct ml_cli *cli, struct ml_cv_plan *plan)
{
	int cores = cli->asked.threads ? ml_cores() : cli->run.threads;
	double fits = (double)plan->split.folds * (double)plan->repeats *
		      (double)(plan->n_sizes ? plan->n_sizes : 1);

	plan->jobs = cli->run.threads < fits ? cli->run.threads : (int)fits;
	plan->job_threads = cores > plan->jobs ? cores / plan->jobs : 1;
}

/* ---- what is told ---- */

static void tell_said(struct ml_cli *cli, const struct ml_cv *cv)
{
	struct ml_buf told = { 0 };
	char who[32];

	for (size_t i = 0; i < cv->n; i++) {
		snprintf(who, sizeof who, "fold %zu", cv->part[i].fold);
		ml_said(cli, &told, who, cv->part[i].said);
	}
	ml_buf_release(&told);
}

static void tell_fits(struct ml_cli *cli, const struct ml_cv *cv)
{
	double seconds = 0;

	for (size_t i = 0; i < cv->n; i++) {
		const struct ml_cv_part *p = &cv->part[i];
		ml_note(cli,
			"repeat %zu fold %zu: learned from %zu rows, %zu held out, %.3g s, %ld "
			"MiB",
			p->repeat, p->fold, p->trained_on, p->n, p->seconds,
			p->peak_kib / 1024);
		seconds += p->seconds;
	}
	ml_put_size(&cli->journal.more, "fits", cv->n);
	ml_put_real(&cli->journal.more, "fit-seconds", seconds);
}

/* ---- the run ---- */

/* Predictions take the place of the table. */
static int write_out(struct ml_cli *cli, struct ml_flow *f, const struct ml_cv *cv,
		     const struct ml_cv_columns *columns, struct ml_error *err)
{
	const struct ml_cv_args *a = cli->args;
	struct ml_table *out = NULL;

	/* Columns that stay are chosen first, so that the others are not copied. */
	int rc = ml_table_keep(f->t, &a->keep, a->only, err);
	if (!rc)
		rc = ml_cv_table(&out, cv, f->t, columns, &cli->run, err);
	ml_table_free(f->t);
	f->t = out;
	return rc ? rc : ml_flow_write(f, err);
}

static int cross_validate(struct ml_cli *cli, struct ml_flow *f, struct ml_cv_plan *plan,
			  struct ml_error *err)
{
	const struct ml_cv_args *a = cli->args;
	const struct ml_cv_columns columns = { a->prefix, a->proba, plan->n_sizes > 0 };
	struct ml_cv cv = { 0 };

	int rc = ml_flow_load(f, err);
	if (!rc)
		rc = ml_cv_check_columns(f->t, &columns, err);
	if (!rc)
		rc = ml_flow_deal(f, a->stratify, &plan->split, err);
	if (!rc) {
		plan->done = f->p;
		plan->file = ml_input_file(f->in);
		ml_flow_warn_leak(f);
		if (!plan->split.stratify && !plan->split.time)
			ml_note(cli,
				"folds are drawn without regard to classes (see --stratify)");
		rc = ml_cv_run(&cv, f->t, plan, false, &cli->run, err);
	}
	if (!rc) {
		tell_said(cli, &cv);
		tell_fits(cli, &cv);
		rc = write_out(cli, f, &cv, &columns, err);
	}
	ml_cv_release(&cv);
	return rc;
}

static int run(struct ml_cli *cli, struct ml_error *err)
{
	const struct ml_cv_args *a = cli->args;
	struct ml_flow f = { 0 };
	double *sizes = NULL;
	struct ml_cv_plan plan = {
		.predict_cmd = a->predict_cmd,
		.split = { .folds = (size_t)a->folds },
		.repeats = (size_t)a->repeats,
		.csv = a->fold_format == ML_CV_CSV,
		.input = &cli->input,
		.keep_models = a->keep_models,
		.job_seconds = a->max_seconds,
		.tmpdir = getenv("TMPDIR"),
	};

	int rc = take_pipeline(cli, &plan.pipeline, err);
	if (!rc)
		ml_put_text(&cli->journal.more, "pipeline", plan.pipeline);
	if (!rc)
		rc = ml_cv_sizes(a->sizes, &sizes, &plan.n_sizes, err);
	plan.sizes = sizes;
	share_cores(cli, &plan);
	if (!rc)
		rc = ml_flow_open(&f, cli, false, err);
	if (!rc)
		rc = cross_validate(cli, &f, &plan, err);
	ml_flow_release(&f);
	free(sizes);
	return rc;
}

static const char *const usage[] = { "[options] 'PIPELINE' [FILE...]", NULL };
static const char *const examples[] = { "ml-cv -P -y churn --stratify churn 'ml-fit logistic' "
					"train.csv | ml-eval -y churn --by fold",
					"ml-cv -y churn 'ml-clean --impute median,mode -b | "
					"ml-fit logistic -C 0.1' train.csv >oof.csv",
					"ml-cv -y churn --sizes 0.1,0.3,1 'ml-fit logistic' "
					"train.csv | ml-eval -y churn --by size",
					NULL };

static const struct ml_tool tool = {
	.name = "ml-cv",
	.summary = "judge any pipeline on rows it has not seen",
	.usage = usage,
	.examples = examples,
	.opts = ml_cv_opts,
	.args_size = sizeof(struct ml_cv_args),
	.flags = ML_READS_TABLE | ML_WRITES_TABLE | ML_USES_SEED,
	.run = run,
};

int main(int argc, char **argv)
{
	return ml_tool_main(&tool, argc, argv);
}
