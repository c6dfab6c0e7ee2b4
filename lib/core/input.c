/* input.c - operands as one table: opening, roles, kinds asked for, the end. */
#include "core/input.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "core/input_parts.h"

/* ---- CSV files ---- */

static int same_header(const struct ml_input *in, struct ml_error *err)
{
	size_t n = ml_csv_cols(in->csv);
	const char *const *names = ml_csv_names(in->csv);

	for (size_t j = 0; j < n && j < in->set.n; j++)
		if (strcmp(names[j], in->set.name[j]))
			return ml_fail(err, ML_EDATA, "E-COLUMNS",
				       "%s: column %zu is '%s', in the first file it is '%s'",
				       in->file, j + 1, ML_SHOW(names[j], strlen(names[j])),
				       ML_SHOW(in->set.name[j], strlen(in->set.name[j])));
	if (n != in->set.n)
		return ml_fail(err, ML_EDATA, "E-COLUMNS",
			       "%s: %zu columns, in the first file there are %zu", in->file, n,
			       in->set.n);
	return ML_OK;
}

static int adopt_names(struct ml_input *in, struct ml_error *err)
{
	size_t n = ml_csv_cols(in->csv);
	const char *const *names = ml_csv_names(in->csv);

	if (!(in->names = ml_alloc(n, sizeof *in->names, err)))
		return err->code;
	in->set.name = (const char *const *)in->names;
	for (size_t j = 0; j < n; j++, in->set.n++)
		if (!(in->names[j] = ml_strdup(names[j], err)))
			return err->code;
	return ml_input_adopt(in, err);
}

static void warn_notes(const struct ml_input *in)
{
	const struct ml_csv_notes *n = ml_csv_notes(in->csv);
	const struct ml_run *run = in->run;

	if (!run->warn)
		return;
	if (n->mixed_eol)
		run->warn(run->user, "W-EOL", SIZE_MAX, "%s: lines end in CRLF and in LF",
			  in->file);
	if (n->blank_lines)
		run->warn(run->user, "W-BLANK", SIZE_MAX,
			  "%s:%" PRIu64 ": %" PRIu64 " blank lines at the end are ignored",
			  in->file, n->blank_line, n->blank_lines);
	if (n->numeric_header)
		run->warn(
			run->user, "W-HEADER", SIZE_MAX,
			"%s: every column name is a number; is there no header (--no-header)?",
			in->file);
	if (n->other_delimiter)
		run->warn(run->user, "W-DELIM", SIZE_MAX,
			  n->other_delimiter == '\t'
				  ? "%s: one column, with a tab in every row; use -d tab?"
				  : "%s: one column, with '%c' in every row; use -d '%c'?",
			  in->file, n->other_delimiter, n->other_delimiter);
}

/* Digest and rows of a file that was read to its end. */
static int note_file(struct ml_input *in, struct ml_error *err)
{
	if (ML_GROW(in->done, in->cap_done, in->n_done + 1, err))
		return err->code;
	struct ml_input_done *d = &in->done[in->n_done++];
	d->rows = in->rows;
	d->given = in->given;
	d->hex[0] = '\0';
	in->rows = in->given = 0;
	if (in->opts->undigested)
		return ML_OK;
	ml_source_digest(in->source, d->hex);
	return ml_journal_file(in->opts->record, ML_RUN_INPUT,
			       strcmp(in->file, "stdin") ? in->file : NULL, d->rows, d->hex,
			       NULL, err);
}

static void close_file(struct ml_input *in)
{
	ml_csv_free(in->csv);
	ml_stream_free(in->stream);
	ml_source_free(in->source);
	in->csv = NULL;
	in->stream = NULL;
	in->source = NULL;
}

static int open_file(struct ml_input *in, struct ml_error *err)
{
	const char *path = in->n_files ? in->files[in->next] : NULL;
	bool binary;

	in->next++;
	if (ml_source_open(&in->source, path, !in->opts->undigested, err))
		return err->code;
	/* Not the source's own copy: messages name the file when it is closed, too. */
	in->file = !path || !strcmp(path, "-") ? "stdin" : path;
	if (in->opts->csv.prompt)
		ml_source_prompt(in->source);
	else if (in->run->threads > 1)
		ml_source_read_ahead(in->source);
	if (ml_source_is_stream(in->source, &binary, err))
		return err->code;
	if (in->next > 1 && binary != in->binary)
		return ml_fail(err, ML_EDATA, "E-FORMAT", "%s: %s, the first file is %s",
			       in->file, binary ? "a binary table" : "text",
			       in->binary ? "binary" : "text");
	in->binary = binary;
	if (binary)
		return ml_input_open_stream(in, err);
	if (ml_csv_open(&in->csv, in->source, &in->opts->csv, err))
		return err->code;
	return in->next > 1 ? same_header(in, err) : adopt_names(in, err);
}

int ml_input_open(struct ml_input **out, char *const *files, size_t n,
		  const struct ml_input_opts *opts, const struct ml_run *run,
		  struct ml_error *err)
{
	struct ml_input *in = ml_alloc(1, sizeof *in, err);

	*out = in;
	if (!in)
		return err->code;
	*in = (struct ml_input){ .files = files, .n_files = n, .opts = opts, .run = run };
	in->pipeline.keep_records = true;
	int rc = open_file(in, err);
	if (!rc && in->binary)
		rc = ml_input_adopt(in, err);
	return rc;
}

/* End of a file: what was noticed, then the next one; ML_END behind the last. */
static int next_file(struct ml_input *in, struct ml_error *err)
{
	if (in->csv)
		warn_notes(in);
	int rc = note_file(in, err);
	close_file(in);
	if (rc)
		return rc;
	if (in->next >= in->n_files) {
		in->ended = true;
		return ML_END;
	}
	return open_file(in, err);
}

/* ---- batches ---- */

int ml_input_cells(struct ml_input *in, struct ml_cells *cells, struct ml_error *err)
{
	while (!in->ended) {
		int rc = ml_csv_next(in->csv, cells, err);
		if (!rc) {
			in->rows += cells->rows;
			cells->file = in->file;
			if (in->filter)
				rc = in->filter(in->filter_arg, in->file, cells, err);
			in->given += cells->rows;
			if (!rc && !cells->rows)
				continue;
		}
		if (rc != ML_END)
			return rc;
		if ((rc = next_file(in, err)))
			return rc;
	}
	return ML_END;
}

int ml_input_rows(struct ml_input *in, struct ml_table **t, struct ml_error *err)
{
	while (!in->ended) {
		int rc = ml_input_next_rows(in, t, err);
		if (!rc) {
			in->rows += (*t)->rows;
			in->given += (*t)->rows;
			if ((rc = ml_input_adopt_rows(in, *t, err))) {
				ml_table_free(*t);
				*t = NULL;
			}
		}
		if (rc != ML_END)
			return rc;
		if ((rc = next_file(in, err)))
			return rc;
	}
	return ML_END;
}

int ml_input_finish(struct ml_input *in, struct ml_fields *lineage, struct ml_error *err)
{
	struct ml_table *rows = NULL;
	struct ml_cells cells;
	int rc = ML_OK;

	while (!rc && !in->ended) {
		rc = in->binary ? ml_input_rows(in, &rows, err)
				: ml_input_cells(in, &cells, err);
		ml_table_free(rows);
		rows = NULL;
	}
	if (rc && rc != ML_END)
		return rc;
	for (size_t i = 0; lineage && i < in->n_done; i++) {
		char name[32];
		snprintf(name, sizeof name, "input-%zu", i + 1);
		struct ml_fields *map = ml_put_map(lineage, name);
		if (!map)
			break;
		ml_put_size(map, "rows", in->done[i].rows);
		if (in->done[i].hex[0])
			ml_put_text(map, "sha256", in->done[i].hex);
	}
	return lineage ? ml_fields_check(lineage, err) : ML_OK;
}

void ml_input_values_only(struct ml_input *in)
{
	in->values_only = true;
}

const struct ml_kind_opts *ml_input_kind_opts(const struct ml_input *in)
{
	return &in->opts->kinds;
}

void ml_input_filter(struct ml_input *in, ml_cells_filter *filter, void *arg)
{
	in->filter = filter;
	in->filter_arg = arg;
}

bool ml_input_is_binary(const struct ml_input *in)
{
	return in->binary;
}

const struct ml_column_set *ml_input_columns(const struct ml_input *in)
{
	return &in->set;
}

struct ml_pipeline *ml_input_pipeline(struct ml_input *in)
{
	return &in->pipeline;
}

const char *ml_input_file(const struct ml_input *in)
{
	return in->file ? in->file : "stdin";
}

bool ml_input_several(const struct ml_input *in)
{
	return in->n_files > 1;
}

const char *ml_input_file_of(const struct ml_input *in, const struct ml_table *t, size_t i)
{
	uint64_t all = 0, before = 0;

	for (size_t k = 0; in->parts == 1 && k < in->n_done; k++)
		all += in->done[k].given;
	for (size_t k = 0; all == t->rows && k < in->n_done; k++) {
		before += in->done[k].given;
		if (i < before)
			return strcmp(in->files[k], "-") ? in->files[k] : "stdin";
	}
	return NULL;
}

int ml_input_blame(const struct ml_input *in, const struct ml_table *t, struct ml_error *err)
{
	const char *file = in->n_files > 1 && err->row ? ml_input_file_of(in, t, err->row - 1)
						       : ml_input_file(in);

	if (err->row && !t->line)
		ml_context(err, "row %zu", err->row);
	return ml_table_context(err, file, t);
}

void ml_input_free(struct ml_input *in)
{
	if (!in)
		return;
	close_file(in);
	ml_pipeline_release(&in->pipeline);
	ml_table_free(in->first);
	ml_table_free(in->rest);
	ml_texts_free(in->names, in->names ? in->set.n : 0);
	free(in->kind);
	free(in->dummy);
	free(in->role);
	free(in->ask);
	free(in->done);
	free(in->chain);
	free(in);
}
