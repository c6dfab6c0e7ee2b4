/* svm_parts.h - what the parts of the solver share: svm_qp.c takes turns, svm_pick.c chooses
 * rows, svm_pairs.c solves for the chosen ones, svm_walk.c steps among all, svm_update.c brings
 * f up to date, svm_shrink.c leaves rows out and takes them in again. */
#ifndef ML_MODELS_SVM_PARTS_H
#define ML_MODELS_SVM_PARTS_H

#include "models/svm_cache.h"
#include "models/svm_qp.h"
#include "models/svm_sweep.h"

/* Variables of a turn; kernel rows made at once. */
enum { ML_SVM_TURN = 96, ML_SVM_CHUNK = 16 };

/* Rows stand in an order of their own: those at work first, then those left out, the latest
 * first.  All arrays are by place in this order, and variable v of the row at i is i * per + v.
 */
struct ml_svm_solver {
	struct ml_svm_space *space;
	size_t n, per, active;
	double *a, *lo, *hi, *b; /* borrowed, in our order meanwhile */
	unsigned char *group;    /* or NULL */
	double *f;               /* n; of rows left out, as of then */
	uint32_t *id;            /* n: the row as the caller numbers it */
	struct ml_svm_cache cache;
	/* Spells: rows left out together, and what all a were then, by id (two of a row added).
	 */
	struct ml_svm_spell *spell;
	size_t spells, spell_cap;
	/* A turn. */
	size_t turn;                /* variables of a turn, at most */
	size_t chosen;              /* variables */
	uint32_t *var;              /* TURN: which */
	unsigned char *taken;       /* n * per: in var */
	double *was;                /* n * per: a before it, of those in var */
	float *square;              /* TURN x TURN: kernels of the rows of var */
	double *e;                  /* TURN */
	double *row, *norm;         /* TURN rows, gathered */
	struct ml_svm_space packed; /* the same, packed */
	struct ml_svm_few few;      /* the variables as svm_sweep.h has them, in `lanes` */
	double *lanes;
	/* A walk: planes, one of each variable of a row, in `wide` (svm_walk.c); NULL before.
	 */
	struct ml_svm_few plane[2];
	double *wide;
	/* Rows, by id, whose row of the matrix was needed, and how many these are: what the way
	 * depends on, since what is in the cache must not matter. */
	unsigned char *known;
	size_t met;
	/* The state of things. */
	double top[ML_SVM_GROUPS], bottom[ML_SVM_GROUPS]; /* largest e that can grow, least that
							   * can shrink */
	double gap, objective;
	size_t iters, max_iter;
	const struct ml_run *run;
};

struct ml_svm_spell {
	size_t to;   /* rows [to of the next spell or active, to) */
	double *was; /* n, owned */
};

static inline size_t ml_svm_group(const struct ml_svm_solver *s, size_t v)
{
	return s->group ? s->group[v] : 0;
}

/* svm_pick.c: the variables of a turn, the gap of the rows at work. */
void ml_svm_pick(struct ml_svm_solver *s);
/* svm_pairs.c: solves for them until their gap is at most tol; a changes, f does not. */
void ml_svm_pairs(struct ml_svm_solver *s, double tol);
/* svm_walk.c: up to `most` steps by pairs of all variables at work, until their gap is at most
 * tol; a and f change.  *led: most of the rows that it needed
 * were known. */
int ml_svm_walk(struct ml_svm_solver *s, double tol, size_t most, bool *led,
		struct ml_error *err) ML_CHECK;
/* Kernels of the row at i with those at work, valid until the row after the next is fetched. */
int ml_svm_fetch(struct ml_svm_solver *s, size_t i, const float **row,
		 struct ml_error *err) ML_CHECK;
/* svm_update.c: f of the rows at work after a turn. */
int ml_svm_update(struct ml_svm_solver *s, struct ml_error *err) ML_CHECK;
/* f of the rows at work += sum_k d[k] kernels of the rows at[k]. */
int ml_svm_apply(struct ml_svm_solver *s, const uint32_t *at, const double *d, size_t n,
		 struct ml_error *err) ML_CHECK;
/* f[from..to) += the same, computed without the cache. */
int ml_svm_apply_past(struct ml_svm_solver *s, const uint32_t *at, const double *d, size_t n,
		      size_t from, size_t to, struct ml_error *err) ML_CHECK;
/* svm_shrink.c: leaves rows out, when they are enough to be worth it. */
int ml_svm_shrink(struct ml_svm_solver *s, struct ml_error *err) ML_CHECK;
/* Brings f of all rows up to date and takes in those that may have to change; *back: how many.
 */
int ml_svm_recall(struct ml_svm_solver *s, size_t *back, struct ml_error *err) ML_CHECK;
void ml_svm_spells_release(struct ml_svm_solver *s);

#endif
