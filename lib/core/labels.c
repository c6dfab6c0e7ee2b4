/* labels.c - labels of columns as codes.
 *
 * Numbers are sorted to find the distinct ones, so that any number of them costs the same; a
 * label is then its shortest text, which is the same for equal numbers. */
#include "core/labels.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/number.h"
#include "base/utf8.h"
#include "la/argsort.h"

static int ready(struct ml_labels *l, struct ml_error *err)
{
	if (!l->levels && !(l->levels = ml_levels_new(err)))
		return err->code;
	return ML_OK;
}

static int add(struct ml_labels *l, const char *s, size_t n, size_t limit, int32_t *code,
	       struct ml_error *err)
{
	if (ml_levels_add(l->levels, s, n, code, err))
		return err->code;
	if (l->levels->n > limit)
		return ml_fail(err, ML_EDATA, "E-LIMIT", "more than %zu distinct values",
			       limit);
	return ML_OK;
}

static void note_two_texts(struct ml_labels *l, const char *a, const char *b)
{
	if (l->one[0])
		return;
	ml_text_show(a, strlen(a), l->one, sizeof l->one);
	ml_text_show(b, strlen(b), l->other, sizeof l->other);
}

/* Codes of the rows in ascending order of their numbers; NaN rows are not among them. */
static int code_sorted(struct ml_labels *l, const double *v, const uint32_t *order, size_t n,
		       size_t limit, const size_t *at, int32_t *code, struct ml_error *err)
{
	char text[ML_NUMBER_MAX];
	int32_t now = 0;

	for (size_t i = 0; i < n; i++) {
		bool fresh = i == 0 || v[order[i]] != v[order[i - 1]];
		if (fresh && add(l, text, ml_number_print(v[order[i]], text), limit, &now, err))
			return err->code;
		code[at ? at[order[i]] : order[i]] = now;
	}
	return ML_OK;
}

/* Numbers that are there, and their rows. */
static int present(const struct ml_column *c, size_t rows, double **v, size_t **at, size_t *n,
		   struct ml_error *err)
{
	*at = NULL;
	*v = ml_alloc(rows, sizeof **v, err);
	if (!*v || !(*at = ml_alloc(rows, sizeof **at, err)))
		return err->code;
	for (size_t i = 0; i < rows; i++) {
		if (isnan(c->num[i]))
			continue;
		(*v)[*n] = c->num[i];
		(*at)[(*n)++] = i;
	}
	return ML_OK;
}

static bool any_missing(const double *v, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (isnan(v[i]))
			return true;
	return false;
}

static int number_column(struct ml_labels *l, const struct ml_column *c, size_t rows,
			 size_t limit, int32_t *code, struct ml_error *err)
{
	bool holes = any_missing(c->num, rows);
	double *some = NULL;
	size_t *at = NULL, n = 0;
	uint32_t *order = NULL;
	int rc = holes ? present(c, rows, &some, &at, &n, err) : ML_OK;
	const double *v = holes ? some : c->num;

	if (!holes)
		n = rows;
	for (size_t i = 0; i < rows; i++)
		code[i] = -1;
	if (!rc && !(order = ml_alloc(n, sizeof *order, err)))
		rc = err->code;
	if (!rc)
		rc = ml_argsort(v, 1, n, order, err);
	if (!rc)
		rc = code_sorted(l, v, order, n, limit, at, code, err);
	free(order);
	free(at);
	free(some);
	return rc;
}

/* How the number of each label is written: as it would be printed, or as `odd`. */
struct ml_spelling {
	bool plain;
	const char *odd;
};

/* Is one number written in two ways, "1" and "1.0"? */
static int look_at_texts(struct ml_labels *l, const struct ml_column *c, size_t rows,
			 const int32_t *code, struct ml_error *err)
{
	size_t cursor = 0, before = l->spellings;

	if (ML_GROW(l->spelling, l->spellings_cap, l->levels->n, err))
		return err->code;
	for (l->spellings = l->levels->n; before < l->spellings; before++)
		l->spelling[before] = (struct ml_spelling){ false, NULL };
	for (size_t i = 0; i < rows; i++) {
		const char *s = ml_column_origin(c, i, &cursor);
		if (code[i] < 0)
			continue;
		struct ml_spelling *known = &l->spelling[code[i]];
		const char *name = l->levels->name[code[i]];
		if (!s || !strcmp(s, name))
			known->plain = true;
		else if (!known->odd)
			known->odd = s;
		else if (strcmp(s, known->odd))
			note_two_texts(l, known->odd, s);
		if (known->plain && known->odd)
			note_two_texts(l, name, known->odd);
	}
	return ML_OK;
}

static int text_column(struct ml_labels *l, const struct ml_column *c, size_t rows,
		       size_t limit, int32_t *code, struct ml_error *err)
{
	char number[ML_NUMBER_MAX];
	size_t cursor = 0;
	int rc = ML_OK;

	for (size_t i = 0; !rc && i < rows; i++) {
		const char *s = NULL;
		code[i] = -1;
		if (ml_missing(c, i))
			continue;
		if (c->kind == ML_NUMBER && !(s = ml_column_origin(c, i, &cursor))) {
			ml_number_print(c->num[i], number);
			s = number;
		}
		if (c->kind == ML_STRING)
			s = c->text[i];
		if (s)
			rc = add(l, s, strlen(s), limit, &code[i], err);
	}
	return rc;
}

static int category_column(struct ml_labels *l, const struct ml_column *c, size_t rows,
			   size_t limit, int32_t *code, struct ml_error *err)
{
	int32_t *of = ml_alloc(c->levels->n, sizeof *of, err);
	int rc = of ? ML_OK : err->code;

	for (size_t i = 0; !rc && i < c->levels->n; i++)
		of[i] = -1; /* levels without a row are no labels */
	for (size_t i = 0; !rc && i < rows; i++) {
		int32_t from = c->code[i];
		code[i] = -1;
		if (from < 0)
			continue;
		if (of[from] < 0)
			rc = add(l, c->levels->name[from], c->levels->len[from], limit,
				 &of[from], err);
		code[i] = of[from];
	}
	free(of);
	return rc;
}

int ml_labels_column(struct ml_labels *l, const struct ml_column *c, size_t rows, size_t limit,
		     int32_t *code, struct ml_error *err)
{
	if (ready(l, err))
		return err->code;
	if (c->kind == ML_CATEGORY)
		return category_column(l, c, rows, limit, code, err);
	if (c->kind == ML_STRING || !l->numeric)
		return text_column(l, c, rows, limit, code, err);
	if (number_column(l, c, rows, limit, code, err))
		return err->code;
	return look_at_texts(l, c, rows, code, err);
}

/* The text that stands for a label: of a number its shortest. */
static const char *canonical(const struct ml_labels *l, const char *text,
			     char number[ML_NUMBER_MAX])
{
	struct ml_number x;

	if (!l->numeric || !ml_number_parse(text, strlen(text), &x))
		return text;
	ml_number_print(x.value, number);
	return number;
}

int ml_labels_add(struct ml_labels *l, const char *text, struct ml_error *err)
{
	char number[ML_NUMBER_MAX];
	int32_t code;

	if (ready(l, err))
		return err->code;
	const char *s = canonical(l, text, number);
	return ml_levels_add(l->levels, s, strlen(s), &code, err);
}

/* Labels that are compared as text and are the same number. */
static void look_for_twins(struct ml_labels *l)
{
	struct ml_number a, b;

	for (size_t i = 0; i < l->n; i++) {
		if (!ml_number_parse(l->name[i], strlen(l->name[i]), &a))
			continue;
		for (size_t j = i + 1; j < l->n; j++)
			if (ml_number_parse(l->name[j], strlen(l->name[j]), &b) &&
			    a.value == b.value)
				note_two_texts(l, l->name[i], l->name[j]);
	}
}

int ml_labels_sort(struct ml_labels *l, struct ml_error *err)
{
	/* Comparing all pairs is for classes, not for thousands of groups. */
	enum { FEW = 1024 };

	if (ready(l, err))
		return err->code;
	size_t n = l->levels->n, *order = ml_alloc(n, sizeof *order, err);
	l->name = order ? ml_alloc(n, sizeof *l->name, err) : NULL;
	l->rank = l->name ? ml_alloc(n, sizeof *l->rank, err) : NULL;
	int rc = l->rank ? ml_levels_sort(l->levels, order, err) : err->code;
	for (size_t i = 0; !rc && i < n; i++) {
		l->name[i] = l->levels->name[order[i]];
		l->rank[order[i]] = i;
	}
	free(order);
	l->n = rc ? 0 : n;
	if (!l->numeric && l->n <= FEW)
		look_for_twins(l);
	return rc;
}

void ml_labels_rank(const struct ml_labels *l, int32_t *code, size_t rows)
{
	for (size_t i = 0; i < rows; i++)
		if (code[i] >= 0)
			code[i] = (int32_t)l->rank[code[i]];
}

size_t ml_labels_find(const struct ml_labels *l, const char *text)
{
	char number[ML_NUMBER_MAX];
	const char *s = canonical(l, text, number);
	int32_t code = l->levels ? ml_levels_find(l->levels, s, strlen(s)) : -1;

	return code < 0 ? SIZE_MAX : l->rank[code];
}

void ml_labels_release(struct ml_labels *l)
{
	ml_levels_free(l->levels);
	free(l->name);
	free(l->rank);
	free(l->spelling);
	*l = (struct ml_labels){ 0 };
}
