/* cli_shared.c - the options that tools share: the same name means the same everywhere.
 *
 * They fill struct ml_cli itself; cli_limits.c then makes of them what a run needs. */
#include <math.h>

#include "cli_frame.h"

/* Not flags of a tool, but derived from them. */
enum { ALL = 1 << 16, OUTPUT = 1 << 17, FAMILY = 1 << 18, LOGGED = 1 << 19 };

static const char *const formats[] = { "csv", "tsv", NULL }; /* enum ml_text_format */
const char *const ml_cli_shells[] = { "bash", "fish", "zsh", NULL };

#define AT(field, type) .offset = ML_FIELD(struct ml_cli, field, type)

/* Neutral, and so not in the lineage: what does not change the result, and all paths; --set
 * is told by what it sets. */
/* clang-format off */
static const struct ml_opt input[] = {
	{ .name = "delimiter", .letter = 'd', .type = ML_CHAR, .arg = "CHAR",
	  AT(asked.delimiter, char),
	  .help = "character between fields, or the word tab; a comma unless --from says "
	          "otherwise" },
	{ .name = "from", .type = ML_PICK, .def = "csv", .picks = formats, .arg = "FORMAT",
	  AT(asked.from, int),
	  .help = "text format of the input; gzip and binary tables are seen by their first "
	          "bytes" },
	{ .name = "header", .type = ML_BOOL, .def = "yes", AT(asked.header, bool),
	  .help = "the first row is data, and the columns are named c1, c2 and so on" },
	{ .name = "na", .type = ML_TEXT, .def = ML_NA_DEFAULT, .arg = "LIST",
	  AT(input.kinds.na, const char *),
	  .help = "what stands for a missing value beside the empty field, separated by commas" },
	{ .name = "decimal", .type = ML_CHAR, .def = ".", .arg = "CHAR",
	  AT(input.kinds.decimal, char), .help = "decimal point of numbers" },
	{ .name = "thousands", .type = ML_CHAR, .arg = "CHAR",
	  AT(input.kinds.thousands, char),
	  .help = "character between groups of three digits" },
	{ .name = "num", .type = ML_TEXTS, .arg = "COLUMNS", AT(input.num, struct ml_texts),
	  .help = "columns to read as numbers" },
	{ .name = "cat", .type = ML_TEXTS, .arg = "COLUMNS", AT(input.cat, struct ml_texts),
	  .help = "columns to read as categories" },
	{ .name = "text", .type = ML_TEXTS, .arg = "COLUMNS",
	  AT(input.text, struct ml_texts), .help = "columns to keep as text" },
	{ .name = "max-field", .type = ML_SIZE, .def = "1M", .lo = 1, .hi = 0x1p40,
	  .neutral = true, .arg = "SIZE", AT(input.csv.max_field, size_t),
	  .help = "longest field allowed" },
	{ .name = "max-name", .type = ML_SIZE, .def = "64K", .lo = 1, .hi = 0x1p40,
	  .neutral = true, .arg = "SIZE", AT(input.csv.max_name, size_t),
	  .help = "longest column name allowed" },
	ML_OPT_END
};

static const struct ml_opt roles[] = {
	{ .name = "target", .letter = 'y', .type = ML_TEXT, .arg = "COLUMN",
	  AT(input.roles.target, const char *), .help = "column to predict" },
	{ .name = "weight", .type = ML_TEXT, .arg = "COLUMN",
	  AT(input.roles.weight, const char *),
	  .help = "column that says how much each row counts" },
	{ .name = "group", .type = ML_TEXT, .arg = "COLUMN",
	  AT(input.roles.group, const char *),
	  .help = "column whose equal values mark rows that belong together" },
	{ .name = "id", .type = ML_TEXTS, .arg = "COLUMNS",
	  AT(input.roles.id, struct ml_texts), .help = "columns that only name the rows" },
	{ .name = "time", .type = ML_TEXT, .arg = "COLUMN",
	  AT(input.roles.time, const char *), .help = "column that orders the rows in time" },
	{ .name = "ignore", .type = ML_TEXTS, .arg = "COLUMNS",
	  AT(input.roles.ignore, struct ml_texts),
	  .help = "columns to pass through and not use" },
	ML_OPT_END
};

static const struct ml_opt output[] = {
	{ .name = "output", .letter = 'o', .type = ML_TEXT, .arg = "FILE", .neutral = true,
	  AT(asked.output, const char *),
	  .help = "write to FILE, which is replaced as a whole or not at all" },
	ML_OPT_END
};

static const struct ml_opt table[] = {
	{ .name = "binary", .letter = 'b', .type = ML_BOOL, .def = "no", .neutral = true,
	  AT(binary, bool),
	  .help = "write a binary table, which carries steps, roles and kinds along" },
	{ .name = "to", .type = ML_PICK, .def = "csv", .picks = formats, .arg = "FORMAT",
	  .neutral = true, AT(asked.to, int), .help = "text format of the output" },
	ML_OPT_END
};

static const struct ml_opt streaming[] = {
	{ .name = "line-buffered", .type = ML_BOOL, .def = "no", .neutral = true,
	  AT(input.csv.prompt, bool),
	  .help = "write each row as soon as it was read, for a program that waits for it" },
	ML_OPT_END
};

static const struct ml_opt steps[] = {
	{ .name = "save", .type = ML_TEXT, .arg = "FILE", .neutral = true,
	  AT(save, const char *), .help = "save the steps learned in FILE" },
	{ .name = "apply", .type = ML_TEXT, .arg = "FILE", .neutral = true,
	  AT(apply, const char *),
	  .help = "apply the steps saved in FILE instead of learning them" },
	{ .name = "discard", .type = ML_BOOL, .def = "no", .neutral = true,
	  AT(discard, bool), .help = "let the steps learned be lost" },
	ML_OPT_END
};

static const struct ml_opt privacy[] = {
	{ .name = "private", .type = ML_BOOL, .def = "no", AT(private_data, bool),
	  .help = "leave profile, golden rows and row sketch of the training data out" },
	ML_OPT_END
};

static const struct ml_opt models[] = {
	{ .name = "model", .letter = 'm', .type = ML_TEXTS, .arg = "FILE", .neutral = true,
	  AT(models, struct ml_texts),
	  .help = "model to use; several are taken as one, in order" },
	ML_OPT_END
};

static const struct ml_opt setting[] = {
	{ .name = "set", .type = ML_TEXTS, .arg = "NAME=VALUE", .neutral = true,
	  AT(asked.set, struct ml_texts),
	  .help = "set a hyperparameter by its name" },
	ML_OPT_END
};

static const struct ml_opt seed[] = {
	{ .name = "seed", .type = ML_INT, .def = "0", .lo = 0, .hi = 0x1p53, .arg = "N",
	  AT(asked.seed, int64_t), .help = "number that random choices are drawn from" },
	ML_OPT_END
};

static const struct ml_opt budget[] = {
	{ .name = "max-seconds", .type = ML_REAL, .lo = 0.001, .hi = 1e9, .arg = "S",
	  AT(asked.max_seconds, double),
	  .help = "end iterations after S seconds and write what there is by then" },
	ML_OPT_END
};

static const struct ml_opt run[] = {
	{ .name = "threads", .letter = 'j', .type = ML_INT, .lo = 1, .hi = 1024, .arg = "N",
	  .neutral = true, AT(asked.threads, int64_t),
	  .help = "threads to use; default: ML_THREADS, or the cores this process may use" },
	{ .name = "max-memory", .type = ML_SIZE, .lo = 0x1p20, .hi = INFINITY, .arg = "SIZE",
	  .neutral = true, AT(asked.max_memory, size_t),
	  .help = "fail rather than use more memory" },
	{ .name = "strict", .type = ML_BOOL, .def = "no", .neutral = true, AT(strict, bool),
	  .help = "take warnings for errors" },
	{ .name = "verbose", .letter = 'v', .type = ML_BOOL, .def = "no", .neutral = true,
	  AT(verbose, bool), .help = "tell what was done" },
	{ .name = "quiet", .letter = 'q', .type = ML_BOOL, .def = "no", .neutral = true,
	  AT(quiet, bool), .help = "give no warnings" },
	ML_OPT_END
};

static const struct ml_opt logged[] = {
	{ .name = "log", .type = ML_TEXT, .arg = "FILE", .neutral = true,
	  AT(asked.log, const char *),
	  .help = "append a line about this run to FILE, as JSON; default: ML_LOG" },
	ML_OPT_END
};

static const struct ml_opt help[] = {
	{ .name = "help", .letter = 'h', .type = ML_BOOL, .def = "no", .neutral = true,
	  AT(asked.help, bool), .help = "print this help" },
	{ .name = "version", .type = ML_BOOL, .def = "no", .neutral = true,
	  AT(asked.version, bool), .help = "print the version" },
	{ .name = "describe", .type = ML_BOOL, .def = "no", .neutral = true,
	  AT(asked.describe, bool), .help = "print all options as JSON" },
	{ .name = "mdoc", .type = ML_BOOL, .def = "no", .neutral = true,
	  AT(asked.mdoc, bool),
	  .help = "print the OPTIONS section of the manual page" },
	{ .name = "completion", .type = ML_PICK, .picks = ml_cli_shells, .arg = "SHELL",
	  .neutral = true, AT(asked.completion, int), .help = "print a completion script" },
	ML_OPT_END
};

/* clang-format on */
const struct ml_cli_group ml_cli_groups[] = {
	{ "Hyperparameters", FAMILY, setting, ml_cli_set },
	{ "Input", ML_READS_TABLE, input, NULL },
	{ "Roles of columns", ML_READS_TABLE, roles, NULL },
	{ "Models and steps", ML_USES_MODEL, models, NULL },
	{ "Models and steps", ML_LEARNS_STEPS, steps, NULL },
	{ "Models and steps", ML_LEARNS_STEPS | ML_WRITES_BINARY, privacy, NULL },
	{ "Output", OUTPUT, output, NULL },
	{ "Output", ML_WRITES_TABLE, table, NULL },
	{ "Output", ML_STREAMS_ROWS, streaming, NULL },
	{ "Run", ML_USES_SEED, seed, NULL },
	{ "Run", ML_STOPS_SOFTLY, budget, NULL },
	{ "Run", ALL, run, NULL },
	{ "Run", LOGGED, logged, NULL },
	{ "Help", ALL, help, NULL },
	{ NULL, 0, NULL, NULL }
};

bool ml_cli_offers(const struct ml_tool *tool, const struct ml_cli_group *group)
{
	unsigned has = tool->flags | ALL;

	if (!(tool->flags & ML_NO_OUTPUT))
		has |= OUTPUT;
	if (tool->family && !tool->family->commands)
		has |= FAMILY;
	if (!(tool->flags & ML_READS_JOURNAL))
		has |= LOGGED;
	return has & group->any;
}

void ml_cli_shared_init(struct ml_cli *cli)
{
	/* Of all groups: what is not offered has its default. */
	for (const struct ml_cli_group *g = ml_cli_groups; g->title; g++)
		ml_opt_defaults(g->opts, cli);
	cli->asked.completion = -1;
}

void ml_cli_shared_release(struct ml_cli *cli)
{
	for (const struct ml_cli_group *g = ml_cli_groups; g->title; g++)
		ml_opt_release(g->opts, cli);
}
