/* bins.c - numbers cut into intervals.
 *
 *     HOW   N | quantile:N | uniform:N | edges:A;B;C..., or COLUMNS=one of these, or none
 *
 *     quantile:N   N bins of nearly equal weight: cut at the quantiles 1/N, 2/N, ... (type 7);
 *                  cuts that coincide are one, so there may be fewer bins
 *     uniform:N    N bins of equal width between the smallest and the largest value
 *     edges:0;10;20  the bins from 0 to 10 and from 10 to 20
 *     N            as --strategy says
 *
 * A cut belongs to the bin above it.  The first and the last bin are open: what lies outside
 * goes there.  Bins are named "<10", "[10,20)", ">=20"; a single one "all".
 *
 * --encode code      the number of the bin, from 0
 *          category  its name
 *          onehot    a 0/1 column "COLUMN=NAME" for each bin, and "COLUMN=NA" when training had
 *                    missing cells; else a missing one counts as the fullest bin
 * (tally.imputed) Otherwise missing stays missing. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/number.h"
#include "la/quantile.h"
#include "prep/cuts.h"
#include "prep/dummies.h"
#include "prep/how_plan.h"
#include "prep/prep.h"
#include "prep/prep_fields.h"
#include "prep/recast.h"
#include "prep/stateless.h"

enum encode { CODE, ONEHOT, CATEGORY };
static const char *const encodes[] = { "code", "onehot", "category", NULL };

struct bins_opts {
	int strategy, encode;
};

static const struct ml_opt opts[] = {
	{ .name = "strategy",
	  .type = ML_PICK,
	  .def = "quantile",
	  .picks = ml_cut_strategies,
	  .arg = "HOW",
	  .offset = ML_FIELD(struct bins_opts, strategy, int),
	  .help = "how a plain number of bins cuts: equal weight or equal width" },
	{ .name = "encode",
	  .type = ML_PICK,
	  .def = "code",
	  .picks = encodes,
	  .arg = "HOW",
	  .offset = ML_FIELD(struct bins_opts, encode, int),
	  .help = "what a bin becomes" },
	ML_OPT_END
};

struct bins {
	size_t n;
	struct ml_cuts cut; /* of column k: v[from[k] .. from[k + 1]), ascending; owned */
	size_t *from;       /* n + 1, owned */
	int32_t *had;       /* 1: training had missing cells; owned */
	int32_t *most;      /* the fullest bin; owned */
	int encode;
};

/* ---- learning ---- */

static int read_how(void *choice, const char *how, const void *options, struct ml_error *err)
{
	const struct bins_opts *o = options;

	return ml_cut_read(choice, how, o->strategy, err);
}

static const struct ml_how_rule rule = { sizeof(struct ml_cut_how), NULL, read_how,
					 ml_how_fits_numbers };

static int find_fullest(struct bins *m, size_t k, const struct ml_sorted *s,
			struct ml_error *err)
{
	size_t n = m->from[k + 1] - m->from[k], best = 0;
	double *mass = ml_alloc(n + 1, sizeof *mass, err);

	if (!mass)
		return err->code;
	for (size_t i = 0; i < s->n; i++)
		mass[ml_cut_find(m->cut.v + m->from[k], n, s->v[i])] +=
			s->upto[i] - (i ? s->upto[i - 1] : 0);
	for (size_t b = 1; b <= n; b++)
		if (mass[b] > mass[best])
			best = b;
	free(mass);
	m->most[k] = (int32_t)best;
	return ML_OK;
}

static int learn(struct bins *m, size_t k, const struct ml_cut_how *how,
		 const struct ml_column *c, const struct ml_prep_fit *f, struct ml_error *err)
{
	struct ml_sorted s;
	size_t rows = f->table->rows;
	int rc = ml_sorted_init(&s, c->num, f->w, rows, err);

	if (!rc)
		rc = ml_cut_learn(&m->cut, how, &s, err);
	m->from[k + 1] = m->cut.n;
	if (!rc)
		rc = find_fullest(m, k, &s, err);
	ml_sorted_release(&s);
	for (size_t i = 0; i < rows && !m->had[k]; i++)
		m->had[k] = isnan(c->num[i]) && (!f->w || f->w[i] > 0);
	return rc;
}

static int fit(void *state, const struct ml_prep_fit *f, const void *options, size_t **cols,
	       size_t *n, const struct ml_run *run, struct ml_error *err)
{
	struct bins *m = state;
	const struct bins_opts *o = options;
	struct ml_how_plan plan;
	int rc = ml_how_plan_init(&plan, f->table, f->spec, &rule, options, err);

	(void)run;
	if (!rc)
		rc = ml_prep_rows(f, err);
	m->n = plan.n;
	m->encode = o->encode;
	if (!rc && (!(m->from = ml_alloc(plan.n + 1, sizeof *m->from, err)) ||
		    !(m->had = ml_alloc(plan.n, sizeof *m->had, err)) ||
		    !(m->most = ml_alloc(plan.n, sizeof *m->most, err))))
		rc = err->code;
	if (!rc) /* never NULL, even when no column has a value to cut at */
		rc = ML_GROW(m->cut.v, m->cut.cap, 1, err);
	for (size_t k = 0; !rc && k < plan.n; k++)
		rc = learn(m, k, plan.choice[k], &f->table->col[plan.col[k]], f, err);
	*cols = plan.col;
	*n = plan.n;
	plan.col = NULL;
	ml_how_plan_release(&plan);
	return rc;
}

/* ---- applying ---- */

struct labels {
	size_t n; /* bins, and one for missing cells */
	char **text;
};

static int name_bins(struct labels *l, const double *cut, size_t n, struct ml_error *err)
{
	char a[ML_NUMBER_MAX], b[ML_NUMBER_MAX], text[2 * ML_NUMBER_MAX + 4];

	l->n = 0;
	if (!(l->text = ml_alloc(n + 2, sizeof *l->text, err)))
		return err->code;
	for (; l->n <= n + 1; l->n++) {
		size_t k = l->n;

		if (k && k <= n)
			ml_number_print(cut[k - 1], a);
		if (k < n)
			ml_number_print(cut[k], b);
		if (k == n + 1)
			strcpy(text, "NA");
		else if (!n)
			strcpy(text, "all");
		else if (!k)
			snprintf(text, sizeof text, "<%s", b);
		else if (k == n)
			snprintf(text, sizeof text, ">=%s", a);
		else
			snprintf(text, sizeof text, "[%s,%s)", a, b);
		if (!(l->text[k] = ml_strdup(text, err)))
			return err->code;
	}
	return ML_OK;
}

/* The bin of each row, -1 where missing. */
static int32_t *find_bins(const struct bins *m, size_t k, const struct ml_column *c,
			  size_t rows, struct ml_error *err)
{
	const double *cut = m->cut.v + m->from[k];
	size_t n = m->from[k + 1] - m->from[k];
	int32_t *bin = ml_alloc(rows, sizeof *bin, err);

	for (size_t i = 0; bin && i < rows; i++)
		bin[i] = isnan(c->num[i]) ? -1 : (int32_t)ml_cut_find(cut, n, c->num[i]);
	return bin;
}

static int to_codes(struct ml_column *c, const int32_t *bin, size_t rows)
{
	for (size_t i = 0; i < rows; i++)
		c->num[i] = bin[i] < 0 ? (double)NAN : (double)bin[i];
	c->dummy = false;
	ml_column_touch_all(c);
	return ML_OK;
}

/* Takes over `bin` when it succeeds. */
static int to_category(struct ml_column *c, int32_t *bin, const struct labels *l,
		       struct ml_error *err)
{
	struct ml_levels *levels = ml_levels_new(err);
	int32_t code;
	int rc = levels ? ML_OK : err->code;

	for (size_t b = 0; !rc && b + 1 < l->n; b++)
		rc = ml_levels_add(levels, l->text[b], strlen(l->text[b]), &code, err);
	if (rc)
		ml_levels_free(levels);
	else
		ml_column_to_category(c, bin, levels);
	return rc;
}

static int to_dummies(const struct bins *m, size_t k, struct ml_table *t, size_t column,
		      int32_t *bin, const struct labels *l, struct ml_tally *tally,
		      struct ml_error *err)
{
	int32_t absent = m->had[k] ? (int32_t)l->n - 1 : m->most[k];

	for (size_t i = 0; i < t->rows; i++)
		if (bin[i] < 0) {
			bin[i] = absent;
			if (tally && !m->had[k])
				tally[k].imputed++;
		}
	return ml_dummies_put(t, column, bin, (const char *const *)l->text,
			      l->n - (m->had[k] ? 0 : 1), err);
}

static int encode(const struct bins *m, size_t k, struct ml_table *t, size_t column,
		  struct ml_tally *tally, struct ml_error *err)
{
	struct ml_column *c = &t->col[column];
	struct labels l = { 0 };
	int32_t *bin = find_bins(m, k, c, t->rows, err);
	bool taken = false;
	int rc = bin ? ML_OK : err->code;

	if (!rc && m->encode != CODE)
		rc = name_bins(&l, m->cut.v + m->from[k], m->from[k + 1] - m->from[k], err);
	if (!rc && m->encode == CODE) {
		rc = to_codes(c, bin, t->rows);
	} else if (!rc && m->encode == CATEGORY) {
		rc = to_category(c, bin, &l, err);
		taken = !rc;
	} else if (!rc) {
		rc = to_dummies(m, k, t, column, bin, &l, tally, err);
	}
	if (!taken)
		free(bin);
	ml_texts_free(l.text, l.n);
	return rc;
}

static int apply(const void *state, struct ml_table *t, const size_t *cols, size_t n,
		 struct ml_tally *tally, struct ml_error *err)
{
	const struct bins *m = state;
	size_t *order = ml_columns_backwards(cols, n, err);
	int rc = order ? ML_OK : err->code;

	for (size_t i = 0; !rc && i < n; i++)
		rc = encode(m, order[i], t, cols[order[i]], tally, err);
	free(order);
	return rc;
}

/* ---- fields ---- */

static void save(const void *state, struct ml_fields *out)
{
	const struct bins *m = state;

	ml_put_text(out, "encode", encodes[m->encode]);
	ml_runs_put(out, "cuts", m->cut.v, m->from, m->n);
	ml_put_ints(out, "had-missing", m->had, m->n);
	ml_put_ints(out, "fullest", m->most, m->n);
}

static int check_column(const struct bins *m, size_t k, struct ml_error *err)
{
	size_t from = m->from[k], to = m->from[k + 1];

	for (size_t c = from + 1; c < to; c++)
		if (!(m->cut.v[c] > m->cut.v[c - 1]))
			return ml_fail(err, ML_EDATA, "E-MODEL", "field 'cuts': not ascending");
	if (to - from >= ML_CUT_BINS || (size_t)m->most[k] > to - from)
		return ml_fail(err, ML_EDATA, "E-MODEL", "field 'fullest': %ld of %zu bins",
			       (long)m->most[k], to - from + 1);
	return ML_OK;
}

static int load(void *state, unsigned format, const struct ml_fields *in,
		const enum ml_kind *kind, size_t n, struct ml_error *err)
{
	struct bins *m = state;
	int rc = ml_load_kind(kind, n, ML_NUMBER, err);

	(void)format; /* only version 1 exists */
	m->n = n;
	if (!rc)
		rc = ml_get_word(in, "encode", encodes, &m->encode, err);
	if (!rc)
		rc = ml_runs_get(in, "cuts", &m->cut.v, &m->from, n, err);
	if (!rc)
		rc = ml_get_ints(in, "had-missing", &m->had, n, 0, 1, err);
	if (!rc)
		rc = ml_get_ints(in, "fullest", &m->most, n, 0, ML_CUT_BINS, err);
	for (size_t k = 0; !rc && k < n; k++)
		rc = check_column(m, k, err);
	return rc;
}

static void release(void *state)
{
	struct bins *m = state;

	free(m->cut.v);
	free(m->from);
	free(m->had);
	free(m->most);
}

const struct ml_prep ml_prep_bins = {
	.name = "bins",
	.summary = "cut numbers into intervals",
	.arg = "HOW",
	.example = "age=5,income=uniform:4",
	.flags = ML_PREP_FEAT | ML_PREP_IN_PLACE,
	.format = 1,
	.opts = opts,
	.opts_size = sizeof(struct bins_opts),
	.state_size = sizeof(struct bins),
	.fit = fit,
	.apply = apply,
	.save = save,
	.load = load,
	.release = release,
};
