/* hclust.c - hierarchical clustering: rows are merged into clusters, these into larger ones,
 * and the tree of merges is cut (agglomerate.h).
 *
 * It is cut where n-clusters are left, or below the first merge higher than height.  A new row
 * gets the cluster of the row of training that is nearest to it, so that the rows of training
 * get their own: a cluster of a tree need not be what is nearest to a centre. */
#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "la/kdtree.h"
#include "la/scale.h"
#include "models/agglomerate.h"
#include "models/bysize.h"
#include "models/model.h"
#include "models/treefields.h"

static const char *const linkages[] = { "ward",     "complete", "average", "single",
					"centroid", "median",   NULL };
static const char *const nones[] = { "none", NULL };
/* Squares of numbers up to 2^ROOM, summed and weighed, do not overflow. */
enum { ROOM = 300 };

struct hclust_opts {
	int linkage;
	int64_t clusters;
	struct ml_pick_real height;
};

static const struct ml_opt opts[] = {
	{ .name = "linkage",
	  .alias = "method",
	  .type = ML_PICK,
	  .def = "ward",
	  .picks = linkages,
	  .arg = "HOW",
	  .offset = ML_FIELD(struct hclust_opts, linkage, int),
	  .tune = { ML_LINEAR, 0, 0 },
	  .help = "how far clusters are from each other" },
	{ .name = "n-clusters",
	  .letter = 'k',
	  .type = ML_INT,
	  .def = "2",
	  .lo = 1,
	  .hi = 1e9,
	  .tune = { ML_LINEAR, 2, 20 },
	  .arg = "N",
	  .offset = ML_FIELD(struct hclust_opts, clusters, int64_t),
	  .help = "where to cut: clusters that are left; not with --height" },
	{ .name = "height",
	  .alias = "distance-threshold",
	  .type = ML_PICK_REAL,
	  .def = "none",
	  .picks = nones,
	  .lo = 0,
	  .hi = 1e300,
	  .arg = "X",
	  .offset = ML_FIELD(struct hclust_opts, height, struct ml_pick_real),
	  .help = "where to cut: no merge higher than this is made" },
	ML_OPT_END
};

struct hclust {
	size_t features, clusters;
	struct ml_dendrogram tree;
	struct ml_kdtree rows; /* of training */
	int32_t *label;        /* their clusters */
	double *size;          /* clusters + 1: the last is noise, of which there is none */
};

/* Merges of the numbers times 2^-shift, weights times 2^-by; heights are put back. */
static int merge_scaled(struct hclust *m, enum ml_linkage how, const struct ml_problem *p,
			int shift, const struct ml_run *run, struct ml_error *err)
{
	size_t n = p->x.rows;
	double *x = NULL, *w = NULL, most = 0;
	struct ml_mat scaled = p->x;
	int by = 0, rc = ML_OK;

	for (size_t i = 0; p->w && i < n; i++)
		most = fmax(most, p->w[i]);
	by = ml_exponent(most);
	by += by & 1; /* its square root is a power of two */
	if (p->w && !(w = ml_alloc(n, sizeof *w, err)))
		return err->code;
	for (size_t i = 0; w && i < n; i++)
		w[i] = ldexp(p->w[i], -by);
	if (shift && !(x = ml_alloc(n * p->x.cols, sizeof *x, err)))
		rc = err->code;
	for (size_t i = 0; x && i < n; i++)
		for (size_t j = 0; j < p->x.cols; j++)
			x[i * p->x.cols + j] = ldexp(p->x.v[i * p->x.ld + j], -shift);
	if (x)
		scaled = (struct ml_mat){ x, n, p->x.cols, p->x.cols };
	if (!rc)
		rc = ml_agglomerate(&m->tree, how, &scaled, w, run, err);
	/* Only Ward's heights have weights in them, by their square root. */
	double unit = w && how == ML_WARD ? ldexp(1, by / 2) : 1;
	for (size_t s = 0; !rc && s + 1 < n; s++)
		m->tree.merge[s].height =
			fmin(ldexp(m->tree.merge[s].height * unit, shift), DBL_MAX);
	free(x);
	free(w);
	return rc;
}

static int merge_all(struct hclust *m, enum ml_linkage how, const struct ml_problem *p,
		     const struct ml_run *run, struct ml_error *err)
{
	double most = 0;

	for (size_t i = 0; i < p->x.rows; i++)
		for (size_t j = 0; j < p->x.cols; j++)
			most = fmax(most, fabs(p->x.v[i * p->x.ld + j]));
	int e = ml_exponent(most);
	return merge_scaled(m, how, p, e > ROOM || e < -ROOM ? e : 0, run, err);
}

/* How many merges are made. */
static int steps_of(const struct hclust *m, const struct hclust_opts *o, size_t *steps,
		    struct ml_error *err)
{
	size_t n = m->tree.n;

	*steps = 0;
	if (o->height.pick < 0) {
		while (*steps + 1 < n && m->tree.merge[*steps].height <= o->height.value)
			++*steps;
		return ML_OK;
	}
	if ((size_t)o->clusters > n)
		return ml_fail(err, ML_EDATA, "E-TOOFEW", "hclust: %zu rows for %lld clusters",
			       n, (long long)o->clusters);
	*steps = n - (size_t)o->clusters;
	return ML_OK;
}

static int fit(void *state, const struct ml_problem *p, const void *options,
	       const struct ml_run *run, struct ml_report *rep, struct ml_error *err)
{
	const struct hclust_opts *o = options;
	struct hclust *m = state;
	size_t n = p->x.rows, steps = 0;
	uint32_t *label = NULL;

	m->features = p->x.cols;
	int rc = ml_dendrogram_init(&m->tree, n, err);
	if (!rc)
		rc = merge_all(m, (enum ml_linkage)o->linkage, p, run, err);
	if (!rc)
		rc = steps_of(m, o, &steps, err);
	if (!rc && (!(label = ml_alloc(n, sizeof *label, err)) ||
		    !(m->label = ml_alloc(n, sizeof *m->label, err))))
		rc = err->code;
	if (!rc)
		rc = ml_dendrogram_cut(&m->tree, steps, label, err);
	for (size_t i = 0; !rc && i < n; i++)
		m->label[i] = (int32_t)label[i];
	m->clusters = n - steps;
	if (!rc)
		rc = ml_bysize(m->label, n, m->clusters, p->w, &m->size, err);
	if (!rc)
		rc = ml_kdtree_init(&m->rows, &p->x, ML_KD_EUCLIDEAN, err);
	*rep = (struct ml_report){ .iters = steps,
				   .converged = true,
				   .objective =
					   !rc && steps ? m->tree.merge[steps - 1].height : 0 };
	free(label);
	return rc;
}

static int predict(const void *state, const struct ml_mat *x, struct ml_mat *out,
		   struct ml_error *err)
{
	const struct hclust *m = state;

	if (ml_mat_expect(x, m->features, err))
		return err->code;
	for (size_t i = 0; i < x->rows; i++) {
		struct ml_near near = { 0 };
		(void)ml_kdtree_nearest(&m->rows, x->v + i * x->ld, 1, INFINITY, &near);
		out->v[i * out->ld] = m->label[near.row];
	}
	return ML_OK;
}

static size_t clusters(const void *state)
{
	return ((const struct hclust *)state)->clusters;
}

static void sizes(const void *state, double *size)
{
	const struct hclust *m = state;

	memcpy(size, m->size, (m->clusters + 1) * sizeof *size);
}

static const struct ml_dendrogram *dendrogram(const void *state)
{
	return &((const struct hclust *)state)->tree;
}

static void save(const void *state, struct ml_fields *out)
{
	const struct hclust *m = state;

	ml_put_size(out, "features", m->features);
	ml_put_size(out, "clusters", m->clusters);
	ml_bysize_save(m->size, m->clusters, out);
	ml_put_ints(out, "labels", m->label, m->tree.n);
	ml_dendrogram_save(&m->tree, out);
	ml_kdtree_save(&m->rows, "rows", out);
}

static int load(void *state, unsigned format, const struct ml_fields *in, struct ml_error *err)
{
	struct hclust *m = state;
	size_t n;

	(void)format; /* only version 1 exists */
	if (ml_get_size(in, "features", 1u << 28, &m->features, err) ||
	    ml_get_count(in, "labels", INT32_MAX / 2, &n, err) ||
	    ml_get_size(in, "clusters", n, &m->clusters, err))
		return err->code;
	if (!n || !m->clusters || !m->features)
		return ml_fail(err, ML_EDATA, "E-MODEL",
			       "%zu rows of %zu features in %zu clusters", n, m->features,
			       m->clusters);
	if (ml_get_ints(in, "labels", &m->label, n, 0, (int32_t)m->clusters - 1, err) ||
	    ml_bysize_load(&m->size, m->clusters, in, err) ||
	    ml_dendrogram_load(&m->tree, n, in, err))
		return err->code;
	return ml_kdtree_load(&m->rows, "rows", n, m->features, ML_KD_EUCLIDEAN, in, err);
}

static void release(void *state)
{
	struct hclust *m = state;

	ml_dendrogram_release(&m->tree);
	ml_kdtree_release(&m->rows);
	free(m->label);
	free(m->size);
}

const struct ml_model ml_hclust = {
	.name = "hclust",
	.summary = "hierarchical clustering: a tree of merges, cut by number or height",
	.tasks = ML_CLUSTER,
	.flags = ML_WANTS_SCALE,
	.format = 1,
	.opts = opts,
	.opts_size = sizeof(struct hclust_opts),
	.state_size = sizeof(struct hclust),
	.fit = ML_FITTING(fit),
	.predict = predict,
	.save = save,
	.load = load,
	.release = release,
	.clusters = clusters,
	.sizes = sizes,
	.dendrogram = dendrogram,
};
