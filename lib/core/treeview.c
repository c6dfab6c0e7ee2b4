/* treeview.c - one tree as lines of text: conditions on the way, numbers in the leaves. */
#include "core/treeview.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/number.h"
#include "base/utf8.h"
#include "core/treeunits.h"

struct viewing {
	struct ml_treeview *v;
	const struct ml_pipeline *p;
	const struct ml_trees *t;
	size_t tree;
	struct ml_units units;
	double *at; /* thresholds */
};

/* ---- conditions ---- */

static void put_number(struct ml_buf *b, double v)
{
	char text[ML_NUMBER_MAX];

	ml_buf_put(b, text, ml_number_print(v, text));
}

/* A name, in quotes where it could be taken for something else. */
static void put_name(struct ml_buf *b, const char *s)
{
	const char *shown = ML_SHOW(s, strlen(s));

	if (*s && !strpbrk(shown, " ,{}\"\\") && !strchr("<>=!", *s)) {
		ml_buf_text(b, shown);
		return;
	}
	ml_buf_byte(b, '"');
	for (; *shown; shown++) {
		if (*shown == '"')
			ml_buf_byte(b, '\\');
		ml_buf_byte(b, (unsigned char)*shown);
	}
	ml_buf_byte(b, '"');
}

static bool in_set(const struct ml_trees *t, const struct ml_tnode *n, size_t level, double at)
{
	if (!(n->child & ML_IN_SET))
		return (double)level <= at;
	size_t set = (size_t)n->at, from = t->set[set], words = t->set[set + 1] - from;

	return level / 32 < words && t->words[from + level / 32] >> level % 32 & 1;
}

static void put_set(struct viewing *w, const struct ml_tnode *n, double at, struct ml_buf *b)
{
	const struct ml_levels *levels = w->units.unit[n->feature].levels;
	size_t most = levels ? levels->n : 0, shown = 0;

	if (!levels)
		most = 32 * (w->t->set[(size_t)n->at + 1] - w->t->set[(size_t)n->at]);
	ml_buf_byte(b, '{');
	for (size_t k = 0; k < most; k++) {
		if (!in_set(w->t, n, k, at))
			continue;
		ml_buf_text(b, shown++ ? ", " : "");
		if (levels)
			put_name(b, levels->name[k]);
		else
			put_number(b, (double)k);
	}
	ml_buf_byte(b, '}');
}

/* What holds for the rows that go to the first child of a node, or to the second. */
static void put_condition(struct viewing *w, size_t node, bool first, struct ml_buf *b)
{
	const struct ml_tnode *n = &w->t->node[w->t->root[w->tree] + node];
	const struct ml_unit *u = &w->units.unit[n->feature];
	bool set = n->child & ML_IN_SET, level = u->levels != NULL;
	bool takes = ml_pipeline_model(w->p)->model->flags & ML_TAKES_MISSING;
	size_t missing = ml_trees_next(w->t, w->tree, node, w->units.missing);

	put_name(b, u->label);
	if (set || level) {
		ml_buf_text(b, first ? " in " : " not in ");
		put_set(w, n, w->at[node], b);
	} else if (u->dummy && n->at >= 0 && n->at < 1) {
		ml_buf_text(b, u->level && first ? " != " : " = ");
		if (u->level)
			put_name(b, u->level);
		else
			ml_buf_byte(b, first ? '0' : '1');
	} else {
		ml_buf_text(b, first ? " <= " : " > ");
		put_number(b, w->at[node]);
	}
	if ((missing == ml_tnode_child(n)) == first &&
	    (takes || !isnan(w->units.missing[n->feature])))
		ml_buf_text(b, " or missing");
}

/* The number of a leaf, or its share of each class that it has. */
static void put_value(const struct viewing *w, size_t i, struct ml_buf *b)
{
	const struct ml_outcome *o = &ml_pipeline_model(w->p)->outcome;
	const double *v = ml_trees_vector(w->t, i);
	size_t told = 0;

	if (w->t->width <= 1 || w->t->width != o->n_classes) {
		put_number(b, *v);
		return;
	}
	for (size_t c = 0; c < w->t->width; c++) {
		if (v[c] == 0)
			continue;
		ml_buf_text(b, told++ ? ", " : "");
		put_name(b, o->classes[c]);
		ml_buf_byte(b, ' ');
		put_number(b, v[c]);
	}
}

/* ---- lines ---- */

static void add_line(struct viewing *w, const struct ml_treeline *up, size_t node,
		     struct ml_treeline *line)
{
	const struct ml_trees *t = w->t;
	struct ml_buf *b = &w->v->text;
	size_t root = t->root[w->tree];

	*line = (struct ml_treeline){ .node = node,
				      .parent = up ? up->node : node,
				      .depth = up ? up->depth + 1 : 0,
				      .leaf = ml_tnode_is_leaf(t, w->tree, node),
				      .cover = t->cover[root + node],
				      .gain = t->gain[root + node],
				      .condition = b->n };
	if (up)
		put_condition(w, up->node, node == ml_tnode_child(&t->node[root + up->node]),
			      b);
	ml_buf_byte(b, '\0');
	line->value = b->n;
	if (line->leaf)
		put_value(w, root + node, b);
	ml_buf_byte(b, '\0');
	w->v->leaves += line->leaf;
}

/* Nodes still to be told, and by which line their parent is. */
struct pending {
	size_t node, up;
};

static int add_lines(struct viewing *w, struct ml_error *err)
{
	size_t nodes = w->t->root[w->tree + 1] - w->t->root[w->tree], waiting = 1;
	struct pending *stack = ml_alloc(nodes, sizeof *stack, err);

	if (!stack)
		return err->code;
	if (!(w->v->line = ml_alloc(nodes, sizeof *w->v->line, err))) {
		free(stack);
		return err->code;
	}
	stack[0] = (struct pending){ 0, SIZE_MAX };
	while (waiting && w->v->n < nodes) {
		struct pending next = stack[--waiting];
		struct ml_treeline *line = &w->v->line[w->v->n];

		add_line(w, next.up == SIZE_MAX ? NULL : &w->v->line[next.up], next.node, line);
		if (!line->leaf) {
			size_t first =
				ml_tnode_child(&w->t->node[w->t->root[w->tree] + next.node]);
			stack[waiting++] = (struct pending){ first + 1, w->v->n };
			stack[waiting++] = (struct pending){ first, w->v->n };
		}
		w->v->n++;
	}
	free(stack);
	return ml_buf_check(&w->v->text, err);
}

int ml_treeview_init(struct ml_treeview *v, const struct ml_pipeline *p, size_t number,
		     struct ml_error *err)
{
	const struct ml_step *s = ml_pipeline_model(p);
	struct viewing w = { .v = v, .p = p, .tree = number - 1 };

	*v = (struct ml_treeview){ .number = number };
	if (!s)
		return ml_fail(err, ML_EDATA, "E-FORMAT",
			       "the model has no estimator, only preparations");
	if (!s->model->trees)
		return ml_fail(err, ML_EUSAGE, "E-USAGE", "'%s' has no trees", ml_step_type(s));
	w.t = s->model->trees(s->state);
	v->trees = w.t->n;
	v->type = ml_step_type(s);
	if (number < 1 || number > w.t->n)
		return ml_fail(err, ML_EUSAGE, "E-USAGE", "tree %zu: the model has %zu", number,
			       w.t->n);
	if (s->outcome.task == ML_CLASSIFY && w.t->width <= 1) {
		size_t c = w.t->outputs > 1 ? w.tree % w.t->outputs : s->outcome.n_classes - 1;
		v->class = c < s->outcome.n_classes ? s->outcome.classes[c] : NULL;
	}
	int rc = ml_units_init(&w.units, p, err);
	if (!rc && !(w.at = ml_alloc(w.t->root[number] - w.t->root[w.tree], sizeof *w.at, err)))
		rc = err->code;
	if (!rc)
		rc = ml_units_thresholds(&w.units, p, w.t, w.tree, w.at, err);
	if (!rc)
		rc = add_lines(&w, err);
	free(w.at);
	ml_units_release(&w.units);
	return rc;
}

void ml_treeview_release(struct ml_treeview *v)
{
	free(v->line);
	ml_buf_release(&v->text);
	*v = (struct ml_treeview){ 0 };
}
