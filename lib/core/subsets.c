/* subsets.c - slices of the rows, by counting sort over the codes of a column. */
#include "core/subsets.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "data/columns.h"
#include "la/argsort.h"

struct walk {
	const struct ml_scoring *all;
	const struct ml_table *t;
	const double *group; /* codes of the groups of all rows, or NULL */
	ml_subset_fn *fn;
	void *arg;
};

static int code_groups(const struct ml_table *t, double **group, struct ml_error *err)
{
	size_t at = ml_table_role(t, ML_GROUP);
	struct ml_labels l = { 0 };
	int32_t *code = NULL;
	int rc = ML_OK;

	if (at == SIZE_MAX)
		return ML_OK;
	const struct ml_column *c = &t->col[at];
	l.numeric = c->kind == ML_NUMBER;
	for (size_t i = 0; i < t->rows; i++)
		if (ml_missing(c, i))
			return ml_fail(err, ML_EDATA, "E-MISSING",
				       "group column '%s': row %zu is missing",
				       ML_SHOW(c->name, strlen(c->name)), i + 1);
	if (!(code = ml_alloc(t->rows, sizeof *code, err)) ||
	    !(*group = ml_alloc(t->rows, sizeof **group, err)))
		rc = err->code;
	if (!rc)
		rc = ml_labels_column(&l, c, t->rows, SIZE_MAX, code, err);
	for (size_t i = 0; !rc && i < t->rows; i++)
		(*group)[i] = code[i];
	ml_labels_release(&l);
	free(code);
	return rc;
}

/* Codes 0..groups-1 of the groups that the subset has; row NULL: all rows. */
static int take_groups(const struct walk *w, const size_t *row, size_t n, struct ml_subset *s,
		       struct ml_error *err)
{
	double *v = ml_alloc(n, sizeof *v, err);
	uint32_t *order = v ? ml_alloc(n, sizeof *order, err) : NULL;
	int rc = order ? ML_OK : err->code;

	for (size_t i = 0; !rc && i < n; i++)
		v[i] = w->group[row ? row[i] : i];
	if (!rc && !(s->group = ml_alloc(n, sizeof *s->group, err)))
		rc = err->code;
	if (!rc)
		rc = ml_argsort(v, 1, n, order, err);
	for (size_t i = 0; !rc && i < n; i++) {
		if (i > 0 && v[order[i]] != v[order[i - 1]])
			s->groups++;
		s->group[order[i]] = (int32_t)s->groups;
	}
	s->groups++;
	free(order);
	free(v);
	return rc;
}

static int visit(const struct walk *w, const char *name, const size_t *row, size_t n,
		 struct ml_error *err)
{
	struct ml_scoring part = { 0 };
	struct ml_subset s = { .rows = row ? &part : w->all, .name = name };
	int rc = row ? ml_scoring_take(&part, w->all, row, n, err) : ML_OK;

	if (!rc && w->group)
		rc = take_groups(w, row, n, &s, err);
	if (!rc)
		rc = w->fn(w->arg, &s, err);
	free(s.group);
	ml_scoring_release(&part);
	return rc;
}

/* Rows by code: those of code c are row[start[c]..start[c + 1]); code -1 comes as `levels`. */
static void sort_rows(const int32_t *code, size_t rows, size_t levels, size_t *start,
		      size_t *row)
{
	for (size_t i = 0; i < rows; i++)
		start[(code[i] < 0 ? levels : (size_t)code[i]) + 1]++;
	for (size_t c = 0; c <= levels; c++)
		start[c + 1] += start[c];
	for (size_t i = rows; i-- > 0;)
		row[--start[(code[i] < 0 ? levels : (size_t)code[i]) + 1]] = i;
	/* start[c + 1] has come down to where code c begins. */
	memmove(start, start + 1, (levels + 1) * sizeof *start);
	start[levels + 1] = rows;
}

static int visit_levels(const struct walk *w, const struct ml_column *c,
			const struct ml_labels *l, const int32_t *code, struct ml_error *err)
{
	size_t *start = ml_alloc(l->n + 2, sizeof *start, err);
	size_t *row = start ? ml_alloc(w->t->rows, sizeof *row, err) : NULL;
	struct ml_buf name = { 0 };
	int rc = row ? ML_OK : err->code;

	if (!rc)
		sort_rows(code, w->t->rows, l->n, start, row);
	for (size_t k = 0; !rc && k <= l->n; k++) {
		if (start[k] == start[k + 1])
			continue;
		ml_buf_clear(&name);
		ml_buf_text(&name, c->name);
		ml_buf_byte(&name, '=');
		ml_buf_text(&name, k < l->n ? l->name[k] : "");
		rc = ml_buf_check(&name, err);
		if (!rc)
			rc = visit(w, ml_buf_str(&name), row + start[k],
				   start[k + 1] - start[k], err);
	}
	ml_buf_release(&name);
	free(row);
	free(start);
	return rc;
}

static int visit_column(const struct walk *w, const struct ml_column *c, struct ml_error *err)
{
	struct ml_labels l = { .numeric = c->kind == ML_NUMBER };
	int32_t *code = ml_alloc(w->t->rows, sizeof *code, err);
	int rc = code ? ML_OK : err->code;

	if (!rc)
		rc = ml_labels_column(&l, c, w->t->rows, ML_SUBSETS, code, err);
	if (rc == ML_EDATA)
		ml_context(err, "--by '%s'", ML_SHOW(c->name, strlen(c->name)));
	if (!rc)
		rc = ml_labels_sort(&l, err);
	if (!rc) {
		ml_labels_rank(&l, code, w->t->rows);
		rc = visit_levels(w, c, &l, code, err);
	}
	ml_labels_release(&l);
	free(code);
	return rc;
}

int ml_subsets_each(const struct ml_scoring *s, const struct ml_table *t,
		    const struct ml_texts *by, bool grouped, ml_subset_fn *fn, void *arg,
		    struct ml_error *err)
{
	double *group = NULL;
	int rc = grouped ? code_groups(t, &group, err) : ML_OK;
	struct walk w = { s, t, group, fn, arg };

	if (!rc)
		rc = visit(&w, NULL, NULL, s->rows.n, err);
	for (size_t i = 0; !rc && i < by->n; i++) {
		size_t *idx = NULL, n = 0;
		rc = ml_table_pick(t, by->v[i], &idx, &n, err);
		for (size_t k = 0; !rc && k < n; k++)
			rc = visit_column(&w, &t->col[idx[k]], err);
		free(idx);
	}
	free(group);
	return rc;
}
