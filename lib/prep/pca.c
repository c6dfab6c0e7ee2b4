/* pca.c - principal components, and singular vectors without centring.
 *
 *     pca:  X - 1 m' = U S V'    (m the means; rows weighted)
 *     svd:  X = U S V'
 *
 * with the k columns of V of the largest singular values (la/principal.h).  Made columns are
 * the scores (x - m) V; a whitened one has variance 1.  The sign of a component is such that
 * its entry of largest magnitude is positive.  Variances have the divisor n - 1 (weights: their
 * sum
 * - 1, which makes weight 2 the row twice; their sum, where that is at most 1).
 *
 *     HOW   K | SHARE | all | none, or COLUMNS=one of these
 *
 * Source: Pearson (1901); Jolliffe (2002), Principal Component Analysis; for large tables
 * Halko, Martinsson, Tropp (2011). */
#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "la/principal.h"
#include "prep/gather.h"
#include "prep/count_plan.h"
#include "prep/linear_map.h"

struct pca_opts {
	struct ml_joint_opts joint;
	int solver;
	bool whiten;
};

static const char *const solvers[] = { "auto", "exact", "randomized", NULL };
_Static_assert(ML_PRINCIPAL_EXACT == 1 && ML_PRINCIPAL_RANDOMIZED == 2, "as the words stand");

#define SOLVER \
	{ \
		.name = "solver", .type = ML_PICK, .def = "auto", .picks = solvers, \
		.arg = "HOW", .offset = ML_FIELD(struct pca_opts, solver, int), \
		.help = "exact, or by random directions; auto is exact unless rows and " \
			"columns are " \
			"more than 1000 and few of them are asked for" \
	}

static const struct ml_opt pca_options[] = { ML_JOINT_OPTS(struct pca_opts, "pca"),
					     SOLVER,
					     { .name = "whiten",
					       .type = ML_BOOL,
					       .def = "no",
					       .offset =
						       ML_FIELD(struct pca_opts, whiten, bool),
					       .help = "give each component variance 1" },
					     ML_OPT_END };
static const struct ml_opt svd_options[] = { ML_JOINT_OPTS(struct pca_opts, "svd"), SOLVER,
					     ML_OPT_END };

/* A component that has less of the largest one's deviation is rounding, and is not blown up. */
static const double least_deviation = 1e-12;

/* ---- learning ---- */

static int whiten(struct ml_linear_map *m, struct ml_error *err)
{
	size_t k = m->joint.k;
	double most = sqrt(m->explained[0]);

	if (!(m->per = ml_alloc(k, sizeof *m->per, err)))
		return err->code;
	for (size_t c = 0; c < k; c++) {
		double sd = sqrt(m->explained[c]);

		m->per[c] = sd > most * least_deviation && sd >= DBL_MIN ? sd : 1;
	}
	return ML_OK;
}

static int keep_found(struct ml_linear_map *m, struct ml_principal *found,
		      struct ml_gathered *g, bool centred, struct ml_error *err)
{
	double free_rows = centred && g->weight > 1 ? g->weight - 1 : g->weight;

	m->center = g->mean;
	g->mean = NULL;
	m->forth = found->v;
	found->v = NULL;
	if (!(m->explained = ml_alloc(found->k, sizeof *m->explained, err)))
		return err->code;
	for (size_t c = 0; c < found->k; c++)
		m->explained[c] = ml_gather_squares(g, found->square[c], 1 / free_rows);
	m->total = ml_gather_squares(g, found->total, 1 / free_rows);
	if (!isfinite(m->total) || !isfinite(m->explained[0]))
		return ml_fail(err, ML_EDATA, "E-RANGE",
			       "the variances are beyond the largest number; scale the columns "
			       "before");
	return ML_OK;
}

static int find(struct ml_linear_map *m, struct ml_gathered *g, const struct ml_count *many,
		const struct pca_opts *o, bool centred, const struct ml_run *run,
		struct ml_error *err)
{
	size_t p = g->matrix.p, most = g->rows < p ? g->rows : p;
	struct ml_principal_ask ask = { .k = many->all ? most : many->k,
					.share = many->share,
					.solver = (enum ml_principal_solver)o->solver,
					.seed = run->seed,
					.purpose = "pca",
					.threads = run->threads };
	struct ml_principal found = { 0 };

	if (many->share > 0 && ask.solver == ML_PRINCIPAL_RANDOMIZED)
		return ml_fail(err, ML_EUSAGE, "E-USAGE",
			       "a share needs all components: --solver exact");
	int rc = ml_count_check(many, most, most == p ? "columns" : "rows", err);
	if (!rc)
		rc = ml_principal_fit(&found, &g->matrix, &ask, err);
	if (!rc)
		rc = ml_joint_init(&m->joint, &o->joint, p, found.k, err);
	if (!rc)
		rc = keep_found(m, &found, g, centred, err);
	if (!rc && o->whiten)
		rc = whiten(m, err);
	ml_principal_release(&found);
	return rc;
}

static int learn(struct ml_linear_map *m, const struct ml_prep_fit *f, const struct pca_opts *o,
		 bool centred, size_t **cols, size_t *n, const struct ml_run *run,
		 struct ml_error *err)
{
	struct ml_count many = { 0 };
	struct ml_gathered g = { 0 };
	int rc = ml_count_plan(&many, f, ML_COUNT_SHARE | ML_COUNT_ALL, cols, n, err);

	if (!rc)
		rc = ml_gather(&g, f, *cols, *n, centred, run, err);
	if (!rc)
		rc = find(m, &g, &many, o, centred, run, err);
	ml_gather_release(&g);
	return rc;
}

static int fit_pca(void *state, const struct ml_prep_fit *f, const void *opts, size_t **cols,
		   size_t *n, const struct ml_run *run, struct ml_error *err)
{
	return learn(state, f, opts, true, cols, n, run, err);
}

static int fit_svd(void *state, const struct ml_prep_fit *f, const void *opts, size_t **cols,
		   size_t *n, const struct ml_run *run, struct ml_error *err)
{
	return learn(state, f, opts, false, cols, n, run, err);
}

/* ---- contracts ---- */

#define THE_SAME \
	.arg = "HOW", .example = "2", .flags = ML_PREP_FEAT | ML_PREP_MIXES | ML_PREP_SEEDED, \
	.format = 1, .opts_size = sizeof(struct pca_opts), \
	.state_size = sizeof(struct ml_linear_map), .apply = ml_linear_map_apply, \
	.save = ml_linear_map_save, .load = ml_linear_map_load, \
	.release = ml_linear_map_release, .restore = ml_linear_map_restore, \
	.components = ml_linear_map_components

const struct ml_prep ml_prep_pca = {
	.name = "pca",
	.summary = "principal components of columns in their place",
	.opts = pca_options,
	.fit = ML_LEARNING(fit_pca),
	THE_SAME,
};

const struct ml_prep ml_prep_svd = {
	.name = "svd",
	.summary = "singular vectors' scores in the place of columns, without centring",
	.opts = svd_options,
	.fit = ML_LEARNING(fit_svd),
	THE_SAME,
};
