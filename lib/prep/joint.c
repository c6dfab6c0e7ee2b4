/* joint.c - columns made of several taken together.
 *
 * Results are written where the columns were that they are made of, since a piece of rows is
 * read whole before it is written; and the arrays then change hands: no second copy of the
 * table is made. */
#include "prep/joint.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "prep/count_plan.h"
#include "prep/stateless.h"

enum { MOST_COLUMNS = 1 << 20 };

int ml_joint_init(struct ml_joint *j, const struct ml_joint_opts *o, size_t n, size_t k,
		  struct ml_error *err)
{
	*j = (struct ml_joint){ .n = n, .k = k, .keep = o->keep };
	if (!*o->name)
		return ml_fail(err, ML_EUSAGE, "E-USAGE", "--name is empty");
	if (k > MOST_COLUMNS)
		return ml_fail(err, ML_EDATA, "E-LIMIT", "%zu columns are too many", k);
	j->name = ml_strdup(o->name, err);
	return j->name ? ML_OK : err->code;
}

void ml_joint_release(struct ml_joint *j)
{
	free(j->name);
	*j = (struct ml_joint){ 0 };
}

/* ---- columns ---- */

/* Columns of no rows: their values come later. */
static int insert_bare(struct ml_table *t, const char *const *names, size_t n,
		       struct ml_error *err)
{
	size_t rows = t->rows;

	t->rows = 0;
	int rc = ml_table_insert_many(t, t->ncol, names, n, ML_NUMBER, err);
	t->rows = rows;
	return rc;
}

static int insert_made(const struct ml_joint *j, struct ml_table *t, struct ml_error *err)
{
	size_t room = strlen(j->name) + 24;
	char **names = ml_alloc(j->k, sizeof *names, err);
	int rc = names ? ML_OK : err->code;

	for (size_t c = 0; !rc && c < j->k; c++) {
		if (!(names[c] = ml_alloc(room, 1, err)))
			rc = err->code;
		else
			snprintf(names[c], room, "%s%zu", j->name, c + 1);
	}
	if (!rc)
		rc = insert_bare(t, (const char *const *)names, j->k, err);
	if (names)
		ml_texts_free(names, j->k);
	return rc;
}

/* ---- values ---- */

struct pass {
	ml_joint_fn *fn;
	const void *state;
	const double *const *from; /* columns */
	double *const *to;
	size_t n, k;
	double *in, *out; /* ML_JOINT_ROWS of each column */
};

/* Rows with a result that is not finite are missing as a whole; returns how many. */
static size_t blank_rows(double *out, size_t k, size_t rows)
{
	size_t blank = 0;

	for (size_t i = 0; i < rows; i++) {
		bool finite = true;

		for (size_t c = 0; c < k; c++)
			finite &= isfinite(out[c * ML_JOINT_ROWS + i]) != 0;
		for (size_t c = 0; !finite && c < k; c++)
			out[c * ML_JOINT_ROWS + i] = (double)NAN;
		blank += !finite;
	}
	return blank;
}

static size_t make_rows(const struct pass *p, size_t rows)
{
	size_t blank = 0;

	for (size_t i = 0; i < rows; i += ML_JOINT_ROWS) {
		size_t some = rows - i < ML_JOINT_ROWS ? rows - i : ML_JOINT_ROWS;

		for (size_t c = 0; c < p->n; c++)
			memcpy(p->in + c * ML_JOINT_ROWS, p->from[c] + i, some * sizeof *p->in);
		p->fn(p->state, p->in, p->out, some);
		blank += blank_rows(p->out, p->k, some);
		for (size_t c = 0; c < p->k; c++)
			memcpy(p->to[c] + i, p->out + c * ML_JOINT_ROWS, some * sizeof *p->out);
	}
	return blank;
}

/* Makes columns first..first+k of the n columns cols, and takes those away unless kept. */
struct making {
	struct ml_table *t;
	const size_t *cols;
	size_t n, k, first;
	bool keep;
	const double **from;
	double **to;
	bool *gone;
	double *room;
};

static int prepare(struct making *m, struct ml_error *err)
{
	if (!(m->from = ml_alloc(m->n, sizeof *m->from, err)) ||
	    !(m->to = ml_alloc(m->k, sizeof *m->to, err)) ||
	    !(m->gone = ml_alloc(m->t->ncol + m->k, sizeof *m->gone, err)) ||
	    !(m->room = ml_alloc(m->n + m->k, ML_JOINT_ROWS * sizeof *m->room, err)))
		return err->code;
	for (size_t c = 0; c < m->n; c++)
		m->gone[m->cols[c]] = !m->keep;
	return ML_OK;
}

/* Arrays for the results: those of the columns that go, as far as they suffice. */
static int find_arrays(struct making *m, struct ml_error *err)
{
	for (size_t c = 0; c < m->n; c++)
		m->from[c] = m->t->col[m->cols[c]].num;
	for (size_t c = 0; c < m->k; c++) {
		struct ml_column *made = &m->t->col[m->first + c];

		if (!m->keep && c < m->n) {
			m->to[c] = m->t->col[m->cols[c]].num;
			continue;
		}
		double *v = ml_alloc(m->t->rows, sizeof *v, err);
		if (!v) { /* the table is as it was */
			while (m->t->ncol > m->first)
				ml_table_remove(m->t, m->t->ncol - 1);
			return err->code;
		}
		free(made->num);
		made->num = m->to[c] = v;
	}
	return ML_OK;
}

static void change_hands(struct making *m)
{
	for (size_t c = 0; !m->keep && c < m->k && c < m->n; c++) {
		struct ml_column *made = &m->t->col[m->first + c];

		free(made->num);
		made->num = m->to[c];
		m->t->col[m->cols[c]].num = NULL;
	}
	ml_table_remove_many(m->t, m->gone);
}

static size_t fill(struct making *m, ml_joint_fn *fn, const void *state)
{
	struct pass p = { fn,   state, m->from, m->to,
			  m->n, m->k,  m->room, m->room + m->n * ML_JOINT_ROWS };
	size_t blank = make_rows(&p, m->t->rows);

	change_hands(m);
	return blank;
}

static void finish(struct making *m)
{
	free(m->from);
	free(m->to);
	free(m->gone);
	free(m->room);
}

int ml_joint_apply(const struct ml_joint *j, ml_joint_fn *fn, const void *state,
		   struct ml_table *t, const size_t *cols, struct ml_tally *tally,
		   struct ml_error *err)
{
	struct making m = {
		.t = t, .cols = cols, .n = j->n, .k = j->k, .first = t->ncol, .keep = j->keep
	};
	int rc = ml_refuse_missing(t, cols, j->n, err);

	if (!rc)
		rc = prepare(&m, err);
	if (!rc)
		rc = insert_made(j, t, err);
	if (!rc)
		rc = find_arrays(&m, err);
	if (!rc) {
		size_t blank = fill(&m, fn, state);

		if (tally)
			tally[0].undefined += blank;
	}
	finish(&m);
	return rc;
}

int ml_joint_restore(const struct ml_joint *j, ml_joint_fn *fn, const void *state,
		     struct ml_table *t, const size_t *cols, size_t n, const char *const *names,
		     struct ml_error *err)
{
	struct making m = { .t = t, .cols = cols, .n = j->k, .k = j->n, .first = t->ncol };
	int rc = ML_OK;

	if (n != j->k)
		return ml_fail(err, ML_EDATA, "E-MODEL", "%zu columns made, %zu learned", n,
			       j->k);
	rc = prepare(&m, err);
	if (!rc)
		rc = insert_bare(t, names, j->n, err);
	if (!rc)
		rc = find_arrays(&m, err);
	if (!rc)
		fill(&m, fn, state);
	finish(&m);
	return rc;
}

/* ---- fields ---- */

void ml_joint_put(struct ml_fields *out, const struct ml_joint *j)
{
	ml_put_size(out, "made", j->k);
	ml_put_text(out, "name", j->name);
	ml_put_size(out, "keep", j->keep);
}

int ml_joint_get(struct ml_joint *j, const struct ml_fields *in, const enum ml_kind *kind,
		 size_t n, struct ml_error *err)
{
	size_t keep = 0;

	j->n = n;
	if (ml_load_kind(kind, n, ML_NUMBER, err) ||
	    ml_get_size(in, "made", MOST_COLUMNS, &j->k, err) ||
	    ml_get_text(in, "name", &j->name, err) || ml_get_size(in, "keep", 1, &keep, err))
		return err->code;
	j->keep = keep != 0;
	if (!n || !j->k || !*j->name)
		return ml_fail(err, ML_EDATA, "E-MODEL", "field 'made': %zu columns of %zu",
			       j->k, n);
	return ML_OK;
}
