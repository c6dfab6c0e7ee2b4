/* map.c - values replaced by others: for codes, spellings and markers of missing cells.
 *
 *     HOW   COLUMNS=OLD:NEW;OLD:NEW...   a bare OLD:NEW;... is for all features but numbers
 *
 * An empty OLD is a missing cell, an empty NEW makes the cell missing: ":unknown;?:". Backslash
 * before ; : and itself.  All are replaced at once (a:b;b:a exchanges two values); other values
 * stay. In a number column values are compared and written as numbers. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/number.h"
#include "base/utf8.h"
#include "prep/how_plan.h"
#include "prep/pieces.h"
#include "prep/prep.h"
#include "prep/prep_fields.h"

struct map {
	size_t n;
	struct ml_levels **from; /* n sets: OLD, numbers as they print; "" is missing */
	size_t *at;              /* n + 1: NEW for entry c of set k is to[at[k] + c]; owned */
	char **to;               /* at[n] texts, "" is missing; owned */
	double *number;          /* to as numbers, NaN for missing; owned */
	size_t total;            /* texts there are in `to` */
};

/* ---- reading ---- */

struct choice {
	const char *pairs; /* a view */
	bool numbers;      /* all values are numbers or empty */
};

struct pair {
	struct ml_buf from, to;
};

static void release_pair(struct pair *p)
{
	ml_buf_release(&p->from);
	ml_buf_release(&p->to);
}

/* Takes the next pair off *s; *more: another one follows. */
static int next_pair(const char **s, struct pair *p, bool *more, struct ml_error *err)
{
	const char *all = *s;

	if (ml_piece_next(s, ":;", &p->from) != ':')
		return ml_fail(err, ML_EUSAGE, "E-USAGE", "'%s': expected OLD:NEW",
			       ML_SHOW(all, strlen(all)));
	char end = ml_piece_next(s, ":;", &p->to);
	if (end == ':')
		return ml_fail(err, ML_EUSAGE, "E-USAGE",
			       "'%s': expected OLD:NEW, found another ':'",
			       ML_SHOW(all, strlen(all)));
	*more = end == ';' && **s;
	int rc = ml_buf_check(&p->from, err);
	return rc ? rc : ml_buf_check(&p->to, err);
}

static bool is_number(struct ml_buf *b, double *value)
{
	struct ml_number number = { 0 };

	*value = (double)NAN;
	if (!b->n)
		return true;
	if (!ml_number_parse(ml_buf_str(b), b->n, &number) || (number.flags & ML_NUM_OVERFLOW))
		return false;
	*value = number.value;
	return true;
}

static int read_how(void *out, const char *how, const void *opts, struct ml_error *err)
{
	struct choice *c = out;
	struct pair p = { 0 };
	double value;
	int rc = ML_OK;

	(void)opts;
	*c = (struct choice){ how, true };
	for (bool more = true; !rc && more;) {
		rc = next_pair(&how, &p, &more, err);
		c->numbers = c->numbers && !rc && is_number(&p.from, &value) &&
			     is_number(&p.to, &value);
	}
	release_pair(&p);
	return rc;
}

static enum ml_how_fit fits(const void *choice, const struct ml_column *c, bool named)
{
	const struct choice *how = choice;

	if (c->kind == ML_NUMBER)
		return named && how->numbers ? ML_HOW_WELL : ML_HOW_NOT;
	return ML_HOW_WELL;
}

static const struct ml_how_rule rule = { sizeof(struct choice), NULL, read_how, fits };

/* The number as it prints, so that 1.50 means 1.5. */
static void print_number(struct ml_buf *b)
{
	double value;
	char text[ML_NUMBER_MAX];

	if (b->n && is_number(b, &value)) {
		ml_buf_clear(b);
		ml_buf_put(b, text, ml_number_print(value, text));
	}
}

static int add_pair(struct map *m, size_t k, struct pair *p, size_t *cap, struct ml_error *err)
{
	struct ml_levels *from = m->from[k];
	size_t n = from->n;
	int32_t code;
	int rc = ml_levels_add(from, ml_buf_str(&p->from), p->from.n, &code, err);

	if (!rc && from->n == n)
		rc = ml_fail(err, ML_EUSAGE, "E-USAGE", "'%s' is replaced twice",
			     ML_SHOW(ml_buf_str(&p->from), p->from.n));
	if (!rc)
		rc = ML_GROW(m->to, *cap, m->total + 1, err);
	if (!rc && !(m->to[m->total] = ml_strdup(ml_buf_str(&p->to), err)))
		rc = err->code;
	m->total += !rc;
	return rc;
}

static int learn(struct map *m, size_t k, const struct choice *how, enum ml_kind kind,
		 size_t *cap, struct ml_error *err)
{
	const char *s = how->pairs;
	struct pair p = { 0 };
	int rc = ML_OK;

	m->at[k] = m->total;
	for (bool more = true; !rc && more;) {
		rc = next_pair(&s, &p, &more, err);
		if (!rc && kind == ML_NUMBER) {
			print_number(&p.from);
			print_number(&p.to);
		}
		if (!rc)
			rc = add_pair(m, k, &p, cap, err);
	}
	m->at[k + 1] = m->total;
	release_pair(&p);
	return rc;
}

/* Fills m->number; E-MODEL when a number column would get a text. */
static int see_numbers(struct map *m, size_t k, enum ml_kind kind, struct ml_error *err)
{
	for (size_t c = m->at[k]; c < m->at[k + 1]; c++) {
		const char *s = m->to[c];
		struct ml_number number = { .value = (double)NAN };
		bool is = ml_number_parse(s, strlen(s), &number);

		if (kind == ML_NUMBER && *s && (!is || (number.flags & ML_NUM_OVERFLOW)))
			return ml_fail(err, ML_EDATA, "E-MODEL",
				       "field 'to': '%s' is not a number",
				       ML_SHOW(s, strlen(s)));
		m->number[c] = is ? number.value : (double)NAN;
	}
	return ML_OK;
}

static int fit(void *state, const struct ml_prep_fit *f, const void *opts, size_t **cols,
	       size_t *n, const struct ml_run *run, struct ml_error *err)
{
	struct map *m = state;
	const struct ml_column *col = f->table->col;
	struct ml_how_plan plan;
	size_t cap = 0;
	int rc = ml_how_plan_init(&plan, f->table, f->spec, &rule, opts, err);

	(void)run;
	if (!rc)
		rc = ml_level_sets_init(&m->from, plan.n, err);
	if (!rc)
		m->n = plan.n;
	if (!rc && !(m->at = ml_alloc(plan.n + 1, sizeof *m->at, err)))
		rc = err->code;
	for (size_t k = 0; !rc && k < plan.n; k++)
		rc = learn(m, k, plan.choice[k], col[plan.col[k]].kind, &cap, err);
	if (!rc && !(m->number = ml_alloc(m->total, sizeof *m->number, err)))
		rc = err->code;
	for (size_t k = 0; !rc && k < plan.n; k++)
		rc = see_numbers(m, k, col[plan.col[k]].kind, err);
	*cols = plan.col;
	*n = plan.n;
	plan.col = NULL;
	ml_how_plan_release(&plan);
	return rc;
}

/* ---- applying ---- */

static const size_t stays = SIZE_MAX;

/* The entry of `to` that replaces the text, or `stays`. */
static size_t find(const struct map *m, size_t k, const char *s, size_t len)
{
	int32_t code = ml_levels_find(m->from[k], s, len);

	return code < 0 ? stays : m->at[k] + (size_t)code;
}

static void map_numbers(const struct map *m, size_t k, struct ml_column *c, size_t rows)
{
	char text[ML_NUMBER_MAX];

	for (size_t i = 0; i < rows; i++) {
		size_t len = ml_number_print(c->num[i], text); /* a missing one is "" */
		size_t to = find(m, k, text, len);

		if (to == stays)
			continue;
		c->num[i] = m->number[to];
		ml_column_touch(c, i);
	}
}

/* The strings of the table for what column k can become: copied when first met. */
static int map_texts(const struct map *m, size_t k, struct ml_table *t, struct ml_column *c,
		     struct ml_error *err)
{
	const char **text = ml_alloc(m->total, sizeof *text, err);
	int rc = text ? ML_OK : err->code;

	for (size_t i = 0; !rc && i < t->rows; i++) {
		const char *s = c->text[i] ? c->text[i] : "";
		size_t to = find(m, k, s, strlen(s));

		if (to == stays)
			continue;
		if (*m->to[to] && !text[to] &&
		    !(text[to] = ml_arena_put(&t->arena, m->to[to], strlen(m->to[to]), err)))
			rc = err->code;
		c->text[i] = text[to];
		ml_column_touch(c, i);
	}
	free(text);
	return rc;
}

struct move {
	int32_t code;
	bool changed;
};

/* What becomes of a missing cell (move[0]) and of each old level, whose new levels are `fresh`.
 */
static int move_levels(const struct map *m, size_t k, const struct ml_levels *old,
		       struct ml_levels *fresh, struct move *move, struct ml_error *err)
{
	int rc = ML_OK;

	for (size_t l = 0; !rc && l <= old->n; l++) {
		const char *s = l ? old->name[l - 1] : "";
		size_t len = l ? old->len[l - 1] : 0, to = find(m, k, s, len);

		if (to != stays) {
			s = m->to[to];
			len = strlen(s);
		}
		move[l] = (struct move){ -1, to != stays };
		if (len)
			rc = ml_levels_add(fresh, s, len, &move[l].code, err);
	}
	return rc;
}

static int map_codes(const struct map *m, size_t k, struct ml_column *c, size_t rows,
		     struct ml_error *err)
{
	struct ml_levels *fresh = ml_levels_new(err);
	struct move *move = ml_alloc(c->levels->n + 1, sizeof *move, err);
	int rc = fresh && move ? move_levels(m, k, c->levels, fresh, move, err) : err->code;

	for (size_t i = 0; !rc && i < rows; i++) {
		const struct move *to = &move[c->code[i] + 1];

		c->code[i] = to->code;
		if (to->changed)
			ml_column_touch(c, i);
	}
	free(move);
	if (rc) {
		ml_levels_free(fresh);
		return rc;
	}
	ml_levels_free(c->levels);
	c->levels = fresh;
	return ML_OK;
}

static int apply(const void *state, struct ml_table *t, const size_t *cols, size_t n,
		 struct ml_tally *tally, struct ml_error *err)
{
	const struct map *m = state;
	int rc = ML_OK;

	(void)tally;
	for (size_t k = 0; !rc && k < n; k++) {
		struct ml_column *c = &t->col[cols[k]];

		if (c->kind == ML_NUMBER)
			map_numbers(m, k, c, t->rows);
		else if (c->kind == ML_STRING)
			rc = map_texts(m, k, t, c, err);
		else
			rc = map_codes(m, k, c, t->rows, err);
	}
	return rc;
}

/* ---- fields ---- */

static void save(const void *state, struct ml_fields *out)
{
	const struct map *m = state;

	ml_level_sets_put(out, "from", m->from, m->n);
	ml_put_texts(out, "to", (const char *const *)m->to, m->total);
}

static int load(void *state, unsigned format, const struct ml_fields *in,
		const enum ml_kind *kind, size_t n, struct ml_error *err)
{
	struct map *m = state;
	size_t total = 0;

	(void)format; /* only version 1 exists */
	m->n = n;
	if (ml_level_sets_get(in, "from", &m->from, n, err))
		return err->code;
	if (!(m->at = ml_alloc(n + 1, sizeof *m->at, err)))
		return err->code;
	for (size_t k = 0; k < n; k++)
		m->at[k + 1] = total += m->from[k]->n;
	if (ml_get_texts(in, "to", &m->to, total, err))
		return err->code;
	m->total = total;
	if (!(m->number = ml_alloc(total, sizeof *m->number, err)))
		return err->code;
	for (size_t k = 0; k < n; k++)
		if (see_numbers(m, k, kind[k], err))
			return err->code;
	return ML_OK;
}

static void release(void *state)
{
	struct map *m = state;

	ml_level_sets_free(m->from, m->n);
	ml_texts_free(m->to, m->total);
	free(m->at);
	free(m->number);
}

const struct ml_prep ml_prep_map = {
	.name = "map",
	.summary = "replace values by others",
	.arg = "HOW",
	.example = "city=rome:Roma;:unknown;oslo:,age=30.25:30",
	.flags = ML_PREP_CLEAN | ML_PREP_IN_PLACE | ML_PREP_STATELESS,
	.format = 1,
	.state_size = sizeof(struct map),
	.fit = fit,
	.apply = apply,
	.save = save,
	.load = load,
	.release = release,
};
