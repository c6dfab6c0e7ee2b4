/* tune_verbs.c - ml-tune ask, best, table, importance: what is done with a journal. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "core/asking.h"
#include "core/influence.h"
#include "core/proposing.h"
#include "tune.h"

int ml_tune_open(struct ml_cli *cli, const struct ml_tune_args *a, struct ml_book *b,
		 struct ml_error *err)
{
	*b = (struct ml_book){ .fd = -1 };
	if (!a->journal)
		return ml_fail(err, ML_EUSAGE, "E-USAGE", "which search? name its --journal");
	return ml_book_open(b, a->journal, NULL, &cli->run, err);
}

/* ---- ask ---- */

struct ask_args {
	int64_t number;
};

static const struct ml_opt ask_opts[] = { { .name = "number",
					    .letter = 'n',
					    .type = ML_INT,
					    .def = "1",
					    .lo = 1,
					    .hi = 1e6,
					    .arg = "N",
					    .offset =
						    ML_FIELD(struct ask_args, number, int64_t),
					    .help = "hand out at most N trials" },
					  ML_OPT_END };

static int ask(struct ml_cli *cli, const struct ml_tune_args *a, struct ml_error *err)
{
	const struct ask_args *own = cli->picked[0].args;
	struct ml_ask_plan plan = { .most = (size_t)own->number, .mark = true };
	struct ml_buf template = { 0 };
	size_t handed = 0, open = 0;
	struct ml_book b;

	int rc = ml_tune_open(cli, a, &b, err);
	if (!rc)
		rc = ml_tune_template(cli, &template, err);
	if (!rc)
		rc = ml_propose_count(&b.study, (size_t)a->trials, &plan.trials, err);
	if (!rc)
		rc = ml_tune_print(cli, &b, &plan, ml_buf_str(&template), &handed, &open, err);
	if (!rc && !handed && !open)
		rc = ml_fail(err, ML_NO, "E-WAIT", "all %zu trials have ended", b.ended);
	else if (!rc && !handed)
		rc = ml_fail(err, ML_NO, "E-WAIT",
			     "no trial is ready: %zu under way have not been told (--again "
			     "hands them out once more)",
			     open);
	ml_buf_release(&template);
	ml_book_release(&b);
	return rc;
}

/* ---- best, table, importance ---- */

struct best_args {
	int pareto;
};
static const char *const costs[] = { "none", "seconds", "bytes", NULL };

static const struct ml_opt best_opts[] = {
	{ .name = "pareto",
	  .type = ML_PICK,
	  .def = "none",
	  .picks = costs,
	  .arg = "COST",
	  .offset = ML_FIELD(struct best_args, pareto, int),
	  .help = "all trials that no other beats in both value and this cost" },
	ML_OPT_END
};

static int print_best(struct ml_cli *cli, const struct ml_book *b, size_t trial,
		      struct ml_error *err)
{
	const struct ml_tune_args *a = cli->args;
	const struct ml_tried *t = &b->trials.v[trial];
	const struct ml_words_of of = { t->point, trial, b->study.seed, t->budget,
					a->resource };
	struct ml_buf template = { 0 }, out = { 0 };
	struct ml_words words = { 0 };

	int rc = ml_tune_template(cli, &template, err);
	if (!rc)
		rc = ml_words_init(&words, template.n ? ml_buf_str(&template) : "{set}",
				   &b->study.space, false, err);
	if (!rc) {
		ml_words_put(&words, &of, &out);
		ml_buf_byte(&out, a->null ? '\0' : '\n');
		rc = ml_buf_check(&out, err);
	}
	if (!rc)
		rc = ml_sink_put(cli->out, out.v, out.n, err);
	ml_words_release(&words);
	ml_buf_release(&template);
	ml_buf_release(&out);
	return rc;
}

static int best(struct ml_cli *cli, const struct ml_tune_args *a, struct ml_error *err)
{
	const struct best_args *own = cli->picked[0].args;
	size_t *which = NULL, n = 1, at = 0;
	struct ml_book b;

	int rc = ml_tune_open(cli, a, &b, err);
	if (!rc && own->pareto)
		rc = ml_pareto_trials(&b.trials, b.study.maximize,
				      (enum ml_pareto_cost)(own->pareto - 1), &which, &n, err);
	else if (!rc)
		rc = ml_best_trial(&b.trials, b.study.maximize, (enum ml_best_rule)a->rule, &at,
				   err);
	if (!rc && a->print && !own->pareto)
		rc = print_best(cli, &b, at, err);
	else if (!rc)
		rc = ml_tune_write(cli, &b, which ? which : &at, n, err);
	free(which);
	ml_book_release(&b);
	return rc;
}

static int table(struct ml_cli *cli, const struct ml_tune_args *a, struct ml_error *err)
{
	struct ml_book b;
	int rc = ml_tune_open(cli, a, &b, err);

	if (!rc)
		rc = ml_tune_write_all(cli, &b, (size_t)a->trials, err);
	ml_book_release(&b);
	return rc;
}

struct importance_args {
	double top;
};

static const struct ml_opt importance_opts[] = {
	{ .name = "top",
	  .type = ML_REAL,
	  .def = "0.1",
	  .lo = 0.001,
	  .hi = 0.999,
	  .arg = "SHARE",
	  .offset = ML_FIELD(struct importance_args, top, double),
	  .help = "the share of the trials that counts as good" },
	ML_OPT_END
};

static int fill_importance(struct ml_table *t, const struct ml_space *s, const double *share,
			   const size_t *used, struct ml_error *err)
{
	t->rows = s->n;
	int rc = ml_table_insert(t, 0, "parameter", ML_CATEGORY, err);
	if (!rc)
		rc = ml_table_insert(t, 1, "importance", ML_NUMBER, err);
	if (!rc)
		rc = ml_table_insert(t, 2, "trials", ML_NUMBER, err);
	for (size_t p = 0; !rc && p < s->n; p++) {
		size_t rank = 0; /* most important first, then as in the space */
		for (size_t q = 0; q < s->n; q++)
			rank += share[q] > share[p] || (q < p && share[q] == share[p]);
		t->col[1].num[rank] = share[p];
		t->col[2].num[rank] = (double)used[p];
		rc = ml_levels_add(t->col[0].levels, s->v[p].name, strlen(s->v[p].name),
				   &t->col[0].code[rank], err);
	}
	return rc;
}

static int importance(struct ml_cli *cli, const struct ml_tune_args *a, struct ml_error *err)
{
	const struct importance_args *own = cli->picked[0].args;
	struct ml_table t = { 0 };
	double *share = NULL;
	size_t *used = NULL;
	struct ml_book b;

	int rc = ml_tune_open(cli, a, &b, err);
	if (!rc && (!(share = ml_alloc(b.study.space.n, sizeof *share, err)) ||
		    !(used = ml_alloc(b.study.space.n, sizeof *used, err))))
		rc = err->code;
	if (!rc)
		rc = ml_influence(&b.trials, &b.study.space, b.study.maximize, own->top, share,
				  used, err);
	if (!rc)
		rc = fill_importance(&t, &b.study.space, share, used, err);
	if (!rc)
		rc = ml_tune_put(cli, &t, err);
	ml_table_release(&t);
	free(used);
	free(share);
	ml_book_release(&b);
	return rc;
}

/* clang-format off */
const struct ml_tune_verb ml_tune_verbs[] = {
	{ { "ask", "hand out trials that are ready", NULL, ask_opts, sizeof(struct ask_args) },
	  ask },
	{ { "best", "the best trial of a journal", NULL, best_opts, sizeof(struct best_args) },
	  best },
	{ { "importance", "which parameters matter", NULL, importance_opts,
	    sizeof(struct importance_args) },
	  importance },
	{ { "table", "all trials of a journal", NULL, NULL, 0 }, table },
	{ { "tell", "what has come of trials", NULL, ml_tune_tell_opts,
	    sizeof(struct ml_tune_tell_args) },
	  ml_tune_tell },
	{ { NULL, NULL, NULL, NULL, 0 }, NULL }
};
/* clang-format on */
