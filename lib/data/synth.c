/* synth.c - a few rows made from a profile.
 *
 * They stand for the training rows where those may not be kept: what a model makes of them is
 * stored with it, and compared later.  So each kind of cell comes up early: a median, a tail,
 * a rare level, a missing value. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "data/profile.h"

/* The median first, then from the middle to the tails. */
static const size_t quantile_order[ML_PROFILE_QUANTILES] = { 4, 3, 5, 2, 6, 1, 7, 0, 8 };

/* Which of n choices a row takes: the first in row 0, then the others in turn, each column
 * beginning at another. */
static size_t choice(size_t row, size_t column, size_t n)
{
	return row == 0 || n < 2 ? 0 : 1 + (row - 1 + column) % (n - 1);
}

static int fill_category(struct ml_column *to, const struct ml_profile_column *c, size_t column,
			 size_t rows, struct ml_error *err)
{
	int32_t code;
	int rc = ML_OK;

	for (size_t k = 0; !rc && k < c->top_n; k++)
		rc = ml_levels_add(to->levels, c->top[k], strlen(c->top[k]), &code, err);
	for (size_t i = 0; !rc && c->top_n && i < rows; i++)
		to->code[i] = (int32_t)choice(i, column, c->top_n);
	return rc;
}

static void fill_numbers(struct ml_column *to, const struct ml_profile_column *c, size_t column,
			 size_t rows)
{
	for (size_t i = 0; i < rows; i++) {
		double v = c->quantile[quantile_order[choice(i, column, ML_PROFILE_QUANTILES)]];

		to->num[i] = c->whole ? rint(v) : v;
	}
}

static int fill_texts(struct ml_table *t, struct ml_column *to,
		      const struct ml_profile_column *c, size_t rows, struct ml_error *err)
{
	for (size_t i = 0; i < rows; i++) {
		char text[32];
		int n = snprintf(text, sizeof text, "text %zu", i);
		size_t len = (size_t)n < c->longest ? (size_t)n : c->longest;

		if (!(to->text[i] = ml_arena_put(&t->arena, text, len, err)))
			return err->code;
	}
	return ML_OK;
}

static int add_column(struct ml_table *t, const struct ml_profile *p,
		      const struct ml_profile_column *c, struct ml_error *err)
{
	size_t at = t->ncol, filled = t->rows;
	int rc = ml_table_insert(t, at, c->name, c->kind, err);

	if (rc || c->missing == p->rows)
		return rc;
	if (c->missing && t->rows > 1)
		filled--;
	if (c->kind == ML_CATEGORY)
		return fill_category(&t->col[at], c, at, filled, err);
	if (c->kind == ML_STRING)
		return fill_texts(t, &t->col[at], c, filled, err);
	fill_numbers(&t->col[at], c, at, filled);
	return ML_OK;
}

int ml_profile_synth(const struct ml_profile *p, size_t rows, struct ml_table **out,
		     struct ml_error *err)
{
	struct ml_table *t = ml_alloc(1, sizeof *t, err);
	int rc = t ? ML_OK : err->code;

	if (rc)
		return rc;
	t->rows = rows;
	for (size_t j = 0; !rc && j < p->n; j++)
		if (p->col[j].role == ML_FEATURE)
			rc = add_column(t, p, &p->col[j], err);
	if (rc)
		ml_table_free(t);
	else
		*out = t;
	return rc;
}
