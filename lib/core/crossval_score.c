/* crossval_score.c - the parts of a table as commands get them, and predictions of the rows
 * held out.
 *
 * A binary part carries the steps the table has been through, but no profile, sketch or golden
 * rows: those of the whole table know the rows held out.  For models that are kept they are
 * made anew. */
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "core/crossval_parts.h"
#include "core/notes.h"
#include "core/predictions.h"
#include "core/scorer.h"
#include "data/writer.h"
#include "models/model.h"

/* ---- parts ---- */

static int put_csv(const struct ml_table *t, struct ml_sink *sink, struct ml_error *err)
{
	struct ml_writer w;

	int rc = ml_writer_init(&w, sink, ',', err);
	if (!rc)
		rc = ml_writer_header(&w, t, err);
	if (!rc)
		rc = ml_writer_rows(&w, t, err);
	ml_writer_release(&w);
	return rc;
}

static int put_binary(const struct ml_cv_plan *plan, const struct ml_table *t, bool train,
		      struct ml_sink *sink, struct ml_error *err)
{
	struct ml_pipeline steps = plan->done ? *plan->done : (struct ml_pipeline){ 0 };

	steps.extra = NULL; /* the steps themselves are borrowed */
	steps.n_extra = steps.cap_extra = 0;
	int rc = train && plan->keep_models && !steps.n ? ml_notes_source(&steps, t, 1, err)
							: ML_OK;
	if (!rc)
		rc = ml_pipeline_write(&steps, 0, t, sink, err);
	ml_notes_forget(&steps);
	free(steps.extra);
	return rc;
}

int ml_cv_write_rows(const struct ml_cv_plan *plan, const struct ml_table *t, const char *path,
		     bool train, struct ml_error *err)
{
	struct ml_sink *sink = NULL;

	if (ml_sink_open_scratch(&sink, path, err))
		return err->code;
	int rc = plan->csv ? put_csv(t, sink, err) : put_binary(plan, t, train, sink, err);
	if (!rc)
		return ml_sink_commit(sink, err);
	ml_sink_abandon(sink);
	return rc;
}

/* ---- the model asked here ---- */

/* A run whose warnings become lines. */
static void ML_PRINTF(4, 5)
	note_warning(void *user, const char *tag, size_t column, const char *fmt, ...)
{
	struct ml_buf *said = user;
	char text[400];
	va_list ap;

	(void)column; /* scorers name columns themselves */
	va_start(ap, fmt);
	vsnprintf(text, sizeof text, fmt, ap);
	va_end(ap);
	ml_buf_printf(said, "warning: %s [%s]\n", text, tag);
}

/* The results of the last batch behind those before. */
static int add_results(struct ml_mat *all, const struct ml_scorer *s, size_t rows,
		       struct ml_error *err)
{
	size_t cols = s->out.cols;

	if (!all->v) {
		if (!(all->v = ml_alloc(rows, cols * sizeof *all->v, err)))
			return err->code;
		all->cols = all->ld = cols;
	}
	for (size_t i = 0; i < s->out.rows && all->rows < rows; i++)
		memcpy(all->v + all->rows++ * cols, s->out.v + i * s->out.ld,
		       cols * sizeof *all->v);
	return ML_OK;
}

static int score_csv(struct ml_scorer *s, struct ml_pipeline *model,
		     const struct ml_cv_plan *plan, const struct ml_run *run, char *path,
		     size_t rows, struct ml_mat *all, struct ml_error *err)
{
	struct ml_input_opts opts = *plan->input;
	struct ml_input *in = NULL;
	struct ml_cells cells;

	opts.csv.delimiter = ',';
	opts.csv.no_header = false;
	opts.roles = (struct ml_roles){ 0 };
	opts.num = opts.cat = opts.text = (struct ml_texts){ 0 };
	int rc = ml_input_open(&in, (char *const[]){ path }, 1, &opts, run, err);
	if (!rc)
		rc = ml_scorer_init(s, model, in, err);
	while (!rc && !(rc = ml_input_cells(in, &cells, err))) {
		rc = ml_scorer_cells(s, in, &cells, err);
		if (!rc)
			rc = add_results(all, s, rows, err);
	}
	ml_input_free(in);
	return rc == ML_END ? ML_OK : rc;
}

static int score_table(struct ml_scorer *s, struct ml_pipeline *model,
		       const struct ml_cv_plan *plan, const struct ml_table *held,
		       struct ml_mat *all, struct ml_error *err)
{
	static const struct ml_pipeline none = { 0 };
	const char **name = ml_alloc(held->ncol, sizeof *name, err);
	enum ml_kind *kind = name ? ml_alloc(held->ncol, sizeof *kind, err) : NULL;

	int rc = kind ? ML_OK : err->code;
	for (size_t j = 0; !rc && j < held->ncol; j++) {
		name[j] = held->col[j].name;
		kind[j] = held->col[j].kind;
	}
	if (!rc) {
		struct ml_column_set set = { held->ncol, name, kind, NULL, NULL };
		rc = ml_scorer_bind(s, model, plan->done ? plan->done : &none, &set, plan->file,
				    err);
	}
	if (!rc)
		rc = ml_scorer_rows(s, plan->file, held, err);
	if (!rc)
		rc = add_results(all, s, held->rows, err);
	free(kind);
	free(name);
	return rc;
}

static int predict_here(struct ml_cv_fit *f, const struct ml_cv_stock *stock,
			struct ml_buf *said, struct ml_error *err)
{
	const struct ml_cv_share *share = &stock->share[f->share];
	const struct ml_cv_plan *plan = stock->plan;
	struct ml_cv_part *part = &f->part;
	struct ml_pipeline model = { .find_model = ml_model_find };
	const struct ml_run run = {
		.threads = 1, .deadline = (double)INFINITY, .user = said, .warn = note_warning
	};
	struct ml_scorer s = { 0 };
	struct ml_mat all = { 0 };

	int rc = ml_pipeline_read(&model, (const char *const[]){ f->model }, 1, err);
	const struct ml_step *last = rc ? NULL : ml_pipeline_model(&model);
	if (last && last->outcome.task == ML_CLUSTER)
		rc = ml_fail(
			err, ML_EUSAGE, "E-USAGE",
			"'%s' makes clusters, and those of one fold are not those of another",
			ml_step_type(last));
	if (!rc)
		rc = plan->csv ? score_csv(&s, &model, plan, &run, share->held, part->n, &all,
					   err)
			       : score_table(&s, &model, plan, share->rows, &all, err);
	if (!rc && !(part->pred = ml_alloc(1, sizeof *part->pred, err)))
		rc = err->code;
	if (!rc) {
		part->pred->rows = part->n;
		rc = ml_predictions_append(part->pred, "", true,
					   &ml_pipeline_model(&model)->outcome, &all, err);
		ml_scorer_warn(&s, &run);
	}
	free(all.v);
	ml_scorer_release(&s);
	ml_pipeline_release(&model);
	return rc;
}

/* ---- predictions of another program ---- */

static bool is_prediction(const char *name)
{
	return !strcmp(name, "pred") || !strncmp(name, "prob:", 5);
}

/* Of a table with predictions, these alone: pred and prob:CLASS, or its only column. */
static int only_predictions(struct ml_table *t, size_t rows, struct ml_error *err)
{
	if (t->rows != rows)
		return ml_fail(err, ML_EDATA, "E-FOLD", "%zu predictions of %zu rows", t->rows,
			       rows);
	if (t->ncol == 1 && strcmp(t->col[0].name, "pred"))
		return ml_table_rename(t, 0, "pred", err);
	if (ml_table_find(t, "pred") == SIZE_MAX)
		return ml_fail(err, ML_EDATA, "E-COLUMNS", "no column 'pred' among %zu columns",
			       t->ncol);
	for (size_t j = t->ncol; j-- > 0;)
		if (!is_prediction(t->col[j].name))
			ml_table_remove(t, j);
	for (size_t j = 0; j < t->ncol; j++)
		if (t->col[j].name[4] == ':' && t->col[j].kind != ML_NUMBER)
			return ml_fail(err, ML_EDATA, "E-TYPE", "column '%s' is not of numbers",
				       ML_SHOW(t->col[j].name, strlen(t->col[j].name)));
	return ML_OK;
}

static int read_predictions(struct ml_cv_fit *f, const struct ml_cv_plan *plan,
			    struct ml_error *err)
{
	const struct ml_run quiet = { .threads = 1, .deadline = (double)INFINITY };
	struct ml_input_opts opts = { .csv = plan->input->csv, .kinds = { .decimal = '.' } };
	struct ml_input *in = NULL;

	opts.csv.delimiter = ',';
	opts.csv.no_header = false;
	int rc = ml_input_open(&in, (char *const[]){ f->pred }, 1, &opts, &quiet, err);
	if (!rc)
		rc = ml_input_table(in, &f->part.pred, err);
	ml_input_free(in);
	return rc ? rc : only_predictions(f->part.pred, f->part.n, err);
}

/* Paths in our scratch directory say nothing to the user, and differ from run to run. */
static void name_file(struct ml_error *err, const char *path, const char *name)
{
	char text[sizeof err->msg];
	size_t n = strlen(path);

	if (strncmp(err->msg, path, n))
		return;
	snprintf(text, sizeof text, "%s%s", name, err->msg + n);
	memcpy(err->msg, text, sizeof text);
}

int ml_cv_score(struct ml_cv_fit *f, const struct ml_cv_stock *s, struct ml_buf *said,
		struct ml_error *err)
{
	int rc = s->plan->predict_cmd ? read_predictions(f, s->plan, err)
				      : predict_here(f, s, said, err);

	if (!rc)
		return rc;
	name_file(err, f->model, "the model");
	name_file(err, f->pred, "predictions");
	if (s->share[f->share].held)
		name_file(err, s->share[f->share].held, s->plan->file);
	ml_table_free(f->part.pred);
	f->part.pred = NULL;
	return rc;
}
