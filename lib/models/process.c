/* process.c - Gaussian process regression and classification: what is predicted.
 *
 * Numbers: mean + unit * k'coef, with the deviation unit * sqrt(k(x, x) + noise - |R'^-1 k|^2):
 * of a new observation, white included, as scikit-learn has it.  Classes: the mean of
 * sigmoid(f) over the normal distribution of f (equation 3.25 of Rasmussen, Williams 2006),
 * computed to rounding by the trapezoidal rule, whose error falls exponentially: the sigmoid
 * has poles pi off the axis, so that steps of STEP are as good as exact.  More than two
 * classes: one against the others, scaled to sum to 1. A row's covariances and sums are chains
 * of their own, the same in any batch. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "models/process.h"

/* Rows that are asked together. */
enum { TOGETHER = 64 };
/* The integral over f: its step, at most this in units of its deviation, and where it ends, in
 * deviations.  Beyond WIDE deviations the sigmoid is next to a step, and the normal
 * distribution with the variance of the logistic one (pi^2 / 3) in place of it is within 1e-12.
 */
static const double step_f = 0.5, step_sd = 0.5, end_sd = 9, wide = 2000;
static const double logistic_variance = 3.28986813369645287295;

static const struct ml_opt opts[] = {
	{ .name = "kernel",
	  .type = ML_TEXT,
	  .def = "auto",
	  .arg = "KERNEL",
	  .offset = ML_FIELD(struct ml_process_opts, kernel, const char *),
	  .help = "covariance of rows: sums (+) and products (*) of const, linear, matern12, "
		  "matern32, matern52, periodic, rbf, rq, white and numbers, with start values "
		  "in brackets, as in 'const*rbf(length=2) + white(noise=0.1 fixed)'; auto is "
		  "const*rbf + white, for classes const*rbf" },
	{ .name = "ard",
	  .type = ML_BOOL,
	  .def = "no",
	  .offset = ML_FIELD(struct ml_process_opts, ard, bool),
	  .help = "a length of its own for each column, in all kernels that have one" },
	{ .name = "alpha",
	  .type = ML_REAL,
	  .def = "1e-10",
	  .lo = 0,
	  .hi = 1e10,
	  .arg = "X",
	  .offset = ML_FIELD(struct ml_process_opts, alpha, double),
	  .help = "variance of noise of the training rows beside that of white, for the target "
		  "in the units of the fit; not part of what is predicted" },
	{ .name = "normalize-y",
	  .type = ML_BOOL,
	  .def = "yes",
	  .offset = ML_FIELD(struct ml_process_opts, normalize, bool),
	  .help = "take the target as it is, not in units of its standard deviation about its "
		  "mean" },
	{ .name = "optimize",
	  .type = ML_BOOL,
	  .def = "yes",
	  .offset = ML_FIELD(struct ml_process_opts, optimize, bool),
	  .help = "leave the parameters of the kernel at their start values" },
	{ .name = "restarts",
	  .type = ML_INT,
	  .def = "2",
	  .lo = 0,
	  .hi = 1000,
	  .arg = "N",
	  .offset = ML_FIELD(struct ml_process_opts, restarts, int64_t),
	  .help = "look for parameters from N other starts, drawn about the first" },
	{ .name = "max-iter",
	  .type = ML_INT,
	  .def = "200",
	  .lo = 1,
	  .hi = 1e9,
	  .arg = "N",
	  .offset = ML_FIELD(struct ml_process_opts, max_iter, int64_t),
	  .help = "evaluate the marginal likelihood at most N times from each start" },
	{ .name = "tol",
	  .type = ML_REAL,
	  .def = "1e-8",
	  .lo = 1e-16,
	  .hi = 1,
	  .arg = "X",
	  .offset = ML_FIELD(struct ml_process_opts, tol, double),
	  .help = "stop when two steps in a row gain less than X (1 + |objective|)" },
	{ .name = "std",
	  .type = ML_BOOL,
	  .def = "yes",
	  .offset = ML_FIELD(struct ml_process_opts, spread, bool),
	  .help = "keep no factor: a model of n p numbers, which tells no standard deviation" },
	ML_OPT_END
};

/* ---- asked ---- */

struct asking {
	const struct ml_process *m;
	struct ml_cov_work work;
	double *k;             /* TOGETHER x n */
	double *across, *room; /* n x TOGETHER each */
};

static int asking_init(struct asking *q, const struct ml_process *m, struct ml_error *err)
{
	size_t size = m->n * TOGETHER, nodes = 0, most = 0;

	*q = (struct asking){ .m = m };
	for (size_t k = 0; k < m->parts; k++)
		if (m->part[k].cov.nodes > nodes)
			nodes = m->part[most = k].cov.nodes;
	if (!(q->k = ml_alloc(size, sizeof *q->k, err)) ||
	    !(q->across = ml_alloc(size, sizeof *q->across, err)) ||
	    !(q->room = ml_alloc(size, sizeof *q->room, err)))
		return err->code;
	return ml_cov_work_init(&q->work, &m->part[most].cov, err);
}

static void asking_release(struct asking *q)
{
	ml_cov_work_release(&q->work);
	free(q->room);
	free(q->across);
	free(q->k);
}

/* Means of f at rows [from, from + rows) of x, and, variance not NULL, the variances. */
static void ask_part(struct asking *q, const struct ml_process_part *part,
		     const struct ml_mat *x, size_t from, size_t rows, double *mean,
		     double *variance)
{
	size_t n = q->m->n;
	const struct ml_cov_points points = { q->m->x, n };

	for (size_t i = 0; i < rows; i++) {
		double *k = q->k + i * n;
		ml_cov_row(&part->cov, x->v + (from + i) * x->ld, &points, 0, n, k, &q->work);
		mean[i] = ml_dot(k, part->coef, n);
		for (size_t r = 0; variance && r < n; r++)
			q->across[r * TOGETHER + i] = part->root ? k[r] * part->root[r] : k[r];
	}
	if (!variance)
		return;
	ml_factor_forward(&part->factor, q->across, rows, TOGETHER, q->room);
	for (size_t i = 0; i < rows; i++) {
		double self, noise;
		ml_cov_self(&part->cov, x->v + (from + i) * x->ld, &self, &noise);
		double known = 0;
		for (size_t r = 0; r < n; r++)
			known += q->across[r * TOGETHER + i] * q->across[r * TOGETHER + i];
		/* Rounding can leave less than nothing. */
		variance[i] = (self < known ? 0 : self - known) + noise;
	}
}

/* The means of sigmoid(-f) and sigmoid(f), f normal. */
static void chances(double mean, double variance, double out[2])
{
	double sd = sqrt(variance), sum[2] = { 0 };

	if (!(sd < wide)) {
		double z = mean / sqrt(2 * (variance + logistic_variance));
		out[0] = 0.5 * erfc(z);
		out[1] = 0.5 * erfc(-z);
		return;
	}
	double h = fmin(step_sd, sd > 0 ? step_f / sd : step_sd), end = ceil(end_sd / h);
	for (double i = -end; i <= end; i++) {
		double u = i * h, f = mean + sd * u, q = exp(-fabs(f)), p = 1 / (1 + q);
		double weight = exp(-0.5 * u * u);
		sum[f > 0] += weight * p;
		sum[f <= 0] += weight * p * q;
	}
	out[0] = sum[0] / (sum[0] + sum[1]);
	out[1] = sum[1] / (sum[0] + sum[1]);
}

/* Rows of classes: shares[c] of each part, then scaled. */
static void ask_classes(struct asking *q, const struct ml_mat *x, size_t from, size_t rows,
			struct ml_mat *out)
{
	const struct ml_process *m = q->m;
	double mean[TOGETHER], variance[TOGETHER], two[2];

	for (size_t k = 0; k < m->parts; k++) {
		ask_part(q, &m->part[k], x, from, rows, mean, variance);
		for (size_t i = 0; i < rows; i++) {
			double *o = out->v + (from + i) * out->ld;
			chances(mean[i], variance[i], two);
			if (m->parts == 1)
				memcpy(o, two, sizeof two);
			else
				o[k] = two[1];
		}
	}
	for (size_t i = 0; m->parts > 1 && i < rows; i++) {
		double *o = out->v + (from + i) * out->ld, sum = 0;
		for (size_t c = 0; c < m->classes; c++)
			sum += o[c];
		for (size_t c = 0; c < m->classes; c++)
			o[c] = sum > 0 ? o[c] / sum : 1 / (double)m->classes;
	}
}

static void ask_numbers(struct asking *q, const struct ml_mat *x, size_t from, size_t rows,
			bool spread, struct ml_mat *out)
{
	const struct ml_process *m = q->m;
	double mean[TOGETHER], variance[TOGETHER];

	ask_part(q, &m->part[0], x, from, rows, mean, spread ? variance : NULL);
	for (size_t i = 0; i < rows; i++) {
		double *o = out->v + (from + i) * out->ld;
		o[0] = m->mean + m->unit * mean[i];
		if (spread)
			o[1] = m->unit * sqrt(variance[i]);
	}
}

static int ask(const struct ml_process *m, const struct ml_mat *x, bool spread,
	       struct ml_mat *out, struct ml_error *err)
{
	struct asking q;
	int rc = ml_mat_expect(x, m->p, err);

	if (rc || (rc = asking_init(&q, m, err))) {
		if (rc != ML_EBUG)
			asking_release(&q);
		return rc;
	}
	for (size_t i = 0; i < x->rows; i += TOGETHER) {
		size_t rows = x->rows - i < TOGETHER ? x->rows - i : TOGETHER;
		if (m->classes)
			ask_classes(&q, x, i, rows, out);
		else
			ask_numbers(&q, x, i, rows, spread, out);
	}
	asking_release(&q);
	return ML_OK;
}

static int predict(const void *state, const struct ml_mat *x, struct ml_mat *out,
		   struct ml_error *err)
{
	return ask(state, x, false, out, err);
}

static int deviations(const void *state, const struct ml_mat *x, struct ml_mat *out,
		      struct ml_error *err)
{
	const struct ml_process *m = state;

	if (!m->part[0].factor.v)
		return ml_fail(
			err, ML_EUSAGE, "E-USAGE",
			"the model was fitted with --no-std: it tells no standard deviation");
	return ask(m, x, true, out, err);
}

static size_t width(const void *state)
{
	const struct ml_process *m = state;
	return m->classes ? m->classes : 1;
}

const struct ml_model ml_gp = {
	.name = "gp",
	.summary = "Gaussian process: few rows, smooth functions, how sure each prediction is",
	.tasks = ML_CLASSIFY | ML_REGRESS,
	.flags = ML_WANTS_SCALE | ML_CUBIC | ML_HARD_ROWS,
	.format = 1,
	.opts = opts,
	.opts_size = sizeof(struct ml_process_opts),
	.state_size = sizeof(struct ml_process),
	.fit = ML_FITTING(ml_process_fit),
	.predict = predict,
	.width = width,
	.save = ml_process_save,
	.load = ml_process_load,
	.release = ml_process_release,
	.deviations = deviations,
};
