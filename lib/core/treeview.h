/* treeview.h - one tree of a model, its conditions in the units of the source table.
 *
 * Where scaling or imputing stands before the trees, thresholds are those of the column as it
 * was; codes are levels again; a missing value is where the steps and the tree send it.  What
 * other steps have changed is named by them: ln(income). */
#ifndef ML_CORE_TREEVIEW_H
#define ML_CORE_TREEVIEW_H

#include "core/findings.h"
#include "core/pipeline.h"

/* A node; parents stand before their children, the first child's nodes before the second's. */
struct ml_treeline {
	size_t node, parent; /* of the root: itself */
	size_t depth;
	bool leaf;
	double cover, gain; /* gain of an inner node's split; 0: not known */
	size_t condition;   /* where it begins in `text`; the root's is empty */
	size_t value;       /* likewise, of a leaf */
};

struct ml_treeview {
	struct ml_treeline *line; /* n, owned */
	size_t n, leaves, number, trees;
	struct ml_buf text; /* a NUL behind each */
	const char *class;  /* whose score the tree adds to; NULL: not of a class */
	const char *type;   /* of the model */
};

/* Tree `number`, from 1.  ML_EUSAGE when the estimator has no trees, or not so many. */
int ml_treeview_init(struct ml_treeview *v, const struct ml_pipeline *p, size_t number,
		     struct ml_error *err) ML_CHECK;
void ml_treeview_release(struct ml_treeview *v);

/* For people: a line a node, deeper ones further in. */
void ml_treeview_text(const struct ml_treeview *v, struct ml_buf *out);
/* A digraph for Graphviz. */
void ml_treeview_dot(const struct ml_treeview *v, struct ml_buf *out);
/* Rows node, parent, condition, cover, gain, value. */
int ml_treeview_rows(const struct ml_treeview *v, struct ml_findings *out,
		     struct ml_error *err) ML_CHECK;

#endif
