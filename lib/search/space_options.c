/* space_options.c - the search space that a table of options describes.
 *
 * An option with a condition comes behind the one that it depends on, whatever their order in
 * the table. */
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "search/space_parts.h"

/* Conditions on options that have conditions; more is a circle. */
enum { DEEPEST = 16 };

struct adder {
	struct ml_space *s;
	const struct ml_opt *table;
	const char *prefix;
	size_t parent, choice;
};

/* The word s[0..n) is one of "a|b|c". */
static bool among(const char *words, const char *s, size_t n)
{
	for (;;) {
		size_t len = strcspn(words, "|");
		if (len == n && !memcmp(words, s, n))
			return true;
		if (!words[len])
			return false;
		words += len + 1;
	}
}

static char *full_name(const struct adder *a, const char *name, size_t n, struct ml_error *err)
{
	size_t front = strlen(a->prefix);
	char *full = ml_alloc(front + n + 1, 1, err);

	if (full) {
		memcpy(full, a->prefix, front);
		memcpy(full + front, name, n);
	}
	return full;
}

static bool searched(const struct ml_opt *o)
{
	return o->tune.scale != ML_FIXED &&
	       (o->type == ML_BOOL || o->type == ML_PICK || o->type == ML_INT ||
		o->type == ML_REAL || o->type == ML_PICK_REAL);
}

static int fill_choices(struct ml_param *p, const struct ml_opt *o, struct ml_error *err)
{
	static const char *const bools[] = { "yes", "no", NULL };
	const char *const *words = o->type == ML_BOOL ? bools : o->picks;
	size_t n = 0;
	int rc = ML_OK;

	while (words[n])
		n++;
	p->kind = ML_PARAM_CHOICE;
	if (!(p->choice = ml_alloc(n, sizeof *p->choice, err)))
		return err->code;
	for (size_t i = 0; !rc && i < n; i++)
		rc = ml_param_choose(p, words[i], strlen(words[i]), err);
	return rc ? rc : ml_param_settle(p, err);
}

static int fill(struct ml_param *p, const struct ml_opt *o, struct ml_error *err)
{
	if (o->type == ML_BOOL || o->type == ML_PICK)
		return fill_choices(p, o, err);
	p->kind = o->type == ML_INT ? ML_PARAM_WHOLE : ML_PARAM_REAL;
	p->log = o->tune.scale == ML_LOG;
	p->lo = o->tune.lo;
	p->hi = o->tune.hi;
	return ML_OK;
}

static int on_parent(const struct adder *a, struct ml_param *p, struct ml_error *err)
{
	if (a->parent == SIZE_MAX)
		return ML_OK;
	int rc = ml_param_condition(a->s, p, a->parent, err);
	if (!rc)
		p->when[a->choice] = true;
	return rc;
}

/* The condition of o: that of its .when if it is about a parameter, else that of the table.
 * *never: it cannot hold. */
static int fill_condition(const struct adder *a, const struct ml_opt *o, struct ml_param *p,
			  bool *never, struct ml_error *err)
{
	if (!o->when)
		return on_parent(a, p, err);
	size_t n = strcspn(o->when, "=");
	const char *words = o->when + n + 1;
	char *full = full_name(a, o->when, n, err);
	if (!full)
		return err->code;
	size_t on = ml_space_find(a->s, full);
	const struct ml_opt *other = ml_opt_find(a->table, full + strlen(a->prefix));
	free(full);
	if (on == SIZE_MAX || a->s->v[on].kind != ML_PARAM_CHOICE) {
		*never = other && other->def && !among(words, other->def, strlen(other->def));
		return on_parent(a, p, err);
	}
	int rc = ml_param_condition(a->s, p, on, err);
	*never = true;
	for (size_t i = 0; !rc && i < a->s->v[on].choices; i++) {
		const char *choice = a->s->v[on].choice[i];
		p->when[i] = among(words, choice, strlen(choice));
		*never = *never && !p->when[i];
	}
	return rc;
}

static int add_option(const struct adder *a, const struct ml_opt *o, int depth,
		      struct ml_error *err);

static int add_condition_first(const struct adder *a, const struct ml_opt *o, int depth,
			       struct ml_error *err)
{
	if (!o->when || depth >= DEEPEST)
		return ML_OK;
	char *name = ml_strndup(o->when, strcspn(o->when, "="), err);
	if (!name)
		return err->code;
	const struct ml_opt *other = ml_opt_find(a->table, name);
	free(name);
	return other ? add_option(a, other, depth + 1, err) : ML_OK;
}

/* The parameter `at` was there: it becomes part of the table's parent. */
static int adopt(const struct adder *a, size_t at, struct ml_error *err)
{
	struct ml_param *p = &a->s->v[at];

	if (p->parent != SIZE_MAX || a->parent == SIZE_MAX || at <= a->parent)
		return ML_OK;
	return on_parent(a, p, err);
}

static int add_option(const struct adder *a, const struct ml_opt *o, int depth,
		      struct ml_error *err)
{
	struct ml_param p = { .parent = SIZE_MAX };
	bool never = false;
	int rc = add_condition_first(a, o, depth, err);

	if (!rc && !(p.name = full_name(a, o->name, strlen(o->name), err)))
		rc = err->code;
	size_t at = rc ? SIZE_MAX : ml_space_find(a->s, p.name);
	if (!rc && at != SIZE_MAX)
		rc = adopt(a, at, err);
	if (!rc && at == SIZE_MAX && searched(o)) {
		rc = fill(&p, o, err);
		if (!rc)
			rc = fill_condition(a, o, &p, &never, err);
		if (!rc && !never)
			rc = ml_space_push(a->s, &p, err);
	}
	ml_param_release(&p);
	return rc;
}

int ml_space_add_options(struct ml_space *s, const struct ml_opt *o, const char *prefix,
			 size_t parent, size_t choice, struct ml_error *err)
{
	struct adder a = { s, o, prefix, parent, choice };
	int rc = ML_OK;

	for (; !rc && o && o->name; o++)
		rc = add_option(&a, o, 0, err);
	return rc;
}
