/* ml-log.c - what runs have left in the journal.
 *
 *     ml-log ls --tool ml-eval --where 'auc>0.8'
 *     ml-log best --metric auc runs.jsonl
 *
 * The work is lib/core/runlist, runshow, rundiff. */
#include <string.h>

#include "cli.h"
#include "core/runlist.h"
#include "core/runshow.h"
#include "logopts.h"

static int list(const struct ml_runs_plan *plan, const struct ml_log_command *a, char **which,
		struct ml_error *err)
{
	const struct ml_runfilter_spec spec = { a->tool, a->since, a->failed, a->where };
	struct ml_runfilter filter;

	(void)which;
	int rc = ml_runfilter_init(&filter, &spec, err);
	if (!rc)
		rc = ml_runs_list(plan, &filter, &a->metrics, err);
	ml_runfilter_release(&filter);
	return rc;
}

static int best(const struct ml_runs_plan *plan, const struct ml_log_command *a, char **which,
		struct ml_error *err)
{
	static const enum ml_runs_order order[] = { ML_RUNS_BETTER, ML_RUNS_HIGHEST,
						    ML_RUNS_LOWEST };
	const struct ml_runfilter_spec spec = { a->tool, a->since, false, a->where };
	struct ml_runfilter filter;

	(void)which;
	if (!a->metric)
		return ml_fail(err, ML_EUSAGE, "E-USAGE", "best needs --metric NAME");
	int rc = ml_runfilter_init(&filter, &spec, err);
	if (!rc)
		rc = ml_runs_best(plan, &filter, a->metric, order[a->order], (size_t)a->most,
				  err);
	ml_runfilter_release(&filter);
	return rc;
}

static int show(const struct ml_runs_plan *plan, const struct ml_log_command *a, char **which,
		struct ml_error *err)
{
	(void)a;
	return ml_runs_show(plan, which[0], err);
}

static int diff(const struct ml_runs_plan *plan, const struct ml_log_command *a, char **which,
		struct ml_error *err)
{
	return ml_runs_diff(plan, which[0], which[1], a->all, err);
}

static const struct {
	const char *name, *summary;
	const struct ml_opt *opts;
	size_t runs; /* operands that name runs */
	int (*run)(const struct ml_runs_plan *, const struct ml_log_command *, char **,
		   struct ml_error *);
} commands[] = {
	{ "ls", "a row for each run", ml_log_ls_opts, 0, list },
	{ "show", "all about one run, and the runs it is joined to", NULL, 1, show },
	{ "best", "the best runs by a metric, with the fit behind each", ml_log_best_opts, 0,
	  best },
	{ "diff", "what differs between two runs, and the fits behind them", ml_log_diff_opts,
	  2, diff },
};
enum { COMMANDS = sizeof commands / sizeof *commands };

static enum ml_rows_form form_of(const struct ml_cli *cli, const struct ml_log_args *a)
{
	static const enum ml_rows_form form[] = { [ML_LOG_CSV] = ML_ROWS_CSV,
						  [ML_LOG_TSV] = ML_ROWS_TSV,
						  [ML_LOG_TABLE] = ML_ROWS_TABLE,
						  [ML_LOG_JSON] = ML_ROWS_JSON };
	int to = a->json ? ML_LOG_JSON : a->csv ? ML_LOG_CSV : a->to;

	if (to == ML_LOG_AUTO)
		to = ml_sink_is_terminal(cli->out) ? ML_LOG_TABLE : ML_LOG_CSV;
	return form[to];
}

static int run(struct ml_cli *cli, struct ml_error *err)
{
	const struct ml_log_args *a = cli->args;
	const char *journal = a->log ? a->log : ml_cli_log();
	size_t c = 0;

	if (!cli->n_picked)
		return ml_fail(err, ML_EUSAGE, "E-USAGE",
			       "expected a COMMAND: ls, show, best or diff");
	while (strcmp(commands[c].name, cli->picked[0].name))
		c++;
	size_t skip = commands[c].runs;
	if (cli->n_operands < skip)
		return ml_fail(err, ML_EUSAGE, "E-USAGE", "%s needs %zu run%s: a number of ls",
			       commands[c].name, skip, skip > 1 ? "s" : "");
	const char *one[] = { journal ? journal : "-" };
	bool named = cli->n_operands > skip;
	const struct ml_runs_plan plan = {
		.files = named ? (const char *const *)cli->operands + skip : one,
		.n = named ? cli->n_operands - skip : 1,
		.form = form_of(cli, a),
		.run = &cli->run,
		.out = cli->out,
		.begun = &cli->out_is_csv,
	};
	return commands[c].run(&plan, cli->picked[0].args, cli->operands, err);
}

static bool command(size_t i, struct ml_item *out)
{
	if (i < COMMANDS)
		*out = (struct ml_item){ commands[i].name, commands[i].summary, NULL,
					 commands[i].opts, sizeof(struct ml_log_command) };
	return i < COMMANDS;
}

static const struct ml_family family = {
	.title = "COMMAND", .by_operand = true, .item = command, .commands = true
};
static const char *const usage[] = { "COMMAND [options] [RUN...] [FILE...]", NULL };
static const char *const examples[] = {
	"ml-log ls runs.jsonl",       "ml-log ls --tool ml-eval --where 'auc>0.8' runs.jsonl",
	"ml-log show 2 runs.jsonl",   "ml-log best --metric auc runs.jsonl",
	"ml-log diff 1 2 runs.jsonl", NULL
};

static const struct ml_tool tool = {
	.name = "ml-log",
	.summary = "tell what runs have left in the journal",
	.usage = usage,
	.examples = examples,
	.opts = ml_log_opts,
	.args_size = sizeof(struct ml_log_args),
	.flags = ML_READS_JOURNAL,
	.family = &family,
	.run = run,
};

int main(int argc, char **argv)
{
	return ml_tool_main(&tool, argc, argv);
}
