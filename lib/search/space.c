/* space.c - values of parameters: their scale, their text, when they mean anything.
 *
 * The unit scale of a number parameter is linear or logarithmic between its ends; whole numbers
 * and choices share it evenly, each having a cell [k, k + 1) / count (in the logarithm from
 * lo - 1/2 to hi + 1/2, so that the ends have as much room as others). */
#include "search/space.h"

#include <math.h>
#include <stdint.h>
#include <string.h>

#include "base/nearest.h"
#include "base/number.h"
#include "base/shortest.h"
#include "base/similar.h"
#include "base/utf8.h"
#include "search/space_parts.h"

enum { KEPT_DIGITS = 6 };

/* Decimal exponent of the first digit. */
static int leading(struct ml_decimal d)
{
	int n = 0;

	for (uint64_t v = d.digits; v >= 10; v /= 10)
		n++;
	return d.exp + n;
}

/* v to as many digits as make KEPT_DIGITS of v or of `width`.  In decimal throughout: no
 * product of powers of ten is rounded. */
static double shorten(double v, double width)
{
	if (v == 0)
		return 0;
	struct ml_decimal d = ml_shortest(fabs(v)), w = ml_shortest(width);
	int first = leading(d) < leading(w) ? leading(d) : leading(w);
	int drop = first - (KEPT_DIGITS - 1) - d.exp;

	if (drop <= 0)
		return v;
	uint64_t unit = 1;
	for (int i = 0; i < drop; i++)
		unit *= 10; /* d has at most 17 digits, of which some stay */
	uint64_t kept = (d.digits + unit / 2) / unit;
	return copysign(ml_nearest(kept, d.exp + drop), v);
}

double ml_space_round(const struct ml_space *s, size_t param, double value)
{
	const struct ml_param *p = &s->v[param];

	if (p->kind == ML_PARAM_CHOICE)
		return fmin(fmax(round(value), 0), (double)(p->choices - 1));
	value = p->kind == ML_PARAM_WHOLE ? round(value) : shorten(value, p->hi - p->lo);
	return fmin(fmax(value, p->lo), p->hi) + 0.0; /* no -0 */
}

/* Ends of the unit scale in its own terms. */
static void ends(const struct ml_param *p, double *lo, double *hi)
{
	double margin = p->kind == ML_PARAM_WHOLE ? 0.5 : 0;

	*lo = p->lo - margin;
	*hi = p->hi + margin;
	if (p->log) {
		*lo = log(*lo);
		*hi = log(*hi);
	}
}

double ml_space_at(const struct ml_space *s, size_t param, double u)
{
	const struct ml_param *p = &s->v[param];
	double lo, hi;

	if (p->kind == ML_PARAM_CHOICE)
		return fmin(floor(u * (double)p->choices), (double)(p->choices - 1));
	ends(p, &lo, &hi);
	double v = lo + u * (hi - lo);
	return ml_space_round(s, param, p->log ? exp(v) : v);
}

double ml_space_unit(const struct ml_space *s, size_t param, double value)
{
	const struct ml_param *p = &s->v[param];
	double lo, hi;

	if (p->kind == ML_PARAM_CHOICE)
		return (value + 0.5) / (double)p->choices;
	ends(p, &lo, &hi);
	return fmin(fmax(((p->log ? log(value) : value) - lo) / (hi - lo), 0), 1);
}

size_t ml_space_find(const struct ml_space *s, const char *name)
{
	for (size_t i = 0; i < s->n; i++)
		if (!strcmp(s->v[i].name, name))
			return i;
	return SIZE_MAX;
}

bool ml_space_active(const struct ml_space *s, const double *point, size_t param)
{
	for (const struct ml_param *p = &s->v[param]; p->parent != SIZE_MAX;
	     p = &s->v[p->parent]) {
		double choice = point[p->parent];
		if (isnan(choice) || !p->when[(size_t)choice])
			return false;
	}
	return true;
}

void ml_space_tidy(const struct ml_space *s, double *point)
{
	/* Parents come first, so one look at the parent is enough. */
	for (size_t i = 0; i < s->n; i++) {
		const struct ml_param *p = &s->v[i];
		if (p->parent == SIZE_MAX)
			continue;
		double choice = point[p->parent];
		if (isnan(choice) || !p->when[(size_t)choice])
			point[i] = (double)NAN;
	}
}

void ml_space_text(const struct ml_space *s, size_t param, double value, struct ml_buf *out)
{
	const struct ml_param *p = &s->v[param];
	char text[ML_NUMBER_MAX];

	if (p->kind == ML_PARAM_CHOICE)
		ml_buf_text(out, p->choice[(size_t)value]);
	else
		ml_buf_put(out, text, ml_number_print(value, text));
}

size_t ml_param_find(const struct ml_param *p, const char *text, size_t n)
{
	struct ml_number number;

	for (size_t i = 0; i < p->choices; i++)
		if (strlen(p->choice[i]) == n && !memcmp(p->choice[i], text, n))
			return i;
	if (p->size && ml_number_parse(text, n, &number))
		for (size_t i = 0; i < p->choices; i++)
			if (p->size[i] == number.value)
				return i;
	return SIZE_MAX;
}

static int no_choice(const struct ml_param *p, const char *text, struct ml_error *err)
{
	size_t near = ml_similar(text, (const char *const *)p->choice, p->choices);

	if (near != SIZE_MAX)
		return ml_fail(
			err, ML_EUSAGE, "E-USAGE",
			"parameter '%s': '%s' is none of its choices (did you mean '%s'?)",
			p->name, ML_SHOW(text, strlen(text)),
			ML_SHOW(p->choice[near], strlen(p->choice[near])));
	return ml_fail(err, ML_EUSAGE, "E-USAGE", "parameter '%s': '%s' is none of its choices",
		       p->name, ML_SHOW(text, strlen(text)));
}

int ml_space_value(const struct ml_space *s, size_t param, const char *text, double *value,
		   struct ml_error *err)
{
	const struct ml_param *p = &s->v[param];
	char lo[ML_NUMBER_MAX], hi[ML_NUMBER_MAX];
	struct ml_number n;

	if (p->kind == ML_PARAM_CHOICE) {
		size_t i = ml_param_find(p, text, strlen(text));
		if (i == SIZE_MAX)
			return no_choice(p, text, err);
		*value = (double)i;
		return ML_OK;
	}
	const char *shown = ML_SHOW(text, strlen(text));
	if (!ml_number_parse(text, strlen(text), &n))
		return ml_fail(err, ML_EUSAGE, "E-USAGE",
			       "parameter '%s': '%s' is not a number", p->name, shown);
	if (p->kind == ML_PARAM_WHOLE && n.value != floor(n.value))
		return ml_fail(err, ML_EUSAGE, "E-USAGE",
			       "parameter '%s': '%s' is not a whole number", p->name, shown);
	if (!(n.value >= p->lo && n.value <= p->hi)) {
		ml_number_print(p->lo, lo);
		ml_number_print(p->hi, hi);
		return ml_fail(err, ML_EUSAGE, "E-USAGE",
			       "parameter '%s': %s is out of range (%s..%s)", p->name, shown,
			       lo, hi);
	}
	*value = n.value;
	return ML_OK;
}
