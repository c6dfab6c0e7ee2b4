/* svm_job.c - rows become a programme, its solution coefficients. */
#include "models/svm_job.h"

#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "la/panel.h"

void ml_svm_fitted_release(struct ml_svm_fitted *f)
{
	free(f->coef);
	free(f->row);
	f->coef = NULL;
	f->row = NULL;
}

/* The rows of a job, all and those that it learns from. */
struct members {
	size_t n, kept;
	uint32_t *row; /* those kept, then those of the fold left out */
	size_t *place; /* where they stand within the two classes */
	double *y, *w; /* of those kept */
};

static void members_release(struct members *m)
{
	free(m->w);
	free(m->y);
	free(m->place);
	free(m->row);
}

static size_t class_size(const struct ml_svm_fitting *f, size_t c)
{
	return f->from[c + 1] - f->from[c];
}

/* Member i of the job: which row, its y, the fold it is in. */
static uint32_t member(const struct ml_svm_fitting *f, const struct ml_svm_job *job, size_t i,
		       double *y, size_t *fold)
{
	if (!f->classes) {
		*y = f->rows.y[i];
		*fold = i % ML_SVM_FOLDS;
		return (uint32_t)i;
	}
	size_t size = class_size(f, job->first);
	bool first = i < size;
	size_t at = first ? i : i - size;
	*y = first ? 1 : -1;
	*fold = at % ML_SVM_FOLDS;
	return f->class_row[f->from[first ? job->first : job->second] + at];
}

static int members_init(struct members *m, const struct ml_svm_fitting *f,
			const struct ml_svm_job *job, struct ml_error *err)
{
	*m = (struct members){ .n = f->classes ? class_size(f, job->first) +
							 class_size(f, job->second)
					       : f->rows.n };
	if (!(m->row = ml_alloc(m->n, sizeof *m->row, err)) ||
	    !(m->place = ml_alloc(m->n, sizeof *m->place, err)) ||
	    !(m->y = ml_alloc(m->n, sizeof *m->y, err)) ||
	    !(m->w = ml_alloc(m->n, sizeof *m->w, err)))
		return err->code;
	size_t back = m->n;
	for (size_t i = 0; i < m->n; i++) {
		double y;
		size_t fold;
		uint32_t row = member(f, job, i, &y, &fold);
		size_t at = fold == job->fold ? --back : m->kept++;
		m->row[at] = row;
		m->place[at] = i;
		if (fold == job->fold)
			continue;
		m->y[at] = y;
		m->w[at] = f->rows.w[row];
	}
	return ML_OK;
}

/* ---- the programme ---- */

/* Kernels of two rows are at most what is checked here, which single precision must hold. */
static int check_kernel(const struct ml_svm_space *s, struct ml_error *err)
{
	double most = 0;

	for (size_t i = 0; i < s->n; i++)
		most = fmax(most, isfinite(s->norm[i]) ? s->norm[i] : INFINITY);
	double value = s->kernel == ML_SVM_LINEAR ? most
		       : s->kernel == ML_SVM_POLY
			       ? pow(s->gamma * most + fabs(s->coef0), (double)s->degree)
			       : 0;
	if (!(value < (double)FLT_MAX / 4) || !isfinite(most))
		return ml_fail(
			err, ML_EDATA, "E-RANGE",
			"svm: the features are too large for this kernel (a row's squares "
			"add up to %g): scale them",
			most);
	return ML_OK;
}

static int fill_space(struct ml_svm_space *s, const struct ml_svm_fitting *f,
		      const struct members *m, struct ml_error *err)
{
	*s = (struct ml_svm_space){ .kernel = f->like.kernel,
				    .gamma = f->like.gamma,
				    .coef0 = f->like.coef0,
				    .degree = (int64_t)f->like.degree };
	double *row = ml_alloc(f->rows.p, sizeof *row, err);
	int rc = row ? ml_svm_space_init(s, m->kept, f->rows.p, err) : err->code;
	for (size_t i = 0; !rc && i < m->kept; i++) {
		const double *x = f->rows.x[m->row[i]];
		for (size_t j = 0; j < f->rows.p; j++)
			row[j] = x[j] - f->like.centre[j];
		ml_svm_space_put(s, i, row);
	}
	free(row);
	return rc ? rc : check_kernel(s, err);
}

/* The coefficients that are not 0. */
static int read_out(struct ml_svm_fitted *out, const struct ml_svm_qp *q,
		    const struct members *m, double by, struct ml_error *err)
{
	if (!(out->row = ml_alloc(m->kept, sizeof *out->row, err)) ||
	    !(out->coef = ml_alloc(m->kept, sizeof *out->coef, err)))
		return err->code;
	for (size_t i = 0; i < m->kept; i++) {
		double a = q->per == 1 ? q->a[i] : q->a[2 * i] + q->a[2 * i + 1];
		if (a == 0)
			continue;
		out->row[out->n] = m->row[i];
		out->coef[out->n++] = a / by;
	}
	return ML_OK;
}

static int solve(const struct ml_svm_fitting *f, const struct members *m,
		 const struct ml_run *run, struct ml_svm_fitted *out, struct ml_error *err)
{
	struct ml_svm_space space = { 0 };
	size_t size = m->kept * f->kind->per;
	double *numbers = ml_alloc(size, 4 * sizeof *numbers, err);
	unsigned char *group =
		numbers && f->kind->groups ? ml_alloc(size, sizeof *group, err) : NULL;
	struct ml_svm_qp q = { .space = &space,
			       .per = f->kind->per,
			       .group = group,
			       .tol = f->opts->tol,
			       .max_iter = (size_t)f->opts->max_iter,
			       .cache = f->cache,
			       .shrink = f->opts->shrinking };
	double by;

	int rc = !numbers || (f->kind->groups && !group) ? err->code
							 : fill_space(&space, f, m, err);
	if (!rc) {
		q.a = numbers;
		q.lo = numbers + size;
		q.hi = numbers + 2 * size;
		q.b = numbers + 3 * size;
		struct ml_svm_part part = { m->kept, m->y, m->w };
		rc = f->kind->set(&q, &part, f->opts, err);
	}
	if (!rc)
		rc = ml_svm_qp_solve(&q, run, &out->solved, err);
	if (!rc) {
		f->kind->read(&out->solved, &by);
		rc = read_out(out, &q, m, by, err);
	}
	ml_svm_space_release(&space);
	free(group);
	free(numbers);
	return rc;
}

/* ---- asking about the fold ---- */

static int machine_of(struct ml_svm_machines *one, const struct ml_svm_fitting *f,
		      const struct ml_svm_fitted *fitted, struct ml_error *err)
{
	*one = (struct ml_svm_machines){ .kernel = f->like.kernel,
					 .gamma = f->like.gamma,
					 .coef0 = f->like.coef0,
					 .degree = f->like.degree,
					 .count = 1,
					 .p = f->rows.p };
	int rc = ml_svm_machines_init(one, fitted->n, fitted->n, err);
	if (rc)
		return rc;
	memcpy(one->centre, f->like.centre, one->p * sizeof *one->centre);
	for (size_t i = 0; i < fitted->n; i++) {
		double *v = one->v + i * one->p;
		for (size_t j = 0; j < one->p; j++)
			v[j] = f->rows.x[fitted->row[i]][j] - one->centre[j];
		one->norm[i] = ml_panel_square(v, one->p);
		one->start[i + 1] = (int32_t)i + 1;
		one->coef[i] = fitted->coef[i];
	}
	one->rho[0] = fitted->solved.rho[0];
	return ML_OK;
}

static int ask_fold(const struct ml_svm_fitting *f, const struct members *m,
		    const struct ml_svm_fitted *fitted, double *decision, struct ml_error *err)
{
	struct ml_svm_machines one = { 0 };
	struct ml_svm_asking asking = { 0 };
	int rc = machine_of(&one, f, fitted, err);

	if (!rc)
		rc = ml_svm_asking_init(&asking, &one, m->n - m->kept, err);
	for (size_t i = m->kept; !rc && i < m->n; i += ML_SVM_BATCH) {
		size_t n = m->n - i < ML_SVM_BATCH ? m->n - i : ML_SVM_BATCH;
		for (size_t k = 0; k < n; k++)
			ml_svm_asking_put(&one, &asking, k, f->rows.x[m->row[i + k]]);
		ml_svm_decide(&one, &asking, n);
		for (size_t k = 0; k < n; k++)
			decision[m->place[i + k]] = asking.decision[k];
	}
	ml_svm_asking_release(&asking);
	ml_svm_machines_release(&one);
	return rc;
}

/* Without rows of one of the classes there is nothing to learn: the other is certain. */
static bool one_sided(const struct members *m, double *certain)
{
	bool first = false, second = false;

	for (size_t i = 0; i < m->kept; i++)
		*(m->y[i] > 0 ? &first : &second) = true;
	*certain = first ? 1 : second ? -1 : 0;
	return !first || !second;
}

int ml_svm_job_do(const struct ml_svm_fitting *f, const struct ml_svm_job *job,
		  const struct ml_run *run, struct ml_svm_fitted *out, struct ml_error *err)
{
	struct members m;
	double certain;

	*out = (struct ml_svm_fitted){ 0 };
	int rc = members_init(&m, f, job, err);
	if (!rc && job->decision && one_sided(&m, &certain)) {
		for (size_t i = m.kept; i < m.n; i++)
			job->decision[m.place[i]] = certain;
		out->solved.converged = true;
	} else if (!rc && !m.kept) {
		out->solved.converged = true; /* neither class has rows */
	} else if (!rc) {
		rc = solve(f, &m, run, out, err);
		if (!rc && job->decision)
			rc = ask_fold(f, &m, out, job->decision, err);
	}
	members_release(&m);
	return rc;
}
