/* feed.h - bytes in memory as a source that is cut into reads at will, and tables read from it.
 */
#ifndef ML_TESTS_FEED_H
#define ML_TESTS_FEED_H

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "data/build.h"
#include "data/csv.h"
#include "data/source.h"

struct feed {
	const char *v;
	size_t n, at;
	unsigned cut;   /* reads have 1..cut bytes; 0: as many as are asked for */
	uint64_t state; /* of the generator that draws them */
};

static inline uint64_t feed_random(uint64_t *state)
{
	uint64_t x = *state += UINT64_C(0x9e3779b97f4a7c15); /* splitmix64 */

	x = (x ^ x >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	x = (x ^ x >> 27) * UINT64_C(0x94d049bb133111eb);
	return x ^ x >> 31;
}

static inline int feed_read(void *arg, void *buf, size_t cap, size_t *n, struct ml_error *err)
{
	struct feed *f = arg;
	size_t left = f->n - f->at, want = left < cap ? left : cap;

	(void)err;
	if (!left)
		return ML_END;
	if (f->cut) {
		size_t most = 1 + (size_t)(feed_random(&f->state) % f->cut);

		want = want < most ? want : most;
	}
	memcpy(buf, f->v + f->at, want);
	f->at += want;
	*n = want;
	return ML_OK;
}

static inline struct feed feed_text(const char *text)
{
	return (struct feed){ .v = text, .n = strlen(text), .state = 1 };
}

/* Warnings as they come: "W-EOL W-BLANK ", and the words of the last one. */
struct heard {
	char tags[512], last[600];
};

static inline void hear(void *user, const char *tag, size_t column, const char *fmt, ...)
	ML_PRINTF(4, 5);
static inline void hear(void *user, const char *tag, size_t column, const char *fmt, ...)
{
	struct heard *h = user;
	size_t used = strlen(h->tags);
	va_list ap;

	(void)column;
	snprintf(h->tags + used, sizeof h->tags - used, "%s ", tag);
	va_start(ap, fmt);
	vsnprintf(h->last, sizeof h->last, fmt, ap);
	va_end(ap);
}

static inline void hear_notes(struct heard *h, const struct ml_csv_notes *n)
{
	if (n->mixed_eol)
		hear(h, "W-EOL", SIZE_MAX, "%s", "");
	if (n->blank_lines)
		hear(h, "W-BLANK", SIZE_MAX, "%s", "");
	if (n->numeric_header)
		hear(h, "W-HEADER", SIZE_MAX, "%s", "");
	if (n->other_delimiter)
		hear(h, "W-DELIM", SIZE_MAX, "%s", "");
}

struct reading {
	struct ml_csv_opts csv;
	struct ml_kind_opts kinds;
	const enum ml_kind_ask *ask;
	const bool *unread; /* as in struct ml_builder */
	struct heard heard;
	struct ml_error err;
	struct ml_table *table; /* NULL on failure */
};

/* A whole table; returns ML_OK or the code of r->err. */
static inline int read_feed(struct reading *r, struct feed *f, const char *name)
{
	struct ml_source *s = NULL;
	struct ml_csv *c = NULL;
	struct ml_builder b = { 0 };
	struct ml_cells cells;
	struct ml_run run = { .threads = 1, .user = &r->heard, .warn = hear };

	r->table = NULL;
	if (!r->csv.delimiter)
		r->csv.delimiter = ',';
	int rc = ml_source_open_fn(&s, name, feed_read, f, false, &r->err);
	if (!rc)
		rc = ml_csv_open(&c, s, &r->csv, &r->err);
	if (!rc)
		rc = ml_builder_init(&b, ml_csv_names(c), ml_csv_cols(c), r->ask, &r->kinds,
				     &r->err);
	b.unread = r->unread;
	while (!rc && !(rc = ml_csv_next(c, &cells, &r->err)))
		rc = ml_builder_add(&b, &cells, &r->err);
	if (rc == ML_END) {
		hear_notes(&r->heard, ml_csv_notes(c));
		rc = ml_builder_finish(&b, name, &run, &r->table, &r->err);
	}
	ml_builder_release(&b);
	ml_csv_free(c);
	ml_source_free(s);
	return rc;
}

static inline int read_text(struct reading *r, const char *text)
{
	struct feed f = feed_text(text);

	return read_feed(r, &f, "t.csv");
}

#endif
