/* space_write.c - parameters as text: for people, and as JSON. */
#include <stdint.h>
#include <string.h>

#include "base/number.h"
#include "search/space_parts.h"

/* With a backslash before what would mean something. */
static void put_escaped(const char *text, struct ml_buf *out)
{
	for (; *text; text++) {
		if (strchr("\\,:|", *text) || !strncmp(text, " if ", 4))
			ml_buf_byte(out, '\\');
		ml_buf_byte(out, (unsigned char)*text);
	}
}

static void put_number(double v, struct ml_buf *out)
{
	char text[ML_NUMBER_MAX];

	ml_buf_put(out, text, ml_number_print(v, text));
}

static void put_range(const struct ml_param *p, struct ml_buf *out)
{
	static const char *const words[2][2] = { { "real:", "log:" },
						 { "whole:", "log-whole:" } };

	ml_buf_text(out, words[p->kind == ML_PARAM_WHOLE][p->log]);
	put_number(p->lo, out);
	ml_buf_byte(out, ':');
	put_number(p->hi, out);
	if (p->points)
		ml_buf_printf(out, ":%zu", p->points);
}

static void put_condition(const struct ml_space *s, const struct ml_param *p,
			  struct ml_buf *out)
{
	const struct ml_param *parent = &s->v[p->parent];
	const char *sep = "=";

	ml_buf_printf(out, " if %s", parent->name);
	for (size_t i = 0; i < parent->choices; i++) {
		if (!p->when[i])
			continue;
		ml_buf_text(out, sep);
		put_escaped(parent->choice[i], out);
		sep = "|";
	}
}

void ml_space_spec(const struct ml_space *s, size_t param, struct ml_buf *out)
{
	const struct ml_param *p = &s->v[param];

	ml_buf_text(out, p->name);
	ml_buf_byte(out, '=');
	if (p->kind != ML_PARAM_CHOICE)
		put_range(p, out);
	for (size_t i = 0; i < p->choices; i++) {
		if (i)
			ml_buf_byte(out, ',');
		put_escaped(p->choice[i], out);
	}
	if (p->parent != SIZE_MAX)
		put_condition(s, p, out);
}

static void json_range(const struct ml_param *p, struct ml_json *out)
{
	ml_json_text(out, "scale", p->log ? "log" : "linear");
	ml_json_real(out, "min", p->lo);
	ml_json_real(out, "max", p->hi);
	if (p->points)
		ml_json_int(out, "points", (int64_t)p->points);
}

static void json_condition(const struct ml_space *s, const struct ml_param *p,
			   struct ml_json *out)
{
	const struct ml_param *parent = &s->v[p->parent];

	ml_json_open(out, "if", '{');
	ml_json_text(out, "name", parent->name);
	ml_json_open(out, "is", '[');
	for (size_t i = 0; i < parent->choices; i++)
		if (p->when[i])
			ml_json_text(out, NULL, parent->choice[i]);
	ml_json_close(out, ']');
	ml_json_close(out, '}');
}

static void json_param(const struct ml_space *s, size_t param, struct ml_buf *spec,
		       struct ml_json *out)
{
	static const char *const kinds[] = { "real", "whole", "choice" };
	const struct ml_param *p = &s->v[param];

	ml_json_open(out, NULL, '{');
	ml_json_text(out, "name", p->name);
	ml_json_text(out, "kind", kinds[p->kind]);
	if (p->kind == ML_PARAM_CHOICE) {
		ml_json_open(out, "choices", '[');
		for (size_t i = 0; i < p->choices; i++)
			ml_json_text(out, NULL, p->choice[i]);
		ml_json_close(out, ']');
	} else {
		json_range(p, out);
	}
	if (p->parent != SIZE_MAX)
		json_condition(s, p, out);
	ml_buf_clear(spec);
	ml_space_spec(s, param, spec);
	ml_json_text(out, "spec", ml_buf_str(spec));
	if (spec->failed) /* the next one clears it */
		out->out->failed = true;
	ml_json_close(out, '}');
}

void ml_space_json(const struct ml_space *s, const char *key, struct ml_json *out)
{
	struct ml_buf spec = { 0 };

	ml_json_open(out, key, '[');
	for (size_t i = 0; i < s->n; i++)
		json_param(s, i, &spec, out);
	ml_json_close(out, ']');
	ml_buf_release(&spec);
}
