/* strata.c - rows by the value of a column. */
#include "data/strata.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "la/argsort.h"

/* A target of at most 20 whole numbers may be classes; so few are never cut into bins. */
enum { FEW_VALUES = 20 };

/* Present values and their rows, by rising value; *n of them. */
static int sort_numbers(const double *v, size_t rows, size_t **sorted, size_t *n,
			struct ml_error *err)
{
	double *value = ml_alloc(rows, sizeof *value, err);
	size_t *row = value ? ml_alloc(rows, sizeof *row, err) : NULL;
	uint32_t *order = row ? ml_alloc(rows, sizeof *order, err) : NULL;
	int rc = order ? ML_OK : err->code;

	*n = 0;
	*sorted = rc ? NULL : ml_alloc(rows, sizeof **sorted, err);
	if (!rc && !*sorted)
		rc = err->code;
	for (size_t i = 0; !rc && i < rows; i++)
		if (!isnan(v[i])) {
			value[*n] = v[i];
			row[(*n)++] = i;
		}
	if (!rc)
		rc = ml_argsort(value, 1, *n, order, err);
	for (size_t k = 0; !rc && k < *n; k++)
		(*sorted)[k] = row[order[k]];
	free(order);
	free(row);
	free(value);
	if (rc) {
		free(*sorted);
		*sorted = NULL;
	}
	return rc;
}

/* code[i] = number of the value, or of its bin; rows whose value is missing are left as they
 * are. */
static int code_numbers(const double *v, size_t rows, size_t bins, size_t *code, bool *binned,
			struct ml_error *err)
{
	size_t *row, n, values = 0;
	int rc = sort_numbers(v, rows, &row, &n, err);

	if (rc)
		return rc;
	for (size_t k = 0; k < n; k++)
		values += k == 0 || v[row[k]] != v[row[k - 1]];
	*binned = bins && values > FEW_VALUES;
	for (size_t k = 0, run = 0, value = 0; k < n; k++) {
		if (k && v[row[k]] != v[row[k - 1]]) {
			run = k; /* equal values go where the first of them belongs */
			value++;
		}
		code[row[k]] =
			*binned ? (size_t)((double)run / (double)n * (double)bins) : value;
	}
	free(row);
	return ML_OK;
}

static int code_texts(const char **text, size_t rows, size_t *code, struct ml_error *err)
{
	struct ml_levels *seen = ml_levels_new(err);
	int rc = seen ? ML_OK : err->code;
	int32_t level;

	for (size_t i = 0; !rc && i < rows; i++)
		if (text[i]) {
			rc = ml_levels_add(seen, text[i], strlen(text[i]), &level, err);
			code[i] = (size_t)level;
		}
	ml_levels_free(seen);
	return rc;
}

/* Codes of any kind, SIZE_MAX where missing; all are below rows, or the number of levels. */
static int code_rows(const struct ml_column *c, size_t rows, size_t bins, size_t *code,
		     bool *binned, struct ml_error *err)
{
	for (size_t i = 0; i < rows; i++)
		code[i] = c ? SIZE_MAX : 0;
	if (!c)
		return ML_OK;
	if (c->kind == ML_NUMBER)
		return code_numbers(c->num, rows, bins, code, binned, err);
	if (c->kind == ML_STRING)
		return code_texts(c->text, rows, code, err);
	for (size_t i = 0; i < rows; i++)
		if (c->code[i] >= 0)
			code[i] = (size_t)c->code[i];
	return ML_OK;
}

/* Renumbers the codes by first appearance; `map` has a place for each code and one for missing.
 */
static void renumber(struct ml_strata *s, size_t rows, size_t *map, size_t codes)
{
	for (size_t i = 0; i < rows; i++) {
		size_t *to = &map[s->of[i] == SIZE_MAX ? codes : s->of[i]];

		if (!*to) {
			if (s->of[i] == SIZE_MAX)
				s->missing = s->n;
			s->first[s->n] = i;
			*to = ++s->n;
		}
		s->of[i] = *to - 1;
		s->size[s->of[i]]++;
	}
}

int ml_strata_init(struct ml_strata *s, const struct ml_column *c, size_t rows, size_t bins,
		   struct ml_error *err)
{
	size_t codes = c && c->kind == ML_CATEGORY ? c->levels->n : rows + 1;
	size_t *map = ml_alloc(codes + 1, sizeof *map, err);
	int rc = map ? ML_OK : err->code;

	*s = (struct ml_strata){ .missing = SIZE_MAX };
	if (!rc && !((s->of = ml_alloc(rows, sizeof *s->of, err)) &&
		     (s->size = ml_alloc(rows, sizeof *s->size, err)) &&
		     (s->first = ml_alloc(rows, sizeof *s->first, err))))
		rc = err->code;
	if (!rc)
		rc = code_rows(c, rows, bins, s->of, &s->binned, err);
	if (!rc)
		renumber(s, rows, map, codes);
	free(map);
	if (rc)
		ml_strata_release(s);
	return rc;
}

int ml_strata_rows(const struct ml_strata *s, size_t rows, size_t **row, size_t **from,
		   struct ml_error *err)
{
	size_t *order = ml_alloc(rows, sizeof *order, err);
	size_t *start = order ? ml_alloc(s->n + 1, sizeof *start, err) : NULL;

	if (!start) {
		free(order);
		return err->code;
	}
	for (size_t c = 0; c < s->n; c++)
		start[c + 1] = start[c] + s->size[c];
	for (size_t i = 0; i < rows; i++)
		order[start[s->of[i]]++] = i;
	/* Each start has moved to the next one's place. */
	memmove(start + 1, start, s->n * sizeof *start);
	start[0] = 0;
	*row = order;
	*from = start;
	return ML_OK;
}

void ml_strata_release(struct ml_strata *s)
{
	free(s->of);
	free(s->size);
	free(s->first);
	*s = (struct ml_strata){ .missing = SIZE_MAX };
}
