/* dbscan.c - clusters of points that lie densely (Ester, Kriegel, Sander, Xu 1996).
 *
 * A row is a core row when rows of at least min-samples, itself counted, are at most eps away
 * (their weights are added).  Core rows at most eps from each other are of one cluster; any
 * other row at most eps from a core row is of the cluster of the nearest one (on the border: of
 * several the first row); what is left is noise.  Ester et al. leave open which of its clusters
 * a border row gets; so the rows that were fitted and new ones are told the same.
 *
 * Who is core is counted in a tree of boxes (la/kdtree.h), up to min-samples; core rows are
 * joined by densely.c.  Some n log n where p is small.  The model keeps the core rows. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/thread.h"
#include "la/kdtree.h"
#include "models/bysize.h"
#include "models/densely.h"
#include "models/model.h"
#include "models/treefields.h"

enum { PIECE = 1024 };


struct dbscan_opts {
	double eps;
	int64_t min_samples;
	int metric; /* an ml_kd_norm */
};

static const struct ml_opt opts[] = {
	{ .name = "eps",
	  .alias = "epsilon",
	  .type = ML_REAL,
	  .def = "0.5",
	  .lo = 0,
	  .hi = 1e300,
	  .tune = { ML_LOG, 0.05, 5 },
	  .arg = "X",
	  .offset = ML_FIELD(struct dbscan_opts, eps, double),
	  .help = "how far rows may be apart to be neighbours" },
	{ .name = "min-samples",
	  .alias = "min-pts",
	  .type = ML_INT,
	  .def = "5",
	  .lo = 1,
	  .hi = 1e9,
	  .tune = { ML_LOG, 2, 50 },
	  .arg = "N",
	  .offset = ML_FIELD(struct dbscan_opts, min_samples, int64_t),
	  .help = "neighbours that make a core row, itself counted" },
	{ .name = "metric",
	  .type = ML_PICK,
	  .def = "euclidean",
	  .picks = ml_kd_norm_names,
	  .arg = "HOW",
	  .offset = ML_FIELD(struct dbscan_opts, metric, int),
	  .help = "how distances are measured" },
	ML_OPT_END
};

struct dbscan {
	size_t features, rows, clusters; /* rows: core rows */
	double eps;
	enum ml_kd_norm norm;
	struct ml_kdtree tree; /* of the core rows; without any none */
	int32_t *label;        /* rows: their clusters */
	double *size;          /* clusters + 1: the last is noise */
};

/* The cluster of a row that is not core itself, too; -1: noise. */
static int32_t cluster_of(const struct dbscan *m, const double *q)
{
	struct ml_near near = { 0 };

	if (!m->rows || !ml_kdtree_nearest(&m->tree, q, 1, ml_kd_raw(m->norm, m->eps), &near))
		return -1;
	return m->label[near.row];
}

/* The core rows, with the numbers that densely.c gave their clusters. */
static int keep_cores(struct dbscan *m, const struct ml_mat *x, const struct ml_densely *found,
		      struct ml_error *err)
{
	double *v = ml_alloc(found->cores, m->features * sizeof *v, err);
	int rc = v ? ML_OK : err->code;

	m->rows = found->cores;
	m->clusters = found->clusters;
	if (!rc && !(m->label = ml_alloc(m->rows, sizeof *m->label, err)))
		rc = err->code;
	for (size_t i = 0, to = 0; !rc && i < x->rows; i++) {
		if (found->label[i] == UINT32_MAX)
			continue;
		memcpy(v + to * m->features, x->v + i * x->ld, m->features * sizeof *v);
		m->label[to++] = (int32_t)found->label[i];
	}
	if (!rc && m->rows)
		rc = ml_kdtree_init(&m->tree,
				    &(struct ml_mat){ v, m->rows, m->features, m->features },
				    m->norm, err);
	free(v);
	return rc;
}

struct bordering {
	const struct dbscan *m;
	const struct ml_mat *x;
	const struct ml_densely *found;
	int32_t *label; /* of all rows */
};

static int label_piece(void *arg, size_t block, int worker, struct ml_error *err)
{
	const struct bordering *b = arg;
	size_t to = (block + 1) * PIECE < b->x->rows ? (block + 1) * PIECE : b->x->rows;

	(void)worker;
	(void)err;
	for (size_t i = block * PIECE; i < to; i++)
		b->label[i] = b->found->label[i] == UINT32_MAX
				      ? cluster_of(b->m, b->x->v + i * b->x->ld)
				      : (int32_t)b->found->label[i];
	return ML_OK;
}

/* Clusters are numbered by their sizes, border rows included. */
static int number(struct dbscan *m, const struct ml_problem *p, const struct ml_densely *found,
		  const struct ml_run *run, struct ml_error *err)
{
	size_t n = p->x.rows;
	struct bordering b = { m, &p->x, found, ml_alloc(n, sizeof *b.label, err) };
	int rc = b.label ? ml_parallel(run->threads, (n + PIECE - 1) / PIECE, label_piece, &b,
				       err)
			 : err->code;

	if (!rc)
		rc = ml_bysize(b.label, n, m->clusters, p->w, &m->size, err);
	for (size_t i = 0, to = 0; !rc && i < n; i++)
		if (found->label[i] != UINT32_MAX)
			m->label[to++] = b.label[i];
	free(b.label);
	return rc;
}

static int fit(void *state, const struct ml_problem *p, const void *options,
	       const struct ml_run *run, struct ml_report *rep, struct ml_error *err)
{
	const struct dbscan_opts *o = options;
	struct dbscan *m = state;
	struct ml_densely found = { 0 };

	m->features = p->x.cols;
	m->eps = o->eps;
	m->norm = (enum ml_kd_norm)o->metric;
	int rc = ml_densely_find(&found, &p->x, p->w, m->norm, ml_kd_raw(m->norm, m->eps),
				 (double)o->min_samples, run, err);
	if (!rc)
		rc = keep_cores(m, &p->x, &found, err);
	if (!rc)
		rc = number(m, p, &found, run, err);
	ml_densely_release(&found);
	*rep = (struct ml_report){ .converged = true, .objective = (double)m->clusters };
	return rc;
}

static int predict(const void *state, const struct ml_mat *x, struct ml_mat *out,
		   struct ml_error *err)
{
	const struct dbscan *m = state;

	if (ml_mat_expect(x, m->features, err))
		return err->code;
	for (size_t i = 0; i < x->rows; i++)
		out->v[i * out->ld] = cluster_of(m, x->v + i * x->ld);
	return ML_OK;
}

static size_t clusters(const void *state)
{
	return ((const struct dbscan *)state)->clusters;
}

static void sizes(const void *state, double *size)
{
	const struct dbscan *m = state;

	memcpy(size, m->size, (m->clusters + 1) * sizeof *size);
}

static void save(const void *state, struct ml_fields *out)
{
	const struct dbscan *m = state;

	ml_put_size(out, "features", m->features);
	ml_put_size(out, "clusters", m->clusters);
	ml_put_real(out, "eps", m->eps);
	ml_put_text(out, "metric", ml_kd_norm_names[m->norm]);
	ml_bysize_save(m->size, m->clusters, out);
	ml_put_ints(out, "labels", m->label, m->rows);
	ml_kdtree_save(&m->tree, "core-rows", out);
}

static int load(void *state, unsigned format, const struct ml_fields *in, struct ml_error *err)
{
	struct dbscan *m = state;
	size_t norm;

	(void)format; /* only version 1 exists */
	if (ml_get_size(in, "features", 1u << 28, &m->features, err) ||
	    ml_get_pick(in, "metric", ml_kd_norm_names, &norm, err) ||
	    ml_get_count(in, "labels", INT32_MAX / 2, &m->rows, err) ||
	    ml_get_size(in, "clusters", m->rows, &m->clusters, err) ||
	    ml_get_real(in, "eps", &m->eps, err) ||
	    ml_get_ints(in, "labels", &m->label, m->rows, 0,
			m->clusters ? (int32_t)m->clusters - 1 : 0, err) ||
	    ml_bysize_load(&m->size, m->clusters, in, err))
		return err->code;
	m->norm = (enum ml_kd_norm)norm;
	if (!m->features || m->eps < 0 || (m->rows && !m->clusters))
		return ml_fail(err, ML_EDATA, "E-MODEL",
			       "%zu features, %zu clusters of %zu rows, eps %g", m->features,
			       m->clusters, m->rows, m->eps);
	return m->rows ? ml_kdtree_load(&m->tree, "core-rows", m->rows, m->features, m->norm,
					in, err)
		       : ML_OK;
}

static void release(void *state)
{
	struct dbscan *m = state;

	ml_kdtree_release(&m->tree);
	free(m->label);
	free(m->size);
}

const struct ml_model ml_dbscan = {
	.name = "dbscan",
	.summary = "clusters of rows that lie densely, of any shape; the rest is noise",
	.tasks = ML_CLUSTER,
	.flags = ML_WANTS_SCALE,
	.format = 1,
	.opts = opts,
	.opts_size = sizeof(struct dbscan_opts),
	.state_size = sizeof(struct dbscan),
	.fit = ML_FITTING(fit),
	.predict = predict,
	.save = save,
	.load = load,
	.release = release,
	.clusters = clusters,
	.sizes = sizes,
};
