/* ml-predict.c - append a model's predictions to a table.
 *
 *     ml-predict -P -m churn.mls test.csv >predicted.csv
 *
 * One row in gives one row out, in order; a CSV streams through in bounded memory and its cells
 * leave as they came.  The work on a batch is lib/core/scorer. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "cli.h"
#include "core/deviation.h"
#include "core/echo.h"
#include "core/explain.h"
#include "core/predict.h"
#include "core/predictions.h"
#include "core/scorer.h"
#include "flow.h"

struct predict_args {
	bool proba, logs, only, explain, std;
	double interval;
	struct ml_texts keep;
	const char *prefix, *reject;
	int on_error;
};

enum { STOP, KEEP };
static const char *const on_error[] = { "stop", "keep", NULL };

static const struct ml_opt opts[] = {
	{ .name = "probability",
	  .letter = 'P',
	  .alias = "proba",
	  .type = ML_BOOL,
	  .def = "no",
	  .offset = ML_FIELD(struct predict_args, proba, bool),
	  .help = "append the probability of each class as prob:CLASS; of each cluster the "
		  "membership as prob:CLUSTER, or the distance as dist:CLUSTER" },
	{ .name = "log-probability",
	  .alias = "log-proba",
	  .type = ML_BOOL,
	  .def = "no",
	  .offset = ML_FIELD(struct predict_args, logs, bool),
	  .help = "append its natural logarithm as logprob:CLASS, however small it is" },
	{ .name = "std",
	  .type = ML_BOOL,
	  .def = "no",
	  .offset = ML_FIELD(struct predict_args, std, bool),
	  .help = "append the standard deviation of a new observation about a predicted number "
		  "as std, where the estimator tells it" },
	{ .name = "interval",
	  .type = ML_REAL,
	  .def = "0",
	  .lo = 0,
	  .hi = 0.999999999,
	  .arg = "SHARE",
	  .offset = ML_FIELD(struct predict_args, interval, double),
	  .help = "append the ends of the interval that holds this share of new observations, "
		  "as low and high (0: none)" },
	{ .name = "explain",
	  .type = ML_BOOL,
	  .def = "no",
	  .offset = ML_FIELD(struct predict_args, explain, bool),
	  .help = "append what each column adds to the prediction as shap:COLUMN, and what "
		  "they "
		  "start from as shap_base" },
	{ .name = "only",
	  .type = ML_BOOL,
	  .def = "no",
	  .offset = ML_FIELD(struct predict_args, only, bool),
	  .help = "write the predictions alone, without the columns of the table" },
	{ .name = "keep",
	  .type = ML_TEXTS,
	  .arg = "COLUMNS",
	  .offset = ML_FIELD(struct predict_args, keep, struct ml_texts),
	  .help = "of the table's columns, write these alone" },
	{ .name = "prefix",
	  .type = ML_TEXT,
	  .def = "",
	  .arg = "NAME",
	  .offset = ML_FIELD(struct predict_args, prefix, const char *),
	  .help = "put NAME before the names of the columns that are appended" },
	{ .name = "on-error",
	  .type = ML_PICK,
	  .def = "stop",
	  .picks = on_error,
	  .arg = "WHAT",
	  .offset = ML_FIELD(struct predict_args, on_error, int),
	  .help = "at a row that cannot be predicted stop, or keep it with an empty prediction "
		  "and "
		  "the reason in pred_error (exit status 65 at the end)" },
	{ .name = "reject",
	  .type = ML_TEXT,
	  .arg = "FILE",
	  .neutral = true,
	  .offset = ML_FIELD(struct predict_args, reject, const char *),
	  .help = "write rows that cannot be predicted to FILE, with their line and the "
		  "reason, "
		  "instead of stopping" },
	ML_OPT_END
};

/* Names of the appended columns, in order: pred, score or prob:... or std, low, high, shap...,
 * pred_error. */
static int name_columns(struct ml_echo *e, const struct predict_args *a,
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
	if (!rc && a->on_error == KEEP && !a->reject)
		rc = ml_echo_append(e, a->prefix, "pred_error", "", err);
	return rc;
}

/* The appended fields of row i. */
static void write_prediction(struct ml_writer *w, const struct predict_args *a,
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
	if (s->bad && a->on_error == KEEP && !a->reject)
		ml_writer_field(w, why, strlen(why));
}

/* With --line-buffered nothing waits in our buffer while the next row is waited for. */
static int hand_out(struct ml_cli *cli, struct ml_error *err)
{
	return cli->input.csv.prompt ? ml_sink_flush(cli->out, err) : ML_OK;
}

static int write_rows(struct ml_cli *cli, struct ml_echo *e, struct ml_scorer *s, size_t rows,
		      struct ml_error *err)
{
	const struct predict_args *a = cli->args;
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
	return rc ? rc : hand_out(cli, err);
}

/* Batch by batch, from CSV or binary, to CSV. */
static int stream(struct ml_cli *cli, struct ml_input *in, struct ml_scorer *s,
		  struct ml_error *err)
{
	const struct predict_args *a = cli->args;
	struct ml_echo e;
	struct ml_cells cells;
	struct ml_table *rows = NULL;

	int rc = ml_echo_init(&e, ml_input_columns(in), &a->keep, a->only, cli->out,
			      cli->to_delimiter, err);
	/* Predictions are written as the cells beside them are. */
	if (!rc && !ml_input_is_binary(in))
		e.writer.decimal = cli->input.kinds.decimal;
	if (!rc)
		rc = name_columns(&e, a, s->model, err);
	if (!rc && a->reject)
		rc = ml_echo_rejects(&e, in, a->reject, err);
	cli->out_is_csv = !rc;
	if (!rc)
		rc = ml_echo_header(&e, err);
	if (!rc)
		rc = hand_out(cli, err);
	while (!rc) {
		size_t n;
		if (ml_input_is_binary(in)) {
			if ((rc = ml_input_rows(in, &rows, err)))
				break;
			n = rows->rows;
			rc = ml_scorer_rows(s, ml_input_file(in), rows, err);
			ml_echo_table(&e, rows, ml_input_file(in));
		} else {
			if ((rc = ml_input_cells(in, &cells, err)))
				break;
			n = cells.rows;
			rc = ml_scorer_cells(s, in, &cells, err);
			ml_echo_cells(&e, &cells);
		}
		if (!rc)
			rc = write_rows(cli, &e, s, n, err);
		ml_table_free(rows);
		rows = NULL;
	}
	if (rc == ML_END)
		rc = ml_echo_finish(&e, err);
	ml_echo_release(&e);
	return rc;
}

/* ---- binary out: the whole table ---- */

static int whole(struct ml_cli *cli, struct ml_input *in, struct ml_scorer *s,
		 struct ml_error *err)
{
	const struct predict_args *a = cli->args;
	struct ml_table *t = NULL;

	if (cli->input.csv.prompt)
		return ml_fail(err, ML_EUSAGE, "E-USAGE", "--line-buffered needs CSV output");
	if (a->reject || a->on_error == KEEP)
		return ml_fail(err, ML_EUSAGE, "E-USAGE",
			       "--on-error keep and --reject need CSV output");
	int rc = ml_input_table(in, &t, err);
	if (!rc)
		ml_input_plain_numbers(in, t);
	if (!rc)
		rc = ml_scorer_rows(s, ml_input_file(in), t, err);
	if (!rc)
		rc = ml_table_keep(t, &a->keep, a->only, err);
	if (!rc)
		rc = ml_predictions_append(t, a->prefix, a->proba,
					   &ml_pipeline_model(s->model)->outcome, &s->out, err);
	if (!rc && a->logs)
		rc = ml_log_probabilities_append(
			t, a->prefix, &ml_pipeline_model(s->model)->outcome, &s->out, err);
	if (!rc && s->model->deviation)
		rc = ml_deviations_append(t, a->prefix, s->model->deviation, &s->out, err);
	if (!rc && a->explain)
		rc = ml_explanations_append(t, a->prefix, s->model, &s->out, err);
	if (!rc)
		rc = ml_pipeline_write(ml_input_pipeline(in), 0, t, cli->out, err);
	ml_table_free(t);
	return rc;
}

static int run(struct ml_cli *cli, struct ml_error *err)
{
	const struct predict_args *a = cli->args;
	struct ml_pipeline model = { .find_model = ml_model_find, .record = cli->record };
	struct ml_input *in = NULL;
	struct ml_scorer s = { 0 };
	struct ml_bad_rows bad = { 0 };
	struct ml_explain explain = { 0 };
	struct ml_deviation deviation;

	if (!cli->models.n)
		return ml_fail(err, ML_EUSAGE, "E-USAGE", "no model: name it with -m FILE");
	if (ml_flow_apart(cli, "--reject", a->reject, err))
		return err->code;
	cli->input.roles_optional = true;
	int rc = ml_pipeline_read(&model, cli->models.v, cli->models.n, err);
	model.threads = cli->run.threads;
	if (!rc && a->logs)
		rc = ml_pipeline_ask_logs(&model, err);
	if (!rc)
		rc = ml_deviation_init(&deviation, a->std, a->interval, &model, err);
	if (!rc && a->explain) {
		rc = ml_explain_init(&explain, &model, err);
		explain.threads = cli->run.threads;
		model.explain = &explain;
	}
	if (!rc)
		rc = ml_input_open(&in, cli->operands, cli->n_operands, &cli->input, &cli->run,
				   err);
	if (!rc)
		rc = ml_scorer_init(&s, &model, in, err);
	s.bad = a->reject || a->on_error == KEEP ? &bad : NULL;
	if (!rc)
		rc = cli->binary ? whole(cli, in, &s, err) : stream(cli, in, &s, err);
	if (!rc)
		rc = ml_input_finish(in, NULL, err);
	if (!rc) {
		ml_scorer_warn(&s, &cli->run);
		ml_put_size(&cli->journal.more, "rows", s.rows);
		ml_note(cli, "%llu rows predicted", (unsigned long long)s.rows);
		if (bad.count && a->reject)
			ml_warn(cli, "W-REJECTED",
				"%llu of %llu rows could not be predicted and are in %s",
				(unsigned long long)bad.count, (unsigned long long)s.rows,
				a->reject);
		else if (bad.count) /* told, but the output is whole */
			cli->verdict = ml_fail(err, ML_EDATA, "E-TYPE",
					       "%llu of %llu rows could not be predicted",
					       (unsigned long long)bad.count,
					       (unsigned long long)s.rows);
	}
	ml_scorer_release(&s);
	ml_bad_rows_release(&bad);
	ml_input_free(in);
	ml_explain_release(&explain);
	ml_pipeline_release(&model);
	return rc;
}

static const char *const usage[] = { "-m MODEL [options] [FILE...]", NULL };
static const char *const examples[] = {
	"ml-predict -P -m churn.mls test.csv | ml-eval -y churn",
	"ml-predict -m clean.mls -m fit.mls --only new.csv", NULL
};

static const struct ml_tool tool = {
	.name = "ml-predict",
	.summary = "append a model's predictions to a table",
	.usage = usage,
	.examples = examples,
	.opts = opts,
	.args_size = sizeof(struct predict_args),
	.flags = ML_READS_TABLE | ML_WRITES_TABLE | ML_STREAMS_ROWS | ML_USES_MODEL,
	.run = run,
};

int main(int argc, char **argv)
{
	return ml_tool_main(&tool, argc, argv);
}
