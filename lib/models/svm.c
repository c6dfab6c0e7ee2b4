/* svm.c - support vector machines: classes, numbers, outliers.
 *
 * Minimises over functions f of the kernel's space, with |f| its length there,
 *
 *     c-svc        1/2 |f|^2 + C sum_i w_i max(0, 1 - y_i (f(x_i) - rho))
 *     epsilon-svr  1/2 |f|^2 + C sum_i w_i max(0, |t_i - f(x_i) + rho| - epsilon)
 *     one-class    1/2 |f|^2 + sum_i w_i max(0, rho - f(x_i)) - nu W rho
 *
 * and what nu makes of them (svm_types.h), by their duals (svm_qp.h).  More than two classes
 * are told apart pair by pair, and the class that most pairs vote for is taken; probabilities
 * are a softmax of votes (of two classes the logistic curve of the decision) and no more than
 * an order, unless curves are fitted to decisions about held-out rows (svm_platt.h).
 *
 * Cost: some products of n rows with each support vector, p multiplications each; the number of
 * support vectors grows with n, so n^2 p in all, and a prediction costs their number times p.
 */
#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "la/addto.h"
#include "models/svm_fit.h"

static int fit(void *state, const struct ml_problem *p, const void *options,
	       const struct ml_run *run, struct ml_report *rep, struct ml_error *err)
{
	return ml_svm_fit(state, p, options, run, rep, err);
}

static size_t width(const void *state)
{
	const struct ml_svm *s = state;

	return s->classes ? s->classes : 1;
}

/* Room for the probabilities of a row: k x k, and k x k + k. */
struct room {
	double *pair, *couple;
};

static void couple(const struct ml_svm *s, const double *decision, size_t stride,
		   const struct room *room, double *out)
{
	size_t k = s->classes;

	for (size_t i = 0, m = 0; i < k; i++)
		for (size_t j = i + 1; j < k; j++, m++) {
			double p = ml_svm_curve_at(&s->curve[m], decision[m * stride]);
			room->pair[i * k + j] = p;
			room->pair[j * k + i] = 1 - p;
		}
	if (k == 2) {
		out[0] = room->pair[1];
		out[1] = room->pair[2];
	} else {
		ml_svm_couple(room->pair, k, out, room->couple);
	}
}

/* decision: of machine 0; those of others follow, `stride` apart. */
static void conclude(const struct ml_svm *s, const double *decision, size_t stride,
		     const struct room *room, double *out)
{
	if (!s->classes)
		*out = s->detect ? -*decision : *decision;
	else if (s->curve)
		couple(s, decision, stride, room, out);
	else
		ml_svm_vote(decision, stride, s->classes, out, room->couple);
}

static int predict(const void *state, const struct ml_mat *x, struct ml_mat *out,
		   struct ml_error *err)
{
	const struct ml_svm *s = state;
	const struct ml_svm_machines *m = &s->machines;
	struct ml_svm_asking asking = { 0 };
	struct room room = { 0 };
	size_t k = s->classes;

	if (ml_mat_expect(x, m->p, err))
		return err->code;
	int rc = ml_svm_asking_init(&asking, m, x->rows, err);
	if (!rc && k &&
	    (!(room.pair = ml_alloc(k * k, sizeof *room.pair, err)) ||
	     !(room.couple = ml_alloc(k * k + k, sizeof *room.couple, err))))
		rc = err->code;
	for (size_t from = 0; !rc && from < x->rows; from += ML_SVM_BATCH) {
		size_t n = x->rows - from < ML_SVM_BATCH ? x->rows - from : ML_SVM_BATCH;
		for (size_t i = 0; i < n; i++)
			ml_svm_asking_put(m, &asking, i, x->v + (from + i) * x->ld);
		ml_svm_decide(m, &asking, n);
		for (size_t i = 0; i < n; i++)
			conclude(s, asking.decision + i, asking.stride, &room,
				 out->v + (from + i) * out->ld);
	}
	free(room.couple);
	free(room.pair);
	ml_svm_asking_release(&asking);
	return rc;
}

static enum ml_task task_of(const void *options)
{
	return ml_svm_task_of(options);
}

static double threshold(const void *state)
{
	(void)state;
	return 0;
}

/* Of a linear kernel, where there is one machine. */
static size_t coefficient_rows(const void *state)
{
	const struct ml_svm_machines *m = &((const struct ml_svm *)state)->machines;

	return m->kernel == ML_SVM_LINEAR && m->count == 1;
}

/* Of what grows: the number, the second class, how far out a row is. */
static void coefficients(const void *state, struct ml_mat *out)
{
	const struct ml_svm *s = state;
	const struct ml_svm_machines *m = &s->machines;
	double sign = s->classes || s->detect ? -1 : 1;

	memset(out->v, 0, m->p * sizeof *out->v);
	for (size_t v = 0; v < m->vectors; v++)
		for (int32_t e = m->start[v]; e < m->start[v + 1]; e++)
			ml_add_multiple(out->v, m->v + v * m->p, sign * m->coef[e], m->p);
	for (size_t j = 0; j < m->p; j++)
		out->v[j] = fmax(fmin(out->v[j], DBL_MAX), -DBL_MAX);
	out->v[m->p] = -sign * m->rho[0];
}

static void save(const void *state, struct ml_fields *out)
{
	const struct ml_svm *s = state;
	size_t n = s->machines.count;

	ml_put_size(out, "classes", s->classes);
	ml_put_size(out, "detects", s->detect);
	ml_svm_machines_save(&s->machines, out);
	if (!s->curve)
		return;
	struct ml_fields *curves = ml_put_map(out, "probability");
	double *v = calloc(2 * n, sizeof *v);
	for (size_t m = 0; v && m < n; m++) {
		v[m] = s->curve[m].slope;
		v[n + m] = s->curve[m].shift;
	}
	if (!v) {
		out->failed = true;
		return;
	}
	ml_put_reals(curves, "slopes", v, n);
	ml_put_reals(curves, "shifts", v + n, n);
	free(v);
}

static int load_curves(struct ml_svm *s, const struct ml_fields *in, struct ml_error *err)
{
	const struct ml_fields *curves;
	size_t n = s->machines.count;
	double *slope = NULL, *shift = NULL;

	int rc = ml_get_map(in, "probability", &curves, err);
	if (!rc)
		rc = ml_get_reals(curves, "slopes", &slope, n, err);
	if (!rc)
		rc = ml_get_reals(curves, "shifts", &shift, n, err);
	if (!rc && !(s->curve = ml_alloc(n, sizeof *s->curve, err)))
		rc = err->code;
	for (size_t m = 0; !rc && m < n; m++)
		s->curve[m] = (struct ml_svm_curve){ slope[m], shift[m] };
	free(shift);
	free(slope);
	return rc;
}

static int load(void *state, unsigned format, const struct ml_fields *in, struct ml_error *err)
{
	struct ml_svm *s = state;
	size_t detect;

	(void)format; /* only version 1 exists */
	if (ml_get_size(in, "classes", 1u << 15, &s->classes, err) ||
	    ml_get_size(in, "detects", 1, &detect, err) ||
	    ml_svm_machines_load(&s->machines, INT32_MAX, in, err))
		return err->code;
	s->detect = detect;
	size_t k = s->classes, pairs = k ? k * (k - 1) / 2 : 1;
	if (k == 1 || s->machines.count != pairs)
		return ml_fail(err, ML_EDATA, "E-MODEL", "%zu machines for %zu classes",
			       s->machines.count, k);
	return k && ml_has(in, "probability") ? load_curves(s, in, err) : ML_OK;
}

static void release(void *state)
{
	struct ml_svm *s = state;

	free(s->curve);
	ml_svm_machines_release(&s->machines);
}

const struct ml_model ml_svm = {
	.name = "svm",
	.summary = "support vector machines with kernels: classes, numbers, outliers",
	.tasks = ML_CLASSIFY | ML_REGRESS | ML_DETECT,
	.flags = ML_WANTS_SCALE | ML_HARD_ROWS,
	.format = 1,
	.opts = ml_svm_table,
	.opts_size = sizeof(struct ml_svm_opts),
	.state_size = sizeof(struct ml_svm),
	.fit = ML_FITTING(fit),
	.predict = predict,
	.width = width,
	.save = save,
	.load = load,
	.release = release,
	.threshold = threshold,
	.coefficient_rows = coefficient_rows,
	.coefficients = coefficients,
	.task_of = task_of,
};
