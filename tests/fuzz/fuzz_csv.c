/* fuzz_csv.c - CSV: the verdict, the words, the cells and the table are the same however the
 * bytes arrive; what is written reads back.
 *
 * Input: a byte that chooses options and kinds asked for, one for the size of reads, then the
 * text. */
#include "tables.h"

#include <stdarg.h>

#include "data/build.h"
#include "data/csv.h"
#include "data/writer.h"

/* What is asked of the columns in turn. */
static const enum ml_kind_ask asks[4][2] = {
	{ ML_ASK_ANY, ML_ASK_ANY },
	{ ML_ASK_NUMBER, ML_ASK_NUMBER },
	{ ML_ASK_CATEGORY, ML_ASK_ANY },
	{ ML_ASK_STRING, ML_ASK_NUMBER },
};

struct reading {
	struct ml_csv_opts csv;
	struct ml_kind_opts kinds;
	unsigned asked; /* index into asks */
};

struct verdict {
	int rc;
	struct ml_error err;
	struct ml_buf told; /* names, cells with lines, notes, warnings */
	struct ml_table *table;
};

static void hear(void *user, const char *tag, size_t column, const char *fmt, ...)
	ML_PRINTF(4, 5);
static void hear(void *user, const char *tag, size_t column, const char *fmt, ...)
{
	char words[600];
	va_list ap;

	(void)column;
	va_start(ap, fmt);
	vsnprintf(words, sizeof words, fmt, ap);
	va_end(ap);
	ml_buf_printf(user, "%s %s\n", tag, words);
}

static void tell_cells(struct ml_buf *out, const struct ml_cells *cells)
{
	for (size_t i = 0; i < cells->rows; i++) {
		ml_buf_printf(out, "%llu", (unsigned long long)cells->line[i]);
		for (size_t j = 0; j < cells->cols; j++) {
			const struct ml_cell *c = &cells->cell[i * cells->cols + j];
			MUST(strlen(c->text) == c->len);
			ml_buf_printf(out, " %zu:", c->len);
			ml_buf_put(out, c->text, c->len);
		}
		ml_buf_byte(out, '\n');
	}
}

/* The batch as a table of its own has the values that its rows have in the whole. */
static void check_batches(const struct verdict *v, const uint8_t *bytes, size_t n,
			  const struct reading *r)
{
	struct feed f = { bytes, n, 7, 1 };
	struct ml_error err;
	struct ml_source *s = NULL;
	struct ml_csv *c = NULL;
	struct ml_cells cells;
	struct ml_table batch = { 0 };
	const struct ml_table *t = v->table;
	size_t *from = ml_alloc(t->ncol, sizeof *from, &err), row = 0;
	enum ml_kind *kind = ml_alloc(t->ncol, sizeof *kind, &err);

	for (size_t j = 0; j < t->ncol; j++) {
		from[j] = j;
		kind[j] = t->col[j].kind;
	}
	MUST(!ml_source_open_fn(&s, "t.csv", feed_read, &f, false, &err));
	MUST(!ml_csv_open(&c, s, &r->csv, &err));
	while (!ml_csv_next(c, &cells, &err)) {
		MUST(!ml_table_from_cells(&batch, &cells, ml_csv_names(c), from, kind, t->ncol,
					  &r->kinds, "t.csv", NULL, NULL, &err));
		for (size_t j = 0; j < t->ncol; j++)
			for (size_t i = 0; i < batch.rows; i++) {
				const struct ml_column *a = &batch.col[j], *b = &t->col[j];
				MUST(ml_missing(a, i) == ml_missing(b, row + i));
				if (a->kind == ML_NUMBER)
					MUST(same_number(a->num[i], b->num[row + i]));
				else if (!ml_missing(a, i))
					MUST(!strcmp(text_at(a, i), text_at(b, row + i)));
			}
		row += batch.rows;
	}
	MUST(row == t->rows);
	ml_table_release(&batch);
	ml_csv_free(c);
	ml_source_free(s);
	free(from);
	free(kind);
}

static void judge(struct verdict *v, const uint8_t *bytes, size_t n, unsigned cut,
		  const struct reading *r)
{
	struct feed f = { bytes, n, cut, (uint32_t)n };
	struct ml_source *s = NULL;
	struct ml_csv *c = NULL;
	struct ml_builder b = { 0 };
	struct ml_cells cells;
	struct ml_run run = { .threads = 1, .user = &v->told, .warn = hear };

	*v = (struct verdict){ 0 };
	v->rc = ml_source_open_fn(&s, "t.csv", feed_read, &f, false, &v->err);
	if (!v->rc)
		v->rc = ml_csv_open(&c, s, &r->csv, &v->err);
	for (size_t j = 0; !v->rc && j < ml_csv_cols(c); j++)
		ml_buf_printf(&v->told, "[%s]", ml_csv_names(c)[j]);
	enum ml_kind_ask *ask = ml_alloc(v->rc ? 0 : ml_csv_cols(c), sizeof *ask, &v->err);
	for (size_t j = 0; !v->rc && j < ml_csv_cols(c); j++)
		ask[j] = asks[r->asked][j % 2];
	if (!v->rc)
		v->rc = ml_builder_init(&b, ml_csv_names(c), ml_csv_cols(c),
					r->asked ? ask : NULL, &r->kinds, &v->err);
	while (!v->rc && !(v->rc = ml_csv_next(c, &cells, &v->err))) {
		tell_cells(&v->told, &cells);
		v->rc = ml_builder_add(&b, &cells, &v->err);
	}
	if (v->rc == ML_END) {
		const struct ml_csv_notes *note = ml_csv_notes(c);
		ml_buf_printf(&v->told, "eol %d blank %llu at %llu numbers %d other %d\n",
			      note->mixed_eol, (unsigned long long)note->blank_lines,
			      (unsigned long long)note->blank_line, note->numeric_header,
			      note->other_delimiter);
		v->rc = ml_builder_finish(&b, "t.csv", &run, &v->table, &v->err);
	}
	if (v->rc)
		must_tell(v->rc, &v->err);
	ml_builder_release(&b);
	free(ask);
	ml_csv_free(c);
	ml_source_free(s);
}

static void verdict_release(struct verdict *v)
{
	ml_buf_release(&v->told);
	ml_table_free(v->table);
}

static void must_agree(const struct verdict *a, const struct verdict *b)
{
	MUST(a->rc == b->rc);
	MUST(a->told.n == b->told.n &&
	     (!a->told.n || !memcmp(a->told.v, b->told.v, a->told.n)));
	MUST(!a->rc || (!strcmp(a->err.msg, b->err.msg) && !strcmp(a->err.tag, b->err.tag)));
	if (!a->rc)
		must_be_same_table(a->table, b->table);
}

static void write_table(const struct ml_table *t, char delimiter, struct ml_buf *out)
{
	struct memory m;
	struct ml_writer w;
	struct ml_error err;

	memory_open(&m);
	MUST(!ml_writer_init(&w, m.sink, delimiter, &err));
	MUST(!ml_writer_header(&w, t, &err));
	MUST(!ml_writer_rows(&w, t, &err));
	ml_writer_release(&w);
	memory_close(&m, true, out);
}

static void write_back(const struct verdict *v, const struct reading *r)
{
	struct reading plain = *r;
	struct ml_buf out = { 0 }, again = { 0 };
	struct verdict back;

	plain.csv = (struct ml_csv_opts){ .delimiter = r->csv.delimiter };
	write_table(v->table, r->csv.delimiter, &out);
	judge(&back, out.v, out.n, 0, &plain);
	if (back.rc)
		fprintf(stderr, "written: %s\n", back.err.msg);
	MUST(!back.rc);
	must_be_same_table(v->table, back.table);
	write_table(back.table, r->csv.delimiter, &again);
	MUST(out.n == again.n && !memcmp(out.v, again.v, out.n));
	verdict_release(&back);
	ml_buf_release(&out);
	ml_buf_release(&again);
}

int LLVMFuzzerTestOneInput(const uint8_t *v, size_t n)
{
	static const char delimiters[] = { ',', '\t', ';', ' ' };
	struct choices c = { v, n };
	unsigned flags = choose(&c, 256), cut = choose(&c, 64);
	struct reading r = {
		.csv = { .delimiter = delimiters[flags & 3],
			 .no_header = flags & 4,
			 .max_field = flags & 8 ? 12 : 0,
			 .max_name = flags & 8 ? 9 : 0 },
		.kinds = { .na = flags & 16 ? "-,none" : NULL,
			   .decimal = flags & 32 ? ',' : '.',
			   .thousands = flags & 32 ? '.' : 0 },
		.asked = flags >> 6,
	};
	struct verdict whole, bit;

	/* What is written must fit into a pipe. */
	if (c.n > MEMORY / 8)
		return 0;
	judge(&whole, c.v, c.n, 0, &r);
	judge(&bit, c.v, c.n, 1 + cut, &r);
	must_agree(&whole, &bit);
	if (!whole.rc) {
		check_batches(&whole, c.v, c.n, &r);
		write_back(&whole, &r);
	}
	verdict_release(&bit);
	verdict_release(&whole);
	return 0;
}
