/* crossval_parts.h - between the files of cross-validation. */
#ifndef ML_CORE_CROSSVAL_PARTS_H
#define ML_CORE_CROSSVAL_PARTS_H

#include "base/buf.h"
#include "core/crossval.h"
#include "data/strata.h"

/* ---- crossval_deal.c: which rows ---- */
struct ml_cv_deal {
	const struct ml_split_plan *split;
	size_t rows, repeats;
	size_t *fold;            /* repeats x rows: 0..k-1; owned */
	struct ml_strata strata; /* to draw smaller training parts from */
};
int ml_cv_deal_init(struct ml_cv_deal *d, const struct ml_cv_plan *plan, size_t rows,
		    const struct ml_run *run, struct ml_error *err) ML_CHECK;
void ml_cv_deal_release(struct ml_cv_deal *d);
/* The rows held out by a part, and those to learn from; ascending, owned by the caller. */
int ml_cv_held_out(const struct ml_cv_deal *d, const struct ml_cv_part *part, size_t **row,
		   size_t *n, struct ml_error *err) ML_CHECK;
int ml_cv_train(const struct ml_cv_deal *d, const struct ml_cv_part *part, size_t **row,
		size_t *n, struct ml_error *err) ML_CHECK;

/* ---- crossval_words.c: commands, and what they say ---- */
/* A --save FILE that fits would overwrite for each other: ML_EUSAGE. */
int ml_cv_check_pipeline(const struct ml_cv_plan *plan, struct ml_error *err) ML_CHECK;
/* Appends the command with its placeholders replaced; model NULL: {model} stays. */
void ml_cv_expand(struct ml_buf *out, const char *command, const struct ml_cv_part *part,
		  const char *model);
void ml_cv_quote(struct ml_buf *out, const char *path); /* for the shell */
/* Of all that was said on stderr: the first line that ends in an error code, else the last
 * line; "" when there is none.  Owned by the caller. */
int ml_cv_reason(char **why, const char *said, struct ml_error *err) ML_CHECK;
/* "fold 3", "fold 3 of repeat 2 at size 0.1": as much as the plan has. */
void ml_cv_name(struct ml_buf *out, const struct ml_cv_plan *plan,
		const struct ml_cv_part *part);

/* ---- crossval_score.c: predictions of one fit ---- */
struct ml_cv_files {
	char *train, *held, *model, *pred, *errors;
}; /* paths, owned */
/* The part of the table as the plan passes parts; `train`: with what kept models say of their
 * rows. */
int ml_cv_write_rows(const struct ml_cv_plan *plan, const struct ml_table *t, const char *path,
		     bool train, struct ml_error *err) ML_CHECK;
/* Fills part->pred from the model, or from what predict_cmd wrote; warnings go to `said`. */
int ml_cv_score(struct ml_cv_part *part, const struct ml_cv_plan *plan,
		const struct ml_table *t, const struct ml_cv_files *files, struct ml_buf *said,
		struct ml_error *err) ML_CHECK;
/* The held-out rows without the target. */
int ml_cv_held_table(struct ml_table **out, const struct ml_table *t,
		     const struct ml_cv_part *part, struct ml_error *err) ML_CHECK;

#endif
