/* step.c - a fitted step as named fields: the content of a `step` record, ml-stream(5).
 *
 * What is read is checked before it is used: sizes and kinds here, what was learned by the
 * preparation or the estimator itself, and that both agree by a trial prediction. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "core/pipeline.h"
#include "core/predict.h"
#include "stream/cbor.h"

enum { MAX_COLUMNS = 1 << 20, MAX_CLASSES = 1 << 20 };

static const char *const task_names[] = { "classify", "regress", "cluster", "detect", NULL };
static const enum ml_task tasks[] = { ML_CLASSIFY, ML_REGRESS, ML_CLUSTER, ML_DETECT };

const char *ml_step_type(const struct ml_step *s)
{
	return s->prep ? s->prep->name : s->model->name;
}

void ml_slots_free(struct ml_slot *s, size_t n)
{
	for (size_t i = 0; s && i < n; i++)
		free(s[i].name);
	free(s);
}

void ml_step_release(struct ml_step *s)
{
	if (s->state && s->prep)
		s->prep->release(s->state);
	else if (s->state && s->model)
		s->model->release(s->state);
	free(s->state);
	ml_slots_free(s->needs, s->n_needs);
	ml_slots_free(s->gives, s->n_gives);
	ml_texts_free(s->drops, s->n_drops);
	ml_fields_release(&s->options);
	free(s->outcome.target);
	ml_texts_free(s->outcome.classes, s->outcome.n_classes);
	free(s->after);
	free(s->tally);
	ml_fields_release(&s->record);
	*s = (struct ml_step){ 0 };
}

/* ---- writing ---- */

static int put_slots(struct ml_fields *out, const char *name, const struct ml_slot *slots,
		     size_t n, struct ml_error *err)
{
	struct ml_fields *map = ml_put_map(out, name);
	const char **names = ml_alloc(n, sizeof *names, err);
	int32_t *kinds = ml_alloc(n, sizeof *kinds, err),
		*dummy = ml_alloc(n, sizeof *dummy, err);
	bool any = false;

	if (!map || !names || !kinds || !dummy) {
		free(names);
		free(kinds);
		free(dummy);
		return map ? err->code : ml_fields_check(out, err);
	}
	for (size_t i = 0; i < n; i++) {
		names[i] = slots[i].name;
		kinds[i] = (int32_t)slots[i].kind;
		dummy[i] = slots[i].dummy;
		any |= slots[i].dummy;
	}
	ml_put_texts(map, "names", names, n);
	ml_put_ints(map, "kinds", kinds, n);
	if (any)
		ml_put_ints(map, "dummy", dummy, n);
	free(names);
	free(kinds);
	free(dummy);
	return ML_OK;
}

const char *ml_task_name(enum ml_task task)
{
	for (size_t i = 0; task_names[i]; i++)
		if (tasks[i] == task)
			return task_names[i];
	return "";
}

void ml_step_learned(struct ml_step *s)
{
	struct ml_outcome *o = &s->outcome;

	if (s->model->threshold)
		o->threshold = s->model->threshold(s->state);
	if (o->task != ML_CLUSTER)
		return;
	o->clusters = s->model->clusters(s->state);
	o->per_cluster = s->model->per_cluster;
	o->per_row = ml_model_width(s->model, s->state) > 1 ? s->model->per_row : NULL;
}

static void put_outcome(struct ml_fields *out, const struct ml_outcome *o)
{
	ml_put_text(out, "task", ml_task_name(o->task));
	if (o->target)
		ml_put_text(out, "target", o->target);
	if (o->n_classes) {
		ml_put_texts(out, "classes", (const char *const *)o->classes, o->n_classes);
		ml_put_size(out, "positive", o->positive);
	}
	struct ml_fields *fit = ml_put_map(out, "fit");
	if (!fit)
		return;
	ml_put_size(fit, "iterations", o->report.iters);
	ml_put_size(fit, "converged", o->report.converged);
	if (isfinite(o->report.objective))
		ml_put_real(fit, "objective", o->report.objective);
	if (o->report.judged)
		ml_put_real(fit, "validation", o->report.valid);
}

/* One field map copied into another: text options only. */
static void put_options(struct ml_fields *out, const struct ml_fields *options)
{
	struct ml_fields *map = ml_put_map(out, "options");

	for (size_t i = 0; map && i < options->n; i++)
		if (options->v[i].type == ML_FIELD_TEXT)
			ml_put_text(map, options->v[i].name, options->v[i].u.text);
}

int ml_step_save(const struct ml_step *s, struct ml_fields *out, struct ml_error *err)
{
	ml_put_text(out, "type", ml_step_type(s));
	ml_put_size(out, "format", s->prep ? s->prep->format : s->model->format);
	if (!s->open) {
		ml_put_bytes(out, "chain", s->chain, ML_DIGEST);
		ml_put_text(out, "after", s->after ? s->after : "");
	}
	if (put_slots(out, "needs", s->needs, s->n_needs, err) ||
	    put_slots(out, "gives", s->gives, s->n_gives, err))
		return err->code;
	ml_put_texts(out, "drops", (const char *const *)s->drops, s->n_drops);
	put_options(out, &s->options);
	if (s->model)
		put_outcome(out, &s->outcome);
	struct ml_fields *own = ml_put_map(out, "fields");
	if (own && s->prep)
		s->prep->save(s->state, own);
	else if (own)
		s->model->save(s->state, own);
	return ml_fields_check(out, err);
}

/* ---- reading ---- */

static int get_slots(const struct ml_fields *in, const char *name, struct ml_slot **slots,
		     size_t *n, struct ml_error *err)
{
	const struct ml_fields *map;
	size_t count;
	char **names = NULL;
	int32_t *kinds = NULL, *dummy = NULL;

	if (ml_get_map(in, name, &map, err) ||
	    ml_get_count(map, "names", MAX_COLUMNS, &count, err))
		return err->code;
	int rc = ml_get_texts(map, "names", &names, count, err);
	if (!rc)
		rc = ml_get_ints(map, "kinds", &kinds, count, 0, ML_STRING, err);
	if (!rc && ml_has(map, "dummy"))
		rc = ml_get_ints(map, "dummy", &dummy, count, 0, 1, err);
	if (!rc && !(*slots = ml_alloc(count, sizeof **slots, err)))
		rc = err->code;
	for (size_t i = 0; !rc && i < count; i++) {
		(*slots)[i] =
			(struct ml_slot){ names[i], (enum ml_kind)kinds[i], dummy && dummy[i] };
		if (!*names[i])
			rc = ml_fail(err, ML_EDATA, "E-MODEL", "a column of '%s' has no name",
				     name);
		names[i] = NULL;
		*n = i + 1;
	}
	ml_texts_free(names, names ? count : 0);
	free(kinds);
	free(dummy);
	return rc;
}

static int get_task(const struct ml_fields *in, struct ml_outcome *o, struct ml_error *err)
{
	char *word;

	if (ml_get_text(in, "task", &word, err))
		return err->code;
	for (size_t i = 0; task_names[i]; i++)
		if (!strcmp(task_names[i], word))
			o->task = tasks[i];
	if (!o->task)
		ml_fail(err, ML_EDATA, "E-MODEL", "unknown task '%s'",
			ML_SHOW(word, strlen(word)));
	free(word);
	return o->task ? ML_OK : err->code;
}

static int get_outcome(const struct ml_fields *in, struct ml_outcome *o, struct ml_error *err)
{
	const struct ml_fields *fit;
	size_t converged, n = 0;

	if (get_task(in, o, err) || ml_get_map(in, "fit", &fit, err) ||
	    ml_get_size(fit, "iterations", SIZE_MAX, &o->report.iters, err) ||
	    ml_get_size(fit, "converged", 1, &converged, err))
		return err->code;
	o->report.converged = converged;
	o->report.objective = NAN;
	if (ml_has(fit, "objective") &&
	    ml_get_real(fit, "objective", &o->report.objective, err))
		return err->code;
	o->report.judged = ml_has(fit, "validation");
	if (o->report.judged && ml_get_real(fit, "validation", &o->report.valid, err))
		return err->code;
	if (ml_has(in, "target") && ml_get_text(in, "target", &o->target, err))
		return err->code;
	if (o->task != ML_CLASSIFY)
		return ML_OK;
	if (ml_get_count(in, "classes", MAX_CLASSES, &n, err) ||
	    ml_get_texts(in, "classes", &o->classes, n, err))
		return err->code;
	o->n_classes = n;
	if (n < 2)
		return ml_fail(err, ML_EDATA, "E-MODEL", "%zu classes", n);
	return ml_get_size(in, "positive", n - 1, &o->positive, err);
}

static int get_options(const struct ml_fields *in, struct ml_fields *options,
		       struct ml_error *err)
{
	const struct ml_fields *map;

	if (ml_get_map(in, "options", &map, err))
		return err->code;
	for (size_t i = 0; i < map->n; i++)
		if (map->v[i].type == ML_FIELD_TEXT)
			ml_put_text(options, map->v[i].name, map->v[i].u.text);
	return ml_fields_check(options, err);
}

/* True when so many outputs can be those of the task. */
static bool outputs_fit(const struct ml_outcome *o, size_t k)
{
	if (o->task == ML_CLASSIFY)
		return k == o->n_classes;
	if (o->task == ML_CLUSTER)
		return o->clusters <= MAX_CLASSES && k == 1 + ml_outcome_each(o, NULL);
	return k >= 1 && k <= MAX_CLASSES;
}

/* An estimator whose numbers of features or outputs are not those of the record would
 * read out of bounds later: one trial prediction of a row of zeros tells now. */
static int try_model(const struct ml_step *s, struct ml_error *err)
{
	size_t p = s->n_needs, k = ml_model_width(s->model, s->state);

	if (!outputs_fit(&s->outcome, k))
		return ml_fail(err, ML_EDATA, "E-MODEL", "%zu outputs for %zu %s", k,
			       s->outcome.clusters + s->outcome.n_classes,
			       s->outcome.task == ML_CLUSTER ? "clusters" : "classes");
	double *v = ml_alloc(p + k, sizeof *v, err);
	if (!v)
		return err->code;
	struct ml_mat x = { v, 1, p, p }, out = { v + p, 1, k, k };
	int rc = s->model->predict(s->state, &x, &out, err);
	if (rc == ML_EBUG)
		rc = ml_fail(err, ML_EDATA, "E-MODEL", "not made for %zu features", p);
	free(v);
	return rc;
}

static int load_model(struct ml_step *s, unsigned format, const struct ml_fields *own,
		      const struct ml_fields *in, struct ml_error *err)
{
	if (get_outcome(in, &s->outcome, err))
		return err->code;
	if (!(s->model->tasks & s->outcome.task))
		return ml_fail(err, ML_EDATA, "E-MODEL", "does not do this task");
	if (!(s->state = ml_alloc(1, s->model->state_size, err)))
		return err->code;
	int rc = s->model->load(s->state, format, own, err);
	if (rc)
		return rc;
	ml_step_learned(s);
	return try_model(s, err);
}

static int load_prep(struct ml_step *s, unsigned format, const struct ml_fields *own,
		     struct ml_error *err)
{
	enum ml_kind *kind = ml_alloc(s->n_needs, sizeof *kind, err);

	if (!kind)
		return err->code;
	for (size_t i = 0; i < s->n_needs; i++)
		kind[i] = s->needs[i].kind;
	int rc = ML_OK;
	if (!(s->state = ml_alloc(1, s->prep->state_size, err)))
		rc = err->code;
	else
		rc = s->prep->load(s->state, format, own, kind, s->n_needs, err);
	free(kind);
	return rc;
}

static int load_learned(struct ml_step *s, const struct ml_fields *in, struct ml_error *err)
{
	const struct ml_fields *own;
	size_t format, newest = s->prep ? s->prep->format : s->model->format;

	if (ml_get_size(in, "format", UINT32_MAX, &format, err))
		return err->code;
	if (format < 1 || format > newest)
		return ml_fail(err, ML_EDATA, "E-VERSION",
			       "format %zu, this version reads 1 to %zu", format, newest);
	if (ml_get_map(in, "fields", &own, err))
		return err->code;
	if (s->prep)
		return load_prep(s, (unsigned)format, own, err);
	return load_model(s, (unsigned)format, own, in, err);
}

static int get_chain(struct ml_step *s, const struct ml_fields *in, struct ml_error *err)
{
	const struct ml_field *f = ml_fields_find(in, "chain");

	if (!(s->open = !f)) {
		if (f->type != ML_FIELD_BYTES || f->n != ML_DIGEST)
			return ml_fail(err, ML_EDATA, "E-MODEL", "field 'chain' is no digest");
		memcpy(s->chain, f->u.bytes, ML_DIGEST);
		return ml_get_text(in, "after", &s->after, err);
	}
	return ML_OK;
}

int ml_step_load(struct ml_step *s, const struct ml_fields *in,
		 const struct ml_model *(*find_model)(const char *), struct ml_error *err)
{
	char *type;

	if (ml_get_text(in, "type", &type, err))
		return err->code;
	bool model = ml_has(in, "task");
	s->prep = model ? NULL : ml_prep_find(type);
	s->model = model && find_model ? find_model(type) : NULL;
	int rc = ML_OK;
	if (model && !find_model)
		rc = ml_fail(
			err, ML_EDATA, "E-CHAIN",
			"an estimator where only preparations can be; ml-predict applies it");
	else if (!s->prep && !s->model)
		rc = ml_fail(err, ML_EDATA, "E-VERSION",
			     "a step of type '%s', which this version (" ML_VERSION
			     ") does not know",
			     ML_SHOW(type, strlen(type)));
	if (!rc)
		rc = get_chain(s, in, err);
	if (!rc)
		rc = get_slots(in, "needs", &s->needs, &s->n_needs, err);
	if (!rc)
		rc = get_slots(in, "gives", &s->gives, &s->n_gives, err);
	if (!rc)
		rc = ml_get_count(in, "drops", MAX_COLUMNS, &s->n_drops, err);
	if (!rc && ml_get_texts(in, "drops", &s->drops, s->n_drops, err)) {
		s->n_drops = 0;
		rc = err->code;
	}
	if (!rc)
		rc = get_options(in, &s->options, err);
	if (!rc)
		rc = load_learned(s, in, err);
	if (!rc && !(s->tally = ml_alloc(s->n_needs, sizeof *s->tally, err)))
		rc = err->code;
	if (rc && rc != ML_ENOMEM)
		ml_context(err, "step '%s'", ML_SHOW(type, strlen(type)));
	free(type);
	return rc;
}
