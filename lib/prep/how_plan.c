/* how_plan.c - one choice a column, from a list of how. */
#include "prep/how_plan.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "data/columns.h"

struct item {
	const char *how;
	const void *choice; /* NULL: none */
	bool named;
};

enum { NOBODY = -1 };

struct planner {
	struct ml_how_plan *plan;
	const struct ml_table *table;
	const struct ml_how_rule *rule;
	const void *opts;
	struct item *item;
	size_t n, cap;
	long *by; /* a column: the item that names it, or NOBODY */
};

static int name_columns(struct planner *p, const char *columns, long item, struct ml_error *err)
{
	const struct item *it = &p->item[item];
	size_t *idx = NULL, n = 0;
	int rc = ml_table_pick(p->table, columns, &idx, &n, err);

	for (size_t k = 0; !rc && k < n; k++) {
		const struct ml_column *c = &p->table->col[idx[k]];

		p->by[idx[k]] = item;
		if (it->choice && p->rule->fit(it->choice, c, true) == ML_HOW_NOT)
			rc = ml_fail(err, ML_EDATA, "E-TYPE", "%s: '%s' is not for a %s column",
				     ML_SHOW(c->name, strlen(c->name)),
				     ML_SHOW(it->how, strlen(it->how)), ml_kind_names[c->kind]);
	}
	free(idx);
	return rc;
}

/* "WORD=how" in the arena; how alone when word is NULL. */
static const char *joined(struct planner *p, const char *word, const char *how,
			  struct ml_error *err)
{
	size_t len = word ? strlen(word) + 1 : 0, more = strlen(how) + 1;
	char *s = ml_arena_alloc(&p->plan->arena, len + more, err);

	if (s && word) {
		memcpy(s, word, len);
		s[len - 1] = '=';
	}
	if (s)
		memcpy(s + len, how, more);
	return s;
}

static int read_item(struct planner *p, struct item *it, struct ml_error *err)
{
	void *choice;

	if (!strcmp(it->how, "none"))
		return ML_OK;
	if (!(choice = ml_arena_alloc(&p->plan->arena, p->rule->size, err)))
		return err->code;
	memset(choice, 0, p->rule->size);
	it->choice = choice;
	return p->rule->read(choice, it->how, p->opts, err);
}

static int add_item(void *arg, const char *columns, const char *how, struct ml_error *err)
{
	struct planner *p = arg;
	const char *valued = p->rule->valued, *word = NULL;
	int rc = ML_GROW(p->item, p->cap, p->n + 1, err);

	if (!rc && columns && valued && !strcmp(columns, valued)) {
		if (ml_table_find(p->table, columns) != SIZE_MAX)
			rc = ml_fail(
				err, ML_EUSAGE, "E-USAGE",
				"'%s=' is a column here, and a way; name the column as @%zu",
				columns, ml_table_find(p->table, columns) + 1);
		word = columns;
		columns = NULL;
	}
	if (rc)
		return rc;
	struct item *it = &p->item[p->n];
	*it = (struct item){ .named = columns != NULL };
	if (!(it->how = joined(p, word, how, err)))
		return err->code;
	if ((rc = read_item(p, it, err)))
		return rc;
	p->n++;
	return columns ? name_columns(p, columns, (long)p->n - 1, err) : ML_OK;
}

/* The bare word for a column that no item names. */
static int find_bare(const struct planner *p, const struct ml_column *c,
		     const struct item **best, struct ml_error *err)
{
	enum ml_how_fit most = ML_HOW_NOT;

	for (size_t k = 0; k < p->n; k++) {
		const struct item *it = &p->item[k];
		enum ml_how_fit fit = ML_HOW_NOT;

		if (!it->named && it->choice)
			fit = p->rule->fit(it->choice, c, false);
		if (fit == ML_HOW_WELL && most == ML_HOW_WELL)
			return ml_fail(err, ML_EUSAGE, "E-USAGE",
				       "%s: '%s' or '%s'? name columns: COLUMNS=%s",
				       ML_SHOW(c->name, strlen(c->name)),
				       ML_SHOW((*best)->how, strlen((*best)->how)),
				       ML_SHOW(it->how, strlen(it->how)),
				       ML_SHOW(it->how, strlen(it->how)));
		if (fit > most) {
			most = fit;
			*best = it;
		}
	}
	return ML_OK;
}

static int choose(struct planner *p, struct ml_error *err)
{
	const struct ml_table *t = p->table;
	struct ml_how_plan *plan = p->plan;
	int rc = ML_OK;

	if (!(plan->col = ml_alloc(t->ncol, sizeof *plan->col, err)) ||
	    !(plan->choice = ml_alloc(t->ncol, sizeof *plan->choice, err)))
		return err->code;
	for (size_t j = 0; !rc && j < t->ncol; j++) {
		const struct ml_column *c = &t->col[j];
		const struct item *it = NULL;

		if (p->by[j] != NOBODY)
			it = &p->item[p->by[j]];
		else if (c->role == ML_FEATURE && !c->dummy)
			rc = find_bare(p, c, &it, err);
		if (!rc && it && it->choice) {
			plan->col[plan->n] = j;
			plan->choice[plan->n++] = it->choice;
		}
	}
	return rc;
}

int ml_how_plan_init(struct ml_how_plan *plan, const struct ml_table *t, const char *spec,
		     const struct ml_how_rule *rule, const void *opts, struct ml_error *err)
{
	struct planner p = { .plan = plan, .table = t, .rule = rule, .opts = opts };
	int rc = ML_OK;

	*plan = (struct ml_how_plan){ 0 };
	if (!(p.by = ml_alloc(t->ncol, sizeof *p.by, err)))
		return err->code;
	for (size_t j = 0; j < t->ncol; j++)
		p.by[j] = NOBODY;
	rc = ml_how_each(spec, add_item, &p, err);
	if (!rc)
		rc = choose(&p, err);
	free(p.by);
	free(p.item);
	return rc;
}

void ml_how_plan_release(struct ml_how_plan *p)
{
	free(p->col);
	free(p->choice);
	ml_arena_release(&p->arena);
	*p = (struct ml_how_plan){ 0 };
}

enum ml_how_fit ml_how_fits_numbers(const void *choice, const struct ml_column *c, bool named)
{
	(void)choice;
	(void)named;
	return c->kind == ML_NUMBER ? ML_HOW_WELL : ML_HOW_NOT;
}
