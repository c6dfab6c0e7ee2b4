/* sketch_fields.c - a sketch as named fields: rows, names, kinds, hashes (little-endian words),
 * counts. */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "data/sketch.h"
#include "data/words.h"

void ml_sketch_put(const struct ml_sketch *s, struct ml_fields *f)
{
	unsigned char hashes[ML_SKETCH_K * ML_WORD];
	int32_t counts[ML_SKETCH_K];
	struct ml_error unused;
	int32_t *kinds = ml_alloc(s->columns, sizeof *kinds, &unused);

	for (size_t k = 0; kinds && k < s->columns; k++)
		kinds[k] = (int32_t)s->kind[k];
	for (size_t i = 0; i < s->n; i++) {
		ml_word_put(hashes + i * ML_WORD, s->hash[i]);
		/* Of so many twins one less or more makes no difference. */
		counts[i] = s->count[i] < INT32_MAX ? (int32_t)s->count[i] : INT32_MAX;
	}
	ml_put_size(f, "rows", (size_t)s->rows);
	ml_put_texts(f, "names", (const char *const *)s->name, s->columns);
	if (kinds)
		ml_put_ints(f, "kinds", kinds, s->columns);
	else if (f)
		f->failed = true;
	ml_put_bytes(f, "hashes", hashes, s->n * ML_WORD);
	ml_put_ints(f, "counts", counts, s->n);
	free(kinds);
}

static int get_columns(struct ml_sketch *s, const struct ml_fields *f, struct ml_error *err)
{
	enum { MOST_COLUMNS = 1048576 };
	int32_t *kinds = NULL;
	size_t n;
	int rc = ml_get_count(f, "names", MOST_COLUMNS, &n, err);

	if (!rc)
		rc = ml_get_texts(f, "names", &s->name, n, err);
	if (!rc) {
		s->columns = n;
		rc = ml_get_ints(f, "kinds", &kinds, n, ML_NUMBER, ML_STRING, err);
	}
	if (!rc && !(s->kind = ml_alloc(n, sizeof *s->kind, err)))
		rc = err->code;
	for (size_t k = 0; !rc && k < n; k++) {
		s->kind[k] = (enum ml_kind)kinds[k];
		if (k && strcmp(s->name[k - 1], s->name[k]) >= 0)
			rc = ml_fail(err, ML_EDATA, "E-MODEL",
				     "field 'names': name %zu is not behind the one before",
				     k + 1);
	}
	free(kinds);
	return rc;
}

static int get_hashes(struct ml_sketch *s, const struct ml_fields *f, struct ml_error *err)
{
	unsigned char *hashes = NULL;
	int32_t *counts = NULL;
	uint64_t sum = 0;
	int rc = ml_get_count(f, "counts", ML_SKETCH_K, &s->n, err);

	if (!rc)
		rc = ml_get_bytes(f, "hashes", &hashes, s->n * ML_WORD, err);
	if (!rc)
		rc = ml_get_ints(f, "counts", &counts, s->n, 1, INT32_MAX, err);
	for (size_t i = 0; !rc && i < s->n; i++) {
		s->hash[i] = ml_word_get(hashes + i * ML_WORD);
		s->count[i] = (uint64_t)counts[i];
		sum += s->count[i];
		if (i && s->hash[i] <= s->hash[i - 1])
			rc = ml_fail(err, ML_EDATA, "E-MODEL",
				     "field 'hashes': hash %zu is not above the one before",
				     i + 1);
	}
	/* Every row is in a sketch that is not full, unless a count was cut. */
	if (!rc && (sum > s->rows || (s->n < ML_SKETCH_K && sum < s->rows && sum < INT32_MAX)))
		rc = ml_fail(err, ML_EDATA, "E-MODEL",
			     "field 'counts': the counts do not fit %llu rows",
			     (unsigned long long)s->rows);
	free(counts);
	free(hashes);
	return rc;
}

int ml_sketch_get(struct ml_sketch *s, const struct ml_fields *f, struct ml_error *err)
{
	size_t rows = 0;

	*s = (struct ml_sketch){ 0 };
	int rc = ml_get_size(f, "rows", SIZE_MAX / 2, &rows, err);
	s->rows = rows;
	if (!rc)
		rc = get_columns(s, f, err);
	if (!rc)
		rc = get_hashes(s, f, err);
	if (rc)
		ml_sketch_release(s);
	else
		ml_sketch_rekey(s);
	return rc;
}
