/* answering.c - predictions appended to rows, batch by batch or as a whole. */
#include "core/answering.h"

#include <math.h>
#include <string.h>

#include "core/echo.h"
#include "core/predict.h"
#include "core/predictions.h"

/* ---- CSV ---- */

/* Names of the appended columns, in order: pred, score or prob:... or std, low, high, shap...,
 * pred_error. */
static int name_columns(struct ml_echo *e, const struct ml_answering *a,
			const struct ml_pipeline *model, struct ml_error *err)
{
	const struct ml_outcome *o = &ml_pipeline_model(model)->outcome;
	struct ml_buf name = { 0 };
	int rc = ml_echo_append(e, a->prefix, "pred", "", err);

	if (!rc && o->task == ML_DETECT)
		rc = ml_echo_append(e, a->prefix, "score", "", err);
	for (size_t c = 0; !rc && a->proba && c < ml_outcome_each(o, NULL); c++) {
		rc = ml_outcome_each_name(o, c, &name, err);
		if (!rc)
			rc = ml_echo_append(e, a->prefix, ml_buf_str(&name), "", err);
	}
	for (size_t c = 0; !rc && a->logs && c < o->n_classes; c++)
		rc = ml_echo_append(e, a->prefix, "logprob:", o->classes[c], err);
	for (size_t k = 0; !rc && k < ml_deviation_columns(model->deviation); k++)
		rc = ml_echo_append(e, a->prefix, ml_deviation_name(model->deviation, k), "",
				    err);
	for (size_t k = 0; !rc && model->explain && k < model->explain->width; k++) {
		rc = ml_explain_name(model->explain, k, &name, err);
		if (!rc)
			rc = ml_echo_append(e, a->prefix, ml_buf_str(&name), "", err);
	}
	ml_buf_release(&name);
	if (!rc && a->keep_bad && !a->reject)
		rc = ml_echo_append(e, a->prefix, "pred_error", "", err);
	return rc;
}

/* The appended fields of row i. */
static void write_prediction(struct ml_writer *w, const struct ml_answering *a,
			     const struct ml_outcome *o, const struct ml_scorer *s, size_t i)
{
	const double *row = s->out.v + i * s->out.ld;
	const char *why = s->bad && s->bad->bad[i] ? s->bad->why[i] : "";
	char room[ML_WORD];
	const char *word = isnan(row[0]) ? "" : ml_outcome_word(o, row, room);
	size_t from, each = ml_outcome_each(o, &from);

	if (word)
		ml_writer_field(w, word, strlen(word));
	else
		ml_writer_number(w, row[0]);
	if (o->task == ML_DETECT)
		ml_writer_number(w, row[0]);
	for (size_t c = 0; a->proba && c < each; c++)
		ml_writer_number(w, row[from + c]);
	for (size_t c = 0; a->logs && c < o->n_classes; c++)
		ml_writer_number(w, row[o->n_classes + c]);
	const struct ml_deviation *d = s->model->deviation;
	for (size_t k = 0; k < ml_deviation_columns(d); k++)
		ml_writer_number(w, ml_deviation_value(d, k, row));
	size_t explained = s->model->explain ? s->model->explain->width : 0;
	for (size_t k = s->out.cols - explained; k < s->out.cols; k++)
		ml_writer_number(w, row[k]);
	if (s->bad && a->keep_bad && !a->reject)
		ml_writer_field(w, why, strlen(why));
}

/* Nothing waits in our buffer while the next row is waited for. */
static int hand_out(const struct ml_answering *a, struct ml_echo *e, struct ml_error *err)
{
	return a->prompt ? ml_sink_flush(e->writer.sink, err) : ML_OK;
}

static int write_rows(const struct ml_answering *a, struct ml_echo *e, size_t rows,
		      struct ml_error *err)
{
	const struct ml_scorer *s = &a->scorer;
	const struct ml_outcome *o = &ml_pipeline_model(s->model)->outcome;
	int rc = ML_OK;

	for (size_t i = 0; !rc && i < rows; i++) {
		if (s->bad && s->bad->bad[i] && a->reject) {
			rc = ml_echo_reject(e, i, s->bad->why[i], err);
			continue;
		}
		ml_echo_row(e, i);
		write_prediction(&e->writer, a, o, s, i);
		rc = ml_writer_end(&e->writer, err);
	}
	return rc ? rc : hand_out(a, e, err);
}

static int begin_csv(const struct ml_answering *a, struct ml_input *in, struct ml_echo *e,
		     struct ml_sink *sink, struct ml_error *err)
{
	int rc = ml_echo_init(e, ml_input_columns(in), a->keep, a->only, sink, a->delimiter,
			      err);

	/* Predictions are written as the cells beside them are. */
	if (!rc && !ml_input_is_binary(in))
		e->writer.decimal = a->decimal;
	if (!rc)
		rc = name_columns(e, a, a->scorer.model, err);
	if (!rc && a->reject)
		rc = ml_echo_rejects(e, in, a->reject, err);
	return rc;
}

/* A batch, from CSV or binary; ML_END behind the last. */
static int one_batch(struct ml_answering *a, struct ml_input *in, struct ml_echo *e,
		     struct ml_error *err)
{
	struct ml_table *rows = NULL;
	struct ml_cells cells;
	int rc;

	if (!ml_input_is_binary(in)) {
		if ((rc = ml_input_cells(in, &cells, err)))
			return rc;
		rc = ml_scorer_cells(&a->scorer, in, &cells, err);
		ml_echo_cells(e, &cells);
		return rc ? rc : write_rows(a, e, cells.rows, err);
	}
	if ((rc = ml_input_rows(in, &rows, err)))
		return rc;
	rc = ml_scorer_rows(&a->scorer, ml_input_file(in), rows, err);
	ml_echo_table(e, rows, ml_input_file(in));
	if (!rc)
		rc = write_rows(a, e, rows->rows, err);
	ml_table_free(rows);
	return rc;
}

int ml_answering_stream(struct ml_answering *a, struct ml_input *in, struct ml_sink *sink,
			bool *begun, struct ml_error *err)
{
	struct ml_echo e;
	int rc = ml_scorer_init(&a->scorer, a->scorer.model, in, err);

	a->scorer.bad = a->reject || a->keep_bad ? &a->bad : NULL;
	if (rc)
		return rc;
	rc = begin_csv(a, in, &e, sink, err);
	*begun = !rc;
	if (!rc)
		rc = ml_echo_header(&e, err);
	if (!rc)
		rc = hand_out(a, &e, err);
	while (!rc)
		rc = one_batch(a, in, &e, err);
	if (rc == ML_END)
		rc = ml_echo_finish(&e, err);
	ml_echo_release(&e);
	return rc;
}

/* ---- the whole table ---- */

/* What is asked beside the prediction, in order. */
static int append_all(const struct ml_answering *a, struct ml_table *t, struct ml_error *err)
{
	const struct ml_pipeline *model = a->scorer.model;
	const struct ml_outcome *o = &ml_pipeline_model(model)->outcome;
	const struct ml_mat *out = &a->scorer.out;
	int rc = ml_predictions_append(t, a->prefix, a->proba, o, out, err);

	if (!rc && a->logs)
		rc = ml_log_probabilities_append(t, a->prefix, o, out, err);
	if (!rc && model->deviation)
		rc = ml_deviations_append(t, a->prefix, model->deviation, out, err);
	if (!rc && a->explain)
		rc = ml_explanations_append(t, a->prefix, model, out, err);
	return rc;
}

int ml_answering_whole(struct ml_answering *a, struct ml_input *in, struct ml_sink *sink,
		       struct ml_error *err)
{
	struct ml_table *t = NULL;

	if (a->prompt)
		return ml_fail(err, ML_EUSAGE, "E-USAGE", "--line-buffered needs CSV output");
	if (a->reject || a->keep_bad)
		return ml_fail(err, ML_EUSAGE, "E-USAGE",
			       "--on-error keep and --reject need CSV output");
	int rc = ml_scorer_init(&a->scorer, a->scorer.model, in, err);
	if (!rc)
		rc = ml_input_table(in, &t, err);
	if (!rc)
		ml_input_plain_numbers(in, t);
	if (!rc)
		rc = ml_scorer_rows(&a->scorer, ml_input_file(in), t, err);
	if (!rc)
		rc = ml_table_keep(t, a->keep, a->only, err);
	if (!rc)
		rc = append_all(a, t, err);
	if (!rc)
		rc = ml_pipeline_write(ml_input_pipeline(in), 0, t, sink, err);
	ml_table_free(t);
	return rc;
}

/* ---- begin and end ---- */

int ml_answering_begin(struct ml_answering *a, struct ml_pipeline *model, int threads,
		       struct ml_error *err)
{
	int rc = a->logs ? ml_pipeline_ask_logs(model, err) : ML_OK;

	model->threads = threads;
	a->scorer.model = model;
	if (!rc)
		rc = ml_deviation_init(&a->deviation, a->std, a->interval, model, err);
	if (rc || !a->explain)
		return rc;
	rc = ml_explain_init(&a->explanation, model, err);
	a->explanation.threads = threads;
	model->explain = &a->explanation;
	return rc;
}

void ml_answering_release(struct ml_answering *a)
{
	ml_scorer_release(&a->scorer);
	ml_bad_rows_release(&a->bad);
	ml_explain_release(&a->explanation);
}
