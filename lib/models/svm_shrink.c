/* svm_shrink.c - rows left out and taken in again.
 *
 * A variable at a bound is kept there by its e: one that could only grow while its e is below
 * all that shrink, or only shrink while its e is above all that grow, takes part in no step.
 * Rows of such variables are left out together, for a spell, and what all a were then is noted:
 * so that f of these rows can later be made up for by what has changed since, which are few. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "la/panel.h"
#include "models/svm_parts.h"

enum { WORTH = 5 }; /* one in so many rows must go, or none does */

static bool rests(const struct ml_svm_solver *s, size_t i)
{
	for (size_t v = i * s->per; v < (i + 1) * s->per; v++) {
		double e = s->b[v] - s->f[i];
		size_t g = ml_svm_group(s, v);
		bool grows = s->a[v]<s->hi[v], shrinks = s->a[v]> s->lo[v];
		if (grows == shrinks || (grows ? !(e < s->bottom[g]) : !(e > s->top[g])))
			return false;
	}
	return true;
}

/* ---- the order ---- */

/* Gathers n things of `size` bytes: v[k] = v[from[k]]; room for n of them. */
static void reorder(void *v, size_t size, const uint32_t *from, size_t n, void *room)
{
	char *to = room;

	for (size_t k = 0; k < n; k++)
		memcpy(to + k * size, (const char *)v + from[k] * size, size);
	memcpy(v, to, n * size);
}

/* The rows that go are set aside while the others move to the front. */
static int reorder_rows(struct ml_svm_solver *s, const uint32_t *from, size_t kept,
			struct ml_error *err)
{
	size_t p = s->space->p, n = s->active;
	double *aside = ml_alloc(n - kept, p * sizeof *aside, err);

	if (!aside)
		return err->code;
	for (size_t k = kept; k < n; k++)
		ml_svm_space_get(s->space, from[k], aside + (k - kept) * p);
	for (size_t k = 0; k < kept; k++) {
		if (from[k] == k)
			continue;
		ml_svm_space_get(s->space, from[k], s->row);
		ml_panel_put(s->space->panels, p, k, s->row);
	}
	for (size_t k = kept; k < n; k++)
		ml_panel_put(s->space->panels, p, k, aside + (k - kept) * p);
	free(aside);
	return ML_OK;
}

static int reorder_all(struct ml_svm_solver *s, const uint32_t *from, size_t kept,
		       struct ml_error *err)
{
	size_t n = s->active, per = s->per;
	double *room = ml_alloc(n, per * sizeof *room, err);

	int rc = room ? reorder_rows(s, from, kept, err) : err->code;
	if (!rc) {
		reorder(s->a, per * sizeof *s->a, from, n, room);
		reorder(s->lo, per * sizeof *s->lo, from, n, room);
		reorder(s->hi, per * sizeof *s->hi, from, n, room);
		reorder(s->b, per * sizeof *s->b, from, n, room);
		if (s->group)
			reorder(s->group, per * sizeof *s->group, from, n, room);
		reorder(s->f, sizeof *s->f, from, n, room);
		reorder(s->id, sizeof *s->id, from, n, room);
		reorder(s->space->norm, sizeof *s->space->norm, from, n, room);
	}
	free(room);
	return rc;
}

static void swap_bytes(void *v, size_t size, size_t i, size_t j)
{
	char *x = (char *)v + i * size, *y = (char *)v + j * size;

	for (size_t k = 0; k < size; k++) {
		char c = x[k];
		x[k] = y[k];
		y[k] = c;
	}
}

static void swap_rows(struct ml_svm_solver *s, size_t i, size_t j)
{
	size_t per = s->per, p = s->space->p;

	if (i == j)
		return;
	ml_svm_space_get(s->space, i, s->row);
	ml_svm_space_get(s->space, j, s->row + p);
	ml_panel_put(s->space->panels, p, j, s->row);
	ml_panel_put(s->space->panels, p, i, s->row + p);
	swap_bytes(s->a, per * sizeof *s->a, i, j);
	swap_bytes(s->lo, per * sizeof *s->lo, i, j);
	swap_bytes(s->hi, per * sizeof *s->hi, i, j);
	swap_bytes(s->b, per * sizeof *s->b, i, j);
	if (s->group)
		swap_bytes(s->group, per * sizeof *s->group, i, j);
	swap_bytes(s->f, sizeof *s->f, i, j);
	swap_bytes(s->id, sizeof *s->id, i, j);
	swap_bytes(s->space->norm, sizeof *s->space->norm, i, j);
}

/* ---- leaving out ---- */

static double weight(const struct ml_svm_solver *s, size_t i)
{
	return s->per == 1 ? s->a[i] : s->a[2 * i] + s->a[2 * i + 1];
}

static int begin_spell(struct ml_svm_solver *s, struct ml_error *err)
{
	if (ML_GROW(s->spell, s->spell_cap, s->spells + 1, err))
		return err->code;
	double *was = ml_alloc(s->n, sizeof *was, err);
	if (!was)
		return err->code;
	for (size_t i = 0; i < s->n; i++)
		was[s->id[i]] = weight(s, i);
	s->spell[s->spells++] = (struct ml_svm_spell){ s->active, was };
	return ML_OK;
}

/* Nobody is chosen between turns: var is free for the order. */
int ml_svm_shrink(struct ml_svm_solver *s, struct ml_error *err)
{
	uint32_t *from = ml_alloc(s->active, sizeof *from, err);
	size_t kept = 0, gone = 0;

	if (!from)
		return err->code;
	for (size_t i = 0; i < s->active; i++)
		if (rests(s, i))
			gone++;
		else
			from[kept++] = (uint32_t)i;
	int rc = ML_OK;
	if (kept && gone > s->active / WORTH) {
		for (size_t i = 0, k = kept; i < s->active; i++)
			if (rests(s, i))
				from[k++] = (uint32_t)i;
		rc = begin_spell(s, err);
		if (!rc)
			rc = reorder_all(s, from, kept, err);
		if (!rc) {
			ml_svm_cache_keep(&s->cache, from, kept);
			s->active = kept;
		}
	}
	free(from);
	return rc;
}

/* ---- taking in ---- */

static int make_up(struct ml_svm_solver *s, const struct ml_svm_spell *spell, size_t from,
		   uint32_t *at, double *d, struct ml_error *err)
{
	size_t n = 0;

	for (size_t i = 0; i < s->n; i++) {
		double by = weight(s, i) - spell->was[s->id[i]];
		if (by == 0)
			continue;
		at[n] = (uint32_t)i;
		d[n++] = by;
	}
	return ml_svm_apply_past(s, at, d, n, from, spell->to, err);
}

static void look_at_all(struct ml_svm_solver *s)
{
	for (size_t g = 0; g < ML_SVM_GROUPS; g++) {
		s->top[g] = -INFINITY;
		s->bottom[g] = INFINITY;
	}
	for (size_t i = 0; i < s->n; i++)
		for (size_t v = i * s->per; v < (i + 1) * s->per; v++) {
			double e = s->b[v] - s->f[i];
			size_t g = ml_svm_group(s, v);
			if (s->a[v] < s->hi[v] && e > s->top[g])
				s->top[g] = e;
			if (s->a[v] > s->lo[v] && e < s->bottom[g])
				s->bottom[g] = e;
		}
	s->gap = 0;
	for (size_t g = 0; g < ML_SVM_GROUPS; g++)
		s->gap = fmax(s->gap, s->top[g] - s->bottom[g]);
}

/* Rows still left out form one spell that begins now. */
static int end_spells(struct ml_svm_solver *s, struct ml_error *err)
{
	ml_svm_spells_release(s);
	if (s->active == s->n)
		return ML_OK;
	size_t active = s->active;
	s->active = s->n; /* where the spell ends */
	int rc = begin_spell(s, err);
	s->active = active;
	return rc;
}

int ml_svm_recall(struct ml_svm_solver *s, size_t *back, struct ml_error *err)
{
	uint32_t *at = ml_alloc(s->n, sizeof *at, err);
	double *d = at ? ml_alloc(s->n, sizeof *d, err) : NULL;
	int rc = d ? ML_OK : err->code;

	/* The latest spell stands first. */
	for (size_t k = s->spells, from = s->active; !rc && k-- > 0; from = s->spell[k].to)
		rc = make_up(s, &s->spell[k], from, at, d, err);
	free(d);
	free(at);
	*back = 0;
	if (rc)
		return rc;
	look_at_all(s);
	for (size_t i = s->active; i < s->n; i++)
		if (!rests(s, i)) {
			swap_rows(s, i, s->active++);
			++*back;
		}
	ml_svm_cache_lengthen(&s->cache, s->active);
	return end_spells(s, err);
}

void ml_svm_spells_release(struct ml_svm_solver *s)
{
	for (size_t k = 0; k < s->spells; k++)
		free(s->spell[k].was);
	s->spells = 0;
}
