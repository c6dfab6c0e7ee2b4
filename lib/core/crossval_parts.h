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
/* The rows held out by a share, and those to learn from; ascending, owned by the caller. */
struct ml_cv_share;
int ml_cv_held_out(const struct ml_cv_deal *d, const struct ml_cv_share *share, size_t **row,
		   size_t *n, struct ml_error *err) ML_CHECK;
int ml_cv_train(const struct ml_cv_deal *d, const struct ml_cv_share *share, size_t **row,
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

/* ---- crossval_stock.c: the parts of a table, dealt once, and written once as files ---- */
struct ml_cv_share { /* what one fit gets: to learn from, and to be judged on */
	size_t repeat, fold;
	double size;
	size_t *row, n, trained_on; /* rows held out, ascending; owned */
	char *train, *held;         /* paths; held NULL: nobody reads it; owned */
	struct ml_table *rows;      /* held out, without the target; owned */
	bool made;                  /* what follows `size` is there */
};
struct ml_cv_stock {
	const struct ml_table *t;
	const struct ml_cv_plan *plan;
	struct ml_cv_deal deal;
	struct ml_scratch scratch;
	struct ml_cv_share *share;
	size_t n, cap;
	size_t fits; /* begun so far: names their files */
	char threads[32];
	const char *env[2]; /* of commands */
};
/* Checks the plan, deals the rows; nothing is written yet.  Releasable whatever comes of it. */
int ml_cv_stock_init(struct ml_cv_stock *s, const struct ml_table *t,
		     const struct ml_cv_plan *plan, const struct ml_run *run,
		     struct ml_error *err) ML_CHECK;
/* Without a table: a place for files, and the environment of commands. */
int ml_cv_stock_bare(struct ml_cv_stock *s, const struct ml_cv_plan *plan,
		     struct ml_error *err) ML_CHECK;
/* The share of that repeat and fold (from 1) and size, noted when it is new. */
int ml_cv_stock_find(struct ml_cv_stock *s, size_t repeat, size_t fold, double size,
		     size_t *share, struct ml_error *err) ML_CHECK;
/* Its files and rows are made, unless they are there. */
int ml_cv_stock_make(struct ml_cv_stock *s, size_t share, struct ml_error *err) ML_CHECK;
void ml_cv_stock_drop(struct ml_cv_stock *s, size_t share); /* until it is made again */
void ml_cv_stock_release(struct ml_cv_stock *s);

/* ---- crossval_fit.c: one fit of a pipeline on a share ---- */
struct ml_cv_fit {
	struct ml_job job; /* to be run */
	size_t share;
	char *model, *pred, *errors, *command; /* paths, and what is run; owned */
	struct ml_cv_part part;                /* what came of it; owned */
	double model_bytes;                    /* NaN: no model was written */
};
/* pipeline, predict_cmd: as the plan's, borrowed for the call. */
int ml_cv_fit_begin(struct ml_cv_fit *f, struct ml_cv_stock *s, size_t share,
		    const char *pipeline, const char *predict_cmd,
		    struct ml_error *err) ML_CHECK;
/* After the job: looks at what it said and wrote, predicts.  A fit that failed is part.status
 * and part.why, not an error. */
int ml_cv_fit_end(struct ml_cv_fit *f, const struct ml_cv_stock *s,
		  struct ml_error *err) ML_CHECK;
void ml_cv_fit_release(struct ml_cv_fit *f); /* its files too; zeroed then */
void ml_cv_part_release(struct ml_cv_part *part);
/* The end of a file of text (at most 64 KiB); what cannot be read is left out. */
void ml_cv_read_end(const char *path, struct ml_buf *out);

/* ---- crossval_score.c: predictions of one fit ---- */
/* A part of the table as the plan passes parts; `train`: with what kept models say of their
 * rows. */
int ml_cv_write_rows(const struct ml_cv_plan *plan, const struct ml_table *t, const char *path,
		     bool train, struct ml_error *err) ML_CHECK;
/* Fills f->part.pred from the model, or from what predict_cmd wrote; warnings go to `said`. */
int ml_cv_score(struct ml_cv_fit *f, const struct ml_cv_stock *s, struct ml_buf *said,
		struct ml_error *err) ML_CHECK;

#endif
