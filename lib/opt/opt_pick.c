/* opt_pick.c - options that are one of several words, or a word or a number. */
#include "opt/opt_type.h"

#include <string.h>

#include "base/number.h"
#include "base/similar.h"
#include "base/utf8.h"

#define USAGE ML_EUSAGE, "E-USAGE"
#define SHOWN(text) ML_SHOW(text, strlen(text))

void ml_opt_put_picks(const struct ml_opt *o, const char *between, const char *last,
		      struct ml_buf *out)
{
	for (const char *const *p = o->picks; p && *p; p++) {
		if (p != o->picks)
			ml_buf_text(out, last && !p[1] ? last : between);
		ml_buf_text(out, *p);
	}
}

/* -- a word of several -- */

static int find_pick(const struct ml_opt *o, const char *text)
{
	for (int i = 0; o->picks[i]; i++)
		if (!strcmp(o->picks[i], text))
			return i;
	return -1;
}

static int no_pick(const struct ml_opt *o, const char *text, const char *or_number,
		   struct ml_error *err)
{
	struct ml_buf words = { 0 };
	size_t n = 0;

	while (o->picks[n])
		n++;
	size_t near = ml_similar(text, o->picks, n);
	ml_opt_put_picks(o, ", ", NULL, &words);
	ml_fail(err, USAGE, "option '--%s': '%s' is %snone of %s%s%s%s", o->name, SHOWN(text),
		or_number, ml_buf_str(&words), near < n ? " (did you mean '" : "",
		near < n ? o->picks[near] : "", near < n ? "'?)" : "");
	ml_buf_release(&words);
	return err->code;
}

static int parse_pick(const struct ml_opt *o, void *field, const char *text,
		      struct ml_error *err)
{
	int i = find_pick(o, text);

	if (i < 0)
		return no_pick(o, text, "", err);
	*(int *)field = i;
	return ML_OK;
}

static void text_pick(const struct ml_opt *o, const void *field, struct ml_buf *out)
{
	ml_buf_text(out, o->picks[*(const int *)field]);
}

static void json_pick(const struct ml_opt *o, const char *key, const void *field,
		      struct ml_json *out)
{
	ml_json_text(out, key, o->picks[*(const int *)field]);
}

/* -- a word or a number -- */

static int parse_pick_real(const struct ml_opt *o, void *field, const char *text,
			   struct ml_error *err)
{
	struct ml_pick_real *v = field, read = { .pick = find_pick(o, text) };
	struct ml_number n;

	if (read.pick < 0) {
		if (!ml_number_parse(text, strlen(text), &n))
			return no_pick(o, text, "no number and ", err);
		if (ml_opt_read_real(o, text, &read.value, err))
			return err->code;
	}
	*v = read;
	return ML_OK;
}

static void text_pick_real(const struct ml_opt *o, const void *field, struct ml_buf *out)
{
	const struct ml_pick_real *v = field;

	if (v->pick < 0)
		ml_opt_put_real(v->value, out);
	else
		ml_buf_text(out, o->picks[v->pick]);
}

static void json_pick_real(const struct ml_opt *o, const char *key, const void *field,
			   struct ml_json *out)
{
	const struct ml_pick_real *v = field;

	if (v->pick < 0)
		ml_json_real(out, key, v->value);
	else
		ml_json_text(out, key, o->picks[v->pick]);
}

const struct ml_opt_kind ml_opt_pick = {
	.word = "word",
	.parse = parse_pick,
	.text = text_pick,
	.json = json_pick,
	.words = true,
};
const struct ml_opt_kind ml_opt_pick_real = {
	.word = "word-or-real",
	.parse = parse_pick_real,
	.text = text_pick_real,
	.json = json_pick_real,
	.number = true,
	.words = true,
};
