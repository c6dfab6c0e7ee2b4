/* fuzz_kernel.c - texts as kernels of Gaussian processes: an error that tells, or a kernel that
 * reads back as it was written, whose values and slopes are where they should be.
 *
 * Input: a byte for the number of columns and `ard`, then a text. */
#include <math.h>

#include "fuzz.h"
#include "models/covar.h"

enum { MOST_COLUMNS = 5, POINTS = 9 };

static void must_be_sound(const struct ml_cov *c)
{
	MUST(c->nodes >= 1 && c->nodes <= ML_COV_NODES);
	for (size_t i = 0; i < c->nodes; i++) {
		const struct ml_cov_node *node = &c->node[i];
		if (node->kind < ML_COV_KINDS)
			MUST(node->param + node->each <= c->params);
		else
			MUST(i >= 2 && node->left < i - 1);
	}
	for (size_t k = 0; k < c->params; k++)
		MUST(c->param[k].lo > 0 && c->param[k].lo <= c->param[k].value &&
		     c->param[k].value <= c->param[k].hi && isfinite(c->param[k].hi));
}

/* Written, read, written: the same. */
static void must_read_back(const struct ml_cov *c)
{
	struct ml_buf first = { 0 }, second = { 0 };
	struct ml_error err;
	struct ml_cov again;

	ml_cov_write(c, &first);
	MUST(!ml_cov_read(&again, ml_buf_str(&first), c->columns, false, &err));
	ml_cov_write(&again, &second);
	MUST(!strcmp(ml_buf_str(&first), ml_buf_str(&second)));
	MUST(again.params == c->params && again.nodes == c->nodes);
	ml_cov_release(&again);
	ml_buf_release(&first);
	ml_buf_release(&second);
}

static void ask(const struct ml_cov *c)
{
	double x[MOST_COLUMNS], z[MOST_COLUMNS * POINTS], k[POINTS], self, noise;
	double *grad = calloc(c->params + 1, sizeof *grad), weight[POINTS];
	struct ml_cov_points points = { z, POINTS };
	struct ml_cov_work w;
	struct ml_error err;

	for (size_t j = 0; j < MOST_COLUMNS; j++) {
		x[j] = 0.5 * (double)j - 1;
		for (size_t b = 0; b < POINTS; b++)
			z[j * POINTS + b] = b ? (double)(b * 7 % 5) - 1.7 * (double)j : x[j];
	}
	for (size_t b = 0; b < POINTS; b++)
		weight[b] = (double)b - 4;
	MUST(grad && !ml_cov_work_init(&w, c, &err));
	ml_cov_row(c, x, &points, 0, POINTS, k, &w);
	ml_cov_row_slope(c, x, &points, 0, POINTS, weight, grad, &w);
	ml_cov_self(c, x, &self, &noise);
	ml_cov_self_slope(c, x, 1, 1, grad);
	/* Products of many huge numbers overflow; else the point that is x itself has the
	 * covariance of x with itself, and no other has more than the two have with themselves.
	 */
	if (isfinite(self) && isfinite(noise) && self + noise < 1e200) {
		MUST(self >= 0 && noise >= 0);
		MUST(fabs(k[0] - self) <= 1e-9 * self);
	}
	ml_cov_work_release(&w);
	free(grad);
}

int LLVMFuzzerTestOneInput(const uint8_t *v, size_t n)
{
	struct choices c = { v, n };
	unsigned how = choose(&c, 2 * MOST_COLUMNS);
	char *text = choose_text(&c, '\0');
	struct ml_error err = { 0 };
	struct ml_cov cov;
	int rc = ml_cov_read(&cov, text, how / 2 + 1, how % 2, &err);

	if (rc) {
		must_tell(rc, &err);
		MUST(rc == ML_EUSAGE);
	} else {
		must_be_sound(&cov);
		must_read_back(&cov);
		ask(&cov);
	}
	ml_cov_release(&cov);
	free(text);
	return 0;
}
