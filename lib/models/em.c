/* em.c - expectation and maximisation, in turn: the shares of the components in each row, then
 * weights, means and covariances of the rows by these shares.
 *
 * Sums about the old means, in one pass for each component over the rows that have a share in
 * it: a = sum r (x - old),  B = sum r (x - old)(x - old)', mean = old + a / n_c,  S = B / n_c -
 * (a / n_c)(a / n_c)' + reg I,  n_c = sum r. The old means of the first one are those of the
 * shares that it begins with. */
#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/thread.h"
#include "la/block.h"
#include "la/dd.h"
#include "models/mixture.h"

enum { PIECE = ML_MIXTURE_ROWS, SLICE = 16 * PIECE };

struct step {
	struct ml_em *em;
	struct ml_mixture *m;
	bool means_only;
	double *density; /* n: logarithms */
	double *room;    /* ML_MIXTURE_ROOM for each thread */
	double *count;   /* k */
	double *square;  /* k x p x p, or k x p: B */
	size_t wide;     /* numbers of it for a component */
};

static double weight_of(const struct ml_em *em, size_t i)
{
	return em->w ? em->w[i] : 1;
}

/* ---- expectation ---- */

static int expect_slice(void *arg, size_t block, int worker, struct ml_error *err)
{
	const struct step *s = arg;
	const struct ml_mat *x = s->em->x;
	size_t to = (block + 1) * SLICE < x->rows ? (block + 1) * SLICE : x->rows;

	(void)err;
	for (size_t i = block * SLICE; i < to; i += PIECE)
		ml_mixture_rows(s->m, x->v + i * x->ld, x->ld, to - i < PIECE ? to - i : PIECE,
				s->em->prob + i * s->m->k, s->m->k, s->density + i,
				s->room + (size_t)worker * ML_MIXTURE_ROOM(s->m->p));
	return ML_OK;
}

/* The log likelihood of all rows. */
static int expect(struct step *s, const struct ml_run *run, double *likelihood,
		  struct ml_error *err)
{
	size_t n = s->em->x->rows;
	struct ml_dd sum = { 0, 0 };
	int rc = ml_parallel(run->threads, (n + SLICE - 1) / SLICE, expect_slice, s, err);

	for (size_t i = 0; !rc && i < n; i++)
		ml_acc_add(&sum, weight_of(s->em, i) * s->density[i]);
	*likelihood = ml_acc_end(sum).hi;
	if (!rc && !isfinite(*likelihood))
		rc = ml_fail(err, ML_EDATA, "E-RANGE",
			     "gmm: a row is too far from all components; scale the columns");
	return rc;
}

/* ---- maximisation ---- */

/* Squares of some rows, sqrt(r) (x - old), are added. */
static void add_squares(const struct step *s, size_t c, const double *d, size_t rows)
{
	size_t p = s->m->p;
	double *to = s->square + c * s->wide;

	if (s->wide == p * p && p > 1)
		ml_block_gram(to, p, p, rows, d, p);
	else
		for (size_t i = 0; i < rows; i++)
			for (size_t j = 0; j < p; j++)
				to[j] += d[i * p + j] * d[i * p + j];
}

static int maximise_one(void *arg, size_t c, int worker, struct ml_error *err)
{
	const struct step *s = arg;
	const struct ml_mat *x = s->em->x;
	size_t p = s->m->p, k = s->m->k, have = 0;
	double *d = s->room + (size_t)worker * ML_MIXTURE_ROOM(p), *sum = d + PIECE * p;
	double *mean = s->m->mean + c * p, count = 0;

	(void)err;
	memset(sum, 0, p * sizeof *sum);
	memset(s->square + c * s->wide, 0, s->wide * sizeof *s->square);
	for (size_t i = 0; i < x->rows; i++) {
		double r = s->em->prob[i * k + c] * weight_of(s->em, i), root = sqrt(r);
		if (r == 0)
			continue;
		count += r;
		for (size_t j = 0; j < p; j++) {
			double u = x->v[i * x->ld + j] - mean[j];
			sum[j] += r * u;
			d[have * p + j] = root * u;
		}
		if (++have == PIECE) {
			if (!s->means_only)
				add_squares(s, c, d, have);
			have = 0;
		}
	}
	if (have && !s->means_only)
		add_squares(s, c, d, have);
	/* As scikit-learn: a component without rows divides by a little more than 0. */
	s->count[c] = count + 10 * DBL_EPSILON;
	for (size_t j = 0; j < p; j++) {
		sum[j] /= s->count[c];
		mean[j] += sum[j];
	}
	double *b = s->square + c * s->wide;
	for (size_t i = 0; i < p && s->wide == p * p; i++)
		for (size_t j = i; j < p; j++)
			b[i * p + j] -= s->count[c] * sum[i] * sum[j];
	for (size_t j = 0; j < p && s->wide != p * p; j++)
		b[j] -= s->count[c] * sum[j] * sum[j];
	return ML_OK;
}

/* Sums of squares of one component, or of all, over their count. */
static void to_covariance(const struct step *s, size_t from, size_t to, double *cov)
{
	const struct ml_mixture *m = s->m;
	size_t p = m->p;
	bool square = s->wide == p * p, one = m->shape == ML_SPHERICAL;
	double count = 0, mean = 0;

	for (size_t c = from; c < to; c++)
		count += s->count[c];
	for (size_t j = 0; j < s->wide; j++) {
		double sum = 0;
		size_t i = square ? j / p : j, l = square ? j % p : j;
		for (size_t c = from; c < to; c++)
			sum += s->square[c * s->wide + (i < l && square ? i * p + l
							: square        ? l * p + i
									: j)];
		sum = sum / count + (i == l ? s->em->reg : 0);
		mean += sum / (double)p;
		if (!one)
			cov[j] = sum;
	}
	if (one)
		cov[0] = mean;
}

static int maximise(struct step *s, const struct ml_run *run, struct ml_error *err)
{
	struct ml_mixture *m = s->m;
	double total = 0;
	int rc = ml_parallel(run->threads, m->k, maximise_one, s, err);

	if (rc || s->means_only)
		return rc;
	for (size_t c = 0; c < m->k; c++)
		total += s->count[c];
	for (size_t c = 0; c < m->k; c++) {
		m->weight[c] = s->count[c] / total;
		if (m->shape != ML_TIED)
			to_covariance(s, c, c + 1, m->cov + c * (ml_mixture_covs(m) / m->k));
	}
	if (m->shape == ML_TIED)
		to_covariance(s, 0, m->k, m->cov);
	s->em->collapsed = ml_mixture_prepare(m);
	return ML_OK;
}

/* ---- in turn ---- */

static void tell(const struct ml_em *em, double mean, const struct ml_run *run)
{
	struct ml_progress p = { .step = em->iters,
				 .steps = em->max_iter,
				 .train_loss = -mean,
				 .valid_loss = NAN,
				 .valid_metric = NAN,
				 .rate = NAN,
				 .best = NAN,
				 .left = NAN };

	if (run->progress)
		run->progress(run->user, &p);
}

static int iterate(struct step *s, const struct ml_run *run, struct ml_error *err)
{
	struct ml_em *em = s->em;
	double before = -INFINITY;
	int rc = ML_OK;

	em->iters = 0;
	em->converged = false;
	while (!rc && em->collapsed == SIZE_MAX && em->iters < em->max_iter && !em->converged &&
	       !(em->iters && ml_run_over(run))) {
		rc = expect(s, run, &em->likelihood, err);
		if (!rc)
			rc = maximise(s, run, err);
		em->iters++;
		double mean = em->likelihood / em->total;
		em->converged = fabs(mean - before) < em->tol;
		before = mean;
		if (!rc)
			tell(em, mean, run);
	}
	if (!rc && em->collapsed == SIZE_MAX)
		rc = expect(s, run, &em->likelihood, err);
	return rc;
}

int ml_em_run(struct ml_em *em, struct ml_mixture *m, const struct ml_run *run,
	      struct ml_error *err)
{
	size_t p = m->p, n = em->x->rows;
	bool square = m->shape == ML_FULL || m->shape == ML_TIED;
	struct step s = { .em = em, .m = m, .wide = square ? p * p : p };
	int rc = ML_OK;

	if (!(s.density = ml_alloc(n, sizeof *s.density, err)) ||
	    !(s.room = ml_alloc((size_t)run->threads * ML_MIXTURE_ROOM(p), sizeof *s.room,
				err)) ||
	    !(s.count = ml_alloc(m->k, sizeof *s.count, err)) ||
	    !(s.square = ml_alloc(m->k * s.wide, sizeof *s.square, err)))
		rc = err->code;
	memset(m->mean, 0, m->k * p * sizeof *m->mean);
	em->collapsed = SIZE_MAX;
	/* Means first, that squares can be about them. */
	s.means_only = true;
	if (!rc)
		rc = maximise(&s, run, err);
	s.means_only = false;
	if (!rc)
		rc = maximise(&s, run, err);
	if (!rc)
		rc = iterate(&s, run, err);
	free(s.square);
	free(s.count);
	free(s.room);
	free(s.density);
	return rc;
}
