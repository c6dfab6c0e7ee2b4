/* treefields.c - see treefields.h. */
#include "models/treefields.h"

#include <stdlib.h>

#include "base/mem.h"

void ml_kdtree_save(const struct ml_kdtree *t, const char *name, struct ml_fields *out)
{
	struct ml_error err;
	double *x = ml_alloc(t->n * t->p, sizeof *x, &err);

	if (!x) {
		out->failed = true;
		return;
	}
	for (size_t i = 0; i < t->n; i++)
		ml_kdtree_point(t, i, x + t->row[i] * t->p);
	ml_put_reals(out, name, x, t->n * t->p);
	free(x);
}

int ml_kdtree_load(struct ml_kdtree *t, const char *name, size_t rows, size_t p,
		   enum ml_kd_norm norm, const struct ml_fields *in, struct ml_error *err)
{
	double *x = NULL;
	size_t found;

	/* Before they are multiplied: are there so many? */
	if (ml_get_count(in, name, SIZE_MAX / sizeof *x, &found, err))
		return err->code;
	if (!rows || !p || found / rows != p || found % rows)
		return ml_fail(err, ML_EDATA, "E-MODEL",
			       "field '%s': %zu numbers for %zu rows of %zu", name, found, rows,
			       p);
	int rc = ml_get_reals(in, name, &x, found, err);
	if (!rc)
		rc = ml_kdtree_init(t, &(struct ml_mat){ x, rows, p, p }, norm, err);
	free(x);
	return rc;
}
