/* runfilter.c - tests that a run passes or not. */
#include "core/runfilter.h"

#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/number.h"
#include "base/utf8.h"

enum relation { AT_LEAST, AT_MOST, EQUAL, DIFFERENT, ABOVE, BELOW };
/* The longer ones first. */
static const struct {
	const char *sign;
	enum relation relation;
} signs[] = {
	{ ">=", AT_LEAST }, { "<=", AT_MOST }, { "==", EQUAL }, { "!=", DIFFERENT },
	{ ">", ABOVE },     { "<", BELOW },    { "=", EQUAL },
};
enum { SIGNS = sizeof signs / sizeof *signs };

struct ml_runfilter_test {
	char *name, *text;
	enum relation relation;
	double number; /* NaN: a text */
	bool met;      /* some run has told the name */
};

/* Without the blanks at its ends. */
static char *trimmed(const char *s, size_t n, struct ml_error *err)
{
	while (n && isspace((unsigned char)*s))
		s++, n--;
	while (n && isspace((unsigned char)s[n - 1]))
		n--;
	return ml_strndup(s, n, err);
}

static int read_test(struct ml_runfilter_test *t, const char *text, struct ml_error *err)
{
	size_t at = strcspn(text, "<>=!"), k = 0;
	struct ml_number number;

	while (k < SIGNS && strncmp(text + at, signs[k].sign, strlen(signs[k].sign)))
		k++;
	if (k == SIGNS)
		return ml_fail(
			err, ML_EUSAGE, "E-USAGE",
			"--where '%s': expected NAME, one of >= <= > < == !=, and a value",
			ML_SHOW(text, strlen(text)));
	const char *value = text + at + strlen(signs[k].sign);
	t->relation = signs[k].relation;
	if (!(t->name = trimmed(text, at, err)) ||
	    !(t->text = trimmed(value, strlen(value), err)))
		return err->code;
	bool is_number = ml_number_parse(t->text, strlen(t->text), &number);
	t->number = is_number ? number.value : (double)NAN;
	if (!*t->name || (!is_number && t->relation != EQUAL && t->relation != DIFFERENT))
		return ml_fail(err, ML_EUSAGE, "E-USAGE", "--where '%s': expected a %s %s it",
			       ML_SHOW(text, strlen(text)), *t->name ? "number" : "name",
			       *t->name ? "behind" : "before");
	return ML_OK;
}

/* Digits and the signs between them, as far as the text goes. */
static bool is_time(const char *s)
{
	static const char form[] = "0000-00-00T00:00:00.000Z";
	size_t n = strlen(s);

	for (size_t i = 0; i < n; i++)
		if (i >= sizeof form - 1 ||
		    (form[i] == '0' ? !isdigit((unsigned char)s[i]) : s[i] != form[i]))
			return false;
	return n >= 4;
}

int ml_runfilter_init(struct ml_runfilter *f, const struct ml_runfilter_spec *spec,
		      struct ml_error *err)
{
	*f = (struct ml_runfilter){ .spec = *spec };
	if (spec->since && !is_time(spec->since))
		return ml_fail(err, ML_EUSAGE, "E-USAGE",
			       "--since '%s': expected a time (UTC) as 2026-11-25 or "
			       "2026-11-25T12:30",
			       ML_SHOW(spec->since, strlen(spec->since)));
	if (!(f->test = ml_alloc(spec->where.n, sizeof *f->test, err)))
		return err->code;
	for (; f->n < spec->where.n; f->n++)
		if (read_test(&f->test[f->n], spec->where.v[f->n], err)) {
			f->n++;
			return err->code;
		}
	return ML_OK;
}

static bool holds(const struct ml_runfilter_test *t, const struct ml_fact *fact)
{
	double v = fact->number;
	bool equal = isnan(v) || isnan(t->number)
			     ? !strcmp(ml_buf_str((struct ml_buf *)&fact->text), t->text)
			     : v == t->number;
	const bool is[] = {
		[AT_LEAST] = v >= t->number,
		[AT_MOST] = v <= t->number,
		[EQUAL] = equal,
		[DIFFERENT] = !equal,
		[ABOVE] = v > t->number,
		[BELOW] = v < t->number,
	};

	return is[t->relation];
}

/* ml-fit, or fit alone. */
static bool is_tool(const char *tool, const char *asked)
{
	return !strcmp(tool, asked) || (!strncmp(tool, "ml-", 3) && !strcmp(tool + 3, asked));
}

int ml_runfilter_takes(struct ml_runfilter *f, const struct ml_pastrun *r, bool *yes,
		       struct ml_error *err)
{
	const struct ml_runfilter_spec *s = &f->spec;
	int rc = ML_OK;

	*yes = (!s->tool || is_tool(ml_pastrun_text(r->json, "tool"), s->tool)) &&
	       (!s->since || strcmp(ml_pastrun_text(r->json, "start"), s->since) >= 0) &&
	       (!s->failed || ml_pastrun_number(r->json, "exit") != 0);
	for (size_t i = 0; !rc && i < f->n; i++) {
		struct ml_fact fact;
		ml_pastrun_fact(r, f->test[i].name, &fact);
		f->test[i].met |= fact.known;
		*yes = *yes && fact.known && holds(&f->test[i], &fact);
		rc = ml_buf_check(&fact.text, err);
		ml_buf_release(&fact.text);
	}
	return rc;
}

void ml_runfilter_warn(const struct ml_runfilter *f, const struct ml_run *run)
{
	for (size_t i = 0; run->warn && i < f->n; i++)
		if (!f->test[i].met)
			run->warn(run->user, "W-NAME", SIZE_MAX, "--where: no run tells a '%s'",
				  ML_SHOW(f->test[i].name, strlen(f->test[i].name)));
}

void ml_runfilter_release(struct ml_runfilter *f)
{
	for (size_t i = 0; i < f->n; i++) {
		free(f->test[i].name);
		free(f->test[i].text);
	}
	free(f->test);
	*f = (struct ml_runfilter){ 0 };
}
