/* ml-show.c - what is in a model: steps, coefficients, importances, components, trees, lineage;
 * as text, JSON or CSV.
 *
 *     ml-show churn.mls
 *     ml-show --coef churn.mls | sort -t, -k3g
 *     ml-show --importance churn.mls */
#include <string.h>

#include "cli.h"
#include "core/pipeline.h"
#include "core/view.h"

struct show_args {
	bool json, coef, importance, clusters, components, loadings, merges, dot, rules;
	int64_t tree; /* 0: none */
	int to;
};

#define AT(field, type) .offset = ML_FIELD(struct show_args, field, type)
#define SWITCH(word) .name = #word, .type = ML_BOOL, .def = "no", AT(word, bool)

static const struct ml_opt opts[] = {
	{ SWITCH(json),
	  .help = "everything in the model, or what is asked for, as one JSON object" },
	{ SWITCH(coef),
	  .help = "coefficients (class,feature,coef), in the units of the columns before "
		  "scaling" },
	{ SWITCH(importance),
	  .help = "how much each column of the table matters to the estimator, the most "
		  "first" },
	{ SWITCH(clusters),
	  .help = "the rows in each cluster and its centre, in the units of the columns before "
		  "scaling" },
	{ SWITCH(components),
	  .help = "how much each component explains that a step has made (pca and its like)" },
	{ SWITCH(loadings),
	  .help = "of which columns each component is made, and by how much" },
	{ SWITCH(merges),
	  .help = "which clusters hclust merged in each step, and at what height" },
	{ .name = "tree",
	  .type = ML_INT,
	  .def = "0",
	  .lo = 0,
	  .hi = 1e9,
	  .arg = "N",
	  AT(tree, int64_t),
	  .help = "tree N of the model, from 1 on, its conditions in the units of the table" },
	{ SWITCH(rules), .help = "a list of rules, or a single tree as rules, for people" },
	{ .name = "to",
	  .type = ML_PICK,
	  .def = "auto",
	  .picks = ml_view_forms,
	  .arg = "FORMAT",
	  AT(to, int),
	  .help = "form of what is shown; auto is text for the model, a tree and rules, else "
		  "an aligned table on a terminal, csv elsewhere" },
	{ SWITCH(dot), .help = "the same as --to dot" },
	ML_OPT_END
};

static bool is_asked(const struct show_args *a, const struct ml_view *v)
{
	const struct {
		bool asked;
		const char *name;
	} all[] = { { a->coef, "coef" },         { a->importance, "importance" },
		    { a->clusters, "clusters" }, { a->components, "components" },
		    { a->loadings, "loadings" }, { a->merges, "merges" },
		    { a->tree > 0, "tree" },     { a->rules, "rules" } };

	for (size_t i = 0; i < sizeof all / sizeof *all; i++)
		if (!strcmp(all[i].name, v->name))
			return all[i].asked;
	return false;
}

/* What is asked for: one thing, or none of them, which is all. */
static int pick_view(const struct show_args *a, const struct ml_view **view,
		     struct ml_error *err)
{
	const struct ml_view *v = ml_views, *asked = NULL;

	for (; v->name; v++) {
		if (!is_asked(a, v))
			continue;
		if (asked)
			return ml_fail(err, ML_EUSAGE, "E-USAGE", "--%s or --%s, not both",
				       asked->name, v->name);
		asked = v;
	}
	*view = asked ? asked : v;
	return ML_OK;
}

static int pick_form(const struct show_args *a, enum ml_view_form *form, struct ml_error *err)
{
	enum ml_view_form short_form = a->json  ? ML_VIEW_JSON
				       : a->dot ? ML_VIEW_DOT
						: ML_VIEW_AUTO;

	*form = short_form != ML_VIEW_AUTO ? short_form : (enum ml_view_form)a->to;
	if (*form == (enum ml_view_form)a->to || a->to == ML_VIEW_AUTO)
		return a->json && a->dot
			       ? ml_fail(err, ML_EUSAGE, "E-USAGE", "--json or --dot, not both")
			       : ML_OK;
	return ml_fail(err, ML_EUSAGE, "E-USAGE", "--%s or --to %s, not both",
		       ml_view_forms[short_form], ml_view_forms[a->to]);
}

static int run(struct ml_cli *cli, struct ml_error *err)
{
	static const char *const standard_input[] = { "-" };
	const struct show_args *a = cli->args;
	const char *const *files = (const char *const *)cli->operands;
	struct ml_pipeline p = { .find_model = ml_model_find, .record = cli->record };
	const struct ml_view *view = ml_views;
	enum ml_view_form form = ML_VIEW_AUTO;

	int rc = pick_view(a, &view, err);
	if (!rc)
		rc = pick_form(a, &form, err);
	if (!rc)
		rc = ml_view_check(view, form, err);
	if (!rc)
		rc = ml_pipeline_read(&p, cli->n_operands ? files : standard_input,
				      cli->n_operands ? cli->n_operands : 1, err);
	if (!rc)
		rc = ml_view_write(view, &p, (size_t)a->tree, form, cli->out, &cli->out_is_csv,
				   err);
	ml_pipeline_release(&p);
	return rc;
}

static const char *const usage[] = {
	"[--json] [options] [MODEL...]",
	"--coef | --importance | --clusters | --components | --loadings [options] [MODEL...]",
	"--merges | --tree N [--dot] [options] [MODEL...]", "--rules [options] [MODEL...]", NULL
};
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
