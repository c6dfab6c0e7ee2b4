/* scorer.h - a model asked about an input, batch by batch: binding of columns, positions in the
 * chain, bad rows, and the warnings that only all rows together justify. */
#ifndef ML_CORE_SCORER_H
#define ML_CORE_SCORER_H

#include "core/input.h"
#include "core/pipeline.h"
#include "la/mat.h"

/* Rows that could not be predicted, when the caller wants to go on. */
struct ml_bad_rows {
	bool *bad;  /* rows of the batch */
	char **why; /* message, NULL where not bad; owned */
	size_t rows, cap;
	uint64_t count; /* over all batches */
};

struct ml_scorer {
	struct ml_pipeline *model; /* borrowed; tallies count in it */
	size_t from;               /* first step that is still to be applied */
	struct ml_slot *source;    /* columns needed of the input, owned */
	size_t n_source;
	size_t *at; /* where they stand in the input */
	enum ml_kind *kind;
	struct ml_bad_rows *bad; /* NULL: a bad row is an error; borrowed */
	struct ml_watch
		*watch; /* ranges and training rows, for warnings; NULL without a profile */
	uint64_t rows, undefined;
	struct ml_mat out;    /* of the last batch: rows x width */
	struct ml_table work; /* workspace */
	size_t *good;         /* workspace: rows of the batch that are not bad */
	bool out_of_memory;
};

/* Binds the model to the input: E-COLUMNS for needed columns that are absent (all named in one
 * line) or, in a binary table, of another kind; E-CHAIN when the input has been through steps
 * that are not the model's. Tells the input which kinds are needed. */
int ml_scorer_init(struct ml_scorer *s, struct ml_pipeline *model, struct ml_input *in,
		   struct ml_error *err) ML_CHECK;
/* The same for tables of these columns that do not come from an input: `done` are the steps
 * they have been through, `file` names them in messages. */
int ml_scorer_bind(struct ml_scorer *s, struct ml_pipeline *model,
		   const struct ml_pipeline *done, const struct ml_column_set *set,
		   const char *file, struct ml_error *err) ML_CHECK;
/* Predicts a batch of cells (CSV) or rows (a binary table or a whole one); the result is
 * s->out, valid until the next call. NaN rows: bad, or undefined (counted). */
int ml_scorer_cells(struct ml_scorer *s, struct ml_input *in, const struct ml_cells *cells,
		    struct ml_error *err) ML_CHECK;
int ml_scorer_rows(struct ml_scorer *s, const char *file, const struct ml_table *t,
		   struct ml_error *err) ML_CHECK;
/* W-IMPUTED, W-UNSEEN, W-UNDEFINED, W-RANGE, W-TRAINED. */
void ml_scorer_warn(const struct ml_scorer *s, const struct ml_run *run);
void ml_scorer_release(struct ml_scorer *s);

void ml_bad_rows_release(struct ml_bad_rows *b);

#endif
