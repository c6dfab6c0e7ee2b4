/* number_speed.c - what a number costs: text to double, double to the shortest text.
 *
 *     number_speed          ("parse %.6f: 9.1 ns ..."; CPU time, the fastest of many rounds) */
#define _POSIX_C_SOURCE 200809L
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "base/number.h"

enum { COUNT = 100000, ROUNDS = 40, WIDTH = 32 };

struct texts {
	char (*v)[WIDTH];
	size_t *len;
};

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/* What is measured: one number; the results are added up so that they must be made. */
static double parse(const struct texts *t, const double *v, size_t i)
{
	struct ml_number n;

	(void)v;
	return ml_number_parse(t->v[i], t->len[i], &n) ? n.value : 0;
}

static double by_strtod(const struct texts *t, const double *v, size_t i)
{
	(void)v;
	return strtod(t->v[i], NULL);
}

static double print(const struct texts *t, const double *v, size_t i)
{
	char text[ML_NUMBER_MAX];

	(void)t;
	return (double)ml_number_print(v[i], text);
}

static double by_printf(const struct texts *t, const double *v, size_t i)
{
	char text[64];

	(void)t;
	return snprintf(text, sizeof text, "%.17g", v[i]);
}

static void measure(const char *what, const char *format, const struct texts *t, const double *v,
                    double (*one)(const struct texts *, const double *, size_t))
{
	double best = 1e9, sum = 0;

	for (int r = 0; r < ROUNDS; r++) {
		double start = now();
		for (size_t i = 0; i < COUNT; i++)
			sum += one(t, v, i);
		double took = now() - start;
		best = took < best ? took : best;
	}
	printf("  %-8s %-6s %6.1f ns%s\n", what, format, best / COUNT * 1e9, sum == 1 ? " " : "");
}

int main(void)
{
	static const char *const formats[] = { "%.6f", "%.17g" };
	struct texts t = { malloc(COUNT * sizeof *t.v), malloc(COUNT * sizeof *t.len) };
	double *v = malloc(COUNT * sizeof *v);
	uint64_t h = 1;

	if (!t.v || !t.len || !v)
		return 71;
	for (size_t f = 0; f < sizeof formats / sizeof *formats; f++) {
		for (size_t i = 0; i < COUNT; i++) {
			h = h * 6364136223846793005u + 1442695040888963407u;
			v[i] = ((double)(h >> 11) * 0x1p-53 - 0.5) * 6;
			t.len[i] = (size_t)(f ? snprintf(t.v[i], WIDTH, "%.17g", v[i])
			                      : snprintf(t.v[i], WIDTH, "%.6f", v[i]));
			v[i] = strtod(t.v[i], NULL);
		}
		measure("parse", formats[f], &t, v, parse);
		measure("strtod", formats[f], &t, v, by_strtod);
		measure("print", formats[f], &t, v, print);
		measure("printf", formats[f], &t, v, by_printf);
	}
	free(t.v);
	free(t.len);
	free(v);
	return 0;
}
