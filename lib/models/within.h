/* within.h - what discriminants are made of: the means of the classes, the triangle of the rows
 * about them, and covariances shrunk towards a sphere. */
#ifndef ML_MODELS_WITHIN_H
#define ML_MODELS_WITHIN_H

#include "models/model.h"

struct ml_within {
	const struct ml_problem *problem; /* borrowed */
	size_t p, k;
	double *scale; /* p: columns are multiplied by it; powers of two, or 1 */
	double *mass;  /* k: weights of the classes */
	double *mean;  /* k x p, of the scaled columns */
	size_t *order; /* rows, by class */
	size_t *begin; /* k + 1: where the rows of a class begin in it */
};

/* Reads the rows of p.  powers: columns are scaled by powers of two so that no square of them
 * is beyond doubles; else they are as they are.  E-RANGE: a mean is beyond doubles.
 * ml_within_release() frees, after failure too. */
int ml_within_init(struct ml_within *m, const struct ml_problem *p, bool powers, int threads,
		   struct ml_error *err) ML_CHECK;
void ml_within_release(struct ml_within *m);

/* The rows of one class, or (class = k) of all, each about the mean of its class and times the
 * square root of its weight: an ml_rows_fn. */
struct ml_within_rows {
	const struct ml_within *m;
	size_t class;
};
void ml_within_rows(const void *arg, size_t from, size_t to, double *out);
size_t ml_within_count(const struct ml_within_rows *r);
/* The sum of w |x - mean|^4 over them. */
double ml_within_fourth(const struct ml_within_rows *r, double *room, size_t room_rows);

/* How far a covariance is shrunk: a number from 0 to 1, or "auto". */
struct ml_shrink {
	bool automatic;
	double share;
};
/* The option of that name; `field` of type struct ml_pick_real, `of`: what it is a share of. */
extern const char *const ml_shrinkages[]; /* "auto", NULL-ended */
#define ML_SHRINK_OPT(T, field, of) \
	{ \
		.name = "shrinkage", .type = ML_PICK_REAL, .def = "0", .picks = ml_shrinkages, \
		.lo = 0, .hi = 1, .arg = "X", \
		.offset = ML_FIELD(T, field, struct ml_pick_real), \
		.tune = { ML_LINEAR, 0, 1 }, \
		.help = "share of a sphere in " of "; auto: that of Ledoit and Wolf" \
	}
/* Whether it asks for any. */
static inline bool ml_is_shrunk(struct ml_pick_real shrinkage)
{
	return shrinkage.pick >= 0 || shrinkage.value > 0;
}

/* r: p x p, upper, with room for as much again behind it; R'R is the sum of w (x - mean)
 * (x - mean)'.  It becomes the factor of the covariance
 *     (1 - share) R'R / divisor  +  share (trace / p) I
 * Automatic: the share that makes the expected squared error least (Ledoit, Wolf 2004), which
 * needs `fourth` and the sum of the weights; *share tells it.  False when the result is not
 * finite, or (share > 0) not positive definite. */
bool ml_shrink_factor(double *r, size_t p, const struct ml_shrink *how, double divisor,
		      double weight, double fourth, double *share);

#endif
