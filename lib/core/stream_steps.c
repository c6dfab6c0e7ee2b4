/* stream_steps.c - batches of a CSV through saved steps. */
#include "core/stream_steps.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "core/undo.h"

/* Kinds that the steps need columns to have. */
static int ask_kinds(struct ml_step_stream *s, const struct ml_column_set *set,
		     struct ml_error *err)
{
	struct ml_levels *names = ml_levels_new(err);
	struct ml_slot *need = NULL;
	size_t n = 0;
	int32_t code;
	int rc = names ? ml_pipeline_source(s->model, 0, &need, &n, err) : err->code;

	for (size_t j = 0; !rc && j < set->n; j++)
		rc = ml_levels_add(names, set->name[j], strlen(set->name[j]), &code, err);
	for (size_t k = 0; !rc && k < n; k++) {
		code = ml_levels_find(names, need[k].name, strlen(need[k].name));
		if (code < 0)
			rc = ml_fail(err, ML_EDATA, "E-COLUMNS",
				     "%s: the steps need column '%s', which is absent",
				     ml_input_file(s->in),
				     ML_SHOW(need[k].name, strlen(need[k].name)));
		else
			s->kind[code] = need[k].kind;
	}
	ml_slots_free(need, n);
	ml_levels_free(names);
	return rc;
}

int ml_step_stream_init(struct ml_step_stream *s, struct ml_pipeline *model, bool backwards,
			struct ml_input *in, struct ml_sink *sink, char delimiter,
			struct ml_error *err)
{
	const struct ml_column_set *set = ml_input_columns(in);
	int rc = ML_OK;

	*s = (struct ml_step_stream){ .model = model, .backwards = backwards, .in = in };
	if (!(s->at = ml_alloc(set->n, sizeof *s->at, err)) ||
	    !(s->kind = ml_alloc(set->n, sizeof *s->kind, err)))
		return err->code;
	for (size_t j = 0; j < set->n; j++) {
		s->at[j] = j;
		s->kind[j] = ML_STRING;
	}
	rc = backwards ? ml_undo_kinds(model, set, s->kind, NULL, err) : ask_kinds(s, set, err);
	if (!rc && !(rc = ml_writer_init(&s->writer, sink, delimiter, err)))
		s->writer.decimal = ml_input_kind_opts(in)->decimal;
	return rc;
}

static int write_batch(struct ml_step_stream *s, struct ml_table *t, struct ml_error *err)
{
	int rc = s->backwards ? ml_pipeline_undo(s->model, t, err)
			      : ml_pipeline_apply(s->model, 0, s->model->n, t, err);

	if (rc == ML_EDATA)
		ml_table_context(err, ml_input_file(s->in), t);
	if (!rc && !s->begun)
		rc = ml_writer_header(&s->writer, t, err);
	s->begun |= !rc;
	return rc ? rc : ml_writer_rows(&s->writer, t, err);
}

int ml_step_stream_run(struct ml_step_stream *s, struct ml_error *err)
{
	const struct ml_column_set *set = ml_input_columns(s->in);
	struct ml_table t = { 0 };
	struct ml_cells cells = { .cols = set->n };
	int rc = ML_OK;

	while (!(rc = ml_input_cells(s->in, &cells, err))) {
		rc = ml_table_from_cells(&t, &cells, set->name, s->at, s->kind, set->n,
					 ml_input_kind_opts(s->in), ml_input_file(s->in), NULL,
					 NULL, err);
		if (!rc)
			rc = write_batch(s, &t, err);
		if (rc)
			break;
	}
	/* No rows at all: the header is told all the same. */
	if (rc == ML_END && !s->begun) {
		cells = (struct ml_cells){ .cols = set->n };
		rc = ml_table_from_cells(&t, &cells, set->name, s->at, s->kind, set->n,
					 ml_input_kind_opts(s->in), ml_input_file(s->in), NULL,
					 NULL, err);
		rc = rc ? rc : write_batch(s, &t, err);
	}
	ml_table_release(&t);
	return rc == ML_END ? ml_input_finish(s->in, NULL, err) : rc;
}

void ml_step_stream_release(struct ml_step_stream *s)
{
	ml_writer_release(&s->writer);
	free(s->at);
	free(s->kind);
	*s = (struct ml_step_stream){ 0 };
}
