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

struct log_args {
	const char *log;
	int to;
	bool csv, json;
};

/* Of all commands; each has a table of those that mean something to it. */
struct command_args {
	const char *tool, *since, *metric;
	bool failed, all;
	struct ml_texts where, metrics;
	int order;
	int64_t most;
};

enum { AUTO, CSV, TSV, TABLE, JSON };
static const char *const forms[] = { "auto", "csv", "tsv", "table", "json", NULL };
static const char *const orders[] = { "better", "highest", "lowest", NULL };

#define AT(field, type) .offset = ML_FIELD(struct log_args, field, type)
static const struct ml_opt opts[] = {
	{ .name = "log",
	  .type = ML_TEXT,
	  .arg = "FILE",
	  AT(log, const char *),
	  .help = "the journal, where no FILE is named; default: ML_LOG, or standard input" },
	{ .name = "to",
	  .type = ML_PICK,
	  .def = "auto",
	  .picks = forms,
	  .arg = "FORMAT",
	  AT(to, int),
	  .help = "form of the output; auto is an aligned table on a terminal, else csv" },
	{ .name = "csv",
	  .type = ML_BOOL,
	  .def = "no",
	  AT(csv, bool),
	  .help = "the same as --to csv" },
	{ .name = "json",
	  .type = ML_BOOL,
	  .def = "no",
	  AT(json, bool),
	  .help = "the same as --to json: an object a line" },
	ML_OPT_END
};

#undef AT
#define AT(field, type) .offset = ML_FIELD(struct command_args, field, type)
#define FILTERS \
	{ .name = "tool", \
	  .type = ML_TEXT, \
	  .arg = "NAME", \
	  AT(tool, const char *), \
	  .help = "runs of this tool alone" }, \
		{ .name = "since", \
		  .type = ML_TEXT, \
		  .arg = "TIME", \
		  AT(since, const char *), \
		  .help = "runs that began at TIME (UTC) or later, as 2026-11-25 or " \
			  "2026-11-25T12:30" }, \
	{ \
		.name = "where", .type = ML_TEXTS, .arg = "TEST", AT(where, struct ml_texts), \
		.help = "runs that pass TEST, as auc>0.8, C<=1 or algorithm=ridge: a metric, " \
			"a " \
			"hyperparameter, an option or a member of the line; operators >= <= " \
			"> < " \
			"== !=" \
	}

static const struct ml_opt ls_opts[] = { FILTERS,
					 { .name = "failed",
					   .type = ML_BOOL,
					   .def = "no",
					   AT(failed, bool),
					   .help = "runs alone whose exit status is not 0" },
					 { .name = "metric",
					   .type = ML_TEXTS,
					   .arg = "NAMES",
					   AT(metrics, struct ml_texts),
					   .help = "a column for each of these metrics" },
					 ML_OPT_END };
static const struct ml_opt best_opts[] = {
	FILTERS,
	{ .name = "metric",
	  .type = ML_TEXT,
	  .arg = "NAME",
	  AT(metric, const char *),
	  .help = "the metric that decides" },
	{ .name = "order",
	  .type = ML_PICK,
	  .def = "better",
	  .picks = orders,
	  .arg = "WHICH",
	  AT(order, int),
	  .help = "which values come first; better: as the metric has it" },
	{ .name = "most",
	  .letter = 'n',
	  .type = ML_INT,
	  .def = "10",
	  .lo = 0,
	  .hi = 1e9,
	  .arg = "N",
	  AT(most, int64_t),
	  .help = "the N best; 0: all" },
	ML_OPT_END
};
static const struct ml_opt diff_opts[] = {
	{ .name = "all",
	  .type = ML_BOOL,
	  .def = "no",
	  AT(all, bool),
	  .help = "times, arguments and names of files as well" },
	ML_OPT_END
};

static int list(const struct ml_runs_plan *plan, const struct command_args *a, char **which,
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

static int best(const struct ml_runs_plan *plan, const struct command_args *a, char **which,
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

static int show(const struct ml_runs_plan *plan, const struct command_args *a, char **which,
		struct ml_error *err)
{
	(void)a;
	return ml_runs_show(plan, which[0], err);
}

static int diff(const struct ml_runs_plan *plan, const struct command_args *a, char **which,
		struct ml_error *err)
{
	return ml_runs_diff(plan, which[0], which[1], a->all, err);
}

static const struct {
	const char *name, *summary;
	const struct ml_opt *opts;
	size_t runs; /* operands that name runs */
	int (*run)(const struct ml_runs_plan *, const struct command_args *, char **,
		   struct ml_error *);
} commands[] = {
	{ "ls", "a row for each run", ls_opts, 0, list },
	{ "show", "all about one run, and the runs it is joined to", NULL, 1, show },
	{ "best", "the best runs by a metric, with the fit behind each", best_opts, 0, best },
	{ "diff", "what differs between two runs, and the fits behind them", diff_opts, 2,
	  diff },
};
enum { COMMANDS = sizeof commands / sizeof *commands };

static enum ml_rows_form form_of(const struct ml_cli *cli, const struct log_args *a)
{
	static const enum ml_rows_form form[] = { [CSV] = ML_ROWS_CSV,
						  [TSV] = ML_ROWS_TSV,
						  [TABLE] = ML_ROWS_TABLE,
						  [JSON] = ML_ROWS_JSON };
	int to = a->json ? JSON : a->csv ? CSV : a->to;

	if (to == AUTO)
		to = ml_sink_is_terminal(cli->out) ? TABLE : CSV;
	return form[to];
}

static int run(struct ml_cli *cli, struct ml_error *err)
{
	const struct log_args *a = cli->args;
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
					 commands[i].opts, sizeof(struct command_args) };
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
	.opts = opts,
	.args_size = sizeof(struct log_args),
	.flags = ML_READS_JOURNAL,
	.family = &family,
	.run = run,
};

int main(int argc, char **argv)
{
	return ml_tool_main(&tool, argc, argv);
}
