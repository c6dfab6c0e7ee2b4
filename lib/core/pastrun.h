/* pastrun.h - runs as the lines of a journal tell them (core/journal.h, ml-log(1)). */
#ifndef ML_CORE_PASTRUN_H
#define ML_CORE_PASTRUN_H

#include <stdbool.h>
#include <stddef.h>

#include <jansson.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/run.h"

struct ml_pastrun {
	size_t number; /* from 1, over all files */
	json_t *json;  /* the line: an object with a text "tool" */
};

/* Gives each run of the journals in turn to see(); the line is released after it.  Blank lines
 * have no number.  A last line that is cut off is told (W-TORN) and left out.  ML_ENOINPUT;
 * ML_EDATA, E-JOURNAL "FILE:LINE: ...": a line that is no run. see() may end it with ML_END. */
typedef int ml_pastrun_fn(void *arg, const struct ml_pastrun *r, struct ml_error *err);
int ml_pastruns_read(const char *const *files, size_t n, const struct ml_run *run,
		     ml_pastrun_fn *see, void *arg, struct ml_error *err) ML_CHECK;

/* What a run tells under a name: number; algorithm (of ml-fit); a member of the line (tool,
 * exit, seed, wall_seconds, rows, ...); a metric; a hyperparameter; an option. */
struct ml_fact {
	bool known;
	double number;      /* NaN: it is a text */
	struct ml_buf text; /* as the user would type it; the caller's to release */
};
void ml_pastrun_fact(const struct ml_pastrun *r, const char *name, struct ml_fact *out);
/* A value: texts as they are, numbers shortest, yes, no, lists joined by commas. */
void ml_fact_text(const json_t *value, struct ml_buf *out);

/* Members; "" and NaN where the line has no such. */
const char *ml_pastrun_text(const json_t *object, const char *name);
double ml_pastrun_number(const json_t *object, const char *name);
/* "logistic C=0.1", "impute median,mode": what was picked, and what was given of it. */
void ml_pastrun_what(const struct ml_pastrun *r, struct ml_buf *out);
/* All hyperparameters with their values, of what was picked last. */
void ml_pastrun_hyper(const struct ml_pastrun *r, struct ml_buf *out);
/* "auc=0.856 accuracy=0.815 ..."; main: of the usual ones the first three, short. */
void ml_pastrun_metrics(const struct ml_pastrun *r, bool main, struct ml_buf *out);
/* SHA-256 of the first input; digest of the estimator that was made or used, or of the first
 * model. ""  where there is none. */
const char *ml_pastrun_data(const struct ml_pastrun *r);
const char *ml_pastrun_model(const struct ml_pastrun *r);
/* The command line, quoted for a shell. */
void ml_pastrun_command(const struct ml_pastrun *r, struct ml_buf *out);

enum { ML_SHORT_DIGEST = 8 }; /* hex digits of a digest shown to people */

#endif
