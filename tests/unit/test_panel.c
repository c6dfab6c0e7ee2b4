/* test_panel.c - packed rows, exponentials, sums of multiples: against loops, at odd sizes. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/rng.h"
#include "la/addto.h"
#include "la/panel.h"
#include "la/vexp.h"
#include "test.h"

enum { ROWS = 37, COLS = 13 };

static void fill(double *v, size_t n, uint64_t seed)
{
	struct ml_rng r;

	ml_rng_init(&r, seed, "panel", 0);
	for (size_t i = 0; i < n; i++)
		v[i] = 4 * ml_rng_uniform(&r) - 1.7;
}

TEST("panel: products are those of a loop, whatever is asked for together, and symmetric")
{
	double x[ROWS * COLS], row[COLS];
	double *v = calloc(ml_panels(ROWS) * ML_PANEL * COLS, sizeof *v);
	double all[ROWS * 40], one[40];

	fill(x, ROWS * COLS, 3);
	for (size_t i = 0; i < ROWS; i++)
		ml_panel_put(v, COLS, i, x + i * COLS);
	ml_panel_get(v, COLS, 21, row);
	CHECK(!memcmp(row, x + 21 * COLS, sizeof row));
	ml_panel_dots(v, COLS, ml_panels(ROWS), x, COLS, ROWS, all, 40);
	for (size_t i = 0; i < ROWS; i++) {
		CHECK(all[i * 40 + i] == ml_panel_square(x + i * COLS, COLS));
		for (size_t k = 0; k < ROWS; k++) {
			double s = 0;
			for (size_t j = 0; j < COLS; j++)
				s += x[i * COLS + j] * x[k * COLS + j];
			NEAR(all[i * 40 + k], s, 1e-13, "13 products of numbers below 3");
			CHECK(all[i * 40 + k] == all[k * 40 + i]);
		}
		/* Alone, and with fewer panels. */
		for (size_t panels = 1; panels <= ml_panels(ROWS); panels++) {
			ml_panel_dots(v, COLS, panels, x + i * COLS, COLS, 1, one, 40);
			CHECK(!memcmp(one, all + i * 40, panels * ML_PANEL * sizeof *one));
		}
	}
	free(v);
}

TEST("panel: columns of zeros are left out, which changes no bit")
{
	enum { WIDE = 600, STRIDE = 40 };
	double *x = calloc(ROWS * WIDE, sizeof *x), all[ROWS * STRIDE], one[STRIDE];
	double *v = calloc(ml_panels(ROWS) * ML_PANEL * WIDE, sizeof *v);

	/* Row i has i of every 37 columns, row 0 none, the last row nearly all. */
	fill(x, ROWS * WIDE, 4);
	for (size_t i = 0; i < ROWS; i++)
		for (size_t j = 0; j < WIDE; j++)
			if ((j * 11 + i) % ROWS >= i)
				x[i * WIDE + j] = 0;
	for (size_t i = 0; i < ROWS; i++)
		ml_panel_put(v, WIDE, i, x + i * WIDE);
	ml_panel_dots(v, WIDE, ml_panels(ROWS), x, WIDE, ROWS, all, STRIDE);
	for (size_t i = 0; i < ROWS; i++) {
		CHECK(all[i * STRIDE + i] == ml_panel_square(x + i * WIDE, WIDE));
		for (size_t k = 0; k < ROWS; k++) {
			double s = 0;
			for (size_t j = 0; j < WIDE; j++)
				s += x[i * WIDE + j] * x[k * WIDE + j];
			NEAR(all[i * STRIDE + k], s, 1e-11, "600 products of numbers below 3");
			CHECK(all[i * STRIDE + k] == all[k * STRIDE + i]);
		}
		ml_panel_dots(v, WIDE, ml_panels(ROWS), x + i * WIDE, WIDE, 1, one, STRIDE);
		CHECK(!memcmp(one, all + i * STRIDE, ROWS * sizeof *one));
		/* Beside a row without zeros nothing is left out. */
		double both[2 * WIDE], out[2 * STRIDE];
		fill(both, 2 * WIDE, 5);
		memcpy(both, x + i * WIDE, WIDE * sizeof *both);
		ml_panel_dots(v, WIDE, ml_panels(ROWS), both, WIDE, 2, out, STRIDE);
		CHECK(!memcmp(out, one, ROWS * sizeof *one));
	}
	free(x);
	free(v);
}

TEST("vexp: exponentials within two units of the last digit, the same at any place")
{
	enum { MANY = 5003 };
	static double x[MANY], v[MANY];

	for (size_t i = 0; i < MANY; i++)
		x[i] = v[i] = -690 + 1380 * (double)i / MANY;
	ml_vexp(v, MANY);
	for (size_t i = 0; i < MANY; i++) {
		double one = x[i], want = exp(x[i]);
		CHECK(fabs(v[i] - want) <= 2 * (nextafter(want, INFINITY) - want));
		ml_vexp(&one, 1);
		CHECK(one == v[i]);
	}
	double ends[] = { -1e308, -INFINITY, 0, 1e9 };
	ml_vexp(ends, 4);
	CHECK(ends[0] > 0 && ends[0] < 1e-300 && ends[1] == ends[0] && ends[2] == 1);
	CHECK(isfinite(ends[3]));
}

TEST("vexp: Gaussians of distances, 1 where rounding makes a distance negative")
{
	double v[11], norm[11];

	for (size_t i = 0; i < 11; i++) {
		v[i] = 1.3 + 0.21 * (double)i;
		norm[i] = 3.7;
	}
	ml_vexp_gauss(v, norm, 2.9, 0.45, 11);
	for (size_t i = 0; i < 11; i++) {
		double square = 2.9 + 3.7 - 2 * (1.3 + 0.21 * (double)i);
		NEAR(v[i], exp(-0.45 * fmax(square, 0)), 1e-15, "rounding of the argument");
	}
	CHECK(v[10] == 1);
}

TEST("addto: multiples are added as a loop would, bit for bit")
{
	double sum[ROWS], want[ROWS], x[ROWS], d[] = { 0.37, -1.9, 2.6 };
	float single[3][ROWS + 2];
	const float *row[] = { single[0], single[1], single[2] };

	fill(sum, ROWS, 5);
	fill(x, ROWS, 6);
	memcpy(want, sum, sizeof sum);
	for (size_t r = 0; r < 3; r++) {
		ml_single_from(single[r] + 2, x, ROWS);
		CHECK(single[r][2 + 31] == (float)x[31] && single[r][2 + 36] == (float)x[36]);
		for (size_t k = 0; k < ROWS; k++)
			want[k] += d[r] * (double)single[r][k + 2];
	}
	ml_add_singles(sum, row, d, 3, 2, ROWS);
	CHECK(!memcmp(sum, want, sizeof sum));
	ml_add_multiple(sum, x, 0.77, ROWS);
	for (size_t k = 0; k < ROWS; k++)
		want[k] += 0.77 * x[k];
	CHECK(!memcmp(sum, want, sizeof sum));
}

int main(void)
{
	return ml_tests_run();
}
