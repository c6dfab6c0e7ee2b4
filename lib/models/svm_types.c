/* svm_types.c - bounds, linear terms and beginnings of the five machines. */
#include "models/svm_types.h"

#include <math.h>

static int set_c_svc(struct ml_svm_qp *q, const struct ml_svm_part *rows,
		     const struct ml_svm_opts *o, struct ml_error *err)
{
	(void)err;
	for (size_t i = 0; i < rows->n; i++) {
		double most = o->c * rows->w[i];
		*(rows->y[i] > 0 ? &q->hi[i] : &q->lo[i]) = rows->y[i] > 0 ? most : -most;
		q->b[i] = rows->y[i];
	}
	return ML_OK;
}

/* Variable v takes what it can of the sum. */
static void fill(struct ml_svm_qp *q, size_t v, double *sum)
{
	double most = q->hi[v] > 0 ? q->hi[v] : -q->lo[v];

	if (*sum >= most) {
		q->a[v] = q->hi[v] > 0 ? q->hi[v] : q->lo[v];
		*sum -= most;
	} else {
		q->a[v] = q->hi[v] > 0 ? *sum : -*sum;
		*sum = 0;
	}
}

static int set_nu_svc(struct ml_svm_qp *q, const struct ml_svm_part *rows,
		      const struct ml_svm_opts *o, struct ml_error *err)
{
	double sum[2] = { 0 };

	for (size_t i = 0; i < rows->n; i++) {
		q->group[i] = rows->y[i] < 0;
		sum[q->group[i]] += rows->w[i];
		*(rows->y[i] > 0 ? &q->hi[i] : &q->lo[i]) =
			rows->y[i] > 0 ? rows->w[i] : -rows->w[i];
	}
	double share = o->nu * (sum[0] + sum[1]) / 2;
	/* Rounding of the sums must not refuse what is just possible. */
	if (share > fmin(sum[0], sum[1]) * (1 + 1e-12))
		return ml_fail(
			err, ML_EDATA, "E-RANGE",
			"svm: nu %g is too large for classes of weight %g and %g: at most "
			"%.6g",
			o->nu, sum[0], sum[1], 2 * fmin(sum[0], sum[1]) / (sum[0] + sum[1]));
	double left[2] = { share, share };
	for (size_t i = 0; i < rows->n; i++)
		fill(q, i, &left[q->group[i]]);
	return ML_OK;
}

static int set_epsilon_svr(struct ml_svm_qp *q, const struct ml_svm_part *rows,
			   const struct ml_svm_opts *o, struct ml_error *err)
{
	(void)err;
	for (size_t i = 0; i < rows->n; i++) {
		q->hi[2 * i] = o->c * rows->w[i];
		q->lo[2 * i + 1] = -q->hi[2 * i];
		q->b[2 * i] = rows->y[i] - o->epsilon;
		q->b[2 * i + 1] = rows->y[i] + o->epsilon;
	}
	return ML_OK;
}

static int set_nu_svr(struct ml_svm_qp *q, const struct ml_svm_part *rows,
		      const struct ml_svm_opts *o, struct ml_error *err)
{
	double weight = 0;

	(void)err;
	for (size_t i = 0; i < rows->n; i++) {
		weight += rows->w[i];
		q->hi[2 * i] = o->c * rows->w[i];
		q->lo[2 * i + 1] = -q->hi[2 * i];
		q->b[2 * i] = q->b[2 * i + 1] = rows->y[i];
		q->group[2 * i + 1] = 1;
	}
	double left[2] = { o->c * o->nu * weight / 2, o->c * o->nu * weight / 2 };
	for (size_t v = 0; v < 2 * rows->n; v++)
		fill(q, v, &left[v % 2]);
	return ML_OK;
}

static int set_one_class(struct ml_svm_qp *q, const struct ml_svm_part *rows,
			 const struct ml_svm_opts *o, struct ml_error *err)
{
	double weight = 0;

	(void)err;
	for (size_t i = 0; i < rows->n; i++) {
		weight += rows->w[i];
		q->hi[i] = rows->w[i];
	}
	double left = o->nu * weight;
	for (size_t i = 0; i < rows->n; i++)
		fill(q, i, &left);
	return ML_OK;
}

static void read_plain(struct ml_svm_solved *out, double *by)
{
	(void)out;
	*by = 1;
}

static void read_groups(struct ml_svm_solved *out, double *by)
{
	out->rho[0] = (out->rho[0] + out->rho[1]) / 2;
	*by = 1;
}

static void read_nu_svc(struct ml_svm_solved *out, double *by)
{
	double r = (out->rho[0] - out->rho[1]) / 2;

	/* The classes, each shrunk as nu lets it, meet (Crisp and Burges 1999): there is no
	 * margin to take as the unit. */
	out->flat = !(r > out->gap + 1e-12);
	*by = r > 0 ? r : 1;
	out->rho[0] = (out->rho[0] + out->rho[1]) / 2 / *by;
	out->objective /= *by * *by;
}

static const struct ml_svm_kind kinds[] = {
	[ML_SVM_C_SVC] = { ML_CLASSIFY, 1, false, set_c_svc, read_plain },
	[ML_SVM_NU_SVC] = { ML_CLASSIFY, 1, true, set_nu_svc, read_nu_svc },
	[ML_SVM_EPSILON_SVR] = { ML_REGRESS, 2, false, set_epsilon_svr, read_plain },
	[ML_SVM_NU_SVR] = { ML_REGRESS, 2, true, set_nu_svr, read_groups },
	[ML_SVM_ONE_CLASS] = { ML_DETECT, 1, false, set_one_class, read_plain },
};

int ml_svm_kind_of(const struct ml_svm_opts *o, enum ml_task task,
		   const struct ml_svm_kind **kind, struct ml_error *err)
{
	int type = o->type;

	if (type == ML_SVM_AUTO)
		type = task == ML_CLASSIFY  ? ML_SVM_C_SVC
		       : task == ML_REGRESS ? ML_SVM_EPSILON_SVR
					    : ML_SVM_ONE_CLASS;
	*kind = &kinds[type];
	if (!((*kind)->task & task))
		return ml_fail(err, ML_EUSAGE, "E-USAGE", "--type %s is for %s",
			       ml_svm_types[type],
			       (*kind)->task == ML_CLASSIFY  ? "a target of classes"
			       : (*kind)->task == ML_REGRESS ? "a target of numbers"
							     : "tables without a target");
	return ML_OK;
}
