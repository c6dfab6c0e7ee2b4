/* view.c - things in a model, each in the forms it has. */
#include "core/view.h"

#include <stdio.h>
#include <string.h>

#include "core/clusters.h"
#include "core/components.h"
#include "core/importance.h"
#include "core/mergeview.h"
#include "core/ruleview.h"
#include "core/show.h"
#include "core/treeview.h"

const char *const ml_view_forms[] = { "auto", "csv", "tsv",    "table", "json",
				      "text", "dot", "newick", NULL };

/* ---- adapters ---- */

static int importances(struct ml_findings *out, const struct ml_pipeline *p, size_t number,
		       struct ml_error *err)
{
	(void)number;
	return ml_importance(out, p, err);
}

static int clusters(struct ml_findings *out, const struct ml_pipeline *p, size_t number,
		    struct ml_error *err)
{
	struct ml_clusters c;
	int rc = ml_clusters_init(&c, p, err);

	(void)number;
	if (!rc)
		rc = ml_clusters_rows(&c, out, err);
	ml_clusters_release(&c);
	return rc;
}

static int coefficients(struct ml_findings *out, const struct ml_pipeline *p, size_t number,
			struct ml_error *err)
{
	(void)number;
	return ml_show_coef(p, out, err);
}

static int tree_rows(struct ml_findings *out, const struct ml_pipeline *p, size_t number,
		     struct ml_error *err)
{
	struct ml_treeview v;
	int rc = ml_treeview_init(&v, p, number, err);

	if (!rc)
		rc = ml_treeview_rows(&v, out, err);
	ml_treeview_release(&v);
	return rc;
}

static int tree_text(const struct ml_pipeline *p, size_t number, struct ml_buf *out,
		     struct ml_error *err)
{
	struct ml_treeview v;
	int rc = ml_treeview_init(&v, p, number, err);

	if (!rc)
		ml_treeview_text(&v, out);
	ml_treeview_release(&v);
	return rc;
}

static int tree_dot(const struct ml_pipeline *p, size_t number, struct ml_buf *out,
		    struct ml_error *err)
{
	struct ml_treeview v;
	int rc = ml_treeview_init(&v, p, number, err);

	if (!rc)
		ml_treeview_dot(&v, out);
	ml_treeview_release(&v);
	return rc;
}

static int rules(const struct ml_pipeline *p, size_t number, struct ml_buf *out,
		 struct ml_error *err)
{
	(void)number;
	return ml_show_rules(p, out, err);
}

static int all(const struct ml_pipeline *p, size_t number, struct ml_buf *out,
	       struct ml_error *err)
{
	(void)number;
	return ml_show_text(p, out, err);
}

/* ---- the table ---- */

const struct ml_view ml_views[] = {
	{ .name = "coef", .key = "coefficients", .rows = coefficients },
	{ .name = "importance", .key = "importances", .rows = importances },
	{ .name = "clusters", .key = "clusters", .rows = clusters },
	{ .name = "components", .key = "components", .rows = ml_components_explained },
	{ .name = "loadings", .key = "loadings", .rows = ml_components_loadings },
	{ .name = "merges",
	  .key = "merges",
	  .rows = ml_mergeview_rows,
	  .dot = ml_mergeview_dot,
	  .newick = ml_mergeview_newick },
	{ .name = "tree",
	  .key = "nodes",
	  .rows = tree_rows,
	  .text = tree_text,
	  .dot = tree_dot },
	{ .name = "rules", .text = rules },
	{ .text = all, .json = ml_show_json },
};

static bool has_form(const struct ml_view *v, enum ml_view_form form)
{
	switch (form) {
	case ML_VIEW_AUTO:
		return true;
	case ML_VIEW_TEXT:
		return v->text;
	case ML_VIEW_DOT:
		return v->dot;
	case ML_VIEW_NEWICK:
		return v->newick;
	case ML_VIEW_JSON:
		return v->rows || v->json;
	default:
		return v->rows;
	}
}

int ml_view_check(const struct ml_view *v, enum ml_view_form form, struct ml_error *err)
{
	char list[200] = "";
	size_t n = 0;

	if (has_form(v, form))
		return ML_OK;
	for (const struct ml_view *other = ml_views; other->name; other++)
		if (has_form(other, form) && n < sizeof list)
			n += (size_t)snprintf(list + n, sizeof list - n, "%s--%s",
					      n ? ", " : "", other->name);
	return ml_fail(err, ML_EUSAGE, "E-USAGE", "--to %s is for %s", ml_view_forms[form],
		       list);
}

static int write_rows(const struct ml_view *v, const struct ml_pipeline *p, size_t number,
		      enum ml_view_form form, struct ml_sink *sink, bool *csv,
		      struct ml_error *err)
{
	enum ml_findings_form as = form == ML_VIEW_JSON    ? ML_FINDINGS_JSON
				   : form == ML_VIEW_TABLE ? ML_FINDINGS_TABLE
							   : ML_FINDINGS_CSV;
	struct ml_findings found = { 0 };
	int rc = v->rows(&found, p, number, err);

	*csv = !rc && as == ML_FINDINGS_CSV;
	if (!rc)
		rc = ml_findings_write(&found, as, form == ML_VIEW_TSV ? '\t' : ',', v->key,
				       sink, err);
	ml_findings_release(&found);
	return rc;
}

int ml_view_write(const struct ml_view *v, const struct ml_pipeline *p, size_t number,
		  enum ml_view_form form, struct ml_sink *sink, bool *csv, struct ml_error *err)
{
	struct ml_buf out = { 0 };
	int rc = ml_view_check(v, form, err);

	if (rc)
		return rc;
	if (form == ML_VIEW_AUTO)
		form = v->text                     ? ML_VIEW_TEXT
		       : ml_sink_is_terminal(sink) ? ML_VIEW_TABLE
						   : ML_VIEW_CSV;
	if (form == ML_VIEW_TEXT)
		rc = v->text(p, number, &out, err);
	else if (form == ML_VIEW_DOT)
		rc = v->dot(p, number, &out, err);
	else if (form == ML_VIEW_NEWICK)
		rc = v->newick(p, number, &out, err);
	else if (form == ML_VIEW_JSON && v->json)
		rc = v->json(p, &out, err);
	else
		return write_rows(v, p, number, form, sink, csv, err);
	if (!rc)
		rc = ml_buf_check(&out, err);
	if (!rc)
		rc = ml_sink_put(sink, out.v, out.n, err);
	ml_buf_release(&out);
	return rc;
}
