/* svm_qp.c - turn after turn until the gap is closed. */
#include "models/svm_qp.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "models/svm_parts.h"

/* A turn closes the gap of its variables to a share of the whole gap: more is undone by the
 * turns after it. */
static const double turn_share = 0.2;
/* Rows left out are looked at when the gap of the others is below so much of what that of all
 * was when they were last looked at: to close it further would be in vain where they have to
 * change. */
static const double look_share = 1e-2;

/* A turn takes a quarter of the variables, within these: with few each turn would cost a pass
 * over all rows for little, with many their own kernels would cost more than the rows do. */
enum { TURN_LEAST = 32, TURN_MOST = ML_SVM_TURN };
/* Turns before a walk, and its steps; then rows may be left out. */
enum { SLOW_TURNS = 4, WALK = 1000 };
/* Fewer rows are not left out: kernel rows are kept whole, and bringing f up to date would cost
 * more than it saves.  Unless it takes long, so many steps for each row: with a large C, when
 * passes over the rows are what costs. */
enum { SHRINK_ROWS = 5000, LONG = 3 };

static int init_turn(struct ml_svm_solver *s, struct ml_error *err)
{
	enum { ARRAYS = 2 + 2 * ML_SVM_GROUPS };
	size_t p = s->space->p, room = 0;

	if (!(s->var = ml_alloc(ML_SVM_TURN, sizeof *s->var, err)) ||
	    !(s->taken = ml_alloc(s->n, s->per, err)) ||
	    !(s->was = ml_alloc(s->n, s->per * sizeof *s->was, err)) ||
	    ML_GROW(s->square, room, ML_SVM_TURN * s->turn, err) ||
	    !(s->lanes = ml_alloc(ML_SVM_TURN, ARRAYS * sizeof *s->lanes, err)) ||
	    !(s->row = ml_alloc(s->turn, p * sizeof *s->row, err)) ||
	    !(s->norm = ml_alloc(ML_SVM_TURN, sizeof *s->norm, err)))
		return err->code;
	double **array[ARRAYS] = { &s->few.e,     &s->few.own,     &s->few.up[0],
				   &s->few.up[1], &s->few.down[0], &s->few.down[1] };
	for (size_t k = 0; k < ARRAYS; k++)
		*array[k] = s->lanes + k * ML_SVM_TURN;
	s->packed = *s->space;
	return ml_svm_space_init(&s->packed, s->turn, p, err);
}

/* f of what a is at first. */
static int init_f(struct ml_svm_solver *s, struct ml_error *err)
{
	uint32_t *at = ml_alloc(s->n, sizeof *at, err);
	double *d = at ? ml_alloc(s->n, sizeof *d, err) : NULL;
	size_t n = 0;

	for (size_t i = 0; d && i < s->n; i++) {
		double weight = s->per == 1 ? s->a[i] : s->a[2 * i] + s->a[2 * i + 1];
		if (weight == 0)
			continue;
		at[n] = (uint32_t)i;
		d[n++] = weight;
	}
	int rc = d ? ml_svm_apply(s, at, d, n, err) : err->code;
	free(d);
	free(at);
	return rc;
}

/* 1/2 a K a - b a, from f of all rows. */
static double objective(const struct ml_svm_solver *s)
{
	double sum = 0;

	for (size_t i = 0; i < s->n; i++)
		for (size_t v = i * s->per; v < (i + 1) * s->per; v++)
			sum += s->a[v] * (s->f[i] / 2 - s->b[v]);
	return sum;
}

static int init(struct ml_svm_solver *s, const struct ml_svm_qp *q, struct ml_error *err)
{
	*s = (struct ml_svm_solver){ .space = q->space,
				     .n = q->space->n,
				     .per = q->per,
				     .active = q->space->n,
				     .a = q->a,
				     .lo = q->lo,
				     .hi = q->hi,
				     .b = q->b,
				     .group = q->group,
				     .max_iter = q->max_iter };
	size_t many = s->n * s->per / 4;
	s->turn = many < TURN_LEAST ? TURN_LEAST : many < TURN_MOST ? many / 4 * 4 : TURN_MOST;
	if (!(s->f = ml_alloc(s->n, sizeof *s->f, err)) ||
	    !(s->id = ml_alloc(s->n, sizeof *s->id, err)) ||
	    !(s->known = ml_alloc(s->n, sizeof *s->known, err)) || init_turn(s, err) ||
	    ml_svm_cache_init(&s->cache, s->n, q->cache, err))
		return err->code;
	for (size_t i = 0; i < s->n; i++)
		s->id[i] = (uint32_t)i;
	return ML_OK;
}

static void solver_release(struct ml_svm_solver *s)
{
	ml_svm_spells_release(s);
	free(s->spell);
	ml_svm_cache_release(&s->cache);
	ml_svm_space_release(&s->packed);
	free(s->wide);
	free(s->norm);
	free(s->row);
	free(s->lanes);
	free(s->square);
	free(s->was);
	free(s->taken);
	free(s->var);
	free(s->known);
	free(s->id);
	free(s->f);
}

static void report(const struct ml_svm_solver *s, size_t turn)
{
	if (s->run->progress)
		s->run->progress(s->run->user,
				 &(struct ml_progress){ .step = turn,
							.train_loss = s->objective,
							.valid_loss = NAN,
							.valid_metric = NAN,
							.rate = NAN });
}

/* Whether the gap of all rows is closed; takes rows in where it is not. */
static int closed(struct ml_svm_solver *s, double tol, bool *yes, struct ml_error *err)
{
	size_t back;
	int rc = s->active < s->n ? ml_svm_recall(s, &back, err) : ML_OK;

	*yes = !rc && s->gap <= tol;
	return rc;
}

/* A turn, or, after some slow ones, a walk: *slow counts them.  A turn is slow when it has few
 * steps for its variables, and needs few rows that are new: those that violate most are
 * then no longer those that gain most, and partners are better sought among all. */
static int go_on(struct ml_svm_solver *s, const struct ml_svm_qp *q, double aim, size_t *slow,
		 struct ml_error *err)
{
	size_t steps = s->iters, met = s->met;
	bool led;

	if (*slow >= SLOW_TURNS) {
		int rc = ml_svm_walk(s, aim, WALK, &led, err);
		*slow = led ? *slow : 0;
		return rc;
	}
	ml_svm_pairs(s, fmax(turn_share * s->gap, q->tol / 2));
	int rc = ml_svm_update(s, err);
	steps = s->iters - steps;
	*slow = steps < s->turn / 3 && 4 * (s->met - met) <= steps ? *slow + 1 : 0;
	return rc;
}

static int take_turns(struct ml_svm_solver *s, const struct ml_svm_qp *q, bool *done,
		      struct ml_error *err)
{
	double aim = 0;
	size_t slow = 0;
	int rc = ML_OK;

	for (size_t turn = 0; !rc && !*done; turn++) {
		ml_svm_pick(s);
		if (!turn)
			aim = fmax(q->tol, look_share * s->gap);
		report(s, turn);
		if (s->gap <= aim) {
			rc = closed(s, q->tol, done, err);
			aim = fmax(q->tol, look_share * s->gap);
			if (rc || *done)
				continue;
			ml_svm_pick(s);
		}
		if (s->iters >= s->max_iter || ml_run_over(s->run))
			return ML_OK;
		rc = go_on(s, q, aim, &slow, err);
		if (!rc && q->shrink && (s->n >= SHRINK_ROWS || s->iters >= LONG * s->n))
			rc = ml_svm_shrink(s, err);
	}
	return rc;
}

/* -e, averaged over what is between its bounds; without any, the middle of what is allowed. */
static void set_rho(const struct ml_svm_solver *s, double rho[ML_SVM_GROUPS])
{
	double sum[ML_SVM_GROUPS] = { 0 };
	size_t count[ML_SVM_GROUPS] = { 0 };

	for (size_t i = 0; i < s->n; i++)
		for (size_t v = i * s->per; v < (i + 1) * s->per; v++) {
			if (!(s->a[v] > s->lo[v] && s->a[v] < s->hi[v]))
				continue;
			sum[ml_svm_group(s, v)] += s->f[i] - s->b[v];
			count[ml_svm_group(s, v)]++;
		}
	for (size_t g = 0; g < ML_SVM_GROUPS; g++) {
		double top = s->top[g], bottom = s->bottom[g];
		rho[g] = count[g]                            ? sum[g] / (double)count[g]
			 : isfinite(top) && isfinite(bottom) ? -(top + bottom) / 2
			 : isfinite(top)                     ? -top
			 : isfinite(bottom)                  ? -bottom
							     : 0;
	}
}

static int finish(struct ml_svm_solver *s, struct ml_svm_solved *out, struct ml_error *err)
{
	bool yes;
	double *a = ml_alloc(s->n, s->per * sizeof *a, err);
	int rc = a ? closed(s, 0, &yes, err) : err->code;

	if (!rc) {
		set_rho(s, out->rho);
		out->objective = objective(s);
		out->gap = s->gap;
		out->iters = s->iters;
		for (size_t i = 0; i < s->n; i++)
			memcpy(a + s->id[i] * s->per, s->a + i * s->per, s->per * sizeof *a);
		memcpy(s->a, a, s->n * s->per * sizeof *a);
	}
	free(a);
	return rc;
}

int ml_svm_qp_solve(struct ml_svm_qp *q, const struct ml_run *run, struct ml_svm_solved *out,
		    struct ml_error *err)
{
	struct ml_svm_solver s;
	bool done = false;
	int rc = init(&s, q, err);

	*out = (struct ml_svm_solved){ 0 };
	s.run = run;
	if (!rc)
		rc = init_f(&s, err);
	if (!rc) {
		s.objective = objective(&s);
		rc = take_turns(&s, q, &done, err);
	}
	if (!rc)
		rc = finish(&s, out, err);
	out->converged = done;
	solver_release(&s);
	return rc;
}
