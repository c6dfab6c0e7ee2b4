/* dedupe.c - equal rows, found by digest. */
#include "data/dedupe.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "base/mem.h"

static void add_cell(struct ml_sha *sha, const struct ml_column *c, size_t row)
{
	unsigned char missing = ml_missing(c, row);

	ml_sha_add(sha, &missing, 1);
	if (missing)
		return;
	if (c->kind == ML_NUMBER) {
		double v = c->num[row] == 0 ? 0 : c->num[row];
		ml_sha_add(sha, &v, sizeof v);
		return;
	}
	const char *s = c->kind == ML_CATEGORY ? c->levels->name[c->code[row]] : c->text[row];
	ml_sha_add(sha, s, strlen(s) + 1);
}

/* The number of the group of equal rows that row i belongs to, counted from 0 by first
 * appearance. */
static int group_of(struct ml_levels *groups, const struct ml_table *t, const size_t *cols,
		    size_t n, size_t i, int32_t *group, struct ml_error *err)
{
	unsigned char digest[ML_DIGEST];
	char hex[2 * ML_DIGEST + 1];
	struct ml_sha sha;

	ml_sha_init(&sha);
	for (size_t k = 0; k < n; k++)
		add_cell(&sha, &t->col[cols[k]], i);
	ml_sha_end(&sha, digest);
	ml_digest_hex(digest, hex);
	return ml_levels_add(groups, hex, 2 * ML_DIGEST, group, err);
}

int ml_dedupe(const struct ml_table *t, const size_t *cols, size_t n, bool *keep,
	      size_t *repeats, struct ml_error *err)
{
	struct ml_levels *groups = ml_levels_new(err);
	int rc = groups ? ML_OK : err->code;

	*repeats = 0;
	for (size_t i = 0; !rc && i < t->rows; i++) {
		size_t before = groups->n;
		int32_t group;
		rc = group_of(groups, t, cols, n, i, &group, err);
		if (!rc && groups->n == before) {
			*repeats += keep[i];
			keep[i] = false;
		}
	}
	ml_levels_free(groups);
	return rc;
}

static bool same_value(const struct ml_column *c, size_t a, size_t b)
{
	if (ml_missing(c, a) || ml_missing(c, b))
		return ml_missing(c, a) == ml_missing(c, b);
	switch (c->kind) {
	case ML_NUMBER:
		return c->num[a] == c->num[b];
	case ML_CATEGORY:
		return c->code[a] == c->code[b];
	default:
		return !strcmp(c->text[a], c->text[b]);
	}
}

int ml_conflicts(const struct ml_table *t, const size_t *cols, size_t n, size_t label,
		 bool *in_conflict, size_t *groups, size_t *rows, struct ml_error *err)
{
	struct ml_levels *seen = ml_levels_new(err);
	int32_t *group = ml_alloc(t->rows, sizeof *group, err);
	size_t *first = ml_alloc(t->rows, sizeof *first, err);
	bool *bad = ml_alloc(t->rows, sizeof *bad, err); /* by group */
	int rc = seen && group && first && bad ? ML_OK : err->code;

	*groups = *rows = 0;
	for (size_t i = 0; !rc && i < t->rows; i++) {
		size_t before = seen->n;
		rc = group_of(seen, t, cols, n, i, &group[i], err);
		if (rc)
			break;
		if (seen->n > before)
			first[group[i]] = i;
		else if (!bad[group[i]] && !same_value(&t->col[label], first[group[i]], i)) {
			bad[group[i]] = true;
			++*groups;
		}
	}
	for (size_t i = 0; !rc && i < t->rows; i++) {
		in_conflict[i] = bad[group[i]];
		*rows += in_conflict[i];
	}
	ml_levels_free(seen);
	free(group);
	free(first);
	free(bad);
	return rc;
}
