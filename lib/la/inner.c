/* inner.c - pseudoinverse of cross products by their triangle. */
#include "la/inner.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <gsl/gsl_cblas.h>

#include "base/mem.h"
#include "la/gram.h"
#include "la/lapack.h"
#include "la/qr.h"

void ml_inner_release(struct ml_inner *s)
{
	free(s->room);
	free(s->length);
	free(s->root);
	*s = (struct ml_inner){ 0 };
}

/* Every singular value of the scaled triangle a (p x p) is above tol; a becomes its inverse in
 * inv. */
static bool is_regular(const double *a, double *inv, size_t p, double tol)
{
	for (size_t j = 0; j < p; j++)
		if (!(fabs(a[j * p + j]) > tol))
			return false;
	ml_qr_inverse(a, p, p, inv);
	double norm = cblas_dnrm2((int)(p * p), inv, 1);
	return isfinite(norm) && norm * tol < 1;
}

/* The right singular vectors of a take its place, by columns of the transpose: LAPACK sees a'.
 */
static int decompose(double *a, double *value, size_t p, struct ml_error *err)
{
	int n = (int)p, one = 1, info, size = -1;
	double need, none = 0;

	dgesvd_("O", "N", &n, &n, a, &n, value, &none, &one, &none, &one, &need, &size, &info);
	size = (int)need;
	double *work = ml_alloc((size_t)size, sizeof *work, err);
	if (!work)
		return err->code;
	dgesvd_("O", "N", &n, &n, a, &n, value, &none, &one, &none, &one, work, &size, &info);
	free(work);
	return info ? ml_fail(err, ML_EDATA, "E-RANGE",
			      "the singular values of %zu columns were not found", p)
		    : ML_OK;
}

/* Row i of `a` is the vector of value i: it becomes column i of root. */
static void take(struct ml_inner *s, const double *a, const double *value, double tol)
{
	size_t p = s->p;

	while (s->rank < p && value[s->rank] > tol)
		s->rank++;
	for (size_t i = 0; i < s->rank; i++) {
		s->log_det += 2 * log(value[i]);
		for (size_t j = 0; j < p; j++)
			s->root[j * p + i] = a[i * p + j] / value[i];
	}
}

int ml_inner_init(struct ml_inner *s, const double *r, size_t p, double tol,
		  struct ml_error *err)
{
	double *a = ml_alloc(p * p, sizeof *a, err), *value = ml_alloc(p, sizeof *value, err);
	int rc = ML_OK;

	*s = (struct ml_inner){ .p = p };
	if (!a || !value || !(s->length = ml_alloc(p, sizeof *s->length, err)) ||
	    !(s->root = ml_alloc(p * p, sizeof *s->root, err)) ||
	    !(s->room = ml_alloc(p, sizeof *s->room, err)))
		rc = err->code;
	for (size_t j = 0; !rc && j < p; j++) {
		double length = cblas_dnrm2((int)j + 1, r + j, (int)p);

		s->length[j] = length > 0 ? length : 1;
		s->log_det += 2 * log(s->length[j]);
		for (size_t i = 0; i <= j; i++)
			a[i * p + j] = r[i * p + j] / s->length[j];
	}
	if (!rc && is_regular(a, s->root, p, tol)) {
		s->r = r;
		s->rank = p;
		for (size_t j = 0; j < p; j++)
			s->log_det += 2 * log(fabs(a[j * p + j]));
	} else if (!rc) {
		rc = decompose(a, value, p, err);
		if (!rc)
			take(s, a, value, tol);
	}
	free(value);
	free(a);
	return rc;
}

void ml_inner_solve(struct ml_inner *s, const double *v, double *out)
{
	size_t p = s->p;
	int n = (int)p;

	if (s->r) {
		memcpy(out, v, p * sizeof *out);
		ml_cholesky_solve(s->r, p, p, out);
		return;
	}
	for (size_t j = 0; j < p; j++)
		out[j] = v[j] / s->length[j];
	cblas_dgemv(CblasRowMajor, CblasTrans, n, (int)s->rank, 1, s->root, n, out, 1, 0,
		    s->room, 1);
	cblas_dgemv(CblasRowMajor, CblasNoTrans, n, (int)s->rank, 1, s->root, n, s->room, 1, 0,
		    out, 1);
	for (size_t j = 0; j < p; j++)
		out[j] /= s->length[j];
}
