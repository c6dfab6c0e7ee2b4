/* ml-show.c - what is in a model: steps, coefficients, importances, trees, lineage; as text,
 * JSON or CSV.
 *
 *     ml-show churn.mls
 *     ml-show --coef churn.mls | sort -t, -k3g
 *     ml-show --importance churn.mls */
#include <stdlib.h>

#include "cli.h"
#include "core/clusters.h"
#include "core/importance.h"
#include "core/mergeview.h"
#include "core/pipeline.h"
#include "core/ruleview.h"
#include "core/show.h"
#include "core/treeview.h"

enum form { AUTO, CSV, TSV, TABLE, JSON, TEXT, DOT, NEWICK };
static const char *const forms[] = { "auto", "csv", "tsv",    "table", "json",
				     "text", "dot", "newick", NULL };

struct show_args {
	bool json, coef, importance, clusters, merges, dot, rules;
	int64_t tree; /* 0: none */
	int to;
};

#define AT(field, type) .offset = ML_FIELD(struct show_args, field, type)

static const struct ml_opt opts[] = {
	{ .name = "json",
	  .type = ML_BOOL,
	  .def = "no",
	  AT(json, bool),
	  .help = "everything in the model, or what is asked for, as one JSON object" },
	{ .name = "coef",
	  .type = ML_BOOL,
	  .def = "no",
	  AT(coef, bool),
	  .help = "coefficients as CSV (class,feature,coef), in the units of the columns "
		  "before "
		  "scaling" },
	{ .name = "importance",
	  .type = ML_BOOL,
	  .def = "no",
	  AT(importance, bool),
	  .help = "how much each column of the table matters to the estimator, the most "
		  "first" },
	{ .name = "clusters",
	  .type = ML_BOOL,
	  .def = "no",
	  AT(clusters, bool),
	  .help = "the rows in each cluster and its centre, in the units of the columns before "
		  "scaling" },
	{ .name = "merges",
	  .type = ML_BOOL,
	  .def = "no",
	  AT(merges, bool),
	  .help = "which clusters hclust merged in each step, and at what height" },
	{ .name = "tree",
	  .type = ML_INT,
	  .def = "0",
	  .lo = 0,
	  .hi = 1e9,
	  .arg = "N",
	  AT(tree, int64_t),
	  .help = "tree N of the model, from 1 on, its conditions in the units of the table" },
	{ .name = "rules",
	  .type = ML_BOOL,
	  .def = "no",
	  AT(rules, bool),
	  .help = "a list of rules, or a single tree as rules, for people" },
	{ .name = "to",
	  .type = ML_PICK,
	  .def = "auto",
	  .picks = forms,
	  .arg = "FORMAT",
	  AT(to, int),
	  .help = "form of --importance, --clusters, --merges and --tree; auto is text for a "
		  "tree, else an aligned table on a terminal, csv elsewhere" },
	{ .name = "dot",
	  .type = ML_BOOL,
	  .def = "no",
	  AT(dot, bool),
	  .help = "the same as --to dot" },
	ML_OPT_END
};

static enum form form_of(const struct ml_cli *cli)
{
	const struct show_args *a = cli->args;

	if (a->json || a->dot || a->to != AUTO)
		return a->json ? JSON : a->dot ? DOT : (enum form)a->to;
	return a->tree ? TEXT : ml_sink_is_terminal(cli->out) ? TABLE : CSV;
}

static int write_rows(struct ml_cli *cli, const struct ml_findings *rows, const char *key,
		      struct ml_error *err)
{
	enum form form = form_of(cli);
	enum ml_findings_form as = form == JSON    ? ML_FINDINGS_JSON
				   : form == TABLE ? ML_FINDINGS_TABLE
						   : ML_FINDINGS_CSV;

	cli->out_is_csv = as == ML_FINDINGS_CSV;
	return ml_findings_write(rows, as, form == TSV ? '\t' : ',', key, cli->out, err);
}

static int show_importance(struct ml_cli *cli, const struct ml_pipeline *p,
			   struct ml_error *err)
{
	struct ml_findings found = { 0 };
	int rc = ml_importance(&found, p, err);

	if (!rc)
		rc = write_rows(cli, &found, "importances", err);
	ml_findings_release(&found);
	return rc;
}

static int show_clusters(struct ml_cli *cli, const struct ml_pipeline *p, struct ml_error *err)
{
	struct ml_findings found = { 0 };
	struct ml_clusters c;
	int rc = ml_clusters_init(&c, p, err);

	if (!rc)
		rc = ml_clusters_rows(&c, &found, err);
	if (!rc)
		rc = write_rows(cli, &found, "clusters", err);
	free((void *)found.column);
	ml_findings_release(&found);
	ml_clusters_release(&c);
	return rc;
}

static int show_merges(struct ml_cli *cli, const struct ml_pipeline *p, struct ml_error *err)
{
	enum form form = form_of(cli);
	struct ml_findings rows = { 0 };
	struct ml_buf out = { 0 };
	int rc = form == NEWICK ? ml_mergeview_newick(&out, p, err)
		 : form == DOT  ? ml_mergeview_dot(&out, p, err)
				: ml_mergeview_rows(&rows, p, err);

	if (!rc && (form == NEWICK || form == DOT))
		rc = ml_sink_put(cli->out, out.v, out.n, err);
	else if (!rc)
		rc = write_rows(cli, &rows, "merges", err);
	ml_buf_release(&out);
	ml_findings_release(&rows);
	return rc;
}

static int show_tree(struct ml_cli *cli, const struct ml_pipeline *p, struct ml_error *err)
{
	const struct show_args *a = cli->args;
	enum form form = form_of(cli);
	bool drawn = form == TEXT || form == DOT;
	struct ml_treeview v;
	struct ml_findings rows = { 0 };
	struct ml_buf out = { 0 };
	int rc = ml_treeview_init(&v, p, (size_t)a->tree, err);

	if (!rc && !drawn)
		rc = ml_treeview_rows(&v, &rows, err);
	if (!rc && !drawn)
		rc = write_rows(cli, &rows, "nodes", err);
	if (!rc && form == TEXT)
		ml_treeview_text(&v, &out);
	if (!rc && form == DOT)
		ml_treeview_dot(&v, &out);
	if (!rc)
		rc = ml_buf_check(&out, err);
	if (!rc)
		rc = ml_sink_put(cli->out, out.v, out.n, err);
	ml_buf_release(&out);
	ml_findings_release(&rows);
	ml_treeview_release(&v);
	return rc;
}

static int show(struct ml_cli *cli, const struct ml_pipeline *p, struct ml_error *err)
{
	const struct show_args *a = cli->args;
	struct ml_buf out = { 0 };

	if (a->importance)
		return show_importance(cli, p, err);
	if (a->clusters)
		return show_clusters(cli, p, err);
	if (a->merges)
		return show_merges(cli, p, err);
	if (a->tree)
		return show_tree(cli, p, err);
	int rc = a->json    ? ml_show_json(p, &out, err)
		 : a->coef  ? ml_show_coef(p, &out, err)
		 : a->rules ? ml_show_rules(p, &out, err)
			    : ml_show_text(p, &out, err);
	if (!rc)
		rc = ml_sink_put(cli->out, out.v, out.n, err);
	ml_buf_release(&out);
	return rc;
}

/* One thing is shown, in a form that it has. */
static int check_views(const struct show_args *a, struct ml_error *err)
{
	const struct {
		bool asked;
		const char *name;
	} views[] = {
		{ a->coef, "--coef" },         { a->importance, "--importance" },
		{ a->clusters, "--clusters" }, { a->merges, "--merges" },
		{ a->tree > 0, "--tree" },     { a->json && (a->coef || a->dot), "--json" }
	};
	bool rows = a->importance || a->clusters || a->merges;
	bool dot = a->dot || a->to == DOT, drawn = dot || a->to == TEXT || a->to == NEWICK;
	bool fits = drawn ? (dot && (a->tree || a->merges)) || (a->to == TEXT && a->tree) ||
				    (a->to == NEWICK && a->merges)
			  : rows || a->tree;
	const char *one = a->json && a->dot && !a->coef ? "--dot" : NULL;

	if (a->rules && (a->json || a->coef || rows || a->tree || a->to || a->dot))
		return ml_fail(err, ML_EUSAGE, "E-USAGE", "--rules goes with no other option");
	for (size_t i = 0; i < sizeof views / sizeof *views; i++) {
		if (one && views[i].asked)
			return ml_fail(err, ML_EUSAGE, "E-USAGE", "%s or %s, not both", one,
				       views[i].name);
		one = views[i].asked ? views[i].name : one;
	}
	if ((a->to != AUTO || a->dot) && !fits)
		return ml_fail(err, ML_EUSAGE, "E-USAGE", "--to %s is for %s",
			       a->dot ? "dot" : forms[a->to],
			       dot             ? "--tree and --merges"
			       : a->to == TEXT ? "--tree"
			       : a->to == NEWICK
				       ? "--merges"
				       : "--importance, --clusters, --merges and --tree");
	return ML_OK;
}

static int run(struct ml_cli *cli, struct ml_error *err)
{
	static const char *const standard_input[] = { "-" };
	const struct show_args *a = cli->args;
	const char *const *files = (const char *const *)cli->operands;
	struct ml_pipeline p = { .find_model = ml_model_find, .record = cli->record };

	int rc = check_views(a, err);
	if (!rc)
		rc = ml_pipeline_read(&p, cli->n_operands ? files : standard_input,
				      cli->n_operands ? cli->n_operands : 1, err);
	if (!rc)
		rc = show(cli, &p, err);
	ml_pipeline_release(&p);
	return rc;
}

static const char *const usage[] = { "[--json | --coef] [options] [MODEL...]",
				     "--importance [options] [MODEL...]",
				     "--clusters [options] [MODEL...]",
				     "--merges [--dot] [options] [MODEL...]",
				     "--tree N [--dot] [options] [MODEL...]",
				     "--rules [options] [MODEL...]",
				     NULL };
static const char *const examples[] = { "ml-show churn.mls",
					"ml-show --json churn.mls | jq .steps[].type",
					"ml-show --coef churn.mls",
					"ml-show --importance churn.mls",
					"ml-fit boost -y churn train.csv | ml-show --tree 1",
					NULL };

static const struct ml_tool tool = {
	.name = "ml-show",
	.summary = "show what is in a model",
	.usage = usage,
	.examples = examples,
	.opts = opts,
	.args_size = sizeof(struct show_args),
	.run = run,
};

int main(int argc, char **argv)
{
	return ml_tool_main(&tool, argc, argv);
}
