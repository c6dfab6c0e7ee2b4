/* scoring_prob.c - columns of probabilities: which class each one is of, and whether they are
 * probabilities at all.
 *
 * The class of a column is told by its name: PREFIXprob:CLASS, or the name of a class, or a
 * name that ends in a class behind one of _ . : - = or a blank (p_setosa).  It is never told by
 * position. Of two classes one column is enough; if its name tells nothing it is the positive
 * one's. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/number.h"
#include "base/utf8.h"
#include "core/scoring_parts.h"
#include "data/columns.h"

#define SHOW(s) ML_SHOW((s), strlen(s))
static const char KEY[] = "prob:";
/* What other programs write has six digits or more behind the point. */
static const double SUM_TOL = 1e-6;

/* The class in PREFIXprob:CLASS, or NULL. */
static const char *told_class(const struct ml_bound *b, const char *name)
{
	size_t front = strlen(b->plan->prefix), key = sizeof KEY - 1;

	if (strncmp(name, b->plan->prefix, front) || strncmp(name + front, KEY, key))
		return NULL;
	return name + front + key;
}

static int take(struct ml_bound *b, size_t *cap, size_t at, struct ml_error *err)
{
	for (size_t j = 0; j < b->n_prob; j++)
		if (b->prob[j] == at)
			return ML_OK;
	if (ML_GROW(b->prob, *cap, b->n_prob + 1, err))
		return err->code;
	b->prob[b->n_prob++] = at;
	return ML_OK;
}

int ml_scoring_find_probs(struct ml_bound *b, struct ml_error *err)
{
	const struct ml_table *t = b->table;
	const struct ml_texts *spec = &b->plan->prob;
	size_t cap = 0;
	int rc = ML_OK;

	for (size_t i = 0; !rc && i < spec->n; i++) {
		size_t *idx = NULL, n = 0, at = ml_table_find(t, spec->v[i]);
		if (at != SIZE_MAX) { /* prob:a is a name, not a range */
			rc = take(b, &cap, at, err);
			continue;
		}
		rc = ml_table_pick(t, spec->v[i], &idx, &n, err);
		for (size_t j = 0; !rc && j < n; j++)
			rc = take(b, &cap, idx[j], err);
		free(idx);
	}
	/* Numbers that were named as the predictions of numbers are not about classes. */
	bool numbers = b->plan->pred && b->plan->task < 0 && b->truth->kind == ML_NUMBER &&
		       b->pred->kind == ML_NUMBER;
	for (size_t j = 0; !rc && !spec->n && !numbers && j < t->ncol; j++)
		if (told_class(b, t->col[j].name) && &t->col[j] != b->truth)
			rc = take(b, &cap, j, err);
	return rc;
}

int ml_scoring_prob_labels(const struct ml_bound *b, struct ml_labels *l, struct ml_error *err)
{
	for (size_t j = 0; j < b->n_prob; j++) {
		const char *told = told_class(b, b->table->col[b->prob[j]].name);
		if (told && ml_labels_add(l, told, err))
			return err->code;
	}
	if (l->levels->n > ML_SCORING_CLASSES)
		return ml_fail(err, ML_EDATA, "E-LIMIT", "more than %d classes",
			       ML_SCORING_CLASSES);
	return ML_OK;
}

/* The class that the end of a name tells: the longest label behind a separator; SIZE_MAX: none.
 */
static size_t class_at_end(const struct ml_labels *l, const char *name)
{
	size_t len = strlen(name), best = ml_labels_find(l, name), longest = 0;

	for (size_t c = 0; best == SIZE_MAX && c < l->n; c++) {
		size_t n = strlen(l->name[c]);
		if (n <= longest || n >= len || strcmp(name + len - n, l->name[c]))
			continue;
		if (!strchr("_.:-= ", name[len - n - 1]))
			continue;
		longest = n;
	}
	return longest ? ml_labels_find(l, name + len - longest) : best;
}

static int class_of(const struct ml_scoring *s, const struct ml_bound *b,
		    const struct ml_column *col, size_t *c, struct ml_error *err)
{
	const char *told = told_class(b, col->name);

	*c = told ? ml_labels_find(&s->labels, told) : class_at_end(&s->labels, col->name);
	if (*c != SIZE_MAX)
		return ML_OK;
	*c = s->rows.positive;
	if (b->n_prob == 1 && s->labels.n == 2)
		return ML_OK;
	if (b->n_prob == 1 && s->labels.n == 1)
		return b->plan->positive ? ML_OK
					 : ml_fail(err, ML_EDATA, "E-ONECLASS",
						   "there is one class only, '%s': say with "
						   "--positive which "
						   "class '%s' is the probability of",
						   SHOW(s->labels.name[0]), SHOW(col->name));
	return ml_fail(err, ML_EDATA, "E-COLUMNS",
		       "which class is '%s' the probability of? name the column prob:CLASS",
		       SHOW(col->name));
}

/* Copies a column into the matrix. */
static int read_column(struct ml_scoring *s, const struct ml_bound *b,
		       const struct ml_column *col, size_t c, struct ml_error *err)
{
	size_t k = s->labels.n;
	char what[96];

	if (ml_scoring_check_numbers(b, col, "the probability is missing", err))
		return err->code;
	for (size_t i = 0; i < s->rows.n; i++) {
		double p = col->num[i];
		if (!(p >= 0 && p <= 1)) {
			snprintf(what, sizeof what, "%.17g is not a probability (0 to 1)", p);
			return ml_scoring_bad_cell(b, col, i, "E-RANGE", what, err);
		}
		s->prob[i * k + c] = p;
		if (b->n_prob == 1 && k == 2)
			s->prob[i * k + 1 - c] = 1 - p;
	}
	return ML_OK;
}

static int check_sums(const struct ml_scoring *s, const struct ml_bound *b,
		      struct ml_error *err)
{
	const struct ml_column *first = &b->table->col[b->prob[0]];
	size_t k = s->labels.n;
	char what[96];

	for (size_t i = 0; i < s->rows.n; i++) {
		double sum = 0;
		for (size_t c = 0; c < k; c++)
			sum += s->prob[i * k + c];
		if (fabs(sum - 1) <= SUM_TOL)
			continue;
		snprintf(what, sizeof what,
			 "the probabilities of %zu classes sum to %.9g, expected 1", k, sum);
		return ml_scoring_bad_cell(b, first, i, "E-RANGE", what, err);
	}
	return ML_OK;
}

int ml_scoring_read_probs(struct ml_scoring *s, const struct ml_bound *b, struct ml_error *err)
{
	size_t k = s->labels.n, c;
	bool *met = ml_alloc(k, sizeof *met, err);
	int rc = met ? ML_OK : err->code;

	if (!rc && s->rows.n > SIZE_MAX / sizeof(double) / k)
		rc = ml_fail(err, ML_ENOMEM, "E-NOMEM", "too many probabilities");
	if (!rc && !(s->prob = ml_alloc(s->rows.n * k, sizeof *s->prob, err)))
		rc = err->code;
	for (size_t j = 0; !rc && j < b->n_prob; j++) {
		const struct ml_column *col = &b->table->col[b->prob[j]];
		rc = class_of(s, b, col, &c, err);
		if (!rc && met[c])
			rc = ml_fail(err, ML_EDATA, "E-DUP",
				     "'%s' is the second column of class '%s'", SHOW(col->name),
				     SHOW(s->labels.name[c]));
		if (!rc)
			rc = read_column(s, b, col, c, err);
		if (!rc)
			met[c] = true;
	}
	for (c = 0; !rc && c < k; c++)
		if (!met[c] && !(b->n_prob == 1 && k <= 2))
			rc = ml_fail(err, ML_EDATA, "E-COLUMNS",
				     "no column of probabilities of class '%s'",
				     SHOW(s->labels.name[c]));
	free(met);
	if (!rc && b->n_prob > 1)
		rc = check_sums(s, b, err);
	s->rows.prob = (struct ml_mat){ s->prob, s->rows.n, k, k };
	return rc;
}

int ml_scoring_pick_classes(struct ml_scoring *s, struct ml_error *err)
{
	size_t k = s->labels.n;

	if (!(s->pred = ml_alloc(s->rows.n, sizeof *s->pred, err)))
		return err->code;
	for (size_t i = 0; i < s->rows.n; i++) {
		const double *p = s->prob + i * k;
		size_t best = k == 2 ? 1 - s->rows.positive : 0;
		for (size_t c = 0; c < k; c++)
			if (p[c] > p[best])
				best = c;
		s->pred[i] = (int32_t)best;
	}
	return ML_OK;
}
