/* gmm_fit.c - which start, which of several fits, how many components. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "models/gmm_parts.h"
#include "models/lloyd.h"
#include "models/seeds.h"

/* As scikit-learn's k-means: iterations, and the share of the mean variance. */
enum { KMEANS_ITERS = 300 };
static const double kmeans_tol = 1e-4;

struct fitting {
	const struct ml_problem *p;
	const struct gmm_opts *o;
	const struct ml_run *run;
	struct ml_cloud cloud;
	struct ml_em em;
	uint64_t turns;
};

static int bad_range(const char *text, struct ml_error *err)
{
	return ml_fail(
		err, ML_EUSAGE, "E-USAGE",
		"--n-components '%s': expected a number from 1 to 1000000, or a range as "
		"2:10",
		text);
}

static bool whole(const char **s, size_t *v)
{
	size_t digits = strspn(*s, "0123456789");

	*v = digits && digits <= 7 ? (size_t)strtoul(*s, NULL, 10) : 0;
	*s += digits;
	return *v >= 1 && *v <= 1000000;
}

enum { USUAL_COMPONENTS = 2 };

/* given: rows of --init's file, or 0. */
static int read_range(const char *text, size_t given, size_t *low, size_t *high,
		      struct ml_error *err)
{
	const char *s = text;

	if (!strcmp(text, "auto")) {
		*low = *high = given ? given : USUAL_COMPONENTS;
		return ML_OK;
	}
	if (!whole(&s, low))
		return bad_range(text, err);
	*high = *low;
	if (*s == ':' && (s++, !whole(&s, high)))
		return bad_range(text, err);
	if (*s || *high < *low)
		return bad_range(text, err);
	if (given && (*low != given || *high != given))
		return ml_fail(err, ML_EUSAGE, "E-USAGE",
			       "--n-components is %s, and there are %zu rows to begin at", text,
			       given);
	return ML_OK;
}

/* Each row has a share of 1 in the component whose centre is nearest. */
static int begin_at(struct fitting *f, const struct ml_centres *c, struct ml_error *err)
{
	double *sq = ml_alloc(c->n, sizeof *sq, err);

	if (!sq)
		return err->code;
	memset(f->em.prob, 0, f->p->x.rows * c->n * sizeof *f->em.prob);
	for (size_t i = 0; i < f->p->x.rows; i++) {
		ml_centres_squares(c, f->p->x.v + i * f->p->x.ld, sq);
		f->em.prob[i * c->n + ml_centres_nearest(c, sq)] = 1;
	}
	free(sq);
	return ML_OK;
}

static int begin(struct fitting *f, size_t k, uint64_t turn, struct ml_error *err)
{
	struct ml_centres c = { 0 };
	struct ml_run quiet = *f->run;
	double *size = ml_alloc(k, sizeof *size, err);
	int rc = size ? ml_centres_init(&c, k, f->p->x.cols, err) : err->code;
	static const enum ml_seeds seeds[] = {
		[GMM_KMEANS] = ML_SEEDS_PLUS,   [GMM_PLUS] = ML_SEEDS_PLUS,
		[GMM_RANDOM] = ML_SEEDS_RANDOM, [GMM_FIRST] = ML_SEEDS_FIRST,
		[GMM_FILE] = ML_SEEDS_GIVEN,
	};
	enum gmm_start start = ml_gmm_start(f->o->init);

	quiet.progress = NULL;
	if (!rc)
		rc = ml_seeds_choose(&c, &f->cloud, seeds[start], turn, &quiet, err);
	if (!rc && start == GMM_KMEANS)
		rc = ml_lloyd_run(&(struct ml_lloyd){ .centres = &c,
						      .size = size,
						      .max_iter = KMEANS_ITERS,
						      .tol = kmeans_tol * f->cloud.spread },
				  &f->cloud, &quiet, err);
	if (!rc) {
		ml_centres_turn(&c);
		rc = begin_at(f, &c, err);
	}
	ml_centres_release(&c);
	free(size);
	return rc;
}

static int collapsed(size_t c, struct ml_error *err)
{
	return ml_fail(err, ML_EDATA, "E-RANGE",
		       "gmm: component %zu has collapsed; fewer components, a larger --reg, or "
		       "--covariance diag can do",
		       c + 1);
}

/* The best of --n-init fits with m->k components. */
static int best_start(struct fitting *f, struct ml_mixture *m, struct ml_report *rep,
		      struct ml_error *err)
{
	struct ml_mixture now = { 0 };
	int rc = ml_mixture_init(&now, m->shape, m->k, m->p, err), last = ML_OK;
	bool any = false;

	f->em.prob = rc ? NULL : ml_alloc(f->p->x.rows * m->k, sizeof *f->em.prob, err);
	if (!rc && !f->em.prob)
		rc = err->code;
	for (uint64_t t = 0; !rc && t < f->turns && !(any && ml_run_over(f->run)); t++) {
		rc = begin(f, m->k, t, err);
		if (!rc)
			rc = ml_em_run(&f->em, &now, f->run, err);
		if (!rc && f->em.collapsed != SIZE_MAX)
			last = collapsed(f->em.collapsed, err);
		if (rc || f->em.collapsed != SIZE_MAX ||
		    (any && !(f->em.likelihood > rep->objective)))
			continue;
		any = true;
		ml_mixture_copy(m, &now);
		*rep = (struct ml_report){ .iters = f->em.iters,
					   .converged = f->em.converged,
					   .objective = f->em.likelihood };
	}
	free(f->em.prob);
	ml_mixture_release(&now);
	return rc ? rc : any ? ML_OK : last;
}

static double criterion(const struct ml_mixture *m, double likelihood, double per_parameter)
{
	return -2 * likelihood + per_parameter * ml_mixture_parameters(m);
}

/* The number of components that the criterion likes best; those that cannot be fitted are
 * passed by, but for the first. */
static int best_number(struct fitting *f, struct gmm *g, size_t low, size_t high,
		       struct ml_report *rep, struct ml_error *err)
{
	double price = f->o->criterion ? 2 : log(f->em.total), best = INFINITY;
	int rc = ML_OK;

	for (size_t k = low; !rc && k <= high && !(k > low && ml_run_over(f->run)); k++) {
		struct ml_mixture m = { 0 };
		struct ml_report now = { 0 };
		rc = ml_mixture_init(&m, (enum ml_shape)f->o->shape, k, f->p->x.cols, err);
		if (!rc)
			rc = best_start(f, &m, &now, err);
		if (!rc && criterion(&m, now.objective, price) < best) {
			struct ml_mixture was = g->mix;
			best = criterion(&m, now.objective, price);
			*rep = now;
			g->mix = m;
			m = was;
		}
		ml_mixture_release(&m);
		if (rc == ML_EDATA && k > low)
			return ML_OK;
	}
	return rc;
}

static int count_rows(struct fitting *f, struct gmm *g, struct ml_error *err)
{
	size_t k = g->mix.k, p = g->mix.p, n = f->p->x.rows;
	double *room = ml_alloc(ML_MIXTURE_ROOM(p), sizeof *room, err);
	double *prob = ml_alloc(k, sizeof *prob, err);

	if (!room || !prob || !(g->size = ml_alloc(k, sizeof *g->size, err))) {
		free(room);
		free(prob);
		return err->code;
	}
	for (size_t i = 0; i < n; i++) {
		size_t own = 0;
		ml_mixture_rows(&g->mix, f->p->x.v + i * f->p->x.ld, p, 1, prob, k, NULL, room);
		for (size_t c = 1; c < k; c++)
			own = prob[c] > prob[own] ? c : own;
		g->size[own] += f->p->w ? f->p->w[i] : 1;
	}
	free(prob);
	free(room);
	return ML_OK;
}

int ml_gmm_fit(void *state, const struct ml_problem *p, const void *options,
	       const struct ml_run *run, struct ml_report *rep, struct ml_error *err)
{
	const struct gmm_opts *o = options;
	struct gmm *g = state;
	struct ml_run quiet = *run;
	struct fitting f = { .p = p, .o = o, .run = run };
	size_t low = 0, high = 0;
	double total = 0;
	enum gmm_start start = ml_gmm_start(o->init);

	if (start == GMM_FILE && !p->starts.v)
		return ml_fail(err, ML_EUSAGE, "E-USAGE", "--init '%s': its rows were not read",
			       ML_SHOW(o->init, strlen(o->init)));
	if (read_range(o->components, p->starts.v ? p->starts.rows : 0, &low, &high, err))
		return err->code;
	/* The same beginning has the same end. */
	f.turns = start == GMM_FIRST || start == GMM_FILE ? 1 : (uint64_t)o->n_init;
	/* A history is of one fit. */
	quiet.progress = NULL;
	if (high > low || f.turns > 1)
		f.run = &quiet;
	for (size_t i = 0; i < p->x.rows; i++)
		total += p->w ? p->w[i] : 1;
	f.em = (struct ml_em){ .x = &p->x,
			       .w = p->w,
			       .total = total,
			       .reg = o->reg,
			       .tol = o->tol,
			       .max_iter = (size_t)o->max_iter };
	int rc = ml_cloud_init(&f.cloud, p, run, err);
	if (!rc)
		rc = best_number(&f, g, low, high, rep, err);
	if (!rc)
		rc = ml_mixture_sort(&g->mix, err);
	if (!rc)
		rc = count_rows(&f, g, err);
	if (!rc) {
		g->likelihood = rep->objective;
		g->bic = criterion(&g->mix, g->likelihood, log(total));
		g->aic = criterion(&g->mix, g->likelihood, 2);
	}
	ml_cloud_release(&f.cloud);
	return rc;
}
