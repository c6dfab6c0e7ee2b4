/* networks.h - networks for tests: their options as the command line has them, tables made. */
#ifndef ML_TESTS_NETWORKS_H
#define ML_TESTS_NETWORKS_H

#include <stdlib.h>

#include "base/rng.h"
#include "models/mlp_parts.h"
#include "models/model.h"
#include "test.h"

static struct ml_error err;
static const struct ml_run one = { .threads = 1, .seed = 3, .deadline = INFINITY };
extern const struct ml_model ml_mlp;
static const struct ml_model *const mlp = &ml_mlp;

/* ---- options as the command line has them ---- */

static void set(struct ml_mlp_opts *o, const char *name, const char *value)
{
	int rc = ml_opt_set(ml_mlp_table, o, name, value, &err);

	if (rc && ++ml_test_failed <= 20)
		printf("# --%s %s: %s\n", name, value, err.msg);
}

/* "name=value name=value ..." */
static struct ml_mlp_opts options(const char *text)
{
	struct ml_mlp_opts o = { 0 };
	static char words[512]; /* texts are views into it */
	char *word, *rest = words;

	ml_opt_defaults(ml_mlp_table, &o);
	snprintf(words, sizeof words, "%s", text);
	while ((word = strtok_r(rest, " ", &rest))) {
		char *value = strchr(word, '=');
		*value++ = '\0';
		set(&o, word, value);
	}
	return o;
}

enum { ROWS = 150, COLS = 4 };

static double train_x[ROWS * COLS], train_y[ROWS];

static void make(double *vx, double *vy, size_t n, size_t classes, uint64_t index)
{
	struct ml_rng r;

	ml_rng_init(&r, 9, "mlp", index);
	for (size_t i = 0; i < n; i++) {
		double *v = vx + i * COLS;

		for (size_t j = 0; j < COLS; j++)
			v[j] = 3.2 * ml_rng_uniform(&r) - 1.6;
		double s = v[0] * v[1] + v[2] - 0.5 + 0.4 * ml_rng_uniform(&r);
		vy[i] = classes ? fmin(fmax(floor(1.2 * s + 1), 0), (double)classes - 1)
				: 1000 + 250 * s;
	}
}

#endif
