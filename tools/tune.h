/* tune.h - between the files of ml-tune. */
#ifndef ML_TOOLS_TUNE_H
#define ML_TOOLS_TUNE_H

#include "cli.h"
#include "core/book.h"
#include "core/trialtable.h"
#include "core/tunewords.h"

struct ml_tune_args {
	struct ml_texts param, space;
	const char *journal, *metric, *positive, *stratify, *predict_cmd;
	int64_t trials, lag, folds, repeats;
	double resource;
	int fold_format, rule;
	bool print, null, create, maximize, minimize, prune, refit, again;
};
enum { ML_PARTS_BINARY, ML_PARTS_CSV };

/* tune_search.c: a search by a method, set up, and printed or run. */
int ml_tune_search(struct ml_cli *cli, struct ml_error *err) ML_CHECK;

/* tune_verbs.c: what is done with a journal. */
struct ml_tune_verb {
	struct ml_item item;
	int (*run)(struct ml_cli *cli, const struct ml_tune_args *a, struct ml_error *err);
};
extern const struct ml_tune_verb ml_tune_verbs[]; /* ended by a NULL name */
/* The journal of --journal, which has to be there. */
int ml_tune_open(struct ml_cli *cli, const struct ml_tune_args *a, struct ml_book *b,
		 struct ml_error *err) ML_CHECK;

/* tune_tell.c */
struct ml_tune_tell_args {
	int64_t trial;
	const char *value, *failed;
};
extern const struct ml_opt ml_tune_tell_opts[];
int ml_tune_tell(struct ml_cli *cli, const struct ml_tune_args *a,
		 struct ml_error *err) ML_CHECK;

/* tune_output.c: what both write. */
/* The command behind --, joined; *template is "" when there is none. */
int ml_tune_template(const struct ml_cli *cli, struct ml_buf *out,
		     struct ml_error *err) ML_CHECK;
/* Trials as a table, as -b and --to say. */
int ml_tune_write(struct ml_cli *cli, const struct ml_book *b, const size_t *which, size_t n,
		  struct ml_error *err) ML_CHECK;
/* All of them that have ended, or were handed out, up to `trials` (0: all). */
int ml_tune_write_all(struct ml_cli *cli, const struct ml_book *b, size_t trials,
		      struct ml_error *err) ML_CHECK;
/* The words of trials that are ready; plan->again and ->end are filled here. */
struct ml_ask_plan;
int ml_tune_print(struct ml_cli *cli, struct ml_book *b, struct ml_ask_plan *plan,
		  const char *template, size_t *handed, size_t *open,
		  struct ml_error *err) ML_CHECK;
/* A table that is no input's, with no steps. */
int ml_tune_put(struct ml_cli *cli, const struct ml_table *t, struct ml_error *err) ML_CHECK;

#endif
