/* levels.c - distinct strings, numbered in the order they came.
 *
 * The index is open addressing with linear probing, at most half full; a slot holds the code
 * plus one, so that zeroed memory is empty.  The hash is keyed for this process (no input can
 * be made to collide), and nothing but speed depends on it. */
#include "data/table.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "base/mem.h"
#include "base/number.h"

enum { FIRST_SLOTS = 16 }; /* a power of two */
_Static_assert((FIRST_SLOTS & (FIRST_SLOTS - 1)) == 0, "slots are found by masking");

/* The slot of s, or the empty slot where it belongs.  There are slots, and an empty one. */
static size_t slot_of(const struct ml_levels *l, const char *s, size_t len)
{
	size_t i = (size_t)ml_hash_keyed(s, len) & (l->slots - 1);

	for (; l->slot[i]; i = (i + 1) & (l->slots - 1)) {
		size_t code = (size_t)l->slot[i] - 1;

		if (l->len[code] == len && !memcmp(l->name[code], s, len))
			break;
	}
	return i;
}

static int grow_index(struct ml_levels *l, struct ml_error *err)
{
	size_t slots = l->slots ? 2 * l->slots : FIRST_SLOTS;
	int32_t *old = l->slot, *slot = ml_alloc(slots, sizeof *slot, err);

	if (!slot)
		return err->code;
	l->slot = slot;
	l->slots = slots;
	for (size_t code = 0; code < l->n; code++)
		slot[slot_of(l, l->name[code], l->len[code])] = (int32_t)code + 1;
	free(old);
	return ML_OK;
}

/* Room for one more name; name and len share one capacity. */
static int grow_names(struct ml_levels *l, struct ml_error *err)
{
	size_t cap = l->cap, len_cap = l->cap;
	int rc = ML_GROW(l->name, cap, l->n + 1, err);

	if (!rc)
		rc = ML_GROW(l->len, len_cap, l->n + 1, err);
	if (!rc)
		l->cap = cap;
	return rc;
}

struct ml_levels *ml_levels_new(struct ml_error *err)
{
	struct ml_levels *l = ml_alloc(1, sizeof *l, err);

	if (l)
		l->refs = 1;
	return l;
}

struct ml_levels *ml_levels_ref(struct ml_levels *l)
{
	l->refs++;
	return l;
}

void ml_levels_free(struct ml_levels *l)
{
	if (!l)
		return;
	assert(l->refs > 0);
	if (--l->refs)
		return;
	ml_arena_release(&l->arena);
	free(l->name);
	free(l->len);
	free(l->slot);
	free(l);
}

struct ml_levels *ml_levels_copy(const struct ml_levels *l, struct ml_error *err)
{
	struct ml_levels *copy = ml_levels_new(err);
	int32_t code;

	for (size_t i = 0; copy && i < l->n; i++)
		if (ml_levels_add(copy, l->name[i], l->len[i], &code, err)) {
			ml_levels_free(copy);
			copy = NULL;
		}
	return copy;
}

int32_t ml_levels_find(const struct ml_levels *l, const char *s, size_t len)
{
	return l->slots ? l->slot[slot_of(l, s, len)] - 1 : -1;
}

int ml_levels_add(struct ml_levels *l, const char *s, size_t len, int32_t *code,
		  struct ml_error *err)
{
	int rc = ML_OK;

	if (2 * (l->n + 1) > l->slots)
		rc = grow_index(l, err);
	if (rc)
		return rc;
	size_t at = slot_of(l, s, len);
	*code = l->slot[at] - 1;
	if (*code >= 0)
		return ML_OK;
	if (l->n >= INT32_MAX)
		return ml_fail(err, ML_EDATA, "E-LIMIT", "more than %ld different values",
			       (long)INT32_MAX);
	if (l->n == l->cap)
		rc = grow_names(l, err);
	if (!rc && !(l->name[l->n] = ml_arena_put(&l->arena, s, len, err)))
		rc = err->code;
	if (rc)
		return rc;
	l->len[l->n] = len;
	*code = (int32_t)l->n++;
	l->slot[at] = *code + 1;
	return ML_OK;
}

struct rank {
	const char *name;
	double value;
	size_t len, code;
};

static int by_bytes(const void *va, const void *vb)
{
	const struct rank *a = va, *b = vb;
	size_t shorter = a->len < b->len ? a->len : b->len;
	int order = memcmp(a->name, b->name, shorter);

	return order ? order : (a->len > b->len) - (a->len < b->len);
}

static int by_value(const void *va, const void *vb)
{
	const struct rank *a = va, *b = vb;

	return a->value != b->value ? (a->value > b->value) - (a->value < b->value)
				    : by_bytes(a, b);
}

int ml_levels_sort(const struct ml_levels *l, size_t *order, struct ml_error *err)
{
	struct rank *ranks = ml_alloc(l->n, sizeof *ranks, err);
	bool numbers = true;

	if (!ranks)
		return err->code;
	for (size_t i = 0; i < l->n; i++) {
		struct ml_number number = { 0 };

		numbers = numbers && ml_number_parse(l->name[i], l->len[i], &number);
		ranks[i] = (struct rank){ l->name[i], number.value, l->len[i], i };
	}
	if (l->n)
		qsort(ranks, l->n, sizeof *ranks, numbers ? by_value : by_bytes);
	for (size_t i = 0; i < l->n; i++)
		order[i] = ranks[i].code;
	free(ranks);
	return ML_OK;
}
