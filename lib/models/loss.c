/* loss.c - losses of boosting.
 *
 *     squared       (y - s)^2 / 2
 *     absolute      |y - s|
 *     huber         squared up to delta, then linear (Huber 1964)
 *     quantile      (y - s) (q - [y < s])  (Koenker and Bassett 1978)
 *     poisson       exp(s) - y s            mean exp(s)
 *     gamma         s + y exp(-s)           mean exp(s)
 *     tweedie       -y exp((1-p) s) / (1-p) + exp((2-p) s) / (2-p)   mean exp(s)
 *     logistic      log(1 + exp(-+s))       of two classes
 *     multinomial   -log softmax_y(s)       (Friedman 2001, algorithm 6; h times k / (k - 1))
 *     lambdarank    1 - NDCG of each query  (lambdarank.c)
 */
#include "models/loss.h"

#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "la/quantile.h"
#include "la/sums.h"
#include "models/linpred.h"
#include "models/logit.h"

static const double least_h = 1e-16;

static double weight(const struct ml_problem *p, size_t i)
{
	return p->w ? p->w[i] : 1;
}

static void as_it_is(const double *score, size_t k, double *out)
{
	(void)k;
	out[0] = score[0];
}

static void by_exp(const double *score, size_t k, double *out)
{
	(void)k;
	out[0] = fmin(exp(score[0]), DBL_MAX);
}

/* ---- numbers ---- */

static double base_mean(const struct ml_problem *p, size_t c, const struct ml_loss_opts *o)
{
	(void)c;
	(void)o;
	return ml_mean_of(p->y, p->w, p->x.rows);
}

static double base_log_mean(const struct ml_problem *p, size_t c, const struct ml_loss_opts *o)
{
	(void)c;
	(void)o;
	return log(fmax(ml_mean_of(p->y, p->w, p->x.rows), DBL_MIN));
}

static double base_zero(const struct ml_problem *p, size_t c, const struct ml_loss_opts *o)
{
	(void)p, (void)c, (void)o;
	return 0;
}

static double quantile_of(const struct ml_problem *p, double q)
{
	struct ml_sorted s;
	struct ml_error err;
	double v = ml_sorted_init(&s, p->y, p->w, p->x.rows, &err) ? (double)NAN
								   : ml_sorted_quantile(&s, q);

	ml_sorted_release(&s);
	return v;
}

static double base_median(const struct ml_problem *p, size_t c, const struct ml_loss_opts *o)
{
	(void)c;
	(void)o;
	return quantile_of(p, 0.5);
}

static double base_quantile(const struct ml_problem *p, size_t c, const struct ml_loss_opts *o)
{
	(void)c;
	return quantile_of(p, o->quantile);
}

#define ONE_ROW \
	const double *s, size_t k, size_t c, double y, const struct ml_loss_opts *o, \
		double *g, double *h
#define ONE_VALUE const double *s, size_t k, double y, const struct ml_loss_opts *o

static void squared_row(ONE_ROW)
{
	(void)k, (void)c, (void)o;
	*g = s[0] - y;
	*h = 1;
}

static double squared_value(ONE_VALUE)
{
	(void)k, (void)o;
	return (y - s[0]) * (y - s[0]) / 2;
}

static void absolute_row(ONE_ROW)
{
	(void)k, (void)c, (void)o;
	*g = (y < s[0]) - (y > s[0]);
	*h = 1;
}

static double absolute_value(ONE_VALUE)
{
	(void)k, (void)o;
	return fabs(y - s[0]);
}

static void quantile_row(ONE_ROW)
{
	(void)k, (void)c, (void)o;
	*g = y < s[0] ? 1 - o->quantile : y > s[0] ? -o->quantile : 0;
	*h = 1;
}

static double quantile_value(ONE_VALUE)
{
	(void)k, (void)o;
	return (y - s[0]) * (o->quantile - (y < s[0]));
}

static void huber_row(ONE_ROW)
{
	(void)k, (void)c, (void)o;
	*g = fmax(-o->delta, fmin(o->delta, s[0] - y));
	*h = 1;
}

static double huber_value(ONE_VALUE)
{
	(void)k, (void)o;
	double d = fabs(y - s[0]);

	return d <= o->delta ? d * d / 2 : o->delta * (d - o->delta / 2);
}

static void poisson_row(ONE_ROW)
{
	(void)k, (void)c, (void)o;
	*h = exp(s[0]);
	*g = *h - y;
}

static double poisson_value(ONE_VALUE)
{
	(void)k, (void)o;
	return exp(s[0]) - y * s[0];
}

static void gamma_row(ONE_ROW)
{
	(void)k, (void)c, (void)o;
	*h = y * exp(-s[0]);
	*g = 1 - *h;
}

static double gamma_value(ONE_VALUE)
{
	(void)k, (void)o;
	return s[0] + y * exp(-s[0]);
}

static void tweedie_row(ONE_ROW)
{
	(void)k, (void)c, (void)o;
	double a = 1 - o->tweedie_power, b = 2 - o->tweedie_power;
	double u = y * exp(a * s[0]), v = exp(b * s[0]);

	*g = v - u;
	*h = b * v - a * u;
}

static double tweedie_value(ONE_VALUE)
{
	(void)k, (void)o;
	double a = 1 - o->tweedie_power, b = 2 - o->tweedie_power;

	return -y * exp(a * s[0]) / a + exp(b * s[0]) / b;
}

/* ---- classes ---- */

static double share(const struct ml_problem *p, size_t c)
{
	double sum = 0, total = 0;

	for (size_t i = 0; i < p->x.rows; i++) {
		sum += (size_t)p->y[i] == c ? weight(p, i) : 0;
		total += weight(p, i);
	}
	return fmin(fmax(sum / total, 1e-15), 1 - 1e-15);
}

static double base_log_odds(const struct ml_problem *p, size_t c, const struct ml_loss_opts *o)
{
	double q = share(p, 1);

	(void)c;
	(void)o;
	return log(q / (1 - q));
}

static double base_log_share(const struct ml_problem *p, size_t c, const struct ml_loss_opts *o)
{
	(void)o;
	return log(share(p, c));
}

static void logistic_row(ONE_ROW)
{
	(void)k, (void)c, (void)o;
	double q = 1 / (1 + exp(-s[0]));

	*g = q - y;
	*h = q * (1 - q);
}

static double logistic_value(ONE_VALUE)
{
	(void)k, (void)o;
	double t = y > 0 ? -s[0] : s[0];

	return t > 0 ? t + log1p(exp(-t)) : log1p(exp(t));
}

static double log_sum_exp(const double *s, size_t k)
{
	double others = 0;
	size_t most = 0;

	for (size_t c = 1; c < k; c++)
		most = s[c] > s[most] ? c : most;
	for (size_t c = 0; c < k; c++)
		others += c == most ? 0 : exp(s[c] - s[most]);
	return s[most] + log1p(others);
}

static void multinomial_row(ONE_ROW)
{
	double q = exp(s[c] - log_sum_exp(s, k));

	(void)o;
	*g = q - ((size_t)y == c);
	*h = (double)k / (double)(k - 1) * q * (1 - q);
}

static double multinomial_value(ONE_VALUE)
{
	(void)o;
	return log_sum_exp(s, k) - s[(size_t)y];
}

static void by_sigmoid(const double *score, size_t k, double *out)
{
	(void)k;
	ml_sigmoid(score[0], out);
}

static void by_softmax(const double *score, size_t k, double *out)
{
	for (size_t c = 0; c < k; c++)
		out[c] = score[c];
	ml_softmax(out, k);
}

/* ---- the table ---- */

static const struct ml_loss squared = { .name = "squared",
					.summary = "squared error: the mean",
					.base = base_mean,
					.row = squared_row,
					.value = squared_value,
					.link = as_it_is };
static const struct ml_loss absolute = { .name = "absolute",
					 .summary = "absolute error: the median",
					 .by_quantile = true,
					 .base = base_median,
					 .row = absolute_row,
					 .value = absolute_value,
					 .link = as_it_is };
static const struct ml_loss huber = { .name = "huber",
				      .summary = "squared up to --delta, then absolute",
				      .base = base_median,
				      .row = huber_row,
				      .value = huber_value,
				      .link = as_it_is };
static const struct ml_loss quantile = { .name = "quantile",
					 .summary = "the quantile --quantile",
					 .by_quantile = true,
					 .base = base_quantile,
					 .row = quantile_row,
					 .value = quantile_value,
					 .link = as_it_is };
static const struct ml_loss poisson = { .name = "poisson",
					.summary = "counts; the mean is exp of the score",
					.nonnegative = true,
					.base = base_log_mean,
					.row = poisson_row,
					.value = poisson_value,
					.link = by_exp };
static const struct ml_loss gamma_loss = { .name = "gamma",
					   .summary = "positive amounts",
					   .positive = true,
					   .base = base_log_mean,
					   .row = gamma_row,
					   .value = gamma_value,
					   .link = by_exp };
static const struct ml_loss tweedie = { .name = "tweedie",
					.summary = "amounts, many of them 0",
					.nonnegative = true,
					.base = base_log_mean,
					.row = tweedie_row,
					.value = tweedie_value,
					.link = by_exp };
static const struct ml_loss logistic = { .name = "logistic",
					 .summary = "two classes",
					 .classes = true,
					 .base = base_log_odds,
					 .row = logistic_row,
					 .many = ml_logit_gradients,
					 .value = logistic_value,
					 .sum = ml_logit_loss,
					 .link = by_sigmoid };
static const struct ml_loss multinomial = { .name = "multinomial",
					    .summary = "classes",
					    .classes = true,
					    .base = base_log_share,
					    .row = multinomial_row,
					    .value = multinomial_value,
					    .link = by_softmax };

static const struct ml_loss lambdarank = { .name = "lambdarank",
					   .summary = "rows ranked within groups",
					   .nonnegative = true,
					   .ranks = true,
					   .base = base_zero,
					   .link = as_it_is };

const struct ml_loss *const ml_losses[] = { &squared,     &absolute,   &huber,   &quantile,
					    &poisson,     &gamma_loss, &tweedie, &logistic,
					    &multinomial, &lambdarank, NULL };

void ml_loss_weigh(const struct ml_problem *p, size_t from, size_t to, double *g, double *h)
{
	for (size_t i = from; i < to; i++) {
		double w = weight(p, i);

		g[i] *= w;
		h[i] = h[i] * w > least_h ? h[i] * w : least_h;
	}
}

void ml_loss_gradients(const struct ml_loss *l, const struct ml_problem *p, const double *score,
		       size_t k, size_t c, size_t from, size_t to, const struct ml_loss_opts *o,
		       double *g, double *h)
{
	if (l->many)
		l->many(score + from, p->y + from, to - from, g + from, h + from);
	else
		for (size_t i = from; i < to; i++)
			l->row(score + i * k, k, c, p->y[i], o, &g[i], &h[i]);
	ml_loss_weigh(p, from, to, g, h);
}

const struct ml_loss *ml_loss_find(const char *name)
{
	for (const struct ml_loss *const *l = ml_losses; *l; l++)
		if (!strcmp((*l)->name, name))
			return *l;
	return NULL;
}
