/* opt_json.c - options for programs:
 *
 *     {"name":"C","letter":"C","type":"real","arg":"X","default":1,"min":1e-12,"max":1e12,
 *      "tune":{"scale":"log","min":0.0001,"max":10000},"help":"..."}
 *
 * Members that say nothing are left out.  "when" is {"option":"kernel","is":["rbf","poly"]}. */
#include "opt/opt.h"

#include <math.h>
#include <string.h>

#include "opt/opt_type.h"

/* The pieces of `s` between `separator`s, as an array. */
static void put_list(struct ml_json *out, const char *key, const char *s, const char *separator)
{
	ml_json_open(out, key, '[');
	for (;;) {
		size_t n = strcspn(s, separator);

		ml_json_textn(out, NULL, s, n);
		if (!s[n])
			break;
		s += n + 1;
	}
	ml_json_close(out, ']');
}

static void put_default(const struct ml_opt *o, struct ml_json *out)
{
	union ml_opt_field field = { 0 };
	struct ml_error err;

	if (!o->def || ml_opt_kinds[o->type]->parse(o, &field, o->def, &err))
		ml_json_null(out, "default");
	else
		ml_opt_kinds[o->type]->json(o, "default", &field, out);
}

static void put_range(const struct ml_opt *o, struct ml_json *out)
{
	if (!ml_opt_ranged(o))
		return;
	if (isfinite(o->lo))
		ml_json_real(out, "min", o->lo);
	if (isfinite(o->hi))
		ml_json_real(out, "max", o->hi);
}

static void put_when(const struct ml_opt *o, struct ml_json *out)
{
	if (!o->when)
		return;
	size_t n = strcspn(o->when, "=");
	ml_json_open(out, "when", '{');
	ml_json_textn(out, "option", o->when, n);
	if (o->when[n])
		put_list(out, "is", o->when + n + 1, "|");
	ml_json_close(out, '}');
}

static void put_tune(const struct ml_opt *o, struct ml_json *out)
{
	if (o->tune.scale == ML_FIXED)
		return;
	ml_json_open(out, "tune", '{');
	if (ml_opt_kinds[o->type]->number) {
		ml_json_text(out, "scale", o->tune.scale == ML_LOG ? "log" : "linear");
		ml_json_real(out, "min", o->tune.lo);
		ml_json_real(out, "max", o->tune.hi);
	} else {
		ml_json_text(out, "scale", "words");
	}
	ml_json_close(out, '}');
}

void ml_opt_json(const struct ml_opt *o, const char *key, struct ml_json *out)
{
	ml_json_open(out, key, '[');
	for (; o && o->name; o++) {
		ml_json_open(out, NULL, '{');
		ml_json_text(out, "name", o->name);
		if (o->letter)
			ml_json_textn(out, "letter", &o->letter, 1);
		if (o->alias)
			put_list(out, "aliases", o->alias, ",");
		ml_json_text(out, "type", ml_opt_kinds[o->type]->word);
		if (o->arg)
			ml_json_text(out, "arg", o->arg);
		put_default(o, out);
		put_range(o, out);
		if (o->picks) {
			ml_json_open(out, "picks", '[');
			for (const char *const *p = o->picks; *p; p++)
				ml_json_text(out, NULL, *p);
			ml_json_close(out, ']');
		}
		if (o->type == ML_TEXTS)
			ml_json_bool(out, "repeatable", true);
		put_when(o, out);
		put_tune(o, out);
		if (o->neutral)
			ml_json_bool(out, "neutral", true);
		ml_json_text(out, "help", o->help);
		ml_json_close(out, '}');
	}
	ml_json_close(out, ']');
}
