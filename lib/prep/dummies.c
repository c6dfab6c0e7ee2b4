/* dummies.c - 0/1 columns in place of one column. */
#include "prep/dummies.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

/* "COLUMN=SUFFIX" for each suffix; freed with free_names(). */
static void free_names(char **names, size_t n)
{
	for (size_t j = 0; names && j < n; j++)
		free(names[j]);
	free(names);
}

static char **make_names(const char *column, const char *const *suffix, size_t n,
			 struct ml_error *err)
{
	size_t len = strlen(column);
	char **names = ml_alloc(n, sizeof *names, err);

	for (size_t j = 0; names && j < n; j++) {
		size_t more = strlen(suffix[j]) + 1;

		if (!(names[j] = ml_alloc(len + 1 + more, 1, err))) {
			free_names(names, n);
			return NULL;
		}
		memcpy(names[j], column, len);
		names[j][len] = '=';
		memcpy(names[j] + len + 1, suffix[j], more);
	}
	return names;
}

int ml_dummies_put(struct ml_table *t, size_t at, const int32_t *slot,
		   const char *const *suffix, size_t n, struct ml_error *err)
{
	char **names = make_names(t->col[at].name, suffix, n, err);
	int rc = names ? ML_OK : err->code;

	if (!rc)
		rc = ml_table_insert_many(t, at + 1, (const char *const *)names, n, ML_NUMBER,
					  err);
	free_names(names, n);
	if (rc)
		return rc;
	for (size_t j = 0; j < n; j++) {
		struct ml_column *c = &t->col[at + 1 + j];

		c->dummy = true;
		c->role = t->col[at].role;
		memset(c->num, 0, t->rows * sizeof *c->num);
	}
	for (size_t i = 0; i < t->rows; i++)
		if (slot[i] >= 0 && (size_t)slot[i] < n)
			t->col[at + 1 + (size_t)slot[i]].num[i] = 1;
	ml_table_remove(t, at);
	return ML_OK;
}

struct place {
	size_t column, k;
};

static int last_first(const void *va, const void *vb)
{
	const struct place *a = va, *b = vb;

	return (a->column < b->column) - (a->column > b->column);
}

size_t *ml_columns_backwards(const size_t *cols, size_t n, struct ml_error *err)
{
	struct place *places = ml_alloc(n, sizeof *places, err);
	size_t *order = places ? ml_alloc(n, sizeof *order, err) : NULL;

	for (size_t k = 0; order && k < n; k++)
		places[k] = (struct place){ cols[k], k };
	if (order && n)
		qsort(places, n, sizeof *places, last_first);
	for (size_t k = 0; order && k < n; k++)
		order[k] = places[k].k;
	free(places);
	return order;
}
