/* rename.c - new names for columns: OLD=NEW,...
 *
 * All are renamed at once, so that a=b,b=a exchanges two names.  A column with a role is
 * renamed where it is met; later tables may lack it. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "data/columns.h"
#include "prep/prep.h"

struct rename {
	size_t n, extra;
	char **name;       /* n new names, in the order of the needs; owned */
	char **from, **to; /* `extra` columns with a role: old and new names; owned */
};

enum { MOST_COLUMNS = 1 << 20 };

struct reader {
	struct rename *m;
	const struct ml_table *table;
	size_t *cols, cap, name_cap, from_cap, to_cap;
};

/* ---- reading the list ---- */

static int add(char ***list, size_t *cap, size_t n, const char *s, struct ml_error *err)
{
	int rc = ML_GROW(*list, *cap, n + 1, err);

	if (!rc && !((*list)[n] = ml_strdup(s, err)))
		rc = err->code;
	return rc;
}

static int add_pair(struct reader *r, size_t column, const char *to, struct ml_error *err)
{
	struct rename *m = r->m;
	const struct ml_column *c = &r->table->col[column];
	int rc;

	if (c->role == ML_FEATURE) {
		rc = ML_GROW(r->cols, r->cap, m->n + 1, err);
		if (!rc)
			rc = add(&m->name, &r->name_cap, m->n, to, err);
		if (!rc)
			r->cols[m->n++] = column;
		return rc;
	}
	rc = add(&m->from, &r->from_cap, m->extra, c->name, err);
	if (!rc && (rc = add(&m->to, &r->to_cap, m->extra, to, err)))
		free(m->from[m->extra]);
	m->extra += !rc;
	return rc;
}

static int read_item(void *arg, const char *columns, const char *how, struct ml_error *err)
{
	struct reader *r = arg;
	size_t *picked = NULL, n = 0;

	if (!columns)
		return ml_fail(err, ML_EUSAGE, "E-USAGE", "'%s': expected OLD=NEW",
			       ML_SHOW(how, strlen(how)));
	int rc = ml_table_pick(r->table, columns, &picked, &n, err);
	if (!rc && n != 1)
		rc = ml_fail(err, ML_EUSAGE, "E-USAGE", "'%s': %zu columns, expected one",
			     ML_SHOW(columns, strlen(columns)), n);
	for (size_t k = 0; !rc && k < r->m->n; k++)
		if (r->cols[k] == *picked)
			rc = ml_fail(err, ML_EUSAGE, "E-USAGE", "'%s' is renamed twice",
				     ML_SHOW(columns, strlen(columns)));
	if (!rc)
		rc = add_pair(r, *picked, how, err);
	free(picked);
	return rc;
}

static int fit(void *state, const struct ml_prep_fit *f, const void *opts, size_t **cols,
	       size_t *n, const struct ml_run *run, struct ml_error *err)
{
	struct reader r = { .m = state, .table = f->table };
	int rc = ml_how_each(f->spec, read_item, &r, err);

	(void)opts;
	(void)run;
	*cols = r.cols;
	*n = r.m->n;
	return rc;
}

/* ---- applying ---- */

/* Gives the column a name that no column has, so that its old one is free for another. */
static int park(struct ml_table *t, size_t column, size_t *next, struct ml_error *err)
{
	char name[32];

	do
		snprintf(name, sizeof name, "\001%zu", (*next)++);
	while (ml_table_find(t, name) != SIZE_MAX);
	return ml_table_rename(t, column, name, err);
}

static int apply(const void *state, struct ml_table *t, const size_t *cols, size_t n,
		 struct ml_tally *tally, struct ml_error *err)
{
	const struct rename *m = state;
	size_t *extra = ml_alloc(m->extra, sizeof *extra, err), next = 0;
	int rc = extra ? ML_OK : err->code;

	(void)tally;
	for (size_t k = 0; !rc && k < m->extra; k++)
		extra[k] = ml_table_find(t, m->from[k]);
	for (size_t k = 0; !rc && k < n; k++)
		rc = park(t, cols[k], &next, err);
	for (size_t k = 0; !rc && k < m->extra; k++)
		if (extra[k] != SIZE_MAX)
			rc = park(t, extra[k], &next, err);
	for (size_t k = 0; !rc && k < n; k++)
		rc = ml_table_rename(t, cols[k], m->name[k], err);
	for (size_t k = 0; !rc && k < m->extra; k++)
		if (extra[k] != SIZE_MAX)
			rc = ml_table_rename(t, extra[k], m->to[k], err);
	free(extra);
	return rc;
}

/* ---- fields ---- */

static void save(const void *state, struct ml_fields *out)
{
	const struct rename *m = state;

	ml_put_texts(out, "names", (const char *const *)m->name, m->n);
	ml_put_texts(out, "role-from", (const char *const *)m->from, m->extra);
	ml_put_texts(out, "role-to", (const char *const *)m->to, m->extra);
}

static int load(void *state, unsigned format, const struct ml_fields *in,
		const enum ml_kind *kind, size_t n, struct ml_error *err)
{
	struct rename *m = state;
	size_t extra = 0;

	(void)format; /* only version 1 exists */
	(void)kind;
	if (ml_get_texts(in, "names", &m->name, n, err))
		return err->code;
	m->n = n;
	if (ml_get_count(in, "role-from", MOST_COLUMNS, &extra, err) ||
	    ml_get_texts(in, "role-from", &m->from, extra, err))
		return err->code;
	m->extra = extra;
	if (ml_get_texts(in, "role-to", &m->to, extra, err))
		return err->code;
	for (size_t k = 0; k < n + extra; k++)
		if (!*(k < n ? m->name[k] : m->to[k - n]))
			return ml_fail(err, ML_EDATA, "E-MODEL", "field '%s': an empty name",
				       k < n ? "names" : "role-to");
	return ML_OK;
}

static void release(void *state)
{
	struct rename *m = state;

	ml_texts_free(m->name, m->n);
	ml_texts_free(m->from, m->extra);
	ml_texts_free(m->to, m->extra);
}

const struct ml_prep ml_prep_rename = {
	.name = "rename",
	.summary = "give columns new names",
	.arg = "OLD=NEW",
	.example = "age=years,city=town",
	/* a=b,b=a: both names remain, with new values */
	.flags = ML_PREP_FEAT | ML_PREP_IN_PLACE | ML_PREP_STATELESS,
	.format = 1,
	.state_size = sizeof(struct rename),
	.fit = fit,
	.apply = apply,
	.save = save,
	.load = load,
	.release = release,
};
