/* labels.h - values of columns as codes of one sorted list: classes of truth and predictions,
 * levels that rows are sliced by, groups. */
#ifndef ML_CORE_LABELS_H
#define ML_CORE_LABELS_H

#include <stdbool.h>

#include "base/error.h"
#include "data/table.h"

struct ml_labels {
	bool numeric;      /* compared as numbers, else as text; set by the caller first */
	size_t n;          /* after ml_labels_sort(): */
	const char **name; /* n names, bytewise ascending (numerically when all are numbers) */
	size_t *rank;      /* of the codes that were given before: their place in name */
	struct ml_levels *levels; /* in order of appearance */
	char one[32],
		other[32]; /* two texts of one number, when there are: W-LABELS; else "" */
	struct ml_spelling *spelling; /* private */
	size_t spellings, spellings_cap;
};

/* A zeroed struct with .numeric set is empty. code[0..rows): codes in order of appearance, -1
 * where missing.  More than `limit` labels: ML_EDATA, E-LIMIT (the caller adds whose). */
int ml_labels_column(struct ml_labels *l, const struct ml_column *c, size_t rows, size_t limit,
		     int32_t *code, struct ml_error *err) ML_CHECK;
/* A label that may have no row. */
int ml_labels_add(struct ml_labels *l, const char *text, struct ml_error *err) ML_CHECK;
/* Sorts the names; codes given before become rank[code]. */
int ml_labels_sort(struct ml_labels *l, struct ml_error *err) ML_CHECK;
void ml_labels_rank(const struct ml_labels *l, int32_t *code, size_t rows);
/* Index of a label, in the notation of the user; SIZE_MAX when there is none. */
size_t ml_labels_find(const struct ml_labels *l, const char *text);
void ml_labels_release(struct ml_labels *l);

#endif
