/* test_planes.c - large trees as fields: planes of bytes, and what format 1 had. */
#include <stdlib.h>
#include <string.h>

#include "base/rng.h"
#include "models/trees.h"
#include "test.h"

enum { TREES = 5, LEAVES = 40, NODES = 2 * LEAVES - 1 };
static struct ml_error err;

/* Trees that are slim: gains of features, covers that add up. */
static void make(struct ml_trees *t, size_t features, bool whole)
{
	struct ml_rng r;

	ml_rng_init(&r, features, "planes", whole);
	*t = (struct ml_trees){ .features = features, .outputs = 1 };
	for (size_t k = 0; k < TREES; k++) {
		size_t root = t->nodes, next = 1;

		CHECK(!ml_trees_add(t, NODES, &err));
		for (size_t i = 0; next < NODES; i++) {
			int32_t feature = (int32_t)ml_rng_below(&r, features);
			unsigned flags = (unsigned)ml_rng_below(&r, 2);

			t->node[root + i] =
				(struct ml_tnode){ ml_rng_uniform(&r) - 0.417, feature,
						   ml_tnode_link(next, flags) };
			t->gain[root + i] = ml_rng_uniform(&r);
			next += 2;
		}
		for (size_t i = NODES; i-- > 0;) {
			size_t child = ml_tnode_child(&t->node[root + i]);

			t->value[root + i] = child == i ? ml_rng_uniform(&r) : 0;
			t->cover[root + i] =
				child != i ? t->cover[root + child] + t->cover[root + child + 1]
				: whole    ? (double)(1 + ml_rng_below(&r, 70000))
					   : 0.5 + ml_rng_uniform(&r);
		}
	}
	CHECK(!ml_trees_slim(t, &err));
}

static void same(const struct ml_trees *a, const struct ml_trees *b)
{
	CHECK(a->n == b->n && a->nodes == b->nodes && a->features == b->features);
	for (size_t i = 0; i < a->nodes; i++) {
		CHECK(a->node[i].child == b->node[i].child &&
		      a->node[i].feature == b->node[i].feature &&
		      a->node[i].at == b->node[i].at);
		CHECK(a->value[i] == b->value[i] && a->cover[i] == b->cover[i]);
	}
	for (size_t j = 0; j < a->features; j++)
		CHECK(a->feature_gain[j] == b->feature_gain[j]);
}

TEST("large trees come back as they were: few features, many, whole weights or not")
{
	for (int k = 0; k < 4; k++) {
		struct ml_trees t, back = { 0 };
		struct ml_fields f = { 0 };

		make(&t, k & 1 ? 7 : 300, k & 2);
		ml_trees_save(&t, &f);
		CHECK(!ml_fields_check(&f, &err));
		CHECK(ml_has(&f, "cuts") && !ml_has(&f, "flags"));
		CHECK(ml_has(&f, k & 2 ? "leaf-counts" : "leaf-weights"));
		CHECK(!ml_trees_load(&back, &f, &err));
		same(&t, &back);
		ml_trees_release(&back);
		ml_trees_release(&t);
		ml_fields_release(&f);
	}
}

/* As format 1 had them. */
static void save_old(const struct ml_trees *t, struct ml_fields *f)
{
	static const int32_t size[TREES] = { NODES, NODES, NODES, NODES, NODES };
	int32_t feature[TREES * NODES], flags[TREES * NODES], rows[TREES * LEAVES];
	double at[TREES * NODES];
	size_t leaves = 0;

	for (size_t k = 0; k < TREES; k++)
		for (size_t n = 0, i = k * NODES; n < NODES; n++, i++) {
			bool leaf = ml_tnode_is_leaf(t, k, n);

			feature[i] = leaf ? -1 : t->node[i].feature;
			flags[i] = leaf ? 0 : (int32_t)(t->node[i].child & 3);
			at[i] = leaf ? t->value[i] : t->node[i].at;
			if (leaf)
				rows[leaves++] = (int32_t)t->cover[i];
		}
	ml_put_size(f, "features", t->features);
	ml_put_size(f, "outputs", 1);
	ml_put_ints(f, "nodes", size, TREES);
	ml_put_ints(f, "feature", feature, t->nodes);
	ml_put_reals(f, "at", at, t->nodes);
	ml_put_ints(f, "flags", flags, t->nodes);
	ml_put_ints(f, "leaf-rows", rows, leaves);
	ml_put_reals(f, "feature-gain", t->feature_gain, t->features);
	ml_put_ints(f, "set-words", size, 0);
	ml_put_bytes(f, "sets", "", 0);
}

TEST("large trees of format 1 are read")
{
	struct ml_trees t, back = { 0 };
	struct ml_fields f = { 0 };

	make(&t, 7, true);
	save_old(&t, &f);
	CHECK(!ml_fields_check(&f, &err));
	CHECK(!ml_trees_load(&back, &f, &err));
	same(&t, &back);
	ml_trees_release(&back);
	ml_trees_release(&t);
	ml_fields_release(&f);
}

/* The field `name`, its bytes replaced. */
static void refused(const char *name, size_t at, unsigned char byte, size_t less)
{
	struct ml_trees t, back = { 0 };
	struct ml_fields f = { 0 }, bad = { 0 };
	unsigned char *bytes = NULL;
	size_t n;

	make(&t, 7, true);
	ml_trees_save(&t, &f);
	CHECK(!ml_get_count(&f, name, 1 << 20, &n, &err));
	CHECK(!ml_get_bytes(&f, name, &bytes, n, &err));
	bytes[at] = byte;
	ml_put_bytes(&bad, name, bytes, n - less);
	for (size_t k = 0; k < f.n; k++)
		if (strcmp(f.v[k].name, name)) {
			const struct ml_field *from = &f.v[k];
			if (from->type == ML_FIELD_SIZE)
				ml_put_size(&bad, from->name, from->u.size);
			else if (from->type == ML_FIELD_BYTES)
				ml_put_bytes(&bad, from->name, from->u.bytes, from->n);
			else if (from->type == ML_FIELD_REALS)
				ml_put_reals(&bad, from->name, from->u.reals, from->n);
			else if (from->type == ML_FIELD_INTS)
				ml_put_ints(&bad, from->name, from->u.ints, from->n);
		}
	CHECK(ml_trees_load(&back, &bad, &err) == ML_EDATA);
	CHECK(!strcmp(err.tag, "E-MODEL"));
	free(bytes);
	ml_trees_release(&back);
	ml_trees_release(&t);
	ml_fields_release(&bad);
	ml_fields_release(&f);
}

TEST("planes that do not fit are refused: features, flags, numbers, lengths")
{

	refused("split", 3, 7, 0);
	refused("split-flags", 5, 4, 0);
	refused("split-flags", 0, 0, 1);
	refused("split", 0, 255, 0); /* a leaf with children */
	refused("cuts", 0, 0, 1);
	refused("values", 0, 0, 8);
	refused("leaf-counts", 0, 0, (size_t)TREES * LEAVES);
}

int main(void)
{
	return ml_tests_run();
}
