/* dendrogram.c - see dendrogram.h. */
#include "models/dendrogram.h"

#include <stdlib.h>

#include "base/mem.h"
#include "la/argsort.h"
#include "models/joined.h"

int ml_dendrogram_init(struct ml_dendrogram *d, size_t n, struct ml_error *err)
{
	*d = (struct ml_dendrogram){ .n = n };
	if (n > INT32_MAX / 2)
		return ml_fail(err, ML_EDATA, "E-LIMIT", "%zu rows are too many", n);
	d->merge = ml_alloc(n - 1, sizeof *d->merge, err);
	return d->merge ? ML_OK : err->code;
}

void ml_dendrogram_release(struct ml_dendrogram *d)
{
	free(d->merge);
	*d = (struct ml_dendrogram){ 0 };
}

/* The cluster that the set of a row is now, kept at the row that stands for the set. */
static void number(struct ml_dendrogram *d, struct ml_joined *sets, uint32_t *cluster)
{
	for (size_t s = 0; s + 1 < d->n; s++) {
		struct ml_merge *m = &d->merge[s];
		uint32_t u = ml_joined_find(sets, m->a), v = ml_joined_find(sets, m->b);
		uint32_t a = cluster[u], b = cluster[v];
		m->a = a < b ? a : b;
		m->b = a < b ? b : a;
		cluster[ml_joined_join(sets, u, v)] = (uint32_t)(d->n + s);
	}
}

int ml_dendrogram_order(struct ml_dendrogram *d, struct ml_error *err)
{
	size_t steps = d->n - 1;
	struct ml_merge *sorted = ml_alloc(steps, sizeof *sorted, err);
	uint32_t *order = ml_alloc(steps, sizeof *order, err);
	uint32_t *cluster = ml_alloc(d->n, sizeof *cluster, err);
	struct ml_joined sets = { 0 };
	int rc = sorted && order && cluster ? ML_OK : err->code;

	if (!rc)
		rc = ml_joined_init(&sets, d->n, err);
	if (!rc && steps)
		rc = ml_argsort(&d->merge->height, sizeof *d->merge / sizeof(double), steps,
				order, err);
	if (!rc) {
		for (size_t s = 0; s < steps; s++)
			sorted[s] = d->merge[order[s]];
		for (size_t i = 0; i < d->n; i++)
			cluster[i] = (uint32_t)i;
		free(d->merge);
		d->merge = sorted;
		sorted = NULL;
		number(d, &sets, cluster);
		ml_dendrogram_count(d);
	}
	ml_joined_release(&sets);
	free(cluster);
	free(order);
	free(sorted);
	return rc;
}

void ml_dendrogram_count(struct ml_dendrogram *d)
{
	for (size_t s = 0; s + 1 < d->n; s++) {
		struct ml_merge *m = &d->merge[s];
		m->rows = (m->a < d->n ? 1 : d->merge[m->a - d->n].rows) +
			  (m->b < d->n ? 1 : d->merge[m->b - d->n].rows);
	}
}

int ml_dendrogram_cut(const struct ml_dendrogram *d, size_t steps, uint32_t *label,
		      struct ml_error *err)
{
	struct ml_joined sets = { 0 };
	uint32_t *any = ml_alloc(steps, sizeof *any, err); /* a row of what step s made */

	int rc = any ? ml_joined_init(&sets, d->n, err) : err->code;
	for (size_t s = 0; !rc && s < steps; s++) {
		const struct ml_merge *m = &d->merge[s];
		uint32_t a = m->a < d->n ? m->a : any[m->a - d->n];
		uint32_t b = m->b < d->n ? m->b : any[m->b - d->n];
		any[s] = ml_joined_join(&sets, a, b);
	}
	if (!rc)
		ml_joined_number(&sets, label);
	ml_joined_release(&sets);
	free(any);
	return rc;
}

void ml_dendrogram_save(const struct ml_dendrogram *d, struct ml_fields *out)
{
	struct ml_error err;
	size_t steps = d->n - 1;
	int32_t *pair = ml_alloc(steps, 2 * sizeof *pair, &err);
	double *height = ml_alloc(steps, sizeof *height, &err);

	if (!pair || !height)
		out->failed = true;
	for (size_t s = 0; s < steps && !out->failed; s++) {
		pair[2 * s] = (int32_t)d->merge[s].a;
		pair[2 * s + 1] = (int32_t)d->merge[s].b;
		height[s] = d->merge[s].height;
	}
	if (!out->failed) {
		ml_put_ints(out, "merges", pair, 2 * steps);
		ml_put_reals(out, "heights", height, steps);
	}
	free(height);
	free(pair);
}

/* Each cluster is merged once, after it was made, heights are not negative. */
static int check(const int32_t *pair, const double *height, size_t n, struct ml_error *err)
{
	unsigned char *used = ml_alloc(2 * n, 1, err);
	int rc = used ? ML_OK : err->code;

	for (size_t s = 0; !rc && s + 1 < n; s++) {
		size_t a = (size_t)pair[2 * s], b = (size_t)pair[2 * s + 1];
		if (a >= b || b >= n + s || used[a] || used[b] || !(height[s] >= 0))
			rc = ml_fail(err, ML_EDATA, "E-MODEL",
				     "field 'merges': step %zu merges %zu and %zu at %g", s, a,
				     b, height[s]);
		else
			used[a] = used[b] = 1;
	}
	free(used);
	return rc;
}

int ml_dendrogram_load(struct ml_dendrogram *d, size_t n, const struct ml_fields *in,
		       struct ml_error *err)
{
	int32_t *pair = NULL;
	double *height = NULL;
	size_t steps = n - 1, found = 0;

	/* Before memory is taken: are they all there? */
	if (ml_get_count(in, "heights", INT32_MAX, &found, err))
		return err->code;
	if (found != steps)
		return ml_fail(err, ML_EDATA, "E-MODEL", "field 'heights': %zu for %zu rows",
			       found, n);
	int rc = ml_get_ints(in, "merges", &pair, 2 * steps, 0, INT32_MAX, err);
	if (!rc)
		rc = ml_get_reals(in, "heights", &height, steps, err);
	if (!rc)
		rc = check(pair, height, n, err);
	if (!rc)
		rc = ml_dendrogram_init(d, n, err);
	for (size_t s = 0; !rc && s < steps; s++)
		d->merge[s] = (struct ml_merge){ .a = (uint32_t)pair[2 * s],
						 .b = (uint32_t)pair[2 * s + 1],
						 .height = height[s] };
	if (!rc)
		ml_dendrogram_count(d);
	free(height);
	free(pair);
	return rc;
}
