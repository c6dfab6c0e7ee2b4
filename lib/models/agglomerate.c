/* agglomerate.c - see agglomerate.h: which algorithm does which linkage. */
#include "models/agglomerate.h"

#include <math.h>
#include <stdlib.h>

#include "base/mem.h"
#include "models/spantree.h"

int ml_agglomerate_late(size_t made, size_t all, struct ml_error *err)
{
	return ml_fail(err, ML_EDATA, "E-LIMIT", "out of time with %zu of %zu merges made",
		       made, all);
}

int ml_agglomerate_tree(struct ml_dendrogram *d, const struct ml_mat *x,
			const struct ml_run *run, struct ml_error *err)
{
	struct ml_kdtree t = { 0 };
	struct ml_span *span = ml_alloc(d->n, sizeof *span, err);
	size_t found = 0;
	int rc = span ? ml_kdtree_init(&t, x, ML_KD_EUCLIDEAN, err) : err->code;

	if (!rc)
		rc = ml_spantree(&t, NULL, run, span, &found, err);
	if (!rc && found + 1 < d->n)
		rc = ml_agglomerate_late(found, d->n - 1, err);
	for (size_t s = 0; !rc && s < found; s++)
		d->merge[s] = (struct ml_merge){ .a = span[s].a,
						 .b = span[s].b,
						 .height = sqrt(span[s].d) };
	if (!rc)
		rc = ml_dendrogram_order(d, err);
	ml_kdtree_release(&t);
	free(span);
	return rc;
}

/* The parts differ in what they are asked; a row each. */
static int complete(struct ml_dendrogram *d, const struct ml_mat *x, const double *w,
		    const struct ml_run *run, struct ml_error *err)
{
	return ml_agglomerate_matrix(d, x, w, false, run, err);
}

static int average(struct ml_dendrogram *d, const struct ml_mat *x, const double *w,
		   const struct ml_run *run, struct ml_error *err)
{
	return ml_agglomerate_matrix(d, x, w, true, run, err);
}

static int single(struct ml_dendrogram *d, const struct ml_mat *x, const double *w,
		  const struct ml_run *run, struct ml_error *err)
{
	(void)w; /* no distance depends on weights */
	return ml_agglomerate_tree(d, x, run, err);
}

static int centroid(struct ml_dendrogram *d, const struct ml_mat *x, const double *w,
		    const struct ml_run *run, struct ml_error *err)
{
	return ml_agglomerate_pairs(d, x, w, false, run, err);
}

static int median(struct ml_dendrogram *d, const struct ml_mat *x, const double *w,
		  const struct ml_run *run, struct ml_error *err)
{
	return ml_agglomerate_pairs(d, x, w, true, run, err);
}

int ml_agglomerate(struct ml_dendrogram *d, enum ml_linkage how, const struct ml_mat *x,
		   const double *w, const struct ml_run *run, struct ml_error *err)
{
	static int (*const parts[ML_LINKAGES])(struct ml_dendrogram *, const struct ml_mat *,
					       const double *, const struct ml_run *,
					       struct ml_error *) = {
		[ML_WARD] = ml_agglomerate_chain, [ML_COMPLETE] = complete,
		[ML_AVERAGE] = average,           [ML_SINGLE] = single,
		[ML_CENTROID] = centroid,         [ML_MEDIAN] = median,
	};

	return parts[how](d, x, w, run, err);
}
