/* tables.h - tables made of bytes, tables compared, output into memory. */
#ifndef ML_TESTS_FUZZ_TABLES_H
#define ML_TESTS_FUZZ_TABLES_H

#define _GNU_SOURCE
#include <fcntl.h>
#include <math.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/sink.h"
#include "data/table.h"
#include "fuzz.h"

/* ---- comparing ---- */

static inline bool same_number(double a, double b)
{
	return a == b || (isnan(a) && isnan(b));
}

static inline const char *text_at(const struct ml_column *c, size_t i)
{
	if (ml_missing(c, i))
		return NULL;
	return c->kind == ML_CATEGORY ? c->levels->name[c->code[i]] : c->text[i];
}

static inline bool same_cell(const struct ml_column *a, const struct ml_column *b, size_t i)
{
	if (a->kind == ML_NUMBER)
		return same_number(a->num[i], b->num[i]);
	const char *s = text_at(a, i), *u = text_at(b, i);
	return s && u ? !strcmp(s, u) : s == u;
}

static inline void must_be_same_table(const struct ml_table *a, const struct ml_table *b)
{
	MUST(a->rows == b->rows && a->ncol == b->ncol);
	for (size_t j = 0; j < a->ncol; j++) {
		MUST(!strcmp(a->col[j].name, b->col[j].name));
		MUST(a->col[j].kind == b->col[j].kind && a->col[j].dummy == b->col[j].dummy);
		for (size_t i = 0; i < a->rows; i++)
			MUST(same_cell(&a->col[j], &b->col[j], i));
	}
}

/* No infinity anywhere, codes are of levels. */
static inline void must_be_sound(const struct ml_table *t)
{
	for (size_t j = 0; j < t->ncol; j++)
		for (size_t i = 0; i < t->rows; i++) {
			const struct ml_column *c = &t->col[j];
			if (c->kind == ML_NUMBER)
				MUST(!isinf(c->num[i]));
			else if (c->kind == ML_CATEGORY)
				MUST(c->code[i] >= -1 && c->code[i] < (int64_t)c->levels->n);
		}
}

static inline struct ml_table *copy_table(const struct ml_table *t)
{
	struct ml_error err;
	struct ml_table *out = NULL;
	size_t *row = ml_alloc(t->rows, sizeof *row, &err);

	for (size_t i = 0; i < t->rows; i++)
		row[i] = i;
	MUST(!ml_table_take(&out, t, row, t->rows, &err));
	free(row);
	return out;
}

/* ---- making ---- */

/* What numbers can be: most bytes are small whole numbers, the others what breaks formulas. */
static inline double number_of(unsigned byte)
{
	static const double odd[] = {
		NAN,          0.5,    1e308, -1.7e308,           5e-324,  -2.2e-308, 1e150,
		-1e150,       1e-150, 1e16,  9007199254740993.0, 1.0 / 3, 1e100,     -1e-5,
		4294967296.0, 1e-300
	};

	return byte < 224   ? (double)(byte % 32) - 4
	       : byte < 240 ? odd[byte - 224]
			    : (byte - 240) * 0.37;
}

static inline const char *word_of(unsigned byte)
{
	static const char *const words[] = { "yes",  "no",    "a",        "b",
					     "rome", "oslo",  "x=y",      "a,b",
					     "-",    "NA",    "1",        "1.0",
					     "10",   "other", "\xc3\xa9", "new\nline" };

	return byte >= 240 ? NULL : words[byte % 16];
}

static inline void set_word(struct ml_table *t, struct ml_column *c, size_t i, const char *s)
{
	struct ml_error err;

	if (c->kind == ML_CATEGORY && s)
		MUST(!ml_levels_add(c->levels, s, strlen(s), &c->code[i], &err));
	else if (c->kind == ML_STRING && s)
		MUST((c->text[i] = ml_arena_put(&t->arena, s, strlen(s), &err)));
}

/* A column of that kind, its cells from bytes. */
static inline struct ml_column *add_column(struct ml_table *t, const char *name,
					   enum ml_kind kind, struct choices *bytes)
{
	struct ml_error err;

	MUST(!ml_table_insert(t, t->ncol, name, kind, &err));
	struct ml_column *c = &t->col[t->ncol - 1];
	for (size_t i = 0; i < t->rows; i++)
		if (kind == ML_NUMBER)
			c->num[i] = number_of(choose(bytes, 256));
		else
			set_word(t, c, i, word_of(choose(bytes, 256)));
	return c;
}

/* ---- output into memory ---- */

/* A pipe is written in place by a sink; what was written must fit into it. */
struct memory {
	int fd[2];
	struct ml_sink *sink;
};

enum { MEMORY = 1 << 20 };

static inline void memory_open(struct memory *m)
{
	char path[64];
	struct ml_error err;

	MUST(!pipe2(m->fd, O_CLOEXEC | O_NONBLOCK));
	(void)fcntl(m->fd[1], F_SETPIPE_SZ, MEMORY);
	snprintf(path, sizeof path, "/proc/self/fd/%d", m->fd[1]);
	MUST(!ml_sink_open(&m->sink, path, &err));
}

/* What was written, into *out (released by the caller).  keep: else it is thrown away. */
static inline void memory_close(struct memory *m, bool keep, struct ml_buf *out)
{
	static unsigned char chunk[65536];
	struct ml_error err;
	ssize_t n;

	if (keep)
		MUST(!ml_sink_commit(m->sink, &err));
	else
		ml_sink_abandon(m->sink);
	close(m->fd[1]);
	while ((n = read(m->fd[0], chunk, sizeof chunk)) > 0)
		ml_buf_put(out, chunk, (size_t)n);
	close(m->fd[0]);
	MUST(!out->failed);
}

/* Bytes as a file that can be opened by the name put into path. */
static inline int memory_file(const void *v, size_t n, char path[64])
{
	int fd = memfd_create("fuzz", MFD_CLOEXEC);

	MUST(fd >= 0);
	MUST(write(fd, v, n) == (ssize_t)n);
	snprintf(path, 64, "/proc/self/fd/%d", fd);
	return fd;
}

#endif
