/* test_backprop.c - products in slabs, and gradients of networks against finite differences.
 */
#include <stdlib.h>

#include "base/mem.h"
#include "base/rng.h"
#include "la/slab.h"
#include "models/backprop.h"
#include "test.h"

static struct ml_error err;

static void draw(double *v, size_t n, uint64_t index)
{
	struct ml_rng r;

	ml_rng_init(&r, 11, "backprop", index);
	for (size_t i = 0; i < n; i++)
		v[i] = 2.385 * ml_rng_uniform(&r) - 1.07;
}

/* ---- slabs ---- */

enum { K = 301, R = 29 };

TEST("a slab's products are those of plain loops, whatever the strides")
{
	static double a[K * R], b[K * 24], c[R * 20], want[R * 20];

	draw(a, K * R, 0);
	draw(b, K * 24, 1);
	for (int turned = 0; turned < 2; turned++) {
		size_t by_k = turned ? R : 1, by_i = turned ? 1 : K;

		draw(c, R * 20, 2);
		memcpy(want, c, sizeof c);
		for (size_t i = 0; i < R; i++)
			for (size_t j = 0; j < ML_SLAB; j++)
				for (size_t k = 0; k < K; k++)
					want[i * 20 + j] +=
						a[k * by_k + i * by_i] * b[k * 24 + j];
		ml_slab_add(c, 20, R, K, a, by_k, by_i, b, 24);
		for (size_t i = 0; i < R * 20; i++)
			NEAR(c[i], want[i], 1e-13, "301 roundings of numbers below 2");
	}
}

TEST("a slab's element has the same bits for any rows beside it, and cut anywhere")
{
	static double a[K * R], b[K * ML_SLAB], c[R * ML_SLAB], one[ML_SLAB];

	draw(a, K * R, 3);
	draw(b, K * ML_SLAB, 4);
	memset(c, 0, sizeof c);
	ml_slab_add(c, ML_SLAB, R, K, a, 1, K, b, ML_SLAB);
	for (size_t i = 0; i < R; i++) {
		size_t cut = 10 * i + 1;

		memset(one, 0, sizeof one);
		ml_slab_add(one, ML_SLAB, 1, cut, a + i * K, 1, K, b, ML_SLAB);
		ml_slab_add(one, ML_SLAB, 1, K - cut, a + i * K + cut, 1, K, b + cut * ML_SLAB,
			    ML_SLAB);
		CHECK(!memcmp(one, c + i * ML_SLAB, sizeof one));
	}
}

/* ---- gradients ---- */

/* A network, rows, and what is minimised. */
struct trial {
	const char *loss;
	size_t outputs, hidden[3], n_hidden;
	const struct ml_squash *squash;
	bool norm, weighted;
	double dropout;
};

enum { ROWS = 37, COLS = 5 };

static double x[ROWS * COLS], y[ROWS], w[ROWS];
static size_t rows[ROWS];

static void make_net(struct ml_net *net, const struct trial *t)
{
	size_t out[4];
	const struct ml_squash *squash[4];
	bool norm[4] = { false };
	struct ml_rng r;

	for (size_t l = 0; l < t->n_hidden; l++) {
		out[l] = t->hidden[l];
		squash[l] = t->squash;
		norm[l] = t->norm;
	}
	out[t->n_hidden] = t->outputs;
	squash[t->n_hidden] = ml_squash_find("identity", 8);
	CHECK(!ml_net_init(net, COLS, out, squash, norm, t->n_hidden + 1, &err));
	size_t n = ml_net_plain_params(net);
	double *plain = malloc(n * sizeof *plain);
	ml_rng_init(&r, 5, "net", 0);
	for (size_t i = 0; i < n; i++)
		plain[i] = 1.3 * ml_rng_uniform(&r) - 0.6;
	ml_net_from_plain(net, plain, net->param);
	free(plain);
}

static void make_rows(const struct trial *t)
{
	struct ml_rng r;

	ml_rng_init(&r, 6, "rows", 0);
	for (size_t i = 0; i < ROWS * COLS; i++)
		x[i] = 3.1 * ml_rng_uniform(&r) - 1.4;
	for (size_t i = 0; i < ROWS; i++) {
		y[i] = ml_loss_find(t->loss)->classes
			       ? (double)ml_rng_below(&r, t->outputs > 1 ? t->outputs : 2)
			       : 7.3 * ml_rng_uniform(&r) - 2;
		w[i] = 0.2 + ml_rng_uniform(&r);
		rows[i] = (i * 7) % ROWS;
	}
}

/* What is minimised, as the header says. */
static double value(struct ml_backprop *b, size_t n)
{
	double loss;

	ml_backprop_turn(b);
	CHECK(!ml_backprop_step(b, rows, n, 3, &loss, &err));
	return loss / (double)n;
}

/* The gradients of a minibatch of n rows against central differences. */
static void check_gradients(const struct trial *t, size_t n, int threads)
{
	const double h = 1e-5;
	struct ml_net net = { 0 };
	struct ml_problem p = { .x = { x, ROWS, COLS, COLS }, .y = y };
	struct ml_team *team;

	make_rows(t);
	make_net(&net, t);
	CHECK(!ml_team_new(&team, threads, &err));
	struct ml_backprop b = { .net = &net,
				 .p = &p,
				 .loss = ml_loss_find(t->loss),
				 .of_loss = { .delta = 0.8, .quantile = 0.3 },
				 .shift = 0.4,
				 .scale = 1.7,
				 .mean_weight = 1.2,
				 .dropout = t->dropout,
				 .seed = 8,
				 .team = team };
	p.w = t->weighted ? w : NULL;
	CHECK(!ml_backprop_init(&b, ROWS, threads, &err));
	size_t params = ml_net_plain_params(&net);
	double *g = malloc(params * sizeof *g), *v = malloc(params * sizeof *v);
	double most = 0, worst = 0;
	value(&b, n);
	ml_net_to_plain(&net, b.grad, g);
	ml_net_to_plain(&net, net.param, v);
	for (size_t i = 0; i < params; i++) {
		double was = v[i], above, below;

		v[i] = was + h;
		ml_net_from_plain(&net, v, net.param);
		above = value(&b, n);
		v[i] = was - h;
		ml_net_from_plain(&net, v, net.param);
		below = value(&b, n);
		v[i] = was;
		most = fmax(most, fabs(g[i]));
		worst = fmax(worst, fabs((above - below) / (2 * h) - g[i]));
	}
	if (!(worst <= 1e-6 * fmax(most, 1e-3)) && ++ml_test_failed <= 20)
		printf("# %s, %s, %zu layers, norm %d, dropout %g, %zu rows: off by %g of %g\n",
		       t->loss, t->squash->name, t->n_hidden, t->norm, t->dropout, n, worst,
		       most);
	free(v);
	free(g);
	ml_backprop_release(&b);
	ml_team_free(team);
	ml_net_release(&net);
}

static const struct {
	const char *loss;
	size_t outputs;
} losses[] = { { "squared", 1 },  { "absolute", 1 }, { "huber", 1 },
	       { "quantile", 1 }, { "logistic", 1 }, { "multinomial", 4 } };
enum { LOSSES = sizeof losses / sizeof *losses };

TEST("gradients are those of finite differences: every activation and loss, one hidden layer")
{
	for (const struct ml_squash *const *s = ml_squashes; *s; s++)
		for (size_t k = 0; k < LOSSES; k++) {
			struct trial t = { .loss = losses[k].loss,
					   .outputs = losses[k].outputs,
					   .hidden = { 7 },
					   .n_hidden = 1,
					   .squash = *s };
			check_gradients(&t, ROWS, 1);
		}
}

TEST("gradients are those of finite differences: layers, normalised, dropout, weights")
{
	for (const struct ml_squash *const *s = ml_squashes; *s; s++)
		for (size_t k = 0; k < LOSSES; k++)
			for (int options = 0; options < 8; options++) {
				struct trial t = { .loss = losses[k].loss,
						   .outputs = losses[k].outputs,
						   .hidden = { 9, 3 },
						   .n_hidden = 2,
						   .squash = *s,
						   .norm = options & 1,
						   .dropout = options & 2 ? 0.3 : 0,
						   .weighted = options & 4 };
				check_gradients(&t, options & 1 ? ROWS : 19, 1);
			}
}

TEST("gradients are those of finite differences: no hidden layer, three, one row, threads")
{
	for (size_t k = 0; k < LOSSES; k++)
		for (size_t layers = 0; layers < 4; layers += 3)
			for (size_t n = 1; n <= ROWS; n += 16) {
				struct trial t = { .loss = losses[k].loss,
						   .outputs = losses[k].outputs,
						   .hidden = { 4, 17, 6 },
						   .n_hidden = layers,
						   .squash = ml_squash_find("tanh", 4),
						   .norm = n > 1 };
				check_gradients(&t, n, 3);
			}
}

TEST("activations: what is far out is finite, what is no number stays none")
{
	const double far[] = { -1e308, -800, -40, -1e-300, 0, 1e-300, 40, 800, 1e308 };
	double a[9], slope[9], nothing = (double)NAN;

	for (const struct ml_squash *const *s = ml_squashes; *s; s++) {
		(*s)->apply(far, 9, a, slope);
		for (size_t i = 0; i < 9; i++)
			CHECK(isfinite(a[i]) && isfinite(slope[i]));
		(*s)->apply(&nothing, 1, a, NULL);
		CHECK(isnan(a[0]));
		CHECK(ml_squash_find((*s)->name, strlen((*s)->name)) == *s);
	}
	CHECK(!ml_squash_find("rel", 3) && !ml_squash_find("", 0));
}

int main(void)
{
	return ml_tests_run();
}
