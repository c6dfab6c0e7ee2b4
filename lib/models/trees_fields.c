/* trees_fields.c - trees as named fields.
 *
 * Nodes are written in the order they stand in: of each its feature (-1: a leaf), its flags,
 * and what it is split at; of leaves the value, or the number of its vector.  Children need no
 * link: the pairs follow in the order of their parents.  Large trees: trees_planes.c. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "models/swift.h"
#include "models/trees.h"
#include "models/trees_planes.h"

enum { MAX_TREES = 1 << 24, MAX_NODES = 1 << 28, MAX_WORDS = 1 << 26 };
enum { MAX_FEATURES = 1 << 20, MAX_OUTPUTS = 1 << 20 };

/* Large trees: gains of features in place of those of nodes, and nodes as planes. */
static void put_slim(const struct ml_trees *t, struct ml_flat_nodes *f, struct ml_fields *out)
{
	for (size_t i = 0; i < t->nodes; i++)
		f->flags[i] &= 3;
	f->cover = t->cover;
	ml_planes_put(f, t->features, out);
	ml_put_reals(out, "feature-gain", t->feature_gain, t->features);
}

static void put_shared(const struct ml_trees *t, const int32_t *words, struct ml_fields *out)
{
	if (t->width > 1) {
		ml_put_size(out, "width", t->width);
		ml_put_reals(out, "vectors", t->vector, t->vectors * t->width);
	}
	ml_put_ints(out, "set-words", words, t->sets);
	ml_put_bytes(out, "sets", t->words, t->sets ? t->set[t->sets] * sizeof *t->words : 0);
}

void ml_trees_save(const struct ml_trees *t, struct ml_fields *out)
{
	struct ml_error err;
	int32_t *size = ml_alloc(t->n, sizeof *size, &err);
	int32_t *feature = ml_alloc(t->nodes, sizeof *feature, &err);
	int32_t *link = ml_alloc(t->nodes, sizeof *link, &err);
	int32_t *words = ml_alloc(t->sets, sizeof *words, &err);
	double *at = ml_alloc(t->nodes, sizeof *at, &err);

	out->failed |= !size || !feature || !link || !words || !at;
	for (size_t k = 0; !out->failed && k < t->n; k++) {
		size[k] = (int32_t)(t->root[k + 1] - t->root[k]);
		for (size_t i = t->root[k]; i < t->root[k + 1]; i++) {
			bool leaf = ml_tnode_is_leaf(t, k, i - t->root[k]);

			feature[i] = leaf ? -1 : t->node[i].feature;
			link[i] = leaf ? 0 : (int32_t)t->node[i].child;
			at[i] = leaf ? t->value[i] : t->node[i].at;
		}
	}
	for (size_t k = 0; !out->failed && k < t->sets; k++)
		words[k] = (int32_t)(t->set[k + 1] - t->set[k]);
	if (!out->failed) {
		ml_put_size(out, "features", t->features);
		ml_put_size(out, "outputs", t->outputs);
		ml_put_ints(out, "nodes", size, t->n);
		if (t->feature_gain) {
			put_slim(t,
				 &(struct ml_flat_nodes){ .n = t->nodes,
							  .feature = feature,
							  .flags = link,
							  .at = at },
				 out);
		} else {
			ml_put_ints(out, "feature", feature, t->nodes);
			ml_put_reals(out, "at", at, t->nodes);
			ml_put_ints(out, "link", link, t->nodes);
			ml_put_reals(out, "cover", t->cover, t->nodes);
			ml_put_reals(out, "gain", t->gain, t->nodes);
		}
		put_shared(t, words, out);
	}
	free(at);
	free(words);
	free(link);
	free(feature);
	free(size);
}

/* What was read, before it is trees. */
struct parts {
	int32_t *size, *feature, *link, *set_words;
	double *at;
	unsigned char *words;
	size_t n, nodes, sets, bytes;
	bool slim; /* link: flags alone */
};

static void parts_release(struct parts *p)
{
	free(p->words);
	free(p->at);
	free(p->set_words);
	free(p->link);
	free(p->feature);
	free(p->size);
}

static int read_vectors(struct ml_trees *t, const struct ml_fields *in, struct ml_error *err)
{
	size_t n;

	if (ml_get_size(in, "width", MAX_OUTPUTS, &t->width, err) ||
	    ml_get_count(in, "vectors", SIZE_MAX, &n, err))
		return err->code;
	if (t->width < 2 || n % t->width)
		return ml_fail(err, ML_EDATA, "E-MODEL", "field 'vectors': %zu of width %zu", n,
			       t->width);
	t->vectors = n / t->width;
	return ml_get_reals(in, "vectors", &t->vector, n, err);
}

/* Covers of leaves go where they belong; trees are not known to be sound yet. */
static int read_covers(struct ml_trees *t, const struct parts *p, const struct ml_fields *in,
		       struct ml_error *err)
{
	size_t leaves = 0, at = 0;
	int32_t *whole = NULL;
	double *cover = NULL;
	int rc;

	for (size_t i = 0; i < p->nodes; i++)
		leaves += p->feature[i] < 0;
	if (ml_has(in, "leaf-rows"))
		rc = ml_get_ints(in, "leaf-rows", &whole, leaves, 0, INT32_MAX, err);
	else
		rc = ml_get_reals(in, "leaf-weights", &cover, leaves, err);
	for (size_t i = 0; !rc && i < p->nodes; i++)
		if (p->feature[i] < 0) {
			t->cover[i] = whole ? whole[at] : cover[at];
			at++;
		}
	free(cover);
	free(whole);
	return rc;
}

static int read_planes(struct ml_trees *t, struct parts *p, const struct ml_fields *in,
		       struct ml_error *err)
{
	struct ml_flat_nodes f = { 0 };
	int rc = ml_planes_get(&f, t->features, MAX_NODES, in, err);

	p->nodes = f.n;
	p->feature = f.feature;
	p->link = f.flags;
	p->at = f.at;
	t->cover = f.cover;
	return rc;
}

/* Format 1 had ints. */
static int read_flags(struct ml_trees *t, struct parts *p, const struct ml_fields *in,
		      struct ml_error *err)
{
	if (ml_get_ints(in, "flags", &p->link, p->nodes, 0, 3, err) ||
	    !(t->cover = ml_alloc(p->nodes, sizeof *t->cover, err)))
		return err->code;
	return read_covers(t, p, in, err);
}

static int read_slim(struct ml_trees *t, struct parts *p, const struct ml_fields *in,
		     struct ml_error *err)
{
	p->slim = true;
	if ((!ml_planes_has(in) && read_flags(t, p, in, err)) ||
	    ml_get_reals(in, "feature-gain", &t->feature_gain, t->features, err) ||
	    !(t->gain = ml_alloc(p->nodes, sizeof *t->gain, err)))
		return err->code;
	for (size_t j = 0; j < t->features; j++)
		if (t->feature_gain[j] < 0)
			return ml_fail(err, ML_EDATA, "E-MODEL", "feature %zu: gain %g", j,
				       t->feature_gain[j]);
	return ML_OK;
}

static int read_whole(struct ml_trees *t, struct parts *p, const struct ml_fields *in,
		      struct ml_error *err)
{
	if (ml_get_ints(in, "link", &p->link, p->nodes, 0, INT32_MAX, err) ||
	    ml_get_reals(in, "cover", &t->cover, p->nodes, err))
		return err->code;
	return ml_get_reals(in, "gain", &t->gain, p->nodes, err);
}

static int read_nodes(struct ml_trees *t, struct parts *p, const struct ml_fields *in,
		      struct ml_error *err)
{
	if (ml_get_count(in, "feature", MAX_NODES, &p->nodes, err) ||
	    ml_get_ints(in, "feature", &p->feature, p->nodes, -1, (int32_t)t->features - 1,
			err))
		return err->code;
	return ml_get_reals(in, "at", &p->at, p->nodes, err);
}

static int read_parts(struct parts *p, struct ml_trees *t, const struct ml_fields *in,
		      struct ml_error *err)
{
	if (ml_get_size(in, "features", MAX_FEATURES, &t->features, err) ||
	    ml_get_size(in, "outputs", MAX_OUTPUTS, &t->outputs, err) ||
	    ml_get_count(in, "nodes", MAX_TREES, &p->n, err) ||
	    ml_get_ints(in, "nodes", &p->size, p->n, 1, MAX_NODES, err) ||
	    (ml_planes_has(in) ? read_planes : read_nodes)(t, p, in, err) ||
	    (ml_planes_has(in) || ml_has(in, "feature-gain") ? read_slim : read_whole)(t, p, in,
										       err) ||
	    ml_get_count(in, "set-words", MAX_NODES, &p->sets, err) ||
	    ml_get_ints(in, "set-words", &p->set_words, p->sets, 1, MAX_WORDS, err) ||
	    ml_get_count(in, "sets", (size_t)MAX_WORDS * 4, &p->bytes, err))
		return err->code;
	t->cover_cap = t->gain_cap = p->nodes;
	if (ml_get_bytes(in, "sets", &p->words, p->bytes, err))
		return err->code;
	return ml_has(in, "width") ? read_vectors(t, in, err) : ML_OK;
}

static int take_sets(struct ml_trees *t, const struct parts *p, struct ml_error *err)
{
	size_t at = 0;

	for (size_t k = 0; k < p->sets; k++) {
		size_t number, words = (size_t)p->set_words[k];

		if (words > (p->bytes - at) / 4)
			return ml_fail(err, ML_EDATA, "E-MODEL", "field 'sets': too short");
		if (ml_trees_add_set(t, words, &number, err))
			return err->code;
		memcpy(t->words + t->set[number], p->words + at, words * 4);
		at += words * 4;
	}
	return at == p->bytes ? ML_OK
			      : ml_fail(err, ML_EDATA, "E-MODEL", "field 'sets': too long");
}

static bool is_index(double v, size_t n)
{
	return v >= 0 && v < (double)n && v == floor(v);
}

/* Links lead to pairs further on, each pair from one parent, so trees have no loop. */
static int take_tree(struct ml_trees *t, const struct parts *p, size_t from, size_t size,
		     struct ml_error *err)
{
	size_t next = 1;

	for (size_t k = 0; k < size; k++) {
		size_t i = from + k;
		uint32_t link = (uint32_t)p->link[i];

		if (p->slim)
			link |= (uint32_t)next << 2;

		if (t->cover[i] < 0 || t->gain[i] < 0)
			return ml_fail(err, ML_EDATA, "E-MODEL", "node %zu: cover %g, gain %g",
				       i, t->cover[i], t->gain[i]);
		if (p->feature[i] < 0) {
			t->value[i] = p->at[i];
			if (t->width > 1 && !is_index(p->at[i], t->vectors))
				return ml_fail(err, ML_EDATA, "E-MODEL", "node %zu: vector %g",
					       i, p->at[i]);
			continue;
		}
		bool set = link & ML_IN_SET;
		bool good = link >> 2 == next && next + 1 < size &&
			    (!set || is_index(p->at[i], t->sets));
		if (!good)
			return ml_fail(err, ML_EDATA, "E-MODEL",
				       "node %zu: link %zu, split at %g", i, (size_t)link,
				       p->at[i]);
		t->node[i] = (struct ml_tnode){ p->at[i], p->feature[i], link };
		next += 2;
	}
	for (size_t k = size; p->slim && k-- > 0;)
		if (p->feature[from + k] >= 0) {
			const double *child =
				t->cover + from + ml_tnode_child(&t->node[from + k]);

			t->cover[from + k] = child[0] + child[1];
		}
	return next == size ? ML_OK
			    : ml_fail(err, ML_EDATA, "E-MODEL", "a tree of %zu nodes has %zu",
				      size, next);
}

static int take(struct ml_trees *t, const struct parts *p, struct ml_error *err)
{
	size_t from = 0;
	double *cover = t->cover, *gain = t->gain;
	int rc = take_sets(t, p, err);

	for (size_t k = 0; !rc && k < p->n; k++) {
		size_t size = (size_t)p->size[k];

		if (size > p->nodes - from)
			return ml_fail(err, ML_EDATA, "E-MODEL", "field 'nodes': too many");
		from += size;
	}
	if (!rc && from != p->nodes)
		rc = ml_fail(err, ML_EDATA, "E-MODEL", "field 'nodes': too few");
	/* ml_trees_add() makes arrays of its own. */
	t->cover = t->gain = NULL;
	t->cover_cap = t->gain_cap = 0;
	for (size_t k = 0; !rc && k < p->n; k++)
		rc = ml_trees_add(t, (size_t)p->size[k], err);
	if (!rc && p->nodes) {
		memcpy(t->cover, cover, p->nodes * sizeof *cover);
		memcpy(t->gain, gain, p->nodes * sizeof *gain);
	}
	for (size_t k = 0; !rc && k < p->n; k++)
		rc = take_tree(t, p, t->root[k], (size_t)p->size[k], err);
	free(cover);
	free(gain);
	return rc;
}

int ml_trees_load(struct ml_trees *t, const struct ml_fields *in, struct ml_error *err)
{
	struct parts p = { 0 };
	int rc = read_parts(&p, t, in, err);

	if (!rc && (t->outputs < 1 || t->features < 1 || p.n % t->outputs))
		rc = ml_fail(err, ML_EDATA, "E-MODEL", "field 'outputs': %zu for %zu trees",
			     t->outputs, p.n);
	if (!rc)
		rc = take(t, &p, err);
	if (!rc)
		rc = ml_swift_new(&t->swift, t, err);
	parts_release(&p);
	return rc;
}
