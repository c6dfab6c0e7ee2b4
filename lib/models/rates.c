/* rates.c - how the learning rate falls.
 *
 * With r the rate to begin with, t the epochs done behind warm-up, N those there will be, d and
 * D
 * --decay and --decay-epochs:
 *
 *     constant     r
 *     step         r d^floor(t / D)
 *     exponential  r d^(t / D)
 *     inverse      r (1 + t / D)^-power
 *     cosine       r (1 + cos(pi t / N)) / 2, between r and --min-rate (Loshchilov, Hutter
 * 2017) plateau      r times d for each D epochs without progress
 *
 * and never below --min-rate. */
#include <math.h>

#include "models/mlp_parts.h"

typedef double rate_fn(const struct ml_mlp_opts *o, double t, double n, double damp);

static double constant(const struct ml_mlp_opts *o, double t, double n, double damp)
{
	(void)t, (void)n, (void)damp;
	return o->rate;
}

static double by_steps(const struct ml_mlp_opts *o, double t, double n, double damp)
{
	(void)n, (void)damp;
	return o->rate * pow(o->decay, floor(t / (double)o->decay_epochs));
}

static double exponential(const struct ml_mlp_opts *o, double t, double n, double damp)
{
	(void)n, (void)damp;
	return o->rate * pow(o->decay, t / (double)o->decay_epochs);
}

static double inverse(const struct ml_mlp_opts *o, double t, double n, double damp)
{
	(void)n, (void)damp;
	return o->rate * pow(1 + t / (double)o->decay_epochs, -o->power);
}

static double cosine(const struct ml_mlp_opts *o, double t, double n, double damp)
{
	double least = fmin(o->min_rate, o->rate);

	(void)damp;
	return least + (o->rate - least) * (1 + cos(acos(-1) * fmin(t / n, 1))) / 2;
}

static double plateau(const struct ml_mlp_opts *o, double t, double n, double damp)
{
	(void)t, (void)n;
	return o->rate * damp;
}

static rate_fn *const rates[] = {
	[ML_MLP_CONSTANT] = constant,       [ML_MLP_STEP] = by_steps,
	[ML_MLP_EXPONENTIAL] = exponential, [ML_MLP_INVERSE] = inverse,
	[ML_MLP_COSINE] = cosine,           [ML_MLP_PLATEAU] = plateau,
};

double ml_mlp_rate(const struct ml_mlp_opts *o, double t, double n, double step, double damp)
{
	double least = fmin(o->min_rate, o->rate);

	if (t < o->warm_up)
		return o->rate * fmin((t + step) / o->warm_up, 1);
	return fmax(rates[o->schedule](o, t - o->warm_up, n - o->warm_up, damp), least);
}
