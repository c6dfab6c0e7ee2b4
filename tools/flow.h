/* flow.h - what tools that turn a table into a table (and steps) have in common: reading it
 * with its steps,
 * --apply, and writing it as CSV, as a binary table, its steps to --save. */
#ifndef ML_TOOLS_FLOW_H
#define ML_TOOLS_FLOW_H

#include "cli.h"
#include "core/input.h"
#include "core/pipeline.h"
#include "data/split.h"

struct ml_flow {
	struct ml_cli *cli;
	struct ml_input *in;
	size_t most;           /* rows in memory at once; after ml_flow_open: all */
	struct ml_table *t;    /* the (first) rows, after ml_flow_load */
	struct ml_pipeline *p; /* the steps so far; lives in the input */
	struct ml_pipeline
		saved; /* --apply: steps read before the table, whose kinds they ask for */
	struct ml_fields removed; /* counts of rows removed, by reason: for the lineage */
	struct ml_input *held;    /* read for the rows that judge a fit, or NULL; owned */
	const char *updated;      /* digest of the model that a fit went on from, or NULL */
};

/* Refuses CSV output of learned steps that would be lost (the message names the three ways);
 * then opens the input.  learns: the command line asks for steps that learn. */
int ml_flow_open(struct ml_flow *f, struct ml_cli *cli, bool learns,
		 struct ml_error *err) ML_CHECK;
/* E-USAGE when `file` (NULL: none), the value of `option`, is the file of -o as well: one would
 * be lost. */
int ml_flow_apart(const struct ml_cli *cli, const char *option, const char *file,
		  struct ml_error *err) ML_CHECK;
/* Reads all rows, or the first f->most of them; notes profile and sketch when the table is a
 * source and the stream will say so. */
int ml_flow_load(struct ml_flow *f, struct ml_error *err) ML_CHECK;
/* The next f->most rows, in place of those before, for the steps of p from `from` on, which say
 * of what kinds columns of a CSV are; ML_END when there are none. */
int ml_flow_next(struct ml_flow *f, const struct ml_pipeline *p, size_t from,
		 struct ml_error *err) ML_CHECK;
/* --apply: the steps of FILE, from where the table stands, applied and appended to f->p. */
int ml_flow_apply(struct ml_flow *f, struct ml_error *err) ML_CHECK;
/* What the x-lineage of a stream written now tells of this run; all inputs are read to their
 * end. *out is owned by the caller. */
int ml_flow_lineage(struct ml_flow *f, struct ml_fields *out, struct ml_error *err) ML_CHECK;
/* Lineage and golden rows, for a stream about to be written. */
int ml_flow_note(struct ml_flow *f, struct ml_error *err) ML_CHECK;
/* The table as -b or CSV, the steps to --save.  Warnings under --strict stop it before. */
int ml_flow_write(struct ml_flow *f, struct ml_error *err) ML_CHECK;
void ml_flow_release(struct ml_flow *f);

/* The i-th preparation with the flag, as an item of a family (cli.h). */
bool ml_offer_prep(unsigned flag, size_t i, struct ml_item *out);
/* Does one of the preparations picked learn from the rows? */
bool ml_flow_learns(const struct ml_cli *cli);
/* Fits the preparations picked, in the order given. */
int ml_flow_prepare(struct ml_flow *f, struct ml_error *err) ML_CHECK;

/* What a plan for dividing the rows takes from the table and the command line: the column of
 * --stratify (NULL: none), those of the roles group and time, the seed.  Views of f->t. */
int ml_flow_deal(struct ml_flow *f, const char *stratify, struct ml_split_plan *plan,
		 struct ml_error *err) ML_CHECK;

/* W-LEAK when a step that the table has been through has learned from all rows: those that will
 * be held out as well. */
void ml_flow_warn_leak(const struct ml_flow *f);

/* The table to any sink, as -b says (parts of ml-split). */
int ml_flow_put(struct ml_flow *f, const struct ml_table *t, struct ml_sink *sink,
		struct ml_error *err) ML_CHECK;

#endif
