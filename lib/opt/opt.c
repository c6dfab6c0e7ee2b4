/* opt.c - options by name: finding, setting, defaults, canonical values. */
#include "opt/opt.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/similar.h"
#include "base/utf8.h"
#include "opt/opt_type.h"

enum { NAMES = 256 }; /* of a table that are suggested: more than any has */

static void *field_of(const struct ml_opt *o, void *args)
{
	return (char *)args + o->offset;
}

static const void *const_field_of(const struct ml_opt *o, const void *args)
{
	return (const char *)args + o->offset;
}

/* True when `name` is the long name or an alias. */
static bool is_named(const struct ml_opt *o, const char *name)
{
	size_t n = strlen(name);

	if (!strcmp(o->name, name))
		return true;
	for (const char *a = o->alias; a && *a;) {
		size_t len = strcspn(a, ",");

		if (len == n && !memcmp(a, name, n))
			return true;
		a += len + (a[len] == ',');
	}
	return false;
}

static const char *behind_no(const char *name)
{
	return strncmp(name, "no-", 3) ? NULL : name + 3;
}

const struct ml_opt *ml_opt_find(const struct ml_opt *o, const char *name)
{
	const char *rest = behind_no(name);
	const struct ml_opt *other = NULL;

	for (; o && o->name; o++) {
		if (is_named(o, name))
			return o;
		if ((rest && o->type == ML_BOOL && is_named(o, rest)) ||
		    (o->letter && name[0] == o->letter && !name[1]))
			other = other ? other : o;
	}
	return other;
}

const char *ml_opt_nearest(const struct ml_opt *o, const char *name)
{
	const char *names[NAMES] = { NULL };
	size_t n = 0;

	for (; o && o->name && n < NAMES; o++)
		names[n++] = o->name;
	size_t near = ml_similar(name, names, n);
	return near < n ? names[near] : NULL;
}

bool ml_opt_takes_value(const struct ml_opt *o)
{
	return o->type != ML_BOOL;
}

static int unknown(const struct ml_opt *o, const char *name, struct ml_error *err)
{
	const char *near = ml_opt_nearest(o, name);

	return ml_fail(err, ML_EUSAGE, "E-USAGE", "unknown option '--%s'%s%s%s",
		       ML_SHOW(name, strlen(name)), near ? " (did you mean '--" : "",
		       near ? near : "", near ? "'?)" : "");
}

int ml_opt_set(const struct ml_opt *o, void *args, const char *name, const char *text,
	       struct ml_error *err)
{
	const struct ml_opt *found = ml_opt_find(o, name);

	if (!found)
		return unknown(o, name, err);
	if (found->type == ML_BOOL && !is_named(found, name) && behind_no(name)) {
		if (text)
			return ml_fail(err, ML_EUSAGE, "E-USAGE",
				       "option '--no-%s' takes no value", found->name);
		text = "no";
	}
	if (found->type == ML_BOOL && !text)
		text = "yes";
	if (!text)
		return ml_fail(err, ML_EUSAGE, "E-USAGE", "option '--%s' needs a value %s",
			       found->name, found->arg ? found->arg : "");
	return ml_opt_kinds[found->type]->parse(found, field_of(found, args), text, err);
}

void ml_opt_defaults(const struct ml_opt *o, void *args)
{
	struct ml_error err;

	for (; o && o->name; o++) {
		if (!o->def)
			continue;
		int rc = ml_opt_kinds[o->type]->parse(o, field_of(o, args), o->def, &err);
		assert(!rc); /* ml_opt_check finds such tables */
		(void)rc;
	}
}

int ml_opt_value(const struct ml_opt *o, const void *args, struct ml_buf *out,
		 struct ml_error *err)
{
	ml_opt_kinds[o->type]->text(o, const_field_of(o, args), out);
	return ml_buf_check(out, err);
}

void ml_opt_value_json(const struct ml_opt *o, const void *args, struct ml_json *out)
{
	ml_opt_kinds[o->type]->json(o, o->name, const_field_of(o, args), out);
}

int ml_opt_is_default(const struct ml_opt *o, const void *args, bool *is, struct ml_error *err)
{
	const struct ml_opt_kind *kind = ml_opt_kinds[o->type];
	struct ml_buf now = { 0 }, before = { 0 };
	union ml_opt_field field = { 0 };

	int rc = o->def ? kind->parse(o, &field, o->def, err) : ML_OK;
	if (rc)
		return rc;
	kind->text(o, const_field_of(o, args), &now);
	kind->text(o, &field, &before);
	if (!(rc = ml_buf_check(&now, err)) && !(rc = ml_buf_check(&before, err)))
		*is = now.n == before.n && (!now.n || !memcmp(now.v, before.v, now.n));
	ml_buf_release(&now);
	ml_buf_release(&before);
	return rc;
}

void ml_opt_release(const struct ml_opt *o, void *args)
{
	for (; o && o->name; o++) {
		if (o->type != ML_TEXTS)
			continue;
		struct ml_texts *list = field_of(o, args);

		free(list->v);
		*list = (struct ml_texts){ 0 };
	}
}
