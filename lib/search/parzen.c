/* parzen.c - the densities of the tree-structured Parzen estimator, over all parameters at
 * once.
 *
 * A mixture, in equal parts, of a kernel about each point and of the uniform density. A kernel
 * is a product over the parameters that are active in the point asked for: number        a
 * normal cut to [0, 1] of the unit scale, its mass in the value's cell choice of k   1 + 1/n
 * for the same, 1/n for another, over their sum not active in the kernel's point   uniform
 * Drawn the same way, parents first, it is a density over trees of parameters: points of
 * another branch say nothing about what is not active in them.  Products over all parameters
 * (and not a density for each) see which values go together. Widths of numbers follow Scott's
 * rule n^(-1/(d + 4)) times the spread of the points, which is drawn towards that of the
 * uniform density where points are few. Sources: Bergstra, Bardenet, Bengio, Kegl (2011)
 * "Algorithms for hyper-parameter optimization"; Falkner, Klein, Hutter (2018) "BOHB"; Watanabe
 * (2023) "Tree-structured Parzen estimator: understanding its algorithm components and their
 * roles". */
#include "search/parzen.h"

#include <math.h>
#include <stdlib.h>

#include "base/mem.h"

static const double uniform_sd = 0.28867513459481287; /* 1 / sqrt(12) */

static double normal_mass(double lo, double hi, double mean, double sd)
{
	const double root_half = 0.70710678118654752;
	double a = (lo - mean) / sd * root_half, b = (hi - mean) / sd * root_half;

	/* On the side where nothing cancels. */
	return a > 0 ? 0.5 * (erfc(a) - erfc(b)) : 0.5 * (erfc(-b) - erfc(-a));
}

static bool is_ordered(const struct ml_param *p)
{
	return p->kind != ML_PARAM_CHOICE || p->size;
}

/* Half a cell of the value on the unit scale; reals have none. */
static double half_cell(const struct ml_space *s, size_t j, double value)
{
	const struct ml_param *p = &s->v[j];

	if (p->kind == ML_PARAM_REAL)
		return 0;
	if (p->kind == ML_PARAM_CHOICE)
		return 0.5 / (double)p->choices;
	if (!p->log)
		return 0.5 / (p->hi - p->lo + 1);
	return 0.5 * log((value + 0.5) / (value - 0.5)) / log((p->hi + 0.5) / (p->lo - 0.5));
}

/* Spread of the points active in j, with one uniform point more. */
static double spread(const struct ml_parzen *d, size_t j)
{
	double sum = 0.5, squares = 0.25 + uniform_sd * uniform_sd, n = 1;

	for (size_t i = 0; i < d->n; i++) {
		if (isnan(d->point[i][j]))
			continue;
		double u = ml_space_unit(d->space, j, d->point[i][j]);
		sum += u;
		squares += u * u;
		n++;
	}
	return sqrt(fmax(squares / n - sum / n * (sum / n), 0));
}

/* Widths below this find nothing new. */
static const double least_width = 0.01;
/* Scott's rule is for densities of one hill; narrower kernels see several, and lead to lower
 * losses on all test functions but noisy ones. */
static const double narrower = 0.7;

static double width_of(const struct ml_parzen *d, size_t j)
{
	double shrink = pow((double)d->n + 1, -1. / ((double)d->space->n + 4));

	return fmax(narrower * spread(d, j) * shrink, least_width);
}

int ml_parzen_init(struct ml_parzen *d, const struct ml_space *s, const double **point,
		   size_t n, struct ml_error *err)
{
	*d = (struct ml_parzen){ .space = s, .point = point, .n = n };
	if (!(d->width = ml_alloc(s->n, sizeof *d->width, err)) ||
	    !(d->log_mass = ml_alloc(n * s->n, sizeof *d->log_mass, err)) ||
	    !(d->room = ml_alloc(n + 1, sizeof *d->room, err)))
		return err->code;
	for (size_t j = 0; j < s->n; j++) {
		if (!is_ordered(&s->v[j]))
			continue;
		d->width[j] = width_of(d, j);
		for (size_t i = 0; i < n; i++)
			if (!isnan(point[i][j]))
				d->log_mass[i * s->n + j] = log(normal_mass(
					0, 1, ml_space_unit(s, j, point[i][j]), d->width[j]));
	}
	return ML_OK;
}

void ml_parzen_release(struct ml_parzen *d)
{
	free(d->point);
	free(d->width);
	free(d->log_mass);
	free(d->room);
	*d = (struct ml_parzen){ 0 };
}

/* -- drawing -- */

static double gauss(struct ml_rng *rng)
{
	/* Box, Muller; 1 - u is never 0. */
	double r = sqrt(-2 * log(1 - ml_rng_uniform(rng)));
	return r * cos(6.283185307179586 * ml_rng_uniform(rng));
}

static double draw_number(const struct ml_parzen *d, size_t j, double centre,
			  struct ml_rng *rng)
{
	double mean = ml_space_unit(d->space, j, centre), u;

	do /* at least half of the kernel's mass, nearly, is on the scale: widths are below 0.3
	    */
		u = mean + d->width[j] * gauss(rng);
	while (!(u >= 0 && u <= 1));
	return ml_space_at(d->space, j, u);
}

static double draw_choice(const struct ml_parzen *d, size_t j, double centre,
			  struct ml_rng *rng)
{
	double k = (double)d->space->v[j].choices, n = (double)d->n;

	return ml_rng_uniform(rng) * (n + k) < n
		       ? centre
		       : ml_space_at(d->space, j, ml_rng_uniform(rng));
}

void ml_parzen_draw(const struct ml_parzen *d, struct ml_rng *rng, double *point)
{
	size_t i = (size_t)ml_rng_below(rng, d->n + 1);
	const double *centre = i < d->n ? d->point[i] : NULL;

	for (size_t j = 0; j < d->space->n; j++) {
		point[j] = (double)NAN;
		if (!ml_space_active(d->space, point, j))
			continue;
		if (!centre || isnan(centre[j]))
			point[j] = ml_space_at(d->space, j, ml_rng_uniform(rng));
		else if (is_ordered(&d->space->v[j]))
			point[j] = draw_number(d, j, centre[j], rng);
		else
			point[j] = draw_choice(d, j, centre[j], rng);
	}
}

/* -- density -- */

/* Log of the kernel about centre i in parameter j, whose value has unit u and half cell h, over
 * the uniform density. */
static double log_number(const struct ml_parzen *d, size_t i, size_t j, double u, double h)
{
	double mean = ml_space_unit(d->space, j, d->point[i][j]), sd = d->width[j];
	double log_mass = d->log_mass[i * d->space->n + j], z = (u - mean) / sd;

	if (h * 4 > sd) /* the density is not flat within the cell */
		return log(normal_mass(u - h, u + h, mean, sd) / (2 * h)) - log_mass;
	return -0.5 * z * z - log(sd * 2.5066282746310002) - log_mass;
}

static double log_choice(const struct ml_parzen *d, size_t i, size_t j, double value)
{
	double k = (double)d->space->v[j].choices, n = (double)d->n;

	return log(k * (value == d->point[i][j] ? n + 1 : 1) / (n + k));
}

double ml_parzen_log(const struct ml_parzen *d, const double *point)
{
	const struct ml_space *s = d->space;
	double top = 0, sum = 0;

	for (size_t i = 0; i <= d->n; i++)
		d->room[i] = 0;
	for (size_t j = 0; j < s->n; j++) {
		if (isnan(point[j]))
			continue;
		double u = ml_space_unit(s, j, point[j]), h = half_cell(s, j, point[j]);
		for (size_t i = 0; i < d->n; i++) {
			if (isnan(d->point[i][j]))
				continue;
			d->room[i] += is_ordered(&s->v[j]) ? log_number(d, i, j, u, h)
							   : log_choice(d, i, j, point[j]);
		}
	}
	for (size_t i = 0; i < d->n; i++)
		top = fmax(top, d->room[i]);
	for (size_t i = 0; i <= d->n; i++)
		sum += exp(d->room[i] - top);
	return top + log(sum / ((double)d->n + 1));
}
