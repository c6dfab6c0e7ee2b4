/* logopts.c - one table for all commands of ml-log, one for each. */
#include "logopts.h"

static const char *const forms[] = { "auto", "csv", "tsv", "table", "json", NULL };
static const char *const orders[] = { "better", "highest", "lowest", NULL };

#define AT(field, type) .offset = ML_FIELD(struct ml_log_args, field, type)
const struct ml_opt ml_log_opts[] = {
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
#define AT(field, type) .offset = ML_FIELD(struct ml_log_command, field, type)
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

const struct ml_opt ml_log_ls_opts[] = { FILTERS,
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
const struct ml_opt ml_log_best_opts[] = {
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
const struct ml_opt ml_log_diff_opts[] = {
	{ .name = "all",
	  .type = ML_BOOL,
	  .def = "no",
	  AT(all, bool),
	  .help = "times, arguments and names of files as well" },
	ML_OPT_END
};
