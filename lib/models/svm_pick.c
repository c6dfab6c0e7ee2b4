/* svm_pick.c - the variables that a turn is about: of each group those that gain most by
 * growing (largest e) and by shrinking (least e), half of either; the gap on the way. */
#include <math.h>

#include "models/svm_parts.h"

/* The largest keys seen, the least of them first. */
struct heap {
	size_t n, room;
	uint32_t var[ML_SVM_TURN / 2];
	double key[ML_SVM_TURN / 2];
};

static void sink(struct heap *h, uint32_t var, double key)
{
	size_t at = 0, child;

	for (; (child = 2 * at + 1) < h->n; at = child) {
		if (child + 1 < h->n && h->key[child + 1] < h->key[child])
			child++;
		if (h->key[child] >= key)
			break;
		h->key[at] = h->key[child];
		h->var[at] = h->var[child];
	}
	h->key[at] = key;
	h->var[at] = var;
}

static void rise(struct heap *h, uint32_t var, double key)
{
	size_t at = h->n++;

	for (; at && h->key[(at - 1) / 2] > key; at = (at - 1) / 2) {
		h->key[at] = h->key[(at - 1) / 2];
		h->var[at] = h->var[(at - 1) / 2];
	}
	h->key[at] = key;
	h->var[at] = var;
}

static void offer(struct heap *h, size_t var, double key)
{
	if (h->n < h->room)
		rise(h, (uint32_t)var, key);
	else if (key > h->key[0])
		sink(h, (uint32_t)var, key);
}

static void take(struct ml_svm_solver *s, const struct heap *h)
{
	for (size_t k = 0; k < h->n; k++) {
		uint32_t v = h->var[k];
		if (s->taken[v])
			continue;
		s->taken[v] = 1;
		s->was[v] = s->a[v];
		s->var[s->chosen++] = v;
	}
}

void ml_svm_pick(struct ml_svm_solver *s)
{
	size_t groups = s->group ? ML_SVM_GROUPS : 1;
	struct heap up[ML_SVM_GROUPS], down[ML_SVM_GROUPS];

	for (size_t g = 0; g < ML_SVM_GROUPS; g++) {
		up[g].n = down[g].n = 0;
		up[g].room = down[g].room = s->turn / 2 / groups;
		s->top[g] = -INFINITY;
		s->bottom[g] = INFINITY;
	}
	for (size_t i = 0, v = 0; i < s->active; i++)
		for (size_t k = 0; k < s->per; k++, v++) {
			double e = s->b[v] - s->f[i];
			size_t g = ml_svm_group(s, v);
			if (s->a[v] < s->hi[v]) {
				s->top[g] = e > s->top[g] ? e : s->top[g];
				offer(&up[g], v, e);
			}
			if (s->a[v] > s->lo[v]) {
				s->bottom[g] = e < s->bottom[g] ? e : s->bottom[g];
				offer(&down[g], v, -e);
			}
		}
	s->gap = 0;
	for (size_t k = 0; k < s->chosen; k++)
		s->taken[s->var[k]] = 0;
	s->chosen = 0;
	for (size_t g = 0; g < groups; g++) {
		s->gap = fmax(s->gap, s->top[g] - s->bottom[g]);
		take(s, &up[g]);
		take(s, &down[g]);
	}
}
