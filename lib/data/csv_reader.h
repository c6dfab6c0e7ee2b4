/* csv_reader.h - the inside of a reader of CSV, shared by csv.c and csv_rows.c only. */
#ifndef ML_DATA_CSV_READER_H
#define ML_DATA_CSV_READER_H

#include <csv.h>

#include "data/csv.h"
#include "data/csv_guess.h"
#include "data/csv_scan.h"
#include "data/table.h"

enum {
	ML_CSV_BATCH_ROWS = 4096,
	ML_CSV_BATCH_BYTES = 1 << 20,
};

struct ml_csv {
	struct ml_source *source;
	struct ml_csv_opts opts;
	char file[128]; /* begins messages; shown safe */
	struct ml_csv_scan scan;
	struct csv_parser parser;
	struct ml_levels *names;
	size_t cols; /* 0: the header is not read yet */
	char *text;  /* [0..have) were read; one byte more is always free */
	size_t have, cap;
	size_t start; /* the first record that is in no batch yet */
	bool end;     /* the source is at its end */
	uint64_t *line;
	size_t *record;       /* as in struct ml_cells */
	size_t rows;          /* of the batch */
	struct ml_cell *cell; /* rows x cols, and room for `cells` */
	size_t cells;
	uint64_t blank_lines, blank_line; /* seen, with no other record behind yet */
	struct ml_csv_guess guess;
	struct ml_csv_notes notes;
	int ended;           /* what comes behind this batch: ML_END or an error, */
	struct ml_error why; /* this one */
};

/* Makes sure that `bytes` bytes lie in the text, unless the input is shorter. */
int ml_csv_fill(struct ml_csv *c, size_t bytes, struct ml_error *err) ML_CHECK;
/* Finds the record at c->start, reading on as needed; *used as in ml_csv_scan; ML_END when
 * there is none. */
int ml_csv_find(struct ml_csv *c, size_t *used, struct ml_error *err) ML_CHECK;
/* Fields of that record to cell[0..room), before ml_csv_take moves on. */
int ml_csv_split(struct ml_csv *c, size_t used, struct ml_cell *cell, size_t room,
		 size_t *fields, struct ml_error *err) ML_CHECK;
void ml_csv_take(struct ml_csv *c, size_t used);
/* The rows of the next batch; what ended it early is returned. */
int ml_csv_gather(struct ml_csv *c, struct ml_error *err) ML_CHECK;

#endif
