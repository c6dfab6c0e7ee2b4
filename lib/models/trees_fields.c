/* trees_fields.c - trees as named fields.
 *
 * Nodes are written in the order they stand in: of each its feature (-1: a leaf), its flags,
 * and what it is split at; of leaves the value.  Children need no link: the pairs follow in the
 * order of their parents. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "models/trees.h"

enum { MAX_TREES = 1 << 24, MAX_NODES = 1 << 28, MAX_WORDS = 1 << 26 };
enum { MAX_FEATURES = 1 << 20, MAX_OUTPUTS = 1 << 20 };

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
		ml_put_ints(out, "feature", feature, t->nodes);
		ml_put_ints(out, "link", link, t->nodes);
		ml_put_reals(out, "at", at, t->nodes);
		ml_put_reals(out, "cover", t->cover, t->nodes);
		ml_put_reals(out, "gain", t->gain, t->nodes);
		ml_put_ints(out, "set-words", words, t->sets);
		ml_put_bytes(out, "sets", t->words,
			     t->sets ? t->set[t->sets] * sizeof *t->words : 0);
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

static int read_parts(struct parts *p, struct ml_trees *t, const struct ml_fields *in,
		      struct ml_error *err)
{
	if (ml_get_size(in, "features", MAX_FEATURES, &t->features, err) ||
	    ml_get_size(in, "outputs", MAX_OUTPUTS, &t->outputs, err) ||
	    ml_get_count(in, "nodes", MAX_TREES, &p->n, err) ||
	    ml_get_ints(in, "nodes", &p->size, p->n, 1, MAX_NODES, err) ||
	    ml_get_count(in, "feature", MAX_NODES, &p->nodes, err) ||
	    ml_get_ints(in, "feature", &p->feature, p->nodes, -1, (int32_t)t->features - 1,
			err) ||
	    ml_get_ints(in, "link", &p->link, p->nodes, 0, INT32_MAX, err) ||
	    ml_get_reals(in, "at", &p->at, p->nodes, err) ||
	    ml_get_reals(in, "cover", &t->cover, p->nodes, err) ||
	    ml_get_reals(in, "gain", &t->gain, p->nodes, err) ||
	    ml_get_count(in, "set-words", MAX_NODES, &p->sets, err) ||
	    ml_get_ints(in, "set-words", &p->set_words, p->sets, 1, MAX_WORDS, err) ||
	    ml_get_count(in, "sets", (size_t)MAX_WORDS * 4, &p->bytes, err))
		return err->code;
	t->cover_cap = t->gain_cap = p->nodes;
	return ml_get_bytes(in, "sets", &p->words, p->bytes, err);
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

/* Links lead to pairs further on, each pair from one parent, so trees have no loop. */
static int take_tree(struct ml_trees *t, const struct parts *p, size_t from, size_t size,
		     struct ml_error *err)
{
	size_t next = 1;

	for (size_t k = 0; k < size; k++) {
		size_t i = from + k;
		uint32_t link = (uint32_t)p->link[i];

		if (t->cover[i] < 0 || t->gain[i] < 0)
			return ml_fail(err, ML_EDATA, "E-MODEL", "node %zu: cover %g, gain %g",
				       i, t->cover[i], t->gain[i]);
		if (p->feature[i] < 0) {
			t->value[i] = p->at[i];
			continue;
		}
		bool set = link & ML_IN_SET;
		bool good = link >> 2 == next && next + 1 < size &&
			    (!set || (p->at[i] >= 0 && p->at[i] < (double)t->sets &&
				      p->at[i] == floor(p->at[i])));
		if (!good)
			return ml_fail(err, ML_EDATA, "E-MODEL",
				       "node %zu: link %zu, split at %g", i, (size_t)link,
				       p->at[i]);
		t->node[i] = (struct ml_tnode){ p->at[i], p->feature[i], link };
		next += 2;
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
	parts_release(&p);
	return rc;
}
