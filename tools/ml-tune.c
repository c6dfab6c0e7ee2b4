/* ml-tune.c - search for the best setting of any pipeline.
 *
 *     ml-tune random --trials 50 -p C=log:1e-3:1e3 -y churn --metric auc train.csv -- \
 *         ml-fit logistic -C {C}
 *
 * The first operand is a method of search (lib/search), or what is done with the journal of
 * one. What trials are, and how they run, is lib/core (study, book, proposing, tuning). */
#include "cli.h"
#include "search/search.h"
#include "tune.h"

static const char *const formats[] = { "binary", "csv", NULL };
static const char *const rules[] = { "best", "one-se", NULL };

#define AT(field, type) .offset = ML_FIELD(struct ml_tune_args, field, type)
#define TEXT(field) .type = ML_TEXT, AT(field, const char *)
#define BOOL(field) .type = ML_BOOL, .def = "no", AT(field, bool)

/* Neutral: what does not change what a trial is worth. */
/* clang-format off */
static const struct ml_opt opts[] = {
	{ .name = "param", .letter = 'p', .type = ML_TEXTS, .arg = "NAME=RANGE", .neutral = true,
	  AT(param, struct ml_texts),
	  .help = "a parameter to search: LO:HI, log:LO:HI, or A,B,C; ' if NAME=A' behind it" },
	{ .name = "space", .type = ML_TEXTS, .arg = "ALGORITHM", .neutral = true,
	  AT(space, struct ml_texts),
	  .help = "search the hyperparameters of this estimator, in the ranges it gives itself" },
	{ .name = "trials", .type = ML_INT, .def = "0", .lo = 0, .hi = 1e6, .arg = "N",
	  .neutral = true, AT(trials, int64_t),
	  .help = "how many trials; 0: as many as the method has, or had when its journal began" },
	{ .name = "journal", TEXT(journal), .arg = "FILE", .neutral = true,
	  .help = "keep the trials in FILE: the same command again goes on where it was" },
	{ .name = "lag", .type = ML_INT, .def = "8", .lo = 1, .hi = 1e6, .arg = "N",
	  AT(lag, int64_t),
	  .help = "a trial learns from those up to N before it, so N can run at once" },
	{ .name = "print", BOOL(print), .neutral = true,
	  .help = "run nothing, print the words of each trial: --set NAME=VALUE, or the command" },
	{ .name = "null", .letter = '0', BOOL(null), .neutral = true,
	  .help = "end what is printed by a NUL, for xargs -0" },
	{ .name = "create", BOOL(create), .neutral = true,
	  .help = "run nothing, begin the journal for ml-tune ask" },
	{ .name = "again", BOOL(again), .neutral = true,
	  .help = "also take trials that were handed out and never told" },
	{ .name = "folds", .letter = 'k', .alias = "cv", .type = ML_INT, .def = "0", .lo = 0,
	  .hi = 1e6, .arg = "K", AT(folds, int64_t),
	  .help = "judge trials on K folds of a table; 0: 5 when a target or a metric is named, "
	          "else the command prints a number" },
	{ .name = "metric", TEXT(metric), .arg = "NAME",
	  .help = "metric of ml-eval to judge by; log-loss or rmse unless named" },
	{ .name = "positive", TEXT(positive), .arg = "NAME",
	  .help = "the positive one of two classes; by default the last" },
	{ .name = "stratify", TEXT(stratify), .arg = "COLUMN",
	  .help = "keep the shares of this column's classes (or quantiles) alike in all folds" },
	{ .name = "repeats", .type = ML_INT, .def = "1", .lo = 1, .hi = 1e4, .arg = "R",
	  AT(repeats, int64_t), .help = "judge each trial on R times K folds" },
	{ .name = "fold-format", .type = ML_PICK, .def = "binary", .picks = formats,
	  .arg = "FORMAT", AT(fold_format, int),
	  .help = "how parts are passed to commands: as binary tables, or as CSV" },
	{ .name = "predict-cmd", TEXT(predict_cmd), .arg = "COMMAND",
	  .help = "predict by this command, as in ml-cv; placeholders are replaced in it, too" },
	{ .name = "prune", BOOL(prune),
	  .help = "stop a trial that after some folds is worse than the median of those before" },
	{ .name = "maximize", BOOL(maximize), .help = "the number printed is better when high" },
	{ .name = "minimize", BOOL(minimize),
	  .help = "the number printed is better when low, as by default" },
	{ .name = "resource", .type = ML_REAL, .def = "0", .lo = 0, .hi = 1e15, .arg = "MAX",
	  AT(resource, double),
	  .help = "{budget} is a whole number up to MAX; 0: a share in (0, 1]" },
	{ .name = "rule", .type = ML_PICK, .def = "best", .picks = rules, .arg = "RULE",
	  .neutral = true, AT(rule, int),
	  .help = "which trial is the best; one-se: the one with the smallest model within a "
	          "standard error of it" },
	{ .name = "refit", BOOL(refit), .neutral = true,
	  .help = "write the model of the best setting, fitted to all rows" },
	ML_OPT_END
};
/* clang-format on */

/* Methods, then what is done with journals. */
static bool command(size_t i, struct ml_item *out)
{
	size_t n = 0;

	while (ml_searches[n])
		n++;
	if (i < n) {
		const struct ml_search *s = ml_searches[i];
		*out = (struct ml_item){ s->name, s->summary, NULL, s->opts, s->opts_size };
		return true;
	}
	*out = ml_tune_verbs[i - n].item;
	return out->name;
}

static int run(struct ml_cli *cli, struct ml_error *err)
{
	const struct ml_tune_args *a = cli->args;

	if (!cli->n_picked)
		return ml_fail(err, ML_EUSAGE, "E-USAGE", "expected a COMMAND (see --help)");
	for (const struct ml_tune_verb *v = ml_tune_verbs; v->item.name; v++) {
		if (v->item.opts != cli->picked[0].opts || v->item.name != cli->picked[0].name)
			continue;
		if (a->param.n || a->space.n)
			return ml_fail(err, ML_EUSAGE, "E-USAGE",
				       "%s takes the space from the journal: no -p, no --space",
				       v->item.name);
		return v->run(cli, a, err);
	}
	return ml_tune_search(cli, err);
}

static const struct ml_family family = {
	.title = "COMMAND", .by_operand = true, .item = command, .commands = true
};

static const char *const usage[] = { "COMMAND -p NAME=RANGE [options] [FILE...] -- PIPELINE",
				     "COMMAND --journal FILE [options]", NULL };
static const char *const examples[] = {
	"ml-tune grid -p C=log:0.01:100:5 -y churn --metric auc train.csv -- "
	"ml-fit logistic -C {C}",
	"ml-tune random --space logistic --trials 20 -y churn --journal j --refit -o best.mls "
	"train.csv -- 'ml-clean --impute median,mode -b | ml-fit logistic {set}'",
	"ml-tune grid -p alpha=0.1,1,10 --print", "ml-tune best --journal j --print", NULL
};

static const struct ml_tool tool = {
	.name = "ml-tune",
	.summary = "search for the best setting of any pipeline",
	.usage = usage,
	.examples = examples,
	.opts = opts,
	.args_size = sizeof(struct ml_tune_args),
	.flags = ML_READS_TABLE | ML_WRITES_TABLE | ML_USES_SEED | ML_STOPS_SOFTLY,
	.family = &family,
	.run = run,
};

int main(int argc, char **argv)
{
	return ml_tool_main(&tool, argc, argv);
}
