/* principal.c - leading right singular vectors, by the way that fits the shape. */
#include "la/principal.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "la/gram.h"
#include "la/qr.h"
#include "la/spectrum.h"

enum {
	MANY = 1000,      /* min(n, p) above which a random range is found, when that pays: */
	FEW = 10,         /* for at most one in so many directions */
	ROTATED = 300,    /* columns up to which Jacobi rotations take a second at most */
	REFLECTED = 1000, /* columns up to which 32 triangles take 256 MiB at most */
};

/* Least pivot, as a share of the square of its column's length, and least eigenvalue, as one of
 * the largest, with which the squares of A'A still have ten digits. */
static const double least_pivot = 1e-6;
/* A share of the total is reached when this little is left of it: rounding. */
static const double slack = 1e-12;

/* ---- what is found: all squares, or as many as the solver gives ---- */

struct found {
	size_t n; /* rows of v */
	double *v, *square;
};

static int check_finite(const double *g, size_t n, struct ml_error *err)
{
	for (size_t i = 0; i < n; i++)
		if (!isfinite(g[i]))
			return ml_fail(err, ML_EDATA, "E-RANGE",
				       "products of the columns leave the range of doubles");
	return ML_OK;
}

static void square_all(double *v, size_t n)
{
	for (size_t c = 0; c < n; c++)
		v[c] *= v[c];
}

/* Cross products in f->v, which their eigenvectors replace. */
static int by_eigen(struct found *f, size_t p, size_t k, struct ml_error *err)
{
	double *g = f->v;

	f->n = k;
	if (!(f->v = ml_alloc(k * p, sizeof *f->v, err))) {
		f->v = g;
		return err->code;
	}
	int rc = ml_spectrum_symmetric(g, p, k, f->square, f->v, err);
	for (size_t c = 0; !rc && c < k; c++)
		f->square[c] = fmax(f->square[c], 0);
	free(g);
	return rc;
}

/* How many take up the share. */
static size_t enough(const struct found *f, double share, double total)
{
	double sum = 0;

	for (size_t c = 0; c < f->n; c++) {
		sum += f->square[c];
		if (sum >= total * (share - slack))
			return c + 1;
	}
	return f->n;
}

/* Eigenvalues of cross products are right to a rounding of the largest: enough for those that
 * are asked for, unless they are this small beside it. */
static bool resolved(const struct found *f, const struct ml_principal_ask *ask, double total)
{
	size_t k = ask->k ? ask->k : enough(f, ask->share, total);

	return f->square[k - 1] > f->square[0] * least_pivot;
}

/* Singular values of the triangle that reflections make of the rows. */
static int by_reflections(struct found *f, const struct ml_columnar *a, int threads,
			  struct ml_error *err)
{
	size_t p = a->p;

	free(f->v);
	f->n = p;
	if (!(f->v = ml_alloc(p * p, sizeof *f->v, err)))
		return err->code;
	int rc = ml_qr_rows(f->v, p, a->n, ml_columnar_rows, a, threads, err);
	if (!rc)
		rc = ml_spectrum_matrix(f->v, p, p, f->square, err);
	square_all(f->square, p);
	return rc;
}

static int tall(struct found *f, const struct ml_columnar *a,
		const struct ml_principal_ask *ask, double *total, struct ml_error *err)
{
	size_t p = a->p;

	if (!(f->v = ml_alloc(p * p, sizeof *f->v, err)) ||
	    !(f->square = ml_alloc(p, sizeof *f->square, err)))
		return err->code;
	int rc = ml_columnar_gram(a, f->v, ask->threads, err);
	if (!rc)
		rc = check_finite(f->v, p * p, err);
	for (size_t j = 0; !rc && j < p; j++)
		*total += f->v[j * p + j];
	if (rc || !(*total > 0))
		return rc;
	f->n = p;
	if (p > ROTATED) {
		rc = by_eigen(f, p, ask->k ? ask->k : p, err);
		if (rc || p > REFLECTED || resolved(f, ask, *total))
			return rc;
	} else if (ml_cholesky(f->v, p, least_pivot)) {
		rc = ml_spectrum_triangle(f->v, p, f->square, err);
		square_all(f->square, p);
		return rc;
	}
	return by_reflections(f, a, ask->threads, err);
}

static int wide(struct found *f, const struct ml_columnar *a, double *total,
		struct ml_error *err)
{
	f->n = a->n;
	if (!(f->v = ml_alloc(a->n, a->p * sizeof *f->v, err)) ||
	    !(f->square = ml_alloc(a->n, sizeof *f->square, err)))
		return err->code;
	ml_columnar_rows(a, 0, a->n, f->v);
	int rc = check_finite(f->v, a->n * a->p, err);
	if (!rc)
		rc = ml_spectrum_matrix(f->v, a->n, a->p, f->square, err);
	square_all(f->square, f->n);
	for (size_t c = 0; !rc && c < f->n; c++)
		*total += f->square[c];
	return rc;
}

static int by_range(struct found *f, const struct ml_columnar *a,
		    const struct ml_principal_ask *ask, double *total, struct ml_error *err)
{
	f->n = ask->k;
	if (!(f->v = ml_alloc(ask->k * a->p, sizeof *f->v, err)) ||
	    !(f->square = ml_alloc(ask->k, sizeof *f->square, err)))
		return err->code;
	int rc = ml_columnar_squares(a, total, ask->threads, err);
	if (!rc)
		rc = check_finite(total, 1, err);
	if (!rc && *total > 0)
		rc = ml_rangefinder(a, ask, f->v, f->square, err);
	return rc;
}

/* ---- the choice ---- */

static bool at_random(const struct ml_columnar *a, const struct ml_principal_ask *ask)
{
	size_t few = a->n < a->p ? a->n : a->p;

	if (ask->solver == ML_PRINCIPAL_AUTO)
		return ask->k && few > MANY && ask->k <= few / FEW;
	return ask->solver == ML_PRINCIPAL_RANDOMIZED;
}

int ml_principal_fit(struct ml_principal *out, const struct ml_columnar *a,
		     const struct ml_principal_ask *ask, struct ml_error *err)
{
	struct found f = { 0 };
	int rc;

	*out = (struct ml_principal){ .p = a->p, .randomized = at_random(a, ask) };
	if (out->randomized)
		rc = by_range(&f, a, ask, &out->total, err);
	else if (a->n < a->p)
		rc = wide(&f, a, &out->total, err);
	else
		rc = tall(&f, a, ask, &out->total, err);
	out->v = f.v;
	out->square = f.square;
	if (!rc && !(out->total > 0))
		rc = ml_fail(err, ML_EDATA, "E-RANGE",
			     "the columns are constant: there is nothing that spreads");
	if (rc)
		return rc;
	out->k = ask->k ? ask->k : enough(&f, ask->share, out->total);
	for (size_t c = 0; c < out->k; c++)
		if (ml_sign_is_wrong(out->v + c * out->p, out->p))
			ml_negate(out->v + c * out->p, out->p);
	return ML_OK;
}

void ml_principal_release(struct ml_principal *out)
{
	free(out->v);
	free(out->square);
	*out = (struct ml_principal){ 0 };
}
