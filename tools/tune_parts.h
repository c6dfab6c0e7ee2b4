/* tune_parts.h - a search of ml-tune, between the files that set it up and run it. */
#ifndef ML_TOOLS_TUNE_PARTS_H
#define ML_TOOLS_TUNE_PARTS_H

#include "core/tuning.h"
#include "flow.h"
#include "tune.h"

struct ml_tune_search {
	struct ml_cli *cli;
	const struct ml_tune_args *a;
	struct ml_buf template;
	struct ml_flow flow;    /* the table, when trials are judged on its folds */
	const char *metric;     /* NULL: the command prints a number */
	struct ml_study study;  /* as it is wanted; its space is owned */
	struct ml_fields facts; /* of it */
	struct ml_book book;
	struct ml_tune_plan plan;
	struct ml_buf told; /* of what commands have said */
};

/* tune_run.c: what is printed, and what is run and told. */
int ml_tune_search_print(struct ml_tune_search *s, struct ml_error *err) ML_CHECK;
int ml_tune_search_run(struct ml_tune_search *s, struct ml_error *err) ML_CHECK;

#endif
