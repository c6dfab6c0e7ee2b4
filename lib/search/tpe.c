/* tpe.c - tree-structured Parzen estimator: tries what is likely among good trials and unlikely
 * among the others.
 *
 * The trials are parted into the best share and the rest, each gets a density (parzen.h), l and
 * g; of candidates drawn from l the one with the greatest l/g is tried, which has the greatest
 * expected improvement under this model.  Failed trials, and those under way, are among the
 * rest: so trials proposed at the same time keep apart.  Pruned trials come behind those that
 * are done, by what was seen of them.  The first trials come from a Halton sequence. Sources:
 * in parzen.c; trials under way as bad ones: Ginsbourger et al. (2010) "Kriging is well-suited
 * to parallelize optimization" (constant liar). */
#include <math.h>
#include <stdlib.h>

#include "base/mem.h"
#include "search/parzen.h"
#include "search/past.h"

struct tpe_opts {
	int64_t startup, candidates;
	double good;
};

static const struct ml_opt opts[] = {
	{ .name = "startup",
	  .type = ML_INT,
	  .def = "10",
	  .lo = 1,
	  .hi = 1e6,
	  .arg = "N",
	  .offset = ML_FIELD(struct tpe_opts, startup, int64_t),
	  .help = "first trials, which only fill the space evenly" },
	{ .name = "good",
	  .type = ML_REAL,
	  .def = "0.15",
	  .lo = 0.01,
	  .hi = 0.5,
	  .arg = "SHARE",
	  .offset = ML_FIELD(struct tpe_opts, good, double),
	  .help = "share of the trials that count as good; less follows the best more "
		  "closely" },
	{ .name = "candidates",
	  .type = ML_INT,
	  .def = "12",
	  .lo = 1,
	  .hi = 1e5,
	  .arg = "N",
	  .offset = ML_FIELD(struct tpe_opts, candidates, int64_t),
	  .help = "points among which the best is chosen; more go further from what was "
		  "tried" },
	ML_OPT_END
};

/* More good trials than this make the density of the good ones slow and flat. */
enum { MOST_GOOD = 25 };

/* Good trials first: done by loss, pruned by loss; failed, unknown and cheaper ones last, in
 * order of time. */
static int group_of(const struct ml_past *p, size_t i)
{
	const struct ml_trial *t = &p->v[i];

	if (i >= p->known || !isfinite(t->loss) || t->end == ML_TRIAL_FAILED)
		return 2;
	return t->end == ML_TRIAL_PRUNED;
}

struct place {
	size_t trial;
	int group;
	double loss;
};

static int by_merit(const void *a, const void *b)
{
	const struct place *x = a, *y = b;

	if (x->group != y->group)
		return x->group < y->group ? -1 : 1;
	if (x->group < 2 && x->loss != y->loss)
		return x->loss < y->loss ? -1 : 1;
	return x->trial < y->trial ? -1 : x->trial > y->trial;
}

/* Trials of less than the full budget say too little; they still count as tried. */
static bool counts(const struct ml_past *p, size_t i)
{
	return p->v[i].budget >= 1 || i >= p->known;
}

struct densities {
	struct ml_parzen good, rest;
};

static int part(struct densities *d, const struct ml_past *p, const struct tpe_opts *o,
		struct ml_error *err)
{
	struct place *v = ml_alloc(p->n, sizeof *v, err);
	const double **good = ml_alloc(p->n, sizeof *good, err);
	const double **rest = ml_alloc(p->n, sizeof *rest, err);
	size_t n = 0, ended = 0, ranked = 0;

	if (!v || !good || !rest) {
		free(v);
		free(good);
		free(rest);
		return err->code;
	}
	for (size_t i = 0; i < p->n; i++) {
		if (!counts(p, i))
			continue;
		v[n++] = (struct place){ i, group_of(p, i), p->v[i].loss };
		ended += i < p->known;
		ranked += v[n - 1].group < 2;
	}
	if (n)
		qsort(v, n, sizeof *v, by_merit);
	size_t take = (size_t)ceil(o->good * (double)ended);
	take = take > MOST_GOOD ? MOST_GOOD : take;
	take = take > ranked ? ranked : take;
	for (size_t i = 0; i < n; i++)
		*(i < take ? good + i : rest + (i - take)) = p->v[v[i].trial].point;
	free(v);
	int rc = ml_parzen_init(&d->good, p->space, good, take, err);
	if (!rc)
		rc = ml_parzen_init(&d->rest, p->space, rest, n - take, err);
	else
		free(rest);
	return rc;
}

/* The best candidate that has not been tried; a random one when all have been. */
static int choose(const struct densities *d, const struct ml_past *p, const struct tpe_opts *o,
		  struct ml_rng *rng, double *point, struct ml_error *err)
{
	size_t n = p->space->n;
	double *candidate = ml_alloc(n, sizeof *candidate, err), best = (double)-INFINITY;

	if (!candidate)
		return err->code;
	for (int64_t k = 0; k < o->candidates; k++) {
		ml_parzen_draw(&d->good, rng, candidate);
		double merit =
			ml_parzen_log(&d->good, candidate) - ml_parzen_log(&d->rest, candidate);
		if (!(merit > best) || ml_past_has(p, candidate))
			continue;
		best = merit;
		for (size_t j = 0; j < n; j++)
			point[j] = candidate[j];
	}
	free(candidate);
	return isfinite(best) ? ML_OK : ml_past_fresh(p, rng, point, err);
}

static int learn(const struct ml_search_plan *s, size_t i, const struct ml_past *p,
		 double *point, struct ml_error *err)
{
	struct densities d = { 0 };
	struct ml_rng rng;
	int rc = part(&d, p, s->opts, err);

	ml_rng_init(&rng, s->seed, "search-tpe", i);
	if (!rc)
		rc = choose(&d, p, s->opts, &rng, point, err);
	ml_parzen_release(&d.good);
	ml_parzen_release(&d.rest);
	return rc;
}

extern const struct ml_search ml_search_tpe;

static int propose(const struct ml_search_plan *s, size_t i, const struct ml_trial *ended,
		   double *point, double *budget, const struct ml_run *run,
		   struct ml_error *err)
{
	const struct tpe_opts *o = s->opts;
	struct ml_past p;
	int rc = ml_past_init(&p, &ml_search_tpe, s, i, ended, run, err);

	*budget = 1;
	if (!rc && i < (size_t)o->startup)
		rc = ml_past_start(&p, s->seed, point, err);
	else if (!rc)
		rc = learn(s, i, &p, point, err);
	ml_past_release(&p);
	return rc;
}

const struct ml_search ml_search_tpe = {
	.name = "tpe",
	.summary = "what is likely among good trials (tree-structured Parzen estimator)",
	.opts = opts,
	.opts_size = sizeof(struct tpe_opts),
	.needs = ml_past_needs,
	.propose = propose,
};
