/* test_shap.c - contributions to sums of trees against Shapley's formula over all subsets, and
 * where trees are deep against what must hold for any game. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/rng.h"
#include "models/shap.h"
#include "test.h"

enum { FEATURES = 7, LEVELS = 40 };

static struct ml_error err;

/* A random tree of `splits` splits, on features below `features`; chain: each split divides the
 * last leaf made. */
static void add_tree(struct ml_trees *t, struct ml_rng *r, size_t splits, size_t features,
		     bool chain)
{
	size_t tree = t->n, leaf[512] = { 0 }, leaves = 1;

	CHECK(!ml_trees_add(t, 2 * splits + 1, &err));
	size_t root = t->root[tree];
	t->cover[root] = 1000 + 100 * ml_rng_uniform(r);
	/* Pairs must follow in the order of their parents: breadth first, one leaf in three
	 * left as it is. */
	for (size_t k = 0, next = 1; k < splits; k++, next += 2) {
		size_t pick = chain ? 0 : ml_rng_below(r, leaves > 2 ? 2 : leaves), set;
		size_t node = leaf[pick];
		struct ml_tnode *n = &t->node[root + node];

		leaves -= pick + 1; /* those before it stay leaves */
		memmove(leaf, leaf + pick + 1, leaves * sizeof *leaf);
		n->feature = (int32_t)ml_rng_below(r, features);
		unsigned flags = ml_rng_below(r, 2) ? ML_MISSING_LEFT : 0;
		n->at = ml_rng_uniform(r) * 2.385 - 1.1;
		if (n->feature == 2) { /* a category */
			CHECK(!ml_trees_add_set(t, (LEVELS + 31) / 32, &set, &err));
			for (size_t w = t->set[set]; w < t->set[set + 1]; w++)
				t->words[w] = (uint32_t)ml_rng_bits(r);
			n->at = (double)set;
			flags |= ML_IN_SET;
		}
		n->child = ml_tnode_link(next, flags);
		double left = ml_rng_below(r, 9) ? ml_rng_uniform(r) : 0; /* nobody went */
		t->cover[root + next] = left * t->cover[root + node];
		t->cover[root + next + 1] = (1 - left) * t->cover[root + node];
		if (chain && ml_rng_below(r, 2)) {
			leaf[leaves++] = next + 1;
		} else {
			leaf[leaves++] = next;
			if (!chain)
				leaf[leaves++] = next + 1;
		}
		if (!leaves)
			break;
	}
	for (size_t k = 0; k < 2 * splits + 1; k++)
		if (ml_tnode_is_leaf(t, tree, k))
			t->value[root + k] = 3.17 * ml_rng_uniform(r) - 1.4;
}

static void make_row(struct ml_rng *r, double *x, size_t features)
{
	for (size_t j = 0; j < features; j++)
		x[j] = ml_rng_below(r, 6) ? ml_rng_uniform(r) * 2.385 - 1.1 : (double)NAN;
	x[2] = ml_rng_below(r, 6) ? (double)ml_rng_below(r, LEVELS + 5) : (double)NAN;
}

/* What a row gets that is known in the features of the mask alone. */
static double value(const struct ml_trees *t, size_t tree, size_t node, const double *x,
		    unsigned mask)
{
	const struct ml_tnode *n = &t->node[t->root[tree] + node];
	const double *cover = t->cover + t->root[tree];
	size_t first = ml_tnode_child(n);

	if (first == node)
		return t->value[t->root[tree] + node];
	if (mask >> n->feature & 1)
		return value(t, tree, ml_trees_next(t, tree, node, x), x, mask);
	double both = cover[first] + cover[first + 1];
	double left = both > 0 ? cover[first] / both : 0.5;
	return left * value(t, tree, first, x, mask) +
	       (1 - left) * value(t, tree, first + 1, x, mask);
}

static double factorial(unsigned n)
{
	return n ? n * factorial(n - 1) : 1;
}

static void by_formula(const struct ml_trees *t, const double *x, double *phi)
{
	double v[1 << FEATURES];

	for (size_t c = 0; c < t->outputs; c++) {
		double *out = phi + c * (FEATURES + 1);

		for (unsigned mask = 0; mask < 1 << FEATURES; mask++) {
			v[mask] = 0;
			for (size_t k = c; k < t->n; k += t->outputs)
				v[mask] += value(t, k, 0, x, mask);
		}
		for (unsigned j = 0; j < FEATURES; j++) {
			out[j] = 0;
			for (unsigned mask = 0; mask < 1 << FEATURES; mask++) {
				unsigned s = 0;
				for (unsigned i = 0; i < FEATURES; i++)
					s += mask >> i & 1;
				if (!(mask >> j & 1))
					out[j] += factorial(s) * factorial(FEATURES - s - 1) /
						  factorial(FEATURES) *
						  (v[mask | 1u << j] - v[mask]);
			}
		}
		out[FEATURES] = v[0];
	}
}

static double farthest(const double *a, const double *b, size_t n)
{
	double worst = 0;

	for (size_t i = 0; i < n; i++)
		worst = isnan(a[i] - b[i]) ? (double)INFINITY : fmax(worst, fabs(a[i] - b[i]));
	return worst;
}

TEST("contributions are Shapley's formula over all subsets, to 1e-12")
{
	enum { WIDE = 2 * (FEATURES + 1) };
	struct ml_rng r;

	for (uint64_t seed = 0; seed < 60; seed++) {
		struct ml_trees t = { .features = FEATURES, .outputs = 1 + seed % 2 };
		double x[FEATURES], got[WIDE] = { 0 }, want[WIDE] = { 0 };
		size_t wide = t.outputs * (FEATURES + 1);
		struct ml_mat row = { x, 1, FEATURES, FEATURES }, out = { got, 1, wide, wide };

		ml_rng_init(&r, seed, "shap", 0);
		for (size_t k = 0; k < 4; k++)
			add_tree(&t, &r, (seed * 5 + k * 3) % 23, FEATURES, k == 3);
		make_row(&r, x, FEATURES);
		CHECK(!ml_trees_shap(&t, &row, &out, &err));
		by_formula(&t, x, want);
		CHECK(farthest(got, want, wide) <= 1e-12);
		ml_trees_release(&t);
	}
}

TEST("leaves of vectors: each number is a score of its own")
{
	enum { WIDTH = 3, WIDE = WIDTH * (FEATURES + 1) };
	struct ml_rng r;

	for (uint64_t seed = 0; seed < 20; seed++) {
		struct ml_trees t = { .features = FEATURES, .outputs = 1, .width = WIDTH }, one;
		double x[FEATURES], got[WIDE] = { 0 }, want[FEATURES + 1];
		double v[WIDTH], value[3 * 47];
		struct ml_mat row = { x, 1, FEATURES, FEATURES }, out = { got, 1, WIDE, WIDE };

		ml_rng_init(&r, seed, "vectors", 0);
		for (size_t k = 0; k < 3; k++)
			add_tree(&t, &r, (seed * 5 + k * 3) % 23, FEATURES, k == 2);
		for (size_t i = 0; i < t.nodes; i++) {
			size_t number;
			for (size_t c = 0; c < WIDTH; c++)
				v[c] = 2.385 * ml_rng_uniform(&r);
			CHECK(!ml_trees_add_vector(&t, v, &number, &err));
			t.value[i] = (double)number;
		}
		make_row(&r, x, FEATURES);
		CHECK(!ml_trees_shap(&t, &row, &out, &err));
		for (size_t c = 0; c < WIDTH; c++) {
			one = t;
			one.width = 0;
			one.value = value;
			for (size_t i = 0; i < t.nodes; i++)
				value[i] = ml_trees_vector(&t, i)[c];
			by_formula(&one, x, want);
			CHECK(farthest(got + c * (FEATURES + 1), want, FEATURES + 1) <= 1e-12);
		}
		ml_trees_release(&t);
	}
}

TEST("what is deep keeps its digits: contributions of 200 splits in a row add up to 1e-12")
{
	enum { MANY = 60 };
	struct ml_rng r;

	for (uint64_t seed = 0; seed < 20; seed++) {
		struct ml_trees t = { .features = MANY, .outputs = 1 };
		double x[MANY], got[MANY + 1] = { 0 }, sum = 0, score = 0;
		struct ml_mat row = { x, 1, MANY, MANY }, out = { got, 1, MANY + 1, MANY + 1 },
			      y = { &score, 1, 1, 1 };

		ml_rng_init(&r, seed, "deep", 0);
		add_tree(&t, &r, 200, MANY, true);
		make_row(&r, x, MANY);
		CHECK(!ml_trees_shap(&t, &row, &out, &err));
		ml_trees_sum(&t, 0, t.n, &row, &y);
		for (size_t j = 0; j <= MANY; j++)
			sum += got[j];
		CHECK(fabs(sum - score) <= 1e-12);
		ml_trees_release(&t);
	}
}

/* A conjunction of n features, each let pass by half of the rows: by symmetry every feature has
 * the same contribution, (1 - 2^-n) / n for a row that passes them all. */
TEST("a conjunction of 1 to 100 features shares its value equally, to 1e-13")
{
	for (size_t n = 1; n <= 100; n++) {
		struct ml_trees t = { .features = n, .outputs = 1 };
		double *x = calloc(n, sizeof *x), *got = calloc(n + 1, sizeof *got);
		struct ml_mat row = { x, 1, n, n }, out = { got, 1, n + 1, n + 1 };

		CHECK(!ml_trees_add(&t, 2 * n + 1, &err));
		t.cover[0] = 1;
		for (size_t k = 0; k < n; k++) {
			struct ml_tnode *node = &t.node[k ? 2 * k - 1 : 0];
			*node = (struct ml_tnode){ 0.5, (int32_t)k,
						   ml_tnode_link(2 * k + 1, 0) };
			t.cover[2 * k + 1] = t.cover[2 * k + 2] = ldexp(1, -(int)k - 1);
		}
		t.value[2 * n - 1] = 1;
		CHECK(!ml_trees_shap(&t, &row, &out, &err));
		for (size_t j = 0; j < n; j++)
			CHECK(fabs(got[j] - (1 - ldexp(1, -(int)n)) / (double)n) <= 1e-13);
		CHECK(fabs(got[n] - ldexp(1, -(int)n)) <= 1e-15);
		ml_trees_release(&t);
		free(got);
		free(x);
	}
}

TEST("no tree, a leaf alone, and trees of absurd depth")
{
	double x[2] = { 1, 2 }, got[3] = { 0 };
	struct ml_mat row = { x, 1, 2, 2 }, out = { got, 1, 3, 3 };
	struct ml_trees t = { .features = 2, .outputs = 1 };

	CHECK(!ml_trees_shap(&t, &row, &out, &err));
	CHECK(got[0] == 0 && got[1] == 0 && got[2] == 0);
	CHECK(!ml_trees_add(&t, 1, &err));
	t.value[0] = 2.385;
	CHECK(!ml_trees_shap(&t, &row, &out, &err));
	CHECK(got[0] == 0 && got[1] == 0 && got[2] == 2.385);
	row.cols = 1;
	CHECK(ml_trees_shap(&t, &row, &out, &err) == ML_EBUG);
	row.cols = 2;

	ml_trees_release(&t);

	enum { DEEP = 20000 };
	double *many = calloc(2 * DEEP + 1, sizeof *many);
	row = (struct ml_mat){ many, 1, DEEP, DEEP };
	out = (struct ml_mat){ many + DEEP, 1, DEEP + 1, DEEP + 1 };
	t = (struct ml_trees){ .features = DEEP, .outputs = 1 };
	CHECK(!ml_trees_add(&t, 2 * DEEP + 1, &err));
	for (size_t k = 0; k < DEEP; k++)
		t.node[k ? 2 * k - 1 : 0].child = ml_tnode_link(2 * k + 1, 0);
	CHECK(ml_trees_shap(&t, &row, &out, &err) == ML_EDATA);
	ml_trees_release(&t);
	free(many);
}

int main(void)
{
	return ml_tests_run();
}
