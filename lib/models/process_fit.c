/* process_fit.c - Gaussian processes fitted: the parameters of the kernel that make the rows
 * most probable, and what predictions need of them.
 *
 * Minus the evidence falls by projected BFGS (la/descent.h) in the logarithms of the
 * parameters, from the values in the kernel's text and from `restarts` others drawn about them.
 * Where rows are many, all this is done on a sample, and what comes of it is where the descent
 * on all rows begins, with the curvature found: one evaluation there costs as much as hundreds
 * on the sample. The evidence of numbers is that of y in units. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/rng.h"
#include "la/descent.h"
#include "la/sums.h"
#include "models/evidence.h"
#include "models/process.h"
#include "stream/stream.h"

/* Rows of a sample, and how many times as many there must be for one to be worth while. */
enum { SAMPLE = 400, SAMPLE_GAIN = 2 };
/* Steps at the end, so that a row of weight 2 is the row twice to more digits than values tell.
 */
enum { POLISH = 10 };
/* Other starts are up to this many times shorter or longer, in logarithms: a factor of 20. */
static const double about = 3;

struct fitting {
	struct ml_process *m;
	const struct ml_problem *p;
	const struct ml_process_opts *o;
	const struct ml_run *run;
	struct ml_report *rep;
	ml_slope_fn *evidence;
	double *rows, *y; /* n x p without gaps; n, in units or as classes */
	size_t steps;     /* told so far */
};

/* ---- one function ---- */

struct descent_room {
	size_t n;
	double *t, *lo, *hi, *best, *inverse, *best_inverse;
};

static int room_init(struct descent_room *r, const struct ml_evidence *e, struct ml_error *err)
{
	size_t n = r->n = e->n_free;

	if (!(r->t = ml_alloc(4 * n, sizeof *r->t, err)) ||
	    !(r->inverse = ml_alloc(2 * n * n, sizeof *r->inverse, err)))
		return err->code;
	r->lo = r->t + n;
	r->hi = r->t + 2 * n;
	r->best = r->t + 3 * n;
	r->best_inverse = r->inverse + n * n;
	for (size_t k = 0; k < n; k++) {
		const struct ml_cov_param *p = &e->cov->param[e->free[k]];
		r->lo[k] = log(p->lo);
		r->hi[k] = log(p->hi);
		r->best[k] = fmin(fmax(log(p->value), r->lo[k]), r->hi[k]);
	}
	return ML_OK;
}

static void room_release(struct descent_room *r)
{
	free(r->inverse);
	free(r->t);
}

/* Where start k begins: the first as the kernel says. */
static void choose_start(const struct fitting *f, const struct descent_room *r,
			 const double *first, size_t part, size_t k)
{
	struct ml_rng rng;

	ml_rng_init(&rng, f->run->seed, "gp", part * (size_t)(f->o->restarts + 1) + k);
	for (size_t j = 0; j < r->n; j++) {
		double lo = fmax(first[j] - about, r->lo[j]);
		double hi = fmin(first[j] + about, r->hi[j]);
		r->t[j] = k ? lo + (hi - lo) * ml_rng_uniform(&rng) : first[j];
	}
}

static void told(void *arg, size_t steps, double value)
{
	struct ml_evidence *e = arg;

	if (e->run->progress)
		e->run->progress(e->run->user,
				 &(struct ml_progress){ .step = e->steps + steps,
							.train_loss = value,
							.valid_loss = (double)NAN,
							.valid_metric = (double)NAN,
							.rate = (double)NAN });
}

static int descend(struct fitting *f, struct ml_evidence *e, struct ml_descent *d, double *t,
		   struct ml_error *err)
{
	e->steps = f->steps;
	int rc = ml_descent_run(d, f->evidence, e, t, f->run, err);

	f->steps += d->steps;
	f->rep->converged = d->settled;
	return rc ? rc : e->rc;
}

/* The best end of all starts, into r->best and best_inverse; *value infinite: there was none.
 */
static int try_starts(struct fitting *f, struct ml_evidence *e, struct descent_room *r,
		      size_t part, struct ml_descent *best, struct ml_error *err)
{
	double *first = ml_alloc(r->n, sizeof *first, err);
	int rc = first ? ML_OK : err->code;

	best->value = (double)INFINITY;
	for (size_t k = 0; !rc && k <= (size_t)f->o->restarts; k++) {
		struct ml_descent d = { .n = r->n,
					.lo = r->lo,
					.hi = r->hi,
					.evals = (size_t)f->o->max_iter,
					.little = f->o->tol,
					.inverse = r->inverse,
					.step = told };

		if (k == 0)
			memcpy(first, r->best, r->n * sizeof *first);
		if (k && ml_run_over(f->run))
			break;
		choose_start(f, r, first, part, k);
		e->begun = false;
		rc = descend(f, e, &d, r->t, err);
		if (rc || !(d.value < best->value))
			continue;
		*best = d;
		memcpy(r->best, r->t, r->n * sizeof *r->t);
		memcpy(r->best_inverse, r->inverse, r->n * r->n * sizeof *r->inverse);
	}
	free(first);
	f->rep->converged = best->settled;
	return rc;
}

/* Every stride-th row of e, as an evidence of its own. */
struct sample {
	struct ml_evidence e;
	double *v; /* rows, points, y, w; owned */
};

static int sample_init(struct sample *s, const struct ml_evidence *e, size_t stride,
		       struct ml_error *err)
{
	size_t n = e->n / stride, p = e->p;

	s->e = (struct ml_evidence){
		.cov = e->cov, .n = n, .p = p, .jitter = e->jitter, .run = e->run
	};
	if (!(s->v = ml_alloc(n * (2 * p + 2), sizeof *s->v, err)))
		return err->code;
	double *rows = s->v, *points = rows + n * p, *y = points + n * p, *w = y + n;
	for (size_t i = 0; i < n; i++) {
		memcpy(rows + i * p, e->rows + i * stride * p, p * sizeof *rows);
		for (size_t j = 0; j < p; j++)
			points[j * n + i] = rows[i * p + j];
		y[i] = e->y[i * stride];
		w[i] = e->w ? e->w[i * stride] : 1;
	}
	s->e.rows = rows;
	s->e.points = points;
	s->e.y = y;
	s->e.w = e->w ? w : NULL;
	return ml_evidence_init(&s->e, err);
}

static void sample_release(struct sample *s)
{
	ml_evidence_release(&s->e);
	free(s->v);
}

/* The best start of the sample; the evidence of all rows is about `stride` times more curved.
 */
static int try_sample(struct fitting *f, struct ml_evidence *e, size_t stride,
		      struct descent_room *r, size_t part, struct ml_descent *found,
		      struct ml_error *err)
{
	struct sample s = { 0 };
	int rc = sample_init(&s, e, stride, err);

	if (!rc)
		rc = try_starts(f, &s.e, r, part, found, err);
	sample_release(&s);
	for (size_t k = 0; k < r->n * r->n; k++)
		r->best_inverse[k] /= (double)stride;
	return rc;
}

/* r->best: where the evidence of the rows of e is greatest. */
static int optimise(struct fitting *f, struct ml_evidence *e, struct descent_room *r,
		    size_t part, struct ml_error *err)
{
	size_t stride = e->n / SAMPLE;
	bool sampled = stride >= SAMPLE_GAIN;
	struct ml_descent found = { 0 };
	int rc = sampled ? try_sample(f, e, stride, r, part, &found, err)
			 : try_starts(f, e, r, part, &found, err);

	if (rc || ml_run_over(f->run) || !isfinite(found.value))
		return rc;
	struct ml_descent all = { .n = r->n,
				  .lo = r->lo,
				  .hi = r->hi,
				  .evals = sampled ? (size_t)f->o->max_iter : 0,
				  .little = f->o->tol,
				  .polish = sampled ? 0 : POLISH,
				  .inverse = r->best_inverse,
				  .curved = found.curved,
				  .step = told };
	e->begun = false;
	rc = descend(f, e, &all, r->best, err);
	f->rep->converged = sampled ? all.settled : found.settled;
	return rc;
}

/* ---- what is kept ---- */

static int keep(struct fitting *f, struct ml_evidence *e, struct ml_process_part *part,
		double value, struct ml_error *err)
{
	size_t n = e->n, ld = n + 1;

	part->evidence = -value;
	memcpy(part->coef, ml_evidence_at(e, ML_EV_MEAN), n * sizeof *part->coef);
	if (f->m->classes) {
		if (!(part->root = ml_alloc(n, sizeof *part->root, err)))
			return err->code;
		memcpy(part->root, ml_evidence_at(e, ML_EV_ROOT), n * sizeof *part->root);
	}
	if (!f->o->spread && !f->m->classes)
		return ML_OK;
	if (ml_factor_init(&part->factor, n, err))
		return err->code;
	for (size_t i = 0; i < n; i++)
		ml_factor_put(&part->factor, i,
			      f->m->classes ? ml_evidence_lower(e) + i * (ld + 1)
					    : ml_evidence_upper(e) + i * (ld + 1),
			      f->m->classes ? ld : 1);
	return ML_OK;
}

static int no_factor(const struct ml_evidence *e, struct ml_error *err)
{
	return e->rc ? e->rc
		     : ml_fail(err, ML_EDATA, "E-RANGE",
			       "gp: the covariances of the rows have no Cholesky factor, or "
			       "are "
			       "beyond doubles: add white to --kernel, or raise --alpha");
}

static int fit_part(struct fitting *f, size_t k, struct ml_error *err)
{
	struct ml_process_part *part = &f->m->part[k];
	struct descent_room room = { 0 };
	struct ml_evidence e = { .cov = &part->cov,
				 .n = f->m->n,
				 .p = f->m->p,
				 .rows = f->rows,
				 .points = f->m->x,
				 .y = f->y,
				 .w = f->p->w,
				 .jitter = f->m->classes ? 0 : f->o->alpha,
				 .run = f->run };

	int rc = ml_evidence_init(&e, err);
	if (!rc)
		rc = room_init(&room, &e, err);
	f->rep->converged = true;
	if (!f->o->optimize)
		e.n_free = 0;
	if (!rc && e.n_free)
		rc = optimise(f, &e, &room, k, err);
	double value = rc ? 0 : f->evidence(&e, room.best, NULL);
	if (!rc && !isfinite(value))
		rc = no_factor(&e, err);
	if (!rc)
		rc = keep(f, &e, part, value, err);
	room_release(&room);
	ml_evidence_release(&e);
	return rc;
}

/* ---- all of it ---- */

static int read_kernel(struct fitting *f, size_t k, struct ml_error *err)
{
	const char *text = f->o->kernel;

	if (!strcmp(text, "auto"))
		text = f->m->classes ? "const*rbf" : "const*rbf + white";
	int rc = ml_cov_read(&f->m->part[k].cov, text, f->m->p, f->o->ard, err);
	return rc == ML_EUSAGE ? ml_context(err, "option '--kernel'") : rc;
}

/* What is kept has to go into a record of a stream. */
static int check_size(const struct fitting *f, struct ml_error *err)
{
	double n = (double)f->p->x.rows, parts = f->p->nclass > 2 ? (double)f->p->nclass : 1;
	double each = f->o->spread || f->p->nclass ? 4 * n * (n + 1) : 0;
	double bytes = parts * each + 8 * n * (double)f->p->x.cols;

	if (bytes < 0.99 * (double)ML_STREAM_MAX_RECORD)
		return ML_OK;
	return ml_fail(err, ML_EDATA, "E-LIMIT",
		       "gp: what a model keeps of %zu rows is %.3g GB, and a model holds %.3g: "
		       "take a sample (ml-split)%s",
		       f->p->x.rows, bytes / 1e9, (double)ML_STREAM_MAX_RECORD / 1e9,
		       f->p->nclass ? "" : ", or do without deviations (--no-std)");
}

static int begin(struct fitting *f, struct ml_error *err)
{
	const struct ml_problem *p = f->p;
	size_t n = p->x.rows, cols = p->x.cols;
	struct ml_process *m = f->m;

	if (check_size(f, err) || ml_process_init(m, n, cols, p->nclass, err))
		return err->code;
	for (size_t k = 0; k < m->parts; k++)
		if (read_kernel(f, k, err))
			return err->code;
	if (!(f->rows = ml_alloc(n * cols, sizeof *f->rows, err)) ||
	    !(f->y = ml_alloc(n, sizeof *f->y, err)))
		return err->code;
	for (size_t i = 0; i < n; i++)
		for (size_t j = 0; j < cols; j++)
			m->x[j * n + i] = f->rows[i * cols + j] = p->x.v[i * p->x.ld + j];
	m->unit = 1;
	if (p->nclass || !f->o->normalize)
		return ML_OK;
	struct ml_moments y = ml_moments_of(p->y, p->w, n);
	m->mean = y.mean;
	m->unit = sqrt(y.ss / y.weight);
	if (!isfinite(m->unit))
		return ml_fail(err, ML_EDATA, "E-RANGE", "gp: targets up to %g are too large",
			       fmax(fabs(y.min), fabs(y.max)));
	if (!(m->unit > 0))
		m->unit = 1;
	return ML_OK;
}

static void set_target(struct fitting *f, size_t part)
{
	size_t one = f->m->parts == 1 ? 1 : part;

	for (size_t i = 0; i < f->m->n; i++)
		f->y[i] = f->m->classes ? f->p->y[i] == (double)one
					: (f->p->y[i] - f->m->mean) / f->m->unit;
}

int ml_process_fit(void *state, const struct ml_problem *p, const void *opts,
		   const struct ml_run *run, struct ml_report *rep, struct ml_error *err)
{
	struct fitting f = { .m = state,
			     .p = p,
			     .o = opts,
			     .run = run,
			     .rep = rep,
			     .evidence =
				     p->nclass ? ml_evidence_classes : ml_evidence_numbers };
	bool converged = true;
	double objective = 0;

	*rep = (struct ml_report){ 0 };
	int rc = begin(&f, err);
	for (size_t k = 0; !rc && k < f.m->parts; k++) {
		set_target(&f, k);
		rc = fit_part(&f, k, err);
		converged &= rep->converged;
		objective -= f.m->part[k].evidence;
	}
	*rep = (struct ml_report){ .iters = f.steps,
				   .converged = converged,
				   .objective = objective };
	free(f.y);
	free(f.rows);
	return rc;
}
