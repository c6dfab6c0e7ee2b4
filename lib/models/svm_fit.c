/* svm_fit.c - jobs of all machines, shared out to threads, and what they found put together. */
#include "models/svm_fit.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/thread.h"
#include "la/panel.h"
#include "models/svm_job.h"

/* Jobs between two reports of how the fit goes. */
enum { JOBS_A_REPORT = 16 };

/* All jobs: of each machine one with all rows, and for probabilities one a fold. */
struct work {
	struct ml_svm_fitting *f;
	const struct ml_run *run; /* of a job */
	size_t machines, parts;   /* parts: jobs of a machine */
	struct ml_svm_job *job;   /* machines x parts */
	struct ml_svm_fitted *fitted;
	double *decisions; /* of the rows of all machines, or NULL; */
	size_t *at;        /* machines + 1: whose */
	size_t from;       /* the first job of this go */
};

/* ---- what all have in common ---- */

static int set_gamma(struct ml_svm_fitting *f, double variance, struct ml_error *err)
{
	const struct ml_pick_real *gamma = &f->opts->gamma;

	f->like.gamma = gamma->pick == ML_SVM_PER_FEATURE ? 1 / (double)f->rows.p
			: gamma->pick < 0                 ? gamma->value
			: variance > 0                    ? 1 / ((double)f->rows.p * variance)
							  : 1;
	if (isfinite(f->like.gamma) && f->like.gamma > 0)
		return ML_OK;
	return ml_fail(
		err, ML_EDATA, "E-RANGE",
		"svm: the variance of the features is beyond doubles: scale them, or give "
		"--gamma");
}

static int set_like(struct ml_svm_fitting *f, struct ml_error *err)
{
	struct ml_svm_machines *like = &f->like;
	double variance;

	like->kernel = (enum ml_svm_kernel)f->opts->kernel;
	like->coef0 = f->opts->coef0;
	like->degree = (size_t)f->opts->degree;
	like->p = f->rows.p;
	if (!(like->centre = ml_alloc(like->p, sizeof *like->centre, err)) ||
	    ml_svm_rows_centre(&f->rows, like->centre, &variance, err) ||
	    set_gamma(f, variance, err))
		return err->code;
	/* Distances do not know where the middle is, but their digits do; products know. */
	if (like->kernel != ML_SVM_RBF)
		memset(like->centre, 0, like->p * sizeof *like->centre);
	return ML_OK;
}

static int sort_classes(struct ml_svm_fitting *f, size_t classes, struct ml_error *err)
{
	f->classes = classes;
	if (!classes)
		return ML_OK;
	if (!(f->from = ml_alloc(classes + 2, sizeof *f->from, err)) ||
	    !(f->class_row = ml_alloc(f->rows.n, sizeof *f->class_row, err)))
		return err->code;
	for (size_t i = 0; i < f->rows.n; i++)
		f->from[(size_t)f->rows.y[i] + 2]++;
	for (size_t c = 0; c < classes; c++)
		f->from[c + 1] += f->from[c];
	/* from[c + 1] is where class c is filled, and ends as where class c + 1 begins. */
	for (size_t i = 0; i < f->rows.n; i++)
		f->class_row[f->from[(size_t)f->rows.y[i] + 1]++] = (uint32_t)i;
	return ML_OK;
}

static void fitting_release(struct ml_svm_fitting *f)
{
	free(f->class_row);
	free(f->from);
	free(f->like.centre);
	ml_svm_rows_release(&f->rows);
}

/* ---- jobs ---- */

static size_t members_of(const struct ml_svm_fitting *f, const struct ml_svm_job *job)
{
	size_t first = job->first, second = job->second;

	return f->from[first + 1] - f->from[first] + f->from[second + 1] - f->from[second];
}

static int set_jobs(struct work *w, struct ml_error *err)
{
	const struct ml_svm_fitting *f = w->f;
	size_t k = f->classes, m = 0, total = 0;

	w->machines = k ? k * (k - 1) / 2 : 1;
	w->parts = k && f->opts->probability ? 1 + ML_SVM_FOLDS : 1;
	if (!(w->job = ml_alloc(w->machines * w->parts, sizeof *w->job, err)) ||
	    !(w->fitted = ml_alloc(w->machines * w->parts, sizeof *w->fitted, err)) ||
	    !(w->at = ml_alloc(w->machines + 1, sizeof *w->at, err)))
		return err->code;
	for (size_t i = 0; i < (k ? k : 1); i++)
		for (size_t j = k ? i + 1 : 0; j < (k ? k : 1); j++, m++)
			for (size_t t = 0; t < w->parts; t++)
				w->job[m * w->parts + t] =
					(struct ml_svm_job){ i, j, t ? t - 1 : ML_SVM_FOLDS,
							     NULL };
	if (w->parts == 1)
		return ML_OK;
	for (m = 0; m < w->machines; m++)
		w->at[m + 1] = total += members_of(f, &w->job[m * w->parts]);
	if (!(w->decisions = ml_alloc(total, sizeof *w->decisions, err)))
		return err->code;
	for (size_t t = 0; t < w->machines * w->parts; t++)
		w->job[t].decision = t % w->parts ? w->decisions + w->at[t / w->parts] : NULL;
	return ML_OK;
}

static void work_release(struct work *w)
{
	for (size_t t = 0; w->fitted && t < w->machines * w->parts; t++)
		ml_svm_fitted_release(&w->fitted[t]);
	free(w->decisions);
	free(w->at);
	free(w->fitted);
	free(w->job);
}

static int do_job(void *arg, size_t block, int worker, struct ml_error *err)
{
	const struct work *w = arg;
	size_t t = w->from + block;
	int rc = ml_svm_job_do(w->f, &w->job[t], w->run, &w->fitted[t], err);

	(void)worker;
	/* Of a machine without a fold its decisions are all that is wanted. */
	if (w->job[t].decision)
		ml_svm_fitted_release(&w->fitted[t]);
	return rc;
}

static void report(const struct work *w, const struct ml_run *run, size_t done)
{
	double objective = 0;

	for (size_t t = 0; t < done; t += w->parts)
		objective += w->fitted[t].solved.objective;
	run->progress(run->user, &(struct ml_progress){ .step = done,
							.steps = w->machines * w->parts,
							.train_loss = objective,
							.valid_loss = NAN,
							.valid_metric = NAN,
							.rate = NAN });
}

/* Threads take a job each, where there are enough; else they share each job. */
static int do_jobs(struct work *w, const struct ml_run *run, struct ml_error *err)
{
	size_t jobs = w->machines * w->parts, threads = (size_t)run->threads;
	size_t together = jobs >= threads ? threads : 1;
	struct ml_run inner = *run;
	int rc = ML_OK;

	if (jobs > 1) {
		inner.progress = NULL;
		inner.threads = together > 1 ? 1 : run->threads;
	}
	w->run = &inner;
	w->f->cache = (size_t)w->f->opts->cache_mb * (1u << 20) / together;
	size_t go = jobs > 1 && run->progress ? JOBS_A_REPORT : jobs;
	for (w->from = 0; !rc && w->from < jobs; w->from += go) {
		size_t n = jobs - w->from < go ? jobs - w->from : go;
		rc = ml_parallel((int)together, n, do_job, w, err);
		if (!rc && jobs > 1 && run->progress)
			report(w, run, w->from + n);
	}
	w->run = run;
	return rc;
}

/* ---- together ---- */

/* The place of each row in the pool, in *of (SIZE_MAX: none); sizes of pool and entries. */
static int find_vectors(const struct work *w, int32_t **of, size_t *vectors, size_t *entries,
			struct ml_error *err)
{
	size_t n = w->f->rows.n;

	*vectors = *entries = 0;
	if (!(*of = ml_alloc(n, sizeof **of, err)))
		return err->code;
	for (size_t m = 0; m < w->machines; m++) {
		const struct ml_svm_fitted *one = &w->fitted[m * w->parts];
		*entries += one->n;
		for (size_t e = 0; e < one->n; e++)
			(*of)[one->row[e]] = 1;
	}
	for (size_t i = 0; i < n; i++)
		(*of)[i] = (*of)[i] ? (int32_t)(*vectors)++ : -1;
	return *entries <= INT32_MAX ? ML_OK
				     : ml_fail(err, ML_EDATA, "E-LIMIT",
					       "svm: %zu coefficients are too many", *entries);
}

static void put_vectors(struct ml_svm_machines *s, const struct work *w, const int32_t *of)
{
	const struct ml_svm_fitting *f = w->f;

	memcpy(s->centre, f->like.centre, s->p * sizeof *s->centre);
	for (size_t i = 0; i < f->rows.n; i++) {
		if (of[i] < 0)
			continue;
		double *v = s->v + (size_t)of[i] * s->p;
		for (size_t j = 0; j < s->p; j++)
			v[j] = f->rows.x[i][j] - s->centre[j];
		s->norm[of[i]] = ml_panel_square(v, s->p);
	}
}

/* Entries of a vector stand in the order of machines. */
static int put_entries(struct ml_svm_machines *s, const struct work *w, const int32_t *of,
		       struct ml_error *err)
{
	int32_t *next = ml_alloc(s->vectors + 1, sizeof *next, err);

	if (!next)
		return err->code;
	for (size_t m = 0; m < w->machines; m++) {
		const struct ml_svm_fitted *one = &w->fitted[m * w->parts];
		for (size_t e = 0; e < one->n; e++)
			s->start[of[one->row[e]] + 1]++;
	}
	for (size_t v = 0; v < s->vectors; v++) {
		s->start[v + 1] += s->start[v];
		next[v] = s->start[v];
	}
	for (size_t m = 0; m < w->machines; m++) {
		const struct ml_svm_fitted *one = &w->fitted[m * w->parts];
		s->rho[m] = one->solved.rho[0];
		s->objective[m] = one->solved.objective;
		for (size_t e = 0; e < one->n; e++) {
			int32_t at = next[of[one->row[e]]]++;
			s->machine[at] = (int32_t)m;
			s->coef[at] = one->coef[e];
		}
	}
	free(next);
	return ML_OK;
}

static int put_together(struct ml_svm_machines *s, const struct work *w, struct ml_error *err)
{
	int32_t *of = NULL;
	size_t vectors, entries;

	int rc = find_vectors(w, &of, &vectors, &entries, err);
	if (!rc) {
		*s = w->f->like;
		s->centre = NULL;
		s->count = w->machines;
		rc = ml_svm_machines_init(s, vectors, entries, err);
	}
	if (!rc) {
		put_vectors(s, w, of);
		rc = put_entries(s, w, of, err);
	}
	free(of);
	return rc;
}

static int fit_curve(struct ml_svm *s, const struct work *w, size_t m, struct ml_error *err)
{
	const struct ml_svm_fitting *f = w->f;
	const struct ml_svm_job *job = &w->job[m * w->parts];
	size_t n = members_of(f, job), first = f->from[job->first + 1] - f->from[job->first];
	double *weight = ml_alloc(n, sizeof *weight, err);
	bool *is_first = weight ? ml_alloc(n, sizeof *is_first, err) : NULL;

	for (size_t i = 0; is_first && i < n; i++) {
		size_t at =
			i < first ? f->from[job->first] + i : f->from[job->second] + i - first;
		is_first[i] = i < first;
		weight[i] = f->rows.w[f->class_row[at]];
	}
	if (is_first)
		s->curve[m] = ml_svm_curve_fit(w->decisions + w->at[m], weight, is_first, n);
	int rc = is_first ? ML_OK : err->code;
	free(is_first);
	free(weight);
	return rc;
}

static int fit_curves(struct ml_svm *s, const struct work *w, struct ml_error *err)
{
	int rc = ML_OK;

	if (!(s->curve = ml_alloc(w->machines, sizeof *s->curve, err)))
		return err->code;
	for (size_t m = 0; !rc && m < w->machines; m++)
		rc = fit_curve(s, w, m, err);
	return rc;
}

static int check_finite(const struct ml_svm_machines *s, struct ml_error *err)
{
	bool finite = true;

	for (size_t m = 0; m < s->count; m++)
		finite = finite && isfinite(s->rho[m]) && isfinite(s->objective[m]);
	for (int32_t e = 0; e < s->start[s->vectors]; e++)
		finite = finite && isfinite(s->coef[e]);
	return finite ? ML_OK
		      : ml_fail(err, ML_EDATA, "E-RANGE",
				"svm: coefficients beyond the largest double; scale the "
				"features or the target");
}

static void sum_up(const struct work *w, struct ml_report *rep)
{
	*rep = (struct ml_report){ .converged = true };
	for (size_t t = 0; t < w->machines * w->parts; t++) {
		const struct ml_svm_solved *one = &w->fitted[t].solved;
		rep->iters += one->iters;
		rep->converged &= one->converged;
		rep->objective += t % w->parts ? 0 : one->objective;
	}
}

static void warn_flat(const struct work *w, const struct ml_run *run)
{
	size_t flat = 0;

	for (size_t m = 0; m < w->machines; m++)
		flat += w->fitted[m * w->parts].solved.flat;
	if (flat && run->warn)
		run->warn(
			run->user, "W-MARGIN", SIZE_MAX,
			"svm: %zu of %zu pairs of classes overlap too much for nu %g, and are "
			"not told apart; try a larger --nu, or --type c-svc",
			flat, w->machines, w->f->opts->nu);
}

int ml_svm_fit(struct ml_svm *s, const struct ml_problem *p, const struct ml_svm_opts *o,
	       const struct ml_run *run, struct ml_report *rep, struct ml_error *err)
{
	struct ml_svm_fitting f = { .opts = o };
	struct work w = { .f = &f };

	s->classes = p->nclass;
	s->detect = p->task == ML_DETECT;
	int rc = ml_svm_kind_of(o, p->task, &f.kind, err);
	if (!rc)
		rc = ml_svm_rows_init(&f.rows, p, err);
	if (!rc)
		rc = set_like(&f, err);
	if (!rc)
		rc = sort_classes(&f, p->nclass, err);
	if (!rc)
		rc = set_jobs(&w, err);
	if (!rc)
		rc = do_jobs(&w, run, err);
	if (!rc)
		rc = put_together(&s->machines, &w, err);
	if (!rc)
		rc = check_finite(&s->machines, err);
	if (!rc && w.decisions)
		rc = fit_curves(s, &w, err);
	if (!rc) {
		sum_up(&w, rep);
		warn_flat(&w, run);
	}
	work_release(&w);
	fitting_release(&f);
	return rc;
}
