/* answering.h - a table with a model's answers appended: what ml-predict does.
 *
 * One row in gives one row out, in order.  A CSV streams through in bounded memory, and its
 * cells leave as they came. */
#ifndef ML_CORE_ANSWERING_H
#define ML_CORE_ANSWERING_H

#include "core/deviation.h"
#include "core/explain.h"
#include "core/input.h"
#include "core/scorer.h"

struct ml_answering {
	/* What is asked; texts are borrowed. */
	bool proba, logs, std, explain; /* beside the prediction */
	double interval;                /* share of it, or 0 */
	const struct ml_texts *keep;    /* COLUMNS of the table that leave; `only`: none */
	bool only;
	const char *prefix; /* before the names of what is appended */
	/* A row that cannot be predicted goes to a file, or is kept with its reason in
	 * pred_error; else it ends the run. */
	const char *reject; /* path, or NULL */
	bool keep_bad;
	char delimiter, decimal; /* of the CSV written; decimal where a CSV is read */
	bool prompt;             /* rows are handed out as batches end */

	/* Filled: */
	struct ml_scorer scorer; /* .rows: how many were predicted */
	struct ml_bad_rows bad;  /* .count: how many were not */
	struct ml_explain explanation;
	struct ml_deviation deviation;
};

/* a stays where it is from here on; `model` as well.  ML_EUSAGE when the estimator cannot tell
 * what is asked. */
int ml_answering_begin(struct ml_answering *a, struct ml_pipeline *model, int threads,
		       struct ml_error *err) ML_CHECK;
/* Batch by batch to CSV.  *begun becomes true before the first byte is written. */
int ml_answering_stream(struct ml_answering *a, struct ml_input *in, struct ml_sink *sink,
			bool *begun, struct ml_error *err) ML_CHECK;
/* The whole table to a binary one.  ML_EUSAGE for what only a CSV can have. */
int ml_answering_whole(struct ml_answering *a, struct ml_input *in, struct ml_sink *sink,
		       struct ml_error *err) ML_CHECK;
void ml_answering_release(struct ml_answering *a);

#endif
