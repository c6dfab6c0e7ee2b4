/* bayes.c - Bayesian optimisation: a Gaussian process of the losses, and expected improvement.
 *
 * The losses of trials that are done are made about normal (warp.h).  A failed trial counts as
 * the worst of them; a pruned one as what was seen of it, but no better than the average, since
 * it was not good enough to go on.  Trials of less than the full budget do not count.  Those
 * under way are believed to come out as expected, so that the next looks elsewhere.  The model
 * is fitted anew for each trial (gp.h), and the point of the largest expected improvement is
 * tried (acquire.h), or a random one when there is next to nothing to expect.  The first trials
 * come from a Halton sequence. Cost: some ms for tens of trials; at most MOST_POINTS trials are
 * modelled. Sources: Jones, Schonlau, Welch (1998) "Efficient global optimization of expensive
 * black-box functions"; Snoek, Larochelle, Adams (2012) "Practical Bayesian optimization of
 * machine learning algorithms"; and in the files of the parts. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "search/acquire.h"
#include "search/gp.h"
#include "search/past.h"
#include "search/warp.h"

/* Half of them are the best trials, half the last. */
enum { MOST_POINTS = 300 };
/* Points looked around at. */
enum { GOODS = 5 };
/* Without this many losses a model says nothing. */
enum { LEAST_DONE = 5 };

/* Logs of improvements, in standard deviations of the values, that are hardly worth a trial,
 * and not worth one: the model believes to have found the minimum.  It may be one of several,
 * and never see another, so every second trial, or all, are then at random. */
static const double little = -4.6, nothing = -6.9;

struct bayes_opts {
	int64_t startup;
};

static const struct ml_opt opts[] = {
	{ .name = "startup",
	  .type = ML_INT,
	  .def = "8",
	  .lo = 1,
	  .hi = 1e6,
	  .arg = "N",
	  .offset = ML_FIELD(struct bayes_opts, startup, int64_t),
	  .help = "first trials, which only fill the space evenly" },
	ML_OPT_END
};

struct sample {
	size_t trial;
	double value; /* warped loss */
	bool done;
};

static int by_value(const void *a, const void *b)
{
	const struct sample *x = a, *y = b;

	if (x->done != y->done)
		return x->done ? -1 : 1;
	if (x->value != y->value)
		return x->value < y->value ? -1 : 1;
	return x->trial < y->trial ? -1 : x->trial > y->trial;
}

static int by_trial(const void *a, const void *b)
{
	const struct sample *x = a, *y = b;

	return x->trial < y->trial ? -1 : x->trial > y->trial;
}

/* Trials that count, in order of time, their losses NaN where there is none. */
static size_t collect(const struct ml_past *p, struct sample *v)
{
	size_t n = 0;

	for (size_t i = 0; i < p->known; i++) {
		const struct ml_trial *t = &p->v[i];
		bool failed = t->end == ML_TRIAL_FAILED || !isfinite(t->loss);

		if (t->budget >= 1 || t->end == ML_TRIAL_PRUNED)
			v[n++] = (struct sample){ i, failed ? (double)NAN : t->loss,
						  !failed && t->end == ML_TRIAL_DONE };
	}
	return n;
}

/* Losses to values.  Those that are pruned take part in the warping only by rank, so to speak:
 * they are put between the values of done ones. */
static int warp(struct sample *v, size_t n, struct ml_error *err)
{
	double *loss = ml_alloc(n, sizeof *loss, err), worst = 0;
	size_t m = 0;
	int rc = loss ? ML_OK : err->code;

	for (size_t i = 0; !rc && i < n; i++)
		if (!isnan(v[i].value))
			loss[m++] = v[i].value;
	if (!rc && m)
		rc = ml_warp(loss, m, err);
	m = 0;
	for (size_t i = 0; !rc && i < n; i++) {
		if (isnan(v[i].value))
			continue;
		v[i].value = v[i].done ? loss[m] : fmax(loss[m], 0);
		worst = fmax(worst, loss[m++]);
	}
	for (size_t i = 0; !rc && i < n; i++)
		if (isnan(v[i].value))
			v[i].value = worst;
	free(loss);
	return rc;
}

/* v by value; keeps the best half of MOST_POINTS, and the last ones of the others. */
static size_t thin(struct sample *v, size_t n)
{
	if (n <= MOST_POINTS)
		return n;
	size_t half = MOST_POINTS / 2;
	qsort(v + half, n - half, sizeof *v, by_trial);
	memmove(v + half, v + n - half, half * sizeof *v);
	return 2 * half;
}

static int fit(struct ml_gp *g, const struct ml_past *p, const struct sample *v, size_t n,
	       const struct ml_run *run, struct ml_error *err)
{
	for (size_t i = 0; i < n; i++) {
		ml_acquire_encode(p->space, p->v[v[i].trial].point, g->x + i * g->dims);
		g->y[i] = v[i].value;
	}
	return ml_gp_fit(g, run, err);
}

static int believe(struct ml_gp *g, const struct ml_past *p, struct ml_error *err)
{
	size_t m = p->n - p->known;
	double *x = ml_alloc(m * g->dims, sizeof *x, err);
	int rc = x ? ML_OK : err->code;

	for (size_t i = 0; !rc && i < m; i++)
		ml_acquire_encode(p->space, p->v[p->known + i].point, x + i * g->dims);
	if (!rc)
		rc = ml_gp_believe(g, x, m, err);
	free(x);
	return rc;
}

/* v: sorted by value. */
static int learn(const struct ml_past *p, const struct sample *v, size_t n, struct ml_rng *rng,
		 double *point, const struct ml_run *run, struct ml_error *err)
{
	const double *good[GOODS];
	size_t goods = 0;
	struct ml_gp g = { 0 };
	bool *words = ml_alloc(p->space->n, sizeof *words, err);
	int rc = words ? ML_OK : err->code;

	if (!rc) {
		ml_acquire_words(p->space, words);
		rc = ml_gp_init(&g, n, n + p->n - p->known, p->space->n, words, err);
	}
	if (!rc)
		rc = fit(&g, p, v, n, run, err);
	if (!rc)
		rc = believe(&g, p, err);
	for (; goods < GOODS && goods < n && v[goods].done; goods++)
		good[goods] = p->v[v[goods].trial].point;
	double merit = 0;
	if (!rc)
		rc = ml_acquire(&g, p, good, goods, rng, point, &merit, run, err);
	if (!rc && (merit < nothing || (merit < little && p->n % 2)))
		rc = ml_past_fresh(p, rng, point, err);
	ml_gp_release(&g);
	free(words);
	return rc;
}

static int choose(const struct ml_search_plan *s, const struct ml_past *p, double *point,
		  const struct ml_run *run, struct ml_error *err)
{
	const struct bayes_opts *o = s->opts;
	struct sample *v = ml_alloc(p->known, sizeof *v, err);
	struct ml_rng rng;
	size_t n = 0, done = 0;
	int rc = v ? ML_OK : err->code;

	if (!rc)
		n = collect(p, v);
	for (size_t i = 0; i < n; i++)
		done += v[i].done;
	if (!rc && (p->n < (size_t)o->startup || done < LEAST_DONE)) {
		free(v);
		return ml_past_start(p, s->seed, point, err);
	}
	ml_rng_init(&rng, s->seed, "search-bayes", p->n);
	if (!rc)
		rc = warp(v, n, err);
	if (!rc) {
		qsort(v, n, sizeof *v, by_value);
		rc = learn(p, v, thin(v, n), &rng, point, run, err);
	}
	free(v);
	return rc;
}

extern const struct ml_search ml_search_bayes;

static int propose(const struct ml_search_plan *s, size_t i, const struct ml_trial *ended,
		   double *point, double *budget, const struct ml_run *run,
		   struct ml_error *err)
{
	struct ml_past p;
	int rc = ml_past_init(&p, &ml_search_bayes, s, i, ended, run, err);

	*budget = 1;
	if (!rc)
		rc = choose(s, &p, point, run, err);
	ml_past_release(&p);
	return rc;
}

const struct ml_search ml_search_bayes = {
	.name = "bayes",
	.summary = "what promises most, given a Gaussian process of the losses",
	.opts = opts,
	.opts_size = sizeof(struct bayes_opts),
	.needs = ml_past_needs,
	.propose = propose,
};
