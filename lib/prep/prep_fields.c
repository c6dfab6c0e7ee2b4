/* level_sets.c - fields whose length differs from column to column: counts, then all of them.
 */
#include "prep/prep_fields.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/utf8.h"

enum { NAME_MAX_LEN = 64 }; /* names are our own literals */

static const char *count_name(const char *name, char out[NAME_MAX_LEN])
{
	snprintf(out, NAME_MAX_LEN, "%s-count", name);
	return out;
}

int ml_get_word(const struct ml_fields *in, const char *name, const char *const *words,
		int *pick, struct ml_error *err)
{
	char *text = NULL;
	int rc = ml_get_text(in, name, &text, err), k = 0;

	if (rc)
		return rc;
	while (words[k] && strcmp(words[k], text) != 0)
		k++;
	if (!words[k])
		rc = ml_fail(err, ML_EDATA, "E-MODEL", "field '%s': '%s' is not known", name,
			     ML_SHOW(text, strlen(text)));
	*pick = k;
	free(text);
	return rc;
}

static int get_counts(const struct ml_fields *in, const char *name, size_t **from, size_t n,
		      struct ml_error *err)
{
	char buf[NAME_MAX_LEN];
	int32_t *count = NULL;
	int rc = ml_get_ints(in, count_name(name, buf), &count, n, 0, INT32_MAX, err);

	if (rc)
		return rc;
	if (!(*from = ml_alloc(n + 1, sizeof **from, err))) {
		free(count);
		return err->code;
	}
	for (size_t k = 0; k < n; k++)
		(*from)[k + 1] = (*from)[k] + (size_t)count[k];
	free(count);
	return ML_OK;
}

static void put_counts(struct ml_fields *out, const char *name, const size_t *from, size_t n)
{
	char buf[NAME_MAX_LEN];
	struct ml_error err;
	int32_t *count = ml_alloc(n, sizeof *count, &err);

	if (!count) {
		out->failed = true;
		return;
	}
	for (size_t k = 0; k < n; k++)
		count[k] = (int32_t)(from[k + 1] - from[k]);
	ml_put_ints(out, count_name(name, buf), count, n);
	free(count);
}

int ml_level_sets_init(struct ml_levels ***sets, size_t n, struct ml_error *err)
{
	if (!(*sets = ml_alloc(n, sizeof **sets, err)))
		return err->code;
	for (size_t k = 0; k < n; k++)
		if (!((*sets)[k] = ml_levels_new(err))) {
			ml_level_sets_free(*sets, k);
			*sets = NULL;
			return err->code;
		}
	return ML_OK;
}

void ml_level_sets_free(struct ml_levels **sets, size_t n)
{
	for (size_t k = 0; sets && k < n; k++)
		ml_levels_free(sets[k]);
	free(sets);
}

void ml_level_sets_put(struct ml_fields *out, const char *name, struct ml_levels *const *sets,
		       size_t n)
{
	struct ml_error err;
	size_t *from = ml_alloc(n + 1, sizeof *from, &err);
	const char **all = NULL;

	for (size_t k = 0; from && k < n; k++)
		from[k + 1] = from[k] + sets[k]->n;
	if (from)
		all = ml_alloc(from[n], sizeof *all, &err);
	if (!all) {
		free(from);
		out->failed = true;
		return;
	}
	for (size_t k = 0; k < n; k++)
		for (size_t c = 0; c < sets[k]->n; c++)
			all[from[k] + c] = sets[k]->name[c];
	put_counts(out, name, from, n);
	ml_put_texts(out, name, all, from[n]);
	free(all);
	free(from);
}

static int fill_set(struct ml_levels *set, const char *name, char *const *text, size_t n,
		    struct ml_error *err)
{
	for (size_t c = 0; c < n; c++) {
		int32_t code;
		int rc = ml_levels_add(set, text[c], strlen(text[c]), &code, err);

		if (rc)
			return rc;
		if ((size_t)code != c)
			return ml_fail(err, ML_EDATA, "E-MODEL", "field '%s': a level twice",
				       name);
	}
	return ML_OK;
}

int ml_level_sets_get(const struct ml_fields *in, const char *name, struct ml_levels ***sets,
		      size_t n, struct ml_error *err)
{
	size_t *from = NULL;
	char **text = NULL;
	int rc = get_counts(in, name, &from, n, err);

	if (!rc)
		rc = ml_get_texts(in, name, &text, from[n], err);
	if (!rc)
		rc = ml_level_sets_init(sets, n, err);
	for (size_t k = 0; !rc && k < n; k++)
		rc = fill_set((*sets)[k], name, text + from[k], from[k + 1] - from[k], err);
	if (text)
		ml_texts_free(text, from[n]);
	free(from);
	return rc;
}

void ml_runs_put(struct ml_fields *out, const char *name, const double *v, const size_t *from,
		 size_t n)
{
	put_counts(out, name, from, n);
	ml_put_reals(out, name, v, from[n]);
}

int ml_runs_get(const struct ml_fields *in, const char *name, double **v, size_t **from,
		size_t n, struct ml_error *err)
{
	int rc = get_counts(in, name, from, n, err);

	return rc ? rc : ml_get_reals(in, name, v, (*from)[n], err);
}
