/* tunewords.h - trials as words of a command line.
 *
 * In a command {NAME} is replaced by the value of the parameter, quoted for the shell where it
 * has to be; {NAME:-TEXT} by TEXT when the parameter is not active; {set} by what the command
 * does not name itself: the value of `algorithm`, when there is such a parameter, then
 * --set NAME=VALUE for each active parameter, without the prefix of its algorithm; {trial},
 * {seed} and {budget} by numbers.  {{ and }} around a name are single braces.  Braces around
 * anything else than a name, and behind a $, are left alone; so are {fold}, {repeat}, {size}
 * and {model} where a table is divided. */
#ifndef ML_CORE_TUNEWORDS_H
#define ML_CORE_TUNEWORDS_H

#include "search/space.h"

extern const char ml_algorithm[]; /* name of the parameter that chooses an estimator */

/* Words behind `--` as one command: one word is a pipeline and left as it is, more are quoted
 * for the shell, but for their placeholders. */
void ml_words_join(struct ml_buf *out, char *const *words, size_t n);

struct ml_words {
	const char *template; /* borrowed */
	const struct ml_space *space;
	bool folds;        /* {fold} and its like are known later */
	bool *named;       /* by parameter: the template names it; owned */
	bool budget, rest; /* the template has {budget}, {set} */
};
/* Looks the template through.  ML_EUSAGE: a name that means nothing, or a parameter that is
 * active under a condition only, without :-TEXT. */
int ml_words_init(struct ml_words *w, const char *template, const struct ml_space *space,
		  bool folds, struct ml_error *err) ML_CHECK;
void ml_words_release(struct ml_words *w);

struct ml_words_of { /* a trial */
	const double *point;
	size_t trial;
	uint64_t seed;
	double budget;
	double resource; /* > 0: {budget} is a whole number up to it; 0: a share */
};
void ml_words_put(const struct ml_words *w, const struct ml_words_of *of, struct ml_buf *out);
/* The point that words of {set} mean; what they do not tell is NaN.  ML_EUSAGE. */
int ml_words_read(const struct ml_space *s, char *const *words, size_t n, double *point,
		  struct ml_error *err) ML_CHECK;

#endif
