/* study.c - searches as lines of JSON. */
#include "core/study.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "core/fields_json.h"

enum { FORMAT = 1 };

/* ---- writing ---- */

static int put_options(const struct ml_study *s, struct ml_json *j, struct ml_error *err)
{
	const struct ml_opt *o = s->method->opts;
	struct ml_buf value = { 0 };
	int rc = ML_OK;

	ml_json_open(j, "options", '{');
	for (; !rc && o && o->name; o++) {
		ml_buf_clear(&value);
		rc = ml_opt_value(o, s->opts, &value, err);
		if (!rc)
			ml_json_text(j, o->name, ml_buf_str(&value));
	}
	ml_json_close(j, '}');
	ml_buf_release(&value);
	return rc;
}

int ml_study_text(const struct ml_study *s, const struct ml_fields *facts, struct ml_buf *out,
		  struct ml_error *err)
{
	struct ml_json j = { .out = out };

	ml_json_open(&j, NULL, '{');
	ml_json_int(&j, "study", FORMAT);
	ml_json_text(&j, "version", ML_VERSION);
	ml_json_text(&j, "method", s->method->name);
	int rc = put_options(s, &j, err);
	ml_space_json(&s->space, "space", &j);
	ml_json_int(&j, "seed", (int64_t)s->seed);
	ml_json_int(&j, "lag", (int64_t)s->lag);
	ml_json_int(&j, "trials", (int64_t)s->trials);
	if (s->command)
		ml_json_text(&j, "command", s->command);
	/* Before what follows from it: what differs first is told. */
	ml_fields_json(facts, &j);
	ml_json_bool(&j, "maximize", s->maximize);
	ml_json_bool(&j, "prune", s->prune);
	ml_json_close(&j, '}');
	if (!rc)
		rc = ml_fields_check(facts, err);
	return rc ? rc : ml_buf_check(out, err);
}

/* ---- reading ---- */

static int broken(const char *what, struct ml_error *err)
{
	return ml_fail(err, ML_EDATA, "E-JOURNAL", "no study: '%s' is not as it should be",
		       what);
}

static int read_whole(const json_t *line, const char *name, uint64_t *out, struct ml_error *err)
{
	const json_t *v = json_object_get(line, name);

	if (!json_is_integer(v) || json_integer_value(v) < 0)
		return broken(name, err);
	*out = (uint64_t)json_integer_value(v);
	return ML_OK;
}

static int read_bool(const json_t *line, const char *name, bool *out, struct ml_error *err)
{
	const json_t *v = json_object_get(line, name);

	if (!json_is_boolean(v))
		return broken(name, err);
	*out = json_is_true(v);
	return ML_OK;
}

static int read_method(struct ml_study *s, json_t *line, struct ml_error *err)
{
	const char *method = json_string_value(json_object_get(line, "method")), *name;
	json_t *options = json_object_get(line, "options"), *value;

	if (!method || !json_is_object(options))
		return broken(method ? "options" : "method", err);
	if (!(s->method = ml_search_find(method)))
		return ml_fail(err, ML_EDATA, "E-JOURNAL",
			       "a search by '%s', which this version does not have",
			       ML_SHOW(method, strlen(method)));
	if (!(s->opts = ml_alloc(1, s->method->opts_size, err)))
		return err->code;
	if (s->method->opts)
		ml_opt_defaults(s->method->opts, s->opts);
	json_object_foreach(options, name, value)
	{
		const char *text = json_string_value(value);
		if (!text || !s->method->opts)
			return broken("options", err);
		if (*text && ml_opt_set(s->method->opts, s->opts, name, text, err))
			return broken("options", err);
	}
	return ML_OK;
}

static int read_space(struct ml_study *s, const json_t *line, struct ml_error *err)
{
	const json_t *space = json_object_get(line, "space");

	if (!json_is_array(space))
		return broken("space", err);
	for (size_t i = 0; i < json_array_size(space); i++) {
		const json_t *param = json_array_get(space, i);
		const char *spec = json_string_value(json_object_get(param, "spec"));
		int rc = spec ? ml_space_add(&s->space, spec, err) : ML_EUSAGE;
		if (rc)
			return rc == ML_EUSAGE ? broken("space", err) : rc;
	}
	return ML_OK;
}

int ml_study_read(struct ml_study *s, json_t *line, struct ml_error *err)
{
	uint64_t format = 0, lag = 0, trials = 0;

	*s = (struct ml_study){ .all = json_incref(line) };
	int rc = read_whole(line, "study", &format, err);
	if (!rc && format != FORMAT)
		rc = ml_fail(err, ML_EDATA, "E-JOURNAL",
			     "a study of format %llu, written by a newer version",
			     (unsigned long long)format);
	if (!rc)
		rc = read_method(s, line, err);
	if (!rc)
		rc = read_space(s, line, err);
	if (!rc)
		rc = read_whole(line, "seed", &s->seed, err);
	if (!rc)
		rc = read_whole(line, "lag", &lag, err);
	if (!rc)
		rc = read_whole(line, "trials", &trials, err);
	if (!rc)
		rc = read_bool(line, "maximize", &s->maximize, err);
	if (!rc)
		rc = read_bool(line, "prune", &s->prune, err);
	if (!rc && !lag)
		rc = broken("lag", err);
	s->lag = (size_t)lag;
	s->trials = (size_t)trials;
	s->command = json_string_value(json_object_get(line, "command"));
	if (rc)
		ml_study_release(s);
	return rc;
}

void ml_study_release(struct ml_study *s)
{
	if (s->method)
		ml_opt_release(s->method->opts, s->opts);
	free(s->opts);
	ml_space_release(&s->space);
	json_decref(s->all);
	*s = (struct ml_study){ 0 };
}

/* ---- the same? ---- */

static bool may_differ(const char *name)
{
	return !strcmp(name, "trials") || !strcmp(name, "version");
}

/* Of two lists of parameters. */
static const char *differing_parameter(const json_t *a, const json_t *b, const json_t **in_a,
				       const json_t **in_b)
{
	size_t i = 0;

	while (json_equal(json_array_get(a, i), json_array_get(b, i)))
		i++; /* they differ somewhere */
	*in_a = json_object_get(json_array_get(a, i), "spec");
	*in_b = json_object_get(json_array_get(b, i), "spec");
	return "space";
}

/* The name of a member in which they differ, the deepest objects looked into; or NULL. */
static const char *difference(const json_t *a, const json_t *b, const json_t **in_a,
			      const json_t **in_b)
{
	const char *name;
	json_t *value;

	for (int turn = 0; turn < 2; turn++) {
		json_object_foreach((json_t *)(turn ? b : a), name, value)
		{
			const json_t *x = json_object_get(a, name),
				     *y = json_object_get(b, name);
			if (may_differ(name) || json_equal(x, y))
				continue;
			if (json_is_object(x) && json_is_object(y))
				return difference(x, y, in_a, in_b);
			if (!strcmp(name, "space"))
				return differing_parameter(x, y, in_a, in_b);
			*in_a = x;
			*in_b = y;
			return name;
		}
	}
	return NULL;
}

static void put_value(const json_t *v, char out[64])
{
	char *text = v ? json_dumps(v, JSON_ENCODE_ANY | JSON_COMPACT) : NULL;

	ml_text_show(text ? text : "nothing", strlen(text ? text : "nothing"), out, 64);
	free(text);
}

int ml_study_compare(const struct ml_study *have, const struct ml_study *want,
		     struct ml_error *err)
{
	const json_t *a = NULL, *b = NULL;
	const char *name = difference(have->all, want->all, &a, &b);
	char old[64], new[64];

	if (!name)
		return ML_OK;
	put_value(a, old);
	put_value(b, new);
	return ml_fail(err, ML_EDATA, "E-JOURNAL",
		       "the journal of another search: '%s' is %s there, and %s here",
		       ML_SHOW(name, strlen(name)), old, new);
}
