/* projection.c - random combinations of columns, which keep the distances of rows nearly
 * (Johnson, Lindenstrauss 1984).
 *
 *     HOW   K | auto | none, or COLUMNS=one of these
 *
 *     made_c = sum_j r(c, j) x_j
 *
 * gaussian: r normal with variance 1/K.  sparse: r is 0 but for a share D of entries, which are
 * +-1/sqrt(D K): D = 1/3 is Achlioptas (2003), D = 1/sqrt(p), which `auto` means, Li, Hastie,
 * Church (2006).  K of `auto` is 4 log n / (eps^2/2 - eps^3/3), by which all distances of n
 * rows are kept within 1 +- eps (Dasgupta, Gupta 2003).  The combinations depend on the seed
 * and the number of columns only; the rows are looked at for missing cells. */
#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/rng.h"
#include "prep/count_plan.h"
#include "prep/linear_map.h"
#include "prep/prep_fields.h"

struct projection_opts {
	struct ml_joint_opts joint;
	int entries;
	struct ml_pick_real density;
	double eps;
};

enum entries { GAUSSIAN, SPARSE };
static const char *const kinds[] = { "gaussian", "sparse", NULL };
static const char *const automatic[] = { "auto", NULL };

static const struct ml_opt opts[] = {
	ML_JOINT_OPTS(struct projection_opts, "rp"),
	{ .name = "entries",
	  .type = ML_PICK,
	  .def = "gaussian",
	  .picks = kinds,
	  .arg = "KIND",
	  .offset = ML_FIELD(struct projection_opts, entries, int),
	  .help = "of the random combinations: normal numbers, or few of one magnitude" },
	{ .name = "density",
	  .type = ML_PICK_REAL,
	  .def = "auto",
	  .picks = automatic,
	  .lo = 1e-9,
	  .hi = 1,
	  .arg = "SHARE",
	  .when = "entries=sparse",
	  .offset = ML_FIELD(struct projection_opts, density, struct ml_pick_real),
	  .help = "share of the columns in a combination; auto is 1 / sqrt(columns)" },
	{ .name = "eps",
	  .type = ML_REAL,
	  .def = "0.1",
	  .lo = 1e-6,
	  .hi = 0.999999,
	  .arg = "NUMBER",
	  .offset = ML_FIELD(struct projection_opts, eps, double),
	  .help = "with auto columns: by how much distances may change" },
	ML_OPT_END
};

struct projection {
	struct ml_linear_map map; /* gaussian; sparse ones use the joint alone: */
	double scale;
	int32_t *entry; /* of one combination after another: +-(j + 1), and 0 behind; owned */
	size_t entries;
};

/* ---- drawing ---- */

static int draw_sparse(struct projection *m, double density, struct ml_rng *r,
		       struct ml_error *err)
{
	size_t k = m->map.joint.k, n = m->map.joint.n, cap = 0;

	m->scale = sqrt(1 / (density * (double)k));
	for (size_t c = 0; c < k; c++) {
		if (ML_GROW(m->entry, cap, m->entries + n + 1, err))
			return err->code;
		for (size_t j = 0; j < n; j++) {
			double u = ml_rng_uniform(r);
			int32_t column = (int32_t)j + 1;

			if (u < density)
				m->entry[m->entries++] = u < density / 2 ? -column : column;
		}
		m->entry[m->entries++] = 0;
	}
	if (m->entries > INT32_MAX)
		return ml_fail(err, ML_EDATA, "E-LIMIT",
			       "%zu combinations of %zu columns are too many", k, n);
	return ML_OK;
}

static int draw(struct projection *m, const struct projection_opts *o, uint64_t seed,
		struct ml_error *err)
{
	size_t k = m->map.joint.k, n = m->map.joint.n;
	struct ml_rng r;

	ml_rng_init(&r, seed, "random-projection", 0);
	if (o->entries == SPARSE)
		return draw_sparse(m,
				   o->density.pick < 0 ? o->density.value : 1 / sqrt((double)n),
				   &r, err);
	m->scale = 1;
	if (!(m->map.forth = ml_alloc(k, n * sizeof *m->map.forth, err)) ||
	    !(m->map.center = ml_alloc(n, sizeof *m->map.center, err)))
		return err->code;
	ml_rng_normals(&r, m->map.forth, k * n);
	for (size_t i = 0; i < k * n; i++)
		m->map.forth[i] /= sqrt((double)k);
	return ML_OK;
}

static double enough(size_t rows, double eps)
{
	return floor(4 * log((double)rows) / (eps * eps / 2 - eps * eps * eps / 3));
}

static int fit(void *state, const struct ml_prep_fit *f, const void *options, size_t **cols,
	       size_t *n, const struct ml_run *run, struct ml_error *err)
{
	struct projection *m = state;
	const struct projection_opts *o = options;
	struct ml_count many = { 0 };
	size_t rows = 0;

	if (ml_count_plan(&many, f, ML_COUNT_AUTO, cols, n, err))
		return err->code;
	for (size_t i = 0; i < f->table->rows; i++)
		rows += !f->w || f->w[i] > 0;
	if (many.automatic) {
		many.k = (size_t)fmax(enough(rows, o->eps), 1);
		if (many.k > *n)
			return ml_fail(
				err, ML_EDATA, "E-LIMIT",
				"%zu columns would be made of %zu, for %zu rows; a larger "
				"--eps takes fewer",
				many.k, *n, rows);
	}
	int rc = ml_joint_init(&m->map.joint, &o->joint, *n, many.k, err);
	return rc ? rc : draw(m, o, run->seed, err);
}

/* ---- applying ---- */

static void combine(const void *state, double *in, double *out, size_t rows)
{
	const struct projection *m = state;
	const int32_t *entry = m->entry;

	memset(out, 0, m->map.joint.k * ML_JOINT_ROWS * sizeof *out);
	for (size_t c = 0; c < m->map.joint.k; c++, entry++, out += ML_JOINT_ROWS) {
		for (; *entry; entry++) {
			const double *x = in + ((size_t)abs(*entry) - 1) * ML_JOINT_ROWS;

			if (*entry > 0)
				for (size_t i = 0; i < rows; i++)
					out[i] += x[i];
			else
				for (size_t i = 0; i < rows; i++)
					out[i] -= x[i];
		}
		for (size_t i = 0; i < rows; i++)
			out[i] *= m->scale;
	}
}

static int apply(const void *state, struct ml_table *t, const size_t *cols, size_t n,
		 struct ml_tally *tally, struct ml_error *err)
{
	const struct projection *m = state;

	if (!m->entry)
		return ml_linear_map_apply(&m->map, t, cols, n, tally, err);
	return ml_joint_apply(&m->map.joint, combine, m, t, cols, tally, err);
}

/* ---- fields ---- */

static void save(const void *state, struct ml_fields *out)
{
	const struct projection *m = state;

	ml_put_text(out, "entries", kinds[m->entry ? SPARSE : GAUSSIAN]);
	if (!m->entry) {
		ml_linear_map_save(&m->map, out);
		return;
	}
	ml_joint_put(out, &m->map.joint);
	ml_put_real(out, "scale", m->scale);
	ml_put_ints(out, "combinations", m->entry, m->entries);
}

static int load_sparse(struct projection *m, const struct ml_fields *in,
		       const enum ml_kind *kind, size_t n, struct ml_error *err)
{
	size_t ends = 0;

	if (ml_joint_get(&m->map.joint, in, kind, n, err) ||
	    ml_get_real(in, "scale", &m->scale, err) ||
	    ml_get_count(in, "combinations", INT32_MAX, &m->entries, err) ||
	    ml_get_ints(in, "combinations", &m->entry, m->entries, -(int32_t)n, (int32_t)n,
			err))
		return err->code;
	for (size_t e = 0; e < m->entries; e++)
		ends += m->entry[e] == 0;
	if (ends != m->map.joint.k || !m->entries || m->entry[m->entries - 1] != 0)
		return ml_fail(err, ML_EDATA, "E-MODEL",
			       "field 'combinations': %zu of %zu columns", ends,
			       m->map.joint.k);
	return ML_OK;
}

static int load(void *state, unsigned format, const struct ml_fields *in,
		const enum ml_kind *kind, size_t n, struct ml_error *err)
{
	struct projection *m = state;
	int entries = 0;

	if (ml_get_word(in, "entries", kinds, &entries, err))
		return err->code;
	return entries == SPARSE ? load_sparse(m, in, kind, n, err)
				 : ml_linear_map_load(&m->map, format, in, kind, n, err);
}

static void release(void *state)
{
	struct projection *m = state;

	ml_linear_map_release(&m->map);
	free(m->entry);
}

const struct ml_prep ml_prep_random_projection = {
	.name = "random-projection",
	.summary = "random combinations of columns in their place",
	.arg = "HOW",
	.example = "3",
	.flags = ML_PREP_FEAT | ML_PREP_MIXES | ML_PREP_SEEDED,
	.format = 1,
	.opts = opts,
	.opts_size = sizeof(struct projection_opts),
	.state_size = sizeof(struct projection),
	.fit = fit,
	.apply = apply,
	.save = save,
	.load = load,
	.release = release,
};
