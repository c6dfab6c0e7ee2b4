/* minibatch.c - centres that move after some rows, by less and less.
 *
 * A centre that has seen weight v, and gets rows of weight w and mean m, moves to
 * (v c + w m) / (v + w): the mean of all rows that it ever got (Sculley 2010).  Iterations end
 * when the running mean of the batches' inertia, over about n rows, has not fallen for
 * `patience` batches.  A centre that has got no row takes the batch's farthest one. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/rng.h"
#include "base/thread.h"
#include "models/clustering.h"

enum { ROWS = 256 }; /* of a block of threads */

struct batch {
	struct ml_clustering *c;
	const struct ml_cloud *cloud;
	const struct ml_run *run;
	size_t n, *row; /* which rows */
	double *x;      /* n x cols */
	size_t *own;
	double *square; /* n, from the nearest centre */
	double *sq;     /* k, a worker */
	double *sum;    /* k x cols, k weights */
};

static int assign(void *arg, size_t block, int worker, struct ml_error *err)
{
	struct batch *b = arg;
	const struct ml_centres *c = &b->c->centres;
	size_t to = b->n - block * ROWS < ROWS ? b->n : (block + 1) * ROWS;
	double *sq = b->sq + (size_t)worker * c->n;

	(void)err;
	for (size_t i = block * ROWS; i < to; i++) {
		double *x = b->x + i * c->p;

		ml_cloud_row(b->cloud, b->row[i], x);
		ml_centres_squares(c, x, sq);
		b->own[i] = ml_centres_nearest(c, sq);
		b->square[i] = sq[b->own[i]];
	}
	return ML_OK;
}

static void move(struct batch *b)
{
	struct ml_clustering *c = b->c;
	size_t k = c->centres.n, p = c->centres.p;
	double *weight = b->sum + k * p;

	memset(b->sum, 0, k * (p + 1) * sizeof *b->sum);
	for (size_t i = 0; i < b->n; i++) {
		double w = ml_cloud_weight(b->cloud, b->row[i]);

		weight[b->own[i]] += w;
		for (size_t j = 0; j < p; j++)
			b->sum[b->own[i] * p + j] += w * b->x[i * p + j];
	}
	for (size_t m = 0; m < k; m++) {
		double all = c->size[m] + weight[m];

		for (size_t j = 0; j < p && weight[m] > 0; j++) {
			double *at = &c->centres.v[m * p + j];
			*at = *at * (c->size[m] / all) + b->sum[m * p + j] / all;
		}
		c->size[m] = all;
	}
}

static void feed(struct batch *b)
{
	struct ml_clustering *c = b->c;
	size_t p = c->centres.p;

	for (size_t m = 0; m < c->centres.n; m++) {
		size_t far = 0;

		if (c->size[m] > 0)
			continue;
		for (size_t i = 1; i < b->n; i++)
			if (b->square[i] > b->square[far])
				far = i;
		if (!(b->square[far] > 0))
			return;
		memcpy(c->centres.v + m * p, b->x + far * p, p * sizeof *b->x);
		b->square[far] = 0;
	}
}

/* The rows b->row[0..n); *inertia of them. */
static int work(struct batch *b, double *inertia, struct ml_error *err)
{
	int rc = ml_parallel(b->run->threads, (b->n + ROWS - 1) / ROWS, assign, b, err);

	*inertia = 0;
	for (size_t i = 0; !rc && i < b->n; i++)
		*inertia += ml_cloud_weight(b->cloud, b->row[i]) * b->square[i];
	if (!rc) {
		move(b);
		feed(b);
		ml_centres_turn(&b->c->centres);
	}
	return rc;
}

static int begin(struct batch *b, size_t most, struct ml_error *err)
{
	size_t k = b->c->centres.n, p = b->c->centres.p;
	bool ok = (b->row = ml_alloc(most, sizeof *b->row, err)) &&
		  (b->x = ml_alloc(most, p * sizeof *b->x, err)) &&
		  (b->own = ml_alloc(most, sizeof *b->own, err)) &&
		  (b->square = ml_alloc(most, sizeof *b->square, err)) &&
		  (b->sq = ml_alloc((size_t)b->run->threads, k * sizeof *b->sq, err)) &&
		  (b->sum = ml_alloc(k, (p + 1) * sizeof *b->sum, err));

	return ok ? ML_OK : err->code;
}

static void end(struct batch *b)
{
	free(b->row);
	free(b->x);
	free(b->own);
	free(b->square);
	free(b->sq);
	free(b->sum);
}

static void tell(const struct batch *b, size_t step, size_t steps, double mean)
{
	if (b->run->progress)
		b->run->progress(b->run->user, &(struct ml_progress){
						       .step = step,
						       .steps = steps,
						       .train_loss = mean * (double)b->cloud->n,
						       .valid_loss = NAN,
						       .valid_metric = NAN,
						       .rate = NAN });
}

int ml_minibatch_run(struct ml_clustering *c, const struct ml_cloud *cloud,
		     const struct ml_kmeans_plan *plan, uint64_t turn, const struct ml_run *run,
		     struct ml_error *err)
{
	struct batch b = { .c = c, .cloud = cloud, .run = run };
	size_t n = cloud->n, size = plan->batch < n ? plan->batch : n, still = 0;
	double alpha = fmin(1, 2 * (double)size / ((double)n + 1)), mean = NAN, best = INFINITY;
	double steps = (double)plan->max_iter * ceil((double)n / (double)size), inertia;
	struct ml_rng rng;

	ml_rng_init(&rng, run->seed, "k-means batches", turn);
	int rc = begin(&b, size, err);
	c->report = (struct ml_report){ .iters = 0 };
	while (!rc && (double)c->report.iters < steps && still < plan->patience &&
	       !(c->report.iters && ml_run_over(run))) {
		for (b.n = 0; b.n < size; b.n++)
			b.row[b.n] = (size_t)ml_rng_below(&rng, n);
		if ((rc = work(&b, &inertia, err)))
			break;
		inertia /= (double)size;
		mean = isnan(mean) ? inertia : mean + alpha * (inertia - mean);
		still = mean < best ? 0 : still + 1;
		best = fmin(best, mean);
		tell(&b, ++c->report.iters, (size_t)fmin(steps, 9e15), mean);
	}
	c->report.converged = still >= plan->patience;
	end(&b);
	return rc;
}

int ml_minibatch_pass(struct ml_clustering *c, const struct ml_cloud *cloud, size_t batch,
		      double *inertia, const struct ml_run *run, struct ml_error *err)
{
	struct batch b = { .c = c, .cloud = cloud, .run = run };
	double part;
	int rc = begin(&b, batch, err);

	*inertia = 0;
	for (size_t from = 0; !rc && from < cloud->n; from += b.n) {
		b.n = cloud->n - from < batch ? cloud->n - from : batch;
		for (size_t i = 0; i < b.n; i++)
			b.row[i] = from + i;
		rc = work(&b, &part, err);
		*inertia += part;
		c->report.iters++;
	}
	end(&b);
	return rc;
}
