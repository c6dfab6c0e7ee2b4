/* rangefinder.c - leading singular vectors by random directions (Halko, Martinsson, Tropp
 * 2011).
 *
 *     Y = A W, W random p x l;  Q an orthonormal basis of Y
 *     7 times (2 for a rough answer):  Z = A'Q, made orthonormal;  Q = A Z, made orthonormal
 *     B = Q'A = U S V':  V's first k columns
 *
 * Orthonormalising between the products keeps the small values from drowning in the roundings
 * of the largest.  l = k + 10. */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/rng.h"
#include "la/principal.h"
#include "la/spectrum.h"

enum { MORE = 10, POWERS = 7, ROUGH = 2 };

int ml_rangefinder(const struct ml_columnar *a, const struct ml_principal_ask *ask, double *v,
		   double *square, struct ml_error *err)
{
	size_t few = a->n < a->p ? a->n : a->p, l = ask->k + MORE < few ? ask->k + MORE : few;
	double *z = ml_alloc(l * a->p, sizeof *z, err), *q = NULL, *sigma = NULL;
	struct ml_rng r;
	int rc = z ? ML_OK : err->code, powers = ask->rough ? ROUGH : POWERS;

	if (!rc && (!(q = ml_alloc(l * a->n, sizeof *q, err)) ||
		    !(sigma = ml_alloc(l, sizeof *sigma, err))))
		rc = err->code;
	if (!rc) {
		ml_rng_init(&r, ask->seed, ask->purpose, 0);
		ml_rng_normals(&r, z, l * a->p);
	}
	for (int power = 0; !rc && power <= powers; power++) {
		rc = ml_columnar_forth(a, z, l, q, ask->threads, err);
		if (!rc)
			rc = ml_orthonormal_rows(q, l, a->n, err);
		if (!rc)
			rc = ml_columnar_back(a, q, l, z, ask->threads, err);
		if (!rc && power < powers)
			rc = ml_orthonormal_rows(z, l, a->p, err);
	}
	if (!rc)
		rc = ml_spectrum_matrix(z, l, a->p, sigma, err);
	for (size_t c = 0; !rc && c < ask->k; c++)
		square[c] = sigma[c] * sigma[c];
	if (!rc)
		memcpy(v, z, ask->k * a->p * sizeof *v);
	free(sigma);
	free(q);
	free(z);
	return rc;
}
