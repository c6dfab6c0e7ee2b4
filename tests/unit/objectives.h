/* objectives.h - functions with known minima, on which methods of search are compared.
 *
 * Forms and minima: Surjanovic, Bingham, "Virtual Library of Simulation Experiments: Test
 * Functions and Datasets" (www.sfu.ca/~ssurjano/optimization.html), except those called
 * "mixed", "tree", "svm", whose minima are seen from their form. */
#ifndef ML_TESTS_OBJECTIVES_H
#define ML_TESTS_OBJECTIVES_H

#include <math.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/rng.h"
#include "search/space.h"

struct objective {
	const char *name;
	const char *params[16]; /* NULL-ended, as ml_space_add() reads them */
	double minimum;
	double (*loss)(const double *x); /* of a point of the space */
	double noise;                    /* standard deviation added to what a search sees */
};

static const double pi = 3.14159265358979323846;

static inline double square(double v)
{
	return v * v;
}

static inline double branin(const double *x)
{
	double b = 5.1 / (4 * pi * pi), c = 5 / pi, t = 1 / (8 * pi);

	return square(x[1] - b * x[0] * x[0] + c * x[0] - 6) + 10 * (1 - t) * cos(x[0]) + 10;
}

static inline double hartmann6(const double *x)
{
	static const double alpha[4] = { 1, 1.2, 3, 3.2 };
	static const double a[4][6] = { { 10, 3, 17, 3.5, 1.7, 8 },
					{ 0.05, 10, 17, 0.1, 8, 14 },
					{ 3, 3.5, 1.7, 10, 17, 8 },
					{ 17, 8, 0.05, 10, 0.1, 14 } };
	static const double p[4][6] = { { 0.1312, 0.1696, 0.5569, 0.0124, 0.8283, 0.5886 },
					{ 0.2329, 0.4135, 0.8307, 0.3736, 0.1004, 0.9991 },
					{ 0.2348, 0.1451, 0.3522, 0.2883, 0.3047, 0.6650 },
					{ 0.4047, 0.8828, 0.8732, 0.5743, 0.1091, 0.0381 } };
	double sum = 0;

	for (int i = 0; i < 4; i++) {
		double e = 0;
		for (int j = 0; j < 6; j++)
			e += a[i][j] * square(x[j] - p[i][j]);
		sum -= alpha[i] * exp(-e);
	}
	return sum;
}

/* Branin with a shift by a word, a whole number, and a weight that counts with one word only;
 * minimum at mode=c, k=7, w=1e-3. */
static inline double mixed(const double *x)
{
	static const double word[4] = { 12, 5, 0, 8 };
	double loss = branin(x) + word[(size_t)x[2]] + 0.5 * square(x[3] - 7);

	return x[2] == 2 ? loss + square(log10(x[4]) + 3) : loss + 1;
}

/* Three algorithms with parameters of their own. */
static inline double tree(const double *x)
{
	if (x[0] == 0) /* ridge: alpha near 0.1 */
		return 0.3 + 0.02 * square(log10(x[1]) + 1);
	if (x[0] == 1) { /* svm: narrow, the best */
		double c = log10(x[3]) - 1, g = log10(x[4]) + 2;
		return x[2] == 0 ? 0.32 + 0.01 * c * c
				 : 0.5 - 0.4 * exp(-0.5 * (c * c + g * g + c * g * 0.8));
	}
	return 0.22 + 0.002 * square(x[5] - 9) + 0.05 * square(log10(x[6]) + 1.5);
}

static inline double rosenbrock4(const double *x)
{
	double sum = 0;

	for (int j = 0; j < 3; j++)
		sum += 100 * square(x[j + 1] - x[j] * x[j]) + square(1 - x[j]);
	return sum;
}

static inline double ackley5(const double *x)
{
	double squares = 0, waves = 0;

	for (int j = 0; j < 5; j++) {
		squares += x[j] * x[j] / 5;
		waves += cos(2 * pi * x[j]) / 5;
	}
	return -20 * exp(-0.2 * sqrt(squares)) - exp(waves) + 20 + exp(1);
}

static inline double levy4(const double *x)
{
	double w[4], sum;

	for (int j = 0; j < 4; j++)
		w[j] = 1 + (x[j] - 1) / 4;
	sum = square(sin(pi * w[0])) + square(w[3] - 1) * (1 + square(sin(2 * pi * w[3])));
	for (int j = 0; j < 3; j++)
		sum += square(w[j] - 1) * (1 + 10 * square(sin(pi * w[j] + 1)));
	return sum;
}

static inline double sphere12(const double *x)
{
	double sum = 0;

	for (int j = 0; j < 12; j++)
		sum += square(x[j] - 0.3 - 0.03 * j);
	return sum;
}

/* As a learning rate, a penalty and a size would act. */
static inline double logs(const double *x)
{
	double r = log10(x[0]) + 2.3, p = log10(x[1]) + 4, n = log2(x[2]) - 6;

	return 0.1 + 0.2 * (1 - exp(-r * r)) + 0.01 * square(p) * (1 + 0.3 * r * r) +
	       0.008 * square(n - 0.5 * r) + (r > 1.2 ? 0.5 : 0);
}

static inline double camel(const double *x)
{
	double a = x[0] * x[0], b = x[1] * x[1];

	return (4 - 2.1 * a + a * a / 3) * a + x[0] * x[1] + (4 * b - 4) * b;
}

/* Whole numbers and ordered and unordered choices only: 3 * 10 * 7 * 4 points; the
 * first is given by its index. */
static inline double counts(const double *x)
{
	static const double word[4] = { 0.7, 0, 1.9, 0.4 };

	return square(x[0] - 1) + 0.1 * square(x[1] - 7) + 0.3 * square(x[2] - 2 - x[0]) +
	       word[(size_t)x[3]];
}

#define UNIT(n) "x" #n "=real:0:1"
static const struct objective objectives[] = {
	{ "branin", { "a=real:-5:10", "b=real:0:15" }, 0.397887357729739, branin, 0 },
	{ "hartmann6",
	  { UNIT(1), UNIT(2), UNIT(3), UNIT(4), UNIT(5), UNIT(6) },
	  -3.32236801141551,
	  hartmann6,
	  0 },
	{ "mixed",
	  { "a=real:-5:10", "b=real:0:15", "mode=a,b,c,d", "k=1:20",
	    "w=log:1e-6:1e2 if mode=c" },
	  0.397887357729739,
	  mixed,
	  0 },
	{ "tree",
	  { "algorithm=ridge,svm,forest", "ridge.alpha=log:1e-4:1e4 if algorithm=ridge",
	    "svm.kernel=linear,rbf if algorithm=svm", "svm.C=log:1e-3:1e3 if algorithm=svm",
	    "svm.gamma=log:1e-4:10 if svm.kernel=rbf", "forest.depth=2:20 if algorithm=forest",
	    "forest.rate=log:1e-3:1 if algorithm=forest" },
	  0.1,
	  tree,
	  0 },
	{ "rosenbrock4",
	  { "a=real:-5:10", "b=real:-5:10", "c=real:-5:10", "d=real:-5:10" },
	  0,
	  rosenbrock4,
	  0 },
	{ "ackley5",
	  { "a=real:-20:32", "b=real:-20:32", "c=real:-20:32", "d=real:-20:32",
	    "e=real:-20:32" },
	  0,
	  ackley5,
	  0 },
	{ "levy4",
	  { "a=real:-10:10", "b=real:-10:10", "c=real:-10:10", "d=real:-10:10" },
	  0,
	  levy4,
	  0 },
	{ "sphere12",
	  { UNIT(1), UNIT(2), UNIT(3), UNIT(4), UNIT(5), UNIT(6), UNIT(7), UNIT(8), UNIT(9),
	    UNIT(10), UNIT(11), UNIT(12) },
	  0,
	  sphere12,
	  0 },
	{ "logs",
	  { "rate=log:1e-5:1", "penalty=log:1e-8:1e2", "units=log-whole:4:1024" },
	  0.1,
	  logs,
	  0 },
	{ "camel", { "a=real:-3:3", "b=real:-2:2" }, -1.0316284534899, camel, 0 },
	{ "finite", { "a=1,2,3", "b=1:10", "c=0:6", "d=p,q,r,s" }, 0, counts, 0 },
	{ "branin-noisy", { "a=real:-5:10", "b=real:0:15" }, 0.397887357729739, branin, 2 },
	{ "hartmann6-noisy",
	  { UNIT(1), UNIT(2), UNIT(3), UNIT(4), UNIT(5), UNIT(6) },
	  -3.32236801141551,
	  hartmann6,
	  0.2 },
};
enum { OBJECTIVES = sizeof objectives / sizeof *objectives };

#endif
