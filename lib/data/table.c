/* table.c - columns of one length: adding, removing, finding them.
 *
 * Names are indexed by open addressing with linear probing; a slot holds the column's number
 * plus one, and a removed name is taken out by moving later ones back (Knuth, TAOCP 3, 6.4,
 * algorithm R).  Inserting or removing before others renumbers the slots: one pass over
 * them, which costs less than moving the columns does.  rows.c has the work on rows. */
#include "data/table.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "base/mem.h"
#include "base/utf8.h"

enum { FIRST_SLOTS = 16 }; /* a power of two */
_Static_assert((FIRST_SLOTS & (FIRST_SLOTS - 1)) == 0, "slots are found by masking");

const char *const ml_kind_names[] = { "number", "category", "text", NULL };
const char *const ml_role_names[] = { "feature", "target", "weight",  "group",
				      "id",      "time",   "ignored", NULL };

static size_t home_of(const struct ml_table *t, const char *name)
{
	return (size_t)ml_hash_keyed(name, strlen(name)) & (t->slots - 1);
}

/* The slot of the name, or the empty slot where it belongs.  There are slots, and an empty one.
 */
static size_t slot_of(const struct ml_table *t, const char *name)
{
	size_t i = home_of(t, name);

	while (t->slot[i] && strcmp(t->col[t->slot[i] - 1].name, name) != 0)
		i = (i + 1) & (t->slots - 1);
	return i;
}

/* Room for one more name, the index at most half full. */
static int grow_index(struct ml_table *t, struct ml_error *err)
{
	size_t slots = t->slots ? 2 * t->slots : FIRST_SLOTS;

	if (2 * (t->ncol + 1) <= t->slots)
		return ML_OK;
	size_t *slot = ml_alloc(slots, sizeof *slot, err);
	if (!slot)
		return err->code;
	free(t->slot);
	t->slot = slot;
	t->slots = slots;
	for (size_t j = 0; j < t->ncol; j++)
		slot[slot_of(t, t->col[j].name)] = j + 1;
	return ML_OK;
}

/* Empties slot i and moves back what would no longer be found. */
static void unindex(struct ml_table *t, size_t i)
{
	size_t mask = t->slots - 1;

	for (size_t k = (i + 1) & mask; t->slot[k]; k = (k + 1) & mask) {
		size_t home = home_of(t, t->col[t->slot[k] - 1].name);

		/* The one at k may move to i unless its home lies behind i, up to k. */
		if (((k - home) & mask) >= ((k - i) & mask)) {
			t->slot[i] = t->slot[k];
			i = k;
		}
	}
	t->slot[i] = 0;
}

static void release_column(struct ml_column *c)
{
	ml_column_release_origin(c);
	ml_levels_free(c->levels);
	free(c->num);
	free(c->code);
	free(c->text);
	free(c->name);
}

/* A column of missing values. */
static int make_column(struct ml_column *c, const char *name, enum ml_kind kind, size_t rows,
		       struct ml_error *err)
{
	bool made = true;

	*c = (struct ml_column){ .kind = kind };
	if (!(c->name = ml_strdup(name, err)))
		return err->code;
	if (kind == ML_NUMBER) {
		made = (c->num = ml_alloc(rows, sizeof *c->num, err)) != NULL;
		for (size_t i = 0; made && i < rows; i++)
			c->num[i] = (double)NAN;
	} else if (kind == ML_CATEGORY) {
		made = (c->code = ml_alloc(rows, sizeof *c->code, err)) &&
		       (c->levels = ml_levels_new(err));
		for (size_t i = 0; made && i < rows; i++)
			c->code[i] = -1;
	} else {
		made = (c->text = ml_alloc(rows, sizeof *c->text, err)) != NULL;
	}
	if (!made)
		release_column(c);
	return made ? ML_OK : err->code;
}

static int append_column(struct ml_table *t, const char *name, enum ml_kind kind,
			 struct ml_error *err)
{
	int rc = grow_index(t, err);

	if (!rc)
		rc = ML_GROW(t->col, t->cap, t->ncol + 1, err);
	if (rc)
		return rc;
	size_t at = slot_of(t, name);
	if (t->slot[at])
		return ml_fail(err, ML_EDATA, "E-DUP", "there is a column '%s' already",
			       ML_SHOW(name, strlen(name)));
	if ((rc = make_column(&t->col[t->ncol], name, kind, t->rows, err)))
		return rc;
	t->slot[at] = ++t->ncol;
	return ML_OK;
}

/* The last n columns come before column `at`; `moved` has room for them. */
static void move_last(struct ml_table *t, size_t at, size_t n, struct ml_column *moved)
{
	size_t old = t->ncol - n;

	memcpy(moved, t->col + old, n * sizeof *moved);
	memmove(t->col + at + n, t->col + at, (old - at) * sizeof *moved);
	memcpy(t->col + at, moved, n * sizeof *moved);
	for (size_t i = 0; i < t->slots; i++)
		if (t->slot[i] > old)
			t->slot[i] -= old - at;
		else if (t->slot[i] > at)
			t->slot[i] += n;
}

int ml_table_insert_many(struct ml_table *t, size_t at, const char *const *names, size_t n,
			 enum ml_kind kind, struct ml_error *err)
{
	size_t old = t->ncol;
	struct ml_column *moved = NULL;
	int rc = ML_OK;

	assert(at <= old);
	if (at < old && !(moved = ml_alloc(n, sizeof *moved, err)))
		return err->code;
	for (size_t k = 0; !rc && k < n; k++)
		rc = append_column(t, names[k], kind, err);
	while (rc && t->ncol > old)
		ml_table_remove(t, t->ncol - 1);
	if (!rc && moved)
		move_last(t, at, n, moved);
	free(moved);
	return rc;
}

int ml_table_insert(struct ml_table *t, size_t at, const char *name, enum ml_kind kind,
		    struct ml_error *err)
{
	return ml_table_insert_many(t, at, &name, 1, kind, err);
}

void ml_table_remove(struct ml_table *t, size_t at)
{
	assert(at < t->ncol);
	unindex(t, slot_of(t, t->col[at].name));
	release_column(&t->col[at]);
	t->ncol--;
	if (at == t->ncol)
		return;
	memmove(t->col + at, t->col + at + 1, (t->ncol - at) * sizeof *t->col);
	for (size_t i = 0; i < t->slots; i++)
		t->slot[i] -= t->slot[i] > at;
}

void ml_table_remove_many(struct ml_table *t, const bool *gone)
{
	size_t n = 0;

	for (size_t j = 0; j < t->ncol; j++)
		if (gone[j])
			release_column(&t->col[j]);
		else
			t->col[n++] = t->col[j];
	if (n == t->ncol)
		return;
	t->ncol = n;
	memset(t->slot, 0, t->slots * sizeof *t->slot);
	for (size_t j = 0; j < n; j++)
		t->slot[slot_of(t, t->col[j].name)] = j + 1;
}

int ml_table_rename(struct ml_table *t, size_t at, const char *name, struct ml_error *err)
{
	size_t found = ml_table_find(t, name);

	assert(at < t->ncol);
	if (found == at)
		return ML_OK;
	if (found != SIZE_MAX)
		return ml_fail(err, ML_EDATA, "E-DUP", "there is a column '%s' already",
			       ML_SHOW(name, strlen(name)));
	char *copy = ml_strdup(name, err);
	if (!copy)
		return err->code;
	unindex(t, slot_of(t, t->col[at].name));
	free(t->col[at].name);
	t->col[at].name = copy;
	t->slot[slot_of(t, copy)] = at + 1;
	return ML_OK;
}

size_t ml_table_find(const struct ml_table *t, const char *name)
{
	if (!t->slots)
		return SIZE_MAX;
	return t->slot[slot_of(t, name)] - 1; /* an empty slot, 0, gives SIZE_MAX */
}

size_t ml_table_role(const struct ml_table *t, enum ml_role role)
{
	for (size_t j = 0; j < t->ncol; j++)
		if (t->col[j].role == role)
			return j;
	return SIZE_MAX;
}

void ml_table_release(struct ml_table *t)
{
	for (size_t j = 0; j < t->ncol; j++)
		release_column(&t->col[j]);
	free(t->col);
	free(t->line);
	free(t->slot);
	ml_arena_release(&t->arena);
	*t = (struct ml_table){ 0 };
}

void ml_table_free(struct ml_table *t)
{
	if (t)
		ml_table_release(t);
	free(t);
}
