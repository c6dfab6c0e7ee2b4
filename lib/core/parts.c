/* parts.c - rows to parts by hash or in turn; disjointness. */
#include "core/parts.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "core/echo.h"
#include "data/split.h"

/* ---- by hash ---- */

struct outputs {
	struct ml_echo *echo;
	struct ml_sink **sink;
	size_t n;
};

static const struct ml_texts no_columns;

static int open_output(struct outputs *o, const struct ml_parts *p, struct ml_sink *sink,
		       struct ml_error *err)
{
	struct ml_echo *e = &o->echo[o->n++];
	int rc = ml_echo_init(e, ml_input_columns(p->in), &no_columns, false, sink,
			      p->delimiter, err);

	if (!rc && p->folds)
		rc = ml_echo_append(e, "", "fold", "", err);
	return rc ? rc : ml_echo_header(e, err);
}

static void release_outputs(struct outputs *o)
{
	for (size_t i = 0; i < o->n; i++)
		ml_echo_release(&o->echo[i]);
	free(o->echo);
}

static int hash_batch(const struct ml_parts *p, struct outputs *o, const struct ml_cells *cells,
		      size_t key, struct ml_error *err)
{
	for (size_t i = 0; i < o->n; i++)
		ml_echo_cells(&o->echo[i], cells);
	for (size_t i = 0; i < cells->rows; i++) {
		const struct ml_cell *c = &cells->cell[i * cells->cols + key];
		double h = ml_split_hash(p->seed, c->text, c->len);
		struct ml_echo *e = &o->echo[!p->folds && h < p->test];
		ml_echo_row(e, i);
		if (p->folds)
			ml_writer_number(&e->writer,
					 (double)(size_t)(h * (double)p->folds) + 1);
		int rc = ml_writer_end(&e->writer, err);
		if (rc)
			return rc;
	}
	return ML_OK;
}

int ml_parts_hash(const struct ml_parts *p, struct ml_error *err)
{
	struct outputs o = { .echo = ml_alloc(2, sizeof *o.echo, err) };
	struct ml_sink *rest = NULL;
	struct ml_cells cells;
	size_t key = 0;

	if (!o.echo)
		return err->code;
	int rc = ml_columns_one(ml_input_columns(p->in), p->key, &key, err);
	if (!rc && !p->folds && !(p->test < 1))
		rc = ml_fail(err, ML_EUSAGE, "E-USAGE", "--hash takes a --test share below 1");
	if (!rc)
		rc = open_output(&o, p, p->out, err);
	if (!rc && !p->folds)
		rc = ml_journal_open(p->record, &rest, p->rest, err);
	if (!rc && !p->folds)
		rc = open_output(&o, p, rest, err);
	while (!rc)
		if (!(rc = ml_input_cells(p->in, &cells, err)))
			rc = hash_batch(p, &o, &cells, key, err);
	if (rc == ML_END)
		rc = ml_input_finish(p->in, NULL, err);
	release_outputs(&o);
	if (!rc && rest)
		return ml_journal_commit(p->record, rest, p->rest, err);
	ml_sink_abandon(rest);
	return rc;
}

/* ---- shards ---- */

enum { SHARD_NAME = 4096 };

static int name_shard(const struct ml_parts *p, size_t i, char name[SHARD_NAME],
		      struct ml_error *err)
{
	char last[24];
	int digits = snprintf(last, sizeof last, "%zu", p->shards - 1);

	int n = snprintf(name, SHARD_NAME, "%s%0*zu.%s", p->prefix, digits < 3 ? 3 : digits, i,
			 p->delimiter == '\t' ? "tsv" : "csv");
	if (n < 0 || n >= SHARD_NAME)
		return ml_fail(err, ML_EUSAGE, "E-USAGE", "--prefix is too long");
	return ML_OK;
}

static int open_shard(struct outputs *o, const struct ml_parts *p, struct ml_error *err)
{
	char name[SHARD_NAME];
	int rc = name_shard(p, o->n, name, err);

	if (!rc)
		rc = ml_journal_open(p->record, &o->sink[o->n], name, err);
	return rc ? rc : open_output(o, p, o->sink[o->n], err);
}

static int commit_shard(const struct ml_parts *p, size_t i, struct ml_sink *sink,
			struct ml_error *err)
{
	char name[SHARD_NAME];
	int rc = name_shard(p, i, name, err);

	if (!rc)
		return ml_journal_commit(p->record, sink, name, err);
	ml_sink_abandon(sink);
	return rc;
}

static int deal(struct outputs *o, const struct ml_cells *cells, size_t *turn,
		struct ml_error *err)
{
	for (size_t i = 0; i < o->n; i++)
		ml_echo_cells(&o->echo[i], cells);
	for (size_t i = 0; i < cells->rows; i++, *turn = (*turn + 1) % o->n) {
		ml_echo_row(&o->echo[*turn], i);
		int rc = ml_writer_end(&o->echo[*turn].writer, err);
		if (rc)
			return rc;
	}
	return ML_OK;
}

int ml_parts_shards(const struct ml_parts *p, struct ml_error *err)
{
	struct outputs o = { .echo = ml_alloc(p->shards, sizeof *o.echo, err) };
	struct ml_cells cells;
	size_t turn = 0;
	int rc = ML_OK;

	if (!o.echo || !(o.sink = ml_alloc(p->shards, sizeof *o.sink, err))) {
		free(o.echo);
		return err->code;
	}
	while (!rc && o.n < p->shards)
		rc = open_shard(&o, p, err);
	while (!rc)
		if (!(rc = ml_input_cells(p->in, &cells, err)))
			rc = deal(&o, &cells, &turn, err);
	if (rc == ML_END)
		rc = ml_input_finish(p->in, NULL, err);
	for (size_t i = 0; i < p->shards; i++) {
		if (!rc)
			rc = commit_shard(p, i, o.sink[i], err);
		else
			ml_sink_abandon(o.sink[i]);
	}
	release_outputs(&o);
	free(o.sink);
	return rc;
}

/* ---- disjointness ---- */

/* Where a row (its digest) was first met. */
struct place {
	size_t file;
	uint64_t line;
};
struct seen {
	struct ml_levels *rows; /* digests as names */
	struct place *place;
	size_t cap;
	uint64_t shared;
	struct place first[2]; /* one shared pair */
	char **name;           /* the columns compared, as the first file has them */
	size_t n;
};

static void digest_row(const struct ml_cells *cells, size_t i, const size_t *idx, size_t n,
		       const struct ml_kind_opts *kinds, char hex[2 * ML_DIGEST + 1])
{
	unsigned char digest[ML_DIGEST];
	struct ml_sha sha;

	ml_sha_init(&sha);
	for (size_t k = 0; k < n; k++) {
		const struct ml_cell *c = &cells->cell[i * cells->cols + idx[k]];
		struct ml_number x;
		char text[ML_NUMBER_MAX];
		const char *s = c->text;
		size_t len = c->len;
		if (ml_kind_number(kinds, c->text, c->len, &x)) {
			len = ml_number_print(x.value, text);
			s = text;
		}
		ml_sha_add(&sha, s, len);
		ml_sha_add(&sha, "", 1);
	}
	ml_sha_end(&sha, digest);
	ml_digest_hex(digest, hex);
}

static int see_row(struct seen *s, const char *hex, struct place here, struct ml_error *err)
{
	size_t before = s->rows->n;
	int32_t code;

	if (ml_levels_add(s->rows, hex, 2 * ML_DIGEST, &code, err) ||
	    ML_GROW(s->place, s->cap, s->rows->n, err))
		return err->code;
	if (s->rows->n > before) {
		s->place[code] = here;
	} else if (s->place[code].file != here.file) {
		if (!s->shared++) {
			s->first[0] = s->place[code];
			s->first[1] = here;
		}
	}
	return ML_OK;
}

/* The columns to compare: what is asked for of the first file ... */
static int choose_columns(struct seen *s, const struct ml_column_set *set, const char *key,
			  size_t **idx, struct ml_error *err)
{
	int rc = ml_columns_pick(set, key ? key : "*", idx, &s->n, err);

	if (!rc && !(s->name = ml_alloc(s->n, sizeof *s->name, err)))
		rc = err->code;
	for (size_t k = 0; !rc && k < s->n; k++)
		if (!(s->name[k] = ml_strdup(set->name[(*idx)[k]], err)))
			rc = err->code;
	return rc;
}

/* ... and those of the same names in the others, in whatever order. */
static int find_columns(const struct seen *s, const struct ml_column_set *set, const char *file,
			const char *key, size_t **idx, struct ml_error *err)
{
	if (!(*idx = ml_alloc(s->n, sizeof **idx, err)))
		return err->code;
	if (!key && set->n != s->n)
		return ml_fail(err, ML_EDATA, "E-COLUMNS",
			       "%s: %zu columns, the first file has %zu", file, set->n, s->n);
	for (size_t k = 0; k < s->n; k++) {
		size_t j = 0;
		while (j < set->n && strcmp(set->name[j], s->name[k]))
			j++;
		if (j == set->n)
			return ml_fail(err, ML_EDATA, "E-COLUMNS",
				       "%s: no column '%s', which the first file has", file,
				       ML_SHOW(s->name[k], strlen(s->name[k])));
		(*idx)[k] = j;
	}
	return ML_OK;
}

static int see_file(struct seen *s, char *const *files, size_t at, const char *key,
		    const struct ml_input_opts *opts, const struct ml_run *run,
		    struct ml_error *err)
{
	struct ml_input *in = NULL;
	struct ml_cells cells;
	size_t *idx = NULL;
	char hex[2 * ML_DIGEST + 1];

	int rc = ml_input_open(&in, files + at, 1, opts, run, err);
	if (!rc && ml_input_is_binary(in))
		rc = ml_fail(err, ML_EUSAGE, "E-USAGE", "--check works on CSV");
	if (!rc)
		rc = s->name ? find_columns(s, ml_input_columns(in), ml_input_file(in), key,
					    &idx, err)
			     : choose_columns(s, ml_input_columns(in), key, &idx, err);
	while (!rc && !(rc = ml_input_cells(in, &cells, err)))
		for (size_t i = 0; !rc && i < cells.rows; i++) {
			digest_row(&cells, i, idx, s->n, &opts->kinds, hex);
			rc = see_row(s, hex, (struct place){ at, cells.line[i] }, err);
		}
	free(idx);
	ml_input_free(in);
	return rc == ML_END ? ML_OK : rc;
}

int ml_parts_check(char *const *files, size_t n, const char *key,
		   const struct ml_input_opts *opts, const struct ml_run *run,
		   struct ml_error *err)
{
	struct seen s = { 0 };

	if (n < 2)
		return ml_fail(err, ML_EUSAGE, "E-USAGE", "--check needs two files or more");
	if (!(s.rows = ml_levels_new(err)))
		return err->code;
	int rc = ML_OK;
	for (size_t i = 0; !rc && i < n; i++)
		rc = see_file(&s, files, i, key, opts, run, err);
	if (!rc && s.shared)
		rc = ml_fail(err, ML_NO, "E-SHARED",
			     "%" PRIu64 " row%s in more than one part; first: %s:%" PRIu64
			     " and %s:%" PRIu64,
			     s.shared, s.shared == 1 ? " is" : "s are", files[s.first[0].file],
			     s.first[0].line, files[s.first[1].file], s.first[1].line);
	for (size_t k = 0; s.name && k < s.n; k++)
		free(s.name[k]);
	free(s.name);
	ml_levels_free(s.rows);
	free(s.place);
	return rc;
}
