/* ica.c - independent components: sources s of variance 1 such that x = m + A s, as far from
 * normal as can be (la/fastica.h).
 *
 *     HOW   K | all | none, or COLUMNS=one of these
 *
 * Rows are first whitened by their K leading principal components; the sources are those
 * turned. Their order is that of the variance they have in the columns, sum_j A_jc^2 (these add
 * up to that of the K principal components); the sign makes the entry of A of largest magnitude
 * positive.  Source: Hyvarinen, Oja (2000), Neural Networks 13. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/rng.h"
#include "la/argsort.h"
#include "la/fastica.h"
#include "la/principal.h"
#include "la/spectrum.h"
#include "prep/gather.h"
#include "prep/count_plan.h"
#include "prep/linear_map.h"

struct ica_opts {
	struct ml_joint_opts joint;
	int contrast;
	int64_t max_iter;
	double tol;
};

static const char *const contrasts[] = { "logcosh", "exp", "cube", NULL };
_Static_assert(ML_CONTRAST_LOGCOSH == 0 && ML_CONTRAST_EXP == 1 && ML_CONTRAST_CUBE == 2,
	       "as the words stand");

static const struct ml_opt opts[] = {
	ML_JOINT_OPTS(struct ica_opts, "ica"),
	{ .name = "contrast",
	  .type = ML_PICK,
	  .def = "logcosh",
	  .picks = contrasts,
	  .arg = "FUNCTION",
	  .offset = ML_FIELD(struct ica_opts, contrast, int),
	  .help = "what tells how far from normal a component is" },
	{ .name = "max-iter",
	  .type = ML_INT,
	  .def = "200",
	  .lo = 1,
	  .hi = 1e9,
	  .arg = "N",
	  .offset = ML_FIELD(struct ica_opts, max_iter, int64_t),
	  .help = "iterations at most" },
	{ .name = "tol",
	  .type = ML_REAL,
	  .def = "1e-6",
	  .lo = 0,
	  .hi = 1,
	  .arg = "NUMBER",
	  .offset = ML_FIELD(struct ica_opts, tol, double),
	  .help = "stop when no component turns by more: 1 less the cosine" },
	ML_OPT_END
};

/* A direction with less of the deviation of the largest is rounding. */
static const double least_deviation = 1e-12;

/* ---- learning ---- */

struct learning {
	struct ml_linear_map *m;
	struct ml_gathered g;
	struct ml_principal found;
	double *whiten, *deviation, *rotation;
	size_t k, p;
};

static void release_learning(struct learning *l)
{
	ml_gather_release(&l->g);
	ml_principal_release(&l->found);
	free(l->whiten);
	free(l->deviation);
	free(l->rotation);
}

/* Principal components of variance 1, in units of the matrix. */
static int prepare(struct learning *l, struct ml_error *err)
{
	size_t k = l->k = l->found.k, p = l->p;

	if (!(l->whiten = ml_alloc(k * p, sizeof *l->whiten, err)) ||
	    !(l->deviation = ml_alloc(k, sizeof *l->deviation, err)) ||
	    !(l->rotation = ml_alloc(k * k, sizeof *l->rotation, err)))
		return err->code;
	for (size_t c = 0; c < k; c++) {
		double sd = sqrt(l->found.square[c] * l->g.largest / l->g.weight);

		l->deviation[c] = sd;
		if (!(sd > l->deviation[0] * least_deviation))
			return ml_fail(err, ML_EDATA, "E-LIMIT",
				       "%zu asked for, where the columns spread in %zu "
				       "directions",
				       k, c);
		for (size_t j = 0; j < p; j++)
			l->whiten[c * p + j] = l->found.v[c * p + j] / sd;
	}
	return ML_OK;
}

/* A normal number by twelve uniform ones would do as well: any start off the axes. */
static void draw_start(double *v, size_t n, uint64_t seed)
{
	struct ml_rng r;

	ml_rng_init(&r, seed, "ica", 0);
	for (size_t i = 0; i < n; i++)
		v[i] = 2 * ml_rng_uniform(&r) - 1;
}

/* The maps of a turned component there and back, in units of the columns. */
static void turn(const struct learning *l, const double *w, double *forth, double *back)
{
	double unit = ldexp(1, l->g.exponent);

	for (size_t j = 0; j < l->p; j++) {
		forth[j] = back[j] = 0;
		for (size_t d = 0; d < l->k; d++) {
			forth[j] += w[d] * l->whiten[d * l->p + j];
			back[j] += w[d] * l->deviation[d] * l->found.v[d * l->p + j];
		}
		forth[j] /= unit;
		back[j] *= unit;
	}
}

static int keep_found(struct learning *l, struct ml_error *err)
{
	struct ml_linear_map *m = l->m;
	size_t k = l->k, p = l->p;
	double *minus = ml_alloc(k, sizeof *minus, err);
	uint32_t *order = ml_alloc(k, sizeof *order, err);
	int rc = minus && order ? ML_OK : err->code;

	m->center = l->g.mean;
	l->g.mean = NULL;
	if (!rc && (!(m->forth = ml_alloc(k * p, sizeof *m->forth, err)) ||
		    !(m->back = ml_alloc(k * p, sizeof *m->back, err)) ||
		    !(m->explained = ml_alloc(k, sizeof *m->explained, err))))
		rc = err->code;
	for (size_t c = 0; !rc && c < k; c++)
		for (size_t d = 0; d < k; d++) {
			double a = l->rotation[c * k + d] * l->deviation[d];

			minus[c] -= a * a;
		}
	if (!rc)
		rc = ml_argsort(minus, 1, k, order, err);
	for (size_t c = 0; !rc && c < k; c++) {
		turn(l, l->rotation + order[c] * k, m->forth + c * p, m->back + c * p);
		if (ml_sign_is_wrong(m->back + c * p, p)) {
			ml_negate(m->back + c * p, p);
			ml_negate(m->forth + c * p, p);
		}
		m->explained[c] = ldexp(-minus[order[c]], 2 * l->g.exponent);
	}
	m->total = ml_gather_squares(&l->g, l->found.total, 1 / l->g.weight);
	for (size_t i = 0; !rc && i < k * p; i++)
		if (!isfinite(m->forth[i]) || !isfinite(m->back[i]) || !isfinite(m->total))
			rc = ml_fail(err, ML_EDATA, "E-RANGE",
				     "the components leave the range of doubles; scale the "
				     "columns before");
	free(minus);
	free(order);
	return rc;
}

static int find(struct learning *l, const struct ml_prep_fit *f, const struct ica_opts *o,
		const struct ml_run *run, struct ml_error *err)
{
	const struct ml_fastica_ask ask = { (enum ml_contrast)o->contrast, (size_t)o->max_iter,
					    o->tol };
	struct ml_fastica_report report;
	struct ml_columnar plain = l->g.matrix;

	plain.root = NULL;
	draw_start(l->rotation, l->k * l->k, run->seed);
	int rc =
		ml_fastica(&plain, f->w, l->whiten, l->k, l->rotation, &ask, run, &report, err);
	if (!rc && !report.converged && run->warn)
		run->warn(run->user, "W-ITER", SIZE_MAX,
			  "ica stopped after %zu iterations, before it converged",
			  report.iters);
	return rc;
}

static int fit(void *state, const struct ml_prep_fit *f, const void *options, size_t **cols,
	       size_t *n, const struct ml_run *run, struct ml_error *err)
{
	const struct ica_opts *o = options;
	struct learning l = { .m = state };
	struct ml_count many = { 0 };
	int rc = ml_count_plan(&many, f, ML_COUNT_ALL, cols, n, err);

	l.p = *n;
	if (!rc)
		rc = ml_gather(&l.g, f, *cols, *n, true, run, err);
	size_t most = l.g.rows < *n ? l.g.rows : *n;
	struct ml_principal_ask ask = { .k = many.all ? most : many.k,
					.solver = ML_PRINCIPAL_AUTO,
					.seed = run->seed,
					.purpose = "ica-whiten",
					.threads = run->threads };
	if (!rc)
		rc = ml_count_check(&many, most, most == *n ? "columns" : "rows", err);
	if (!rc)
		rc = ml_principal_fit(&l.found, &l.g.matrix, &ask, err);
	if (!rc)
		rc = prepare(&l, err);
	if (!rc)
		rc = find(&l, f, o, run, err);
	if (!rc)
		rc = ml_joint_init(&l.m->joint, &o->joint, l.p, l.k, err);
	if (!rc)
		rc = keep_found(&l, err);
	release_learning(&l);
	return rc;
}

const struct ml_prep ml_prep_ica = {
	.name = "ica",
	.summary = "independent components of columns in their place",
	.arg = "HOW",
	.example = "2",
	.flags = ML_PREP_FEAT | ML_PREP_MIXES | ML_PREP_SEEDED,
	.format = 1,
	.opts = opts,
	.opts_size = sizeof(struct ica_opts),
	.state_size = sizeof(struct ml_linear_map),
	.fit = ML_LEARNING(fit),
	.apply = ml_linear_map_apply,
	.save = ml_linear_map_save,
	.load = ml_linear_map_load,
	.release = ml_linear_map_release,
	.restore = ml_linear_map_restore,
	.components = ml_linear_map_components,
};
