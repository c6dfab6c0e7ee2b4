/* spread.h - what a distribution made by resampling says. */
#ifndef ML_METRICS_SPREAD_H
#define ML_METRICS_SPREAD_H

#include <stddef.h>

/* Sorts v, NaNs taken out; how many are left. */
size_t ml_sort_defined(double *v, size_t n);
/* Interpolated linearly between order statistics (type 7 of Hyndman and Fan 1996, NumPy's
 * default); v ascends, n >= 1. */
double ml_quantile(const double *v, size_t n, double q);

/* A figure, its bootstrap distribution, and its jackknife values. */
struct ml_spread {
	double estimate;
	double *v; /* n resampled values, ascending, none missing */
	size_t n;
	double accel; /* of the BCa interval: ml_acceleration(); NaN: percentiles */
};
/* Acceleration from jackknife values, sum d^3 / (6 (sum d^2)^1.5) with d = mean - value; NaN
 * when one is NaN or all are equal. */
double ml_acceleration(const double *v, size_t n);
/* The bound that the figure is above with confidence 1 - q (BCa: bias-corrected and
 * accelerated, Efron 1987); the percentile where accel is NaN or the estimate lies outside all
 * resampled values. */
double ml_spread_bound(const struct ml_spread *s, double q);
/* Two-sided p-value of `at`: 1 less the confidence at which a bound is `at`.  Shares of
 * resampled values are counted with one more on each side, so that it is never 0 (Davison,
 * Hinkley 1997, 4.2.2). */
double ml_spread_p(const struct ml_spread *s, double at);

#endif
