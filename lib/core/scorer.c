/* scorer.c - batches through a model. */
#include "core/scorer.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "core/predict.h"
#include "core/watch.h"

/* ---- binding ---- */

static int absent(const struct ml_scorer *s, const char *file, struct ml_error *err)
{
	struct ml_buf list = { 0 };
	size_t n = 0;

	for (size_t k = 0; k < s->n_source; k++) {
		if (s->at[k] != SIZE_MAX)
			continue;
		if (list.n < 300)
			ml_buf_printf(&list, "%s'%s'", n ? ", " : "",
				      ML_SHOW(s->source[k].name, strlen(s->source[k].name)));
		n++;
	}
	ml_fail(err, ML_EDATA, "E-COLUMNS",
		"%s: %zu column%s that the model needs %s absent: %.330s", file, n,
		n == 1 ? "" : "s", n == 1 ? "is" : "are", ml_buf_str(&list));
	ml_buf_release(&list);
	return err->code;
}

static int bind(struct ml_scorer *s, const struct ml_column_set *set, const char *file,
		struct ml_error *err)
{
	struct ml_levels *names = ml_levels_new(err);
	int32_t code;
	bool gone = false;
	int rc = names ? ML_OK : err->code;

	if (!(s->at = ml_alloc(s->n_source, sizeof *s->at, err)) ||
	    !(s->kind = ml_alloc(s->n_source, sizeof *s->kind, err)))
		rc = err->code;
	for (size_t j = 0; !rc && j < set->n; j++)
		rc = ml_levels_add(names, set->name[j], strlen(set->name[j]), &code, err);
	for (size_t k = 0; !rc && k < s->n_source; k++) {
		const struct ml_slot *need = &s->source[k];
		int32_t at = ml_levels_find(names, need->name, strlen(need->name));
		s->at[k] = at < 0 ? SIZE_MAX : (size_t)at;
		s->kind[k] = need->kind;
		gone |= at < 0;
		if (at >= 0 && set->kind && set->kind[at] != need->kind)
			rc = ml_fail(err, ML_EDATA, "E-COLUMNS",
				     "%s: the model needs column '%s' as %s, here it is %s",
				     file, ML_SHOW(need->name, strlen(need->name)),
				     ml_kind_names[need->kind], ml_kind_names[set->kind[at]]);
	}
	ml_levels_free(names);
	if (!rc && gone)
		rc = absent(s, file, err);
	return rc;
}

int ml_scorer_bind(struct ml_scorer *s, struct ml_pipeline *model,
		   const struct ml_pipeline *done, const struct ml_column_set *set,
		   const char *file, struct ml_error *err)
{
	*s = (struct ml_scorer){ .model = model };
	if (!ml_pipeline_model(model))
		return ml_fail(err, ML_EDATA, "E-FORMAT",
			       "the model has no estimator, only preparations");
	int rc = ml_pipeline_position(model, done, &s->from, err);
	if (!rc)
		rc = ml_pipeline_source(model, s->from, &s->source, &s->n_source, err);
	if (!rc)
		rc = bind(s, set, file, err);
	if (!rc && s->from == 0)
		rc = ml_watch_new(&s->watch, model, s->source, s->n_source, err);
	return rc;
}

int ml_scorer_init(struct ml_scorer *s, struct ml_pipeline *model, struct ml_input *in,
		   struct ml_error *err)
{
	int rc = ml_scorer_bind(s, model, ml_input_pipeline(in), ml_input_columns(in),
				ml_input_file(in), err);
	if (!rc)
		ml_input_ask(in, s->at, s->kind, s->n_source);
	return rc;
}

/* ---- batches ---- */

static void forget_bad(struct ml_bad_rows *b)
{
	for (size_t i = 0; i < b->rows; i++)
		free(b->why[i]);
	b->rows = 0;
}

void ml_bad_rows_release(struct ml_bad_rows *b)
{
	forget_bad(b);
	free(b->bad);
	free(b->why);
	*b = (struct ml_bad_rows){ 0 };
}

static int make_room(struct ml_bad_rows *b, size_t rows, struct ml_error *err)
{
	size_t cap = b->cap;

	forget_bad(b);
	if (ml_grow(&b->bad, &cap, rows, sizeof *b->bad, err))
		return err->code;
	if (ml_grow(&b->why, &b->cap, cap, sizeof *b->why, err))
		return err->code;
	for (size_t i = 0; i < rows; i++) {
		b->bad[i] = false;
		b->why[i] = NULL;
	}
	b->rows = rows;
	return ML_OK;
}

/* ml_bad_cell_fn: the first complaint about a row is kept.  While the steps are applied, rows
 * are counted among those still good. */
static int note_bad(void *arg, size_t row, const struct ml_error *why)
{
	struct ml_scorer *s = arg;
	struct ml_error err;
	size_t at = s->good ? s->good[row] : row;

	if (s->bad->bad[at])
		return ML_OK;
	s->bad->bad[at] = true;
	s->bad->count++;
	if (!(s->bad->why[at] = ml_strdup(why->msg, &err)))
		s->out_of_memory = true;
	return ML_OK;
}

/* Takes the bad rows out of the work table, and notes where the others stood. */
static int set_bad_aside(struct ml_scorer *s, struct ml_error *err)
{
	bool *keep = ml_alloc(s->work.rows, sizeof *keep, err);
	size_t n = 0;

	if (!keep)
		return err->code;
	if (!(s->good = ml_alloc(s->work.rows, sizeof *s->good, err))) {
		free(keep);
		return err->code;
	}
	for (size_t i = 0; i < s->work.rows; i++) {
		keep[i] = !s->bad->bad[i];
		if (keep[i])
			s->good[n++] = i;
	}
	ml_table_filter(&s->work, keep);
	free(keep);
	return ML_OK;
}

/* Results of the good rows to where the rows stood; the others get NaN. */
static int spread(struct ml_scorer *s, size_t rows, struct ml_error *err)
{
	struct ml_mat all = { ml_alloc(rows * s->out.cols, sizeof *all.v, err), rows,
			      s->out.cols, s->out.cols };

	if (!all.v)
		return err->code;
	for (size_t i = 0; i < rows * all.cols; i++)
		all.v[i] = NAN;
	for (size_t i = 0; i < s->out.rows; i++)
		if (!s->bad->bad[s->good[i]])
			memcpy(all.v + s->good[i] * all.ld, s->out.v + i * s->out.ld,
			       all.cols * sizeof *all.v);
	free(s->out.v);
	s->out = all;
	return ML_OK;
}

/* What the steps counted, put back when a batch is tried again. */
static void copy_tallies(struct ml_pipeline *p, struct ml_tally *all, bool back)
{
	for (size_t i = 0; i < p->n; i++)
		for (size_t k = 0; k < p->step[i].n_needs; k++, all++)
			*(back ? &p->step[i].tally[k] : all) =
				*(back ? all : &p->step[i].tally[k]);
}

static struct ml_tally *save_tallies(struct ml_pipeline *p, struct ml_error *err)
{
	size_t n = 0;

	for (size_t i = 0; i < p->n; i++)
		n += p->step[i].n_needs;
	struct ml_tally *all = ml_alloc(n, sizeof *all, err);
	if (all)
		copy_tallies(p, all, false);
	return all;
}

static int predict_one(struct ml_scorer *s, const struct ml_table *rows, size_t i,
		       const char *file, struct ml_error *err)
{
	struct ml_table *one = NULL;
	struct ml_mat out = { 0 };
	uint64_t undefined = 0;

	int rc = ml_table_take(&one, rows, &i, 1, err);
	if (!rc)
		rc = ml_pipeline_predict(s->model, s->from, one, file, NULL, NULL, &out,
					 &undefined, err);
	free(out.v);
	ml_table_free(one);
	return rc;
}

/* Steps end at the first row that they refuse: which ones these are is found by giving them the
 * rows one by one.  The others become the work table. */
static int refuse_rows(struct ml_scorer *s, struct ml_table *rows, const char *file,
		       struct ml_error *err)
{
	bool *keep = ml_alloc(rows->rows, sizeof *keep, err);
	size_t n = 0;
	int rc = keep ? ML_OK : err->code;

	for (size_t i = 0; !rc && i < rows->rows; i++) {
		rc = predict_one(s, rows, i, file, err);
		keep[i] = !rc;
		if (rc == ML_EDATA)
			rc = note_bad(s, i, err);
	}
	for (size_t i = 0; !rc && i < rows->rows; i++)
		if (keep[i])
			s->good[n++] = s->good[i];
	if (!rc) {
		ml_table_filter(rows, keep);
		ml_table_release(&s->work);
		s->work = *rows;
		*rows = (struct ml_table){ 0 };
	}
	free(keep);
	return rc;
}

static int predict_batch(struct ml_scorer *s, const char *file, struct ml_error *err)
{
	return ml_pipeline_predict(s->model, s->from, &s->work, file, s->bad ? note_bad : NULL,
				   s, &s->out, &s->undefined, err);
}

/* The good rows of a batch; those that a step refuses are set aside as well. */
static int predict_good(struct ml_scorer *s, const char *file, struct ml_error *err)
{
	struct ml_table *rows = NULL;
	struct ml_tally *counted = save_tallies(s->model, err);
	uint64_t undefined = s->undefined;
	size_t *all = ml_alloc(s->work.rows, sizeof *all, err);

	int rc = counted && all ? ML_OK : err->code;
	for (size_t i = 0; !rc && i < s->work.rows; i++)
		all[i] = i;
	if (!rc)
		rc = ml_table_take(&rows, &s->work, all, s->work.rows, err);
	if (!rc)
		rc = predict_batch(s, file, err);
	if (rc == ML_EDATA && err->row) {
		free(s->out.v);
		s->out = (struct ml_mat){ 0 };
		rc = refuse_rows(s, rows, file, err);
		copy_tallies(s->model, counted, true);
		s->undefined = undefined;
		if (!rc)
			rc = predict_batch(s, file, err);
	}
	ml_table_free(rows);
	free(counted);
	free(all);
	return rc;
}

/* The work table through the model. */
static int predict_work(struct ml_scorer *s, const char *file, struct ml_error *err)
{
	size_t rows = s->work.rows;

	free(s->out.v);
	s->out = (struct ml_mat){ 0 };
	s->rows += rows;
	int rc = s->bad ? set_bad_aside(s, err) : ML_OK;
	if (!rc && s->watch)
		rc = ml_watch_see(s->watch, &s->work, err);
	if (!rc)
		rc = s->bad ? predict_good(s, file, err) : predict_batch(s, file, err);
	if (!rc && s->bad)
		rc = spread(s, rows, err);
	free(s->good);
	s->good = NULL;
	if (!rc && s->out_of_memory)
		rc = ml_fail(err, ML_ENOMEM, "E-NOMEM", "out of memory (reasons of bad rows)");
	return rc;
}

int ml_scorer_cells(struct ml_scorer *s, struct ml_input *in, const struct ml_cells *cells,
		    struct ml_error *err)
{
	const struct ml_column_set *set = ml_input_columns(in);

	if (s->bad && make_room(s->bad, cells->rows, err))
		return err->code;
	int rc = ml_table_from_cells(&s->work, cells, set->name, s->at, s->kind, s->n_source,
				     ml_input_kind_opts(in), ml_input_file(in),
				     s->bad ? note_bad : NULL, s, err);
	/* The cells are echoed: steps may not touch them. */
	for (size_t k = 0; !rc && k < s->work.ncol; k++)
		ml_column_release_origin(&s->work.col[k]);
	return rc ? rc : predict_work(s, ml_input_file(in), err);
}

int ml_scorer_rows(struct ml_scorer *s, const char *file, const struct ml_table *t,
		   struct ml_error *err)
{
	if (s->bad && make_room(s->bad, t->rows, err))
		return err->code;
	int rc = ml_table_columns(&s->work, t, s->at, s->n_source, err);
	return rc ? rc : predict_work(s, file, err);
}

void ml_scorer_warn(const struct ml_scorer *s, const struct ml_run *run)
{
	ml_pipeline_warn(s->model, run);
	if (s->undefined && run->warn)
		run->warn(run->user, "W-UNDEFINED", SIZE_MAX,
			  "%" PRIu64 " predictions are not finite and left empty",
			  s->undefined);
	if (s->watch)
		ml_watch_warn(s->watch, run);
}

void ml_scorer_release(struct ml_scorer *s)
{
	ml_slots_free(s->source, s->n_source);
	ml_watch_free(s->watch);
	ml_table_release(&s->work);
	free(s->at);
	free(s->kind);
	free(s->out.v);
	*s = (struct ml_scorer){ 0 };
}
