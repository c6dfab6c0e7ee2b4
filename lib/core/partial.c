/* partial.c - partial dependence (Friedman 2001) and individual conditional expectation
 * (Goldstein and others 2015): predictions as a column takes one value after another. */
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "core/whatif.h"
#include "data/writer.h"
#include "la/quantile.h"

/* Values that a column is given, one after another. */
struct grid {
	size_t n;
	double *number;           /* of a number column; owned */
	struct ml_levels *levels; /* of others, sorted by `order` */
	size_t *order;
};

struct partial {
	struct ml_whatif *w;
	const struct ml_partial_plan *plan;
	const struct ml_outcome *outcome;
	const double *weight; /* or NULL */
	size_t from, to;      /* outputs told */
	struct ml_writer writer;
};

/* ---- values ---- */

static int number_grid(struct grid *g, const struct partial *p, const struct ml_column *c,
		       struct ml_error *err)
{
	struct ml_sorted s;
	int rc = ml_sorted_init(&s, c->num, p->weight, p->w->table->rows, err);
	size_t most = p->plan->grid;

	if (!rc && !(g->number = ml_alloc(most, sizeof *g->number, err)))
		rc = err->code;
	for (size_t i = 0; !rc && s.n <= most && i < s.n; i++)
		g->number[g->n++] = s.v[i];
	for (size_t i = 0; !rc && s.n > most && i < most; i++) {
		double v = ml_sorted_quantile(&s, (double)i / (double)(most - 1));

		if (!g->n || v != g->number[g->n - 1])
			g->number[g->n++] = v;
	}
	ml_sorted_release(&s);
	return rc;
}

static const char *cell(const struct ml_column *c, size_t i)
{
	if (c->kind == ML_CATEGORY)
		return c->code[i] < 0 ? NULL : c->levels->name[c->code[i]];
	return c->text[i];
}

static int level_grid(struct grid *g, const struct partial *p, const struct ml_column *c,
		      struct ml_error *err)
{
	int32_t code;
	int rc = (g->levels = ml_levels_new(err)) ? ML_OK : err->code;

	for (size_t i = 0; !rc && i < p->w->table->rows; i++)
		if (cell(c, i))
			rc = ml_levels_add(g->levels, cell(c, i), strlen(cell(c, i)), &code,
					   err);
	if (!rc && !(g->order = ml_alloc(g->levels->n, sizeof *g->order, err)))
		rc = err->code;
	if (!rc)
		rc = ml_levels_sort(g->levels, g->order, err);
	g->n = rc ? 0 : g->levels->n;
	return rc;
}

static void grid_release(struct grid *g)
{
	free(g->number);
	free(g->order);
	ml_levels_free(g->levels);
}

static const char *level_of(const struct grid *g, size_t v)
{
	return g->levels->name[g->order[v]];
}

static void fill(struct partial *p, struct ml_column *c, const struct grid *g, size_t v)
{
	size_t rows = p->w->table->rows;
	int32_t code = -1;

	if (c->kind == ML_CATEGORY)
		code = ml_levels_find(c->levels, level_of(g, v), strlen(level_of(g, v)));
	for (size_t i = 0; i < rows; i++) {
		if (c->kind == ML_NUMBER)
			c->num[i] = g->number[v];
		else if (c->kind == ML_CATEGORY)
			c->code[i] = code;
		else
			c->text[i] = level_of(g, v);
	}
}

/* ---- rows ---- */

static void put_text(struct partial *p, const char *s)
{
	ml_writer_field(&p->writer, s, strlen(s));
}

static int put_row(struct partial *p, size_t k, const struct grid *g, size_t v, size_t row,
		   size_t out, double value, struct ml_error *err)
{
	put_text(p, p->w->scorer.source[k].name);
	if (p->plan->ice)
		ml_writer_number(&p->writer, (double)row + 1);
	if (g->number)
		ml_writer_number(&p->writer, g->number[v]);
	else
		put_text(p, level_of(g, v));
	put_text(p, p->outcome->n_classes ? p->outcome->classes[out] : "");
	ml_writer_number(&p->writer, value);
	return ml_writer_end(&p->writer, err);
}

static double mean_of(const struct partial *p, size_t out)
{
	const struct ml_mat *m = &p->w->scorer.out;
	double sum = 0, total = 0;

	for (size_t i = 0; i < m->rows; i++) {
		double v = m->v[i * m->ld + out], weight = p->weight ? p->weight[i] : 1;

		if (isnan(v))
			continue;
		sum += weight * v;
		total += weight;
	}
	return sum / total;
}

static int tell(struct partial *p, size_t k, const struct grid *g, size_t v,
		struct ml_error *err)
{
	const struct ml_mat *m = &p->w->scorer.out;
	int rc = ML_OK;

	for (size_t out = p->from; !rc && !p->plan->ice && out < p->to; out++)
		rc = put_row(p, k, g, v, 0, out, mean_of(p, out), err);
	for (size_t i = 0; !rc && p->plan->ice && i < m->rows; i++)
		for (size_t out = p->from; !rc && out < p->to; out++)
			rc = put_row(p, k, g, v, i, out, m->v[i * m->ld + out], err);
	return rc;
}

static int try_column(struct partial *p, size_t k, struct ml_error *err)
{
	struct ml_column kept, *c = ml_whatif_column(p->w, k);
	struct grid g = { 0 };
	int rc = c->kind == ML_NUMBER ? number_grid(&g, p, c, err) : level_grid(&g, p, c, err);

	if (!rc)
		rc = ml_whatif_set_aside(p->w, k, &kept, err);
	else
		kept = *c;
	for (size_t v = 0; !rc && v < g.n; v++) {
		fill(p, c, &g, v);
		rc = ml_whatif_ask(p->w, err);
		if (!rc)
			rc = tell(p, k, &g, v, err);
	}
	ml_whatif_put_back(p->w, k, &kept);
	grid_release(&g);
	return rc;
}

/* ---- all columns ---- */

/* Which outputs: of two classes the positive one. */
static int choose_outputs(struct partial *p, struct ml_error *err)
{
	const struct ml_outcome *o = p->outcome;
	const char *positive = p->plan->positive;

	p->to = o->n_classes ? o->n_classes : 1;
	if (o->n_classes == 2)
		p->from = o->positive;
	for (size_t c = 0; positive && o->n_classes == 2 && c < 2; c++)
		if (!strcmp(o->classes[c], positive)) {
			p->from = c;
			positive = NULL;
		}
	if (o->n_classes == 2)
		p->to = p->from + 1;
	return positive
		       ? ml_fail(err, ML_EUSAGE, "E-USAGE",
				 "--positive: the model has not two classes of which one is it")
		       : ML_OK;
}

/* The columns asked for, in that order. */
static int pick(const struct partial *p, size_t **column, size_t *n, struct ml_error *err)
{
	const struct ml_scorer *s = &p->w->scorer;
	const char **name = ml_alloc(s->n_source, sizeof *name, err);
	size_t cap = 0;
	int rc = name ? ML_OK : err->code;

	for (size_t k = 0; !rc && k < s->n_source; k++)
		name[k] = s->source[k].name;
	const struct ml_column_set set = { .n = s->n_source, .name = name, .kind = s->kind };
	for (size_t i = 0; !rc && i < p->plan->columns.n; i++) {
		size_t *idx = NULL, some = 0;

		rc = ml_columns_pick(&set, p->plan->columns.v[i], &idx, &some, err);
		if (!rc)
			rc = ML_GROW(*column, cap, *n + some, err);
		for (size_t k = 0; !rc && k < some; k++)
			(*column)[(*n)++] = idx[k];
		free(idx);
	}
	free(name);
	return rc;
}

static int put_header(struct partial *p, struct ml_error *err)
{
	put_text(p, "feature");
	if (p->plan->ice)
		put_text(p, "row");
	put_text(p, "value");
	put_text(p, "class");
	put_text(p, p->plan->ice ? "pred" : "mean");
	return ml_writer_end(&p->writer, err);
}

int ml_partial(struct ml_whatif *w, const struct ml_partial_plan *plan, struct ml_sink *sink,
	       char delimiter, struct ml_error *err)
{
	size_t weight = ml_table_role(w->table, ML_WEIGHT), *column = NULL, n = 0;
	struct partial p = { .w = w,
			     .plan = plan,
			     .outcome = &ml_pipeline_model(w->scorer.model)->outcome };
	int rc = choose_outputs(&p, err);

	if (weight != SIZE_MAX && w->table->col[weight].kind == ML_NUMBER)
		p.weight = w->table->col[weight].num;
	if (!rc)
		rc = pick(&p, &column, &n, err);
	if (!rc)
		rc = ml_writer_init(&p.writer, sink, delimiter, err);
	if (!rc) {
		rc = put_header(&p, err);
		for (size_t k = 0; !rc && k < n; k++)
			rc = try_column(&p, column[k], err);
		ml_writer_release(&p.writer);
	}
	free(column);
	return rc;
}
