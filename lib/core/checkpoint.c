/* checkpoint.c - fits put by in a file. */
#define _POSIX_C_SOURCE 200809L
#include "core/checkpoint.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/sink.h"
#include "base/utf8.h"
#include "stream/cbor.h"

static double seconds(void)
{
	struct timespec t;

	return clock_gettime(CLOCK_MONOTONIC, &t) ? 0
						  : (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/* ---- writing ---- */

static bool due(void *arg)
{
	const struct ml_checkpoint *c = arg;

	return seconds() - c->last >= c->every;
}

/* Steps before and estimator as a pipeline, all of it borrowed but the array. */
static int write_all(const struct ml_checkpoint *c, const struct ml_step *now,
		     struct ml_sink *sink, struct ml_error *err)
{
	struct ml_step *step = ml_alloc(c->p->n + 1, sizeof *step, err);
	struct ml_extra lineage = { .kind = "x-lineage", .fields = c->run };
	struct ml_pipeline all = {
		.step = step, .n = c->p->n + 1, .extra = &lineage, .n_extra = 1
	};

	if (!step)
		return err->code;
	if (c->p->n)
		memcpy(step, c->p->step, c->p->n * sizeof *step);
	step[c->p->n] = *now;
	int rc = ml_pipeline_write(&all, 0, NULL, sink, err);
	free(step);
	return rc;
}

static int keep(void *arg, const void *state, const struct ml_report *rep, struct ml_error *err)
{
	struct ml_checkpoint *c = arg;
	struct ml_step now = *c->step;
	struct ml_sink *sink;

	(void)state; /* the step's own */
	now.outcome.report = *rep;
	int rc = ml_sink_open(&sink, c->file, err);
	if (rc)
		return rc;
	rc = write_all(c, &now, sink, err);
	if (rc)
		ml_sink_abandon(sink);
	else
		rc = ml_sink_commit(sink, err);
	c->last = seconds();
	return rc;
}

/* ---- reading ---- */

/* How long a run may take is not what it computes: the next one may have more time. */
static void forget_budget(struct ml_fields *run)
{
	const struct ml_field *options = ml_fields_find(run, "options");
	struct ml_fields *o = options && options->type == ML_FIELD_MAP ? options->u.map : NULL;

	for (size_t i = 0; o && i < o->n; i++) {
		if (strcmp(o->v[i].name, "max-seconds") || o->v[i].type != ML_FIELD_TEXT)
			continue;
		free(o->v[i].name);
		free(o->v[i].u.text);
		memmove(o->v + i, o->v + i + 1, (o->n - i - 1) * sizeof *o->v);
		o->n--;
		return;
	}
}

static int same_fields(const struct ml_fields *a, const struct ml_fields *b, bool *same,
		       struct ml_error *err)
{
	struct ml_buf x = { 0 }, y = { 0 };

	ml_cbor_put_fields(&x, a);
	ml_cbor_put_fields(&y, b);
	int rc = ml_buf_check(&x, err);
	if (!rc)
		rc = ml_buf_check(&y, err);
	*same = !rc && x.n == y.n && !memcmp(x.v, y.v, x.n);
	ml_buf_release(&y);
	ml_buf_release(&x);
	return rc;
}

/* Options, seed, version and inputs are those of this run, and so are the steps. */
static int check_run(const struct ml_checkpoint *c, const struct ml_pipeline *was,
		     const struct ml_step *step, struct ml_error *err)
{
	const struct ml_fields *run = ml_pipeline_extra(was, "x-lineage");
	const struct ml_step *s = ml_pipeline_model(was);
	bool same = false;

	if (run && s && same_fields(run, &c->run, &same, err))
		return err->code;
	if (same && s->model == step->model && s->open == step->open &&
	    s->n_needs == step->n_needs &&
	    (s->open || !memcmp(s->chain, step->chain, ML_DIGEST)))
		return ML_OK;
	return ml_fail(err, ML_EUSAGE, "E-USAGE",
		       "--checkpoint %s: the file is of another run (other options, seed, rows "
		       "or version): remove it, or name another one",
		       ML_SHOW(c->file, strlen(c->file)));
}

static int take(struct ml_checkpoint *c, struct ml_step *step, struct ml_error *err)
{
	struct ml_pipeline was = { .find_model = c->find_model };

	int rc = ml_pipeline_read(&was, &c->file, 1, err);
	if (!rc)
		rc = check_run(c, &was, step, err);
	if (!rc) {
		struct ml_step *s = &was.step[was.n - 1];
		void *fresh = step->state;

		step->state = s->state;
		s->state = NULL;
		free(fresh); /* zeroed: nothing hangs on it */
	}
	ml_pipeline_release(&was);
	return rc;
}

int ml_checkpoint_join(struct ml_checkpoint *c, const struct ml_pipeline *p,
		       struct ml_step *step, struct ml_problem *problem, bool *resumes,
		       struct ml_error *err)
{
	forget_budget(&c->run);
	c->p = p;
	c->step = step;
	c->last = seconds();
	c->keeper = (struct ml_keeper){ .due = due, .keep = keep, .arg = c };
	problem->keeper = &c->keeper;
	*resumes = !access(c->file, F_OK) || errno != ENOENT;
	return *resumes ? take(c, step, err) : ML_OK;
}

void ml_checkpoint_release(struct ml_checkpoint *c)
{
	ml_fields_release(&c->run);
}
