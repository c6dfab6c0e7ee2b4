/* lesson.c - weights and targets as whole numbers. */
#include <math.h>
#include <stdlib.h>

#include "base/mem.h"
#include "models/deep.h"

/* The weights of all rows sum to less than 2^WEIGHT_BITS, so that those of a bootstrap sample
 * stay below 2^31 in all but contrived cases (deep.c halves them there). */
enum { WEIGHT_BITS = 28, TARGET_BITS = 30 };

/* The exponent of the sum of all weights, which may be too large for a double. */
static int exponent_of_sum(const double *w, size_t n)
{
	double sum = 0, most = 1;
	int of_sum, of_most, of_both;

	for (size_t i = 0; w && i < n; i++)
		most = i && most > w[i] ? most : w[i];
	for (size_t i = 0; i < n; i++)
		sum += w ? w[i] / most : 1;
	double both = frexp(sum, &of_sum) * frexp(most, &of_most);
	(void)frexp(both, &of_both);
	return of_sum + of_most + of_both;
}

/* The unit is a power of two, so that whole weights are exact as long as they fit. */
void ml_lesson_weigh(struct ml_lesson *l, const double *w)
{
	size_t n = l->p->x.rows;
	int shift = WEIGHT_BITS - exponent_of_sum(w, n);

	l->weight = ldexp(1, -shift);
	for (size_t i = 0; i < n; i++) {
		double v = nearbyint(ldexp(w ? w[i] : 1, shift));

		l->w[i] = v < 1 ? 1 : (uint32_t)v;
	}
}

static int weigh(struct ml_lesson *l, struct ml_error *err)
{
	size_t n = l->p->x.rows;

	if (n >> WEIGHT_BITS)
		return ml_fail(err, ML_EDATA, "E-LIMIT", "%zu rows are too many", n);
	if (!(l->w = ml_alloc(n, sizeof *l->w, err)))
		return err->code;
	ml_lesson_weigh(l, l->p->w);
	return ML_OK;
}

/* From the middle of the least and the greatest, which depends on no weights. */
static int measure(struct ml_lesson *l, struct ml_error *err)
{
	size_t n = l->p->x.rows;
	const double *y = l->p->y;
	double lo = y[0], hi = y[0];

	if (!(l->y = ml_alloc(n, sizeof *l->y, err)))
		return err->code;
	for (size_t i = 0; l->p->nclass && i < n; i++)
		l->y[i] = (int32_t)y[i];
	if (l->p->nclass)
		return ML_OK;
	for (size_t i = 0; i < n; i++) {
		lo = fmin(lo, y[i]);
		hi = fmax(hi, y[i]);
	}
	l->middle = lo / 2 + hi / 2;
	l->unit = ldexp(hi / 2 - lo / 2, -TARGET_BITS);
	for (size_t i = 0; i < n && l->unit > 0; i++)
		l->y[i] = (int32_t)nearbyint((y[i] - l->middle) / l->unit);
	return ML_OK;
}

int ml_lesson_init(struct ml_lesson *l, const struct ml_ranks *r, const struct ml_problem *p,
		   const struct ml_deep_opts *o, struct ml_error *err)
{
	*l = (struct ml_lesson){ .ranks = r, .p = p, .o = *o };
	int rc = weigh(l, err);
	return rc ? rc : measure(l, err);
}

void ml_lesson_release(struct ml_lesson *l)
{
	free(l->w);
	free(l->y);
	*l = (struct ml_lesson){ 0 };
}
