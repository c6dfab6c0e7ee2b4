/* mixture.h - mixtures of normal distributions, and their maximum likelihood by EM (Dempster,
 * Laird, Rubin 1977).
 *
 *     density(x) = sum_c weight_c N(x; mean_c, S_c)
 *
 * S_c: any (full), one for all components (tied), diagonal (diag), a multiple of the identity
 * (spherical); `reg` is added to its diagonal. */
#ifndef ML_MODELS_MIXTURE_H
#define ML_MODELS_MIXTURE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "base/run.h"
#include "la/mat.h"

enum ml_shape { ML_FULL, ML_TIED, ML_DIAG, ML_SPHERICAL };

struct ml_mixture {
	enum ml_shape shape;
	size_t k, p;
	double *weight; /* k, they sum to 1; all owned */
	double *mean;   /* k x p */
	double *cov;    /* ml_mixture_covs() numbers: k x p x p, p x p, k x p, or k */
	/* Made of these: inverses of the lower Cholesky factors, turned (full, tied), or of
	 * deviations (diag: k x p, spherical: k); log weight_c + log determinant of it -
	 * p log(2 pi) / 2. */
	double *inverse;
	double *constant; /* k */
};

int ml_mixture_init(struct ml_mixture *m, enum ml_shape shape, size_t k, size_t p,
		    struct ml_error *err) ML_CHECK;
void ml_mixture_release(struct ml_mixture *m);
void ml_mixture_copy(struct ml_mixture *to, const struct ml_mixture *from);
size_t ml_mixture_covs(const struct ml_mixture *m);
/* Free parameters: weights, means, covariances. */
double ml_mixture_parameters(const struct ml_mixture *m);
/* `inverse` and `constant`, from the others.  SIZE_MAX, or the component whose covariance is
 * not positive definite. */
size_t ml_mixture_prepare(struct ml_mixture *m);
/* Components of greater weight first. */
int ml_mixture_sort(struct ml_mixture *m, struct ml_error *err) ML_CHECK;

/* Rows at once, and numbers of workspace for them. */
enum { ML_MIXTURE_ROWS = 64 };
#define ML_MIXTURE_ROOM(p) (2 * ML_MIXTURE_ROWS * (p))
/* prob: rows x k, ldp numbers a row: what share each component has in each of at most
 * ML_MIXTURE_ROWS rows of x; density: rows: logarithms, or NULL.  A row has the same bits
 * alone. Where every density underflows to 0, NaN. */
void ml_mixture_rows(const struct ml_mixture *m, const double *x, size_t ldx, size_t rows,
		     double *prob, size_t ldp, double *density, double *room);

struct ml_em {
	const struct ml_mat *x;
	const double *w; /* n, or NULL */
	double total;    /* of the weights */
	double reg, tol; /* ends when the mean log likelihood rises by less than tol */
	size_t max_iter;
	double *prob; /* n x k: where it begins, each row summing to 1; workspace then */
	/* what came of it */
	double likelihood; /* log, of all rows, of what is left in m */
	size_t iters;
	bool converged;
	size_t collapsed; /* SIZE_MAX, or the component without a positive definite covariance,
			   * and then nothing else is told */
};

/* m: initialised.  Stops softly when the run is over. */
int ml_em_run(struct ml_em *em, struct ml_mixture *m, const struct ml_run *run,
	      struct ml_error *err) ML_CHECK;

#endif
