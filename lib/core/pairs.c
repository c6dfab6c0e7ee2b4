/* pairs.c - the same rows, the same truth, the same classes. */
#include "core/pairs.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/number.h"
#include "base/utf8.h"

#define SHOW(s) ML_SHOW((s), strlen(s))

static int score(struct ml_scoring *s, const struct ml_table *t, const char *name,
		 const struct ml_scoring_plan *plan, const struct ml_labels *classes,
		 const struct ml_run *run, struct ml_error *err)
{
	struct ml_scoring_plan mine = *plan;

	mine.classes = classes;
	mine.file = name;
	int rc = ml_scoring_init(s, t, &mine, run, err);
	if (rc && !strstr(err->msg, name))
		ml_context(err, "%s", SHOW(name));
	return rc;
}

static int same_task(const struct ml_scoring *s, const struct ml_scoring *first,
		     const char *name, const char *first_name, struct ml_error *err)
{
	bool classes = s->rows.task == ML_FOR_CLASSES;

	if (s->rows.task != first->rows.task)
		return ml_fail(err, ML_EDATA, "E-PAIRS",
			       "%s is judged as %s, %s as %s: say which by --task", SHOW(name),
			       classes ? "classes" : "numbers", SHOW(first_name),
			       classes ? "numbers" : "classes");
	if (classes && s->labels.numeric != first->labels.numeric)
		return ml_fail(err, ML_EDATA, "E-PAIRS",
			       "labels of %s are %s, those of %s are %s: say which by --cat or "
			       "--num",
			       SHOW(name), s->labels.numeric ? "numbers" : "text",
			       SHOW(first_name), s->labels.numeric ? "text" : "numbers");
	return ML_OK;
}

/* Each is scored with the classes of those before it: the last one then knows all, and those
 * that know fewer are scored again. */
int ml_scoring_alike(struct ml_scoring *s, struct ml_table *const *table,
		     const char *const *name, size_t n, const struct ml_scoring_plan *plan,
		     const struct ml_run *run, struct ml_error *err)
{
	int rc = ML_OK;

	for (size_t i = 0; !rc && i < n; i++) {
		const struct ml_labels *known = i ? &s[i - 1].labels : plan->classes;
		rc = score(&s[i], table[i], name[i], plan, known, run, err);
		if (!rc)
			rc = same_task(&s[i], &s[0], name[i], name[0], err);
	}
	for (size_t i = 0; !rc && i + 1 < n; i++) {
		if (s[i].labels.n == s[n - 1].labels.n)
			continue;
		ml_scoring_release(&s[i]);
		rc = score(&s[i], table[i], name[i], plan, &s[n - 1].labels, run, err);
	}
	return rc;
}

/* ---- the same truth ---- */

/* The truth of a row, for messages. */
static const char *truth_of(const struct ml_scoring *s, size_t row, char out[ML_NUMBER_MAX])
{
	if (s->rows.y)
		return s->labels.name[s->rows.y[row]];
	ml_number_print(s->rows.truth[row], out);
	return out;
}

static int same_rows(const struct ml_pairs *p, size_t k, struct ml_error *err)
{
	const struct ml_scoring *s = &p->scoring[k], *first = &p->scoring[0];
	char mine[ML_NUMBER_MAX], other[ML_NUMBER_MAX];

	if (!s->rows.w != !first->rows.w)
		return ml_fail(err, ML_EDATA, "E-PAIRS", "%s has %s weights, %s has %s",
			       SHOW(p->name[k]), s->rows.w ? "row" : "no", SHOW(p->name[0]),
			       s->rows.w ? "none" : "some");
	for (size_t i = 0; i < s->rows.n; i++) {
		bool same = s->rows.y ? s->rows.y[i] == first->rows.y[i]
				      : s->rows.truth[i] == first->rows.truth[i];
		if (!same)
			return ml_fail(
				err, ML_EDATA, "E-PAIRS",
				"row %zu of %s: %s is '%s' in %s and '%s' here; are these "
				"the same rows? (--id joins them)",
				i + 1, SHOW(p->name[k]), SHOW(s->truth_name),
				SHOW(truth_of(first, i, other)), SHOW(p->name[0]),
				SHOW(truth_of(s, i, mine)));
		if (s->rows.w && s->rows.w[i] != first->rows.w[i])
			return ml_fail(err, ML_EDATA, "E-PAIRS",
				       "row %zu of %s has another weight than in %s", i + 1,
				       SHOW(p->name[k]), SHOW(p->name[0]));
	}
	return ML_OK;
}

static int order_rows(struct ml_pairs *p, size_t k, const char *prefix, struct ml_error *err)
{
	size_t rows = p->table[k]->rows, first = p->table[0]->rows;

	if (rows != first)
		return ml_fail(err, ML_EDATA, "E-PAIRS", "%s has %zu rows, %s has %zu",
			       SHOW(p->name[k]), rows, SHOW(p->name[0]), first);
	if (ml_table_role(p->table[0], ML_ID) == SIZE_MAX)
		return ML_OK;
	return ml_pairs_join(&p->table[k], p->table[0], p->name[k], p->name[0], prefix, err);
}

int ml_pairs_init(struct ml_pairs *p, struct ml_table **table, const char *const *name,
		  size_t n, const struct ml_scoring_plan *plan, const struct ml_run *run,
		  struct ml_error *err)
{
	*p = (struct ml_pairs){ .n = n, .name = name };
	p->table = ml_alloc(n, sizeof *p->table, err);
	p->scoring = p->table ? ml_alloc(n, sizeof *p->scoring, err) : NULL;
	int rc = p->scoring ? ML_OK : err->code;
	for (size_t k = 0; k < n; k++) {
		if (p->table)
			p->table[k] = table[k];
		else
			ml_table_free(table[k]);
		table[k] = NULL;
	}
	for (size_t k = 1; !rc && k < n; k++)
		rc = order_rows(p, k, plan->prefix, err);
	if (!rc)
		rc = ml_scoring_alike(p->scoring, p->table, name, n, plan, run, err);
	for (size_t k = 1; !rc && k < n; k++)
		rc = same_rows(p, k, err);
	return rc;
}

void ml_pairs_release(struct ml_pairs *p)
{
	for (size_t k = 0; k < p->n; k++) {
		if (p->scoring)
			ml_scoring_release(&p->scoring[k]);
		if (p->table)
			ml_table_free(p->table[k]);
	}
	free(p->scoring);
	free(p->table);
	*p = (struct ml_pairs){ 0 };
}
