/* cohorts.c - one code a row from the levels of its columns, then a sort by code. */
#include "core/cohorts.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "la/argsort.h"
#include "metrics/sheet.h"

enum { MOST = 10000 }; /* levels of a column: three of them still are a whole number */

static int add_column(struct ml_cohorts *s, size_t j, const struct ml_table *t,
		      const char *name, double *key, struct ml_error *err)
{
	struct ml_labels *l = &s->label[j];
	size_t at = ml_table_find(t, name);

	if (at == SIZE_MAX)
		return ML_OK;
	const struct ml_column *c = &t->col[at];
	int32_t *code = ml_alloc(t->rows, sizeof *code, err);
	l->numeric = c->kind == ML_NUMBER;
	int rc = code ? ml_labels_column(l, c, t->rows, MOST, code, err) : err->code;
	if (rc == ML_EDATA)
		ml_context(err, "column '%s'", ML_SHOW(name, strlen(name)));
	if (!rc)
		rc = ml_labels_sort(l, err);
	for (size_t i = 0; !rc && i < t->rows; i++) {
		if (code[i] < 0)
			rc = ml_fail(err, ML_EDATA, "E-MISSING", "row %zu: %s is missing",
				     i + 1, ML_SHOW(name, strlen(name)));
		else
			key[i] = key[i] * (double)l->n + (double)l->rank[code[i]];
	}
	free(code);
	return rc;
}

/* Levels of the part from its code, last column first. */
static void decode(struct ml_cohorts *s, size_t part, double key)
{
	size_t rest = (size_t)key;

	for (size_t j = s->columns; j-- > 0;) {
		size_t n = ml_cohorts_levels(s, j);
		s->level[part * s->columns + j] = rest % n;
		rest /= n;
	}
}

static int cut(struct ml_cohorts *s, const double *key, const uint32_t *order, size_t rows,
	       struct ml_error *err)
{
	for (size_t i = 0; i < rows; i++)
		s->n += i == 0 || key[order[i]] != key[order[i - 1]];
	if (!(s->row = ml_alloc(rows, sizeof *s->row, err)) ||
	    !(s->start = ml_alloc(s->n + 1, sizeof *s->start, err)) ||
	    !(s->level = ml_alloc(s->n * s->columns, sizeof *s->level, err)))
		return err->code;
	for (size_t i = 0, part = 0; i < rows; i++) {
		s->row[i] = order[i];
		if (i && key[order[i]] == key[order[i - 1]])
			continue;
		s->start[part] = i;
		decode(s, part++, key[order[i]]);
	}
	s->start[s->n] = rows;
	return ML_OK;
}

int ml_cohorts_init(struct ml_cohorts *s, const struct ml_table *t, const char *const *name,
		    size_t columns, struct ml_error *err)
{
	*s = (struct ml_cohorts){ .columns = columns };
	double *key = ml_alloc(t->rows, sizeof *key, err);
	uint32_t *order = key ? ml_alloc(t->rows, sizeof *order, err) : NULL;
	int rc = order ? ML_OK : err->code;

	for (size_t j = 0; !rc && j < columns; j++)
		rc = add_column(s, j, t, name[j], key, err);
	if (!rc)
		rc = ml_argsort(key, 1, t->rows, order, err);
	if (!rc)
		rc = cut(s, key, order, t->rows, err);
	free(order);
	free(key);
	return rc;
}

size_t ml_cohorts_levels(const struct ml_cohorts *s, size_t j)
{
	return s->label[j].n ? s->label[j].n : 1;
}

static int judge(const struct ml_scoring *part, const struct ml_measures *m,
		 const struct ml_metric_opts *opts, double *value, size_t stride,
		 struct ml_error *err)
{
	struct ml_sheet sheet = { 0 };
	struct ml_parts parts = { 0 };
	int rc = ml_sheet_init(&sheet, &part->rows, ml_measures_needs(m), false, err);

	if (!rc)
		rc = ml_parts_init(&parts, &sheet, err);
	if (!rc)
		rc = ml_parts_fill(&parts, part->rows.w, err);
	for (size_t i = 0; !rc && i < m->n; i++)
		value[i * stride] = ml_measure_value(&m->item[i].measure, &parts, opts);
	ml_parts_release(&parts);
	ml_sheet_release(&sheet);
	return rc;
}

int ml_cohorts_values(const struct ml_cohorts *s, const struct ml_scoring *rows,
		      const struct ml_measures *m, const struct ml_metric_opts *opts,
		      double *value, struct ml_error *err)
{
	int rc = ML_OK;

	for (size_t p = 0; !rc && p < s->n; p++) {
		struct ml_scoring part = { 0 };
		rc = ml_scoring_take(&part, rows, s->row + s->start[p],
				     s->start[p + 1] - s->start[p], err);
		if (!rc)
			rc = judge(&part, m, opts, value + p, s->n, err);
		ml_scoring_release(&part);
	}
	return rc;
}

void ml_cohorts_release(struct ml_cohorts *s)
{
	for (size_t j = 0; j < ML_COHORTS_COLUMNS; j++)
		ml_labels_release(&s->label[j]);
	free(s->row);
	free(s->start);
	free(s->level);
	*s = (struct ml_cohorts){ 0 };
}
