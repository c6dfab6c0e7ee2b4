/* ruleview.c - trees as rules for people. */
#include "core/ruleview.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "core/treeview.h"
#include "models/trees.h"

/* Is there a leaf where a rule does not hold? */
static bool has_misses(const struct ml_trees *t, size_t tree)
{
	for (size_t k = t->root[tree]; k < t->root[tree + 1]; k++)
		if (ml_tnode_is_leaf(t, tree, k - t->root[tree]) && !(t->cover[k] > 0))
			return true;
	return false;
}

/* The commonest class and its share, or the number. */
static void put_answer(const struct ml_outcome *o, const struct ml_trees *t, size_t leaf,
		       struct ml_buf *b)
{
	const double *v = ml_trees_vector(t, leaf);
	size_t best = 0;

	if (o->n_classes == 2 && t->width <= 1) {
		best = v[0] > 0.5;
		ml_buf_printf(b, "%s %.3g", ML_SHOW(o->classes[best], strlen(o->classes[best])),
			      best ? v[0] : 1 - v[0]);
	} else if (o->n_classes && t->width == o->n_classes) {
		for (size_t c = 1; c < t->width; c++)
			best = v[c] > v[best] ? c : best;
		ml_buf_printf(b, "%s %.3g", ML_SHOW(o->classes[best], strlen(o->classes[best])),
			      v[best]);
	} else {
		ml_buf_printf(b, "%.6g", v[0]);
	}
	ml_buf_printf(b, "  (%.6g rows)\n", t->cover[leaf]);
}

/* In brackets where it ends with "or missing", which "and" would seem to bind. */
static void put_condition(struct ml_buf *b, const char *text)
{
	static const char tail[] = " or missing";
	size_t n = strlen(text), k = sizeof tail - 1;
	bool either = n > k && !strcmp(text + n - k, tail);

	ml_buf_text(b, either ? "(" : "");
	ml_buf_text(b, text);
	ml_buf_text(b, either ? ")" : "");
}

/* The rules of one tree.  Those of a list go on with else. */
static int put_tree(const struct ml_pipeline *p, const struct ml_trees *t, size_t tree,
		    bool list, struct ml_buf *b, struct ml_error *err)
{
	struct ml_treeview v = { 0 };
	const struct ml_step *s = ml_pipeline_model(p);
	int rc = ml_treeview_init(&v, p, tree + 1, err);
	size_t *condition = rc ? NULL : ml_alloc(v.n + 1, sizeof *condition, err);

	if (!rc && !condition)
		rc = err->code;
	for (size_t k = 0; !rc && k < v.n; k++) {
		const struct ml_treeline *line = &v.line[k];

		condition[line->depth] = line->condition;
		if (!line->leaf || !(line->cover > 0))
			continue;
		ml_buf_text(b, list && tree ? "else " : "");
		for (size_t d = 1; d <= line->depth; d++) {
			ml_buf_text(b, d == 1 ? "if " : " and ");
			put_condition(b, (const char *)v.text.v + condition[d]);
		}
		ml_buf_text(b, line->depth ? ": " : list ? "" : "always: ");
		put_answer(&s->outcome, t, t->root[tree] + line->node, b);
	}
	free(condition);
	ml_treeview_release(&v);
	return rc;
}

int ml_show_rules(const struct ml_pipeline *p, struct ml_buf *out, struct ml_error *err)
{
	const struct ml_step *s = ml_pipeline_model(p);

	if (!s)
		return ml_fail(err, ML_EDATA, "E-FORMAT",
			       "the model has no estimator, only preparations");
	const struct ml_trees *t = s->model->trees ? s->model->trees(s->state) : NULL;
	bool list = t && t->n > 1;
	for (size_t k = 0; list && k + 1 < t->n; k++)
		list = has_misses(t, k);
	if (!t || (t->n > 1 && !list))
		return ml_fail(err, ML_EUSAGE, "E-USAGE",
			       "'%s' is no list of rules, and no single tree", ml_step_type(s));
	int rc = ML_OK;
	for (size_t k = 0; !rc && k < t->n; k++)
		rc = put_tree(p, t, k, list, out, err);
	return rc ? rc : ml_buf_check(out, err);
}
