/* ml-fit.c - fit an estimator to a table, write the model.
 *
 *     ml-fit logistic --target=species -C 0.1 train.csv >model.mls
 *
 * The tool reads, asks the library to train, and writes; how an estimator is trained is
 * lib/core/train, how it is fitted lib/models.  The options of the algorithms are theirs. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "cli.h"
#include "core/train.h"
#include "flow.h"
#include "models/model.h"

struct fit_args {
	const char *features, *positive, *class_weight, *impute, *scale;
	int task, encode, unknown;
	int64_t max_levels;
	bool list;
};

static const char *const tasks[] = { "auto", "classify", "regress", NULL };
static const enum ml_task task_of[] = { 0, ML_CLASSIFY, ML_REGRESS };
/* The first word leaves it to the estimator. */
static const char *const encodings[] = { "auto", "onehot", "ordinal", "none", NULL };
static const char *const unknowns[] = { "auto", "zeros", "missing", "error", NULL };

#define TEXT(field) .type = ML_TEXT, .offset = ML_FIELD(struct fit_args, field, const char *)
static const struct ml_opt opts[] = {
	{ .name = "features",
	  .letter = 'f',
	  TEXT(features),
	  .arg = "COLUMNS",
	  .help = "columns to learn from; default: all that have no role" },
	{ .name = "task",
	  .type = ML_PICK,
	  .def = "auto",
	  .picks = tasks,
	  .arg = "WHAT",
	  .offset = ML_FIELD(struct fit_args, task, int),
	  .help = "what to predict; auto: classes for a text target, numbers for a numeric "
		  "one" },
	{ .name = "positive",
	  TEXT(positive),
	  .arg = "CLASS",
	  .help = "the positive one of two classes; default: the last" },
	{ .name = "class-weight",
	  TEXT(class_weight),
	  .arg = "LIST",
	  .help = "weights by class, as a=2,b=1; balanced: all classes weigh the same in "
		  "total" },
	{ .name = "impute",
	  TEXT(impute),
	  .arg = "HOW",
	  .help = "fill missing values before the fit, as ml-clean --impute does; default: "
		  "mean, where "
		  "the estimator takes no missing values; none: not" },
	{ .name = "encode",
	  .type = ML_PICK,
	  .def = "auto",
	  .picks = encodings,
	  .arg = "HOW",
	  .offset = ML_FIELD(struct fit_args, encode, int),
	  .help = "turn categories into numbers; auto: onehot, where the estimator takes no "
		  "categories" },
	{ .name = "scale",
	  TEXT(scale),
	  .arg = "HOW",
	  .help = "scale numbers, as ml-feat --scale does; default: standard, where the "
		  "penalty "
		  "depends on scale; none: not" },
	{ .name = "unknown",
	  .type = ML_PICK,
	  .def = "auto",
	  .picks = unknowns,
	  .arg = "WHAT",
	  .offset = ML_FIELD(struct fit_args, unknown, int),
	  .help = "what categories that training had not are when predicting; auto: as the "
		  "encoder "
		  "has it, zeros for onehot" },
	{ .name = "max-levels",
	  .type = ML_INT,
	  .def = "1000",
	  .lo = 1,
	  .hi = 1e6,
	  .arg = "N",
	  .offset = ML_FIELD(struct fit_args, max_levels, int64_t),
	  .help = "refuse a column of more than N categories, and a target of more than N "
		  "classes" },
	{ .name = "list",
	  .type = ML_BOOL,
	  .def = "no",
	  .neutral = true,
	  .offset = ML_FIELD(struct fit_args, list, bool),
	  .help = "list the estimators and what each is for" },
	ML_OPT_END
};

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

static int run(struct ml_cli *cli, struct ml_error *err)
{
	const struct fit_args *a = cli->args;
	struct ml_flow f = { 0 };

	if (a->list)
		return list_models(cli, err);
	if (!cli->n_picked)
		return ml_fail(err, ML_EUSAGE, "E-USAGE",
			       "expected an ALGORITHM (see ml-fit --list)");
	char max_levels[24];
	snprintf(max_levels, sizeof max_levels, "%" PRId64, a->max_levels);
	struct ml_train_plan plan = {
		.model = ml_model_find(cli->picked[0].name),
		.opts = cli->picked[0].args,
		.features = a->features,
		.task = task_of[a->task],
		.positive = a->positive,
		.class_weight = a->class_weight,
		.impute = a->impute,
		.scale = a->scale,
		.encode = a->encode ? encodings[a->encode] : NULL,
		.unknown = a->unknown ? unknowns[a->unknown] : NULL,
		.max_levels = max_levels,
	};

	int rc = ml_flow_open(&f, cli, false, err);
	if (!rc)
		ml_input_values_only(f.in);
	if (!rc)
		rc = ml_flow_load(&f, err);
	if (!rc && (rc = ml_train(f.p, f.t, &plan, &cli->run, err)) && err->row)
		ml_input_blame(f.in, f.t, err);
	if (!rc)
		rc = ml_flow_note(&f, err);
	if (!rc)
		rc = ml_strict(cli, err);
	if (!rc)
		rc = ml_pipeline_write(f.p, 0, NULL, cli->out, err);
	if (!rc) {
		const struct ml_step *s = ml_pipeline_model(f.p);
		const struct ml_outcome *o = &s->outcome;
		char digest[2 * ML_DIGEST + 1];
		ml_digest_hex(s->digest, digest);
		ml_put_text(&cli->journal.more, "estimator", digest);
		ml_put_size(&cli->journal.more, "iterations", o->report.iters);
		ml_put_size(&cli->journal.more, "converged", o->report.converged);
		ml_put_real(&cli->journal.more, "objective", o->report.objective);
		ml_note(cli, "%s: %zu iterations, objective %.8g%s", cli->picked[0].name,
			o->report.iters, o->report.objective,
			o->report.converged ? "" : " (not converged)");
	}
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
	"ALGORITHM -y COLUMN [options] [hyperparameters] [FILE...] >MODEL", "--list", NULL
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
	.opts = opts,
	.args_size = sizeof(struct fit_args),
	.flags = ML_READS_TABLE | ML_WRITES_BINARY | ML_USES_SEED | ML_STOPS_SOFTLY,
	.family = &family,
	.run = run,
};

int main(int argc, char **argv)
{
	return ml_tool_main(&tool, argc, argv);
}
