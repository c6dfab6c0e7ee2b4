/* crossval_words.c - commands with placeholders, and what commands say. */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/number.h"
#include "base/utf8.h"
#include "core/crossval_parts.h"

/* ---- placeholders ---- */

void ml_cv_quote(struct ml_buf *out, const char *path)
{
	ml_buf_byte(out, '\'');
	for (; *path; path++)
		if (*path == '\'')
			ml_buf_text(out, "'\\''");
		else
			ml_buf_byte(out, (unsigned char)*path);
	ml_buf_byte(out, '\'');
}

static void put_size(struct ml_buf *out, const struct ml_cv_part *part)
{
	char number[ML_NUMBER_MAX];

	ml_number_print(part->size, number);
	ml_buf_text(out, number);
}

static void put_fold(struct ml_buf *out, const struct ml_cv_part *part)
{
	ml_buf_printf(out, "%zu", part->fold);
}

static void put_repeat(struct ml_buf *out, const struct ml_cv_part *part)
{
	ml_buf_printf(out, "%zu", part->repeat);
}

static const struct {
	const char *text;
	void (*put)(struct ml_buf *out, const struct ml_cv_part *part);
} places[] = { { "{fold}", put_fold }, { "{repeat}", put_repeat }, { "{size}", put_size } };
enum { FOLD, REPEAT, SIZE, PLACES };
_Static_assert(sizeof places / sizeof *places == PLACES, "one entry a placeholder");

void ml_cv_expand(struct ml_buf *out, const char *command, const struct ml_cv_part *part,
		  const char *model)
{
	static const char of_model[] = "{model}";

	while (*command) {
		size_t k = 0, n = sizeof of_model - 1;
		if (model && !strncmp(command, of_model, n)) {
			ml_cv_quote(out, model);
			command += n;
			continue;
		}
		while (k < PLACES && strncmp(command, places[k].text, strlen(places[k].text)))
			k++;
		if (k < PLACES) {
			places[k].put(out, part);
			command += strlen(places[k].text);
		} else {
			ml_buf_byte(out, (unsigned char)*command++);
		}
	}
}

/* ---- files that fits would overwrite for each other ---- */

/* The word of the shell that begins at s: up to a blank or an operator, quotes counted in. */
static size_t word_length(const char *s)
{
	char quote = 0;
	size_t n = 0;

	for (; s[n]; n++) {
		if (quote ? s[n] == quote : s[n] == '\'' || s[n] == '"')
			quote = quote ? 0 : s[n];
		else if (!quote && strchr(" \t\n|&;<>()", s[n]))
			break;
	}
	return n;
}

static int check_word(const struct ml_cv_plan *plan, const char *word, size_t n,
		      struct ml_error *err)
{
	const bool needed[PLACES] = {
		[FOLD] = true, [REPEAT] = plan->repeats > 1, [SIZE] = plan->n_sizes > 1
	};
	char *copy = ml_strndup(word, n, err);
	int rc = copy ? ML_OK : err->code;

	for (size_t k = 0; !rc && k < PLACES; k++)
		if (needed[k] && !strstr(copy, places[k].text))
			rc = ml_fail(err, ML_EUSAGE, "E-USAGE",
				     "--save %s in the pipeline: every fit would write this "
				     "file; put "
				     "%s into its name",
				     ML_SHOW(word, n), places[k].text);
	free(copy);
	return rc;
}

int ml_cv_check_pipeline(const struct ml_cv_plan *plan, struct ml_error *err)
{
	static const char save[] = "--save";

	for (const char *s = plan->pipeline; (s = strstr(s, save));) {
		s += sizeof save - 1;
		if (!*s || !strchr("= \t", *s))
			continue;
		s += *s == '=' ? 1 : strspn(s, " \t");
		if (check_word(plan, s, word_length(s), err))
			return err->code;
	}
	return ML_OK;
}

/* ---- what was said ---- */

static bool has_code(const char *line, size_t n)
{
	const char *end = line + n - 1, *open = end;

	if (!n || *end != ']')
		return false;
	while (open > line && *open != '[')
		open--;
	return end - open > 3 && !strncmp(open, "[E-", 3);
}

int ml_cv_reason(char **why, const char *said, struct ml_error *err)
{
	const char *last = "";
	size_t n_last = 0;

	for (const char *s = said; *s;) {
		size_t n = strcspn(s, "\n");
		if (n) {
			last = s;
			n_last = n;
		}
		if (has_code(s, n))
			break;
		s += n + (s[n] == '\n');
	}
	*why = ml_strndup(last, n_last, err);
	return *why ? ML_OK : err->code;
}

void ml_cv_name(struct ml_buf *out, const struct ml_cv_plan *plan,
		const struct ml_cv_part *part)
{
	ml_buf_printf(out, "fold %zu", part->fold);
	if (plan->repeats > 1)
		ml_buf_printf(out, " of repeat %zu", part->repeat);
	if (plan->n_sizes) {
		ml_buf_text(out, " at size ");
		put_size(out, part);
	}
}
