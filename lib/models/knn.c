/* knn.c - a row is like its nearest neighbours among the training rows.
 *
 * Found are the k rows that are least in the order (distance, row number), so that ties are
 * settled by which row came first.  Each votes for its class, or lends its number, with its
 * weight; with --weights distance that is divided by the distance, and rows at distance 0 alone
 * count where there are any.  Probabilities are shares of the votes; of classes with as many,
 * the first is predicted.
 *
 * Metrics: knn_near.c.  Weights multiply votes, and k counts rows: weight 2 is not the row
 * twice. Cost: fitting copies the rows; a prediction looks at some rows through a tree where
 * that is quicker (knn_index.c), else at all.  Reference: Cover, Hart (1967). */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "models/knn_parts.h"

const char *const ml_knn_metrics[] = { "euclidean", "manhattan", "chebyshev", "minkowski",
				       "cosine",    "hamming",   "gower",     NULL };
const char *const ml_knn_searches[] = { "auto", "brute", "tree", "ball-tree", NULL };

struct knn_opts {
	int64_t k;
	int metric, search, weights;
	double exponent;
};

enum { UNIFORM, BY_DISTANCE };
static const char *const weightings[] = { "uniform", "distance", NULL };

static const struct ml_opt opts[] = {
	{ .name = "neighbors",
	  .letter = 'k',
	  .alias = "n-neighbors",
	  .type = ML_INT,
	  .def = "5",
	  .lo = 1,
	  .hi = 1e6,
	  .offset = ML_FIELD(struct knn_opts, k, int64_t),
	  .tune = { ML_LOG, 1, 100 },
	  .arg = "N",
	  .help = "how many rows are asked" },
	{ .name = "metric",
	  .type = ML_PICK,
	  .def = "euclidean",
	  .picks = ml_knn_metrics,
	  .arg = "NAME",
	  .offset = ML_FIELD(struct knn_opts, metric, int),
	  .help = "what distance is; hamming and gower take categories and missing values as "
		  "they are" },
	{ .name = "p",
	  .letter = 'p',
	  .type = ML_REAL,
	  .def = "2",
	  .lo = 1,
	  .hi = 1000,
	  .when = "metric=minkowski",
	  .arg = "X",
	  .offset = ML_FIELD(struct knn_opts, exponent, double),
	  .help = "distance is (sum |difference|^X)^(1/X)" },
	{ .name = "weights",
	  .type = ML_PICK,
	  .def = "uniform",
	  .picks = weightings,
	  .arg = "HOW",
	  .offset = ML_FIELD(struct knn_opts, weights, int),
	  .tune = { ML_LINEAR, 0, 0 },
	  .help = "neighbours count alike, or by 1 / distance" },
	{ .name = "search",
	  .type = ML_PICK,
	  .def = "auto",
	  .picks = ml_knn_searches,
	  .arg = "HOW",
	  .offset = ML_FIELD(struct knn_opts, search, int),
	  .neutral = true,
	  .help = "how neighbours are found: by a tree of boxes, one of balls, or by looking "
		  "at all rows; what is found is the same" },
	ML_OPT_END
};

/* ---- fitting ---- */

static int copy_rows(struct ml_knn *m, const struct ml_problem *p, struct ml_error *err)
{
	size_t n = m->n, cols = m->p;

	if (!(m->x = ml_alloc(n, cols * sizeof *m->x, err)) ||
	    !(m->y = ml_alloc(n, sizeof *m->y, err)) ||
	    (p->w && !(m->w = ml_alloc(n, sizeof *m->w, err))) ||
	    !(m->levels = ml_alloc(cols, sizeof *m->levels, err)))
		return err->code;
	for (size_t i = 0; i < n; i++)
		memcpy(m->x + i * cols, p->x.v + i * p->x.ld, cols * sizeof *m->x);
	memcpy(m->y, p->y, n * sizeof *m->y);
	if (p->w)
		memcpy(m->w, p->w, n * sizeof *m->w);
	for (size_t j = 0; p->levels && j < cols; j++)
		m->levels[j] = p->levels[j];
	return ML_OK;
}

static int fit(void *state, const struct ml_problem *p, const void *options,
	       const struct ml_run *run, struct ml_report *rep, struct ml_error *err)
{
	const struct knn_opts *o = options;
	struct ml_knn *m = state;

	(void)run;
	*m = (struct ml_knn){ .n = p->x.rows,
			      .p = p->x.cols,
			      .classes = p->nclass,
			      .k = (size_t)o->k,
			      .metric = o->metric,
			      .search = o->search,
			      .exponent = o->exponent,
			      .by_distance = o->weights == BY_DISTANCE };
	if (m->k > m->n)
		return ml_fail(err, ML_EDATA, "E-TOOFEW", "knn: %zu neighbours of %zu rows",
			       m->k, m->n);
	*rep = (struct ml_report){ .converged = true };
	int rc = copy_rows(m, p, err);
	if (!rc)
		rc = ml_knn_prepare(m, err);
	return rc ? rc : ml_knn_index(m, err);
}

/* ---- predicting ---- */

/* How much neighbour l of a row counts; v: the n that were found. */
static double vote(const struct ml_knn *m, const struct ml_near *v, size_t n, size_t l)
{
	double weight = m->w ? m->w[v[l].row] : 1, nearest;

	if (!m->by_distance)
		return weight;
	if (v[0].d == 0)
		return v[l].d == 0 ? weight : 0;
	/* By the nearest distance over it: at most 1.  Beyond doubles all are as far. */
	nearest = m->finder->plain(m, v[0].d);
	if (isinf(v[0].d) || n == 1)
		return weight;
	return weight * (nearest / m->finder->plain(m, v[l].d));
}

/* Row weights are scaled, so that no sum of them overflows. */
enum { ROOM = 64 };

static void answer(const struct ml_knn *m, const struct ml_near *v, double *out)
{
	size_t n = 0, width = m->classes ? m->classes : 1;
	double total = 0;

	while (n < m->k && !isnan(v[n].d))
		n++;
	for (size_t c = 0; c < width; c++)
		out[c] = n ? 0 : (double)NAN;
	for (size_t l = 0; l < n; l++)
		total += ldexp(vote(m, v, n, l), -ROOM);
	for (size_t l = 0; l < n; l++) {
		double one = ldexp(vote(m, v, n, l), -ROOM), y = m->y[v[l].row];

		if (m->classes)
			out[(size_t)y] += one;
		else
			out[0] += one / total * y;
	}
	/* Added in the same order, votes for a class do not exceed all of them. */
	for (size_t c = 0; n && c < m->classes; c++)
		out[c] /= total;
}

/* So many neighbours are held at a time, 16 MiB, or those of a row. */
enum { NEAR = 1 << 20 };

static int predict(const void *state, const struct ml_mat *x, struct ml_mat *out,
		   struct ml_error *err)
{
	const struct ml_knn *m = state;
	size_t step = NEAR / m->k + 1;

	if (ml_mat_expect(x, m->p, err))
		return err->code;
	step = step < x->rows ? step : x->rows;
	struct ml_near *near = ml_alloc(step, m->k * sizeof *near, err);
	int rc = near ? ML_OK : err->code;
	for (size_t from = 0; !rc && from < x->rows; from += step) {
		struct ml_mat some = { x->v + from * x->ld, x->rows - from, x->cols, x->ld };

		some.rows = some.rows < step ? some.rows : step;
		rc = m->finder->find(m, &some, near, err);
		for (size_t i = 0; !rc && i < some.rows; i++)
			answer(m, near + i * m->k, out->v + (from + i) * out->ld);
	}
	free(near);
	return rc;
}

/* ---- the contract ---- */

static unsigned asks(const void *options)
{
	const struct knn_opts *o = options;

	if (ml_knn_by_column(o->metric))
		return ML_TAKES_CATEGORY | ML_TAKES_MISSING;
	return o->metric == ML_KNN_COSINE ? 0 : ML_WANTS_SCALE;
}

static bool takes_missing(const void *state)
{
	return ml_knn_by_column(((const struct ml_knn *)state)->metric);
}

static size_t width(const void *state)
{
	const struct ml_knn *m = state;

	return m->classes ? m->classes : 1;
}

static void save(const void *state, struct ml_fields *out)
{
	ml_knn_save(state, out);
}

static int load(void *state, unsigned format, const struct ml_fields *in, struct ml_error *err)
{
	(void)format; /* version 1 knew no ball-tree */
	return ml_knn_load(state, in, err);
}

static void release(void *state)
{
	struct ml_knn *m = state;

	ml_knn_forget_index(m);
	free(m->levels);
	free(m->w);
	free(m->y);
	free(m->x);
}

const struct ml_model ml_knn = {
	.name = "knn",
	.summary = "nearest neighbours, by seven distances; exact, and quick where columns are "
		   "few",
	.tasks = ML_CLASSIFY | ML_REGRESS,
	.flags = ML_WANTS_SCALE | ML_TAKES_CATEGORY | ML_TAKES_MISSING | ML_SAMPLES_ROWS |
		 ML_HARD_ROWS,
	.format = 2,
	.opts = opts,
	.opts_size = sizeof(struct knn_opts),
	.state_size = sizeof(struct ml_knn),
	.fit = ML_FITTING(fit),
	.predict = predict,
	.width = width,
	.save = save,
	.load = load,
	.release = release,
	.asks = asks,
	.takes_missing = takes_missing,
};
