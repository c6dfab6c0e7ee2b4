/* parentage.c - from which columns features come.
 *
 * A step does not say which of its columns came of which.  But it puts what it makes of one
 * column where that stood, and what it makes of several behind the last (prep.h): so it is
 * applied to a table of no rows with a marker behind each column.  Of what stands behind the
 * last marker, the columns are found that it depends on: those that leave it missing, or
 * changed, when they are missing themselves. */
#include "core/parentage.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

/* A step that makes something of more columns than this is not asked which. */
enum { MAX_ASKED = 1000 };
/* No column of a table is named so, short of intent. */
static const char marker[] = "\001behind ";

struct tracing {
	struct ml_levels *names; /* of columns met so far */
	int32_t *of;             /* of each name its source, a code in `sources` */
	size_t cap;
	struct ml_levels *sources;
};

static int note(struct tracing *g, const char *name, int32_t source, struct ml_error *err)
{
	int32_t code;

	if (ml_levels_add(g->names, name, strlen(name), &code, err) ||
	    ML_GROW(g->of, g->cap, g->names->n, err))
		return err->code;
	g->of[code] = source;
	return ML_OK;
}

/* The source of a column; one that no step has made is a source itself. */
static int source_of(struct tracing *g, const char *name, int32_t *source, struct ml_error *err)
{
	int32_t code = ml_levels_find(g->names, name, strlen(name));

	if (code >= 0) {
		*source = g->of[code];
		return ML_OK;
	}
	if (ml_levels_add(g->sources, name, strlen(name), source, err))
		return err->code;
	return note(g, name, *source, err);
}

/* ---- a step, asked ---- */

/* Columns as the step needs them, cells missing, but numbers 1 in the rows other than their
 * own: row 0 is nobody's. */
static int make_table(struct ml_table *t, const struct ml_step *s, size_t rows, bool marked,
		      struct ml_error *err)
{
	char name[sizeof marker + 24];
	int rc = ML_OK;

	t->rows = rows;
	for (size_t k = 0; !rc && k < s->n_needs; k++) {
		rc = ml_table_insert(t, t->ncol, s->needs[k].name, s->needs[k].kind, err);
		if (rc)
			return rc;
		struct ml_column *c = &t->col[t->ncol - 1];
		c->dummy = s->needs[k].dummy;
		for (size_t i = 0; c->kind == ML_NUMBER && i < rows; i++)
			c->num[i] = i == k + 1 ? (double)NAN : 1;
		snprintf(name, sizeof name, "%s%zu", marker, k);
		if (marked)
			rc = ml_table_insert(t, t->ncol, name, ML_NUMBER, err);
	}
	return rc;
}

static int apply(struct ml_table *t, const struct ml_step *s, struct ml_error *err)
{
	size_t *cols = ml_alloc(s->n_needs, sizeof *cols, err);

	if (!cols)
		return err->code;
	for (size_t k = 0; k < s->n_needs; k++)
		cols[k] = ml_table_find(t, s->needs[k].name);
	int rc = s->prep->apply(s->state, t, cols, s->n_needs, NULL, err);
	free(cols);
	return rc;
}

static bool same(double a, double b)
{
	return a == b || (isnan(a) && isnan(b));
}

/* The source that the needs which column c depends on share; -1: several, or not known. */
static int32_t shared_source(const struct ml_column *c, const struct ml_step *s,
			     const int32_t *need)
{
	int32_t found = -1;

	for (size_t k = 0; c->kind == ML_NUMBER && k < s->n_needs; k++) {
		if (same(c->num[0], c->num[k + 1]))
			continue;
		if (found >= 0 && found != need[k])
			return -1;
		found = need[k];
	}
	return found;
}

static bool is_need(const struct ml_step *s, const char *name)
{
	for (size_t k = 0; k < s->n_needs; k++)
		if (!strcmp(s->needs[k].name, name))
			return true;
	return false;
}

/* Notes the columns from `first` on: made of several, or of what only rows tell. */
static int trace_joint(struct tracing *g, const struct ml_step *s, const struct ml_table *t,
		       size_t first, const int32_t *need, struct ml_error *err)
{
	struct ml_table rows = { 0 };
	bool asked = s->n_needs <= MAX_ASKED;
	int rc = asked ? make_table(&rows, s, s->n_needs + 1, false, err) : ML_OK;

	if (!rc && asked)
		rc = apply(&rows, s, err);
	if (rc == ML_EDATA) { /* it takes no missing values: nothing is learned of it */
		asked = false;
		rc = ML_OK;
	}
	for (size_t j = first; !rc && j < t->ncol; j++) {
		const char *name = t->col[j].name;
		if (is_need(s, name) || !strncmp(name, marker, sizeof marker - 1))
			continue;
		size_t at = asked ? ml_table_find(&rows, name) : SIZE_MAX;
		int32_t source = at == SIZE_MAX ? -1 : shared_source(&rows.col[at], s, need);

		if (source < 0)
			rc = ml_levels_add(g->sources, name, strlen(name), &source, err);
		if (!rc)
			rc = note(g, name, source, err);
	}
	ml_table_release(&rows);
	return rc;
}

/* A step that takes away what it does not know (select) leaves no markers. */
static bool all_marked(const struct ml_table *t, const struct ml_step *s)
{
	size_t n = 0;

	for (size_t j = 0; j < t->ncol; j++)
		n += !strncmp(t->col[j].name, marker, sizeof marker - 1);
	return n == s->n_needs;
}

static int trace_made(struct tracing *g, const struct ml_step *s, const int32_t *need,
		      struct ml_error *err)
{
	struct ml_table t = { 0 };
	size_t k = 0, j = 0;
	int rc = make_table(&t, s, 0, true, err);

	if (!rc)
		rc = apply(&t, s, err);
	bool marked = !rc && all_marked(&t, s);
	for (; marked && !rc && k < s->n_needs; j++) {
		const char *name = t.col[j].name;

		if (!strncmp(name, marker, sizeof marker - 1))
			k++;
		else
			rc = note(g, name, need[k], err);
	}
	if (!rc && j < t.ncol)
		rc = trace_joint(g, s, &t, j, need, err);
	ml_table_release(&t);
	return rc;
}

static int trace_step(struct tracing *g, const struct ml_step *s, struct ml_error *err)
{
	int32_t *need = ml_alloc(s->n_needs, sizeof *need, err);
	int rc = need ? ML_OK : err->code;

	for (size_t k = 0; !rc && k < s->n_needs; k++)
		rc = source_of(g, s->needs[k].name, &need[k], err);
	if (!rc)
		rc = trace_made(g, s, need, err);
	free(need);
	return rc;
}

/* ---- all steps ---- */

static int take_features(struct ml_parentage *a, struct tracing *g, const struct ml_step *s,
			 struct ml_error *err)
{
	struct ml_levels *used = ml_levels_new(err);
	int rc = used ? ML_OK : err->code;

	a->features = s->n_needs;
	if (!rc && !(a->of = ml_alloc(a->features, sizeof *a->of, err)))
		rc = err->code;
	for (size_t j = 0; !rc && j < a->features; j++) {
		int32_t source, code;

		rc = source_of(g, s->needs[j].name, &source, err);
		if (!rc)
			rc = ml_levels_add(used, g->sources->name[source],
					   g->sources->len[source], &code, err);
		if (!rc)
			a->of[j] = (size_t)code;
	}
	if (!rc && !(a->name = ml_alloc(used->n, sizeof *a->name, err)))
		rc = err->code;
	for (size_t k = 0; !rc && k < used->n; k++, a->n++)
		if (!(a->name[k] = ml_strdup(used->name[k], err)))
			rc = err->code;
	ml_levels_free(used);
	return rc;
}

int ml_parentage_init(struct ml_parentage *a, const struct ml_pipeline *p, struct ml_error *err)
{
	const struct ml_step *model = ml_pipeline_model(p);
	struct tracing g = { 0 };
	int rc = ML_OK;

	*a = (struct ml_parentage){ 0 };
	if (!model)
		return ml_fail(err, ML_EDATA, "E-FORMAT",
			       "the model has no estimator, only preparations");
	if (!(g.names = ml_levels_new(err)) || !(g.sources = ml_levels_new(err)))
		rc = err->code;
	for (size_t i = 0; !rc && i + 1 < p->n; i++)
		rc = trace_step(&g, &p->step[i], err);
	if (!rc)
		rc = take_features(a, &g, model, err);
	ml_levels_free(g.sources);
	ml_levels_free(g.names);
	free(g.of);
	return rc;
}

void ml_parentage_release(struct ml_parentage *a)
{
	for (size_t k = 0; a->name && k < a->n; k++)
		free(a->name[k]);
	free(a->name);
	free(a->of);
	*a = (struct ml_parentage){ 0 };
}
