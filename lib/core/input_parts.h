/* input_parts.h - what input.c (frame, CSV) and input_stream.c (binary tables) share. */
#ifndef ML_CORE_INPUT_PARTS_H
#define ML_CORE_INPUT_PARTS_H

#include "core/input.h"
#include "data/source.h"

struct ml_input_done {
	uint64_t rows, given; /* read; not taken out by the filter */
	char hex[2 * ML_DIGEST + 1];
};

struct ml_input {
	char *const *files; /* borrowed; the next to open is files[next] */
	size_t n_files, next;
	const struct ml_input_opts *opts;
	const struct ml_run *run;
	struct ml_source *source; /* of the file being read */
	struct ml_csv *csv;
	struct ml_stream *stream;
	const char *file; /* its name: the source's, or a literal */
	bool binary, ended, values_only;
	ml_cells_filter *filter; /* or NULL */
	void *filter_arg;

	struct ml_column_set set; /* of the whole input; arrays below, owned */
	char **names;
	enum ml_kind *kind;
	enum ml_role *role;
	bool *dummy;
	enum ml_kind_ask *ask;

	struct ml_pipeline pipeline; /* of a binary table */
	struct ml_table *first;      /* its first rows, read while opening */
	/* Digests of the steps that its rows have been through, whatever becomes of the
	 * pipeline. */
	unsigned char *chain; /* n_chain times ML_DIGEST; owned */
	size_t n_chain;
	size_t repeated; /* steps met again in a later segment */
	/* Read, and not in a part yet: cells of the reader's, or rows of `rest` from rest_at
	 * on. */
	struct ml_cells left;
	struct ml_table *rest; /* owned */
	size_t rest_at;
	size_t parts;   /* tables given out */
	bool rows_seen; /* in this segment or one before */

	uint64_t rows, given; /* of the file being read */
	struct ml_input_done *done;
	size_t n_done, cap_done;
};

/* Names are known: gives the roles and kinds that the command line asks for (input_roles.c). */
int ml_input_adopt(struct ml_input *in, struct ml_error *err) ML_CHECK;
/* Gives rows the roles of the whole; their columns must be those of the first rows. */
int ml_input_adopt_rows(const struct ml_input *in, struct ml_table *t,
			struct ml_error *err) ML_CHECK;
/* Reads a binary table up to its first rows; fills set (first file) or compares it (later
 * ones). */
int ml_input_open_stream(struct ml_input *in, struct ml_error *err) ML_CHECK;
/* Next rows of this file's stream; ML_END at its end. */
int ml_input_next_rows(struct ml_input *in, struct ml_table **t, struct ml_error *err) ML_CHECK;

#endif
