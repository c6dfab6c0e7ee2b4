/* condense.c - see condense.h.  Linear time; no recursion, since trees may be deep. */
#include "models/condense.h"

#include <math.h>
#include <stdlib.h>

#include "base/mem.h"

/* Heights of rows that are alike are 0, their density infinite: below this share of the
 * greatest height all are as dense. */
static const double least_share = 1e-12;

struct place {
	size_t node;      /* of the dendrogram */
	uint32_t cluster; /* that it belongs to */
};

struct condensing {
	const struct ml_dendrogram *d;
	size_t min_size, clusters;
	double floor;
	uint32_t *of;     /* by row: the cluster it falls off */
	uint32_t *parent; /* by cluster, at most n; the root is 0 */
	double *birth, *height, *end, *stability, *below;
	double *fell;        /* by row: at which height; borrowed */
	bool *parts;         /* has children */
	struct place *stack; /* n */
	size_t *fallen;      /* n: another stack */
	size_t *side;        /* n: what a node parts into */
};

static double at_least(const struct condensing *s, double height)
{
	return height > s->floor ? height : s->floor;
}

static double density(const struct condensing *s, double height)
{
	return 1 / at_least(s, height);
}

static size_t rows_in(const struct ml_dendrogram *d, size_t node)
{
	return node < d->n ? 1 : d->merge[node - d->n].rows;
}

/* All rows of a node leave the cluster, at this height. */
static void fall(struct condensing *s, size_t node, uint32_t cluster, double height)
{
	size_t depth = 0;

	s->fallen[depth++] = node;
	while (depth) {
		size_t at = s->fallen[--depth];
		if (at < s->d->n) {
			s->of[at] = cluster;
			s->fell[at] = at_least(s, height);
			continue;
		}
		s->fallen[depth++] = s->d->merge[at - s->d->n].a;
		s->fallen[depth++] = s->d->merge[at - s->d->n].b;
	}
}

static uint32_t bear(struct condensing *s, uint32_t parent, double height)
{
	uint32_t c = (uint32_t)s->clusters++;

	s->parent[c] = parent;
	s->height[c] = height;
	s->birth[c] = density(s, height);
	s->parts[parent] = true;
	return c;
}

/* What a node parts into at its height: merges of the same height are one, so that it does not
 * matter which of them came first. */
static size_t part(struct condensing *s, size_t node)
{
	const struct ml_dendrogram *d = s->d;
	double height = d->merge[node - d->n].height;
	size_t depth = 0, n = 0;

	s->fallen[depth++] = node;
	while (depth) {
		size_t at = s->fallen[--depth];
		if (at < d->n || d->merge[at - d->n].height < height) {
			s->side[n++] = at;
			continue;
		}
		s->fallen[depth++] = d->merge[at - d->n].b;
		s->fallen[depth++] = d->merge[at - d->n].a;
	}
	return n;
}

static void walk(struct condensing *s)
{
	const struct ml_dendrogram *d = s->d;
	size_t depth = 0;

	s->clusters = 1; /* the root, born at density 0 */
	if (rows_in(d, 2 * d->n - 2) < s->min_size) {
		fall(s, 2 * d->n - 2, 0, INFINITY);
		return;
	}
	s->stack[depth++] = (struct place){ 2 * d->n - 2, 0 };
	while (depth) {
		struct place at = s->stack[--depth];
		double height = d->merge[at.node - d->n].height;
		size_t sides = part(s, at.node), large = 0;
		uint32_t c = at.cluster;
		double gain = density(s, height) - s->birth[c];
		s->end[c] = at_least(s, height); /* heights come falling */
		for (size_t k = 0; k < sides; k++)
			large += rows_in(d, s->side[k]) >= s->min_size;
		for (size_t k = 0; k < sides; k++) {
			size_t rows = rows_in(d, s->side[k]);
			if (large != 1 || rows < s->min_size)
				s->stability[c] += gain * (double)rows;
			if (rows < s->min_size)
				fall(s, s->side[k], c, height);
			else
				s->stack[depth++] =
					(struct place){ s->side[k],
							large > 1 ? bear(s, c, height) : c };
		}
	}
}

/* Children have greater numbers than their parents. */
static int choose(struct condensing *s, bool leaves, struct ml_condensed *out,
		  struct ml_error *err)
{
	int32_t *in = ml_alloc(s->clusters, sizeof *in, err);
	bool *good = ml_alloc(s->clusters, sizeof *good, err);
	int rc = in && good ? ML_OK : err->code;

	for (size_t c = s->clusters; !rc && c-- > 1;) {
		good[c] = leaves ? !s->parts[c] : s->stability[c] >= s->below[c];
		s->below[s->parent[c]] += fmax(s->stability[c], s->below[c]);
	}
	for (size_t c = 0; !rc && c < s->clusters; c++) {
		in[c] = c ? in[s->parent[c]] : -1;
		if (in[c] >= 0 || !good[c])
			continue;
		out->birth[out->clusters] = s->height[c];
		out->end[out->clusters] = s->end[c];
		in[c] = (int32_t)out->clusters++;
	}
	for (size_t i = 0; !rc && i < s->d->n; i++)
		out->label[i] = in[s->of[i]];
	free(good);
	free(in);
	return rc;
}

static int begin(struct condensing *s, struct ml_error *err)
{
	size_t n = s->d->n;

	if (!(s->of = ml_alloc(n, sizeof *s->of, err)) ||
	    !(s->parent = ml_alloc(n, sizeof *s->parent, err)) ||
	    !(s->birth = ml_alloc(n, sizeof *s->birth, err)) ||
	    !(s->height = ml_alloc(n, sizeof *s->height, err)) ||
	    !(s->end = ml_alloc(n, sizeof *s->end, err)) ||
	    !(s->stability = ml_alloc(n, sizeof *s->stability, err)) ||
	    !(s->below = ml_alloc(n, sizeof *s->below, err)) ||
	    !(s->parts = ml_alloc(n, sizeof *s->parts, err)) ||
	    !(s->stack = ml_alloc(n, sizeof *s->stack, err)) ||
	    !(s->fallen = ml_alloc(n, sizeof *s->fallen, err)) ||
	    !(s->side = ml_alloc(n, sizeof *s->side, err)))
		return err->code;
	s->floor = n > 1 ? least_share * s->d->merge[n - 2].height : 0;
	if (!(s->floor > 0)) /* all rows are alike */
		s->floor = 1;
	return ML_OK;
}

int ml_condense(struct ml_condensed *c, const struct ml_dendrogram *d, size_t min_size,
		bool leaves, struct ml_error *err)
{
	struct condensing s = { .d = d, .min_size = min_size };

	*c = (struct ml_condensed){ .label = ml_alloc(d->n, sizeof *c->label, err) };
	if (!c->label || !(c->birth = ml_alloc(d->n, sizeof *c->birth, err)) ||
	    !(c->end = ml_alloc(d->n, sizeof *c->end, err)) ||
	    !(c->fall = ml_alloc(d->n, sizeof *c->fall, err)))
		return err->code;
	int rc = begin(&s, err);
	s.fell = c->fall;
	if (!rc) {
		walk(&s);
		rc = choose(&s, leaves, c, err);
	}
	free(s.side);
	free(s.fallen);
	free(s.stack);
	free(s.parts);
	free(s.below);
	free(s.stability);
	free(s.end);
	free(s.height);
	free(s.birth);
	free(s.parent);
	free(s.of);
	return rc;
}

void ml_condensed_release(struct ml_condensed *c)
{
	free(c->fall);
	free(c->end);
	free(c->birth);
	free(c->label);
	*c = (struct ml_condensed){ 0 };
}
