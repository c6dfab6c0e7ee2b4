/* tune_search.c - ml-tune METHOD: a search is set up and its journal opened. */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "core/proposing.h"
#include "core/tunespace.h"
#include "said.h"
#include "tune_parts.h"

static void take_said(void *user, const char *who, const char *said)
{
	struct ml_tune_search *s = user;

	ml_said(s->cli, &s->told, who, said);
}

static int usage(struct ml_error *err, const char *what)
{
	return ml_fail(err, ML_EUSAGE, "E-USAGE", "%s", what);
}

/* ---- what is asked for ---- */

static bool runs(const struct ml_tune_args *a)
{
	return !a->print && !a->create;
}

/* Trials are judged on folds when folds, a metric, or a target are named. */
static bool by_folds(const struct ml_tune_search *s)
{
	return s->a->folds || s->a->metric || s->cli->input.roles.target;
}

static int check(const struct ml_tune_search *s, struct ml_error *err)
{
	const struct ml_tune_args *a = s->a;

	if (a->print && a->create)
		return usage(err, "--print, or --create: not both");
	if (a->create && !a->journal)
		return usage(err, "--create makes a --journal: name it");
	if (runs(a) && !s->template.n)
		return usage(err, "expected -- and the command that is run for each trial, or "
				  "--print");
	if (s->template.n && !s->plan.command[strspn(s->plan.command, " \t\n")])
		return usage(err, "the command is empty");
	if (a->maximize && a->minimize)
		return usage(err, "--maximize, or --minimize: not both");
	if (a->metric && (a->maximize || a->minimize))
		return usage(err,
			     "a --metric is better high or low by itself: no --maximize, no "
			     "--minimize");
	if (runs(a) && !by_folds(s) && s->cli->n_before)
		return usage(err, "what are the files for? name the target with -y, or the "
				  "number of folds with --cv");
	if (!by_folds(s) && (a->refit || a->prune || a->predict_cmd))
		return usage(err, "--refit, --prune and --predict-cmd need a table: name the "
				  "target with -y, or the number of folds with --cv");
	if (a->refit && runs(a) && ml_sink_is_terminal(s->cli->out))
		return usage(err,
			     "refusing to write a model to a terminal: redirect it, or use "
			     "-o FILE");
	return ML_OK;
}

/* Without --metric: what suits the target. */
static int choose_metric(struct ml_tune_search *s, struct ml_error *err)
{
	struct ml_measure measure;

	s->metric = s->a->metric;
	if (!s->metric && s->flow.t) {
		size_t y = ml_table_role(s->flow.t, ML_TARGET);
		if (y == SIZE_MAX)
			return usage(err, "which column is to be predicted? name it with -y");
		s->metric = s->flow.t->col[y].kind == ML_NUMBER ? "rmse" : "log-loss";
		ml_note(s->cli, "trials are judged by %s (see --metric)", s->metric);
	}
	s->study.maximize = s->a->maximize;
	if (!s->metric)
		return ML_OK;
	if (!ml_metric_find(s->metric, strcspn(s->metric, ":"), &measure))
		return ml_fail(err, ML_EUSAGE, "E-USAGE",
			       "no metric '%s' (ml-eval(1) lists them)",
			       ML_SHOW(s->metric, strlen(s->metric)));
	s->study.maximize = measure.metric->higher_better;
	return ML_OK;
}

/* ---- the table ---- */

static int read_table(struct ml_tune_search *s, struct ml_error *err)
{
	struct ml_cli *cli = s->cli;
	size_t all = cli->n_operands;

	if (!runs(s->a) || !by_folds(s))
		return ML_OK;
	/* Its digest tells searches apart. */
	if (s->a->journal || s->a->refit)
		cli->input.undigested = false;
	cli->n_operands = cli->n_before;
	int rc = ml_flow_open(&s->flow, cli, false, err);
	cli->n_operands = all;
	if (!rc)
		rc = ml_flow_load(&s->flow, err);
	if (!rc)
		rc = ml_flow_deal(&s->flow, s->a->stratify, &s->plan.cv.split, err);
	if (!rc)
		rc = ml_input_finish(s->flow.in, &s->facts, err);
	if (!rc)
		ml_flow_warn_leak(&s->flow);
	return rc;
}

static void plan_folds(struct ml_tune_search *s)
{
	const struct ml_tune_args *a = s->a;
	struct ml_tune_plan *p = &s->plan;

	p->metric = s->flow.t ? s->metric : NULL;
	p->positive = a->positive;
	p->t = s->flow.t;
	p->cv.split.folds = a->folds ? (size_t)a->folds : 5;
	p->cv.repeats = (size_t)a->repeats;
	p->cv.pipeline = p->command;
	p->cv.predict_cmd = a->predict_cmd;
	p->cv.csv = a->fold_format == ML_PARTS_CSV;
	p->cv.input = &s->cli->input;
	p->cv.done = s->flow.p;
	p->cv.file = s->flow.in ? ml_input_file(s->flow.in) : NULL;
}

/* ---- the study ---- */

/* All options that say what trials are worth; not when the run ends. */
static int add_facts(struct ml_tune_search *s, struct ml_error *err)
{
	struct ml_fields *given = ml_put_map(&s->facts, "given"), all = { 0 };
	int rc = ml_cli_options(s->cli, &all, err);

	for (size_t i = 0; !rc && i < all.n; i++)
		if (all.v[i].type == ML_FIELD_TEXT && strcmp(all.v[i].name, "max-seconds"))
			ml_put_text(given, all.v[i].name, all.v[i].u.text);
	ml_fields_release(&all);
	return rc ? rc : ml_fields_check(&s->facts, err);
}

static int open_study(struct ml_tune_search *s, struct ml_error *err)
{
	const struct ml_tune_args *a = s->a;
	struct ml_buf line = { 0 };

	s->study.method = ml_search_find(s->cli->picked[0].name);
	s->study.opts = s->cli->picked[0].args;
	s->study.seed = s->cli->run.seed;
	s->study.lag = (size_t)a->lag;
	s->study.trials = (size_t)a->trials;
	s->study.prune = a->prune;
	s->study.command = s->template.n ? ml_buf_str(&s->template) : NULL;
	int rc = ml_tune_space(&s->study.space, &a->param, &a->space, err);
	if (!rc)
		rc = ml_trial_table_check(&s->study.space, err);
	if (!rc)
		rc = add_facts(s, err);
	if (!rc)
		rc = ml_study_text(&s->study, &s->facts, &line, err);
	/* Asked before the journal is made: a method may not suit. */
	if (!rc)
		rc = ml_propose_count(&s->study, (size_t)a->trials, &s->plan.trials, err);
	if (!rc)
		rc = ml_book_open(&s->book, a->journal, ml_buf_str(&line), &s->cli->run, err);
	if (!rc)
		rc = ml_propose_count(&s->book.study, (size_t)a->trials, &s->plan.trials, err);
	ml_buf_release(&line);
	return rc;
}

int ml_tune_search(struct ml_cli *cli, struct ml_error *err)
{
	const struct ml_tune_args *a = cli->args;
	struct ml_tune_search s = { .cli = cli, .a = a, .book = { .fd = -1 } };

	s.plan.again = a->again;
	s.plan.said = take_said;
	s.plan.user = &s;
	s.plan.resource = a->resource;
	s.plan.cv.tmpdir = getenv("TMPDIR");
	int rc = ml_tune_template(cli, &s.template, err);
	s.plan.command = ml_buf_str(&s.template);
	if (!rc)
		rc = check(&s, err);
	if (!rc)
		rc = read_table(&s, err);
	if (!rc)
		rc = choose_metric(&s, err);
	if (!rc) {
		plan_folds(&s);
		rc = open_study(&s, err);
	}
	if (!rc && a->print)
		rc = ml_tune_search_print(&s, err);
	else if (!rc && !a->create)
		rc = ml_tune_search_run(&s, err);
	ml_book_release(&s.book);
	ml_space_release(&s.study.space);
	ml_fields_release(&s.facts);
	ml_flow_release(&s.flow);
	ml_buf_release(&s.template);
	ml_buf_release(&s.told);
	return rc;
}
