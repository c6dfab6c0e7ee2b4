/* opt_type.c - reading and writing the value of each type of option. */
#include "opt/opt_type.h"

#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/number.h"
#include "base/utf8.h"

#define USAGE ML_EUSAGE, "E-USAGE"
#define SHOWN(text) ML_SHOW(text, strlen(text))

bool ml_opt_ranged(const struct ml_opt *o)
{
	return o->lo != 0 || o->hi != 0;
}

/* Whole powers of ten stand as such: 1e9, not 1000000000. */
static void put_limit(double v, struct ml_buf *out)
{
	char text[ML_NUMBER_MAX];
	size_t n = ml_number_print(v, text), zeros = 0;

	while (zeros < n && text[n - 1 - zeros] == '0')
		zeros++;
	if (zeros >= 6 && n - zeros == 1 && !strpbrk(text, ".e"))
		ml_buf_printf(out, "%ce%zu", text[0], zeros);
	else
		ml_buf_put(out, text, n);
}

void ml_opt_put_range(const struct ml_opt *o, struct ml_buf *out)
{
	if (!ml_opt_ranged(o))
		return;
	if (!isfinite(o->hi)) {
		ml_buf_text(out, "at least ");
		put_limit(o->lo, out);
	} else if (!isfinite(o->lo)) {
		ml_buf_text(out, "at most ");
		put_limit(o->hi, out);
	} else {
		put_limit(o->lo, out);
		ml_buf_text(out, "..");
		put_limit(o->hi, out);
	}
}

void ml_opt_put_picks(const struct ml_opt *o, const char *between, const char *last,
		      struct ml_buf *out)
{
	for (const char *const *p = o->picks; p && *p; p++) {
		if (p != o->picks)
			ml_buf_text(out, last && !p[1] ? last : between);
		ml_buf_text(out, *p);
	}
}

static int out_of_range(const struct ml_opt *o, const char *text, struct ml_error *err)
{
	struct ml_buf range = { 0 };

	ml_opt_put_range(o, &range);
	ml_fail(err, USAGE, "option '--%s': %s is out of range (%s)", o->name, SHOWN(text),
		ml_buf_str(&range));
	ml_buf_release(&range);
	return err->code;
}

static bool in_range(const struct ml_opt *o, double v)
{
	return !ml_opt_ranged(o) || (v >= o->lo && v <= o->hi);
}

/* -- bool -- */

static int parse_bool(const struct ml_opt *o, void *field, const char *text,
		      struct ml_error *err)
{
	static const struct {
		const char *word;
		bool value;
	} words[] = {
		{ "yes", true },    { "no", false }, { "true", true },
		{ "false", false }, { "1", true },   { "0", false },
	};

	for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
		if (!strcmp(text, words[i].word)) {
			*(bool *)field = words[i].value;
			return ML_OK;
		}
	}
	return ml_fail(err, USAGE, "option '--%s' takes yes or no, not '%s'", o->name,
		       SHOWN(text));
}

static void text_bool(const struct ml_opt *o, const void *field, struct ml_buf *out)
{
	(void)o;
	ml_buf_text(out, *(const bool *)field ? "yes" : "no");
}

static void json_bool(const struct ml_opt *o, const char *key, const void *field,
		      struct ml_json *out)
{
	(void)o;
	ml_json_bool(out, key, *(const bool *)field);
}

/* -- integer -- */

static int parse_int(const struct ml_opt *o, void *field, const char *text,
		     struct ml_error *err)
{
	struct ml_number n;
	long long v;

	if (!ml_integer_parse(text, &v)) {
		/* 1e6 is whole as well, and what people type; beyond 2^53 digits decide. */
		if (!ml_number_parse(text, strlen(text), &n) || n.value != floor(n.value))
			return ml_fail(err, USAGE, "option '--%s': '%s' is not a whole number",
				       o->name, SHOWN(text));
		if (fabs(n.value) > 0x1p53)
			return ml_fail(err, USAGE, "option '--%s': %s is out of range", o->name,
				       SHOWN(text));
		v = (long long)n.value;
	}
	if (!in_range(o, (double)v))
		return out_of_range(o, text, err);
	*(int64_t *)field = v;
	return ML_OK;
}

static void text_int(const struct ml_opt *o, const void *field, struct ml_buf *out)
{
	(void)o;
	ml_buf_printf(out, "%lld", (long long)*(const int64_t *)field);
}

static void json_int(const struct ml_opt *o, const char *key, const void *field,
		     struct ml_json *out)
{
	(void)o;
	ml_json_int(out, key, *(const int64_t *)field);
}

/* -- real -- */

static int read_real(const struct ml_opt *o, const char *text, double *v, struct ml_error *err)
{
	struct ml_number n;

	if (!ml_number_parse(text, strlen(text), &n))
		return ml_fail(err, USAGE, "option '--%s': '%s' is not a number", o->name,
			       SHOWN(text));
	if (n.flags & ML_NUM_OVERFLOW)
		return ml_fail(err, USAGE, "option '--%s': %s is beyond the largest number",
			       o->name, SHOWN(text));
	if (!in_range(o, n.value))
		return out_of_range(o, text, err);
	*v = n.value;
	return ML_OK;
}

static int parse_real(const struct ml_opt *o, void *field, const char *text,
		      struct ml_error *err)
{
	return read_real(o, text, field, err);
}

static void put_real(double v, struct ml_buf *out)
{
	char text[ML_NUMBER_MAX];

	ml_buf_put(out, text, ml_number_print(v, text));
}

static void text_real(const struct ml_opt *o, const void *field, struct ml_buf *out)
{
	(void)o;
	put_real(*(const double *)field, out);
}

static void json_real(const struct ml_opt *o, const char *key, const void *field,
		      struct ml_json *out)
{
	(void)o;
	ml_json_real(out, key, *(const double *)field);
}

/* -- text -- */

static int parse_text(const struct ml_opt *o, void *field, const char *text,
		      struct ml_error *err)
{
	(void)o;
	(void)err;
	*(const char **)field = text;
	return ML_OK;
}

static void text_text(const struct ml_opt *o, const void *field, struct ml_buf *out)
{
	const char *v = *(const char *const *)field;

	(void)o;
	if (v)
		ml_buf_text(out, v);
}

static void json_text(const struct ml_opt *o, const char *key, const void *field,
		      struct ml_json *out)
{
	const char *v = *(const char *const *)field;

	(void)o;
	if (v)
		ml_json_text(out, key, v);
	else
		ml_json_null(out, key);
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
	struct ml_closest c = { .wanted = text };
	struct ml_buf words = { 0 };

	for (const char *const *p = o->picks; *p; p++)
		ml_closest_try(&c, *p);
	ml_opt_put_picks(o, ", ", NULL, &words);
	ml_fail(err, USAGE, "option '--%s': '%s' is %snone of %s%s%s%s", o->name, SHOWN(text),
		or_number, ml_buf_str(&words), c.best ? " (did you mean '" : "",
		c.best ? c.best : "", c.best ? "'?)" : "");
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
		if (read_real(o, text, &read.value, err))
			return err->code;
	}
	*v = read;
	return ML_OK;
}

static void text_pick_real(const struct ml_opt *o, const void *field, struct ml_buf *out)
{
	const struct ml_pick_real *v = field;

	if (v->pick < 0)
		put_real(v->value, out);
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

/* -- texts -- */

/* The capacity is not stored: it is the smallest power of two that holds n, at least 4. */
static int parse_texts(const struct ml_opt *o, void *field, const char *text,
		       struct ml_error *err)
{
	struct ml_texts *list = field;
	size_t n = list->n;

	(void)o;
	if (!n || (n >= 4 && !(n & (n - 1)))) {
		size_t cap = n;

		if (ML_GROW(list->v, cap, n ? 2 * n : 4, err))
			return err->code;
	}
	list->v[list->n++] = text;
	return ML_OK;
}

static void text_texts(const struct ml_opt *o, const void *field, struct ml_buf *out)
{
	const struct ml_texts *list = field;

	(void)o;
	for (size_t i = 0; i < list->n; i++) {
		if (i)
			ml_buf_byte(out, ',');
		ml_buf_text(out, list->v[i]);
	}
}

static void json_texts(const struct ml_opt *o, const char *key, const void *field,
		       struct ml_json *out)
{
	const struct ml_texts *list = field;

	(void)o;
	ml_json_open(out, key, '[');
	for (size_t i = 0; i < list->n; i++)
		ml_json_text(out, NULL, list->v[i]);
	ml_json_close(out, ']');
}

/* -- bytes -- */

static const char suffixes[] = "KMGT";

static int parse_size(const struct ml_opt *o, void *field, const char *text,
		      struct ml_error *err)
{
	size_t n = strlen(text), shift = 0;
	struct ml_number v;
	const char *suffix = n ? strchr(suffixes, text[n - 1]) : NULL;

	if (suffix) {
		shift = 10 * (size_t)(suffix - suffixes + 1);
		n--;
	}
	if (!ml_number_parse(text, n, &v) || v.value < 0)
		return ml_fail(err, USAGE,
			       "option '--%s': '%s' is not a size (bytes, or with K, M, G, T)",
			       o->name, SHOWN(text));
	double bytes = ldexp(v.value, (int)shift);
	if (!in_range(o, bytes) || bytes > 0x1p62)
		return out_of_range(o, text, err);
	*(size_t *)field = (size_t)bytes;
	return ML_OK;
}

static void text_size(const struct ml_opt *o, const void *field, struct ml_buf *out)
{
	size_t v = *(const size_t *)field, unit = 0;

	(void)o;
	while (v && !(v % 1024) && suffixes[unit]) {
		v /= 1024;
		unit++;
	}
	ml_buf_printf(out, "%zu", v);
	if (unit)
		ml_buf_byte(out, (unsigned char)suffixes[unit - 1]);
}

static void json_size(const struct ml_opt *o, const char *key, const void *field,
		      struct ml_json *out)
{
	(void)o;
	ml_json_int(out, key, (int64_t) * (const size_t *)field);
}

/* -- a character -- */

static const struct {
	const char *word;
	char c;
} characters[] = {
	{ "tab", '\t' },
	{ "\\t", '\t' },
	{ "space", ' ' },
};
enum { CHARACTERS = sizeof characters / sizeof *characters };

static int parse_char(const struct ml_opt *o, void *field, const char *text,
		      struct ml_error *err)
{
	for (size_t i = 0; i < CHARACTERS; i++) {
		if (!strcmp(text, characters[i].word)) {
			*(char *)field = characters[i].c;
			return ML_OK;
		}
	}
	if (!text[0] || text[1] || (unsigned char)text[0] >= 0x80)
		return ml_fail(err, USAGE,
			       "option '--%s': '%s' is not one ASCII character (or tab, space)",
			       o->name, SHOWN(text));
	*(char *)field = text[0];
	return ML_OK;
}

static void text_char(const struct ml_opt *o, const void *field, struct ml_buf *out)
{
	char c = *(const char *)field;

	(void)o;
	for (size_t i = 0; i < CHARACTERS; i++) {
		if (c == characters[i].c) {
			ml_buf_text(out, characters[i].word);
			return;
		}
	}
	if (c)
		ml_buf_byte(out, (unsigned char)c);
}

static void json_char(const struct ml_opt *o, const char *key, const void *field,
		      struct ml_json *out)
{
	const char *c = field;

	(void)o;
	if (*c)
		ml_json_textn(out, key, c, 1);
	else
		ml_json_null(out, key);
}

const struct ml_opt_kind ml_opt_kinds[] = {
	[ML_BOOL] = { "bool", parse_bool, text_bool, json_bool, false, false },
	[ML_INT] = { "integer", parse_int, text_int, json_int, true, false },
	[ML_REAL] = { "real", parse_real, text_real, json_real, true, false },
	[ML_TEXT] = { "text", parse_text, text_text, json_text, false, false },
	[ML_PICK] = { "word", parse_pick, text_pick, json_pick, false, true },
	[ML_PICK_REAL] = { "word-or-real", parse_pick_real, text_pick_real, json_pick_real,
			   true, true },
	[ML_TEXTS] = { "texts", parse_texts, text_texts, json_texts, false, false },
	[ML_SIZE] = { "size", parse_size, text_size, json_size, true, false },
	[ML_CHAR] = { "character", parse_char, text_char, json_char, false, false },
};
