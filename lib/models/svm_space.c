/* svm_space.c - kernels of packed rows. */
#include "models/svm_space.h"

#include <math.h>
#include <stdlib.h>

#include "base/mem.h"
#include "la/panel.h"
#include "la/vexp.h"

int ml_svm_space_init(struct ml_svm_space *s, size_t n, size_t p, struct ml_error *err)
{
	size_t lanes = ml_panels(n) * ML_PANEL;

	s->n = n;
	s->p = p;
	s->panels = p > SIZE_MAX / sizeof(double) / (lanes ? lanes : 1)
			    ? ml_alloc(SIZE_MAX, 2, err)
			    : ml_alloc(lanes * p, sizeof *s->panels, err);
	s->norm = s->panels ? ml_alloc(lanes, sizeof *s->norm, err) : NULL;
	return s->norm ? ML_OK : err->code;
}

void ml_svm_space_release(struct ml_svm_space *s)
{
	free(s->norm);
	free(s->panels);
	s->norm = s->panels = NULL;
}

void ml_svm_space_put(struct ml_svm_space *s, size_t k, const double *row)
{
	ml_panel_put(s->panels, s->p, k, row);
	s->norm[k] = ml_panel_square(row, s->p);
}

void ml_svm_space_get(const struct ml_svm_space *s, size_t k, double *row)
{
	ml_panel_get(s->panels, s->p, k, row);
}

static double power(double base, int64_t degree)
{
	double out = 1;

	for (; degree > 0; degree /= 2, base *= base)
		if (degree % 2)
			out *= base;
	return out;
}

/* Products of a row, whose own is u.u, with n others become kernels. */
typedef void turn_fn(const struct ml_svm_space *s, double own, const double *norm, size_t n,
		     double *v);

static void turn_linear(const struct ml_svm_space *s, double own, const double *norm, size_t n,
			double *v)
{
	(void)s;
	(void)own;
	(void)norm;
	(void)n;
	(void)v;
}

static void turn_poly(const struct ml_svm_space *s, double own, const double *norm, size_t n,
		      double *v)
{
	(void)own;
	(void)norm;
	for (size_t k = 0; k < n; k++)
		v[k] = power(s->gamma * v[k] + s->coef0, s->degree);
}

static void turn_rbf(const struct ml_svm_space *s, double own, const double *norm, size_t n,
		     double *v)
{
	ml_vexp_gauss(v, norm, own, s->gamma, n);
}

static void turn_sigmoid(const struct ml_svm_space *s, double own, const double *norm, size_t n,
			 double *v)
{
	(void)own;
	(void)norm;
	for (size_t k = 0; k < n; k++)
		v[k] = tanh(s->gamma * v[k] + s->coef0);
}

static turn_fn *const turn[] = {
	[ML_SVM_LINEAR] = turn_linear,
	[ML_SVM_POLY] = turn_poly,
	[ML_SVM_RBF] = turn_rbf,
	[ML_SVM_SIGMOID] = turn_sigmoid,
};

void ml_svm_space_values(const struct ml_svm_space *s, const double *a, const double *norm,
			 size_t n, size_t from, size_t count, double *out)
{
	ml_panel_dots(s->panels + from * s->p, s->p, ml_panels(count), a, s->p, n, out,
		      ML_SVM_PIECE);
	for (size_t i = 0; i < n; i++)
		turn[s->kernel](s, norm[i], s->norm + from, count, out + i * ML_SVM_PIECE);
}

double ml_svm_space_own(const struct ml_svm_space *s, double norm)
{
	double v = norm;

	turn[s->kernel](s, norm, &norm, 1, &v);
	return v;
}
