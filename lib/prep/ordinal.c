/* ordinal.c - a category becomes the numbers 0, 1, 2, ... of its levels in order.
 *
 * The order is that of --order SMALL,MEDIUM,LARGE (a backslash before a comma in a level),
 * which must then name every level of training; else by bytes (numerically when all levels are
 * numbers). Missing stays missing.  A level that training had not becomes missing, and is
 * counted (tally.unseen), or is an error (E-UNSEEN), as --unknown says. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "data/columns.h"
#include "prep/coded.h"
#include "prep/pieces.h"
#include "prep/prep.h"
#include "prep/prep_fields.h"
#include "prep/recast.h"

enum unknown { MISSING, ERROR };
static const char *const unknowns[] = { "missing", "error", NULL };

struct ordinal_opts {
	int unknown;
	const char *order;
};

static const struct ml_opt opts[] = {
	{ .name = "unknown",
	  .type = ML_PICK,
	  .def = "missing",
	  .picks = unknowns,
	  .arg = "HOW",
	  .offset = ML_FIELD(struct ordinal_opts, unknown, int),
	  .help = "what a level that training had not becomes" },
	{ .name = "order",
	  .type = ML_TEXT,
	  .def = "",
	  .arg = "LEVELS",
	  .offset = ML_FIELD(struct ordinal_opts, order, const char *),
	  .help = "all levels from the first to the last, with commas between" },
	ML_OPT_END
};

struct ordinal {
	size_t n;
	struct ml_levels **known; /* n sets, in order */
	int unknown;
};

static int read_order(struct ml_levels *l, const char *order, struct ml_error *err)
{
	struct ml_buf level = { 0 };
	int rc = ML_OK;
	char end = ',';

	while (!rc && end) {
		int32_t code;
		size_t before = l->n;

		end = ml_piece_next(&order, ",", &level);
		rc = ml_buf_check(&level, err);
		if (!rc)
			rc = ml_levels_add(l, ml_buf_str(&level), level.n, &code, err);
		if (!rc && (l->n == before || !level.n))
			rc = ml_fail(err, ML_EUSAGE, "E-USAGE", "--order: '%s' %s",
				     ML_SHOW(ml_buf_str(&level), level.n),
				     level.n ? "stands twice" : "is no level");
	}
	ml_buf_release(&level);
	return rc;
}

static int check_order(const struct ml_levels *known, const struct ml_levels *used,
		       const struct ml_column *c, struct ml_error *err)
{
	for (size_t i = 0; i < used->n; i++)
		if (ml_levels_find(known, used->name[i], used->len[i]) < 0)
			return ml_fail(err, ML_EDATA, "E-UNSEEN", "%s: '%s' is not in --order",
				       ML_SHOW(c->name, strlen(c->name)),
				       ML_SHOW(used->name[i], used->len[i]));
	return ML_OK;
}

static int learn(struct ml_levels *known, const struct ml_column *c,
		 const struct ml_prep_fit *f, const char *order, struct ml_error *err)
{
	struct ml_coded v;
	struct ml_masses mass = { 0 };
	struct ml_levels *used = NULL;
	int rc = ml_coded_init(&v, c, f->table->rows, err);

	if (!rc)
		rc = ml_masses_init(&mass, &v, f->w, err);
	if (!rc)
		rc = ml_coded_used(&v, &mass, &used, err);
	if (!rc && *order) {
		rc = read_order(known, order, err);
		if (!rc)
			rc = check_order(known, used, c, err);
	}
	for (size_t i = 0; !rc && !*order && i < used->n; i++) {
		int32_t code;

		rc = ml_levels_add(known, used->name[i], used->len[i], &code, err);
	}
	ml_levels_free(used);
	ml_masses_release(&mass);
	ml_coded_release(&v);
	return rc;
}

static int fit(void *state, const struct ml_prep_fit *f, const void *options, size_t **cols,
	       size_t *n, const struct ml_run *run, struct ml_error *err)
{
	struct ordinal *m = state;
	const struct ordinal_opts *o = options;
	int rc = ml_table_pick(f->table, f->spec, cols, n, err);

	(void)run;
	if (!rc)
		rc = ml_prep_rows(f, err);
	if (!rc)
		rc = ml_level_sets_init(&m->known, *n, err);
	if (!rc)
		m->n = *n;
	m->unknown = o->unknown;
	for (size_t k = 0; !rc && k < m->n; k++)
		rc = learn(m->known[k], &f->table->col[(*cols)[k]], f, o->order, err);
	return rc;
}

static int encode(const struct ordinal *m, size_t k, const struct ml_table *t,
		  struct ml_column *c, struct ml_tally *tally, struct ml_error *err)
{
	struct ml_coded v;
	double *value = NULL, *rank = NULL;
	int rc = ml_coded_init(&v, c, t->rows, err);

	if (!rc && (!(value = ml_alloc(t->rows, sizeof *value, err)) ||
		    !(rank = ml_alloc(v.levels->n, sizeof *rank, err))))
		rc = err->code;
	for (size_t l = 0; !rc && l < v.levels->n; l++) {
		int32_t code = ml_levels_find(m->known[k], v.levels->name[l], v.levels->len[l]);

		rank[l] = code < 0 ? (double)NAN : (double)code;
	}
	for (size_t i = 0; !rc && i < t->rows; i++) {
		value[i] = v.code[i] < 0 ? (double)NAN : rank[v.code[i]];
		if (v.code[i] < 0 || !isnan(value[i]))
			continue;
		tally->unseen++;
		if (m->unknown == ERROR)
			rc = ml_coded_unseen(c, &v, i, err);
	}
	ml_coded_release(&v);
	free(rank);
	if (rc)
		free(value);
	else
		ml_column_to_numbers(c, value);
	return rc;
}

static int apply(const void *state, struct ml_table *t, const size_t *cols, size_t n,
		 struct ml_tally *tally, struct ml_error *err)
{
	const struct ordinal *m = state;
	struct ml_tally ignored = { 0 };
	int rc = ML_OK;

	for (size_t k = 0; !rc && k < n; k++)
		rc = encode(m, k, t, &t->col[cols[k]], tally ? &tally[k] : &ignored, err);
	return rc;
}

static void save(const void *state, struct ml_fields *out)
{
	const struct ordinal *m = state;

	ml_put_text(out, "unknown", unknowns[m->unknown]);
	ml_level_sets_put(out, "levels", m->known, m->n);
}

static int load(void *state, unsigned format, const struct ml_fields *in,
		const enum ml_kind *kind, size_t n, struct ml_error *err)
{
	struct ordinal *m = state;

	(void)format; /* only version 1 exists */
	(void)kind;
	m->n = n;
	if (ml_get_word(in, "unknown", unknowns, &m->unknown, err))
		return err->code;
	return ml_level_sets_get(in, "levels", &m->known, n, err);
}

static void release(void *state)
{
	struct ordinal *m = state;

	ml_level_sets_free(m->known, m->n);
}

static const struct ml_levels *levels(const void *state, size_t k)
{
	return ((const struct ordinal *)state)->known[k];
}

const struct ml_prep ml_prep_ordinal = {
	.name = "ordinal",
	.summary = "make a category the numbers 0, 1, ... of its levels in order",
	.arg = "COLUMNS",
	.example = "city",
	.flags = ML_PREP_FEAT | ML_PREP_IN_PLACE,
	.format = 1,
	.opts = opts,
	.opts_size = sizeof(struct ordinal_opts),
	.state_size = sizeof(struct ordinal),
	.fit = fit,
	.apply = apply,
	.save = save,
	.load = load,
	.release = release,
	.levels = levels,
};
