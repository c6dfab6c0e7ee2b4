/* treeunits.c - thresholds taken back through the steps before an estimator.
 *
 * Steps that shift and scale keep order, so a threshold behind them is one before them: the
 * largest double that they carry no further than it.  It is found by bisection over the doubles
 * through the steps themselves, all thresholds of a tree at once, so that rounding on the way
 * is that of predictions. */
#include "core/treeunits.h"

#include <float.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/number.h"

/* ---- features ---- */

static size_t need_of(const struct ml_step *s, const char *name)
{
	for (size_t k = 0; k < s->n_needs; k++)
		if (!strcmp(s->needs[k].name, name))
			return k;
	return SIZE_MAX;
}

static bool gives(const struct ml_step *s, const char *name)
{
	for (size_t k = 0; k < s->n_gives; k++)
		if (!strcmp(s->gives[k].name, name))
			return true;
	return false;
}

/* What in-place steps before the estimator have made of a column: "scale(ln(" and the like. */
struct history {
	struct ml_buf before;
	size_t depth; /* how many are open */
	bool made;    /* by a step: there was no column of the name before it */
};

static void wrap(struct history *h, const char *what)
{
	ml_buf_printf(&h->before, "%s(", what);
	h->depth++;
}

/* Need k of a step, in place.  `plain`: all steps behind it keep the order of numbers. */
static bool look_at(struct ml_unit *u, struct history *h, const struct ml_step *s, size_t k,
		    bool plain)
{
	double center, factor;
	bool affine = s->prep->affine && s->prep->affine(s->state, k, &center, &factor);

	if (affine && center == 0 && factor == 1)
		return plain;
	if (affine && plain && factor > 0) {
		u->folded = true;
		return true;
	}
	if (u->folded)
		wrap(h, "scaled");
	if (plain && !u->folded && s->prep->levels)
		u->levels = s->prep->levels(s->state, k);
	else
		wrap(h, s->prep->name);
	u->folded = false;
	return false;
}

static void look_back(struct ml_unit *u, struct history *h, const struct ml_pipeline *p,
		      const char *name)
{
	bool plain = true;

	for (size_t i = p->n - 1; i-- > 0 && !h->made;) {
		const struct ml_step *s = &p->step[i];
		size_t k = need_of(s, name);

		if (k != SIZE_MAX && s->prep->flags & ML_PREP_IN_PLACE)
			plain = look_at(u, h, s, k, plain);
		else
			h->made = k == SIZE_MAX && gives(s, name);
	}
	if (u->folded && h->made) {
		wrap(h, "scaled");
		u->folded = false;
	}
}

static int make_unit(struct ml_unit *u, const struct ml_pipeline *p, size_t j,
		     const char *column, struct ml_error *err)
{
	const struct ml_slot *need = &p->step[p->n - 1].needs[j];
	struct history h = { { 0 }, 0, false };
	struct ml_buf label = { 0 };
	size_t len = strlen(column);

	look_back(u, &h, p, need->name);
	u->dummy = need->dummy && !h.depth;
	if (u->dummy && !strncmp(need->name, column, len) && need->name[len] == '=')
		u->level = need->name + len + 1;
	ml_buf_text(&label, ml_buf_str(&h.before));
	ml_buf_text(&label, u->level ? column : need->name);
	while (h.depth--)
		ml_buf_byte(&label, ')');
	int rc = ml_buf_check(&label, err);
	if (!rc && !(u->label = ml_strdup(ml_buf_str(&label), err)))
		rc = err->code;
	ml_buf_release(&label);
	ml_buf_release(&h.before);
	return rc;
}

/* ---- tables through the steps ---- */

/* A table of the source columns, all cells missing. */
static int make_source(struct ml_table *t, const struct ml_pipeline *p, size_t rows,
		       struct ml_error *err)
{
	struct ml_slot *slots = NULL;
	size_t n = 0;
	int rc = ml_pipeline_source(p, 0, &slots, &n, err);

	t->rows = rows;
	for (size_t i = 0; !rc && i < n; i++)
		rc = ml_table_insert(t, t->ncol, slots[i].name, slots[i].kind, err);
	ml_slots_free(slots, n);
	return rc;
}

static int apply(const struct ml_pipeline *p, struct ml_table *t, struct ml_error *err)
{
	int rc = ML_OK;

	for (size_t i = 0; !rc && i + 1 < p->n; i++) {
		const struct ml_step *s = &p->step[i];
		size_t *cols = ml_alloc(s->n_needs, sizeof *cols, err);

		for (size_t k = 0; cols && k < s->n_needs; k++)
			cols[k] = ml_table_find(t, s->needs[k].name);
		rc = cols ? s->prep->apply(s->state, t, cols, s->n_needs, NULL, err)
			  : err->code;
		free(cols);
	}
	return rc;
}

static int know_missing(struct ml_units *u, const struct ml_pipeline *p, struct ml_error *err)
{
	const struct ml_step *model = &p->step[p->n - 1];
	struct ml_table t = { 0 };
	int rc = make_source(&t, p, 1, err);

	if (!rc)
		rc = apply(p, &t, err);
	for (size_t j = 0; j < u->n; j++) {
		size_t at = rc ? SIZE_MAX : ml_table_find(&t, model->needs[j].name);
		bool number = at != SIZE_MAX && t.col[at].kind == ML_NUMBER;

		u->missing[j] = number ? t.col[at].num[0] : (double)NAN;
	}
	ml_table_release(&t);
	return rc == ML_EDATA ? ML_OK : rc; /* a step that refuses missing values */
}

int ml_units_init(struct ml_units *u, const struct ml_pipeline *p, struct ml_error *err)
{
	struct ml_parentage from;

	*u = (struct ml_units){ 0 };
	int rc = ml_parentage_init(&from, p, err);
	if (!rc) {
		u->n = from.features;
		if (!(u->unit = ml_alloc(u->n, sizeof *u->unit, err)) ||
		    !(u->missing = ml_alloc(u->n, sizeof *u->missing, err)))
			rc = err->code;
	}
	for (size_t j = 0; !rc && j < u->n; j++)
		rc = make_unit(&u->unit[j], p, j, from.name[from.of[j]], err);
	if (!rc)
		rc = know_missing(u, p, err);
	ml_parentage_release(&from);
	return rc;
}

void ml_units_release(struct ml_units *u)
{
	for (size_t j = 0; u->unit && j < u->n; j++)
		free(u->unit[j].label);
	free(u->unit);
	free(u->missing);
	*u = (struct ml_units){ 0 };
}

/* ---- thresholds ---- */

/* Doubles in order, as whole numbers. */
static uint64_t place_of(double v)
{
	uint64_t bits;

	memcpy(&bits, &v, sizeof bits);
	return bits >> 63 ? ~bits : bits | UINT64_C(1) << 63;
}

static double at_place(uint64_t place)
{
	uint64_t bits = place >> 63 ? place & ~(UINT64_C(1) << 63) : ~place;
	double v;

	memcpy(&v, &bits, sizeof v);
	return v;
}

/* The largest number of 15 digits that is not above v: the same for all data of no more. */
static double shorter(double v)
{
	enum { DIGITS = 15 };
	char text[40];
	struct ml_number n;

	for (int less = 0; less < 2; less++) {
		long long mantissa = 0;
		int exponent = 0;

		snprintf(text, sizeof text, "%.*e", DIGITS - 1, v);
		char *point = strchr(text, '.'), *e = strchr(text, 'e');
		if (!point || !e)
			return v;
		exponent = atoi(e + 1) - (DIGITS - 1);
		memmove(point, point + 1, (size_t)(e - point - 1));
		e[-1] = '\0';
		mantissa = atoll(text) - less;
		snprintf(text, sizeof text, "%llde%d", mantissa, exponent);
		if (!ml_number_parse(text, strlen(text), &n))
			return v;
		if (n.value <= v)
			return n.value;
	}
	return v;
}

/* Row k asks about split node[k]: its feature's column is v[k]. */
static int carry(const struct ml_pipeline *p, const struct ml_trees *t, size_t tree,
		 const size_t *node, size_t n, const double *v, double *out,
		 struct ml_error *err)
{
	const struct ml_step *model = &p->step[p->n - 1];
	struct ml_table table = { 0 };
	int rc = make_source(&table, p, n, err);

	for (int back = 0; !rc && back < 2; back++) {
		if (back)
			rc = apply(p, &table, err);
		for (size_t k = 0; !rc && k < n; k++) {
			int32_t j = t->node[t->root[tree] + node[k]].feature;
			size_t at = ml_table_find(&table, model->needs[j].name);

			if (at == SIZE_MAX || table.col[at].kind != ML_NUMBER)
				rc = ml_fail(err, ML_EDATA, "E-MODEL",
					     "the steps do not give what they say");
			else if (back)
				out[k] = table.col[at].num[k];
			else
				table.col[at].num[k] = v[k];
		}
	}
	ml_table_release(&table);
	return rc;
}

static int bisect(const struct ml_pipeline *p, const struct ml_trees *t, size_t tree,
		  const size_t *node, size_t n, double *at, struct ml_error *err)
{
	uint64_t *lo = ml_alloc(n, sizeof *lo, err), *hi = ml_alloc(n, sizeof *hi, err);
	double *v = ml_alloc(n, sizeof *v, err), *out = ml_alloc(n, sizeof *out, err);
	int rc = lo && hi && v && out ? ML_OK : err->code;

	for (size_t k = 0; !rc && k < n; k++) {
		lo[k] = place_of(-DBL_MAX);
		hi[k] = place_of(DBL_MAX);
	}
	for (int step = 0; !rc && step < 64; step++) {
		for (size_t k = 0; k < n; k++)
			v[k] = at_place(lo[k] + (hi[k] - lo[k] + 1) / 2);
		rc = carry(p, t, tree, node, n, v, out, err);
		for (size_t k = 0; !rc && k < n; k++) {
			uint64_t middle = lo[k] + (hi[k] - lo[k] + 1) / 2;
			/* Beyond what the steps can do: far up, or far down. */
			bool below = isnan(out[k])
					     ? v[k] < 0
					     : out[k] <= t->node[t->root[tree] + node[k]].at;

			if (lo[k] < hi[k] && below)
				lo[k] = middle;
			else if (lo[k] < hi[k])
				hi[k] = middle - 1;
		}
	}
	for (size_t k = 0; !rc && k < n; k++)
		at[node[k]] = shorter(at_place(lo[k]));
	free(out);
	free(v);
	free(hi);
	free(lo);
	return rc;
}

int ml_units_thresholds(const struct ml_units *u, const struct ml_pipeline *p,
			const struct ml_trees *t, size_t tree, double *at, struct ml_error *err)
{
	size_t nodes = t->root[tree + 1] - t->root[tree], n = 0;
	size_t *node = ml_alloc(nodes, sizeof *node, err);
	int rc = node ? ML_OK : err->code;

	for (size_t k = 0; !rc && k < nodes; k++) {
		const struct ml_tnode *one = &t->node[t->root[tree] + k];

		at[k] = one->at;
		if (!ml_tnode_is_leaf(t, tree, k) && u->unit[one->feature].folded &&
		    !(one->child & ML_IN_SET))
			node[n++] = k;
	}
	if (!rc && n)
		rc = bisect(p, t, tree, node, n, at, err);
	free(node);
	return rc;
}
