/* runjoin.h - which runs made what a run has read: joined by the SHA-256 of files, the digests
 * of estimators, and the names of the runs that started them.
 *
 * Of each run a few hundred bytes are kept, whatever the length of its line. */
#ifndef ML_CORE_RUNJOIN_H
#define ML_CORE_RUNJOIN_H

#include <stdint.h>

#include "core/pastrun.h"
#include "data/table.h"

/* How a run has to do with a digest or a name. */
enum ml_run_tie {
	ML_TIE_READ,      /* a table */
	ML_TIE_USED,      /* a model, as a file */
	ML_TIE_ESTIMATOR, /* a model, by the estimator in it */
	ML_TIE_PART_OF,   /* the run that started it */
	ML_TIE_WROTE,     /* a file */
	ML_TIE_FITTED,    /* an estimator */
	ML_TIE_IS,        /* its own name */
};

struct ml_joined_run {
	size_t number, from, to;                    /* uses [from, to) */
	char *tool, *what, *hyper, *metrics, *data; /* as core/pastrun.h tells them; owned */
	char *line;                                 /* of fits and searches, when kept; owned */
	double value;                               /* of the metric asked for, or NaN */
	double cpu, peak;
};
struct ml_run_use {
	enum ml_run_tie tie;
	int32_t id, next; /* code of the digest; the use of it before this one, or -1 */
	size_t run;
};
struct ml_runjoin {
	const char *metric; /* whose value is kept, or NULL; set first, as is keep_lines */
	bool keep_lines;
	struct ml_levels *ids;
	int32_t *last; /* by id: the last use of it */
	struct ml_run_use *use;
	struct ml_joined_run *run;
	size_t cap_last, n_use, cap_use, n, cap;
	size_t *way; /* workspaces of searches: runs visited, in which search each was met */
	uint32_t *met, search;
	size_t n_way;
};
#define ML_NO_RUN SIZE_MAX

/* A run comes behind those before it.  ML_ENOMEM; E-LIMIT beyond 2^31 digests. */
int ml_runjoin_add(struct ml_runjoin *j, const struct ml_pastrun *r,
		   struct ml_error *err) ML_CHECK;
/* The run that made what use u of another one takes (WROTE for READ and USED, FITTED for
 * ESTIMATOR, IS for PART_OF): of several, which then made the same bytes, the last before it,
 * else the first behind it (lines are written at the end of runs).  ML_NO_RUN. */
size_t ml_runjoin_maker(const struct ml_runjoin *j, const struct ml_run_use *u);
/* Whether run b took what use u made; b != the run of u. */
bool ml_runjoin_takes(const struct ml_runjoin *j, size_t b, const struct ml_run_use *u);
/* Once all runs are in.  The fit whose model stands behind run i (itself, when it is one),
 * through predictions and cross-validations; where no fit is known, the run that wrote the
 * model (a search), or ML_NO_RUN. */
int ml_runjoin_fit(struct ml_runjoin *j, size_t i, size_t *fit, struct ml_error *err) ML_CHECK;
/* All runs behind run i, from near to far, in j->way[1..n_way); j->way[0] is i. */
int ml_runjoin_behind(struct ml_runjoin *j, size_t i, struct ml_error *err) ML_CHECK;
/* SHA-256 of the table on which the predictions that run i judges were made; "". */
const char *ml_runjoin_judged(const struct ml_runjoin *j, size_t i);
enum ml_run_meant { ML_NOT_MEANT, ML_MEANT_BY_DIGEST, ML_MEANT_BY_NUMBER };
enum ml_run_meant ml_runjoin_means(const struct ml_runjoin *j, size_t i, const char *text);
/* The run that `text` means: its number, or the beginning (4 hex digits at least) of its name,
 * or of the digest of what it wrote or fitted.  E-USAGE: none, or several. */
int ml_runjoin_find(const struct ml_runjoin *j, const char *text, size_t *i,
		    struct ml_error *err) ML_CHECK;
void ml_runjoin_release(struct ml_runjoin *j);

#endif
