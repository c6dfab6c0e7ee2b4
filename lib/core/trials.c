/* trials.c - trials as lines of JSON. */
#include "core/trials.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/utf8.h"

enum {
	TRIALS_MAX = 1000000
}; /* as many as the largest grid; memory is taken for all before one */

const char *const ml_trial_states[] = { "open", "asked", "done", "failed", "pruned", NULL };

static const struct ml_tried open_trial = { .budget = 1,
					    .value = (double)NAN,
					    .se = (double)NAN,
					    .seconds = (double)NAN,
					    .cpu = (double)NAN,
					    .bytes = (double)NAN,
					    .peak = (double)NAN };

int ml_trials_reach(struct ml_trials *t, size_t i, struct ml_error *err)
{
	if (i < t->n)
		return ML_OK;
	if (ML_GROW(t->v, t->cap, i + 1, err))
		return err->code;
	while (t->n <= i)
		t->v[t->n++] = open_trial;
	return ML_OK;
}

void ml_tried_release(struct ml_tried *t)
{
	free(t->point);
	free(t->fold);
	free(t->why);
	*t = open_trial;
}

void ml_trials_release(struct ml_trials *t)
{
	for (size_t i = 0; i < t->n; i++)
		ml_tried_release(&t->v[i]);
	free(t->v);
	*t = (struct ml_trials){ 0 };
}

/* ---- writing ---- */

static void put_known(struct ml_json *j, const char *name, double v)
{
	if (!isnan(v))
		ml_json_real(j, name, v);
}

static void put_point(const struct ml_tried *t, const struct ml_space *s, struct ml_json *j,
		      struct ml_buf *text)
{
	ml_json_open(j, "point", '{');
	for (size_t p = 0; p < s->n; p++) {
		if (isnan(t->point[p]))
			continue;
		ml_buf_clear(text);
		ml_space_text(s, p, t->point[p], text);
		ml_json_text(j, s->v[p].name, ml_buf_str(text));
		if (text->failed) /* the next one clears it */
			j->out->failed = true;
	}
	ml_json_close(j, '}');
}

int ml_tried_text(const struct ml_tried *t, size_t i, const struct ml_space *s,
		  struct ml_buf *out, struct ml_error *err)
{
	struct ml_json j = { .out = out };
	struct ml_buf text = { 0 };

	ml_json_open(&j, NULL, '{');
	ml_json_int(&j, "trial", (int64_t)i);
	ml_json_text(&j, "state", ml_trial_states[t->state]);
	put_point(t, s, &j, &text);
	ml_json_real(&j, "budget", t->budget);
	put_known(&j, "value", t->value);
	put_known(&j, "se", t->se);
	if (t->folds) {
		ml_json_open(&j, "folds", '[');
		for (size_t f = 0; f < t->folds; f++)
			ml_json_real(&j, NULL, t->fold[f]);
		ml_json_close(&j, ']');
	}
	put_known(&j, "seconds", t->seconds);
	put_known(&j, "cpu_seconds", t->cpu);
	put_known(&j, "model_bytes", t->bytes);
	put_known(&j, "peak_memory_bytes", t->peak);
	if (t->why)
		ml_json_text(&j, "error", t->why);
	ml_json_close(&j, '}');
	ml_buf_release(&text);
	return ml_buf_check(out, err);
}

/* ---- reading ---- */

static int broken(const char *what, struct ml_error *err)
{
	return ml_fail(err, ML_EDATA, "E-JOURNAL", "no trial: '%s' is not as it should be",
		       what);
}

static int read_real(const json_t *line, const char *name, double *out, struct ml_error *err)
{
	const json_t *v = json_object_get(line, name);

	*out = json_is_number(v) ? json_number_value(v) : NAN;
	return !v || json_is_number(v) ? ML_OK : broken(name, err);
}

static int read_state(const json_t *line, enum ml_trial_state *state, struct ml_error *err)
{
	const char *text = json_string_value(json_object_get(line, "state"));

	for (int k = ML_TRIAL_ASKED; text && ml_trial_states[k]; k++)
		if (!strcmp(text, ml_trial_states[k])) {
			*state = (enum ml_trial_state)k;
			return ML_OK;
		}
	return broken("state", err);
}

static int read_point(struct ml_tried *t, const struct ml_space *s, const json_t *line,
		      struct ml_error *err)
{
	const json_t *point = json_object_get(line, "point");

	if (!json_is_object(point))
		return broken("point", err);
	if (!(t->point = ml_alloc(s->n, sizeof *t->point, err)))
		return err->code;
	for (size_t p = 0; p < s->n; p++) {
		const json_t *v = json_object_get(point, s->v[p].name);
		t->point[p] = NAN;
		if (v && (!json_is_string(v) ||
			  ml_space_value(s, p, json_string_value(v), &t->point[p], err)))
			return broken("point", err);
		if (!v == ml_space_active(s, t->point, p))
			return broken("point", err);
	}
	return ML_OK;
}

static int read_folds(struct ml_tried *t, const json_t *line, struct ml_error *err)
{
	const json_t *folds = json_object_get(line, "folds");

	if (!folds)
		return ML_OK;
	if (!json_is_array(folds))
		return broken("folds", err);
	if (!(t->fold = ml_alloc(json_array_size(folds), sizeof *t->fold, err)))
		return err->code;
	for (; t->folds < json_array_size(folds); t->folds++) {
		const json_t *v = json_array_get(folds, t->folds);
		if (!json_is_number(v))
			return broken("folds", err);
		t->fold[t->folds] = json_number_value(v);
	}
	return ML_OK;
}

static int read_reals(struct ml_tried *t, const json_t *line, struct ml_error *err)
{
	const struct {
		const char *name;
		double *to;
	} reals[] = { { "budget", &t->budget },
		      { "value", &t->value },
		      { "se", &t->se },
		      { "seconds", &t->seconds },
		      { "cpu_seconds", &t->cpu },
		      { "model_bytes", &t->bytes },
		      { "peak_memory_bytes", &t->peak } };
	int rc = ML_OK;

	for (size_t k = 0; !rc && k < sizeof reals / sizeof *reals; k++)
		rc = read_real(line, reals[k].name, reals[k].to, err);
	if (!rc && !(t->budget > 0 && t->budget <= 1))
		rc = broken("budget", err);
	if (!rc && t->state == ML_STATE_DONE && isnan(t->value))
		rc = broken("value", err);
	return rc;
}

int ml_tried_read(struct ml_tried *t, size_t *i, const struct ml_space *s, const json_t *line,
		  struct ml_error *err)
{
	const json_t *trial = json_object_get(line, "trial");
	const char *why = json_string_value(json_object_get(line, "error"));

	*t = open_trial;
	if (!json_is_integer(trial) || json_integer_value(trial) < 0 ||
	    json_integer_value(trial) >= TRIALS_MAX)
		return broken("trial", err);
	*i = (size_t)json_integer_value(trial);
	int rc = read_state(line, &t->state, err);
	if (!rc)
		rc = read_point(t, s, line, err);
	if (!rc)
		rc = read_reals(t, line, err);
	if (!rc)
		rc = read_folds(t, line, err);
	if (!rc && why && !(t->why = ml_strdup(why, err)))
		rc = err->code;
	if (rc)
		ml_tried_release(t);
	return rc;
}
