/* tuning_value.c - from predictions of folds to the worth of a trial.
 *
 * A trial's value is the mean over its fits, its standard error s / sqrt(fits).  The median
 * rule (Golovin et al. 2017, "Google Vizier", section 3.2.2): after fit k a trial is pruned
 * when the mean of its first k fits is worse than the median of such means over the trials that
 * have ended whole.  To be the same however many run at once it looks only at trials with an
 * index at most its own less the lag, of the same budget. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "core/evaluate.h"
#include "core/tuning_parts.h"

enum { FEWEST = 5 }; /* a median of less says little */

/* ---- the metric of a fold ---- */

/* A column of the rows that were held out, of that role, at the end of `to`. */
static int add_role(struct ml_table *to, const struct ml_table *t, const size_t *row,
		    enum ml_role role, struct ml_error *err)
{
	size_t j = ml_table_role(t, role);

	if (j == SIZE_MAX)
		return ML_OK;
	const struct ml_column *from = &t->col[j];
	if (ml_table_insert(to, to->ncol, from->name, from->kind, err))
		return err->code;
	struct ml_column *c = &to->col[to->ncol - 1];
	c->role = role;
	if (from->kind == ML_CATEGORY) {
		ml_levels_free(c->levels);
		c->levels = ml_levels_ref(from->levels);
	}
	for (size_t i = 0; i < to->rows; i++)
		if (from->kind == ML_NUMBER)
			c->num[i] = from->num[row[i]];
		else if (from->kind == ML_CATEGORY)
			c->code[i] = from->code[row[i]];
		else
			c->text[i] = from->text[row[i]]; /* t outlives it */
	return ML_OK;
}

int ml_tune_score(struct ml_cv_part *part, const struct ml_tune_plan *plan,
		  const struct ml_run *run, double *value, struct ml_error *err)
{
	const struct ml_run one = {
		.threads = 1, .deadline = (double)INFINITY, .user = run->user, .warn = run->warn
	};
	const char *metric[] = { plan->metric };
	const struct ml_eval_plan eval = {
		.scoring = { .prefix = "", .positive = plan->positive, .task = -1 },
		.metrics = { metric, 1 },
		.only_named = true,
		.opts = { .beta = 1, .bins = 15 },
	};
	struct ml_eval e = { 0 };

	int rc = add_role(part->pred, plan->t, part->row, ML_TARGET, err);
	if (!rc)
		rc = add_role(part->pred, plan->t, part->row, ML_WEIGHT, err);
	if (!rc)
		rc = ml_eval_init(&e, part->pred, &eval, &one, err);
	if (!rc)
		*value = e.slice[0].figure[0].value;
	if (!rc && isnan(*value))
		rc = ml_fail(err, ML_EDATA, "E-DATA", "fold %zu: %s is not defined", part->fold,
			     plan->metric);
	ml_eval_release(&e);
	return rc;
}

/* ---- the trial ---- */

static double mean(const double *v, size_t n)
{
	double sum = 0;

	for (size_t i = 0; i < n; i++)
		sum += v[i];
	return sum / (double)n;
}

static double error_of_mean(const double *v, size_t n)
{
	double m = mean(v, n), ss = 0;

	for (size_t i = 0; i < n; i++)
		ss += (v[i] - m) * (v[i] - m);
	return n > 1 ? sqrt(ss / (double)(n - 1) / (double)n) : NAN;
}

static int by_size(const void *va, const void *vb)
{
	const double *a = va, *b = vb;

	return (*a > *b) - (*a < *b);
}

/* Is the mean of its first n fits worse than what half of the others had by then? */
static int is_hopeless(const struct ml_tune_work *w, const struct ml_attempt *a,
		       const double *value, size_t n, bool *yes, struct ml_error *err)
{
	const struct ml_study *s = &w->book->study;
	double *past, own = mean(value, n);
	size_t m = 0;

	*yes = false;
	if (a->trial < s->lag)
		return ML_OK;
	if (!(past = ml_alloc(a->trial, sizeof *past, err)))
		return err->code;
	for (size_t i = 0; i <= a->trial - s->lag; i++) {
		const struct ml_tried *t = &w->book->trials.v[i];
		if (t->state == ML_STATE_DONE && t->folds >= n && t->budget == a->result.budget)
			past[m++] = mean(t->fold, n);
	}
	if (m >= FEWEST) {
		qsort(past, m, sizeof *past, by_size);
		double median = 0.5 * (past[(m - 1) / 2] + past[m / 2]);
		*yes = s->maximize ? own < median : own > median;
	}
	free(past);
	return ML_OK;
}

/* The first n fits make the trial. */
static void fill(struct ml_attempt *a, size_t n, enum ml_trial_state state)
{
	struct ml_tried *t = &a->result;

	t->state = state;
	t->folds = a->fits > 1 ? n : 0;
	t->value = n ? mean(t->fold, n) : NAN;
	t->se = n ? error_of_mean(t->fold, n) : NAN;
	t->seconds = t->cpu = 0;
	t->bytes = n ? 0 : NAN;
	t->peak = 0;
	for (size_t k = 0; k < (n ? n : a->begun); k++) {
		t->seconds += a->fit[k].seconds;
		t->cpu += a->fit[k].cpu;
		t->bytes += a->fit[k].bytes / (double)n;
		t->peak = fmax(t->peak, a->fit[k].peak);
	}
	t->seconds = round(1e6 * t->seconds) / 1e6;
	t->cpu = round(1e6 * t->cpu) / 1e6;
	t->bytes = round(t->bytes);
}

static void settle(struct ml_attempt *a, size_t n, enum ml_trial_state state)
{
	fill(a, n, state);
	a->settled = a->closing = true;
}

int ml_tune_settle(struct ml_tune_work *w, struct ml_attempt *a, struct ml_error *err)
{
	struct ml_tried *t = &a->result;

	for (size_t k = 0; k < a->begun; k++)
		a->closing = a->closing || a->fit[k].why;
	if (!t->fold && !(t->fold = ml_alloc(a->fits, sizeof *t->fold, err)))
		return err->code;
	/* In their order, whichever ended first. */
	for (size_t k = 0; !a->settled && k < a->begun && a->fit[k].known; k++) {
		bool hopeless = false;
		if (a->fit[k].why) {
			settle(a, 0, ML_STATE_FAILED);
			t->why = a->fit[k].why;
			a->fit[k].why = NULL;
			break;
		}
		t->fold[k] = a->fit[k].value;
		if (w->book->study.prune && k + 1 < a->fits &&
		    is_hopeless(w, a, t->fold, k + 1, &hopeless, err))
			return err->code;
		if (hopeless || k + 1 == a->fits)
			settle(a, k + 1, hopeless ? ML_STATE_PRUNED : ML_STATE_DONE);
	}
	return ML_OK;
}

void ml_attempt_release(struct ml_attempt *a)
{
	for (size_t k = 0; a->fit && k < a->fits; k++)
		free(a->fit[k].why);
	free(a->fit);
	free(a->command);
	free(a->predict_cmd);
	ml_tried_release(&a->result);
	*a = (struct ml_attempt){ 0 };
}
