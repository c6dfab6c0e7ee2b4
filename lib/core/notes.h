/* notes.h - what a stream says of the data behind it: x-profile and x-sketch of the source
 * table, x-golden rows that tell whether a model still answers as it did. */
#ifndef ML_CORE_NOTES_H
#define ML_CORE_NOTES_H

#include "core/pipeline.h"

/* Profile and sketch of the table that the first tool of a pipe has read. */
int ml_notes_source(struct ml_pipeline *p, const struct ml_table *t, int threads,
		    struct ml_error *err) ML_CHECK;
/* The model p goes on with the rows of t, of the kinds of its source columns: they join its
 * sketch, unless they are in it. */
int ml_notes_more(struct ml_pipeline *p, const struct ml_table *t,
		  struct ml_error *err) ML_CHECK;
/* Takes out profile, sketch and golden rows (--private). */
void ml_notes_forget(struct ml_pipeline *p);
/* Golden rows for all steps of p, in place of those there were: a few rows made from the
 * profile, and what the steps make of them. Nothing without a profile. */
int ml_golden_renew(struct ml_pipeline *p, struct ml_error *err) ML_CHECK;
/* Replays every golden record.  *checked: rows replayed; differences: ML_EDATA, E-GOLDEN, with
 * the column, both values. */
int ml_golden_check(struct ml_pipeline *p, size_t *checked, struct ml_error *err) ML_CHECK;

#endif
