/* tidy.h - rows that are not fit to be kept are taken out, told apart by why; the rest streams
 * through or becomes a table.  Only rows go: what is done here is never applied when
 * predicting. */
#ifndef ML_CORE_TIDY_H
#define ML_CORE_TIDY_H

#include "core/echo.h"
#include "core/input.h"
#include "core/rules.h"

struct ml_tidy {
	struct ml_rules rules;
	struct ml_echo echo; /* output of a stream, and the rejects */
	bool prompt;         /* a stream is flushed after each batch; set behind ml_tidy_init */
	bool rejecting;      /* wrong rows go to the rejects instead of ending the run */
	struct ml_kind_seen *seen; /* kinds of a stream, for the warnings at its end */
	bool plain;                /* runs of ordinary numbers may be looked for */
	uint64_t dropped,
		wrong; /* rows without a value that must be present; rows against a rule */
	size_t kept_rows;
};

/* sink: of the stream's output (header not yet written).  reject: path or NULL. */
int ml_tidy_init(struct ml_tidy *d, const struct ml_rules_spec *spec, const struct ml_input *in,
		 const char *reject, struct ml_sink *sink, char delimiter,
		 struct ml_error *err) ML_CHECK;
/* ml_cells_filter for ml_input_filter(), arg: the ml_tidy.  A wrong row is an error (FILE:LINE:
 * ...) unless rejecting. */
int ml_tidy_cells(void *arg, const char *file, struct ml_cells *cells, struct ml_error *err);
/* The same for a table: keep[i] becomes false. */
int ml_tidy_table(struct ml_tidy *d, const char *file, const struct ml_table *t, bool *keep,
		  struct ml_error *err) ML_CHECK;
/* CSV to CSV in bounded memory; warns of kinds at the end. The filter is set on `in`. */
int ml_tidy_stream(struct ml_tidy *d, struct ml_input *in, const struct ml_run *run,
		   struct ml_error *err) ML_CHECK;
/* A row of the table t to the rejects, when there are rejects. */
int ml_tidy_reject(struct ml_tidy *d, const struct ml_table *t, size_t i, const char *why,
		   struct ml_error *err) ML_CHECK;
int ml_tidy_finish(struct ml_tidy *d, struct ml_error *err) ML_CHECK; /* commits the rejects */
void ml_tidy_release(struct ml_tidy *d);

#endif
