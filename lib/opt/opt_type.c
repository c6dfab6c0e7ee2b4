/* opt_type.c - options that are yes or no, texts or characters; and the table of all types. */
#include "opt/opt_type.h"

#include <string.h>

#include "base/mem.h"
#include "base/utf8.h"

#define USAGE ML_EUSAGE, "E-USAGE"
#define SHOWN(text) ML_SHOW(text, strlen(text))

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

/* -- text -- */

/* Names of files, and commands, are any bytes; every other text is compared with a table or
 * comes into one, or into a model, and these are UTF-8. */
static int check_text(const struct ml_opt *o, const char *text, struct ml_error *err)
{
	static const char *const of_bytes[] = { "FILE", "PREFIX", "COMMAND" };

	for (size_t i = 0; o->arg && i < sizeof of_bytes / sizeof *of_bytes; i++)
		if (!strcmp(o->arg, of_bytes[i]))
			return ML_OK;
	if (ml_utf8_text(text, strlen(text)))
		return ML_OK;
	return ml_fail(err, USAGE, "option '--%s': '%s' is not UTF-8", o->name, SHOWN(text));
}

static int parse_text(const struct ml_opt *o, void *field, const char *text,
		      struct ml_error *err)
{
	int rc = check_text(o, text, err);

	if (!rc)
		*(const char **)field = text;
	return rc;
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

/* -- texts -- */

/* The capacity is not stored: it is the smallest power of two that holds n, at least 4. */
static int parse_texts(const struct ml_opt *o, void *field, const char *text,
		       struct ml_error *err)
{
	struct ml_texts *list = field;
	size_t n = list->n;

	if (check_text(o, text, err))
		return err->code;
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

const struct ml_opt_kind ml_opt_bool = {
	.word = "bool",
	.parse = parse_bool,
	.text = text_bool,
	.json = json_bool,
};
const struct ml_opt_kind ml_opt_text = {
	.word = "text",
	.parse = parse_text,
	.text = text_text,
	.json = json_text,
};
const struct ml_opt_kind ml_opt_texts = {
	.word = "texts",
	.parse = parse_texts,
	.text = text_texts,
	.json = json_texts,
};
const struct ml_opt_kind ml_opt_char = {
	.word = "character",
	.parse = parse_char,
	.text = text_char,
	.json = json_char,
};

const struct ml_opt_kind *const ml_opt_kinds[] = {
	[ML_BOOL] = &ml_opt_bool,   [ML_INT] = &ml_opt_int,
	[ML_REAL] = &ml_opt_real,   [ML_TEXT] = &ml_opt_text,
	[ML_PICK] = &ml_opt_pick,   [ML_PICK_REAL] = &ml_opt_pick_real,
	[ML_TEXTS] = &ml_opt_texts, [ML_SIZE] = &ml_opt_size,
	[ML_CHAR] = &ml_opt_char,
};
