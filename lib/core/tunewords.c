/* tunewords.c - placeholders, and words that set parameters. */
#include "core/tunewords.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/number.h"
#include "base/utf8.h"
#include "core/crossval_parts.h"

const char ml_algorithm[] = "algorithm";

static const char name_chars[] =
	"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.-";
/* What the shell leaves alone wherever it stands in a word. */
static const char safe_chars[] =
	"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.-/:@%+,=";

/* ---- finding placeholders ---- */

struct place {
	const char *name, *other;  /* other: TEXT of {NAME:-TEXT}, or NULL */
	size_t n, n_other, length; /* length: of all of it */
	bool escaped;              /* {{NAME}} */
};

static bool is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

/* Is there a placeholder at s?  before: the character in front of it. */
static bool find_place(const char *s, char before, struct place *p)
{
	size_t open = s[0] == '{' && s[1] == '{' ? 2 : 1;

	if (s[0] != '{' || before == '$' || !is_letter(s[open]))
		return false;
	*p = (struct place){ .name = s + open, .escaped = open == 2 };
	p->n = strspn(p->name, name_chars);
	if (p->escaped && !strncmp(p->name + p->n, "}}", 2)) {
		p->length = open + p->n + 2;
		return true;
	}
	if (p->escaped)
		return false;
	const char *end = p->name + p->n;
	if (!strncmp(end, ":-", 2)) {
		p->other = end + 2;
		p->n_other = strcspn(p->other, "{}");
		end = p->other + p->n_other;
	} else if (p->name[p->n - 1] == '-') {
		return false;
	}
	if (*end != '}')
		return false;
	p->length = (size_t)(end - s) + 1;
	return true;
}

static bool is_called(const struct place *p, const char *name)
{
	return strlen(name) == p->n && !strncmp(p->name, name, p->n);
}

/* ---- quoting ---- */

static void put_quoted(struct ml_buf *out, const char *text, size_t n)
{
	if (n && strspn(text, safe_chars) >= n) {
		ml_buf_put(out, text, n);
		return;
	}
	ml_buf_byte(out, '\'');
	for (size_t i = 0; i < n; i++)
		if (text[i] == '\'')
			ml_buf_text(out, "'\\''");
		else
			ml_buf_byte(out, (unsigned char)text[i]);
	ml_buf_byte(out, '\'');
}

void ml_words_join(struct ml_buf *out, char *const *words, size_t n)
{
	struct place p;

	if (n == 1) {
		ml_buf_text(out, words[0]);
		return;
	}
	for (size_t i = 0; i < n; i++) {
		const char *w = words[i], *from = w;
		if (i)
			ml_buf_byte(out, ' ');
		if (!*w)
			ml_buf_text(out, "''");
		for (; *w; w++) {
			if (!find_place(w, w > words[i] ? w[-1] : '\0', &p))
				continue;
			if (w > from)
				put_quoted(out, from, (size_t)(w - from));
			ml_buf_put(out, w, p.length);
			w += p.length - 1;
			from = w + 1;
		}
		if (w > from)
			put_quoted(out, from, (size_t)(w - from));
	}
}

/* ---- what a name means ---- */

static void put_trial(const struct ml_words_of *of, struct ml_buf *out)
{
	ml_buf_printf(out, "%zu", of->trial);
}

static void put_seed(const struct ml_words_of *of, struct ml_buf *out)
{
	ml_buf_printf(out, "%llu", (unsigned long long)of->seed);
}

static void put_budget(const struct ml_words_of *of, struct ml_buf *out)
{
	char number[ML_NUMBER_MAX];
	double budget = of->budget;

	if (of->resource > 0)
		budget = fmax(1, round(budget * of->resource));
	ml_buf_put(out, number, ml_number_print(budget, number));
}

static const struct {
	const char *name;
	void (*put)(const struct ml_words_of *of, struct ml_buf *out);
} numbers[] = { { "trial", put_trial }, { "seed", put_seed }, { "budget", put_budget } };
enum { NUMBERS = sizeof numbers / sizeof *numbers };
static const char *const of_folds[] = { "fold", "repeat", "size", "model" };

static bool is_of_folds(const struct place *p)
{
	for (size_t k = 0; k < sizeof of_folds / sizeof *of_folds; k++)
		if (is_called(p, of_folds[k]))
			return true;
	return false;
}

static size_t find_number(const struct place *p)
{
	size_t k = 0;

	while (k < NUMBERS && !is_called(p, numbers[k].name))
		k++;
	return k;
}

static size_t find_param(const struct ml_space *s, const struct place *p)
{
	for (size_t i = 0; i < s->n; i++)
		if (is_called(p, s->v[i].name))
			return i;
	return SIZE_MAX;
}

/* ---- looking a template through ---- */

static int look_at(struct ml_words *w, const struct place *p, struct ml_error *err)
{
	size_t i = find_param(w->space, p);
	const char *name = ML_SHOW(p->name, p->n);

	if (i != SIZE_MAX) {
		w->named[i] = true;
		if (w->space->v[i].parent != SIZE_MAX && !p->other)
			return ml_fail(err, ML_EUSAGE, "E-USAGE",
				       "{%s} in the command: parameter '%s' is not in every "
				       "trial; write {%s:-TEXT} with what stands there "
				       "otherwise, or {set}",
				       name, name, name);
		return ML_OK;
	}
	if (is_called(p, "set"))
		w->rest = true;
	else if (is_called(p, "budget"))
		w->budget = true;
	else if (is_of_folds(p) ? !w->folds : find_number(p) == NUMBERS)
		return ml_fail(err, ML_EUSAGE, "E-USAGE",
			       "{%s} in the command is no parameter (braces that are to stay "
			       "are doubled: {{%s}})",
			       name, name);
	return ML_OK;
}

int ml_words_init(struct ml_words *w, const char *template, const struct ml_space *space,
		  bool folds, struct ml_error *err)
{
	struct place p;
	int rc = ML_OK;

	*w = (struct ml_words){ .template = template, .space = space, .folds = folds };
	if (!(w->named = ml_alloc(space->n, sizeof *w->named, err)))
		return err->code;
	for (const char *s = template; !rc && *s; s++) {
		if (!find_place(s, s > template ? s[-1] : '\0', &p))
			continue;
		if (!p.escaped)
			rc = look_at(w, &p, err);
		s += p.length - 1;
	}
	return rc;
}

void ml_words_release(struct ml_words *w)
{
	free(w->named);
	*w = (struct ml_words){ 0 };
}

/* ---- writing ---- */

static void put_value(const struct ml_space *s, size_t i, double v, struct ml_buf *out)
{
	struct ml_buf text = { 0 };

	ml_space_text(s, i, v, &text);
	put_quoted(out, ml_buf_str(&text), text.n);
	out->failed = out->failed || text.failed;
	ml_buf_release(&text);
}

/* Length of the prefix of a parameter that belongs to the algorithm of the point: "ridge." */
static size_t prefix_of(const struct ml_space *s, const double *point, size_t i)
{
	size_t a = ml_space_find(s, ml_algorithm);

	if (a == SIZE_MAX || s->v[a].kind != ML_PARAM_CHOICE || isnan(point[a]))
		return 0;
	const char *name = s->v[a].choice[(size_t)point[a]];
	size_t n = strlen(name);
	return !strncmp(s->v[i].name, name, n) && s->v[i].name[n] == '.' ? n + 1 : 0;
}

static void put_set(const struct ml_words *w, const double *point, struct ml_buf *out)
{
	const struct ml_space *s = w->space;
	size_t a = ml_space_find(s, ml_algorithm), from = out->n;

	if (a != SIZE_MAX && !w->named[a] && !isnan(point[a]))
		put_value(s, a, point[a], out);
	for (size_t i = 0; i < s->n; i++) {
		if (i == a || w->named[i] || isnan(point[i]))
			continue;
		if (out->n > from)
			ml_buf_byte(out, ' ');
		ml_buf_text(out, "--set ");
		ml_buf_text(out, s->v[i].name + prefix_of(s, point, i));
		ml_buf_byte(out, '=');
		put_value(s, i, point[i], out);
	}
}

static void put_place(const struct ml_words *w, const struct ml_words_of *of,
		      const struct place *p, struct ml_buf *out)
{
	size_t i = find_param(w->space, p), k = find_number(p);

	if (p->escaped) {
		ml_buf_byte(out, '{');
		ml_buf_put(out, p->name, p->n);
		ml_buf_byte(out, '}');
	} else if (i != SIZE_MAX && !isnan(of->point[i])) {
		put_value(w->space, i, of->point[i], out);
	} else if (i != SIZE_MAX) {
		ml_buf_put(out, p->other, p->n_other);
	} else if (is_called(p, "set")) {
		put_set(w, of->point, out);
	} else if (k < NUMBERS) {
		numbers[k].put(of, out);
	} else {
		ml_buf_put(out, p->name - 1, p->length); /* of the fold: later */
	}
}

void ml_words_put(const struct ml_words *w, const struct ml_words_of *of, struct ml_buf *out)
{
	struct place p;

	for (const char *s = w->template; *s; s++) {
		if (!find_place(s, s > w->template ? s[-1] : '\0', &p)) {
			ml_buf_byte(out, (unsigned char)*s);
			continue;
		}
		put_place(w, of, &p, out);
		s += p.length - 1;
	}
}

/* ---- reading ---- */

/* NAME of NAME=VALUE, as it stands, or behind the algorithm's prefix. */
static size_t param_of(const struct ml_space *s, const double *point, const char *name,
		       size_t n)
{
	for (size_t i = 0; i < s->n; i++) {
		size_t skip = prefix_of(s, point, i);
		const char *own = s->v[i].name;
		if ((strlen(own) == n && !strncmp(own, name, n)) ||
		    (skip && strlen(own + skip) == n && !strncmp(own + skip, name, n)))
			return i;
	}
	return SIZE_MAX;
}

static int read_setting(const struct ml_space *s, const char *text, double *point,
			struct ml_error *err)
{
	size_t n = strcspn(text, "="), i = text[n] ? param_of(s, point, text, n) : SIZE_MAX;

	if (i == SIZE_MAX)
		return ml_fail(err, ML_EUSAGE, "E-USAGE",
			       "'%s' is not NAME=VALUE of a parameter of this search",
			       ML_SHOW(text, strlen(text)));
	return ml_space_value(s, i, text + n + 1, &point[i], err);
}

int ml_words_read(const struct ml_space *s, char *const *words, size_t n, double *point,
		  struct ml_error *err)
{
	size_t a = ml_space_find(s, ml_algorithm);
	int rc = ML_OK;

	for (size_t i = 0; i < s->n; i++)
		point[i] = NAN;
	for (size_t i = 0; !rc && i < n; i++) {
		if (!strcmp(words[i], "--set") && i + 1 < n)
			rc = read_setting(s, words[++i], point, err);
		else if (!strncmp(words[i], "--set=", 6))
			rc = read_setting(s, words[i] + 6, point, err);
		else if (!i && a != SIZE_MAX)
			rc = ml_space_value(s, a, words[i], &point[a], err);
		else
			rc = ml_fail(err, ML_EUSAGE, "E-USAGE",
				     "'%s': expected --set NAME=VALUE",
				     ML_SHOW(words[i], strlen(words[i])));
	}
	return rc;
}
