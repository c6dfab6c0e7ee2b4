/* space_read.c - parameters as the user writes them: NAME=SPEC [if PARENT=A|B].
 *
 * A backslash takes the meaning from the character behind it, in choices and conditions. */
#include <float.h>
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/number.h"
#include "base/similar.h"
#include "base/utf8.h"
#include "search/space_parts.h"

/* Whole numbers up to here are exact as doubles. */
static const double most_whole = 0x1p53;
enum { MOST_POINTS = 1000000, MOST_CHOICES = 100000 };

struct piece {
	const char *s;
	size_t n;
};

static int malformed(struct ml_error *err, const char *text, const char *why)
{
	return ml_fail(err, ML_EUSAGE, "E-USAGE", "parameter '%s': %s",
		       ML_SHOW(text, strlen(text)), why);
}

/* Cuts at the next `sep` that has no backslash before it; false when nothing is left. */
static bool next_piece(struct piece *rest, char sep, struct piece *out)
{
	if (!rest->s)
		return false;
	size_t i = 0;
	while (i < rest->n && rest->s[i] != sep)
		i += rest->s[i] == '\\' && i + 1 < rest->n ? 2 : 1;
	*out = (struct piece){ rest->s, i };
	*rest = i < rest->n ? (struct piece){ rest->s + i + 1, rest->n - i - 1 }
			    : (struct piece){ NULL, 0 };
	return true;
}

static size_t count_pieces(struct piece rest, char sep)
{
	struct piece p;
	size_t n = 0;

	while (next_piece(&rest, sep, &p))
		n++;
	return n;
}

/* Without backslashes, into out, which has room for p.n bytes; the length. */
static size_t unescape(struct piece p, char *out)
{
	size_t n = 0;

	for (size_t i = 0; i < p.n; i++) {
		i += p.s[i] == '\\' && i + 1 < p.n;
		out[n++] = p.s[i];
	}
	return n;
}

static bool is(struct piece p, const char *word)
{
	return strlen(word) == p.n && !memcmp(p.s, word, p.n);
}

static bool looks_whole(struct piece p)
{
	for (size_t i = 0; i < p.n; i++)
		if (!strchr("+-0123456789", p.s[i]))
			return false;
	return true;
}

/* -- ranges -- */

static int check_range(const struct ml_param *p, const char *text, struct ml_error *err)
{
	if (!(p->lo < p->hi))
		return malformed(
			err, text,
			"the range is empty: LO:HI needs LO below HI (a single value is "
			"written alone)");
	if (!isfinite(p->hi - p->lo))
		return malformed(err, text, "the range is too wide");
	if (p->log && !(p->lo >= DBL_MIN))
		return malformed(err, text, "a logarithmic range begins above 0");
	if (p->kind == ML_PARAM_WHOLE && (p->lo != floor(p->lo) || p->hi != floor(p->hi)))
		return malformed(err, text, "the ends are not whole numbers");
	if (p->kind == ML_PARAM_WHOLE &&
	    !(fabs(p->lo) <= most_whole && fabs(p->hi) <= most_whole))
		return malformed(err, text, "whole numbers go up to 2^53");
	return ML_OK;
}

static int read_range(struct ml_param *p, struct piece spec, const char *text,
		      struct ml_error *err)
{
	static const struct {
		const char *word;
		bool log;
		enum ml_param_kind kind;
	} scales[] = {
		{ "log", true, ML_PARAM_REAL },
		{ "real", false, ML_PARAM_REAL },
		{ "whole", false, ML_PARAM_WHOLE },
		{ "log-whole", true, ML_PARAM_WHOLE },
	};
	enum { SCALES = sizeof scales / sizeof *scales };
	struct piece first, lo, hi, points;
	struct ml_number n[3] = { 0 };
	size_t k = 0;

	next_piece(&spec, ':', &first);
	while (k < SCALES && !is(first, scales[k].word))
		k++;
	if (k == SCALES)
		lo = first;
	else if (!next_piece(&spec, ':', &lo))
		return malformed(err, text, "a range is LO:HI");
	if (!next_piece(&spec, ':', &hi) || !ml_number_parse(lo.s, lo.n, &n[0]) ||
	    !ml_number_parse(hi.s, hi.n, &n[1]) || (n[0].flags | n[1].flags) & ML_NUM_OVERFLOW)
		return malformed(
			err, text,
			"no range LO:HI of numbers, nor log:, real:, whole:, log-whole: "
			"before one (a text with a colon is written with \\:)");
	p->kind = k < SCALES                           ? scales[k].kind
		  : looks_whole(lo) && looks_whole(hi) ? ML_PARAM_WHOLE
						       : ML_PARAM_REAL;
	p->log = k < SCALES && scales[k].log;
	p->lo = n[0].value;
	p->hi = n[1].value;
	if (next_piece(&spec, ':', &points)) {
		if (spec.s || !ml_number_parse(points.s, points.n, &n[2]) ||
		    !(n[2].value >= 1 && n[2].value <= MOST_POINTS) ||
		    n[2].value != floor(n[2].value))
			return malformed(err, text,
					 "what follows LO:HI is how many points a grid takes");
		p->points = (size_t)n[2].value;
	}
	return check_range(p, text, err);
}

/* -- choices -- */

static int read_choices(struct ml_param *p, struct piece spec, const char *text,
			struct ml_error *err)
{
	size_t n = count_pieces(spec, ',');
	char *plain = ml_alloc(spec.n, 1, err);
	struct piece piece;
	int rc = plain ? ML_OK : err->code;

	p->kind = ML_PARAM_CHOICE;
	if (!rc && n > MOST_CHOICES)
		rc = malformed(err, text, "too many choices");
	if (!rc && !(p->choice = ml_alloc(n, sizeof *p->choice, err)))
		rc = err->code;
	while (!rc && next_piece(&spec, ',', &piece)) {
		struct piece colon = piece, part;
		struct ml_number number;

		if (!piece.n)
			rc = malformed(err, text, "a choice is empty");
		else if (next_piece(&colon, ':', &part) && colon.s && n > 1 &&
			 ml_number_parse(part.s, part.n, &number))
			rc = malformed(
				err, text,
				"a range cannot be one of several choices (a text with a "
				"colon is written with \\:)");
		else
			rc = ml_param_choose(p, plain, unescape(piece, plain), err);
	}
	free(plain);
	return rc ? rc : ml_param_settle(p, err);
}

/* -- conditions -- */

static int no_parent(const struct ml_space *s, const char *name, const char *text,
		     struct ml_error *err)
{
	for (size_t i = 0; i < s->n; i++)
		if (ml_similar(name, (const char *const[]){ s->v[i].name }, 1) == 0)
			return ml_fail(
				err, ML_EUSAGE, "E-USAGE",
				"parameter '%s': no earlier parameter '%s' (did you mean "
				"'%s'?)",
				ML_SHOW(text, strlen(text)), ML_SHOW(name, strlen(name)),
				s->v[i].name);
	return ml_fail(err, ML_EUSAGE, "E-USAGE", "parameter '%s': no earlier parameter '%s'",
		       ML_SHOW(text, strlen(text)), ML_SHOW(name, strlen(name)));
}

static int read_words(const struct ml_space *s, struct ml_param *p, struct piece words,
		      const char *text, struct ml_error *err)
{
	const struct ml_param *parent = &s->v[p->parent];
	char *plain = ml_alloc(words.n, 1, err);
	struct piece word;
	int rc = plain ? ML_OK : err->code;

	while (!rc && next_piece(&words, '|', &word)) {
		size_t n = unescape(word, plain), i = ml_param_find(parent, plain, n);

		if (i == SIZE_MAX)
			rc = ml_fail(err, ML_EUSAGE, "E-USAGE",
				     "parameter '%s': '%s' is no choice of '%s'",
				     ML_SHOW(text, strlen(text)), ML_SHOW(plain, n),
				     parent->name);
		else
			p->when[i] = true;
	}
	free(plain);
	return rc;
}

/* cond: "PARENT=A|B". */
static int read_condition(const struct ml_space *s, struct ml_param *p, const char *cond,
			  const char *text, struct ml_error *err)
{
	const char *eq = strchr(cond, '=');
	char *name = ml_strndup(cond, (size_t)(eq - cond), err);

	if (!name)
		return err->code;
	size_t parent = ml_space_find(s, name);
	int rc = parent == SIZE_MAX ? no_parent(s, name, text, err) : ML_OK;
	free(name);
	if (!rc && s->v[parent].kind != ML_PARAM_CHOICE)
		rc = malformed(err, text, "a condition is about choices, not about a range");
	if (!rc)
		rc = ml_param_condition(s, p, parent, err);
	const char *words = eq + 1;
	return rc ? rc : read_words(s, p, (struct piece){ words, strlen(words) }, text, err);
}

/* An odd number of backslashes stands before `at`. */
static bool is_escaped(const char *from, const char *at)
{
	size_t n = 0;

	while (at - n > from && at[-1 - (ptrdiff_t)n] == '\\')
		n++;
	return n % 2;
}

/* The condition of "... if PARENT=...": behind the last " if " that a '=' follows; or NULL. */
static const char *find_condition(const char *spec)
{
	const char *found = NULL;

	for (const char *at = strstr(spec, " if "); at; at = strstr(at + 1, " if "))
		if (strchr(at, '=') && !is_escaped(spec, at))
			found = at + 4;
	return found;
}

static bool is_name(const char *s, size_t n)
{
	static const char fits[] =
		"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-";

	for (size_t i = 0; i < n; i++)
		if (!s[i] || !strchr(fits, s[i]))
			return false;
	return n > 0 && s[0] != '-';
}

int ml_space_add(struct ml_space *s, const char *text, struct ml_error *err)
{
	size_t name = strcspn(text, "=");
	struct ml_param p = { .parent = SIZE_MAX };

	if (!text[name])
		return malformed(err, text, "a parameter is NAME=LO:HI or NAME=A,B,C");
	if (!is_name(text, name))
		return malformed(
			err, text,
			"a name has letters, digits and . _ - only, and does not begin "
			"with -");
	const char *from = text + name + 1, *cond = find_condition(from);
	struct piece spec = { from, cond ? (size_t)(cond - 4 - from) : strlen(from) };
	if (!(p.name = ml_strndup(text, name, err)))
		return err->code;
	int rc = ml_space_find(s, p.name) == SIZE_MAX
			 ? ML_OK
			 : malformed(err, text, "there is a parameter of this name");
	if (!rc)
		rc = count_pieces(spec, ',') == 1 && count_pieces(spec, ':') > 1
			     ? read_range(&p, spec, text, err)
			     : read_choices(&p, spec, text, err);
	if (!rc && cond)
		rc = read_condition(s, &p, cond, text, err);
	if (!rc)
		rc = ml_space_push(s, &p, err);
	ml_param_release(&p);
	return rc;
}
