/* how.c - lists that say what to do to which columns: "age=mean,inc*=median". */
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "data/columns.h"

/* First `special` in s[0..n) without a backslash before it; n when there is none. */
static size_t find_special(const char *s, size_t n, char special)
{
	for (size_t i = 0; i < n; i++)
		if (s[i] == '\\')
			i++;
		else if (s[i] == special)
			return i;
	return n;
}

/* Takes the backslashes before , = and \ out of s. */
static void unescape(char *s)
{
	char *to = s;

	for (; *s; s++) {
		if (*s == '\\' && s[1] && strchr(",=\\", s[1]))
			s++;
		*to++ = *s;
	}
	*to = '\0';
}

/* One item, in a copy that it may change. */
static int each(char *s, bool names, ml_how_fn *item, void *arg, struct ml_error *err)
{
	size_t n = strlen(s), equals = find_special(s, n, '=');
	char *columns = equals < n ? s : NULL, *how = equals < n ? s + equals + 1 : s;

	if (columns)
		s[equals] = '\0';
	if (!*how || (columns && !*columns))
		return ml_fail(err, ML_EUSAGE, "E-USAGE",
			       names ? "'%s%s%s': expected NAME=VALUE"
				     : "'%s%s%s': expected HOW or COLUMNS=HOW",
			       columns ? ML_SHOW(columns, strlen(columns)) : "",
			       columns ? "=" : "", ML_SHOW(how, strlen(how)));
	unescape(how);
	if (columns && names)
		unescape(columns);
	return item(arg, columns, how, err);
}

static int each_of(const char *spec, bool names, ml_how_fn *item, void *arg,
		   struct ml_error *err)
{
	size_t len = strlen(spec);
	char *copy = ml_strdup(spec, err);
	int rc = copy ? ML_OK : err->code;

	for (size_t from = 0, to; !rc && from <= len; from = to + 1) {
		to = from + find_special(copy + from, len - from, ',');
		copy[to] = '\0';
		rc = each(copy + from, names, item, arg, err);
	}
	free(copy);
	return rc;
}

int ml_how_each(const char *spec, ml_how_fn *item, void *arg, struct ml_error *err)
{
	return each_of(spec, false, item, arg, err);
}

int ml_names_each(const char *spec, ml_how_fn *item, void *arg, struct ml_error *err)
{
	return each_of(spec, true, item, arg, err);
}
