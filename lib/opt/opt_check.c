/* opt_check.c - whether a table of options is right itself. */
#include "opt/opt.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "opt/opt_type.h"

#define WRONG(o, what) wrong(err, o, what)

static int wrong(struct ml_error *err, const struct ml_opt *o, const char *what)
{
	return ml_fail(err, ML_EBUG, "E-BUG", "option table: '%s' %s", o->name, what);
}

static bool is_kebab(const char *s, size_t n)
{
	static const char fits[] =
		"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-";

	if (!n || s[0] == '-' || s[n - 1] == '-')
		return false;
	for (size_t i = 0; i < n; i++)
		if (!strchr(fits, s[i]))
			return false;
	return true;
}

static int check_names(const struct ml_opt *table, const struct ml_opt *o, struct ml_error *err)
{
	if (!is_kebab(o->name, strlen(o->name)))
		return WRONG(o, "is not in kebab-case");
	if (!strncmp(o->name, "no-", 3))
		return WRONG(o, "begins with no-: name the opposite");
	if (ml_opt_find(table, o->name) != o)
		return WRONG(o, "stands twice");
	for (const char *a = o->alias; a && *a;) {
		size_t n = strcspn(a, ",");
		char alias[64] = { 0 };

		if (!is_kebab(a, n) || n >= sizeof alias)
			return WRONG(o, "has an alias that is not in kebab-case");
		memcpy(alias, a, n);
		if (ml_opt_find(table, alias) != o)
			return WRONG(o, "has an alias that means another option");
		a += n + (a[n] == ',');
	}
	for (const struct ml_opt *other = table; o->letter && other != o; other++)
		if (other->letter == o->letter)
			return WRONG(o, "has the letter of another option");
	return ML_OK;
}

static int check_words(const struct ml_opt *o, struct ml_error *err)
{
	if (ml_opt_kinds[o->type]->words != (o->picks != NULL))
		return WRONG(o, "has words and is no pick, or the reverse");
	if (ml_opt_takes_value(o) != (o->arg != NULL))
		return WRONG(o, "needs a placeholder when, and only when, it takes a value");
	size_t n = o->help ? strlen(o->help) : 0;
	if (!n)
		return WRONG(o, "has no help");
	if (o->help[n - 1] == '.')
		return WRONG(o, "has a help that ends in a full stop");
	if (o->help[0] >= 'A' && o->help[0] <= 'Z' && o->help[1] >= 'a' && o->help[1] <= 'z')
		return WRONG(o, "has a help that begins with a capital");
	return ML_OK;
}

static int check_default(const struct ml_opt *o, struct ml_error *err)
{
	union ml_opt_field field = { 0 };

	if (o->lo > o->hi || isnan(o->lo) || isnan(o->hi))
		return WRONG(o, "has a range that is empty");
	if (ml_opt_ranged(o) && !ml_opt_kinds[o->type]->number)
		return WRONG(o, "has a range and is no number");
	if (o->type == ML_TEXTS && o->def)
		return WRONG(o, "is repeatable and has a default");
	if (o->type == ML_BOOL && !o->def)
		return WRONG(o, "needs a default, yes or no");
	if (o->def && ml_opt_kinds[o->type]->parse(o, &field, o->def, err))
		return WRONG(o, "has a default that is not allowed");
	return ML_OK;
}

/* The word of length n is one that `o` may be. */
static bool may_be(const struct ml_opt *o, const char *word, size_t n)
{
	if (o->type == ML_BOOL)
		return (n == 3 && !memcmp(word, "yes", 3)) ||
		       (n == 2 && !memcmp(word, "no", 2));
	for (const char *const *p = o->picks; p && *p; p++)
		if (strlen(*p) == n && !memcmp(*p, word, n))
			return true;
	return false;
}

static int check_when(const struct ml_opt *table, const struct ml_opt *o, struct ml_error *err)
{
	char name[64] = { 0 };

	if (!o->when)
		return ML_OK;
	size_t n = strcspn(o->when, "=");
	if (!o->when[n] || n >= sizeof name)
		return WRONG(o, "has a condition that is not option=word|word");
	memcpy(name, o->when, n);
	const struct ml_opt *other = ml_opt_find(table, name);
	if (!other || other == o || strcmp(other->name, name))
		return WRONG(o, "has a condition on no other option");
	for (const char *w = o->when + n + 1;; w++) {
		size_t len = strcspn(w, "|");

		if (!may_be(other, w, len))
			return WRONG(o, "has a condition on a word that is none");
		w += len;
		if (!*w)
			return ML_OK;
	}
}

static int check_tune(const struct ml_opt *o, struct ml_error *err)
{
	bool number = ml_opt_kinds[o->type]->number;

	if (o->tune.scale == ML_FIXED)
		return o->tune.lo != 0 || o->tune.hi != 0
			       ? WRONG(o, "is not searched, over a range")
			       : ML_OK;
	if (!number)
		return o->type == ML_BOOL || o->type == ML_PICK
			       ? ML_OK
			       : WRONG(o, "cannot be searched");
	if (!(o->tune.lo < o->tune.hi) || !isfinite(o->tune.lo) || !isfinite(o->tune.hi))
		return WRONG(o, "has a search range that is empty or endless");
	if (o->tune.scale == ML_LOG && !(o->tune.lo > 0))
		return WRONG(o, "is searched by logarithms of what is not positive");
	if (ml_opt_ranged(o) && (o->tune.lo < o->lo || o->tune.hi > o->hi))
		return WRONG(o, "is searched beyond its range");
	return ML_OK;
}

int ml_opt_check(const struct ml_opt *table, struct ml_error *err)
{
	for (const struct ml_opt *o = table; o && o->name; o++)
		if (check_names(table, o, err) || check_words(o, err) ||
		    check_default(o, err) || check_when(table, o, err) || check_tune(o, err))
			return err->code;
	return ML_OK;
}
