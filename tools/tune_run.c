/* tune_run.c - ml-tune METHOD: trials are printed, or run, and what came of them is told. */
#include <math.h>

#include "base/thread.h"
#include "core/asking.h"
#include "core/notes.h"
#include "tune_parts.h"

int ml_tune_search_print(struct ml_tune_search *s, struct ml_error *err)
{
	struct ml_ask_plan plan = { .trials = s->plan.trials, .again = true };
	size_t handed, open;

	if (!plan.trials)
		return ml_fail(err, ML_EUSAGE, "E-USAGE", "how many trials? --trials N");
	return ml_tune_print(s->cli, &s->book, &plan, ml_buf_str(&s->template), &handed, &open,
			     err);
}

static void tell(struct ml_tune_search *s)
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

static int tell_best(struct ml_tune_search *s, size_t *best, struct ml_error *err)
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
static int refit(struct ml_tune_search *s, size_t best, struct ml_error *err)
{
	struct ml_cli *cli = s->cli;
	int rc = ml_strict(cli, err);

	if (!rc && !ml_input_is_binary(s->flow.in))
		rc = ml_notes_source(s->flow.p, s->flow.t, cli->run.threads, err);
	if (!rc)
		rc = ml_flow_note(&s->flow, err);
	return rc ? rc : ml_tune_refit(&s->book, &s->plan, best, cli->out, &cli->run, err);
}

int ml_tune_search_run(struct ml_tune_search *s, struct ml_error *err)
{
	struct ml_cli *cli = s->cli;
	struct ml_tune_left left = { 0 };
	struct ml_error none = { 0 };
	size_t best = 0;
	int cores = cli->asked.threads ? ml_cores() : cli->run.threads;

	s->plan.jobs = cli->run.threads;
	s->plan.cv.job_threads = cores > s->plan.jobs ? cores / s->plan.jobs : 1;
	if (!s->plan.trials && isinf(cli->run.deadline))
		return ml_fail(err, ML_EUSAGE, "E-USAGE",
			       "how many trials? --trials N, or --max-seconds");
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
