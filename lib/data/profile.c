/* profile.c - what the columns of a table are like. */
#include "data/profile.h"

#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "base/mem.h"
#include "base/rng.h"
#include "base/thread.h"
#include "la/argsort.h"
#include "la/dd.h"
#include "la/sums.h"
#include "la/survey.h"

/* Values that quantiles are taken of: with 2^15 of them ranks have a standard error of at most
 * 0.28 %, and a column costs a millisecond however many rows there are. */
enum { SAMPLE = 32768 };

const double ml_profile_p[ML_PROFILE_QUANTILES] = { 0,    0.01, 0.05, 0.25, 0.5,
						    0.75, 0.95, 0.99, 1 };

struct workspace {
	double value[SAMPLE];
	uint32_t order[SAMPLE];
};

/* Up to SAMPLE of the `present` values of v: all, or one from each of equal stretches of them,
 * so that rows in some order or rhythm are met fairly. */
static size_t draw_values(const double *v, size_t rows, size_t present, double *value)
{
	size_t n = present < SAMPLE ? present : SAMPLE, drawn = 0, seen = 0;
	double stretch = (double)present / (double)(n ? n : 1);
	struct ml_rng rng;

	ml_rng_init(&rng, 0, "profile", 0);
	size_t next = n == present ? 0 : (size_t)(ml_rng_uniform(&rng) * stretch);
	for (size_t i = 0; i < rows && drawn < n; i++) {
		if (present == rows && next < rows) /* none is missing: straight to the next */
			i = seen = next;
		if (isnan(v[i]))
			continue;
		if (seen == next) {
			value[drawn++] = v[i];
			if (n < present)
				next = (size_t)(((double)drawn + ml_rng_uniform(&rng)) *
						stretch);
			if (next <= seen)
				next = seen + 1;
		}
		seen++;
	}
	return drawn;
}

/* Type 7 of Hyndman and Fan: between the sorted values around (n - 1) p. */
static double quantile(const struct workspace *w, size_t n, double p)
{
	double h = (double)(n - 1) * p, below = floor(h), part = h - below;
	double lo = w->value[w->order[(size_t)below]];

	if (part == 0)
		return lo;
	double hi = w->value[w->order[(size_t)below + 1]];
	/* Not lo + (hi - lo) * part: the difference may overflow. */
	return fmax(lo, fmin(hi, lo * (1 - part) + hi * part));
}

static bool all_whole(const double *v, size_t rows)
{
	for (size_t i = 0; i < rows; i++)
		if (!isnan(v[i]) && v[i] != floor(v[i]))
			return false;
	return true;
}

static int profile_numbers(struct ml_profile_column *c, const struct ml_column *col,
			   size_t rows, struct workspace *w, struct ml_error *err)
{
	const struct ml_moments m = ml_column_moments(col, NULL, rows);
	double *q = c->quantile;

	c->missing = m.missing;
	if (!m.n)
		return ML_OK;
	size_t n = draw_values(col->num, rows, m.n, w->value);
	int rc = ml_argsort(w->value, 1, n, w->order, err);
	if (rc)
		return rc;
	/* -0 is 0; what rounding did to the order is undone. */
	q[0] = m.min + 0.0;
	q[ML_PROFILE_QUANTILES - 1] = m.max + 0.0;
	for (size_t k = 1; k + 1 < ML_PROFILE_QUANTILES; k++)
		q[k] = fmin(fmax(q[k - 1], quantile(w, n, ml_profile_p[k]) + 0.0), m.max + 0.0);
	c->mean = m.mean + 0.0;
	/* Squares of huge values overflow; a model holds finite numbers only. */
	c->sd = m.n > 1 ? fmin(sqrt(m.ss / (double)(m.n - 1)), DBL_MAX) : 0;
	c->whole = all_whole(col->num, rows);
	return ML_OK;
}

/* True when level a is listed before level b. */
static bool before(const struct ml_levels *l, const size_t *count, size_t a, size_t b)
{
	if (count[a] != count[b])
		return count[a] > count[b];
	size_t shorter = l->len[a] < l->len[b] ? l->len[a] : l->len[b];
	int order = memcmp(l->name[a], l->name[b], shorter);
	return order ? order < 0 : l->len[a] < l->len[b];
}

/* The most frequent levels that are not too long, best first; their number. */
static size_t top_levels(const struct ml_levels *l, const size_t *count, size_t *top)
{
	size_t n = 0;

	for (size_t code = 0; code < l->n; code++) {
		if (!count[code] || l->len[code] > ML_PROFILE_LEVEL_BYTES)
			continue;
		size_t at = n;
		while (at && before(l, count, code, top[at - 1]))
			at--;
		if (at == ML_PROFILE_TOP)
			continue;
		n += n < ML_PROFILE_TOP;
		memmove(top + at + 1, top + at, (n - 1 - at) * sizeof *top);
		top[at] = code;
	}
	return n;
}

static int list_levels(struct ml_profile_column *c, const struct ml_levels *l,
		       const size_t *count, struct ml_error *err)
{
	size_t top[ML_PROFILE_TOP], n = top_levels(l, count, top);

	if (!(c->top = ml_alloc(n, sizeof *c->top, err)) ||
	    !(c->top_rows = ml_alloc(n, sizeof *c->top_rows, err)))
		return err->code;
	for (; c->top_n < n; c->top_n++) {
		size_t code = top[c->top_n];

		if (!(c->top[c->top_n] = ml_strndup(l->name[code], l->len[code], err)))
			return err->code;
		c->top_rows[c->top_n] = count[code];
	}
	return ML_OK;
}

static int profile_category(struct ml_profile_column *c, const struct ml_column *from,
			    size_t rows, struct ml_error *err)
{
	const struct ml_levels *l = from->levels;
	size_t *count = ml_alloc(l->n, sizeof *count, err);
	int rc = count ? ML_OK : err->code;

	for (size_t i = 0; !rc && i < rows; i++)
		if (from->code[i] < 0)
			c->missing++;
		else
			c->levels += count[from->code[i]]++ == 0;
	/* Values of an id, a group and the like may name people. */
	if (!rc && (c->role == ML_FEATURE || c->role == ML_TARGET))
		rc = list_levels(c, l, count, err);
	free(count);
	return rc;
}

/* Counts different texts in an open-addressing table of pointers to them. */
static int profile_texts(struct ml_profile_column *c, const char *const *text, size_t rows,
			 struct ml_error *err)
{
	size_t slots = 16;

	while (slots / 2 < rows)
		slots *= 2;
	const char **slot = ml_alloc(slots, sizeof *slot, err);
	if (!slot)
		return err->code;
	for (size_t i = 0; i < rows; i++) {
		if (!text[i]) {
			c->missing++;
			continue;
		}
		size_t len = strlen(text[i]);
		size_t at = (size_t)ml_hash_keyed(text[i], len) & (slots - 1);
		while (slot[at] && strcmp(slot[at], text[i]) != 0)
			at = (at + 1) & (slots - 1);
		c->levels += !slot[at];
		slot[at] = text[i];
		c->longest = len > c->longest ? len : c->longest;
	}
	free(slot);
	return ML_OK;
}

struct profiling {
	struct ml_profile *p;
	const struct ml_table *t;
};

/* Column `j`. */
static int profile_column(void *arg, size_t j, int worker, struct ml_error *err)
{
	const struct profiling *job = arg;
	const struct ml_column *from = &job->t->col[j];
	struct ml_profile_column *c = &job->p->col[j];
	size_t rows = job->t->rows;

	(void)worker;
	c->kind = from->kind;
	c->role = from->role;
	if (!(c->name = ml_strdup(from->name, err)))
		return err->code;
	if (from->kind == ML_CATEGORY)
		return profile_category(c, from, rows, err);
	if (from->kind == ML_STRING)
		return profile_texts(c, from->text, rows, err);
	struct workspace *w = ml_alloc(1, sizeof *w, err);
	int rc = w ? profile_numbers(c, from, rows, w, err) : err->code;
	free(w);
	return rc;
}

int ml_profile_of(struct ml_profile *p, const struct ml_table *t, int threads,
		  struct ml_error *err)
{
	struct profiling job = { p, t };
	int32_t code;
	int rc = ML_OK;

	*p = (struct ml_profile){ .rows = t->rows };
	if (!((p->col = ml_alloc(t->ncol, sizeof *p->col, err)) &&
	      (p->index = ml_levels_new(err))))
		rc = err->code;
	if (!rc) {
		p->n = t->ncol;
		rc = ml_parallel(threads, t->ncol, profile_column, &job, err);
	}
	for (size_t j = 0; !rc && j < t->ncol; j++)
		rc = ml_levels_add(p->index, t->col[j].name, strlen(t->col[j].name), &code,
				   err);
	if (rc)
		ml_profile_release(p);
	return rc;
}

const struct ml_profile_column *ml_profile_find(const struct ml_profile *p, const char *name)
{
	int32_t code = p->index ? ml_levels_find(p->index, name, strlen(name)) : -1;

	return code < 0 ? NULL : &p->col[code];
}

void ml_profile_release(struct ml_profile *p)
{
	for (size_t j = 0; j < p->n; j++) {
		ml_texts_free(p->col[j].top, p->col[j].top_n);
		free(p->col[j].top_rows);
		free(p->col[j].name);
	}
	free(p->col);
	ml_levels_free(p->index);
	*p = (struct ml_profile){ 0 };
}
