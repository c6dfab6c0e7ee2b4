/* pipeline.h - the steps of a stream in memory, and what it means to apply them. */
#ifndef ML_CORE_PIPELINE_H
#define ML_CORE_PIPELINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/hash.h"
#include "base/run.h"
#include "core/journal.h"
#include "data/columns.h"
#include "data/fields.h"
#include "data/table.h"
#include "models/model.h"
#include "prep/prep.h"
#include "stream/stream.h"

/* A column that a step takes or makes. */
struct ml_slot {
	char *name;
	enum ml_kind kind;
	bool dummy;
};

/* Beside a model: what the estimator's numbers mean. */
struct ml_outcome {
	enum ml_task task;
	char *target;   /* column it was fitted on, or NULL (clusters) */
	char **classes; /* n_classes names, in the order of the codes */
	size_t n_classes;
	size_t positive;         /* of two classes: which one is positive */
	double threshold;        /* to detect: a number above it is an outlier's */
	size_t clusters;         /* to cluster: how many, named c1, c2, ... */
	const char *per_cluster; /* "prob", "dist" or NULL, as the estimator has it */
	const char *per_row;     /* "strength" or NULL */
	struct ml_report report;
};

struct ml_step {
	const struct ml_prep *prep; /* one of them is NULL */
	const struct ml_model *model;
	void *state;                   /* owned, released through the contract */
	struct ml_slot *needs, *gives; /* owned */
	size_t n_needs, n_gives;
	char **drops; /* columns that are gone behind it */
	size_t n_drops;
	struct ml_fields options;       /* "spec" and each option, as canonical texts */
	struct ml_outcome outcome;      /* of a model */
	bool open;                      /* fitted from CSV: what was done before is not known */
	unsigned char chain[ML_DIGEST]; /* digest of the step before it, when closed */
	char *after;                    /* its type, for messages; NULL when open */
	unsigned char digest[ML_DIGEST]; /* of this step and all before it in its chain */
	struct ml_tally *tally;          /* n_needs, added up by applying */
	/* The record as it was read, when the pipeline keeps records: written again to the
	 * byte, so that digests hold whatever this version would have written. */
	struct ml_fields record;
};

struct ml_explain;
struct ml_deviation;

/* An ancillary record, kept as fields; `steps`: how many steps stood before its segment's first
 * (from) and behind its last (to): a golden record answers for steps from..to-1. */
struct ml_extra {
	char kind[32];
	struct ml_fields fields;
	size_t from, to;
};

struct ml_pipeline {
	struct ml_step *step;
	size_t n, cap;
	struct ml_extra *extra;
	size_t n_extra, cap_extra;
	size_t segment,
		from;      /* of the stream being taken in: its first extra, its first step */
	bool keep_records; /* steps will be written again */
	struct ml_journal *record; /* notes the files read; NULL: none does */
	/* Who knows the estimators; NULL: there can be none, and one is refused.  Tools that
	 * never meet an estimator so need not be linked with them and what they need. */
	const struct ml_model *(*find_model)(const char *name);
	/* Standard deviations wanted behind predicted numbers (core/deviation.h), or NULL. */
	const struct ml_deviation *deviation;
	/* Contributions wanted beside predictions (core/explain.h), or NULL. */
	const struct ml_explain *explain;
	/* Logarithms of the class probabilities wanted behind these. */
	bool logs;
	int threads; /* that rows are shared out to where predicting is work; 0: one */
};

void ml_step_release(struct ml_step *s);
/* While a step is made: its needs, from columns of the table; its options, as canonical texts.
 */
int ml_slot_of(struct ml_slot *slot, const struct ml_column *c, struct ml_error *err) ML_CHECK;
int ml_step_note_needs(struct ml_step *s, const struct ml_table *t, const size_t *cols,
		       size_t n, struct ml_error *err) ML_CHECK;
int ml_step_note_options(struct ml_step *s, const struct ml_opt *table, const void *opts,
			 struct ml_error *err) ML_CHECK;
/* Gives a step its place behind the last of p: open when there is none, else closed over it. */
int ml_step_chain(struct ml_step *s, const struct ml_pipeline *p,
		  struct ml_error *err) ML_CHECK;
/* Appends s (contents move into p, also on failure). */
int ml_pipeline_append(struct ml_pipeline *p, struct ml_step *s, struct ml_error *err) ML_CHECK;
const char *ml_task_name(enum ml_task task); /* "classify", ... */
/* What the outcome takes from the state of the estimator. */
void ml_step_learned(struct ml_step *s);
const char *ml_step_type(const struct ml_step *s);
void ml_pipeline_release(struct ml_pipeline *p);
/* The estimator at the end, or NULL. */
const struct ml_step *ml_pipeline_model(const struct ml_pipeline *p);
/* Columns the steps from `from` on need that no step among them makes: the source columns.
 * *slots (freed with ml_slots_free) are in order of first need.  E-COLUMNS when a step needs a
 * column that an earlier one has removed, or of another kind than it makes; E-CHAIN as design
 * says. */
int ml_pipeline_source(const struct ml_pipeline *p, size_t from, struct ml_slot **slots,
		       size_t *n, struct ml_error *err) ML_CHECK;
void ml_slots_free(struct ml_slot *s, size_t n);

/* A run whose warnings name columns: by index into `names` from inside, in words to `outer`. */
struct ml_named_run {
	struct ml_run run; /* give this on */
	const struct ml_run *outer;
	const char *const *names; /* n names, borrowed */
	size_t n;
};
void ml_named_run_init(struct ml_named_run *r, const struct ml_run *outer,
		       const char *const *names, size_t n);
/* Fits a preparation on the table (of chain `p`), applies it to the table, and appends it to p.
 * `open`: the table came from CSV and p was empty (nothing is known of what was done before).
 */
int ml_pipeline_fit(struct ml_pipeline *p, const struct ml_prep *prep, const char *spec,
		    const void *opts, struct ml_table *t, const struct ml_run *run,
		    struct ml_error *err) ML_CHECK;
/* Applies the preparations from..to-1 to a table; columns are bound by name (E-COLUMNS). */
int ml_pipeline_apply(struct ml_pipeline *p, size_t from, size_t to, struct ml_table *t,
		      struct ml_error *err) ML_CHECK;
/* Puts where it was before a failure: "FILE:LINE: " when it is the fault of a row of t whose
 * line is known, else "FILE: "; file NULL: not known.  Returns err->code. */
int ml_table_context(struct ml_error *err, const char *file, const struct ml_table *t);
/* Copy of the columns idx[0..n) of t: values, names, roles, levels, lines; no origins. */
int ml_table_columns(struct ml_table *out, const struct ml_table *t, const size_t *idx,
		     size_t n, struct ml_error *err) ML_CHECK;
/* Warns what the tallies hold (W-IMPUTED, W-UNSEEN, W-UNDEFINED), one line a column and
 * problem. */
void ml_pipeline_warn(const struct ml_pipeline *p, const struct ml_run *run);

/* ---- bytes ---- */
int ml_step_save(const struct ml_step *s, struct ml_fields *out, struct ml_error *err) ML_CHECK;
int ml_step_load(struct ml_step *s, const struct ml_fields *in,
		 const struct ml_model *(*find_model)(const char *),
		 struct ml_error *err) ML_CHECK;
/* Appends a record of a stream (takes what it needs out of it): checks the chain (E-CHAIN). */
int ml_pipeline_take(struct ml_pipeline *p, struct ml_record *r, struct ml_error *err) ML_CHECK;
/* Adds an ancillary record (the fields move into p); finds the first of a kind; removes all of
 * a kind. */
int ml_pipeline_add_extra(struct ml_pipeline *p, const char *kind, struct ml_fields *fields,
			  struct ml_error *err) ML_CHECK;
const struct ml_fields *ml_pipeline_extra(const struct ml_pipeline *p, const char *kind);
void ml_pipeline_drop_extras(struct ml_pipeline *p, const char *kind);
/* Reads models (concatenated in this order) up to their end; rows in them are E-FORMAT. */
int ml_pipeline_read(struct ml_pipeline *p, const char *const *files, size_t n,
		     struct ml_error *err) ML_CHECK;
/* Writes one segment: steps from..n-1, extras, and, when t is not NULL, its rows. */
int ml_pipeline_write(const struct ml_pipeline *p, size_t from, const struct ml_table *t,
		      struct ml_sink *sink, struct ml_error *err) ML_CHECK;

#endif
