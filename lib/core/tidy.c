/* tidy.c - rows in, fewer rows out, and where the others went. */
#include "core/tidy.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "data/longnum.h"

static const struct ml_texts all_columns;

int ml_tidy_init(struct ml_tidy *d, const struct ml_rules_spec *spec, const struct ml_input *in,
		 const char *reject, struct ml_sink *sink, char delimiter, struct ml_error *err)
{
	const struct ml_column_set *set = ml_input_columns(in);

	*d = (struct ml_tidy){ .rejecting = reject,
			       .plain = ml_plain_usable(ml_input_kind_opts(in)) };
	int rc = ml_rules_init(&d->rules, spec, set, ml_input_kind_opts(in), err);
	if (!rc)
		rc = ml_echo_init(&d->echo, set, &all_columns, false, sink, delimiter, err);
	if (!rc && reject)
		rc = ml_echo_rejects(&d->echo, in, reject, err);
	if (!rc && !(d->seen = ml_alloc(set->n, sizeof *d->seen, err)))
		rc = err->code;
	return rc;
}

/* What becomes of a row that broke a rule. */
static int put_out(struct ml_tidy *d, enum ml_verdict verdict, const char *file, uint64_t line,
		   size_t i, const struct ml_error *why, struct ml_error *err)
{
	if (verdict == ML_RULE_WRONG && !d->rejecting)
		return ml_fail(err, ML_EDATA, why->tag, "%s:%" PRIu64 ": %s", file, line,
			       why->msg);
	d->dropped += verdict == ML_RULE_DROP;
	d->wrong += verdict == ML_RULE_WRONG;
	return d->rejecting ? ml_echo_reject(&d->echo, i, why->msg, err) : ML_OK;
}

int ml_tidy_cells(void *arg, const char *file, struct ml_cells *cells, struct ml_error *err)
{
	struct ml_tidy *d = arg;
	size_t kept = 0, cols = cells->cols;
	struct ml_error why = { 0 };

	if (!d->rules.n)
		return ML_OK;
	ml_echo_cells(&d->echo, cells);
	for (size_t i = 0; i < cells->rows; i++) {
		struct ml_cell *row = cells->cell + i * cols;
		enum ml_verdict verdict = ml_rules_cells(&d->rules, row, &why);
		if (verdict) {
			if (put_out(d, verdict, file, cells->line[i], i, &why, err))
				return err->code;
			continue;
		}
		if (kept != i)
			memcpy(cells->cell + kept * cols, row, cols * sizeof *row);
		if (cells->record)
			cells->record[kept] = cells->record[i];
		cells->line[kept++] = cells->line[i];
	}
	cells->rows = kept;
	return ML_OK;
}

int ml_tidy_table(struct ml_tidy *d, const char *file, const struct ml_table *t, bool *keep,
		  struct ml_error *err)
{
	struct ml_error why = { 0 };

	ml_echo_table(&d->echo, t, NULL);
	for (size_t i = 0; i < t->rows; i++) {
		enum ml_verdict verdict = ml_rules_row(&d->rules, t, i, &why);
		keep[i] = keep[i] && !verdict;
		if (verdict &&
		    put_out(d, verdict, file, t->line ? t->line[i] : i + 1, i, &why, err))
			return err->code;
	}
	return ML_OK;
}

int ml_tidy_reject(struct ml_tidy *d, const struct ml_table *t, size_t i, const char *why,
		   struct ml_error *err)
{
	if (!d->rejecting)
		return ML_OK;
	ml_echo_table(&d->echo, t, NULL);
	return ml_echo_reject(&d->echo, i, why, err);
}

/* What the cells of column j are, for the warnings at the end. */
static void see_column(struct ml_tidy *d, size_t j, const struct ml_kind_opts *kinds,
		       const struct ml_cells *cells, size_t from, size_t to)
{
	const struct ml_cell *cell = cells->cell + from * cells->cols + j;
	struct ml_kind_seen *seen = &d->seen[j];
	uint32_t left = UINT32_MAX;
	struct ml_number number;
	double unused[ML_PLAIN_RUN];

	/* In a column of text runs of numbers are not worth looking for. */
	if (d->plain && seen->texts <= seen->numbers) {
		left = ml_numbers_run(cell, cells->cols, to - from, unused);
		ml_kind_see_numbers(seen, to - from - (size_t)__builtin_popcount(left));
	}
	for (size_t i = from; left && i < to; i++, left >>= 1, cell += cells->cols)
		if (left & 1)
			(void)ml_kind_see(seen, kinds, cell->text, cell->len,
					  ml_place_of(cells, i), &number);
}

static int stream_batch(struct ml_tidy *d, const struct ml_kind_opts *kinds,
			const struct ml_cells *cells, struct ml_error *err)
{
	for (size_t from = 0; from < cells->rows; from += ML_PLAIN_RUN) {
		size_t to =
			cells->rows - from < ML_PLAIN_RUN ? cells->rows : from + ML_PLAIN_RUN;
		for (size_t j = 0; j < cells->cols; j++)
			see_column(d, j, kinds, cells, from, to);
	}
	ml_echo_cells(&d->echo, cells);
	for (size_t i = 0; i < cells->rows; i++) {
		ml_echo_row(&d->echo, i);
		if (ml_writer_end(&d->echo.writer, err))
			return err->code;
	}
	d->kept_rows += cells->rows;
	return d->prompt ? ml_sink_flush(d->echo.writer.sink, err) : ML_OK;
}

int ml_tidy_stream(struct ml_tidy *d, struct ml_input *in, const struct ml_run *run,
		   struct ml_error *err)
{
	const struct ml_column_set *set = ml_input_columns(in);
	struct ml_cells cells;
	int kind;

	char *file = ml_strdup(ml_input_file(in), err);
	int rc = file ? ml_echo_header(&d->echo, err) : err->code;
	if (!rc && d->prompt)
		rc = ml_sink_flush(d->echo.writer.sink, err);
	ml_input_filter(in, ml_tidy_cells, d);
	while (!rc)
		if (!(rc = ml_input_cells(in, &cells, err)))
			rc = stream_batch(d, ml_input_kind_opts(in), &cells, err);
	rc = rc == ML_END ? ML_OK : rc;
	for (size_t j = 0; !rc && j < set->n; j++)
		rc = ml_kind_decide(&d->seen[j], ml_input_asked(in, j), file, set->name[j], run,
				    &kind, err);
	free(file);
	return rc;
}

int ml_tidy_finish(struct ml_tidy *d, struct ml_error *err)
{
	return ml_echo_finish(&d->echo, err);
}

void ml_tidy_release(struct ml_tidy *d)
{
	ml_rules_release(&d->rules);
	ml_echo_release(&d->echo);
	free(d->seen);
	*d = (struct ml_tidy){ 0 };
}
