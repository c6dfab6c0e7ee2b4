/* treeprint.c - a tree for people, for Graphviz, as rows. */
#include <string.h>

#include "base/number.h"
#include "base/utf8.h"
#include "core/treeview.h"

static const char *text_of(const struct ml_treeview *v, size_t at)
{
	return (const char *)v->text.v + at;
}

static void put_number(struct ml_buf *b, const char *before, double x)
{
	char text[ML_NUMBER_MAX];

	ml_buf_text(b, before);
	ml_buf_put(b, text, ml_number_print(x, text));
}

static void put_title(const struct ml_treeview *v, struct ml_buf *b)
{
	ml_buf_printf(b, "tree %zu of %zu, %zu %s", v->number, v->trees, v->leaves,
		      v->leaves == 1 ? "leaf" : "leaves");
	if (v->class)
		ml_buf_printf(b, ", for class %s", ML_SHOW(v->class, strlen(v->class)));
}

/* ---- for people ---- */

void ml_treeview_text(const struct ml_treeview *v, struct ml_buf *out)
{
	put_title(v, out);
	for (size_t i = 0; i < v->n; i++) {
		const struct ml_treeline *l = &v->line[i];

		if (l->depth) {
			ml_buf_byte(out, '\n');
			for (size_t d = 1; d < l->depth; d++)
				ml_buf_text(out, "  ");
			ml_buf_text(out, text_of(v, l->condition));
		}
		put_number(out, " (cover ", l->cover);
		if (l->gain > 0)
			put_number(out, ", gain ", l->gain);
		ml_buf_text(out, l->leaf ? "): " : ")");
		ml_buf_text(out, text_of(v, l->value));
	}
	ml_buf_byte(out, '\n');
}

/* ---- Graphviz ---- */

/* In quotes; a backslash would begin an escape of dot's own. */
static void put_quoted(struct ml_buf *b, const char *s)
{
	for (; *s; s++) {
		if (*s == '"' || *s == '\\')
			ml_buf_byte(b, '\\');
		ml_buf_byte(b, (unsigned char)*s);
	}
}

/* What is asked at an inner node: the condition of its first child, which stands behind it. */
static void dot_node(const struct ml_treeview *v, size_t i, struct ml_buf *out)
{
	const struct ml_treeline *l = &v->line[i];

	ml_buf_printf(out, "  n%zu [label=\"", l->node);
	put_quoted(out, l->leaf ? text_of(v, l->value) : text_of(v, v->line[i + 1].condition));
	put_number(out, "\\ncover ", l->cover);
	if (l->gain > 0)
		put_number(out, "\\ngain ", l->gain);
	ml_buf_text(out, l->leaf ? "\", shape=ellipse];\n" : "\"];\n");
	if (l->depth)
		ml_buf_printf(out, "  n%zu -> n%zu [label=\"%s\"];\n", l->parent, l->node,
			      v->line[i - 1].node == l->parent ? "yes" : "no");
}

void ml_treeview_dot(const struct ml_treeview *v, struct ml_buf *out)
{
	struct ml_buf title = { 0 };

	put_title(v, &title);
	ml_buf_text(out, "digraph tree {\n  labelloc=t;\n  label=\"");
	put_quoted(out, ml_buf_str(&title));
	ml_buf_text(out, "\";\n  node [shape=box];\n");
	for (size_t i = 0; i < v->n; i++)
		dot_node(v, i, out);
	ml_buf_text(out, "}\n");
	out->failed |= title.failed;
	ml_buf_release(&title);
}

/* ---- rows ---- */

int ml_treeview_rows(const struct ml_treeview *v, struct ml_findings *out, struct ml_error *err)
{
	static const char *const columns[] = { "node", "parent", "condition", "cover",
					       "gain", "value",  NULL };
	struct ml_number value;
	int rc = ML_OK;

	out->column = columns;
	out->silent = true;
	for (size_t i = 0; !rc && i < v->n; i++) {
		const struct ml_treeline *l = &v->line[i];
		const char *text = text_of(v, l->value);

		ml_findings_number(out, (double)l->node);
		if (l->depth)
			ml_findings_number(out, (double)l->parent);
		else
			ml_findings_none(out);
		ml_findings_text(out, text_of(v, l->condition));
		ml_findings_number(out, l->cover);
		if (l->gain > 0)
			ml_findings_number(out, l->gain);
		else
			ml_findings_none(out);
		if (ml_number_parse(text, strlen(text), &value))
			ml_findings_number(out, value.value);
		else if (l->leaf)
			ml_findings_text(out, text);
		else
			ml_findings_none(out);
		rc = ml_findings_row(out, NULL, err);
	}
	return rc;
}
