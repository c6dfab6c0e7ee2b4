/* spectrum.c - eigenvalues and singular values by LAPACK. */
#include "la/spectrum.h"

#include <limits.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "la/lapack.h"

/* Magnitudes that differ by less are equal: a sign must not hang on the last bits. */
static const double same_magnitude = 1e-9;

static int check_size(size_t m, struct ml_error *err)
{
	if (m > INT_MAX / 4)
		return ml_fail(err, ML_EDATA, "E-LIMIT", "%zu columns are too many", m);
	return ML_OK;
}

static int no_convergence(struct ml_error *err)
{
	return ml_fail(err, ML_EDATA, "E-RANGE", "the singular values do not converge");
}

/* ---- symmetric ---- */

struct room {
	double *work;
	int *iwork, *support;
	double *values; /* m */
	double *vectors;
};

static void release_room(struct room *r)
{
	free(r->work);
	free(r->iwork);
	free(r->support);
	free(r->values);
	free(r->vectors);
}

static int solve(double *g, int n, int k, struct room *r, struct ml_error *err)
{
	const char *range = k < n ? "I" : "A";
	int il = n - k + 1, iu = n, found, info, ask = -1, lwork, liwork;
	double none = 0, size = 0;

	for (int pass = 0; pass < 2; pass++) {
		double *work = pass ? r->work : &size;
		int *iwork = pass ? r->iwork : &liwork;

		dsyevr_("V", range, "L", &n, g, &n, &none, &none, &il, &iu, &none, &found,
			r->values, r->vectors, &n, r->support, work, pass ? &lwork : &ask,
			iwork, pass ? &liwork : &ask, &info);
		if (info || (pass && found != k))
			return no_convergence(err);
		if (pass)
			break;
		lwork = (int)size;
		if (!(r->work = ml_alloc((size_t)lwork, sizeof *r->work, err)) ||
		    !(r->iwork = ml_alloc((size_t)liwork, sizeof *r->iwork, err)))
			return err->code;
	}
	return ML_OK;
}

int ml_spectrum_symmetric(double *g, size_t m, size_t k, double *values, double *vectors,
			  struct ml_error *err)
{
	struct room r = { 0 };
	int rc = check_size(m, err);

	if (!rc && (!(r.values = ml_alloc(m, sizeof *r.values, err)) ||
		    !(r.vectors = ml_alloc(k * m, sizeof *r.vectors, err)) ||
		    !(r.support = ml_alloc(2 * k, sizeof *r.support, err))))
		rc = err->code;
	if (!rc)
		rc = solve(g, (int)m, (int)k, &r, err);
	for (size_t c = 0; !rc && c < k; c++) { /* ascending there */
		values[c] = r.values[k - 1 - c];
		memcpy(vectors + c * m, r.vectors + (k - 1 - c) * m, m * sizeof *vectors);
	}
	release_room(&r);
	return rc;
}

/* ---- singular values ---- */

int ml_spectrum_matrix(double *a, size_t rows, size_t cols, double *sigma, struct ml_error *err)
{
	/* Seen by LAPACK: a' = V S U', cols x rows; "O" puts V where a' was. */
	int m = (int)cols, n = (int)rows, info = 0, lwork = -1, one = 1;
	double size = 0, *vt = NULL, *work = NULL;
	int *iwork = NULL, rc = check_size(cols, err);

	if (!rc && (!(vt = ml_alloc(rows * rows, sizeof *vt, err)) ||
		    !(iwork = ml_alloc(8 * rows, sizeof *iwork, err))))
		rc = err->code;
	if (!rc) {
		dgesdd_("O", &m, &n, a, &m, sigma, NULL, &one, vt, &n, &size, &lwork, iwork,
			&info);
		lwork = (int)size;
		if (info)
			rc = no_convergence(err);
		else if (!(work = ml_alloc((size_t)lwork, sizeof *work, err)))
			rc = err->code;
	}
	if (!rc) {
		dgesdd_("O", &m, &n, a, &m, sigma, NULL, &one, vt, &n, work, &lwork, iwork,
			&info);
		if (info)
			rc = no_convergence(err);
	}
	free(work);
	free(iwork);
	free(vt);
	return rc;
}

int ml_spectrum_triangle(double *r, size_t m, double *sigma, struct ml_error *err)
{
	/* Seen by LAPACK: the lower triangle r' = V S U'. */
	int n = (int)m, info, zero = 0, lwork, rc = check_size(m, err);
	double *copy = NULL, *work = NULL;

	if (rc)
		return rc;
	lwork = 2 * n > 6 ? 2 * n : 6;
	if (!(copy = ml_alloc(m * m, sizeof *copy, err)) ||
	    !(work = ml_alloc((size_t)lwork, sizeof *work, err))) {
		free(copy);
		return err->code;
	}
	memcpy(copy, r, m * m * sizeof *copy);
	dgesvj_("L", "U", "N", &n, &n, r, &n, sigma, &zero, NULL, &n, work, &lwork, &info);
	/* Fewer vectors than columns when some singular value is 0. */
	if (info || (size_t)work[1] < m) {
		memcpy(r, copy, m * m * sizeof *r);
		rc = ml_spectrum_matrix(r, m, m, sigma, err);
	} else {
		for (size_t c = 0; c < m; c++)
			sigma[c] *= work[0];
	}
	free(work);
	free(copy);
	return rc;
}

/* ---- bases ---- */

int ml_orthonormal_rows(double *a, size_t rows, size_t cols, struct ml_error *err)
{
	int m = (int)cols, n = (int)rows, info, lwork = -1, rc = check_size(cols, err);
	double size[2] = { 0 }, *tau = NULL, *work = NULL;

	if (rc || !(tau = ml_alloc(rows, sizeof *tau, err)))
		return err->code;
	dgeqrf_(&m, &n, a, &m, tau, &size[0], &lwork, &info);
	dorgqr_(&m, &n, &n, a, &m, tau, &size[1], &lwork, &info);
	lwork = (int)fmax(size[0], size[1]);
	if (!(work = ml_alloc((size_t)lwork, sizeof *work, err))) {
		free(tau);
		return err->code;
	}
	dgeqrf_(&m, &n, a, &m, tau, work, &lwork, &info);
	if (!info)
		dorgqr_(&m, &n, &n, a, &m, tau, work, &lwork, &info);
	free(work);
	free(tau);
	return info ? no_convergence(err) : ML_OK;
}

bool ml_sign_is_wrong(const double *v, size_t n)
{
	double most = 0;
	size_t j = 0;

	for (size_t i = 0; i < n; i++)
		most = fmax(most, fabs(v[i]));
	while (j < n && fabs(v[j]) < most * (1 - same_magnitude))
		j++;
	return j < n && v[j] < 0;
}

void ml_negate(double *v, size_t n)
{
	for (size_t i = 0; i < n; i++)
		v[i] = 0 - v[i];
}
