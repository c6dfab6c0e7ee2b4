/* train_bounds.c - what a fit has to keep to: predictions that rise or fall with a column, and
 * columns that may meet. */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "core/train_parts.h"
#include "data/columns.h"

struct binding {
	const struct ml_train_plan *plan;
	const struct ml_table *t;
	size_t *feature; /* of each column of t: which one it is; SIZE_MAX: none */
	size_t n;
	const struct ml_run *run;
};

/* The next item of a list: its bytes, up to an unescaped `end`; *at moves behind it.  NULL:
 * there is none. */
static const char *next_item(const char **at, char end, size_t *n)
{
	const char *s = *at;

	if (!s)
		return NULL;
	for (*n = 0; s[*n] && s[*n] != end;)
		*n += s[*n] == '\\' && s[*n + 1] ? 2 : 1;
	*at = s[*n] ? s + *n + 1 : NULL;
	return s;
}

/* Columns that a spec names: *idx[0..*n), freed by the caller. */
static int pick(const struct binding *b, const char *option, const char *spec, size_t len,
		size_t **idx, size_t *n, struct ml_error *err)
{
	char *copy = ml_strndup(spec, len, err);
	size_t k = 0;

	if (!copy)
		return err->code;
	/* A semicolon is none of the characters that COLUMNS escapes. */
	for (size_t i = 0; copy[i]; i++)
		if (!(copy[i] == '\\' && copy[i + 1] == ';'))
			copy[k++] = copy[i];
	copy[k] = '\0';
	int rc = ml_table_pick(b->t, copy, idx, n, err);
	if (rc && rc != ML_ENOMEM)
		ml_context(err, "%s", option);
	for (size_t i = 0; !rc && i < *n; i++)
		ml_train_warn_role(&b->t->col[(*idx)[i]], copy, b->run);
	free(copy);
	return rc;
}

/* ---- --monotone ---- */

static int set_way(const struct binding *b, int *way, size_t column, int sign,
		   const bool *is_category, struct ml_error *err)
{
	const struct ml_column *c = &b->t->col[column];
	size_t k = b->feature[column];

	if (k == SIZE_MAX)
		return ML_OK;
	if (is_category && is_category[column])
		return ml_fail(err, ML_EUSAGE, "E-USAGE",
			       "--monotone: column '%s' holds categories, which have no order",
			       ML_SHOW(c->name, strlen(c->name)));
	if (way[k] && way[k] != sign)
		return ml_fail(err, ML_EUSAGE, "E-USAGE",
			       "--monotone: column '%s' cannot be + and - at once",
			       ML_SHOW(c->name, strlen(c->name)));
	way[k] = sign;
	return ML_OK;
}

/* "COLUMNS:+" */
static int set_ways(const struct binding *b, int *way, const char *item, size_t len,
		    const bool *is_category, int turn, struct ml_error *err)
{
	char sign = len > 2 && item[len - 2] == ':' ? item[len - 1] : '\0';
	size_t *idx = NULL, n = 0;

	if (sign != '+' && sign != '-')
		return ml_fail(err, ML_EUSAGE, "E-USAGE",
			       "--monotone: '%s' is not COLUMNS:+ or COLUMNS:-",
			       ML_SHOW(item, len));
	int rc = pick(b, "--monotone", item, len - 2, &idx, &n, err);
	for (size_t i = 0; !rc && i < n; i++)
		rc = set_way(b, way, idx[i], sign == '+' ? turn : -turn, is_category, err);
	free(idx);
	return rc;
}

/* Of two classes it is the positive one whose probability rises. */
static int monotone(struct ml_bounds *out, const struct binding *b, const bool *is_category,
		    const struct ml_outcome *o, struct ml_error *err)
{
	const char *at = b->plan->monotone, *item;
	int turn = o->n_classes == 2 && o->positive == 0 ? -1 : 1, rc = ML_OK;
	size_t len;

	if (!(out->monotone = ml_alloc(b->n, sizeof *out->monotone, err)))
		return err->code;
	while (!rc && (item = next_item(&at, ',', &len)))
		rc = set_ways(b, out->monotone, item, len, is_category, turn, err);
	return rc;
}

/* ---- --interactions ---- */

static int add_group(struct ml_bounds *out, const struct binding *b, const char *item,
		     size_t len, struct ml_error *err)
{
	bool *has = out->has + out->meetings.n * b->n;
	size_t *idx = NULL, n = 0;
	int rc = pick(b, "--interactions", item, len, &idx, &n, err);

	for (size_t i = 0; !rc && i < n; i++)
		if (b->feature[idx[i]] != SIZE_MAX)
			has[b->feature[idx[i]]] = true;
	out->meetings.n += !rc;
	free(idx);
	return rc;
}

/* Columns in no group are a group of their own, as in scikit-learn. */
static void add_rest(struct ml_bounds *out, size_t n)
{
	bool *rest = out->has + out->meetings.n * n, any = false;

	for (size_t j = 0; j < n; j++) {
		rest[j] = true;
		for (size_t k = 0; k < out->meetings.n; k++)
			rest[j] &= !out->has[k * n + j];
		any |= rest[j];
	}
	out->meetings.n += any;
}

static int interactions(struct ml_bounds *out, const struct binding *b, struct ml_error *err)
{
	const char *at = b->plan->interactions, *item;
	size_t len, groups = 1;
	int rc = ML_OK;

	while (next_item(&at, ';', &len))
		groups++;
	if (!(out->has = ml_alloc(groups * b->n, sizeof *out->has, err)))
		return err->code;
	at = b->plan->interactions;
	while (!rc && (item = next_item(&at, ';', &len)))
		rc = add_group(out, b, item, len, err);
	if (!rc)
		add_rest(out, b->n);
	out->meetings.has = out->has;
	return rc;
}

/* ---- both ---- */

int ml_bounds_init(struct ml_bounds *out, const struct ml_train_plan *plan,
		   const struct ml_table *t, const size_t *idx, size_t n,
		   const bool *is_category, const struct ml_outcome *o,
		   const struct ml_run *run, struct ml_error *err)
{
	struct binding b = { .plan = plan, .t = t, .n = n, .run = run };

	*out = (struct ml_bounds){ 0 };
	if (!plan->monotone && !plan->interactions)
		return ML_OK;
	if (!(b.feature = ml_alloc(t->ncol, sizeof *b.feature, err)))
		return err->code;
	for (size_t j = 0; j < t->ncol; j++)
		b.feature[j] = SIZE_MAX;
	for (size_t k = 0; k < n; k++)
		b.feature[idx[k]] = k;
	int rc = plan->monotone ? monotone(out, &b, is_category, o, err) : ML_OK;
	if (!rc && plan->interactions)
		rc = interactions(out, &b, err);
	free(b.feature);
	return rc;
}

void ml_bounds_join(const struct ml_bounds *b, struct ml_problem *p)
{
	p->monotone = b->monotone;
	p->meetings = b->has ? &b->meetings : NULL;
}

void ml_bounds_release(struct ml_bounds *b)
{
	free(b->monotone);
	free(b->has);
	*b = (struct ml_bounds){ 0 };
}
