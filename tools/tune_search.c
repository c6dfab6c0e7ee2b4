/* tune_search.c - ml-tune METHOD: a search is set up, its journal opened, and its trials are
 * printed or run. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/thread.h"
#include "base/utf8.h"
#include "core/asking.h"
#include "core/notes.h"
#include "core/proposing.h"
#include "core/tunespace.h"
#include "core/tuning.h"
#include "flow.h"
#include "said.h"
#include "tune.h"

struct search {
	struct ml_cli *cli;
	const struct ml_tune_args *a;
	struct ml_buf template;
	struct ml_flow flow;    /* the table, when trials are judged on its folds */
	const char *metric;     /* NULL: the command prints a number */
	struct ml_study study;  /* as it is wanted; its space is owned */
	struct ml_fields facts; /* of it */
	struct ml_book book;
	struct ml_tune_plan plan;
	struct ml_buf told; /* of what commands have said */
};

static void take_said(void *user, const char *who, const char *said)
{
	struct search *s = user;

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
static bool by_folds(const struct search *s)
{
	return s->a->folds || s->a->metric || s->cli->input.roles.target;
}

static int check(const struct search *s, struct ml_error *err)
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
static int choose_metric(struct search *s, struct ml_error *err)
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

static int read_table(struct search *s, struct ml_error *err)
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

static void plan_folds(struct search *s)
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
static int add_facts(struct search *s, struct ml_error *err)
{
	struct ml_fields *given = ml_put_map(&s->facts, "given"), all = { 0 };
	int rc = ml_cli_options(s->cli, &all, err);

	for (size_t i = 0; !rc && i < all.n; i++)
		if (all.v[i].type == ML_FIELD_TEXT && strcmp(all.v[i].name, "max-seconds"))
			ml_put_text(given, all.v[i].name, all.v[i].u.text);
	ml_fields_release(&all);
	return rc ? rc : ml_fields_check(&s->facts, err);
}

static int open_study(struct search *s, struct ml_error *err)
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

/* ---- print, run ---- */

static int print(struct search *s, struct ml_error *err)
{
	struct ml_ask_plan plan = { .trials = s->plan.trials, .again = true };
	size_t handed, open;

	if (!plan.trials)
		return usage(err, "how many trials? --trials N");
	return ml_tune_print(s->cli, &s->book, &plan, ml_buf_str(&s->template), &handed, &open,
			     err);
}

static void tell(struct search *s)
{
	const struct ml_book *b = &s->book;
	struct ml_cli *cli = s->cli;
	size_t failed = 0, pruned = 0;
	const char *why = NULL;

	for (size_t i = 0; i < b->trials.n; i++) {
		failed += b->trials.v[i].state == ML_STATE_FAILED;
		pruned += b->trials.v[i].state == ML_STATE_PRUNED;
		why = why ? why : b->trials.v[i].why;
	}
	if (failed)
		ml_warn(cli, "W-TRIAL", "%zu of %zu trials failed; the first: %s", failed,
			b->ended, why ? why : "it is not known why");
	ml_note(cli, "%zu trials have ended, %zu of them pruned", b->ended, pruned);
	ml_put_size(&cli->journal.more, "trials", b->ended);
	ml_put_size(&cli->journal.more, "failed", failed);
}

static int tell_best(struct search *s, size_t *best, struct ml_error *err)
{
	const struct ml_book *b = &s->book;
	int rc = ml_best_trial(&b->trials, b->study.maximize, (enum ml_best_rule)s->a->rule,
			       best, err);

	if (rc)
		return rc;
	struct ml_words words = { 0 };
	struct ml_buf out = { 0 };
	rc = ml_words_init(&words, "{set}", &b->study.space, false, err);
	if (!rc) {
		const struct ml_words_of of = { .point = b->trials.v[*best].point };
		ml_words_put(&words, &of, &out);
		ml_note(s->cli, "best: trial %zu, %s %.6g: %s", *best,
			s->metric ? s->metric : "value", b->trials.v[*best].value,
			ml_buf_str(&out));
		struct ml_fields *more = &s->cli->journal.more;
		ml_put_real(more, "best", b->trials.v[*best].value);
		ml_put_text(more, "setting", ml_buf_str(&out));
		if (s->metric)
			ml_put_real(ml_put_map(more, "metrics"), s->metric,
				    b->trials.v[*best].value);
	}
	ml_words_release(&words);
	ml_buf_release(&out);
	return rc;
}

/* What the model will tell of where it comes from. */
static int refit(struct search *s, size_t best, struct ml_error *err)
{
	struct ml_cli *cli = s->cli;
	int rc = ml_strict(cli, err);

	if (!rc && !ml_input_is_binary(s->flow.in))
		rc = ml_notes_source(s->flow.p, s->flow.t, cli->run.threads, err);
	if (!rc)
		rc = ml_flow_note(&s->flow, err);
	return rc ? rc : ml_tune_refit(&s->book, &s->plan, best, cli->out, &cli->run, err);
}

static int run_all(struct search *s, struct ml_error *err)
{
	struct ml_cli *cli = s->cli;
	struct ml_tune_left left = { 0 };
	struct ml_error none = { 0 };
	size_t best = 0;
	int cores = cli->asked.threads ? ml_cores() : cli->run.threads;

	s->plan.jobs = cli->run.threads;
	s->plan.cv.job_threads = cores > s->plan.jobs ? cores / s->plan.jobs : 1;
	if (!s->plan.trials && isinf(cli->run.deadline))
		return usage(err, "how many trials? --trials N, or --max-seconds");
	int rc = ml_tune_run(&s->book, &s->plan, &left, &cli->run, err);
	if (rc)
		return rc;
	tell(s);
	rc = tell_best(s, &best, s->a->refit ? err : &none);
	if (rc && rc != ML_EDATA)
		return rc;
	if (s->a->refit)
		rc = rc ? rc : refit(s, best, err);
	else
		rc = ml_tune_write_all(cli, &s->book, s->plan.trials, err);
	if (!rc && left.asked)
		rc = ml_fail(err, ML_NO, "E-WAIT",
			     "%zu trials that ml-tune ask handed out have not been told "
			     "(--again runs them)",
			     left.asked);
	return rc;
}

int ml_tune_search(struct ml_cli *cli, struct ml_error *err)
{
	const struct ml_tune_args *a = cli->args;
	struct search s = { .cli = cli, .a = a, .book = { .fd = -1 } };

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
		rc = print(&s, err);
	else if (!rc && !a->create)
		rc = run_all(&s, err);
	ml_book_release(&s.book);
	ml_space_release(&s.study.space);
	ml_fields_release(&s.facts);
	ml_flow_release(&s.flow);
	ml_buf_release(&s.template);
	ml_buf_release(&s.told);
	return rc;
}
