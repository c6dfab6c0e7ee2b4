/* test_swift.c - many rows at once get the same bits from trees as one row alone. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/rng.h"
#include "models/swift.h"
#include "test.h"

enum { FEATURES = 7, ROWS = 4 * ML_SWIFT_ROWS + 11, OUTPUTS = 3 };
static struct ml_error err;

/* What random trees are like. */
struct shape {
	size_t trees, leaves, levels; /* levels: of the last two features, 0: numbers all */
	double cuts;                  /* distinct ones of a feature, about */
};

/* Cuts of feature 1 stand densely near 0; those of feature 2 are few. */
static double draw_cut(struct ml_rng *r, size_t feature, double cuts)
{
	double u = floor(cuts * ml_rng_uniform(r)) / cuts;

	return feature == 1 ? exp(40 * (u - 1)) : feature == 2 ? floor(4 * u) : 2.385 * u - 1;
}

static void add_split(struct ml_trees *t, size_t node, size_t child, const struct shape *s,
		      struct ml_rng *r)
{
	size_t feature = ml_rng_below(r, FEATURES), set;
	unsigned flags = (unsigned)ml_rng_below(r, 2);
	double at = draw_cut(r, feature, s->cuts);

	if (s->levels && feature >= FEATURES - 2) {
		CHECK(!ml_trees_add_set(t, (s->levels + 31) / 32, &set, &err));
		for (size_t k = 0; k < s->levels; k++)
			t->words[t->set[set] + k / 32] |= (uint32_t)ml_rng_below(r, 2)
							  << k % 32;
		at = (double)set;
		flags |= ML_IN_SET;
	}
	t->node[node] = (struct ml_tnode){ at, (int32_t)feature, ml_tnode_link(child, flags) };
}

static void make_trees(struct ml_trees *t, const struct shape *s, uint64_t seed)
{
	struct ml_rng r;

	ml_rng_init(&r, seed, "swift", 0);
	*t = (struct ml_trees){ .features = FEATURES, .outputs = OUTPUTS };
	for (size_t k = 0; k < s->trees; k++) {
		size_t leaves = 1 + ml_rng_below(&r, s->leaves), root = t->nodes, next = 1;

		if (k == 0)
			leaves = s->leaves;
		CHECK(!ml_trees_add(t, 2 * leaves - 1, &err));
		/* Nodes are split in their order; one that would be the last open one must be.
		 */
		for (size_t i = 0; next < 2 * leaves - 1; i++)
			if (i + 1 == next || ml_rng_below(&r, 4)) {
				add_split(t, root + i, next, s, &r);
				next += 2;
			}
		for (size_t i = root; i < t->nodes; i++)
			t->value[i] = ml_rng_uniform(&r) - 0.417;
	}
}

static void make_rows(double *x, const struct shape *s, uint64_t seed)
{
	static const double odd[] = { INFINITY, -INFINITY, -0.0, 1e300, -1e300, 0.5 };
	struct ml_rng r;

	ml_rng_init(&r, seed, "swift rows", 0);
	for (size_t i = 0; i < ROWS * FEATURES; i++) {
		size_t j = i % FEATURES;

		/* Some are cuts. */
		x[i] = ml_rng_below(&r, 3) ? draw_cut(&r, j, s->cuts)
					   : draw_cut(&r, j, s->cuts * 1000);
		if (s->levels && j >= FEATURES - 2)
			x[i] = (double)ml_rng_below(&r, s->levels + 2) - 0.25;
		if (ml_rng_below(&r, 9) == 0)
			x[i] = (double)NAN;
		else if (ml_rng_below(&r, 20) == 0)
			x[i] = odd[ml_rng_below(&r, sizeof odd / sizeof *odd)];
	}
}

/* Sums of all rows, and of each alone by walking, have the same bits. */
static void compare(struct ml_trees *t, const struct shape *s, bool laid_out)
{
	static double x[ROWS * FEATURES], sum[ROWS * (OUTPUTS + 1)], one[OUTPUTS];
	size_t wide = OUTPUTS + 1;
	struct ml_mat rows = { x, ROWS, FEATURES, FEATURES },
		      out = { sum, ROWS, OUTPUTS, wide };

	CHECK(!ml_swift_new(&t->swift, t, &err));
	CHECK((t->swift != NULL) == laid_out);
	for (uint64_t seed = 1; seed <= 4; seed++) {
		make_rows(x, s, seed);
		for (size_t i = 0; i < ROWS * wide; i++)
			sum[i] = 0.385;
		ml_trees_sum(t, 1, t->n, &rows, &out);
		for (size_t i = 0; i < ROWS; i++) {
			for (size_t c = 0; c < OUTPUTS; c++)
				one[c] = 0.385;
			for (size_t k = 1; k < t->n; k++)
				one[k % OUTPUTS] +=
					t->value[ml_trees_leaf(t, k, x + i * FEATURES)];
			CHECK(!memcmp(one, sum + i * wide, sizeof one));
			CHECK(sum[i * wide + OUTPUTS] == 0.385);
		}
	}
}

TEST("small trees: the same bits as a walk, with missing cells, infinite ones, dense cuts")
{
	static const struct shape shapes[] = {
		{ 31, 31, 0, 250 }, { 40, 8, 0, 20 }, { 25, 64, 0, 250 },
		{ 30, 33, 0, 3 },   { 12, 2, 0, 1 },
	};

	for (size_t k = 0; k < sizeof shapes / sizeof *shapes; k++) {
		struct ml_trees t;

		make_trees(&t, &shapes[k], k);
		compare(&t, &shapes[k], true);
		ml_trees_release(&t);
	}
}

TEST("small trees: levels of categories, those that no set knows, missing ones")
{
	static const struct shape shapes[] = { { 30, 31, 40, 200 }, { 20, 40, 254, 50 } };

	for (size_t k = 0; k < sizeof shapes / sizeof *shapes; k++) {
		struct ml_trees t;

		make_trees(&t, &shapes[k], 100 + k);
		compare(&t, &shapes[k], true);
		ml_trees_release(&t);
	}
}

TEST("trees that are not small go the other way, to the same bits")
{
	static const struct shape shapes[] = { { 20, 65, 0, 100 },
					       { 30, 31, 600, 100 },
					       { 300, 31, 0, 4000 } };

	for (size_t k = 0; k < sizeof shapes / sizeof *shapes; k++) {
		struct ml_trees t;

		make_trees(&t, &shapes[k], 200 + k);
		compare(&t, &shapes[k], false);
		ml_trees_release(&t);
	}
}

TEST("trees that change forget how they were laid out")
{
	static const struct shape s = { 12, 20, 0, 50 };
	struct ml_trees t;

	make_trees(&t, &s, 300);
	CHECK(!ml_swift_new(&t.swift, &t, &err) && t.swift);
	ml_trees_cut(&t, 11);
	CHECK(!t.swift);
	CHECK(!ml_swift_new(&t.swift, &t, &err) && t.swift);
	CHECK(!ml_trees_add(&t, 1, &err));
	CHECK(!t.swift);
	compare(&t, &s, true);
	ml_trees_release(&t);
}

int main(void)
{
	return ml_tests_run();
}
