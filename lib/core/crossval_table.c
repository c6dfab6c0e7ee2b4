/* crossval_table.c - predictions of all fits, put back in the order of the rows. */
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/number.h"
#include "base/utf8.h"
#include "core/crossval.h"
#include "core/labels.h"

static const char PROB[] = "prob:";

/* One row of the result: the part it comes from, and its place there. */
struct place {
	const struct ml_cv_part *part;
	size_t at;
};

struct merge {
	const struct ml_cv *cv;
	const struct ml_cv_columns *columns;
	const struct ml_run *run;
	struct ml_table *out;
	struct place *place; /* one a row of out */
	size_t n;
	struct ml_buf name; /* workspace */
};

static const char *with_prefix(struct merge *m, const char *name, const char *more)
{
	ml_buf_clear(&m->name);
	ml_buf_printf(&m->name, "%s%s%s", m->columns->prefix, name, more);
	return ml_buf_str(&m->name);
}

/* A column at the end, of that name behind the prefix. */
static int append(struct merge *m, const char *name, const char *more, enum ml_kind kind,
		  struct ml_error *err)
{
	const char *full = with_prefix(m, name, more);
	int rc = ml_buf_check(&m->name, err);

	return rc ? rc : ml_table_insert(m->out, m->out->ncol, full, kind, err);
}

/* ---- the rows ---- */

/* Parts of one repeat and size hold out each row at most once. */
static size_t group_end(const struct ml_cv *cv, size_t from)
{
	size_t to = from;

	while (to < cv->n && cv->part[to].repeat == cv->part[from].repeat &&
	       cv->part[to].size == cv->part[from].size)
		to++;
	return to;
}

static int place_rows(struct merge *m, size_t rows, size_t **row, struct ml_error *err)
{
	const struct ml_cv *cv = m->cv;
	struct place *of = ml_alloc(rows, sizeof *of, err);
	size_t all = 0;

	for (size_t i = 0; i < cv->n; i++)
		all += cv->part[i].pred ? cv->part[i].n : 0;
	if (!of || !(*row = ml_alloc(all, sizeof **row, err)) ||
	    !(m->place = ml_alloc(all, sizeof *m->place, err))) {
		free(of);
		return err->code;
	}
	for (size_t from = 0, to; from < cv->n; from = to) {
		to = group_end(cv, from);
		memset(of, 0, rows * sizeof *of);
		for (size_t p = from; p < to; p++)
			for (size_t i = 0; cv->part[p].pred && i < cv->part[p].n; i++)
				of[cv->part[p].row[i]] = (struct place){ &cv->part[p], i };
		for (size_t i = 0; i < rows; i++)
			if (of[i].part) {
				(*row)[m->n] = i;
				m->place[m->n++] = of[i];
			}
	}
	free(of);
	return ML_OK;
}

/* ---- the columns ---- */

static double number_of_fold(const struct ml_cv_part *p)
{
	return (double)p->fold;
}
static double number_of_repeat(const struct ml_cv_part *p)
{
	return (double)p->repeat;
}
static double number_of_size(const struct ml_cv_part *p)
{
	return p->size;
}

static const struct {
	const char *name;
	double (*of)(const struct ml_cv_part *p);
	bool curve; /* of learning curves only */
} numbers[] = {
	{ "fold", number_of_fold, false },
	{ "repeat", number_of_repeat, false },
	{ "size", number_of_size, true },
};
enum { NUMBERS = sizeof numbers / sizeof *numbers };

static int add_numbers(struct merge *m, struct ml_error *err)
{
	struct ml_table *t = m->out;

	for (size_t k = 0; k < NUMBERS; k++) {
		if (numbers[k].curve && !m->columns->curve)
			continue;
		if (append(m, numbers[k].name, "", ML_NUMBER, err))
			return err->code;
		t->col[t->ncol - 1].role = ML_IGNORED;
		for (size_t i = 0; i < m->n; i++)
			t->col[t->ncol - 1].num[i] = numbers[k].of(m->place[i].part);
	}
	return ML_OK;
}

static bool all_numbers(const struct ml_cv *cv)
{
	for (size_t p = 0; p < cv->n; p++)
		if (cv->part[p].pred &&
		    cv->part[p].pred->col[ml_table_find(cv->part[p].pred, "pred")].kind !=
			    ML_NUMBER)
			return false;
	return true;
}

static const char *text_of(const struct ml_column *c, size_t i, char number[ML_NUMBER_MAX])
{
	if (ml_missing(c, i))
		return NULL;
	if (c->kind == ML_CATEGORY)
		return c->levels->name[c->code[i]];
	if (c->kind == ML_STRING)
		return c->text[i];
	ml_number_print(c->num[i], number);
	return number;
}

static int add_pred(struct merge *m, struct ml_error *err)
{
	bool numeric = all_numbers(m->cv);
	struct ml_table *t = m->out;

	if (append(m, "pred", "", numeric ? ML_NUMBER : ML_CATEGORY, err))
		return err->code;
	struct ml_column *to = &t->col[t->ncol - 1];
	for (size_t i = 0; i < m->n; i++) {
		const struct ml_table *pred = m->place[i].part->pred;
		const struct ml_column *from = &pred->col[ml_table_find(pred, "pred")];
		char number[ML_NUMBER_MAX];
		if (numeric) {
			to->num[i] = from->num[m->place[i].at];
			continue;
		}
		const char *text = text_of(from, m->place[i].at, number);
		if (text && ml_levels_add(to->levels, text, strlen(text), &to->code[i], err))
			return err->code;
	}
	return ML_OK;
}

/* ---- probabilities ---- */

static int gather_classes(const struct ml_cv *cv, struct ml_labels *classes,
			  struct ml_error *err)
{
	for (size_t p = 0; p < cv->n; p++) {
		const struct ml_table *pred = cv->part[p].pred;
		for (size_t j = 0; pred && j < pred->ncol; j++)
			if (!strncmp(pred->col[j].name, PROB, sizeof PROB - 1) &&
			    ml_labels_add(classes, pred->col[j].name + sizeof PROB - 1, err))
				return err->code;
	}
	return classes->levels ? ml_labels_sort(classes, err) : ML_OK;
}

/* A fold whose training part has no row of a class cannot know it. */
static void warn_unknown(const struct merge *m, const char *class,
			 const struct ml_cv_part *part)
{
	if (m->run && m->run->warn)
		m->run->warn(
			m->run->user, "W-RARE", SIZE_MAX,
			"class '%s' is not known to the model of fold %zu (repeat %zu): its "
			"probability there is 0",
			ML_SHOW(class, strlen(class)), part->fold, part->repeat);
}

static int add_class(struct merge *m, const char *class, struct ml_error *err)
{
	const struct ml_cv_part *told = NULL, *seen = NULL;
	struct ml_table *t = m->out;
	struct ml_buf name = { 0 };
	size_t at = SIZE_MAX;

	ml_buf_printf(&name, "%s%s", PROB, class);
	int rc = ml_buf_check(&name, err);
	if (!rc)
		rc = append(m, PROB, class, ML_NUMBER, err);
	for (size_t i = 0; !rc && i < m->n; i++) {
		const struct place *p = &m->place[i];
		if (p->part != seen)
			at = ml_table_find(p->part->pred, ml_buf_str(&name));
		seen = p->part;
		if (at == SIZE_MAX && !told)
			warn_unknown(m, class, told = seen);
		t->col[t->ncol - 1].num[i] =
			at == SIZE_MAX ? 0 : seen->pred->col[at].num[p->at];
	}
	ml_buf_release(&name);
	return rc;
}

static int add_probabilities(struct merge *m, struct ml_error *err)
{
	struct ml_labels classes = { 0 };

	int rc = gather_classes(m->cv, &classes, err);
	for (size_t c = 0; !rc && c < classes.n; c++)
		rc = add_class(m, classes.name[c], err);
	ml_labels_release(&classes);
	return rc;
}

int ml_cv_table(struct ml_table **out, const struct ml_cv *cv, const struct ml_table *t,
		const struct ml_cv_columns *columns, const struct ml_run *run,
		struct ml_error *err)
{
	struct merge m = { .cv = cv, .columns = columns, .run = run };
	size_t *row = NULL;

	int rc = place_rows(&m, t->rows, &row, err);
	if (!rc)
		rc = ml_table_take(&m.out, t, row, m.n, err);
	if (!rc)
		rc = add_numbers(&m, err);
	if (!rc)
		rc = add_pred(&m, err);
	if (!rc && columns->proba)
		rc = add_probabilities(&m, err);
	free(row);
	free(m.place);
	ml_buf_release(&m.name);
	if (rc) {
		ml_table_free(m.out);
		m.out = NULL;
	}
	*out = m.out;
	return rc;
}

int ml_cv_check_columns(const struct ml_table *t, const struct ml_cv_columns *columns,
			struct ml_error *err)
{
	struct merge m = { .columns = columns };
	bool there = ml_table_find(t, with_prefix(&m, "pred", "")) != SIZE_MAX;

	for (size_t k = 0; !there && k < NUMBERS; k++)
		if (columns->curve || !numbers[k].curve)
			there = ml_table_find(t, with_prefix(&m, numbers[k].name, "")) !=
				SIZE_MAX;
	int rc = ml_buf_check(&m.name, err);
	if (!rc && there)
		rc = ml_fail(err, ML_EDATA, "E-DUP",
			     "the table has a column '%s' already; --prefix NAME avoids it",
			     ML_SHOW(ml_buf_str(&m.name), m.name.n));
	ml_buf_release(&m.name);
	return rc;
}
