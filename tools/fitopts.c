/* fitopts.c - the options of ml-fit as a table, and as a plan. */
#include "fitopts.h"

#include <inttypes.h>
#include <stdio.h>

static const char *const tasks[] = { "auto", "classify", "regress", NULL };
static const enum ml_task task_of[] = { 0, ML_CLASSIFY, ML_REGRESS };
/* The first word leaves it to the estimator. */
static const char *const encodings[] = { "auto", "onehot", "ordinal", "none", NULL };
static const char *const unknowns[] = { "auto", "zeros", "missing", "error", NULL };

#define TEXT(field) .type = ML_TEXT, .offset = ML_FIELD(struct ml_fit_args, field, const char *)
const struct ml_opt ml_fit_opts[] = {
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
	  .offset = ML_FIELD(struct ml_fit_args, task, int),
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
	  .offset = ML_FIELD(struct ml_fit_args, encode, int),
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
	  .offset = ML_FIELD(struct ml_fit_args, unknown, int),
	  .help = "what categories that training had not are when predicting; auto: as the "
		  "encoder "
		  "has it, zeros for onehot" },
	{ .name = "max-levels",
	  .type = ML_INT,
	  .def = "1000",
	  .lo = 1,
	  .hi = 1e6,
	  .arg = "N",
	  .offset = ML_FIELD(struct ml_fit_args, max_levels, int64_t),
	  .help = "refuse a column of more than N categories, and a target of more than N "
		  "classes" },
	{ .name = "validation",
	  .type = ML_REAL,
	  .def = "0",
	  .lo = 0,
	  .hi = 1e15,
	  .arg = "SHARE",
	  .offset = ML_FIELD(struct ml_fit_args, validation, double),
	  .help = "hold out this share of the rows (or, from 1 on, this many), and judge each "
		  "iteration by them" },
	{ .name = "validation-file",
	  TEXT(validation_file),
	  .arg = "FILE",
	  .neutral = true,
	  .help = "judge each iteration by the rows of FILE" },
	{ .name = "validation-metric",
	  TEXT(validation_metric),
	  .arg = "METRIC",
	  .help = "what judges them, as ml-eval names it; default: the loss" },
	{ .name = "monotone",
	  TEXT(monotone),
	  .arg = "LIST",
	  .help = "predictions never fall (+) or rise (-) with a column, as 'age:+,income:-'; "
		  "of classes, the probability of the positive one" },
	{ .name = "interactions",
	  TEXT(interactions),
	  .arg = "GROUPS",
	  .help = "columns may meet in a tree's path within a group only, as 'a,b;c,d'; those "
		  "in no group are a group" },
	{ .name = "update",
	  TEXT(update),
	  .arg = "MODEL",
	  .neutral = true,
	  .help = "go on from this model: as many more rounds, behind its preparations" },
	{ .name = "chunk",
	  .type = ML_INT,
	  .def = "0",
	  .lo = 0,
	  .hi = 1e15,
	  .arg = "ROWS",
	  .offset = ML_FIELD(struct ml_fit_args, chunk, int64_t),
	  .help = "fit the first ROWS rows, then go on with as many at a time: for tables "
		  "larger than memory; 0: all at once" },
	{ .name = "history",
	  TEXT(history),
	  .arg = "FILE",
	  .neutral = true,
	  .help = "write loss, metric, time and memory of each iteration to FILE as it ends, "
		  "as CSV" },
	{ .name = "checkpoint",
	  TEXT(checkpoint),
	  .arg = "FILE",
	  .neutral = true,
	  .help = "put the fit by in FILE every so often; when FILE is there already, go on "
		  "from it" },
	{ .name = "checkpoint-every",
	  .type = ML_REAL,
	  .def = "60",
	  .lo = 0,
	  .hi = 1e9,
	  .arg = "SECONDS",
	  .neutral = true,
	  .offset = ML_FIELD(struct ml_fit_args, checkpoint_every, double),
	  .help = "seconds between two checkpoints, at least; the last one is written when the "
		  "fit ends" },
	{ .name = "oob",
	  TEXT(oob),
	  .arg = "FILE",
	  .neutral = true,
	  .help = "write what the trees that have not seen a row predict of it to FILE, as "
		  "CSV" },
	{ .name = "list",
	  .type = ML_BOOL,
	  .def = "no",
	  .neutral = true,
	  .offset = ML_FIELD(struct ml_fit_args, list, bool),
	  .help = "list the estimators and what each is for" },
	ML_OPT_END
};

int ml_fit_check(const struct ml_fit_args *a, struct ml_error *err)
{
	bool share = a->validation > 0, held = share || a->validation_file;
	const struct {
		bool wrong;
		const char *why;
	} rules[] = {
		{ share && a->validation_file,
		  "--validation and --validation-file: one of them" },
		{ a->validation_metric && !held,
		  "--validation-metric needs --validation or --validation-file" },
		{ a->update && a->oob, "--oob is of a first fit, not of --update" },
		{ a->update &&
			  (a->features || a->impute || a->scale || a->encode || a->unknown),
		  "--update keeps the features and preparations of its model" },
		{ a->update && a->checkpoint, "--update and --checkpoint: one of them" },
		{ a->chunk && held, "--chunk keeps no rows that could judge the fit" },
		{ a->chunk && a->checkpoint, "--chunk and --checkpoint: one of them" },
		{ a->chunk && a->oob, "--oob is of all rows, --chunk of some at a time" },
	};

	for (size_t i = 0; i < sizeof rules / sizeof *rules; i++)
		if (rules[i].wrong)
			return ml_fail(err, ML_EUSAGE, "E-USAGE", "%s", rules[i].why);
	return ML_OK;
}

struct ml_train_plan ml_fit_plan(const struct ml_fit_args *a, char max_levels[24])
{
	snprintf(max_levels, 24, "%" PRId64, a->max_levels);
	return (struct ml_train_plan){
		.features = a->features,
		.task = task_of[a->task],
		.positive = a->positive,
		.class_weight = a->class_weight,
		.impute = a->impute,
		.scale = a->scale,
		.encode = a->encode ? encodings[a->encode] : NULL,
		.unknown = a->unknown ? unknowns[a->unknown] : NULL,
		.max_levels = max_levels,
		.monotone = a->monotone,
		.interactions = a->interactions,
		.held_metric = a->validation_metric,
		.oob = a->oob,
	};
}
