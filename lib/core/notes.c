/* notes.c - profile, sketch, and golden rows.
 *
 * A golden record holds a few made-up rows in source columns ("in") and what the steps of its
 * segment made of them ("out": prepared columns, or the estimator's numbers). Replaying
 * compares to 1e-9 relative: across classes of CPU the last bits of exp and of sums may differ.
 */
#include "core/notes.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "core/predict.h"
#include "data/profile.h"
#include "data/sketch.h"

enum { GOLDEN_ROWS = 5 };
static const double tolerance = 1e-9;

/* ---- profile and sketch ---- */

static int note_profile(struct ml_pipeline *p, const struct ml_table *t, int threads,
			struct ml_error *err)
{
	struct ml_profile profile = { 0 };
	struct ml_fields f = { 0 };

	int rc = ml_profile_of(&profile, t, threads, err);
	if (!rc) {
		ml_profile_put(&profile, &f);
		rc = ml_fields_check(&f, err);
	}
	ml_profile_release(&profile);
	if (!rc)
		return ml_pipeline_add_extra(p, "x-profile", &f, err);
	ml_fields_release(&f);
	return rc;
}

static int note_sketch(struct ml_pipeline *p, const struct ml_table *t, struct ml_error *err)
{
	struct ml_sketch *sketch = ml_alloc(1, sizeof *sketch, err);
	size_t *idx = ml_alloc(t->ncol, sizeof *idx, err), n = 0;
	struct ml_fields f = { 0 };
	int rc = sketch && idx ? ML_OK : err->code;

	for (size_t j = 0; !rc && j < t->ncol; j++)
		if (t->col[j].role == ML_FEATURE)
			idx[n++] = j;
	if (!rc && n)
		rc = ml_sketch_init(sketch, t, idx, n, err);
	if (!rc && n)
		rc = ml_sketch_add(sketch, t, err);
	if (!rc && n) {
		ml_sketch_put(sketch, &f);
		rc = ml_fields_check(&f, err);
	}
	if (sketch)
		ml_sketch_release(sketch);
	free(sketch);
	free(idx);
	if (!rc && n)
		return ml_pipeline_add_extra(p, "x-sketch", &f, err);
	ml_fields_release(&f);
	return rc;
}

int ml_notes_source(struct ml_pipeline *p, const struct ml_table *t, int threads,
		    struct ml_error *err)
{
	if (!t->rows)
		return ML_OK;
	int rc = note_profile(p, t, threads, err);
	return rc ? rc : note_sketch(p, t, err);
}

void ml_notes_forget(struct ml_pipeline *p)
{
	ml_pipeline_drop_extras(p, "x-profile");
	ml_pipeline_drop_extras(p, "x-sketch");
	ml_pipeline_drop_extras(p, "x-golden");
}

/* ---- tables as fields ---- */

static const char *text_of(const struct ml_column *c, size_t i)
{
	if (ml_missing(c, i))
		return "";
	return c->kind == ML_CATEGORY ? c->levels->name[c->code[i]] : c->text[i];
}

/* A column as a map: name, kind, which rows are missing, the values of all (0 or "" where
 * missing). */
static int put_column(struct ml_fields *out, const char *key, const struct ml_column *c,
		      size_t rows, struct ml_error *err)
{
	struct ml_fields *map = ml_put_map(out, key);
	int32_t missing[GOLDEN_ROWS];
	double number[GOLDEN_ROWS];
	const char *text[GOLDEN_ROWS];

	if (!map)
		return ml_fields_check(out, err);
	for (size_t i = 0; i < rows; i++) {
		missing[i] = ml_missing(c, i);
		if (c->kind == ML_NUMBER)
			number[i] = missing[i] ? 0 : c->num[i];
		else
			text[i] = text_of(c, i);
	}
	ml_put_text(map, "name", c->name);
	ml_put_size(map, "kind", c->kind);
	ml_put_ints(map, "missing", missing, rows);
	if (c->kind == ML_NUMBER)
		ml_put_reals(map, "reals", number, rows);
	else
		ml_put_texts(map, "texts", text, rows);
	return ML_OK;
}

static int put_table(struct ml_fields *out, const char *key, const struct ml_table *t,
		     struct ml_error *err)
{
	struct ml_fields *map = ml_put_map(out, key);
	char name[24];

	for (size_t j = 0; map && j < t->ncol; j++) {
		snprintf(name, sizeof name, "%zu", j);
		if (put_column(map, name, &t->col[j], t->rows, err))
			return err->code;
	}
	return map ? ML_OK : ml_fields_check(out, err);
}

static int fill_column(struct ml_table *t, struct ml_column *c, const struct ml_fields *map,
		       const int32_t *missing, struct ml_error *err)
{
	double *number = NULL;
	char **text = NULL;
	int rc = c->kind == ML_NUMBER ? ml_get_reals(map, "reals", &number, t->rows, err)
				      : ml_get_texts(map, "texts", &text, t->rows, err);

	for (size_t i = 0; !rc && i < t->rows; i++) {
		if (missing[i])
			continue;
		if (c->kind == ML_NUMBER)
			c->num[i] = number[i];
		else if (c->kind == ML_CATEGORY)
			rc = ml_levels_add(c->levels, text[i], strlen(text[i]), &c->code[i],
					   err);
		else if (!(c->text[i] = ml_arena_put(&t->arena, text[i], strlen(text[i]), err)))
			rc = err->code;
	}
	free(number);
	ml_texts_free(text, text ? t->rows : 0);
	return rc;
}

static int get_column(struct ml_table *t, const struct ml_fields *map, struct ml_error *err)
{
	char *name = NULL;
	size_t kind = 0;
	int32_t *missing = NULL;

	int rc = ml_get_text(map, "name", &name, err);
	if (!rc)
		rc = ml_get_size(map, "kind", ML_STRING, &kind, err);
	if (!rc)
		rc = ml_get_ints(map, "missing", &missing, t->rows, 0, 1, err);
	if (!rc)
		rc = ml_table_insert(t, t->ncol, name, (enum ml_kind)kind, err);
	if (!rc)
		rc = fill_column(t, &t->col[t->ncol - 1], map, missing, err);
	free(name);
	free(missing);
	return rc;
}

static int get_table(struct ml_table *t, const struct ml_fields *f, const char *key,
		     size_t rows, struct ml_error *err)
{
	const struct ml_fields *map;

	if (ml_get_map(f, key, &map, err))
		return err->code;
	t->rows = rows;
	for (size_t j = 0; j < map->n; j++) {
		if (map->v[j].type != ML_FIELD_MAP)
			return ml_fail(err, ML_EDATA, "E-MODEL", "golden column %zu is no map",
				       j + 1);
		if (get_column(t, map->v[j].u.map, err))
			return err->code;
	}
	return ML_OK;
}

/* ---- asking the steps ---- */

/* The steps from..to-1 applied to t; an estimator's numbers take the place of its columns. */
static int answer(struct ml_pipeline *p, size_t from, size_t to, struct ml_table *t,
		  struct ml_error *err)
{
	struct ml_pipeline part = { .step = p->step, .n = to };
	struct ml_mat out = { 0 };
	uint64_t undefined = 0;
	char name[32];

	if (!to || !p->step[to - 1].model)
		return ml_pipeline_apply(p, from, to, t, err);
	int rc = ml_pipeline_predict(&part, from, t, "golden", NULL, NULL, &out, &undefined,
				     err);
	size_t rows = t->rows;
	ml_table_release(t);
	t->rows = rows;
	for (size_t k = 0; !rc && k < out.cols; k++) {
		snprintf(name, sizeof name, "output-%zu", k + 1);
		rc = ml_table_insert(t, k, name, ML_NUMBER, err);
		for (size_t i = 0; !rc && i < rows; i++)
			t->col[k].num[i] = out.v[i * out.ld + k];
	}
	free(out.v);
	return rc;
}

/* Made-up rows of the columns that the steps need; *t stays NULL when the profile does not know
 * them. */
static int make_rows(const struct ml_pipeline *p, const struct ml_profile *profile,
		     struct ml_table **t, struct ml_error *err)
{
	struct ml_table *all = NULL, *part = NULL;
	struct ml_slot *slots = NULL;
	size_t n = 0, *idx = NULL;
	bool known = true;

	int rc = ml_profile_synth(profile, GOLDEN_ROWS, &all, err);
	if (!rc)
		rc = ml_pipeline_source(p, 0, &slots, &n, err);
	if (!rc && (!(idx = ml_alloc(n, sizeof *idx, err)) ||
		    !(part = ml_alloc(1, sizeof *part, err))))
		rc = err->code;
	for (size_t k = 0; !rc && known && k < n; k++) {
		idx[k] = ml_table_find(all, slots[k].name);
		known = idx[k] != SIZE_MAX && all->col[idx[k]].kind == slots[k].kind;
	}
	if (!rc && known)
		rc = ml_table_columns(part, all, idx, n, err);
	ml_table_free(all);
	ml_slots_free(slots, n);
	free(idx);
	if (rc || !known) {
		ml_table_free(part);
		part = NULL;
	}
	*t = part;
	return rc;
}

static int write_golden(struct ml_pipeline *p, struct ml_table *t, struct ml_error *err)
{
	struct ml_fields f = { 0 };

	ml_put_size(&f, "rows", t->rows);
	int rc = put_table(&f, "in", t, err);
	if (!rc)
		rc = answer(p, 0, p->n, t, err);
	if (!rc)
		rc = put_table(&f, "out", t, err);
	if (!rc)
		rc = ml_fields_check(&f, err);
	/* What golden rows met is no news. */
	for (size_t i = 0; i < p->n; i++)
		memset(p->step[i].tally, 0, p->step[i].n_needs * sizeof *p->step[i].tally);
	p->from = 0;
	if (!rc)
		return ml_pipeline_add_extra(p, "x-golden", &f, err);
	ml_fields_release(&f);
	/* A made-up row that the steps refuse (a value left missing on purpose) has no answer.
	 */
	return rc == ML_EDATA ? ML_OK : rc;
}

int ml_golden_renew(struct ml_pipeline *p, struct ml_error *err)
{
	const struct ml_fields *f = ml_pipeline_extra(p, "x-profile");
	struct ml_profile profile = { 0 };
	struct ml_table *t = NULL;

	ml_pipeline_drop_extras(p, "x-golden");
	if (!f || !p->n)
		return ML_OK;
	int rc = ml_profile_get(&profile, f, err);
	if (!rc)
		rc = make_rows(p, &profile, &t, err);
	if (!rc && t)
		rc = write_golden(p, t, err);
	ml_table_free(t);
	ml_profile_release(&profile);
	return rc;
}

/* ---- replaying ---- */

static bool same_number(double a, double b)
{
	return fabs(a - b) <= tolerance * fmax(1, fmax(fabs(a), fabs(b)));
}

static int compare_column(const struct ml_column *was, const struct ml_column *is, size_t rows,
			  struct ml_error *err)
{
	for (size_t i = 0; i < rows; i++) {
		bool gone = ml_missing(was, i), none = ml_missing(is, i);
		if (gone && none)
			continue;
		if (gone == none &&
		    (was->kind == ML_NUMBER ? same_number(was->num[i], is->num[i])
					    : !strcmp(text_of(was, i), text_of(is, i))))
			continue;
		if (was->kind == ML_NUMBER && !gone && !none)
			return ml_fail(err, ML_NO, "E-GOLDEN",
				       "golden row %zu: %s is %.17g, it was %.17g", i + 1,
				       ML_SHOW(was->name, strlen(was->name)), is->num[i],
				       was->num[i]);
		return ml_fail(err, ML_NO, "E-GOLDEN", "golden row %zu: %s is not what it was",
			       i + 1, ML_SHOW(was->name, strlen(was->name)));
	}
	return ML_OK;
}

static int compare(const struct ml_table *was, const struct ml_table *is, struct ml_error *err)
{
	for (size_t j = 0; j < was->ncol; j++) {
		size_t k = ml_table_find(is, was->col[j].name);
		if (k == SIZE_MAX || is->col[k].kind != was->col[j].kind)
			return ml_fail(err, ML_NO, "E-GOLDEN",
				       "golden rows: column '%s' is gone",
				       ML_SHOW(was->col[j].name, strlen(was->col[j].name)));
		if (compare_column(&was->col[j], &is->col[k], was->rows, err))
			return err->code;
	}
	return ML_OK;
}

static int replay(struct ml_pipeline *p, const struct ml_extra *e, size_t *checked,
		  struct ml_error *err)
{
	struct ml_table t = { 0 }, was = { 0 };
	size_t rows = 0;

	int rc = ml_get_size(&e->fields, "rows", GOLDEN_ROWS, &rows, err);
	if (!rc)
		rc = get_table(&t, &e->fields, "in", rows, err);
	if (!rc)
		rc = get_table(&was, &e->fields, "out", rows, err);
	if (!rc)
		rc = answer(p, e->from, e->to, &t, err);
	if (!rc)
		rc = compare(&was, &t, err);
	if (!rc)
		*checked += rows;
	ml_table_release(&t);
	ml_table_release(&was);
	return rc;
}

int ml_golden_check(struct ml_pipeline *p, size_t *checked, struct ml_error *err)
{
	*checked = 0;
	for (size_t i = 0; i < p->n_extra; i++) {
		if (strcmp(p->extra[i].kind, "x-golden"))
			continue;
		int rc = replay(p, &p->extra[i], checked, err);
		if (rc)
			return rc;
	}
	return ML_OK;
}
