/* count_plan.c - of which columns how many are to be made. */
#include "prep/count_plan.h"

#include <stdlib.h>
#include <string.h>

#include "base/number.h"
#include "base/utf8.h"
#include "prep/how_plan.h"

/* More than a table can have. */
static const double most_asked = 1e9;

struct reading {
	unsigned words;
};

static int read_how(void *choice, const char *how, const void *opts, struct ml_error *err)
{
	const struct reading *r = opts;
	struct ml_count *m = choice;
	struct ml_number number = { 0 };
	size_t len = strlen(how);

	if (!strcmp(how, "all") && r->words & ML_COUNT_ALL)
		m->all = true;
	else if (!strcmp(how, "auto") && r->words & ML_COUNT_AUTO)
		m->automatic = true;
	else if (len && strspn(how, "0123456789") == len &&
		 ml_number_parse(how, len, &number) && number.value >= 1 &&
		 number.value <= most_asked)
		m->k = (size_t)number.value;
	else if (r->words & ML_COUNT_SHARE && ml_number_parse(how, len, &number) &&
		 number.value > 0 && number.value < 1)
		m->share = number.value;
	else
		return ml_fail(err, ML_EUSAGE, "E-USAGE",
			       "'%s' says not how many: expected a whole number%s%s%s or none",
			       ML_SHOW(how, len),
			       r->words & ML_COUNT_SHARE ? ", a share below 1" : "",
			       r->words & ML_COUNT_ALL ? ", all" : "",
			       r->words & ML_COUNT_AUTO ? ", auto" : "");
	return ML_OK;
}

static const struct ml_how_rule rule = { sizeof(struct ml_count), NULL, read_how,
					 ml_how_fits_numbers };

static bool same(const struct ml_count *a, const struct ml_count *b)
{
	return a->k == b->k && a->share == b->share && a->all == b->all &&
	       a->automatic == b->automatic;
}

/* One choice for all. */
static int agree(struct ml_count *m, const struct ml_how_plan *plan, const struct ml_table *t,
		 struct ml_error *err)
{
	if (!plan->n)
		return ml_fail(err, ML_EDATA, "E-COLUMNS", "no column of numbers takes part");
	*m = *(const struct ml_count *)plan->choice[0];
	for (size_t k = 1; k < plan->n; k++)
		if (!same(m, plan->choice[k])) {
			const char *a = t->col[plan->col[0]].name;
			const char *b = t->col[plan->col[k]].name;

			return ml_fail(err, ML_EUSAGE, "E-USAGE",
				       "'%s' and '%s' are taken together: one number for both",
				       ML_SHOW(a, strlen(a)), ML_SHOW(b, strlen(b)));
		}
	return ML_OK;
}

int ml_count_plan(struct ml_count *m, const struct ml_prep_fit *f, unsigned words,
		  size_t **cols, size_t *n, struct ml_error *err)
{
	struct reading reading = { words };
	struct ml_how_plan plan;
	int rc = ml_how_plan_init(&plan, f->table, f->spec, &rule, &reading, err);

	if (!rc)
		rc = agree(m, &plan, f->table, err);
	if (!rc)
		rc = ml_prep_rows(f, err);
	*cols = plan.col;
	*n = plan.n;
	plan.col = NULL;
	ml_how_plan_release(&plan);
	return rc ? rc : ml_refuse_missing(f->table, *cols, *n, err);
}

int ml_refuse_missing(const struct ml_table *t, const size_t *cols, size_t n,
		      struct ml_error *err)
{
	size_t first = t->rows, at = 0;

	for (size_t k = 0; k < n; k++) {
		const struct ml_column *c = &t->col[cols[k]];

		if (c->stock.known && !c->stock.missing)
			continue;
		size_t row = ml_column_next_missing(c, 0, first);
		if (row < first) {
			first = row;
			at = k;
		}
	}
	if (first == t->rows)
		return ML_OK;
	const char *name = t->col[cols[at]].name;
	return ml_fail_row(err, first, ML_EDATA, "E-MISSING",
			   "%s: missing, where columns are combined; fill it before (ml-clean "
			   "--impute)",
			   ML_SHOW(name, strlen(name)));
}

int ml_count_check(const struct ml_count *m, size_t most, const char *what,
		   struct ml_error *err)
{
	if (m->k <= most)
		return ML_OK;
	return ml_fail(err, ML_EDATA, "E-LIMIT", "%zu asked for, of %zu %s", m->k, most, what);
}
