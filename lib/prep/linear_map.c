/* linear_map.c - columns that are linear combinations of others. */
#include "prep/linear_map.h"

#include <float.h>
#include <stdlib.h>
#include <string.h>

#include "la/block.h"

/* A divisor below this one would make infinities of anything. */
static const double least_divisor = DBL_MIN;

static void forth(const void *state, double *in, double *out, size_t rows)
{
	const struct ml_linear_map *m = state;
	size_t n = m->joint.n, k = m->joint.k, ld = ML_JOINT_ROWS;

	for (size_t j = 0; j < n; j++)
		for (size_t i = 0; i < rows; i++)
			in[j * ld + i] -= m->center[j];
	memset(out, 0, k * ld * sizeof *out);
	ml_block_add(out, ld, k, rows, n, m->forth, 1, n, in, ld);
	for (size_t c = 0; m->per && c < k; c++)
		for (size_t i = 0; i < rows; i++)
			out[c * ld + i] /= m->per[c];
}

static void back(const void *state, double *in, double *out, size_t rows)
{
	const struct ml_linear_map *m = state;
	const double *map = m->back ? m->back : m->forth;
	size_t n = m->joint.n, k = m->joint.k, ld = ML_JOINT_ROWS;

	for (size_t c = 0; m->per && c < k; c++)
		for (size_t i = 0; i < rows; i++)
			in[c * ld + i] *= m->per[c];
	memset(out, 0, n * ld * sizeof *out);
	ml_block_add(out, ld, n, rows, k, map, n, 1, in, ld);
	for (size_t j = 0; j < n; j++)
		for (size_t i = 0; i < rows; i++)
			out[j * ld + i] += m->center[j];
}

int ml_linear_map_apply(const void *state, struct ml_table *t, const size_t *cols, size_t n,
			struct ml_tally *tally, struct ml_error *err)
{
	const struct ml_linear_map *m = state;

	(void)n;
	return ml_joint_apply(&m->joint, forth, m, t, cols, tally, err);
}

int ml_linear_map_restore(const void *state, struct ml_table *t, const size_t *cols, size_t n,
			  const char *const *names, struct ml_error *err)
{
	const struct ml_linear_map *m = state;

	return ml_joint_restore(&m->joint, back, m, t, cols, n, names, err);
}

/* ---- what was learned ---- */

void ml_linear_map_components(const void *state, struct ml_components *out)
{
	const struct ml_linear_map *m = state;

	*out = (struct ml_components){ .n = m->joint.n,
				       .k = m->joint.k,
				       .loading = m->back ? m->back : m->forth,
				       .explained = m->explained,
				       .total = m->total };
}

void ml_linear_map_save(const void *state, struct ml_fields *out)
{
	const struct ml_linear_map *m = state;
	size_t n = m->joint.n, k = m->joint.k;

	ml_joint_put(out, &m->joint);
	ml_put_reals(out, "center", m->center, n);
	ml_put_reals(out, "components", m->forth, k * n);
	/* Empty where there is none. */
	ml_put_reals(out, "mixing", m->back, m->back ? k * n : 0);
	ml_put_reals(out, "divisor", m->per, m->per ? k : 0);
	ml_put_reals(out, "explained", m->explained, m->explained ? k : 0);
	ml_put_real(out, "total", m->total);
}

/* n numbers, or none: *v stays NULL. */
static int get_or_none(const struct ml_fields *in, const char *name, double **v, size_t n,
		       struct ml_error *err)
{
	size_t count;

	if (ml_get_count(in, name, SIZE_MAX, &count, err))
		return err->code;
	return count ? ml_get_reals(in, name, v, n, err) : ML_OK;
}

static int load_more(struct ml_linear_map *m, const struct ml_fields *in, struct ml_error *err)
{
	size_t n = m->joint.n, k = m->joint.k;

	if (get_or_none(in, "mixing", &m->back, k * n, err) ||
	    get_or_none(in, "divisor", &m->per, k, err) ||
	    get_or_none(in, "explained", &m->explained, k, err) ||
	    ml_get_real(in, "total", &m->total, err))
		return err->code;
	for (size_t c = 0; m->per && c < k; c++)
		if (!(m->per[c] >= least_divisor))
			return ml_fail(err, ML_EDATA, "E-MODEL", "field 'divisor': %g",
				       m->per[c]);
	return ML_OK;
}

int ml_linear_map_load(void *state, unsigned format, const struct ml_fields *in,
		       const enum ml_kind *kind, size_t n, struct ml_error *err)
{
	struct ml_linear_map *m = state;

	(void)format; /* only version 1 exists */
	if (ml_joint_get(&m->joint, in, kind, n, err))
		return err->code;
	size_t k = m->joint.k;
	if (k > SIZE_MAX / sizeof *m->forth / n)
		return ml_fail(err, ML_EDATA, "E-MODEL", "field 'made': %zu columns of %zu", k,
			       n);
	if (ml_get_reals(in, "center", &m->center, n, err) ||
	    ml_get_reals(in, "components", &m->forth, k * n, err))
		return err->code;
	return load_more(m, in, err);
}

void ml_linear_map_release(void *state)
{
	struct ml_linear_map *m = state;

	ml_joint_release(&m->joint);
	free(m->center);
	free(m->forth);
	free(m->back);
	free(m->per);
	free(m->explained);
}
