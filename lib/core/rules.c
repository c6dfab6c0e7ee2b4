/* rules.c - rows judged one by one. */
#include "core/rules.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/utf8.h"

/* ---- from the command line ---- */

static struct ml_rule *rule_for(struct ml_rules *r, size_t column, struct ml_error *err)
{
	for (size_t i = 0; i < r->n; i++)
		if (r->rule[i].column == column)
			return &r->rule[i];
	if (ML_GROW(r->rule, r->cap, r->n + 1, err))
		return NULL;
	r->rule[r->n] = (struct ml_rule){ .column = column, .lo = -INFINITY, .hi = INFINITY };
	return &r->rule[r->n++];
}

typedef int set_rule(struct ml_rule *rule, const char *how, struct ml_error *err);

static int set_present(struct ml_rule *rule, const char *how, struct ml_error *err)
{
	(void)how;
	(void)err;
	rule->present = true;
	return ML_OK;
}

static int set_number(struct ml_rule *rule, const char *how, struct ml_error *err)
{
	(void)how;
	(void)err;
	rule->number = true;
	return ML_OK;
}

static int bound(const char *s, size_t n, double open, double *v)
{
	struct ml_number x = { open, 0 };
	bool fine = !n || ml_number_parse(s, n, &x);

	*v = x.value;
	return fine ? ML_OK : ML_EUSAGE;
}

static int set_range(struct ml_rule *rule, const char *how, struct ml_error *err)
{
	const char *dots = strstr(how, "..");

	rule->number = true;
	if (!dots || bound(how, (size_t)(dots - how), -INFINITY, &rule->lo) ||
	    bound(dots + 2, strlen(dots + 2), INFINITY, &rule->hi) || rule->lo > rule->hi)
		return ml_fail(err, ML_EUSAGE, "E-USAGE",
			       "'%s' is no range, expected LOW..HIGH",
			       ML_SHOW(how, strlen(how)));
	return ML_OK;
}

static int set_allowed(struct ml_rule *rule, const char *how, struct ml_error *err)
{
	int32_t code;

	if (!rule->allowed && !(rule->allowed = ml_levels_new(err)))
		return err->code;
	for (;;) {
		size_t n = strcspn(how, "|");
		if (ml_levels_add(rule->allowed, how, n, &code, err))
			return err->code;
		if (!how[n])
			return ML_OK;
		how += n + 1;
	}
}

struct setting {
	struct ml_rules *r;
	set_rule *set;
};

static int set_columns(void *arg, const char *columns, const char *how, struct ml_error *err)
{
	struct setting *s = arg;
	size_t *idx = NULL, n = 0;

	if (!columns)
		return ml_fail(err, ML_EUSAGE, "E-USAGE", "'%s': expected COLUMN=...",
			       ML_SHOW(how, strlen(how)));
	int rc = ml_columns_pick(s->r->set, columns, &idx, &n, err);
	for (size_t k = 0; !rc && k < n; k++) {
		struct ml_rule *rule = rule_for(s->r, idx[k], err);
		rc = rule ? s->set(rule, how, err) : err->code;
	}
	free(idx);
	return rc;
}

static int each_how(struct ml_rules *r, const struct ml_texts *specs, set_rule *set,
		    struct ml_error *err)
{
	struct setting s = { r, set };

	for (size_t i = 0; i < specs->n; i++)
		if (ml_how_each(specs->v[i], set_columns, &s, err))
			return err->code;
	return ML_OK;
}

static int each_columns(struct ml_rules *r, const struct ml_texts *specs, set_rule *set,
			struct ml_error *err)
{
	struct setting s = { r, set };

	for (size_t i = 0; i < specs->n; i++)
		if (set_columns(&s, specs->v[i], "", err))
			return err->code;
	return ML_OK;
}

int ml_rules_init(struct ml_rules *r, const struct ml_rules_spec *spec,
		  const struct ml_column_set *set, const struct ml_kind_opts *kinds,
		  struct ml_error *err)
{
	*r = (struct ml_rules){ .set = set, .kinds = kinds };
	int rc = each_columns(r, spec->present, set_present, err);
	if (!rc)
		rc = each_columns(r, spec->number, set_number, err);
	if (!rc)
		rc = each_how(r, spec->range, set_range, err);
	if (!rc)
		rc = each_how(r, spec->allow, set_allowed, err);
	return rc;
}

void ml_rules_release(struct ml_rules *r)
{
	for (size_t i = 0; i < r->n; i++)
		ml_levels_free(r->rule[i].allowed);
	free(r->rule);
	*r = (struct ml_rules){ 0 };
}

/* ---- judging ---- */

/* A cell from wherever it comes. */
struct value {
	bool missing, number;
	double v;
	const char *text;
	size_t len;
};

static enum ml_verdict judge(const struct ml_rules *r, const struct ml_rule *rule,
			     const struct value *x, struct ml_error *why)
{
	const char *name = r->set->name[rule->column];

	if (x->missing) {
		if (rule->present)
			ml_fail(why, ML_EDATA, "E-MISSING", "%s: missing",
				ML_SHOW(name, strlen(name)));
		return rule->present ? ML_RULE_DROP : ML_RULE_FINE;
	}
	if (rule->number && !x->number)
		ml_fail(why, ML_EDATA, "E-TYPE", "%s: '%s' is not a number",
			ML_SHOW(name, strlen(name)), ML_SHOW(x->text, x->len));
	else if (rule->number && !(x->v >= rule->lo && x->v <= rule->hi))
		ml_fail(why, ML_EDATA, "E-RANGE", "%s: %.17g is outside %g..%g",
			ML_SHOW(name, strlen(name)), x->v, rule->lo, rule->hi);
	else if (rule->allowed && ml_levels_find(rule->allowed, x->text, x->len) < 0)
		ml_fail(why, ML_EDATA, "E-VALUE", "%s: '%s' is not among the values allowed",
			ML_SHOW(name, strlen(name)), ML_SHOW(x->text, x->len));
	else
		return ML_RULE_FINE;
	return ML_RULE_WRONG;
}

enum ml_verdict ml_rules_cells(const struct ml_rules *r, const struct ml_cell *row,
			       struct ml_error *why)
{
	for (size_t i = 0; i < r->n; i++) {
		const struct ml_cell *c = &row[r->rule[i].column];
		struct value x = { .text = c->text, .len = c->len };
		struct ml_number num;
		bool word;
		x.missing = ml_kind_missing(r->kinds, c->text, c->len, &word);
		if (!x.missing && r->rule[i].number &&
		    ml_kind_number(r->kinds, c->text, c->len, &num)) {
			x.number = !(num.flags & ML_NUM_OVERFLOW);
			x.v = num.value;
		}
		enum ml_verdict verdict = judge(r, &r->rule[i], &x, why);
		if (verdict)
			return verdict;
	}
	return ML_RULE_FINE;
}

enum ml_verdict ml_rules_row(const struct ml_rules *r, const struct ml_table *t, size_t i,
			     struct ml_error *why)
{
	for (size_t k = 0; k < r->n; k++) {
		const struct ml_column *c = &t->col[r->rule[k].column];
		char text[ML_NUMBER_MAX];
		struct value x = { .missing = ml_missing(c, i), .text = "" };
		if (!x.missing && c->kind == ML_NUMBER) {
			x.number = true;
			x.v = c->num[i];
			x.len = ml_number_print(x.v, text);
			x.text = text;
		} else if (!x.missing) {
			x.text = c->kind == ML_CATEGORY ? c->levels->name[c->code[i]]
							: c->text[i];
			x.len = strlen(x.text);
		}
		enum ml_verdict verdict = judge(r, &r->rule[k], &x, why);
		if (verdict)
			return verdict;
	}
	return ML_RULE_FINE;
}
