/* pastrun.c - what the line of a run tells.
 *
 * Lines of other versions may lack anything but the tool, and have more. */
#include "core/pastrun.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/number.h"
#include "base/utf8.h"
#include "core/jsonlines.h"

/* ---- reading ---- */

static int read_file(const char *path, size_t *number, const struct ml_run *run,
		     ml_pastrun_fn *see, void *arg, struct ml_error *err)
{
	struct ml_jsonlines *lines = NULL;
	long long offset;
	int rc = ml_jsonlines_open(&lines, path, err);

	while (!rc) {
		struct ml_pastrun r = { .number = *number + 1 };
		if ((rc = ml_jsonlines_next(lines, &r.json, err)))
			break;
		if (!json_is_string(json_object_get(r.json, "tool")))
			rc = ml_jsonlines_fail(lines, err,
					       "not the line of a run: it has no \"tool\"");
		else if (!(rc = see(arg, &r, err)))
			*number = r.number;
		json_decref(r.json);
	}
	size_t torn = rc == ML_END ? ml_jsonlines_torn(lines, &offset) : 0;
	if (torn && run->warn)
		run->warn(run->user, "W-TORN", SIZE_MAX,
			  "%s: behind line %zu stands a part of a line (%zu bytes), which is "
			  "left out",
			  strcmp(path, "-") ? ML_SHOW(path, strlen(path)) : "stdin",
			  ml_jsonlines_line(lines), torn);
	ml_jsonlines_free(lines);
	return rc == ML_END ? ML_OK : rc;
}

int ml_pastruns_read(const char *const *files, size_t n, const struct ml_run *run,
		     ml_pastrun_fn *see, void *arg, struct ml_error *err)
{
	size_t number = 0;
	int rc = ML_OK;

	for (size_t i = 0; !rc && i < n; i++)
		rc = read_file(files[i], &number, run, see, arg, err);
	return rc;
}

/* ---- values ---- */

const char *ml_pastrun_text(const json_t *object, const char *name)
{
	const char *s = json_string_value(json_object_get(object, name));

	return s ? s : "";
}

double ml_pastrun_number(const json_t *object, const char *name)
{
	const json_t *v = json_object_get(object, name);

	return json_is_number(v) ? json_number_value(v) : (double)NAN;
}

void ml_fact_text(const json_t *value, struct ml_buf *out)
{
	char number[ML_NUMBER_MAX];
	size_t i;
	json_t *item;

	if (json_is_string(value)) {
		ml_buf_put(out, json_string_value(value), json_string_length(value));
	} else if (json_is_number(value)) {
		ml_buf_put(out, number, ml_number_print(json_number_value(value), number));
	} else if (json_is_boolean(value)) {
		ml_buf_text(out, json_is_true(value) ? "yes" : "no");
	} else if (json_is_array(value)) {
		json_array_foreach(value, i, item) {
			ml_buf_text(out, i ? "," : "");
			if (!json_is_array(item) && !json_is_object(item))
				ml_fact_text(item, out);
		}
	}
}

/* A hyperparameter of anything picked. */
static const json_t *find_picked(const json_t *line, const char *name)
{
	const json_t *found = NULL, *picked = json_object_get(line, "picked");
	size_t i;
	json_t *item;

	json_array_foreach(picked, i, item)
		if (!found)
			found = json_object_get(json_object_get(item, "options"), name);
	return found;
}

static const json_t *find_fact(const json_t *line, const char *name)
{
	const json_t *picked = json_object_get(line, "picked");
	const json_t *all[] = {
		json_object_get(line, name),
		json_object_get(json_object_get(line, "metrics"), name),
		find_picked(line, name),
		json_object_get(json_object_get(line, "options"), name),
		strcmp(name, "algorithm") ? NULL
					  : json_object_get(json_array_get(picked, 0), "name"),
	};

	for (size_t i = 0; i < sizeof all / sizeof *all; i++)
		if (all[i] && !json_is_null(all[i]) && !json_is_object(all[i]))
			return all[i];
	return NULL;
}

void ml_pastrun_fact(const struct ml_pastrun *r, const char *name, struct ml_fact *out)
{
	const json_t *v = find_fact(r->json, name);

	*out = (struct ml_fact){ .known = v, .number = NAN };
	if (!strcmp(name, "number")) {
		*out = (struct ml_fact){ .known = true, .number = (double)r->number };
		ml_buf_printf(&out->text, "%zu", r->number);
	} else if (v) {
		out->number = json_is_number(v) ? json_number_value(v) : (double)NAN;
		ml_fact_text(v, &out->text);
	}
}

/* ---- cells ---- */

/* " NAME=VALUE" for each. */
static void put_pairs(const json_t *object, struct ml_buf *out)
{
	const char *name;
	json_t *value;

	json_object_foreach((json_t *)object, name, value) {
		ml_buf_printf(out, "%s%s=", out->n ? " " : "", name);
		ml_fact_text(value, out);
	}
}

void ml_pastrun_what(const struct ml_pastrun *r, struct ml_buf *out)
{
	const json_t *picked = json_object_get(r->json, "picked");
	size_t i;
	json_t *item;

	json_array_foreach(picked, i, item) {
		const char *value = ml_pastrun_text(item, "value");
		ml_buf_printf(out, "%s%s%s%s", i ? ", " : "", ml_pastrun_text(item, "name"),
			      *value ? " " : "", value);
		put_pairs(json_object_get(item, "given"), out);
	}
	if (!json_array_size(picked))
		ml_buf_text(out, ml_pastrun_text(r->json, "pipeline"));
	const char *setting = ml_pastrun_text(r->json, "setting"); /* the best of a search */
	ml_buf_printf(out, "%s%s", *setting ? " " : "", setting);
}

void ml_pastrun_hyper(const struct ml_pastrun *r, struct ml_buf *out)
{
	const json_t *picked = json_object_get(r->json, "picked");
	size_t n = json_array_size(picked);

	put_pairs(json_object_get(n ? json_array_get(picked, n - 1) : NULL, "options"), out);
}

static void put_short(const char *name, double v, struct ml_buf *out)
{
	ml_buf_printf(out, "%s%s=%.4g", out->n ? " " : "", name, v);
}

void ml_pastrun_metrics(const struct ml_pastrun *r, bool main, struct ml_buf *out)
{
	static const char *const usual[] = {
		"auc", "log-loss", "accuracy", "rmse", "r2", "mae"
	};
	enum { MOST = 3 };
	const json_t *metrics = json_object_get(r->json, "metrics");
	size_t n = 0;
	const char *name;
	json_t *value;

	if (!main) {
		put_pairs(metrics, out);
		return;
	}
	for (size_t i = 0; n < MOST && i < sizeof usual / sizeof *usual; i++)
		if (json_is_number(json_object_get(metrics, usual[i]))) {
			put_short(usual[i], ml_pastrun_number(metrics, usual[i]), out);
			n++;
		}
	if (n)
		return;
	json_object_foreach((json_t *)metrics, name, value)
		if (json_is_number(value) && n++ < MOST)
			put_short(name, json_number_value(value), out);
}

const char *ml_pastrun_data(const struct ml_pastrun *r)
{
	return ml_pastrun_text(json_array_get(json_object_get(r->json, "inputs"), 0), "sha256");
}

const char *ml_pastrun_model(const struct ml_pastrun *r)
{
	const json_t *models = json_object_get(r->json, "models");
	const char *found = ml_pastrun_text(r->json, "estimator");
	size_t i;
	json_t *model;

	json_array_foreach(models, i, model)
		if (!*found)
			found = ml_pastrun_text(model, "estimator");
	return *found ? found : ml_pastrun_text(json_array_get(models, 0), "sha256");
}

static void put_word(const char *s, struct ml_buf *out)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
				    "0123456789_@%+=:,./-";

	if (*s && !s[strspn(s, plain)]) {
		ml_buf_text(out, s);
		return;
	}
	ml_buf_byte(out, '\'');
	for (; *s; s++)
		if (*s == '\'')
			ml_buf_text(out, "'\\''");
		else
			ml_buf_byte(out, (unsigned char)*s);
	ml_buf_byte(out, '\'');
}

void ml_pastrun_command(const struct ml_pastrun *r, struct ml_buf *out)
{
	const json_t *args = json_object_get(r->json, "args");
	size_t i;
	json_t *word;

	put_word(ml_pastrun_text(r->json, "tool"), out);
	json_array_foreach(args, i, word) {
		ml_buf_byte(out, ' ');
		put_word(json_is_string(word) ? json_string_value(word) : "", out);
	}
}
