/* cuts.h - where bins are cut: read from an option, and learned. */
#ifndef ML_PREP_CUTS_H
#define ML_PREP_CUTS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "la/quantile.h"

enum ml_cut_strategy { ML_CUT_QUANTILE, ML_CUT_UNIFORM, ML_CUT_EDGES };
extern const char *const ml_cut_strategies[]; /* "quantile", "uniform", NULL */

enum { ML_CUT_BINS = 65536 }; /* at most */

struct ml_cut_how {
	int strategy;
	size_t bins;
	const char *edges; /* a view */
};

/* "N" (cut as `strategy` says), "quantile:N", "uniform:N", "edges:A;B;C" (ascending, at least
 * three); ML_EUSAGE else. */
int ml_cut_read(struct ml_cut_how *how, const char *text, int strategy,
		struct ml_error *err) ML_CHECK;

/* Numbers that grow at the end. */
struct ml_cuts {
	double *v;
	size_t n, cap;
};
/* Appends the cuts of a column with values s: ascending, above its smallest value (but as they
 * are when given as edges, of which the first and the last are no cuts). */
int ml_cut_learn(struct ml_cuts *out, const struct ml_cut_how *how, const struct ml_sorted *s,
		 struct ml_error *err) ML_CHECK;
/* The bin of x, 0..n: how many of n ascending cuts are <= x. */
size_t ml_cut_find(const double *cut, size_t n, double x);

#endif
