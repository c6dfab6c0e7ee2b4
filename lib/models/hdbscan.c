/* hdbscan.c - clusters of rows that lie densely, each by its own density.
 *
 * The core distance of a row is that of the min-samples-th nearest, itself counted; rows a and
 * b are apart by max(core(a), core(b), |a - b|).  The minimum spanning tree of these distances
 * (spantree.h) is the tree of all clusters that dbscan can find; condense.h chooses from it.
 *
 * A new row has the core distance that it would have; it gets the cluster of the row of
 * training that is least apart from it, if that is less than where the cluster was born: where
 * it would be in the tree.  A row of training, or one that equals it, gets its own.  Weights
 * are not looked at, but for sizes.
 *
 * How strongly a row belongs is the density down to which it does as a share of the greatest of
 * the cluster (condense.h); of a new row that of its distance from that nearest one. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/thread.h"
#include "la/kdtree.h"
#include "models/bysize.h"
#include "models/condense.h"
#include "models/model.h"
#include "models/spantree.h"
#include "models/treefields.h"

enum { PIECE = 512 };

static const char *const selections[] = { "eom", "leaf", NULL };
static const char *const autos[] = { "auto", NULL };

struct hdbscan_opts {
	int64_t min_size;
	struct ml_pick_real min_samples;
	int selection, metric;
};

#define AT(field, type) .offset = ML_FIELD(struct hdbscan_opts, field, type)

static const struct ml_opt opts[] = {
	{ .name = "min-cluster-size",
	  .type = ML_INT,
	  .def = "5",
	  .lo = 2,
	  .hi = 1e9,
	  .tune = { ML_LOG, 3, 100 },
	  .arg = "N",
	  AT(min_size, int64_t),
	  .help = "rows of the smallest cluster" },
	{ .name = "min-samples",
	  .alias = "min-pts",
	  .type = ML_PICK_REAL,
	  .def = "auto",
	  .picks = autos,
	  .lo = 1,
	  .hi = 1e9,
	  .arg = "N",
	  AT(min_samples, struct ml_pick_real),
	  .help = "neighbours that density is measured by, a row itself counted; auto: "
		  "--min-cluster-size; the more, the more noise" },
	{ .name = "selection",
	  .alias = "cluster-selection-method",
	  .type = ML_PICK,
	  .def = "eom",
	  .picks = selections,
	  .arg = "HOW",
	  AT(selection, int),
	  .help = "which clusters of the tree: of the most excess of mass, or those that do "
		  "not part" },
	{ .name = "metric",
	  .type = ML_PICK,
	  .def = "euclidean",
	  .picks = ml_kd_norm_names,
	  .arg = "HOW",
	  AT(metric, int),
	  .help = "how distances are measured" },
	ML_OPT_END
};

struct hdbscan {
	size_t features, n, clusters, k; /* k: neighbours of the core distance */
	enum ml_kd_norm norm;
	struct ml_kdtree tree;
	double *core;   /* by row, raw */
	int32_t *label; /* by row */
	double *birth;  /* by cluster */
	double *size;   /* clusters + 1 */
	/* By cluster the height at which it is densest, by row how strongly it belongs; NULL in
	 * models of format 1, which do not tell. */
	double *end, *strength;
};

/* ---- fitting ---- */

struct fitting {
	struct hdbscan *m;
	const struct ml_run *run;
};

static int core_piece(void *arg, size_t block, int worker, struct ml_error *err)
{
	const struct fitting *f = arg;
	const struct hdbscan *m = f->m;
	size_t to = (block + 1) * PIECE < m->n ? (block + 1) * PIECE : m->n;
	double *q = ml_alloc(m->features, sizeof *q, err);
	struct ml_near *near = q ? ml_alloc(m->k, sizeof *near, err) : NULL;
	int rc = near ? ML_OK : err->code;

	(void)worker;
	for (size_t i = block * PIECE; !rc && i < to && !ml_run_over(f->run); i++) {
		ml_kdtree_point(&m->tree, i, q);
		size_t n = ml_kdtree_nearest(&m->tree, q, m->k, INFINITY, near);
		m->core[m->tree.row[i]] = near[n - 1].d;
	}
	free(near);
	free(q);
	return rc;
}

static int span(struct fitting *f, struct ml_dendrogram *d, struct ml_error *err)
{
	const struct hdbscan *m = f->m;
	struct ml_span *s = ml_alloc(m->n, sizeof *s, err);
	size_t found = 0;
	int rc = s ? ml_spantree(&m->tree, m->core, f->run, s, &found, err) : err->code;

	if (!rc && found + 1 < m->n)
		rc = ml_fail(err, ML_EDATA, "E-LIMIT", "hdbscan: out of time");
	if (!rc)
		rc = ml_dendrogram_init(d, m->n, err);
	for (size_t i = 0; !rc && i < found; i++) {
		d->merge[i] = (struct ml_merge){ .a = s[i].a,
						 .b = s[i].b,
						 .height = ml_kd_plain(m->norm, s[i].d) };
		if (!isfinite(d->merge[i].height))
			rc = ml_fail(err, ML_EDATA, "E-RANGE",
				     "hdbscan: the distances are beyond the largest double; "
				     "scale the columns");
	}
	free(s);
	return rc ? rc : ml_dendrogram_order(d, err);
}

/* In the clusters as condensing numbers them. */
static void find_strengths(struct hdbscan *m, const double *fall)
{
	for (size_t i = 0; i < m->n; i++)
		m->strength[i] = m->label[i] < 0 ? 0 : fmin(m->end[m->label[i]] / fall[i], 1);
}

static int fit(void *state, const struct ml_problem *p, const void *options,
	       const struct ml_run *run, struct ml_report *rep, struct ml_error *err)
{
	const struct hdbscan_opts *o = options;
	struct hdbscan *m = state;
	struct fitting f = { m, run };
	struct ml_dendrogram d = { 0 };
	struct ml_condensed c = { 0 };
	double k = o->min_samples.pick < 0 ? floor(o->min_samples.value) : (double)o->min_size;

	m->features = p->x.cols;
	m->n = p->x.rows;
	m->norm = (enum ml_kd_norm)o->metric;
	m->k = k < (double)m->n ? (size_t)k : m->n;
	int rc = ml_kdtree_init(&m->tree, &p->x, m->norm, err);
	if (!rc && !(m->core = ml_alloc(m->n, sizeof *m->core, err)))
		rc = err->code;
	if (!rc)
		rc = ml_parallel(run->threads, (m->n + PIECE - 1) / PIECE, core_piece, &f, err);
	if (!rc && ml_run_over(run))
		rc = ml_fail(err, ML_EDATA, "E-LIMIT", "hdbscan: out of time");
	if (!rc)
		rc = span(&f, &d, err);
	if (!rc)
		rc = ml_condense(&c, &d, (size_t)o->min_size, o->selection == 1, err);
	m->clusters = c.clusters;
	m->label = c.label;
	m->birth = c.birth;
	m->end = c.end;
	if (!rc && !(m->strength = ml_alloc(m->n, sizeof *m->strength, err)))
		rc = err->code;
	if (!rc)
		find_strengths(m, c.fall);
	if (!rc)
		rc = ml_bysize_births(m->label, m->n, m->clusters, p->w, &m->size,
				      (double *const[]){ m->birth, m->end }, 2, err);
	free(c.fall);
	*rep = (struct ml_report){ .converged = true, .objective = (double)m->clusters };
	ml_dendrogram_release(&d);
	return rc;
}

/* ---- one row ---- */

struct reaching {
	const struct hdbscan *m;
	double core;
	struct ml_near best;
};

static bool see(void *arg, size_t place, double d)
{
	struct reaching *r = arg;
	uint32_t row = r->m->tree.row[place];

	d = fmax(fmax(d, r->core), r->m->core[row]);
	if (d < r->best.d || (d == r->best.d && row < r->best.row))
		r->best = (struct ml_near){ d, row };
	return true;
}

/* Its cluster; *strength: how much it belongs there. */
static double place(const struct hdbscan *m, const double *q, struct ml_near *near,
		    double *strength)
{
	struct reaching r = { m, 0, { INFINITY, UINT32_MAX } };
	/* Itself would be the nearest. */
	size_t n = ml_kdtree_nearest(&m->tree, q, m->k, INFINITY, near);

	*strength = 0;
	if (near[0].d == 0) {
		*strength = m->strength ? m->strength[near[0].row] : 0;
		return m->label[near[0].row];
	}
	r.core = m->k > 1 ? near[m->k - 1 < n ? m->k - 2 : n - 1].d : 0;
	for (size_t i = 0; i < n; i++) {
		double d = fmax(fmax(near[i].d, r.core), m->core[near[i].row]);
		r.best.d = fmin(r.best.d, d);
	}
	ml_kdtree_within(&m->tree, q, r.best.d, see, &r);
	if (r.best.row == UINT32_MAX) /* beyond the largest double */
		return -1;
	int32_t c = m->label[r.best.row];
	double height = ml_kd_plain(m->norm, r.best.d);
	if (c < 0 || !(height < m->birth[c]))
		return -1;
	*strength = m->end ? fmin(m->end[c] / height, 1) : 0;
	return c;
}

static int predict(const void *state, const struct ml_mat *x, struct ml_mat *out,
		   struct ml_error *err)
{
	const struct hdbscan *m = state;
	struct ml_near *near;

	if (ml_mat_expect(x, m->features, err))
		return err->code;
	if (!(near = ml_alloc(m->k, sizeof *near, err)))
		return err->code;
	for (size_t i = 0; i < x->rows; i++) {
		double strength, *to = out->v + i * out->ld;

		to[0] = place(m, x->v + i * x->ld, near, &strength);
		if (m->strength)
			to[1] = strength;
	}
	free(near);
	return ML_OK;
}

/* ---- the rest of the contract ---- */

static size_t width(const void *state)
{
	return ((const struct hdbscan *)state)->strength ? 2 : 1;
}

static size_t clusters(const void *state)
{
	return ((const struct hdbscan *)state)->clusters;
}

static void sizes(const void *state, double *size)
{
	const struct hdbscan *m = state;

	memcpy(size, m->size, (m->clusters + 1) * sizeof *size);
}

static void save(const void *state, struct ml_fields *out)
{
	const struct hdbscan *m = state;

	ml_put_size(out, "features", m->features);
	ml_put_size(out, "clusters", m->clusters);
	ml_put_size(out, "min-samples", m->k);
	ml_put_text(out, "metric", ml_kd_norm_names[m->norm]);
	ml_bysize_save(m->size, m->clusters, out);
	ml_put_reals(out, "births", m->birth, m->clusters);
	ml_put_ints(out, "labels", m->label, m->n);
	if (m->strength) {
		ml_put_reals(out, "ends", m->end, m->clusters);
		ml_put_reals(out, "strengths", m->strength, m->n);
	}
	ml_put_reals(out, "core-distances", m->core, m->n);
	ml_kdtree_save(&m->tree, "rows", out);
}

static int get_strengths(struct hdbscan *m, const struct ml_fields *in, struct ml_error *err)
{
	if (ml_get_reals(in, "ends", &m->end, m->clusters, err) ||
	    ml_get_reals(in, "strengths", &m->strength, m->n, err))
		return err->code;
	for (size_t c = 0; c < m->clusters; c++)
		if (!(m->end[c] > 0))
			return ml_fail(err, ML_EDATA, "E-MODEL", "field 'ends': %g", m->end[c]);
	for (size_t i = 0; i < m->n; i++)
		if (!(m->strength[i] >= 0 && m->strength[i] <= 1))
			return ml_fail(err, ML_EDATA, "E-MODEL", "field 'strengths': %g",
				       m->strength[i]);
	return ML_OK;
}

static int load(void *state, unsigned format, const struct ml_fields *in, struct ml_error *err)
{
	struct hdbscan *m = state;
	size_t norm;

	if (ml_get_size(in, "features", 1u << 28, &m->features, err) ||
	    ml_get_count(in, "labels", INT32_MAX / 2, &m->n, err) ||
	    ml_get_size(in, "clusters", m->n, &m->clusters, err) ||
	    ml_get_size(in, "min-samples", m->n, &m->k, err) ||
	    ml_get_pick(in, "metric", ml_kd_norm_names, &norm, err) ||
	    ml_bysize_load(&m->size, m->clusters, in, err) ||
	    ml_get_reals(in, "births", &m->birth, m->clusters, err) ||
	    ml_get_ints(in, "labels", &m->label, m->n, -1, (int32_t)m->clusters - 1, err) ||
	    ml_get_reals(in, "core-distances", &m->core, m->n, err))
		return err->code;
	m->norm = (enum ml_kd_norm)norm;
	if (!m->k || !m->features)
		return ml_fail(err, ML_EDATA, "E-MODEL", "%zu features, %zu neighbours",
			       m->features, m->k);
	for (size_t i = 0; i < m->n; i++)
		if (!(m->core[i] >= 0))
			return ml_fail(err, ML_EDATA, "E-MODEL", "field 'core-distances': %g",
				       m->core[i]);
	if (format > 1 && get_strengths(m, in, err))
		return err->code;
	return ml_kdtree_load(&m->tree, "rows", m->n, m->features, m->norm, in, err);
}

static void release(void *state)
{
	struct hdbscan *m = state;

	ml_kdtree_release(&m->tree);
	free(m->core);
	free(m->label);
	free(m->birth);
	free(m->size);
	free(m->end);
	free(m->strength);
}

const struct ml_model ml_hdbscan = {
	.name = "hdbscan",
	.summary = "clusters of rows that lie densely, each by its own density; the rest is "
		   "noise",
	.tasks = ML_CLUSTER,
	.flags = ML_WANTS_SCALE | ML_SAMPLES_ROWS,
	.format = 2,
	.opts = opts,
	.opts_size = sizeof(struct hdbscan_opts),
	.state_size = sizeof(struct hdbscan),
	.fit = ML_FITTING(fit),
	.predict = predict,
	.width = width,
	.per_row = "strength",
	.save = save,
	.load = load,
	.release = release,
	.clusters = clusters,
	.sizes = sizes,
};
