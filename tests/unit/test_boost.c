/* test_boost.c - the parts of boosting against plain ways of doing the same. */
#include "test.h"

#include <math.h>
#include <stdlib.h>

#include "base/rng.h"
#include "models/binned.h"
#include "models/cleave.h"
#include "models/hist.h"
#include "models/logit.h"
#include "models/loss.h"
#include "models/model.h"

enum { ROWS = 3000, COLS = 29 };

static double x[ROWS * COLS], y[ROWS], w[ROWS];
static struct ml_error err;
static const struct ml_run one = { .threads = 1 };

/* Numbers of few and of many values, a category, missing cells. */
static struct ml_problem make(const int *levels)
{
	struct ml_rng r;

	ml_rng_init(&r, 3, "boost", 0);
	for (size_t i = 0; i < ROWS; i++) {
		for (size_t j = 0; j < COLS; j++) {
			double u = ml_rng_uniform(&r);

			x[i * COLS + j] = j % 3 == 0   ? floor(7 * u)
					  : j % 3 == 1 ? 2.385 * u - 1
						       : exp(9 * u);
			if (levels && levels[j])
				x[i * COLS + j] = floor(u * u * levels[j]);
			if (j % 5 == 2 && ml_rng_below(&r, 9) == 0)
				x[i * COLS + j] = (double)NAN;
		}
		y[i] = ml_rng_uniform(&r) < 0.4;
		w[i] = 1 + (double)ml_rng_below(&r, 3);
	}
	return (struct ml_problem){ .x = { x, ROWS, COLS, COLS },
				    .y = y,
				    .w = w,
				    .levels = levels,
				    .nclass = 2,
				    .task = ML_CLASSIFY };
}

TEST("bins keep the order of values, and are as heavy as each other")
{
	struct ml_problem p = make(NULL);
	struct ml_cuts *cuts;
	struct ml_binned b;

	for (size_t bins = 2; bins <= ML_BINS; bins = 3 * bins - 1) {
		CHECK(!ml_cuts_make(&cuts, &p, bins, &one, &err));
		CHECK(!ml_binned_make(&b, cuts, &p, &one, &err));
		for (size_t j = 0; j < COLS; j++) {
			double mass[ML_BINS + 1] = { 0 }, lo[ML_BINS], hi[ML_BINS], all = 0;
			const struct ml_cuts *c = &cuts[j];

			CHECK(c->bins >= 1 && c->bins <= bins);
			for (size_t k = 0; k < c->bins; k++) {
				lo[k] = (double)INFINITY;
				hi[k] = -(double)INFINITY;
			}
			for (size_t i = 0; i < ROWS; i++) {
				double v = x[i * COLS + j];
				size_t bin = b.v[i * b.stride + j];

				CHECK(bin == b.column[j * ROWS + i] &&
				      bin == ml_cuts_bin(c, v));
				CHECK(isnan(v) == (bin == c->bins));
				mass[bin] += w[i];
				all += isnan(v) ? 0 : w[i];
				if (isnan(v))
					continue;
				lo[bin] = fmin(lo[bin], v);
				hi[bin] = fmax(hi[bin], v);
			}
			for (size_t k = 0; k + 1 < c->bins; k++)
				CHECK(hi[k] <= c->upper[k] && lo[k + 1] > c->upper[k]);
			if (j % 3 == 0 && bins >= 7)
				CHECK(c->bins == 7); /* one for each value */
			for (size_t k = 0; j % 3 && k < c->bins; k++)
				CHECK(mass[k] <= all / (double)bins + 6);
		}
		ml_binned_release(&b);
		ml_cuts_free(cuts, COLS);
	}
}

TEST("the heaviest levels have bins of their own, the others are as missing")
{
	int levels[COLS] = { [1] = 5, [4] = 400 };
	struct ml_problem p = make(levels);
	struct ml_cuts *cuts;
	double mass[400] = { 0 }, least = (double)INFINITY;

	CHECK(!ml_cuts_make(&cuts, &p, 16, &one, &err));
	CHECK(cuts[1].levels == 5 && cuts[1].bins == 5 && cuts[4].bins == 16);
	for (size_t i = 0; i < ROWS; i++)
		mass[(size_t)x[i * COLS + 4]] += w[i];
	for (size_t k = 0; k < 16; k++) {
		CHECK(cuts[4].bin[cuts[4].level[k]] == k);
		least = fmin(least, mass[cuts[4].level[k]]);
	}
	for (size_t l = 0; l < 400; l++)
		CHECK(cuts[4].bin[l] < 16 || mass[l] <= least);
	CHECK(ml_cuts_bin(&cuts[4], 1e6) == 16 && ml_cuts_bin(&cuts[4], (double)NAN) == 16);
	ml_cuts_free(cuts, COLS);
}

TEST("histograms are the sums of their rows, for any rows and threads")
{
	struct ml_problem p = make(NULL);
	enum { MANY = 40000 };
	struct ml_cuts *cuts;
	struct ml_binned b;
	struct ml_hist_layout l;
	uint32_t *rows = malloc(MANY * sizeof *rows);
	uint64_t *packed = malloc(ROWS * sizeof *packed);
	int32_t g[ROWS], h[ROWS];
	struct ml_rng r;

	ml_rng_init(&r, 4, "boost", 1);
	CHECK(!ml_cuts_make(&cuts, &p, ML_BINS, &one, &err));
	CHECK(!ml_binned_make(&b, cuts, &p, &one, &err));
	CHECK(!ml_hist_layout_init(&l, cuts, COLS, &err));
	for (size_t i = 0; i < ROWS; i++) {
		/* The ends of the range as well. */
		g[i] = i % 3 ? (i % 3 == 1 ? ML_HIST_QUANTA : -ML_HIST_QUANTA)
			     : (int32_t)ml_rng_below(&r, 2047) - 1023;
		h[i] = i % 2 ? ML_HIST_QUANTA : (int32_t)ml_rng_below(&r, 1024);
		packed[i] = ml_hist_pack(g[i], h[i]);
	}
	struct ml_bin_sum *got = calloc(l.bins, sizeof *got),
			  *want = calloc(l.bins, sizeof *want);
	for (size_t n = 1; n <= MANY; n = n * 7 + 3) {
		/* Repeated rows, so that sums grow as far as they can. */
		for (size_t k = 0; k < n; k++)
			rows[k] = (uint32_t)(n > ROWS ? k % 3 == 2 ? 1 : 4
						      : ml_rng_below(&r, ROWS));
		memset(want, 0, l.bins * sizeof *want);
		for (size_t k = 0; k < n; k++)
			for (size_t j = 0; j < COLS; j++) {
				struct ml_bin_sum *s =
					&want[l.base[j] + b.v[rows[k] * b.stride + j]];

				s->g += g[rows[k]];
				s->h += h[rows[k]];
				s->n++;
			}
		for (int threads = 1; threads <= 4; threads += 3) {
			struct ml_hist_room room;

			CHECK(!ml_hist_room_init(&room, &l, threads, &err));
			for (int again = 0; again < 2; again++) {
				CHECK(!ml_hist_rows(got, &l, &b, rows, n, packed, &room, &err));
				CHECK(!memcmp(got, want, l.bins * sizeof *got));
			}
			ml_hist_room_release(&room);
		}
	}
	free(want);
	free(got);
	free(packed);
	free(rows);
	ml_hist_layout_release(&l);
	ml_binned_release(&b);
	ml_cuts_free(cuts, COLS);
}

/* The best cut of a number feature by trying all of them, both ways for what is missing. */
static double best_gain(const struct ml_bin_sum *s, size_t bins, const struct ml_grow_opts *o,
			const struct ml_quanta *q)
{
	struct ml_bin_sum all = { 0 };
	double best = 0;

	for (size_t k = 0; k <= bins; k++) {
		all.g += s[k].g;
		all.h += s[k].h;
		all.n += s[k].n;
	}
	for (size_t cut = 0; cut < bins; cut++)
		for (int missing_left = 0; missing_left < 2; missing_left++) {
			double gl = 0, hl = 0;
			int64_t n = 0;

			for (size_t k = 0; k <= bins; k++)
				if (k == bins ? missing_left : k <= cut) {
					gl += (double)s[k].g * q->g;
					hl += (double)s[k].h * q->h;
					n += s[k].n;
				}
			double g = (double)all.g * q->g, h = (double)all.h * q->h;
			if (n < (int64_t)o->min_rows || all.n - n < (int64_t)o->min_rows)
				continue;
			double gain = gl * gl / (hl + o->l2) +
				      (g - gl) * (g - gl) / (h - hl + o->l2) -
				      g * g / (h + o->l2);
			best = fmax(best, gain);
		}
	return best;
}

TEST("the best split of numbers is the best of all cuts")
{
	struct ml_rng r;
	const struct ml_quanta q = { 0.01, 0.002 };

	ml_rng_init(&r, 5, "boost", 2);
	for (int round = 0; round < 300; round++) {
		struct ml_bin_sum s[40] = { { 0 } };
		size_t bins = 2 + ml_rng_below(&r, 30);
		struct ml_cuts c = { .bins = bins };
		struct ml_grow_opts o = { .min_rows = 1 + ml_rng_below(&r, 20),
					  .l2 = 1 + ml_rng_uniform(&r) };
		struct ml_leaf_facts leaf = { .lo = -(double)INFINITY, .hi = (double)INFINITY };
		struct ml_split got;

		for (size_t k = 0; k <= bins; k++) {
			s[k].n = k == bins && round % 2 ? 0 : (int64_t)ml_rng_below(&r, 9);
			s[k].g = s[k].n * ((int64_t)ml_rng_below(&r, 200) - 100);
			s[k].h = s[k].n * 40;
			leaf.all.g += s[k].g;
			leaf.all.h += s[k].h;
			leaf.all.n += s[k].n;
		}
		ml_cleave(&got, 0, &c, s, &leaf, &q, &o);
		double want = best_gain(s, bins, &o, &q);
		CHECK(fabs(fmax(got.gain, 0) - want) <= 1e-9 * (1 + want));
		/* What is said to go left does. */
		struct ml_bin_sum left = { 0 };
		for (size_t k = 0; k <= bins; k++)
			if (got.left[k / 64] >> k % 64 & 1) {
				left.g += s[k].g;
				left.n += s[k].n;
			}
		CHECK(!(got.gain > 0) || (left.g == got.in_left.g && left.n == got.in_left.n));
	}
}

TEST("many logistic gradients are those of single rows, to a few units of the last digit")
{
	double s[103], t[103], g[103], h[103], g1, h1;
	const struct ml_loss *l = ml_loss_find("logistic");
	struct ml_loss_opts o = { 0 };

	for (size_t i = 0; i < 103; i++) {
		s[i] = i < 4 ? (i % 2 ? 1e4 : -1e4) : 1.37 * ((double)i - 50);
		t[i] = i % 3 == 0;
	}
	ml_logit_gradients(s, t, 103, g, h);
	for (size_t i = 0; i < 103; i++) {
		double alone_g, alone_h;

		l->row(&s[i], 1, 0, t[i], &o, &g1, &h1);
		CHECK(fabs(g[i] - g1) <= 4e-16 && fabs(h[i] - h1) <= 4e-16);
		ml_logit_gradients(&s[i], &t[i], 1, &alone_g, &alone_h);
		CHECK(alone_g == g[i] && alone_h == h[i]);
	}
}

TEST("many logistic losses add up to those of single rows")
{
	const struct ml_loss *l = ml_loss_find("logistic");
	const struct ml_loss_opts o = { 0 };
	static double s[3000], t[3000], v[3000];

	for (int scale = 0; scale < 4; scale++)
		for (int weighted = 0; weighted < 2; weighted++)
			for (size_t n = 0; n <= 3000; n = 7 * n + 1) {
				double want = 0;
				struct ml_rng r;

				ml_rng_init(&r, 9, "losses", (uint64_t)scale);
				for (size_t i = 0; i < n; i++) {
					s[i] = (ml_rng_uniform(&r) - 0.5) *
					       pow(10, 1.2 * scale);
					t[i] = ml_rng_uniform(&r) < 0.3;
					v[i] = weighted ? 2 * ml_rng_uniform(&r) : 1;
					want += v[i] * l->value(&s[i], 1, t[i], &o);
				}
				NEAR(l->sum(s, t, weighted ? v : NULL, n), want, 1e-14,
				     "rounding of sums");
			}
}

TEST("gradient and curvature are the derivatives of each loss")
{
	const struct ml_loss_opts o = { 0.3, 0.7, 1.4 };
	double step = 1e-5;

	for (const struct ml_loss *const *l = ml_losses; *l; l++)
		for (int i = 0; i < ((*l)->ranks ? 0 : 40); i++) {
			size_t k = !strcmp((*l)->name, "multinomial") ? 3 : 1;
			double s[3] = { 0.11 * i - 2, 0.3, -1.1 }, up[3], down[3], g, h, gu, gd,
			       unused;
			double t = (*l)->classes ? i % (k > 1 ? 3 : 2) : 0.37 * i + 0.123;

			memcpy(up, s, sizeof s);
			memcpy(down, s, sizeof s);
			up[0] += step;
			down[0] -= step;
			(*l)->row(s, k, 0, t, &o, &g, &h);
			(*l)->row(up, k, 0, t, &o, &gu, &unused);
			(*l)->row(down, k, 0, t, &o, &gd, &unused);
			double slope =
				((*l)->value(up, k, t, &o) - (*l)->value(down, k, t, &o)) /
				(2 * step);
			CHECK(fabs(slope - g) <= 1e-6 * (1 + fabs(g)));
			/* Curvature is 1 by definition where the loss has none; the multinomial
			 * one is k / (k - 1) times the diagonal of the Hessian. */
			bool smooth = !(*l)->by_quantile && strcmp((*l)->name, "huber");
			double curve = (gu - gd) / (2 * step) * (k > 1 ? 1.5 : 1);
			CHECK(!smooth || fabs(curve - h) <= 1e-5 * (1 + fabs(h)));
		}
}

/* Predictions of boost for all rows, of targets times 2^e. */
static int fit_scaled(const struct ml_problem *p, int e, double *out)
{
	const struct ml_model *m = ml_model_find("boost");
	struct ml_problem scaled = *p;
	struct ml_mat all = { out, ROWS, 1, 1 };
	struct ml_report rep;
	static double t[ROWS];
	void *opts = calloc(1, m->opts_size), *state = calloc(1, m->state_size);

	for (size_t i = 0; i < ROWS; i++)
		t[i] = ldexp(p->y[i], e);
	scaled.y = t;
	ml_opt_defaults(m->opts, opts);
	CHECK(!ml_opt_set(m->opts, opts, "trees", "20", &err));
	int rc = m->fit(state, &scaled, opts, &one, &rep, &err);
	if (!rc)
		rc = m->predict(state, &p->x, &all, &err);
	m->release(state);
	free(state);
	free(opts);
	return rc;
}

TEST("targets of any size are learned: times a power of two predictions are so, too")
{
	static double mid[ROWS], far[ROWS];
	struct ml_problem p = make(NULL);

	p.task = ML_REGRESS;
	p.nclass = 0;
	for (size_t i = 0; i < ROWS; i++)
		y[i] = x[i * COLS + 1] + (isnan(x[i * COLS + 2]) ? 2 : 0) + 0.1 * y[i];
	CHECK(!fit_scaled(&p, 0, mid));
	for (int e = -900; e <= 900; e += 450) {
		bool same = true;

		CHECK(!fit_scaled(&p, e, far));
		for (size_t i = 0; i < ROWS; i++)
			same &= far[i] == ldexp(mid[i], e);
		CHECK(same);
	}
}

int main(void)
{
	return ml_tests_run();
}
