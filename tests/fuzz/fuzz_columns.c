/* fuzz_columns.c - COLUMNS and lists of HOW over a fixed set of columns.
 *
 * Input: a byte (1: kinds and roles are known, 2: each part of a list is a selection too), then
 * the text. */
#include "data/columns.h"
#include "fuzz.h"

#define COUNT 12
static const char *const names[COUNT] = { "age",
					  "income",
					  "city",
					  "a:b",
					  "x*",
					  "^not",
					  "prob:yes",
					  "prob:no",
					  "@num",
					  "a,b",
					  "\xc3\xa9t\xc3\xa9",
					  "y" };
static const enum ml_kind kinds[COUNT] = { ML_NUMBER, ML_NUMBER, ML_CATEGORY, ML_STRING };
static const enum ml_role roles[COUNT] = { [1] = ML_WEIGHT, [COUNT - 1] = ML_TARGET };
static const bool dummies[COUNT] = { [6] = true };

static void pick(const struct ml_column_set *set, const char *spec)
{
	struct ml_error err = { 0 };
	size_t *idx = NULL, n = 0, one = 0;
	bool seen[COUNT] = { false };

	int rc = ml_columns_pick(set, spec, &idx, &n, &err);
	MUST(!rc || rc == ML_EUSAGE || rc == ML_EDATA);
	if (rc)
		must_tell(rc, &err);
	for (size_t k = 0; !rc && k < n; k++) {
		MUST(idx[k] < COUNT && !seen[idx[k]]);
		seen[idx[k]] = true;
	}
	int again = ml_columns_one(set, spec, &one, &err);
	if (again)
		must_tell(again, &err);
	if (!rc && n == 1)
		MUST(!again && one == idx[0]);
	if (!again)
		MUST(!rc && n == 1);
	free(idx);
}

struct parts {
	const struct ml_column_set *set;
	size_t n;
};

static int part(void *arg, const char *columns, const char *how, struct ml_error *err)
{
	struct parts *p = arg;

	(void)err;
	MUST(how);
	p->n++;
	if (columns && p->set)
		pick(p->set, columns);
	return ML_OK;
}

int LLVMFuzzerTestOneInput(const uint8_t *v, size_t n)
{
	struct choices c = { v, n };
	unsigned flags = choose(&c, 4);
	char *spec = choose_text(&c, '\0');
	struct ml_column_set set = { .n = COUNT, .name = names };
	struct ml_error err = { 0 };

	if (flags & 1) {
		set.kind = kinds;
		set.role = roles;
		set.dummy = dummies;
	}
	pick(&set, spec);
	struct parts p = { flags & 2 ? &set : NULL, 0 };
	int rc = ml_how_each(spec, part, &p, &err);
	if (rc)
		must_tell(rc, &err);
	else
		MUST(p.n >= 1);
	free(spec);
	return 0;
}
