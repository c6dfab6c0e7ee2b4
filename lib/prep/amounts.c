/* amounts.c - nonnegative matrix factors: a row as a sum of parts, x = sum_c amount_c part_c,
 * no amount and no entry of a part below 0.
 *
 *     HOW   K | none, or COLUMNS=one of these
 *
 * Fitting: la/nmf.h.  The entries of a part add up to 1, so that the amount of a part is what
 * it adds to the sum of the row; parts are in the order of their mean amounts.  Applying: for
 * each row the amounts that come nearest to it (la/nonneg.h), to the last digits, whatever rows
 * stand beside it.  Source: Lee, Seung (1999), Nature 401; Paatero, Tapper (1994). */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/rng.h"
#include "base/utf8.h"
#include "la/argsort.h"
#include "la/block.h"
#include "la/nmf.h"
#include "la/nonneg.h"
#include "la/principal.h"
#include "prep/gather.h"
#include "prep/count_plan.h"
#include "prep/joint.h"

struct nmf_opts {
	struct ml_joint_opts joint;
	int init;
	int64_t max_iter;
	double tol;
};

enum { NNDSVD, RANDOM };
static const char *const inits[] = { "nndsvd", "random", NULL };

static const struct ml_opt opts[] = {
	ML_JOINT_OPTS(struct nmf_opts, "nmf"),
	{ .name = "init",
	  .type = ML_PICK,
	  .def = "nndsvd",
	  .picks = inits,
	  .arg = "HOW",
	  .offset = ML_FIELD(struct nmf_opts, init, int),
	  .help = "the parts to begin with: from singular vectors, or random" },
	{ .name = "max-iter",
	  .type = ML_INT,
	  .def = "200",
	  .lo = 1,
	  .hi = 1e9,
	  .arg = "N",
	  .offset = ML_FIELD(struct nmf_opts, max_iter, int64_t),
	  .help = "iterations at most" },
	{ .name = "tol",
	  .type = ML_REAL,
	  .def = "1e-4",
	  .lo = 0,
	  .hi = 1,
	  .arg = "NUMBER",
	  .offset = ML_FIELD(struct nmf_opts, tol, double),
	  .help = "stop when gradients are this share of those at the beginning" },
	ML_OPT_END
};

struct nmf {
	struct ml_joint joint;
	double *part;      /* k x n, owned */
	double *explained; /* k mean amounts, owned */
	double total;      /* mean sum of a row */
	double residual;   /* share of the squares that is left */
	double *gram;      /* k x k products of the parts, owned */
};

static int multiply_parts(struct nmf *m, struct ml_error *err)
{
	size_t k = m->joint.k, n = m->joint.n;

	if (!(m->gram = ml_alloc(k * k, sizeof *m->gram, err)))
		return err->code;
	for (size_t a = 0; a < k; a++)
		for (size_t b = 0; b < k; b++)
			for (size_t j = 0; j < n; j++)
				m->gram[a * k + b] += m->part[a * n + j] * m->part[b * n + j];
	return ML_OK;
}

/* ---- learning ---- */

static int refuse_negative(const struct ml_prep_fit *f, const size_t *cols, size_t n,
			   struct ml_error *err)
{
	for (size_t k = 0; k < n; k++) {
		const struct ml_column *c = &f->table->col[cols[k]];

		for (size_t i = 0; i < f->table->rows; i++)
			if (c->num[i] < 0)
				return ml_fail_row(err, i, ML_EDATA, "E-RANGE",
						   "%s: %g, where nothing may be below 0",
						   ML_SHOW(c->name, strlen(c->name)),
						   c->num[i]);
	}
	return ML_OK;
}

struct learning {
	struct nmf *m;
	struct ml_gathered g;
	struct ml_nmf fit;
	size_t k, p;
};

/* A start need not be exact: with so many times more rows and columns than parts, singular
 * vectors by random directions cost less than all products of columns. */
enum { FEW = 20 };

static int begin(struct learning *l, const struct nmf_opts *o, const struct ml_run *run,
		 struct ml_error *err)
{
	size_t k = l->k, p = l->p, few = p < l->g.matrix.n ? p : l->g.matrix.n;
	struct ml_principal_ask ask = { .k = k,
					.solver = few / FEW >= k ? ML_PRINCIPAL_RANDOMIZED
								 : ML_PRINCIPAL_AUTO,
					.rough = true,
					.seed = run->seed,
					.purpose = "nmf",
					.threads = run->threads };
	struct ml_principal found = { 0 };
	struct ml_rng r;

	if (!(l->fit.w = ml_alloc(l->g.matrix.n, k * sizeof *l->fit.w, err)))
		return err->code;
	if (o->init == RANDOM) {
		if (!(l->fit.h = ml_alloc(k * p, sizeof *l->fit.h, err)))
			return err->code;
		ml_rng_init(&r, run->seed, "nmf", 0);
		for (size_t i = 0; i < k * p; i++)
			l->fit.h[i] = ml_rng_uniform(&r);
		return ML_OK;
	}
	int rc = ml_principal_fit(&found, &l->g.matrix, &ask, err);
	if (!rc)
		rc = ml_nmf_start(&l->g.matrix, found.v, k, l->fit.w, run->threads, err);
	l->fit.h = found.v;
	found.v = NULL;
	ml_principal_release(&found);
	return rc;
}

/* Mean amount of part c, whose entries add up to `sum`, in units of the columns. */
static double mean_amount(const struct learning *l, size_t c, double sum)
{
	double amount = 0;

	for (size_t i = 0; i < l->g.matrix.n; i++)
		amount += (l->g.root ? l->g.root[i] : 1) * l->fit.w[i * l->k + c];
	return ldexp(amount * sum * l->g.largest / l->g.weight, l->g.exponent);
}

static void put_part(struct learning *l, size_t to, size_t from, double sum)
{
	for (size_t j = 0; j < l->p; j++)
		l->m->part[to * l->p + j] = sum > 0 ? l->fit.h[from * l->p + j] / sum : 0;
}

static int keep_found(struct learning *l, struct ml_error *err)
{
	struct nmf *m = l->m;
	size_t k = l->k, p = l->p;
	double *minus = ml_alloc(2 * k, sizeof *minus, err), *sum = minus ? minus + k : NULL;
	uint32_t *order = ml_alloc(k, sizeof *order, err);
	int rc = minus && order ? ML_OK : err->code;

	if (!rc && (!(m->part = ml_alloc(k * p, sizeof *m->part, err)) ||
		    !(m->explained = ml_alloc(k, sizeof *m->explained, err))))
		rc = err->code;
	for (size_t c = 0; !rc && c < k; c++) {
		for (size_t j = 0; j < p; j++)
			sum[c] += l->fit.h[c * p + j];
		minus[c] = -mean_amount(l, c, sum[c]);
	}
	if (!rc)
		rc = ml_argsort(minus, 1, k, order, err);
	for (size_t c = 0; !rc && c < k; c++) {
		put_part(l, c, order[c], sum[order[c]]);
		m->explained[c] = fabs(minus[order[c]]);
	}
	m->residual = l->fit.residual;
	if (!rc && !(isfinite(m->total) && isfinite(m->explained[0])))
		rc = ml_fail(err, ML_EDATA, "E-RANGE",
			     "sums of a row are beyond the largest number; scale the columns "
			     "before");
	free(minus);
	free(order);
	return rc ? rc : multiply_parts(m, err);
}

static int factorise(struct learning *l, const struct nmf_opts *o, const struct ml_run *run,
		     struct ml_error *err)
{
	l->fit.a = &l->g.matrix;
	l->fit.k = l->k;
	l->fit.max_iter = (size_t)o->max_iter;
	l->fit.tol = o->tol;
	int rc = begin(l, o, run, err);
	if (!rc)
		rc = ml_nmf_fit(&l->fit, run, err);
	if (!rc && !l->fit.converged && run->warn)
		run->warn(run->user, "W-ITER", SIZE_MAX,
			  "nmf stopped after %zu iterations, before it converged",
			  l->fit.iters);
	return rc ? rc : keep_found(l, err);
}

static int fit(void *state, const struct ml_prep_fit *f, const void *options, size_t **cols,
	       size_t *n, const struct ml_run *run, struct ml_error *err)
{
	const struct nmf_opts *o = options;
	struct learning l = { .m = state };
	struct ml_count many = { 0 };
	int rc = ml_count_plan(&many, f, 0, cols, n, err);

	l.p = *n;
	l.k = many.k;
	if (!rc)
		rc = refuse_negative(f, *cols, *n, err);
	if (!rc)
		rc = ml_gather(&l.g, f, *cols, *n, false, run, err);
	size_t most = l.g.rows < l.p ? l.g.rows : l.p;
	if (!rc)
		rc = ml_count_check(&many, most, most == l.p ? "columns" : "rows", err);
	if (!rc)
		rc = ml_joint_init(&l.m->joint, &o->joint, l.p, l.k, err);
	for (size_t k = 0; !rc && k < l.p; k++)
		l.m->total += ml_column_mean(&f->table->col[(*cols)[k]], f->w, f->table->rows);
	if (!rc)
		rc = factorise(&l, o, run, err);
	ml_gather_release(&l.g);
	free(l.fit.w);
	free(l.fit.h);
	return rc;
}

/* ---- applying ---- */

struct work {
	const struct nmf *m;
	double *amount, *room; /* k amounts of a row, k products */
};

static void amounts(const void *state, double *in, double *out, size_t rows)
{
	const struct work *w = state;
	const struct nmf *m = w->m;
	size_t n = m->joint.n, k = m->joint.k, ld = ML_JOINT_ROWS;
	double *product = w->amount + k;

	memset(out, 0, k * ld * sizeof *out);
	ml_block_add(out, ld, k, rows, n, m->part, 1, n, in, ld);
	for (size_t i = 0; i < rows; i++) {
		for (size_t c = 0; c < k; c++)
			product[c] = out[c * ld + i];
		ml_nonneg_solve(m->gram, product, k, w->amount, w->room);
		for (size_t c = 0; c < k; c++)
			out[c * ld + i] = w->amount[c];
	}
}

static int apply(const void *state, struct ml_table *t, const size_t *cols, size_t n,
		 struct ml_tally *tally, struct ml_error *err)
{
	const struct nmf *m = state;
	size_t k = m->joint.k;
	double *room = ml_alloc(2 * k + ml_nonneg_room(k), sizeof *room, err);

	(void)n;
	if (!room)
		return err->code;
	struct work w = { m, room, room + 2 * k };
	int rc = ml_joint_apply(&m->joint, amounts, &w, t, cols, tally, err);
	free(room);
	return rc;
}

static void add_parts(const void *state, double *in, double *out, size_t rows)
{
	const struct nmf *m = state;
	size_t n = m->joint.n, k = m->joint.k, ld = ML_JOINT_ROWS;

	memset(out, 0, n * ld * sizeof *out);
	ml_block_add(out, ld, n, rows, k, m->part, n, 1, in, ld);
}

static int restore(const void *state, struct ml_table *t, const size_t *cols, size_t n,
		   const char *const *names, struct ml_error *err)
{
	const struct nmf *m = state;

	return ml_joint_restore(&m->joint, add_parts, m, t, cols, n, names, err);
}

/* ---- what was learned ---- */

static void components(const void *state, struct ml_components *out)
{
	const struct nmf *m = state;

	*out = (struct ml_components){ .n = m->joint.n,
				       .k = m->joint.k,
				       .loading = m->part,
				       .explained = m->explained,
				       .total = m->total };
}

static void save(const void *state, struct ml_fields *out)
{
	const struct nmf *m = state;

	ml_joint_put(out, &m->joint);
	ml_put_reals(out, "parts", m->part, m->joint.k * m->joint.n);
	ml_put_reals(out, "explained", m->explained, m->joint.k);
	ml_put_real(out, "total", m->total);
	ml_put_real(out, "residual", m->residual);
}

static int load(void *state, unsigned format, const struct ml_fields *in,
		const enum ml_kind *kind, size_t n, struct ml_error *err)
{
	struct nmf *m = state;

	(void)format; /* only version 1 exists */
	if (ml_joint_get(&m->joint, in, kind, n, err))
		return err->code;
	size_t k = m->joint.k;
	if (k > n)
		return ml_fail(err, ML_EDATA, "E-MODEL", "field 'made': %zu columns of %zu", k,
			       n);
	if (ml_get_reals(in, "parts", &m->part, k * n, err) ||
	    ml_get_reals(in, "explained", &m->explained, k, err) ||
	    ml_get_real(in, "total", &m->total, err) ||
	    ml_get_real(in, "residual", &m->residual, err))
		return err->code;
	for (size_t i = 0; i < k * n; i++)
		if (!(m->part[i] >= 0 && m->part[i] <= 1))
			return ml_fail(err, ML_EDATA, "E-MODEL", "field 'parts': %g",
				       m->part[i]);
	return multiply_parts(m, err);
}

static void release(void *state)
{
	struct nmf *m = state;

	ml_joint_release(&m->joint);
	free(m->part);
	free(m->explained);
	free(m->gram);
}

const struct ml_prep ml_prep_nmf = {
	.name = "nmf",
	.summary = "amounts of parts that add up to the columns, none negative",
	.arg = "HOW",
	.example = "2",
	.flags = ML_PREP_FEAT | ML_PREP_MIXES | ML_PREP_SEEDED,
	.format = 1,
	.opts = opts,
	.opts_size = sizeof(struct nmf_opts),
	.state_size = sizeof(struct nmf),
	.fit = ML_LEARNING(fit),
	.apply = apply,
	.save = save,
	.load = load,
	.release = release,
	.restore = restore,
	.components = components,
};
