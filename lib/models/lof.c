/* lof.c - local outlier factor: how much less densely a row lies than its neighbours do.
 *
 * N(a): the rows other than a that are no farther than the k-th nearest, whose distance is
 * far(a); of rows just as far all are taken.  The density of a row is
 *
 *     lrd(a) = 1 / (mean of max(far(b), |a - b|) over b in N(a)),
 *
 * and its factor the mean of lrd(b) / lrd(a) over b in N(a): about 1 among its like, the more
 * above it the more alone (Breunig, Kriegel, Ng, Sander 2000).  Rows that occur more than k
 * times would have infinite density: 1e-10 is added to the mean, as scikit-learn does.
 *
 * A new row is measured by the rows of training.  One that equals a row of training gets that
 * row's factor, in which it is not its own neighbour.  Weights are not looked at.
 * Cost: n queries to a tree of boxes, two for each; the model keeps the rows. */
#include <math.h>
#include <stdlib.h>

#include "base/mem.h"
#include "base/thread.h"
#include "la/kdtree.h"
#include "la/quantile.h"
#include "models/model.h"
#include "models/treefields.h"

enum { PIECE = 512 };
static const double never_zero = 1e-10;
static const double usual_threshold = 1.5;

static const char *const autos[] = { "auto", NULL };

struct lof_opts {
	int64_t neighbors;
	int metric; /* an ml_kd_norm */
	struct ml_pick_real contamination;
};

static const struct ml_opt opts[] = {
	{ .name = "neighbors",
	  .alias = "n-neighbors,k,min-pts",
	  .type = ML_INT,
	  .def = "20",
	  .lo = 1,
	  .hi = 1e6,
	  .tune = { ML_LOG, 5, 100 },
	  .arg = "K",
	  .offset = ML_FIELD(struct lof_opts, neighbors, int64_t),
	  .help = "rows that a row is compared with; all others, where there are fewer" },
	{ .name = "metric",
	  .type = ML_PICK,
	  .def = "euclidean",
	  .picks = ml_kd_norm_names,
	  .arg = "HOW",
	  .offset = ML_FIELD(struct lof_opts, metric, int),
	  .help = "how distances are measured" },
	{ .name = "contamination",
	  .type = ML_PICK_REAL,
	  .offset = ML_FIELD(struct lof_opts, contamination, struct ml_pick_real),
	  .def = "auto",
	  .picks = autos,
	  .lo = 0,
	  .hi = 0.5,
	  .arg = "SHARE",
	  .help = "share of the rows that are outliers; auto: those whose factor is above "
		  "1.5" },
	ML_OPT_END
};

struct lof {
	size_t features, n, k;
	enum ml_kd_norm norm;
	double threshold;
	struct ml_kdtree tree;
	double *far, *lrd, *factor; /* by row */
};

/* ---- one row ---- */

/* The neighbours of a row that is asked for: how many, and sums over them. */
struct hood {
	const struct lof *m;
	uint32_t self; /* left out; UINT32_MAX: none */
	size_t n;
	double reach, density; /* sums of max(far, distance), of lrd */
};

static bool add_reach(void *arg, size_t place, double d)
{
	struct hood *h = arg;
	uint32_t row = h->m->tree.row[place];
	double plain = ml_kd_plain(h->m->norm, d);

	if (row == h->self)
		return true;
	h->n++;
	h->reach += fmax(plain, h->m->far[row]);
	return true;
}

static bool add_density(void *arg, size_t place, double d)
{
	struct hood *h = arg;
	uint32_t row = h->m->tree.row[place];

	(void)d;
	if (row != h->self) {
		h->n++;
		h->density += h->m->lrd[row];
	}
	return true;
}

/* Raw distance of the k-th nearest row other than self; near: room for k + 1. */
static double kth(const struct lof *m, const double *q, uint32_t self, struct ml_near *near)
{
	size_t want = m->k + (self != UINT32_MAX), n, skip = 0;

	n = ml_kdtree_nearest(&m->tree, q, want, INFINITY, near);
	/* Of many rows that are alike, itself may not be among those found. */
	for (size_t i = 0; i < n; i++)
		skip |= near[i].row == self;
	return near[self != UINT32_MAX && !skip ? n - 2 : n - 1].d;
}

static double density(const struct lof *m, const double *q, uint32_t self, double raw)
{
	struct hood h = { .m = m, .self = self };

	ml_kdtree_within(&m->tree, q, raw, add_reach, &h);
	return 1 / (h.reach / (double)h.n + never_zero);
}

static double factor(const struct lof *m, const double *q, uint32_t self, double raw,
		     double own)
{
	struct hood h = { .m = m, .self = self };

	ml_kdtree_within(&m->tree, q, raw, add_density, &h);
	return h.density / (double)h.n / own;
}

/* ---- all rows ---- */

struct fitting {
	struct lof *m;
	double *raw; /* by row: distance of the k-th */
	int stage;
	const struct ml_run *run;
};

static int do_piece(void *arg, size_t block, int worker, struct ml_error *err)
{
	const struct fitting *f = arg;
	struct lof *m = f->m;
	size_t to = (block + 1) * PIECE < m->n ? (block + 1) * PIECE : m->n;
	double *q = ml_alloc(m->features, sizeof *q, err);
	struct ml_near *near = q ? ml_alloc(m->k + 1, sizeof *near, err) : NULL;

	(void)worker;
	for (size_t i = block * PIECE; near && i < to && !ml_run_over(f->run); i++) {
		uint32_t row = m->tree.row[i];
		ml_kdtree_point(&m->tree, i, q);
		if (f->stage == 0) {
			f->raw[row] = kth(m, q, row, near);
			m->far[row] = ml_kd_plain(m->norm, f->raw[row]);
		} else if (f->stage == 1) {
			m->lrd[row] = density(m, q, row, f->raw[row]);
		} else {
			m->factor[row] = factor(m, q, row, f->raw[row], m->lrd[row]);
		}
	}
	int rc = near ? ML_OK : err->code;
	free(near);
	free(q);
	return rc;
}

static int set_threshold(struct lof *m, const struct lof_opts *o, const double *w,
			 struct ml_error *err)
{
	struct ml_sorted s = { 0 };

	m->threshold = usual_threshold;
	if (o->contamination.pick >= 0)
		return ML_OK;
	int rc = ml_sorted_init(&s, m->factor, w, m->n, err);
	if (!rc)
		m->threshold = ml_sorted_quantile(&s, 1 - o->contamination.value);
	ml_sorted_release(&s);
	return rc;
}

static int check_finite(const struct lof *m, struct ml_error *err)
{
	for (size_t i = 0; i < m->n; i++)
		if (!isfinite(m->far[i]) || !isfinite(m->factor[i]))
			return ml_fail(err, ML_EDATA, "E-RANGE",
				       "lof: the distances are beyond the largest double; "
				       "scale the columns");
	return ML_OK;
}

static int fit(void *state, const struct ml_problem *p, const void *options,
	       const struct ml_run *run, struct ml_report *rep, struct ml_error *err)
{
	const struct lof_opts *o = options;
	struct lof *m = state;
	struct fitting f = { .m = m, .run = run };

	m->features = p->x.cols;
	m->n = p->x.rows;
	m->norm = (enum ml_kd_norm)o->metric;
	if (m->n < 2)
		return ml_fail(err, ML_EDATA, "E-TOOFEW", "lof: one row, expected two");
	m->k = (size_t)o->neighbors < m->n - 1 ? (size_t)o->neighbors : m->n - 1;
	int rc = ml_kdtree_init(&m->tree, &p->x, m->norm, err);
	if (!rc && (!(m->far = ml_alloc(m->n, sizeof *m->far, err)) ||
		    !(m->lrd = ml_alloc(m->n, sizeof *m->lrd, err)) ||
		    !(m->factor = ml_alloc(m->n, sizeof *m->factor, err)) ||
		    !(f.raw = ml_alloc(m->n, sizeof *f.raw, err))))
		rc = err->code;
	for (f.stage = 0; !rc && f.stage < 3; f.stage++)
		rc = ml_parallel(run->threads, (m->n + PIECE - 1) / PIECE, do_piece, &f, err);
	free(f.raw);
	if (!rc && ml_run_over(run))
		rc = ml_fail(err, ML_EDATA, "E-LIMIT", "lof: out of time");
	if (!rc)
		rc = check_finite(m, err);
	if (!rc)
		rc = set_threshold(m, o, p->w, err);
	*rep = (struct ml_report){ .converged = true, .objective = m->threshold };
	return rc;
}

static int predict(const void *state, const struct ml_mat *x, struct ml_mat *out,
		   struct ml_error *err)
{
	const struct lof *m = state;
	struct ml_near *near;

	if (ml_mat_expect(x, m->features, err))
		return err->code;
	if (!(near = ml_alloc(m->k + 1, sizeof *near, err)))
		return err->code;
	for (size_t i = 0; i < x->rows; i++) {
		const double *q = x->v + i * x->ld;
		double raw = kth(m, q, UINT32_MAX, near), *to = out->v + i * out->ld;
		*to = near[0].d == 0
			      ? m->factor[near[0].row]
			      : factor(m, q, UINT32_MAX, raw, density(m, q, UINT32_MAX, raw));
	}
	free(near);
	return ML_OK;
}

static double threshold(const void *state)
{
	return ((const struct lof *)state)->threshold;
}

static void save(const void *state, struct ml_fields *out)
{
	const struct lof *m = state;

	ml_put_size(out, "features", m->features);
	ml_put_size(out, "neighbors", m->k);
	ml_put_text(out, "metric", ml_kd_norm_names[m->norm]);
	ml_put_real(out, "threshold", m->threshold);
	ml_put_reals(out, "far", m->far, m->n);
	ml_put_reals(out, "density", m->lrd, m->n);
	ml_put_reals(out, "factor", m->factor, m->n);
	ml_kdtree_save(&m->tree, "rows", out);
}

static int load(void *state, unsigned format, const struct ml_fields *in, struct ml_error *err)
{
	struct lof *m = state;
	size_t norm;

	(void)format; /* only version 1 exists */
	if (ml_get_size(in, "features", 1u << 28, &m->features, err) ||
	    ml_get_count(in, "far", UINT32_MAX / 2, &m->n, err) ||
	    ml_get_size(in, "neighbors", m->n ? m->n - 1 : 0, &m->k, err) ||
	    ml_get_pick(in, "metric", ml_kd_norm_names, &norm, err) ||
	    ml_get_real(in, "threshold", &m->threshold, err) ||
	    ml_get_reals(in, "far", &m->far, m->n, err) ||
	    ml_get_reals(in, "density", &m->lrd, m->n, err) ||
	    ml_get_reals(in, "factor", &m->factor, m->n, err))
		return err->code;
	m->norm = (enum ml_kd_norm)norm;
	for (size_t i = 0; i < m->n; i++)
		if (!(m->far[i] >= 0) || !(m->lrd[i] > 0))
			return ml_fail(err, ML_EDATA, "E-MODEL", "row %zu: far %g, density %g",
				       i, m->far[i], m->lrd[i]);
	if (!m->k || !m->features)
		return ml_fail(err, ML_EDATA, "E-MODEL", "%zu features, %zu neighbours",
			       m->features, m->k);
	return ml_kdtree_load(&m->tree, "rows", m->n, m->features, m->norm, in, err);
}

static void release(void *state)
{
	struct lof *m = state;

	ml_kdtree_release(&m->tree);
	free(m->far);
	free(m->lrd);
	free(m->factor);
}

const struct ml_model ml_lof = {
	.name = "lof",
	.summary = "local outlier factor: rows that lie less densely than their neighbours",
	.tasks = ML_DETECT,
	.flags = ML_WANTS_SCALE | ML_SAMPLES_ROWS,
	.format = 1,
	.opts = opts,
	.opts_size = sizeof(struct lof_opts),
	.state_size = sizeof(struct lof),
	.fit = ML_FITTING(fit),
	.predict = predict,
	.save = save,
	.load = load,
	.release = release,
	.threshold = threshold,
};
